import { buildAdjacency, type Adjacency } from './adjacency.ts';
import { gatherBlocks, spreadBlocks } from './blocks.ts';
import { assignCrossPositions, defaultSpacing, settleAround, type Spacing } from './coordinates.ts';
import { assignLayers, noLayer } from './layering.ts';
import { orderRows, type OrderingOptions } from './ordering.ts';
import { packComponents } from './packing.ts';
import { preflight, type Preflight } from './preflight.ts';
import { detourRoom, routeEdges, type Routes } from './routing.ts';
import { buildRows, type Rows } from './rows.ts';

export type LayoutDirection = 'right' | 'down';

/** Least free room between two columns, in pixels, where none is asked for. */
const defaultColumnGap = 56;

/** What the layout needs to know: sizes and edges by index, nothing of what they mean. */
export type LayoutInput = {
  readonly nodeCount: number;
  readonly source: Int32Array;
  readonly target: Int32Array;
  /** Pixels. Whole even numbers keep everything on whole pixels. */
  readonly width: Float32Array;
  readonly height: Float32Array;
  /** See `LayeringHints.parity`. */
  readonly parity?: Uint8Array;
  /** See `LayeringHints.weight`. */
  readonly weight?: Uint8Array;
};

export type LayoutOptions = {
  readonly direction?: LayoutDirection;
  readonly effort?: OrderingOptions['effort'];
  readonly spacing?: Spacing;
  /** Least free room between two columns, in pixels. */
  readonly columnGap?: number;
  /** Node whose longest chain is kept straight; otherwise the longest chain of the graph. */
  readonly root?: number;
  /** A layout of the same nodes by other means: its order across the layers is where the search for few crossings starts. */
  readonly suggested?: PreviousLayout;
  /** An earlier layout of (part of) the same nodes: what stood stays where it stood as far as possible. */
  readonly previous?: PreviousLayout;
};

/** Per node of the new graph: where it stood, `noLayer` and not-a-number for nodes that are new. */
export type PreviousLayout = {
  readonly layer: Int32Array;
  /** Centres, in pixels. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Node that must not move at all, usually the one that was expanded. */
  readonly anchor?: number;
  /** Where the earlier layout had blocks: see `LayoutResult.block`. */
  readonly block?: Uint8Array;
  /** The ways of the earlier layout, so that long edges keep theirs: `edgeOf` names the earlier edge per new edge, -1 for new ones. */
  readonly ways?: { readonly start: Int32Array; readonly points: Float32Array; readonly edgeOf: Int32Array };
};

export type Bounds = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

/** Positions are centres in pixels; routes are described in `routing.ts`. */
export type LayoutResult = {
  readonly direction: LayoutDirection;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly layer: Int32Array;
  readonly routes: Routes;
  readonly bounds: Bounds;
  readonly crossings: number;
  readonly checked: Pick<Preflight, 'reversed' | 'reversedCount'>;
  /** Per node: 0, or the side on which it hangs in a block; absent where there are no blocks. See `blocks.ts`. */
  readonly block?: Uint8Array;
};

/**
 * Layered layout of any directed graph, cycles and parallel edges included: layers by longest path, few crossings by
 * sweeps, straight main path, edges led between the nodes. Pure and deterministic: the same input gives the same
 * numbers. Time is near linear; memory is linear in nodes and edges whatever their lengths.
 */
export function layoutLayered(input: LayoutInput, options: LayoutOptions = {}): LayoutResult {
  const gathered = gatherBlocks(input, options.direction ?? 'right', options.spacing ?? defaultSpacing, options);
  if (gathered === undefined) return layoutNodes(input, options).result;
  const { previous, suggested, root } = gathered;
  const { previous: _, suggested: __, root: ___, ...rest } = options;
  const laidOut = layoutNodes(gathered.input, { ...rest, ...(previous === undefined ? {} : { previous }), ...(suggested === undefined ? {} : { suggested }), ...(root === undefined ? {} : { root }) });
  return spreadBlocks(gathered, input, laidOut.result, laidOut.columns, laidOut.column);
}

