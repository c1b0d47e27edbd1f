import { useEffect, useState } from 'react';
import type { OutputOf, Progress, VitrineError } from '#shared/contract/index.ts';
import { asVitrineError, core } from '../../app/api/index.ts';

export type Scan =
  | { readonly state: 'looking'; readonly progress: Progress | null }
  | { readonly state: 'found'; readonly found: OutputOf<'imports.scan'> }
  | { readonly state: 'failed'; readonly error: VitrineError };

/** Looks at what is about to be logged. Called off when it is no longer needed; `again` looks once more. */
export function useScan(paths: readonly string[]): { readonly scan: Scan; readonly again: () => void } {
  const [scan, setScan] = useState<Scan>({ state: 'looking', progress: null });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    setScan({ state: 'looking', progress: null });
    core()
      .query('imports.scan', { paths: [...paths] }, { signal: abort.signal, onProgress: (progress) => { if (!abort.signal.aborted) setScan({ state: 'looking', progress }); } })
      .then(
        (found) => { if (!abort.signal.aborted) setScan({ state: 'found', found }); },
        (thrown: unknown) => { if (!abort.signal.aborted) setScan({ state: 'failed', error: asVitrineError(thrown) }); },
      );
    return () => abort.abort();
  }, [paths, attempt]);
  return { scan, again: () => setAttempt((count) => count + 1) };
}
