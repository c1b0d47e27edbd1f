/** Drafts where the store has a say: planning, joining parts, committing; and manifests in W&B's form. */
import { createHash } from 'node:crypto';
import { isVitrineError, VitrineError, type CheckedInputOf, type OutputOf } from '#shared/contract/index.ts';
import { base64OfHexMd5, compareCodePoints, explainViolation, formatWandbManifest, parseWandbManifest, type RawManifestEntry, type WandbManifestEntry } from '#shared/domain/index.ts';
import { acting, asking, type OperationContext } from './context.ts';
import { draftArrivals } from './draftArrivals.ts';
import { entriesOf } from './export.ts';
import type { Handlers, Rooms } from './index.ts';
import { digestsOf, reportStoreProgress, type CommitEntry } from './log.ts';
import { recentBody } from './recentBodies.ts';

/** A manifest of more bytes is no manifest: a million files need about 200 MB. */
const largestManifestBytes = 256 * 1024 * 1024;
/** Paths named in an error. */
const namedPaths = 5;

type Created = { readonly answer: OutputOf<'drafts.create'>; readonly binding: boolean };

async function createDraft(rooms: Rooms, input: CheckedInputOf<'drafts.create'>, context: OperationContext) {
  const result = await rooms.catalog.write('internal.createDraft', input, acting(context));
  const { answer, binding } = result.output as Created;
  if (binding) await rooms.catalog.write('internal.settle', {}, acting(context));
  return { ...result, output: answer };
}

type Planned = { readonly files: readonly (OutputOf<'drafts.planFiles'>['files'][number] & { readonly sha256: string | null })[] };

async function planFiles(rooms: Rooms, input: CheckedInputOf<'drafts.planFiles'>, context: OperationContext) {
  const plan = async (missing: readonly string[]) => await rooms.catalog.write('internal.planFiles', { ...input, missing }, acting(context));
  let result = await plan([]);
  // What the catalog knows may be in quarantine: then it is to be sent again.
  const claimed = [...new Set((result.output as Planned).files.flatMap((file) => file.sha256 ?? []))];
  const missing = await missingOf(rooms, claimed);
  if (missing.length > 0) result = await plan(missing);
  return { ...result, output: { files: (result.output as Planned).files.map(({ sha256: _sha256, ...file }) => file) } satisfies OutputOf<'drafts.planFiles'> };
}

async function missingOf(rooms: Rooms, objects: readonly string[]): Promise<string[]> {
  const missing: string[] = [];
  for (const sha256 of objects) if (!(await rooms.store.has(sha256))) missing.push(sha256);
  return missing;
}

type PartFacts = { readonly number: number; readonly sha256: string | null; readonly size: number | null };
type UploadParts = { readonly arrival: string | null; readonly parts: readonly PartFacts[] };
type UploadFacts = { readonly md5: string; readonly path: string; readonly sha256: string | null };

/** Uploads whose parts are being joined. A client that asks again, because an answer took long, waits for the same. */
const joining = new WeakMap<Rooms['store'], Map<number, Promise<string>>>();

async function completeParts(rooms: Rooms, input: CheckedInputOf<'drafts.completeParts'>, context: OperationContext) {
  const { uploadId } = input;
  const facts = (await rooms.catalog.read('internal.uploadFacts', { uploadId }, asking(context))) as UploadFacts;
  const answer = (md5: string | null) => ({ output: { md5 } satisfies OutputOf<'drafts.completeParts'>, undo: null });
  if (input.action === 'abort') {
    await letGoOfParts(rooms, uploadId, context);
    return answer(null);
  }
  const underWay = joining.get(rooms.store) ?? new Map<number, Promise<string>>();
  joining.set(rooms.store, underWay);
  let joined = underWay.get(uploadId);
  if (joined === undefined) {
    // It goes on when its client goes away: the next one that asks finds it done.
    joined = joinParts(rooms, uploadId, facts, context).finally(() => underWay.delete(uploadId));
    underWay.set(uploadId, joined);
  }
  return answer(await joined);
}

