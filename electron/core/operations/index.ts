/**
 * Every operation has one handler. Most are one query or one command of the catalog and go straight there; those that touch files,
 * the store or the door are put together here from smaller steps.
 */
import { findOperation, operationNames, VitrineError, type OperationName } from '#shared/contract/index.ts';
import type { CatalogPool } from '../catalog/index.ts';
import type { Log } from '../host/log.ts';
import type { Vault } from '../host/vault.ts';
import type { Door } from '../server/door.ts';
import type { Store } from '../store/index.ts';
import { approvalHandlers } from './approvals.ts';
import { auditHandlers } from './audit.ts';
import type { SyncEngine } from '../sync/engine.ts';
import { catalogHandlers } from './catalog.ts';
import { acting, asking, type OperationContext, type OperationResult } from './context.ts';
import { doorHandlers } from './door.ts';
import { draftArrivals } from './draftArrivals.ts';
import { draftHandlers } from './drafts.ts';
import { exportHandlers } from './export.ts';
import { later } from './later.ts';
import { lineageHandlers } from './lineage.ts';
import { logHandlers } from './log.ts';
import { demandRights } from './rights.ts';
import { scanHandlers } from './scans.ts';
import { storageHandlers } from './storage.ts';
import { syncHandlers } from './sync.ts';

/** What handlers work with. */
export type Rooms = {
  readonly directory: string;
  readonly catalog: CatalogPool;
  readonly store: Store;
  readonly applicationVersion: string;
  readonly log: Log;
  /** Secrets of webhooks and remotes. */
  readonly vault: Vault;
  readonly door: () => Door | null;
  readonly sync: SyncEngine;
};

export type Handler = (rooms: Rooms, input: never, context: OperationContext) => Promise<OperationResult>;
export type Handlers = { readonly [Name in OperationName]?: Handler };

export type Operations = {
  /** `input` was checked by the contract's schema. */
  run(name: string, input: unknown, context: OperationContext): Promise<OperationResult>;
  close(): Promise<void>;
};

/** YAML, regular expressions, tar, buckets, a whole sample: most sessions need none of them. */
const seldom: Handlers = {
  ...later(
    ['automations.create', 'automations.export', 'automations.import', 'automations.preview', 'automations.update', 'jobs.approve', 'jobs.list'],
    async () => (await import('./automations.ts')).automationHandlers,
  ),
  ...later(['secrets.list', 'secrets.remove', 'secrets.set'], async () => (await import('./secrets.ts')).secretHandlers),
  ...later(
    ['bundles.export', 'bundles.inspect', 'imports.bundle', 'imports.gto', 'imports.legacyRegistry', 'imports.mlruns'],
    async () => (await import('./imports/index.ts')).importHandlers,
  ),
  ...later(['buckets.add', 'buckets.remove', 'buckets.test', 'buckets.update', 'bytes.free', 'bytes.store'], async () => (await import('./bytes.ts')).bytesHandlers),
  ...later(['catalog.addSample'], async () => (await import('./sample.ts')).sampleHandlers),
};

const orchestrated: Handlers = { ...auditHandlers, ...catalogHandlers, ...logHandlers, ...exportHandlers, ...lineageHandlers, ...storageHandlers, ...doorHandlers, ...draftHandlers, ...approvalHandlers, ...scanHandlers, ...syncHandlers, ...seldom };

/** Names of the operations that are one query or command of the catalog; a test holds them against the catalog's own tables. */
export const catalogOperationNames: readonly OperationName[] = operationNames.filter((name) => orchestrated[name] === undefined);

export function createOperations(rooms: Rooms): Operations {
  const underWay = new Set<Promise<unknown>>();
  return {
    async run(name, input, context) {
      const operation = findOperation(name);
      if (operation === undefined) throw new VitrineError('unknown_operation', { details: { operation: name } });
      if (context.signal.aborted) throw new VitrineError('cancelled', { details: { operation: name } });
      if (operation.kind === 'command' && context.viewAs !== undefined) throw new VitrineError('permission_denied', { details: { operation: name, explanation: 'Whoever looks as somebody else only looks: leave that view to change something.' } });
      const handler = orchestrated[operation.name];
      const begin = () => (handler === undefined ? inCatalog(rooms.catalog, operation.kind, name, input, context) : handler(rooms, input as never, context));
      const rights = demandRights(rooms, operation.name, context);
      const work = rights === null ? begin() : rights.then(begin);
      underWay.add(work);
      try {
        return await work;
      } finally {
        underWay.delete(work);
      }
    },
    async close() {
      await Promise.allSettled(underWay);
      await draftArrivals(rooms).close();
    },
  };
}

async function inCatalog(catalog: CatalogPool, kind: 'query' | 'command', name: string, input: unknown, context: OperationContext): Promise<OperationResult> {
  if (kind === 'query') return { output: await catalog.read(name, input, asking(context), { signal: context.signal }), undo: null };
  return catalog.write(name, input, acting(context));
}
