import { useEffect, useRef, useState } from 'react';
import { recallScroll, rememberScroll } from './scroll-memory.ts';

interface ActiveRowProps<Row> {
  readonly getRow: (index: number) => Row | undefined;
  readonly getRowId: (row: Row) => string;
  readonly scrollKey?: string;
  readonly onActiveChange?: (row: Row | undefined, index: number) => void;
}

interface Shown {
  readonly rowCount: number;
  /** No rows are known yet: there is nothing to stand on. */
  readonly waiting: boolean;
  readonly scrollToRow: (index: number) => void;
}

/** How far from where it stood a row that moved is looked for. */
const ACTIVE_SEARCH = 400;

/** The row that has the keyboard: remembered per place, and followed when rows move. */
export function useActiveRow<Row>({ getRow, getRowId, scrollKey, onActiveChange }: ActiveRowProps<Row>, { rowCount, waiting, scrollToRow }: Shown) {
  const recalled = scrollKey === undefined ? undefined : recallScroll(scrollKey);
  const [active, setActive] = useState(recalled?.active ?? -1);
  // Another place in the same table: its own active row.
  const [placeShown, setPlaceShown] = useState(scrollKey);
  if (placeShown !== scrollKey) {
    setPlaceShown(scrollKey);
    setActive(recalled?.active ?? -1);
  }
  const activeId = useRef<string | undefined>(undefined);

  useEffect(() => {
    if (scrollKey === undefined) return;
    const place = recallScroll(scrollKey);
    rememberScroll(scrollKey, { top: place?.top ?? 0, left: place?.left ?? 0, active });
  }, [scrollKey, active]);

  const makeActive = (index: number, show = true): void => {
    if (rowCount === 0 || waiting) return;
    const next = Math.min(rowCount - 1, Math.max(0, index));
    const row = getRow(next);
    activeId.current = row === undefined ? undefined : getRowId(row);
    if (next !== active) {
      setActive(next);
      onActiveChange?.(row, next);
    }
    if (show) scrollToRow(next);
  };

  // When rows move (sorted, inserted, removed) the active one is looked for near where it was.
  useEffect(() => {
    if (active < 0 || waiting) return;
    const wanted = activeId.current;
    const here = getRow(active);
    if (wanted === undefined) {
      if (here !== undefined) activeId.current = getRowId(here);
      return;
    }
    if (here !== undefined && getRowId(here) === wanted) return;
    for (let distance = 1; distance <= ACTIVE_SEARCH; distance += 1) {
      for (const candidate of [active - distance, active + distance]) {
        const row = candidate >= 0 && candidate < rowCount ? getRow(candidate) : undefined;
        if (row !== undefined && getRowId(row) === wanted) {
          setActive(candidate);
          return;
        }
      }
    }
    if (here !== undefined) activeId.current = getRowId(here);
    if (active >= rowCount && rowCount > 0) setActive(rowCount - 1);
  }, [getRow, getRowId, rowCount, active, waiting]);

  return { active, makeActive };
}
