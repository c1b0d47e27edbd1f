/** Numbers across the versions of a collection, as a chart draws them. */
import type { OutputOf } from '#shared/contract/index.ts';

export type SeriesPoint = OutputOf<'collections.series'>['points'][number];

/** A point of one chart: a version with its number. */
export type ChartPoint = { readonly point: SeriesPoint; readonly value: number };

/** The versions that have a number in a column, oldest first. */
export function pointsOf(points: readonly SeriesPoint[], column: number): readonly ChartPoint[] {
  return points.flatMap((point) => {
    const value = point.values[column];
    return value === null || value === undefined || !Number.isFinite(value) ? [] : [{ point, value }];
  });
}

/** The domain with a little air; never empty. */
export function domainOf(points: readonly ChartPoint[]): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const { value } of points) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!Number.isFinite(low)) return [0, 1];
  const air = high === low ? Math.max(Math.abs(high) * 0.1, 1e-12) : (high - low) * 0.12;
  return [low - air, high + air];
}

/** What a point says besides its number: the aliases that a person chose. */
export function aliasesOf(point: SeriesPoint): readonly string[] {
  return point.aliases.filter((alias) => alias !== 'latest');
}

/** From the version that `production` (or whatever stands first) is on to the newest: how the number changed, as a share; null where that says nothing. */
export function changeSince(points: readonly ChartPoint[]): { readonly from: ChartPoint; readonly share: number } | null {
  const last = points.at(-1);
  const from = points.find(({ point }) => point.aliases.includes('production'));
  if (last === undefined || from === undefined || from === last || from.value === 0) return null;
  return { from, share: (last.value - from.value) / Math.abs(from.value) };
}

export type ChartName = { readonly text: string; readonly x: number; readonly y: number; readonly anchor: 'start' | 'middle' | 'end' };

/** Widest of a letter of the charts' names, and the height of their line, in pixels. */
const letter = 6.7;
const line = 12;

/** How far above and below its point the foot of a name may stand. */
const offsets = [-9, 18, -22, 31] as const;

/**
 * Where the aliases of points stand, so that none covers another or another's point: as near to their own as there is room, else nowhere (the
 * reading line has them all), and none nearer to another named point. `production` is placed first, then from the newest to the oldest. The places are those of the points in pixels,
 * `width` and `height` the chart's.
 */
export function placeNames(points: readonly ChartPoint[], place: (index: number) => { readonly x: number; readonly y: number }, { width, height }: { readonly width: number; readonly height: number }): readonly (ChartName & { readonly index: number })[] {
  const placed: (ChartName & { readonly index: number })[] = [];
  const named = points.map((one, index) => ({ index, aliases: aliasesOf(one.point) })).filter(({ aliases }) => aliases.length > 0);
  /** What is taken: around every named point, and every name that stands. */
  const taken = named.map(({ index }) => {
    const { x, y } = place(index);
    return { of: index, left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 };
  });
  const first = (aliases: readonly string[]): number => (aliases.includes('production') ? 0 : 1);
  for (const { index, aliases } of named.sort((one, other) => first(one.aliases) - first(other.aliases) || other.index - one.index)) {
    const text = aliases.includes('production') ? 'production' : (aliases[0] ?? '');
    const { x, y } = place(index);
    const half = (text.length * letter) / 2;
    const anchor = x - half < 0 ? 'start' : x + half > width ? 'end' : 'middle';
    const left = anchor === 'start' ? x : anchor === 'end' ? x - 2 * half : x - half;
    const right = left + 2 * half;
    // A name that is nearer to another point is read as that one's.
    const nearest = (middle: number): boolean => named.every(({ index: other }) => other === index || place(other).x < left || place(other).x > right || Math.abs(middle - place(other).y) >= Math.abs(middle - y));
    const foot = offsets
      .map((offset) => y + offset)
      .find((at) => nearest(at - line / 2) && at - line >= 0 && at <= height && taken.every((one) => one.of === index || left > one.right + 3 || right < one.left - 3 || at - line >= one.bottom || at + 1 <= one.top));
    if (foot === undefined) continue;
    placed.push({ index, text, x, y: foot, anchor });
    taken.push({ of: -1, left, right, top: foot - line, bottom: foot + 1 });
  }
  return placed;
}
