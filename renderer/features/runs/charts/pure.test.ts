import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterKeys, groupKeys, groupSystemKeys } from './panels.ts';
import { layOut, lookAlike } from './paint.ts';
import { makeScale, union, withAir, zoomed } from './scale.ts';
import { smooth } from './smoothing.ts';
import { countTicks, durationTicks, formatSpanTick, formatTick, formatValue, linearTicks, logarithmicTicks, momentTicks, stepFor } from './ticks.ts';

describe('ticks', () => {
  it('are multiples of 1, 2 or 5, inside of the domain, few', () => {
    expect(linearTicks([0, 1], 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearTicks([-3, 12], 4)).toEqual([0, 5, 10]);
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.double({ min: 1e-6, max: 1e9, noNaN: true }), fc.integer({ min: 2, max: 12 }), (from, span, most) => {
        const ticks = linearTicks([from, from + span], most);
        expect(ticks.length).toBeLessThanOrEqual(most + 2);
        const slack = Math.max(Math.abs(from), span) * 1e-6;
        for (const tick of ticks) expect(tick >= from - slack && tick <= from + span + slack).toBe(true);
      }),
    );
  });

  it('count in whole steps', () => {
    expect(countTicks([0, 3], 6)).toEqual([0, 1, 2, 3]);
    expect(countTicks([0, 100_000], 5)).toEqual([0, 20_000, 40_000, 60_000, 80_000, 100_000]);
  });

  it('stand at powers of ten on a logarithmic axis, and at twos and fives where there is room', () => {
    expect(logarithmicTicks([0.01, 1], 6)).toEqual([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]);
    expect(logarithmicTicks([1e-8, 1], 4)).toEqual([1e-8, 1e-6, 1e-4, 1e-2, 1]);
    expect(logarithmicTicks([1, 2], 4).length).toBeGreaterThan(1);
    expect(logarithmicTicks([0, 2], 4)).toEqual([]);
  });

  it('are round on a clock', () => {
    expect(durationTicks([0, 3600], 4)).toEqual([0, 900, 1800, 2700, 3600]);
    expect(durationTicks([0, 2], 4)).toEqual([0, 0.5, 1, 1.5, 2]);
    expect(formatSpanTick(5400, 1800)).toBe('1h 30m');
    expect(formatSpanTick(90_000, 3600)).toBe('1d 1h');
    const from = Date.UTC(2026, 4, 3, 10, 7);
    // Two hours ahead of UTC.
    expect(momentTicks([from, from + 3_600_000], 4, -120).map((tick) => new Date(tick).getUTCMinutes())).toEqual([15, 30, 45, 0]);
  });

  it('are written with the digits that tell them apart', () => {
    expect([0, 0.05, 0.1].map((tick) => formatTick(tick, 0.05))).toEqual(['0', '0.05', '0.1']);
    expect(formatTick(1500, 500)).toBe('1.5k');
    expect(formatTick(20_000, 20_000)).toBe('20k');
    expect(formatTick(2.5e-7, 5e-8)).toBe('2.5e-7');
    expect(formatTick(1_200_000_000, 2e8)).toBe('1.2G');
  });

  it('come to an end where numbers are too far from zero to be told apart', () => {
    expect(linearTicks([1e9, 1e9 + 1e-6], 5).length).toBeLessThan(10);
    expect(linearTicks([1e300, 1.1e300], 5).length).toBeLessThan(10);
    expect(countTicks([2 ** 53, 2 ** 53 + 4], 5).length).toBeLessThan(10);
  });

  it('never step by nothing', () => {
    expect(stepFor(0.3, 3)).toBeCloseTo(0.1);
    expect(linearTicks([4, 4], 5)).toEqual([4]);
    expect(linearTicks([Number.NaN, 1], 5)).toEqual([]);
  });
});

describe('formatValue', () => {
  it('reads a measured value', () => {
    expect(formatValue(0.123456789)).toBe('0.12346');
    expect(formatValue(12_480)).toBe('12,480');
    expect(formatValue(3.2e-7)).toBe('3.200e-7');
    expect(formatValue(null)).toBe('not a number');
    expect(formatValue(Number.POSITIVE_INFINITY)).toBe('infinity');
  });
});

