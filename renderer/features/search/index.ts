/** The search box; the place with the hits is loaded when it is gone to. */
export { SearchBox } from './SearchBox.tsx';
export { hitId, hitName, hitPlace, hitVersion, hitWhere } from './hits.ts';
export { focusSearch, openSaveSearch } from './store.ts';
export { SearchOverlays } from './SearchOverlays.tsx';
