/**
 * The neighbourhood of a version or a run: breadth first from the root, a layer at a time and upstream and downstream in turn, so that a
 * limit cuts off what is farthest and never what happens to be read late.
 */
import { VitrineError } from '#shared/contract/errors.ts';
import type { LineageEdge, LineageNode, OutputOf, CheckedInputOf } from '#shared/contract/index.ts';
import { linkMarks } from '../records/versions.ts';

import { visibleProjects } from '../access.ts';
import { chips, groupBy } from '../records/shared.ts';
import type { ReadableDb } from '../connection.ts';
import type { Query, QueryScope } from '../scope.ts';
import { listOf, sql } from '../sql.ts';

type Kind = 'version' | 'run';
type Direction = 'up' | 'down';
type EdgeRow = { readonly runId: number; readonly versionId: number; readonly provenance: LineageEdge['provenance'] };
type ManualRow = { readonly fromKind: Kind; readonly fromId: number; readonly toKind: Kind; readonly toId: number };

const keyOf = (kind: Kind, id: number): string => `${kind}:${id}`;

/** What was found, by key, in the order of nearness. */
class Neighbourhood {
  readonly ids: Readonly<Record<Kind, Set<number>>> = { version: new Set(), run: new Set() };
  readonly edges = new Map<string, LineageEdge>();
  truncated = false;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.ids.version.size + this.ids.run.size;
  }

  has(kind: Kind, id: number): boolean {
    return this.ids[kind].has(id);
  }

  /** Whether it is new and there was room for it. */
  add(kind: Kind, id: number): boolean {
    if (this.ids[kind].has(id)) return false;
    if (this.size >= this.#limit) {
      this.truncated = true;
      return false;
    }
    this.ids[kind].add(id);
    return true;
  }
}

type Frontier = Readonly<Record<Kind, readonly number[]>>;

/**
 * One step along the edges. A fan of 50,000 uses must not be read to take the first thousand, so each node's edges are read only as far as
 * there can be room for their ends: `room` rows in all, one past it to know that there were more.
 */
function step(db: ReadableDb, frontier: Frontier, direction: Direction, room: number): { readonly runEdges: readonly (EdgeRow & { readonly relation: 'used' | 'logged' })[]; readonly manual: readonly ManualRow[] } {
  const runEdges: (EdgeRow & { readonly relation: 'used' | 'logged' })[] = [];
  const take = (relation: 'used' | 'logged', rows: readonly EdgeRow[]): void => {
    for (const row of rows) runEdges.push({ ...row, relation });
  };
  if (frontier.version.length > 0) {
    const versions = listOf(frontier.version);
    // Upstream of a version is what logged it, downstream is what used it.
    if (direction === 'up') take('logged', db.all<EdgeRow>(sql`SELECT run_id AS runId, version_id AS versionId, provenance FROM run_outputs WHERE version_id IN ${versions} LIMIT ${room + 1}`));
    else take('used', db.all<EdgeRow>(sql`SELECT run_id AS runId, version_id AS versionId, provenance FROM run_inputs WHERE version_id IN ${versions} LIMIT ${room + 1}`));
  }
  if (frontier.run.length > 0) {
    const runs = listOf(frontier.run);
    if (direction === 'up') take('used', db.all<EdgeRow>(sql`SELECT run_id AS runId, version_id AS versionId, provenance FROM run_inputs WHERE run_id IN ${runs} LIMIT ${room + 1}`));
    else take('logged', db.all<EdgeRow>(sql`SELECT run_id AS runId, version_id AS versionId, provenance FROM run_outputs WHERE run_id IN ${runs} LIMIT ${room + 1}`));
  }
  const manual: ManualRow[] = [];
  for (const kind of ['version', 'run'] as const) {
    if (frontier[kind].length === 0) continue;
    const ids = listOf(frontier[kind]);
    manual.push(...(direction === 'up'
      ? db.all<ManualRow>(sql`SELECT from_kind AS fromKind, from_id AS fromId, to_kind AS toKind, to_id AS toId FROM manual_edges WHERE to_kind = ${kind} AND to_id IN ${ids} LIMIT ${room + 1}`)
      : db.all<ManualRow>(sql`SELECT from_kind AS fromKind, from_id AS fromId, to_kind AS toKind, to_id AS toId FROM manual_edges WHERE from_kind = ${kind} AND from_id IN ${ids} LIMIT ${room + 1}`)));
  }
  return { runEdges, manual };
}

