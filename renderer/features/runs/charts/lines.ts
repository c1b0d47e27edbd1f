/** The lines of a chart: points by growing x, each what core gathered into one (a single point where there was nothing to gather). */
import { union, type Domain, type ScaleKind } from './scale.ts';

export type Points = {
  /** In the unit of the axis, growing. */
  readonly x: readonly number[];
  /** Means; null where nothing but what is no number was logged. */
  readonly y: readonly (number | null)[];
  /** Least and greatest of what was gathered, equal to `y` where that is one value. */
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
};

export type ChartLine = Points & {
  readonly id: string;
  readonly label: string;
  /** As a canvas takes it. */
  readonly color: string;
  /** Lengths of strokes and gaps, in pixels; none for a whole line. */
  readonly dash: readonly number[];
  /** What is drawn in front; `y` itself without smoothing. */
  readonly front: readonly (number | null)[];
};

export const noPoints: Points = { x: [], y: [], low: [], high: [] };

/** Ends of x over all lines; null without any point. */
export function xDomain(lines: readonly Pick<Points, 'x'>[]): Domain | null {
  let domain: Domain | null = null;
  for (const { x } of lines) {
    const [first, last] = [x[0], x[x.length - 1]];
    if (first !== undefined && last !== undefined) domain = union(domain, [first, last]);
  }
  return domain;
}

/** Least and greatest value within `x`; on a logarithmic axis only what is above zero. Null when there is none. */
export function yDomain(lines: readonly Points[], within: Domain, kind: ScaleKind): Domain | null {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const { x, low, high } of lines) {
    // One point beyond each end: its line comes into the picture.
    const first = Math.max(0, indexAtOrAfter(x, within[0]) - 1);
    const last = Math.min(x.length - 1, indexAtOrAfter(x, within[1]));
    for (let index = first; index <= last; index += 1) {
      for (const value of [low[index], high[index]]) {
        if (value === null || value === undefined || !Number.isFinite(value) || (kind === 'logarithmic' && value <= 0)) continue;
        if (value < least) least = value;
        if (value > greatest) greatest = value;
      }
    }
  }
  return least > greatest ? null : [least, greatest];
}

/** Index of the first x that is not below; the length when all are. */
export function indexAtOrAfter(x: readonly number[], value: number): number {
  let from = 0;
  let to = x.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((x[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Index of the point nearest to a place on the axis; -1 without points. */
export function nearest(x: readonly number[], value: number): number {
  if (x.length === 0) return -1;
  const after = indexAtOrAfter(x, value);
  if (after === 0) return 0;
  if (after === x.length) return x.length - 1;
  return value - (x[after - 1] ?? 0) <= (x[after] ?? 0) - value ? after - 1 : after;
}

/** What a line is, in a sentence: for those who do not see it. */
export function describeLine(line: Pick<Points, 'x' | 'y' | 'low' | 'high'>, atX: (x: number) => string, value: (y: number | null) => string): string {
  const last = line.x.length - 1;
  if (last < 0) return 'no values yet';
  let least = -1;
  let greatest = -1;
  for (let index = 0; index <= last; index += 1) {
    const [low, high] = [line.low[index], line.high[index]];
    if (low !== null && low !== undefined && (least < 0 || low < (line.low[least] ?? 0))) least = index;
    if (high !== null && high !== undefined && (greatest < 0 || high > (line.high[greatest] ?? 0))) greatest = index;
  }
  if (least < 0 || greatest < 0) return 'no numbers, only values that are none';
  return `from ${value(line.y[0] ?? null)} at ${atX(line.x[0] ?? 0)} to ${value(line.y[last] ?? null)} at ${atX(line.x[last] ?? 0)}; least ${value(line.low[least] ?? null)} at ${atX(line.x[least] ?? 0)}, greatest ${value(line.high[greatest] ?? null)} at ${atX(line.x[greatest] ?? 0)}`;
}
