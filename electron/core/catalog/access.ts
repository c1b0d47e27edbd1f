/** Loads what the rules of access need to know, and turns their refusals into errors. The rules themselves are in the domain. */
import { VitrineError } from '#shared/contract/errors.ts';
import type { UserId } from '#shared/contract/ids.ts';
import { decide, effectiveRole, explainDecision, isVisible, type ActionsOf, type Asker, type KeyLimit, type OrganizationObject, type ProjectObject, type RegistryGrant, type RegistryObject, type Role, type Visibility } from '#shared/domain/index.ts';
import type { ReadableDb } from './connection.ts';
import { scopeOf } from './records/keys.ts';
import { sql } from './sql.ts';

export function loadAsker(db: ReadableDb, actorId: UserId, keyId?: number): Asker {
  const user = db.get<{ username: string; kind: 'person' | 'service'; role: Role | null }>(sql`
    SELECT u.username, u.kind, m.role FROM users u LEFT JOIN organization_members m ON m.user_id = u.id WHERE u.id = ${actorId}`);
  if (user === undefined) throw new VitrineError('not_signed_in', { details: { userId: actorId } });
  const teams = db.all<{ id: number; name: string; role: Role }>(sql`
    SELECT t.id, t.name, m.role FROM team_members m JOIN teams t ON t.id = m.team_id WHERE m.user_id = ${actorId}`);
  return {
    kind: user.kind === 'service' ? 'service account' : 'user',
    id: String(actorId),
    name: user.username,
    organizationRole: user.role,
    teams: teams.map((team) => ({ team: { id: String(team.id), name: team.name }, role: team.role })),
    ...limitOf(db, actorId, keyId),
  };
}

/** The scope of the key that is used, where it has one. A key of somebody else, or one that is no more, reaches nothing. */
function limitOf(db: ReadableDb, actorId: UserId, keyId: number | undefined): { readonly limit?: KeyLimit } {
  if (keyId === undefined) return {};
  const row = db.get<Parameters<typeof scopeOf>[0]>(sql`SELECT role_cap AS roleCap, registry_ids AS registryIds, project_ids AS projectIds FROM api_keys WHERE id = ${keyId} AND user_id = ${actorId} AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ${Date.now()})`);
  if (row === undefined) throw new VitrineError('not_signed_in', { details: { keyId } });
  const scope = scopeOf(row);
  return scope === null ? {} : { limit: { role: scope.role, registryIds: scope.registryIds?.map(String) ?? null, projectIds: scope.projectIds?.map(String) ?? null } };
}

const knownAskers = new WeakMap<ReadableDb, Map<string, Asker>>();

/**
 * The same, remembered. For connections that hear of every change of users, their teams and their keys: the writing one, which makes them, and
 * the near reader, which is told of each commit. Whatever makes one, takes one back or hears of one calls `forgetAskers`.
 */
export function rememberedAsker(db: ReadableDb, actorId: UserId, keyId?: number): Asker {
  const name = `${actorId} ${keyId ?? ''}`;
  let askers = knownAskers.get(db);
  if (askers === undefined) knownAskers.set(db, (askers = new Map<string, Asker>()));
  let asker = askers.get(name);
  if (asker === undefined) askers.set(name, (asker = loadAsker(db, actorId, keyId)));
  return asker;
}

export function forgetAskers(db: ReadableDb): void {
  knownAskers.delete(db);
}

export function organizationObject(db: ReadableDb): OrganizationObject {
  const row = db.get<{ id: number; name: string }>(sql`SELECT id, name FROM organizations ORDER BY id LIMIT 1`);
  if (row === undefined) throw new Error('A catalog without an organization');
  return { kind: 'organization', id: String(row.id), name: row.name };
}

export type RegistryAccessRow = { readonly id: number; readonly name: string; readonly visibility: Visibility };

export function registryObject(db: ReadableDb, row: RegistryAccessRow): RegistryObject {
  const grants = db.all<{ holder: RegistryGrant['holder']; holderId: number; role: Role }>(sql`
    SELECT holder_kind AS holder, holder_id AS holderId, role FROM registry_members WHERE registry_id = ${row.id}`);
  return {
    kind: 'registry',
    id: String(row.id),
    name: row.name,
    visibility: row.visibility,
    grants: grants.map((grant) => ({ holder: grant.holder, holderId: String(grant.holderId), role: grant.role })),
  };
}

export function projectObject(db: ReadableDb, projectId: number): ProjectObject {
  const row = db.get<{ id: number; name: string; teamId: number; team: string }>(sql`
    SELECT p.id, p.name, t.id AS teamId, t.name AS team FROM projects p JOIN teams t ON t.id = p.team_id WHERE p.id = ${projectId}`);
  if (row === undefined) throw notFound('project', String(projectId));
  return { kind: 'project', id: String(row.id), name: row.name, team: { id: String(row.teamId), name: row.team } };
}

/**
 * Throws when the asker may not: `not_found` where they must not learn that the thing exists, else `permission_denied` with the reason.
 * `asked` is what they named, so that the answer is word for word the one that a thing that isn't there gives.
 */
export function demand<O extends OrganizationObject | RegistryObject | ProjectObject>(asker: Asker, action: ActionsOf[O['kind']], object: O, asked?: { readonly kind: string; readonly label: string }): void {
  const decision = decide(asker, action, object);
  if (decision.allowed) return;
  if (!decision.visible) throw notFound(asked?.kind ?? object.kind, asked?.label ?? object.id);
  throw new VitrineError('permission_denied', {
    details: { action, kind: object.kind, label: object.name, needed: decision.needed, role: decision.role, explanation: explainDecision(decision) },
  });
}

export function notFound(kind: string, label: string): VitrineError {
  return new VitrineError('not_found', { details: { kind, label } });
}

/** Ids of the registries that the asker may see, deleted ones included, with the role there. There are few registries. */
export function visibleRegistries(db: ReadableDb, asker: Asker): ReadonlyMap<number, Role> {
  const rows = db.all<RegistryAccessRow>(sql`SELECT id, name, visibility FROM registries`);
  const visible = new Map<number, Role>();
  for (const row of rows) {
    const role = effectiveRole(asker, registryObject(db, row));
    if (role !== null) visible.set(row.id, role);
  }
  return visible;
}

/** Ids of the projects that the asker may see; null when that is all of them. */
export function visibleProjects(db: ReadableDb, asker: Asker): ReadonlySet<number> | null {
  const { limit, ...unlimited } = asker;
  if (limit !== undefined && limit.projectIds !== null) {
    const within = visibleProjects(db, unlimited);
    return new Set(limit.projectIds.map(Number).filter((id) => within === null || within.has(id)));
  }
  const teams = db.all<{ id: number; name: string }>(sql`SELECT id, name FROM teams`);
  const hidden = teams.filter((team) => !isVisible(asker, { kind: 'project', id: '', name: '', team: { id: String(team.id), name: team.name } }));
  if (hidden.length === 0) return null;
  const seen = teams.filter((team) => !hidden.includes(team)).map((team) => team.id);
  return new Set(db.column<number>(sql`SELECT id FROM projects WHERE team_id IN (SELECT value FROM json_each(${JSON.stringify(seen)}))`));
}
