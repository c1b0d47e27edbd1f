/**
 * The word index over versions. A change of a version marks it in the very transaction; the marks are worked off right after, many at
 * once, so that moving an alias doesn't wait for words to be split. A search waits until no mark is left. What stands in a restricted
 * registry is left out: everybody who sees the version searches the same index.
 */
import type { ReadableDb, WritableDb } from './connection.ts';
import { groupBy } from './records/shared.ts';
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

type IndexedRow = { readonly id: number; readonly state: string; readonly artifact: string; readonly description: string; readonly metadata: string };
type Word = { readonly id: number; readonly word: string };

/** Works off marks, oldest first, at most so many. What belongs to the versions is asked for all of them at once. */
export function indexSome(db: WritableDb, limit: number): void {
  const ids = db.column<number>(sql`SELECT version_id FROM search_dirty ORDER BY version_id LIMIT ${limit}`);
  const list = JSON.stringify(ids);
  const rows = db.all<IndexedRow>(sql`
    SELECT v.id, v.state, a.name AS artifact, v.description, v.metadata FROM json_each(${list}) j CROSS JOIN versions v ON v.id = j.value JOIN artifacts a ON a.id = v.artifact_id`);
  const links = db.all<Word & { readonly linkId: number }>(sql`
    SELECT l.version_id AS id, l.id AS linkId, c.name AS word FROM json_each(${list}) j CROSS JOIN links l ON l.version_id = j.value AND l.removed_at IS NULL
    JOIN collections c ON c.id = l.collection_id JOIN registries r ON r.id = c.registry_id WHERE r.visibility = 'organization'`);
  const versionOf = new Map(links.map(({ linkId, id }) => [linkId, id]));
  const byId = (row: Word): number => row.id;
  const names = groupBy<Word, number>(links, byId);
  const tags = groupBy(db.all<Word>(sql`SELECT vt.version_id AS id, t.tag AS word FROM json_each(${list}) j CROSS JOIN version_tags vt ON vt.version_id = j.value JOIN tags t ON t.id = vt.tag_id`), byId);
  const aliases = groupBy([
    ...db.all<Word>(sql`SELECT target_id AS id, alias AS word FROM json_each(${list}) j CROSS JOIN aliases x ON x.holder_kind = 'artifact' AND x.target_id = j.value`),
    ...db.all<Word>(sql`SELECT target_id AS id, alias AS word FROM json_each(${JSON.stringify([...versionOf.keys()])}) j CROSS JOIN aliases x ON x.holder_kind = 'collection' AND x.target_id = j.value`).map(({ id, word }) => ({ id: versionOf.get(id) ?? 0, word })),
  ], byId);
  for (const { id, state, artifact, description, metadata } of rows) {
    db.run(sql`DELETE FROM versions_fts WHERE rowid = ${id}`);
    if (state !== 'committed') continue;
    const name = [artifact, ...wordsOf(names, id)].join(' ');
    db.run(sql`INSERT INTO versions_fts (rowid, name, description, metadata, tags, aliases) VALUES (${id}, ${name}, ${description}, ${metadataWords(metadata)}, ${wordsOf(tags, id).join(' ')}, ${wordsOf(aliases, id).join(' ')})`);
  }
  db.run(sql`DELETE FROM search_dirty WHERE version_id IN (SELECT value FROM json_each(${list}))`);
}

function wordsOf(words: ReadonlyMap<number, readonly Word[]>, id: number): readonly string[] {
  return (words.get(id) ?? []).map(({ word }) => word);
}

/** Keys and values as words, without the punctuation of JSON. */
function metadataWords(metadata: string): string {
  return metadata === '{}' ? '' : metadata.replaceAll(/[{}[\]",:\\]+/g, ' ');
}
