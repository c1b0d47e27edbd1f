/** The wire shapes of automations: rules, what they do, and what became of each delivery. */
import { z } from 'zod';
import { automationEvents, longestAutomationName, metadataComparisons, severities } from '../domain/index.ts';
import { EventKind, ObjectRef, Timestamp, UserSummary } from './entities.ts';
import { AutomationId, CollectionId, DeliveryId, EventId, ProjectId, RegistryId } from './ids.ts';

export const AutomationEventName = z.enum(automationEvents);

export const AutomationScopeRef = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('organization') }),
  z.strictObject({ kind: z.literal('registry'), id: RegistryId }),
  z.strictObject({ kind: z.literal('collection'), id: CollectionId }),
  z.strictObject({ kind: z.literal('project'), id: ProjectId }),
]);
export type AutomationScopeRef = z.infer<typeof AutomationScopeRef>;

const NamePatternShape = z.strictObject({ kind: z.enum(['glob', 'regex']), text: z.string().min(1).max(200) });
const patterns = z.array(NamePatternShape).max(50).default([]);
const names = z.array(z.string().min(1).max(200)).max(100).default([]);

export const AutomationFilterShape = z.strictObject({
  aliases: patterns,
  tags: patterns,
  /** Of the collection or artifact. */
  names: patterns,
  types: names,
  states: names,
  /** User names. */
  onlyBy: names,
  notBy: names,
  metadata: z.array(z.strictObject({ path: z.string().min(1).max(500), comparison: z.enum(metadataComparisons), value: z.union([z.string().max(1000), z.number(), z.boolean()]).default('') })).max(50).default([]),
});

/** `DEPLOY_TOKEN`: how secrets are named, as in a shell. */
export const SecretName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/u).max(100);
const webAddress = z.url({ protocol: /^https?$/u }).max(2000);
/** A template, see `shared/domain/automationTemplate.ts`. */
const template = z.string().max(64 * 1024);

export const AutomationAction = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('webhook'),
    url: webAddress,
    /** Beside those that every request has. Values are text templates; secrets belong here or in `bearerSecret`. */
    headers: z.array(z.strictObject({ name: z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u).max(100), value: z.string().max(2000) })).max(20).default([]),
    /** JSON template; null: the default payload. */
    template: template.nullable().default(null),
    /** Sent as `Authorization: Bearer`. */
    bearerSecret: SecretName.nullable().default(null),
    /** Key of the HMAC-SHA256 in `X-Wandb-Signature`. */
    signatureSecret: SecretName.nullable().default(null),
  }),
  z.strictObject({ kind: z.literal('slack'), url: webAddress.nullable().default(null), /** The whole address, where it is a secret itself. */ urlSecret: SecretName.nullable().default(null), text: template.min(1), severity: z.enum(severities).default('info') }),
  z.strictObject({ kind: z.literal('notification'), title: template.min(1), text: template.default('') }),
  z.strictObject({ kind: z.literal('job'), /** A local job that was approved by this name. */ job: z.string().min(1).max(100) }),
  z.strictObject({ kind: z.literal('set alias'), alias: z.string().min(1).max(128) }),
  z.strictObject({ kind: z.literal('request approval'), alias: z.string().min(1).max(128) }),
]);
export type AutomationAction = z.infer<typeof AutomationAction>;

export const AutomationDefinition = z.strictObject({
  name: z.string().min(1).max(longestAutomationName),
  description: z.string().max(10_000).default(''),
  enabled: z.boolean().default(true),
  event: AutomationEventName,
  scope: AutomationScopeRef.default({ kind: 'organization' }),
  filter: AutomationFilterShape.prefault({}),
  /** Only for `run.metric`: a key of the run's summary. */
  threshold: z.strictObject({ metric: z.string().min(1).max(500), comparison: z.enum(['>', '>=', '<', '<=']), value: z.number() }).nullable().default(null),
  /** One after the other; a later one waits until the one before has gone well. */
  actions: z.array(AutomationAction).min(1).max(5),
});
export type AutomationDefinition = z.infer<typeof AutomationDefinition>;

