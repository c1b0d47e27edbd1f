import type { LinkMark, VersionDetail, VersionState, VersionSummary } from '#shared/contract/entities.ts';
import type { ReadableDb } from '../connection.ts';
import { aliasGuard, effectiveTimeToLive } from '#shared/domain/index.ts';
import type { QueryScope } from '../scope.ts';
import { visibleRegistries } from '../access.ts';
import { sql } from '../sql.ts';
import { runSummaries } from './runs.ts';
import { holdsOn, lapseOf } from './retention.ts';
import { branded, chips, groupBy, hexOf, inOrder, jsonObject, stringList, timestamp, userOf, type UserColumns } from './shared.ts';
import { timeToLiveOf } from './timeToLive.ts';

type Row = {
  readonly id: number; readonly artifactId: number; readonly projectId: number; readonly artifact: string; readonly type: string; readonly index: number; readonly state: VersionState;
  readonly digest: Uint8Array; readonly size: number; readonly fileCount: number; readonly linkCount: number; readonly createdBy: number; readonly createdAt: number; readonly updatedAt: number;
};

const unguarded: ReadonlySet<string> = new Set();

export function versionSummaries(db: ReadableDb, ids: readonly number[]): VersionSummary[] {
  if (ids.length === 0) return [];
  const list = JSON.stringify(ids);
  const rows = db.all<Row>(sql`
    SELECT v.id, v.artifact_id AS artifactId, v.project_id AS projectId, a.name AS artifact, v.type, v.idx AS "index", v.state, v.digest, v.size, v.file_count AS fileCount,
      v.link_count AS linkCount, v.created_by AS createdBy, v.created_at AS createdAt, v.updated_at AS updatedAt
    FROM json_each(${list}) j CROSS JOIN versions v ON v.id = j.value JOIN artifacts a ON a.id = v.artifact_id`);
  // A page of versions comes from a few projects and people: read once each, and sent once each.
  const projects = new Map(db.all<{ id: number; entity: string; project: string }>(sql`
    SELECT p.id, t.name AS entity, p.name AS project FROM json_each(${distinct(rows, (row) => row.projectId)}) j CROSS JOIN projects p ON p.id = j.value JOIN teams t ON t.id = p.team_id`)
    .map((row) => [row.id, row]));
  const users = new Map(db.all<UserColumns>(sql`
    SELECT u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind FROM json_each(${distinct(rows, (row) => row.createdBy)}) j CROSS JOIN users u ON u.id = j.value`)
    .map((row) => [row.userId, userOf(row)]));
  const aliases = groupBy(
    db.all<{ id: number; alias: string }>(sql`SELECT x.target_id AS id, x.alias FROM json_each(${list}) j CROSS JOIN aliases x ON x.holder_kind = 'artifact' AND x.target_id = j.value`),
    (row) => row.id,
  );
  const tags = groupBy(
    db.all<{ id: number; tag: string }>(sql`SELECT x.version_id AS id, t.tag FROM json_each(${list}) j CROSS JOIN version_tags x ON x.version_id = j.value JOIN tags t ON t.id = x.tag_id`),
    (row) => row.id,
  );
  const summaries = new Map<number, VersionSummary>();
  for (const row of rows) {
    const project = projects.get(row.projectId);
    const createdBy = users.get(row.createdBy);
    if (project === undefined || createdBy === undefined) continue;
    summaries.set(row.id, {
      id: branded(row.id), artifactId: branded(row.artifactId), projectId: branded(row.projectId), entity: project.entity, project: project.project, artifact: row.artifact, type: row.type,
      index: row.index, state: row.state,
      aliases: chips((aliases.get(row.id) ?? []).map((found) => found.alias), unguarded),
      tags: (tags.get(row.id) ?? []).map((found) => found.tag).sort(),
      digest: hexOf(row.digest), size: row.size, fileCount: row.fileCount, linkCount: row.linkCount, createdBy, createdAt: timestamp(row.createdAt), updatedAt: timestamp(row.updatedAt),
    });
  }
  return inOrder(ids, summaries);
}

/** As JSON, for json_each. */
function distinct(rows: readonly Row[], idOf: (row: Row) => number): string {
  return JSON.stringify([...new Set(rows.map(idOf))]);
}

type MarkRow = {
  readonly versionId: number; readonly linkId: number; readonly registryId: number; readonly registry: string; readonly glyph: string; readonly hue: number; readonly guarded: string;
  readonly collectionId: number; readonly collection: string; readonly index: number; readonly state: string; readonly alias: string | null;
};

