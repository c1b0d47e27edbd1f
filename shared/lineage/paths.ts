import type { Adjacency } from './adjacency.ts';

/** Shortest way from one node to another along the edges, both ends included; undefined when there is none. Ties fall to the earlier edge. */
export function shortestPath(graph: Adjacency, from: number, to: number): readonly number[] | undefined {
  if (from === to) return [from];
  const cameFrom = new Int32Array(graph.nodeCount).fill(-1);
  const queue = new Int32Array(graph.nodeCount);
  queue[0] = from;
  cameFrom[from] = from;
  let tail = 1;
  for (let head = 0; head < tail; head++) {
    const node = queue[head]!;
    for (let at = graph.outStart[node]!; at < graph.outStart[node + 1]!; at++) {
      const next = graph.target[graph.outEdge[at]!]!;
      if (cameFrom[next] !== -1) continue;
      cameFrom[next] = node;
      if (next === to) {
        const path = [to];
        for (let step = node; step !== from; step = cameFrom[step]!) path.push(step);
        path.push(from);
        return path.reverse();
      }
      queue[tail++] = next;
    }
  }
  return undefined;
}

export type AllPaths = {
  readonly paths: readonly (readonly number[])[];
  /** There are more than were asked for. */
  readonly truncated: boolean;
};

/**
 * Ways from one node to another that visit no node twice, shorter ones not necessarily first, at most `limit`. Only nodes from which the goal can
 * be reached are entered; in a graph without cycles that makes the work linear in what is returned. In a cyclic one a search may
 * still fail often, so it gives up (as truncated) after a number of steps proportional to graph and limit.
 */
export function allPaths(graph: Adjacency, from: number, to: number, limit: number): AllPaths {
  const leads = new Uint8Array(graph.nodeCount);
  const queue = new Int32Array(graph.nodeCount);
  queue[0] = to;
  leads[to] = 1;
  for (let head = 0, tail = 1; head < tail; head++) {
    const node = queue[head]!;
    for (let at = graph.inStart[node]!; at < graph.inStart[node + 1]!; at++) {
      const before = graph.source[graph.inEdge[at]!]!;
      if (leads[before] === 1) continue;
      leads[before] = 1;
      queue[tail++] = before;
    }
  }
  if (leads[from] === 0) return { paths: [], truncated: false };
  if (from === to) return { paths: [[from]], truncated: false };

  const parallel = markParallel(graph);
  const paths: number[][] = [];
  const onPath = new Uint8Array(graph.nodeCount);
  const cursor = new Int32Array(graph.nodeCount);
  const path: number[] = [from];
  onPath[from] = 1;
  cursor[from] = graph.outStart[from]!;
  let patience = (graph.nodeCount + graph.edgeCount + 16) * (limit + 1);
  while (path.length > 0) {
    if (patience-- <= 0) return { paths, truncated: true };
    const node = path.at(-1)!;
    if (cursor[node]! >= graph.outStart[node + 1]!) {
      onPath[node] = 0;
      path.pop();
      continue;
    }
    const edge = graph.outEdge[cursor[node]!++]!;
    const next = graph.target[edge]!;
    if (leads[next] === 0 || onPath[next] === 1 || parallel[edge] === 1) continue;
    if (next === to) {
      if (paths.length >= limit) return { paths, truncated: true };
      paths.push([...path, to]);
      continue;
    }
    onPath[next] = 1;
    cursor[next] = graph.outStart[next]!;
    path.push(next);
  }
  return { paths, truncated: false };
}

/** Marks all but the first of parallel edges: they make no second path. */
function markParallel(graph: Adjacency): Uint8Array {
  const parallel = new Uint8Array(graph.edgeCount);
  const seenFrom = new Int32Array(graph.nodeCount).fill(-1);
  for (let node = 0; node < graph.nodeCount; node++) {
    for (let at = graph.outStart[node]!; at < graph.outStart[node + 1]!; at++) {
      const edge = graph.outEdge[at]!;
      const next = graph.target[edge]!;
      if (seenFrom[next] === node) parallel[edge] = 1;
      else seenFrom[next] = node;
    }
  }
  return parallel;
}
