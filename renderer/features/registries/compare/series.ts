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
