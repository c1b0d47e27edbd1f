import { describe, expect, it } from 'vitest';
import { describeLine, indexAtOrAfter, nearest, xDomain, yDomain, type Points } from './lines.ts';

const line = (x: readonly number[], y: readonly (number | null)[]): Points => ({ x, y, low: y, high: y });

describe('lines', () => {
  it('are found by the nearest point', () => {
    const x = [0, 10, 20, 40];
    expect([-5, 4, 6, 29, 31, 99].map((value) => nearest(x, value))).toEqual([0, 0, 1, 2, 3, 3]);
    expect(nearest([], 1)).toBe(-1);
    expect(indexAtOrAfter(x, 10)).toBe(1);
    expect(indexAtOrAfter(x, 41)).toBe(4);
  });

  it('span what they hold, null and nothing aside', () => {
    expect(xDomain([line([3, 9], [1, 1]), line([], []), line([-1, 4], [1, 1])])).toEqual([-1, 9]);
    expect(xDomain([line([], [])])).toBeNull();
    expect(yDomain([line([0, 1, 2], [5, null, -2])], [0, 2], 'linear')).toEqual([-2, 5]);
    expect(yDomain([line([0, 1, 2], [5, 0.5, -2])], [0, 2], 'logarithmic')).toEqual([0.5, 5]);
    expect(yDomain([line([0, 1], [null, null])], [0, 1], 'linear')).toBeNull();
  });

  it('span only what is on show, and the points next to it', () => {
    expect(yDomain([line([0, 10, 20, 30, 40], [100, 1, 2, 3, 100])], [12, 28], 'linear')).toEqual([1, 3]);
  });

  it('are told in a sentence', () => {
    const atX = (x: number): string => `step ${x}`;
    expect(describeLine(line([0, 1, 2], [3, 1, 2]), atX, String)).toBe('from 3 at step 0 to 2 at step 2; least 1 at step 1, greatest 3 at step 0');
    expect(describeLine(line([], []), atX, String)).toBe('no values yet');
    expect(describeLine(line([0], [null]), atX, String)).toBe('no numbers, only values that are none');
  });
});
