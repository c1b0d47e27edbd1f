/** Automations made and changed, and the steps of the engine: events looked at, deliveries queued, begun, ended. */
import { monotonicFactory } from 'ulid';
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { demand, notFound, organizationObject } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import { numbersAbout } from '../eventObjects.ts';
import type { EventSubject } from '../history.ts';
import { automationRow, automationSummaries, demandManaging, targetOf, type Action, type Definition } from '../records/automations.ts';
import { runRow } from '../records/rows.ts';
import { branded } from '../records/shared.ts';
import { runSubject } from '../records/subjects.ts';
import type { CommandScope } from '../scope.ts';
import { listOf, sql } from '../sql.ts';

function subjectOf(automation: { readonly id: number; readonly name: string; readonly definition: Definition }): EventSubject {
  return { kind: 'automation', id: automation.id, label: automation.name, address: null, registryId: automation.definition.scope.kind === 'registry' ? automation.definition.scope.id : null };
}

/** What runs on this machine, and what shows on its screen, is for its admins to say. */
function demandActions(scope: CommandScope, actions: readonly Action[]): void {
  if (actions.some((action) => action.kind === 'job')) demand(scope.asker, 'organization.manage', organizationObject(scope.db));
}

function refuseTwin(scope: CommandScope, name: string, id: number | null): void {
  const twin = scope.db.value<number>(sql`SELECT id FROM automations WHERE name = ${name} AND removed_at IS NULL`);
  if (twin !== undefined && twin !== id) throw new VitrineError('already_exists', { details: { kind: 'automation', label: name } });
}

const head = (scope: CommandScope): number => scope.db.value<number>(sql`SELECT max(id) FROM events`) ?? 0;

export function createAutomation(scope: CommandScope, input: CheckedInputOf<'automations.create'>): OutputOf<'automations.create'> {
  const { db, at } = scope;
  const { definition } = input;
  demandManaging(scope, definition);
  demandActions(scope, definition.actions);
  refuseTwin(scope, definition.name, null);
  const { id } = db.run(sql`
    INSERT INTO automations (name, enabled, event, scope_kind, scope_id, definition, since_event, created_by, created_at, updated_at)
    VALUES (${definition.name}, ${definition.enabled ? 1 : 0}, ${definition.event}, ${definition.scope.kind}, ${scopeId(definition)}, ${JSON.stringify(definition)}, ${head(scope)}, ${scope.actorId}, ${at}, ${at})`);
  scope.record({ kind: 'automation.created', subject: subjectOf({ id, name: definition.name, definition }), before: null, after: definition });
  // The first of all: from here on the engine has to have looked at everything, even if core ends in the next moment.
  db.run(sql`INSERT INTO meta (key, value) VALUES ('automation_cursor', ${String(head(scope))}) ON CONFLICT (key) DO NOTHING`);
  scope.changed('automation', id);
  scope.inverse({ step: 'automation', id, to: null, expected: definition });
  scope.offerUndo(`Make the automation “${definition.name}”`);
  return summaryOf(scope, id);
}

export function updateAutomation(scope: CommandScope, input: CheckedInputOf<'automations.update'>): OutputOf<'automations.update'> {
  const { db, at } = scope;
  const automation = automationRow(db, input.id);
  demandManaging(scope, automation.definition);
  const definition: Definition = { ...(input.definition ?? automation.definition), ...(input.enabled === undefined ? {} : { enabled: input.enabled }) };
  demandManaging(scope, definition);
  demandActions(scope, definition.actions);
  refuseTwin(scope, definition.name, automation.id);
  if (JSON.stringify(definition) === JSON.stringify(automation.definition)) return summaryOf(scope, automation.id);
  // Switched on, it hears what comes from then on, not what it slept through.
  const since = definition.enabled && !automation.enabled ? head(scope) : automation.sinceEvent;
  db.run(sql`
    UPDATE automations SET name = ${definition.name}, enabled = ${definition.enabled ? 1 : 0}, event = ${definition.event}, scope_kind = ${definition.scope.kind}, scope_id = ${scopeId(definition)},
      definition = ${JSON.stringify(definition)}, since_event = ${since}, updated_at = ${at} WHERE id = ${automation.id}`);
  scope.record({ kind: 'automation.updated', subject: subjectOf({ id: automation.id, name: definition.name, definition }), before: automation.definition, after: definition });
  scope.changed('automation', automation.id);
  scope.inverse({ step: 'automation', id: automation.id, to: automation.definition, expected: definition });
  scope.offerUndo(`Change the automation “${definition.name}”`);
  return summaryOf(scope, automation.id);
}

