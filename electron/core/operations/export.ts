/** Bytes out of the store: previews, and files written to a folder. */
import path from 'node:path';
import { VitrineError, type CheckedInputOf, type OutputOf, type RunFile } from '#shared/contract/index.ts';
import { asking, type OperationContext } from './context.ts';
import type { Handlers, Rooms } from './index.ts';
import { reportStoreProgress, type CommitEntry } from './log.ts';
import { mediaTypeOf } from './mediaTypes.ts';

type EntriesPage = { readonly items: readonly CommitEntry[]; readonly nextCursor: string | null };

/** All entries of a version that are `path`, or lie below it; all of them for the empty path. */
export async function entriesOf(rooms: Rooms, id: number, within: string, context: OperationContext): Promise<readonly CommitEntry[]> {
  const all: CommitEntry[] = [];
  let cursor: string | undefined;
  do {
    const page = (await rooms.catalog.read('internal.versionEntries', { id, within, limit: 10_000, ...(cursor === undefined ? {} : { cursor }) }, asking(context), { signal: context.signal })) as EntriesPage;
    all.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return all;
}

async function exportVersion(rooms: Rooms, input: CheckedInputOf<'versions.export'>, context: OperationContext) {
  if (!path.isAbsolute(input.folder)) throw new VitrineError('path_invalid', { details: { path: input.folder, explanation: `“${input.folder}” is not an absolute path.` } });
  const entries = await entriesOf(rooms, input.id, input.path, context);
  if (entries.length === 0) throw new VitrineError('not_found', { details: { kind: 'file', label: input.path } });
  const stored = entries.flatMap((entry) => (entry.sha256 === null ? [] : [{ path: entry.path, sha256: entry.sha256, size: entry.size }]));
  if (stored.length === 0) throw new VitrineError('object_missing', { details: { path: entries[0]?.path, explanation: 'All of it are references to other places.' } });
  await rooms.store.exportTree(stored, input.folder, { signal: context.signal, onProgress: reportStoreProgress(context), overwrite: input.overwrite });
  return {
    output: { files: stored.length, bytes: stored.reduce((sum, entry) => sum + entry.size, 0), folder: input.folder } satisfies OutputOf<'versions.export'>,
    undo: null,
  };
}

/** Images up to this many bytes are shown whole. */
const imageLimitBytes = 8 * 1024 * 1024;

async function preview(rooms: Rooms, input: CheckedInputOf<'versions.preview'>, context: OperationContext) {
  const entry = (await rooms.catalog.read('internal.entry', { id: input.id, path: input.path, preview: true }, asking(context))) as CommitEntry;
  const mediaType = mediaTypeOf(entry.path);
  const facts = { path: entry.path, size: entry.size, mediaType };
  if (entry.sha256 === null) {
    return { output: { ...facts, kind: 'reference', text: entry.reference, base64: null, truncated: false } satisfies OutputOf<'versions.preview'>, undo: null };
  }
  return { output: { ...facts, ...(await headOf(rooms, { sha256: entry.sha256, size: entry.size, mediaType }, input.maximumBytes)) } satisfies OutputOf<'versions.preview'>, undo: null };
}

type Head = { readonly kind: 'text' | 'image' | 'binary'; readonly text: string | null; readonly base64: string | null; readonly truncated: boolean };

/** The head of a stored object, as what it turns out to be. */
async function headOf(rooms: Rooms, object: { readonly sha256: string; readonly size: number; readonly mediaType: string }, maximumBytes: number): Promise<Head> {
  const image = object.mediaType.startsWith('image/') && object.size <= imageLimitBytes;
  const end = image ? object.size : Math.min(object.size, maximumBytes);
  const chunks: Uint8Array[] = [];
  // Whole objects are read without a range, so that the store checks them against their digest.
  for await (const chunk of await rooms.store.openReader(object.sha256, end === object.size ? {} : { start: 0, end })) chunks.push(chunk);
  const head = Buffer.concat(chunks);
  const truncated = head.length < object.size;
  if (image) return { kind: 'image', text: null, base64: head.toString('base64'), truncated };
  const text = textOf(head, truncated);
  return text === null ? { kind: 'binary', text: null, base64: head.subarray(0, 4096).toString('base64'), truncated } : { kind: 'text', text, base64: null, truncated };
}

async function previewRunFile(rooms: Rooms, input: CheckedInputOf<'runs.previewFile'>, context: OperationContext) {
  const file = (await rooms.catalog.read('internal.runFile', { id: input.id, name: input.name }, asking(context))) as RunFile;
  return { output: { name: file.name, size: file.size, mediaType: file.mediaType, ...(await headOf(rooms, file, input.maximumBytes)) } satisfies OutputOf<'runs.previewFile'>, undo: null };
}

async function exportRunFiles(rooms: Rooms, input: CheckedInputOf<'runs.exportFiles'>, context: OperationContext) {
  if (!path.isAbsolute(input.folder)) throw new VitrineError('path_invalid', { details: { path: input.folder, explanation: `“${input.folder}” is not an absolute path.` } });
  const files: RunFile[] = [];
  let cursor: string | undefined;
  do {
    const page = (await rooms.catalog.read('runs.files', { id: input.id, limit: 1000, ...(input.names === undefined ? {} : { names: input.names }), ...(cursor === undefined ? {} : { cursor }) }, asking(context), { signal: context.signal })) as OutputOf<'runs.files'>;
    files.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  const [first] = files;
  if (first === undefined) throw new VitrineError('not_found', { details: { kind: 'file', label: input.names?.[0] ?? '' } });
  // Seeing that there are files is less than reading them.
  await rooms.catalog.read('internal.runFile', { id: input.id, name: first.name }, asking(context));
  await rooms.store.exportTree(files.map((file) => ({ path: file.name, sha256: file.sha256, size: file.size })), input.folder, { signal: context.signal, onProgress: reportStoreProgress(context), overwrite: input.overwrite });
  return { output: { files: files.length, bytes: files.reduce((sum, file) => sum + file.size, 0), folder: input.folder } satisfies OutputOf<'runs.exportFiles'>, undo: null };
}

/** The text of a file's head, or null when it is not text. A character cut in two by the limit is left out. */
export function textOf(head: Uint8Array, truncated: boolean): string | null {
  if (head.includes(0)) return null;
  for (let cut = 0; cut <= (truncated ? 3 : 0); cut++) {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(head.subarray(0, head.length - cut));
    } catch {
      // Perhaps only the last character is incomplete.
    }
  }
  return null;
}

export const exportHandlers: Handlers = { 'versions.export': exportVersion, 'versions.preview': preview, 'runs.previewFile': previewRunFile, 'runs.exportFiles': exportRunFiles };
