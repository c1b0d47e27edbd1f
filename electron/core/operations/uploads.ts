/** Bytes on their way in: of drafts, of their manifests, of runs. For whoever holds the stream; what they are for is checked before the first of them. */
import { hash } from 'node:crypto';
import { VitrineError, type RunFile } from '#shared/contract/index.ts';
import type { CatalogPool } from '../catalog/index.ts';
import type { Store } from '../store/index.ts';
import { acting, asking, type Caller } from './context.ts';
import { draftArrivals } from './draftArrivals.ts';
import { keepBody, largestKept } from './recentBodies.ts';
import { createSmallUploads, largestSmallUpload } from './smallUploads.ts';

export type Incoming = {
  readonly content: AsyncIterable<Uint8Array>;
  /** Bytes, where announced; an arrival of another length is refused. */
  readonly size?: number;
  readonly signal?: AbortSignal;
};

export type Received = { readonly size: number; readonly md5: string; /** Null for a part that lies at its place in the whole. */ readonly sha256: string | null };

type UploadFacts = { readonly draftId: number; readonly md5: string; readonly size: number | null; readonly path: string };

type PartPlace = { readonly md5: string; readonly path: string; readonly place: { readonly arrival: string; readonly start: number; readonly received: boolean } | null };

/** Smaller parts are cheaper as objects of their own. */
const smallestPartInPlace = 1024 * 1024;

export type Uploads = {
  /**
   * Takes the bytes of an upload, or of one of its parts, into the store. Checked when it resolves, and durable but for those of a few KiB: they outlive a
   * kill, and a power cut once their draft is committed. Errors: `not_found`, `version_unavailable` (the draft takes nothing any more), `bad_input` (other bytes than were declared),
   * `disk_full`, `store_read_only`, `cancelled`; those of the store may be an earlier body's of the same draft.
   */
  receive(uploadId: number, incoming: Incoming & { readonly part?: number }, caller: Caller): Promise<Received>;
  /** Takes a file of a run, in place of what its name stood for. Errors as above, and `path_invalid`. */
  saveRunFile(file: Incoming & { readonly runId: number; readonly name: string }, caller: Caller): Promise<RunFile>;
};

export function createUploads(rooms: { /** The catalog's folder. */ readonly directory: string; readonly catalog: CatalogPool; readonly store: Store }): Uploads {
  const { catalog, store } = rooms;
  const takeSmall = createSmallUploads(store);
  const arrivals = draftArrivals(rooms);
  const take = async (path: string, incoming: Incoming): Promise<Received> => {
    if (incoming.size !== undefined && incoming.size <= largestSmallUpload) {
      const bytes = await wholeBody(path, incoming, incoming.size);
      const taken = await takeSmall(bytes);
      keepBody(store, taken.sha256, bytes);
      return taken;
    }
    const [taken] = await store.ingest([{ path, content: incoming.content, ...(incoming.size === undefined ? {} : { size: incoming.size }) }], incoming.signal === undefined ? {} : { signal: incoming.signal });
    if (taken === undefined) throw new Error('The store took a file and answered none');
    return { size: taken.size, md5: taken.md5, sha256: taken.sha256 };
  };

  /** Where parts are of one size, each is written to its place in the whole; null where this one has none. */
  const takeInPlace = async (uploadId: number, part: number, size: number, incoming: Incoming, caller: Caller): Promise<Received | null> => {
    const { md5, path, place } = (await catalog.write('internal.placePart', { uploadId, part, size }, acting({ ...caller, message: null }))).output as PartPlace;
    if (place === null) return null;
    const assembly = store.assembly(place.arrival);
    if (place.received) assembly.admit(place.start, size);
    await assembly.write(place.start, { content: incoming.content, size, ...(incoming.signal === undefined ? {} : { signal: incoming.signal }) }, async (found) => {
      if (found !== md5) throw otherBytes(path, md5, found);
      await catalog.write('internal.noteUpload', { uploadId, part, sha256: null, size }, acting({ ...caller, message: null }));
    });
    return { size, md5, sha256: null };
  };

  return {
    async receive(uploadId, incoming, caller) {
      const which = { uploadId, ...(incoming.part === undefined ? {} : { part: incoming.part }) };
      if (incoming.part !== undefined && incoming.size !== undefined && incoming.size >= smallestPartInPlace) {
        const taken = await takeInPlace(uploadId, incoming.part, incoming.size, incoming, caller);
        if (taken !== null) return taken;
      }
      const note = async ({ sha256, size }: Received): Promise<unknown> => await catalog.write('internal.noteUpload', { ...which, sha256, size }, acting({ ...caller, message: null }));
      const facts = (await catalog.read('internal.uploadFacts', which, asking(caller))) as UploadFacts;
      if (incoming.part === undefined && incoming.size !== undefined && incoming.size <= largestKept) {
        const bytes = await wholeBody('upload', incoming, incoming.size);
        const received = { size: bytes.length, md5: hash('md5', bytes), sha256: hash('sha256', bytes) };
        demandDeclared(facts, received);
        keepBody(store, received.sha256, bytes);
        // The manifest has no path of its own, and comes last.
        if (!arrivals.add({ draftId: facts.draftId, uploadId, md5: received.md5, sha256: received.sha256 }, bytes, caller, facts.path === '')) {
          await takeSmall(bytes);
          await note(received);
        }
        return received;
      }
      const received = await take('upload', incoming);
      demandDeclared(facts, received);
      await note(received);
      return received;
    },
    async saveRunFile(file, caller) {
      const { name } = (await catalog.read('internal.checkRunFile', { runId: file.runId, name: file.name }, asking(caller))) as { readonly name: string };
      const received = await take('upload', file);
      const { output } = await catalog.write('internal.saveRunFile', { runId: file.runId, name, ...received }, acting({ ...caller, message: null }));
      return output as RunFile;
    },
  };
}

function demandDeclared(facts: UploadFacts, received: Pick<Received, 'md5' | 'size'>): void {
  if (received.md5 !== facts.md5) throw otherBytes(facts.path, facts.md5, received.md5);
  if (facts.size !== null && received.size !== facts.size) {
    throw new VitrineError('bad_input', { details: { path: facts.path, explanation: `“${facts.path}” has ${received.size} bytes, not ${facts.size} as declared.` } });
  }
}

async function wholeBody(path: string, incoming: Incoming, size: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for await (const piece of incoming.content) {
    if (incoming.signal?.aborted === true) throw new VitrineError('cancelled', { details: { path } });
    if (at + piece.length > size) throw wrongLength(path, size, at + piece.length);
    bytes.set(piece, at);
    at += piece.length;
  }
  if (at !== size) throw wrongLength(path, size, at);
  return bytes;
}

function wrongLength(path: string, announced: number, found: number): VitrineError {
  return new VitrineError('file_changed', { details: { path, reason: 'size', sizeBefore: announced, sizeAfter: found } });
}

function otherBytes(path: string, expected: string, found: string): VitrineError {
  return new VitrineError('bad_input', { details: { path, expected, found, explanation: `The bytes${path === '' ? '' : ` of “${path}”`} have the MD5 ${found}, not ${expected} as declared. Send them again.` } });
}
