/** Path, impact, common ancestors, difference: each a bounded walk, and the algorithms of `shared/lineage` on what it found. */
import type { CheckedInputOf, LineageCarrying, OutputOf } from '#shared/contract/index.ts';
import { buildAdjacency, commonAncestors, compareLineages } from '#shared/lineage/index.ts';
import { visibleRegistries } from '../../access.ts';
import type { QueryScope } from '../../scope.ts';
import { listOf, sql } from '../../sql.ts';
import { codeOf, idsByKind, isRun, keyOf, type Code } from './codes.ts';
import { EdgeReader } from './edges.ts';
import { describeNodes, edgesBetween, factsOf, projectNames } from './nodes.ts';
import { rootCodes, seenNode } from './roots.ts';
import { closure, closureBound, type Closure } from './walk.ts';
import { findWay } from './ways.ts';

export function lineagePath(scope: QueryScope, input: CheckedInputOf<'lineage.path'>): OutputOf<'lineage.path'> {
  const edges = new EdgeReader(scope);
  const from = seenNode(edges, input.from);
  const to = seenNode(edges, input.to);
  let direction: 'downstream' | 'upstream' | 'none' = 'downstream';
  let ways = findWay(edges, from, to, input.limit);
  let { complete } = ways;
  if (ways.shortest.length === 0) {
    const back = findWay(edges, to, from, input.limit);
    complete &&= back.complete;
    ways = { ...back, shortest: back.shortest.toReversed(), paths: back.paths.map((path) => path.toReversed()) };
    direction = ways.shortest.length === 0 ? 'none' : 'upstream';
  }
  const codes = [...new Set([...ways.shortest, ...ways.paths.flat()])];
  if (codes.length === 0) codes.push(...new Set([from, to]));
  const between = edgesBetween(scope.db, edges, codes);
  return {
    from: keyOf(from), to: keyOf(to), direction, shortest: ways.shortest.map(keyOf), paths: ways.paths.map((path) => path.map(keyOf)), truncated: ways.truncated, complete,
    nodes: describeNodes(scope, edges, codes, between), edges: between.edges,
  };
}

/** Aliases that an answer names one by one. */
const carryingLimit = 1000;

export function lineageImpact(scope: QueryScope, input: CheckedInputOf<'lineage.impact'>): OutputOf<'lineage.impact'> {
  const { db } = scope;
  const edges = new EdgeReader(scope);
  const roots = rootCodes(scope, edges, input.root, 10_000);
  const walked = closure(edges, roots.codes, 'downstream');
  const found = walked.codes.slice(roots.codes.length);
  const facts = factsOf(db, found, false);
  const projects = projectNames(db, [...facts.values()].map((fact) => fact.projectId));
  const byType = new Map<string, number>();
  const byProject = new Map<string, number>();
  const byDegree: { degree: number; versions: number; runs: number }[] = [];
  let runCount = 0;
  for (const code of found) {
    const degree = walked.degree.get(code)!;
    // Breadth first: degrees come in their order.
    if (byDegree.at(-1)?.degree !== degree) byDegree.push({ degree, versions: 0, runs: 0 });
    const row = byDegree.at(-1)!;
    const fact = facts.get(code);
    const names = fact === undefined ? undefined : projects.get(fact.projectId);
    if (names !== undefined) raise(byProject, `${names.entity}/${names.project}`);
    if (isRun(code)) {
      runCount++;
      row.runs++;
    } else {
      row.versions++;
      if (fact !== undefined && fact.type !== null) raise(byType, fact.type);
    }
  }
  const standing = aliasesOn(scope, found, input.aliases);
  const shown = found.slice(0, input.limit);
  return {
    root: keyOf(roots.codes[0]!), roots: roots.codes.map(keyOf),
    nodes: describeNodes(scope, edges, [...roots.codes.slice(0, Math.max(1, input.limit)), ...shown]),
    rows: shown.map((code) => ({ key: keyOf(code), degree: walked.degree.get(code)!, through: keyOf(walked.through.get(code)!) })),
    versionCount: found.length - runCount, runCount, depth: byDegree.at(-1)?.degree ?? 0,
    byType: mostFirst(byType), byProject: mostFirst(byProject), byDegree, ...standing, complete: walked.complete && roots.all,
  };
}

