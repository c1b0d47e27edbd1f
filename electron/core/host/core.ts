/**
 * Core: the one owner of a catalog folder. The same in every host (utility process, Node child, in-process): it opens catalog and
 * store, runs operations for whoever is connected, and listens on the local socket for other processes of the same person.
 */
import path from 'node:path';
import type { ChangeNotice, Transport, UserId } from '#shared/contract/index.ts';
import type { DeliveryTimes } from '#shared/domain/index.ts';
import type { StartupStep } from '#shared/contract/hostProtocol.ts';
import { isVitrineError, VitrineError } from '#shared/contract/errors.ts';
import { openCatalog, type CatalogPool, type CatalogStatus } from '../catalog/index.ts';
import type { OperationContext, OperationResult } from '../operations/context.ts';
import type { Operations } from '../operations/index.ts';
import type { Door } from '../server/door.ts';
import type { DesktopNotification } from '../automations/port.ts';
import { tellAtDesk } from './deskNotices.ts';
import { automationsOnDemand, type Automations } from './automations.ts';
import type { Store } from '../store/index.ts';
import type { SyncEngine } from '../sync/engine.ts';
import type { Dispatch } from './dispatcher.ts';
import type { Log } from './log.ts';
import { makeFolder } from './makeFolder.ts';
import type { SocketListener } from './socket.ts';
import type { Upkeep, UpkeepTimes } from './upkeep.ts';
import type { Vault } from './vault.ts';
import { workerUrl } from './workers.ts';

export type CoreOptions = {
  readonly dataDirectory: string;
  readonly applicationVersion: string;
  readonly log: Log;
  /** Whether other processes of this person may come in through the local socket. */
  readonly listen: boolean;
  /** Owns the folder only for as long as one command lasts: its HTTP door stays closed, since it would close again at once. */
  readonly passing?: boolean;
  /** Whether questions are answered before everything stands: for windows, whose first list is waited for. */
  readonly answerFirst?: boolean;
  /** Where secrets lie; absent: in a file of the catalog's folder. */
  readonly vault?: Vault;
  /** Shows a notification on this machine's screen; absent where there is none. */
  readonly notify?: (notification: DesktopNotification) => void;
  /** How long to wait for another owner to end before `catalog_locked` is thrown, in milliseconds; absent: not at all. */
  readonly waitForOwner?: number;
  /** When silent runs are told as crashed and drafts given up: tests can’t wait for the real times. */
  readonly upkeep?: UpkeepTimes;
  /** How long deliveries of automations wait between attempts: for tests too. */
  readonly deliveryTimes?: DeliveryTimes;
  readonly onStep?: (step: StartupStep, done: number | null, total: number | null) => void;
  /** Checks every answer against the contract: tests and development. */
  readonly checkOutput?: boolean;
};

export type Core = {
  readonly dataDirectory: string;
  readonly readOnly: boolean;
  readonly defaultUserId: UserId;
  /** Set when the catalog file was damaged and a new one was begun beside it. */
  readonly recovery: CatalogStatus['recovery'];
  rev(): number;
  /** Serves a connection as the catalog's own user. */
  connect(transport: Transport, entrance: 'window' | 'cli'): void;
  /** Runs one operation without a connection, for hosts. */
  run(name: string, input: unknown, context: Partial<OperationContext>): Promise<OperationResult>;
  onChanges(listener: (notice: ChangeNotice) => void): () => void;
  readonly door: Door;
  /** How many other processes are connected through the local socket. */
  readonly guests: number;
  /** Waits until the other processes that came in through the local socket are done; after a while it lets no more of them in. */
  untilGuestsLeft(): Promise<void>;
  /** Ends in order: no new requests, those under way are cut off, workers closed, the catalog's lock released. */
  close(): Promise<void>;
};

/** What core does unasked, as far as it began. */
type OwnWork = { listener: SocketListener | null; upkeep: Upkeep | null; automations: Automations | null; stopTelling: (() => void) | null };

