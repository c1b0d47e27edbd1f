import { afterEach, describe, expect, it, vi } from 'vitest';
import { VitrineError } from '#shared/contract/errors.ts';
import { PageStore, type FetchedPage } from './pageStore.ts';

type Ask = { readonly position: number; readonly signal: AbortSignal; readonly answer: (page: FetchedPage<string>) => void; readonly fail: (error: VitrineError) => void };

/** A list whose every page is answered by hand. */
function handmade(options: { readonly pageSize?: number; readonly keep?: number; readonly atOnce?: number; readonly pace?: number } = {}) {
  const asks: Ask[] = [];
  const store = new PageStore<string>(
    (position, _limit, signal) => new Promise((answer, fail) => asks.push({ position, signal, answer, fail })),
    { pageSize: 10, atOnce: 2, ...options },
  );
  const rows = (from: number, total: number, mark = ''): FetchedPage<string> => ({
    items: Array.from({ length: Math.max(0, Math.min(10, total - from)) }, (_, index) => `${from + index}${mark}`),
    total,
  });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  return { asks, store, rows, settle };
}

afterEach(() => vi.useRealTimers());

describe('PageStore', () => {
  it('fetches what changes all the time at its pace, and the last change is not missed', async () => {
    vi.useFakeTimers();
    const { asks, store, rows, settle } = handmade({ pace: 500 });
    store.subscribe(() => store.row(0));
    asks[0]?.answer(rows(0, 5));
    await settle();
    for (let change = 0; change < 12; change += 1) {
      store.invalidate();
      await settle();
      asks.at(-1)?.answer(rows(0, 5, ` after ${change}`));
      await settle();
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(asks.length).toBeLessThanOrEqual(4);
    await vi.advanceTimersByTimeAsync(500);
    await settle();
    const asked = asks.length;
    asks.at(-1)?.answer(rows(0, 5, ' at last'));
    await settle();
    await vi.advanceTimersByTimeAsync(5000);
    expect([asks.length, store.row(0)]).toEqual([asked, '0 at last']);
  });

  it('asks for nothing until somebody looks, then for the first page', async () => {
    const { asks, store, rows, settle } = handmade();
    expect(asks).toHaveLength(0);
    store.subscribe(() => undefined);
    expect(asks.map((ask) => ask.position)).toEqual([0]);
    asks[0]?.answer(rows(0, 35));
    await settle();
    expect(store.snapshot()).toMatchObject({ rowCount: 35, loaded: true, error: null });
    expect(store.row(9)).toBe('9');
    expect(store.row(10)).toBeUndefined();
  });

  it('asks an empty list again after a change, whether it was on show, out of sight or just being asked', async () => {
    const { asks, store, rows, settle } = handmade();
    const leave = store.subscribe(() => undefined);
    store.invalidate();
    asks[0]?.answer(rows(0, 0));
    await settle();
    expect(asks).toHaveLength(2);
    asks[1]?.answer(rows(0, 0));
    await settle();
    store.invalidate();
    expect(asks).toHaveLength(3);
    asks[2]?.answer(rows(0, 0));
    await settle();
    leave();
    store.invalidate();
    expect(asks).toHaveLength(3);
    store.subscribe(() => undefined);
    expect(asks).toHaveLength(4);
    asks[3]?.answer(rows(0, 2));
    await settle();
    expect([store.snapshot().rowCount, store.row(1)]).toEqual([2, '1']);
  });

  it('enters the list anywhere and calls off what was scrolled past', async () => {
    const { asks, store, rows, settle } = handmade();
    store.subscribe(() => undefined);
    asks[0]?.answer(rows(0, 10_000));
    await settle();
    store.need(5_000, 5_015);
    store.need(9_000, 9_005);
    expect(asks.map((ask) => [ask.position, ask.signal.aborted])).toEqual([[0, false], [5_000, true], [5_010, true], [9_000, false]]);
    asks[3]?.answer(rows(9_000, 10_000));
    await settle();
    expect(store.row(9_001)).toBe('9001');
  });

  it('keeps stale rows on show until their successors come, and refreshes only what is read', async () => {
    const { asks, store, rows, settle } = handmade();
    store.subscribe(() => undefined);
    asks[0]?.answer(rows(0, 100));
    await settle();
    store.need(10, 20);
    asks[1]?.answer(rows(10, 100));
    await settle();
    store.invalidate();
    expect(store.row(12)).toBe('12');
    await settle();
    expect(asks.map((ask) => ask.position)).toEqual([0, 10, 10]);
    asks[2]?.answer(rows(10, 101, ' new'));
    await settle();
    expect(store.row(12)).toBe('12 new');
    expect(store.snapshot().rowCount).toBe(101);
    expect(store.row(3)).toBe('3');
    await settle();
    expect(asks.map((ask) => ask.position)).toEqual([0, 10, 10, 0]);
  });

  it('fetches once more what changed while it was under way', async () => {
    const { asks, store, rows, settle } = handmade();
    store.subscribe(() => undefined);
    store.invalidate();
    asks[0]?.answer(rows(0, 20, ' old'));
    await settle();
    expect(store.row(0)).toBe('0 old');
    await settle();
    expect(asks).toHaveLength(2);
    asks[1]?.answer(rows(0, 20));
    await settle();
    expect(store.row(0)).toBe('0');
    await settle();
    expect(asks).toHaveLength(2);
  });

  it('says a failure, stops asking, and goes on after a retry', async () => {
    const { asks, store, rows, settle } = handmade();
    store.subscribe(() => undefined);
    asks[0]?.fail(new VitrineError('unexpected'));
    await settle();
    expect(store.snapshot().error?.code).toBe('unexpected');
    expect(asks).toHaveLength(1);
    store.retry();
    expect(asks).toHaveLength(2);
    asks[1]?.answer(rows(0, 5));
    await settle();
    expect(store.snapshot()).toMatchObject({ error: null, rowCount: 5 });
  });

  it('drops rows beyond the end of a list that became shorter', async () => {
    const { asks, store, rows, settle } = handmade();
    store.subscribe(() => undefined);
    asks[0]?.answer(rows(0, 30));
    await settle();
    store.need(20, 30);
    asks[1]?.answer(rows(20, 30));
    await settle();
    expect(store.row(25)).toBe('25');
    store.invalidate();
    store.row(0);
    await settle();
    asks[2]?.answer(rows(0, 8));
    await settle();
    expect(store.snapshot().rowCount).toBe(8);
    expect(store.row(25)).toBeUndefined();
  });

  it('forgets the pages longest unseen, never those on show', async () => {
    const { asks, store, rows, settle } = handmade({ keep: 3 });
    store.subscribe(() => undefined);
    asks[0]?.answer(rows(0, 1_000));
    await settle();
    for (let page = 1; page <= 5; page += 1) {
      store.need(page * 10, page * 10 + 10);
      asks.at(-1)?.answer(rows(page * 10, 1_000));
      await settle();
    }
    expect(store.row(0)).toBeUndefined();
    expect(store.row(52)).toBe('52');
    expect([...store.heldRows()].length).toBe(30);
  });

  it('asks for a few pages at once, the rest as they come in', async () => {
    const { asks, store, rows, settle } = handmade();
    store.subscribe(() => undefined);
    asks[0]?.answer(rows(0, 1_000));
    await settle();
    store.need(0, 60);
    expect(asks.map((ask) => ask.position)).toEqual([0, 10, 20]);
    asks[1]?.answer(rows(10, 1_000));
    await settle();
    expect(asks.map((ask) => ask.position)).toEqual([0, 10, 20, 30]);
  });
});
