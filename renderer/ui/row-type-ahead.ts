import { useMemo } from 'react';
import type { Column } from './data-table-columns.ts';
import { createTypeAhead } from './type-ahead.ts';

interface TypeAheadProps<Row> {
  readonly getRow: (index: number) => Row | undefined;
  readonly columns: ReadonlyArray<Column<Row>>;
  readonly typeAhead?: boolean | ((prefix: string, fromIndex: number) => number | undefined | Promise<number | undefined>);
}

/** How many rows are looked through for a letter where nobody else can find one. */
const MOST_SEARCHED = 20_000;

/** Typing goes to a row whose text begins so. */
export function useRowTypeAhead<Row>({ getRow, columns, typeAhead }: TypeAheadProps<Row>, rowCount: number, onFound: (index: number) => void) {
  const typed = useMemo(() => createTypeAhead(), []);
  const find = (prefix: string, from: number): number | undefined | Promise<number | undefined> => {
    if (typeof typeAhead === 'function') return typeAhead(prefix, from);
    const text = columns.find((column) => column.text !== undefined)?.text;
    if (text === undefined) return undefined;
    for (let step = 0; step < Math.min(rowCount, MOST_SEARCHED); step += 1) {
      const index = (from + step) % rowCount;
      const row = getRow(index);
      if (row !== undefined && text(row).toLowerCase().startsWith(prefix)) return index;
    }
    return undefined;
  };
  return {
    isTyping: (timeStamp: number): boolean => typed.isTyping(timeStamp),
    /** Takes one more key, pressed at `timeStamp` while the row at `current` has the keyboard. */
    jump: (key: string, timeStamp: number, current: number): void => {
      const prefix = typed.press(key, timeStamp);
      // A first letter looks behind the active row, further ones begin with it again.
      const from = Math.max(0, prefix.length === 1 ? current + 1 : current) % rowCount;
      void Promise.resolve(find(prefix, from)).then((found) => {
        if (found !== undefined) onFound(found);
      });
    },
  };
}
