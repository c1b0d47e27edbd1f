import { notFound } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import { sql } from '../sql.ts';

export type DraftRow = {
  readonly id: number; readonly state: 'open' | 'committed' | 'abandoned'; readonly versionId: number | null; readonly teamId: number; readonly entity: string; readonly project: string; readonly artifact: string;
  readonly type: string; readonly runId: number | null; readonly wandbDigest: string; readonly aliases: string; readonly tags: string; readonly ttlDays: number | null; readonly historyStep: number | null;
  readonly clientId: string | null; readonly sequenceClientId: string | null; readonly distributedId: string | null; readonly reservedNames: boolean; readonly createdBy: number; readonly description: string;
  readonly metadata: string;
};

export function draftRow(db: ReadableDb, id: number): DraftRow {
  const row = db.get<Omit<DraftRow, 'reservedNames'> & { reserved: number }>(sql`
    SELECT d.id, d.state, d.version_id AS versionId, d.team_id AS teamId, t.name AS entity, d.project, d.artifact, d.type, d.run_id AS runId, d.wandb_digest AS wandbDigest, d.aliases, d.tags, d.ttl_days AS ttlDays,
      d.history_step AS historyStep, d.client_id AS clientId, d.sequence_client_id AS sequenceClientId, d.distributed_id AS distributedId, d.reserved_names AS reserved, d.created_by AS createdBy, d.description, d.metadata
    FROM drafts d JOIN teams t ON t.id = d.team_id WHERE d.id = ${id}`);
  if (row === undefined) throw notFound('draft', String(id));
  const { reserved, ...rest } = row;
  return { ...rest, reservedNames: reserved === 1 };
}