function raise(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function mostFirst(counts: ReadonlyMap<string, number>): { name: string; count: number }[] {
  return [...counts].map(([name, count]) => ({ name, count })).sort((left, right) => right.count - left.count || (left.name < right.name ? -1 : 1));
}

type AliasRow = { readonly versionId: number; readonly alias: string; readonly holder: string; readonly at: 'artifact' | 'collection'; readonly idx: number; readonly registryId: number | null };

/** Which aliases stand on which of the nodes, in their artifacts and in the collections that may be seen. */
export function aliasesOn(scope: QueryScope, codes: readonly Code[], wanted: readonly string[] | undefined): { readonly carrying: LineageCarrying[]; readonly byAlias: { name: string; count: number }[] } {
  const { versions } = idsByKind(codes);
  const list = JSON.stringify(versions);
  const only = wanted === undefined ? sql`1` : sql`x.alias IN ${listOf(wanted)}`;
  const registries = visibleRegistries(scope.db, scope.asker);
  const rows = [
    ...scope.db.all<AliasRow>(sql`
      SELECT v.id AS versionId, x.alias, t.name || '/' || p.name || '/' || a.name AS holder, 'artifact' AS at, v.idx, NULL AS registryId
      FROM json_each(${list}) j CROSS JOIN aliases x ON x.holder_kind = 'artifact' AND x.target_id = j.value JOIN versions v ON v.id = x.target_id JOIN artifacts a ON a.id = v.artifact_id
      JOIN projects p ON p.id = v.project_id JOIN teams t ON t.id = p.team_id WHERE ${only}`),
    ...scope.db.all<AliasRow>(sql`
      SELECT l.version_id AS versionId, x.alias, r.name || '/' || c.name AS holder, 'collection' AS at, l.idx, r.id AS registryId
      FROM json_each(${list}) j CROSS JOIN links l ON l.version_id = j.value AND l.removed_at IS NULL JOIN aliases x ON x.holder_kind = 'collection' AND x.target_id = l.id
      JOIN collections c ON c.id = l.collection_id JOIN registries r ON r.id = c.registry_id WHERE ${only}`),
  ].filter((row) => row.registryId === null || registries.has(row.registryId));
  const rank = (alias: string): number => (alias === 'production' ? 0 : alias === 'latest' ? 2 : 1);
  rows.sort((left, right) => rank(left.alias) - rank(right.alias) || (left.alias < right.alias ? -1 : left.alias > right.alias ? 1 : 0) || (left.at === right.at ? 0 : left.at === 'collection' ? -1 : 1) || (left.holder < right.holder ? -1 : left.holder > right.holder ? 1 : left.versionId - right.versionId));
  const counts = new Map<string, number>();
  for (const row of rows) raise(counts, row.alias);
  return {
    carrying: rows.slice(0, carryingLimit).map((row) => ({ key: keyOf(codeOf('version', row.versionId)), alias: row.alias, holder: row.holder, in: row.at, index: row.idx })),
    byAlias: mostFirst(counts),
  };
}

export function lineageCommon(scope: QueryScope, input: CheckedInputOf<'lineage.common'>): OutputOf<'lineage.common'> {
  const edges = new EdgeReader(scope);
  const first = seenNode(edges, input.first);
  const second = seenNode(edges, input.second);
  const ofFirst = closure(edges, [first], 'upstream');
  const ofSecond = closure(edges, [second], 'upstream');
  const { graph, codes, indexOf } = graphOf([ofFirst, ofSecond], [first, second]);
  const common = commonAncestors(graph, indexOf.get(first)!, indexOf.get(second)!);
  const nearest = new Set(common.nearest);
  const all = common.all
    .map((node) => ({ code: codes[node]!, stepsToFirst: ofFirst.degree.get(codes[node]!)!, stepsToSecond: ofSecond.degree.get(codes[node]!)!, nearest: nearest.has(node) }))
    .sort((left, right) => left.stepsToFirst + left.stepsToSecond - right.stepsToFirst - right.stepsToSecond || left.code - right.code);
  const shown = all.slice(0, input.limit);
  return {
    first: keyOf(first), second: keyOf(second),
    ancestors: shown.map(({ code, ...steps }) => ({ key: keyOf(code), ...steps })),
    nodes: describeNodes(scope, edges, [...new Set([first, second, ...shown.map((one) => one.code)])]),
    total: all.length,
    complete: ofFirst.complete && ofSecond.complete,
  };
}

function graphOf(closures: readonly Closure[], ends: readonly Code[]): { readonly graph: ReturnType<typeof buildAdjacency>; readonly codes: readonly Code[]; readonly indexOf: ReadonlyMap<Code, number> } {
  const indexOf = new Map<Code, number>();
  const codes: Code[] = [];
  for (const code of [...ends, ...closures.flatMap((one) => one.codes)]) {
    if (indexOf.has(code)) continue;
    indexOf.set(code, codes.length);
    codes.push(code);
  }
  const source: number[] = [];
  const target: number[] = [];
  for (const { edges } of closures) {
    for (let at = 0; at < edges.from.length; at++) {
      source.push(indexOf.get(edges.from[at]!)!);
      target.push(indexOf.get(edges.to[at]!)!);
    }
  }
  return { graph: buildAdjacency(codes.length, Int32Array.from(source), Int32Array.from(target)), codes, indexOf };
}

export function lineageCompare(scope: QueryScope, input: CheckedInputOf<'lineage.compare'>): OutputOf<'lineage.compare'> {
  const edges = new EdgeReader(scope);
  const first = seenNode(edges, input.first);
  const second = seenNode(edges, input.second);
  const bound = { nodes: input.limit, edges: closureBound.edges };
  const ofFirst = closure(edges, [first], 'upstream', { depth: input.up, bound });
  const ofSecond = closure(edges, [second], 'upstream', { depth: input.up, bound });
  const codes = [...new Set([...ofFirst.codes, ...ofSecond.codes])];
  const between = edgesBetween(scope.db, edges, codes);
  const nodes = describeNodes(scope, edges, codes, between);
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const pick = (walked: Closure) => walked.codes.flatMap((code) => byKey.get(keyOf(code)) ?? []);
  return {
    first: keyOf(first), second: keyOf(second),
    rows: compareLineages(pick(ofFirst), pick(ofSecond)).map((row) => ({ ...row, first: [...row.first], second: [...row.second] })),
    nodes, edges: between.edges, truncated: !ofFirst.complete || !ofSecond.complete || between.truncated,
  };
}
