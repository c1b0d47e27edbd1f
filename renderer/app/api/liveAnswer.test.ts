import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VitrineError } from '#shared/contract/index.ts';
import { LiveAnswer } from './liveAnswer.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A question whose answers are given by hand. */
function asked() {
  const waiting: { readonly resolve: (value: number) => void; readonly reject: (error: unknown) => void }[] = [];
  let count = 0;
  const answer = new LiveAnswer<number>('runs.list', () => {
    count += 1;
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  });
  return { answer, waiting, count: () => count };
}

describe('LiveAnswer', () => {
  it('asks nothing until somebody looks', async () => {
    const { answer, count } = asked();
    answer.renew();
    await vi.runAllTimersAsync();
    expect(count()).toBe(0);
    answer.subscribe(() => undefined);
    await vi.runAllTimersAsync();
    expect(count()).toBe(1);
  });

  it('is never cut off by changes that follow closely, and asks once more after them all', async () => {
    const { answer, waiting, count } = asked();
    const told = vi.fn<() => void>();
    answer.subscribe(told);
    await vi.runAllTimersAsync();
    for (let change = 0; change < 20; change += 1) answer.renew();
    await vi.runAllTimersAsync();
    expect(count()).toBe(1);
    waiting[0]?.resolve(1);
    await vi.advanceTimersByTimeAsync(0);
    expect(answer.snapshot().data).toBe(1);
    expect(told).toHaveBeenCalledTimes(1);
    expect(count()).toBe(1);
    await vi.advanceTimersByTimeAsync(300);
    expect(count()).toBe(2);
  });

  it('keeps what it knew when asking fails', async () => {
    const { answer, waiting } = asked();
    answer.subscribe(() => undefined);
    await vi.runAllTimersAsync();
    waiting[0]?.resolve(7);
    await vi.advanceTimersByTimeAsync(0);
    answer.renew();
    await vi.advanceTimersByTimeAsync(300);
    waiting[1]?.reject(new VitrineError('core_unavailable'));
    await vi.advanceTimersByTimeAsync(0);
    expect(answer.snapshot()).toMatchObject({ data: 7, error: { code: 'core_unavailable' } });
  });

  it('goes on from the answer before, says nothing where nothing is new, and begins anew where that answer is worth nothing', async () => {
    const given: (readonly number[] | undefined)[] = [];
    const before = [1] as const;
    const answer = new LiveAnswer<readonly number[]>('runs.metrics', (known) => {
      given.push(known);
      return Promise.resolve(known ?? before);
    });
    const told = vi.fn<() => void>();
    answer.subscribe(told);
    await vi.advanceTimersByTimeAsync(0);
    answer.renew();
    await vi.advanceTimersByTimeAsync(300);
    answer.renew(true);
    await vi.advanceTimersByTimeAsync(300);
    expect(given).toEqual([undefined, before, undefined]);
    expect(told).toHaveBeenCalledTimes(1);
  });

  it('stops with the last that looked', async () => {
    const { answer, waiting, count } = asked();
    const stop = answer.subscribe(() => undefined);
    await vi.runAllTimersAsync();
    waiting[0]?.resolve(1);
    await vi.advanceTimersByTimeAsync(0);
    answer.renew();
    stop();
    await vi.runAllTimersAsync();
    expect(count()).toBe(1);
  });
});
