/** The content-addressed store: what other rooms may use of it. */
export { openStore, Store } from './store.ts';
export type { Assembly } from './assembly.ts';
export type { RebuildReport } from './rebuildOperation.ts';
export type * from './types.ts';
