/** Dragging rows out of a `DataTable`: put the handler on an element around it (and leave the table's own native drag off). */
import type { PointerEvent } from 'react';
import { isOnControl, rowOf } from '../../ui/row-events.ts';
import type { DragPayload } from './payload.ts';
import { pressToDrag } from './session.ts';

/**
 * @param read what the row at this number drags, asked once the pointer has moved: all selected rows when it is one of them; null: nothing
 */
export function rowDrag(read: (index: number) => DragPayload | null): { readonly onPointerDown: (event: PointerEvent) => void } {
  return {
    onPointerDown: (event) => {
      const row = rowOf(event.target);
      if (row === undefined || isOnControl(event.target, row.element)) return;
      pressToDrag(event, () => read(row.index));
    },
  };
}
