/** Looking as somebody else: every answer is what that person would get; core refuses every command meanwhile. */
import { create } from 'zustand';
import type { UserSummary } from '#shared/contract/index.ts';
import { cache } from './cache.ts';
import { lookAs } from './core.ts';
import { tellStale } from './feed.ts';

export const useViewedAs = create<{ readonly user: UserSummary | null }>(() => ({ user: null }));

/** Looks as another person from now on; null looks with one's own eyes again. What was known is asked anew: it was another's. */
export function viewAs(user: UserSummary | null): void {
  lookAs(user?.id ?? null);
  useViewedAs.setState({ user });
  void cache.resetQueries();
  tellStale('everything');
}
