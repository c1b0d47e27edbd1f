/**
 * Bytes of versions between here and elsewhere: fetched from a remote or a bucket, put into a bucket, freed here. What lies where is the
 * catalog's to know; that it really does is asked of the place before anything is let go of.
 */
import { createHash } from 'node:crypto';
import { isVitrineError, VitrineError, type Bucket, type BucketCredential, type BucketTestStep, type OutputOf, type Progress } from '#shared/contract/index.ts';
import { checkManifestPaths, explainViolation, sortForDigest } from '#shared/domain/index.ts';
import type { CatalogPool } from '../../catalog/index.ts';
import type { CommittedEntry } from '../../catalog/commands/versions.ts';
import type { BytesSources, FetchedFile } from '../../catalog/queries/bytes.ts';
import type { Unfetched } from '../../catalog/queries/remotes.ts';
import type { Vault } from '../../host/vault.ts';
import type { Store } from '../../store/index.ts';
import { digestsOf } from '../../operations/log.ts';
import { credentialOf } from '../credentials.ts';
import { sentenceOf } from '../http.ts';
import type { Connector, RemoteBytes, RemoteFile } from '../remotes/connector.ts';
import { isMissing, openBucket, type BucketKey, type BucketPlace, type OpenBucket } from './bucket.ts';
import { fetchFiles, inParallel } from './fetching.ts';
import { Pace } from './pace.ts';

export type BytesRooms = { readonly catalog: CatalogPool; readonly store: Store; readonly vault: Vault };

/** A remote that is connected, as far as its bytes go. */
export type Source = { readonly name: string; readonly connector: Pick<Connector, 'files'>; readonly pace: Pace };

export type Work = { readonly signal: AbortSignal; readonly report: (progress: Progress) => void };

export type Bytes = {
  /** Brings what of these versions is not here. */
  fetch(versionIds: readonly number[], work: Work): Promise<OutputOf<'sync.fetch'>>;
  put(bucketId: number, versionIds: readonly number[], work: Work): Promise<Omit<OutputOf<'bytes.store'>, 'freedBytes'>>;
  free(versionIds: readonly number[], how: { readonly simulate: boolean; readonly thorough: boolean }, work: Work): Promise<OutputOf<'bytes.free'>>;
  testBucket(place: BucketPlace, signal: AbortSignal): Promise<readonly BucketTestStep[]>;
  /** The bucket of that name at its place, where the person has made it known: the way to artifacts that lie in it. */
  bucketNamed(bucket: string): Promise<OpenBucket | null>;
  /** A bucket was changed or removed: what is known of how to reach it counts no more. */
  bucketChanged(id: number): void;
};

/** Why bytes can't be had, where another try alone mends nothing: said of the version, and in the way of no other. */
export const lastingFailures: ReadonlySet<string> = new Set(['not_offered', 'path_invalid', 'remote_refused', 'object_damaged']);

const askedAtOnce = 8;
const entriesAtOnce = 10_000;

