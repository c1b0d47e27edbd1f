import { useEffect, useRef } from 'react';

/** Milliseconds that scrolling has to pause before missing rows are asked for. */
const RANGE_PATIENCE = 60;

interface Sight<Row> {
  /** Position of the first row in or near sight. */
  readonly first: number;
  /** Position after the last one. */
  readonly last: number;
  readonly getRow: (index: number) => Row | undefined;
  readonly waiting: boolean;
  readonly onRangeNeeded: ((first: number, last: number) => void) | undefined;
}

/** Rows in sight that are missing are asked for when scrolling pauses. */
export function useMissingRows<Row>({ first, last, getRow, waiting, onRangeNeeded }: Sight<Row>): void {
  const latestRangeNeeded = useRef(onRangeNeeded);
  useEffect(() => {
    latestRangeNeeded.current = onRangeNeeded;
  });
  const knownBefore = useRef(false);
  useEffect(() => {
    if (waiting) return undefined;
    if (last === 0) {
      // The table leapt somewhere else, and waited already.
      knownBefore.current = false;
      return undefined;
    }
    let missing = false;
    for (let index = first; index < last && !missing; index += 1) missing = getRow(index) === undefined;
    if (!missing) {
      knownBefore.current = true;
      return undefined;
    }
    const ask = (): void => latestRangeNeeded.current?.(first, last);
    // Nothing has been in sight yet: don't wait.
    if (!knownBefore.current) {
      ask();
      return undefined;
    }
    const timer = setTimeout(ask, RANGE_PATIENCE);
    return () => clearTimeout(timer);
  }, [first, last, getRow, waiting]);
}
