/** The place on the axis that is pointed at: one for all charts of a place, so that they can be read together. */

export type Cursor = { readonly x: number | null; /** The chart under the pointer or with the keyboard. */ readonly chart: string | null };

export type CursorStore = {
  /** Called at most once a frame, all in the same. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly read: () => Cursor;
  readonly point: (chart: string, x: number) => void;
  readonly clear: (chart: string) => void;
};

const nowhere: Cursor = { x: null, chart: null };

export function createCursor(): CursorStore {
  let cursor = nowhere;
  const listeners = new Set<() => void>();
  let asked = 0;
  const tell = (): void => {
    asked = 0;
    for (const listener of listeners) listener();
  };
  const set = (next: Cursor): void => {
    cursor = next;
    if (asked === 0) asked = requestAnimationFrame(tell);
  };
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read: () => cursor,
    point: (chart, x) => {
      if (cursor.x !== x || cursor.chart !== chart) set({ x, chart });
    },
    clear: (chart) => {
      if (cursor.chart === chart) set(nowhere);
    },
  };
}