/** Where versions are linked, as far as the asker may see. By version, then by registry and collection. */
export function linkMarks(scope: QueryScope, versionIds: readonly number[]): ReadonlyMap<number, LinkMark[]> {
  if (versionIds.length === 0) return new Map();
  const visible = visibleRegistries(scope.db, scope.asker);
  const rows = scope.db.all<MarkRow>(sql`
    SELECT l.version_id AS versionId, l.id AS linkId, r.id AS registryId, r.name AS registry, r.glyph, r.hue, r.protected_aliases AS guarded, c.id AS collectionId, c.name AS collection,
      l.idx AS "index", l.state, x.alias
    FROM json_each(${JSON.stringify(versionIds)}) j CROSS JOIN links l ON l.version_id = j.value AND l.removed_at IS NULL JOIN collections c ON c.id = l.collection_id
    JOIN registries r ON r.id = c.registry_id LEFT JOIN aliases x ON x.holder_kind = 'collection' AND x.target_id = l.id
    ORDER BY r.name_key, c.name_key, l.id`);
  const marks = new Map<number, LinkMark[]>();
  for (const group of groupBy(rows.filter((row) => visible.has(row.registryId)), (row) => row.linkId).values()) {
    const [row] = group;
    if (row === undefined) continue;
    const mark: LinkMark = {
      linkId: branded(row.linkId), registryId: branded(row.registryId), registry: row.registry, glyph: row.glyph, hue: row.hue, collectionId: branded(row.collectionId),
      collection: row.collection, index: row.index,
      aliases: chips(group.flatMap((one) => one.alias ?? []), aliasGuard(stringList(row.guarded))), state: row.state === '' ? null : row.state,
    };
    const known = marks.get(row.versionId);
    if (known === undefined) marks.set(row.versionId, [mark]);
    else known.push(mark);
  }
  return marks;
}

export function versionDetail(scope: QueryScope, id: number): VersionDetail | null {
  const { db } = scope;
  const [summary] = versionSummaries(db, [id]);
  const more = db.get<{ description: string; metadata: string; wandbDigest: Uint8Array; runId: number | null; ttlDays: number | null; artifactTtl: number | null; projectTtl: number | null; historyStep: number | null; usedByCount: number; starred: number; previous: number | null; next: number | null }>(sql`
    SELECT description, metadata, wandb_digest AS wandbDigest, run_id AS runId, ttl_days AS ttlDays, history_step AS historyStep,
      (SELECT a.ttl_days FROM artifacts a WHERE a.id = v.artifact_id) AS artifactTtl, (SELECT p.ttl_days FROM projects p WHERE p.id = v.project_id) AS projectTtl,
      (SELECT count(*) FROM run_inputs i WHERE i.version_id = v.id) AS usedByCount,
      EXISTS (SELECT 1 FROM stars s WHERE s.user_id = ${scope.actorId} AND s.kind = 'version' AND s.object_id = v.id) AS starred,
      (SELECT b.id FROM versions b WHERE b.artifact_id = v.artifact_id AND b.idx < v.idx AND b.state = 'committed' ORDER BY b.idx DESC LIMIT 1) AS previous,
      (SELECT b.id FROM versions b WHERE b.artifact_id = v.artifact_id AND b.idx > v.idx AND b.state = 'committed' ORDER BY b.idx LIMIT 1) AS next
    FROM versions v WHERE v.id = ${id}`);
  if (summary === undefined || more === undefined) return null;
  const ttlDays = effectiveTimeToLive({ version: timeToLiveOf(more.ttlDays), artifact: timeToLiveOf(more.artifactTtl), project: timeToLiveOf(more.projectTtl) })?.days ?? null;
  const loggedBy = more.runId === null ? undefined : runSummaries(db, [more.runId])[0];
  return {
    ...summary,
    description: more.description,
    metadata: jsonObject(more.metadata),
    wandbDigest: hexOf(more.wandbDigest),
    loggedBy: loggedBy ?? null,
    usedByCount: more.usedByCount,
    links: linkMarks(scope, [id]).get(id) ?? [],
    starred: more.starred === 1,
    ttlDays,
    ttl: timeToLiveOf(more.ttlDays),
    lapse: lapseOf(db, { id, createdAt: Date.parse(summary.createdAt) }, ttlDays, Date.now()),
    holdCount: holdsOn(db, [id]).length,
    historyStep: more.historyStep,
    previous: more.previous === null ? null : branded(more.previous),
    next: more.next === null ? null : branded(more.next),
  };
}
