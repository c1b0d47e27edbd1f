/**
 * Automations of W&B as Vitrine's: the shape in which W&B's API answers with a trigger, read into a definition. Secrets and addresses of
 * Slack stay with W&B, so a definition names those that have to be set again; whatever Vitrine can't do is said by its name there.
 */
import { z } from 'zod';
import type { CheckedInputOf } from '#shared/contract/index.ts';
import { noFilter, templateNames, type AutomationEvent, type NamePattern } from '#shared/domain/index.ts';

type Definition = CheckedInputOf<'automations.create'>['definition'];
type Action = Definition['actions'][number];

const integration = z.object({ name: z.string().optional(), channelName: z.string().optional(), urlEndpoint: z.string().optional(), /** Names of the team's secrets. */ accessTokenRef: z.string().nullish(), secretRef: z.string().nullish() });
export const LegacyTrigger = z.object({
  name: z.string().min(1).max(255),
  description: z.string().max(10_000).nullish(),
  triggeringCondition: z.object({ eventType: z.string().max(100), filter: z.union([z.string().max(100_000), z.record(z.string(), z.unknown())]).nullish() }),
  triggeredAction: z.object({
    __typename: z.string().max(100),
    integration: integration.optional(),
    requestPayload: z.union([z.string().max(64 * 1024), z.record(z.string(), z.unknown())]).nullish(),
    title: z.string().nullish(), message: z.string().nullish(), body: z.string().nullish(), severity: z.enum(['INFO', 'WARN', 'ERROR']).nullish(),
  }),
});
export type LegacyTrigger = z.infer<typeof LegacyTrigger>;

/** What it is here, but for where it listens; `secrets` names those that it needs. Or why it is nothing here. */
export type ReadTrigger = { readonly definitions: readonly Omit<Definition, 'scope'>[]; readonly secrets: readonly string[]; readonly hint: string | null } | { readonly why: string };

/**
 * An alias that W&B adds has often stood on another version before: here that is a move, an event of its own. Tags of versions are told of
 * their project here, so a registry hears of its collections' alone.
 */
const events: Readonly<Record<string, readonly AutomationEvent[]>> = {
  LINK_MODEL: ['version.linked'], LINK_ARTIFACT: ['version.linked'], UNLINK_ARTIFACT: ['version.unlinked'],
  ADD_ARTIFACT_ALIAS: ['alias.added', 'alias.moved'], UPDATE_ARTIFACT_ALIAS: ['alias.added', 'alias.moved'],
  ADD_COLLECTION_TAG: ['tag.added'], REMOVE_COLLECTION_TAG: ['tag.removed'],
};

/** What they are called on W&B's pages. */
const actionsNotHere: Readonly<Record<string, string>> = {
  QueueJobTriggeredAction: 'queue a launch job', ARIATriggeredAction: 'ask ARIA', NoOpTriggeredAction: 'do nothing (NO_OP)',
};

export function readTrigger({ name, description, triggeringCondition, triggeredAction }: LegacyTrigger): ReadTrigger {
  const { eventType } = triggeringCondition;
  const heard = Object.hasOwn(events, eventType) ? (events[eventType] ?? []) : [];
  if (heard.length === 0) return { why: `Vitrine’s registries have no event like W&B’s ${eventType}.` };
  const patterns = conditionsOf(triggeringCondition.filter ?? null);
  if (patterns === null) return { why: 'Its filter asks for more than aliases and tags: make it anew under Automations.' };
  const read = actionOf(triggeredAction);
  if ('why' in read) return read;
  const definition = { description: description ?? '', enabled: false, filter: { ...emptyFilter(), ...patterns }, threshold: null, actions: [read.action] };
  return { definitions: heard.map((event, index) => ({ ...definition, name: index === 0 ? name : `${name} (moved)`, event })), secrets: read.secrets, hint: read.hint };
}

function emptyFilter(): Definition['filter'] {
  return { ...noFilter, aliases: [], tags: [], names: [], types: [], states: [], onlyBy: [], notBy: [], metadata: [] };
}

function actionOf(action: LegacyTrigger['triggeredAction']): { readonly action: Action; readonly secrets: readonly string[]; readonly hint: string | null } | { readonly why: string } {
  const kind = action.__typename;
  switch (kind) {
    case 'GenericWebhookTriggeredAction': {
      const url = action.integration?.urlEndpoint;
      if (url === undefined || url === '') return { why: 'The export does not say where its webhook goes.' };
      const secrets = new Set<string>();
      const bearerSecret = secretNamed(action.integration?.accessTokenRef, secrets);
      const signatureSecret = secretNamed(action.integration?.secretRef, secrets);
      const payload = action.requestPayload;
      const written = payload === null || payload === undefined || payload === '' ? null : typeof payload === 'string' ? payload : JSON.stringify(payload, null, 2);
      const template = written === null ? null : templateOf(written, bearerSecret, secrets);
      return { action: { kind: 'webhook', url, headers: [], template, bearerSecret, signatureSecret }, secrets: [...secrets], hint: null };
    }
    case 'NotificationTriggeredAction': {
      const secrets = new Set<string>();
      const urlSecret = secretNamed(`SLACK_${(action.integration?.channelName ?? 'WEBHOOK').replaceAll(/[^A-Za-z0-9]+/gu, '_').replaceAll(/^_+|_+$/gu, '').toUpperCase() || 'WEBHOOK'}`, secrets);
      const text = templateOf([action.title, action.message].filter((part) => part !== null && part !== undefined && part !== '').join('\n') || '${label}', null, secrets);
      return { action: { kind: 'slack', url: null, urlSecret, text, severity: severityOf(action.severity) }, secrets: [...secrets], hint: `${urlSecret ?? ''} takes the address of a Slack webhook.` };
    }
    case 'PushNotificationTriggeredAction': {
      const secrets = new Set<string>();
      const title = templateOf(action.title ?? '', null, secrets) || '${automation_name}';
      return { action: { kind: 'notification', title, text: templateOf(action.body ?? action.message ?? '', null, secrets) }, secrets: [...secrets], hint: null };
    }
    default:
      return { why: `Vitrine has no action like W&B’s “${Object.hasOwn(actionsNotHere, kind) ? (actionsNotHere[kind] ?? kind) : kind}”.` };
  }
}

