import type { Adjacency } from './adjacency.ts';
import type { Preflight } from './preflight.ts';

/** Marks a node that had no layer before. */
export const noLayer = -0x8000_0000;

export type LayeringHints = {
  /**
   * 0 or 1 per node. Nodes of one parity share columns: lineage alternates versions and runs,
   * and a column that holds only one kind reads better than a mixed one.
   */
  readonly parity?: Uint8Array;
  /**
   * How much it matters, per edge, that it is short (1 when absent). What a run logged belongs beside it,
   * what it used may come from afar.
   */
  readonly weight?: Uint8Array;
  /** Layers of an earlier layout (`noLayer` where there was none): what stood keeps its layer where edges allow. */
  readonly previousLayer?: Int32Array;
};

/**
 * A layer for every node so that each edge (reversed ones turned) leads to a later layer.
 *
 * Longest path first, then compaction: what has more dependants than sources moves towards its dependants,
 * so a dataset stands just before its first consumer and not at the far left. Layers need not start at zero.
 * O(V + E) per pass, a fixed number of passes.
 */
export function assignLayers(graph: Adjacency, checked: Preflight, hints: LayeringHints = {}): Int32Array {
  const { nodeCount, source, target, outStart, outEdge, inStart, inEdge } = graph;
  const { reversed, topological } = checked;
  const { parity, previousLayer, weight } = hints;
  const layer = new Int32Array(nodeCount);
  const hasPrevious = previousLayer !== undefined;

  const roundUp = (value: number, node: number): number => (parity === undefined ? value : value + ((value + parity[node]!) & 1));
  const roundDown = (value: number, node: number): number => (parity === undefined ? value : value - ((value + parity[node]!) & 1));

  /** Lowest layer the sources of a node allow, or `noLayer` when it has none (or none is placed yet). */
  const lowest = (node: number): number => {
    let bound = noLayer;
    for (let at = inStart[node]!; at < inStart[node + 1]!; at++) {
      const edge = inEdge[at]!;
      if (source[edge] !== node && reversed[edge] === 0) {
        const value = layer[source[edge]!]!;
        if (value !== noLayer && value + 1 > bound) bound = value + 1;
      }
    }
    if (checked.reversedCount > 0) {
      for (let at = outStart[node]!; at < outStart[node + 1]!; at++) {
        const edge = outEdge[at]!;
        if (target[edge] !== node && reversed[edge] === 1) {
          const value = layer[target[edge]!]!;
          if (value !== noLayer && value + 1 > bound) bound = value + 1;
        }
      }
    }
    return bound === noLayer ? noLayer : roundUp(bound, node);
  };
  /** Highest layer the dependants of a node allow, or `noLayer` when it has none. */
  const highest = (node: number): number => {
    let bound = 0x7fff_ffff;
    for (let at = outStart[node]!; at < outStart[node + 1]!; at++) {
      const edge = outEdge[at]!;
      if (target[edge] !== node && reversed[edge] === 0) bound = Math.min(bound, layer[target[edge]!]! - 1);
    }
    if (checked.reversedCount > 0) {
      for (let at = inStart[node]!; at < inStart[node + 1]!; at++) {
        const edge = inEdge[at]!;
        if (source[edge] !== node && reversed[edge] === 1) bound = Math.min(bound, layer[source[edge]!]! - 1);
      }
    }
    return bound === 0x7fff_ffff ? noLayer : roundDown(bound, node);
  };
  const balance = new Int32Array(nodeCount);
  const leaving = new Int32Array(nodeCount);
  for (let edge = 0; edge < graph.edgeCount; edge++) {
    if (source[edge] === target[edge]) continue;
    const from = reversed[edge] === 1 ? target[edge]! : source[edge]!;
    const to = reversed[edge] === 1 ? source[edge]! : target[edge]!;
    const load = weight === undefined ? 1 : weight[edge]!;
    balance[from]! += load;
    balance[to]! -= load;
    leaving[from]!++;
  }
  // A chain or tree that nothing else hangs on can follow its only dependant as a whole.
  const loose = new Uint8Array(nodeCount).fill(1);
  for (let at = 0; at < nodeCount; at++) {
    const node = topological[at]!;
    if (loose[node] === 1 && leaving[node] === 1) continue;
    forEachAfter(graph, reversed, node, (next) => {
      loose[next] = 0;
    });
  }

  if (hasPrevious) {
    // Known nodes start from where they stood and are only pushed later by their sources; new sources of known
    // nodes then settle just before them (possibly left of everything: layers may become negative).
    for (let at = 0; at < nodeCount; at++) {
      const node = topological[at]!;
      const stood = previousLayer[node]!;
      const bound = lowest(node);
      layer[node] = stood === noLayer ? bound : Math.max(stood, bound);
    }
    // What no layer reached are sources without a placed ancestor. All their dependants come later in this order,
    // so going backwards each finds its dependants placed and stands right before them.
    for (let at = nodeCount - 1; at >= 0; at--) {
      const node = topological[at]!;
      if (layer[node] !== noLayer) continue;
      const bound = highest(node);
      layer[node] = bound === noLayer ? roundUp(0, node) : bound;
    }
  } else {
    for (let at = 0; at < nodeCount; at++) {
      const node = topological[at]!;
      const bound = lowest(node);
      layer[node] = bound === noLayer ? roundUp(0, node) : bound;
    }
  }

  for (let pass = 0; pass < 4; pass++) {
    let moved = 0;
    for (let at = nodeCount - 1; at >= 0; at--) {
      const node = topological[at]!;
      if ((balance[node]! <= 0 && loose[node] === 0) || (hasPrevious && previousLayer[node] !== noLayer)) continue;
      const bound = highest(node);
      if (bound !== noLayer && bound > layer[node]!) {
        layer[node] = bound;
        moved++;
      }
    }
    for (let at = 0; at < nodeCount; at++) {
      const node = topological[at]!;
      if (balance[node]! >= 0 || loose[node] === 1 || (hasPrevious && previousLayer[node] !== noLayer)) continue;
      const bound = lowest(node);
      if (bound !== noLayer && bound < layer[node]!) {
        layer[node] = bound;
        moved++;
      }
    }
    if (moved === 0) break;
  }
  return layer;
}

function forEachAfter(graph: Adjacency, reversed: Uint8Array, node: number, visit: (next: number) => void): void {
  for (let at = graph.outStart[node]!; at < graph.outStart[node + 1]!; at++) {
    const edge = graph.outEdge[at]!;
    if (reversed[edge] === 0 && graph.target[edge] !== node) visit(graph.target[edge]!);
  }
  for (let at = graph.inStart[node]!; at < graph.inStart[node + 1]!; at++) {
    const edge = graph.inEdge[at]!;
    if (reversed[edge] === 1 && graph.source[edge] !== node) visit(graph.source[edge]!);
  }
}
