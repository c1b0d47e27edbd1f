import type { Adjacency } from './adjacency.ts';
import type { LineageDirection } from './types.ts';

export type ReachLimits = {
  /** Steps from the root; unlimited when absent. */
  readonly depth?: number;
  /** Nodes in the answer, the root included; unlimited when absent. */
  readonly limit?: number;
};

export type Reach = {
  /** Nodes in the order they are met: nearest first, equal distance by the order of edges. The root comes first. */
  readonly nodes: Int32Array;
  /** Steps from the root, parallel to `nodes`. */
  readonly distance: Int32Array;
  /** Whether the limit of nodes, not the depth, ended the walk. */
  readonly truncated: boolean;
};

/** Everything that can be reached from a node in one direction, breadth first. Edges are followed as they point; cycles are harmless. */
export function reach(graph: Adjacency, root: number, direction: 'upstream' | 'downstream', limits: ReachLimits = {}): Reach {
  const depth = limits.depth ?? Infinity;
  const limit = limits.limit ?? Infinity;
  const upstream = direction === 'upstream';
  const start = upstream ? graph.inStart : graph.outStart;
  const list = upstream ? graph.inEdge : graph.outEdge;
  const far = upstream ? graph.source : graph.target;
  const steps = new Int32Array(graph.nodeCount).fill(-1);
  const queue = new Int32Array(graph.nodeCount);
  queue[0] = root;
  steps[root] = 0;
  let tail = 1;
  let truncated = false;
  for (let head = 0; head < tail && !truncated; head++) {
    const node = queue[head]!;
    if (steps[node]! >= depth) break;
    for (let at = start[node]!; at < start[node + 1]!; at++) {
      const next = far[list[at]!]!;
      if (steps[next] !== -1) continue;
      if (tail >= limit) {
        truncated = true;
        break;
      }
      steps[next] = steps[node]! + 1;
      queue[tail++] = next;
    }
  }
  const nodes = queue.slice(0, tail);
  return { nodes, distance: nodes.map((node) => steps[node]!), truncated };
}

export type Neighbourhood = {
  readonly nodes: Int32Array;
  /** Steps from the root: negative upstream, positive downstream, 0 for the root. */
  readonly distance: Int32Array;
  readonly truncated: boolean;
};

/**
 * The neighbourhood of a node: upstream and downstream walks taken step by step in turn, so that a limit of nodes
 * leaves the nearest of both sides. A node on both sides (only in a cycle) keeps the side that met it first.
 */
export function neighbourhood(
  graph: Adjacency,
  root: number,
  options: { readonly up: number; readonly down: number; readonly limit: number },
): Neighbourhood {
  const met = new Int32Array(graph.nodeCount).fill(0x7fff_ffff);
  met[root] = 0;
  const nodes: number[] = [root];
  let truncated = false;
  let upstream: readonly number[] = [root];
  let downstream: readonly number[] = [root];
  const advance = (frontier: readonly number[], step: number): readonly number[] => {
    const sign = Math.sign(step);
    const start = sign < 0 ? graph.inStart : graph.outStart;
    const list = sign < 0 ? graph.inEdge : graph.outEdge;
    const far = sign < 0 ? graph.source : graph.target;
    const reached: number[] = [];
    for (const node of frontier) {
      for (let at = start[node]!; at < start[node + 1]!; at++) {
        const next = far[list[at]!]!;
        if (met[next] !== 0x7fff_ffff) continue;
        if (nodes.length >= options.limit) {
          truncated = true;
          return reached;
        }
        met[next] = step;
        nodes.push(next);
        reached.push(next);
      }
    }
    return reached;
  };
  for (let step = 1; !truncated && (upstream.length > 0 || downstream.length > 0); step++) {
    upstream = step <= options.up ? advance(upstream, -step) : [];
    downstream = step <= options.down && !truncated ? advance(downstream, step) : [];
  }
  const list = Int32Array.from(nodes);
  return { nodes: list, distance: list.map((node) => met[node]!), truncated };
}

/** A mark per node for what lies on the way of a node in the given direction, itself included. */
export function markReach(graph: Adjacency, root: number, direction: LineageDirection): Uint8Array {
  const mark = new Uint8Array(graph.nodeCount);
  if (direction !== 'downstream') for (const node of reach(graph, root, 'upstream').nodes) mark[node] = 1;
  if (direction !== 'upstream') for (const node of reach(graph, root, 'downstream').nodes) mark[node] = 1;
  return mark;
}

export type CommonAncestors = {
  /** All nodes upstream of both (each may be one of the two itself), by index. */
  readonly all: readonly number[];
  /** Those that lead to no other common ancestor: where the two ways part. By index. */
  readonly nearest: readonly number[];
};

/** What two nodes both come from. */
export function commonAncestors(graph: Adjacency, first: number, second: number): CommonAncestors {
  const ofFirst = markReach(graph, first, 'upstream');
  const ofSecond = markReach(graph, second, 'upstream');
  const all: number[] = [];
  for (let node = 0; node < graph.nodeCount; node++) if (ofFirst[node] === 1 && ofSecond[node] === 1) all.push(node);
  const common = new Uint8Array(graph.nodeCount);
  for (const node of all) common[node] = 1;
  const nearest = all.filter((node) => {
    for (let at = graph.outStart[node]!; at < graph.outStart[node + 1]!; at++) {
      const next = graph.target[graph.outEdge[at]!]!;
      if (next !== node && common[next] === 1) return false;
    }
    return true;
  });
  return { all, nearest };
}
