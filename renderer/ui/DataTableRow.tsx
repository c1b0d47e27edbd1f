import { memo } from 'react';
import { classNames } from './class-names.ts';
import type { Column } from './data-table-columns.ts';
import { Check } from './icons.ts';
import styles from './DataTable.module.css';

interface DataTableRowProps<Row> {
  readonly id: string;
  readonly index: number;
  readonly row: Row | undefined;
  /** Pixels from the layer's upper edge. */
  readonly top: number;
  readonly columns: ReadonlyArray<Column<Row>>;
  /** Given, only these words are drawn, or a single placeholder: the table flies by. */
  readonly lightText: ((row: Row) => string) | undefined;
  readonly checks: boolean;
  readonly selectable: boolean;
  readonly selected: boolean;
  readonly active: boolean;
  readonly draggable: boolean;
  readonly rowClass: string | undefined;
}

function TableRow<Row>({ id, index, row, top, columns, lightText, checks, selectable, selected, active, draggable, rowClass }: DataTableRowProps<Row>) {
  const place = { top };
  if (row === undefined && lightText !== undefined) {
    return (
      <div id={id} role="row" aria-rowindex={index + 2} aria-busy="true" data-row={index} className={styles.row} style={place}>
        <div role="gridcell" aria-label="Loading" className={classNames(styles.light, styles.waiting, checks && styles.lightAfterChecks)}>
          <span className={styles.bone} />
        </div>
      </div>
    );
  }
  if (row === undefined) {
    return (
      <div
        id={id}
        role="row"
        aria-rowindex={index + 2}
        aria-busy="true"
        data-row={index}
        data-active={active || undefined}
        className={styles.row}
        style={place}
      >
        {checks && <div role="gridcell" aria-label="Loading" className={styles.checkCell} />}
        {columns.map((column) => (
          <div key={column.id} role="gridcell" aria-label="Loading" className={classNames(styles.cell, styles.waiting, alignment(column))}>
            <span className={styles.bone} />
          </div>
        ))}
      </div>
    );
  }
  if (lightText !== undefined) {
    return (
      <div id={id} role="row" aria-rowindex={index + 2} data-row={index} className={styles.row} style={place}>
        <div role="gridcell" className={classNames(styles.light, checks && styles.lightAfterChecks)}>
          {lightText(row)}
        </div>
      </div>
    );
  }
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selectable ? selected : undefined}
      data-row={index}
      data-active={active || undefined}
      draggable={draggable || undefined}
      className={classNames(styles.row, rowClass)}
      style={place}
    >
      {checks && (
        <div role="gridcell" aria-label={selected ? 'Selected' : 'Not selected'} className={styles.checkCell}>
          <span className={styles.check} data-check="" data-state={selected ? 'on' : 'off'} aria-hidden>
            <Check />
          </span>
        </div>
      )}
      {columns.map((column, columnIndex) => {
        const columnPlace = columnIndex + 1 + (checks ? 1 : 0);
        if (column.render === undefined) {
          const text = column.text?.(row);
          return (
            <div
              key={column.id}
              role="gridcell"
              aria-colindex={columnPlace}
              data-column={column.id}
              className={classNames(styles.words, alignment(column))}
              title={text}
            >
              {text}
            </div>
          );
        }
        return (
          <div key={column.id} role="gridcell" aria-colindex={columnPlace} data-column={column.id} className={classNames(styles.cell, alignment(column))}>
            {column.render(row, { index, selected })}
          </div>
        );
      })}
    </div>
  );
}

/** A row of a `DataTable`; renders again only when what it shows changes. */
export const DataTableRow = memo(TableRow) as typeof TableRow;

export function alignment<Row>(column: Column<Row>): string | undefined {
  if (column.numeric === true || column.align === 'end') return styles.numeric;
  return column.align === 'center' ? styles.center : undefined;
}