function layoutNodes(input: LayoutInput, options: LayoutOptions): { readonly result: LayoutResult; readonly columns: Columns; readonly column: Int32Array } {
  const direction = options.direction ?? 'right';
  const spacing = options.spacing ?? defaultSpacing;
  const { nodeCount } = input;
  const across = direction === 'right' ? input.height : input.width;
  const along = direction === 'right' ? input.width : input.height;
  const graph = buildAdjacency(nodeCount, input.source, input.target);
  const checked = preflight(graph);
  const previous = options.previous;
  const layer = assignLayers(graph, checked, { parity: input.parity, weight: input.weight, previousLayer: previous?.layer });
  // What stood is not moved to other layers.
  const order = previous === undefined ? packComponents(graph, layer, { root: options.root, along, across, betweenNodes: spacing.betweenNodes, columnGap: options.columnGap ?? defaultColumnGap, direction }).order : [0];
  const column = rankLayers(layer);
  // What stood may mix components in a column; taken as one they keep clear of each other.
  const rows = buildRows(graph, checked, column, previous !== undefined);
  const size = new Float32Array(rows.itemCount);
  size.set(across);

  let wished: Float64Array | undefined;
  if (previous !== undefined) {
    wished = new Float64Array(rows.itemCount).fill(Number.NaN);
    wished.set(direction === 'right' ? previous.y : previous.x);
    if (previous.ways !== undefined) wishBends(graph, checked, rows, layer, column, previous, previous.ways, direction, wished);
  }
  let suggested: Float64Array | undefined;
  if (options.suggested !== undefined && wished === undefined) {
    suggested = new Float64Array(rows.itemCount).fill(Number.NaN);
    suggested.set(direction === 'right' ? options.suggested.y : options.suggested.x);
    if (options.suggested.ways !== undefined) {
      wishBends(graph, checked, rows, layer, column, { ...options.suggested, layer }, options.suggested.ways, direction, suggested);
    }
  }
  const crossings = orderRows(rows, { effort: options.effort ?? 'normal', start: options.root, wished, suggested });

  const cross =
    wished === undefined
      ? assignCrossPositions(rows, size, markMainPath(graph, checked, column, rows, options.root), spacing)
      : settleAround(rows, size, wished, spacing);
  const offset = placeComponents(rows, order, size, cross, wished, spacing);
  for (let item = 0; item < rows.itemCount; item++) cross[item] = Math.round(cross[item]! + offset[rows.componentOf[item]!]!) + 0;

  const columns = placeColumns(
    rows,
    column,
    along,
    cross,
    options.columnGap ?? defaultColumnGap,
    previous === undefined
      ? undefined
      : {
          layer,
          previousLayer: previous.layer,
          main: direction === 'right' ? previous.x : previous.y,
          anchor: previous.anchor,
        },
  );
  const main = new Float64Array(nodeCount);
  for (let node = 0; node < nodeCount; node++) main[node] = columns.centre[column[node]!]!;

  if (previous?.anchor !== undefined) holdAnchor(previous.anchor, direction === 'right' ? previous.y : previous.x, cross);

  const routes = routeEdges({ graph, checked, rows, column, columns, main, cross, along, across, spacing, direction });
  const x = direction === 'right' ? main : cross.slice(0, nodeCount);
  const y = direction === 'right' ? cross.slice(0, nodeCount) : main;
  return { result: { direction, x, y, layer, routes, bounds: boundsOf(x, y, input.width, input.height, routes.points), crossings, checked }, columns, column };
}

/**
 * Where the bends of long edges stood: read from the earlier way of an edge at the place of each column it crosses. Only edges
 * whose ends kept their layers have bends to keep.
 */
