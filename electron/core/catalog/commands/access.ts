/** API keys and users. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import type { ApiKeySummary } from '#shared/contract/entities.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { checkEntityName, checkGrant, type Role } from '#shared/domain/index.ts';
import { demand, forgetAskers, notFound, organizationObject, registryObject } from '../access.ts';
import { apiKeySummaries } from '../records/keys.ts';
import { bytesOf } from '../records/shared.ts';
import { registryRow } from '../records/rows.ts';
import { registrySubject } from '../records/subjects.ts';
import { accepted } from '../refusals.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';

/** `hash` is the hex SHA-256 of the key; the key itself never comes here. */
export function createKey(scope: CommandScope, input: { readonly name: string; readonly hash: string; readonly hint: string; readonly userId?: number }): ApiKeySummary {
  const { db, at } = scope;
  const userId = input.userId ?? scope.actorId;
  if (userId !== scope.actorId) demand(scope.asker, 'organization.manage', organizationObject(db));
  const { id } = db.run(sql`INSERT INTO api_keys (name, user_id, hash, hint, created_at) VALUES (${input.name}, ${userId}, ${bytesOf(input.hash)}, ${input.hint}, ${at})`);
  scope.record({ kind: 'api_key.created', subject: { kind: 'api_key', id, label: input.name, address: null, registryId: null }, before: null, after: { name: input.name, hint: input.hint }, about: [{ kind: 'user', id: userId }] });
  scope.changed('api_key', id);
  return summaryOf(scope, id);
}

export function revokeKey(scope: CommandScope, input: CheckedInputOf<'keys.revoke'>): OutputOf<'keys.revoke'> {
  const { db, at } = scope;
  const key = db.get<{ name: string; userId: number; revokedAt: number | null }>(sql`SELECT name, user_id AS userId, revoked_at AS revokedAt FROM api_keys WHERE id = ${input.id}`);
  if (key === undefined) throw notFound('API key', String(input.id));
  if (key.userId !== scope.actorId) demand(scope.asker, 'organization.manage', organizationObject(db));
  if (key.revokedAt === null) {
    db.run(sql`UPDATE api_keys SET revoked_at = ${at} WHERE id = ${input.id}`);
    scope.record({ kind: 'api_key.revoked', subject: { kind: 'api_key', id: input.id, label: key.name, address: null, registryId: null }, before: { name: key.name }, after: null, about: [{ kind: 'user', id: key.userId }] });
    scope.changed('api_key', input.id);
  }
  return summaryOf(scope, input.id);
}

/** Last use is noted to the minute: a script that asks often must not write often. */
const useNotedEvery = 60_000;

/** Whose key it is, by the hex SHA-256 of the key; null for none. */
export function authenticateKey(scope: CommandScope, input: { readonly hash: string }): { readonly userId: number; readonly keyId: number } | null {
  const { db, at } = scope;
  const key = db.get<{ id: number; userId: number; lastUsedAt: number | null }>(sql`
    SELECT id, user_id AS userId, last_used_at AS lastUsedAt FROM api_keys WHERE hash = ${bytesOf(input.hash)} AND revoked_at IS NULL`);
  if (key === undefined) return null;
  if (key.lastUsedAt === null || at - key.lastUsedAt >= useNotedEvery) {
    db.run(sql`UPDATE api_keys SET last_used_at = ${at} WHERE id = ${key.id}`);
    scope.changed('api_key', key.id);
  }
  return { userId: key.userId, keyId: key.id };
}

/** A person or a service account, member of the organization and of the catalog's team. */
export function createUser(scope: CommandScope, input: { readonly username: string; readonly displayName: string; readonly kind: 'person' | 'service'; readonly role: Role }): { readonly userId: number } {
  const { db, at } = scope;
  const organization = organizationObject(db);
  demand(scope.asker, 'organization.manage', organization);
  const username = accepted(checkEntityName('team', input.username));
  if (db.value(sql`SELECT 1 FROM users WHERE username = ${username}`) !== undefined) throw new VitrineError('already_exists', { details: { kind: 'user', label: username } });
  const { id } = db.run(sql`INSERT INTO users (username, display_name, kind, created_at) VALUES (${username}, ${input.displayName}, ${input.kind}, ${at})`);
  forgetAskers(db);
  db.run(sql`INSERT INTO organization_members (organization_id, user_id, role) VALUES (${Number(organization.id)}, ${id}, ${input.role})`);
  db.run(sql`INSERT INTO team_members (team_id, user_id, role) SELECT value, ${id}, ${input.role} FROM meta WHERE key = 'team_id'`);
  scope.record({ kind: 'member.changed', subject: { kind: 'user', id, label: username, address: null, registryId: null }, before: null, after: { username, role: input.role } });
  scope.changed('user', id);
  scope.changed('member', id);
  return { userId: id };
}

/** Gives a user, a service account or a team a role in a registry, or takes it away. */
export function setRegistryMember(scope: CommandScope, input: { readonly registryId: number; readonly holder: 'user' | 'service account' | 'team'; readonly holderId: number; readonly role: Role | null }): Record<string, never> {
  const { db } = scope;
  const registry = registryRow(db, input.registryId);
  demand(scope.asker, 'registry.manageMembers', registryObject(db, registry));
  const before = db.value<string>(sql`SELECT role FROM registry_members WHERE registry_id = ${registry.id} AND holder_kind = ${input.holder} AND holder_id = ${input.holderId}`) ?? null;
  if (input.role === null) db.run(sql`DELETE FROM registry_members WHERE registry_id = ${registry.id} AND holder_kind = ${input.holder} AND holder_id = ${input.holderId}`);
  else {
    const role = accepted(checkGrant(input.holder, input.role));
    db.run(sql`
      INSERT INTO registry_members (registry_id, holder_kind, holder_id, role) VALUES (${registry.id}, ${input.holder}, ${input.holderId}, ${role})
      ON CONFLICT (registry_id, holder_kind, holder_id) DO UPDATE SET role = excluded.role`);
  }
  if (before === input.role) return {};
  scope.record({ kind: 'member.changed', subject: registrySubject(registry), before: { holder: input.holder, id: input.holderId, role: before }, after: { holder: input.holder, id: input.holderId, role: input.role } });
  scope.changed('member', registry.id);
  scope.changed('registry', registry.id);
  return {};
}

/** Tells that the sample went in. */
export function noteSample(scope: CommandScope): Record<string, never> {
  scope.record({ kind: 'catalog.sample_added', subject: { kind: 'catalog', id: 1, label: 'Sample catalog', address: null, registryId: null }, before: null, after: null });
  scope.changed('catalog', 1);
  return {};
}

function summaryOf(scope: CommandScope, id: number): ApiKeySummary {
  const [summary] = apiKeySummaries(scope.db, [id]);
  if (summary === undefined) throw notFound('API key', String(id));
  return summary;
}
