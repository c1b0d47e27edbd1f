/** The palette and the list of keys: open or not. */
import { create } from 'zustand';

export const useCommandOverlay = create<{ readonly open: 'palette' | 'shortcuts' | null }>(() => ({ open: null }));

/** Whether the palette may come: not over another dialog, which has a question of its own open. One that is only on its way out has none left. */
export function paletteMayOpen(): boolean {
  return useCommandOverlay.getState().open === 'palette' || document.querySelector(':is([role="dialog"], [role="alertdialog"]):not([data-closed])') === null;
}

/** Opens the palette, or closes it when it is open. */
export function openPalette(): void {
  useCommandOverlay.setState(({ open }) => ({ open: open === 'palette' ? null : 'palette' }));
}

export function openShortcuts(): void {
  useCommandOverlay.setState({ open: 'shortcuts' });
}

export function closeCommandOverlay(): void {
  useCommandOverlay.setState({ open: null });
}
