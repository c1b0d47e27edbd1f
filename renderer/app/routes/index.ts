/** Places: where the window is and how to get elsewhere. */
export { canGoBack, canGoForward, currentPlace, goBack, goForward, navigate, useNavigation, usePlace, type NavigateOptions } from './history.ts';
export { PlaceMemory, usePlaceState, useScrollMemory } from './memory.ts';
export { PlaceLink, type PlaceLinkProps } from './PlaceLink.tsx';
export { definePlaces, hasPlace, placeComponent, preloadPlace, registerPlaces, type FeaturePlaces, type PlaceKind, type PlaceProps } from './registry.ts';
export { crumbsOf, titleOf, type Crumb } from './describe.ts';
export { formatPlace, openAddress, parsePlace, placeOf, placeOfRef, type Place } from './links.ts';
export { renamedPlace, useMovedTo } from './moved.ts';
