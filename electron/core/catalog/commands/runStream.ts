/** What scripts that run tell: they begin or go on with a run, stream lines, end. Lines and summaries are data, not history: only states are events. */
import type { CheckedInputOf, EventKind, JsonObject, OutputOf, RunFile, RunState } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { configOfWandb, parseLooseJson, runEnding, validatePathInArtifact } from '#shared/domain/index.ts';
import { demand, notFound, projectObject } from '../access.ts';
import { followSummary } from '../records/metrics.ts';
import { runFiles } from '../records/runFiles.ts';
import { runDetail } from '../records/runs.ts';
import { runRow, type RunRow } from '../records/rows.ts';
import { branded, bytesOf } from '../records/shared.ts';
import { runSubject } from '../records/subjects.ts';
import { accepted } from '../refusals.ts';
import { addToColumns } from '../runlog/columns.ts';
import { hasRunLog, shrinkRunLog } from '../runlog/file.ts';
import { dropLostLines, ensureLogId, readLines, streamRow, writeLines, type StreamName } from '../runlog/lines.ts';
import { rewriteColumns } from '../runlog/rewrite.ts';
import type { CommandScope, QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { checkedTags, ensureProject, insertRun } from './runs.ts';
import { indexName } from '../records/names.ts';
import { toTrash } from './trash.ts';
import { deleteVersions } from './versions.ts';

/** A heartbeat is noted this often, in milliseconds: a run that reports more often need not be written more often. */
const heartbeatEvery = 5000;

function detailOf(scope: CommandScope, id: number): OutputOf<'runs.get'> {
  const detail = runDetail(scope.db, id);
  if (detail === null) throw notFound('run', String(id));
  return detail;
}

function openRun(scope: CommandScope, id: number): RunRow {
  const run = runRow(scope.db, id);
  demand(scope.asker, 'source.log', projectObject(scope.db, run.projectId), { kind: 'run', label: String(id) });
  return run;
}

export function upsertRun(scope: CommandScope, input: CheckedInputOf<'runs.upsert'>): OutputOf<'runs.upsert'> {
  const { db, at } = scope;
  const standing = standingRun(scope, input);
  const config = input.configText == null ? null : checkedConfig(input.configText);
  if (input.summaryText != null) checkSummary(input.summaryText);
  const tags = input.tags == null ? null : checkedTags(input.tags);
  if (standing === null) {
    refuseDeletedId(scope, input);
    const id = insertRun(scope, ensureProject(scope, input.project ?? { name: 'uncategorized' }), {
      runId: input.runId ?? undefined, displayName: input.displayName ?? undefined, jobType: input.jobType ?? null, group: input.group ?? null, tags: tags ?? [], notes: input.notes ?? '', config: config ?? {},
    });
    const state = input.state ?? 'running';
    db.run(sql`
      UPDATE runs SET wire_config = ${input.configText ?? null}, summary = ${input.summaryText ?? '{}'}, host = ${input.host ?? null}, program = ${input.program ?? null}, commit_hash = ${input.commit ?? null},
        state = ${state}, heartbeat_at = ${at}, api_key_id = ${scope.keyId ?? null}, finished_at = ${state === 'running' ? null : at} WHERE id = ${id}`);
    if (scope.keyId !== undefined) scope.changed('api_key', scope.keyId);
    return { run: detailOf(scope, id), inserted: true };
  }
  const run = openRun(scope, standing);
  const now = detailOf(scope, run.id);
  const wanted = { displayName: input.displayName, notes: input.notes, tags, group: input.group, jobType: input.jobType };
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  for (const key of ['displayName', 'notes', 'tags', 'group', 'jobType'] as const) {
    const value = wanted[key];
    if (value == null || JSON.stringify(value) === JSON.stringify(now[key])) continue;
    before[key] = now[key];
    after[key] = value;
  }
  db.run(sql`
    UPDATE runs SET display_name = coalesce(${input.displayName ?? null}, display_name), notes = coalesce(${input.notes ?? null}, notes), tags = coalesce(${tags === null ? null : JSON.stringify(tags)}, tags),
      run_group = coalesce(${input.group ?? null}, run_group), job_type = coalesce(${input.jobType ?? null}, job_type), config = coalesce(${config === null ? null : JSON.stringify(config)}, config),
      wire_config = coalesce(${input.configText ?? null}, wire_config), summary = coalesce(${input.summaryText ?? null}, summary), host = coalesce(${input.host ?? null}, host),
      program = coalesce(${input.program ?? null}, program), commit_hash = coalesce(${input.commit ?? null}, commit_hash), updated_at = ${at} WHERE id = ${run.id}`);
  if (input.summaryText != null) followSummary(db, run.id);
  const displayName = input.displayName ?? run.displayName;
  if ('displayName' in after) indexName(db, 'run', run.id, `${displayName} ${run.runId}`);
  if (Object.keys(after).length > 0) {
    scope.record({ kind: 'run.updated', subject: runSubject({ ...run, displayName }), before, after, about: [{ kind: 'project', id: run.projectId }] });
    scope.changed('run', run.id);
    scope.changed('lineage', run.id);
  }
  if (input.state != null) changeState(scope, run, input.state, null);
  scope.changed('run_data', run.id);
  return { run: detailOf(scope, run.id), inserted: false };
}

/** The run that is meant, or null for one that is to be made. */
function standingRun(scope: CommandScope, input: CheckedInputOf<'runs.upsert'>): number | null {
  const { db } = scope;
  if (input.id != null) return runRow(db, input.id).id;
  if (input.runId == null) return null;
  const project = ensureProject(scope, input.project ?? { name: 'uncategorized' });
  return db.value<number>(sql`SELECT id FROM runs WHERE project_id = ${project.id} AND run_id = ${input.runId} AND deleted_at IS NULL`) ?? null;
}

/** Scripts are told what W&B tells them: the id of a deleted run is not given anew, here as long as it can still come back. People who import it begin another. */
function refuseDeletedId(scope: CommandScope, input: CheckedInputOf<'runs.upsert'>): void {
  if (input.runId == null || (scope.entrance !== 'sdk' && scope.entrance !== 'http')) return;
  const project = ensureProject(scope, input.project ?? { name: 'uncategorized' });
  const deleted = scope.db.value(sql`
    SELECT 1 FROM trash t JOIN runs r ON r.id = t.object_id WHERE t.kind = 'run' AND t.restored_at IS NULL AND t.purged_at IS NULL AND r.project_id = ${project.id} AND r.run_id = ${input.runId} LIMIT 1`);
  if (deleted === undefined) return;
  throw new VitrineError('already_exists', { details: { kind: 'run', label: input.runId, explanation: `The run ${input.runId} was previously created and deleted: restore it from Vitrine’s trash, or try a new run id.` } });
}

function checkedConfig(text: string): JsonObject {
  const config = configOfWandb(text);
  if (config === null) throw new VitrineError('bad_input', { details: { explanation: 'The config is not a JSON object.' } });
  return config as JsonObject;
}

function checkSummary(text: string): void {
  const read = parseLooseJson(text, 'words');
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new VitrineError('bad_input', { details: { explanation: 'The summary is not a JSON object.' } });
}

export function appendToRun(scope: CommandScope, input: CheckedInputOf<'runs.append'>): OutputOf<'runs.append'> {
  const { db, at } = scope;
  const run = openRun(scope, input.id);
  const kept = db.get<{ uid: Uint8Array; heartbeatAt: number | null; stopRequestedAt: number | null }>(sql`SELECT uid, heartbeat_at AS heartbeatAt, stop_requested_at AS stopRequestedAt FROM runs WHERE id = ${run.id}`);
  if (kept === undefined) throw notFound('run', String(run.id));
  let told = input.uploaded !== undefined && input.uploaded.length > 0;
  let log: number | null = null;
  for (const stream of ['history', 'system', 'output'] as const) {
    const lines = input[stream];
    if (lines === undefined || lines.lines.length === 0) continue;
    log ??= ensureLogId(db, kept.uid);
    takeLines(scope, log, stream, lines.offset, lines.lines);
    told = true;
  }
  if (input.summaryText !== undefined) {
    checkSummary(input.summaryText);
    db.run(sql`UPDATE runs SET summary = ${input.summaryText} WHERE id = ${run.id}`);
    followSummary(db, run.id);
    told = true;
  }
  if (kept.heartbeatAt === null || at - kept.heartbeatAt >= heartbeatEvery) db.run(sql`UPDATE runs SET heartbeat_at = ${at} WHERE id = ${run.id}`);
  let state = run.state as RunState;
  if (input.complete === true || input.exitCode != null) state = changeState(scope, run, runEnding(input.exitCode ?? 0), input.exitCode ?? null);
  // It lives after all: it was silent, or somebody goes on with it.
  else if (state !== 'running') state = changeState(scope, run, 'running', null);
  if (told) scope.changed('run_data', run.id);
  return { stopRequested: kept.stopRequestedAt !== null && state === 'running', historyLines: streamRow(db, log ?? ensureLogId(db, kept.uid), 'history').lines, state };
}

function takeLines(scope: CommandScope, log: number, stream: StreamName, offset: number, lines: readonly string[]): void {
  const { db } = scope;
  const written = writeLines(db, log, stream, offset, lines);
  if (stream === 'output') return;
  if (written.changed.length > 0) rewriteColumns(db, log, stream, written.changed, written.before);
  if (written.after > written.before) addToColumns(db, log, stream, written.before, written.after - written.before === lines.length ? lines : readLines(db, log, stream, written.before, written.after));
}

const endings: Readonly<Record<RunState, EventKind>> = { running: 'run.resumed', finished: 'run.finished', failed: 'run.failed', crashed: 'run.crashed', killed: 'run.finished' };

/** Sets the state, tells of it, and answers it. */
export function changeState(scope: CommandScope, run: RunRow, state: RunState, exitCode: number | null): RunState {
  const { db, at } = scope;
  if (run.state === state) return state;
  const ended = state !== 'running';
  db.run(sql`
    UPDATE runs SET state = ${state}, exit_code = ${ended ? exitCode : null}, finished_at = ${ended ? at : null}, updated_at = ${at}, heartbeat_at = CASE WHEN ${ended ? 1 : 0} THEN heartbeat_at ELSE ${at} END,
      stop_requested_at = NULL WHERE id = ${run.id}`);
  scope.record({ kind: endings[state], subject: runSubject(run), before: { state: run.state }, after: { state, ...(exitCode === null ? {} : { exitCode }) }, about: [{ kind: 'project', id: run.projectId }] });
  scope.changed('run', run.id);
  scope.changed('run_data', run.id);
  scope.changed('lineage', run.id);
  return state;
}

/** Runs whose script hasn't reported since: they are told as crashed. */
export function sweepRuns(scope: CommandScope, input: { readonly silentSince: number }): { readonly crashed: number } {
  const silent = scope.db.column<number>(sql`
    SELECT id FROM runs WHERE state = 'running' AND heartbeat_at IS NOT NULL AND heartbeat_at < ${input.silentSince} AND deleted_at IS NULL ORDER BY heartbeat_at LIMIT 1000`);
  for (const id of silent) changeState(scope, runRow(scope.db, id), 'crashed', null);
  return { crashed: silent.length };
}

/** Tidies the run log by one step: lines that no run has had for `lostFor` milliseconds go, and the room that lines left goes back to the disk. Whether there is more to do. */
export function sweepRunLog(scope: CommandScope, input: { readonly lostFor: number }): { readonly dropped: number; readonly more: boolean } {
  if (!hasRunLog(scope.db)) return { dropped: 0, more: false };
  const dropped = dropLostLines(scope.db, scope.at, scope.at - input.lostFor);
  return { dropped, more: shrinkRunLog(scope.db) || dropped > 0 };
}

export function stopRun(scope: CommandScope, input: CheckedInputOf<'runs.stop'>): OutputOf<'runs.stop'> {
  const { db, at } = scope;
  const run = runRow(db, input.id);
  demand(scope.asker, 'source.edit', projectObject(db, run.projectId), { kind: 'run', label: String(input.id) });
  if (run.state !== 'running') throw new VitrineError('blocked', { details: { explanation: `The run is ${run.state}; only one that runs can be asked to stop.` } });
  const { changes } = db.run(sql`UPDATE runs SET stop_requested_at = ${at} WHERE id = ${run.id} AND stop_requested_at IS NULL`);
  if (changes > 0) {
    scope.record({ kind: 'run.stop_requested', subject: runSubject(run), before: null, after: null, about: [{ kind: 'project', id: run.projectId }] });
    scope.changed('run', run.id);
  }
  return detailOf(scope, run.id);
}

export function alertOfRun(scope: CommandScope, input: CheckedInputOf<'runs.alert'>): OutputOf<'runs.alert'> {
  const { db } = scope;
  const run = runRow(db, input.id);
  demand(scope.asker, 'source.log', projectObject(db, run.projectId), { kind: 'run', label: String(input.id) });
  scope.record({ kind: 'run.alerted', subject: runSubject(run), before: null, after: { title: input.title, text: input.text, level: input.level }, about: [{ kind: 'project', id: run.projectId }] });
  scope.changed('run_alert', run.id);
  return {};
}

export function deleteRun(scope: CommandScope, input: CheckedInputOf<'runs.delete'>): OutputOf<'runs.delete'> {
  const { db } = scope;
  const run = runRow(db, input.id);
  demand(scope.asker, 'source.delete', projectObject(db, run.projectId), { kind: 'run', label: String(input.id) });
  let deletedVersions = 0;
  if (input.deleteVersions) {
    const ids = db.column<number>(sql`SELECT v.id FROM run_outputs o JOIN versions v ON v.id = o.version_id WHERE o.run_id = ${run.id} AND v.state = 'committed'`);
    const aliases = db.column<string>(sql`SELECT DISTINCT alias FROM aliases WHERE holder_kind = 'artifact' AND target_id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`);
    if (ids.length > 0) deletedVersions = deleteVersions(scope, { ids: ids.map((id) => branded(id)), aliases }).deleted;
  }
  const trashId = removeRun(scope, run);
  scope.inverse({ step: 'restore', trashIds: [trashId] });
  scope.offerUndo(`Delete the run ${run.displayName}`);
  return { deletedVersions };
}

/** To the trash, with its lines and files, which go once its time there is over. Answers its place there. */
export function removeRun(scope: CommandScope, run: RunRow): number {
  const { db, at } = scope;
  const trashId = toTrash(scope, { kind: 'run', id: run.id, registryId: null, label: runSubject(run).label, address: runSubject(run).address, payload: { state: run.state } });
  db.run(sql`UPDATE runs SET deleted_at = ${at}, updated_at = ${at}, state = CASE state WHEN 'running' THEN 'killed' ELSE state END WHERE id = ${run.id}`);
  db.run(sql`UPDATE projects SET run_count = run_count - 1, updated_at = ${at} WHERE id = ${run.projectId}`);
  scope.record({ kind: 'run.deleted', subject: { ...runSubject(run), address: null }, before: { runId: run.runId, displayName: run.displayName }, after: null, about: [{ kind: 'project', id: run.projectId }] });
  scope.changed('run', run.id);
  scope.changed('run_data', run.id);
  scope.changed('project', run.projectId);
  scope.changed('lineage', run.id);
  return trashId;
}

export type SavedFile = { readonly runId: number; readonly name: string; readonly size: number; readonly sha256: string; readonly md5: string };

/** Whether a run may take a file of that name, before its bytes come. The name in its canonical form. */
export function checkRunFile(scope: QueryScope, input: { readonly runId: number; readonly name: string }): { readonly name: string } {
  const run = runRow(scope.db, input.runId);
  demand(scope.asker, 'source.log', projectObject(scope.db, run.projectId), { kind: 'run', label: String(input.runId) });
  return { name: accepted(validatePathInArtifact(input.name)) };
}

/** Bytes that came to the store as a file of a run, in place of what the name stood for before. */
export function saveRunFile(scope: CommandScope, input: SavedFile): RunFile {
  const { db, at } = scope;
  const { name } = checkRunFile(scope, input);
  db.run(sql`
    INSERT INTO run_files (run_id, name, size, sha256, md5, updated_at) VALUES (${input.runId}, ${name}, ${input.size}, ${bytesOf(input.sha256)}, ${bytesOf(input.md5)}, ${at})
    ON CONFLICT (run_id, name) DO UPDATE SET size = excluded.size, sha256 = excluded.sha256, md5 = excluded.md5, updated_at = excluded.updated_at`);
  scope.changed('run_data', input.runId);
  const [file] = runFiles(db, input.runId, [name]);
  if (file === undefined) throw notFound('file', name);
  return file;
}

export function deleteRunFiles(scope: CommandScope, input: CheckedInputOf<'runs.deleteFiles'>): OutputOf<'runs.deleteFiles'> {
  const { db } = scope;
  const run = runRow(db, input.id);
  demand(scope.asker, 'source.edit', projectObject(db, run.projectId), { kind: 'run', label: String(input.id) });
  let deleted = 0;
  for (const name of new Set(input.names)) deleted += db.run(sql`DELETE FROM run_files WHERE run_id = ${run.id} AND name = ${name}`).changes;
  if (deleted > 0) {
    scope.record({ kind: 'run.updated', subject: runSubject(run), before: { files: input.names.slice(0, 100) }, after: { files: [] }, about: [{ kind: 'project', id: run.projectId }] });
    scope.changed('run_data', run.id);
  }
  return { deleted };
}
