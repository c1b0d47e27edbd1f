import { BundleDialog } from './BundleDialog.tsx';
import { ImportDialog } from './ImportDialog.tsx';
import { useBundle, useImport } from './store.ts';

/** Mounted once by the frame. */
export function ImportOverlay() {
  const source = useImport((state) => state.source);
  const contents = useBundle((state) => state.contents);
  return (
    <>
      {source !== null && <ImportDialog first={source} onClose={() => useImport.setState({ source: null })} />}
      {contents !== null && <BundleDialog contents={contents} onClose={() => useBundle.setState({ contents: null })} />}
    </>
  );
}