async function joinParts(rooms: Rooms, uploadId: number, facts: UploadFacts, context: OperationContext): Promise<string> {
  const { arrival, parts } = (await rooms.catalog.read('internal.uploadParts', { uploadId }, asking(context))) as UploadParts;
  if (parts.length === 0 && facts.sha256 !== null) return facts.md5;
  const lacking = parts.filter((part) => part.size === null).map((part) => part.number);
  if (parts.length === 0 || lacking.length > 0) {
    throw new VitrineError('object_missing', { details: { path: facts.path, explanation: parts.length === 0 ? `“${facts.path}” was not announced in parts.` : `Part ${lacking.slice(0, namedPaths).join(', ')} of “${facts.path}” was never sent.` } });
  }
  const taken = await wholeOf(rooms, facts, arrival, parts).catch((thrown: unknown) => {
    if (!isVitrineError(thrown) || thrown.code !== 'bad_input') throw thrown;
    throw new VitrineError('bad_input', { details: { path: facts.path, explanation: `The parts of “${facts.path}” together have the MD5 ${String(thrown.details['found'])}, not ${facts.md5} as declared.` } });
  });
  await rooms.catalog.write('internal.noteUpload', { uploadId, sha256: taken.sha256, size: taken.size }, acting(context));
  await letGoOfParts(rooms, uploadId, context);
  return facts.md5;
}

/** The object of all parts. Those that lie at their places are nearly done; what was kept apart goes behind them, or all of it is written once more. */
async function wholeOf(rooms: Rooms, facts: UploadFacts, arrival: string | null, parts: readonly PartFacts[]): Promise<{ readonly sha256: string; readonly size: number }> {
  const { store } = rooms;
  const assembly = arrival === null ? null : store.assembly(arrival);
  const partSize = parts.find((part) => part.sha256 === null)?.size ?? 0;
  parts.forEach((part, index) => {
    if (part.sha256 === null && part.size !== null) assembly?.admit(index * partSize, part.size);
  });
  const inPlace = parts.findIndex((part) => part.sha256 !== null);
  async function* bytes(some: readonly PartFacts[]): AsyncGenerator<Uint8Array> {
    for (const part of some) {
      if (part.sha256 !== null) yield* await store.openReader(part.sha256);
      else if (assembly !== null) yield* assembly.read(parts.indexOf(part) * partSize);
    }
  }
  if (assembly !== null && inPlace !== 0 && (inPlace === -1 || inPlace === parts.length - 1)) {
    const tail = inPlace === -1 ? [] : parts.slice(inPlace);
    return await assembly.finish((parts.length - tail.length) * partSize, tail.length === 0 ? null : bytes(tail), facts.md5);
  }
  const [taken] = await store.ingest([{ path: 'upload', content: bytes(parts) }]);
  if (taken?.md5 !== facts.md5) throw new VitrineError('bad_input', { details: { found: taken?.md5 ?? '' } });
  return taken;
}

async function letGoOfParts(rooms: Rooms, uploadId: number, context: OperationContext): Promise<void> {
  const { arrival } = (await rooms.catalog.read('internal.uploadParts', { uploadId }, asking(context))) as UploadParts;
  await rooms.catalog.write('internal.dropParts', { uploadId }, acting(context));
  if (arrival !== null) await rooms.store.removeAssembly(arrival);
}

// Committing ----------------------------------------------------------------------------------------------------------

type Manifest = { readonly id: number; readonly kind: 'full' | 'patch' | 'incremental'; readonly name: string; readonly baseVersionId: number | null; readonly announced: boolean; readonly sha256: string | null; readonly size: number };
type ToCommit =
  | { readonly state: 'committed'; readonly outcome: OutputOf<'drafts.commit'> }
  | { readonly state: 'open'; readonly wandbDigest: string; readonly distributed: boolean; readonly manifests: readonly Manifest[] };

async function commitDraft(rooms: Rooms, input: CheckedInputOf<'drafts.commit'>, context: OperationContext) {
  try {
    return await commitOpenDraft(rooms, input, context);
  } catch (thrown) {
    if (!isVitrineError(thrown) || thrown.code !== 'version_unavailable') throw thrown;
    // Another call may have committed it meanwhile: both are answered with what became of it.
    const draft = (await rooms.catalog.read('internal.draftToCommit', { id: input.id }, asking(context))) as ToCommit;
    if (draft.state !== 'committed') throw thrown;
    return { output: draft.outcome, undo: null };
  }
}

