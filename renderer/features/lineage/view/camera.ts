/** Where to look: cameras for a laid-out graph, as numbers. */
import type { Viewport } from '@xyflow/react';
import type { Bounds } from '#shared/lineage/index.ts';
import { overlaysOf } from './overlays.ts';
import { countWithin, type Scene } from './scene.ts';
import type { Size } from './useSize.ts';

/** Free room around a graph that is fitted, in pixels of the screen. */
const fitPadding = 48;

/** A node's card in the layout. */
export function boxOf(scene: Scene, index: number): Bounds {
  const { width, height } = scene.prepared.input;
  return {
    left: scene.layout.x[index]! - width[index]! / 2,
    right: scene.layout.x[index]! + width[index]! / 2,
    top: scene.layout.y[index]! - height[index]! / 2,
    bottom: scene.layout.y[index]! + height[index]! / 2,
  };
}

/** The camera that shows all of some bounds. */
export function fitBounds(bounds: Bounds, width: number, height: number, largest = 1): Viewport {
  return fitInto(bounds, { left: fitPadding, top: fitPadding, right: width - fitPadding, bottom: height - fitPadding }, largest);
}

/**
 * The camera that shows all of a graph, or some of its cards, beside what lies over the view: where one of them would come to lie under the legend
 * or the minimap, the largest room that those leave is taken.
 */
export function fitBeside(scene: Scene, cards: 'all' | readonly Bounds[], size: Size, legendOpen: boolean, largest = 1): Viewport {
  const { width, height } = size;
  const bounds = cards === 'all' ? scene.layout.bounds : cards.reduce(around);
  const plain = fitBounds(bounds, width, height, largest);
  const overlays = overlaysOf(scene, size, legendOpen);
  if (!overlays.some((over) => hidesAny(scene, cards, plain, over))) return plain;
  // All rooms that are bounded by the frame and by overlays in its lower corners.
  const lefts = [fitPadding, ...overlays.filter((over) => over.left < width - over.right).map((over) => over.right + besidePadding)];
  const rights = [width - fitPadding, ...overlays.filter((over) => over.left >= width - over.right).map((over) => over.left - besidePadding)];
  const bottoms = [height - fitPadding, ...overlays.map((over) => over.top - besidePadding)];
  let best: Viewport | null = null;
  for (const left of lefts) {
    for (const right of rights) {
      for (const bottom of bottoms) {
        const room = { left, top: fitPadding, right, bottom };
        if (right <= left || bottom <= fitPadding || overlays.some((over) => over.left < right && over.right > left && over.top < bottom)) continue;
        const view = fitInto(bounds, room, largest);
        if (best === null || view.zoom > best.zoom) best = view;
      }
    }
  }
  // In a low or narrow frame they leave too little: there a few nodes under them are the lesser evil.
  return best !== null && best.zoom >= plain.zoom * leastBeside ? best : plain;
}

const leastBeside = 0.55;
/** Free room between a graph that is fitted and what lies over the view beside it, in pixels of the screen. */
const besidePadding = 16;

function fitInto(bounds: Bounds, room: Bounds, largest: number): Viewport {
  const zoom = Math.min(largest, (room.right - room.left) / Math.max(1, bounds.right - bounds.left), (room.bottom - room.top) / Math.max(1, bounds.bottom - bounds.top));
  return { x: (room.left + room.right) / 2 - ((bounds.left + bounds.right) / 2) * zoom, y: (room.top + room.bottom) / 2 - ((bounds.top + bounds.bottom) / 2) * zoom, zoom };
}

/** Whether any of some cards lies under a rectangle of the screen. */
function hidesAny(scene: Scene, cards: 'all' | readonly Bounds[], { x, y, zoom }: Viewport, over: Bounds): boolean {
  const under = { left: (over.left - x) / zoom, top: (over.top - y) / zoom, right: (over.right - x) / zoom, bottom: (over.bottom - y) / zoom };
  if (cards === 'all') return countWithin(scene, under) > 0;
  return cards.some((card) => card.right >= under.left && card.left <= under.right && card.bottom >= under.top && card.top <= under.bottom);
}

function around(one: Bounds, other: Bounds): Bounds {
  return { left: Math.min(one.left, other.left), right: Math.max(one.right, other.right), top: Math.min(one.top, other.top), bottom: Math.max(one.bottom, other.bottom) };
}

/** A graph that fits at this zoom is shown whole: its cards can be read. */
const wholeZoom = 0.6;
/** How much less than that will do where the legend or the minimap would cover nodes otherwise. */
const nearlyReadable = 0.85;
/** One of so many nodes that it is looked at as a map already where the names on the map can be read. */
const mapZoom = 0.24;
const mapFrom = 400;

