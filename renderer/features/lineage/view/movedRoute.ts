import type { Scene } from './scene.ts';

type Positions = { readonly x: Float64Array; readonly y: Float64Array };

/**
 * The way of an edge while its ends are under way, as x and y in turn: each point goes along with the end it is closer to, so that the way keeps its
 * shape and its curves, starts and ends at its nodes in every frame, and has become the one of the layout once they have arrived.
 */
export function movedRoute({ prepared, layout }: Pick<Scene, 'prepared' | 'layout'>, edge: number, moving: Positions): Float32Array {
  const { start, points } = layout.routes;
  const way = points.slice(2 * start[edge]!, 2 * start[edge + 1]!);
  const last = way.length - 2;
  if (last < 2) return way;
  const along = layout.direction === 'down' ? 1 : 0;
  const place = along === 1 ? layout.y : layout.x;
  const { source, target } = prepared.indexed;
  // An edge drawn against the reading direction is laid from its target on.
  const begins = Math.abs(way[along]! - place[source[edge]!]!) <= Math.abs(way[along]! - place[target[edge]!]!);
  const first = begins ? source[edge]! : target[edge]!;
  const other = begins ? target[edge]! : source[edge]!;
  const firstX = moving.x[first]! - layout.x[first]!;
  const firstY = moving.y[first]! - layout.y[first]!;
  const otherX = moving.x[other]! - layout.x[other]!;
  const otherY = moving.y[other]! - layout.y[other]!;
  const from = way[along]!;
  const extent = way[last + along]! - from;
  for (let at = 0; at <= last; at += 2) {
    const share = at === last ? 1 : extent === 0 ? 0 : Math.min(1, Math.max(0, (way[at + along]! - from) / extent));
    way[at] = way[at]! + firstX + (otherX - firstX) * share;
    way[at + 1] = way[at + 1]! + firstY + (otherY - firstY) * share;
  }
  return way;
}