async function commitOpenDraft(rooms: Rooms, input: CheckedInputOf<'drafts.commit'>, context: OperationContext) {
  await draftArrivals(rooms).noted(input.id);
  const draft = (await rooms.catalog.read('internal.draftToCommit', { id: input.id }, asking(context))) as ToCommit;
  if (draft.state === 'committed') return { output: draft.outcome, undo: null };
  // One that was announced without a digest was never meant to come: its client went away.
  const manifests = draft.manifests.filter((manifest) => manifest.announced);
  const lacking = manifests.find((manifest) => manifest.sha256 === null);
  if (manifests.length === 0) throw new VitrineError('bad_input', { details: { explanation: 'The draft has no manifest, so nobody knows what is in it.' } });
  if (lacking !== undefined) throw neverSent(lacking.name);
  const { entries, single, bases } = await merged(rooms, input.id, manifests, context);
  const resolved = await withBytes(rooms, input.id, bases, entries, context);
  const [lost] = await missingOf(rooms, manifests.flatMap((manifest) => manifest.sha256 ?? []));
  if (lost !== undefined) throw neverSent(manifests.find((manifest) => manifest.sha256 === lost)?.name ?? '');
  const digests = digestsOf(resolved);
  // The digest of a manifest that stands alone is known from the start; of parts and increments only here.
  if (single !== null && !draft.distributed && digests.wandbDigest !== draft.wandbDigest) {
    throw new VitrineError('bad_input', { details: { explanation: `The manifest has the digest ${digests.wandbDigest}, not ${draft.wandbDigest} as declared.` } });
  }
  const clientManifest = single ?? (await keep(rooms, formatWandbManifest(entries.map((entry) => [entry.path, entry.raw])), context));
  if (context.signal.aborted) throw new VitrineError('cancelled', { details: { operation: 'drafts.commit' } });
  return await rooms.catalog.write('internal.commitDraft', { id: input.id, entries: resolved, ...digests, size: resolved.reduce((sum, entry) => sum + entry.size, 0), clientManifest }, acting(context));
}

function neverSent(manifest: string): VitrineError {
  return new VitrineError('object_missing', { details: { path: manifest, explanation: `The manifest “${manifest}” was announced and never sent.` } });
}

type Merged = { readonly entries: readonly WandbManifestEntry[]; /** The object of the one manifest that is all there is. */ readonly single: string | null; readonly bases: readonly number[] };

/** A full manifest is all; increments lie over their base, parts beside each other, the later over the earlier. */
async function merged(rooms: Rooms, draftId: number, manifests: readonly Manifest[], context: OperationContext): Promise<Merged> {
  const bases = manifests.flatMap((manifest) => manifest.baseVersionId ?? []);
  const full = manifests.findLast((manifest) => manifest.kind === 'full');
  if (full?.sha256 != null) return { entries: await readManifest(rooms, draftId, full), single: full.sha256, bases };
  const byPath = new Map<string, WandbManifestEntry>();
  for (const manifest of manifests) {
    if (manifest.kind !== 'incremental' || manifest.baseVersionId === null) continue;
    for (const entry of parsed(await manifestText(rooms, manifest.baseVersionId, context), manifest.name)) byPath.set(entry.path, entry);
  }
  for (const manifest of manifests) for (const entry of await readManifest(rooms, draftId, manifest)) byPath.set(entry.path, entry);
  const entries = [...byPath.values()].sort((left, right) => compareCodePoints(left.path, right.path));
  // Together they must still be a tree.
  return { entries: parsed(formatWandbManifest(entries.map((entry) => [entry.path, entry.raw])), manifests[0]?.name ?? ''), single: null, bases };
}

async function readManifest(rooms: Rooms, draftId: number, manifest: Manifest): Promise<readonly WandbManifestEntry[]> {
  if (manifest.sha256 === null) return [];
  if (manifest.size > largestManifestBytes) throw new VitrineError('too_large', { details: { limit: `${largestManifestBytes} bytes`, explanation: `A manifest may have ${largestManifestBytes} bytes; “${manifest.name}” has ${manifest.size}.` } });
  const known = recentBody(rooms.store, manifest.sha256);
  if (known === null) await draftArrivals(rooms).durable(draftId);
  return parsed(Buffer.from(known ?? (await rooms.store.readRange(manifest.sha256, 0, manifest.size))).toString('utf8'), manifest.name);
}

function parsed(text: string, name: string): readonly WandbManifestEntry[] {
  const verdict = parseWandbManifest(text);
  if (verdict.ok) return verdict.value.entries;
  const { violation } = verdict;
  throw new VitrineError(violation.rule === 'malformed-manifest' ? 'bad_input' : 'path_invalid', { details: { rule: violation.rule, violation, manifest: name, explanation: explainViolation(violation) } });
}

