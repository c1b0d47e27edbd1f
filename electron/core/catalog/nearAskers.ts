/** Who asks, remembered by a connection in the asking thread: it makes no askers itself, but hears of each commit. */
import type { Change, ChangeEntity } from '#shared/contract/changes.ts';
import { forgetAskers } from './access.ts';
import type { ReadableDb } from './connection.ts';

/** Commits that touch one of these may change who somebody is. */
const aboutAskers: ReadonlySet<ChangeEntity> = new Set<ChangeEntity>(['api_key', 'catalog', 'member', 'setting', 'team', 'user']);
/** Milliseconds after which who asks is looked up again in any case: keys end by themselves. */
const keptFor = 1000;

export type NearAskers = {
  /** Asked before `rememberedAsker`: forgets those that were looked up too long ago. */
  refresh(): void;
  /** Hears of each commit before whoever made it is answered. */
  committed(changes: readonly Change[]): void;
};

export function nearAskersOf(db: ReadableDb): NearAskers {
  let until = 0;
  return {
    refresh() {
      const now = performance.now();
      if (now <= until) return;
      forgetAskers(db);
      until = now + keptFor;
    },
    committed(changes) {
      if (changes.some(({ entity }) => aboutAskers.has(entity))) forgetAskers(db);
    },
  };
}
