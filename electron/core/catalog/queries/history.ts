/** What happened, what was deleted, what can be undone. */
import type { CheckedInputOf, Entrance, EventKind, HistoryEvent, NotedHead, ObjectKind, OutputOf } from '#shared/contract/index.ts';
import { headLine } from '#shared/domain/index.ts';
import { notFound, visibleRegistries } from '../access.ts';
import { chainBeginning, checkHeads, walkChain, type ChainPart } from '../chainCheck.ts';
import { branded, hexOf, inOrder, timestamp, userOf, type UserColumns } from '../records/shared.ts';
import type { QueryScope } from '../scope.ts';
import { carried } from '../eventObjects.ts';
import { numbersWhere } from '../settling.ts';
import { allOf, listOf, sql, type Sql } from '../sql.ts';
import { latestUndo } from '../undo.ts';
import { readHead } from '../records/heads.ts';
import { historyAscending, historyPage, type HistoryQuestion } from './historyPages.ts';
import { projectFilter } from './visible.ts';

type EventRow = UserColumns & {
  readonly id: number; readonly actId: number | null; readonly at: number; readonly entrance: Entrance; readonly kind: EventKind; readonly objectKind: ObjectKind; readonly objectId: number; readonly label: string;
  readonly address: string | null; readonly before: string; readonly after: string; readonly message: string | null;
};

export function listHistory(scope: QueryScope, input: CheckedInputOf<'history.list'>): OutputOf<'history.list'> {
  const seen = seenEvents(scope);
  const { ids, ...page } = historyPage(scope.db, { ...input, seen }, input);
  return { items: events(scope, ids), ...page };
}

/** Events after a number, oldest first, for whoever writes them out. */
export function historyAfter(scope: QueryScope, input: HistoryQuestion & { readonly after: number; readonly limit: number }): { readonly items: readonly HistoryEvent[]; /** The number to go on after; null at the end. */ readonly next: number | null } {
  const ids = historyAscending(scope.db, { ...input, seen: seenEvents(scope) }, input.after, input.limit);
  return { items: events(scope, ids), next: ids.length < input.limit ? null : (ids.at(-1) ?? null) };
}

/** Events of restricted registries and of other teams' projects are not told. */
function seenEvents(scope: QueryScope): { readonly where: readonly Sql[]; readonly name: string } {
  const { db, asker } = scope;
  const visible = visibleRegistries(db, asker);
  const all = db.value<number>(sql`SELECT count(*) FROM registries`) ?? 0;
  const projects = projectFilter(scope, sql`p.object_id`);
  const where: Sql[] = [];
  if (visible.size < all) where.push(sql`(e.registry_id IS NULL OR e.registry_id IN ${listOf([...visible.keys()])})`);
  const [inProject] = projects.where;
  if (inProject !== undefined) {
    where.push(sql`(e.registry_id IS NOT NULL OR e.object_kind NOT IN ('project', 'run', 'artifact', 'version')
      OR EXISTS (SELECT 1 FROM event_objects p WHERE p.event_id = e.id AND p.kind = 'project' AND ${inProject}) OR EXISTS (SELECT 1 FROM ${carried} p WHERE p.kind = 'project' AND ${inProject}))`);
  }
  return { where, name: where.length === 0 ? '' : ` seen by ${scope.actorId}` };
}

/** An event as it is kept, that the asker may see. */
export type KeptEvent = { readonly id: number; readonly actId: number | null; readonly at: number; readonly kind: EventKind; readonly objectKind: ObjectKind; readonly objectId: number; readonly label: string; readonly before: string; readonly after: string };

const keptColumns = sql`e.id, e.act_id AS actId, e.at, e.kind, e.object_kind AS objectKind, e.object_id AS objectId, e.label, e.before, e.after`;

export function seenEvent(scope: QueryScope, id: number): KeptEvent {
  const event = scope.db.get<KeptEvent>(sql`SELECT ${keptColumns} FROM events e WHERE ${allOf([sql`e.id = ${id}`, ...seenEvents(scope).where])}`);
  if (event === undefined) throw notFound('event', String(id));
  return event;
}

