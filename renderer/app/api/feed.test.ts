import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChangeEntity, ChangeNotice, CoreClient } from '#shared/contract/index.ts';
import { followChanges, onStale } from './feed.ts';

type Told = 'everything' | readonly string[];

/** A feed told by hand, and what the window was told of it. */
function feed(): { readonly tell: (notice: ChangeNotice | null) => void; readonly told: Told[]; readonly stop: () => void } {
  let listener: ((notice: ChangeNotice | null) => void) | null = null;
  const client = {
    onChanges(next: (notice: ChangeNotice | null) => void) {
      listener = next;
      return () => {
        listener = null;
      };
    },
  } as Pick<CoreClient, 'onChanges'> as CoreClient;
  const told: Told[] = [];
  const stopFollowing = followChanges(client);
  const stopListening = onStale((stale) => told.push(stale === 'everything' ? stale : [...stale]));
  return {
    tell: (notice) => listener?.(notice),
    told,
    stop: () => {
      stopFollowing();
      stopListening();
    },
  };
}

const notice = (entity: ChangeEntity): ChangeNotice => ({ rev: 2, previous: 1, changes: [{ entity, ids: [1] }] });

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('followChanges', () => {
  it('passes the first change on at once and gathers those that follow closely', () => {
    const { tell, told, stop } = feed();
    tell(notice('star'));
    expect(told).toHaveLength(1);
    for (let step = 0; step < 50; step += 1) tell(notice('setting'));
    tell(notice('api_key'));
    expect(told).toHaveLength(1);
    vi.runAllTimers();
    expect(told).toHaveLength(2);
    expect(told[1]).toEqual(expect.arrayContaining(['settings.get', 'keys.list']));
    vi.runAllTimers();
    expect(told).toHaveLength(2);
    stop();
  });

  it('lets a gap make everything stale, whatever else was gathered', () => {
    const { tell, told, stop } = feed();
    tell(notice('star'));
    tell(notice('setting'));
    tell(null);
    tell(notice('setting'));
    vi.runAllTimers();
    expect(told[1]).toBe('everything');
    stop();
  });

  it('lets another catalog in the place of this one make everything stale', () => {
    const { tell, told, stop } = feed();
    tell({ rev: 9, previous: 8, changes: [{ entity: 'catalog', ids: 'all' }] });
    vi.runAllTimers();
    expect(told).toEqual(['everything']);
    stop();
  });

  it('is silent after it was stopped', () => {
    const { tell, told, stop } = feed();
    tell(notice('star'));
    tell(notice('setting'));
    stop();
    vi.runAllTimers();
    expect(told).toHaveLength(1);
  });
});
