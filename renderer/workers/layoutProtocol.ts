/** What the window and the layout worker say to each other. One request at a time: a newer one ends the worker of the older. */
import type { LayoutInput, LayoutOptions, LayoutResult } from '#shared/lineage/index.ts';

export type LayoutRequest = {
  readonly generation: number;
  /** `layout`: the same layered layout the window can compute itself, for graphs too large to wait for. `refine`: look harder for fewer crossings. */
  readonly task: 'layout' | 'refine';
  readonly input: LayoutInput;
  readonly options: LayoutOptions;
  /** Crossings to beat; a refinement that doesn't is answered with null. */
  readonly crossings?: number;
};

/** Asks a fresh worker to lay out graphs of no one's until its code is compiled. It is not answered, and gives way to any request. */
export type WarmRequest = { readonly task: 'warm' };

export type LayoutReply =
  | { readonly generation: number; readonly layout: LayoutResult; readonly by: 'own' | 'elk' }
  | { readonly generation: number; readonly layout: null }
  | { readonly generation: number; readonly failure: string };
