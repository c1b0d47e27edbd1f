/** Runs, and the projects that they make by the way. */
import { randomBytes, randomInt } from 'node:crypto';
import type { CheckedInputOf, JsonObject, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { checkProjectName, checkTag, formatVersion, nameKey, runName, wandbConfigKey, wandbOfConfig, wandbPartOfConfig } from '#shared/domain/index.ts';
import { demand, notFound, projectObject } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import { indexName } from '../records/names.ts';
import { followSummary } from '../records/metrics.ts';
import { runDetail, runWithHome } from '../records/runs.ts';
import { artifactNamesOf, runRow, versionRow } from '../records/rows.ts';
import { timestamp } from '../records/shared.ts';
import { projectSubject, runSubject, versionSubject } from '../records/subjects.ts';
import { accepted } from '../refusals.ts';
import type { CommandScope, QueryScope } from '../scope.ts';
import { joinSql, sql, type Sql } from '../sql.ts';

export type ProjectName = { readonly entity?: string | undefined; readonly name: string };
export type Team = { readonly id: number; readonly name: string };

/** The team that is named, or the catalog's own. */
export function teamOf(db: ReadableDb, entity: string | undefined): Team {
  const team = entity === undefined
    ? db.get<Team>(sql`SELECT t.id, t.name FROM meta m JOIN teams t ON t.id = m.value WHERE m.key = 'team_id'`)
    : db.get<Team>(sql`SELECT id, name FROM teams WHERE name_key = ${nameKey(entity)}`);
  if (team === undefined) throw notFound('team', entity ?? '');
  return team;
}

/** Judges name and right to log into a project, there or not. Its id, or null where it has still to be made. */
export function checkProject(scope: QueryScope, project: ProjectName): { readonly team: Team; readonly name: string; readonly id: number | null } {
  const team = teamOf(scope.db, project.entity);
  const name = accepted(checkProjectName(project.name));
  const id = scope.db.value<number>(sql`SELECT id FROM projects WHERE team_id = ${team.id} AND name_key = ${nameKey(name)} AND deleted_at IS NULL`) ?? null;
  demand(scope.asker, 'source.log', { kind: 'project', id: id === null ? '' : String(id), name, team: { id: String(team.id), name: team.name } });
  return { team, name, id };
}

export function ensureProject(scope: CommandScope, project: ProjectName): { readonly id: number; readonly entity: string; readonly name: string } {
  const { db, at } = scope;
  const { team, name, id } = checkProject(scope, project);
  if (id !== null) return { id, entity: team.name, name };
  const made = db.run(sql`
    INSERT INTO projects (team_id, name, name_key, created_by, created_at, updated_at) VALUES (${team.id}, ${name}, ${nameKey(name)}, ${scope.actorId}, ${at}, ${at})`).id;
  indexName(db, 'project', made, name);
  scope.record({ kind: 'project.created', subject: projectSubject({ id: made, entity: team.name, name }), before: null, after: { name } });
  scope.changed('project', made);
  return { id: made, entity: team.name, name };
}

const runIdLetters = 'abcdefghijklmnopqrstuvwxyz0123456789';

function newRunId(db: ReadableDb, projectId: number): string {
  for (;;) {
    const runId = Array.from({ length: 8 }, () => runIdLetters[randomInt(runIdLetters.length)]).join('');
    if (db.value(sql`SELECT 1 FROM runs WHERE project_id = ${projectId} AND run_id = ${runId} AND deleted_at IS NULL`) === undefined) return runId;
  }
}

export function createRun(scope: CommandScope, input: CheckedInputOf<'runs.create'>): OutputOf<'runs.create'> {
  const project = ensureProject(scope, input.project);
  if (input.runId !== undefined && scope.db.value(sql`SELECT 1 FROM runs WHERE project_id = ${project.id} AND run_id = ${input.runId} AND deleted_at IS NULL`) !== undefined) {
    throw new VitrineError('already_exists', { details: { kind: 'run', label: input.runId } });
  }
  return detailOf(scope, insertRun(scope, project, { ...input, tags: checkedTags(input.tags) }));
}

export type NewRun = {
  readonly runId?: string | undefined; readonly displayName?: string | undefined; readonly jobType: string | null; readonly group: string | null; readonly tags: readonly string[]; readonly notes: string;
  readonly config: JsonObject;
};

/** Makes the row of a run that isn't there. A run that nobody named gets a name of two words and its number. */
export function insertRun(scope: CommandScope, project: { readonly id: number; readonly entity: string; readonly name: string }, input: NewRun): number {
  const { db, at } = scope;
  const { tags } = input;
  const runId = input.runId ?? newRunId(db, project.id);
  const number = (db.value<number>(sql`SELECT run_count FROM projects WHERE id = ${project.id}`) ?? 0) + 1;
  const displayName = input.displayName ?? runName(number, Math.random);
  const { id } = db.run(sql`
    INSERT INTO runs (project_id, run_id, display_name, state, job_type, run_group, tags, created_by, created_at, updated_at, notes, config, uid)
    VALUES (${project.id}, ${runId}, ${displayName}, 'running', ${input.jobType}, ${input.group}, ${JSON.stringify(tags)}, ${scope.actorId}, ${at}, ${at}, ${input.notes}, ${JSON.stringify(input.config)}, ${randomBytes(16)})`);
  db.run(sql`UPDATE projects SET run_count = run_count + 1, updated_at = ${at} WHERE id = ${project.id}`);
  indexName(db, 'run', id, displayName === runId ? runId : `${displayName} ${runId}`);
  scope.record({
    kind: 'run.created', subject: runSubject({ id, entity: project.entity, project: project.name, runId, displayName }), before: null,
    after: { runId, displayName, jobType: input.jobType }, about: [{ kind: 'project', id: project.id }],
  });
  scope.changed('run', id);
  scope.changed('project', project.id);
  scope.inverse({ step: 'run', id });
  return id;
}

export function checkedTags(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => accepted(checkTag(tag))))].sort();
}

