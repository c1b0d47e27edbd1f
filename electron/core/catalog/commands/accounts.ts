/** People, service accounts and teams come, change and go; registries take them in. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { checkEntityName, checkGrant, checkOrganizationRole, nameKey, type Role } from '#shared/domain/index.ts';
import { demand, forgetAskers, notFound, organizationObject, registryObject } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import type { EventSubject } from '../history.ts';
import { organizationAdmins, registryMembers, teamDetails, userDetails } from '../records/accounts.ts';
import { registryRow, type RegistryRow } from '../records/rows.ts';
import { registrySubject } from '../records/subjects.ts';
import { accepted } from '../refusals.ts';
import type { CommandScope } from '../scope.ts';
import { numbersWhere, unsettled } from '../settling.ts';
import { allOf, sql } from '../sql.ts';
import type { Standing, UndoStep } from '../undo.ts';

type UserRow = { readonly id: number; readonly username: string; readonly displayName: string; readonly email: string | null; readonly kind: 'person' | 'service'; readonly role: Role | null; readonly removedAt: number | null };
type TeamRow = { readonly id: number; readonly name: string };

function userRow(db: ReadableDb, id: number): UserRow {
  const row = db.get<UserRow>(sql`
    SELECT u.id, u.username, u.display_name AS displayName, u.email, u.kind, m.role, u.removed_at AS removedAt FROM users u LEFT JOIN organization_members m ON m.user_id = u.id WHERE u.id = ${id}`);
  if (row === undefined) throw notFound('user', String(id));
  return row;
}

/** Somebody who is in the organization now. */
function presentUser(db: ReadableDb, id: number): UserRow & { readonly role: Role } {
  const user = userRow(db, id);
  if (user.role === null || user.removedAt !== null) throw notFound('user', user.username);
  return { ...user, role: user.role };
}

function teamRow(db: ReadableDb, id: number): TeamRow {
  const row = db.get<TeamRow>(sql`SELECT id, name FROM teams WHERE id = ${id}`);
  if (row === undefined) throw notFound('team', String(id));
  return row;
}

const userSubject = (user: { readonly id: number; readonly username: string }): EventSubject => ({ kind: 'user', id: user.id, label: user.username, address: null, registryId: null });
const teamSubject = (team: TeamRow): EventSubject => ({ kind: 'team', id: team.id, label: team.name, address: null, registryId: null });
const holderOf = (user: { readonly kind: 'person' | 'service' }) => (user.kind === 'service' ? ('service account' as const) : ('user' as const));

/** A name of a person, a service account or a team: all three stand in the same place of an address. */
function freeEntityName(db: ReadableDb, kind: 'user' | 'team', text: string): string {
  const name = accepted(checkEntityName('team', text));
  const taken = db.value(sql`SELECT 1 FROM users WHERE username = ${name} UNION ALL SELECT 1 FROM teams WHERE name_key = ${nameKey(name)} LIMIT 1`);
  if (taken !== undefined) throw new VitrineError('already_exists', { details: { kind, label: name } });
  return name;
}

const stale = (explanation: string): VitrineError => new VitrineError('undo_stale', { details: { explanation } });

// People and service accounts ------------------------------------------------------------------------------------------

