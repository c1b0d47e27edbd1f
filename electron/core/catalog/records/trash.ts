/** What lies in the trash, what lies in what, and what would go with it: asked by commands and queries alike. */
import type { OutputOf } from '#shared/contract/index.ts';
import { decide, defaultTrashDays, explainDecision, type Decision } from '#shared/domain/index.ts';
import { notFound, projectObject, registryObject } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import type { QueryScope } from '../scope.ts';
import { listOf, sql, type Sql } from '../sql.ts';
import { bytesHeldAlone, heldVersion, holdReasons } from './retention.ts';
import { registryRow } from './rows.ts';
import { branded } from './shared.ts';

export type TrashedKind = 'link' | 'collection' | 'registry' | 'version' | 'artifact' | 'run';

/** Something in the trash that was neither restored nor purged. */
export type OpenTrash = { readonly id: number; readonly kind: TrashedKind; readonly objectId: number; readonly registryId: number | null; readonly label: string; readonly address: string | null };

/** Days in which things can be restored: the catalog's setting, or what the rules say. */
export function trashDays(db: ReadableDb): number {
  const kept = Number(db.value(sql`SELECT value FROM meta WHERE key = 'trash_days'`) ?? defaultTrashDays);
  return Number.isInteger(kept) && kept > 0 ? kept : defaultTrashDays;
}

const open = sql`t.restored_at IS NULL AND t.purged_at IS NULL`;
const columns = sql`t.id, t.kind, t.object_id AS objectId, t.registry_id AS registryId, t.label, t.address`;

/** The project on the source side that it belongs to; null in a registry. */
export function projectOf(db: ReadableDb, row: Pick<OpenTrash, 'kind' | 'objectId'>): number | null {
  if (row.kind === 'version') return db.value<number>(sql`SELECT project_id FROM versions WHERE id = ${row.objectId}`) ?? null;
  if (row.kind === 'artifact') return db.value<number>(sql`SELECT project_id FROM artifacts WHERE id = ${row.objectId}`) ?? null;
  if (row.kind === 'run') return db.value<number>(sql`SELECT project_id FROM runs WHERE id = ${row.objectId}`) ?? null;
  return null;
}

/** Whether the asker may delete such a thing, which is also the right to purge it. */
function rightTo(scope: QueryScope, row: OpenTrash): Decision {
  const { db, asker } = scope;
  const projectId = projectOf(db, row);
  if (projectId !== null) return decide(asker, 'source.delete', projectObject(db, projectId));
  const registry = registryObject(db, registryRow(db, row.registryId ?? row.objectId));
  return decide(asker, row.kind === 'registry' ? 'registry.delete' : row.kind === 'collection' ? 'collection.delete' : 'link.remove', registry);
}

/** Whether a hold keeps it: its own, one on its artifact, or one on a version in it. */
export function isHeld(db: ReadableDb, kind: TrashedKind, objectId: number): boolean {
  if (kind === 'version') return holdReasons(db, objectId).length > 0;
  if (kind !== 'artifact') return false;
  return db.value(sql`
    SELECT 1 FROM holds h WHERE h.kind = 'artifact' AND h.object_id = ${objectId} AND h.released_at IS NULL
    UNION ALL SELECT 1 FROM versions v WHERE v.artifact_id = ${objectId} AND v.state = 'deleted' AND ${heldVersion} LIMIT 1`) !== undefined;
}

/** Those named, or all that the asker may see, each under what it lies in. What they may not see is not there. */
export function openTrash(scope: QueryScope, ids: readonly number[] | undefined): OpenTrash[] {
  const rows = scope.db.all<OpenTrash>(ids === undefined
    ? sql`SELECT ${columns} FROM trash t WHERE ${open} AND (t.kind <> 'version' OR EXISTS (SELECT 1 FROM versions v JOIN artifacts a ON a.id = v.artifact_id WHERE v.id = t.object_id AND a.deleted_at IS NULL))`
    : sql`SELECT ${columns} FROM trash t WHERE t.id IN ${listOf(ids)} AND ${open}`);
  const seen = rows.filter((row) => rightTo(scope, row).allowed || seenThrough(rightTo(scope, row)));
  if (ids !== undefined) {
    const found = new Set(seen.map((row) => row.id));
    const missing = ids.find((id) => !found.has(id));
    if (missing !== undefined) throw notFound('thing in the trash', String(missing));
  }
  return seen;
}

function seenThrough(decision: Decision): boolean {
  return decision.allowed || decision.visible;
}