function severityOf(severity: 'INFO' | 'WARN' | 'ERROR' | null | undefined): 'info' | 'warning' | 'error' {
  return severity === 'ERROR' ? 'error' : severity === 'WARN' ? 'warning' : 'info';
}

function secretNamed(name: string | null | undefined, secrets: Set<string>): string | null {
  if (name === null || name === undefined || name === '') return null;
  const valid = name.replaceAll(/[^A-Za-z0-9_]/gu, '_').replace(/^(?=[0-9])/u, '_').slice(0, 100);
  secrets.add(valid);
  return valid;
}

/** W&B names secrets like values, and the token of the webhook ACCESS_TOKEN. */
function templateOf(text: string, accessToken: string | null, secrets: Set<string>): string {
  return text.replaceAll(/\$\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}/gu, (whole, name: string) => {
    if (Object.hasOwn(templateNames, name)) return whole;
    const secret = secretNamed(name === 'ACCESS_TOKEN' ? (accessToken ?? name) : name, secrets);
    return `\${secret.${secret ?? name}}`;
  });
}

// Filters: Mongo-like conditions, of which those on the alias and the tag have a like here. -----------------------------------------------

type Patterns = { readonly aliases?: NamePattern[]; readonly tags?: NamePattern[] };

/** null where it asks for more. */
function conditionsOf(filter: unknown): Patterns | null {
  if (filter === null || filter === undefined || filter === '') return {};
  if (typeof filter === 'string') {
    try {
      return conditionsOf(JSON.parse(filter));
    } catch {
      return null;
    }
  }
  if (typeof filter !== 'object' || Array.isArray(filter)) return null;
  let all: Patterns | null = {};
  for (const [key, value] of Object.entries(filter)) {
    if (all === null) return null;
    // W&B answers with the filter inside of another one.
    if (key === 'filter') all = both(all, conditionsOf(value));
    else if (key === '$and' && Array.isArray(value)) all = value.map(conditionsOf).reduce(both, all);
    else if (key === '$or' && Array.isArray(value)) all = both(all, either(value.map(conditionsOf)));
    else if (key === 'alias') all = both(all, wrapped('aliases', value));
    else if (key === 'tag') all = both(all, wrapped('tags', value));
    else return null;
  }
  return all;
}

/** Patterns of one field are alternatives here, so two conditions on one field have no like. */
function both(left: Patterns | null, right: Patterns | null): Patterns | null {
  if (left === null || right === null || Object.keys(left).some((field) => Object.hasOwn(right, field))) return null;
  return { ...left, ...right };
}

function either(members: readonly (Patterns | null)[]): Patterns | null {
  const [first] = members;
  if (first === undefined) return {};
  if (members.length === 1) return first;
  const fields = new Set(members.flatMap((member) => (member === null ? ['none'] : Object.keys(member))));
  if (fields.size !== 1 || members.some((member) => member === null || Object.keys(member).length !== 1)) return null;
  return fields.has('aliases') ? { aliases: members.flatMap((member) => member?.aliases ?? []) } : { tags: members.flatMap((member) => member?.tags ?? []) };
}

function wrapped(field: 'aliases' | 'tags', value: unknown): Patterns | null {
  const patterns = patternsOf(value);
  return patterns === null ? null : { [field]: patterns };
}

function patternsOf(value: unknown): NamePattern[] | null {
  if (typeof value === 'string') return [exactly(value)];
  if (typeof value !== 'object' || value === null) return null;
  const [[operator, operand] = [], ...others] = Object.entries(value);
  if (others.length > 0) return null;
  if (operator === '$eq' && typeof operand === 'string') return [exactly(operand)];
  if (operator === '$regex' && typeof operand === 'string') return [{ kind: 'regex', text: operand }];
  if (operator === '$in' && Array.isArray(operand) && operand.length > 0 && operand.every((one) => typeof one === 'string')) return operand.map(exactly);
  return null;
}

/** A name as it is, also one with the signs of a glob. */
function exactly(name: string): NamePattern {
  return /[*?]/u.test(name) ? { kind: 'regex', text: `^${name.replaceAll(/[\\^$.*+?()[\]{}|]/gu, String.raw`\$&`)}$` } : { kind: 'glob', text: name };
}
