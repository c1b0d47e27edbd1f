/** The walk along the history's hash chain: under way or answered, also while the window is elsewhere. */
import { create } from 'zustand';
import type { OutputOf, VitrineError } from '#shared/contract/index.ts';
import { asVitrineError, beginActivity, core } from '../../app/api/index.ts';

export type ChainAnswer = OutputOf<'history.verify'> & { readonly at: number };

type Chain = { readonly running: boolean; readonly answer: ChainAnswer | null; readonly failure: VitrineError | null };

const nothing: Chain = { running: false, answer: null, failure: null };

export const useChain = create<Chain>(() => nothing);

/** Walks the chain from its first event to its last. One walk at a time. */
export async function verifyChain(): Promise<void> {
  if (useChain.getState().running) return;
  const abort = new AbortController();
  const activity = beginActivity('Verifying the history', () => abort.abort());
  useChain.setState({ ...nothing, running: true });
  try {
    const answer = await core().query('history.verify', {}, { signal: abort.signal, onProgress: activity.progress });
    useChain.setState({ running: false, answer: { ...answer, at: Date.now() } });
  } catch (thrown) {
    const failure = asVitrineError(thrown);
    useChain.setState({ running: false, failure: failure.code === 'cancelled' ? null : failure });
  } finally {
    activity.end();
  }
}

/** Takes the answer away once it is read. */
export function forgetChain(): void {
  if (!useChain.getState().running) useChain.setState(nothing);
}