/** All that one act did, the last first; the event alone where acts were not noted yet. */
export function eventsOfAct(scope: QueryScope, event: KeptEvent): readonly KeptEvent[] {
  if (event.actId === null) return [event];
  return scope.db.all<KeptEvent>(sql`
    SELECT ${keptColumns} FROM ${numbersWhere(scope.db, sql`e.act_id = ${event.actId}`)} n CROSS JOIN events e ON e.id = n.id WHERE ${allOf(seenEvents(scope).where)} ORDER BY e.id DESC`);
}

/** From where a version was promoted is for those who may see that registry too. */
function told(row: EventRow, visible: ReadonlyMap<number, unknown>): HistoryEvent['before'] {
  const before = JSON.parse(row.before) as HistoryEvent['before'];
  if (row.kind !== 'link.promoted') return before;
  const from = (before as { readonly registryId?: unknown } | null)?.registryId;
  return typeof from === 'number' && visible.has(from) ? before : null;
}

function events(scope: QueryScope, ids: readonly number[]): HistoryEvent[] {
  const visible = visibleRegistries(scope.db, scope.asker);
  const rows = scope.db.all<EventRow>(sql`
    SELECT e.id, e.act_id AS actId, e.at, e.entrance, e.kind, e.object_kind AS objectKind, e.object_id AS objectId, e.label, e.address, e.before, e.after, e.message,
      u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind
    FROM json_each(${JSON.stringify(ids)}) j CROSS JOIN events e ON e.id = j.value JOIN users u ON u.id = e.actor_id`);
  return inOrder(ids, new Map(rows.map((row) => [row.id, {
    id: branded(row.id), actId: row.actId === null ? null : branded(row.actId), at: timestamp(row.at), actor: userOf(row), entrance: row.entrance, kind: row.kind,
    subject: { kind: row.objectKind, id: row.objectId, label: row.label, address: row.address },
    before: told(row, visible), after: JSON.parse(row.after) as HistoryEvent['after'], message: row.message,
  } satisfies HistoryEvent])));
}

/** The whole chain in one go; core asks for it part by part, to tell how far it is and to stop when told to. */
export function verifyHistory(scope: QueryScope, input: CheckedInputOf<'history.verify'>): OutputOf<'history.verify'> {
  let part = walkChain(scope.db, chainBeginning, Number.MAX_SAFE_INTEGER);
  while (!part.done) part = walkChain(scope.db, part, Number.MAX_SAFE_INTEGER);
  const heads = input.noted.map(readHead);
  return verdictOf(scope, { part, heads, kept: 0 });
}

export function verifyPart(scope: QueryScope, input: { readonly next: number; readonly head: string; readonly limit: number }): ChainPart & { readonly total: number } {
  return { ...walkChain(scope.db, input, input.limit), total: scope.db.value<number>(sql`SELECT max(id) FROM events`) ?? 0 };
}

/** The first `kept` of the heads are from the file beside the catalog. */
export function verdictOf(scope: QueryScope, input: { readonly part: ChainPart; readonly heads: readonly NotedHead[]; readonly kept: number }): OutputOf<'history.verify'> {
  const { part } = input;
  const events = part.fault === null ? part.next - 1 : (scope.db.value<number>(sql`SELECT count(*) FROM events`) ?? 0);
  const held = checkHeads(scope.db, String(scope.db.value(sql`SELECT value FROM meta WHERE key = 'catalog_id'`) ?? ''), events, input.heads);
  const fault = part.fault ?? held.fault;
  return {
    events, intact: fault === null, firstBroken: fault === null ? null : fault.eventId, head: part.head, fault,
    heads: held.heads.map((head, index) => ({ ...head, from: index < input.kept ? 'kept' : 'given' })),
  };
}

/** The line is what a person copies to a place outside. */
export function chainHead(scope: QueryScope): OutputOf<'history.head'> {
  const { db } = scope;
  const last = db.get<{ id: number; hash: Uint8Array }>(sql`SELECT id, hash FROM events ORDER BY id DESC LIMIT 1`);
  const head = { catalogId: String(db.value(sql`SELECT value FROM meta WHERE key = 'catalog_id'`) ?? ''), events: last?.id ?? 0, head: last === undefined ? '0'.repeat(64) : hexOf(last.hash), at: timestamp(Date.now()) };
  return { ...head, line: headLine(head) };
}

export function latestUndoOffer(scope: QueryScope): OutputOf<'undo.latest'> {
  const undo = latestUndo(scope.db, scope.actorId);
  return { offer: undo === null ? null : { id: branded(undo.id), label: undo.label, at: timestamp(undo.at) } };
}
