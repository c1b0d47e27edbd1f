import { useRef, useState } from 'react';
import type { KeyboardEvent, MouseEvent, PointerEvent } from 'react';
import { classNames } from './class-names.ts';
import { hideColumn, leastWidth, moveColumn, resizeColumn, UNCHANGED_COLUMNS } from './data-table-columns.ts';
import type { Column, ColumnState, Sort } from './data-table-columns.ts';
import { alignment } from './DataTableRow.tsx';
import { ArrowDown, ArrowUp, Check, Minus } from './icons.ts';
import { contextPoint, useContextMenu } from './Menu.tsx';
import type { MenuEntry } from './Menu.tsx';
import styles from './DataTable.module.css';

interface DataTableHeaderProps<Row> {
  readonly allColumns: ReadonlyArray<Column<Row>>;
  readonly columns: ReadonlyArray<Column<Row>>;
  readonly columnState: ColumnState;
  readonly onColumnStateChange: (state: ColumnState) => void;
  /** Shows a width while it is dragged, without rendering. */
  readonly previewWidth: (column: string, width: number) => void;
  readonly sort: Sort | undefined;
  readonly onSortChange: ((sort: Sort) => void) | undefined;
  readonly checks: 'none' | 'off' | 'some' | 'on';
  readonly onToggleAll: () => void;
}

const WIDTH_STEP = 16;

