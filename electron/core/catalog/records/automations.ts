/** Automations and deliveries: rows ↔ the contract's shapes. */
import type { z } from 'zod';
import type { AutomationAction, AutomationDefinition, AutomationSummary, DeliverySummary } from '#shared/contract/automations.ts';
import type { EventKind } from '#shared/contract/entities.ts';
import { assertNever, automationSentence, type AutomationActionWords } from '#shared/domain/index.ts';
import { demand, notFound, organizationObject, projectObject, registryObject } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import type { QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { objectRefs } from './refs.ts';
import { collectionRow, registryRow } from './rows.ts';
import { branded, inOrder, timestamp, userOf, type UserColumns } from './shared.ts';

export type Definition = z.output<typeof AutomationDefinition>;
export type Action = z.output<typeof AutomationAction>;

export type AutomationRow = { readonly id: number; readonly name: string; readonly enabled: boolean; readonly definition: Definition; readonly sinceEvent: number; readonly createdBy: number; readonly removed: boolean };

export function automationRow(db: ReadableDb, id: number): AutomationRow {
  const row = db.get<{ id: number; name: string; enabled: number; definition: string; sinceEvent: number; createdBy: number; removedAt: number | null }>(sql`
    SELECT id, name, enabled, definition, since_event AS sinceEvent, created_by AS createdBy, removed_at AS removedAt FROM automations WHERE id = ${id}`);
  if (row === undefined || row.removedAt !== null) throw notFound('automation', String(id));
  return { id: row.id, name: row.name, enabled: row.enabled === 1, definition: JSON.parse(row.definition) as Definition, sinceEvent: row.sinceEvent, createdBy: row.createdBy, removed: false };
}

/** Managing takes a member of what it listens to; the whole organization, and what runs on this machine, an admin of it. */
export function demandManaging(scope: QueryScope, definition: Pick<Definition, 'scope' | 'actions'>): void {
  demandAt(scope, definition.scope, 'manage');
}

/** What may be seen is what it listens to. */
export function demandSeeing(scope: QueryScope, definition: Pick<Definition, 'scope'>): void {
  demandAt(scope, definition.scope, 'see');
}

function demandAt(scope: QueryScope, at: Definition['scope'], what: 'manage' | 'see'): void {
  const { db, asker } = scope;
  switch (at.kind) {
    case 'organization':
      demand(asker, what === 'manage' ? 'organization.manage' : 'organization.see', organizationObject(db));
      return;
    case 'registry':
      demand(asker, what === 'manage' ? 'automation.manage' : 'registry.see', registryObject(db, registryRow(db, at.id)), { kind: 'registry', label: String(at.id) });
      return;
    case 'collection':
      demand(asker, what === 'manage' ? 'automation.manage' : 'registry.see', registryObject(db, registryRow(db, collectionRow(db, at.id).registryId)), { kind: 'collection', label: String(at.id) });
      return;
    case 'project':
      demand(asker, what === 'manage' ? 'source.edit' : 'project.see', projectObject(db, at.id), { kind: 'project', label: String(at.id) });
      return;
    default:
      assertNever(at, 'scope');
  }
}

export function scopeNameOf(db: ReadableDb, at: Definition['scope']): string {
  switch (at.kind) {
    case 'organization':
      return organizationObject(db).name;
    case 'registry':
      return registryRow(db, at.id).name;
    case 'collection': {
      const collection = collectionRow(db, at.id);
      return `${collection.registry}/${collection.name}`;
    }
    case 'project':
      return projectObject(db, at.id).name;
    default:
      return assertNever(at, 'scope');
  }
}

export function sentenceOf(db: ReadableDb, definition: Definition): string {
  return automationSentence({
    event: definition.event, scope: definition.scope, scopeName: scopeNameOf(db, definition.scope), filter: definition.filter, threshold: definition.threshold,
    actions: definition.actions.map((action): AutomationActionWords => (action.kind === 'slack' ? { kind: 'slack', url: targetOf(action), severity: action.severity } : action)),
  });
}

/** What deliveries queue for, one after the other: a host, a job, this machine's screen. */
export function targetOf(action: Action): string {
  switch (action.kind) {
    case 'webhook':
      return new URL(action.url).host;
    case 'slack':
      return action.url === null ? `secret ${action.urlSecret ?? ''}` : new URL(action.url).host;
    case 'notification':
      return 'notification';
    case 'job':
      return `job ${action.job}`;
    case 'set alias':
    case 'request approval':
      return `alias ${action.alias}`;
    default:
      return assertNever(action, 'action');
  }
}

export function automationSummaries(scope: QueryScope, ids: readonly number[]): AutomationSummary[] {
  const { db } = scope;
  const rows = db.all<UserColumns & { id: number; definition: string; createdAt: number; updatedAt: number; lastFiredAt: number | null }>(sql`
    SELECT a.id, a.definition, a.created_at AS createdAt, a.updated_at AS updatedAt,
      (SELECT d.created_at FROM deliveries d WHERE d.automation_id = a.id ORDER BY d.id DESC LIMIT 1) AS lastFiredAt,
      u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind
    FROM json_each(${JSON.stringify(ids)}) j CROSS JOIN automations a ON a.id = j.value JOIN users u ON u.id = a.created_by`);
  return inOrder(ids, new Map(rows.map((row) => {
    const definition = JSON.parse(row.definition) as Definition;
    const counts = new Map(db.all<{ state: string; count: number }>(sql`SELECT state, count(*) AS count FROM deliveries WHERE automation_id = ${row.id} GROUP BY state`).map(({ state, count }) => [state, count]));
    const [found] = definition.scope.kind === 'organization' ? [] : objectRefs(scope, [{ kind: definition.scope.kind, id: definition.scope.id }]);
    const organization = organizationObject(db);
    return [row.id, {
      id: branded(row.id), definition, sentence: sentenceOf(db, definition),
      scope: definition.scope.kind === 'organization' ? { kind: 'organization', id: Number(organization.id), label: organization.name, address: null } : (found?.ref ?? null),
      createdBy: userOf(row), createdAt: timestamp(row.createdAt), updatedAt: timestamp(row.updatedAt),
      deliveries: { done: counts.get('done') ?? 0, waiting: (counts.get('waiting') ?? 0) + (counts.get('sending') ?? 0), dead: (counts.get('dead') ?? 0) + (counts.get('stopped') ?? 0) },
      lastFiredAt: row.lastFiredAt === null ? null : timestamp(row.lastFiredAt),
    } satisfies AutomationSummary];
  })));
}

type DeliveryRow = {
  readonly id: number; readonly automationId: number; readonly automation: string; readonly eventId: number; readonly kind: EventKind; readonly label: string; readonly address: string | null; readonly at: number;
  readonly actionIndex: number; readonly action: string; readonly target: string; readonly state: DeliverySummary['state']; readonly attempts: number; readonly nextAt: number; readonly createdAt: number;
  readonly doneAt: number | null; readonly problem: string | null; readonly maybeTwice: number; readonly replayOf: number | null;
};

export function deliverySummaries(db: ReadableDb, ids: readonly number[]): DeliverySummary[] {
  const rows = db.all<DeliveryRow>(sql`
    SELECT d.id, d.automation_id AS automationId, a.name AS automation, d.event_id AS eventId, e.kind, e.label, e.address, e.at, d.action_index AS actionIndex, d.action, d.target, d.state, d.attempts,
      d.next_at AS nextAt, d.created_at AS createdAt, d.done_at AS doneAt, d.problem, d.maybe_twice AS maybeTwice, d.replay_of AS replayOf
    FROM json_each(${JSON.stringify(ids)}) j CROSS JOIN deliveries d ON d.id = j.value JOIN automations a ON a.id = d.automation_id JOIN events e ON e.id = d.event_id`);
  return inOrder(ids, new Map(rows.map((row) => [row.id, {
    id: branded(row.id), automationId: branded(row.automationId), automation: row.automation, eventId: branded(row.eventId), event: { kind: row.kind, label: row.label, address: row.address, at: timestamp(row.at) },
    actionIndex: row.actionIndex, action: (JSON.parse(row.action) as Action).kind, target: row.target, state: row.state, attempts: row.attempts,
    nextAt: row.state === 'waiting' ? timestamp(row.nextAt) : null, createdAt: timestamp(row.createdAt), doneAt: row.doneAt === null ? null : timestamp(row.doneAt), problem: row.problem,
    maybeTwice: row.maybeTwice === 1, replayOf: row.replayOf === null ? null : branded(row.replayOf),
  } satisfies DeliverySummary])));
}
