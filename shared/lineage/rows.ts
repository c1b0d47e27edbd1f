import { compressRows, type Adjacency } from './adjacency.ts';
import type { Preflight } from './preflight.ts';

/**
 * The layered graph in the form the ordering and the coordinates work on.
 *
 * Every connected component has its own rows (one per column from its first to its last), so components never mix and one pass serves all
 * of them. Items are the nodes (item = node index) followed by the bends of long edges; a segment joins an item of a row
 * with an item of the next row of the same component. Memory is bounded by a budget of bends: the longest edges
 * beyond it get none and are led around the component instead (`detour`).
 */
export type Rows = {
  readonly nodeCount: number;
  readonly itemCount: number;
  readonly rowCount: number;
  readonly rowOf: Int32Array;
  /** Items of row `r`: `rowItem[rowStart[r] … rowStart[r + 1]]`, in their order; changed in place by the ordering. */
  readonly rowStart: Int32Array;
  readonly rowItem: Int32Array;
  /** Place of an item within its row. */
  readonly place: Int32Array;
  readonly segmentCount: number;
  /** Segment → item in the earlier row, item in the later row. */
  readonly segmentFrom: Int32Array;
  readonly segmentTo: Int32Array;
  readonly nextStart: Int32Array;
  /** Segments towards the next row. After `sortSegments` ordered by the place of their other end. */
  readonly nextSegment: Int32Array;
  readonly previousStart: Int32Array;
  readonly previousSegment: Int32Array;
  /** Component of an item; components are numbered by their first node. */
  readonly componentOf: Int32Array;
  readonly componentCount: number;
  /** First row of a component; rows of a component are consecutive. */
  readonly componentRow: Int32Array;
  readonly componentColumn: Int32Array;
  /** Per edge: the edge whose way it shares (parallel edges are laid out once), or -1 for self loops. */
  readonly representative: Int32Array;
  /** Per edge: first bend item, -1 when there is none. Bends of an edge are consecutive, in the order of the columns. */
  readonly firstBend: Int32Array;
  /** Per edge: 1 when it is too long for the budget and goes around. */
  readonly detour: Uint8Array;
  /** Per component: edges that go around. */
  readonly detourCount: Int32Array;
};

/** Bends allowed for a graph: enough for honest graphs, linear for hostile ones. */
export function bendBudget(nodeCount: number, edgeCount: number): number {
  return 4000 + 3 * (nodeCount + edgeCount);
}

/** `column` is the rank of every node's layer. With `together` the whole graph counts as one component. */
export function buildRows(graph: Adjacency, checked: Preflight, column: Int32Array, together = false): Rows {
  const { nodeCount, edgeCount, source, target } = graph;
  const { reversed } = checked;

  const { componentOf: componentOfNode, componentCount } = together
    ? { componentOf: new Int32Array(nodeCount), componentCount: Math.min(1, nodeCount) }
    : findComponents(graph);
  const minimum = new Int32Array(componentCount).fill(0x7fff_ffff);
  const maximum = new Int32Array(componentCount).fill(-0x7fff_ffff);
  for (let node = 0; node < nodeCount; node++) {
    const component = componentOfNode[node]!;
    if (column[node]! < minimum[component]!) minimum[component] = column[node]!;
    if (column[node]! > maximum[component]!) maximum[component] = column[node]!;
  }
  // A component may skip a column that others use; its row is then empty or holds bends only.
  const componentRow = new Int32Array(componentCount + 1);
  for (let component = 0; component < componentCount; component++) {
    componentRow[component + 1] = componentRow[component]! + maximum[component]! - minimum[component]! + 1;
  }
  const rowCount = componentRow[componentCount]!;

  const representative = new Int32Array(edgeCount);
  const span = new Int32Array(edgeCount);
  const seen = new Int32Array(nodeCount).fill(-1);
  const seenFor = new Int32Array(nodeCount).fill(-1);
  for (let node = 0; node < nodeCount; node++) {
    for (let at = graph.outStart[node]!; at < graph.outStart[node + 1]!; at++) {
      const edge = graph.outEdge[at]!;
      const other = target[edge]!;
      if (other === node) {
        representative[edge] = -1;
        continue;
      }
      if (seenFor[other] === node) {
        representative[edge] = seen[other]!;
        continue;
      }
      seenFor[other] = node;
      seen[other] = edge;
      representative[edge] = edge;
      span[edge] = Math.abs(column[other]! - column[node]!);
    }
  }

  const detour = new Uint8Array(edgeCount);
  const detourCount = new Int32Array(componentCount);
  const allowed = longestAffordableSpan(representative, span, rowCount, bendBudget(nodeCount, edgeCount));
  let bends = 0;
  let segmentCount = 0;
  for (let edge = 0; edge < edgeCount; edge++) {
    if (representative[edge] !== edge) continue;
    if (span[edge]! > allowed) {
      detour[edge] = 1;
      detourCount[componentOfNode[source[edge]!]!]!++;
      continue;
    }
    bends += span[edge]! - 1;
    segmentCount += span[edge]!;
  }

  const itemCount = nodeCount + bends;
  const rowOf = new Int32Array(itemCount);
  const componentOf = new Int32Array(itemCount);
  componentOf.set(componentOfNode);
  for (let node = 0; node < nodeCount; node++) {
    const component = componentOf[node]!;
    rowOf[node] = componentRow[component]! + column[node]! - minimum[component]!;
  }
  const firstBend = new Int32Array(edgeCount).fill(-1);
  const segmentFrom = new Int32Array(segmentCount);
  const segmentTo = new Int32Array(segmentCount);
  let item = nodeCount;
  let segment = 0;
  for (let edge = 0; edge < edgeCount; edge++) {
    if (representative[edge] !== edge || detour[edge] === 1) continue;
    const from = reversed[edge] === 1 ? target[edge]! : source[edge]!;
    const to = reversed[edge] === 1 ? source[edge]! : target[edge]!;
    if (span[edge]! > 1) firstBend[edge] = item;
    let earlier = from;
    for (let step = 1; step < span[edge]!; step++) {
      rowOf[item] = rowOf[from]! + step;
      componentOf[item] = componentOf[from]!;
      segmentFrom[segment] = earlier;
      segmentTo[segment++] = item;
      earlier = item++;
    }
    segmentFrom[segment] = earlier;
    segmentTo[segment++] = to;
  }

  const rowStart = new Int32Array(rowCount + 1);
  for (let index = 0; index < itemCount; index++) rowStart[rowOf[index]! + 1]!++;
  for (let row = 0; row < rowCount; row++) rowStart[row + 1]! += rowStart[row]!;
  const rowItem = new Int32Array(itemCount);
  const place = new Int32Array(itemCount);
  const cursor = rowStart.slice(0, rowCount);
  for (let index = 0; index < itemCount; index++) {
    const row = rowOf[index]!;
    place[index] = cursor[row]! - rowStart[row]!;
    rowItem[cursor[row]!++] = index;
  }

  const next = compressRows(segmentFrom, itemCount);
  const previous = compressRows(segmentTo, itemCount);
  return {
    nodeCount,
    itemCount,
    rowCount,
    rowOf,
    rowStart,
    rowItem,
    place,
    segmentCount,
    segmentFrom,
    segmentTo,
    nextStart: next.start,
    nextSegment: next.entry,
    previousStart: previous.start,
    previousSegment: previous.entry,
    componentOf,
    componentCount,
    componentRow,
    componentColumn: minimum,
    representative,
    firstBend,
    detour,
    detourCount,
  };
}