export function removeAutomation(scope: CommandScope, input: CheckedInputOf<'automations.remove'>): OutputOf<'automations.remove'> {
  const { db, at } = scope;
  const automation = automationRow(db, input.id);
  demandManaging(scope, automation.definition);
  db.run(sql`UPDATE automations SET removed_at = ${at}, enabled = 0 WHERE id = ${automation.id}`);
  const given = db.column<number>(sql`SELECT id FROM deliveries WHERE automation_id = ${automation.id} AND state IN ('waiting', 'sending', 'dead')`);
  db.run(sql`UPDATE deliveries SET state = 'discarded', done_at = ${at}, problem = 'Its automation was removed.' WHERE automation_id = ${automation.id} AND state IN ('waiting', 'sending', 'dead')`);
  scope.record({ kind: 'automation.removed', subject: subjectOf(automation), before: automation.definition, after: null });
  scope.changed('automation', automation.id);
  if (given.length > 0) scope.changed('delivery', ...given);
  scope.inverse({ step: 'automation', id: automation.id, to: automation.definition, expected: null });
  scope.offerUndo(`Remove the automation “${automation.name}”`);
  return { discarded: given.length };
}

/** For an undo: it must still be as the act left it. One that comes back hears what comes from then on; what was given up with it stays given up. */
export function automationBack(scope: CommandScope, step: { readonly id: number; readonly to: Definition | null; readonly expected: Definition | null }): void {
  const { db, at } = scope;
  const kept = db.value<string>(sql`SELECT definition FROM automations WHERE id = ${step.id} AND removed_at IS NULL`);
  if ((kept ?? null) !== (step.expected === null ? null : JSON.stringify(step.expected))) throw new VitrineError('undo_stale', { details: { explanation: 'The automation was changed meanwhile.' } });
  const { to } = step;
  if (to === null) {
    removeAutomation(scope, { id: branded(step.id) });
    return;
  }
  if (step.expected !== null) {
    updateAutomation(scope, { id: branded(step.id), definition: to });
    return;
  }
  demandManaging(scope, to);
  demandActions(scope, to.actions);
  refuseTwin(scope, to.name, null);
  db.run(sql`UPDATE automations SET removed_at = NULL, enabled = ${to.enabled ? 1 : 0}, since_event = ${head(scope)}, updated_at = ${at} WHERE id = ${step.id}`);
  scope.record({ kind: 'automation.created', subject: subjectOf({ id: step.id, name: to.name, definition: to }), before: null, after: to });
  scope.changed('automation', step.id);
}

export function testAutomation(scope: CommandScope, input: CheckedInputOf<'automations.test'>): OutputOf<'automations.test'> {
  const automation = automationRow(scope.db, input.id);
  demandManaging(scope, automation.definition);
  if (scope.db.value(sql`SELECT 1 FROM events WHERE id = ${input.eventId}`) === undefined) throw notFound('event', String(input.eventId));
  return { deliveryIds: queue(scope, { automationId: automation.id, eventId: input.eventId, actions: automation.definition.actions }, true).map((id) => branded(id)) };
}

/** All or none: the first that can't be taken throws, and the whole command is undone with it. */
export function importAutomations(scope: CommandScope, input: { readonly definitions: readonly Definition[] }): { readonly created: string[]; readonly updated: string[] } {
  const created: string[] = [];
  const updated: string[] = [];
  for (const definition of input.definitions) {
    const standing = scope.db.value<number>(sql`SELECT id FROM automations WHERE name = ${definition.name} AND removed_at IS NULL`);
    if (standing === undefined) createAutomation(scope, { definition });
    else updateAutomation(scope, { id: branded(standing), definition });
    (standing === undefined ? created : updated).push(definition.name);
  }
  scope.offerUndo(`Take ${created.length + updated.length} automations from YAML`);
  return { created, updated };
}

