/** The trash with what purging would free, times to live, holds. */
import type { CheckedInputOf, OutputOf, TrashItem } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { compareRoles, decide, defaultTrashDays, effectiveRole, type Role } from '#shared/domain/index.ts';
import { demand, organizationObject, visibleRegistries } from '../access.ts';
import { lapsingVersion } from '../commands/retention.ts';
import { holdsOf, lapsingVersions, timeToLive } from '../records/retention.ts';
import { artifactRow } from '../records/rows.ts';
import { branded, inOrder, timestamp, userOf, type UserColumns } from '../records/shared.ts';
import { bytesInTrash, containerOf, contentsOf, openTrash, planPurge, trashDays, type OpenTrash } from '../records/trash.ts';
import type { QueryScope } from '../scope.ts';
import { listOf, sql } from '../sql.ts';
import { pageOfIds } from './paging.ts';
import { projectFilter, seenProject, seenVersion } from './visible.ts';

type TrashRow = UserColumns & OpenTrash & { readonly deletedAt: number; readonly expiresAt: number };

export function listTrash(scope: QueryScope, input: CheckedInputOf<'trash.list'>): OutputOf<'trash.list'> {
  const { db } = scope;
  const visible = [...visibleRegistries(db, scope.asker).keys()].sort((left, right) => left - right);
  const projects = projectFilter(scope, sql`v.project_id`);
  const [inProject] = projects.where;
  const where = [
    sql`t.restored_at IS NULL`, sql`t.purged_at IS NULL`, sql`(t.registry_id IS NULL OR t.registry_id IN ${listOf(visible)})`,
    // What went with its artifact comes back with it.
    sql`(t.kind <> 'version' OR EXISTS (SELECT 1 FROM versions v JOIN artifacts a ON a.id = v.artifact_id WHERE v.id = t.object_id AND a.deleted_at IS NULL))`,
    ...(inProject === undefined ? [] : [sql`(t.kind <> 'artifact' OR EXISTS (SELECT 1 FROM artifacts v WHERE v.id = t.object_id AND ${inProject}))`, sql`(t.kind <> 'version' OR EXISTS (SELECT 1 FROM versions v WHERE v.id = t.object_id AND ${inProject}))`, sql`(t.kind <> 'run' OR EXISTS (SELECT 1 FROM runs v WHERE v.id = t.object_id AND ${inProject}))`]),
  ];
  const { ids, ...page } = pageOfIds(db, { name: `trash ${visible.join(',')}${projects.name}`, from: sql`FROM trash t`, where, key: sql`t.deleted_at`, id: sql`t.id`, descending: true }, input);
  const rows = db.all<TrashRow>(sql`
    SELECT t.id, t.kind, t.object_id AS objectId, t.registry_id AS registryId, t.label, t.address, t.deleted_at AS deletedAt, t.expires_at AS expiresAt, u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind
    FROM json_each(${JSON.stringify(ids)}) j CROSS JOIN trash t ON t.id = j.value JOIN users u ON u.id = t.deleted_by`);
  const now = Date.now();
  return {
    items: inOrder(ids, new Map(rows.map((row) => [row.id, {
      id: branded(row.id), object: { kind: row.kind, id: row.objectId, label: row.label, address: row.address }, deletedBy: userOf(row), deletedAt: timestamp(row.deletedAt), expiresAt: timestamp(row.expiresAt),
      bytesFreed: bytesInTrash(db, [row], now), ...contentsOf(db, row), inside: insideOf(scope, row),
    } satisfies TrashItem]))),
    ...page,
  };
}

function insideOf(scope: QueryScope, row: OpenTrash): TrashItem['inside'] {
  const container = containerOf(scope.db, row);
  const label = container === null ? undefined : scope.db.value<string>(sql`SELECT label FROM trash WHERE id = ${container}`);
  return container === null || label === undefined ? null : { id: branded(container), label };
}

export function purgePreview(scope: QueryScope, input: CheckedInputOf<'trash.purgePreview'>): OutputOf<'trash.purgePreview'> {
  return planPurge(scope, input.ids).report;
}

