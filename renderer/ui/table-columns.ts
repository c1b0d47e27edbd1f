import { useLayoutEffect, useMemo, useState } from 'react';
import type { RefObject } from 'react';
import { arrangeColumns, columnTemplate, UNCHANGED_COLUMNS } from './data-table-columns.ts';
import type { Column, ColumnState } from './data-table-columns.ts';

interface ColumnProps<Row> {
  readonly columns: ReadonlyArray<Column<Row>>;
  readonly columnState?: ColumnState;
  readonly onColumnStateChange?: (state: ColumnState) => void;
}

/** The columns in sight and their widths, which stand as custom properties on the table's element: a drag of an edge renders no row anew. */
export function useTableColumns<Row>(table: RefObject<HTMLElement | null>, props: ColumnProps<Row>, checks: boolean) {
  const [ownState, setOwnState] = useState(UNCHANGED_COLUMNS);
  const columnState = props.columnState ?? ownState;
  const changeColumns = (state: ColumnState): void => {
    setOwnState(state);
    props.onColumnStateChange?.(state);
  };
  const columns = useMemo(() => arrangeColumns(props.columns, columnState), [props.columns, columnState]);
  const layout = useMemo(() => columnTemplate(columns, columnState.widths, checks), [columns, columnState.widths, checks]);
  const previewWidth = (column: string, width: number): void => apply(table.current, columnTemplate(columns, { ...columnState.widths, [column]: width }, checks));
  useLayoutEffect(() => apply(table.current, layout), [table, layout]);
  return { columns, columnState, changeColumns, previewWidth };
}

function apply(table: HTMLElement | null, { template, width }: ReturnType<typeof columnTemplate>): void {
  table?.style.setProperty('--columns', template);
  table?.style.setProperty('--columns-width', `${width}px`);
}
