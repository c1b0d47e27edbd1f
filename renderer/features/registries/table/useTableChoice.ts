import { useMemo } from 'react';
import type { CollectionId, TableColumn } from '#shared/contract/index.ts';
import { runCommand, useOperation } from '../../../app/api/index.ts';
import { columnKey, columnOf, firstColumns, type KnownColumn } from './tableColumns.ts';

export type TableChoice = {
  readonly columns: readonly TableColumn[];
  /** What the versions have, to choose from. */
  readonly known: readonly KnownColumn[];
  readonly choose: (columns: readonly TableColumn[]) => void;
};

/** Which values a person's table of a collection shows: kept per collection; unless chosen, the first numbers there are. */
export function useTableChoice(collectionId: CollectionId): TableChoice {
  const name = `table.columns.${collectionId}`;
  const settings = useOperation('settings.get', {});
  const found = useOperation('collections.columns', { collectionId });
  const kept = settings.data?.values[name];
  return useMemo(() => {
    const known = found.data?.items ?? [];
    const chosen = Array.isArray(kept) ? kept.flatMap((key) => (typeof key === 'string' ? (columnOf(key) ?? []) : [])) : null;
    return {
      known,
      columns: chosen ?? firstColumns(known),
      choose: (columns) => void runCommand('settings.set', { values: { [name]: columns.map(columnKey) } }),
    };
  }, [found.data, kept, name]);
}
