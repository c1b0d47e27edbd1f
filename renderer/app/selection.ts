/**
 * What is selected in the place on show: the inspector follows it, “Link to…” and the palette act on it. Holds references (who and what it
 * is, which never changes), not rows of the catalog.
 */
import { create } from 'zustand';
import type { CollectionId, CollectionSummary, LinkId, LinkSummary, RegistryId, RegistrySummary, RunId, RunSummary, VersionId, VersionState, VersionSummary } from '#shared/contract/index.ts';

/** What a version is, wherever it is shown: a row, a search hit and a node of the graph all have this. */
export type VersionRef = {
  readonly id: VersionId;
  readonly entity: string;
  readonly project: string;
  readonly artifact: string;
  readonly type: string;
  readonly index: number;
  readonly state: VersionState;
  /** The link that it was taken from, where it was one: linking it again links this version, its source. */
  readonly through?: Pick<LinkRef, 'collectionId' | 'collection' | 'index'>;
};

/** A link: the version it leads to, and where it stands. */
export type LinkRef = {
  readonly id: LinkId;
  readonly registry: string;
  readonly collectionId: CollectionId;
  readonly collection: string;
  readonly index: number;
};

export type Selected =
  | { readonly kind: 'version'; readonly version: VersionRef; readonly link: LinkRef | null }
  | { readonly kind: 'collection'; readonly id: CollectionId; readonly registry: string; readonly name: string; readonly type: string }
  | { readonly kind: 'registry'; readonly id: RegistryId; readonly name: string }
  | { readonly kind: 'run'; readonly id: RunId; readonly name: string };

export function versionRef(version: VersionSummary | VersionRef): VersionRef {
  const { id, entity, project, artifact, type, index, state } = version;
  return { id, entity, project, artifact, type, index, state, ...('through' in version && version.through !== undefined ? { through: version.through } : {}) };
}

/** The version that a link leads to, with the link that it was taken from. */
export function linkedVersionRef({ version, collectionId, collection, index }: Pick<LinkSummary, 'version' | 'collectionId' | 'collection' | 'index'>): VersionRef {
  return { ...versionRef(version), through: { collectionId, collection, index } };
}

export function linkRef(link: Pick<LinkSummary, 'id' | 'registry' | 'collectionId' | 'collection' | 'index'>): LinkRef {
  const { id, registry, collectionId, collection, index } = link;
  return { id, registry, collectionId, collection, index };
}

export const selected = {
  version: (version: VersionSummary | VersionRef): Selected => ({ kind: 'version', version: versionRef(version), link: null }),
  link: (link: LinkSummary): Selected => ({ kind: 'version', version: linkedVersionRef(link), link: linkRef(link) }),
  collection: ({ id, registry, name, type }: CollectionSummary): Selected => ({ kind: 'collection', id, registry, name, type }),
  registry: ({ id, name }: RegistrySummary): Selected => ({ kind: 'registry', id, name }),
  run: ({ id, displayName }: RunSummary): Selected => ({ kind: 'run', id, name: displayName }),
} as const;

type SelectionStore = { readonly items: readonly Selected[] };

export const useSelection = create<SelectionStore>(() => ({ items: [] }));

/** Says what is selected now. A place calls it when its selection changes; leaving a place clears it. */
export function select(items: readonly Selected[]): void {
  useSelection.setState({ items });
}

/** The versions among what is selected (a link stands for its source). */
export function selectedVersions({ items }: SelectionStore = useSelection.getState()): readonly VersionRef[] {
  return items.flatMap((item) => (item.kind === 'version' ? [item.version] : []));
}
