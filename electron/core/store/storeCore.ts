import type { PackRegistry } from './packRegistry.ts';
import type { SharedLock } from './sharedLock.ts';
import type { StoreLayout } from './layout.ts';
import type { WorkerPool } from './workerPool.ts';

/** What the store's operations work with. */
export type StoreCore = {
	readonly layout: StoreLayout;
	readonly pool: WorkerPool;
	readonly packs: PackRegistry;
	/** Ingests share it; whatever takes objects away has it alone. */
	readonly lock: SharedLock;
	readonly readOnly: boolean;
	/** A name that no other temporary file has. */
	readonly temporaryName: () => string;
	/** A number that no other ingest of this store has. */
	readonly nextSession: () => number;
};
