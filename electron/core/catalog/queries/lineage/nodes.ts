/** From codes to what an answer says of nodes and of the edges between them. */
import type { LineageEdge, LineageNode, RunId, RunState, VersionId, VersionState } from '#shared/contract/index.ts';
import { chips, groupBy, stringList, timestamp } from '../../records/shared.ts';
import { linkMarks } from '../../records/versions.ts';
import type { ReadableDb } from '../../connection.ts';
import type { QueryScope } from '../../scope.ts';
import { sql, type Sql } from '../../sql.ts';
import { codeOf, idsByKind, keyOf, type Code, type Kind } from './codes.ts';
import type { EdgeReader } from './edges.ts';

type VersionRow = { readonly id: number; readonly projectId: number; readonly artifact: string; readonly type: string; readonly idx: number; readonly state: VersionState; readonly size: number; readonly createdAt: number; readonly linkCount: number };
type RunRow = {
  readonly id: number; readonly projectId: number; readonly runId: string; readonly displayName: string; readonly state: RunState; readonly jobType: string | null; readonly runGroup: string | null;
  readonly tags: string; readonly createdAt: number; readonly finishedAt: number | null; readonly deletedAt: number | null;
};

type LineageVersionNode = Extract<LineageNode, { readonly kind: 'version' }>;
type LineageRunNode = Extract<LineageNode, { readonly kind: 'run' }>;

const unguarded: ReadonlySet<string> = new Set();

/** Edges that an answer holds at most: far beyond what can be drawn or read, and what a dense imported graph must not exceed. */
export const edgeLimit = 200_000;

export type EdgesBetween = {
  readonly edges: LineageEdge[];
  readonly truncated: boolean;
  /** How many versions each run used and logged in all, by row id: known by the way, for every edge of the runs was read. Null where not all were. */
  readonly ofRuns: { readonly up: ReadonlyMap<number, number>; readonly down: ReadonlyMap<number, number> } | null;
};

/** Rows that are taken into memory at once; more are read one by one, which is slower for each. */
const rowsAtOnce = 50_000;

/**
 * Every edge between two of the nodes, whichever way they were found. Read from the side with fewer nodes; what a single run or version has
 * beside it that is not among the nodes costs its row and no more.
 */
export function edgesBetween(db: ReadableDb, edges: EdgeReader, codes: readonly Code[]): EdgesBetween {
  const { versions, runs } = idsByKind(codes);
  const upOfRuns = new Map<number, number>();
  const downOfRuns = new Map<number, number>();
  const found: LineageEdge[] = [];
  let truncated = false;
  const versionSet = new Set(versions);
  const list = JSON.stringify(runs);
  type Row = { readonly runId: number; readonly versionId: number; readonly provenance: LineageEdge['provenance']; readonly usedAs: string | null };
  const room = (): number => edgeLimit - found.length;
  const take = (rows: Iterable<Row>, relation: 'used' | 'logged'): void => {
    const degrees = relation === 'used' ? upOfRuns : downOfRuns;
    for (const row of rows) {
      degrees.set(row.runId, (degrees.get(row.runId) ?? 0) + 1);
      if (!versionSet.has(row.versionId)) continue;
      if (room() <= 0) {
        truncated = true;
        return;
      }
      const [from, to] = relation === 'used' ? [codeOf('version', row.versionId), codeOf('run', row.runId)] : [codeOf('run', row.runId), codeOf('version', row.versionId)];
      found.push({ from: keyOf(from), to: keyOf(to), relation, provenance: row.provenance, ...(row.usedAs === null ? {} : { usedAs: row.usedAs }) });
    }
  };
  const used = sql`SELECT e.run_id AS runId, e.version_id AS versionId, e.provenance, e.used_as AS usedAs FROM json_each(${list}) j CROSS JOIN run_inputs e ON e.run_id = j.value`;
  const logged = sql`SELECT e.run_id AS runId, e.version_id AS versionId, e.provenance, NULL AS usedAs FROM json_each(${list}) j CROSS JOIN run_outputs e ON e.run_id = j.value`;
  if (runs.length > 0) {
    take(rowsOf<Row>(db, used), 'used');
    take(rowsOf<Row>(db, logged), 'logged');
  }
  if (edges.anyManual) {
    const codeSet = new Set(codes);
    for (const [kind, ids] of [['version', versions], ['run', runs]] as const) {
      const rows = db.iterate<{ fromId: number; toKind: Kind; toId: number; reason: string; by: string; at: number }>(sql`
        SELECT e.from_id AS fromId, e.to_kind AS toKind, e.to_id AS toId, e.reason, u.username AS "by", e.at
        FROM json_each(${JSON.stringify(ids)}) j CROSS JOIN manual_edges e ON e.from_kind = ${kind} AND e.from_id = j.value JOIN users u ON u.id = e.created_by`);
      for (const row of rows) {
        const to = codeOf(row.toKind, row.toId);
        if (!codeSet.has(to)) continue;
        if (room() <= 0) {
          truncated = true;
          break;
        }
        found.push({ from: keyOf(codeOf(kind, row.fromId)), to: keyOf(to), relation: 'manual', provenance: 'manual', byHand: { reason: row.reason, by: row.by, at: timestamp(row.at) } });
      }
    }
  }
  return { edges: found, truncated, ofRuns: truncated || edges.restricted ? null : { up: upOfRuns, down: downOfRuns } };
}

