import type { Adjacency } from './adjacency.ts';

/** What is worth knowing of a graph before laying it out. */
export type Preflight = {
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly selfLoops: number;
  /** Edges turned round so that the rest has no cycle. Zero for honest lineage; imports may carry some. */
  readonly reversedCount: number;
  /** Per edge: 1 when it is drawn against its direction to break a cycle. */
  readonly reversed: Uint8Array;
  /** All nodes so that every edge (after reversal, self loops aside) leads from earlier to later. */
  readonly topological: Int32Array;
  /** Edges on the longest chain. */
  readonly longestPath: number;
};

/**
 * One pass over nodes and edges (Kahn). Nodes that lie on or between cycles are left over;
 * only those are searched in depth, in index order, and the edges that close a cycle are turned round.
 * The same input always turns the same edges.
 */
export function preflight(graph: Adjacency): Preflight {
  const { nodeCount, edgeCount, source, target, outStart, outEdge } = graph;
  const reversed = new Uint8Array(edgeCount);
  let selfLoops = 0;
  const waiting = new Int32Array(nodeCount);
  for (let edge = 0; edge < edgeCount; edge++) {
    if (source[edge] === target[edge]) selfLoops++;
    else waiting[target[edge]!]!++;
  }
  const topological = new Int32Array(nodeCount);
  let tail = 0;
  for (let node = 0; node < nodeCount; node++) if (waiting[node] === 0) topological[tail++] = node;
  for (let head = 0; head < tail; head++) {
    const node = topological[head]!;
    for (let at = outStart[node]!; at < outStart[node + 1]!; at++) {
      const next = target[outEdge[at]!]!;
      if (next !== node && --waiting[next]! === 0) topological[tail++] = next;
    }
  }

  let reversedCount = 0;
  if (tail < nodeCount) {
    reversedCount = turnBackEdges(graph, topological, tail, reversed);
    sortTopologically(graph, reversed, topological);
  }

  const depth = new Int32Array(nodeCount);
  let longestPath = 0;
  for (let at = 0; at < nodeCount; at++) {
    const node = topological[at]!;
    const reached = depth[node]! + 1;
    const visit = (next: number): void => {
      if (depth[next]! < reached) depth[next] = reached;
      if (longestPath < reached) longestPath = reached;
    };
    for (let cursor = outStart[node]!; cursor < outStart[node + 1]!; cursor++) {
      const edge = outEdge[cursor]!;
      if (reversed[edge] === 0 && target[edge] !== node) visit(target[edge]!);
    }
    if (reversedCount > 0) {
      for (let cursor = graph.inStart[node]!; cursor < graph.inStart[node + 1]!; cursor++) {
        const edge = graph.inEdge[cursor]!;
        if (reversed[edge] === 1) visit(source[edge]!);
      }
    }
  }
  return { nodeCount, edgeCount, selfLoops, reversedCount, reversed, topological, longestPath };
}

/** Depth-first over the nodes Kahn left behind, without recursion; marks edges that lead back onto the open path. */
function turnBackEdges(graph: Adjacency, settled: Int32Array, settledCount: number, reversed: Uint8Array): number {
  const { nodeCount, target, outStart, outEdge } = graph;
  const unseen = 0;
  const open = 1;
  const closed = 2;
  const state = new Uint8Array(nodeCount);
  for (let at = 0; at < settledCount; at++) state[settled[at]!] = closed;
  const cursor = outStart.slice(0, nodeCount);
  const stack = new Int32Array(nodeCount);
  let turned = 0;
  for (let start = 0; start < nodeCount; start++) {
    if (state[start] !== unseen) continue;
    let depth = 0;
    stack[depth++] = start;
    state[start] = open;
    while (depth > 0) {
      const node = stack[depth - 1]!;
      if (cursor[node]! === outStart[node + 1]!) {
        state[node] = closed;
        depth--;
        continue;
      }
      const edge = outEdge[cursor[node]!++]!;
      const next = target[edge]!;
      if (next === node) continue;
      if (state[next] === open) {
        reversed[edge] = 1;
        turned++;
      } else if (state[next] === unseen) {
        state[next] = open;
        stack[depth++] = next;
      }
    }
  }
  return turned;
}

/** Fills `order` with a topological order that honours reversed edges; self loops are ignored. */
function sortTopologically(graph: Adjacency, reversed: Uint8Array, order: Int32Array): void {
  const { nodeCount, edgeCount, source, target, outStart, outEdge, inStart, inEdge } = graph;
  const waiting = new Int32Array(nodeCount);
  for (let edge = 0; edge < edgeCount; edge++) {
    if (source[edge] === target[edge]) continue;
    waiting[reversed[edge] === 1 ? source[edge]! : target[edge]!]!++;
  }
  let tail = 0;
  for (let node = 0; node < nodeCount; node++) if (waiting[node] === 0) order[tail++] = node;
  for (let head = 0; head < tail; head++) {
    const node = order[head]!;
    for (let at = outStart[node]!; at < outStart[node + 1]!; at++) {
      const edge = outEdge[at]!;
      const next = target[edge]!;
      if (reversed[edge] === 0 && next !== node && --waiting[next]! === 0) order[tail++] = next;
    }
    for (let at = inStart[node]!; at < inStart[node + 1]!; at++) {
      const edge = inEdge[at]!;
      const next = source[edge]!;
      if (reversed[edge] === 1 && next !== node && --waiting[next]! === 0) order[tail++] = next;
    }
  }
}
