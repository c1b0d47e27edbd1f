import type { CollectionDetail, CollectionSummary, ReasonRequired } from '#shared/contract/entities.ts';
import { aliasGuard, effectiveRole, latestAlias } from '#shared/domain/index.ts';
import { registryObject, type RegistryAccessRow } from '../access.ts';
import type { QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { branded, groupBy, inOrder, lifecycleOf, stringList, timestamp } from './shared.ts';

type Row = {
  readonly id: number; readonly registryId: number; readonly registry: string; readonly name: string; readonly type: string; readonly linkCount: number; readonly guarded: string;
  readonly starred: number; readonly createdAt: number; readonly updatedAt: number; readonly latestId: number | null; readonly latestVersionId: number | null;
  readonly latestIndex: number | null; readonly latestAt: number | null;
};

/** In the order of the ids. Whether the asker may see them is decided before. */
export function collectionSummaries(scope: QueryScope, ids: readonly number[]): CollectionSummary[] {
  if (ids.length === 0) return [];
  const list = JSON.stringify(ids);
  const { db } = scope;
  const rows = db.all<Row>(sql`
    SELECT c.id, c.registry_id AS registryId, r.name AS registry, c.name, c.type, c.link_count AS linkCount, r.protected_aliases AS guarded, c.created_at AS createdAt, c.updated_at AS updatedAt,
      EXISTS (SELECT 1 FROM stars s WHERE s.user_id = ${scope.actorId} AND s.kind = 'collection' AND s.object_id = c.id) AS starred,
      l.id AS latestId, l.version_id AS latestVersionId, l.idx AS latestIndex, l.linked_at AS latestAt
    FROM json_each(${list}) j CROSS JOIN collections c ON c.id = j.value JOIN registries r ON r.id = c.registry_id LEFT JOIN links l ON l.id = c.latest_link_id`);
  const aliases = groupBy(db.all<{ id: number; alias: string; index: number; linkId: number }>(sql`
    SELECT x.holder_id AS id, x.alias, l.idx AS "index", l.id AS linkId FROM json_each(${list}) j CROSS JOIN aliases x ON x.holder_kind = 'collection' AND x.holder_id = j.value AND x.alias <> ${latestAlias}
    JOIN links l ON l.id = x.target_id ORDER BY x.alias`), (row) => row.id);
  const tags = groupBy(db.all<{ id: number; tag: string }>(sql`
    SELECT x.collection_id AS id, t.tag FROM json_each(${list}) j CROSS JOIN collection_tags x ON x.collection_id = j.value JOIN tags t ON t.id = x.tag_id ORDER BY t.tag`), (row) => row.id);
  return inOrder(ids, new Map(rows.map((row) => {
    const guarded = aliasGuard(stringList(row.guarded));
    return [row.id, {
      id: branded(row.id), registryId: branded(row.registryId), registry: row.registry, name: row.name, type: row.type,
      tags: (tags.get(row.id) ?? []).map((found) => found.tag), linkCount: row.linkCount,
      aliases: (aliases.get(row.id) ?? []).map(({ alias, index, linkId }) => ({ name: alias, protected: guarded.has(alias), index, linkId: branded(linkId) })),
      latest: row.latestId === null || row.latestVersionId === null || row.latestIndex === null || row.latestAt === null
        ? null
        : { linkId: branded(row.latestId), versionId: branded(row.latestVersionId), index: row.latestIndex, linkedAt: timestamp(row.latestAt) },
      starred: row.starred === 1, createdAt: timestamp(row.createdAt), updatedAt: timestamp(row.updatedAt),
    } satisfies CollectionSummary];
  })));
}

/** null where there is no such collection, or none that the asker may see. */
export function collectionDetail(scope: QueryScope, id: number): CollectionDetail | null {
  const [summary] = collectionSummaries(scope, [id]);
  const more = scope.db.get<RegistryAccessRow & { description: string; guarded: string; reasonRequired: ReasonRequired; lifecycle: string | null }>(sql`
    SELECT r.id, r.name, r.visibility, c.description, r.protected_aliases AS guarded, r.reason_required AS reasonRequired, r.lifecycle
    FROM collections c JOIN registries r ON r.id = c.registry_id WHERE c.id = ${id}`);
  if (summary === undefined || more === undefined) return null;
  const role = effectiveRole(scope.asker, registryObject(scope.db, more));
  return role === null ? null : { ...summary, description: more.description, role, protectedAliases: stringList(more.guarded), reasonRequired: more.reasonRequired, lifecycle: lifecycleOf(more.lifecycle) };
}
