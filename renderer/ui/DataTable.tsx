import { useCallback, useEffect, useId, useImperativeHandle, useMemo, useRef } from 'react';
import type { CSSProperties, DragEvent, KeyboardEvent, MouseEvent, PointerEvent, ReactNode, Ref } from 'react';
import { useActiveRow } from './active-row.ts';
import { classNames } from './class-names.ts';
import type { Column, ColumnState, Sort } from './data-table-columns.ts';
import { DataTableHeader } from './DataTableHeader.tsx';
import { DataTableRow } from './DataTableRow.tsx';
import { useRowHeight } from './density.ts';
import { contextPoint, useContextMenu } from './Menu.tsx';
import type { MenuEntry, MenuPoint } from './Menu.tsx';
import { useMissingRows } from './missing-rows.ts';
import { isOnControl, rowOf, setDragPicture } from './row-events.ts';
import { useRowTypeAhead } from './row-type-ahead.ts';
import { isSelected, NOTHING_SELECTED, selectionSize } from './selection.ts';
import type { Selection } from './selection.ts';
import { useLasting } from './use-lasting.ts';
import { useTableColumns } from './table-columns.ts';
import { useTableSelection } from './table-selection.ts';
import { isTypedAhead } from './type-ahead.ts';
import { useVirtualRows } from './virtual-rows.ts';
import styles from './DataTable.module.css';

/** What a drag of rows carries; given by `getDragPayload`. */
export interface DragPayload {
  /** Data by MIME type, for the browser's own drag and drop. */
  readonly data: Readonly<Record<string, string>>;
  /** What is written under the pointer: "mini-lm v3", "12 versions". */
  readonly label: string;
  readonly effect?: 'copy' | 'move' | 'link' | 'copyLink' | 'all';
}

export interface DataTableHandle {
  readonly focus: () => void;
  readonly scrollToRow: (index: number, align?: 'nearest' | 'start' | 'center') => void;
  /** Gives a row the keyboard, brings it into sight and selects it unless told not to. */
  readonly activate: (index: number, options?: { readonly select?: boolean }) => void;
  readonly visibleRange: () => { readonly first: number; readonly last: number };
}

export interface DataTableProps<Row> {
  /** Accessible name. */
  readonly label: string;
  /** Number of rows in all, loaded or not. */
  readonly rowCount: number;
  /** The row at a position, or undefined while it isn't loaded: a light placeholder stands there. Must be cheap. */
  readonly getRow: (index: number) => Row | undefined;
  /** Stable id of a row: selection hangs on it. */
  readonly getRowId: (row: Row) => string;
  readonly columns: ReadonlyArray<Column<Row>>;
  /** Asked when rows in or near sight aren't loaded: `first` inclusive, `last` exclusive. Not asked while scrolling fast. */
  readonly onRangeNeeded?: (first: number, last: number) => void;

  readonly sort?: Sort;
  readonly onSortChange?: (sort: Sort) => void;
  readonly columnState?: ColumnState;
  readonly onColumnStateChange?: (state: ColumnState) => void;

  readonly selectionMode?: 'none' | 'single' | 'multiple';
  /** Controlled selection; without it the table keeps its own. */
  readonly selection?: Selection;
  readonly onSelectionChange?: (selection: Selection) => void;
  /** Ids of rows `first` … `last` (exclusive), for Shift over rows that aren't loaded. Without it only loaded ones are taken, and that is said. */
  readonly loadIds?: (first: number, last: number) => Promise<readonly string[]>;
  /** Rows of two lines, where a cell has a name and something to say about it. */
  readonly lines?: 1 | 2;
  /** Boxes to tick in a column of their own. */
  readonly checkboxes?: boolean;

  /** The row that has the keyboard changed. */
  readonly onActiveChange?: (row: Row | undefined, index: number) => void;
  /** Enter or double click. */
  readonly onOpen?: (row: Row, index: number) => void;
  /** Space. */
  readonly onPreview?: (row: Row, index: number) => void;
  /** Delete or Backspace. */
  readonly onDelete?: () => void;
  /** Typing jumps to a row whose first column with `text` begins so; a function finds it elsewhere. Off unless given, since letters may be shortcuts. */
  readonly typeAhead?: boolean | ((prefix: string, fromIndex: number) => number | undefined | Promise<number | undefined>);
  /** Entries for the row under the pointer or with the keyboard; it is selected first if it wasn't. */
  readonly getContextMenu?: (row: Row, index: number) => readonly MenuEntry[];
  /** Given, rows can be dragged: called at the start with the row under the pointer (selected first if it wasn't). Undefined forbids it. */
  readonly getDragPayload?: (row: Row, index: number, event: DragEvent) => DragPayload | undefined;
  readonly onDragEnd?: (event: DragEvent) => void;
  /** Further keys; return true when handled. Asked before the table's own. */
  readonly onRowKeyDown?: (event: KeyboardEvent, row: Row | undefined, index: number) => boolean;
  readonly getRowClass?: (row: Row) => string | undefined;

