import { indexByKey } from './adjacency.ts';
import type { LineageGraph } from './types.ts';

export type HiddenGraph = {
  readonly graph: LineageGraph;
  /** Nodes that went along because nothing but what is hidden joined them to an anchor. */
  readonly alongCount: number;
};

/**
 * Takes nodes out of a graph, and with them what they alone joined to the anchors: nothing is left hanging in the air. Anchors are never
 * taken out. What was joined to no anchor before stays.
 */
export function hideNodes(graph: LineageGraph, hidden: ReadonlySet<string>, anchors: Iterable<string>): HiddenGraph {
  if (hidden.size === 0) return { graph, alongCount: 0 };
  const indexed = indexByKey(graph.nodes, graph.edges);
  const anchored = [...anchors].flatMap((key) => indexed.indexOf.get(key) ?? []);
  const isAnchor = new Set(anchored);
  const gone = new Uint8Array(indexed.nodeCount);
  let any = false;
  for (let node = 0; node < indexed.nodeCount; node++) {
    if (!hidden.has(indexed.keys[node]!) || isAnchor.has(node)) continue;
    gone[node] = 1;
    any = true;
  }
  if (!any) return { graph, alongCount: 0 };
  const before = joined(indexed, anchored, null);
  const after = joined(indexed, anchored, gone);
  let alongCount = 0;
  for (let node = 0; node < indexed.nodeCount; node++) {
    if (gone[node] === 1 || before[node] === 0 || after[node] === 1) continue;
    gone[node] = 1;
    alongCount++;
  }
  const kept = (key: string): boolean => {
    const node = indexed.indexOf.get(key);
    return node !== undefined && gone[node] === 0;
  };
  return { graph: { nodes: graph.nodes.filter((node) => kept(node.key)), edges: graph.edges.filter((edge) => kept(edge.from) && kept(edge.to)) }, alongCount };
}

/** What is joined to the anchors along edges of either direction, past nothing that is gone. */
function joined({ nodeCount, outStart, outEdge, inStart, inEdge, source, target }: ReturnType<typeof indexByKey>, anchors: readonly number[], gone: Uint8Array | null): Uint8Array {
  const seen = new Uint8Array(nodeCount);
  const queue = [...anchors];
  for (const node of queue) seen[node] = 1;
  const meet = (node: number): void => {
    if (seen[node] === 1 || gone?.[node] === 1) return;
    seen[node] = 1;
    queue.push(node);
  };
  for (let head = 0; head < queue.length; head++) {
    const node = queue[head]!;
    for (let at = outStart[node]!; at < outStart[node + 1]!; at++) meet(target[outEdge[at]!]!);
    for (let at = inStart[node]!; at < inStart[node + 1]!; at++) meet(source[inEdge[at]!]!);
  }
  return seen;
}
