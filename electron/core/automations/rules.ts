/** Automations that are on, found by event and place, so that ten thousand of them cost an event little more than those that listen to it. */
import { fitsFilter, inScope, namesOf, type AutomationEvent, type AutomationFacts, type NamePattern } from '#shared/domain/index.ts';
import type { AutomationDefinition } from '#shared/contract/automations.ts';
import type { Rule } from '../catalog/queries/automations.ts';
import { fitsRegex } from './patterns.ts';

type Prepared = { readonly rule: Rule; readonly registries: ReadonlySet<number>; readonly projects: ReadonlySet<number> | null };

export type RuleBook = {
  readonly size: number;
  /** Those that somebody listens to. */
  readonly events: readonly AutomationEvent[];
  /** The event from which on somebody listens; null when nobody does. */
  readonly since: number | null;
  /** What waits for metrics of runs. */
  readonly thresholds: readonly Rule[];
  taking(facts: AutomationFacts): readonly Rule[];
};

export function ruleBook(rules: readonly Rule[]): RuleBook {
  const places = new Map<AutomationEvent, Map<string, Shelf>>();
  const sights = new Map<string, Pick<Prepared, 'registries' | 'projects'>>();
  for (const rule of rules) {
    const sightKey = String(rule.createdBy);
    let sight = sights.get(sightKey);
    if (sight === undefined) sights.set(sightKey, (sight = { registries: new Set(rule.registries), projects: rule.projects === null ? null : new Set(rule.projects) }));
    const { event, scope } = rule.definition;
    let byPlace = places.get(event);
    if (byPlace === undefined) places.set(event, (byPlace = new Map<string, Shelf>()));
    const place = scope.kind === 'organization' ? 'organization' : `${scope.kind} ${scope.id}`;
    const there = byPlace.get(place);
    const shelf = there ?? emptyShelf();
    if (there === undefined) byPlace.set(place, shelf);
    putOn(shelf, { rule, ...sight });
  }
  return {
    size: rules.length,
    events: [...places.keys()],
    since: rules.length === 0 ? null : Math.min(...rules.map((rule) => rule.sinceEvent)),
    thresholds: rules.filter((rule) => rule.definition.event === 'run.metric'),
    taking(facts) {
      const byPlace = places.get(facts.event);
      if (byPlace === undefined) return [];
      const here = ['organization', `registry ${facts.registry?.id ?? 0}`, `collection ${facts.collection?.id ?? 0}`, `project ${facts.project?.id ?? 0}`];
      return here.flatMap((place) => candidates(byPlace.get(place), facts)).filter((each) => takes(each, facts)).map(({ rule }) => rule).sort((left, right) => left.id - right.id);
    },
  };
}

/** Rules of one event and place: those that ask for names which begin in a certain way, by that beginning; and all the others. */
type Shelf = { readonly others: Prepared[]; readonly byBeginning: { readonly [Field in NamedField]: Map<string, Prepared[]> } };
type NamedField = 'aliases' | 'tags' | 'names';

const namedFields: readonly NamedField[] = ['names', 'aliases', 'tags'];
const beginning = 3;

const emptyShelf = (): Shelf => ({ others: [], byBeginning: { aliases: new Map(), tags: new Map(), names: new Map() } });

function putOn(shelf: Shelf, prepared: Prepared): void {
  const { filter } = prepared.rule.definition;
  for (const field of namedFields) {
    const beginnings = filter[field].map(beginningOf);
    if (beginnings.length === 0 || !beginnings.every((one) => one !== null)) continue;
    for (const one of new Set(beginnings)) {
      const there = shelf.byBeginning[field].get(one);
      if (there === undefined) shelf.byBeginning[field].set(one, [prepared]);
      else there.push(prepared);
    }
    return;
  }
  shelf.others.push(prepared);
}

/** The first letters of everything that fits; null where that can't be told. */
function beginningOf({ kind, text }: NamePattern): string | null {
  // Of an expression: letters at its beginning, none of which is repeated or left out, and no choice anywhere.
  const literal = kind === 'glob' ? /^[^*?]*/u.exec(text)?.[0] : text.includes('|') ? undefined : /^\^([\w-]+)[^\w\-*?+{]/u.exec(`${text} `)?.[1];
  return literal === undefined || literal.length < beginning ? null : literal.slice(0, beginning);
}

function candidates(shelf: Shelf | undefined, facts: AutomationFacts): readonly Prepared[] {
  if (shelf === undefined) return [];
  const found = [...shelf.others];
  for (const field of namedFields) {
    const shelved = shelf.byBeginning[field];
    if (shelved.size === 0) continue;
    for (const one of new Set(namesOf(field, facts).map((name) => name.slice(0, beginning)))) for (const prepared of shelved.get(one) ?? []) found.push(prepared);
  }
  return new Set(found).size === found.length ? found : [...new Set(found)];
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
