import { useLayoutEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';

/** What had the focus lately, the newest first: what had it last may be gone with the menu that it stood in. */
const recent: WeakRef<HTMLElement>[] = [];
const remembered = 16;

function remember({ target }: FocusEvent): void {
  if (!(target instanceof HTMLElement)) return;
  recent.unshift(new WeakRef(target));
  recent.length = Math.min(recent.length, remembered);
}

/** Begins to remember; returns how to stop. */
export function rememberFocus(): () => void {
  document.addEventListener('focusin', remember);
  return () => document.removeEventListener('focusin', remember);
}

/** Whether something has the focus that what closes doesn't own: a dialog that came in its place, or that an entry of a menu opened. */
export function isFocusTaken(isOwn: (element: Element) => boolean): boolean {
  const { activeElement } = document;
  return activeElement !== null && activeElement !== document.body && !isOwn(activeElement);
}

/**
 * Gives focus back to what had it before a dialog opened. That is noted while the dialog is rendered for the first time, for a field with
 * `autoFocus` takes it as soon as it stands; and given back only once nothing else has it, as a dialog that comes in this one's place does.
 */
export function useFocusReturn(open: boolean, popup: RefObject<HTMLElement | null>): void {
  const [noted, setNoted] = useState<{ readonly open: boolean; readonly before: ReadonlyArray<WeakRef<HTMLElement>> }>({ open: false, before: [] });
  if (noted.open !== open) setNoted({ open, before: open ? [...recent] : noted.before });
  const { before } = noted;
  const stands = useRef(false);
  useLayoutEffect(() => {
    if (!open) return undefined;
    stands.current = true;
    return () => {
      stands.current = false;
      queueMicrotask(() => giveBack(before, popup, stands));
    };
  }, [open, before, popup]);
}

function giveBack(before: ReadonlyArray<WeakRef<HTMLElement>>, popup: RefObject<HTMLElement | null>, stands: RefObject<boolean>): void {
  if (stands.current || isFocusTaken((element) => popup.current?.contains(element) === true)) return;
  const element = before.map((one) => one.deref()).find((one) => one !== undefined && one.isConnected && one.checkVisibility());
  element?.focus({ preventScroll: true });
}
