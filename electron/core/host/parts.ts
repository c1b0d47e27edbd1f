/** What an open catalog is served with. A module of its own, so that it is loaded while the catalog's threads are already opening it. */
export { createOperations } from '../operations/index.ts';
export { createUploads } from '../operations/uploads.ts';
export { openStore } from '../store/index.ts';
export { createSync } from '../sync/engine.ts';
export { runChecked, serveConnection } from './dispatcher.ts';
export { doorOnDemand } from './doorOnDemand.ts';
export { listenOnSocket } from './socket.ts';
export { startUpkeep } from './upkeep.ts';
export { fileVault } from './vault.ts';