/** Each entry with the object that holds its bytes. Whatever is listed and is nowhere refuses the whole. */
async function withBytes(rooms: Rooms, draftId: number, bases: readonly number[], entries: readonly WandbManifestEntry[], context: OperationContext): Promise<readonly CommitEntry[]> {
  const wanted = new Map<string, { readonly md5: string; readonly size: number }>();
  for (const { md5, size } of entries) if (md5 !== null && size !== null) wanted.set(`${md5} ${size}`, { md5, size });
  const contents = [...wanted.values()];
  const found = (await rooms.catalog.read('internal.resolveContents', { draftId, baseVersionIds: bases, contents }, asking(context), { signal: context.signal })) as readonly (string | null)[];
  const objects = new Map(contents.map(({ md5, size }, index) => [`${md5} ${size}`, found[index] ?? null]));
  await draftArrivals(rooms).durable(draftId);
  const gone = new Set(await missingOf(rooms, [...new Set(found.flatMap((sha256) => sha256 ?? []))]));
  const absent: string[] = [];
  const resolved = entries.map((entry): CommitEntry => {
    if (entry.reference !== null) return { path: entry.path, size: entry.size ?? 0, sha256: null, md5: entry.digest, reference: entry.reference };
    const sha256 = objects.get(`${entry.md5} ${entry.size}`) ?? null;
    if (sha256 === null || gone.has(sha256)) absent.push(entry.path);
    return { path: entry.path, size: entry.size ?? 0, sha256, md5: entry.md5, reference: null };
  });
  if (absent.length > 0) {
    const named = absent.slice(0, namedPaths).map((path) => `“${path}”`).join(', ');
    throw new VitrineError('object_missing', { details: { path: absent[0], paths: absent.slice(0, 100), explanation: `The manifest lists ${named}${absent.length > namedPaths ? ` and ${absent.length - namedPaths} more` : ''}, whose bytes were never sent. Nothing was logged.` } });
  }
  return resolved;
}

async function keep(rooms: Rooms, text: string, context: OperationContext): Promise<string> {
  async function* content(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text, 'utf8');
  }
  const [taken] = await rooms.store.ingest([{ path: 'manifest', content: content() }], { signal: context.signal, onProgress: reportStoreProgress(context) });
  if (taken === undefined) throw new Error('The store took a manifest and answered none');
  return taken.sha256;
}

// Manifests -----------------------------------------------------------------------------------------------------------

/** As the client wrote it, where one did; else made from the entries. */
async function manifestText(rooms: Rooms, id: number, context: OperationContext, birthArtifactId?: string): Promise<string> {
  const kept = (await rooms.catalog.read('internal.clientManifest', { id }, asking(context))) as { readonly versionId: number; readonly sha256: string | null };
  if (kept.sha256 !== null) {
    const facts = await rooms.store.stat(kept.sha256);
    const text = Buffer.from(await rooms.store.readRange(kept.sha256, 0, facts?.size ?? 0)).toString('utf8');
    return formatWandbManifest(parsed(text, 'manifest').map((entry) => [entry.path, born(entry.raw, birthArtifactId)]));
  }
  const entries = await entriesOf(rooms, kept.versionId, '', context);
  return formatWandbManifest(entries.map((entry) => [entry.path, rawOf(entry, birthArtifactId)]));
}

function born(raw: RawManifestEntry, birthArtifactId: string | undefined): RawManifestEntry {
  return birthArtifactId === undefined || 'ref' in raw || typeof raw['birthArtifactID'] === 'string' ? raw : { ...raw, birthArtifactID: birthArtifactId };
}

function rawOf(entry: CommitEntry, birthArtifactId: string | undefined): RawManifestEntry {
  if (entry.reference !== null) return { digest: entry.md5 ?? entry.reference, ref: entry.reference, size: entry.size };
  return born({ digest: base64OfHexMd5(entry.md5 ?? ''), size: entry.size }, birthArtifactId);
}

async function wandbManifest(rooms: Rooms, input: CheckedInputOf<'versions.wandbManifest'>, context: OperationContext) {
  const text = await manifestText(rooms, input.id, context, input.birthArtifactId);
  return { output: { text, md5: createHash('md5').update(text, 'utf8').digest('hex') } satisfies OutputOf<'versions.wandbManifest'>, undo: null };
}

export const draftHandlers: Handlers = { 'drafts.create': createDraft, 'drafts.planFiles': planFiles, 'drafts.completeParts': completeParts, 'drafts.commit': commitDraft, 'versions.wandbManifest': wandbManifest };