/** What is in the trash by itself, but can't come back once this is gone for good. */
function within(db: ReadableDb, row: OpenTrash): OpenTrash[] {
  const inside = (join: Sql): OpenTrash[] => db.all<OpenTrash>(sql`SELECT ${columns} ${join} AND ${open}`);
  switch (row.kind) {
    case 'artifact':
      return inside(sql`FROM versions v CROSS JOIN trash t ON t.kind = 'version' AND t.object_id = v.id WHERE v.artifact_id = ${row.objectId} AND v.state = 'deleted'`);
    case 'collection':
      return inside(sql`FROM links l CROSS JOIN trash t ON t.kind = 'link' AND t.object_id = l.id WHERE l.collection_id = ${row.objectId}`);
    case 'registry':
      return inside(sql`FROM collections c CROSS JOIN trash t ON t.kind = 'collection' AND t.object_id = c.id WHERE c.registry_id = ${row.objectId}`).flatMap((one) => [one, ...within(db, one)])
        .concat(inside(sql`FROM collections c JOIN links l ON l.collection_id = c.id CROSS JOIN trash t ON t.kind = 'link' AND t.object_id = l.id WHERE c.registry_id = ${row.objectId} AND c.deleted_at IS NULL`));
    case 'version':
    case 'link':
    case 'run':
      return [];
  }
}

/** Bytes that nothing would need any more once these things in the trash were gone for good. */
export function bytesInTrash(db: ReadableDb, rows: readonly OpenTrash[], now: number): number {
  const versions = new Set<number>();
  const runs = new Set<number>();
  for (const row of rows) {
    for (const { kind, objectId } of [row, ...within(db, row)]) {
      if (kind === 'version') versions.add(objectId);
      if (kind === 'run') runs.add(objectId);
    }
  }
  return bytesHeldAlone(db, [...versions], now, [...runs]);
}

type PurgePlan = { readonly rows: readonly OpenTrash[]; readonly report: OutputOf<'trash.purgePreview'> };

/** What purging would end, and what stays and why. */
export function planPurge(scope: QueryScope, ids: readonly number[] | undefined): PurgePlan {
  const { db } = scope;
  const going = new Map<number, OpenTrash>();
  const kept: PurgePlan['report']['kept'] = [];
  for (const row of openTrash(scope, ids)) {
    const right = rightTo(scope, row);
    if (!right.allowed) kept.push({ id: branded(row.id), label: row.label, why: explainDecision(right) });
    else if (isHeld(db, row.kind, row.objectId)) kept.push({ id: branded(row.id), label: row.label, why: `It is under hold${row.kind === 'version' ? `: ${holdReasons(db, row.objectId).join('; ')}` : ''}.` });
    else for (const one of [row, ...within(db, row)]) going.set(one.id, one);
  }
  const rows = [...going.values()];
  return { rows, report: { purged: rows.length, versions: rows.filter((row) => row.kind === 'version').length, bytesFreed: bytesInTrash(db, rows, Date.now()), kept } };
}

/** Ids in the trash of what it lies in, the nearest first. */
export function containersInTrash(db: ReadableDb, trashId: number): number[] {
  const row = db.get<OpenTrash>(sql`SELECT ${columns} FROM trash t WHERE t.id = ${trashId} AND ${open}`);
  if (row === undefined) return [];
  const container = containerOf(db, row);
  return container === null ? [] : [container, ...containersInTrash(db, container)];
}

/** Of the thing that it lies in, where that is in the trash itself. */
export function containerOf(db: ReadableDb, row: OpenTrash): number | null {
  const at = (kind: TrashedKind, id: number | undefined): number | null => (id === undefined ? null : (db.value<number>(sql`SELECT t.id FROM trash t WHERE t.kind = ${kind} AND t.object_id = ${id} AND ${open}`) ?? null));
  switch (row.kind) {
    case 'version':
      return at('artifact', db.value<number>(sql`SELECT artifact_id FROM versions WHERE id = ${row.objectId}`));
    case 'collection':
      return at('registry', db.value<number>(sql`SELECT registry_id FROM collections WHERE id = ${row.objectId}`));
    case 'link': {
      const collection = db.get<{ id: number; registryId: number }>(sql`SELECT c.id, c.registry_id AS registryId FROM links l JOIN collections c ON c.id = l.collection_id WHERE l.id = ${row.objectId}`);
      return collection === undefined ? null : (at('collection', collection.id) ?? at('registry', collection.registryId));
    }
    case 'artifact':
    case 'registry':
    case 'run':
      return null;
  }
}

/** How much lies in each: versions that come back with an artifact, links that come back with what they are in. */
export function contentsOf(db: ReadableDb, row: OpenTrash): { readonly versions: number; readonly links: number } {
  switch (row.kind) {
    case 'version':
      return { versions: 1, links: db.value<number>(sql`SELECT count(*) FROM links WHERE trash_id = ${row.id}`) ?? 0 };
    case 'artifact':
      return { versions: within(db, row).length, links: db.value<number>(sql`SELECT count(*) FROM versions v JOIN links l ON l.trash_id = v.trash_id WHERE v.artifact_id = ${row.objectId} AND v.state = 'deleted'`) ?? 0 };
    case 'link':
      return { versions: 0, links: 1 };
    case 'run':
      return { versions: 0, links: 0 };
    case 'collection':
    case 'registry':
      return { versions: 0, links: db.value<number>(sql`SELECT count(*) FROM links WHERE trash_id = ${row.id}`) ?? 0 };
  }
}
