/**
 * A directed graph as typed arrays: edge lists plus compressed rows for both directions.
 * Everything that must be quick at a hundred thousand nodes works on this, by index.
 */
export type Adjacency = {
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly source: Int32Array;
  readonly target: Int32Array;
  /** Edges leaving node `n`: `outEdge[outStart[n] … outStart[n + 1]]`, in edge order. */
  readonly outStart: Int32Array;
  readonly outEdge: Int32Array;
  readonly inStart: Int32Array;
  readonly inEdge: Int32Array;
};

/** A graph with the keys of its nodes. */
export type KeyedAdjacency = Adjacency & {
  readonly keys: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
};

/**
 * Compressed rows of a list of numbers: which entries carry the value `v`, for every `v` below `count`.
 * Entries keep their order (a counting sort).
 */
export function compressRows(values: Int32Array, count: number): { start: Int32Array; entry: Int32Array } {
  const start = new Int32Array(count + 1);
  for (let index = 0; index < values.length; index++) start[values[index]! + 1]!++;
  for (let value = 0; value < count; value++) start[value + 1]! += start[value]!;
  const cursor = start.slice(0, count);
  const entry = new Int32Array(values.length);
  for (let index = 0; index < values.length; index++) entry[cursor[values[index]!]!++] = index;
  return { start, entry };
}

/** Builds both directions from edge lists; `source` and `target` hold node indices below `nodeCount`. */
export function buildAdjacency(nodeCount: number, source: Int32Array, target: Int32Array): Adjacency {
  const out = compressRows(source, nodeCount);
  const into = compressRows(target, nodeCount);
  return {
    nodeCount,
    edgeCount: source.length,
    source,
    target,
    outStart: out.start,
    outEdge: out.entry,
    inStart: into.start,
    inEdge: into.entry,
  };
}

/**
 * Indexes nodes and edges by key. Edges whose ends are not among the nodes are left out;
 * `edgeOrigin[e]` says which of the given edges the kept edge `e` is.
 */
export function indexByKey(
  nodes: readonly { readonly key: string }[],
  edges: readonly { readonly from: string; readonly to: string }[],
): KeyedAdjacency & { readonly edgeOrigin: Int32Array } {
  const indexOf = new Map<string, number>();
  const keys: string[] = [];
  for (const node of nodes) {
    if (indexOf.has(node.key)) continue;
    indexOf.set(node.key, keys.length);
    keys.push(node.key);
  }
  const source = new Int32Array(edges.length);
  const target = new Int32Array(edges.length);
  const edgeOrigin = new Int32Array(edges.length);
  let kept = 0;
  for (let index = 0; index < edges.length; index++) {
    const edge = edges[index]!;
    const from = indexOf.get(edge.from);
    const to = indexOf.get(edge.to);
    if (from === undefined || to === undefined) continue;
    source[kept] = from;
    target[kept] = to;
    edgeOrigin[kept] = index;
    kept++;
  }
  const adjacency = buildAdjacency(keys.length, source.slice(0, kept), target.slice(0, kept));
  return { ...adjacency, keys, indexOf, edgeOrigin: edgeOrigin.slice(0, kept) };
}
