import type { Place } from '#shared/domain/places.ts';

/** Places in which nothing is ever selected: there the inspector would only take room. */
const without: ReadonlySet<Place['place']> = new Set(['start', 'settings', 'sync', 'storage', 'history', 'trash', 'compared runs', 'registry members', 'alias board']);

/**
 * Whether a place has things to select, so that the inspector has something to follow. The page of a version or a run says all that the inspector
 * would; only its lineage and its lists have others to select.
 */
export function placeSelects(place: Place): boolean {
  if (place.place === 'linked version' || place.place === 'source version') return place.tab === 'lineage';
  if (place.place === 'run') return place.tab === 'lineage' || place.tab === 'artifacts';
  // Without a thing to look at, the lineage is a list of ways into it.
  if (place.place === 'lineage') return place.focus !== undefined;
  return !without.has(place.place);
}