export function createUser(scope: CommandScope, input: CheckedInputOf<'users.create'>): OutputOf<'users.create'> {
  const { db, at } = scope;
  const organization = organizationObject(db);
  demand(scope.asker, 'organization.manage', organization);
  const username = freeEntityName(db, 'user', input.username);
  const holder = holderOf(input);
  const role = accepted(checkGrant(holder, input.role));
  const teams = input.teams.map(({ id, role: wanted }) => ({ team: teamRow(db, id), role: accepted(checkGrant(holder, wanted)) }));
  const displayName = input.displayName ?? username;
  const { id } = db.run(sql`INSERT INTO users (username, display_name, kind, email, created_at) VALUES (${username}, ${displayName}, ${input.kind}, ${input.email ?? null}, ${at})`);
  forgetAskers(db);
  db.run(sql`INSERT INTO organization_members (organization_id, user_id, role) VALUES (${Number(organization.id)}, ${id}, ${role})`);
  db.run(sql`INSERT INTO team_members (team_id, user_id, role) SELECT value, ${id}, ${role} FROM meta WHERE key = 'team_id'`);
  for (const { team, role: inTeam } of teams) {
    db.run(sql`INSERT INTO team_members (team_id, user_id, role) VALUES (${team.id}, ${id}, ${inTeam}) ON CONFLICT (user_id, team_id) DO UPDATE SET role = excluded.role`);
  }
  scope.record({
    kind: 'user.created', subject: userSubject({ id, username }), before: null,
    after: { username, displayName, kind: input.kind, role, teams: teams.map(({ team, role: inTeam }) => ({ team: team.name, role: inTeam })) },
    about: teams.map(({ team }) => ({ kind: 'team' as const, id: team.id })),
  });
  scope.changed('user', id);
  scope.changed('member', id);
  scope.changed('team', ...teams.map(({ team }) => team.id));
  scope.inverse({ step: 'account', kind: 'user', id, made: accountNow(db, id) });
  scope.offerUndo(`Take in ${displayName}`);
  return detailOf(db, id);
}

export function updateUser(scope: CommandScope, input: CheckedInputOf<'users.update'>): OutputOf<'users.update'> {
  const { db } = scope;
  const asked = { kind: 'user', label: String(input.id) };
  if (input.id !== scope.actorId || input.role !== undefined) demand(scope.asker, 'organization.manage', organizationObject(db), asked);
  const user = presentUser(db, input.id);
  const now = { displayName: user.displayName, email: user.email, role: user.role };
  const next = { displayName: input.displayName ?? now.displayName, email: input.email === undefined ? now.email : input.email, role: input.role ?? now.role };
  if (next.role !== now.role) accepted(checkOrganizationRole({ holder: holderOf(user), from: now.role, to: next.role, admins: organizationAdmins(db) }));
  const changed = (['displayName', 'email', 'role'] as const).filter((key) => next[key] !== now[key]);
  if (changed.length === 0) return detailOf(db, user.id);
  db.run(sql`UPDATE users SET display_name = ${next.displayName}, email = ${next.email} WHERE id = ${user.id}`);
  if (next.role !== now.role) {
    db.run(sql`UPDATE organization_members SET role = ${next.role} WHERE user_id = ${user.id}`);
    // In the catalog's own team people have the organization's role until somebody gives them another there.
    db.run(sql`UPDATE team_members SET role = ${next.role} WHERE user_id = ${user.id} AND role = ${now.role} AND team_id = (SELECT value FROM meta WHERE key = 'team_id')`);
    forgetAskers(db);
    scope.changed('member', user.id);
  }
  const part = (of: typeof now) => Object.fromEntries(changed.map((key) => [key, of[key]]));
  scope.record({ kind: 'user.updated', subject: userSubject(user), before: part(now), after: part(next) });
  scope.changed('user', user.id);
  scope.inverse({ step: 'edit', kind: 'user', id: user.id, set: part(now), expected: part(next) });
  scope.offerUndo(`Change ${user.displayName}`);
  return detailOf(db, user.id);
}

/** For an undo: an account as it is now. */
export function userNow(scope: CommandScope, id: number): Readonly<Record<string, unknown>> {
  const { displayName, email, role } = presentUser(scope.db, id);
  return { displayName, email, role };
}