function walk(db: ReadableDb, root: { readonly kind: Kind; readonly id: number }, depths: Readonly<Record<Direction, number>>, limit: number): Neighbourhood {
  const found = new Neighbourhood(limit);
  found.add(root.kind, root.id);
  const start: Frontier = { version: root.kind === 'version' ? [root.id] : [], run: root.kind === 'run' ? [root.id] : [] };
  const frontiers: Record<Direction, Frontier> = { up: start, down: start };
  for (let depth = 0; depth < Math.max(depths.up, depths.down); depth++) {
    for (const direction of ['up', 'down'] as const) {
      const frontier = frontiers[direction];
      if (depth >= depths[direction] || (frontier.version.length === 0 && frontier.run.length === 0)) continue;
      const next: Record<Kind, number[]> = { version: [], run: [] };
      // Edges to what is known already take rows too: one per known node at most, beside those with room.
      const { runEdges, manual } = step(db, frontier, direction, limit + found.size);
      for (const edge of runEdges) {
        const other: Kind = (edge.relation === 'logged') === (direction === 'up') ? 'run' : 'version';
        const id = other === 'run' ? edge.runId : edge.versionId;
        if (found.add(other, id)) next[other].push(id);
      }
      for (const edge of manual) {
        const [kind, id] = direction === 'up' ? [edge.fromKind, edge.fromId] : [edge.toKind, edge.toId];
        if (found.add(kind, id)) next[kind].push(id);
      }
      frontiers[direction] = next;
    }
  }
  collectEdges(db, found);
  return found;
}

/** Every edge between two nodes that are both shown, whichever way they were found. */
function collectEdges(db: ReadableDb, found: Neighbourhood): void {
  const runs = listOf([...found.ids.run]);
  const versions = listOf([...found.ids.version]);
  const add = (from: string, to: string, relation: LineageEdge['relation'], provenance: LineageEdge['provenance']): void => {
    found.edges.set(`${from}>${to}`, { from, to, relation, provenance });
  };
  for (const row of db.all<EdgeRow>(sql`SELECT run_id AS runId, version_id AS versionId, provenance FROM run_inputs WHERE run_id IN ${runs} AND version_id IN ${versions}`)) {
    add(keyOf('version', row.versionId), keyOf('run', row.runId), 'used', row.provenance);
  }
  for (const row of db.all<EdgeRow>(sql`SELECT run_id AS runId, version_id AS versionId, provenance FROM run_outputs WHERE run_id IN ${runs} AND version_id IN ${versions}`)) {
    add(keyOf('run', row.runId), keyOf('version', row.versionId), 'logged', row.provenance);
  }
  for (const [kind, ids] of [['version', versions], ['run', runs]] as const) {
    for (const row of db.all<ManualRow>(sql`SELECT from_kind AS fromKind, from_id AS fromId, to_kind AS toKind, to_id AS toId FROM manual_edges WHERE from_kind = ${kind} AND from_id IN ${ids}`)) {
      if (found.has(row.toKind, row.toId)) add(keyOf(row.fromKind, row.fromId), keyOf(row.toKind, row.toId), 'manual', 'manual');
    }
  }
}

type VersionRow = {
  readonly id: number; readonly artifactId: number; readonly entity: string; readonly project: string; readonly projectId: number; readonly artifact: string; readonly type: string; readonly idx: number;
  readonly state: 'pending' | 'committed' | 'deleted'; readonly size: number; readonly createdAt: number;
};
type RunRow = {
  readonly id: number; readonly entity: string; readonly project: string; readonly projectId: number; readonly runId: string; readonly displayName: string;
  readonly state: 'running' | 'finished' | 'failed' | 'crashed' | 'killed'; readonly jobType: string | null; readonly createdAt: number; readonly finishedAt: number | null;
};

const unguarded: ReadonlySet<string> = new Set();

/** How many neighbours each node has on each side in the whole catalog, counted no further than matters to a badge. */
const countedNeighbours = 10_000;

function degrees(db: ReadableDb, kind: Kind, ids: readonly number[], direction: Direction): ReadonlyMap<number, number> {
  const list = listOf(ids);
  const bound = sql`${countedNeighbours}`;
  const manual = direction === 'up'
    ? sql`(SELECT count(*) FROM (SELECT 1 FROM manual_edges WHERE to_kind = ${kind} AND to_id = value LIMIT ${bound}))`
    : sql`(SELECT count(*) FROM (SELECT 1 FROM manual_edges WHERE from_kind = ${kind} AND from_id = value LIMIT ${bound}))`;
  const counted = kind === 'version'
    ? (direction === 'up' ? sql`(SELECT 1 FROM run_outputs WHERE version_id = value LIMIT ${bound})` : sql`(SELECT 1 FROM run_inputs WHERE version_id = value LIMIT ${bound})`)
    : (direction === 'up' ? sql`(SELECT 1 FROM run_inputs WHERE run_id = value LIMIT ${bound})` : sql`(SELECT 1 FROM run_outputs WHERE run_id = value LIMIT ${bound})`);
  const rows = db.all<{ id: number; count: number }>(sql`SELECT value AS id, (SELECT count(*) FROM ${counted}) + ${manual} AS count FROM ${list}`);
  return new Map(rows.map((row) => [row.id, row.count]));
}

