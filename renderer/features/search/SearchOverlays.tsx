import { SaveSearchDialog } from './SaveSearchDialog.tsx';
import { useSaving } from './store.ts';

/** What search opens, mounted once by the frame. */
export function SearchOverlays() {
  const saving = useSaving((state) => state.saving);
  return saving === null ? null : <SaveSearchDialog key={saving.saved?.id ?? saving.text} {...saving} onClose={() => useSaving.setState({ saving: null })} />;
}