export function updateRun(scope: CommandScope, input: CheckedInputOf<'runs.update'>): OutputOf<'runs.update'> {
  const { db, at } = scope;
  const run = runWithHome(db, input.id);
  if (run === null || run.deleted) throw notFound('run', String(input.id));
  const now = run.detail;
  demand(scope.asker, 'source.edit', { kind: 'project', id: String(now.projectId), name: now.project, team: { id: String(run.teamId), name: now.entity } }, { kind: 'run', label: String(input.id) });
  const tags = input.tags === undefined ? undefined : checkedTags(input.tags);
  const wanted = { state: input.state, displayName: input.displayName, notes: input.notes, tags, group: named(input.group), jobType: named(input.jobType), config: input.config, summary: input.summary };
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  for (const key of ['state', 'displayName', 'notes', 'tags', 'group', 'jobType', 'config', 'summary'] as const) {
    const value = wanted[key];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(now[key])) continue;
    before[key] = now[key];
    after[key] = value;
  }
  if (Object.keys(after).length === 0) return now;
  const ended = input.state !== undefined && input.state !== 'running' && now.state === 'running';
  const resumed = input.state === 'running' && now.state !== 'running';
  // What stays the same isn't written: a column that is set, even to what it was, has each of its indexes written anew.
  const changed: Sql[] = [sql`updated_at = ${at}`];
  if ('state' in after) changed.push(sql`state = ${String(input.state)}`);
  if ('displayName' in after) changed.push(sql`display_name = ${String(input.displayName)}`);
  if ('notes' in after) changed.push(sql`notes = ${String(input.notes)}`);
  if ('tags' in after) changed.push(sql`tags = ${JSON.stringify(tags)}`);
  if ('group' in after) changed.push(sql`run_group = ${wanted.group ?? null}`);
  if ('jobType' in after) changed.push(sql`job_type = ${wanted.jobType ?? null}`);
  if (input.config !== undefined) changed.push(sql`config = ${JSON.stringify(input.config)}, wire_config = ${wireConfig(db, now.id, input.config)}`);
  if (input.summary !== undefined) changed.push(sql`summary = ${JSON.stringify(input.summary)}`);
  if (ended || resumed) changed.push(sql`finished_at = ${ended ? at : null}`);
  db.run(sql`UPDATE runs SET ${joinSql(changed, sql`, `)} WHERE id = ${now.id}`);
  if (input.summary !== undefined) followSummary(db, now.id);
  const displayName = input.displayName ?? now.displayName;
  if ('displayName' in after) indexName(db, 'run', now.id, `${displayName} ${now.runId}`);
  scope.record({ kind: ended ? (input.state === 'failed' ? 'run.failed' : input.state === 'crashed' ? 'run.crashed' : 'run.finished') : 'run.updated', subject: runSubject({ ...now, displayName }), before, after, about: [{ kind: 'project', id: now.projectId }] });
  scope.changed('run', now.id);
  scope.changed('lineage', now.id);
  offerBack(scope, now.id, displayName, before, after);
  return { ...now, ...after, finishedAt: ended ? timestamp(at) : resumed ? null : now.finishedAt };
}

