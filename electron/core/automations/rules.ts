/** Automations that are on, found by event and place, so that ten thousand of them cost an event little more than those that listen to it. */
import { fitsFilter, inScope, type AutomationEvent, type AutomationFacts } from '#shared/domain/index.ts';
import type { AutomationDefinition } from '#shared/contract/automations.ts';
import type { Rule } from '../catalog/queries/automations.ts';
import { fitsRegex } from './patterns.ts';

type Prepared = { readonly rule: Rule; readonly registries: ReadonlySet<number>; readonly projects: ReadonlySet<number> | null };

export type RuleBook = {
  readonly size: number;
  /** The event from which on somebody listens; null when nobody does. */
  readonly since: number | null;
  /** What waits for metrics of runs. */
  readonly thresholds: readonly Rule[];
  taking(facts: AutomationFacts): readonly Rule[];
};

export function ruleBook(rules: readonly Rule[]): RuleBook {
  const places = new Map<AutomationEvent, Map<string, Prepared[]>>();
  const sights = new Map<string, Pick<Prepared, 'registries' | 'projects'>>();
  for (const rule of rules) {
    const sightKey = String(rule.createdBy);
    let sight = sights.get(sightKey);
    if (sight === undefined) sights.set(sightKey, (sight = { registries: new Set(rule.registries), projects: rule.projects === null ? null : new Set(rule.projects) }));
    const { event, scope } = rule.definition;
    let byPlace = places.get(event);
    if (byPlace === undefined) places.set(event, (byPlace = new Map<string, Prepared[]>()));
    const place = scope.kind === 'organization' ? 'organization' : `${scope.kind} ${scope.id}`;
    const there = byPlace.get(place);
    if (there === undefined) byPlace.set(place, [{ rule, ...sight }]);
    else there.push({ rule, ...sight });
  }
  return {
    size: rules.length,
    since: rules.length === 0 ? null : Math.min(...rules.map((rule) => rule.sinceEvent)),
    thresholds: rules.filter((rule) => rule.definition.event === 'run.metric'),
    taking(facts) {
      const byPlace = places.get(facts.event);
      if (byPlace === undefined) return [];
      const here = ['organization', `registry ${facts.registry?.id ?? 0}`, `collection ${facts.collection?.id ?? 0}`, `project ${facts.project?.id ?? 0}`];
      return here.flatMap((place) => byPlace.get(place) ?? []).filter((each) => takes(each, facts)).map(({ rule }) => rule).sort((left, right) => left.id - right.id);
    },
  };
}

function takes({ rule, registries, projects }: Prepared, facts: AutomationFacts): boolean {
  if (facts.eventId <= rule.sinceEvent) return false;
  if (facts.registry !== null ? !registries.has(facts.registry.id) : facts.project !== null && projects !== null && !projects.has(facts.project.id)) return false;
  if (rule.definition.event === 'run.metric' && facts.metric?.automationId !== rule.id) return false;
  return inScope(rule.definition.scope, facts) && fitsFilter(rule.definition.filter, facts, fitsRegex);
}

/** Whether a value passes a threshold. */
export function passes(threshold: NonNullable<AutomationDefinition['threshold']>, value: number): boolean {
  switch (threshold.comparison) {
    case '>':
      return value > threshold.value;
    case '>=':
      return value >= threshold.value;
    case '<':
      return value < threshold.value;
    case '<=':
      return value <= threshold.value;
  }
}
