/** Ways between two nodes. */
import { allPaths, buildAdjacency, shortestPath } from '#shared/lineage/index.ts';
import type { Code } from './codes.ts';
import type { EdgeReader } from './edges.ts';
import { closureBound, Expansion } from './walk.ts';

export type Ways = {
  /** Codes from the first end to the last; empty when there is no way. */
  readonly shortest: readonly Code[];
  readonly paths: readonly (readonly Code[])[];
  readonly truncated: boolean;
  /** False where the search was given up at its bound before it knew. */
  readonly complete: boolean;
};

/**
 * Ways along the edges from one node to another. Walks go out from both ends, the narrower frontier first, until one of them has seen all it
 * can: that one then holds every way. So a search between a model and the dataset that 50,000 runs used costs what the model's own
 * ancestry does.
 */
export function findWay(edges: EdgeReader, from: Code, to: Code, limit = 1): Ways {
  if (from === to) return { shortest: [from], paths: [[from]], truncated: false, complete: true };
  const bound = { nodes: closureBound.nodes, edges: closureBound.edges };
  const down = new Expansion(edges, [from], 'downstream', bound);
  const up = new Expansion(edges, [to], 'upstream', bound);
  for (;;) {
    if (down.done && down.complete) return waysWithin(down, from, to, limit, true);
    if (up.done && up.complete) return waysWithin(up, from, to, limit, true);
    if (down.done && up.done) return waysWithin(merged(down, up), from, to, limit, false);
    // A side that ended at its bound knows nothing for certain; the other may still come to its own end.
    if (down.done || (!up.done && up.frontier.length <= down.frontier.length)) up.advance();
    else down.advance();
    // One way is enough: both walks go layer by layer, so the shortest is in what they have read as soon as they meet.
    if (limit === 1 && meets(down, up)) return waysWithin(merged(down, up), from, to, 1, down.complete && up.complete);
  }
}

type Edges = Pick<Expansion, 'from' | 'to'>;

function merged(down: Expansion, up: Expansion): Edges {
  return { from: [...down.from, ...up.from], to: [...down.to, ...up.to] };
}

/** Whether the newest layer of either walk touches the other. */
function meets(down: Expansion, up: Expansion): boolean {
  return down.frontier.some((code) => up.degree.has(code)) || up.frontier.some((code) => down.degree.has(code));
}

function waysWithin(edges: Edges, from: Code, to: Code, limit: number, complete: boolean): Ways {
  const indexOf = new Map<Code, number>([[from, 0], [to, 1]]);
  const codes: Code[] = [from, to];
  const index = (code: Code): number => {
    const known = indexOf.get(code);
    if (known !== undefined) return known;
    indexOf.set(code, codes.length);
    codes.push(code);
    return codes.length - 1;
  };
  const source = Int32Array.from(edges.from, index);
  const target = Int32Array.from(edges.to, index);
  const graph = buildAdjacency(codes.length, source, target);
  const shortest = shortestPath(graph, 0, 1);
  if (shortest === undefined) return { shortest: [], paths: [], truncated: false, complete };
  const way = shortest.map((node) => codes[node]!);
  if (limit === 1) return { shortest: way, paths: [way], truncated: false, complete };
  const all = allPaths(graph, 0, 1, limit);
  const found = all.paths.map((path) => path.map((node) => codes[node]!));
  // The search for all goes deep first: where the limit ended it, the shortest may not be among them.
  const paths = (found.some((path) => path.join() === way.join()) ? found : [way, ...found.slice(0, limit - 1)]).sort((left, right) => left.length - right.length);
  return { shortest: way, paths, truncated: all.truncated || !complete, complete };
}
