/** A node of a `Tree`. Children that aren't known yet are undefined with `hasChildren` true. */
export interface TreeNode<Data> {
  readonly id: string;
  /** Words for type-ahead and for screen readers. */
  readonly label: string;
  readonly data: Data;
  readonly children?: ReadonlyArray<TreeNode<Data>>;
  /** There are children to unfold, known or not; true when `children` isn't empty. */
  readonly hasChildren?: boolean;
}

/** A node as it stands in the flattened tree. */
export interface TreeRow<Data> {
  readonly node: TreeNode<Data>;
  /** 0 at the root. */
  readonly depth: number;
  readonly parent: number;
  /** Place among its siblings, from 1. */
  readonly position: number;
  readonly siblings: number;
  readonly expandable: boolean;
  readonly expanded: boolean;
}

/** The rows in sight when the given nodes are unfolded, in order. Iterative: depth has no limit. */
export function flattenTree<Data>(nodes: ReadonlyArray<TreeNode<Data>>, expanded: ReadonlySet<string>): ReadonlyArray<TreeRow<Data>> {
  const rows: TreeRow<Data>[] = [];
  const stack: { readonly siblings: ReadonlyArray<TreeNode<Data>>; readonly depth: number; readonly parent: number; next: number }[] = [
    { siblings: nodes, depth: 0, parent: -1, next: 0 },
  ];
  for (let level = stack.at(-1); level !== undefined; level = stack.at(-1)) {
    const node = level.siblings[level.next];
    if (node === undefined) {
      stack.pop();
      continue;
    }
    level.next += 1;
    const expandable = node.hasChildren ?? (node.children !== undefined && node.children.length > 0);
    const isExpanded = expandable && expanded.has(node.id);
    rows.push({ node, depth: level.depth, parent: level.parent, position: level.next, siblings: level.siblings.length, expandable, expanded: isExpanded });
    if (isExpanded && node.children !== undefined) stack.push({ siblings: node.children, depth: level.depth + 1, parent: rows.length - 1, next: 0 });
  }
  return rows;
}
