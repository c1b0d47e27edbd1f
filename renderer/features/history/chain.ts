/** The walk along the history's hash chain: under way or answered, also while the window is elsewhere. */
import { create } from 'zustand';
import type { OutputOf, VitrineError } from '#shared/contract/index.ts';
import { asVitrineError, beginActivity, core } from '../../app/api/index.ts';

export type ChainAnswer = OutputOf<'history.verify'> & { readonly at: number };

type Chain = { readonly running: boolean; readonly answer: ChainAnswer | null; readonly failure: VitrineError | null };

const nothing: Chain = { running: false, answer: null, failure: null };

export const useChain = create<Chain>(() => nothing);

/** What was noted outside, as it is pasted: a line for each head, or the JSON of signed ones. */
export function notedHeads(text: string): readonly string[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : trimmed.startsWith('{') ? trimmed.split(/\n(?=\s*\{)/u).map((one) => one.trim()) : trimmed.split(/\r?\n/u).map((line) => line.trim()).filter((line) => line !== '');
}

/** Walks the chain from its first event to its last, and holds it against every head that was noted. One walk at a time. */
export async function verifyChain(noted: readonly string[] = []): Promise<void> {
  if (useChain.getState().running) return;
  const abort = new AbortController();
  const activity = beginActivity('Verifying the history', () => abort.abort());
  useChain.setState({ ...nothing, running: true });
  try {
    const answer = await core().query('history.verify', { noted: [...noted] }, { signal: abort.signal, onProgress: activity.progress });
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
