import { isDeleted } from './nodeWords.ts';
import type { Scene } from './scene.ts';

/** What of a graph the legend names, and how many there are of it. */
export type LegendFacts = {
  /** The most frequent types, the most frequent first. */
  readonly types: readonly (readonly [type: string, count: number])[];
  readonly runs: number;
  readonly linked: number;
  readonly deleted: number;
  readonly byHand: boolean;
  readonly synced: boolean;
  readonly cyclic: boolean;
};

/** Types that are named at most. */
const namedTypes = 6;

export function legendFacts(scene: Scene): LegendFacts {
  const types = new Map<string, number>();
  let runs = 0;
  let linked = 0;
  let deleted = 0;
  for (const node of scene.prepared.graph.nodes) {
    if (node.kind === 'run') runs++;
    else if (node.kind === 'version') {
      types.set(node.type, (types.get(node.type) ?? 0) + 1);
      if (node.links.length > 0) linked++;
    }
    if (isDeleted(node)) deleted++;
  }
  return {
    types: [...types].sort((first, second) => second[1] - first[1]).slice(0, namedTypes),
    runs,
    linked,
    deleted,
    byHand: scene.provenance.includes(1),
    synced: scene.provenance.includes(2),
    cyclic: scene.layout.checked.reversedCount > 0,
  };
}

/** Lines of the list. */
export function legendLines({ types, runs, linked, deleted, byHand, synced, cyclic }: LegendFacts): number {
  return types.length + [runs > 0, linked > 0, deleted > 0, byHand, synced, cyclic].filter(Boolean).length;
}
