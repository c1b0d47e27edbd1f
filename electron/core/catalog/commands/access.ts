/** API keys, and what only core asks. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import type { ApiKeySummary, KeyScope } from '#shared/contract/entities.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { demand, forgetAskers, notFound, organizationObject, projectObject, registryObject } from '../access.ts';
import { apiKeySummaries } from '../records/keys.ts';
import { registryRow } from '../records/rows.ts';
import { bytesOf } from '../records/shared.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';
import type { UndoStep } from '../undo.ts';

export type NewKey = {
  readonly name: string; /** Hex SHA-256 of the key; the key itself never comes here. */ readonly hash: string; readonly hint: string; readonly userId?: number | undefined; readonly expiresAt?: string | null | undefined;
  readonly scope?: KeyScope | null | undefined;
};

/** One's own key; somebody else's takes an admin of the organization. What a key is limited to can't be got round by making another. */
export function createKey(scope: CommandScope, input: NewKey): ApiKeySummary {
  const { db, at } = scope;
  const userId = input.userId ?? scope.actorId;
  if (scope.asker.limit !== undefined) throw new VitrineError('permission_denied', { details: { explanation: 'A key that is limited makes no other keys. Use one without a scope, or the window.' } });
  if (scope.asker.organizationRole === null) throw new VitrineError('permission_denied', { details: { explanation: 'You no longer belong to the organization.' } });
  if (userId !== scope.actorId) {
    demand(scope.asker, 'organization.manage', organizationObject(db));
    if (db.value(sql`SELECT 1 FROM users WHERE id = ${userId} AND removed_at IS NULL`) === undefined) throw notFound('user', String(userId));
  }
  const expiresAt = input.expiresAt == null ? null : Date.parse(input.expiresAt);
  if (expiresAt !== null && expiresAt <= at) throw new VitrineError('bad_input', { details: { explanation: `The key would end on ${input.expiresAt}, which is past.` } });
  const limit = input.scope ?? null;
  if (limit !== null) checkScope(scope, limit);
  const { id } = db.run(sql`
    INSERT INTO api_keys (name, user_id, hash, hint, created_at, expires_at, role_cap, registry_ids, project_ids)
    VALUES (${input.name}, ${userId}, ${bytesOf(input.hash)}, ${input.hint}, ${at}, ${expiresAt}, ${limit?.role ?? null}, ${listText(limit?.registryIds)}, ${listText(limit?.projectIds)})`);
  scope.record({
    kind: 'api_key.created', subject: { kind: 'api_key', id, label: input.name, address: null, registryId: null }, before: null,
    after: { name: input.name, hint: input.hint, ...(expiresAt === null ? {} : { expiresAt: input.expiresAt }), ...(limit === null ? {} : { scope: limit }) }, about: [{ kind: 'user', id: userId }],
  });
  scope.changed('api_key', id);
  return summaryOf(scope, id);
}

function listText(ids: readonly number[] | null | undefined): string | null {
  return ids == null ? null : JSON.stringify([...new Set(ids)]);
}

/** Only what whoever makes the key can see may be named in it. */
function checkScope(scope: CommandScope, limit: KeyScope): void {
  const { db } = scope;
  for (const id of limit.registryIds ?? []) demand(scope.asker, 'registry.see', registryObject(db, registryRow(db, id)), { kind: 'registry', label: String(id) });
  for (const id of limit.projectIds ?? []) demand(scope.asker, 'project.see', projectObject(db, id), { kind: 'project', label: String(id) });
}

export function revokeKey(scope: CommandScope, input: CheckedInputOf<'keys.revoke'>): OutputOf<'keys.revoke'> {
  const { db, at } = scope;
  const key = db.get<{ name: string; userId: number; revokedAt: number | null }>(sql`SELECT name, user_id AS userId, revoked_at AS revokedAt FROM api_keys WHERE id = ${input.id}`);
  if (key === undefined) throw notFound('API key', String(input.id));
  // A limited key can end itself, and nothing else.
  const ownUse = key.userId === scope.actorId && (scope.asker.limit === undefined || scope.keyId === input.id);
  if (!ownUse) demand(scope.asker, 'organization.manage', organizationObject(db), { kind: 'API key', label: String(input.id) });
  if (key.revokedAt === null) {
    db.run(sql`UPDATE api_keys SET revoked_at = ${at} WHERE id = ${input.id}`);
    scope.record({ kind: 'api_key.revoked', subject: { kind: 'api_key', id: input.id, label: key.name, address: null, registryId: null }, before: { name: key.name }, after: null, about: [{ kind: 'user', id: key.userId }] });
    scope.changed('api_key', input.id);
    forgetAskers(db);
  }
  return summaryOf(scope, input.id);
}

/** Last use is noted to the minute: a script that asks often must not write often. */
const useNotedEvery = 60_000;

/** Whose key it is, by the hex SHA-256 of the key; null for none. */
export function authenticateKey(scope: CommandScope, input: { readonly hash: string }): { readonly userId: number; readonly keyId: number } | null {
  const { db, at } = scope;
  const key = db.get<{ id: number; userId: number; lastUsedAt: number | null }>(sql`
    SELECT id, user_id AS userId, last_used_at AS lastUsedAt FROM api_keys WHERE hash = ${bytesOf(input.hash)} AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ${Date.now()})`);
  if (key === undefined) return null;
  if (key.lastUsedAt === null || at - key.lastUsedAt >= useNotedEvery) {
    db.run(sql`UPDATE api_keys SET last_used_at = ${at} WHERE id = ${key.id}`);
    scope.changed('api_key', key.id);
  }
  return { userId: key.userId, keyId: key.id };
}

/** Tells that the sample went in. */
export function noteSample(scope: CommandScope, input: { readonly steps: readonly UndoStep[] }): Record<string, never> {
  scope.record({ kind: 'catalog.sample_added', subject: { kind: 'catalog', id: 1, label: 'Sample catalog', address: null, registryId: null }, before: null, after: null });
  scope.changed('catalog', 1);
  for (const step of input.steps) scope.inverse(step);
  scope.offerUndo('Add the sample');
  return {};
}

function summaryOf(scope: CommandScope, id: number): ApiKeySummary {
  const [summary] = apiKeySummaries(scope.db, [id]);
  if (summary === undefined) throw notFound('API key', String(id));
  return summary;
}