/** The header: one Tab stop; arrows move along it, Enter sorts, Alt with arrows changes a width, the menu hides and moves columns. */
export function DataTableHeader<Row>({
  allColumns,
  columns,
  columnState,
  onColumnStateChange,
  previewWidth,
  sort,
  onSortChange,
  checks,
  onToggleAll,
}: DataTableHeaderProps<Row>) {
  const [stop, setStop] = useState(0);
  const header = useRef<HTMLDivElement>(null);
  const menu = useContextMenu();
  const drag = useRef<{ readonly from: number; readonly width: number; current: number } | undefined>(undefined);
  const reachable = Math.min(stop, columns.length - 1);

  const focusCell = (index: number) => {
    const next = Math.min(columns.length - 1, Math.max(0, index));
    setStop(next);
    header.current?.querySelectorAll<HTMLElement>('[data-header]')[next]?.focus();
  };

  const shownWidth = (index: number) => header.current?.querySelectorAll<HTMLElement>('[role="columnheader"][data-column]')[index]?.offsetWidth ?? 0;

  const toggleSort = (column: Column<Row>) => {
    if (column.sortable !== true || onSortChange === undefined) return;
    const first = column.numeric === true ? 'descending' : 'ascending';
    const other = first === 'ascending' ? 'descending' : 'ascending';
    onSortChange({ column: column.id, direction: sort?.column === column.id && sort.direction === first ? other : first });
  };

  const handleKeyDown = (event: KeyboardEvent, index: number) => {
    const column = columns[index];
    if (column === undefined) return;
    if (event.altKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      onColumnStateChange(resizeColumn(columnState, column, shownWidth(index) + (event.key === 'ArrowRight' ? WIDTH_STEP : -WIDTH_STEP)));
    } else if (event.key === 'ArrowRight') focusCell(index + 1);
    else if (event.key === 'ArrowLeft') focusCell(index - 1);
    else if (event.key === 'Home') focusCell(0);
    else if (event.key === 'End') focusCell(columns.length - 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const openMenu = (event: MouseEvent, index: number) => {
    const column = columns[index];
    if (column === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const entries: MenuEntry[] = [];
    if (column.sortable === true && onSortChange !== undefined) {
      entries.push(
        { id: 'ascending', label: 'Sort ascending', icon: ArrowUp, onSelect: () => onSortChange({ column: column.id, direction: 'ascending' }) },
        { id: 'descending', label: 'Sort descending', icon: ArrowDown, onSelect: () => onSortChange({ column: column.id, direction: 'descending' }) },
        { kind: 'separator' },
      );
    }
    entries.push(
      { id: 'left', label: 'Move left', disabled: index === 0, onSelect: () => onColumnStateChange(moveColumn(allColumns, columnState, column.id, -1)) },
      {
        id: 'right',
        label: 'Move right',
        disabled: index === columns.length - 1,
        onSelect: () => onColumnStateChange(moveColumn(allColumns, columnState, column.id, 1)),
      },
      { kind: 'separator' },
      { kind: 'heading', label: 'Columns' },
      ...allColumns.map<MenuEntry>((other) => ({
        kind: 'check',
        id: `show-${other.id}`,
        label: other.header,
        checked: other.fixed === true || !columnState.hidden.includes(other.id),
        disabled: other.fixed === true,
        onCheckedChange: (shown) => onColumnStateChange(hideColumn(columnState, other.id, !shown)),
      })),
      { kind: 'separator' },
      { id: 'reset', label: 'Reset columns', onSelect: () => onColumnStateChange(UNCHANGED_COLUMNS) },
    );
    menu.open(contextPoint(event, event.currentTarget), entries);
  };

  const startResize = (event: PointerEvent<HTMLElement>, index: number) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.dataset.dragging = '';
    const width = shownWidth(index);
    drag.current = { from: event.clientX, width, current: width };
  };

  const moveResize = (event: PointerEvent<HTMLElement>, column: Column<Row>) => {
    const state = drag.current;
    if (state === undefined) return;
    state.current = Math.max(leastWidth(column), state.width + event.clientX - state.from);
    previewWidth(column.id, Math.round(state.current));
  };

  const endResize = (event: PointerEvent<HTMLElement>, column: Column<Row>) => {
    const state = drag.current;
    if (state === undefined) return;
    drag.current = undefined;
    delete event.currentTarget.dataset.dragging;
    if (Math.abs(state.current - state.width) >= 1) onColumnStateChange(resizeColumn(columnState, column, state.current));
  };

  return (
    <div ref={header} role="row" aria-rowindex={1} className={styles.header}>
      {checks !== 'none' && (
        <div role="columnheader" className={styles.checkCell}>
          <button
            type="button"
            role="checkbox"
            tabIndex={-1}
            aria-label="Select all rows"
            aria-checked={checks === 'some' ? 'mixed' : checks === 'on'}
            data-state={checks}
            className={styles.check}
            onClick={onToggleAll}
          >
            {checks === 'some' ? <Minus /> : <Check />}
          </button>
        </div>
      )}
      {columns.map((column, index) => {
        const direction = sort?.column === column.id ? sort.direction : undefined;
        const canSort = column.sortable === true && onSortChange !== undefined;
        const content = (
          <>
            <span className={styles.headerText}>{column.header}</span>
            {direction === 'ascending' && <ArrowUp aria-hidden />}
            {direction === 'descending' && <ArrowDown aria-hidden />}
          </>
        );
        const common = {
          'data-header': '',
          tabIndex: index === reachable ? 0 : -1,
          className: classNames(styles.headerButton, direction !== undefined && styles.sorted, alignment(column)),
          onFocus: () => setStop(index),
          onContextMenu: (event: MouseEvent) => openMenu(event, index),
          onKeyDown: (event: KeyboardEvent) => handleKeyDown(event, index),
        };
        return (
          <div
            key={column.id}
            role="columnheader"
            aria-colindex={index + 1 + (checks === 'none' ? 0 : 1)}
            aria-sort={canSort ? (direction ?? 'none') : undefined}
            data-column={column.id}
            className={classNames(styles.headerCell, alignment(column))}
            title={column.header}
          >
            {canSort ? (
              <button type="button" {...common} onClick={() => toggleSort(column)}>
                {content}
              </button>
            ) : (
              <div {...common}>{content}</div>
            )}
            <span
              className={styles.resizer}
              aria-hidden
              onPointerDown={(event) => startResize(event, index)}
              onPointerMove={(event) => moveResize(event, column)}
              onPointerUp={(event) => endResize(event, column)}
              onPointerCancel={(event) => endResize(event, column)}
              onDoubleClick={() => {
                const { [column.id]: _dropped, ...widths } = columnState.widths;
                onColumnStateChange({ ...columnState, widths });
              }}
            />
          </div>
        );
      })}
      {menu.element}
    </div>
  );
}
