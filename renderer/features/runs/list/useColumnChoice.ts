import { useMemo } from 'react';
import type { ProjectId } from '#shared/contract/index.ts';
import { runCommand, useLiveOperation, useLiveOperations, useOperation } from '../../../app/api/index.ts';
import { columnsOf, firstColumns, isValueColumn, type ValueColumn } from './values.ts';

export type ColumnChoice = {
  readonly columns: readonly ValueColumn[];
  /** Every value that the newest runs have. */
  readonly known: readonly ValueColumn[];
  readonly choose: (columns: readonly ValueColumn[]) => void;
};

/** Runs that are looked into for what columns there could be. */
const runsLookedInto = 6;

/** Which values of config and summary a project's list of runs shows: kept per project; unless chosen, the first numbers there are. */
export function useColumnChoice(projectId: ProjectId): ColumnChoice {
  const name = `runs.columns.${projectId}`;
  const settings = useOperation('settings.get', {});
  const newest = useLiveOperation('runs.list', { projectId, limit: runsLookedInto });
  const details = useLiveOperations('runs.get', newest.data?.items.map(({ id }) => ({ id })) ?? []);
  const kept = settings.data?.values[name];
  return useMemo(() => {
    const runs = details.flatMap(({ data }) => (data === undefined ? [] : [data]));
    const known = [...new Set(runs.flatMap((run) => columnsOf(run)))];
    const chosen = Array.isArray(kept) ? kept.filter((column): column is ValueColumn => typeof column === 'string' && isValueColumn(column)) : null;
    const first = runs.map((run) => firstColumns(run)).find((columns) => columns.length > 0) ?? [];
    return { columns: chosen ?? first, known, choose: (columns) => void runCommand('settings.set', { values: { [name]: [...columns] } }) };
  }, [details, kept, name]);
}
