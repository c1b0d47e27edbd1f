import { indexByKey, reach, type LineageGraph } from '#shared/lineage/index.ts';
import type { DegreeRow } from './degreeTree.ts';

export type CountedName = { readonly name: string; readonly count: number };

export type Origins = {
  /** Nearest first, each with the node through which it was met first. */
  readonly rows: readonly DegreeRow[];
  /** Versions among them. */
  readonly versions: number;
  /** The greatest degree. */
  readonly depth: number;
  readonly byType: readonly CountedName[];
  readonly byProject: readonly CountedName[];
};

/** Everything upstream of a node, by steps and counted; null where the graph does not hold the node. */
export function originsOf({ nodes, edges }: LineageGraph, about: string): Origins | null {
  const graph = indexByKey(nodes, edges);
  const root = graph.indexOf.get(about);
  if (root === undefined) return null;
  const reached = reach(graph, root, 'upstream');
  const order = new Int32Array(graph.nodeCount).fill(-1);
  reached.nodes.forEach((node, at) => (order[node] = at));
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const rows: DegreeRow[] = [];
  const types: string[] = [];
  const projects: string[] = [];
  for (let at = 1; at < reached.nodes.length; at++) {
    const index = reached.nodes[at]!;
    let through = root;
    let earliest = reached.nodes.length;
    for (let cursor = graph.outStart[index]!; cursor < graph.outStart[index + 1]!; cursor++) {
      const next = graph.target[graph.outEdge[cursor]!]!;
      if (order[next] === -1 || order[next]! >= earliest) continue;
      earliest = order[next]!;
      through = next;
    }
    rows.push({ key: graph.keys[index]!, degree: reached.distance[at]!, through: graph.keys[through]! });
    const node = byKey.get(graph.keys[index]!);
    if (node === undefined) continue;
    projects.push(`${node.entity}/${node.project}`);
    if (node.kind === 'version') types.push(node.type);
  }
  return { rows, versions: types.length, depth: rows.at(-1)?.degree ?? 0, byType: counted(types), byProject: counted(projects) };
}

/** The most first, then by name. */
function counted(names: readonly string[]): CountedName[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, count })).sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1));
}
