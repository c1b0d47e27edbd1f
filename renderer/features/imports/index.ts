/** Bringing in what was curated elsewhere. */
export { ImportOverlay } from './ImportOverlay.tsx';
export { openImport } from './store.ts';
