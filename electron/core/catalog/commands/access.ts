/** API keys, and what only core asks. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import type { ApiKeySummary } from '#shared/contract/entities.ts';
import { demand, notFound, organizationObject } from '../access.ts';
import { apiKeySummaries } from '../records/keys.ts';
import { bytesOf } from '../records/shared.ts';
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
