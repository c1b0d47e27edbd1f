import type { ApiKeySummary, KeyScope, Role } from '#shared/contract/entities.ts';
import type { ReadableDb } from '../connection.ts';
import { sql } from '../sql.ts';
import { branded, inOrder, timestamp, userOf, type UserColumns } from './shared.ts';

type Row = UserColumns & { readonly id: number; readonly name: string; readonly hint: string; readonly createdAt: number; readonly lastUsedAt: number | null; readonly revokedAt: number | null;
  readonly expiresAt: number | null; readonly roleCap: Role | null; readonly registryIds: string | null; readonly projectIds: string | null; readonly lastRunId: number | null };

export function apiKeySummaries(db: ReadableDb, ids: readonly number[]): ApiKeySummary[] {
  const rows = db.all<Row>(sql`
    SELECT k.id, k.name, k.hint, k.created_at AS createdAt, k.last_used_at AS lastUsedAt, k.revoked_at AS revokedAt, k.expires_at AS expiresAt, k.role_cap AS roleCap,
      k.registry_ids AS registryIds, k.project_ids AS projectIds, (SELECT max(r.id) FROM runs r WHERE r.api_key_id = k.id) AS lastRunId, u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind
    FROM json_each(${JSON.stringify(ids)}) j CROSS JOIN api_keys k ON k.id = j.value JOIN users u ON u.id = k.user_id`);
  const optional = (at: number | null) => (at === null ? null : timestamp(at));
  return inOrder(ids, new Map(rows.map((row) => [row.id, {
    id: branded(row.id), name: row.name, user: userOf(row), hint: row.hint, createdAt: timestamp(row.createdAt), lastUsedAt: optional(row.lastUsedAt), revokedAt: optional(row.revokedAt),
    expiresAt: optional(row.expiresAt), scope: scopeOf(row), lastRunId: row.lastRunId === null ? null : branded(row.lastRunId),
  } satisfies ApiKeySummary])));
}

type ScopeColumns = { readonly roleCap: Role | null; readonly registryIds: string | null; readonly projectIds: string | null };

/** null where nothing is limited. */
export function scopeOf(row: ScopeColumns): KeyScope | null {
  if (row.roleCap === null && row.registryIds === null && row.projectIds === null) return null;
  const ids = <Id extends number>(text: string | null) => (text === null ? null : (JSON.parse(text) as Id[]));
  return { role: row.roleCap, registryIds: ids(row.registryIds), projectIds: ids(row.projectIds) };
}
