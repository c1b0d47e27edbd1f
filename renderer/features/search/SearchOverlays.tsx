import { create } from 'zustand';
import type { SavedSearch } from '#shared/contract/index.ts';
import { SaveSearchDialog } from './SaveSearchDialog.tsx';

type Saving = { readonly text: string; readonly saved: SavedSearch | null };
const useSaving = create<{ readonly saving: Saving | null }>(() => ({ saving: null }));

/** Asks under which name a search is kept. */
export function openSaveSearch(text: string, saved: SavedSearch | null = null): void {
  useSaving.setState({ saving: { text, saved } });
}

/** What search opens, mounted once by the frame. */
export function SearchOverlays() {
  const saving = useSaving((state) => state.saving);
  return saving === null ? null : <SaveSearchDialog key={saving.saved?.id ?? saving.text} {...saving} onClose={() => useSaving.setState({ saving: null })} />;
}
