import { createElement, useEffect } from 'react';
import { cache } from '../api/index.ts';
import { loadLaterParts, useLaterParts } from './laterParts.ts';

/**
 * The dialogs and the palette, and with them all that is loaded once the window stands. Whoever presses a key or a button before has it loaded at once:
 * what they ask for waits in a store until then.
 */
export function OverlaysLater() {
  const parts = useLaterParts((state) => state.parts);
  const there = parts !== null;
  useEffect(() => {
    if (there) return undefined;
    // Not while the first answers are still to come: they would wait for it.
    const look = (): void => {
      if (cache.isFetching() === 0) loadLaterParts();
      else idle = requestIdleCallback(look);
    };
    let idle = requestIdleCallback(look);
    addEventListener('pointerdown', loadLaterParts, true);
    addEventListener('keydown', loadLaterParts, true);
    return () => {
      cancelIdleCallback(idle);
      removeEventListener('pointerdown', loadLaterParts, true);
      removeEventListener('keydown', loadLaterParts, true);
    };
  }, [there]);
  return parts === null ? null : createElement(parts.Overlays);
}
