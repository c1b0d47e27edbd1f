/** Linking versions into collections: by dragging, by picking, by keys. */
export { LinkOverlays } from './LinkOverlays.tsx';
export { dragVersions, linkTarget, openLinkChoice, openLinkPicker, openPromotion, pickUpVersions, promoteSelected, selectedPromotion, type LinkChoice, type Promotion } from './store.ts';
