/** Bringing in what was curated elsewhere, and taking out what others shall have. */
export { ImportOverlay } from './ImportOverlay.tsx';
export { openBundleExport, openImport, selectedForBundle } from './store.ts';
