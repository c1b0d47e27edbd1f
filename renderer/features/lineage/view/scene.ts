import { buildSpatialIndex, type LayoutResult, type LineageDrawnNode, type PreparedGraph, type SpatialIndex } from '#shared/lineage/index.ts';
import { typeHue } from './nodeWords.ts';

/** A laid-out graph ready to be drawn: everything by node or edge index, so that a frame touches no objects. */
export type Scene = {
  readonly prepared: PreparedGraph;
  readonly layout: LayoutResult;
  readonly index: SpatialIndex;
  /** left, top, right, bottom of every edge's way. */
  readonly edgeBoxes: Float32Array;
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

export function buildScene(prepared: PreparedGraph, layout: LayoutResult): Scene {
  const { nodes, edges } = prepared.graph;
  const { edgeOrigin, edgeCount } = prepared.indexed;
  const { width, height } = prepared.input;
  const { start, points } = layout.routes;
  const edgeBoxes = new Float32Array(edgeCount * 4);
  const provenance = new Uint8Array(edgeCount);
  // In a graph that came from elsewhere as a whole there is nothing to tell apart.
  const mixed = edges.some((edge) => edge.provenance !== 'sync');
  for (let edge = 0; edge < edgeCount; edge++) {
    let left = Infinity;
    let top = Infinity;
    let right = -Infinity;
    let bottom = -Infinity;
    for (let at = start[edge]!; at < start[edge + 1]!; at++) {
      left = Math.min(left, points[2 * at]!);
      right = Math.max(right, points[2 * at]!);
      top = Math.min(top, points[2 * at + 1]!);
      bottom = Math.max(bottom, points[2 * at + 1]!);
    }
    edgeBoxes.set([left, top, right, bottom], edge * 4);
    const told = edges[edgeOrigin[edge]!]!.provenance;
    provenance[edge] = told === 'manual' ? 1 : told === 'sync' && mixed ? 2 : 0;
  }
  return {
    prepared,
    layout,
    index: buildSpatialIndex({ x: layout.x, y: layout.y, width, height }),
    edgeBoxes,
    hue: Int8Array.from(nodes, (node) => (node.kind === 'version' ? typeHue(node.type) : -1)),
    mark: Int8Array.from(nodes, (node) => (node.kind === 'version' ? (node.links[0]?.hue ?? -1) : -1)),
    name: nodes.map((node) => (node.kind === 'version' ? node.artifact : node.kind === 'group' ? node.label : '')),
    number: nodes.map((node) => (node.kind === 'version' ? ` v${node.index}` : '')),
    provenance,
  };
}
