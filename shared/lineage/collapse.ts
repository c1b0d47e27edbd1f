import type { LineageDrawnEdge, LineageDrawnGraph, LineageDrawnNode, LineageGraph, LineageGrouping, LineageNode } from './types.ts';

export type CollapseOptions = {
  readonly by: LineageGrouping;
  /** Keys of groups that are shown open. */
  readonly open?: ReadonlySet<string>;
  /** Keys of nodes that are never gathered (the root, what is pinned). */
  readonly keep?: ReadonlySet<string>;
  /** Groups smaller than this are left as they are. */
  readonly least?: number;
};

/** Key of the group a node belongs to, or undefined when it belongs to none (a run has no type). */
export function groupKeyOf(node: LineageNode, by: LineageGrouping): string | undefined {
  switch (by) {
    case 'project':
      return `group:project:${node.entity}/${node.project}`;
    case 'type':
      return node.kind === 'version' ? `group:type:${node.type}` : undefined;
    case 'jobType':
      return node.kind === 'run' && node.jobType !== null ? `group:jobType:${node.jobType}` : undefined;
    case 'runGroup':
      return node.kind === 'run' && node.group !== undefined && node.group !== '' ? `group:runGroup:${node.entity}/${node.project}/${node.group}` : undefined;
  }
}

/**
 * Gathers nodes into groups and edges between them into counted edges. Edges inside a closed group disappear. Order follows
 * the graph: a group stands where its first member stood.
 */
export function collapseGroups(graph: LineageGraph, options: CollapseOptions): LineageDrawnGraph {
  const { by, open, keep, least = 2 } = options;
  const members = new Map<string, LineageNode[]>();
  const groupOf = new Map<string, string>();
  for (const node of graph.nodes) {
    if (keep?.has(node.key) === true) continue;
    const group = groupKeyOf(node, by);
    if (group === undefined || open?.has(group) === true) continue;
    groupOf.set(node.key, group);
    const list = members.get(group);
    if (list === undefined) members.set(group, [node]);
    else list.push(node);
  }
  for (const [group, list] of members) {
    if (list.length >= least) continue;
    for (const node of list) groupOf.delete(node.key);
    members.delete(group);
  }

  const nodes: LineageDrawnNode[] = [];
  const placed = new Set<string>();
  for (const node of graph.nodes) {
    const group = groupOf.get(node.key);
    if (group === undefined) nodes.push(node);
    else if (!placed.has(group)) {
      placed.add(group);
      const list = members.get(group)!;
      nodes.push({
        kind: 'group',
        key: group,
        groupedBy: by,
        label: group.slice(`group:${by}:`.length),
        memberKeys: list.map((member) => member.key),
        versionCount: list.filter((member) => member.kind === 'version').length,
        runCount: list.filter((member) => member.kind === 'run').length,
      });
    }
  }

  const gathered = new Map<string, number>();
  const edges: LineageDrawnEdge[] = [];
  for (const edge of graph.edges) {
    const from = groupOf.get(edge.from) ?? edge.from;
    const to = groupOf.get(edge.to) ?? edge.to;
    if (from === edge.from && to === edge.to) {
      edges.push(edge);
      continue;
    }
    if (from === to) continue;
    const name = JSON.stringify([from, to, edge.relation]);
    const known = gathered.get(name);
    if (known === undefined) {
      gathered.set(name, edges.length);
      edges.push({ ...edge, from, to, count: 1 });
    } else edges[known] = { ...edges[known]!, count: (edges[known]!.count ?? 1) + 1 };
  }
  return { nodes, edges };
}
