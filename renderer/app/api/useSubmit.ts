import { useState } from 'react';
import { explainError, type VitrineError } from '#shared/contract/index.ts';
import { asVitrineError } from './notify.ts';

export type Submit = {
  readonly busy: boolean;
  /** What went wrong the last time; null after a change of what is sent, or of mind (`forgive`). */
  readonly error: VitrineError | null;
  /** The same in words: what happened and why. */
  readonly failure: string | null;
  readonly submit: () => void;
  readonly forgive: () => void;
};

/** Sending a form once: busy meanwhile, and what went wrong stays with the form, in which nothing that was filled in is lost. */
export function useSubmit(act: () => Promise<unknown>): Submit {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<VitrineError | null>(null);
  const submit = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await act();
    } catch (thrown) {
      setError(asVitrineError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const words = error === null ? null : explainError(error);
  return { busy, error, failure: words === null ? null : `${words.title}. ${words.sentence}`, submit: () => void submit(), forgive: () => setError(null) };
}
