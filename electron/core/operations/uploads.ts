/** Bytes on their way in: of drafts, of their manifests, of runs. For whoever holds the stream; what they are for is checked before the first of them. */
import { VitrineError, type RunFile } from '#shared/contract/index.ts';
import type { CatalogPool } from '../catalog/index.ts';
import type { Store } from '../store/index.ts';
import { acting, asking, type Caller } from './context.ts';

export type Incoming = {
  readonly content: AsyncIterable<Uint8Array>;
  /** Bytes, where announced; an arrival of another length is refused. */
  readonly size?: number;
  readonly signal?: AbortSignal;
};

export type Received = { readonly size: number; readonly md5: string; readonly sha256: string };

export type Uploads = {
  /**
   * Takes the bytes of an upload, or of one of its parts, into the store. Durable when it resolves. Errors: `not_found`, `version_unavailable`
   * (the draft takes nothing any more), `bad_input` (other bytes than were declared), `disk_full`, `store_read_only`, `cancelled`.
   */
  receive(uploadId: number, incoming: Incoming & { readonly part?: number }, caller: Caller): Promise<Received>;
  /** Takes a file of a run, in place of what its name stood for. Errors as above, and `path_invalid`. */
  saveRunFile(file: Incoming & { readonly runId: number; readonly name: string }, caller: Caller): Promise<RunFile>;
};

export function createUploads(rooms: { readonly catalog: CatalogPool; readonly store: Store }): Uploads {
  const take = async (path: string, incoming: Incoming): Promise<Received> => {
    const [taken] = await rooms.store.ingest([{ path, content: incoming.content, ...(incoming.size === undefined ? {} : { size: incoming.size }) }], incoming.signal === undefined ? {} : { signal: incoming.signal });
    if (taken === undefined) throw new Error('The store took a file and answered none');
    return { size: taken.size, md5: taken.md5, sha256: taken.sha256 };
  };
  return {
    async receive(uploadId, incoming, caller) {
      const which = { uploadId, ...(incoming.part === undefined ? {} : { part: incoming.part }) };
      const facts = (await rooms.catalog.read('internal.uploadFacts', which, asking(caller))) as { readonly md5: string; readonly size: number | null; readonly path: string };
      const received = await take('upload', incoming);
      if (received.md5 !== facts.md5) {
        throw new VitrineError('bad_input', { details: { path: facts.path, expected: facts.md5, found: received.md5, explanation: `The bytes${facts.path === '' ? '' : ` of “${facts.path}”`} have the MD5 ${received.md5}, not ${facts.md5} as declared. Send them again.` } });
      }
      if (facts.size !== null && received.size !== facts.size) {
        throw new VitrineError('bad_input', { details: { path: facts.path, explanation: `“${facts.path}” has ${received.size} bytes, not ${facts.size} as declared.` } });
      }
      await rooms.catalog.write('internal.noteUpload', { ...which, sha256: received.sha256, size: received.size }, acting({ ...caller, message: null }));
      return received;
    },
    async saveRunFile(file, caller) {
      const { name } = (await rooms.catalog.read('internal.checkRunFile', { runId: file.runId, name: file.name }, asking(caller))) as { readonly name: string };
      const received = await take('upload', file);
      const { output } = await rooms.catalog.write('internal.saveRunFile', { runId: file.runId, name, ...received }, acting({ ...caller, message: null }));
      return output as RunFile;
    },
  };
}