export const AutomationSummary = z.strictObject({
  id: AutomationId,
  definition: AutomationDefinition,
  /** What it does, in a sentence. */
  sentence: z.string(),
  /** What it listens to; null once that is deleted. */
  scope: ObjectRef.nullable(),
  createdBy: UserSummary,
  createdAt: Timestamp,
  updatedAt: Timestamp,
  deliveries: z.strictObject({ done: z.number().int(), waiting: z.number().int(), dead: z.number().int() }),
  lastFiredAt: Timestamp.nullable(),
});
export type AutomationSummary = z.infer<typeof AutomationSummary>;

/** `waiting` for its time or turn, `sending`, `done`; `dead` letters wait for a person; `discarded` by one; `stopped` as a loop. */
export const deliveryStates = ['waiting', 'sending', 'done', 'dead', 'discarded', 'stopped'] as const;
export const DeliveryState = z.enum(deliveryStates);
export type DeliveryState = z.infer<typeof DeliveryState>;

export function isDeliveryState(text: string): text is DeliveryState {
  return (deliveryStates as readonly string[]).includes(text);
}

export const DeliverySummary = z.strictObject({
  id: DeliveryId,
  automationId: AutomationId,
  automation: z.string(),
  eventId: EventId,
  event: z.strictObject({ kind: EventKind, label: z.string(), address: z.string().nullable(), at: Timestamp }),
  /** Which of the automation's actions, from 0. */
  actionIndex: z.number().int().nonnegative(),
  action: z.enum(['webhook', 'slack', 'notification', 'job', 'set alias', 'request approval']),
  /** Host of a webhook, name of a job, alias. */
  target: z.string(),
  state: DeliveryState,
  attempts: z.number().int().nonnegative(),
  /** Of the next attempt. */
  nextAt: Timestamp.nullable(),
  createdAt: Timestamp,
  doneAt: Timestamp.nullable(),
  /** Why it isn't done, in words. */
  problem: z.string().nullable(),
  /** Set when core ended in the middle of an attempt: the receiver may have had it once already. */
  maybeTwice: z.boolean(),
  replayOf: DeliveryId.nullable(),
});
export type DeliverySummary = z.infer<typeof DeliverySummary>;

export const DeliveryAttempt = z.strictObject({
  at: Timestamp,
  /** Null while it is under way, or when core ended in it. */
  milliseconds: z.number().nonnegative().nullable(),
  /** Status of an answer, or exit code of a job. */
  status: z.number().int().nullable(),
  /** Request line, headers and body, or the command; secrets masked. */
  request: z.string(),
  /** Headers and the beginning of the body, or what a job printed. */
  response: z.string(),
  problem: z.string().nullable(),
});

export const SecretSummary = z.strictObject({
  name: SecretName, createdBy: UserSummary, updatedAt: Timestamp, usedBy: z.array(z.string()),
  /** Where it was set last: by the app with a window, or by a core of its own (`vitrine serve`, the command line). */
  keptIn: z.enum(['keychain', 'file']),
  /** Whether the core that answers has it, as it was set last. */
  here: z.boolean(),
});

export const LocalJob = z.strictObject({
  name: z.string().min(1).max(100),
  /** Program and arguments, each by itself: nothing goes through a shell. */
  command: z.array(z.string().min(1).max(4000)).min(1).max(100),
  folder: z.string().max(4000),
  /** Seconds. */
  timeout: z.number().int().min(1).max(86_400),
  /** SHA-256 over the command, the folder and every file that the command names, as they were approved. */
  hash: z.string(),
  /** Whether what is to be run is still what was approved: the hash of program file and arguments. */
  state: z.enum(['approved', 'changed', 'missing']),
  approvedBy: UserSummary,
  approvedAt: Timestamp,
});