describe('scales', () => {
  it('lead there and back', () => {
    for (const kind of ['linear', 'logarithmic'] as const) {
      const scale = makeScale(kind, [0.01, 100], 200, 0);
      expect(scale.toPixel(0.01)).toBeCloseTo(200);
      expect(scale.toPixel(100)).toBeCloseTo(0);
      expect(scale.toValue(scale.toPixel(3.7))).toBeCloseTo(3.7);
    }
    expect(makeScale('logarithmic', [0.01, 100], 200, 0).toPixel(1)).toBeCloseTo(100);
  });

  it('give what has no place none', () => {
    expect(makeScale('logarithmic', [0.1, 1], 0, 10).toPixel(-1)).toBeNaN();
    expect(makeScale('linear', [5, 5], 0, 10).toPixel(5)).toBe(5);
  });

  it('are zoomed around a place, inside of what there is', () => {
    expect(zoomed([0, 100], [0, 100], 50, 0.5)).toEqual([25, 75]);
    expect(zoomed([0, 100], [0, 100], 2, 0.5)).toEqual([0, 50]);
    expect(zoomed([25, 75], [0, 100], 75, 0.5)).toEqual([62.5, 87.5]);
    expect(zoomed([80, 100], [0, 100], 100, 2)).toEqual([60, 100]);
    expect(zoomed([25, 75], [0, 100], 50, 2)).toBeNull();
  });

  it('leave air, never below zero for what never was', () => {
    expect(withAir([0, 1], 'linear')).toEqual([0, 1.06]);
    expect(withAir([3, 3], 'linear')[0]).toBeLessThan(3);
    const [low, high] = withAir([0.001, 1], 'logarithmic');
    expect(low).toBeGreaterThan(0);
    expect(high).toBeGreaterThan(1);
    expect(union([0, 1], null)).toEqual([0, 1]);
    expect(union([0, 1], [-2, 0.5])).toEqual([-2, 1]);
  });
});

describe('smooth', () => {
  const x = Array.from({ length: 200 }, (_, index) => index);

  it('leaves a line that does not change as it is, from its first point on', () => {
    const flat = smooth(x, x.map(() => 5), 0.9, 200);
    for (const value of flat) expect(value).toBeCloseTo(5, 9);
  });

  it('quietens noise the more the greater the weight', () => {
    const noisy = x.map((index) => (index % 2 === 0 ? 1 : -1));
    const spread = (values: readonly (number | null)[]): number => Math.max(...values.slice(50).map((value) => Math.abs(value ?? 0)));
    expect(spread(smooth(x, noisy, 0, 200))).toBe(1);
    expect(spread(smooth(x, noisy, 0.99, 200))).toBeLessThan(spread(smooth(x, noisy, 0.5, 200)));
  });

  it('passes over what is no number', () => {
    const values = smooth([0, 1, 2, 3], [1, null, 1, 1], 0.9, 4);
    expect(values[1]).toBeNull();
    for (const index of [0, 2, 3]) expect(values[index]).toBeCloseTo(1, 9);
  });

  it('draws about the same line through all points and through every tenth', () => {
    const long = Array.from({ length: 10_000 }, (_, index) => index);
    const shape = (index: number): number => Math.exp(-index / 3000);
    const fine = smooth(long, long.map(shape), 0.95, 10_000);
    const coarseX = long.filter((index) => index % 10 === 0);
    const coarse = smooth(coarseX, coarseX.map(shape), 0.95, 10_000);
    for (const index of [100, 500, 900]) expect(coarse[index]).toBeCloseTo(fine[index * 10] ?? 0, 2);
  });
});

describe('panels', () => {
  it('group by what stands before the slash, numbers in their order', () => {
    expect(groupKeys(['val/loss', 'lr', 'train/layer10', 'train/layer2', 'train/loss/aux'])).toEqual([
      { name: '', keys: ['lr'] },
      { name: 'train', keys: ['train/layer2', 'train/layer10', 'train/loss/aux'] },
      { name: 'val', keys: ['val/loss'] },
    ]);
    expect(groupKeys(['/odd'])).toEqual([{ name: '', keys: ['/odd'] }]);
  });

  it('group what is measured of the machine', () => {
    expect(groupSystemKeys(['cpu', 'gpu.0.temp', 'system.memory_percent', 'proc.memory.rssMB', 'disk.in']).map((group) => group.name)).toEqual(['GPU', 'Processor', 'Memory', 'Disk', 'Process']);
  });

  it('are found by all words, in any order', () => {
    expect(filterKeys(['train/loss', 'val/loss', 'lr'], 'loss val')).toEqual(['val/loss']);
    expect(filterKeys(['a'], '  ')).toEqual(['a']);
  });
});

describe('what came since', () => {
  const layout = (last: number, greatest = 1, width = 340) => layOut(width, 180, [0, last], [0, greatest], 'linear');

  it('of a long run is a fraction of a pixel, of a short one it is not', () => {
    expect(lookAlike(layout(100_000), layout(100_050))).toBe(true);
    expect(lookAlike(layout(100_000), layout(100_500))).toBe(false);
    expect(lookAlike(layout(100), layout(101))).toBe(false);
  });

  it('is seen when it lies above all else, or in a chart of another size', () => {
    expect(lookAlike(layout(100_000), layout(100_050, 1.1))).toBe(false);
    expect(lookAlike(layout(100_000), layout(100_000, 1, 341))).toBe(false);
    expect(lookAlike(layOut(340, 180, [0, 10], [1, 2], 'linear'), layOut(340, 180, [0, 10], [1, 2], 'logarithmic'))).toBe(false);
  });
});
