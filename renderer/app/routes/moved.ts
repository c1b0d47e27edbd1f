/** Old names and old addresses: what they lead to stands in their stead, so that the address on show is the one to copy. */
import { useEffect } from 'react';
import { formatPlace, type Place } from '#shared/domain/places.ts';
import { navigate } from './history.ts';

/** Goes on to what a place is called now; null while that isn't known, or where there is nothing to go on to. */
export function useMovedTo(place: Place, now: Place | null): void {
  const from = formatPlace(place);
  const to = now === null ? from : formatPlace(now);
  useEffect(() => {
    if (now !== null && to !== from) navigate(now, { replace: true });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- places are made anew at each render, their addresses are what changes
  }, [from, to]);
}

/** A place of a registry or a collection under the names that they have now. */
export function renamedPlace<Where extends Place & { readonly registry?: string; readonly collection?: string }>(place: Where, names: { readonly registry: string; readonly collection?: string } | undefined): Where | null {
  return names === undefined ? null : { ...place, registry: names.registry, ...(names.collection === undefined ? {} : { collection: names.collection }) };
}