export function retention(scope: QueryScope): OutputOf<'retention.get'> {
  const { db } = scope;
  const rows = openTrash(scope, undefined);
  return {
    trashDays: trashDays(db), defaultTrashDays, items: rows.length, bytes: bytesInTrash(db, rows, Date.now()),
    mayChange: decide(scope.asker, 'organization.manage', organizationObject(db)).allowed,
  };
}

export function getTimeToLive(scope: QueryScope, input: CheckedInputOf<'ttl.get'>): OutputOf<'ttl.get'> {
  const { db } = scope;
  const { kind, id } = input.target;
  if (kind === 'version') return timeToLive(db, kind, seenVersion(scope, id).id, Date.now());
  seenProject(scope, kind === 'artifact' ? artifactRow(db, id).projectId : id, { kind, label: String(id) });
  return timeToLive(db, kind, id, Date.now());
}

const day = 86_400_000;

export function listLapsing(scope: QueryScope, input: CheckedInputOf<'ttl.lapsing'>): OutputOf<'ttl.lapsing'> {
  const all = lapsingVersions(scope.db, Date.now() + input.withinDays * day, projectFilter(scope, sql`v.project_id`).where);
  return { items: all.slice(0, input.limit).map((one) => lapsingVersion(scope, one)), total: all.length };
}

/** Throws unless the asker manages the organization. */
export function demandManaging(scope: QueryScope): null {
  demand(scope.asker, 'organization.manage', organizationObject(scope.db));
  return null;
}

/** Throws unless the asker has that role: in the organization, or (`somewhere`) in any registry or team as well. */
export function demandRole(scope: QueryScope, input: { readonly role: Role; readonly somewhere: boolean; readonly operation: string }): null {
  const { db, asker } = scope;
  const own = effectiveRole(asker, organizationObject(db));
  const has = (role: Role | null): boolean => compareRoles(role, input.role) >= 0;
  if (has(own)) return null;
  const capped = asker.limit?.role ?? null;
  const elsewhere = input.somewhere && (capped === null || has(capped))
    && (asker.teams.some((team) => has(team.role)) || [...visibleRegistries(db, asker).values()].some(has));
  if (elsewhere) return null;
  throw new VitrineError('permission_denied', { details: { operation: input.operation, needed: input.role, role: own ?? 'none' } });
}

/** How many versions' time is over now. */
export function lapsingCount(scope: QueryScope): number {
  return lapsingVersions(scope.db, Date.now()).length;
}

export function listHolds(scope: QueryScope, input: CheckedInputOf<'holds.list'>): OutputOf<'holds.list'> {
  const { db } = scope;
  const { target } = input;
  if (target?.kind === 'version') seenVersion(scope, target.id);
  if (target?.kind === 'artifact') seenProject(scope, artifactRow(db, target.id).projectId, { kind: 'artifact', label: String(target.id) });
  const projects = projectFilter(scope, sql`v.project_id`);
  const [inProject] = projects.where;
  // Those of a version are its own and its artifact's.
  const where = [
    ...(input.released ? [] : [sql`h.released_at IS NULL`]),
    ...(target === undefined ? [] : [target.kind === 'artifact'
      ? sql`h.kind = 'artifact' AND h.object_id = ${target.id}`
      : sql`((h.kind = 'version' AND h.object_id = ${target.id}) OR (h.kind = 'artifact' AND h.object_id = (SELECT artifact_id FROM versions WHERE id = ${target.id})))`]),
    ...(inProject === undefined ? [] : [sql`(CASE h.kind WHEN 'version' THEN EXISTS (SELECT 1 FROM versions v WHERE v.id = h.object_id AND ${inProject}) ELSE EXISTS (SELECT 1 FROM artifacts v WHERE v.id = h.object_id AND ${inProject}) END)`]),
  ];
  const { ids, ...page } = pageOfIds(db, { name: `holds ${input.released} ${target?.kind ?? ''} ${target?.id ?? ''}${projects.name}`, from: sql`FROM holds h`, where, key: sql`h.id`, id: sql`h.id`, descending: true }, input);
  return { items: holdsOf(db, ids), ...page };
}
