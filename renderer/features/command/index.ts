/** The palette and the list of keys. */
export { CommandOverlay } from './CommandOverlay.tsx';
export { openPalette, openShortcuts, paletteMayOpen } from './store.ts';