export function removeUser(scope: CommandScope, input: CheckedInputOf<'users.remove'>): OutputOf<'users.remove'> {
  const { db, at } = scope;
  demand(scope.asker, 'organization.manage', organizationObject(db), { kind: 'user', label: String(input.id) });
  const user = presentUser(db, input.id);
  if (db.value(sql`SELECT 1 FROM meta WHERE key = 'default_user_id' AND value = ${user.id}`) !== undefined) {
    throw new VitrineError('blocked', { details: { explanation: `“${user.username}” is the person whose catalog this is: the window and the command line act in that name.` } });
  }
  accepted(checkOrganizationRole({ holder: holderOf(user), from: user.role, to: null, admins: organizationAdmins(db) }));
  const stood = standingOf(db, user);
  const registries = stood.registries.map(({ registry }) => registry);
  const teams = stood.teams.map(({ team }) => team);
  const keys = db.column<number>(sql`SELECT id FROM api_keys WHERE user_id = ${user.id} AND revoked_at IS NULL`);
  db.run(sql`DELETE FROM registry_members WHERE holder_kind = ${holderOf(user)} AND holder_id = ${user.id}`);
  db.run(sql`DELETE FROM team_members WHERE user_id = ${user.id}`);
  db.run(sql`DELETE FROM organization_members WHERE user_id = ${user.id}`);
  db.run(sql`UPDATE api_keys SET revoked_at = ${at} WHERE user_id = ${user.id} AND revoked_at IS NULL`);
  db.run(sql`UPDATE users SET removed_at = ${at} WHERE id = ${user.id}`);
  forgetAskers(db);
  scope.record({
    kind: 'user.removed', subject: userSubject(user), before: { role: user.role, teams: teams.length, registries: registries.length, keys: keys.length }, after: null,
    about: [...registries.map((id) => ({ kind: 'registry' as const, id })), ...teams.map((id) => ({ kind: 'team' as const, id })), ...keys.map((id) => ({ kind: 'api_key' as const, id }))],
  });
  scope.changed('user', user.id);
  scope.changed('member', user.id, ...registries);
  scope.changed('registry', ...registries);
  scope.changed('team', ...teams);
  scope.changed('api_key', ...keys);
  scope.inverse({ step: 'return', id: user.id, at, stood, keys });
  scope.offerUndo(`Remove ${user.displayName}`);
  return { revokedKeys: keys.length };
}

/** For an undo: who was removed is who and where they were, and their keys are good again; what is no more by now, a team or a registry, is left out. */
export function userBack(scope: CommandScope, step: Extract<UndoStep, { readonly step: 'return' }>): void {
  const { db } = scope;
  const organization = organizationObject(db);
  demand(scope.asker, 'organization.manage', organization);
  const user = userRow(db, step.id);
  if (user.removedAt !== step.at) throw stale(`${user.username} was taken in again meanwhile.`);
  const { role, teams, registries } = step.stood;
  db.run(sql`UPDATE users SET removed_at = NULL WHERE id = ${user.id}`);
  db.run(sql`INSERT INTO organization_members (organization_id, user_id, role) VALUES (${Number(organization.id)}, ${user.id}, ${role})`);
  for (const one of teams) db.run(sql`INSERT INTO team_members (team_id, user_id, role) SELECT id, ${user.id}, ${one.role} FROM teams WHERE id = ${one.team}`);
  for (const one of registries) db.run(sql`INSERT INTO registry_members (registry_id, holder_kind, holder_id, role) SELECT id, ${holderOf(user)}, ${user.id}, ${one.role} FROM registries WHERE id = ${one.registry}`);
  for (const id of step.keys) db.run(sql`UPDATE api_keys SET revoked_at = NULL WHERE id = ${id} AND revoked_at = ${step.at}`);
  forgetAskers(db);
  const about = [...registries.map((one) => ({ kind: 'registry' as const, id: one.registry })), ...teams.map((one) => ({ kind: 'team' as const, id: one.team })), ...step.keys.map((id) => ({ kind: 'api_key' as const, id }))];
  scope.record({ kind: 'user.created', subject: userSubject(user), before: null, after: { role, teams: teams.length, registries: registries.length, keys: step.keys.length }, about });
  scope.changed('user', user.id);
  scope.changed('member', user.id, ...registries.map((one) => one.registry));
  scope.changed('registry', ...registries.map((one) => one.registry));
  scope.changed('team', ...teams.map((one) => one.team));
  scope.changed('api_key', ...step.keys);
}

