/** An automation as its form has it: plain texts, read into a definition and back. */
import type { InputOf, OutputOf } from '#shared/contract/index.ts';
import type { AutomationEvent } from '#shared/domain/automationEvents.ts';

export type Definition = OutputOf<'automations.get'>['definition'];
export type DefinitionInput = InputOf<'automations.preview'>['definition'];
export type ActionKind = Definition['actions'][number]['kind'];

export type Draft = {
  readonly name: string;
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
  readonly kind: ActionKind;
  readonly url: string;
  readonly template: string;
  readonly bearerSecret: string;
  readonly signatureSecret: string;
  readonly text: string;
  readonly title: string;
  readonly job: string;
  readonly alias: string;
  readonly severity: 'info' | 'warning' | 'error';
};

export const emptyDraft: Draft = {
  name: '', event: 'alias.moved', scope: 'organization', aliases: '', tags: '', names: '', types: '', onlyBy: '', notBy: '', metadata: '', metric: '', kind: 'webhook',
  url: '', template: '', bearerSecret: '', signatureSecret: '', text: '${event_author}: ${alias} → ${artifact_version_string}', title: '${label}', job: '', alias: '', severity: 'info',
};

type Pattern = { readonly kind: 'glob' | 'regex'; readonly text: string };

export function patternsIn(text: string): Pattern[] {
  // A comma between slashes belongs to the expression.
  return [...text.matchAll(/\s*(?:\/((?:[^/\\]|\\.)+)\/|([^,]+))\s*(?:,|$)/gu)].flatMap(([, regex, glob]): Pattern[] => (regex !== undefined ? [{ kind: 'regex', text: regex }] : glob === undefined || glob.trim() === '' ? [] : [{ kind: 'glob', text: glob.trim() }]));
}

export function patternsText(patterns: readonly Pattern[]): string {
  return patterns.map((pattern) => (pattern.kind === 'regex' ? `/${pattern.text}/` : pattern.text)).join(', ');
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

/** null while something that it can't do without is missing. */
export function definitionOf(draft: Draft, enabled: boolean): DefinitionInput | null {
  const action = actionOf(draft);
  if (draft.name.trim() === '' || action === null) return null;
  const [kind, id] = draft.scope.split(' ');
  const [threshold] = conditionsIn(draft.metric);
  return {
    name: draft.name.trim(), enabled, event: draft.event,
    scope: kind === 'organization' || id === undefined ? { kind: 'organization' } : ({ kind, id: Number(id) } as DefinitionInput['scope'] & object),
    filter: { aliases: patternsIn(draft.aliases), tags: patternsIn(draft.tags), names: patternsIn(draft.names), types: wordsIn(draft.types), onlyBy: wordsIn(draft.onlyBy), notBy: wordsIn(draft.notBy), metadata: conditionsIn(draft.metadata) },
    threshold: draft.event === 'run.metric' && threshold !== undefined && /^(?:>|>=|<|<=)$/u.test(threshold.comparison) && threshold.value !== '' && !Number.isNaN(Number(threshold.value))
      ? { metric: threshold.path, comparison: threshold.comparison as '>' | '>=' | '<' | '<=', value: Number(threshold.value) } : null,
    actions: [action],
  };
}

function actionOf(draft: Draft): DefinitionInput['actions'][number] | null {
  switch (draft.kind) {
    case 'webhook':
      return URL.canParse(draft.url) ? { kind: 'webhook', url: draft.url.trim(), template: draft.template.trim() === '' ? null : draft.template, bearerSecret: draft.bearerSecret === '' ? null : draft.bearerSecret, signatureSecret: draft.signatureSecret === '' ? null : draft.signatureSecret } : null;
    case 'slack':
      return URL.canParse(draft.url) && draft.text !== '' ? { kind: 'slack', url: draft.url.trim(), text: draft.text, severity: draft.severity } : null;
    case 'notification':
      return draft.title === '' ? null : { kind: 'notification', title: draft.title, text: draft.text };
    case 'job':
      return draft.job === '' ? null : { kind: 'job', job: draft.job };
    case 'set alias':
    case 'request approval':
      return draft.alias.trim() === '' ? null : { kind: draft.kind, alias: draft.alias.trim() };
  }
}

export function draftOf(definition: Definition): Draft {
  const [action] = definition.actions;
  const { scope, filter, threshold } = definition;
  return {
    ...emptyDraft, name: definition.name, event: definition.event, scope: scope.kind === 'organization' ? 'organization' : `${scope.kind} ${scope.id}`,
    aliases: patternsText(filter.aliases), tags: patternsText(filter.tags), names: patternsText(filter.names), types: filter.types.join(', '), onlyBy: filter.onlyBy.join(', '), notBy: filter.notBy.join(', '),
    metadata: filter.metadata.map((one) => `${one.path} ${one.comparison} ${String(one.value)}`.trim()).join('\n'), metric: threshold === null ? '' : `${threshold.metric} ${threshold.comparison} ${threshold.value}`,
    ...(action === undefined ? {} : fieldsOf(action)),
  };
}

function fieldsOf(action: Definition['actions'][number]): Partial<Draft> {
  switch (action.kind) {
    case 'webhook':
      return { kind: 'webhook', url: action.url, template: action.template ?? '', bearerSecret: action.bearerSecret ?? '', signatureSecret: action.signatureSecret ?? '' };
    case 'slack':
      return { kind: 'slack', url: action.url ?? '', text: action.text, severity: action.severity };
    case 'notification':
      return { kind: 'notification', title: action.title, text: action.text };
    case 'job':
      return { kind: 'job', job: action.job };
    case 'set alias':
    case 'request approval':
      return { kind: action.kind, alias: action.alias };
  }
}

/** Whether the form can show all of it; what it can't goes by YAML. */
export function fitsForm(definition: Definition): boolean {
  const [action] = definition.actions;
  return definition.actions.length === 1 && definition.filter.states.length === 0 && !(action?.kind === 'webhook' && action.headers.length > 0) && !(action?.kind === 'slack' && action.urlSecret !== null);
}
