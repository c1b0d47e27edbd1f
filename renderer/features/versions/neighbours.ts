/** The versions before and after the one that is looked at: by number in its artifact, or in the collection it is linked in. */
import { useState } from 'react';
import type { CollectionId, LinkSummary, VersionDetail, VersionId } from '#shared/contract/index.ts';
import { useOperation } from '../../app/api/index.ts';

export type Neighbour = { readonly index: number; readonly versionId: VersionId };
export type Neighbours = { readonly previous: Neighbour | null; readonly next: Neighbour | null };

export function useSourceNeighbours(version: VersionDetail, enabled: boolean): Neighbours {
  const previous = useOperation('versions.get', { id: version.previous as VersionId }, { enabled: enabled && version.previous !== null });
  const next = useOperation('versions.get', { id: version.next as VersionId }, { enabled: enabled && version.next !== null });
  return {
    previous: version.previous === null || previous.data === undefined ? null : { index: previous.data.index, versionId: previous.data.id },
    next: version.next === null || next.data === undefined ? null : { index: next.data.index, versionId: next.data.id },
  };
}

const windowSize = 40;

/**
 * Numbers are never given again, so the row of `vN` is at most N, and less by as many as are gone before it. The page that begins a little
 * before is asked for; what it begins with says how much further back the row is, if it isn't in it.
 */
export function useLinkNeighbours(link: LinkSummary | null): Neighbours {
  const wanted = link?.index ?? 0;
  const [start, setStart] = useState(() => Math.max(0, wanted - windowSize / 2));
  const page = useOperation(
    'links.list',
    { collectionId: link?.collectionId as CollectionId, sort: 'index', direction: 'ascending', position: start, limit: windowSize },
    { enabled: link !== null, keepPrevious: true },
  );
  if (link === null || page.data === undefined || page.previous) return { previous: null, next: null };
  const { items, total } = page.data;
  const at = items.findIndex((item) => item.id === link.id);
  const first = items[0];
  if (at < 0 || (at === 0 && start > 0)) {
    // Not in this page, or without the one before it: further back.
    const back = first === undefined ? start - Math.max(0, total - windowSize) : Math.max(1, first.index - wanted + 1);
    const earlier = Math.max(0, start - Math.max(1, back));
    if (earlier !== start && (first === undefined || first.index >= wanted)) setStart(earlier);
    // Overshot: the row lies after this page.
    else if (first !== undefined && (items.at(-1)?.index ?? wanted) < wanted && start + items.length < total) setStart(start + items.length - 1);
  }
  // Found as the last of the page: the next one is on the page after.
  if (at >= 0 && at === items.length - 1 && start + items.length < total) setStart(start + 1);
  const neighbour = (item: LinkSummary | undefined): Neighbour | null => (item === undefined ? null : { index: item.index, versionId: item.version.id });
  return at < 0 ? { previous: null, next: null } : { previous: neighbour(items[at - 1]), next: neighbour(items[at + 1]) };
}
