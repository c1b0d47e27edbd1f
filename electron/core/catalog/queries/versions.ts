/** Versions, their files, and what deleting them would mean. */
import type { CheckedInputOf, DeletionPreview, FileNode, ManifestEntry, OutputOf } from '#shared/contract/index.ts';
import { countCodePoints } from '#shared/domain/index.ts';
import { notFound } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import { artifactRow } from '../records/rows.ts';
import { bytesHeldAlone, holding, holdsOf, holdsOn } from '../records/retention.ts';
import { runSummaries } from '../records/runs.ts';
import { branded, hexOf } from '../records/shared.ts';
import { linkMarks, versionDetail, versionSummaries } from '../records/versions.ts';
import type { QueryScope } from '../scope.ts';
import { listOf, sql } from '../sql.ts';
import { versionConditions } from './filters.ts';
import { pageOfIds } from './paging.ts';
import { textCursor, readTextCursor } from './text-cursor.ts';
import { projectFilter, seenOrNothing, seenProject, seenVersion, usableVersion } from './visible.ts';

export function listVersions(scope: QueryScope, input: CheckedInputOf<'versions.list'>): OutputOf<'versions.list'> {
  const { db } = scope;
  const where = [sql`v.state = 'committed'`];
  let name = `versions ${input.sort}`;
  let total: (() => number) | undefined;
  if (input.artifactId !== undefined) {
    const artifact = artifactRow(db, input.artifactId);
    seenProject(scope, artifact.projectId, { kind: 'artifact', label: String(artifact.id) });
    where.push(sql`v.artifact_id = ${artifact.id}`);
    name += ` of artifact ${artifact.id}`;
    total = () => db.value<number>(sql`SELECT version_count FROM artifacts WHERE id = ${artifact.id}`) ?? 0;
  }
  if (input.projectId !== undefined) {
    const { projectId } = input;
    seenProject(scope, projectId);
    where.push(sql`v.project_id = ${projectId}`);
    name += ` of project ${projectId}`;
    total = total === undefined ? () => db.value<number>(sql`SELECT version_count FROM projects WHERE id = ${projectId}`) ?? 0 : undefined;
  } else if (input.artifactId === undefined) {
    const filter = projectFilter(scope, sql`v.project_id`);
    where.push(...filter.where);
    name += filter.name;
    if (filter.where.length === 0) total = () => db.value<number>(sql`SELECT coalesce(sum(version_count), 0) FROM projects`) ?? 0;
  }
  if (input.type !== undefined) {
    where.push(sql`v.type = ${input.type}`);
    name += ` type ${input.type}`;
    total = undefined;
  }
  const conditions = versionConditions(input.filter, 'source');
  where.push(...conditions.where);
  name += conditions.name;
  if (conditions.where.length > 0) total = undefined;
  const keys = { updated: sql`v.updated_at`, created: sql`v.created_at`, size: sql`v.size`, index: sql`v.idx` };
  const { ids, ...page } = pageOfIds(db, { name, from: sql`FROM versions v`, where, key: keys[input.sort], id: sql`v.id`, descending: input.direction === 'descending', ...(total === undefined ? {} : { total }) }, input);
  return { items: versionSummaries(db, ids), ...page };
}

export function getVersion(scope: QueryScope, input: CheckedInputOf<'versions.get'>): OutputOf<'versions.get'> {
  const id = 'id' in input ? input.id : scope.db.value<number>(sql`SELECT id FROM versions WHERE artifact_id = ${input.artifactId} AND idx = ${input.index}`);
  if (id === undefined) throw notFound('artifact version', 'index' in input ? `v${input.index}` : '');
  const detail = versionDetail(scope, seenVersion(scope, id).id);
  if (detail === null) throw notFound('artifact version', String(id));
  return detail;
}

/** Many at once, in the order of the ids; what isn't there for the asker is left out. */
export function versionDetails(scope: QueryScope, input: CheckedInputOf<'versions.details'>): OutputOf<'versions.details'> {
  return { items: [...new Set(input.ids as readonly number[])].flatMap((id) => {
    const seen = seenOrNothing(() => seenVersion(scope, id));
    return seen === null ? [] : (versionDetail(scope, seen.id) ?? []);
  }) };
}

export function versionUsers(scope: QueryScope, input: CheckedInputOf<'versions.usedBy'>): OutputOf<'versions.usedBy'> {
  const { db } = scope;
  seenVersion(scope, input.id);
  const filter = projectFilter(scope, sql`r.project_id`);
  const { ids, ...page } = pageOfIds(db, {
    name: `users of ${input.id}${filter.name}`, from: sql`FROM run_inputs i JOIN runs r ON r.id = i.run_id`, where: [sql`i.version_id = ${input.id}`, ...filter.where],
    key: sql`i.run_id`, id: sql`i.run_id`, descending: true,
  }, input);
  return { items: runSummaries(db, ids), ...page };
}

