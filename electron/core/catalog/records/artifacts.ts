import type { ArtifactSummary } from '#shared/contract/entities.ts';
import type { ReadableDb } from '../connection.ts';
import { sql } from '../sql.ts';
import { branded, groupBy, inOrder, timestamp } from './shared.ts';

type Row = {
  readonly id: number; readonly projectId: number; readonly entity: string; readonly project: string; readonly name: string; readonly type: string; readonly description: string;
  readonly versionCount: number; readonly createdAt: number; readonly updatedAt: number; readonly latestId: number | null; readonly latestIndex: number | null;
  readonly latestSize: number | null; readonly latestCreatedAt: number | null;
};

export function artifactSummaries(db: ReadableDb, ids: readonly number[]): ArtifactSummary[] {
  const rows = db.all<Row>(sql`
    SELECT a.id, a.project_id AS projectId, t.name AS entity, p.name AS project, a.name, a.type, a.description, a.version_count AS versionCount, a.created_at AS createdAt,
      a.updated_at AS updatedAt, v.id AS latestId, v.idx AS latestIndex, v.size AS latestSize, v.created_at AS latestCreatedAt
    FROM json_each(${JSON.stringify(ids)}) j CROSS JOIN artifacts a ON a.id = j.value JOIN projects p ON p.id = a.project_id JOIN teams t ON t.id = p.team_id
    LEFT JOIN versions v ON v.id = a.latest_version_id`);
  const tags = groupBy(
    db.all<{ id: number; tag: string }>(sql`
      SELECT x.artifact_id AS id, t.tag FROM json_each(${JSON.stringify(ids)}) j CROSS JOIN artifact_tags x ON x.artifact_id = j.value JOIN tags t ON t.id = x.tag_id`),
    (row) => row.id,
  );
  return inOrder(ids, new Map(rows.map((row) => [row.id, { ...summaryOf(row), tags: (tags.get(row.id) ?? []).map((found) => found.tag) }])));
}

function summaryOf(row: Row): Omit<ArtifactSummary, 'tags'> {
  const { latestId, latestIndex, latestSize, latestCreatedAt, ...rest } = row;
  return {
    ...rest,
    id: branded(row.id),
    projectId: branded(row.projectId),
    latest: latestId === null || latestIndex === null || latestSize === null || latestCreatedAt === null
      ? null
      : { id: branded(latestId), index: latestIndex, size: latestSize, createdAt: timestamp(latestCreatedAt) },
    createdAt: timestamp(row.createdAt),
    updatedAt: timestamp(row.updatedAt),
  };
}