function wishBends(
  graph: Adjacency,
  checked: Preflight,
  rows: Rows,
  layer: Int32Array,
  column: Int32Array,
  previous: PreviousLayout,
  ways: NonNullable<PreviousLayout['ways']>,
  direction: LayoutDirection,
  wished: Float64Array,
): void {
  const along = direction === 'right' ? 0 : 1;
  const stood = direction === 'right' ? previous.x : previous.y;
  let count = 0;
  for (let node = 0; node < graph.nodeCount; node++) if (column[node]! >= count) count = column[node]! + 1;
  const centre = new Float64Array(count).fill(Number.NaN);
  for (let node = 0; node < graph.nodeCount; node++) if (previous.layer[node] === layer[node]) centre[column[node]!] = stood[node]!;
  for (let edge = 0; edge < graph.edgeCount; edge++) {
    const first = rows.firstBend[edge]!;
    const earlier = ways.edgeOf[edge]!;
    if (first === -1 || earlier === -1) continue;
    const turned = checked.reversed[edge] === 1;
    const from = turned ? graph.target[edge]! : graph.source[edge]!;
    const to = turned ? graph.source[edge]! : graph.target[edge]!;
    if (previous.layer[from] !== layer[from] || previous.layer[to] !== layer[to]) continue;
    const begin = ways.start[earlier]!;
    const end = ways.start[earlier + 1]!;
    for (let step = 1; column[from]! + step < column[to]!; step++) {
      const at = centre[column[from]! + step]!;
      for (let point = begin; point + 1 < end; point += 2) {
        const one = ways.points[2 * point + along]!;
        const other = ways.points[2 * point + 2 + along]!;
        if (Math.min(one, other) <= at && at <= Math.max(one, other)) {
          wished[first + step - 1] = ways.points[2 * point + 1 - along]!;
          break;
        }
      }
    }
  }
}

/** Moves everything across the layers so that the anchor stands exactly where it stood. */
function holdAnchor(anchor: number, stood: Float64Array, cross: Float64Array): void {
  if (Number.isNaN(stood[anchor]!)) return;
  const shift = stood[anchor]! - cross[anchor]!;
  if (shift === 0) return;
  for (let item = 0; item < cross.length; item++) cross[item]! += shift;
}

export function boundsOf(
  x: Float64Array,
  y: Float64Array,
  width: Float32Array,
  height: Float32Array,
  points: Float32Array = new Float32Array(0),
): Bounds {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (let node = 0; node < x.length; node++) {
    const halfWidth = width[node]! / 2;
    const halfHeight = height[node]! / 2;
    if (x[node]! - halfWidth < left) left = x[node]! - halfWidth;
    if (x[node]! + halfWidth > right) right = x[node]! + halfWidth;
    if (y[node]! - halfHeight < top) top = y[node]! - halfHeight;
    if (y[node]! + halfHeight > bottom) bottom = y[node]! + halfHeight;
  }
  for (let at = 0; at < points.length; at += 2) {
    if (points[at]! < left) left = points[at]!;
    if (points[at]! > right) right = points[at]!;
    if (points[at + 1]! < top) top = points[at + 1]!;
    if (points[at + 1]! > bottom) bottom = points[at + 1]!;
  }
  return left > right ? { left: 0, top: 0, right: 0, bottom: 0 } : { left, top, right, bottom };
}

/**
 * Marks the segments of the main path: the longest chain through the root, or of the whole graph. Equal lengths are decided
 * by the lower index.
 */
