import { buildSpatialIndex, edgesWithinBlocks, type Bounds, type LayoutResult, type LineageDrawnNode, type PreparedGraph, type SpatialIndex } from '#shared/lineage/index.ts';
import { typeHue } from './nodeWords.ts';

/** A laid-out graph ready to be drawn: everything by node or edge index, so that a frame touches no objects. */
export type Scene = {
  readonly prepared: PreparedGraph;
  readonly layout: LayoutResult;
  /** left, top, right, bottom of every edge's way. */
  readonly edgeBoxes: Float32Array;
  /** 1 per edge that only runs on within a block; undefined where there is none. */
  readonly withinBlock: Uint8Array | undefined;
  /** What lies under a point; built when a pointer first asks. */
  readonly index: () => SpatialIndex;
} & Looks;

/** How the nodes and edges of a graph look, wherever they stand. */
export type Looks = {
  /** Hue index per node; -1 for runs and groups. */
  readonly hue: Int8Array;
  /** Hue of the registry a version is linked into; -1 for none. */
  readonly mark: Int8Array;
  /** Name on the map's boxes; empty for runs, whose boxes are too low for words. */
  readonly name: readonly string[];
  /** What follows the name, never cut: the version's number. */
  readonly number: readonly string[];
  /** 1 for edges drawn by hand, 2 for those that a sync or an import brought, where others stand beside them. */
  readonly provenance: Uint8Array;
};

export function nodeAt(scene: Scene, index: number): LineageDrawnNode {
  return scene.prepared.graph.nodes[index]!;
}

export function nodeByKey(scene: Scene, key: string): LineageDrawnNode | undefined {
  const index = scene.prepared.indexed.indexOf.get(key);
  return index === undefined ? undefined : nodeAt(scene, index);
}

/** Needs no layout, so it is put together while one is under way. */
export function buildLooks(prepared: PreparedGraph): Looks {
  const { nodes, edges } = prepared.graph;
  const { edgeOrigin, edgeCount } = prepared.indexed;
  const provenance = new Uint8Array(edgeCount);
  // In a graph that came from elsewhere as a whole there is nothing to tell apart.
  const mixed = edges.some((edge) => edge.provenance !== 'sync');
  for (let edge = 0; edge < edgeCount; edge++) {
    const told = edges[edgeOrigin[edge]!]!.provenance;
    provenance[edge] = told === 'manual' ? 1 : told === 'sync' && mixed ? 2 : 0;
  }
  return {
    hue: Int8Array.from(nodes, (node) => (node.kind === 'version' ? typeHue(node.type) : -1)),
    mark: Int8Array.from(nodes, (node) => (node.kind === 'version' ? (node.links[0]?.hue ?? -1) : -1)),
    name: nodes.map((node) => (node.kind === 'version' ? node.artifact : node.kind === 'group' ? node.label : '')),
    number: nodes.map((node) => (node.kind === 'version' ? ` v${node.index}` : '')),
    provenance,
  };
}

export function buildScene(prepared: PreparedGraph, layout: LayoutResult, looks: Looks = buildLooks(prepared)): Scene {
  const { edgeCount } = prepared.indexed;
  const { width, height } = prepared.input;
  const { start, points } = layout.routes;
  const edgeBoxes = new Float32Array(edgeCount * 4);
  for (let edge = 0; edge < edgeCount; edge++) {
    let left = Infinity;
    let top = Infinity;
    let right = -Infinity;
    let bottom = -Infinity;
    for (let at = start[edge]!; at < start[edge + 1]!; at++) {
      const x = points[2 * at]!;
      const y = points[2 * at + 1]!;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
    edgeBoxes[edge * 4] = left;
    edgeBoxes[edge * 4 + 1] = top;
    edgeBoxes[edge * 4 + 2] = right;
    edgeBoxes[edge * 4 + 3] = bottom;
  }
  let index: SpatialIndex | undefined;
  return { prepared, layout, edgeBoxes, withinBlock: edgesWithinBlocks(prepared.input, layout), index: () => (index ??= buildSpatialIndex({ x: layout.x, y: layout.y, width, height })), ...looks };
}

/** The nodes that touch a rectangle, ascending. Looked through one by one: even a hundred thousand take less than the frame that shows them, an index takes longer to build. */
export function nodesWithin(scene: Scene, bounds: Bounds): readonly number[] {
  const found: number[] = [];
  forNodesWithin(scene, bounds, (node) => found.push(node));
  return found;
}

/** How many nodes touch a rectangle. */
export function countWithin(scene: Scene, bounds: Bounds): number {
  let count = 0;
  forNodesWithin(scene, bounds, () => count++);
  return count;
}

function forNodesWithin({ layout, prepared }: Scene, { left, top, right, bottom }: Bounds, visit: (node: number) => void): void {
  const { x, y } = layout;
  const { width, height } = prepared.input;
  for (let node = 0; node < x.length; node++) {
    const halfWidth = width[node]! / 2;
    const halfHeight = height[node]! / 2;
    if (x[node]! + halfWidth >= left && x[node]! - halfWidth <= right && y[node]! + halfHeight >= top && y[node]! - halfHeight <= bottom) visit(node);
  }
}