  /** Shows placeholder rows while not even the count is known. */
  readonly loading?: boolean;
  /** Stands in place of the rows when there are none. */
  readonly empty?: ReactNode;
  /** Stands in place of the rows instead of everything: an `ErrorState`. */
  readonly error?: ReactNode;
  /** Remembers scroll and active row under this name. */
  readonly scrollKey?: string;
  readonly className?: string;
  readonly ref?: Ref<DataTableHandle>;
}

const HEADER_HEIGHT = 28;
const SECOND_LINE = 18;
const LOADING_ROWS = 12;
/** Milliseconds after which what is on its way shows itself. */
const SHOWN_AFTER = 200;

/**
 * A table of any length. Rows come by position and may come late; heights are those of the density; a million rows
 * scroll like a hundred. Focus stays on the grid, which names its active row (`aria-activedescendant`): rows are reused
 * while they scroll, and a reused element can't hold focus.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const {
    label,
    getRow,
    getRowId,
    columns: allColumns,
    onRangeNeeded,
    sort,
    onSortChange,
    selectionMode = 'multiple',
    checkboxes = false,
    loading = false,
    scrollKey,
    className,
    ref,
  } = props;
  const waiting = loading && props.rowCount === 0;
  const waitsLong = useLasting(waiting, SHOWN_AFTER);
  const failed = props.error !== undefined && props.error !== null;
  const rowCount = failed ? 0 : !waiting ? props.rowCount : waitsLong ? LOADING_ROWS : 0;
  const id = useId();
  const rowHeight = useRowHeight() + (props.lines === 2 ? SECOND_LINE : 0);
  const table = useRef<HTMLDivElement>(null);

  const checks = checkboxes && selectionMode === 'multiple';
  const { columns, columnState, changeColumns, previewWidth } = useTableColumns(table, props, checks);

  const isKnown = useCallback((index: number) => getRow(index) !== undefined, [getRow]);
  const rows = useVirtualRows({ rowCount, rowHeight, headerHeight: HEADER_HEIGHT, isKnown, ...(scrollKey === undefined ? {} : { scrollKey }) });
  const { first, last, origin, slots, full, blank } = rows.window;
  const writtenText = useMemo(() => allColumns.find((column) => column.text !== undefined)?.text, [allColumns]);

  const { active, makeActive } = useActiveRow(props, { rowCount, waiting, scrollToRow: rows.scrollToRow });
  const { selection, changeSelection, selectAt, selectAll } = useTableSelection(props, { rowCount, firstAnchor: Math.max(0, active) });
  useMissingRows({ first, last, getRow, waiting, onRangeNeeded });

  // Rows' elements are reused out of order; assistive technology is told the order once scrolling pauses.
  useEffect(() => {
    const timer = setTimeout(() => {
      const body = rows.layer.current;
      if (body === null) return;
      const ids: string[] = [];
      for (let index = first; index < last; index += 1) ids.push(`${id}row${index}`);
      body.setAttribute('aria-owns', ids.join(' '));
    }, 150);
    return () => clearTimeout(timer);
  }, [first, last, id, rows.layer]);

  useImperativeHandle(ref, () => ({
    focus: () => rows.scroller.current?.focus({ preventScroll: true }),
    scrollToRow: rows.scrollToRow,
    activate: (index, options) => {
      makeActive(index);
      if (options?.select !== false) selectAt(index, 'only');
    },
    visibleRange: rows.readVisible,
  }));

  const typeAhead = useRowTypeAhead(props, rowCount, (found) => {
    makeActive(found);
    selectAt(found, 'only');
  });

  const menu = useContextMenu();
  const openMenuAt = (index: number, point: MenuPoint) => {
    const row = getRow(index);
    if (row === undefined || props.getContextMenu === undefined) return;
    makeActive(index);
    if (selectionMode !== 'none' && !isSelected(selection, getRowId(row))) selectAt(index, 'only');
    menu.open(point, props.getContextMenu(row, index));
  };
  const openMenuByKeyboard = () => {
    const element = document.getElementById(`${id}row${active}`);
    if (element !== null) {
      const box = element.getBoundingClientRect();
      openMenuAt(active, { x: box.left + 24, y: box.bottom });
    }
  };

  const handleKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget || waiting || rowCount === 0) return;
    const current = Math.min(active, rowCount - 1);
    const row = current < 0 ? undefined : getRow(current);
    if (props.onRowKeyDown?.(event, row, current) === true) {
      event.preventDefault();
      return;
    }
    const command = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor(((rows.scroller.current?.clientHeight ?? 0) - HEADER_HEIGHT) / rowHeight) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: current + 1,
      ArrowUp: current < 0 ? rowCount - 1 : current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: rowCount - 1,
    };
    const target = steps[event.key];
    if (target !== undefined && !event.altKey) {
      const next = Math.min(rowCount - 1, Math.max(0, target));
      makeActive(next);
      if (event.shiftKey) selectAt(next, command ? 'addRange' : 'range');
      else if (!command) selectAt(next, 'only');
    } else if (command && event.key.toLowerCase() === 'a' && !event.shiftKey && !event.altKey) {
      selectAll();
    } else if (event.key === 'Escape' && selectionSize(selection, rowCount) > 0 && !command) {
      changeSelection(NOTHING_SELECTED);
    } else if (event.key === ' ' && command && current >= 0) {
      selectAt(current, 'toggle');
    } else if (event.key === ' ' && typeAhead.isTyping(event.timeStamp) && props.typeAhead !== undefined) {
      typeAhead.jump(' ', event.timeStamp, current);
    } else if (event.key === ' ' && row !== undefined && !event.altKey) {
      if (props.onPreview !== undefined) props.onPreview(row, current);
      else selectAt(current, 'toggle');
    } else if (event.key === 'Enter' && !command && !event.altKey && row !== undefined && props.onOpen !== undefined) {
      props.onOpen(row, current);
    } else if ((event.key === 'Delete' || event.key === 'Backspace') && props.onDelete !== undefined) {
      props.onDelete();
    } else if ((event.key === 'F10' && event.shiftKey) || event.key === 'ContextMenu') {
      openMenuByKeyboard();
    } else if (props.typeAhead !== undefined && props.typeAhead !== false && isTypedAhead(event.nativeEvent, typeAhead.isTyping(event.timeStamp))) {
      typeAhead.jump(event.key, event.timeStamp, current);
    } else {
      return;
    }
    event.preventDefault();
  };

  /** A press on a row of several selected ones selects it alone only when it turns out to be no drag. */
  const collapseOnClick = useRef(false);

  const handlePointerDown = (event: PointerEvent) => {
    const hit = rowOf(event.target);
    if (hit === undefined || waiting || event.button !== 0 || isOnControl(event.target, hit.element)) return;
    const row = getRow(hit.index);
    if (row === undefined) return;
    const onCheck = event.target instanceof Element && event.target.closest('[data-check]') !== null;
    makeActive(hit.index, false);
    collapseOnClick.current = false;
    if (event.shiftKey) selectAt(hit.index, event.ctrlKey || event.metaKey ? 'addRange' : 'range');
    else if (onCheck || event.ctrlKey || event.metaKey) selectAt(hit.index, 'toggle');
    else if (isSelected(selection, getRowId(row)) && selectionMode !== 'none') collapseOnClick.current = true;
    else selectAt(hit.index, 'only');
  };

  const handleClick = (event: MouseEvent) => {
    const hit = rowOf(event.target);
    if (hit === undefined || !collapseOnClick.current || isOnControl(event.target, hit.element)) return;
    collapseOnClick.current = false;
    selectAt(hit.index, 'only');
  };

  const handleDoubleClick = (event: MouseEvent) => {
    const hit = rowOf(event.target);
    if (hit === undefined || isOnControl(event.target, hit.element)) return;
    if (event.target instanceof Element && event.target.closest('[data-check]') !== null) return;
    const row = getRow(hit.index);
    if (row !== undefined && !event.ctrlKey && !event.metaKey && !event.shiftKey) props.onOpen?.(row, hit.index);
  };

  const handleContextMenu = (event: MouseEvent) => {
    const hit = rowOf(event.target);
    if (props.getContextMenu === undefined) return;
    event.preventDefault();
    if (hit !== undefined) openMenuAt(hit.index, contextPoint(event, hit.element));
    else if (event.target === event.currentTarget) openMenuByKeyboard();
  };

  const handleDragStart = (event: DragEvent) => {
    const hit = rowOf(event.target);
    // A chip inside a row may be dragged for itself.
    if (hit === undefined || event.target !== hit.element || props.getDragPayload === undefined) return;
    const row = getRow(hit.index);
    const payload = row === undefined ? undefined : props.getDragPayload(row, hit.index, event);
    collapseOnClick.current = false;
    if (event.defaultPrevented) return;
    if (payload === undefined) {
      event.preventDefault();
      return;
    }
    for (const [type, value] of Object.entries(payload.data)) event.dataTransfer.setData(type, value);
    event.dataTransfer.effectAllowed = payload.effect ?? 'all';
    setDragPicture(event.dataTransfer, payload.label, styles.dragPicture ?? '');
  };

  const selectedCount = selectionSize(selection, rowCount);
  const canDrag = props.getDragPayload !== undefined;
  const indices: number[] = [];
  for (let index = first; index < Math.min(last, rowCount); index += 1) indices.push(index);
  // The active row stays in the document, so that it can be named while it is out of sight.
  if (active >= 0 && active < rowCount && !waiting && (active < first || active >= last)) indices.push(active);
  // Elements are keyed by slot and drawn in slot order, so that scrolling moves none of them in the document.
  indices.sort((one, other) => slotOf(one) - slotOf(other));
  function slotOf(index: number): number {
    return index >= first && index < last ? index % slots : slots;
  }

  const renderRow = (index: number) => {
    const row = waiting ? undefined : getRow(index);
    return (
      <DataTableRow<Row>
        key={slotOf(index)}
        id={`${id}row${index}`}
        index={index}
        row={row}
        top={slotOf(index) === slots ? (first - 1 - origin) * rowHeight : (index - origin) * rowHeight}
        columns={columns}
        lightText={index - first >= full ? writtenText : undefined}
        checks={checks}
        selectable={selectionMode !== 'none'}
        selected={row !== undefined && selectionMode !== 'none' && isSelected(selection, getRowId(row))}
        active={index === active}
        draggable={canDrag}
        rowClass={row === undefined ? undefined : props.getRowClass?.(row)}
      />
    );
  };

  return (
    <div
      ref={table}
      className={classNames(styles.table, waitsLong && styles.waitsLong, selectedCount > 1 && styles.anySelected, menu.isOpen && styles.menuOpen, className)}
      style={{ '--row': `${rowHeight}px` } as CSSProperties}
    >
      {blank && <div className={styles.flight} aria-hidden />}
      <div
        ref={rows.scroller}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={waiting ? -1 : rowCount + 1}
        aria-colcount={columns.length + (checks ? 1 : 0)}
        aria-multiselectable={selectionMode === 'multiple' || undefined}
        aria-busy={waiting || undefined}
        aria-activedescendant={active >= 0 && active < rowCount && !waiting ? `${id}row${active}` : undefined}
        className={styles.scroller}
        onKeyDown={handleKeyDown}
        onPointerDown={handlePointerDown}
        onClick={handleClick}
        onDoubleClick={handleDoubleClick}
        onContextMenu={handleContextMenu}
        onDragStart={handleDragStart}
        onDragEnd={(event) => props.onDragEnd?.(event)}
        onFocus={(event) => {
          // Coming in by keyboard, there is always a row to stand on.
          if (event.target === event.currentTarget && active < 0 && rowCount > 0 && !waiting) makeActive(rows.readVisible().first, false);
        }}
      >
        <DataTableHeader<Row>
          allColumns={allColumns}
          columns={columns}
          columnState={columnState}
          onColumnStateChange={changeColumns}
          previewWidth={previewWidth}
          sort={sort}
          onSortChange={onSortChange}
          checks={!checks ? 'none' : selectedCount === 0 ? 'off' : selectedCount < rowCount ? 'some' : 'on'}
          onToggleAll={() => (selectedCount > 0 ? changeSelection(NOTHING_SELECTED) : selectAll())}
        />
        <div role="presentation" className={styles.body} style={{ height: rows.physicalHeight }}>
          <div ref={rows.layer} role="rowgroup" className={styles.layer}>
            {indices.map(renderRow)}
          </div>
        </div>
      </div>
      {rowCount === 0 && (failed || !waiting) && <div className={styles.nothing}>{props.error ?? props.empty}</div>}
      {menu.element}
    </div>
  );
}
