import type { Place } from '#shared/domain/places.ts';

/** Places in which nothing is ever selected: there the inspector would only take room. */
const without: ReadonlySet<Place['place']> = new Set(['start', 'settings', 'sync', 'storage', 'history', 'trash', 'automations', 'approvals', 'compared runs', 'registry members', 'alias board', 'lineage']);

/**
 * Whether a place has things to select, so that the inspector has something to follow. The page of a version or a run says all that the inspector
 * would; only the lists of a run have others to select. The lineage has a side of its own, which knows of the edges as well.
 */
export function placeSelects(place: Place): boolean {
  if (place.place === 'linked version' || place.place === 'source version') return false;
  if (place.place === 'run') return place.tab === 'artifacts';
  return !without.has(place.place);
}