function scopeId(definition: Definition): number | null {
  return definition.scope.kind === 'organization' ? null : definition.scope.id;
}

function summaryOf(scope: CommandScope, id: number): OutputOf<'automations.get'> {
  const [summary] = automationSummaries(scope, [id]);
  if (summary === undefined) throw notFound('automation', String(id));
  return summary;
}

// Deliveries ------------------------------------------------------------------------------------------------------------------------------

/** Within a millisecond only the first is drawn by chance; the others count on. */
const newKey = monotonicFactory();

export type ToQueue = { readonly automationId: number; readonly eventId: number; readonly actions: readonly Action[]; /** Why it is stopped before it begins. */ readonly stopped?: string | undefined };

function queue(scope: CommandScope, one: ToQueue, byHand: boolean): number[] {
  const { db, at } = scope;
  const ids: number[] = [];
  let afterId: number | null = null;
  for (const [index, action] of one.actions.entries()) {
    const made = db.run(sql`
      INSERT INTO deliveries (key, automation_id, event_id, action_index, action, target, state, after_id, next_at, created_at, done_at, problem, by_hand)
      VALUES (${newKey(at)}, ${one.automationId}, ${one.eventId}, ${index}, ${JSON.stringify(action)}, ${targetOf(action)}, ${one.stopped === undefined ? 'waiting' : 'stopped'}, ${afterId}, ${at}, ${at},
        ${one.stopped === undefined ? null : at}, ${one.stopped ?? null}, ${byHand ? 1 : 0}) ON CONFLICT DO NOTHING`);
    // Queued already, by an engine that ended before it could say so.
    if (made.changes === 0) continue;
    ids.push(made.id);
    afterId = made.id;
  }
  // The automations themselves did not change: whoever shows their counts hears of deliveries.
  if (ids.length > 0) scope.changed('delivery', ...ids);
  return ids;
}

/** Events up to `to` were looked at; what they set off is queued with that, in one transaction, so that none is lost and none counts twice. */
export function queueDeliveries(scope: CommandScope, input: { readonly from: number; readonly to: number; readonly found: readonly ToQueue[] }): { readonly ids: readonly number[] } {
  const { db } = scope;
  const kept = db.value<string>(sql`SELECT value FROM meta WHERE key = 'automation_cursor'`);
  if (kept !== undefined && Number(kept) >= input.to) return { ids: [] };
  const ids = input.found.flatMap((one) => queue(scope, one, false));
  db.run(sql`INSERT INTO meta (key, value) VALUES ('automation_cursor', ${String(input.to)}) ON CONFLICT (key) DO UPDATE SET value = excluded.value`);
  return { ids };
}

/** What was being sent when core ended may have arrived. It is sent again, and says so. */
export function resumeDeliveries(scope: CommandScope): { readonly resumed: number } {
  const { db } = scope;
  db.run(sql`UPDATE delivery_attempts SET problem = 'Vitrine ended during this attempt: it may have arrived.' WHERE milliseconds IS NULL AND problem IS NULL`);
  const { changes } = db.run(sql`UPDATE deliveries SET state = 'waiting', maybe_twice = 1 WHERE state = 'sending'`);
  if (changes > 0) scope.changed('delivery', 1);
  return { resumed: changes };
}

export type AttemptEnd = {
  readonly id: number; readonly attemptId: number; /** When it was really sent, in milliseconds since 1970. */ readonly at: number; readonly milliseconds: number; readonly status: number | null; readonly response: string; readonly problem: string | null;
  readonly next: { readonly state: 'done' | 'dead' } | { readonly state: 'waiting'; readonly at: number };
};

export type DeliveryStep = {
  readonly ended: readonly AttemptEnd[];
  /** Begun together with others, and never sent. */
  readonly unsent: readonly { readonly id: number; readonly attemptId: number }[];
  readonly begin: readonly { readonly id: number; readonly request: string; readonly told: boolean }[];
};

