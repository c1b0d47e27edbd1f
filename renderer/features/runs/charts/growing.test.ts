import { describe, expect, it, vi } from 'vitest';
import type { MetricSeries, OutputOf, RunId } from '#shared/contract/index.ts';
import { grown, growMetrics } from './growing.ts';

type Answer = OutputOf<'runs.metrics'>;
const id = 1 as RunId;

/** What core answers about a metric whose value is `value(step)`, from line `since` on. */
function answer(lines: number, points: number, since = 0, value: (step: number) => number = (step) => step): Answer {
  const steps = Array.from({ length: lines - since }, (_, index) => since + index);
  const exact = steps.length <= points;
  const groups = exact ? steps.map((step) => [step]) : Array.from({ length: points }, (_, bucket) => steps.slice(Math.floor((bucket * steps.length) / points), Math.floor(((bucket + 1) * steps.length) / points)));
  const each = (of: (values: readonly number[]) => number): number[] => groups.map((group) => of(group.map(value)));
  const series: MetricSeries = {
    id, key: 'loss', total: steps.length, exact, x: groups.map((group) => ((group[0] ?? 0) + (group.at(-1) ?? 0)) / 2), min: each((values) => Math.min(...values)), max: each((values) => Math.max(...values)),
    mean: each((values) => values.reduce((sum, one) => sum + one, 0) / values.length), nonFinite: [],
  };
  return { series: [series], lines: [lines], rewrites: [0] };
}

describe('grown', () => {
  it('is the same as asked for as a whole while each point is one line', () => {
    expect(grown(answer(10, 400), answer(25, 400, 10), 400)).toEqual(answer(25, 400));
  });

  it('is the very same when nothing came, so that nothing is drawn again', () => {
    const before = answer(10, 400);
    expect(grown(before, answer(10, 400, 10), 400)).toBe(before);
  });

  it('gathers what comes as what is known was gathered, and loses no peak', () => {
    const value = (step: number): number => (step === 4321 ? 1e6 : Math.sin(step));
    let line: Answer | null = answer(4000, 100, 0, value);
    for (let lines = 4000; lines < 4700; lines += 7) line = line === null ? null : grown(line, answer(lines + 7, 100, lines, value), 100);
    const [series] = line?.series ?? [];
    expect(series).toMatchObject({ total: 4700, exact: false });
    expect(series?.x.length).toBeLessThan(125);
    expect(Math.max(...(series?.max ?? []).map(Number))).toBe(1e6);
    expect(series?.x).toEqual([...(series?.x ?? [])].sort((one, other) => one - other));
    expect(series?.x.at(-1)).toBeGreaterThan(4650);
    const whole = answer(4700, 100, 0, value).series[0]!;
    const mean = (of: MetricSeries, from: number): number => of.mean.filter((_, index) => (of.x[index] ?? 0) > from).reduce<number>((sum, one) => sum + (one ?? 0), 0) / of.mean.filter((_, index) => (of.x[index] ?? 0) > from).length;
    expect(mean(series!, 4400)).toBeCloseTo(mean(whole, 4400), 1);
  });

  it('has to be asked for as a whole where lines were overwritten, where there are fewer, and where there are many more', () => {
    const before = answer(10, 400);
    expect(grown(before, { ...answer(25, 400, 10), rewrites: [1] }, 400)).toBeNull();
    expect(grown(before, { ...before, series: [], lines: [3] }, 400)).toBeNull();
    expect(grown(before, answer(500, 400, 10), 400)).toBeNull();
    expect(grown(answer(4000, 100), answer(6000, 100, 4000), 100)).toBeNull();
  });

  it('takes in a metric that was not there before, and keeps one that was not logged since', () => {
    const before = answer(10, 400);
    const other: Answer = { ...answer(25, 400, 10), series: [{ ...answer(25, 400, 10).series[0]!, key: 'accuracy' }] };
    expect(grown(before, other, 400)?.series.map(({ key, total }) => [key, total])).toEqual([['accuracy', 15], ['loss', 10]]);
  });
});

describe('growMetrics', () => {
  const wish = { ids: [id], keys: ['loss'], points: 400 };

  it('asks from where it left off, and as a whole only when it has to', async () => {
    const ask = vi.fn<(input: { readonly since?: readonly number[] | undefined }) => Promise<Answer>>((input) => Promise.resolve(answer(20, 400, input.since?.[0] ?? 0)));
    const first = await growMetrics(wish, undefined, ask);
    expect(ask).toHaveBeenLastCalledWith(wish);
    ask.mockImplementation((input) => Promise.resolve(answer(30, 400, input.since?.[0] ?? 0)));
    expect(await growMetrics(wish, first, ask)).toEqual(answer(30, 400));
    expect(ask).toHaveBeenLastCalledWith({ ...wish, since: [20] });
    ask.mockImplementation((input) => Promise.resolve({ ...answer(30, 400, input.since?.[0] ?? 0), rewrites: [1] }));
    expect(await growMetrics(wish, first, ask)).toMatchObject({ rewrites: [1], series: [{ total: 30 }] });
    expect(ask).toHaveBeenLastCalledWith(wish);
  });
});