/** The longest span for which all bends of edges up to it fit the budget; found on a histogram of spans. */
function longestAffordableSpan(representative: Int32Array, span: Int32Array, rowCount: number, budget: number): number {
  const histogram = new Int32Array(rowCount + 1);
  for (let edge = 0; edge < span.length; edge++) if (representative[edge] === edge) histogram[span[edge]!]!++;
  let spent = 0;
  for (let length = 1; length <= rowCount; length++) {
    spent += histogram[length]! * (length - 1);
    if (spent > budget) return length - 1;
  }
  return rowCount;
}

/** Weakly connected components, numbered by their first node. */
export function findComponents(graph: Adjacency): { componentOf: Int32Array; componentCount: number } {
  const { nodeCount, edgeCount, source, target } = graph;
  const parent = new Int32Array(nodeCount);
  for (let node = 0; node < nodeCount; node++) parent[node] = node;
  const find = (node: number): number => {
    let at = node;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  for (let edge = 0; edge < edgeCount; edge++) {
    const first = find(source[edge]!);
    const second = find(target[edge]!);
    // The lower index wins, so that a component is named by its first node.
    if (first < second) parent[second] = first;
    else if (second < first) parent[first] = second;
  }
  const componentOf = new Int32Array(nodeCount);
  let componentCount = 0;
  for (let node = 0; node < nodeCount; node++) {
    const root = find(node);
    componentOf[node] = root === node ? componentCount++ : componentOf[root]!;
  }
  return { componentOf, componentCount };
}

/**
 * Orders every item's segments by the place of their other end. Walking the rows in order and handing each segment to
 * its other end sorts all lists at once, in O(items + segments).
 */
export function sortSegments(rows: Rows): void {
  sortSide(rows, rows.previousStart, rows.previousSegment, rows.nextStart, rows.nextSegment, rows.segmentFrom);
  sortSide(rows, rows.nextStart, rows.nextSegment, rows.previousStart, rows.previousSegment, rows.segmentTo);
}

/** Rewrites `list` (grouped by the end `ownEnd`) by walking the other side's lists in the order of the rows. */
function sortSide(rows: Rows, otherStart: Int32Array, otherList: Int32Array, start: Int32Array, list: Int32Array, ownEnd: Int32Array): void {
  const cursor = start.slice(0, rows.itemCount);
  const { rowItem, itemCount } = rows;
  for (let at = 0; at < itemCount; at++) {
    const item = rowItem[at]!;
    for (let index = otherStart[item]!; index < otherStart[item + 1]!; index++) {
      const segment = otherList[index]!;
      const owner = ownEnd[segment]!;
      list[cursor[owner]!++] = segment;
    }
  }
}
