import { z } from 'zod';
import { AutomationDefinition, AutomationSummary, DeliveryAttempt, DeliveryState, DeliverySummary, LocalJob, SecretName, SecretSummary } from '../automations.ts';
import { EventKind, Timestamp } from '../entities.ts';
import { AutomationId, DeliveryId, EventId } from '../ids.ts';
import { defineCommand, defineQuery, page, PageRequest } from '../operation.ts';

const changeErrors = ['bad_input', 'not_found', 'already_exists', 'permission_denied', 'catalog_read_only', 'disk_full'] as const;

export const automationOperations = [
  defineQuery({
    name: 'automations.list',
    summary: 'Every automation that the caller may see, by name.',
    input: () => z.strictObject({ ...PageRequest }),
    output: () => page(AutomationSummary),
    audience: 'restricted_viewer',
  }),
  defineQuery({ name: 'automations.get', summary: 'One automation.', input: () => z.strictObject({ id: AutomationId }), output: () => AutomationSummary, errors: ['not_found'], audience: 'restricted_viewer' }),
  defineCommand({
    name: 'automations.create',
    summary: 'Makes an automation. It hears what happens from now on.',
    input: () => z.strictObject({ definition: AutomationDefinition }),
    output: () => AutomationSummary,
    errors: changeErrors,
    audience: 'member',
  }),
  defineCommand({
    name: 'automations.update',
    summary: 'Gives an automation another definition, or switches it on or off.',
    input: () => z.strictObject({ id: AutomationId, definition: AutomationDefinition.optional(), enabled: z.boolean().optional() }),
    output: () => AutomationSummary,
    errors: changeErrors,
    audience: 'member',
  }),
  defineCommand({ name: 'automations.remove', summary: 'Removes an automation. What it queued is discarded, its log stays.', input: () => z.strictObject({ id: AutomationId }), output: () => z.strictObject({ discarded: z.number().int() }), errors: changeErrors, audience: 'member' }),
  defineQuery({
    name: 'automations.preview',
    summary: 'What a definition means: its sentence, what is wrong with it, the past events that it would have taken, and the payload for the newest of them.',
    input: () => z.strictObject({ definition: AutomationDefinition, since: Timestamp.optional(), /** Events of the history looked at, newest first. */ limit: z.number().int().min(1).max(100_000).default(10_000) }),
    output: () => z.strictObject({
      sentence: z.string(),
      /** Where it can't be kept as it is: the way to the field, and what is wrong. `position` counts characters from 1 in a template or pattern. */
      problems: z.array(z.strictObject({ at: z.string(), problem: z.string(), position: z.number().int().nullable() })),
      /** How many of the events looked at it would have taken. */
      matched: z.number().int(),
      looked: z.number().int(),
      since: Timestamp.nullable(),
      /** Counted by day, UTC. */
      days: z.array(z.strictObject({ day: z.string(), count: z.number().int() })),
      /** The newest it would have taken. */
      examples: z.array(z.strictObject({ eventId: EventId, kind: EventKind, label: z.string(), at: Timestamp, by: z.string() })),
      /** What would be sent for the newest, secrets masked, one per action; `missing` names what the event has not. */
      payloads: z.array(z.strictObject({ action: z.string(), target: z.string(), headers: z.array(z.strictObject({ name: z.string(), value: z.string() })), body: z.string(), missing: z.array(z.string()) })),
    }),
    audience: 'member',
  }),
  defineCommand({
    name: 'automations.test',
    summary: 'Queues the actions of an automation for one past event, marked as a test.',
    input: () => z.strictObject({ id: AutomationId, eventId: EventId }),
    output: () => z.strictObject({ deliveryIds: z.array(DeliveryId) }),
    errors: changeErrors,
    audience: 'member',
  }),
  defineQuery({ name: 'automations.export', summary: 'Automations as YAML, without their secrets.', input: () => z.strictObject({ ids: z.array(AutomationId).max(10_000).optional() }), output: () => z.strictObject({ text: z.string(), count: z.number().int() }), errors: ['not_found'], audience: 'restricted_viewer' }),
  defineCommand({
    name: 'automations.import',
    summary: 'Takes automations from YAML: all or none. One of the same name is given the new definition.',
    input: () => z.strictObject({ text: z.string().max(4 * 1024 * 1024), /** Only says what would happen. */ dryRun: z.boolean().default(false) }),
    output: () => z.strictObject({ created: z.array(z.string()), updated: z.array(z.string()), /** Secrets and jobs that are named and aren't here. */ missing: z.array(z.string()) }),
    errors: changeErrors,
    audience: 'member',
  }),
  defineQuery({
    name: 'deliveries.list',
    summary: 'What automations did and have yet to do, newest first.',
    input: () => z.strictObject({ automationId: AutomationId.optional(), states: z.array(DeliveryState).min(1).optional(), eventId: EventId.optional(), ...PageRequest }),
    output: () => page(DeliverySummary),
    audience: 'restricted_viewer',
  }),
  defineQuery({ name: 'deliveries.get', summary: 'One delivery with every attempt.', input: () => z.strictObject({ id: DeliveryId }), output: () => z.strictObject({ delivery: DeliverySummary, attempts: z.array(DeliveryAttempt) }), errors: ['not_found'], audience: 'member' }),
  defineCommand({
    name: 'deliveries.replay',
    summary: 'Sends again: dead letters go on, done ones are queued anew under an id of their own.',
    input: () => z.strictObject({ ids: z.array(DeliveryId).min(1).max(10_000) }),
    output: () => z.strictObject({ deliveryIds: z.array(DeliveryId) }),
    errors: changeErrors,
    audience: 'member',
  }),
  defineCommand({ name: 'deliveries.discard', summary: 'Gives up on deliveries that wait or are dead, and cuts off what is under way: a job’s processes are ended.', input: () => z.strictObject({ ids: z.array(DeliveryId).min(1).max(10_000) }), output: () => z.strictObject({ discarded: z.number().int() }), errors: changeErrors, audience: 'member' }),

  defineQuery({ name: 'secrets.list', summary: 'Names of the secrets; none is ever shown.', input: () => z.strictObject({}), output: () => z.strictObject({ items: z.array(SecretSummary), /** Where they lie. */ kind: z.enum(['keychain', 'file']) }), audience: 'member' }),
  defineCommand({ name: 'secrets.set', summary: 'Keeps a secret for automations, in place of one of that name.', input: () => z.strictObject({ name: SecretName, value: z.string().min(1).max(10_000) }), output: () => z.strictObject({}), errors: changeErrors, audience: 'admin' }),
  defineCommand({ name: 'secrets.remove', summary: 'Forgets a secret.', input: () => z.strictObject({ name: SecretName }), output: () => z.strictObject({}), errors: changeErrors, audience: 'admin' }),

  defineQuery({ name: 'jobs.list', summary: 'Local commands that automations may run.', input: () => z.strictObject({}), output: () => z.strictObject({ items: z.array(LocalJob) }), audience: 'member' }),
  defineCommand({
    name: 'jobs.approve',
    summary: 'Approves a local command by name: this program with these arguments. A change of either asks again.',
    input: () => z.strictObject({ name: LocalJob.shape.name, command: LocalJob.shape.command, folder: LocalJob.shape.folder, timeout: LocalJob.shape.timeout.default(600) }),
    output: () => LocalJob,
    errors: [...changeErrors, 'file_unreadable'],
    audience: 'admin',
  }),
  defineCommand({ name: 'jobs.remove', summary: 'Withdraws the approval of a local command.', input: () => z.strictObject({ name: LocalJob.shape.name }), output: () => z.strictObject({}), errors: changeErrors, audience: 'admin' }),

  defineQuery({ name: 'allowedHosts.list', summary: 'Loopback and private addresses that automations may call, by name.', input: () => z.strictObject({}), output: () => z.strictObject({ hosts: z.array(z.string()) }), audience: 'member' }),
  defineCommand({
    name: 'allowedHosts.set',
    summary: 'Which loopback and private addresses automations may call: `host` or `host:port`, as their addresses name them.',
    input: () => z.strictObject({ hosts: z.array(z.string().min(1).max(300)).max(200) }),
    output: () => z.strictObject({ hosts: z.array(z.string()) }),
    errors: changeErrors,
    audience: 'admin',
  }),
] as const;