export function createBytes(rooms: BytesRooms, sourceOf: (remoteId: number) => Promise<Source>): Bytes {
  const { catalog, store } = rooms;
  const buckets = new Map<number, Promise<OpenBucket>>();
  /** One fetch of a version at a time: who asks meanwhile waits and then finds it here. */
  const fetching = new Map<number, Promise<unknown>>();
  const freePace = new Pace(null);

  const actorId = () => catalog.status().defaultUserId;
  const read = async <Value>(name: string, input: unknown): Promise<Value> => (await catalog.read(name, input, { actorId: actorId() })) as Value;
  const write = async (name: string, input: unknown): Promise<void> => void (await catalog.write(name, input, { actorId: actorId(), entrance: 'sync', message: null }));

  async function bucketOf(id: number): Promise<OpenBucket> {
    const known = buckets.get(id);
    if (known !== undefined) return known;
    const opening = (async () => {
      const bucket = await read<Bucket>('internal.manageBucket', { id });
      return openBucket({ ...bucket, key: await keyOf(rooms.vault, bucket) }, { requests: 0, bytesIn: 0, bytesOut: 0 });
    })();
    buckets.set(id, opening);
    opening.catch(() => buckets.delete(id));
    return opening;
  }

  async function entriesOf(versionId: number): Promise<readonly CommittedEntry[]> {
    const all: CommittedEntry[] = [];
    let cursor: string | undefined;
    do {
      const page: { readonly items: readonly CommittedEntry[]; readonly nextCursor: string | null } = await read('internal.versionEntries', { id: versionId, limit: entriesAtOnce, ...(cursor === undefined ? {} : { cursor }) });
      all.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return all;
  }

  const sourcesOf = (versionIds: readonly number[]): Promise<readonly BytesSources[]> => read('internal.bytesSources', { versionIds });

  // Here ---------------------------------------------------------------------------------------------------------------

  async function fetch(versionIds: readonly number[], work: Work): Promise<OutputOf<'sync.fetch'>> {
    const tally = { fetched: 0, files: 0, bytes: 0 };
    for (const { versionId } of await sourcesOf(versionIds)) {
      const before = fetching.get(versionId);
      const turn = (before ?? Promise.resolve()).then(() => fetchVersion(versionId, work), () => fetchVersion(versionId, work));
      fetching.set(versionId, turn);
      try {
        const { files, bytes } = await turn;
        tally.fetched += files === 0 ? 0 : 1;
        tally.files += files;
        tally.bytes += bytes;
      } catch (thrown) {
        if (isVitrineError(thrown) && lastingFailures.has(thrown.code)) await write('internal.noteUnfetchable', { versionId, why: sentenceOf(thrown) });
        throw thrown;
      } finally {
        if (fetching.get(versionId) === turn) fetching.delete(versionId);
      }
    }
    return tally;
  }

  type Came = { readonly files: number; readonly bytes: number };

  async function fetchVersion(versionId: number, work: Work): Promise<Came> {
    const [version] = await sourcesOf([versionId]);
    if (version === undefined) return { files: 0, bytes: 0 };
    if (version.unknown) return fetchUnknown(version, work);
    return fetchFreed(version, work);
  }

  /** Versions of which only a remote knows what they are made of. */
  async function fetchUnknown(version: BytesSources, work: Work): Promise<Came> {
    const [there] = version.remotes;
    if (there === undefined) throw new VitrineError('not_offered', { details: { explanation: `No remote has ${version.label} any more.` } });
    const { connector, pace } = await sourceOf(there.remoteId);
    const files = await listed(connector, there, work.signal);
    if (files.length === 0) return { files: 0, bytes: 0 };
    const came = await bring(version.versionId, files.filter(isBytes), pace, work);
    const references = files.flatMap((file): readonly CommittedEntry[] => (isBytes(file) ? [] : [{ path: file.path, size: file.size, sha256: null, md5: file.md5, reference: file.reference }]));
    const entries = sortForDigest([...came, ...references]);
    const bytes = entries.reduce((sum, entry) => sum + entry.size, 0);
    await catalog.write('internal.noteFetched', { remoteId: there.remoteId, versionId: version.versionId, entries, ...digestsOf(entries), size: bytes }, { actorId: actorId(), entrance: 'sync', message: null, remoteId: there.remoteId });
    return { files: files.length, bytes };
  }

  /** Versions that were here and were let go of: their digests are known, so it doesn't matter who has the bytes. */
  async function fetchFreed(version: BytesSources, work: Work): Promise<Came> {
    const missing = new Map<string, CommittedEntry>();
    const seen = new Set<string>();
    for (const entry of await entriesOf(version.versionId)) {
      if (entry.sha256 === null || seen.has(entry.sha256)) continue;
      seen.add(entry.sha256);
      if (!(await store.has(entry.sha256))) missing.set(entry.sha256, entry);
    }
    if (missing.size === 0) {
      if (version.freed) await write('internal.noteArrived', { versionIds: [version.versionId], digests: [...seen] });
      return { files: 0, bytes: 0 };
    }
    const files = missing.size;
    const bytes = [...missing.values()].reduce((sum, entry) => sum + entry.size, 0);
    const problems: VitrineError[] = [];
    const attempt = async (work: () => Promise<void>): Promise<void> => {
      try {
        if (missing.size > 0) await work();
      } catch (thrown) {
        if (!isVitrineError(thrown) || thrown.code === 'cancelled' || thrown.code === 'disk_full' || thrown.code === 'store_read_only') throw thrown;
        problems.push(thrown);
      }
    };
    const take = async (found: readonly RemoteBytes[], pace: Pace): Promise<void> => {
      for (const { sha256 } of await bring(version.versionId, found, pace, work)) if (sha256 !== null) missing.delete(sha256);
    };
    for (const bucketId of version.buckets) {
      await attempt(async () => {
        const bucket = await bucketOf(bucketId);
        const there = await read<readonly string[]>('internal.inBucket', { bucketId, digests: [...missing.keys()] });
        await take(there.flatMap((sha256) => {
          const entry = missing.get(sha256);
          return entry === undefined ? [] : [objectIn(bucket, entry, sha256)];
        }), freePace);
      });
    }
    for (const there of version.remotes) {
      await attempt(async () => {
        const { connector, pace } = await sourceOf(there.remoteId);
        const listing = new Map((await listed(connector, there, work.signal)).filter(isBytes).map((file) => [file.path, file]));
        await take([...missing.values()].flatMap((entry) => {
          const file = listing.get(entry.path);
          return file === undefined || file.size !== entry.size ? [] : [{ ...file, sha256: entry.sha256, md5: entry.md5 }];
        }), pace);
      });
    }
    if (missing.size > 0) {
      const [first] = problems;
      const [lacking] = missing.values();
      if (first !== undefined) throw first;
      throw new VitrineError('object_missing', { details: { path: lacking?.path ?? '', explanation: `No known place has “${lacking?.path ?? ''}” of ${version.label}${missing.size > 1 ? ` and ${missing.size - 1} more of its files` : ''}.` } });
    }
    await write('internal.noteArrived', { versionIds: [version.versionId], digests: [...seen] });
    return { files, bytes };
  }

  async function bring(versionId: number, files: readonly RemoteBytes[], pace: Pace, work: Work): Promise<readonly CommittedEntry[]> {
    const before = new Map((await read<readonly FetchedFile[]>('internal.fetchedFiles', { versionId })).map((file) => [file.path, file]));
    return fetchFiles(files, { store, pace, ...work, before, keep: (kept) => write('internal.noteFetching', { versionId, files: kept }) });
  }

  // There --------------------------------------------------------------------------------------------------------------

  type Stored = CommittedEntry & { readonly sha256: string };
  const contentsOf = async (versionIds: readonly number[]): Promise<ReadonlyMap<string, Stored>> => {
    const contents = new Map<string, Stored>();
    for (const id of versionIds) for (const entry of await entriesOf(id)) if (entry.sha256 !== null && !contents.has(entry.sha256)) contents.set(entry.sha256, { ...entry, sha256: entry.sha256 });
    return contents;
  };

  async function put(bucketId: number, versionIds: readonly number[], { signal, report }: Work): Promise<Omit<OutputOf<'bytes.store'>, 'freedBytes'>> {
    const bucket = await bucketOf(bucketId);
    const sum = { objects: 0, bytes: 0, present: 0 };
    for (const id of versionIds) {
      const contents = await contentsOf([id]);
      const total = [...contents.values()].reduce((all, { size }) => all + size, 0);
      let done = 0;
      let files = 0;
      const stored: { readonly sha256: string; readonly size: number }[] = [];
      const note = async (): Promise<void> => {
        const objects = stored.splice(0);
        if (objects.length > 0) await write('internal.noteStored', { bucketId, objects });
      };
      const tell = (current: string | null): void => report({ phase: 'store', done, total, unit: 'bytes', files: { done: files, total: contents.size }, current });
      try {
        await inParallel([...contents.values()], askedAtOnce, async ({ sha256, size, path }) => {
          const key = bucket.keyOf(sha256);
          const there = await bucket.head(key, signal);
          if (there !== null && isSame(there, sha256, size)) sum.present += 1;
          else {
            // What lies here damaged must not go there under a good name.
            const [damaged] = (await store.verify({ only: [sha256], signal })).damaged;
            if (damaged !== undefined || !(await store.has(sha256))) throw new VitrineError(damaged === undefined ? 'object_missing' : 'object_damaged', { details: { path, digest: sha256 } });
            await bucket.put(key, { size, sha256, read: (start, end) => store.readRange(sha256, start, end) }, freePace, signal);
            sum.objects += 1;
            sum.bytes += size;
          }
          stored.push({ sha256, size });
          done += size;
          files += 1;
          tell(path);
        });
      } finally {
        // What did arrive counts, also when the rest was cut off.
        await note();
      }
      await write('internal.tellStored', { versionId: id, bucketId, objects: contents.size, bytes: total });
      tell(null);
    }
    return sum;
  }

  // Freed here -----------------------------------------------------------------------------------------------------------

  async function free(versionIds: readonly number[], { simulate, thorough }: { readonly simulate: boolean; readonly thorough: boolean }, { signal, report }: Work): Promise<OutputOf<'bytes.free'>> {
    const kept: OutputOf<'bytes.free'>['kept'] = [];
    const going: { readonly version: BytesSources; readonly contents: ReadonlyMap<string, Stored>; readonly places: readonly string[] }[] = [];
    const versions = await sourcesOf(versionIds);
    for (const [index, version] of versions.entries()) {
      report({ phase: 'ask', done: index, total: versions.length, unit: 'rows', files: null, current: version.label });
      const keep = (why: string): void => void kept.push({ versionId: version.versionId as never, label: version.label, why });
      if (version.unknown) {
        keep('None of its bytes is here.');
        continue;
      }
      const contents = await contentsOf([version.versionId]);
      const here = new Map<string, Stored>();
      for (const [sha256, entry] of contents) if (await store.has(sha256)) here.set(sha256, entry);
      if (here.size === 0) {
        keep('None of its bytes is here.');
        continue;
      }
      const found = await confirmed(version, here, thorough, signal);
      if ('why' in found) keep(found.why);
      else going.push({ version, contents: here, places: found.places });
    }
    const ids = going.map(({ version }) => version.versionId);
    const wanted = new Map(going.flatMap(({ contents }) => [...contents]));
    const shared = new Set(await read<readonly string[]>('internal.sharedDigests', { digests: [...wanted.keys()], versionIds: ids }));
    for (const { version, contents } of going) {
      if ([...contents.keys()].every((sha256) => shared.has(sha256))) kept.push({ versionId: version.versionId as never, label: version.label, why: 'Other versions are made of the same bytes, and they stay here.' });
    }
    const freed = going.filter(({ contents }) => ![...contents.keys()].every((sha256) => shared.has(sha256)));
    const digests = [...wanted.keys()].filter((sha256) => !shared.has(sha256));
    const bytes = digests.reduce((sum, sha256) => sum + (wanted.get(sha256)?.size ?? 0), 0);
    const answer = { objects: digests.length, bytes, freed: freed.map(({ version }) => version.versionId as never), kept };
    if (simulate || digests.length === 0) return answer;
    await write('internal.noteFreed', { versionIds: freed.map(({ version }) => version.versionId), digests, places: [...new Set(freed.flatMap(({ places }) => places))] });
    const doomed = new Set(digests);
    await store.collectGarbage({
      signal, graceMilliseconds: 0, rewriteFrom: 0, isReferenced: async (asked) => asked.map((sha256) => !doomed.has(sha256)),
      onProgress: (progress) => report({ phase: 'free', done: progress.doneFiles, total: progress.totalFiles, unit: 'files', files: null, current: null }),
    });
    const still: string[] = [];
    for (const sha256 of digests) if (await store.has(sha256)) still.push(sha256);
    // What a cut left here is here.
    if (still.length > 0) await write('internal.noteArrived', { versionIds: [], digests: still });
    return answer;
  }

  /** Asks the places whether they have all of a version's bytes. Every object must be at one of them. */
  async function confirmed(version: BytesSources, here: ReadonlyMap<string, Stored>, thorough: boolean, signal: AbortSignal): Promise<{ readonly places: readonly string[] } | { readonly why: string }> {
    const lacking = new Map(here);
    const places: string[] = [];
    const problems: string[] = [];
    const attempt = async (name: string, work: () => Promise<number>): Promise<void> => {
      if (lacking.size === 0) return;
      try {
        if ((await work()) > 0) places.push(name);
      } catch (thrown) {
        if (!isVitrineError(thrown) || thrown.code === 'cancelled') throw thrown;
        problems.push(`${name} could not be asked (${thrown.code.replaceAll('_', ' ')}).`);
      }
    };
    for (const bucketId of version.buckets) {
      const bucket = await bucketOf(bucketId);
      await attempt(bucket.place.name, async () => {
        const noted = await read<readonly string[]>('internal.inBucket', { bucketId, digests: [...lacking.keys()] });
        const lost: string[] = [];
        const before = lacking.size;
        await inParallel(noted, askedAtOnce, async (sha256) => {
          const entry = lacking.get(sha256);
          if (entry === undefined) return;
          const there = await bucket.head(bucket.keyOf(sha256), signal);
          if (there === null || !isSame(there, sha256, entry.size) || (thorough && !(await readsWell(objectIn(bucket, entry, sha256), signal)))) lost.push(sha256);
          else lacking.delete(sha256);
        });
        if (lost.length > 0) {
          problems.push(`${bucket.place.name} no longer has ${lost.length === 1 ? 'one of its objects' : `${lost.length} of its objects`}.`);
          await write('internal.noteLost', { bucketId, digests: lost });
        }
        return before - lacking.size;
      });
    }
    for (const there of version.remotes) {
      const { connector, name } = await sourceOf(there.remoteId);
      await attempt(name, async () => {
        const listing = new Map((await listed(connector, there, signal)).filter(isBytes).map((file) => [file.path, file]));
        const before = lacking.size;
        for (const [sha256, entry] of lacking) {
          const file = listing.get(entry.path);
          const same = file !== undefined && file.size === entry.size && (file.md5 == null || file.md5 === entry.md5) && (!thorough || (await readsWell({ ...file, sha256 }, signal)));
          if (same) lacking.delete(sha256);
        }
        if (lacking.size > 0) problems.push(`${name} does not have ${lacking.size === here.size ? 'its files' : `${lacking.size} of its files`} as they are here.`);
        return before - lacking.size;
      });
    }
    if (lacking.size === 0) return { places };
    return { why: problems.length > 0 ? `${problems.join(' ')} This is the only copy.` : 'No remote and no bucket has its bytes: this is the only copy.' };
  }

  return {
    fetch, put, free,
    async testBucket(place, signal) {
      return (await openBucket(place, { requests: 0, bytesIn: 0, bytesOut: 0 })).test(signal);
    },
    async bucketNamed(bucket) {
      const { items } = await read<OutputOf<'buckets.list'>>('buckets.list', {});
      const found = items.find((one) => one.bucket === bucket);
      return found === undefined ? null : bucketOf(found.id);
    },
    bucketChanged: (id) => void buckets.delete(id),
  };
}

/** What signs requests to a bucket. @throws VitrineError `remote_sign_in` where the secret is no longer there */
export async function keyOf(vault: Vault, bucket: Pick<Bucket, 'id' | 'name' | 'credential'>): Promise<BucketKey> {
  return asKey(await credentialOf(vault, { id: bucket.id, name: bucket.name, credential: bucket.credential }, 'bucket'), bucket.name);
}

export function asKey(credential: BucketCredential | { readonly kind: 'token'; readonly token: string }, bucket: string): BucketKey {
  if (credential.kind === 'basic') return { accessKeyId: credential.username, secretAccessKey: credential.password };
  if (credential.kind === 'none') return null;
  throw new VitrineError('remote_sign_in', { details: { remote: bucket, explanation: `The key of “${bucket}” is none: it is written as access key, “:”, secret.` } });
}

const isBytes = (file: RemoteFile): file is RemoteBytes => !('reference' in file);

const isSame = (there: { readonly size: number; readonly sha256: string | null }, sha256: string, size: number): boolean => there.size === size && (there.sha256 === null || there.sha256 === sha256);

function objectIn(bucket: OpenBucket, entry: CommittedEntry, sha256: string): RemoteBytes {
  const key = bucket.keyOf(sha256);
  return {
    path: entry.path, size: entry.size, sha256, md5: entry.md5, range: (start, end, signal) => bucket.get(key, { start, end }, signal),
    async *open(signal) {
      yield* (await bucket.get(key, null, signal)).content;
    },
  };
}

/** Whether what a place gives has the digest that is known; a place that fails is no answer and throws. */
async function readsWell(file: RemoteBytes, signal: AbortSignal): Promise<boolean> {
  const hash = createHash('sha256');
  try {
    for await (const piece of file.open(signal)) hash.update(piece);
  } catch (thrown) {
    if (isMissing(thrown)) return false;
    throw thrown;
  }
  return hash.digest('hex') === file.sha256;
}

async function listed(connector: Pick<Connector, 'files'>, version: Unfetched, signal: AbortSignal): Promise<readonly RemoteFile[]> {
  const files = await connector.files(version, signal);
  // Whatever a place lists is a path only once it was looked at.
  const verdict = checkManifestPaths(files.map((file) => file.path));
  if (!verdict.ok) throw new VitrineError('path_invalid', { details: { violation: verdict.violation, explanation: explainViolation(verdict.violation) } });
  return files;
}