function rowsOf<Row>(db: ReadableDb, query: Sql): Iterable<Row> {
  const rows = db.all<Row>(sql`${query} LIMIT ${rowsAtOnce}`);
  return rows.length < rowsAtOnce ? rows : db.iterate<Row>(query);
}

/** What an answer says of nodes, in the order of the codes. What is not there, or may not be seen, is left out by `edges.seen` before. */
export function describeNodes(scope: QueryScope, edges: EdgeReader, codes: readonly Code[], between: Pick<EdgesBetween, 'edges' | 'ofRuns'> = { edges: [], ofRuns: null }): LineageNode[] {
  const { db } = scope;
  const { versions, runs } = idsByKind(codes);
  const shownUp = new Map<string, number>();
  const shownDown = new Map<string, number>();
  for (const edge of between.edges) {
    shownUp.set(edge.to, (shownUp.get(edge.to) ?? 0) + 1);
    shownDown.set(edge.from, (shownDown.get(edge.from) ?? 0) + 1);
  }
  const up = edges.degrees(codes, 'upstream', between.ofRuns?.up);
  const down = edges.degrees(codes, 'downstream', between.ofRuns?.down);
  const hiddenUp = (code: Code, key: string): number => Math.max(0, (up.get(code) ?? 0) - (shownUp.get(key) ?? 0));
  const hiddenDown = (code: Code, key: string): number => Math.max(0, (down.get(code) ?? 0) - (shownDown.get(key) ?? 0));
  const described = new Map<Code, LineageNode>();
  const list = JSON.stringify(versions);
  const versionRows = db.all<VersionRow>(sql`
    SELECT v.id, v.project_id AS projectId, a.name AS artifact, v.type, v.idx, v.state, v.size, v.created_at AS createdAt, v.link_count AS linkCount
    FROM json_each(${list}) j CROSS JOIN versions v ON v.id = j.value JOIN artifacts a ON a.id = v.artifact_id`);
  const runRows = db.all<RunRow>(sql`
    SELECT r.id, r.project_id AS projectId, r.run_id AS runId, r.display_name AS displayName, r.state, r.job_type AS jobType, r.run_group AS runGroup, r.tags, r.created_at AS createdAt,
      r.finished_at AS finishedAt, r.deleted_at AS deletedAt
    FROM json_each(${JSON.stringify(runs)}) j CROSS JOIN runs r ON r.id = j.value`);
  const projects = projectNames(db, [...versionRows, ...runRows].map((row) => row.projectId));
  const aliases = groupBy(
    db.all<{ id: number; alias: string }>(sql`SELECT x.target_id AS id, x.alias FROM json_each(${list}) j CROSS JOIN aliases x ON x.holder_kind = 'artifact' AND x.target_id = j.value`),
    (row) => row.id,
  );
  const tags = groupBy(
    db.all<{ id: number; tag: string }>(sql`SELECT x.version_id AS id, t.tag FROM json_each(${list}) j CROSS JOIN version_tags x ON x.version_id = j.value JOIN tags t ON t.id = x.tag_id`),
    (row) => row.id,
  );
  const marks = linkMarks(scope, versionRows.filter((row) => row.linkCount > 0).map((row) => row.id));
  // Ten thousand of them: written out, each of one shape, they take half as long as put together by spreading.
  for (const row of versionRows) {
    const code = codeOf('version', row.id);
    const key = keyOf(code);
    const { entity, project } = projects.get(row.projectId)!;
    const named = aliases.get(row.id);
    const node: LineageVersionNode = {
      kind: 'version', key, id: row.id as VersionId, entity, project, artifact: row.artifact, type: row.type, index: row.idx, state: row.state,
      aliases: named === undefined ? [] : chips(named.map((one) => one.alias), unguarded), size: row.size, createdAt: timestamp(row.createdAt), links: marks.get(row.id) ?? [],
      hiddenUpstream: hiddenUp(code, key), hiddenDownstream: hiddenDown(code, key),
    };
    const own = tags.get(row.id);
    if (own !== undefined) node.tags = own.map((one) => one.tag).sort();
    described.set(code, node);
  }
  for (const row of runRows) {
    const code = codeOf('run', row.id);
    const key = keyOf(code);
    const { entity, project } = projects.get(row.projectId)!;
    const node: LineageRunNode = {
      kind: 'run', key, id: row.id as RunId, entity, project, runId: row.runId, displayName: row.displayName, state: row.state, jobType: row.jobType, createdAt: timestamp(row.createdAt),
      durationSeconds: row.finishedAt === null ? null : Math.max(0, (row.finishedAt - row.createdAt) / 1000), hiddenUpstream: hiddenUp(code, key), hiddenDownstream: hiddenDown(code, key),
    };
    if (row.runGroup !== null) node.group = row.runGroup;
    if (row.deletedAt !== null) node.deleted = true;
    const own = row.tags === '[]' ? [] : stringList(row.tags);
    if (own.length > 0) node.tags = own;
    described.set(code, node);
  }
  return codes.flatMap((code) => described.get(code) ?? []);
}