/** What people write about a run can be taken back; what it told itself (its state, config and summary) can't. */
const written = new Set(['displayName', 'notes', 'tags', 'group', 'jobType']);

function offerBack(scope: CommandScope, id: number, displayName: string, before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): void {
  if (!Object.keys(after).every((key) => written.has(key))) return;
  scope.inverse({ step: 'edit', kind: 'run', id, set: before, expected: after });
  scope.offerUndo(`Change the run ${displayName}`);
}

/** For an undo: what people wrote about a run, as it is now. */
export function runNow(scope: CommandScope, id: number): Readonly<Record<string, unknown>> {
  const { displayName, notes, tags, group, jobType, state } = detailOf(scope, runRow(scope.db, id).id);
  return { displayName, notes, tags, group, jobType, state };
}

/** A name of blanks is none. */
function named(text: string | null | undefined): string | null | undefined {
  return text === undefined ? undefined : text?.trim() || null;
}

/** The client's own part stays when somebody else writes the config. */
function wireConfig(db: ReadableDb, id: number, config: JsonObject | undefined): string | null {
  const kept = db.value<string>(sql`SELECT wire_config FROM runs WHERE id = ${id}`) ?? null;
  if (config === undefined || kept === null) return null;
  const own: unknown = JSON.parse(wandbPartOfConfig(kept, null));
  return JSON.stringify({ ...(JSON.parse(wandbOfConfig(config)) as object), [wandbConfigKey]: { value: own } });
}

export function provenanceOf(scope: CommandScope): 'sdk' | 'sync' | 'manual' {
  switch (scope.entrance) {
    case 'sync':
      return 'sync';
    case 'sdk':
    case 'http':
    case 'system':
      return 'sdk';
    case 'window':
    case 'cli':
    case 'automation':
      return 'manual';
  }
}

export function useVersions(scope: CommandScope, input: CheckedInputOf<'runs.use'>): OutputOf<'runs.use'> {
  const { db, at } = scope;
  const run = runRow(db, input.id);
  demand(scope.asker, 'source.log', projectObject(db, run.projectId), { kind: 'run', label: String(input.id) });
  const provenance = provenanceOf(scope);
  let added = 0;
  for (const id of new Set(input.versionIds as readonly number[])) {
    const version = versionRow(db, id);
    demand(scope.asker, 'source.use', projectObject(db, version.projectId), { kind: 'artifact version', label: String(id) });
    if (version.state !== 'committed') {
      throw new VitrineError('version_unavailable', { details: { state: version.state, explanation: `${version.artifact}:${formatVersion(version.index)} is ${version.state === 'pending' ? 'still being logged' : 'deleted'}.` } });
    }
    const { changes } = db.run(sql`INSERT INTO run_inputs (run_id, version_id, used_as, provenance, at) VALUES (${run.id}, ${id}, ${input.usedAs ?? null}, ${provenance}, ${at}) ON CONFLICT DO NOTHING`);
    if (changes === 0) continue;
    added += 1;
    scope.record({
      kind: 'version.used', subject: versionSubject(artifactNamesOf(version), version), before: null, after: { run: runSubject(run).label, provenance },
      about: [{ kind: 'run', id: run.id }, { kind: 'artifact', id: version.artifactId }],
    });
    scope.changed('version', id);
    scope.changed('lineage', id);
  }
  if (added > 0) scope.changed('run', run.id);
  return { added };
}

function detailOf(scope: CommandScope, id: number): OutputOf<'runs.get'> {
  const detail = runDetail(scope.db, id);
  if (detail === null) throw notFound('run', String(id));
  return detail;
}

