import type { ProjectSummary } from '#shared/contract/entities.ts';
import type { ReadableDb } from '../connection.ts';
import { sql } from '../sql.ts';
import { branded, inOrder, timestamp } from './shared.ts';

type Row = {
  readonly id: number; readonly entity: string; readonly name: string; readonly description: string; readonly artifactCount: number; readonly versionCount: number;
  readonly runCount: number; readonly createdAt: number; readonly updatedAt: number;
};

export function projectSummaries(db: ReadableDb, ids: readonly number[]): ProjectSummary[] {
  const rows = db.all<Row>(sql`
    SELECT p.id, t.name AS entity, p.name, p.description, p.artifact_count AS artifactCount, p.version_count AS versionCount, p.run_count AS runCount, p.created_at AS createdAt, p.updated_at AS updatedAt
    FROM json_each(${JSON.stringify(ids)}) j CROSS JOIN projects p ON p.id = j.value JOIN teams t ON t.id = p.team_id`);
  return inOrder(ids, new Map(rows.map((row) => [row.id, { ...row, id: branded(row.id), createdAt: timestamp(row.createdAt), updatedAt: timestamp(row.updatedAt) }])));
}
