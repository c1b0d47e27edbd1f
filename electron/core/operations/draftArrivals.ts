/**
 * Small bodies of drafts on their way into the store. They are checked and spooled before they are answered, and on the disk once their draft is
 * committed: a draft promises nothing before, and a file with the manifest that lists it then costs one pack and one wait for the disk instead of two.
 */
import type { CatalogPool } from '../catalog/index.ts';
import type { Store } from '../store/index.ts';
import { openArrivalSpool, type ArrivalSpool, type Spooled } from './arrivalSpool.ts';
import { acting, type Caller } from './context.ts';
import { createSmallUploads } from './smallUploads.ts';

export type DraftArrival = { readonly draftId: number; readonly uploadId: number; /** Hex. */ readonly md5: string; /** Hex. */ readonly sha256: string };

export type DraftArrivals = {
  /**
   * Takes a body, which may be answered then; false where too much is under way: then it goes the way of large ones. `last`: the commit is what comes
   * next. @throws what an earlier body of this draft came to, once
   */
  add(arrival: DraftArrival, bytes: Uint8Array, caller: Caller, last: boolean): boolean;
  /** Has all that came for a draft begin, and resolves once the catalog has it noted. @throws what one of its draft came to, once */
  noted(draftId: number): Promise<void>;
  /** Resolves once all that began is on the disk. @throws what one of its draft came to, once */
  durable(draftId: number): Promise<void>;
  /** Resolves once nothing is under way. Takes nothing after it. */
  close(): Promise<void>;
};

/** Milliseconds that a body waits for others of its kind, where nobody asks for it before. */
const lingering = 20;
/** Bodies that are not kept waiting for more. */
const batchFiles = 128;
/** Drafts whose failure nobody has asked for. */
const failuresKept = 1000;

type Waiting = Spooled<DraftArrival & { readonly caller: Caller }>;

/** What came of one draft by one caller, as the catalog is told of it. */
type Note = { readonly draftId: number; readonly caller: Caller; readonly uploads: { readonly uploadId: number; readonly md5: string; readonly sha256: string; readonly size: number }[] };

/** Bodies that go into the store together. */
type Batch = { readonly drafts: ReadonlySet<number>; readonly noted: Promise<unknown>; readonly durable: Promise<unknown> };

type ArrivalRooms = { /** The catalog's folder. */ readonly directory: string; readonly catalog: Pick<CatalogPool, 'write'>; readonly store: Store };

const ofStore = new WeakMap<Store, DraftArrivals>();

/** Those of a store: whoever takes the bytes and whoever commits them must mean the same. */
export function draftArrivals(rooms: ArrivalRooms): DraftArrivals {
  const known = ofStore.get(rooms.store);
  if (known !== undefined) return known;
  const made = createDraftArrivals(rooms);
  ofStore.set(rooms.store, made);
  return made;
}

function createDraftArrivals({ directory, catalog, store }: ArrivalRooms): DraftArrivals {
  const takeSmall = createSmallUploads(store);
  let spool: ArrivalSpool<Waiting['facts']> | null = null;
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | null = null;
  const batches = new Set<Batch>();
  const failures = new Map<number, unknown>();

  /** Opened by the first who needs it. What a process that was killed left behind goes first. */
  function opened(): ArrivalSpool<Waiting['facts']> {
    if (spool !== null) return spool;
    const { spool: found, left } = openArrivalSpool<Waiting['facts']>(directory);
    spool = found;
    waiting.push(...left);
    if (left.length > 0) begin();
    else found.clear();
    return found;
  }

  function begin(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting.length === 0) return;
    const arrived = waiting;
    waiting = [];
    // Noted beside the writing, not after it: whoever goes by a note asks the store as well.
    const notes = new Map<string, Note>();
    for (const { facts: { draftId, uploadId, md5, sha256, caller }, bytes: { length: size } } of arrived) {
      const key = `${draftId} ${caller.actorId} ${caller.keyId ?? ''}`;
      const note = notes.get(key) ?? { draftId, caller, uploads: [] };
      note.uploads.push({ uploadId, md5, sha256, size });
      notes.set(key, note);
    }
    const noted = Promise.all([...notes.values()].map(({ draftId, caller, uploads }) => keepFailure(draftId, catalog.write('internal.noteUploads', { uploads }, acting({ ...caller, message: null })))));
    const taken = Promise.all(arrived.map(({ facts: { draftId }, bytes }) => keepFailure(draftId, takeSmall(bytes))));
    const batch: Batch = {
      drafts: new Set(arrived.map(({ facts: { draftId } }) => draftId)), noted,
      durable: Promise.all([noted, taken]).then(() => {
        batches.delete(batch);
        if (batches.size === 0 && waiting.length === 0) spool?.clear();
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
    add(arrival, bytes, { actorId, entrance, keyId }, last) {
      throwFailure(arrival.draftId);
      const facts = { ...arrival, caller: { actorId, entrance, ...(keyId === undefined ? {} : { keyId }) } };
      if (!opened().keep(facts, bytes)) return false;
      waiting.push({ facts, bytes });
      if (last || waiting.length >= batchFiles) begin();
      else timer ??= setTimeout(begin, lingering);
      return true;
    },
    async noted(draftId) {
      opened();
      if (waiting.some(({ facts }) => facts.draftId === draftId)) begin();
      await Promise.all(of(draftId).map((batch) => batch.noted));
      throwFailure(draftId);
    },
    async durable(draftId) {
      await Promise.all(of(draftId).map((batch) => batch.durable));
      throwFailure(draftId);
    },
    async close() {
      begin();
      while (batches.size > 0) await Promise.all([...batches].map(({ durable }) => durable));
      spool?.close();
      spool = null;
    },
  };
}
