/** Dragging inside the window, files dragged into it, and the same by keys. */
export { rowDrag } from './rowDrag.ts';
export { cancelDrag, isDragging, onDragMove, pickUp, pressToDrag, useDragSession, watchFileDrops, type DropTarget, type Point, type PressEvent } from './session.ts';
export { allow, describePayload, forbid, type CollectionRef, type DragPayload, type DropVerdict } from './payload.ts';
export { linkVerdict, promoteVerdict, type LinkDestination } from './linkVerdict.ts';
export { useDropTarget } from './useDropTarget.ts';
export { DragLayer } from './DragLayer.tsx';
