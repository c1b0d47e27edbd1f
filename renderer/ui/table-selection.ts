import { useRef, useState } from 'react';
import { announce } from './announce.ts';
import { formatQuantity } from './format.ts';
import { ALL_SELECTED, NOTHING_SELECTED, selectIds, toggleSelected, withSelected } from './selection.ts';
import type { Selection } from './selection.ts';

interface SelectionProps<Row> {
  readonly getRow: (index: number) => Row | undefined;
  readonly getRowId: (row: Row) => string;
  readonly selectionMode?: 'none' | 'single' | 'multiple';
  readonly selection?: Selection;
  readonly onSelectionChange?: (selection: Selection) => void;
  readonly loadIds?: (first: number, last: number) => Promise<readonly string[]>;
}

/** How a row is chosen: alone, in or out of those chosen, or all from the last one on, instead of or beside the others. */
export type SelectGesture = 'only' | 'toggle' | 'range' | 'addRange';

/** What is selected in a table, and the gestures that change it; `firstAnchor` is where a range begins before anything was chosen. */
export function useTableSelection<Row>(props: SelectionProps<Row>, { rowCount, firstAnchor }: { readonly rowCount: number; readonly firstAnchor: number }) {
  const { getRow, getRowId, selectionMode = 'multiple', loadIds } = props;
  const [ownSelection, setOwnSelection] = useState<Selection>(NOTHING_SELECTED);
  const selection = props.selection ?? ownSelection;
  const anchor = useRef(firstAnchor);

  const changeSelection = (next: Selection): void => {
    setOwnSelection(next);
    props.onSelectionChange?.(next);
  };

  const idAt = (index: number): string | undefined => {
    const row = getRow(index);
    return row === undefined ? undefined : getRowId(row);
  };

  const selectRange = (from: number, to: number, keep: boolean): void => {
    const start = Math.min(from, to);
    const end = Math.max(from, to) + 1;
    const ids: string[] = [];
    let missing = 0;
    for (let index = start; index < end; index += 1) {
      const rowId = idAt(index);
      if (rowId === undefined) missing += 1;
      else ids.push(rowId);
    }
    const base = keep && selection.kind === 'some' ? selection : NOTHING_SELECTED;
    changeSelection(withSelected(base, ids, true));
    if (missing === 0) return;
    if (loadIds === undefined) {
      announce(`${formatQuantity(ids.length, 'row')} selected; ${formatQuantity(missing, 'row')} between aren’t loaded.`);
      return;
    }
    void loadIds(start, end).then((loaded) => changeSelection(withSelected(base, loaded, true)));
  };

  const selectAt = (index: number, gesture: SelectGesture): void => {
    if (selectionMode === 'none') return;
    const rowId = idAt(index);
    if (selectionMode === 'single' || gesture === 'only') {
      anchor.current = index;
      changeSelection(rowId === undefined ? NOTHING_SELECTED : selectIds([rowId]));
    } else if (gesture === 'toggle') {
      anchor.current = index;
      if (rowId !== undefined) changeSelection(toggleSelected(selection, rowId));
    } else {
      selectRange(anchor.current, index, gesture === 'addRange');
    }
  };

  const selectAll = (): void => {
    if (selectionMode !== 'multiple') return;
    changeSelection(ALL_SELECTED);
    announce(`All ${formatQuantity(rowCount, 'row')} selected`);
  };

  return { selection, changeSelection, selectAt, selectAll };
}