/** How attempts ended, and which begin: written before anything of those leaves the house, so that an end in the middle shows. */
export function stepDeliveries(scope: CommandScope, input: DeliveryStep): { readonly attemptIds: readonly (number | null)[] } {
  const { db, at } = scope;
  for (const one of input.ended) {
    const { next } = one;
    db.run(sql`UPDATE delivery_attempts SET at = ${one.at}, milliseconds = ${one.milliseconds}, status = ${one.status}, response = ${one.response}, problem = ${one.problem} WHERE id = ${one.attemptId}`);
    if (next.state === 'done' && one.problem === null) continue;
    db.run(sql`
      UPDATE deliveries SET state = ${next.state}, next_at = ${next.state === 'waiting' ? next.at : at}, done_at = ${next.state === 'waiting' ? null : at}, problem = ${one.problem} WHERE id = ${one.id} AND state = 'sending'`);
  }
  // Most go well, many at once.
  const well = input.ended.filter(({ next, problem }) => next.state === 'done' && problem === null);
  if (well.length > 0) db.run(sql`UPDATE deliveries SET state = 'done', next_at = ${at}, done_at = ${at}, problem = NULL WHERE id IN ${listOf(well.map(({ id }) => id))} AND state = 'sending'`);
  for (const one of input.unsent) {
    db.run(sql`DELETE FROM delivery_attempts WHERE id = ${one.attemptId}`);
    db.run(sql`UPDATE deliveries SET attempts = attempts - 1, state = CASE state WHEN 'sending' THEN 'waiting' ELSE state END WHERE id = ${one.id}`);
  }
  // Without those that were discarded meanwhile.
  const begun = new Set(input.begin.length === 0 ? [] : db.column<number>(sql`
    UPDATE deliveries SET state = 'sending', attempts = attempts + 1 WHERE id IN ${listOf(input.begin.map(({ id }) => id))} AND state = 'waiting' RETURNING id`));
  const attemptIds = input.begin.map(({ id, request }) => (begun.has(id) ? db.run(sql`INSERT INTO delivery_attempts (delivery_id, at, request, response) VALUES (${id}, ${at}, ${request}, '')`).id : null));
  const told = [...input.ended.map(({ id }) => id), ...input.begin.filter((one) => one.told).map(({ id }) => id)];
  if (told.length > 0) scope.changed('delivery', ...told);
  return { attemptIds };
}

/** Which events were a delivery's own doing: those since its own event that carry its message. */
export function noteCause(scope: CommandScope, input: { readonly deliveryId: number; readonly after: number; readonly message: string }): Record<string, never> {
  scope.db.run(sql`
    INSERT INTO event_causes (event_id, delivery_id) SELECT e.id, ${input.deliveryId} FROM events e
    WHERE e.id > ${input.after} AND e.entrance = 'automation' AND e.message = ${input.message} ON CONFLICT DO NOTHING`);
  return {};
}

/** Once per automation and run. */
export function noteMetric(scope: CommandScope, input: { readonly automationId: number; readonly runId: number; readonly metric: string; readonly value: number }): { readonly noted: boolean } {
  const { db } = scope;
  const known = db.column<string>(sql`SELECT e.after FROM ${numbersAbout(db, { kind: 'run', id: input.runId })} n CROSS JOIN events e ON e.id = n.id WHERE e.kind = 'run.metric_reached'`);
  if (known.some((after) => (JSON.parse(after) as { readonly automationId?: number }).automationId === input.automationId)) return { noted: false };
  const run = runRow(db, input.runId);
  scope.record({ kind: 'run.metric_reached', subject: runSubject(run), before: null, after: { metric: input.metric, value: input.value, automationId: input.automationId }, about: [{ kind: 'project', id: run.projectId }] });
  return { noted: true };
}

function managedDeliveries(scope: CommandScope, ids: readonly number[]): readonly { readonly id: number; readonly automationId: number; readonly eventId: number; readonly actionIndex: number; readonly action: string; readonly state: string }[] {
  const rows = ids.map((id) => {
    const row = scope.db.get<{ id: number; automationId: number; eventId: number; actionIndex: number; action: string; state: string; definition: string }>(sql`
      SELECT d.id, d.automation_id AS automationId, d.event_id AS eventId, d.action_index AS actionIndex, d.action, d.state, a.definition FROM deliveries d JOIN automations a ON a.id = d.automation_id WHERE d.id = ${id}`);
    if (row === undefined) throw notFound('delivery', String(id));
    return row;
  });
  for (const definition of new Set(rows.map((row) => row.definition))) demandManaging(scope, JSON.parse(definition) as Definition);
  return rows;
}

