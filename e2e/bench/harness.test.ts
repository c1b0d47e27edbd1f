import { expect, it } from 'vitest';

import { median, quantile, seededRandom, spread } from './harness.ts';

it('gives the same numbers for the same seed', () => {
  const first = seededRandom(7);
  const again = seededRandom(7);
  const sequence = Array.from({ length: 1000 }, first);
  expect(Array.from({ length: 1000 }, again)).toEqual(sequence);
  expect(new Set(sequence).size).toBeGreaterThan(990);
  expect(sequence.every((value) => value >= 0 && value < 1)).toBe(true);
});

it('takes quantiles by the nearest rank and refuses an empty sample', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2);
  expect(quantile(Array.from({ length: 100 }, (_, index) => 100 - index), 0.95)).toBe(95);
  expect(spread([5])).toEqual({ median: 5, p95: 5, minimum: 5, maximum: 5, count: 1 });
  expect(() => median([])).toThrow(RangeError);
});
