/** Where to look: cameras for a laid-out graph, as numbers. */
import type { Viewport } from '@xyflow/react';
import type { Bounds } from '#shared/lineage/index.ts';
import type { Scene } from './scene.ts';

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
  const extentX = Math.max(1, bounds.right - bounds.left);
  const extentY = Math.max(1, bounds.bottom - bounds.top);
  const zoom = Math.min(largest, (width - 2 * fitPadding) / extentX, (height - 2 * fitPadding) / extentY);
  return { x: width / 2 - ((bounds.left + bounds.right) / 2) * zoom, y: height / 2 - ((bounds.top + bounds.bottom) / 2) * zoom, zoom };
}

/** A graph that fits at this zoom is shown whole: its names can still be read. */
const wholeZoom = 0.6;

/** Where a graph has to be looked at in parts, its cards are read at ease at the first of these; a later one is taken where it shows a column more. */
const partZooms = [0.8, 0.72, 0.64] as const;

/**
 * Where to look first: at all of it if that can be read, otherwise at as much of it as can be, with the root among it. Where not all of it has
 * room, the view begins at whole cards: none is cut off at the left (at the top of a graph that goes down).
 */
export function firstView(scene: Scene, rootKey: string, width: number, height: number): Viewport {
  const all = fitBounds(scene.layout.bounds, width, height);
  const root = scene.prepared.indexed.indexOf.get(rootKey);
  if (all.zoom >= wholeZoom || root === undefined || scene.layout.x.length > 400) return all;
  const { layout } = scene;
  const down = layout.direction === 'down';
  const rootBox = boxOf(scene, root);
  const edges = edgesOf(scene, down ? 'top' : 'left');
  const views = partZooms.map((zoom) => {
    const across = { low: layout.bounds.left, high: layout.bounds.right, from: rootBox.left, to: rootBox.right, extent: (width - 2 * fitPadding) / zoom };
    const along = { low: layout.bounds.top, high: layout.bounds.bottom, from: rootBox.top, to: rootBox.bottom, extent: (height - 2 * fitPadding) / zoom };
    const left = beginning(across, down ? null : edges);
    const top = beginning(along, down ? edges : null);
    return {
      viewport: { x: (down ? fitPadding : lead(left, layout.bounds.left)) - left * zoom, y: (down ? lead(top, layout.bounds.top) : fitPadding) - top * zoom, zoom },
      shown: down ? columnsIn(scene, 'top', 'bottom', top, along.extent) : columnsIn(scene, 'left', 'right', left, across.extent),
    };
  });
  return views.reduce((best, view) => (view.shown > best.shown ? view : best)).viewport;
}

/** How many columns (rows of a graph that goes down) stand whole between `begins` and `extent` further. */
function columnsIn(scene: Scene, near: 'left' | 'top', far: 'right' | 'bottom', begins: number, extent: number): number {
  const columns = new Set<number>();
  for (let node = 0; node < scene.layout.x.length; node++) {
    const box = boxOf(scene, node);
    if (box[near] >= begins - 1 && box[far] <= begins + extent + 1) columns.add(scene.layout.direction === 'down' ? scene.layout.y[node]! : scene.layout.x[node]!);
  }
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

/** Where cards begin along one axis, each once, in order. */
function edgesOf(scene: Scene, side: 'left' | 'top'): readonly number[] {
  const edges = new Set<number>();
  for (let node = 0; node < scene.layout.x.length; node++) edges.add(Math.round(boxOf(scene, node)[side]));
  return [...edges].toSorted((one, other) => one - other);
}

