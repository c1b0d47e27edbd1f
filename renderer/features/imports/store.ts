import { create } from 'zustand';
import type { CollectionId, RegistryId, VersionId } from '#shared/contract/index.ts';
import { useSelection } from '../../app/selection.ts';

/** Where something comes from. */
export type ImportSource = 'legacy' | 'gto' | 'mlruns' | 'bundle';

export const useImport = create<{ readonly source: ImportSource | null }>(() => ({ source: null }));

export function openImport(source: ImportSource = 'bundle'): void {
  useImport.setState({ source });
}

/** What a bundle is to hold, and how that is called. */
export type BundleContents = { readonly label: string; readonly versionIds?: readonly VersionId[]; readonly collectionIds?: readonly CollectionId[]; readonly registryIds?: readonly RegistryId[] };

export const useBundle = create<{ readonly contents: BundleContents | null }>(() => ({ contents: null }));

export function openBundleExport(contents: BundleContents): void {
  useBundle.setState({ contents });
}

/** What of the selection a bundle can hold; null where nothing is selected that it could. */
export function selectedForBundle(): BundleContents | null {
  const { items } = useSelection.getState();
  const versionIds = items.flatMap((item) => (item.kind === 'version' ? [item.version.id] : []));
  const collectionIds = items.flatMap((item) => (item.kind === 'collection' ? [item.id] : []));
  const registryIds = items.flatMap((item) => (item.kind === 'registry' ? [item.id] : []));
  const [first] = items;
  const count = versionIds.length + collectionIds.length + registryIds.length;
  if (count === 0 || first === undefined) return null;
  const label = count > 1 ? `${count} things` : first.kind === 'version' ? `${first.version.artifact} v${first.version.index}` : first.name;
  return { label, versionIds, collectionIds, registryIds };
}
