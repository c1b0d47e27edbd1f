/** How values lie along an axis of pixels: evenly, or by their logarithm. */

export type ScaleKind = 'linear' | 'logarithmic';

/** Ends of an axis in its own unit, the lesser first. */
export type Domain = readonly [from: number, to: number];

export type Scale = {
  readonly kind: ScaleKind;
  readonly domain: Domain;
  /** Pixels; NaN for what has no place on the axis (not a number, not above zero on a logarithmic one). */
  readonly toPixel: (value: number) => number;
  readonly toValue: (pixel: number) => number;
};

/** `start` and `end` are the pixels of the domain's ends; an axis that grows upwards has its start below. */
export function makeScale(kind: ScaleKind, domain: Domain, start: number, end: number): Scale {
  const project = kind === 'logarithmic' ? (value: number) => (value > 0 ? Math.log10(value) : Number.NaN) : (value: number) => value;
  const unproject = kind === 'logarithmic' ? (value: number) => 10 ** value : (value: number) => value;
  const from = project(domain[0]);
  const span = project(domain[1]) - from;
  const factor = span === 0 ? 0 : (end - start) / span;
  return {
    kind,
    domain,
    // All values equal: they stand in the middle.
    toPixel: (value) => (span === 0 ? (Number.isFinite(project(value)) ? (start + end) / 2 : Number.NaN) : start + (project(value) - from) * factor),
    toValue: (pixel) => (factor === 0 ? domain[0] : unproject(from + (pixel - start) / factor)),
  };
}

/** The domain with some air at both ends (a share of its length), so that no line runs along the frame; never empty. */
export function withAir([from, to]: Domain, kind: ScaleKind, share = 0.06): Domain {
  if (kind === 'logarithmic') {
    const [low, high] = [Math.log10(from), Math.log10(to)];
    const air = high === low ? 0.5 : (high - low) * share;
    return [10 ** (low - air), 10 ** (high + air)];
  }
  if (from === to) {
    const air = from === 0 ? 1 : Math.abs(from) * 0.1;
    return [from - air, to + air];
  }
  const air = (to - from) * share;
  // What never went below zero does not seem to: an accuracy of 0 stands on the frame.
  return [from >= 0 ? Math.max(0, from - air) : from - air, to + air];
}

/** The smallest domain that holds both; null holds nothing. */
export function union(one: Domain | null, other: Domain | null): Domain | null {
  if (one === null) return other;
  if (other === null) return one;
  return [Math.min(one[0], other[0]), Math.max(one[1], other[1])];
}

/** The domain shrunk or grown around a place, kept inside of all there is; null when that is all of it. */
export function zoomed([from, to]: Domain, [first, last]: Domain, centre: number, factor: number): Domain | null {
  const length = (to - from) * factor;
  if (length >= last - first) return null;
  const start = Math.min(Math.max(first, centre - length / 2), last - length);
  return [start, start + length];
}