function standingOf(db: ReadableDb, { id, kind, role }: Pick<UserRow, 'id' | 'kind'> & { readonly role: Role }): Standing {
  return {
    role,
    teams: db.all(sql`SELECT team_id AS team, role FROM team_members WHERE user_id = ${id} ORDER BY team_id`),
    registries: db.all(sql`SELECT registry_id AS registry, role FROM registry_members WHERE holder_kind = ${holderOf({ kind })} AND holder_id = ${id} ORDER BY registry_id`),
  };
}

/** What an account is and where it stands, to tell whether that was changed. */
function accountNow(db: ReadableDb, id: number): string {
  const user = presentUser(db, id);
  return JSON.stringify({ displayName: user.displayName, email: user.email, ...standingOf(db, user) });
}

/** For an undo: an account or a team that is as it was made, and of which nobody made use, is no more, and its name is free. */
export function accountBack(scope: CommandScope, step: Extract<UndoStep, { readonly step: 'account' }>): void {
  const { db } = scope;
  demand(scope.asker, 'organization.manage', organizationObject(db));
  if (step.kind === 'team') {
    const team = teamRow(db, step.id);
    if (teamNow(db, team.id) !== step.made) throw stale(`The members of ${team.name} were changed meanwhile.`);
    const used = db.value(sql`
      SELECT 1 FROM projects WHERE team_id = ${team.id} UNION ALL SELECT 1 FROM drafts WHERE team_id = ${team.id} UNION ALL SELECT 1 FROM legacy_addresses WHERE team_id = ${team.id}
      UNION ALL SELECT 1 FROM registry_members WHERE holder_kind = 'team' AND holder_id = ${team.id} LIMIT 1`);
    if (used !== undefined) throw stale(`${team.name} has projects by now, or is a member of a registry.`);
    removeTeam(scope, team);
    return;
  }
  const user = presentUser(db, step.id);
  if (accountNow(db, user.id) !== step.made) throw stale(`${user.username} was changed meanwhile.`);
  if (db.value(sql`SELECT 1 FROM api_keys WHERE user_id = ${user.id} UNION ALL SELECT 1 FROM ${numbersWhere(db, sql`e.actor_id = ${user.id} AND e.id > ${step.through ?? 0}`)} LIMIT 1`) !== undefined) throw stale(`${user.username} has a key by now, or has acted.`);
  removeUser(scope, { id: user.id as never });
  // The row stays, so that its id is not given again.
  db.run(sql`UPDATE users SET username = ${`${user.username} #${user.id} removed`} WHERE id = ${user.id}`);
}

function detailOf(db: ReadableDb, id: number): OutputOf<'users.get'> {
  const [detail] = userDetails(db, [id]);
  if (detail === undefined) throw notFound('user', String(id));
  return detail;
}

// Teams ----------------------------------------------------------------------------------------------------------------

export function createTeam(scope: CommandScope, input: CheckedInputOf<'teams.create'>): OutputOf<'teams.create'> {
  const { db, at } = scope;
  const organization = organizationObject(db);
  demand(scope.asker, 'organization.manage', organization);
  const name = freeEntityName(db, 'team', input.name);
  // The id of one that is no more is not given again: history still speaks of it.
  const id = 1 + Math.max(
    db.value<number>(sql`SELECT max(id) FROM teams`) ?? 0, db.value<number>(sql`SELECT max(object_id) FROM event_objects WHERE kind = 'team'`) ?? 0,
    db.value<number>(sql`SELECT max(e.object_id) FROM events e WHERE ${allOf([...unsettled(db), sql`e.object_kind = 'team'`])}`) ?? 0,
  );
  db.run(sql`INSERT INTO teams (id, organization_id, name, name_key, created_at) VALUES (${id}, ${Number(organization.id)}, ${name}, ${nameKey(name)}, ${at})`);
  db.run(sql`INSERT INTO team_members (team_id, user_id, role) VALUES (${id}, ${scope.actorId}, 'admin')`);
  forgetAskers(db);
  scope.record({ kind: 'team.created', subject: teamSubject({ id, name }), before: null, after: { name } });
  scope.changed('team', id);
  scope.changed('user', scope.actorId);
  scope.inverse({ step: 'account', kind: 'team', id, made: teamNow(db, id) });
  scope.offerUndo(`Make the team ${name}`);
  return teamOf(scope, id);
}

const teamNow = (db: ReadableDb, id: number): string => JSON.stringify(db.all(sql`SELECT user_id AS user, role FROM team_members WHERE team_id = ${id} ORDER BY user_id`));

/** One that holds nothing. */
function removeTeam(scope: CommandScope, team: TeamRow): void {
  const { db } = scope;
  const members = db.column<number>(sql`SELECT user_id FROM team_members WHERE team_id = ${team.id}`);
  db.run(sql`DELETE FROM team_members WHERE team_id = ${team.id}`);
  db.run(sql`DELETE FROM teams WHERE id = ${team.id}`);
  forgetAskers(db);
  scope.record({ kind: 'team.removed', subject: teamSubject(team), before: { name: team.name }, after: null });
  scope.changed('team', team.id);
  scope.changed('user', ...members);
  scope.changed('member', ...members);
}

export function setTeamMember(scope: CommandScope, input: CheckedInputOf<'teams.setMember'>): OutputOf<'teams.setMember'> {
  const { db } = scope;
  const team = teamRow(db, input.teamId);
  demand(scope.asker, 'project.manage', { kind: 'project', id: '', name: team.name, team: { id: String(team.id), name: team.name } }, { kind: 'team', label: String(team.id) });
  const user = presentUser(db, input.userId);
  const before = db.value<Role>(sql`SELECT role FROM team_members WHERE team_id = ${team.id} AND user_id = ${user.id}`) ?? null;
  if (before === input.role) return teamOf(scope, team.id);
  if (input.role === null) db.run(sql`DELETE FROM team_members WHERE team_id = ${team.id} AND user_id = ${user.id}`);
  else {
    const role = accepted(checkGrant(holderOf(user), input.role));
    db.run(sql`INSERT INTO team_members (team_id, user_id, role) VALUES (${team.id}, ${user.id}, ${role}) ON CONFLICT (user_id, team_id) DO UPDATE SET role = excluded.role`);
  }
  forgetAskers(db);
  scope.record({ kind: 'member.changed', subject: teamSubject(team), before: { user: user.username, role: before }, after: { user: user.username, role: input.role }, about: [{ kind: 'user', id: user.id }] });
  scope.changed('team', team.id);
  scope.changed('user', user.id);
  scope.changed('member', user.id);
  scope.inverse({ step: 'member', place: { kind: 'team', id: team.id }, holder: { kind: holderOf(user), id: user.id }, to: before, expected: input.role });
  scope.offerUndo(`Role of ${user.username} in ${team.name}`);
  return teamOf(scope, team.id);
}

function teamOf(scope: CommandScope, id: number): OutputOf<'teams.get'> {
  const [detail] = teamDetails(scope, [id]);
  if (detail === undefined) throw notFound('team', String(id));
  return detail;
}

// Members of a registry ------------------------------------------------------------------------------------------------

type Holder = { readonly kind: 'user' | 'service account' | 'team'; readonly id: number; readonly name: string };

const userHolder = (db: ReadableDb, id: number): Holder => {
  const user = presentUser(db, id);
  return { kind: holderOf(user), id, name: user.username };
};
const teamHolder = (db: ReadableDb, id: number): Holder => ({ kind: 'team', id, name: teamRow(db, id).name });

function openMembers(scope: CommandScope, registryId: number): RegistryRow {
  const registry = registryRow(scope.db, registryId);
  demand(scope.asker, 'registry.manageMembers', registryObject(scope.db, registry), { kind: 'registry', label: String(registryId) });
  if (registry.deleted) throw notFound('registry', registry.name);
  return registry;
}

const roleIn = (db: ReadableDb, registry: RegistryRow, holder: Holder): Role | null =>
  db.value<Role>(sql`SELECT role FROM registry_members WHERE registry_id = ${registry.id} AND holder_kind = ${holder.kind} AND holder_id = ${holder.id}`) ?? null;

function writeMember(scope: CommandScope, registry: RegistryRow, holder: Holder, before: Role | null, role: Role | null): void {
  const { db } = scope;
  if (role === null) db.run(sql`DELETE FROM registry_members WHERE registry_id = ${registry.id} AND holder_kind = ${holder.kind} AND holder_id = ${holder.id}`);
  else {
    db.run(sql`
      INSERT INTO registry_members (registry_id, holder_kind, holder_id, role) VALUES (${registry.id}, ${holder.kind}, ${holder.id}, ${accepted(checkGrant(holder.kind, role))})
      ON CONFLICT (registry_id, holder_kind, holder_id) DO UPDATE SET role = excluded.role`);
  }
  const told = (of: Role | null) => ({ holder: holder.kind, id: holder.id, name: holder.name, role: of });
  scope.record({ kind: 'member.changed', subject: registrySubject(registry), before: told(before), after: told(role), about: [{ kind: holder.kind === 'team' ? 'team' : 'user', id: holder.id }] });
  scope.changed('member', registry.id);
  scope.changed('registry', registry.id);
  scope.inverse({ step: 'member', place: { kind: 'registry', id: registry.id }, holder: { kind: holder.kind, id: holder.id }, to: before, expected: role });
  scope.offerUndo(`Members of ${registry.name}`);
}

/** For an undo and a revert: the role must still be the one that the act gave. */
export function memberBack(scope: CommandScope, step: Extract<UndoStep, { readonly step: 'member' }>): void {
  const { db } = scope;
  const changed = (name: string) => stale(`The role of ${name} was changed meanwhile.`);
  if (step.place.kind === 'team') {
    const now = db.value<Role>(sql`SELECT role FROM team_members WHERE team_id = ${step.place.id} AND user_id = ${step.holder.id}`) ?? null;
    if (now !== step.expected) throw changed(presentUser(db, step.holder.id).username);
    setTeamMember(scope, { teamId: step.place.id as never, userId: step.holder.id as never, role: step.to });
    return;
  }
  const registry = openMembers(scope, step.place.id);
  const holder = step.holder.kind === 'team' ? teamHolder(db, step.holder.id) : userHolder(db, step.holder.id);
  if (roleIn(db, registry, holder) !== step.expected) throw changed(holder.name);
  writeMember(scope, registry, holder, step.expected, step.to);
}

export function addRegistryMembers(scope: CommandScope, input: CheckedInputOf<'registries.addMembers'>): OutputOf<'registries.addMembers'> {
  const registry = openMembers(scope, input.registryId);
  let added = 0;
  for (const holder of holdersOf(scope.db, input)) {
    if (roleIn(scope.db, registry, holder) !== null) continue;
    writeMember(scope, registry, holder, null, input.role);
    added += 1;
  }
  return { added };
}

export function updateRegistryMember(scope: CommandScope, input: CheckedInputOf<'registries.updateMember'>): OutputOf<'registries.updateMember'> {
  const { db } = scope;
  const registry = openMembers(scope, input.registryId);
  const holder = 'userId' in input.member ? userHolder(db, input.member.userId) : teamHolder(db, input.member.teamId);
  const before = roleIn(db, registry, holder);
  if (before === null) throw notFound('member', holder.name);
  if (before !== input.role) writeMember(scope, registry, holder, before, input.role);
  return { items: registryMembers(db, registryObject(db, registry)) };
}

export function removeRegistryMembers(scope: CommandScope, input: CheckedInputOf<'registries.removeMembers'>): OutputOf<'registries.removeMembers'> {
  const registry = openMembers(scope, input.registryId);
  let removed = 0;
  for (const holder of holdersOf(scope.db, input)) {
    const before = roleIn(scope.db, registry, holder);
    if (before === null) continue;
    writeMember(scope, registry, holder, before, null);
    removed += 1;
  }
  return { removed };
}

function holdersOf(db: ReadableDb, input: { readonly userIds: readonly number[]; readonly teamIds: readonly number[] }): readonly Holder[] {
  return [...[...new Set(input.userIds)].map((id) => userHolder(db, id)), ...[...new Set(input.teamIds)].map((id) => teamHolder(db, id))];
}
