/** A Vitrine in this process: a real catalog, store and engine whose rounds run only when they are asked for. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOperation, type InputOf, type OperationName, type OutputOf, type UserId } from '#shared/contract/index.ts';
import { openCatalog, type CatalogPool } from '../../catalog/index.ts';
import { fileVault } from '../../host/vault.ts';
import { createOperations, type Operations } from '../index.ts';
import { digestsOf, entriesOfIngested } from '../log.ts';
import { openStore, type Store } from '../../store/index.ts';
import { createSync, type SyncEngine, type SyncTimes } from '../../sync/engine.ts';
import type { Replica } from '../../sync/testing/seededRun.ts';

export type OpenReplica = Replica & { readonly directory: string; /** Its engine; started, rounds run by themselves too. */ engine(): SyncEngine; close(): Promise<void> };

/** @param name also of the catalog's one person */
export async function openReplica(name: string, times?: SyncTimes): Promise<OpenReplica> {
  const directory = mkdtempSync(join(tmpdir(), 'vitrine-seeds-'));
  const catalog: CatalogPool = await openCatalog({ directory, founding: { username: name, displayName: name, organization: 'lab', team: 'lab' } });
  const store: Store = await openStore({ directory: join(directory, 'store'), workers: 1 });
  const vault = fileVault(directory);
  let sync: SyncEngine;
  let operations: Operations;
  const open = (): void => {
    sync = createSync({ catalog, store, vault, log: () => undefined }, times);
    operations = createOperations({ directory, catalog, store, applicationVersion: '0', log: () => undefined, vault, sync, door: () => null });
  };
  open();
  const acting = () => ({ actorId: catalog.status().defaultUserId as UserId, entrance: 'window' as const, message: null });
  const context = () => ({ ...acting(), signal: new AbortController().signal, report: () => undefined });
  return {
    name, directory,
    engine: () => sync,
    async run<Name extends OperationName>(operationName: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
      const operation = findOperation(operationName);
      return (await operations.run(operationName, operation?.input.parse(input), context())).output as OutputOf<Name>;
    },
    async log(artifact, text) {
      const bytes = Buffer.from(text);
      const ingested = await store.ingest([{ path: 'model.bin', size: bytes.length, content: (async function* () { yield bytes; })() }]);
      const entries = entriesOfIngested(ingested);
      const { output } = await catalog.write('internal.commitVersion', { project: { name: 'vision' }, artifact, type: 'model', description: '', metadata: {}, aliases: [], tags: [], entries, ...digestsOf(entries), size: bytes.length }, acting());
      return (output as { readonly versionId: number }).versionId;
    },
    // The catalog's own crash safety is tested with real kills: here everything that is only in the engine's memory is lost in the middle of a request.
    async kill() {
      await sync.stop();
      open();
    },
    async close() {
      await operations.close();
      await store.close();
      await catalog.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
