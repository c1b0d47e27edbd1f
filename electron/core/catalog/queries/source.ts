/** Projects, artifacts, runs. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { nameKey } from '#shared/domain/index.ts';
import { notFound } from '../access.ts';
import { artifactSummaries } from '../records/artifacts.ts';
import { projectSummaries } from '../records/projects.ts';
import { artifactRow, runRow } from '../records/rows.ts';
import { runDetail, runSummaries } from '../records/runs.ts';
import { versionSummaries } from '../records/versions.ts';
import type { QueryScope } from '../scope.ts';
import { allOf, sql } from '../sql.ts';
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
  const where = [sql`a.deleted_at IS NULL`];
  let name = `artifacts ${input.sort}`;
  let total: (() => number) | undefined;
  if (input.projectId !== undefined) {
    const { projectId } = input;
    seenProject(scope, projectId);
    where.push(sql`a.project_id = ${projectId}`);
    name += ` of ${projectId}`;
    if (input.type === undefined) total = () => db.value<number>(sql`SELECT artifact_count FROM projects WHERE id = ${projectId}`) ?? 0;
  } else {
    const filter = projectFilter(scope, sql`a.project_id`);
    where.push(...filter.where);
    name += filter.name;
  }
  if (input.type !== undefined) {
    where.push(sql`a.type = ${input.type}`);
    name += ` type ${input.type}`;
  }
  const keys = { name: sql`a.name`, updated: sql`a.updated_at`, created: sql`a.created_at` };
  const { ids, ...page } = pageOfIds(db, { name, from: sql`FROM artifacts a`, where, key: keys[input.sort], id: sql`a.id`, descending: input.direction === 'descending', ...(total === undefined ? {} : { total }) }, input);
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
  if (input.state !== undefined) where.push(sql`r.state = ${input.state}`);
  const { ids, ...page } = pageOfIds(scope.db, { name: `${name} ${input.state ?? ''}`, from: sql`FROM runs r`, where, key: sql`r.created_at`, id: sql`r.id`, descending: true }, input);
  return { items: runSummaries(scope.db, ids).map((run) => ({ ...run, values: {} })), ...page };
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