export function versionLinks(scope: QueryScope, input: CheckedInputOf<'versions.links'>): OutputOf<'versions.links'> {
  seenVersion(scope, input.id);
  return { items: linkMarks(scope, [input.id]).get(input.id) ?? [] };
}

// Files ---------------------------------------------------------------------------------------------------------------

export type EntryRow = { readonly path: string; readonly size: number; readonly sha256: Uint8Array | null; readonly md5: Uint8Array | string | null; readonly reference: string | null };

export function entryOf(row: EntryRow): ManifestEntry {
  return {
    path: row.path, size: row.size, sha256: row.sha256 === null ? null : hexOf(row.sha256),
    md5: row.md5 === null || typeof row.md5 === 'string' ? row.md5 : hexOf(row.md5), reference: row.reference,
  };
}

function manifestOf(db: ReadableDb, versionId: number): { readonly id: number; readonly fileCount: number } {
  const manifest = db.get<{ id: number; fileCount: number }>(sql`SELECT m.id, m.file_count AS fileCount FROM versions v JOIN manifests m ON m.id = v.manifest_id WHERE v.id = ${versionId}`);
  if (manifest === undefined) throw notFound('artifact version', String(versionId));
  return manifest;
}

/** Above every code point that a path can go on with. */
const beyond = '\u{10FFFF}';

export function versionManifest(scope: QueryScope, input: CheckedInputOf<'versions.manifest'>): OutputOf<'versions.manifest'> {
  seenVersion(scope, input.id);
  const manifest = manifestOf(scope.db, input.id);
  const start = input.cursor === undefined ? null : readTextCursor(input.cursor);
  const position = start?.position ?? input.position ?? 0;
  const rows = scope.db.all<EntryRow>(sql`
    SELECT path, size, sha256, md5, reference FROM manifest_entries WHERE manifest_id = ${manifest.id} AND path > ${start?.text ?? ''}
    ORDER BY path LIMIT ${input.limit + 1} OFFSET ${start === null ? position : 0}`);
  const page = rows.slice(0, input.limit);
  const last = page.at(-1);
  return { items: page.map(entryOf), nextCursor: rows.length > input.limit && last !== undefined ? textCursor(last.path, position + page.length) : null, total: manifest.fileCount, position };
}

/** One level of a manifest's tree. Manifests never change, so what was worked out stays true. */
type Level = readonly { readonly name: string; readonly path: string; readonly folder: boolean; readonly size: number; readonly fileCount: number }[];
const keptLevels = 200;
const levels = new WeakMap<ReadableDb, Map<string, Level>>();

