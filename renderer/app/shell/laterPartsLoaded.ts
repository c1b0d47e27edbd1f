/** What `loadLaterParts` loads. */
export { InspectedItems } from './InspectedItems.tsx';
export { Overlays } from './Overlays.tsx';
