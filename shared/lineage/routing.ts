import type { Adjacency } from './adjacency.ts';
import type { Spacing } from './coordinates.ts';
import type { Columns, LayoutDirection } from './layout.ts';
import type { Preflight } from './preflight.ts';
import type { Rows } from './rows.ts';

/**
 * Ways of all edges as one list of points (x, y alternating).
 *
 * The way of edge `e` is `points[2 * start[e] … 2 * start[e + 1]]`, from its source to its target: an even number of
 * points, pairs of a straight run along the layers; from the end of one run to the start of the next the edge swings over as a
 * curve that leaves and arrives along the layers and stays inside the gap between two columns. That is why
 * no edge touches a node. Self loops have no points.
 */
export type Routes = {
  readonly start: Int32Array;
  readonly points: Float32Array;
  /** 1 for edges drawn against the reading direction, because they close a cycle. */
  readonly reversed: Uint8Array;
};

type RoutingInput = {
  readonly graph: Adjacency;
  readonly checked: Preflight;
  readonly rows: Rows;
  /** Rank of the column of every node. */
  readonly column: Int32Array;
  readonly columns: Columns;
  readonly main: Float64Array;
  readonly cross: Float64Array;
  readonly along: Float32Array;
  readonly across: Float32Array;
  readonly spacing: Spacing;
  readonly direction: LayoutDirection;
};

/** O(total points); straight stretches over several columns are one run. */
export function routeEdges(input: RoutingInput): Routes {
  const { graph, checked, rows, column: columnOf, columns, main, cross, along, direction } = input;
  const { edgeCount, source, target } = graph;
  const { reversed } = checked;
  const lanes = assignDetours(input);
  const start = new Int32Array(edgeCount + 1);
  const isReversed = (edge: number): boolean => reversed[edge] === 1;

  // First pass counts, second writes: one exact allocation.
  const write = (edge: number, emit: (mainAt: number, crossAt: number) => void): void => {
    const way = rows.representative[edge]!;
    if (way < 0) return;
    const early = isReversed(edge) ? target[edge]! : source[edge]!;
    const late = isReversed(edge) ? source[edge]! : target[edge]!;
    emit(main[early]! + along[early]! / 2, cross[early]!);
    let level = cross[early]!;
    const column = columnOf[early]!;
    const lateColumn = columnOf[late]!;
    if (rows.detour[way] === 1) {
      const lane = lanes[way]!;
      emit(columns.end[column]!, level);
      emit(columns.start[column + 1]!, lane);
      emit(columns.end[lateColumn - 1]!, lane);
      emit(columns.start[lateColumn]!, cross[late]!);
    } else {
      const span = lateColumn - column;
      for (let step = 1; step <= span; step++) {
        const next = step === span ? cross[late]! : cross[rows.firstBend[way]! + step - 1]!;
        if (next !== level) {
          emit(columns.end[column + step - 1]!, level);
          emit(columns.start[column + step]!, next);
          level = next;
        }
      }
    }
    emit(main[late]! - along[late]! / 2, cross[late]!);
  };

  for (let edge = 0; edge < edgeCount; edge++) {
    let count = 0;
    write(edge, () => count++);
    start[edge + 1] = start[edge]! + count;
  }
  const points = new Float32Array(start[edgeCount]! * 2);
  const swap = direction === 'down';
  for (let edge = 0; edge < edgeCount; edge++) {
    const backwards = isReversed(edge);
    let at = backwards ? start[edge + 1]! - 1 : start[edge]!;
    const step = backwards ? -1 : 1;
    write(edge, (mainAt, crossAt) => {
      points[2 * at] = swap ? crossAt : mainAt;
      points[2 * at + 1] = swap ? mainAt : crossAt;
      at += step;
    });
  }
  return { start, points, reversed };
}

/** How many lanes run on either side of a component before edges share one. */
const laneLimit = 24;

/** Room the lanes of a component take on each of its sides. */
export function detourRoom(count: number, spacing: Spacing): number {
  return count === 0 ? 0 : spacing.besideNode + Math.min(laneLimit, (count + 1) >> 1) * spacing.betweenEdges;
}

/** Cross position of the lane of every edge that goes around; alternately above and below its component. */
function assignDetours({ graph, rows, cross, across, spacing }: RoutingInput): Float64Array {
  const lanes = new Float64Array(rows.detourCount.some((count) => count > 0) ? graph.edgeCount : 0);
  if (lanes.length === 0) return lanes;
  const { componentCount, nodeCount } = rows;
  const least = new Float64Array(componentCount).fill(Infinity);
  const most = new Float64Array(componentCount).fill(-Infinity);
  for (let item = 0; item < rows.itemCount; item++) {
    const component = rows.componentOf[item]!;
    const half = item < nodeCount ? across[item]! / 2 : 0;
    least[component] = Math.min(least[component]!, cross[item]! - half);
    most[component] = Math.max(most[component]!, cross[item]! + half);
  }
  const used = new Int32Array(componentCount);
  for (let edge = 0; edge < graph.edgeCount; edge++) {
    if (rows.detour[edge] === 0) continue;
    const component = rows.componentOf[graph.source[edge]!]!;
    const number = used[component]!++;
    const distance = spacing.besideNode + ((number >> 1) % laneLimit) * spacing.betweenEdges;
    lanes[edge] = (number & 1) === 0 ? most[component]! + distance : least[component]! - distance;
  }
  return lanes;
}
