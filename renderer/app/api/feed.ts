/**
 * Turns the change feed into invalidations, several steps at a time: a folder of a hundred versions being logged must not ask every list a
 * hundred times.
 */
import { operationFacts } from '#shared/contract/facts.ts';
import type { CoreClient, QueryName } from '#shared/contract/index.ts';
import { staleOperations } from './invalidation.ts';

export type StaleListener = (stale: 'everything' | ReadonlySet<QueryName>) => void;

const listeners = new Set<StaleListener>();

/** Tells what became stale, after coalescing. */
export function onStale(listener: StaleListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Says so when something else than the feed makes answers stale. */
export function tellStale(stale: 'everything' | ReadonlySet<QueryName>): void {
  for (const listener of listeners) listener(stale);
}

/** Milliseconds to wait for more of the feed. One act's own changes come within one notice, so the first is passed on at once. */
const gatherMilliseconds = 80;

/** Follows the feed of a client; returns the way to stop. */
export function followChanges(client: CoreClient): () => void {
  let gathered: 'everything' | Set<QueryName> | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;

  function flush(): void {
    if (gathered === null) {
      timer = null;
      return;
    }
    const stale = gathered;
    gathered = null;
    timer = setTimeout(flush, gatherMilliseconds);
    for (const listener of listeners) listener(stale);
  }

  const stop = client.onChanges((notice) => {
    // Another file in the catalog's place (a restored backup) changes what every question is asked of.
    if (notice === null || notice.changes.some((change) => change.entity === 'catalog' && change.ids === 'all')) gathered = 'everything';
    else if (gathered !== 'everything') gathered = new Set([...(gathered ?? []), ...staleOperations(notice)]);
    if (timer === null) flush();
  });
  return () => {
    stop();
    if (timer !== null) clearTimeout(timer);
  };
}

const known: ReadonlySet<string> = new Set(Object.keys(operationFacts));

/** Whether the first part of a query key is an operation of the contract. */
export function isOperationKey(name: unknown): name is QueryName {
  return typeof name === 'string' && known.has(name);
}