function levelOf(db: ReadableDb, manifestId: number, folder: string): Level {
  let kept = levels.get(db);
  if (kept === undefined) levels.set(db, (kept = new Map<string, Level>()));
  const key = `${manifestId} ${folder}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const prefix = folder === '' ? '' : `${folder}/`;
  const rows = db.all<{ name: string; folder: number; size: number; fileCount: number }>(sql`
    SELECT CASE WHEN instr(rest, '/') > 0 THEN substr(rest, 1, instr(rest, '/') - 1) ELSE rest END AS name, instr(rest, '/') > 0 AS folder, sum(size) AS size, count(*) AS fileCount
    FROM (SELECT substr(path, ${countCodePoints(prefix) + 1}) AS rest, size FROM manifest_entries WHERE manifest_id = ${manifestId} AND path >= ${prefix} AND path < ${prefix + beyond})
    GROUP BY name, folder ORDER BY folder DESC, name`);
  const level = rows.map((row) => ({ name: row.name, path: prefix + row.name, folder: row.folder === 1, size: row.size, fileCount: row.fileCount }));
  kept.set(key, level);
  if (kept.size > keptLevels) kept.delete(kept.keys().next().value ?? key);
  return level;
}

export function versionFiles(scope: QueryScope, input: CheckedInputOf<'versions.files'>): OutputOf<'versions.files'> {
  const { db } = scope;
  seenVersion(scope, input.id);
  const manifest = manifestOf(db, input.id);
  const level = levelOf(db, manifest.id, input.folder.replace(/\/+$/, ''));
  if (level.length === 0 && input.folder !== '') throw notFound('folder', input.folder);
  const position = input.cursor === undefined ? (input.position ?? 0) : readTextCursor(input.cursor).position;
  const page = level.slice(position, position + input.limit);
  const entries = new Map(db.all<EntryRow>(sql`
    SELECT e.path, e.size, e.sha256, e.md5, e.reference FROM json_each(${JSON.stringify(page.filter((node) => !node.folder).map((node) => node.path))}) j
    CROSS JOIN manifest_entries e ON e.manifest_id = ${manifest.id} AND e.path = j.value`).map((row) => [row.path, entryOf(row)]));
  const items: FileNode[] = page.map((node) => ({ name: node.name, path: node.path, kind: node.folder ? 'folder' : 'file', size: node.size, fileCount: node.fileCount, entry: entries.get(node.path) ?? null }));
  const next = position + page.length;
  return { items, nextCursor: next < level.length ? textCursor('', next) : null, total: level.length, position };
}

/** Entries that are `within`, or lie below it, for core to read or write out. */
export function versionEntries(scope: QueryScope, input: { readonly id: number; readonly within?: string; readonly limit: number; readonly cursor?: string }): { readonly items: readonly ManifestEntry[]; readonly nextCursor: string | null } {
  usableVersion(scope, input.id, 'version.download');
  const manifest = manifestOf(scope.db, input.id);
  const within = (input.within ?? '').replace(/\/+$/, '');
  const after = input.cursor === undefined ? '' : readTextCursor(input.cursor).text;
  const range = within === '' ? sql`path > ${after}` : sql`(path = ${within} OR (path >= ${`${within}/`} AND path < ${`${within}/${beyond}`})) AND path > ${after}`;
  const rows = scope.db.all<EntryRow>(sql`SELECT path, size, sha256, md5, reference FROM manifest_entries WHERE manifest_id = ${manifest.id} AND ${range} ORDER BY path LIMIT ${input.limit + 1}`);
  const page = rows.slice(0, input.limit);
  const last = page.at(-1);
  return { items: page.map(entryOf), nextCursor: rows.length > input.limit && last !== undefined ? textCursor(last.path, 0) : null };
}

export function versionEntry(scope: QueryScope, input: { readonly id: number; readonly path: string; readonly preview?: boolean }): ManifestEntry {
  usableVersion(scope, input.id, input.preview === true ? 'version.preview' : 'version.download');
  const row = scope.db.get<EntryRow>(sql`SELECT path, size, sha256, md5, reference FROM manifest_entries WHERE manifest_id = ${manifestOf(scope.db, input.id).id} AND path = ${input.path}`);
  if (row === undefined) throw notFound('file', input.path);
  return entryOf(row);
}

// Bytes ---------------------------------------------------------------------------------------------------------------

/** For each hex digest, whether a version, a run or a draft still needs its bytes. */
export function referencedDigests(scope: QueryScope, input: { readonly digests: readonly string[] }): readonly boolean[] {
  const now = Date.now();
  return input.digests.map((digest) => {
    const sha256 = Buffer.from(digest, 'hex');
    return scope.db.value(sql`
      SELECT 1 FROM manifest_entries e JOIN versions v ON v.manifest_id = e.manifest_id WHERE e.sha256 = ${sha256} AND ${holding(now)}
      UNION ALL SELECT 1 FROM versions v WHERE v.client_manifest = ${sha256} AND ${holding(now)}
      UNION ALL SELECT 1 FROM run_files WHERE sha256 = ${sha256}
      UNION ALL SELECT 1 FROM uploads WHERE sha256 = ${sha256}
      UNION ALL SELECT 1 FROM upload_parts WHERE sha256 = ${sha256}
      UNION ALL SELECT 1 FROM fetched_files WHERE sha256 = ${digest} LIMIT 1`) !== undefined;
  });
}

export function deletionPreview(scope: QueryScope, input: CheckedInputOf<'versions.deletionPreview'>): OutputOf<'versions.deletionPreview'> {
  const ids = [...new Set(input.ids as readonly number[])];
  for (const id of ids) seenVersion(scope, id);
  return previewOf(scope, ids);
}

/** The same for an artifact with all its versions. */
export function artifactDeletionPreview(scope: QueryScope, input: CheckedInputOf<'artifacts.deletionPreview'>): OutputOf<'artifacts.deletionPreview'> {
  const artifact = artifactRow(scope.db, input.id);
  seenProject(scope, artifact.projectId, { kind: 'artifact', label: String(input.id) });
  if (artifact.deleted) throw notFound('artifact', artifact.name);
  return previewOf(scope, scope.db.column<number>(sql`SELECT id FROM versions WHERE artifact_id = ${artifact.id} AND state = 'committed' ORDER BY idx`));
}

function previewOf(scope: QueryScope, ids: readonly number[]): DeletionPreview {
  const { db } = scope;
  const aliases = db.all<{ versionId: number; alias: string }>(sql`
    SELECT x.target_id AS versionId, x.alias FROM aliases x WHERE x.holder_kind = 'artifact' AND x.target_id IN ${listOf(ids)} AND x.alias <> 'latest' ORDER BY x.target_id, x.alias`);
  const links = [...linkMarks(scope, ids).values()].flat();
  return {
    versions: ids.length, bytesFreed: bytesHeldAlone(db, ids, Date.now()), links, aliases: aliases.map((row) => ({ versionId: branded(row.versionId), alias: row.alias })),
    protectedBy: links.filter((link) => link.aliases.some((alias) => alias.protected)),
    heldBy: holdsOf(db, holdsOn(db, ids)),
  };
}
