/** What stands around a version, a run, a collection or a selection. */
import type { CheckedInputOf, LineageFilter, LineageNode, OutputOf } from '#shared/contract/index.ts';
import { buildAdjacency, keepOnTheWay } from '#shared/lineage/index.ts';
import type { QueryScope } from '../../scope.ts';
import { isRun, keyOf, type Code } from './codes.ts';
import { EdgeReader } from './edges.ts';
import { describeNodes, edgesBetween, factsOf, projectNames } from './nodes.ts';
import { rootCodes } from './roots.ts';
import { walkAround, type Walked } from './walk.ts';

/** Nodes that a walk may pass to find those that match a filter, for each that may be shown. */
const passedPerShown = 20;

export function neighbourhood(scope: QueryScope, input: CheckedInputOf<'lineage.neighbourhood'>): OutputOf<'lineage.neighbourhood'> {
  const edges = new EdgeReader(scope);
  const roots = rootCodes(scope, edges, input.root, input.limit);
  const { filter } = input;
  const walked = walkAround(edges, roots.codes, input, filter === undefined ? input.limit : input.limit * passedPerShown);
  const kept = filter === undefined ? { codes: walked.codes, between: new Set<Code>(), truncated: walked.truncated } : filtered(scope, edges, walked, filter, input.limit);
  const between = edgesBetween(scope.db, edges, kept.codes);
  const nodes = describeNodes(scope, edges, kept.codes, between);
  return {
    root: keyOf(roots.codes[0]!),
    roots: roots.codes.map(keyOf),
    nodes: kept.between.size === 0 ? nodes : marked(nodes, kept.between),
    edges: between.edges,
    truncated: kept.truncated || between.truncated || !roots.all,
  };
}

function marked(nodes: readonly LineageNode[], between: ReadonlySet<Code>): LineageNode[] {
  const keys = new Set([...between].map(keyOf));
  return nodes.map((node) => (keys.has(node.key) ? { ...node, between: true as const } : node));
}

/** Nearest first, as many as may be shown: a match comes with its way, so a cut leaves nothing hanging. */
function filtered(scope: QueryScope, edges: EdgeReader, walked: Walked, filter: LineageFilter, limit: number): { readonly codes: readonly Code[]; readonly between: ReadonlySet<Code>; readonly truncated: boolean } {
  const { codes, distance } = walked;
  const matches = matching(scope, codes, filter);
  const indexOf = new Map(codes.map((code, index) => [code, index]));
  const source: number[] = [];
  const target: number[] = [];
  for (let from = 0; from < codes.length; from += readAtOnce) {
    // Every edge between walked nodes has its later end downstream of its earlier one, so one direction finds all.
    const steps = edges.read(codes.slice(from, from + readAtOnce), 'downstream', edgesAtOnce);
    for (let at = 0; at < steps.owner.length; at++) {
      const end = indexOf.get(steps.other[at]!);
      if (end === undefined) continue;
      source.push(indexOf.get(steps.owner[at]!)!);
      target.push(end);
    }
  }
  const graph = buildAdjacency(codes.length, Int32Array.from(source), Int32Array.from(target));
  const keep = keepOnTheWay(graph, Int32Array.from(codes, (code) => distance.get(code)!), matches);
  // The walk's order is that of nearness: what is cut off is farthest, and what leads to what stays is nearer than it.
  const kept = codes.filter((_, index) => keep[index] === 1);
  const shown = kept.slice(0, limit);
  return { codes: shown, between: new Set(shown.filter((code) => matches[indexOf.get(code)!] === 0 && distance.get(code) !== 0)), truncated: walked.truncated || kept.length > limit };
}

const readAtOnce = 2000;
const edgesAtOnce = 500_000;

function matching(scope: QueryScope, codes: readonly Code[], filter: LineageFilter): Uint8Array {
  const facts = factsOf(scope.db, codes, filter.tags !== undefined);
  const projects = filter.projects === undefined ? null : projectNames(scope.db, [...facts.values()].map((fact) => fact.projectId));
  const types = filter.types === undefined ? null : new Set(filter.types);
  const states = filter.states === undefined ? null : new Set<string>(filter.states);
  const tags = filter.tags === undefined ? null : new Set(filter.tags);
  const wanted = filter.projects === undefined ? null : new Set(filter.projects);
  const from = filter.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(filter.from);
  const until = filter.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(filter.until);
  return Uint8Array.from(codes, (code) => {
    const fact = facts.get(code);
    if (fact === undefined) return 0;
    if (types !== null && (isRun(code) || fact.type === null || !types.has(fact.type))) return 0;
    if (states !== null && !states.has(fact.state)) return 0;
    if (tags !== null && !fact.tags.some((tag) => tags.has(tag))) return 0;
    if (wanted !== null) {
      const names = projects?.get(fact.projectId);
      if (names === undefined || !wanted.has(`${names.entity}/${names.project}`)) return 0;
    }
    return fact.createdAt >= from && fact.createdAt < until ? 1 : 0;
  });
}
