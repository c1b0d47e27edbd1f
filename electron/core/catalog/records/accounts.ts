/** People, service accounts and teams, and who holds which role in a registry. */
import type { RegistryMember, Role, TeamDetail, UserDetail } from '#shared/contract/entities.ts';
import { compareRoles, effectiveRole, type RegistryObject } from '#shared/domain/index.ts';
import { organizationObject } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import type { QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { branded, groupBy, inOrder, timestamp, userOf, type UserColumns } from './shared.ts';

type UserRow = UserColumns & { readonly email: string | null; readonly role: Role | null; readonly createdAt: number; readonly removedAt: number | null; readonly keyCount: number; readonly lastSeenAt: number | null };

/** In the order of the ids. */
export function userDetails(db: ReadableDb, ids: readonly number[]): UserDetail[] {
  const list = JSON.stringify(ids);
  const rows = db.all<UserRow>(sql`
    SELECT u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind, u.email, m.role, u.created_at AS createdAt, u.removed_at AS removedAt,
      (SELECT count(*) FROM api_keys k WHERE k.user_id = u.id AND k.revoked_at IS NULL) AS keyCount,
      (SELECT max(k.last_used_at) FROM api_keys k WHERE k.user_id = u.id) AS lastSeenAt
    FROM json_each(${list}) j CROSS JOIN users u ON u.id = j.value LEFT JOIN organization_members m ON m.user_id = u.id`);
  const teams = groupBy(db.all<{ userId: number; id: number; name: string; role: Role }>(sql`
    SELECT m.user_id AS userId, t.id, t.name, m.role FROM json_each(${list}) j CROSS JOIN team_members m ON m.user_id = j.value JOIN teams t ON t.id = m.team_id ORDER BY t.name_key`), (row) => row.userId);
  return inOrder(ids, new Map(rows.map((row) => [row.userId, {
    ...userOf(row), email: row.email, role: row.role, teams: (teams.get(row.userId) ?? []).map(({ id, name, role }) => ({ id: branded(id), name, role })), keyCount: row.keyCount,
    createdAt: timestamp(row.createdAt), removedAt: row.removedAt === null ? null : timestamp(row.removedAt), lastSeenAt: row.lastSeenAt === null ? null : timestamp(row.lastSeenAt),
  } satisfies UserDetail])));
}

type TeamRow = { readonly id: number; readonly name: string; readonly organizationId: number; readonly organization: string; readonly projectCount: number };

/** In the order of the ids. Whether the asker may see them is decided before. */
export function teamDetails(scope: QueryScope, ids: readonly number[]): TeamDetail[] {
  const { db, asker } = scope;
  const list = JSON.stringify(ids);
  const rows = db.all<TeamRow>(sql`
    SELECT t.id, t.name, o.id AS organizationId, o.name AS organization, (SELECT count(*) FROM projects p WHERE p.team_id = t.id AND p.deleted_at IS NULL) AS projectCount
    FROM json_each(${list}) j CROSS JOIN teams t ON t.id = j.value JOIN organizations o ON o.id = t.organization_id`);
  const members = groupBy(db.all<UserColumns & { teamId: number; role: Role; email: string | null }>(sql`
    SELECT m.team_id AS teamId, m.role, u.email, u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind
    FROM json_each(${list}) j CROSS JOIN team_members m ON m.team_id = j.value JOIN users u ON u.id = m.user_id ORDER BY u.username`), (row) => row.teamId);
  return inOrder(ids, new Map(rows.map((row) => [row.id, {
    id: branded(row.id), name: row.name, organizationId: branded(row.organizationId), organization: row.organization, projectCount: row.projectCount,
    role: asker.teams.find(({ team }) => team.id === String(row.id))?.role ?? null,
    members: (members.get(row.id) ?? []).map((member) => ({ user: userOf(member), email: member.email, role: member.role })),
  } satisfies TeamDetail])));
}

type OrganizationRow = UserColumns & { readonly email: string | null; readonly role: Role };

/** Those named in the registry first, by name; then those who are in through the organization, each with the role that this gives them. */
export function registryMembers(db: ReadableDb, registry: RegistryObject): RegistryMember[] {
  const people = db.all<OrganizationRow>(sql`
    SELECT u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind, u.email, m.role FROM organization_members m JOIN users u ON u.id = m.user_id ORDER BY u.username`);
  const teams = db.all<{ id: number; name: string }>(sql`SELECT id, name FROM teams ORDER BY name_key`);
  const granted = (holder: 'user' | 'service account' | 'team', id: number) => registry.grants.find((grant) => grant.holder === holder && grant.holderId === String(id))?.role;
  const holderKindOf = (person: OrganizationRow) => (person.userKind === 'service' ? 'service account' : 'user');
  const holderOf = (person: OrganizationRow) => ({ kind: 'user' as const, user: userOf(person), email: person.email });
  const named = people.flatMap((person): RegistryMember[] => {
    const role = granted(holderKindOf(person), person.userId);
    return role === undefined ? [] : [{ holder: holderOf(person), role, through: 'registry' }];
  });
  const namedTeams = teams.flatMap((team): RegistryMember[] => {
    const role = granted('team', team.id);
    return role === undefined ? [] : [{ holder: { kind: 'team', id: branded(team.id), name: team.name }, role, through: 'registry' }];
  });
  const others = people.flatMap((person): RegistryMember[] => {
    if (granted(holderKindOf(person), person.userId) !== undefined) return [];
    const role = effectiveRole({ kind: holderKindOf(person), id: String(person.userId), name: person.username, organizationRole: person.role, teams: [] }, registry);
    return role === null ? [] : [{ holder: holderOf(person), role, through: 'organization' }];
  });
  return [...named, ...namedTeams, ...others.toSorted((left, right) => compareRoles(right.role, left.role))];
}

/** How many people are admins of the organization. */
export function organizationAdmins(db: ReadableDb): number {
  return db.value<number>(sql`SELECT count(*) FROM organization_members m JOIN users u ON u.id = m.user_id WHERE m.organization_id = ${Number(organizationObject(db).id)} AND m.role = 'admin' AND u.kind = 'person'`) ?? 0;
}
