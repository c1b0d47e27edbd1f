/**
 * The word index over versions. A change of a version marks it in the very transaction; the marks are worked off right after, many at
 * once, so that moving an alias doesn't wait for words to be split. A search waits until no mark is left. What stands in a restricted
 * registry is left out: everybody who sees the version searches the same index.
 */
import type { ReadableDb, WritableDb } from './connection.ts';
import { sql } from './sql.ts';

export function markForSearch(db: WritableDb, versionId: number): void {
  db.run(sql`INSERT INTO search_dirty (version_id) VALUES (${versionId}) ON CONFLICT DO NOTHING`);
}

export function markAllForSearch(db: WritableDb, versionIds: readonly number[]): void {
  db.run(sql`INSERT INTO search_dirty (version_id) SELECT value FROM json_each(${JSON.stringify(versionIds)}) WHERE true ON CONFLICT DO NOTHING`);
}

export function isIndexBehind(db: ReadableDb): boolean {
  return db.value(sql`SELECT 1 FROM search_dirty LIMIT 1`) !== undefined;
}

type IndexedRow = { readonly id: number; readonly state: string; readonly name: string; readonly description: string; readonly metadata: string; readonly tags: string; readonly aliases: string };

/** Works off marks, oldest first, at most so many. */
export function indexSome(db: WritableDb, limit: number): void {
  const ids = db.column<number>(sql`SELECT version_id FROM search_dirty ORDER BY version_id LIMIT ${limit}`);
  const list = JSON.stringify(ids);
  const rows = db.all<IndexedRow>(sql`
    SELECT v.id, v.state, v.description, v.metadata,
      a.name || ' ' || coalesce((SELECT group_concat(c.name, ' ') FROM links l JOIN collections c ON c.id = l.collection_id JOIN registries r ON r.id = c.registry_id
        WHERE l.version_id = v.id AND l.removed_at IS NULL AND r.visibility = 'organization'), '') AS name,
      coalesce((SELECT group_concat(t.tag, ' ') FROM version_tags vt JOIN tags t ON t.id = vt.tag_id WHERE vt.version_id = v.id), '') AS tags,
      coalesce((SELECT group_concat(alias, ' ') FROM aliases WHERE holder_kind = 'artifact' AND target_id = v.id), '') || ' ' ||
      coalesce((SELECT group_concat(x.alias, ' ') FROM links l JOIN collections c ON c.id = l.collection_id JOIN registries r ON r.id = c.registry_id
        JOIN aliases x ON x.holder_kind = 'collection' AND x.target_id = l.id WHERE l.version_id = v.id AND l.removed_at IS NULL AND r.visibility = 'organization'), '') AS aliases
    FROM json_each(${list}) j CROSS JOIN versions v ON v.id = j.value JOIN artifacts a ON a.id = v.artifact_id`);
  for (const row of rows) {
    db.run(sql`DELETE FROM versions_fts WHERE rowid = ${row.id}`);
    if (row.state !== 'committed') continue;
    db.run(sql`INSERT INTO versions_fts (rowid, name, description, metadata, tags, aliases) VALUES (${row.id}, ${row.name}, ${row.description}, ${metadataWords(row.metadata)}, ${row.tags}, ${row.aliases})`);
  }
  db.run(sql`DELETE FROM search_dirty WHERE version_id IN (SELECT value FROM json_each(${list}))`);
}

/** Keys and values as words, without the punctuation of JSON. */
function metadataWords(metadata: string): string {
  return metadata === '{}' ? '' : metadata.replaceAll(/[{}[\]",:\\]+/g, ' ');
}