function markMainPath(graph: Adjacency, checked: Preflight, column: Int32Array, rows: Rows, root: number | undefined): Uint8Array {
  const straight = new Uint8Array(rows.segmentCount);
  const { nodeCount, source, target } = graph;
  if (nodeCount === 0) return straight;
  const { topological, reversed } = checked;
  const depth = new Int32Array(nodeCount);
  const height = new Int32Array(nodeCount);
  const from = (edge: number): number => (reversed[edge] === 1 ? target[edge]! : source[edge]!);
  const to = (edge: number): number => (reversed[edge] === 1 ? source[edge]! : target[edge]!);
  for (let at = 0; at < nodeCount; at++) relax(topological[at]!, depth, true);
  for (let at = nodeCount - 1; at >= 0; at--) relax(topological[at]!, height, false);

  let middle = root ?? -1;
  if (middle === -1) {
    let longest = -1;
    for (let node = 0; node < nodeCount; node++) {
      if (depth[node]! + height[node]! > longest) {
        longest = depth[node]! + height[node]!;
        middle = node;
      }
    }
  }
  follow(middle, true);
  follow(middle, false);
  return straight;

  /** depth (or height) of a node from its neighbours before (or after) it. */
  function relax(node: number, length: Int32Array, backwards: boolean): void {
    let best = 0;
    visitEdges(node, backwards, (_edge, other) => {
      if (length[other]! + 1 > best) best = length[other]! + 1;
    });
    length[node] = best;
  }
  function visitEdges(node: number, backwards: boolean, visit: (edge: number, other: number) => void): void {
    for (let at = graph.inStart[node]!; at < graph.inStart[node + 1]!; at++) {
      const edge = graph.inEdge[at]!;
      if (source[edge] === target[edge]) continue;
      if (backwards ? to(edge) === node : from(edge) === node) visit(edge, backwards ? from(edge) : to(edge));
    }
    for (let at = graph.outStart[node]!; at < graph.outStart[node + 1]!; at++) {
      const edge = graph.outEdge[at]!;
      if (source[edge] === target[edge]) continue;
      if (backwards ? to(edge) === node : from(edge) === node) visit(edge, backwards ? from(edge) : to(edge));
    }
  }
  function follow(begin: number, backwards: boolean): void {
    const length = backwards ? depth : height;
    let node = begin;
    while (length[node]! > 0) {
      let chosen = -1;
      let next = -1;
      visitEdges(node, backwards, (edge, other) => {
        if (length[other]! + 1 === length[node]! && (next === -1 || other < next)) {
          chosen = edge;
          next = other;
        }
      });
      if (chosen === -1) return;
      markEdge(rows.representative[chosen]!);
      node = next;
    }
  }
  /** Segments of an edge are consecutive: its first is the one that leaves its earlier end towards its first bend. */
  function markEdge(edge: number): void {
    if (edge < 0 || rows.detour[edge] === 1) return;
    const earlier = from(edge);
    const later = to(edge);
    const wanted = rows.firstBend[edge] === -1 ? later : rows.firstBend[edge]!;
    for (let at = rows.nextStart[earlier]!; at < rows.nextStart[earlier + 1]!; at++) {
      const segment = rows.nextSegment[at]!;
      if (rows.segmentTo[segment] !== wanted) continue;
      const span = column[later]! - column[earlier]!;
      for (let step = 0; step < span; step++) straight[segment + step] = 1;
      return;
    }
  }
}

/** Shift per component, so that each stands as high as those before it in the columns it takes let it; where something stood before, nothing is shifted. */
function placeComponents(rows: Rows, order: readonly number[], size: Float32Array, cross: Float64Array, wished: Float64Array | undefined, spacing: Spacing): Float64Array {
  const { componentCount, componentRow, componentColumn, rowStart, rowItem } = rows;
  const shift = new Float64Array(componentCount);
  let columns = 0;
  for (let component = 0; component < componentCount; component++) columns = Math.max(columns, componentColumn[component]! + componentRow[component + 1]! - componentRow[component]!);
  const skyline = new Float64Array(columns).fill(-Infinity);
  let top = Number.NaN;
  for (const component of order) {
    if (component >= componentCount) continue;
    let least = Infinity;
    let most = -Infinity;
    let stands = false;
    for (let at = rowStart[componentRow[component]!]!; at < rowStart[componentRow[component + 1]!]!; at++) {
      const item = rowItem[at]!;
      least = Math.min(least, cross[item]! - size[item]! / 2);
      most = Math.max(most, cross[item]! + size[item]! / 2);
      if (wished !== undefined && !Number.isNaN(wished[item]!)) stands = true;
    }
    if (stands) continue;
    const room = detourRoom(rows.detourCount[component]!, spacing);
    least -= room;
    most += room;
    const begin = componentColumn[component]!;
    const end = begin + componentRow[component + 1]! - componentRow[component]!;
    if (Number.isNaN(top)) {
      shift[component] = -Math.round((least + most) / 2);
      top = least + shift[component]!;
    } else {
      let from = top;
      for (let column = begin; column < end; column++) from = Math.max(from, skyline[column]! + 2 * spacing.betweenNodes);
      shift[component] = Math.ceil(from - least);
    }
    skyline.fill(most + shift[component]!, begin, end);
  }
  return shift;
}

/** Columns by rank of layer, so that layers nobody stands on take no room. */
function rankLayers(layer: Int32Array): Int32Array {
  let first = 0;
  let last = 0;
  for (let node = 0; node < layer.length; node++) {
    if (node === 0 || layer[node]! < first) first = layer[node]!;
    if (node === 0 || layer[node]! > last) last = layer[node]!;
  }
  const rank = new Int32Array(last - first + 1);
  for (let node = 0; node < layer.length; node++) rank[layer[node]! - first] = 1;
  let next = 0;
  for (let at = 0; at < rank.length; at++) rank[at] = rank[at] === 1 ? next++ : -1;
  return layer.map((value) => rank[value - first]!);
}

