import { useState } from 'react';
import type { RefObject } from 'react';

/**
 * Where focus goes when a dialog closes: back to what had it before. Noted while the dialog is rendered for the first time, for a field with
 * `autoFocus` takes it as soon as it stands, before the dialog itself looks. True (the dialog's own choice) where that is gone meanwhile, or
 * something else has taken the focus: a dialog that came in this one's place.
 */
export function useFocusBefore(open: boolean, popup: RefObject<HTMLElement | null>): () => HTMLElement | true {
  const [noted, setNoted] = useState<{ readonly open: boolean; readonly element: Element | null }>({ open: false, element: null });
  if (noted.open !== open) setNoted({ open, element: open ? document.activeElement : noted.element });
  return () => {
    const { activeElement } = document;
    const isFree = activeElement === null || activeElement === document.body || popup.current?.contains(activeElement) === true;
    return isFree && noted.element instanceof HTMLElement && noted.element.isConnected && noted.element !== document.body ? noted.element : true;
  };
}
