/**
 * The word indexes over versions and over the paths of their files. A change of a version marks it in the very transaction; the marks are worked
 * off right after, many at once, so that neither moving an alias nor a commit waits for words to be split. A search waits until no mark is left.
 * What stands in a restricted registry is left out: everybody who sees the version searches the same index.
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

/** Paths beyond this many help nobody to find a version. */
const pathsOfManifest = 5000;
/** Paths that are split at once at most, or those of one manifest, so that no command waits long behind them. */
const pathsAtOnce = 10_000;

type Marked = { readonly id: number; readonly manifestId: number | null; /** How many paths of it are still to be taken in. */ readonly paths: number };
type IndexedRow = { readonly id: number; readonly state: string; readonly artifact: string; readonly description: string; readonly metadata: string };
type Word = { readonly id: number; readonly word: string };

/** The oldest marks, as many as there is work for at once. */
function nextMarks(db: ReadableDb, limit: number): readonly Marked[] {
  const marked = db.all<Marked>(sql`
    SELECT s.version_id AS id, v.manifest_id AS manifestId, CASE WHEN EXISTS (SELECT 1 FROM paths_fts f WHERE f.rowid = v.manifest_id) THEN 0 ELSE min(coalesce(m.file_count, 0), ${pathsOfManifest}) END AS paths
    FROM search_dirty s LEFT JOIN versions v ON v.id = s.version_id AND v.state = 'committed' LEFT JOIN manifests m ON m.id = v.manifest_id ORDER BY s.version_id LIMIT ${limit}`);
  let paths = 0;
  const end = marked.findIndex((mark, index) => (paths += mark.paths) > pathsAtOnce && index > 0);
  return end === -1 ? marked : marked.slice(0, end);
}

/** The paths of manifests never change: each is taken in once. */
function indexPaths(db: WritableDb, marks: readonly Marked[]): void {
  for (const manifestId of new Set(marks.flatMap((mark) => (mark.paths === 0 || mark.manifestId === null ? [] : mark.manifestId)))) {
    db.run(sql`INSERT INTO paths_fts (rowid, paths) SELECT ${manifestId}, group_concat(path, char(10)) FROM (SELECT path FROM manifest_entries WHERE manifest_id = ${manifestId} LIMIT ${pathsOfManifest})`);
  }
}

/** Works off marks, oldest first, at most so many. What belongs to the versions is asked for all of them at once. */
export function indexSome(db: WritableDb, limit: number): void {
  const marks = nextMarks(db, limit);
  indexPaths(db, marks);
  const list = JSON.stringify(marks.map(({ id }) => id));
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
