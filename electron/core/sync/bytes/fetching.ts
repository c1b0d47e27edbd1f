/**
 * Files of one version on their way here: small ones several at once, large ones in parts that lie at their places and count one by one, so
 * that a fetch that was cut off, by whatever it was, goes on where it stood. Size and digests are held against what is known of them, and
 * the SHA-256 of everything is taken while it comes.
 */
import { ulid } from 'ulid';
import { isVitrineError, VitrineError, type Progress } from '#shared/contract/index.ts';
import { backoffMilliseconds } from '#shared/domain/index.ts';
import type { CommittedEntry } from '../../catalog/commands/versions.ts';
import type { FetchedFile } from '../../catalog/queries/bytes.ts';
import type { Store } from '../../store/index.ts';
import type { RangeAnswer, RemoteBytes } from '../remotes/connector.ts';
import { systemClock, type Pace } from './pace.ts';

/** Larger files come in parts of this many bytes. */
const partBytes = 32 * 1024 * 1024;
/** Small files that are brought at once, and kept in memory until they are in the store. */
const batchFiles = 500;
const batchBytes = 64 * 1024 * 1024;
const connectionsForSmall = 8;
const connectionsForParts = 4;
/** Tries of one file or part within one fetch: networks cut connections. */
const tries = 4;
/** Between two of them, in milliseconds. */
const longestPause = 2000;
const reportEvery = 100;

export type Fetching = {
  readonly store: Store;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
  /** What came before of these files, by path. */
  readonly before: ReadonlyMap<string, FetchedFile>;
  /** Files of more bytes come in parts of so many. */
  readonly partSize?: number;
  /** Remembers how far files are, across a restart. */
  keep(files: readonly FetchedFile[]): Promise<void>;
};

type Came = { readonly sha256: string; readonly md5: string };

/** Brings files; answers their entries in the order of `files`. Errors: those of the place and of the store, `object_damaged` where bytes are others than were known. */
export async function fetchFiles(files: readonly RemoteBytes[], fetching: Fetching): Promise<readonly CommittedEntry[]> {
  const { store, before } = fetching;
  const tally = tallyOf(files, fetching.report);
  const came = new Map<string, Came>();
  const missing: RemoteBytes[] = [];
  for (const file of files) {
    const kept = before.get(file.path);
    const whole = kept?.size === file.size && kept.sha256 !== null && kept.md5 !== null && (file.sha256 == null || file.sha256 === kept.sha256) && (await store.has(kept.sha256)) ? { sha256: kept.sha256, md5: kept.md5 } : null;
    if (whole === null) missing.push(file);
    else {
      came.set(file.path, whole);
      tally.add(file.size);
      tally.finish(file.path);
    }
  }
  const partSize = fetching.partSize ?? partBytes;
  const large = missing.filter((file) => file.size > partSize);
  for (const [path, one] of await fetchSmall(missing.filter((file) => file.size <= partSize), fetching, tally)) came.set(path, one);
  for (const file of large) came.set(file.path, await fetchLarge(file, fetching, tally));
  tally.end();
  return files.map((file) => {
    const one = came.get(file.path);
    if (one === undefined) throw new Error(`${file.path} was not fetched`);
    return { path: file.path, size: file.size, sha256: one.sha256, md5: one.md5, reference: null };
  });
}

// Small files ----------------------------------------------------------------------------------------------------------

async function fetchSmall(files: readonly RemoteBytes[], fetching: Fetching, tally: Tally): Promise<ReadonlyMap<string, Came>> {
  const { store, signal } = fetching;
  const came = new Map<string, Came>();
  const batches = batchesOf(files);
  const download = async (batch: readonly RemoteBytes[]): Promise<readonly Uint8Array[]> => inParallel(batch, connectionsForSmall, (file) => again(fetching, () => readWhole(file, fetching, tally)));
  let next = batches[0] === undefined ? null : download(batches[0]);
  for (const [index, batch] of batches.entries()) {
    const contents = await (next ?? download(batch));
    const following = batches[index + 1];
    // The next ones come while these are written.
    next = following === undefined ? null : download(following);
    next?.catch(() => undefined);
    const ingested = await store.ingest(batch.map((file, at) => ({ path: file.path, size: file.size, content: pieces(contents[at] ?? new Uint8Array(0)) })), { signal });
    for (const [at, file] of batch.entries()) {
      const one = ingested[at];
      if (one === undefined) throw new Error(`${file.path} was not taken in`);
      refuseOther(file, one);
      came.set(file.path, one);
      tally.finish(file.path);
    }
    await fetching.keep(batch.map((file) => ({ path: file.path, size: file.size, sha256: came.get(file.path)?.sha256 ?? null, md5: came.get(file.path)?.md5 ?? null, arrival: null, parts: [], etag: null })));
  }
  return came;
}

