/** Linking versions into collections: by dragging, by picking, by keys. */
export { LinkOverlays } from './LinkOverlays.tsx';
export { dragVersions, linkTarget, openLinkChoice, openLinkPicker, pickUpVersions, type LinkChoice } from './store.ts';
