import { useCallback, useEffect, useRef, type RefCallback } from 'react';
import { registerTarget, type DropTarget } from './session.ts';

/**
 * Makes an element a target for drags. Put the returned ref on it; while something is dragged the element carries `data-drop="possible"` or
 * `data-drop="refused"` (drag.css lights or dims it), and `data-drop-over` under the pointer. Nothing re-renders.
 *
 * `accepts` answers null for payloads that don't concern it, so that a target around it is asked. `undefined` is no target at all.
 */
export function useDropTarget<Target extends Element = HTMLElement>(target: DropTarget | undefined): RefCallback<Target> {
  const newest = useRef(target);
  useEffect(() => {
    newest.current = target;
  });
  const enabled = target !== undefined;
  return useCallback(
    (element: Target | null) => {
      if (element === null || !enabled) return undefined;
      return registerTarget(element, () => newest.current ?? noTarget);
    },
    [enabled],
  );
}

const noTarget: DropTarget = { label: '', accepts: () => null, onDrop: () => undefined };