async function ensureDataDirectory(directory: string): Promise<void> {
  try {
    await makeFolder(directory);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC') throw new VitrineError('disk_full', { details: { directory }, cause });
    if (code === 'EEXIST' || code === 'ENOTDIR') throw new VitrineError('blocked', { details: { explanation: `“${directory}” is a file, not a folder: choose another folder with --data.` }, cause });
    throw new VitrineError('catalog_read_only', { details: { directory }, cause });
  }
}

/** Milliseconds after its own work in which an owner still lets others in. */
const hospitality = 10_000;
/** Milliseconds after an opening for windows in which core only answers: the first list stands by then. */
const ownWorkAfter = 500;
/** Milliseconds between two looks at a folder that somebody else owns. */
const ownerInterval = 50;

/** Takes the folder, waiting for another owner to end when that is asked for. */
async function openCatalogWhenFree(directory: string, answerFirst: boolean, waitForOwner: number): Promise<CatalogPool> {
  const until = performance.now() + waitForOwner;
  for (;;) {
    try {
      return await openCatalog({ directory, answerFirst, workerUrl: workerUrl('catalog') });
    } catch (thrown) {
      if (!isVitrineError(thrown) || thrown.code !== 'catalog_locked' || performance.now() >= until) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, ownerInterval));
    }
  }
}

