/**
 * Small bodies of drafts on their way into the store. They are checked before they are answered, and on the disk once their draft is committed:
 * a draft promises nothing before, and a file with the manifest that lists it then costs one pack and one wait for the disk instead of two.
 */
import type { CatalogPool } from '../catalog/index.ts';
import type { Store } from '../store/index.ts';
import { acting, type Caller } from './context.ts';
import { createSmallUploads } from './smallUploads.ts';

export type DraftArrival = { readonly draftId: number; readonly uploadId: number; /** Hex. */ readonly md5: string; /** Hex. */ readonly sha256: string; readonly bytes: Uint8Array; /** Whether the commit is what comes next. */ readonly last: boolean };

export type DraftArrivals = {
  /** Resolves when the body may be answered: at once, unless too much is under way. @throws what an earlier body of this draft came to, once */
  add(arrival: DraftArrival, caller: Caller): Promise<void>;
  /** Has all that came for a draft begin, and resolves once the catalog has it noted. @throws what one of its draft came to, once */
  noted(draftId: number): Promise<void>;
  /** Resolves once all that began is on the disk. @throws what one of its draft came to, once */
  durable(draftId: number): Promise<void>;
  /** Resolves once nothing is under way. */
  quiet(): Promise<void>;
};

/** Milliseconds that a body waits for others of its kind, where nobody asks for it before. */
const lingering = 20;
/** Bodies and bytes that are not kept waiting for more. */
const batchFiles = 128;
const batchBytes = 1024 * 1024;
/** Bytes answered and not yet on the disk; whoever sends more waits for them. */
const bytesUnderWay = 16 * 1024 * 1024;
/** Drafts whose failure nobody has asked for. */
const failuresKept = 1000;

type Waiting = DraftArrival & { readonly caller: Caller };

/** What came of one draft by one caller, as the catalog is told of it. */
type Note = { readonly draftId: number; readonly caller: Caller; readonly uploads: { readonly uploadId: number; readonly md5: string; readonly sha256: string; readonly size: number }[] };

/** Bodies that go into the store together. */
type Batch = { readonly drafts: ReadonlySet<number>; readonly noted: Promise<unknown>; readonly durable: Promise<unknown> };

const ofStore = new WeakMap<Store, DraftArrivals>();

/** Those of a store: whoever takes the bytes and whoever commits them must mean the same. */
export function draftArrivals(rooms: { readonly catalog: Pick<CatalogPool, 'write'>; readonly store: Store }): DraftArrivals {
  const known = ofStore.get(rooms.store);
  if (known !== undefined) return known;
  const made = createDraftArrivals(rooms);
  ofStore.set(rooms.store, made);
  return made;
}

function createDraftArrivals({ catalog, store }: { readonly catalog: Pick<CatalogPool, 'write'>; readonly store: Pick<Store, 'ingest'> }): DraftArrivals {
  const takeSmall = createSmallUploads(store);
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let bytesNotDone = 0;
  let timer: NodeJS.Timeout | null = null;
  const batches = new Set<Batch>();
  const failures = new Map<number, unknown>();

  function begin(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting.length === 0) return;
    const arrived = waiting;
    const bytes = waitingBytes;
    waiting = [];
    waitingBytes = 0;
    // Noted beside the writing, not after it: whoever goes by a note asks the store as well.
    const notes = new Map<string, Note>();
    for (const { draftId, uploadId, md5, sha256, bytes: { length: size }, caller } of arrived) {
      const key = `${draftId} ${caller.actorId} ${caller.keyId ?? ''}`;
      const note = notes.get(key) ?? { draftId, caller, uploads: [] };
      note.uploads.push({ uploadId, md5, sha256, size });
      notes.set(key, note);
    }
    const noted = Promise.all([...notes.values()].map(({ draftId, caller, uploads }) => keepFailure(draftId, catalog.write('internal.noteUploads', { uploads }, acting({ ...caller, message: null })))));
    const taken = Promise.all(arrived.map(({ draftId, bytes: content }) => keepFailure(draftId, takeSmall(content))));
    const batch: Batch = {
      drafts: new Set(arrived.map(({ draftId }) => draftId)), noted,
      durable: Promise.all([noted, taken]).finally(() => {
        bytesNotDone -= bytes;
        batches.delete(batch);
      }),
    };
    batches.add(batch);
  }

  /** Never rejects: what fails is kept for its draft. */
  async function keepFailure(draftId: number, work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (reason) {
      failures.set(draftId, reason);
      if (failures.size > failuresKept) failures.delete(failures.keys().next().value ?? draftId);
    }
  }

  const of = (draftId: number): Batch[] => [...batches].filter(({ drafts }) => drafts.has(draftId));

  function throwFailure(draftId: number): void {
    if (!failures.has(draftId)) return;
    const reason = failures.get(draftId);
    failures.delete(draftId);
    throw reason;
  }

  return {
    async add(arrival, caller) {
      throwFailure(arrival.draftId);
      waiting.push({ ...arrival, caller });
      waitingBytes += arrival.bytes.length;
      bytesNotDone += arrival.bytes.length;
      if (arrival.last || waiting.length >= batchFiles || waitingBytes >= batchBytes) begin();
      else timer ??= setTimeout(begin, lingering);
      while (bytesNotDone > bytesUnderWay && batches.size > 0) await Promise.race([...batches].map(({ durable }) => durable));
    },
    async noted(draftId) {
      if (waiting.some((one) => one.draftId === draftId)) begin();
      await Promise.all(of(draftId).map((batch) => batch.noted));
      throwFailure(draftId);
    },
    async durable(draftId) {
      await Promise.all(of(draftId).map((batch) => batch.durable));
      throwFailure(draftId);
    },
    async quiet() {
      begin();
      while (batches.size > 0) await Promise.all([...batches].map(({ durable }) => durable));
    },
  };
}
