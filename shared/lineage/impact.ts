import { indexByKey } from './adjacency.ts';
import { reach } from './reach.ts';
import type { LineageEdge, LineageNode } from './types.ts';

export type ImpactRow = {
  readonly key: string;
  /** Steps downstream of the root; the root itself is not listed. */
  readonly degree: number;
  /** The node through which it was met first. */
  readonly through: string;
};

/** What hangs on a node: everything downstream of it, counted. */
export type Impact = {
  readonly rows: readonly ImpactRow[];
  readonly versionCount: number;
  readonly runCount: number;
  readonly byType: Readonly<Record<string, number>>;
  readonly byProject: Readonly<Record<string, number>>;
  /** Keys of downstream versions that carry the alias, as a source alias or in a link. */
  readonly carrying: (alias: string) => readonly string[];
};

/** Impact of the node with key `root` within a graph; an unknown key has none. */
export function impactOf(nodes: readonly LineageNode[], edges: readonly LineageEdge[], root: string): Impact {
  const graph = indexByKey(nodes, edges);
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const rootIndex = graph.indexOf.get(root);
  const rows: ImpactRow[] = [];
  const byType: Record<string, number> = {};
  const byProject: Record<string, number> = {};
  const versions: Extract<LineageNode, { kind: 'version' }>[] = [];
  let runCount = 0;
  if (rootIndex !== undefined) {
    const reached = reach(graph, rootIndex, 'downstream');
    const order = new Int32Array(graph.nodeCount).fill(-1);
    reached.nodes.forEach((node, at) => (order[node] = at));
    for (let at = 1; at < reached.nodes.length; at++) {
      const index = reached.nodes[at]!;
      const node = byKey.get(graph.keys[index]!)!;
      let through = reached.nodes[0]!;
      let earliest = reached.nodes.length;
      for (let cursor = graph.inStart[index]!; cursor < graph.inStart[index + 1]!; cursor++) {
        const before = graph.source[graph.inEdge[cursor]!]!;
        if (order[before] !== -1 && order[before]! < earliest) {
          earliest = order[before]!;
          through = before;
        }
      }
      rows.push({ key: node.key, degree: reached.distance[at]!, through: graph.keys[through]! });
      byProject[node.project] = (byProject[node.project] ?? 0) + 1;
      if (node.kind === 'run') runCount++;
      else {
        versions.push(node);
        byType[node.type] = (byType[node.type] ?? 0) + 1;
      }
    }
  }
  const carrying = (alias: string): readonly string[] =>
    versions
      .filter(
        (version) =>
          version.aliases.some((chip) => chip.name === alias) || version.links.some((link) => link.aliases.some((chip) => chip.name === alias)),
      )
      .map((version) => version.key);
  return { rows, versionCount: versions.length, runCount, byType, byProject, carrying };
}