/** Where a graph has to be looked at in parts, its cards are read at ease at the first of these; a later one is taken where it shows a column more. */
const partZooms = [0.8, 0.72, 0.64] as const;

/**
 * Where to look first: at all of it if that can be read, otherwise at as much of it as can be, with the root among it; the minimap shows the
 * rest. Where not all of it has room, the view begins at whole cards: none is cut off at the left (at the top of a graph that goes down).
 */
export function firstView(scene: Scene, rootKey: string, size: Size, legendOpen: boolean): Viewport {
  const { width, height } = size;
  const all = fitBounds(scene.layout.bounds, width, height);
  const root = scene.prepared.indexed.indexOf.get(rootKey);
  const readable = scene.layout.x.length > mapFrom ? mapZoom : wholeZoom;
  if (root === undefined || all.zoom >= readable) {
    const beside = fitBeside(scene, 'all', size, legendOpen);
    return beside.zoom >= readable * nearlyReadable ? beside : all;
  }
  const { layout } = scene;
  const down = layout.direction === 'down';
  // What is looked at stands above the legend and the minimap, where they leave room enough; only what goes on beyond it lies under them.
  const above = Math.min(...overlaysOf(scene, size, legendOpen).map((over) => over.top)) - besidePadding;
  const foot = above >= height * leastBeside ? height - above : fitPadding;
  const rootBox = boxOf(scene, root);
  const ends = endsAlong(scene);
  const begins = [...new Set(ends.begin)].toSorted((one, other) => one - other);
  const views = partZooms.map((zoom) => {
    const across = { low: layout.bounds.left, high: layout.bounds.right, from: rootBox.left, to: rootBox.right, extent: (width - 2 * fitPadding) / zoom };
    const along = { low: layout.bounds.top, high: layout.bounds.bottom, from: rootBox.top, to: rootBox.bottom, extent: (height - fitPadding - foot) / zoom };
    const left = beginning(across, down ? null : begins);
    const top = beginning(along, down ? begins : null);
    return {
      viewport: { x: (down ? fitPadding : lead(left, layout.bounds.left)) - left * zoom, y: (down ? lead(top, layout.bounds.top) : fitPadding) - top * zoom, zoom },
      shown: down ? columnsIn(ends, top, along.extent) : columnsIn(ends, left, across.extent),
    };
  });
  return views.reduce((best, view) => (view.shown > best.shown ? view : best)).viewport;
}

/** Where each card begins and ends along the layers, and the middle of its column. */
type Ends = { readonly begin: Float64Array; readonly end: Float64Array; readonly middle: Float64Array };

function endsAlong({ layout, prepared }: Scene): Ends {
  const down = layout.direction === 'down';
  const middle = down ? layout.y : layout.x;
  const extent = down ? prepared.input.height : prepared.input.width;
  return { begin: middle.map((value, node) => Math.round(value - extent[node]! / 2)), end: middle.map((value, node) => value + extent[node]! / 2), middle };
}

/** How many columns (rows of a graph that goes down) stand whole between `begins` and `extent` further. */
function columnsIn({ begin, end, middle }: Ends, begins: number, extent: number): number {
  const columns = new Set<number>();
  for (let node = 0; node < middle.length; node++) if (begin[node]! >= begins - 1 && end[node]! <= begins + extent + 1) columns.add(middle[node]!);
  return columns.size;
}

/** Free room before what the view begins with, in pixels: less than between two columns, so that nothing of the one before shows. */
function lead(begins: number, low: number): number {
  return begins <= low ? fitPadding : 28;
}

type Stretch = { readonly low: number; readonly high: number; readonly from: number; readonly to: number; readonly extent: number };

/**
 * Where along one axis the view begins: around the root (`from` to `to`), but not beyond the graph's own ends; at one of `edges`, where there are
 * some, as long as the root stays in view.
 */
function beginning({ low, high, from, to, extent }: Stretch, edges: readonly number[] | null): number {
  if (high - low <= extent) return (low + high - extent) / 2;
  // Where not even the root has room, it begins with the root.
  const wanted = Math.min(from, high - extent, Math.max(low, (from + to - extent) / 2));
  if (edges === null) return wanted;
  // The next column that begins here or before; if the root would no longer fit behind it, the first after.
  const before = edges.findLast((edge) => edge <= wanted && edge + extent >= to);
  return before ?? edges.find((edge) => edge >= wanted && edge <= from) ?? wanted;
}
