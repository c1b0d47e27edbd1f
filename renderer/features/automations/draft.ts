/** An automation as its form has it: plain texts, read into a definition and back. */
import type { InputOf, OutputOf } from '#shared/contract/index.ts';
import type { AutomationEvent } from '#shared/domain/automationEvents.ts';

export type Definition = OutputOf<'automations.get'>['definition'];
export type DefinitionInput = InputOf<'automations.preview'>['definition'];
export type ActionKind = Definition['actions'][number]['kind'];

export type Draft = {
  readonly name: string;
  readonly description: string;
  readonly event: AutomationEvent;
  /** `organization`, or kind and id: `registry 3`. */
  readonly scope: string;
  /** Patterns, split at commas; between slashes they are regular expressions. */
  readonly aliases: string;
  readonly tags: string;
  readonly names: string;
  readonly types: string;
  readonly onlyBy: string;
  readonly notBy: string;
  /** A condition per line: `eval.accuracy > 0.9`. */
  readonly metadata: string;
  readonly metric: string;
  readonly states: string;
  /** One after the other. */
  readonly actions: readonly ActionDraft[];
};

export type ActionDraft = {
  readonly kind: ActionKind;
  readonly url: string;
  /** A message to Slack: the secret that holds the whole address, instead of one. */
  readonly urlSecret: string;
  /** A header per line: `X-Team: ${entity_name}`. */
  readonly headers: string;
  readonly template: string;
  readonly bearerSecret: string;
  readonly signatureSecret: string;
  readonly text: string;
  readonly title: string;
  readonly job: string;
  readonly alias: string;
  readonly severity: 'info' | 'warning' | 'error';
};

export const emptyAction: ActionDraft = {
  kind: 'webhook', url: '', urlSecret: '', headers: '', template: '', bearerSecret: '', signatureSecret: '', text: '${event_author}: ${alias} → ${artifact_version_string}', title: '${label}', job: '', alias: '', severity: 'info',
};

export const emptyDraft: Draft = { name: '', description: '', event: 'alias.moved', scope: 'organization', aliases: '', tags: '', names: '', types: '', onlyBy: '', notBy: '', metadata: '', metric: '', states: '', actions: [emptyAction] };

/** The most actions that an automation has. */
export const mostActions = 5;

type Pattern = { readonly kind: 'glob' | 'regex'; readonly text: string };

export function patternsIn(text: string): Pattern[] {
  // A comma between slashes belongs to the expression.
  return [...text.matchAll(/\s*(?:\/((?:[^/\\]|\\.)+)\/|([^,]+))\s*(?:,|$)/gu)].flatMap(([, regex, glob]): Pattern[] => (regex !== undefined ? [{ kind: 'regex', text: regex }] : glob === undefined || glob.trim() === '' ? [] : [{ kind: 'glob', text: glob.trim() }]));
}

export function patternsText(patterns: readonly Pattern[]): string {
  return patterns.map((pattern) => (pattern.kind === 'regex' ? `/${pattern.text.replaceAll(/(?<!\\)((?:\\\\)*)\//gu, '$1\\/')}/` : pattern.text)).join(', ');
}

export function wordsIn(text: string): string[] {
  return text.split(',').map((word) => word.trim()).filter((word) => word !== '');
}

const condition = /^\s*(\S+)\s*(>=|<=|!=|>|<|=|contains|exists)\s*(.*)$/u;

/** Lines that can't be read as a condition. */
export function unreadConditions(text: string): string[] {
  return lines(text).filter((line) => !condition.test(line));
}

function lines(text: string): string[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}

type MetadataCondition = Definition['filter']['metadata'][number];

export function conditionsIn(text: string): MetadataCondition[] {
  return lines(text).flatMap((line) => {
    const [, path, comparison, value] = condition.exec(line) ?? [];
    return path === undefined || comparison === undefined ? [] : [{ path, comparison: comparison as MetadataCondition['comparison'], value: value ?? '' }];
  });
}

export function conditionsText(conditions: readonly MetadataCondition[]): string {
  return conditions.map((one) => `${one.path} ${one.comparison} ${String(one.value)}`.trim()).join('\n');
}

