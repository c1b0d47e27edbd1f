import type { LineageEdge, LineageGraph, LineageNode } from './types.ts';

/**
 * Several answers about one catalog as one graph: nodes by key (a later answer is newer), edges by their ends and relation.
 * What a node hides is counted anew: a neighbour that one answer left out may be there through another. Neighbours are only reckoned
 * where an answer brought them, so a count never falls below what is truly hidden by what is truly shown.
 */
export function mergeGraphs(graphs: readonly LineageGraph[]): LineageGraph {
  if (graphs.length === 1) return graphs[0]!;
  const nodes = new Map<string, LineageNode>();
  const edges = new Map<string, LineageEdge>();
  const upstreamTotal = new Map<string, number>();
  const downstreamTotal = new Map<string, number>();
  for (const graph of graphs) {
    const upstream = countNeighbours(graph.edges, 'to');
    const downstream = countNeighbours(graph.edges, 'from');
    for (const node of graph.nodes) {
      nodes.set(node.key, node);
      raise(upstreamTotal, node.key, node.hiddenUpstream + (upstream.get(node.key) ?? 0));
      raise(downstreamTotal, node.key, node.hiddenDownstream + (downstream.get(node.key) ?? 0));
    }
    for (const edge of graph.edges) edges.set(`${edge.from} ${edge.to} ${edge.relation}`, edge);
  }
  const all = [...edges.values()].filter((edge) => nodes.has(edge.from) && nodes.has(edge.to));
  const upstream = countNeighbours(all, 'to');
  const downstream = countNeighbours(all, 'from');
  return {
    nodes: [...nodes.values()].map((node) => ({
      ...node,
      hiddenUpstream: Math.max(0, upstreamTotal.get(node.key)! - (upstream.get(node.key) ?? 0)),
      hiddenDownstream: Math.max(0, downstreamTotal.get(node.key)! - (downstream.get(node.key) ?? 0)),
    })),
    edges: all,
  };
}

function raise(totals: Map<string, number>, key: string, value: number): void {
  totals.set(key, Math.max(totals.get(key) ?? 0, value));
}

/** Distinct neighbours of every node at one end of its edges. */
function countNeighbours(edges: readonly LineageEdge[], end: 'from' | 'to'): Map<string, number> {
  const other = end === 'from' ? 'to' : 'from';
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  for (const edge of edges) {
    const pair = `${edge.from} ${edge.to}`;
    if (seen.has(pair) || edge[end] === edge[other]) continue;
    seen.add(pair);
    counts.set(edge[end], (counts.get(edge[end]) ?? 0) + 1);
  }
  return counts;
}
