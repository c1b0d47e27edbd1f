/** Projects, artifacts, runs. */
import type { CheckedInputOf, JsonObject, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { nameKey, parseLooseJson } from '#shared/domain/index.ts';
import { notFound } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import { artifactSummaries } from '../records/artifacts.ts';
import { projectSummaries } from '../records/projects.ts';
import { artifactRow, runRow } from '../records/rows.ts';
import { runDetail, runSummaries } from '../records/runs.ts';
import { versionSummaries } from '../records/versions.ts';
import type { QueryScope } from '../scope.ts';
import { allOf, sql, type Sql } from '../sql.ts';
import { collectionConditions, configValue, jsonValue, runConditions, runDuration } from './filters.ts';
import { pageOfIds } from './paging.ts';
import { projectFilter, seenProject } from './visible.ts';

export function listProjects(scope: QueryScope, input: CheckedInputOf<'projects.list'>): OutputOf<'projects.list'> {
  const filter = projectFilter(scope, sql`p.id`);
  const { ids, ...page } = pageOfIds(scope.db, { name: `projects${filter.name}`, from: sql`FROM projects p`, where: [sql`p.deleted_at IS NULL`, ...filter.where], key: sql`p.updated_at`, id: sql`p.id`, descending: true }, input);
  return { items: projectSummaries(scope.db, ids), ...page };
}

export function projectIdOf(scope: QueryScope, entity: string, name: string): number {
  const id = scope.db.value<number>(sql`
    SELECT p.id FROM projects p JOIN teams t ON t.id = p.team_id WHERE t.name_key = ${nameKey(entity)} AND p.name_key = ${nameKey(name)} AND p.deleted_at IS NULL`);
  if (id === undefined) throw notFound('project', `${entity}/${name}`);
  seenProject(scope, id, { kind: 'project', label: `${entity}/${name}` });
  return id;
}

export function getProject(scope: QueryScope, input: CheckedInputOf<'projects.get'>): OutputOf<'projects.get'> {
  const id = 'id' in input ? input.id : projectIdOf(scope, input.entity, input.name);
  seenProject(scope, id);
  const [summary] = projectSummaries(scope.db, [id]);
  if (summary === undefined) throw notFound('project', String(id));
  return summary;
}

export function listArtifacts(scope: QueryScope, input: CheckedInputOf<'artifacts.list'>): OutputOf<'artifacts.list'> {
  const { db } = scope;
  const where = [sql`c.deleted_at IS NULL`];
  let name = `artifacts ${input.sort}`;
  let total: (() => number) | undefined;
  if (input.projectId !== undefined) {
    const { projectId } = input;
    seenProject(scope, projectId);
    where.push(sql`c.project_id = ${projectId}`);
    name += ` of ${projectId}`;
    if (input.type === undefined) total = () => db.value<number>(sql`SELECT artifact_count FROM projects WHERE id = ${projectId}`) ?? 0;
  } else {
    const filter = projectFilter(scope, sql`c.project_id`);
    where.push(...filter.where);
    name += filter.name;
  }
  if (input.type !== undefined) {
    where.push(sql`c.type = ${input.type}`);
    name += ` type ${input.type}`;
  }
  const conditions = collectionConditions(input.filter, 'artifacts');
  where.push(...conditions.where);
  name += conditions.name;
  if (conditions.where.length > 0) total = undefined;
  const keys = { name: sql`c.name`, updated: sql`c.updated_at`, created: sql`c.created_at` };
  const { ids, ...page } = pageOfIds(db, { name, from: sql`FROM artifacts c`, where, key: keys[input.sort], id: sql`c.id`, descending: input.direction === 'descending', ...(total === undefined ? {} : { total }) }, input);
  return { items: artifactSummaries(db, ids), ...page };
}

export function artifactIdOf(scope: QueryScope, projectId: number, project: string, name: string): number {
  const { db } = scope;
  const id = db.value<number>(sql`SELECT id FROM artifacts WHERE project_id = ${projectId} AND name = ${name} AND deleted_at IS NULL`)
    ?? db.value<number>(sql`SELECT a.id FROM redirects d JOIN artifacts a ON a.id = d.object_id WHERE d.kind = 'artifact' AND d.scope_id = ${projectId} AND d.name_key = ${nameKey(name)} AND a.deleted_at IS NULL`);
  if (id === undefined) throw notFound('artifact', `${project}/${name}`);
  return id;
}

export function getArtifact(scope: QueryScope, input: CheckedInputOf<'artifacts.get'>): OutputOf<'artifacts.get'> {
  const artifact = artifactRow(scope.db, 'id' in input ? input.id : artifactIdOf(scope, projectIdOf(scope, input.entity, input.project), input.project, input.name));
  seenProject(scope, artifact.projectId, { kind: 'artifact', label: String(artifact.id) });
  const [summary] = artifactSummaries(scope.db, [artifact.id]);
  if (summary === undefined || artifact.deleted) throw notFound('artifact', artifact.name);
  return summary;
}

export function artifactTypes(scope: QueryScope, input: CheckedInputOf<'artifacts.types'>): OutputOf<'artifacts.types'> {
  const where = [sql`deleted_at IS NULL`];
  if (input.projectId !== undefined) {
    seenProject(scope, input.projectId);
    where.push(sql`project_id = ${input.projectId}`);
  } else where.push(...projectFilter(scope, sql`project_id`).where);
  return { items: scope.db.all<{ type: string; artifactCount: number }>(sql`SELECT type, count(*) AS artifactCount FROM artifacts WHERE ${allOf(where)} GROUP BY type ORDER BY artifactCount DESC, type`) };
}

export function listRuns(scope: QueryScope, input: CheckedInputOf<'runs.list'>): OutputOf<'runs.list'> {
  const where = [sql`r.deleted_at IS NULL`];
  let name = 'runs';
  if (input.projectId === undefined) {
    const filter = projectFilter(scope, sql`r.project_id`);
    where.push(...filter.where);
    name += filter.name;
  } else {
    seenProject(scope, input.projectId);
    where.push(sql`r.project_id = ${input.projectId}`);
    name += ` of ${input.projectId}`;
  }
  for (const [key, column] of [['state', sql`r.state`], ['group', sql`r.run_group`], ['jobType', sql`r.job_type`], ['apiKeyId', sql`r.api_key_id`]] as const) {
    const wanted = input[key];
    if (wanted === undefined) continue;
    where.push(sql`${column} = ${wanted}`);
    name += ` ${key} ${wanted}`;
  }
  if (input.tag !== undefined) {
    where.push(sql`EXISTS (SELECT 1 FROM json_each(r.tags) x WHERE x.value = ${input.tag})`);
    name += ` tag ${input.tag}`;
  }
  const conditions = runConditions(input.filter);
  where.push(...conditions.where);
  const descending = input.direction === 'descending';
  const { ids, ...page } = pageOfIds(scope.db, { name: `${name}${conditions.name} by ${input.sort}`, from: sql`FROM runs r`, where, key: runSortKey(input.sort, descending), id: sql`r.id`, descending }, input);
  const values = runValues(scope.db, ids, input.columns);
  return { items: runSummaries(scope.db, ids).map((run) => ({ ...run, values: values.get(run.id) ?? {} })), ...page };
}

const lastOfNumbersAndTexts = '\u{10FFFF}';
/** Less than every number that a run may hold; infinities can't stand in a cursor. */
const leastNumber = -1.797e308;

/** Numbers as numbers, then texts; runs that lack the value stand last in either direction. */
function runSortKey(sort: string, descending: boolean): Sql {
  switch (sort) {
    case 'created':
      return sql`r.created_at`;
    case 'name':
      return sql`r.display_name`;
    case 'state':
      return sql`r.state`;
    case 'heartbeat':
      return sql`coalesce(r.heartbeat_at, r.created_at)`;
    case 'duration':
      return runDuration;
    default:
      return sql`coalesce(${runValue(sort)}, ${descending ? leastNumber : lastOfNumbersAndTexts})`;
  }
}

/** `config.lr`, `summary.loss`. */
function valuePath(column: string): { readonly root: 'config' | 'summary'; readonly path: readonly string[] } {
  const [root, ...path] = column.split('.');
  if ((root !== 'config' && root !== 'summary') || path.length === 0 || path.some((step) => step === '' || step.includes('"'))) {
    throw new VitrineError('query_invalid', { details: { explanation: `“${column}” is no value of a run; write config.<key> or summary.<key>.` } });
  }
  return { root, path };
}

function runValue(column: string): Sql {
  const { root, path } = valuePath(column);
  const value = root === 'config' ? configValue(path) : jsonValue(sql`r.summary`, path);
  // An infinity can't stand in a cursor, and objects have no order.
  return sql`(CASE WHEN typeof(${value}) IN ('integer', 'real') THEN max(-1e308, min(1e308, ${value})) WHEN substr(${value}, 1, 1) IN ('{', '[') THEN NULL ELSE ${value} END)`;
}

function runValues(db: ReadableDb, ids: readonly number[], columns: readonly string[]): ReadonlyMap<number, Record<string, JsonObject[string]>> {
  if (columns.length === 0 || ids.length === 0) return new Map();
  const wanted = columns.map((column) => ({ column, ...valuePath(column) }));
  const rows = db.all<{ id: number; config: string; summary: string }>(sql`SELECT r.id, r.config, r.summary FROM json_each(${JSON.stringify(ids)}) j CROSS JOIN runs r ON r.id = j.value`);
  return new Map(rows.map((row) => {
    const read = { config: parseLooseJson(row.config, 'words'), summary: parseLooseJson(row.summary, 'words') };
    const values: Record<string, JsonObject[string]> = {};
    for (const { column, root, path } of wanted) {
      const value = valueAt(read[root], path);
      if (value !== undefined) values[column] = value as JsonObject[string];
    }
    return [row.id, values];
  }));
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const whole = path.join('.');
  if (Object.hasOwn(value, whole)) return (value as Record<string, unknown>)[whole];
  const [step = '', ...rest] = path;
  if (!Object.hasOwn(value, step)) return undefined;
  const inner = (value as Record<string, unknown>)[step];
  return rest.length === 0 ? inner : valueAt(inner, rest);
}

export function runIdOf(scope: QueryScope, projectId: number, runId: string): number {
  const id = scope.db.value<number>(sql`SELECT id FROM runs WHERE project_id = ${projectId} AND run_id = ${runId} AND deleted_at IS NULL`);
  if (id === undefined) throw notFound('run', runId);
  return id;
}

export function getRun(scope: QueryScope, input: CheckedInputOf<'runs.get'>): OutputOf<'runs.get'> {
  const run = runRow(scope.db, 'id' in input ? input.id : runIdOf(scope, projectIdOf(scope, input.entity, input.project), input.runId));
  seenProject(scope, run.projectId, { kind: 'run', label: String(run.id) });
  const detail = runDetail(scope.db, run.id);
  if (detail === null) throw notFound('run', run.runId);
  return detail;
}

/** What `runs.get` finds by name, without what there is to say of it. */
export function runIdNamed(scope: QueryScope, input: { readonly entity: string; readonly project: string; readonly runId: string }): number {
  return runIdOf(scope, projectIdOf(scope, input.entity, input.project), input.runId);
}

export function runVersions(scope: QueryScope, input: CheckedInputOf<'runs.versions'>): OutputOf<'runs.versions'> {
  const { db } = scope;
  const run = runRow(db, input.id);
  seenProject(scope, run.projectId, { kind: 'run', label: String(run.id) });
  const filter = projectFilter(scope, sql`v.project_id`);
  const edges = input.relation === 'used' ? sql`run_inputs` : sql`run_outputs`;
  const { ids, ...page } = pageOfIds(db, {
    name: `versions ${input.relation} of ${run.id}${filter.name}`,
    from: filter.where.length === 0 ? sql`FROM ${edges} e` : sql`FROM ${edges} e JOIN versions v ON v.id = e.version_id`,
    where: [sql`e.run_id = ${run.id}`, ...filter.where], key: sql`e.version_id`, id: sql`e.version_id`, descending: false,
  }, input);
  return { items: versionSummaries(db, ids), ...page };
}
