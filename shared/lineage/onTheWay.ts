import type { Adjacency } from './adjacency.ts';

/**
 * Marks what matches together with what stands on a way between it and the roots. `side` is negative for what was found upstream of a root,
 * positive for downstream, 0 for the roots, which are always kept.
 */
export function keepOnTheWay(graph: Adjacency, side: ArrayLike<number>, matches: ArrayLike<number>): Uint8Array {
  const keep = new Uint8Array(graph.nodeCount);
  for (let node = 0; node < graph.nodeCount; node++) if (side[node] === 0) keep[node] = 1;
  for (const sign of [-1, 1] as const) {
    // From a match upstream one goes down to the root, from one downstream up, never leaving the side.
    const start = sign < 0 ? graph.outStart : graph.inStart;
    const list = sign < 0 ? graph.outEdge : graph.inEdge;
    const far = sign < 0 ? graph.target : graph.source;
    const queue: number[] = [];
    for (let node = 0; node < graph.nodeCount; node++) {
      if (Math.sign(side[node]!) !== sign || matches[node] !== 1) continue;
      keep[node] = 1;
      queue.push(node);
    }
    for (let head = 0; head < queue.length; head++) {
      const node = queue[head]!;
      for (let at = start[node]!; at < start[node + 1]!; at++) {
        const next = far[list[at]!]!;
        if (keep[next] === 1 || Math.sign(side[next]!) !== sign) continue;
        keep[next] = 1;
        queue.push(next);
      }
    }
  }
  return keep;
}
