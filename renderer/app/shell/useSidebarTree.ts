import { useMemo } from 'react';
import { useQueries } from '@tanstack/react-query';
import type { CollectionSummary, ObjectRef, OutputOf, RegistrySummary, SavedSearch } from '#shared/contract/index.ts';
import type { TreeNode } from '../../ui/index.ts';
import { cache, core, operationKey, useOperation } from '../api/index.ts';
import { placeOf, placeOfRef, type Place } from '../routes/index.ts';

/** What a row of the sidebar's tree stands for. */
export type SidebarNode =
  | { readonly kind: 'heading' }
  | { readonly kind: 'registry'; readonly registry: RegistrySummary; readonly starred: boolean }
  | { readonly kind: 'collection'; readonly registry: RegistrySummary; readonly collection: CollectionSummary }
  | { readonly kind: 'object'; readonly object: ObjectRef }
  | { readonly kind: 'search'; readonly search: SavedSearch }
  | { readonly kind: 'more'; readonly registry: RegistrySummary; readonly count: number };

/** As many collections of a registry as the tree shows; its own place shows the rest. */
const shownCollections = 200;

/** The place that a row leads to; null for headings. */
export function placeOfNode(node: SidebarNode): Place | null {
  switch (node.kind) {
    case 'registry':
    case 'more':
      return placeOf.registry(node.registry.name);
    case 'collection':
      return placeOf.collection(node.registry.name, node.collection.name);
    case 'object':
      return placeOfRef(node.object);
    case 'search':
      return { place: 'search', query: node.search.text };
    case 'heading':
      return null;
  }
}

/** The id of the row that shows a place, so that it can be marked. */
export function nodeIdOf(place: Place, registries: readonly RegistrySummary[], searches: readonly SavedSearch[] = []): string | null {
  if (place.place === 'search') {
    const saved = searches.find((one) => one.text === place.query);
    return saved === undefined ? null : `search:${saved.id}`;
  }
  if (place.place !== 'registry' && place.place !== 'collection' && place.place !== 'linked version') return null;
  const registry = registries.find((one) => one.name === place.registry);
  if (registry === undefined) return null;
  return place.place === 'registry' ? `registry:${registry.id}` : `collection:${registry.id}:${place.collection}`;
}

function collectionsQuery(registryId: RegistrySummary['id'], enabled: boolean) {
  const input = { registryId, sort: 'name', direction: 'ascending', limit: shownCollections } as const;
  return { queryKey: operationKey('collections.list', input), queryFn: ({ signal }: { readonly signal: AbortSignal }) => core().query('collections.list', input, { signal }), enabled };
}

/** The answers alone; the same array while none of them changed (it must be a constant for that). */
function answers(results: readonly { readonly data: OutputOf<'collections.list'> | undefined }[]): readonly (OutputOf<'collections.list'> | undefined)[] {
  return results.map((result) => result.data);
}

/** Starred things, then every registry with its collections (asked for once it is unfolded). */
export function useSidebarTree(unfolded: ReadonlySet<string>): { readonly nodes: readonly TreeNode<SidebarNode>[]; readonly registries: readonly RegistrySummary[] | undefined; readonly searches: readonly SavedSearch[] | undefined } {
  const registries = useOperation('registries.list', {}).data?.items;
  const starred = useOperation('home.get', {}).data?.starred;
  const searches = useOperation('searches.list', {}).data?.items;
  const pages = useQueries({ queries: (registries ?? []).map((registry) => collectionsQuery(registry.id, unfolded.has(`registry:${registry.id}`))), combine: answers }, cache);

  const nodes = useMemo(() => {
    const made: TreeNode<SidebarNode>[] = [];
    if (starred !== undefined && starred.length > 0) {
      made.push({
        id: 'starred', label: 'Starred', data: { kind: 'heading' },
        children: starred.slice(0, 50).map((object) => ({ id: `starred:${object.kind}:${object.id}`, label: object.label, data: { kind: 'object', object } })),
      });
    }
    if (searches !== undefined && searches.length > 0) {
      made.push({
        id: 'searches', label: 'Saved searches', data: { kind: 'heading' },
        children: searches.map((search) => ({ id: `search:${search.id}`, label: search.name, data: { kind: 'search', search } })),
      });
    }
    made.push({
      id: 'registries', label: 'Registries', data: { kind: 'heading' },
      children: (registries ?? []).map((registry, index) => {
        const page = pages[index];
        const children: TreeNode<SidebarNode>[] | undefined = page?.items.map((collection) => ({
          id: `collection:${registry.id}:${collection.name}`, label: collection.name, data: { kind: 'collection', registry, collection },
        }));
        if (page !== undefined && children !== undefined && page.total > page.items.length) {
          children.push({ id: `more:${registry.id}`, label: `All ${page.total} collections`, data: { kind: 'more', registry, count: page.total } });
        }
        return {
          id: `registry:${registry.id}`, label: registry.name, data: { kind: 'registry', registry, starred: registry.starred }, hasChildren: registry.collectionCount > 0,
          ...(children === undefined ? {} : { children }),
        };
      }),
    });
    return made;
  }, [starred, searches, registries, pages]);
  return { nodes, registries, searches };
}

