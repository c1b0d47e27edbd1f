/** The one search box: its words, and the way to it from anywhere. */
import { create } from 'zustand';
import type { SavedSearch } from '#shared/contract/index.ts';

export const useSearchText = create<{ readonly text: string }>(() => ({ text: '' }));

let box: HTMLInputElement | null = null;

/** For the box alone. */
export function setSearchBox(element: HTMLInputElement | null): void {
  box = element;
}

/** Puts the caret into the search box, with its words selected. */
export function focusSearch(): void {
  box?.focus();
  box?.select();
}

/** Counts how often Enter asked for the hits: the place with the hits then takes the keyboard. */
export const useHitsWanted = create<{ readonly wanted: number }>(() => ({ wanted: 0 }));

export function wantHits(): void {
  useHitsWanted.setState(({ wanted }) => ({ wanted: wanted + 1 }));
}

type Saving = { readonly text: string; readonly saved: SavedSearch | null };

/** The search that a name is asked for. */
export const useSaving = create<{ readonly saving: Saving | null }>(() => ({ saving: null }));

/** Asks under which name a search is kept. */
export function openSaveSearch(text: string, saved: SavedSearch | null = null): void {
  useSaving.setState({ saving: { text, saved } });
}
