import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { InputOf, OutputOf, QueryName, VitrineError } from '#shared/contract/index.ts';
import { core } from './core.ts';
import { onStale } from './feed.ts';
import { PageStore } from './pageStore.ts';

type PageShape = { readonly items: readonly unknown[]; readonly total: number; readonly position: number | null };

/** Queries that answer a page of a list that can be entered at any row. */
export type PagedQueryName = { [Name in QueryName]: OutputOf<Name> extends PageShape ? Name : never }[QueryName];
export type PagedInput<Name extends PagedQueryName> = Omit<InputOf<Name>, 'cursor' | 'position' | 'limit'>;
export type RowOf<Name extends PagedQueryName> = OutputOf<Name> extends { readonly items: readonly (infer Row)[] } ? Row : never;

export type PagedRows<Row> = {
  /** Rows in the whole list; 0 until known. */
  readonly rowCount: number;
  /** The row at a row number, undefined while it is not there yet. A new function whenever an answer changed. */
  readonly getRow: (index: number) => Row | undefined;
  /** Rows that are on show now, the first included, the last not; what lies there is fetched. */
  readonly onRangeNeeded: (first: number, last: number) => void;
  /** Nothing came yet. */
  readonly pending: boolean;
  readonly error: VitrineError | null;
  /** The rows belong to the input before (another sort, another filter) until the new ones are there. */
  readonly previous: boolean;
  readonly retry: () => void;
};

/** Lists seen lately stay as they were left, so that going back shows them at once. */
const kept = new Map<string, { readonly name: QueryName; readonly store: PageStore<unknown> }>();
const keptLists = 40;

/** Milliseconds between refreshes of lists that show what scripts stream: their values change with every message. */
const paces: { readonly [Name in PagedQueryName]?: number } = { 'runs.list': 500 };

function pageStore<Name extends PagedQueryName>(name: Name, input: PagedInput<Name>): PageStore<RowOf<Name>> {
  const key = `${name} ${JSON.stringify(input)}`;
  const found = kept.get(key);
  if (found !== undefined) {
    kept.delete(key);
    kept.set(key, found);
    return found.store as PageStore<RowOf<Name>>;
  }
  const store = new PageStore<RowOf<Name>>(async (position, limit, signal) => {
    const page = (await core().query(name, { ...input, position, limit } as InputOf<Name>, { signal })) as unknown as { items: readonly RowOf<Name>[]; total: number };
    return page;
  }, { pace: paces[name] ?? 0 });
  kept.set(key, { name, store: store as PageStore<unknown> });
  // Not only once it is on the screen: what fills a place is asked before what fills the frame around it.
  store.begin();
  for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - keptLists))) kept.delete(oldest);
  return store;
}

onStale((stale) => {
  for (const { name, store } of kept.values()) if (stale === 'everything' || stale.has(name)) store.invalidate();
});

let marked = false;

/** Notes in the page's own timeline when the first rows of a list stand on the screen: start-up is measured up to there. */
function markRowsPainted(): void {
  if (marked) return;
  marked = true;
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('vitrine:rows')));
}

/**
 * The rows of a list by row number, for `DataTable`: any row of a million can be shown without those before it. Pages are kept by position and
 * refreshed in place when the feed says that the list changed.
 */
export function usePagedRows<Name extends PagedQueryName>(name: Name, input: PagedInput<Name>): PagedRows<RowOf<Name>> {
  const key = JSON.stringify(input);
  // The key says all that the input says.
  const store = useMemo(() => pageStore(name, input), [name, key]); // eslint-disable-line react-hooks/exhaustive-deps
  const snapshot = useSyncExternalStore(store.subscribe, store.snapshot);
  const settled = snapshot.loaded || snapshot.error !== null;
  const before = useRef<PageStore<RowOf<Name>>>(store);
  const shown = settled ? store : before.current;
  useEffect(() => {
    if (settled) before.current = store;
  }, [settled, store]);
  const shownSnapshot = shown.snapshot();
  const showsRows = settled && shown.snapshot().rowCount > 0;
  useEffect(() => {
    if (showsRows) markRowsPainted();
  }, [showsRows]);
  const onRangeNeeded = useCallback((first: number, last: number) => store.need(first, last), [store]);
  return useMemo(
    () => ({
      rowCount: shownSnapshot.rowCount,
      getRow: (index: number) => shown.row(index),
      onRangeNeeded,
      pending: !settled && !shownSnapshot.loaded,
      error: snapshot.error,
      previous: shown !== store,
      retry: () => store.retry(),
    }),
    [shown, shownSnapshot, store, snapshot.error, settled, onRangeNeeded],
  );
}
