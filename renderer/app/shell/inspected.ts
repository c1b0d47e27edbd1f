import type { Place } from '#shared/domain/places.ts';

/** Places in which nothing is ever selected: there the inspector would only take room. */
const without: ReadonlySet<Place['place']> = new Set(['start', 'settings', 'sync', 'storage']);

/** Whether a place has things to select, so that the inspector has something to follow. */
export function placeSelects(place: Place): boolean {
  return !without.has(place.place);
}
