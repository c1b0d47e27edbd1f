import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LevelOfDetail } from '#shared/lineage/index.ts';

/** What only the screen knows about one graph. Keys, never rows of the catalog. */
export type GraphState = {
  readonly selected: string | null;
  readonly hovered: string | null;
  /** Keys on the way of what is hovered; null: nothing is hovered. */
  readonly lit: ReadonlySet<string> | null;
  /** Keys that stay lit while nothing is hovered: a way that was asked for. */
  readonly held: ReadonlySet<string> | null;
  readonly pinned: ReadonlySet<string>;
  /** Where the walk began. */
  readonly roots: ReadonlySet<string>;
  /** Keys that match the search. */
  readonly matches: ReadonlySet<string>;
  readonly detail: LevelOfDetail;
  /** The camera is on its way: what would cost a frame (other cards, another level of detail, sharp pictures) waits until it rests. */
  readonly travelling: boolean;
  readonly legendOpen: boolean;
  /** Keys of nodes that have an element; the canvas draws the rest of what is in view. */
  readonly mounted: ReadonlySet<string>;
};

export type GraphStore = StoreApi<GraphState>;

export function createGraphStore(selected: string | null): GraphStore {
  return createStore<GraphState>(() => ({ selected, hovered: null, lit: null, held: null, pinned: new Set(), roots: new Set(), matches: new Set(), detail: 'cards', travelling: false, legendOpen: true, mounted: new Set() }));
}
