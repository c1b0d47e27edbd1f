/** Verifying and collecting: long work that goes on, and keeps its answer, while the window is elsewhere. */
import { create } from 'zustand';
import type { OutputOf, Progress, VitrineError } from '#shared/contract/index.ts';
import { asVitrineError, notify, runCommand } from '../../app/api/index.ts';

export type Task<Answer> = {
  /** How to stop it, while it runs. */
  readonly cancel: (() => void) | null;
  readonly progress: Progress | null;
  readonly answer: (Answer & { readonly at: number }) | null;
  readonly failure: VitrineError | null;
};

export type VerifyAnswer = OutputOf<'storage.verify'> & { readonly share: number };
export type CollectAnswer = OutputOf<'storage.collect'> & { readonly simulated: boolean };

const idle = { cancel: null, progress: null, answer: null, failure: null } as const;

type Tasks = { readonly verify: Task<VerifyAnswer>; readonly collect: Task<CollectAnswer> };
export const useStorageTasks = create<Tasks>(() => ({ verify: idle, collect: idle }));

/** Reads a share of the stored bytes, 0 to 1, and keeps what it found. */
export async function verifyStorage(share: number): Promise<void> {
  if (useStorageTasks.getState().verify.cancel !== null) return;
  const set = (part: Partial<Task<VerifyAnswer>>): void => useStorageTasks.setState(({ verify }) => ({ verify: { ...verify, ...part } }));
  const abort = new AbortController();
  set({ ...idle, cancel: () => abort.abort() });
  try {
    const result = await runCommand('storage.verify', { share }, { activity: 'Verifying the store', toast: false, signal: abort.signal, onProgress: (progress) => set({ progress }) });
    if (result === null) return;
    set({ answer: { ...result.output, share, at: Date.now() } });
    const { damaged } = result.output;
    if (damaged.length > 0) notify({ tone: 'danger', title: damaged.length === 1 ? 'A stored object is damaged' : `${damaged.length} stored objects are damaged`, text: 'Storage names them.' });
  } catch (thrown) {
    set({ failure: shown(thrown) });
  } finally {
    set({ cancel: null, progress: null });
  }
}

/** Says what would be freed, or frees it. */
export async function collectStorage(simulate: boolean): Promise<void> {
  if (useStorageTasks.getState().collect.cancel !== null) return;
  const set = (part: Partial<Task<CollectAnswer>>): void => useStorageTasks.setState(({ collect }) => ({ collect: { ...collect, ...part } }));
  const abort = new AbortController();
  set({ ...idle, cancel: () => abort.abort() });
  try {
    const result = await runCommand('storage.collect', { simulate }, { activity: simulate ? 'Looking for what can be freed' : 'Freeing storage', toast: false, signal: abort.signal, onProgress: (progress) => set({ progress }) });
    if (result !== null) set({ answer: { ...result.output, simulated: simulate, at: Date.now() } });
  } catch (thrown) {
    set({ failure: shown(thrown) });
  } finally {
    set({ cancel: null, progress: null });
  }
}

/** A cancellation was wished for: it is no failure. */
function shown(thrown: unknown): VitrineError | null {
  const error = asVitrineError(thrown);
  return error.code === 'cancelled' ? null : error;
}
