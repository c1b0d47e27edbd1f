/** The lineage of several things at once: what is selected in a table, or pinned in a graph. */
import { mostLineageNodes, type LineagePlaceNode } from '#shared/domain/places.ts';
import { formatCount } from '../ui/index.ts';
import { notify } from './api/index.ts';
import { hasPlace, navigate } from './routes/index.ts';
import { useSelection } from './selection.ts';

/**
 * Goes to the lineage of these nodes, each taken once. More than an address holds are cut off, which is said; `count` is how many there are where
 * not all of them are given.
 */
export function openLineageOf(nodes: readonly LineagePlaceNode[], count = 0): void {
  const each = [...new Map(nodes.map(({ kind, id }) => [`${kind} ${id}`, { kind, id }])).values()];
  if (each.length === 0) return;
  const shown = each.slice(0, mostLineageNodes);
  const all = Math.max(count, each.length);
  navigate({ place: 'lineage', nodes: shown });
  if (all > shown.length) notify({ tone: 'neutral', title: `The lineage of the first ${formatCount(shown.length)}`, text: `${formatCount(all)} were selected; a lineage begins at ${formatCount(mostLineageNodes)} at most.` });
}

/** The versions and runs among what is selected; a link stands for its version. */
export function selectedLineageNodes(): readonly LineagePlaceNode[] {
  if (!hasPlace('lineage')) return [];
  return useSelection.getState().items.flatMap((item): LineagePlaceNode[] => (item.kind === 'version' ? [{ kind: 'version', id: item.version.id }] : item.kind === 'run' ? [{ kind: 'run', id: item.id }] : []));
}
