/** Registries and collections: their pages, and the dialogs that make and change them. */
export { RegistryOverlays } from './RegistryOverlays.tsx';
export { openNewCollection, openNewRegistry } from './store.ts';
