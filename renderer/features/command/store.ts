/** The palette and the list of keys: open or not. */
import { create } from 'zustand';

export const useCommandOverlay = create<{ readonly open: 'palette' | 'shortcuts' | null }>(() => ({ open: null }));

export function openPalette(): void {
  useCommandOverlay.setState({ open: 'palette' });
}

export function openShortcuts(): void {
  useCommandOverlay.setState({ open: 'shortcuts' });
}

export function closeCommandOverlay(): void {
  useCommandOverlay.setState({ open: null });
}
