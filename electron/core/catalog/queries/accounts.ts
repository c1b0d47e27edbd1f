/** Who is here: people, service accounts, teams, members of registries. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { isVisible, nameKey } from '#shared/domain/index.ts';
import { demand, notFound, organizationObject, registryObject } from '../access.ts';
import { registryMembers, teamDetails, userDetails } from '../records/accounts.ts';
import type { QueryScope } from '../scope.ts';
import { allOf, sql } from '../sql.ts';
import { seenRegistry } from './visible.ts';

export function listUsers(scope: QueryScope, input: CheckedInputOf<'users.list'>): OutputOf<'users.list'> {
  const { db } = scope;
  demand(scope.asker, 'organization.see', organizationObject(db));
  const where = [sql`u.removed_at IS NULL`];
  if (input.kind !== undefined) where.push(sql`u.kind = ${input.kind}`);
  if (input.text !== undefined && input.text !== '') {
    where.push(sql`(instr(lower(u.username), lower(${input.text})) > 0 OR instr(lower(u.display_name), lower(${input.text})) > 0 OR instr(lower(coalesce(u.email, '')), lower(${input.text})) > 0)`);
  }
  return { items: userDetails(db, db.column<number>(sql`SELECT u.id FROM users u WHERE ${allOf(where)} ORDER BY u.kind, u.username`)) };
}

export function getUser(scope: QueryScope, input: CheckedInputOf<'users.get'>): OutputOf<'users.get'> {
  const { db } = scope;
  const id = input.id ?? (input.username === undefined ? scope.actorId : db.value<number>(sql`SELECT id FROM users WHERE username = ${input.username}`));
  if (id !== scope.actorId) demand(scope.asker, 'organization.see', organizationObject(db), { kind: 'user', label: input.username ?? String(input.id) });
  const [user] = id === undefined ? [] : userDetails(db, [id]);
  if (user === undefined) throw notFound('user', input.username ?? String(input.id));
  return user;
}

const teamObject = (team: { readonly id: number; readonly name: string }) => ({ kind: 'project', id: '', name: '', team: { id: String(team.id), name: team.name } }) as const;

export function listTeams(scope: QueryScope): OutputOf<'teams.list'> {
  const teams = scope.db.all<{ id: number; name: string }>(sql`SELECT id, name FROM teams ORDER BY name_key`);
  return { items: teamDetails(scope, teams.filter((team) => isVisible(scope.asker, teamObject(team))).map((team) => team.id)) };
}

export function getTeam(scope: QueryScope, input: CheckedInputOf<'teams.get'>): OutputOf<'teams.get'> {
  const { db } = scope;
  const team = db.get<{ id: number; name: string }>('id' in input ? sql`SELECT id, name FROM teams WHERE id = ${input.id}` : sql`SELECT id, name FROM teams WHERE name_key = ${nameKey(input.name)}`);
  const label = 'id' in input ? String(input.id) : input.name;
  if (team === undefined || !isVisible(scope.asker, teamObject(team))) throw notFound('team', label);
  const [detail] = teamDetails(scope, [team.id]);
  if (detail === undefined) throw notFound('team', label);
  return detail;
}

export function listRegistryMembers(scope: QueryScope, input: CheckedInputOf<'registries.members'>): OutputOf<'registries.members'> {
  const registry = seenRegistry(scope, input.registryId);
  const access = registryObject(scope.db, registry);
  demand(scope.asker, 'registry.seeMembers', access);
  if (registry.deleted) throw notFound('registry', registry.name);
  return { items: registryMembers(scope.db, access) };
}
