/** Logging files of this machine as artifact versions: look, check the names, take the bytes, then one commit. */
import { createHash } from 'node:crypto';
import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { VitrineError, type CheckedInputOf, type OutputOf } from '#shared/contract/index.ts';
import { checkManifestPaths, explainViolation, manifestChunks, sortForDigest, wandbManifestChunks, type DigestEntry } from '#shared/domain/index.ts';
import type { IngestedFile, LocalSourceFile, Progress as StoreProgress } from '../store/index.ts';
import { acting, asking, type OperationContext } from './context.ts';
import { suggestArtifactName, suggestArtifactType } from './suggestions.ts';
import type { Handlers, Rooms } from './index.ts';

type LogInput = CheckedInputOf<'versions.log'>;

/** What a set of chosen paths amounts to. */
type Gathered = { readonly files: readonly LocalSourceFile[]; readonly bytes: number };

/** Passes the store's progress on in the contract's words. */
export function reportStoreProgress(context: OperationContext): (progress: StoreProgress) => void {
  return (progress) =>
    context.report({
      phase: progress.phase,
      done: progress.doneBytes,
      total: progress.totalBytes,
      unit: 'bytes',
      files: { done: progress.doneFiles, total: progress.totalFiles },
      current: progress.currentPath,
    });
}

/**
 * Finds the files behind chosen paths. One folder alone gives its content, relative to itself; several paths give each file by its
 * own name and each folder under its own name, so that the same choice has the same digest whichever way it was made.
 */
async function gather(rooms: Rooms, paths: readonly string[], context: OperationContext): Promise<Gathered> {
  const files: LocalSourceFile[] = [];
  let bytes = 0;
  const options = { signal: context.signal, onProgress: reportStoreProgress(context) };
  for (const chosen of paths) {
    if (!path.isAbsolute(chosen)) throw new VitrineError('path_invalid', { details: { path: chosen, explanation: `“${chosen}” is not an absolute path.` } });
    const facts = await stat(chosen, { bigint: true }).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === 'ENOENT' || cause.code === 'ENOTDIR'
        ? new VitrineError('not_found', { details: { kind: 'file or folder', label: chosen }, cause })
        : new VitrineError('file_unreadable', { details: { path: chosen, reason: reasonOf(cause) }, cause });
    });
    const scanned = await rooms.store.scanFolder(chosen, options);
    const prefix = facts.isDirectory() && paths.length > 1 ? `${path.basename(chosen)}/` : '';
    for (const file of scanned.files) files.push(prefix === '' ? file : { ...file, path: prefix + file.path });
    bytes += scanned.totalBytes;
  }
  // The paths of one folder were judged where it was read; what several bring may stand in each other's way.
  const verdict = paths.length > 1 ? checkManifestPaths(files.map((file) => file.path)) : null;
  if (verdict?.ok === false) throw new VitrineError('path_invalid', { details: { violation: verdict.violation, explanation: explainViolation(verdict.violation) } });
  return { files, bytes };
}

function reasonOf(cause: NodeJS.ErrnoException): string {
  switch (cause.code) {
    case 'EACCES':
    case 'EPERM':
      return 'you have no right to read it';
    case 'ELOOP':
      return 'its links lead in a circle';
    default:
      return cause.code ?? 'it can’t be opened';
  }
}

function hashChunks(algorithm: 'sha256' | 'md5', chunks: Iterable<string>): string {
  const hash = createHash(algorithm);
  for (const chunk of chunks) hash.update(chunk, 'utf8');
  return hash.digest('hex');
}

export type CommitEntry = { readonly path: string; readonly size: number; readonly sha256: string | null; readonly md5: string | null; readonly reference: string | null };

/** What the store took, as entries of a manifest in the order in which they are hashed. */
export function entriesOfIngested(ingested: readonly IngestedFile[]): readonly CommitEntry[] {
  return sortForDigest(ingested.map((file) => ({ path: file.path, size: file.size, sha256: file.sha256, md5: file.md5, reference: null })));
}

