/** A walk's answer as a tree: each node below the one through which it was met first. */
import type { LineageNode } from '#shared/contract/index.ts';
import type { TreeNode } from '../../../ui/tree-rows.ts';

export type DegreeRow = { readonly key: string; readonly degree: number; readonly through: string };
export type DegreeNode = { readonly node: LineageNode; readonly degree: number };

type Built = { id: string; label: string; data: DegreeNode; hasChildren: boolean; children: Built[] };

/**
 * @param rows nearest first, so that what leads to a node comes before it; rows whose way in is not among them are left out
 */
export function nestByThrough(
  roots: readonly string[],
  rows: readonly DegreeRow[],
  /** Each node with what its row shows and what is said of it. */
  known: ReadonlyMap<string, { readonly node: LineageNode; readonly shown: string; readonly described: string }>,
): { readonly nodes: readonly TreeNode<DegreeNode>[]; readonly branches: readonly { readonly id: string; readonly degree: number }[] } {
  const top: Built[] = [];
  const byKey = new Map<string, Built>();
  const branches: { id: string; degree: number }[] = [];
  const isRoot = new Set(roots);
  for (const { key, degree, through } of rows) {
    const one = known.get(key);
    if (one === undefined) continue;
    const built: Built = { id: key, label: `${one.shown} ${degree} ${degree === 1 ? 'step' : 'steps'} away, ${one.described}`, data: { node: one.node, degree }, hasChildren: false, children: [] };
    const parent = byKey.get(through);
    if (parent === undefined && !isRoot.has(through)) continue;
    byKey.set(key, built);
    if (parent === undefined) top.push(built);
    else {
      if (!parent.hasChildren) branches.push({ id: parent.id, degree: parent.data.degree });
      parent.hasChildren = true;
      parent.children.push(built);
    }
  }
  return { nodes: top, branches };
}
