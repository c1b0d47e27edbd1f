import { indexByKey, type KeyedAdjacency } from './adjacency.ts';
import { noLayer } from './layering.ts';
import type { LayoutInput, LayoutResult, PreviousLayout } from './layout.ts';
import { measureNode } from './measure.ts';
import type { LineageDrawnGraph } from './types.ts';

/** A drawn graph with its indices and what the layout takes. Edge `e` of the indices is `graph.edges[indexed.edgeOrigin[e]]`. */
export type PreparedGraph = {
  readonly graph: LineageDrawnGraph;
  readonly indexed: KeyedAdjacency & { readonly edgeOrigin: Int32Array };
  readonly input: LayoutInput;
};

/** A run's outputs weigh more than its inputs: they belong beside it, while what it used may come from afar. */
const loggedWeight = 3;

/** Sizes from data, columns by kind, outputs close to their run. Node `i` of everything is `graph.nodes[i]`; keys must be unique. */
export function prepareLayout(graph: LineageDrawnGraph): PreparedGraph {
  const indexed = indexByKey(graph.nodes, graph.edges);
  const count = indexed.nodeCount;
  const width = new Float32Array(count);
  const height = new Float32Array(count);
  const parity = new Uint8Array(count);
  let grouped = false;
  for (let index = 0; index < count; index++) {
    const node = graph.nodes[index]!;
    const size = measureNode(node);
    width[index] = size.width;
    height[index] = size.height;
    parity[index] = node.kind === 'run' ? 1 : 0;
    grouped ||= node.kind === 'group';
  }
  const weight = new Uint8Array(indexed.edgeCount);
  for (let edge = 0; edge < indexed.edgeCount; edge++) {
    weight[edge] = graph.edges[indexed.edgeOrigin[edge]!]!.relation === 'logged' ? loggedWeight : 1;
  }
  // A group may hold both kinds; then columns by kind mean nothing.
  return {
    graph,
    indexed,
    input: { nodeCount: count, source: indexed.source, target: indexed.target, width, height, weight, ...(grouped ? {} : { parity }) },
  };
}

/** Where the nodes of a new graph stood in an earlier layout, by key. */
export function carryPositions(
  previous: { readonly indexed: KeyedAdjacency; readonly layout: Pick<LayoutResult, 'x' | 'y' | 'layer' | 'routes' | 'block'> },
  next: KeyedAdjacency,
  anchorKey?: string,
): PreviousLayout {
  const layer = new Int32Array(next.nodeCount).fill(noLayer);
  const x = new Float64Array(next.nodeCount).fill(Number.NaN);
  const y = new Float64Array(next.nodeCount).fill(Number.NaN);
  const block = new Uint8Array(next.nodeCount);
  for (let node = 0; node < next.nodeCount; node++) {
    const before = previous.indexed.indexOf.get(next.keys[node]!);
    if (before === undefined) continue;
    layer[node] = previous.layout.layer[before]!;
    x[node] = previous.layout.x[before]!;
    y[node] = previous.layout.y[before]!;
    if (previous.layout.block !== undefined) block[node] = previous.layout.block[before]!;
  }
  const edges = new Map<number, number>();
  const { indexed } = previous;
  for (let edge = 0; edge < indexed.edgeCount; edge++) edges.set(indexed.source[edge]! * indexed.nodeCount + indexed.target[edge]!, edge);
  const edgeOf = new Int32Array(next.edgeCount).fill(-1);
  for (let edge = 0; edge < next.edgeCount; edge++) {
    const from = indexed.indexOf.get(next.keys[next.source[edge]!]!);
    const to = indexed.indexOf.get(next.keys[next.target[edge]!]!);
    if (from !== undefined && to !== undefined) edgeOf[edge] = edges.get(from * indexed.nodeCount + to) ?? -1;
  }
  const { start, points } = previous.layout.routes;
  const anchor = anchorKey === undefined ? undefined : next.indexOf.get(anchorKey);
  return { layer, x, y, ...(previous.layout.block === undefined ? {} : { block }), anchor: anchor !== undefined && layer[anchor] !== noLayer ? anchor : undefined, ways: { start, points, edgeOf } };
}
