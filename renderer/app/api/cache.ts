/** What the window knows of the catalog: one query cache, keyed by operation and input, told by the feed what is stale. */
import { notifyManager, QueryClient } from '@tanstack/react-query';
import { isVitrineError, type CommandName, type InputOf, type OutputOf, type QueryName } from '#shared/contract/index.ts';
import { core } from './core.ts';
import { isOperationKey, onStale } from './feed.ts';

/** Told of in one go: each by itself, the answers that come together at a start would render as many times. */
const due: (() => void)[] = [];
notifyManager.setScheduler((tell) => {
  if (due.push(tell) > 1) return;
  setTimeout(() => {
    for (const each of due.splice(0)) {
      try {
        each();
      } catch (thrown) {
        reportError(thrown);
      }
    }
  }, 0);
});

export const cache = new QueryClient({
  defaultOptions: {
    queries: {
      // The feed tells: nothing is asked again because time passed or the window was focused.
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: 'always',
      // The client repeats what a restart of core cut off, and nothing else.
      retry: false,
    },
  },
});

export function operationKey<Name extends QueryName>(name: Name, input: InputOf<Name>): readonly [Name, InputOf<Name>] {
  return [name, input];
}

/** The answer, from what is known if it is not stale. For what happens outside of components: drops, shortcuts, the palette. */
export function ask<Name extends QueryName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
  return cache.fetchQuery({
    queryKey: operationKey(name, input),
    queryFn: ({ signal }) => core().query(name, input, { signal }),
  });
}

/** What is known already, without asking. */
export function known<Name extends QueryName>(name: Name, input: InputOf<Name>): OutputOf<Name> | undefined {
  return cache.getQueryData<OutputOf<Name>>(operationKey(name, input));
}

/** Asks ahead of need, when a pointer rests on what leads there. */
export function prefetch<Name extends QueryName>(name: Name, input: InputOf<Name>): void {
  void cache.prefetchQuery({ queryKey: operationKey(name, input), queryFn: ({ signal }) => core().query(name, input, { signal }) });
}

onStale((stale) => {
  void cache.invalidateQueries(
    stale === 'everything'
      ? {}
      // What failed as not found may be there now: an answer that is an error is stale by any change.
      : { predicate: (query) => isOperationKey(query.queryKey[0]) && (stale.has(query.queryKey[0]) || isVitrineError(query.state.error)) },
    { cancelRefetch: true },
  );
});

/** What commands change that is no row of the catalog, so that no feed tells of it. */
const untold: { readonly [Name in CommandName]?: readonly QueryName[] } = {
  'door.start': ['door.status'],
  'door.stop': ['door.status'],
  // Heads lie in a file beside the catalog.
  'history.signHead': ['history.heads'],
  'history.keepHead': ['history.heads'],
};

/** For `runCommand` alone: makes stale what the feed is silent about. */
export function forgetUntold(command: CommandName): void {
  for (const name of untold[command] ?? []) void cache.invalidateQueries({ queryKey: [name] });
}
