import { createHash } from 'node:crypto';
import { parseLooseJson } from '#shared/domain/looseJson.ts';
import type { JsonObject, RunDetail, RunState, RunSummary } from '#shared/contract/entities.ts';
import type { ReadableDb } from '../connection.ts';
import { logIdOf, streamRow } from '../runlog/lines.ts';
import { sql } from '../sql.ts';
import { branded, inOrder, stringList, timestamp, userOf, type UserColumns } from './shared.ts';

type Row = UserColumns & {
  readonly id: number; readonly projectId: number; readonly entity: string; readonly project: string; readonly runId: string; readonly displayName: string; readonly state: RunState;
  readonly jobType: string | null; readonly runGroup: string | null; readonly tags: string; readonly createdAt: number; readonly finishedAt: number | null;
};

const summaryColumns = sql`r.id, r.project_id AS projectId, t.name AS entity, p.name AS project, r.run_id AS runId, r.display_name AS displayName, r.state, r.job_type AS jobType, r.run_group AS runGroup,
  r.tags, r.created_at AS createdAt, r.finished_at AS finishedAt, u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind`;

export function runSummaries(db: ReadableDb, ids: readonly number[]): RunSummary[] {
  const rows = db.all<Row>(sql`
    SELECT ${summaryColumns} FROM json_each(${JSON.stringify(ids)}) j CROSS JOIN runs r ON r.id = j.value JOIN projects p ON p.id = r.project_id JOIN teams t ON t.id = p.team_id JOIN users u ON u.id = r.created_by`);
  return inOrder(ids, new Map(rows.map((row) => [row.id, summaryOf(row)])));
}

function summaryOf(row: Row): RunSummary {
  return {
    id: branded(row.id), projectId: branded(row.projectId), entity: row.entity, project: row.project, runId: row.runId, displayName: row.displayName, state: row.state,
    jobType: row.jobType, group: row.runGroup, tags: stringList(row.tags), createdBy: userOf(row), createdAt: timestamp(row.createdAt),
    finishedAt: row.finishedAt === null ? null : timestamp(row.finishedAt),
  };
}

/** What a script wrote: numbers that are not finite come as their words. */
function looseObject(text: string): JsonObject {
  return (parseLooseJson(text, 'words') ?? {}) as JsonObject;
}

type More = {
  readonly notes: string; readonly config: string; readonly summary: string; readonly host: string | null; readonly program: string | null; readonly commit: string | null; readonly exitCode: number | null;
  readonly heartbeatAt: number | null; readonly stopRequestedAt: number | null; readonly uid: Uint8Array | null; readonly fileCount: number; readonly inputCount: number; readonly outputCount: number;
  readonly teamId: number; readonly deletedAt: number | null;
};

/** How many lines each stream of a run has. */
function lineCounts(db: ReadableDb, uid: Uint8Array | null): Pick<RunDetail, 'historyLines' | 'systemLines' | 'outputLines' | 'lastStep'> {
  const run = logIdOf(db, uid);
  const history = streamRow(db, run, 'history');
  return { historyLines: history.lines, systemLines: streamRow(db, run, 'system').lines, outputLines: streamRow(db, run, 'output').lines, lastStep: history.lastStep };
}

export function runDetail(db: ReadableDb, id: number): RunDetail | null {
  return runWithHome(db, id)?.detail ?? null;
}

/** The same with what the rules of access and the trash ask of it. */
export type RunWithHome = { readonly detail: RunDetail; readonly teamId: number; readonly deleted: boolean };

export function runWithHome(db: ReadableDb, id: number): RunWithHome | null {
  const row = db.get<Row & More>(sql`
    SELECT ${summaryColumns}, p.team_id AS teamId, r.deleted_at AS deletedAt, r.notes, r.config, r.summary, r.host, r.program, r.commit_hash AS "commit", r.exit_code AS exitCode, r.heartbeat_at AS heartbeatAt, r.stop_requested_at AS stopRequestedAt, r.uid,
      (SELECT count(*) FROM run_files WHERE run_id = r.id) AS fileCount, (SELECT count(*) FROM run_inputs WHERE run_id = r.id) AS inputCount, (SELECT count(*) FROM run_outputs WHERE run_id = r.id) AS outputCount
    FROM runs r JOIN projects p ON p.id = r.project_id JOIN teams t ON t.id = p.team_id JOIN users u ON u.id = r.created_by WHERE r.id = ${id}`);
  if (row === undefined) return null;
  const detail: RunDetail = {
    ...summaryOf(row), notes: row.notes, config: looseObject(row.config), summary: looseObject(row.summary), host: row.host, program: row.program, commit: row.commit, exitCode: row.exitCode,
    heartbeatAt: row.heartbeatAt === null ? null : timestamp(row.heartbeatAt), stopRequested: row.stopRequestedAt !== null, fileCount: row.fileCount, inputCount: row.inputCount, outputCount: row.outputCount,
    ...lineCounts(db, row.uid),
  };
  return { detail, teamId: row.teamId, deleted: row.deletedAt !== null };
}

/** A short mark of what is known of a run, and of how much it streamed, saved, used and logged: to tell whether anything came to it since. */
export function runSaid(db: ReadableDb, id: number): string {
  const row = db.get<{ uid: Uint8Array | null }>(sql`SELECT uid FROM runs WHERE id = ${id}`);
  const written = db.get(sql`
    SELECT display_name, state, job_type, run_group, tags, notes, config, summary, (SELECT count(*) FROM run_files WHERE run_id = runs.id) AS files,
      (SELECT count(*) FROM run_inputs WHERE run_id = runs.id) AS inputs, (SELECT count(*) FROM run_outputs WHERE run_id = runs.id) AS outputs
    FROM runs WHERE id = ${id}`);
  return createHash('sha256').update(JSON.stringify([written, lineCounts(db, row?.uid ?? null)])).digest('hex').slice(0, 32);
}
