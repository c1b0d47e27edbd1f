import type { ReactNode } from 'react';

export interface CellContext {
  readonly index: number;
  readonly selected: boolean;
}

/** A column of a `DataTable`. Keep the array of columns stable (module constant or `useMemo`): rows re-render when it changes. */
export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels; 48 unless said. */
  readonly minWidth?: number;
  /** Takes a share of the room left over; the width is then its least. */
  readonly grow?: number;
  /** Right-aligned, tabular figures; the header aligns with it. */
  readonly numeric?: boolean;
  readonly align?: 'start' | 'center' | 'end';
  readonly sortable?: boolean;
  /** Can't be hidden, stays first in the column menu: the name. */
  readonly fixed?: boolean;
  /** Draws the cell. Without it `text` is written. */
  readonly render?: (row: Row, context: CellContext) => ReactNode;
  /** The cell as plain words: written without `render`, shown whole on hover, found by type-ahead. */
  readonly text?: (row: Row) => string;
}

export interface Sort {
  readonly column: string;
  readonly direction: 'ascending' | 'descending';
}

/** What a person changed about the columns; all of it optional, so that new columns appear by themselves. */
export interface ColumnState {
  readonly widths: Readonly<Record<string, number>>;
  readonly hidden: readonly string[];
  /** Ids in the wanted order; columns it doesn't name keep their place behind the named ones before them. */
  readonly order: readonly string[];
}

export const UNCHANGED_COLUMNS: ColumnState = { widths: {}, hidden: [], order: [] };

export const LEAST_COLUMN_WIDTH = 48;
export const CHECK_COLUMN_WIDTH = 32;

/** The columns in sight, in their order. Unknown ids in the state are ignored. */
export function arrangeColumns<Row>(columns: ReadonlyArray<Column<Row>>, state: ColumnState): ReadonlyArray<Column<Row>> {
  const shown = columns.filter((column) => column.fixed === true || !state.hidden.includes(column.id));
  if (state.order.length === 0) return shown;
  const position = new Map(state.order.map((id, index) => [id, index]));
  const ranked = shown.map((column, index) => {
    // A column the order doesn't know follows the nearest known one before it.
    let rank = position.get(column.id);
    for (let before = index - 1; rank === undefined && before >= 0; before -= 1) {
      const known = position.get(shown[before]?.id ?? '');
      if (known !== undefined) rank = known + 0.5;
    }
    return { column, rank: rank ?? -1, index };
  });
  ranked.sort((one, other) => one.rank - other.rank || one.index - other.index);
  return ranked.map(({ column }) => column);
}

export function leastWidth<Row>(column: Column<Row>): number {
  return column.minWidth ?? Math.min(column.width, LEAST_COLUMN_WIDTH);
}

/** `grid-template-columns` for the columns in sight, and the width below which the table scrolls sideways. */
export function columnTemplate<Row>(
  columns: ReadonlyArray<Column<Row>>,
  widths: Readonly<Record<string, number>>,
  checks: boolean,
): { readonly template: string; readonly width: number } {
  const tracks: string[] = checks ? [`${CHECK_COLUMN_WIDTH}px`] : [];
  let width = checks ? CHECK_COLUMN_WIDTH : 0;
  let flexible = false;
  for (const column of columns) {
    const chosen = widths[column.id];
    if (chosen === undefined && column.grow !== undefined) {
      flexible = true;
      tracks.push(`minmax(${column.width}px, ${column.grow}fr)`);
      width += column.width;
    } else {
      const track = Math.max(leastWidth(column), chosen ?? column.width);
      tracks.push(`${track}px`);
      width += track;
    }
  }
  if (!flexible) tracks.push('minmax(0, 1fr)');
  return { template: tracks.join(' '), width };
}

/** Moves a column one place towards the start (-1) or the end (1) among those in sight. */
export function moveColumn<Row>(columns: ReadonlyArray<Column<Row>>, state: ColumnState, id: string, step: -1 | 1): ColumnState {
  const shown = arrangeColumns(columns, state).map((column) => column.id);
  const from = shown.indexOf(id);
  const to = from + step;
  if (from < 0 || to < 0 || to >= shown.length) return state;
  const order = [...shown];
  order.splice(from, 1);
  order.splice(to, 0, id);
  return { ...state, order };
}

export function hideColumn(state: ColumnState, id: string, hidden: boolean): ColumnState {
  const without = state.hidden.filter((other) => other !== id);
  return { ...state, hidden: hidden ? [...without, id] : without };
}

export function resizeColumn<Row>(state: ColumnState, column: Column<Row>, width: number): ColumnState {
  return { ...state, widths: { ...state.widths, [column.id]: Math.max(leastWidth(column), Math.round(width)) } };
}
