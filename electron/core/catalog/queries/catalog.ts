/** The catalog as a whole, the start page, and what belongs to one person. */
import type { CheckedInputOf, ObjectKind, OutputOf } from '#shared/contract/index.ts';
import { decide } from '#shared/domain/index.ts';
import { organizationObject } from '../access.ts';
import { apiKeySummaries } from '../records/keys.ts';
import { objectRefs } from '../records/refs.ts';
import { branded, timestamp, userOf, type UserColumns } from '../records/shared.ts';
import { formatPlace } from '#shared/domain/index.ts';
import type { QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { projectFilter, registryFilter } from './visible.ts';

/** What of the status lies in the catalog file; core adds what lies beside it. */
export function catalogStatus(scope: QueryScope): Pick<OutputOf<'catalog.status'>, 'organization' | 'team' | 'user' | 'counts' | 'catalogBytes' | 'empty'> {
  const { db } = scope;
  const organization = organizationObject(db);
  const team = db.get<{ id: number; name: string }>(sql`SELECT t.id, t.name FROM meta m JOIN teams t ON t.id = m.value WHERE m.key = 'team_id'`);
  const user = db.get<UserColumns>(sql`SELECT id AS userId, username, display_name AS userDisplayName, kind AS userKind FROM users WHERE id = ${scope.actorId}`);
  if (team === undefined || user === undefined) throw new Error('A catalog without its team or its user');
  const counts = db.get<OutputOf<'catalog.status'>['counts']>(sql`
    SELECT (SELECT count(*) FROM registries WHERE deleted_at IS NULL) AS registries,
      (SELECT coalesce(sum(collection_count), 0) FROM registries WHERE deleted_at IS NULL) AS collections,
      (SELECT coalesce(sum(link_count), 0) FROM registries WHERE deleted_at IS NULL) AS links,
      (SELECT count(*) FROM projects WHERE deleted_at IS NULL) AS projects,
      (SELECT coalesce(sum(artifact_count), 0) FROM projects WHERE deleted_at IS NULL) AS artifacts,
      (SELECT coalesce(sum(version_count), 0) FROM projects WHERE deleted_at IS NULL) AS versions,
      (SELECT coalesce(sum(run_count), 0) FROM projects WHERE deleted_at IS NULL) AS runs`);
  if (counts === undefined) throw new Error('Nothing was counted');
  return {
    organization: { id: branded(Number(organization.id)), name: organization.name },
    team: { id: branded(team.id), name: team.name, organizationId: branded(Number(organization.id)) },
    user: userOf(user), counts, catalogBytes: catalogBytes(scope), empty: counts.versions === 0,
  };
}

function catalogBytes(scope: QueryScope): number {
  return scope.db.value<number>(sql`SELECT c.page_count * s.page_size FROM pragma_page_count c, pragma_page_size s`) ?? 0;
}

const shownOnStart = 12;

export function home(scope: QueryScope): OutputOf<'home.get'> {
  const { db } = scope;
  type Row = { readonly kind: ObjectKind; readonly id: number; readonly at: number };
  const starred = db.all<Row>(sql`SELECT kind, object_id AS id, at FROM stars WHERE user_id = ${scope.actorId} ORDER BY at DESC LIMIT 200`);
  const recent = db.all<Row>(sql`SELECT kind, object_id AS id, at FROM recents WHERE user_id = ${scope.actorId} ORDER BY at DESC LIMIT ${shownOnStart * 2}`);
  const registries = registryFilter(scope, sql`c.registry_id`);
  const projects = projectFilter(scope, sql`a.project_id`);
  const updated = [
    ...db.all<Row>(sql`SELECT 'collection' AS kind, c.id, c.updated_at AS at FROM collections c WHERE c.deleted_at IS NULL AND ${registries.where[0] ?? sql`1`} ORDER BY c.updated_at DESC, c.id DESC LIMIT ${shownOnStart}`),
    ...db.all<Row>(sql`SELECT 'artifact' AS kind, a.id, a.updated_at AS at FROM artifacts a WHERE a.deleted_at IS NULL AND ${projects.where[0] ?? sql`1`} ORDER BY a.updated_at DESC, a.id DESC LIMIT ${shownOnStart}`),
  ].sort((left, right) => right.at - left.at).slice(0, shownOnStart);
  return {
    starred: objectRefs(scope, starred).map(({ ref }) => ref),
    recent: objectRefs(scope, recent).slice(0, shownOnStart).map(({ thing, ref }) => ({ ...ref, openedAt: timestamp(thing.at) })),
    updated: objectRefs(scope, updated).map(({ thing, ref }) => ({ ...ref, updatedAt: timestamp(thing.at) })),
  };
}

export function settings(scope: QueryScope): OutputOf<'settings.get'> {
  const rows = scope.db.all<{ key: string; value: string }>(sql`SELECT key, value FROM settings WHERE user_id = ${scope.actorId}`);
  return { values: Object.fromEntries(rows.map((row) => [row.key, JSON.parse(row.value) as never])) };
}

/** An admin sees every key, others their own. */
export function listKeys(scope: QueryScope, input: CheckedInputOf<'keys.list'>): OutputOf<'keys.list'> {
  const all = decide(scope.asker, 'organization.manage', organizationObject(scope.db)).allowed;
  const ids = all
    ? scope.db.column<number>(sql`SELECT id FROM api_keys ORDER BY id DESC`)
    : scope.db.column<number>(sql`SELECT id FROM api_keys WHERE user_id = ${scope.actorId} ORDER BY id DESC`);
  const items = apiKeySummaries(scope.db, ids);
  return { items: input.userId === undefined ? items : items.filter((key) => key.user.id === input.userId) };
}

/** Whose key it is, without noting its use: for a catalog that can't be written. */
export function authenticateKey(scope: QueryScope, input: { readonly hash: string }): { readonly userId: number; readonly keyId: number } | null {
  return scope.db.get<{ userId: number; keyId: number }>(sql`SELECT user_id AS userId, id AS keyId FROM api_keys WHERE hash = ${Buffer.from(input.hash, 'hex')} AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ${Date.now()})`) ?? null;
}

/** What of the usage the catalog knows; core adds what the store and the disk say. */
export function storageUsage(scope: QueryScope, _input: CheckedInputOf<'storage.usage'>): Pick<OutputOf<'storage.usage'>, 'logicalBytes' | 'catalogBytes' | 'largest'> {
  const { db } = scope;
  const filter = projectFilter(scope, sql`v.project_id`);
  const logicalBytes = db.value<number>(sql`SELECT coalesce(sum(size), 0) FROM versions WHERE state = 'committed'`) ?? 0;
  const rows = db.all<{ artifactId: number; bytes: number; versions: number; entity: string; project: string; name: string }>(sql`
    SELECT l.artifactId, l.bytes, l.versions, t.name AS entity, p.name AS project, a.name FROM (
      SELECT v.artifact_id AS artifactId, sum(v.size) AS bytes, count(*) AS versions FROM versions v WHERE v.state = 'committed' AND ${filter.where[0] ?? sql`1`} GROUP BY v.artifact_id ORDER BY bytes DESC LIMIT 50) l
    JOIN artifacts a ON a.id = l.artifactId JOIN projects p ON p.id = a.project_id JOIN teams t ON t.id = p.team_id ORDER BY l.bytes DESC`);
  return {
    logicalBytes, catalogBytes: catalogBytes(scope),
    largest: rows.map((row) => ({
      artifactId: row.artifactId, label: `${row.project}/${row.name}`, address: formatPlace({ place: 'artifact', entity: row.entity, project: row.project, artifact: row.name }), bytes: row.bytes, versions: row.versions,
    })),
  };
}
