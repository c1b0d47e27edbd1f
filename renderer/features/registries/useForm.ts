import { useState } from 'react';
import { explainError, type VitrineError } from '#shared/contract/index.ts';
import { explainViolation, type Verdict } from '#shared/domain/index.ts';
import { asVitrineError } from '../../app/api/index.ts';

/** What a rule says about a text as it is typed; nothing about an empty one, which is not wrong yet. */
export function problemOf(text: string, verdict: Verdict<unknown>): string | undefined {
  return text === '' || verdict.ok ? undefined : explainViolation(verdict.violation);
}

/** Sending a form once: busy meanwhile, and what went wrong in words; what was filled in stays. */
export function useSubmit(act: () => Promise<void>): { readonly busy: boolean; readonly failure: string | null; readonly submit: () => void } {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<VitrineError | null>(null);
  const submit = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await act();
    } catch (thrown) {
      setFailure(asVitrineError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const words = failure === null ? null : explainError(failure);
  return { busy, failure: words === null ? null : `${words.title}. ${words.sentence}`, submit: () => void submit() };
}
