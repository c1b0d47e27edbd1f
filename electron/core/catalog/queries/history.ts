/** What happened, what was deleted, what can be undone. */
import type { CheckedInputOf, Entrance, EventKind, HistoryEvent, ObjectKind, OutputOf } from '#shared/contract/index.ts';
import { headLine } from '#shared/domain/index.ts';
import { visibleRegistries } from '../access.ts';
import { verifyChain } from '../history.ts';
import { branded, hexOf, inOrder, timestamp, userOf, type UserColumns } from '../records/shared.ts';
import type { QueryScope } from '../scope.ts';
import { listOf, sql, type Sql } from '../sql.ts';
import { latestUndo } from '../undo.ts';
import { pageOfIds } from './paging.ts';
import { projectFilter } from './visible.ts';

type EventRow = UserColumns & {
  readonly id: number; readonly actId: number | null; readonly at: number; readonly entrance: Entrance; readonly kind: EventKind; readonly objectKind: ObjectKind; readonly objectId: number; readonly label: string;
  readonly address: string | null; readonly before: string; readonly after: string; readonly message: string | null;
};

export function listHistory(scope: QueryScope, input: CheckedInputOf<'history.list'>): OutputOf<'history.list'> {
  const { db } = scope;
  const seen = seenEvents(scope);
  const where: Sql[] = [...seen.where];
  if (input.object !== undefined) where.push(sql`o.kind = ${input.object.kind}`, sql`o.object_id = ${input.object.id}`);
  if (input.actorId !== undefined) where.push(sql`e.actor_id = ${input.actorId}`);
  if (input.actId !== undefined) where.push(sql`e.act_id = ${input.actId}`);
  if (input.entrance !== undefined) where.push(sql`e.entrance = ${input.entrance}`);
  if (input.kinds !== undefined) where.push(sql`e.kind IN ${listOf(input.kinds)}`);
  if (input.since !== undefined) where.push(sql`e.at >= ${Date.parse(input.since)}`);
  if (input.until !== undefined) where.push(sql`e.at <= ${Date.parse(input.until)}`);
  const { object, actorId, actId, entrance, kinds, since, until } = input;
  const everything = where.length === 0;
  const { ids, ...page } = pageOfIds(db, {
    name: `history ${JSON.stringify([object?.kind, object?.id, actorId, actId, entrance, kinds, since, until])}${seen.name}`,
    from: object === undefined ? sql`FROM events e` : sql`FROM event_objects o JOIN events e ON e.id = o.event_id`,
    where,
    key: object === undefined ? sql`e.id` : sql`o.event_id`, id: object === undefined ? sql`e.id` : sql`o.event_id`, descending: true,
    // Ids run without gaps.
    ...(everything ? { total: () => db.value<number>(sql`SELECT max(id) FROM events`) ?? 0 } : {}),
  }, input);
  return { items: events(scope, ids), ...page };
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
      OR EXISTS (SELECT 1 FROM event_objects p WHERE p.event_id = e.id AND p.kind = 'project' AND ${inProject}))`);
  }
  return { where, name: where.length === 0 ? '' : ` seen by ${scope.actorId}` };
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

export function verifyHistory(scope: QueryScope): OutputOf<'history.verify'> {
  return { ...verifyChain(scope.db), fault: null, heads: [] };
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
