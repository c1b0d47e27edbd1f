/** Registries and collections: their pages, and the dialogs that make and change them. */
export { RegistryOverlays } from './RegistryOverlays.tsx';
export { openLifecycle, openNewCollection, openNewRegistry } from './store.ts';
export { StateCell } from './states/StateCell.tsx';
export { StateChip } from './states/StateChip.tsx';
export { openStateMenu, stateHue } from './states/states.ts';