export type ProjectNames = { readonly entity: string; readonly project: string };

export function projectNames(db: ReadableDb, ids: Iterable<number>): ReadonlyMap<number, ProjectNames> {
  const rows = db.all<ProjectNames & { id: number }>(sql`
    SELECT p.id, t.name AS entity, p.name AS project FROM json_each(${JSON.stringify([...new Set(ids)])}) j CROSS JOIN projects p ON p.id = j.value JOIN teams t ON t.id = p.team_id`);
  return new Map(rows.map(({ id, ...names }) => [id, names]));
}

/** What filters and counts need to know of many nodes. */
export type NodeFacts = { readonly projectId: number; readonly type: string | null; readonly state: string; readonly createdAt: number; readonly tags: readonly string[] };

export function factsOf(db: ReadableDb, codes: readonly Code[], withTags: boolean): ReadonlyMap<Code, NodeFacts> {
  const { versions, runs } = idsByKind(codes);
  const list = JSON.stringify(versions);
  const tags = !withTags ? new Map<number, { tag: string }[]>() : groupBy(
    db.all<{ id: number; tag: string }>(sql`SELECT x.version_id AS id, t.tag FROM json_each(${list}) j CROSS JOIN version_tags x ON x.version_id = j.value JOIN tags t ON t.id = x.tag_id`),
    (row) => row.id,
  );
  const facts = new Map<Code, NodeFacts>();
  for (const row of db.iterate<{ id: number; projectId: number; type: string; state: string; createdAt: number }>(sql`
    SELECT v.id, v.project_id AS projectId, v.type, v.state, v.created_at AS createdAt FROM json_each(${list}) j CROSS JOIN versions v ON v.id = j.value`)) {
    facts.set(codeOf('version', row.id), { ...row, tags: (tags.get(row.id) ?? []).map((one) => one.tag) });
  }
  for (const row of db.iterate<{ id: number; projectId: number; state: string; createdAt: number; tags: string }>(sql`
    SELECT r.id, r.project_id AS projectId, r.state, r.created_at AS createdAt, r.tags FROM json_each(${JSON.stringify(runs)}) j CROSS JOIN runs r ON r.id = j.value`)) {
    facts.set(codeOf('run', row.id), { ...row, type: null, tags: withTags ? stringList(row.tags) : [] });
  }
  return facts;
}