/** Opens a catalog folder, made when it isn't there. Throws `catalog_newer`, `catalog_locked`, `disk_full`, … */
export async function openCore(options: CoreOptions): Promise<Core> {
  const directory = path.resolve(options.dataDirectory);
  await ensureDataDirectory(directory);
  options.onStep?.('opening', null, null);
  const loading = import('./parts.ts');
  loading.catch(() => undefined);
  const catalog: CatalogPool = await openCatalogWhenFree(directory, options.answerFirst ?? false, options.waitForOwner ?? 0);
  let store: Store | null = null;
  const own: OwnWork = { listener: null, upkeep: null, automations: null, stopTelling: null };
  let operations: Operations | null = null;
  let door: Door | null = null;
  let sync: SyncEngine | null = null;
  try {
    const { createOperations, createSync, createUploads, doorOnDemand, fileVault, listenOnSocket, openStore, runChecked, serveConnection, startUpkeep } = await loading;
    store = await openStore({ directory: path.join(directory, 'store'), workerUrl: workerUrl('store') });
    const transports = new Set<Transport>();
    const ending = new AbortController();
    const vault = options.vault ?? fileVault(directory);
    const openedSync = createSync({ catalog, store, vault, log: options.log });
    sync = openedSync;
    const openedOperations = createOperations({ directory, catalog, store, sync: openedSync, applicationVersion: options.applicationVersion, log: options.log, vault, door: () => (options.passing === true ? null : door) });
    operations = openedOperations;
    // Where a remote's loop stands is in no catalog, and told all the same: as a notice that moves no revision. The pool gathers its notices,
    // so what counts is the revision that was told last.
    let told = catalog.status().rev;
    catalog.onChanges(({ rev }) => (told = rev));
    const listenToAll = (listen: (notice: ChangeNotice) => void): (() => void) => {
      const stopCatalog = catalog.onChanges(listen);
      const stopSync = openedSync.onStanding((remoteId) => {
        listen({ rev: told, previous: told, changes: [{ entity: 'remote', ids: [remoteId] }] });
      });
      return () => {
        stopCatalog();
        stopSync();
      };
    };
    /** A request of the door runs a dozen operations under one signal. */
    const endingToo = new WeakMap<AbortSignal, AbortSignal>();
    const withEnding = (signal: AbortSignal): AbortSignal => {
      const known = endingToo.get(signal) ?? AbortSignal.any([signal, ending.signal]);
      endingToo.set(signal, known);
      return known;
    };
    const dispatch: Dispatch = {
      run: (name, input, context) => openedOperations.run(name, input, { ...context, signal: withEnding(context.signal) }),
      onChanges: listenToAll,
      rev: () => catalog.status().rev,
      readOnly: () => catalog.status().readOnly,
      log: options.log,
      checkOutput: options.checkOutput ?? false,
    };
    const serve = (transport: Transport, entrance: 'window' | 'cli'): void => {
      transports.add(transport);
      serveConnection(
        dispatch,
        {
          post: (message) => transport.post(message),
          onMessage: (listen) => transport.onMessage(listen),
          close: () => transport.close(),
          onClose: (ended) =>
            transport.onClose(() => {
              transports.delete(transport);
              ended();
            }),
        },
        { actorId: catalog.status().defaultUserId, entrance },
      );
    };
    const openedDoor = doorOnDemand({ directory, dispatch, catalog, store, uploads: createUploads({ directory, catalog, store }), log: options.log, applicationVersion: options.applicationVersion });
    door = openedDoor;
    const systemContext = { signal: ending.signal, report: () => undefined };
    const openedStore = store;
    /** All that core does without being asked by whoever is connected, the way in for other processes among it. */
    const beginOwnWork = async (): Promise<void> => {
      const { readOnly } = catalog.status();
      if (options.listen && !readOnly) own.listener = await listenOnSocket(directory, (transport) => serve(transport, 'cli'));
      if (options.passing === true || ending.signal.aborted) return;
      openedSync.start();
      own.upkeep = startUpkeep(catalog, openedStore, options.log, options.upkeep);
      if (!readOnly) own.automations = automationsOnDemand({ directory, catalog, vault, log: options.log, notify: options.notify ?? null, ...(options.deliveryTimes === undefined ? {} : { times: options.deliveryTimes }), run: (name, input, context) => runChecked(dispatch, name, input, { ...systemContext, ...context }) });
      if (options.notify !== undefined) own.stopTelling = tellAtDesk(catalog, options.notify, options.log);
    };
    let ownWork: Promise<void> = Promise.resolve();
    let ownWorkTimer: NodeJS.Timeout | null = null;
    if (options.answerFirst === true) {
      ownWorkTimer = setTimeout(() => {
        ownWork = beginOwnWork().catch((thrown: unknown) => options.log('error', 'core', 'its own work did not begin', { reason: thrown instanceof Error ? thrown.stack : String(thrown) }));
      }, ownWorkAfter);
    } else await beginOwnWork();
    let closing: Promise<void> | null = null;
    return {
      dataDirectory: directory,
      get readOnly() {
        return catalog.status().readOnly;
      },
      get defaultUserId() {
        return catalog.status().defaultUserId;
      },
      get recovery() {
        return catalog.status().recovery;
      },
      rev: () => catalog.status().rev,
      connect: serve,
      run: (name, input, context) =>
        runChecked(dispatch, name, input, {
          actorId: context.actorId ?? catalog.status().defaultUserId,
          entrance: context.entrance ?? 'system',
          message: context.message ?? null,
          signal: context.signal ?? new AbortController().signal,
          report: context.report ?? (() => undefined),
        }),
      onChanges: (listen) => catalog.onChanges(listen),
      door: openedDoor,
      get guests() {
        return own.listener?.connections ?? 0;
      },
      async untilGuestsLeft() {
        await own.listener?.untilAlone(hospitality);
        await own.listener?.drain();
      },
      close() {
        closing ??= (async () => {
          ending.abort();
          if (ownWorkTimer !== null) clearTimeout(ownWorkTimer);
          await ownWork;
          own.upkeep?.stop();
          own.stopTelling?.();
          await own.automations?.stop();
          await openedSync.stop();
          await openedDoor.stop();
          await own.listener?.close();
          for (const transport of transports) transport.close();
          await openedOperations.close();
          await openedStore.close();
          await catalog.close();
        })();
        return closing;
      },
    };
  } catch (thrown) {
    await sync?.stop();
    await door?.stop();
    await own.listener?.close();
    await operations?.close();
    await store?.close();
    await catalog.close();
    throw thrown;
  }
}
