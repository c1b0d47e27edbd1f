import { ImportDialog } from './ImportDialog.tsx';
import { useImport } from './store.ts';

/** Mounted once by the frame. */
export function ImportOverlay() {
  const source = useImport((state) => state.source);
  return source === null ? null : <ImportDialog first={source} onClose={() => useImport.setState({ source: null })} />;
}
