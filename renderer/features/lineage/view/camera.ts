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

/** At this zoom a card's name and number can be read at ease; below it, a graph is looked at in parts. */
const readableZoom = 0.8;

/**
 * Where to look first: at all of it if that can be read, otherwise at as much of it as can be, with the root among it. Where not all of it has
 * room, the view begins at whole cards: none is cut off at the left (at the top of a graph that goes down).
 */
export function firstView(scene: Scene, rootKey: string, width: number, height: number): Viewport {
  const all = fitBounds(scene.layout.bounds, width, height);
  const root = scene.prepared.indexed.indexOf.get(rootKey);
  if (all.zoom >= readableZoom || root === undefined || scene.layout.x.length > 400) return all;
  const { layout } = scene;
  const zoom = readableZoom;
  const down = layout.direction === 'down';
  const rootBox = boxOf(scene, root);
  const left = beginning(
    { low: layout.bounds.left, high: layout.bounds.right, from: rootBox.left, to: rootBox.right, extent: (width - 2 * fitPadding) / zoom },
    down ? null : edgesOf(scene, 'left'),
  );
  const top = beginning(
    { low: layout.bounds.top, high: layout.bounds.bottom, from: rootBox.top, to: rootBox.bottom, extent: (height - 2 * fitPadding) / zoom },
    down ? edgesOf(scene, 'top') : null,
  );
  return { x: (down ? fitPadding : lead(left, layout.bounds.left)) - left * zoom, y: (down ? lead(top, layout.bounds.top) : fitPadding) - top * zoom, zoom };
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

