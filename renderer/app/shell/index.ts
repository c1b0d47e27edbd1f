/** What places are framed with. */
export { PlaceHeader, type PlaceHeaderProps } from './PlaceHeader.tsx';
export { PlaceBody, type PlaceBodyProps } from './PlaceBody.tsx';
export { PlaceFailure, type PlaceFailureProps } from './PlaceFailure.tsx';
export { pagedTable } from './pagedTable.tsx';
export { openMenu } from './menuLayer.ts';