export function replayDeliveries(scope: CommandScope, input: CheckedInputOf<'deliveries.replay'>): OutputOf<'deliveries.replay'> {
  const { db, at } = scope;
  const ids: number[] = [];
  for (const row of managedDeliveries(scope, [...new Set(input.ids as readonly number[])])) {
    if (row.state === 'waiting' || row.state === 'sending') {
      db.run(sql`UPDATE deliveries SET next_at = ${at} WHERE id = ${row.id}`);
      ids.push(row.id);
    } else if (row.state === 'dead' || row.state === 'discarded' || row.state === 'stopped') {
      db.run(sql`UPDATE deliveries SET state = 'waiting', attempts = 0, next_at = ${at}, done_at = NULL, problem = NULL WHERE id = ${row.id}`);
      ids.push(row.id);
    } else {
      const action = JSON.parse(row.action) as Action;
      const { id } = db.run(sql`
        INSERT INTO deliveries (key, automation_id, event_id, action_index, action, target, state, next_at, created_at, replay_of, by_hand)
        VALUES (${newKey(at)}, ${row.automationId}, ${row.eventId}, ${row.actionIndex}, ${row.action}, ${targetOf(action)}, 'waiting', ${at}, ${at}, ${row.id}, 1)`);
      ids.push(id);
    }
  }
  scope.changed('delivery', ...ids);
  return { deliveryIds: ids.map((id) => branded(id)) };
}

export function discardDeliveries(scope: CommandScope, input: CheckedInputOf<'deliveries.discard'>): OutputOf<'deliveries.discard'> {
  const { db, at } = scope;
  let discarded = 0;
  for (const row of managedDeliveries(scope, [...new Set(input.ids as readonly number[])])) {
    // One that is under way is cut off by the engine, which hears of this; its attempt's log is written then.
    const { changes } = db.run(sql`
      UPDATE deliveries SET state = 'discarded', done_at = ${at}, problem = CASE state WHEN 'sending' THEN 'It was cancelled.' ELSE problem END WHERE id = ${row.id} AND state IN ('waiting', 'sending', 'dead', 'stopped')`);
    discarded += changes;
    if (changes > 0) scope.changed('delivery', row.id);
  }
  return { discarded };
}

const sweptAtOnce = 1000;

/** The log of what went well is kept for a time; dead letters stay until somebody has looked. By steps: `more` while there is more to forget. */
export function sweepDeliveries(scope: CommandScope, input: { readonly doneBefore: number }): { readonly more: boolean } {
  const { db } = scope;
  // What it led to is asked for only while that sets off others, and no chain lasts this long.
  const old = db.column<number>(sql`
    SELECT id FROM deliveries d WHERE state IN ('done', 'discarded') AND done_at < ${input.doneBefore}
      AND NOT EXISTS (SELECT 1 FROM deliveries x WHERE x.after_id = d.id) AND NOT EXISTS (SELECT 1 FROM deliveries x WHERE x.replay_of = d.id) ORDER BY done_at LIMIT ${sweptAtOnce}`);
  if (old.length === 0) return { more: false };
  const list = JSON.stringify(old);
  db.run(sql`DELETE FROM event_causes WHERE delivery_id IN (SELECT value FROM json_each(${list}))`);
  db.run(sql`DELETE FROM delivery_attempts WHERE delivery_id IN (SELECT value FROM json_each(${list}))`);
  db.run(sql`DELETE FROM deliveries WHERE id IN (SELECT value FROM json_each(${list}))`);
  scope.changed('delivery', ...old);
  // What came before them in a chain of actions is free only now.
  return { more: true };
}

// What they may reach ---------------------------------------------------------------------------------------------------------------------

const organizationSettings = (scope: CommandScope): EventSubject => ({ kind: 'settings', id: 1, label: organizationObject(scope.db).name, address: null, registryId: null });