/** null while something that it can't do without is missing. */
export function definitionOf(draft: Draft, enabled: boolean): DefinitionInput | null {
  const actions = draft.actions.map(actionOf);
  if (draft.name.trim() === '' || actions.length === 0 || !actions.every((action) => action !== null)) return null;
  const [kind, id] = draft.scope.split(' ');
  const [threshold] = conditionsIn(draft.metric);
  return {
    name: draft.name.trim(), description: draft.description.trim(), enabled, event: draft.event,
    scope: kind === 'organization' || id === undefined ? { kind: 'organization' } : ({ kind, id: Number(id) } as DefinitionInput['scope'] & object),
    filter: { aliases: patternsIn(draft.aliases), tags: patternsIn(draft.tags), names: patternsIn(draft.names), types: wordsIn(draft.types), states: wordsIn(draft.states), onlyBy: wordsIn(draft.onlyBy), notBy: wordsIn(draft.notBy), metadata: conditionsIn(draft.metadata) },
    threshold: draft.event === 'run.metric' && threshold !== undefined && /^(?:>|>=|<|<=)$/u.test(threshold.comparison) && threshold.value !== '' && !Number.isNaN(Number(threshold.value))
      ? { metric: threshold.path, comparison: threshold.comparison as '>' | '>=' | '<' | '<=', value: Number(threshold.value) } : null,
    actions,
  };
}

const header = /^\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*:\s*(.*)$/u;

/** Lines that can't be read as a header. */
export function unreadHeaders(text: string): string[] {
  return lines(text).filter((line) => !header.test(line));
}

function headersIn(text: string): { readonly name: string; readonly value: string }[] {
  return lines(text).flatMap((line) => {
    const [, name, value] = header.exec(line) ?? [];
    return name === undefined ? [] : [{ name, value: (value ?? '').trim() }];
  });
}

function actionOf(draft: ActionDraft): DefinitionInput['actions'][number] | null {
  switch (draft.kind) {
    case 'webhook':
      return isWebAddress(draft.url) && unreadHeaders(draft.headers).length === 0 ? { kind: 'webhook', url: draft.url.trim(), headers: headersIn(draft.headers), template: draft.template.trim() === '' ? null : draft.template, bearerSecret: draft.bearerSecret === '' ? null : draft.bearerSecret, signatureSecret: draft.signatureSecret === '' ? null : draft.signatureSecret } : null;
    case 'slack':
      if (draft.text === '') return null;
      if (draft.urlSecret !== '') return { kind: 'slack', url: null, urlSecret: draft.urlSecret, text: draft.text, severity: draft.severity };
      return isWebAddress(draft.url) ? { kind: 'slack', url: draft.url.trim(), text: draft.text, severity: draft.severity } : null;
    case 'notification':
      return draft.title === '' ? null : { kind: 'notification', title: draft.title, text: draft.text };
    case 'job':
      return draft.job === '' ? null : { kind: 'job', job: draft.job };
    case 'set alias':
    case 'request approval':
      return draft.alias.trim() === '' ? null : { kind: draft.kind, alias: draft.alias.trim() };
  }
}

export function isWebAddress(text: string): boolean {
  return URL.canParse(text.trim()) && /^https?:$/u.test(new URL(text.trim()).protocol);
}

export function draftOf(definition: Definition): Draft {
  const { scope, filter, threshold } = definition;
  return {
    ...emptyDraft, name: definition.name, description: definition.description, event: definition.event, scope: scope.kind === 'organization' ? 'organization' : `${scope.kind} ${scope.id}`,
    aliases: patternsText(filter.aliases), tags: patternsText(filter.tags), names: patternsText(filter.names), types: filter.types.join(', '), onlyBy: filter.onlyBy.join(', '), notBy: filter.notBy.join(', '),
    metadata: conditionsText(filter.metadata), metric: threshold === null ? '' : `${threshold.metric} ${threshold.comparison} ${threshold.value}`,
    states: filter.states.join(', '), actions: definition.actions.map((action) => ({ ...emptyAction, ...fieldsOf(action) })),
  };
}

function fieldsOf(action: Definition['actions'][number]): Partial<ActionDraft> {
  switch (action.kind) {
    case 'webhook':
      return { kind: 'webhook', url: action.url, headers: action.headers.map(({ name, value }) => `${name}: ${value}`).join('\n'), template: action.template ?? '', bearerSecret: action.bearerSecret ?? '', signatureSecret: action.signatureSecret ?? '' };
    case 'slack':
      return { kind: 'slack', url: action.url ?? '', urlSecret: action.urlSecret ?? '', text: action.text, severity: action.severity };
    case 'notification':
      return { kind: 'notification', title: action.title, text: action.text };
    case 'job':
      return { kind: 'job', job: action.job };
    case 'set alias':
    case 'request approval':
      return { kind: action.kind, alias: action.alias };
  }
}
