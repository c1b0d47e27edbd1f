import type { KeyedAdjacency } from './adjacency.ts';
import { markReach } from './reach.ts';

/**
 * The graph as rows of a tree, for the keyboard and for screen readers. The root is the first row; its upstream and its downstream are two
 * branches below it; what a person brought in that lies on neither side is a third, flat. A node met a second time appears again as a row that says so and has no children: every edge is told, nothing twice.
 */
export type LineageTreeRow = {
  /** Unique among the rows, stable while rows above are opened or closed: the way of keys from the root. */
  readonly id: string;
  readonly kind: 'root' | 'branch' | 'node';
  /** Key of the node; of a branch the root's. */
  readonly key: string;
  readonly direction: 'upstream' | 'downstream' | 'aside' | 'root';
  /** 1 for the root, as `aria-level` counts. */
  readonly level: number;
  /** Place among its siblings, from 1, and how many there are. */
  readonly position: number;
  readonly siblings: number;
  readonly childCount: number;
  readonly open: boolean;
  /** The node stands elsewhere in the tree already. */
  readonly repeated: boolean;
};

export type TreeOptions = {
  /** Whether a row's children are shown. The default opens all of the first levels. */
  readonly isOpen?: (id: string, level: number) => boolean;
  /** Rows at most; the rest is left out (and `truncated` says so). */
  readonly limit?: number;
  /** False leaves out the branch of what lies on neither side. */
  readonly aside?: boolean;
};

export type LineageTree = { readonly rows: readonly LineageTreeRow[]; readonly truncated: boolean };

export function buildTree(graph: KeyedAdjacency, rootKey: string, options: TreeOptions = {}): LineageTree {
  const root = graph.indexOf.get(rootKey);
  if (root === undefined) return { rows: [], truncated: false };
  const isOpen = options.isOpen ?? ((_id: string, level: number) => level <= 4);
  const limit = options.limit ?? 10_000;
  const rows: LineageTreeRow[] = [];
  const branches = (['upstream', 'downstream'] as const).filter((direction) => neighboursOf(graph, root, direction).length > 0);
  const aside: number[] = [];
  const onTheWay = options.aside === false ? new Uint8Array(graph.nodeCount).fill(1) : markReach(graph, root, 'both');
  for (let node = 0; node < graph.nodeCount; node++) if (onTheWay[node] === 0) aside.push(node);
  const branchCount = branches.length + (aside.length > 0 ? 1 : 0);
  const rootOpen = isOpen(rootKey, 1);
  rows.push({
    id: rootKey,
    kind: 'root',
    key: rootKey,
    direction: 'root',
    level: 1,
    position: 1,
    siblings: 1,
    childCount: branchCount,
    open: rootOpen && branchCount > 0,
    repeated: false,
  });
  if (!rootOpen) return { rows, truncated: false };

  for (const [branchAt, direction] of branches.entries()) {
    const branchId = `${rootKey} ${direction}`;
    const first = neighboursOf(graph, root, direction);
    const branchOpen = isOpen(branchId, 2);
    rows.push({
      id: branchId,
      kind: 'branch',
      key: rootKey,
      direction,
      level: 2,
      position: branchAt + 1,
      siblings: branchCount,
      childCount: first.length,
      open: branchOpen,
      repeated: false,
    });
    if (!branchOpen) continue;
    const shown = new Uint8Array(graph.nodeCount);
    shown[root] = 1;
    const stack: { readonly id: string; readonly children: readonly number[]; at: number; readonly level: number }[] = [
      { id: branchId, children: first, at: 0, level: 3 },
    ];
    while (stack.length > 0) {
      const frame = stack.at(-1)!;
      if (frame.at === frame.children.length) {
        stack.pop();
        continue;
      }
      if (rows.length >= limit) return { rows, truncated: true };
      const node = frame.children[frame.at++]!;
      const key = graph.keys[node]!;
      const id = `${frame.id} ${key}`;
      const repeated = shown[node] === 1;
      shown[node] = 1;
      const children = repeated ? [] : neighboursOf(graph, node, direction);
      const open = children.length > 0 && isOpen(id, frame.level);
      rows.push({
        id,
        kind: 'node',
        key,
        direction,
        level: frame.level,
        position: frame.at,
        siblings: frame.children.length,
        childCount: children.length,
        open,
        repeated,
      });
      if (open) stack.push({ id, children, at: 0, level: frame.level + 1 });
    }
  }
  if (aside.length > 0) {
    const id = `${rootKey} aside`;
    const open = isOpen(id, 2);
    const common = { direction: 'aside', open: false, repeated: false } as const;
    rows.push({
      ...common,
      id,
      kind: 'branch',
      key: rootKey,
      level: 2,
      position: branchCount,
      siblings: branchCount,
      childCount: aside.length,
      open,
    });
    for (const [at, node] of open ? aside.entries() : []) {
      if (rows.length >= limit) return { rows, truncated: true };
      const key = graph.keys[node]!;
      rows.push({ ...common, id: `${id} ${key}`, kind: 'node', key, level: 3, position: at + 1, siblings: aside.length, childCount: 0 });
    }
  }
  return { rows, truncated: false };
}

/** Distinct neighbours in one direction, in the order of the edges. */
function neighboursOf(graph: KeyedAdjacency, node: number, direction: 'upstream' | 'downstream'): readonly number[] {
  const upstream = direction === 'upstream';
  const start = upstream ? graph.inStart : graph.outStart;
  const list = upstream ? graph.inEdge : graph.outEdge;
  const far = upstream ? graph.source : graph.target;
  const found = new Set<number>();
  for (let at = start[node]!; at < start[node + 1]!; at++) {
    const other = far[list[at]!]!;
    if (other !== node) found.add(other);
  }
  return [...found];
}

/** One tree after another: of every version of a collection, of everything that was selected. */
export function buildForest(graph: KeyedAdjacency, rootKeys: readonly string[], options: TreeOptions = {}): LineageTree {
  const roots = rootKeys.filter((key) => graph.indexOf.has(key));
  const [only] = roots;
  if (only !== undefined && roots.length === 1) return buildTree(graph, only, options);
  const limit = options.limit ?? 10_000;
  const rows: LineageTreeRow[] = [];
  for (const [at, key] of roots.entries()) {
    if (rows.length >= limit) return { rows, truncated: true };
    const tree = buildTree(graph, key, { ...options, aside: false, limit: limit - rows.length });
    // Ways begin with their root, so that ids stay apart; the roots are each other's siblings.
    for (const row of tree.rows) rows.push(row.kind === 'root' ? { ...row, position: at + 1, siblings: roots.length } : row);
    if (tree.truncated) return { rows, truncated: true };
  }
  return { rows, truncated: false };
}
