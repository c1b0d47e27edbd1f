import type { LinkSummary } from '#shared/contract/entities.ts';
import { aliasGuard } from '#shared/domain/index.ts';
import type { ReadableDb } from '../connection.ts';
import { sql } from '../sql.ts';
import { branded, chips, groupBy, inOrder, stringList, timestamp, userOf, type UserColumns } from './shared.ts';
import { versionSummaries } from './versions.ts';

type Row = UserColumns & {
  readonly id: number; readonly registryId: number; readonly registry: string; readonly guarded: string; readonly collectionId: number; readonly collection: string;
  readonly versionId: number; readonly index: number; readonly note: string; readonly state: string; readonly linkedAt: number;
};

/** In the order of the ids. Whether the asker may see them is decided before. */
export function linkSummaries(db: ReadableDb, ids: readonly number[]): LinkSummary[] {
  if (ids.length === 0) return [];
  const list = JSON.stringify(ids);
  const rows = db.all<Row>(sql`
    SELECT l.id, r.id AS registryId, r.name AS registry, r.protected_aliases AS guarded, c.id AS collectionId, c.name AS collection, l.version_id AS versionId, l.idx AS "index", l.note, l.state,
      l.linked_at AS linkedAt, u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind
    FROM json_each(${list}) j CROSS JOIN links l ON l.id = j.value JOIN collections c ON c.id = l.collection_id JOIN registries r ON r.id = c.registry_id JOIN users u ON u.id = l.linked_by`);
  const aliases = groupBy(
    db.all<{ id: number; alias: string }>(sql`SELECT x.target_id AS id, x.alias FROM json_each(${list}) j CROSS JOIN aliases x ON x.holder_kind = 'collection' AND x.target_id = j.value`),
    (row) => row.id,
  );
  const versions = new Map(versionSummaries(db, [...new Set(rows.map((row) => row.versionId))]).map((version) => [version.id as number, version]));
  return inOrder(ids, new Map(rows.flatMap((row) => {
    const version = versions.get(row.versionId);
    return version === undefined ? [] : [[row.id, {
      id: branded(row.id), registryId: branded(row.registryId), registry: row.registry, collectionId: branded(row.collectionId), collection: row.collection, index: row.index,
      aliases: chips((aliases.get(row.id) ?? []).map((found) => found.alias), aliasGuard(stringList(row.guarded))),
      state: row.state === '' ? null : row.state, note: row.note, linkedBy: userOf(row), linkedAt: timestamp(row.linkedAt), version,
    } satisfies LinkSummary]];
  })));
}