export type Columns = {
  readonly centre: Float64Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
};

type StoodColumns = {
  readonly layer: Int32Array;
  readonly previousLayer: Int32Array;
  readonly main: Float64Array;
  readonly anchor?: number;
};

/**
 * Columns along the layers: as wide as their widest node, apart by at least `gap`, and by more where edges have far
 * to climb, so that curves stay readable. With a previous layout the column of the anchor (or of any node that stood)
 * keeps its place.
 */
function placeColumns(
  rows: Rows,
  column: Int32Array,
  along: Float32Array,
  cross: Float64Array,
  gap: number,
  previous: StoodColumns | undefined,
): Columns {
  const { nodeCount } = rows;
  let count = 0;
  for (let node = 0; node < nodeCount; node++) if (column[node]! >= count) count = column[node]! + 1;
  const breadth = new Float64Array(count);
  for (let node = 0; node < nodeCount; node++) {
    if (along[node]! > breadth[column[node]!]!) breadth[column[node]!] = along[node]!;
  }
  // Farthest any segment that arrives in a column has to climb on its way from the one before.
  const climb = new Float64Array(count);
  for (let segment = 0; segment < rows.segmentCount; segment++) {
    const to = rows.segmentTo[segment]!;
    const component = rows.componentOf[to]!;
    const arriving = rows.rowOf[to]! - rows.componentRow[component]! + rows.componentColumn[component]!;
    const distance = Math.abs(cross[to]! - cross[rows.segmentFrom[segment]!]!);
    if (distance > climb[arriving]!) climb[arriving] = distance;
  }
  const start = new Float64Array(count);
  const end = new Float64Array(count);
  const centre = new Float64Array(count);
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (index > 0) at += Math.round(gap + Math.min(120, Math.sqrt(climb[index]!) * 2.4));
    start[index] = at;
    at += breadth[index]!;
    end[index] = at;
    centre[index] = (start[index]! + end[index]!) / 2;
  }
  if (previous !== undefined) keepColumns(column, previous, start, end, centre);
  return { centre, start, end };
}

/**
 * Where columns stood, they stay: each column that had nodes keeps its centre unless a neighbour now needs more room,
 * in which case it and what follows move on, away from the anchor.
 */
function keepColumns(column: Int32Array, previous: StoodColumns, start: Float64Array, end: Float64Array, centre: Float64Array): void {
  const { layer, previousLayer, main, anchor } = previous;
  const count = centre.length;
  const stood = new Float64Array(count).fill(Number.NaN);
  const note = (node: number): void => {
    if (previousLayer[node] === noLayer || Number.isNaN(main[node]!)) return;
    if (Number.isNaN(stood[column[node]!]!)) stood[column[node]!] = main[node]!;
  };
  // The anchor first, then those that kept their layer: they decide where a column stood.
  if (anchor !== undefined) note(anchor);
  for (let node = 0; node < column.length; node++) if (previousLayer[node] === layer[node]) note(node);
  for (let node = 0; node < column.length; node++) note(node);

  const anchored = anchor !== undefined && previousLayer[anchor] !== noLayer;
  const pivot = anchored ? column[anchor]! : stood.findIndex((value) => !Number.isNaN(value));
  if (pivot < 0) return;
  const half = centre.map((_, index) => (end[index]! - start[index]!) / 2);
  const gap = centre.map((_, index) => (index === 0 ? 0 : start[index]! - end[index - 1]!));
  const move = (index: number, to: number): void => {
    centre[index] = to;
    start[index] = to - half[index]!;
    end[index] = to + half[index]!;
  };
  move(pivot, stood[pivot]!);
  for (let index = pivot + 1; index < count; index++) {
    const least = end[index - 1]! + gap[index]! + half[index]!;
    const wish = stood[index]!;
    move(index, Number.isNaN(wish) || wish < least - tolerance(gap[index]!) ? least : wish);
  }
  for (let index = pivot - 1; index >= 0; index--) {
    const most = start[index + 1]! - gap[index + 1]! - half[index]!;
    const wish = stood[index]!;
    move(index, Number.isNaN(wish) || wish > most + tolerance(gap[index + 1]!) ? most : wish);
  }
}

/** A column need not move for a gap that is a little narrower than it would be in a fresh layout. */
function tolerance(gap: number): number {
  return gap * 0.4;
}