/** Milliseconds since 1970 of when it was set before, and of now; each null where it is not kept. `keptIn` null forgets it. */
export function noteSecret(scope: CommandScope, input: { readonly name: string; readonly keptIn: 'keychain' | 'file' | null }): { readonly before: number | null; readonly updatedAt: number | null } {
  const { db, at } = scope;
  demand(scope.asker, 'organization.manage', organizationObject(db));
  const before = db.value<number>(sql`SELECT updated_at FROM automation_secrets WHERE name = ${input.name}`) ?? null;
  // Twice within a millisecond is two values all the same.
  const updatedAt = input.keptIn === null ? null : Math.max(at, (before ?? 0) + 1);
  if (updatedAt !== null) {
    db.run(sql`
      INSERT INTO automation_secrets (name, created_by, updated_at, kept_in) VALUES (${input.name}, ${scope.actorId}, ${updatedAt}, ${input.keptIn})
      ON CONFLICT (name) DO UPDATE SET created_by = excluded.created_by, updated_at = excluded.updated_at, kept_in = excluded.kept_in`);
  } else if (db.run(sql`DELETE FROM automation_secrets WHERE name = ${input.name}`).changes === 0) throw notFound('secret', input.name);
  scope.record({ kind: 'settings.changed', subject: organizationSettings(scope), before: null, after: input.keptIn === null ? { secretForgotten: input.name } : { secretKept: input.name } });
  scope.changed('automation', 0);
  return { before, updatedAt };
}

export type JobApproval = { readonly name: string; readonly command: readonly string[]; readonly folder: string; readonly timeout: number; readonly hash: string };

export function approveJob(scope: CommandScope, input: JobApproval): Record<string, never> {
  const { db, at } = scope;
  demand(scope.asker, 'organization.manage', organizationObject(db));
  db.run(sql`
    INSERT INTO local_jobs (name, command, folder, timeout, hash, approved_by, approved_at) VALUES (${input.name}, ${JSON.stringify(input.command)}, ${input.folder}, ${input.timeout}, ${input.hash}, ${scope.actorId}, ${at})
    ON CONFLICT (name) DO UPDATE SET command = excluded.command, folder = excluded.folder, timeout = excluded.timeout, hash = excluded.hash, approved_by = excluded.approved_by, approved_at = excluded.approved_at`);
  scope.record({ kind: 'settings.changed', subject: organizationSettings(scope), before: null, after: { jobApproved: input.name, command: input.command, folder: input.folder } });
  scope.changed('automation', 0);
  return {};
}

export function removeJob(scope: CommandScope, input: CheckedInputOf<'jobs.remove'>): OutputOf<'jobs.remove'> {
  demand(scope.asker, 'organization.manage', organizationObject(scope.db));
  if (scope.db.run(sql`DELETE FROM local_jobs WHERE name = ${input.name}`).changes === 0) throw notFound('job', input.name);
  scope.record({ kind: 'settings.changed', subject: organizationSettings(scope), before: { jobApproved: input.name }, after: null });
  scope.changed('automation', 0);
  return {};
}

export function allowedHosts(db: ReadableDb): string[] {
  return db.column<string>(sql`SELECT host FROM allowed_hosts ORDER BY host`);
}

export function setAllowedHosts(scope: CommandScope, input: CheckedInputOf<'allowedHosts.set'>): OutputOf<'allowedHosts.set'> {
  const { db } = scope;
  demand(scope.asker, 'organization.manage', organizationObject(db));
  const before = allowedHosts(db);
  const hosts = [...new Set(input.hosts.map((host) => host.trim().toLowerCase()))].sort();
  const wrong = hosts.find((host) => !/^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/u.test(host));
  if (wrong !== undefined) throw new VitrineError('bad_input', { details: { explanation: `“${wrong}” is no host: write localhost, 10.0.0.5 or hooks.internal:8080, without https://.` } });
  db.run(sql`DELETE FROM allowed_hosts`);
  for (const host of hosts) db.run(sql`INSERT INTO allowed_hosts (host) VALUES (${host})`);
  if (JSON.stringify(before) !== JSON.stringify(hosts)) {
    scope.record({ kind: 'settings.changed', subject: organizationSettings(scope), before: { allowedHosts: before }, after: { allowedHosts: hosts } });
    scope.changed('automation', 0);
    scope.inverse({ step: 'edit', kind: 'allowed hosts', id: 1, set: { hosts: before }, expected: { hosts } });
    scope.offerUndo('Change the allowed addresses');
  }
  return { hosts };
}