function nodesOf(scope: QueryScope, found: Neighbourhood): readonly LineageNode[] {
  const { db } = scope;
  const shown = { up: new Map<string, number>(), down: new Map<string, number>() };
  for (const edge of found.edges.values()) {
    shown.up.set(edge.to, (shown.up.get(edge.to) ?? 0) + 1);
    shown.down.set(edge.from, (shown.down.get(edge.from) ?? 0) + 1);
  }
  const versionIds = [...found.ids.version];
  const runIds = [...found.ids.run];
  const visible = visibleProjects(db, scope.asker);
  const hidden = (kind: Kind, id: number, direction: Direction, counts: ReadonlyMap<number, number>): number => Math.max(0, (counts.get(id) ?? 0) - (shown[direction].get(keyOf(kind, id)) ?? 0));

  const marks = linkMarks(scope, versionIds);
  const aliases = groupBy(
    db.all<{ id: number; alias: string }>(sql`SELECT target_id AS id, alias FROM aliases WHERE holder_kind = 'artifact' AND target_id IN ${listOf(versionIds)}`),
    (row) => row.id,
  );
  const versionUp = degrees(db, 'version', versionIds, 'up');
  const versionDown = degrees(db, 'version', versionIds, 'down');
  const versions = db.all<VersionRow>(sql`
    SELECT v.id, v.artifact_id AS artifactId, t.name AS entity, p.name AS project, p.id AS projectId, a.name AS artifact, v.type, v.idx, v.state, v.size, v.created_at AS createdAt
    FROM ${listOf(versionIds)} wanted JOIN versions v ON v.id = wanted.value JOIN artifacts a ON a.id = v.artifact_id JOIN projects p ON p.id = v.project_id JOIN teams t ON t.id = p.team_id`)
    .filter((row) => visible === null || visible.has(row.projectId))
    .map((row): LineageNode => ({
      kind: 'version', key: keyOf('version', row.id), id: row.id as never, entity: row.entity, project: row.project, artifact: row.artifact, type: row.type, index: row.idx, state: row.state,
      aliases: chips((aliases.get(row.id) ?? []).map((found) => found.alias), unguarded), size: row.size, createdAt: new Date(row.createdAt).toISOString(), links: [...(marks.get(row.id) ?? [])],
      hiddenUpstream: hidden('version', row.id, 'up', versionUp), hiddenDownstream: hidden('version', row.id, 'down', versionDown),
    }));

  const runUp = degrees(db, 'run', runIds, 'up');
  const runDown = degrees(db, 'run', runIds, 'down');
  const runs = db.all<RunRow>(sql`
    SELECT r.id, t.name AS entity, p.name AS project, p.id AS projectId, r.run_id AS runId, r.display_name AS displayName, r.state, r.job_type AS jobType, r.created_at AS createdAt, r.finished_at AS finishedAt
    FROM ${listOf(runIds)} wanted JOIN runs r ON r.id = wanted.value JOIN projects p ON p.id = r.project_id JOIN teams t ON t.id = p.team_id`)
    .filter((row) => visible === null || visible.has(row.projectId))
    .map((row): LineageNode => ({
      kind: 'run', key: keyOf('run', row.id), id: row.id as never, entity: row.entity, project: row.project, runId: row.runId, displayName: row.displayName, state: row.state, jobType: row.jobType,
      createdAt: new Date(row.createdAt).toISOString(), durationSeconds: row.finishedAt === null ? null : Math.max(0, (row.finishedAt - row.createdAt) / 1000),
      hiddenUpstream: hidden('run', row.id, 'up', runUp), hiddenDownstream: hidden('run', row.id, 'down', runDown),
    }));
  return [...versions, ...runs];
}

function neighbourhood(scope: QueryScope, input: CheckedInputOf<'lineage.neighbourhood'>): OutputOf<'lineage.neighbourhood'> {
  const { db } = scope;
  const { root } = input;
  const stands = root.kind === 'version' ? db.value<number>(sql`SELECT 1 FROM versions WHERE id = ${root.id}`) : db.value<number>(sql`SELECT 1 FROM runs WHERE id = ${root.id}`);
  if (stands === undefined) throw new VitrineError('not_found', { details: { kind: root.kind, label: String(root.id) } });
  const found = walk(db, root, { up: input.up, down: input.down }, input.limit);
  const nodes = nodesOf(scope, found);
  const rootKey = keyOf(root.kind, root.id);
  const keys = new Set(nodes.map((node) => node.key));
  if (!keys.has(rootKey)) throw new VitrineError('not_found', { details: { kind: root.kind, label: String(root.id) } });
  return {
    root: rootKey,
    nodes: [...nodes],
    edges: [...found.edges.values()].filter((edge) => keys.has(edge.from) && keys.has(edge.to)),
    truncated: found.truncated,
  };
}

export const lineageQueries: Readonly<Record<string, Query>> = { 'lineage.neighbourhood': neighbourhood };
