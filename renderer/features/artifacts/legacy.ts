/** Addresses of W&B's registry of old, `<team>/model-registry/<name>`: what was brought over stands in a registry now. */
import { useOperation } from '../../app/api/index.ts';
import { formatPlace, placeOfRef, type Place } from '../../app/routes/index.ts';

const legacyProject = 'model-registry';

/** Where such an address leads now; null for every other, and for what was not brought over. */
export function useLegacyPlace(place: Extract<Place, { readonly place: 'artifact' | 'project' }>): Place | 'asking' | null {
  const enabled = place.project === legacyProject;
  const { data, pending } = useOperation('addresses.resolve', { address: formatPlace(place), prefer: 'container' }, { enabled });
  if (!enabled) return null;
  if (pending) return 'asking';
  const now = data === undefined ? null : placeOfRef(data.object);
  return now?.place === 'collection' || now?.place === 'registry' ? now : null;
}