function batchesOf(files: readonly RemoteBytes[]): readonly (readonly RemoteBytes[])[] {
  const batches: RemoteBytes[][] = [];
  let bytes = 0;
  for (const file of files) {
    const last = batches.at(-1);
    if (last === undefined || last.length >= batchFiles || bytes + file.size > batchBytes) {
      batches.push([file]);
      bytes = file.size;
    } else {
      last.push(file);
      bytes += file.size;
    }
  }
  return batches;
}

async function readWhole(file: RemoteBytes, { pace, signal }: Fetching, tally: Tally): Promise<Uint8Array> {
  const whole = new Uint8Array(file.size);
  let read = 0;
  try {
    for await (const piece of pace.hold(file.open(signal), signal)) {
      if (read + piece.length > file.size) throw wrongLength(file, `more than ${file.size}`, true);
      whole.set(piece, read);
      read += piece.length;
      tally.add(piece.length, file.path);
    }
    if (read !== file.size) throw wrongLength(file, `${read} of ${file.size}`);
    return whole;
  } catch (thrown) {
    tally.add(-read);
    throw thrown;
  }
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

// Large files ----------------------------------------------------------------------------------------------------------

async function fetchLarge(file: RemoteBytes, fetching: Fetching, tally: Tally): Promise<Came> {
  const kept = fetching.before.get(file.path);
  const goesOn = kept?.arrival != null && kept.size === file.size;
  const known: { arrival: string; parts: (readonly [number, number])[]; etag: string | null } = goesOn && kept.arrival !== null ? { arrival: kept.arrival, parts: [...kept.parts], etag: kept.etag } : { arrival: `fetch-${ulid().toLowerCase()}`, parts: [], etag: null };
  const first = await firstRange(file, known, fetching);
  if (first === 'changed') {
    await fetching.store.removeAssembly(known.arrival);
    await fetching.keep([{ path: file.path, size: file.size, sha256: null, md5: null, arrival: null, parts: [], etag: null }]);
    const fresh = new Map(fetching.before);
    fresh.delete(file.path);
    return fetchLarge(file, { ...fetching, before: fresh }, tally);
  }
  const { store, signal } = fetching;
  const note = (whole: Came | null): FetchedFile => ({ path: file.path, size: file.size, sha256: whole?.sha256 ?? null, md5: whole?.md5 ?? null, arrival: whole === null ? known.arrival : null, parts: whole === null ? known.parts : [], etag: known.etag });
  // Known before it is there: what the catalog does not know of is swept away.
  await fetching.keep([note(null)]);
  const assembly = store.assembly(known.arrival);
  for (const [start, size] of known.parts) {
    assembly.admit(start, size);
    tally.add(size);
  }
  const lacking = first === null ? [{ start: 0, size: file.size }] : partsOf(file.size, fetching).filter(({ start }) => !known.parts.some(([there]) => there === start));
  if (first === null && known.parts.length > 0) throw new VitrineError('remote_failed', { details: { explanation: `“${file.path}” came in parts before, and now comes as a whole only: try again.` } });
  let keeping: Promise<void> = Promise.resolve();
  const bring = async (part: { readonly start: number; readonly size: number }): Promise<void> => {
    let counted = 0;
    const content = first === null ? file.open(signal) : await rangeOf(file, part, known, first, fetching);
    const counting = async function* (): AsyncGenerator<Uint8Array> {
      for await (const piece of fetching.pace.hold(content, signal)) {
        counted += piece.length;
        tally.add(piece.length, file.path);
        yield piece;
      }
    };
    try {
      await assembly.write(part.start, { content: counting(), size: part.size, signal, digested: false }, async () => {
        known.parts.push([part.start, part.size]);
        keeping = keeping.then(() => fetching.keep([note(null)]));
        await keeping;
      });
    } catch (thrown) {
      tally.add(-counted);
      throw isVitrineError(thrown) && thrown.code === 'file_changed' ? wrongLength(file, `${counted} bytes where ${part.size} were to come, of ${file.size}`) : thrown;
    }
  };
  await inParallel(lacking, connectionsForParts, (part) => again(fetching, () => bring(part)));
  try {
    const whole = await assembly.finish(file.size, null, file.md5 ?? null, file.sha256 ?? null);
    await fetching.keep([note(whole)]);
    tally.finish(file.path);
    return whole;
  } catch (thrown) {
    // Whatever is wrong in it, it can't be told which part: it begins anew.
    if (!isVitrineError(thrown) || thrown.code !== 'bad_input') throw thrown;
    await fetching.keep([{ ...note(null), arrival: null, parts: [], etag: null }]);
    const { found } = thrown.details;
    throw damaged(file, typeof found === 'string' ? found : 'others');
  } finally {
    if (!signal.aborted) await store.removeAssembly(known.arrival).catch(() => undefined);
  }
}

const partsOf = (size: number, { partSize = partBytes }: Fetching): readonly { readonly start: number; readonly size: number }[] => Array.from({ length: Math.ceil(size / partSize) }, (_, index) => ({ start: index * partSize, size: Math.min(partSize, size - index * partSize) }));

type First = { readonly start: number; answer: RangeAnswer | null };

/** The first part that lacks, as a look whether parts can be had at all; null where they can't, `changed` where the file is another one than before. */
async function firstRange(file: RemoteBytes, known: { readonly parts: readonly (readonly [number, number])[]; etag: string | null }, fetching: Fetching): Promise<First | null | 'changed'> {
  const { signal } = fetching;
  const [lacking] = partsOf(file.size, fetching).filter(({ start }) => !known.parts.some(([there]) => there === start));
  // All parts are here: only the end was cut off.
  if (lacking === undefined) return { start: -1, answer: null };
  if (file.range === undefined) return known.parts.length > 0 ? 'changed' : null;
  const answer = await file.range(lacking.start, lacking.start + lacking.size, signal);
  if (answer === null) return known.parts.length > 0 ? 'changed' : null;
  if (known.parts.length > 0 && answer.etag !== known.etag) {
    await letGo(answer);
    return 'changed';
  }
  known.etag = answer.etag;
  return { start: lacking.start, answer };
}

async function rangeOf(file: RemoteBytes, part: { readonly start: number; readonly size: number }, known: { readonly etag: string | null }, first: First, { signal }: Fetching): Promise<AsyncIterable<Uint8Array>> {
  if (first.start === part.start && first.answer !== null) {
    const { content } = first.answer;
    first.answer = null;
    return content;
  }
  const answer = (await file.range?.(part.start, part.start + part.size, signal)) ?? null;
  if (answer === null) throw new VitrineError('remote_failed', { details: { explanation: `“${file.path}” no longer comes in parts: try again.` } });
  if (answer.etag !== known.etag) {
    await letGo(answer);
    throw new VitrineError('remote_failed', { details: { explanation: `“${file.path}” was changed there while it came: it begins anew with the next try.` } });
  }
  return answer.content;
}

const letGo = async ({ content }: RangeAnswer): Promise<void> => void (await content[Symbol.asyncIterator]().return?.().catch(() => undefined));

// What holds for both ----------------------------------------------------------------------------------------------------

function refuseOther(file: RemoteBytes, found: Came): void {
  if (file.sha256 != null && file.sha256 !== found.sha256) throw damaged(file, found.sha256);
  if (file.md5 != null && file.md5 !== found.md5) throw damaged(file, found.md5);
}

const damaged = (file: RemoteBytes, found: string): VitrineError =>
  new VitrineError('object_damaged', { details: { path: file.path, expected: file.sha256 ?? file.md5 ?? null, found, explanation: `The bytes of “${file.path}” that came are not those that are known by their digest: nothing of them was kept.` } });

/** `final`: no other try can end otherwise. */
const wrongLength = (file: RemoteBytes, what: string, final = false): VitrineError => new VitrineError('remote_failed', { details: { explanation: `“${file.path}”: ${what} bytes came.`, path: file.path, final } });

/** Does what a cut connection or a server out of breath spoiled once more. */
async function again<Value>({ signal }: Fetching, work: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      if (attempt >= tries || signal.aborted || !isVitrineError(thrown) || (thrown.code !== 'remote_unreachable' && thrown.code !== 'remote_failed') || thrown.details['final'] === true) throw thrown;
      const asked = thrown.details['retryAfterMilliseconds'];
      await systemClock.wait(Math.min(backoffMilliseconds(attempt, Math.random, typeof asked === 'number' ? asked : null), longestPause), signal);
    }
  }
}

/** Results in order; the first failure ends it once what runs has ended. */
export async function inParallel<Item, Result>(items: readonly Item[], most: number, work: (item: Item) => Promise<Result>): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failure: { readonly thrown: unknown } | null = null;
  const one = async (): Promise<void> => {
    for (let at = next++; at < items.length && failure === null; at = next++) {
      try {
        results[at] = await work(items[at] as Item);
      } catch (thrown) {
        failure ??= { thrown };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, one));
  if (failure !== null) throw (failure as { readonly thrown: unknown }).thrown;
  return results;
}

type Tally = { add(bytes: number, path?: string): void; finish(path: string): void; end(): void };

function tallyOf(files: readonly RemoteBytes[], report: (progress: Progress) => void): Tally {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  let done = 0;
  let finished = 0;
  let current: string | null = null;
  let last = 0;
  const tell = (): void => report({ phase: 'fetch', done, total, unit: 'bytes', files: { done: finished, total: files.length }, current });
  return {
    add(bytes, path) {
      done += bytes;
      current = path ?? current;
      const now = performance.now();
      if (now - last < reportEvery) return;
      last = now;
      tell();
    },
    finish(path) {
      finished += 1;
      current = path;
    },
    end() {
      current = null;
      tell();
    },
  };
}