/** The two digests of a manifest, entries in order of their digests: ours, and the one that the `wandb` client computes. */
export function digestsOf(entries: readonly CommitEntry[]): { readonly digest: string; readonly wandbDigest: string } {
  return {
    digest: hashChunks('sha256', manifestChunks(entries.map(digestEntryOf))),
    // W&B writes a file's MD5 in base64, and for a reference whatever it has: its checksum, else its address.
    wandbDigest: hashChunks('md5', wandbManifestChunks(entries.map((entry) => ({ path: entry.path, digest: entry.reference === null ? Buffer.from(entry.md5 ?? '', 'hex').toString('base64') : (entry.md5 ?? entry.reference) })))),
  };
}

function digestEntryOf(entry: CommitEntry): DigestEntry {
  if (entry.reference !== null) return { kind: 'reference', path: entry.path, uri: entry.reference, size: entry.size, checksum: entry.md5 };
  if (entry.sha256 === null) throw new Error(`The manifest entry ${entry.path} has neither bytes nor a reference`);
  return { kind: 'file', path: entry.path, size: entry.size, sha256: entry.sha256 };
}

/** From this many files on, the catalog is asked first whether it has their list: most likely so when none of their bytes was new. */
const tellingEntries = 100;

async function logVersion(rooms: Rooms, input: LogInput, context: OperationContext) {
  const { paths, paranoid, ...facts } = input;
  // Names, rights and metadata are judged before a byte is read: a wrong name must not cost the reading of 5 GB.
  await rooms.catalog.read('internal.checkLog', facts, asking(context), { signal: context.signal });
  if (rooms.catalog.status().readOnly) throw new VitrineError('catalog_read_only', { details: { directory: rooms.directory } });
  const gathered = await gather(rooms, paths, context);
  if (gathered.files.length === 0) throw new VitrineError('bad_input', { details: { explanation: 'There are no files in what was chosen.', paths } });
  const ingested: readonly IngestedFile[] = await rooms.store.ingest(gathered.files, { signal: context.signal, onProgress: reportStoreProgress(context), paranoid });
  const entries = entriesOfIngested(ingested);
  const size = entries.reduce((sum, entry) => sum + entry.size, 0);
  const newBytes = ingested.reduce((sum, file) => sum + (file.deduplicated ? 0 : file.size), 0);
  if (context.signal.aborted) throw new VitrineError('cancelled', { details: { operation: 'versions.log' } });
  context.report({ phase: 'commit', done: size, total: size, unit: 'bytes', files: { done: entries.length, total: entries.length }, current: null });
  const commit = { ...facts, size, ...digestsOf(entries) };
  const known = entries.length < tellingEntries || newBytes > 0 ? null : await rooms.catalog.write('internal.commitKnown', commit, acting(context));
  const result = known !== null && known.output !== null ? known : await rooms.catalog.write('internal.commitVersion', { ...commit, entries }, acting(context));
  return { ...result, output: { ...(result.output as Omit<OutputOf<'versions.log'>, 'newBytes'>), newBytes } };
}

async function scan(rooms: Rooms, input: CheckedInputOf<'imports.scan'>, context: OperationContext) {
  const gathered = await gather(rooms, input.paths, context);
  const only = input.paths.length === 1 ? input.paths[0] : undefined;
  const folders = new Map<string, { files: number; bytes: number }>();
  const single = only !== undefined && (await lstat(only)).isDirectory();
  if (single) {
    for (const file of gathered.files) {
      const slash = file.path.indexOf('/');
      if (slash < 0) continue;
      const name = file.path.slice(0, slash);
      const sum = folders.get(name) ?? { files: 0, bytes: 0 };
      sum.files += 1;
      sum.bytes += file.size ?? 0;
      folders.set(name, sum);
    }
  }
  const first = input.paths[0] ?? '';
  return {
    output: {
      files: gathered.files.length,
      bytes: gathered.bytes,
      suggestedName: suggestArtifactName(path.basename(first)),
      suggestedType: suggestArtifactType(gathered.files.map((file) => file.path)),
      sample: gathered.files.slice(0, 200).map((file) => ({ path: file.path, size: file.size ?? 0 })),
      subfolders: [...folders].slice(0, 1000).map(([name, sum]) => ({ name, path: path.join(first, name), ...sum })),
    } satisfies OutputOf<'imports.scan'>,
    undo: null,
  };
}

export const logHandlers: Handlers = { 'versions.log': logVersion, 'imports.scan': scan };
