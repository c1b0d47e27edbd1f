import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findOperation, isVitrineError, type InputOf, type OperationName, type OutputOf, type UserId, type VersionId } from '#shared/contract/index.ts';
import { base64OfHexMd5, formatWandbManifest, sortForDigest, wandbManifestChunks } from '#shared/domain/index.ts';
import { openCatalog, type CatalogPool } from '../catalog/index.ts';
import { fileVault } from '../host/vault.ts';
import { createSync } from '../sync/engine.ts';
import { openStore, type Store } from '../store/index.ts';
import { createOperations, type Operations } from './index.ts';
import { createUploads, type Uploads } from './uploads.ts';

let directory: string;
let catalog: CatalogPool;
let store: Store;
let operations: Operations;
let uploads: Uploads;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'vitrine-drafts-'));
  catalog = await openCatalog({ directory, founding: { username: 'ada', displayName: 'Ada', organization: 'lab', team: 'lab' } });
  store = await openStore({ directory: join(directory, 'store') });
  open();
});
function open(): void {
  operations = createOperations({ directory, catalog, store, applicationVersion: '0', log: () => undefined, vault: fileVault(directory), sync: createSync({ catalog, store, vault: fileVault(directory), log: () => undefined }), door: () => null });
  uploads = createUploads({ directory, catalog, store });
}
afterAll(async () => {
  await operations.close();
  await store.close();
  await catalog.close();
  rmSync(directory, { recursive: true, force: true });
});

async function reopenStore(): Promise<void> {
  await store.close();
  store = await openStore({ directory: join(directory, 'store') });
  open();
}

const caller = (actorId?: number) => ({ actorId: (actorId ?? catalog.status().defaultUserId) as UserId, entrance: 'sdk' as const });

async function run<Name extends OperationName>(name: Name, input: InputOf<Name>, actorId?: number): Promise<OutputOf<Name>> {
  const operation = findOperation(name)!;
  const { output } = await operations.run(name, operation.input.parse(input), { ...caller(actorId), message: null, signal: new AbortController().signal, report: () => undefined });
  return operation.output.parse(output) as OutputOf<Name>;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(() => 'none', (error: unknown) => {
    if (!isVitrineError(error)) throw error;
    return error.code;
  });
}

const md5 = (bytes: string | Uint8Array) => createHash('md5').update(bytes).digest('hex');
async function* once(bytes: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield Buffer.from(bytes);
}

type Files = Readonly<Record<string, string>>;
const rawOf = (files: Files) => Object.entries(files).map(([path, text]) => [path, { digest: base64OfHexMd5(md5(text)), size: Buffer.byteLength(text) }] as const);
const digestOf = (entries: readonly (readonly [string, { readonly digest: string }])[]) => md5([...wandbManifestChunks(sortForDigest(entries.map(([path, raw]) => ({ path, digest: raw.digest }))))].join(''));

type Draft = { readonly artifact?: string; readonly aliases?: readonly string[]; readonly more?: Readonly<Record<string, unknown>>; readonly actorId?: number };

async function create(entries: ReturnType<typeof rawOf>, draft: Draft = {}) {
  return await run('drafts.create', { project: { name: 'wire' }, artifact: draft.artifact ?? 'model', type: 'model', wandbDigest: digestOf(entries), aliases: ['latest', ...(draft.aliases ?? [])], ...draft.more }, draft.actorId);
}

async function sendManifest(draftId: VersionId, text: string, more: Readonly<Record<string, unknown>> = {}, actorId?: number) {
  const { uploadId } = await run('drafts.addManifest', { draftId, name: 'wandb_manifest.json', md5: md5(text), ...more }, actorId);
  await uploads.receive(uploadId!, { content: once(text) }, caller(actorId));
}

async function sendFiles(draftId: VersionId, files: Files, actorId?: number): Promise<number> {
  const plan = await run('drafts.planFiles', { files: Object.entries(files).map(([path, text]) => ({ draftId, path, md5: md5(text), size: Buffer.byteLength(text) })) }, actorId);
  let sent = 0;
  for (const file of plan.files) {
    if (file.uploadId === null) continue;
    await uploads.receive(file.uploadId, { content: once(files[file.path]!) }, caller(actorId));
    sent += 1;
  }
  return sent;
}

async function log(files: Files, draft: Draft = {}) {
  const entries = rawOf(files);
  const created = await create(entries, draft);
  if (created.state === 'committed') return { created, committed: null, sent: 0 };
  const sent = await sendFiles(created.id, files, draft.actorId);
  await sendManifest(created.id, formatWandbManifest(entries), {}, draft.actorId);
  return { created, committed: await run('drafts.commit', { id: created.id }, draft.actorId), sent };
}

describe('a version logged over a wire', () => {
  test('is nowhere until it is committed, then has its draft’s id, number, aliases, bytes and manifest', async () => {
    const { run: begun } = await run('runs.upsert', { project: { name: 'wire' }, runId: 'r1' });
    const entries = [...rawOf({ 'a.txt': 'alpha', 'sub/b.txt': 'beta' }), ['far', { digest: 'etag', ref: 's3://bucket/x', size: 7, extra: { etag: 'etag' } }] as const];
    const created = await create(entries, { artifact: 'whole', aliases: ['best'], more: { runId: begun.id, tags: ['t'], metadataText: '{"acc": 0.5, "nothing": NaN}', ttl: { kind: 'days', days: 3 }, historyStep: 12, clientId: 'c'.repeat(128), sequenceClientId: 's'.repeat(128) } });
    expect(created).toMatchObject({ state: 'pending', latestVersionId: null, artifactId: null });
    expect((await run('versions.list', {})).items.map((item) => item.id)).not.toContain(created.id);
    expect(await codeOf(run('versions.get', { id: created.id }))).toBe('not_found');
    expect(await codeOf(run('artifacts.get', { entity: 'lab', project: 'wire', name: 'whole' }))).toBe('not_found');
    expect(await run('clientIds.resolve', { clientId: 'c'.repeat(128) })).toEqual({ kind: 'version', id: created.id, pending: true });
    expect((await create(entries, { artifact: 'whole', more: { clientId: 'c'.repeat(128) } })).id).toBe(created.id);
    // A version that is logged on this machine meanwhile takes no id away.
    await catalog.write('internal.commitVersion', { project: { name: 'other' }, artifact: 'meanwhile', type: 'model', description: '', metadata: {}, aliases: [], tags: [], entries: [], digest: 'ab'.repeat(32), wandbDigest: 'cd'.repeat(16), size: 0 }, { ...caller(), message: null });

    expect(await codeOf(run('drafts.commit', { id: created.id }))).toBe('bad_input');
    await sendManifest(created.id, formatWandbManifest(entries));
    expect(await codeOf(run('drafts.commit', { id: created.id }))).toBe('object_missing');
    await sendFiles(created.id, { 'a.txt': 'alpha', 'sub/b.txt': 'beta' });
    const committed = await run('drafts.commit', { id: created.id });
    expect(committed).toMatchObject({ versionId: created.id, index: 0, created: true, fileCount: 3, size: 16, wandbDigest: digestOf(entries) });
    const version = await run('versions.get', { id: created.id });
    expect(version).toMatchObject({ aliases: [{ name: 'latest' }, { name: 'best' }], tags: ['t'], metadata: { acc: 0.5, nothing: null }, ttl: { kind: 'days', days: 3 }, ttlDays: 3, historyStep: 12, loggedBy: { runId: 'r1' } });
    expect(await run('drafts.commit', { id: created.id })).toEqual(committed);
    expect(await run('clientIds.resolve', { clientId: 's'.repeat(128) })).toEqual({ kind: 'artifact', id: committed.artifactId, pending: false });
    expect((await create(entries, { artifact: 'whole', more: { clientId: 'c'.repeat(128) } }))).toMatchObject({ id: created.id, state: 'committed' });
    const { text } = await run('versions.wandbManifest', { id: created.id, birthArtifactId: 'QQ==' });
    expect((JSON.parse(text) as { contents: unknown }).contents).toEqual({ 'a.txt': { ...entries[0]![1], birthArtifactID: 'QQ==' }, 'sub/b.txt': { ...entries[1]![1], birthArtifactID: 'QQ==' }, far: entries[2]![1] });
    expect((await run('versions.manifest', { id: created.id })).items.find((entry) => entry.path === 'far')).toMatchObject({ reference: 's3://bucket/x', size: 7, md5: 'etag' });
  });

  test('whose content equals the latest makes none: at the start, and where two race', async () => {
    const first = await log({ a: 'same' }, { artifact: 'twice' });
    const again = await log({ a: 'same' }, { artifact: 'twice', aliases: ['more'] });
    expect(again.created).toMatchObject({ id: first.created.id, state: 'committed' });
    expect((await run('versions.get', { id: first.created.id })).aliases.map((chip) => chip.name)).toEqual(['latest', 'more']);

    const entries = rawOf({ a: 'racing' });
    const [one, other] = [await create(entries, { artifact: 'raced' }), await create(entries, { artifact: 'raced' })];
    for (const draft of [one, other]) {
      await sendFiles(draft.id, { a: 'racing' });
      await sendManifest(draft.id, formatWandbManifest(entries));
    }
    const outcomes = await Promise.all([run('drafts.commit', { id: one.id }), run('drafts.commit', { id: other.id })]);
    expect(new Set(outcomes.map((outcome) => outcome.versionId)).size).toBe(1);
    expect(outcomes.filter((outcome) => outcome.created)).toHaveLength(1);
    // The id of the one that came second goes on to mean the version that stands.
    expect((await run('versions.get', { id: other.id })).id).toBe(outcomes[0].versionId);
    expect((await run('versions.list', { artifactId: outcomes[0].artifactId })).total).toBe(1);
    expect(await Promise.all([run('drafts.commit', { id: one.id }), run('drafts.commit', { id: one.id })])).toHaveLength(2);
  });

  test('sends only bytes that are not here, and no bytes that the asker may not read', async () => {
    await log({ a: 'shared content', b: 'own' }, { artifact: 'giving' });
    expect((await log({ c: 'shared content', d: 'new' }, { artifact: 'taking' })).sent).toBe(1);
    const { id: mona } = await run('users.create', { username: 'mona', role: 'member' });
    const { created, sent } = await log({ e: 'shared content' }, { artifact: 'hers', actorId: mona });
    expect([sent, (await run('versions.get', { id: created.id })).createdBy.username]).toEqual([0, 'mona']);
    const theirs = await create(rawOf({ x: 'x' }), { artifact: 'private' });
    expect(await codeOf(run('drafts.get', { id: theirs.id }, mona))).toBe('not_found');
    expect(await codeOf(run('drafts.planFiles', { files: [{ draftId: theirs.id, path: 'x', md5: md5('x') }] }, mona))).toBe('not_found');
    expect(await codeOf(run('drafts.commit', { id: theirs.id }, mona))).toBe('not_found');
  });

  test('takes no bytes but the declared ones, and none after its end', async () => {
    const entries = rawOf({ a: 'right' });
    const created = await create(entries, { artifact: 'checked' });
    const plan = await run('drafts.planFiles', { files: [{ draftId: created.id, path: 'a', md5: md5('right'), size: 5 }] });
    const uploadId = plan.files[0]!.uploadId!;
    expect(await codeOf(uploads.receive(uploadId, { content: once('wrong') }, caller()))).toBe('bad_input');
    expect(await codeOf(run('drafts.planFiles', { files: [{ draftId: created.id, path: '../a', md5: md5('right') }] }))).toBe('path_invalid');
    await uploads.receive(uploadId, { content: once('right') }, caller());
    await sendManifest(created.id, formatWandbManifest(rawOf({ a: 'right', b: 'never sent' })));
    await expect(run('drafts.commit', { id: created.id })).rejects.toMatchObject({ code: 'object_missing', details: { path: 'b' } });
    expect(await codeOf(run('artifacts.get', { entity: 'lab', project: 'wire', name: 'checked' }))).toBe('not_found');
    const other = formatWandbManifest([['a', { ...entries[0]![1], size: 4 }]]);
    await sendManifest(created.id, other);
    expect(await codeOf(run('drafts.commit', { id: created.id }))).toBe('object_missing');
    await sendManifest(created.id, formatWandbManifest([['z', entries[0]![1]]]));
    await expect(run('drafts.commit', { id: created.id })).rejects.toMatchObject({ code: 'bad_input' });
    await sendManifest(created.id, '{"version":1}');
    expect(await codeOf(run('drafts.commit', { id: created.id }))).toBe('bad_input');
    await sendManifest(created.id, formatWandbManifest(entries));
    await run('drafts.commit', { id: created.id });
    expect(await codeOf(uploads.receive(uploadId, { content: once('right') }, caller()))).toBe('not_found');
    expect(await codeOf(run('drafts.planFiles', { files: [{ draftId: created.id, path: 'a', md5: md5('right') }] }))).toBe('version_unavailable');
  });

  test('of small bodies is in the store once it is committed; other bytes than declared are refused before they are answered', async () => {
    const files = { 'a.txt': 'small one', 'b.txt': 'small two' };
    const entries = rawOf(files);
    const draft = await create(entries, { artifact: 'small-bodies' });
    const planned = await run('drafts.planFiles', { files: Object.entries(files).map(([path, text]) => ({ draftId: draft.id, path, md5: md5(text) })) });
    for (const [index, text] of Object.values(files).entries()) await uploads.receive(planned.files[index]!.uploadId!, { content: once(text), size: text.length }, caller());
    const text = formatWandbManifest(entries);
    const { uploadId } = await run('drafts.addManifest', { draftId: draft.id, name: 'wandb_manifest.json', md5: md5(text) });
    await uploads.receive(uploadId!, { content: once(text), size: Buffer.byteLength(text) }, caller());
    const committed = await run('drafts.commit', { id: draft.id });
    const { items } = await run('versions.manifest', { id: committed.versionId });
    for (const item of items) expect(await store.has(item.sha256!)).toBe(true);
    expect((await run('versions.wandbManifest', { id: committed.versionId })).md5).toBeTypeOf('string');
    const other = await create(rawOf({ 'c.txt': 'three' }), { artifact: 'small-bodies' });
    const [place] = (await run('drafts.planFiles', { files: [{ draftId: other.id, path: 'c.txt', md5: md5('three') }] })).files;
    expect(await codeOf(uploads.receive(place!.uploadId!, { content: once('four!'), size: 5 }, caller()))).toBe('bad_input');
  });

  test('in increments lies over its base', async () => {
    const base = await log({ a: 'one', b: 'two' }, { artifact: 'growing' });
    const entries = rawOf({ b: 'changed', c: 'three' });
    const created = await create(entries, { artifact: 'growing' });
    expect(created.latestVersionId).toBe(base.created.id);
    const announced = await run('drafts.addManifest', { draftId: created.id, name: 'wandb_manifest.incremental.json', kind: 'incremental', baseVersionId: base.created.id });
    expect(announced.uploadId).toBeNull();
    await sendFiles(created.id, { b: 'changed', c: 'three' });
    const text = formatWandbManifest(entries);
    const { uploadId } = await run('drafts.updateManifest', { manifestId: announced.manifestId, md5: md5(text) });
    await uploads.receive(uploadId!, { content: once(text) }, caller());
    const committed = await run('drafts.commit', { id: created.id });
    const whole = { a: 'one', b: 'changed', c: 'three' };
    expect(committed).toMatchObject({ index: 1, fileCount: 3, wandbDigest: digestOf(rawOf(whole)) });
    expect(Object.keys((JSON.parse((await run('versions.wandbManifest', { id: created.id })).text) as { contents: object }).contents)).toEqual(['a', 'b', 'c']);
  });

  test('by several at once is one draft with a manifest of each', async () => {
    const more = { distributedId: 'd1' };
    const parts = [{ a: 'by one' }, { b: 'by two' }, { c: 'by three' }] as const;
    let id: VersionId | null = null;
    for (const part of parts) {
      const created = await create(rawOf(part), { artifact: 'distributed', more });
      id ??= created.id;
      expect(created.id).toBe(id);
      const { manifestId } = await run('drafts.addManifest', { draftId: created.id, name: 'wandb_manifest.patch.json', kind: 'patch' });
      await sendFiles(created.id, part);
      const text = formatWandbManifest(rawOf(part));
      const { uploadId } = await run('drafts.updateManifest', { manifestId, md5: md5(text) });
      await uploads.receive(uploadId!, { content: once(text) }, caller());
    }
    // One that announced itself and went away.
    await run('drafts.addManifest', { draftId: id!, name: 'wandb_manifest.patch.json', kind: 'patch' });
    expect(await run('drafts.commit', { id: id! })).toMatchObject({ fileCount: 3, wandbDigest: digestOf(rawOf({ a: 'by one', b: 'by two', c: 'by three' })) });
  });

  test('in parts is joined and held against its digest', async () => {
    const pieces = [randomBytes(70_000), randomBytes(30_000), randomBytes(1)];
    const whole = Buffer.concat(pieces);
    const entries = [['big.bin', { digest: createHash('md5').update(whole).digest('base64'), size: whole.length }]] as const;
    const created = await create(entries as never, { artifact: 'parts' });
    const plan = await run('drafts.planFiles', { files: [{ draftId: created.id, path: 'big.bin', md5: md5(whole), size: whole.length, parts: pieces.map((piece, index) => ({ number: index + 1, md5: md5(piece) })) }] });
    const { uploadId, parts } = plan.files[0]!;
    expect(parts).toEqual([1, 2, 3]);
    for (const index of [2, 0]) await uploads.receive(uploadId!, { content: once(pieces[index]!), part: index + 1 }, caller());
    await expect(run('drafts.completeParts', { uploadId: uploadId!, action: 'complete' })).rejects.toMatchObject({ code: 'object_missing' });
    expect(await codeOf(uploads.receive(uploadId!, { content: once('no'), part: 2 }, caller()))).toBe('bad_input');
    await uploads.receive(uploadId!, { content: once(pieces[1]!), part: 2 }, caller());
    expect(await run('drafts.completeParts', { uploadId: uploadId!, action: 'complete' })).toEqual({ md5: md5(whole) });
    await sendManifest(created.id, formatWandbManifest(entries as never));
    expect(await run('drafts.commit', { id: created.id })).toMatchObject({ size: whole.length });
  });

  describe('in large parts of one size', () => {
    const mebibyte = 1024 * 1024;
    const send = async (uploadId: number, part: number, bytes: Uint8Array, to = uploads) => await to.receive(uploadId, { content: once(bytes), size: bytes.length, part }, caller());
    async function plan(artifact: string, pieces: readonly Uint8Array[]) {
      const whole = Buffer.concat(pieces);
      const entries = [['big.bin', { digest: createHash('md5').update(whole).digest('base64'), size: whole.length }]] as const;
      const created = await create(entries as never, { artifact });
      const asked = { files: [{ draftId: created.id, path: 'big.bin', md5: md5(whole), parts: pieces.map((piece, index) => ({ number: index + 1, md5: md5(piece) })) }] };
      const uploadId = (await run('drafts.planFiles', asked)).files[0]!.uploadId!;
      const commit = async () => {
        await sendManifest(created.id, formatWandbManifest(entries as never));
        return await run('drafts.commit', { id: created.id });
      };
      const bytes = async () => Buffer.from(await store.readRange((await run('versions.manifest', { id: created.id })).items[0]!.sha256!, 0, whole.length));
      return { whole, uploadId, created, asked, commit, bytes };
    }
    const pieces = () => [randomBytes(2 * mebibyte), randomBytes(2 * mebibyte), randomBytes(2 * mebibyte), randomBytes(4321)];

    test('each lies at its place, in whatever order they come; completing may be asked for twice at once, and again later', async () => {
      const some = pieces();
      const { whole, uploadId, commit, bytes } = await plan('places', some);
      for (const index of [3, 1, 2]) await send(uploadId, index + 1, some[index]!);
      expect(await codeOf(run('drafts.completeParts', { uploadId, action: 'complete' }))).toBe('object_missing');
      await send(uploadId, 1, some[0]!);
      const complete = async () => await run('drafts.completeParts', { uploadId, action: 'complete' });
      expect(await Promise.all([complete(), complete()])).toEqual([{ md5: md5(whole) }, { md5: md5(whole) }]);
      expect(await complete()).toEqual({ md5: md5(whole) });
      expect(await commit()).toMatchObject({ size: whole.length });
      expect((await bytes()).equals(whole)).toBe(true);
      expect(await store.assemblies()).toEqual([]);
    });

    test('without a shorter last one', async () => {
      const some = pieces().slice(0, 3);
      const { whole, uploadId, commit, bytes } = await plan('even', some);
      for (const [index, piece] of some.entries()) await send(uploadId, index + 1, piece);
      await run('drafts.completeParts', { uploadId, action: 'complete' });
      await commit();
      expect((await bytes()).equals(whole)).toBe(true);
    });

    test('with one of another size among them', async () => {
      const some = [randomBytes(2 * mebibyte), randomBytes(mebibyte), randomBytes(2 * mebibyte), randomBytes(9)];
      const { whole, uploadId, commit, bytes } = await plan('uneven', some);
      for (const [index, piece] of some.entries()) await send(uploadId, index + 1, piece);
      expect(await run('drafts.completeParts', { uploadId, action: 'complete' })).toEqual({ md5: md5(whole) });
      await commit();
      expect((await bytes()).equals(whole)).toBe(true);
      expect(await store.assemblies()).toEqual([]);
    });

    test('other bytes than declared don’t count, too many neither; a part that counts is not written again', async () => {
      const some = pieces();
      const { whole, uploadId, commit, bytes } = await plan('wrong', some);
      await send(uploadId, 1, some[0]!);
      expect(await codeOf(send(uploadId, 2, randomBytes(2 * mebibyte)))).toBe('bad_input');
      expect(await codeOf(uploads.receive(uploadId, { content: once(randomBytes(3 * mebibyte)), size: 2 * mebibyte, part: 2 }, caller()))).toBe('file_changed');
      expect(await codeOf(uploads.receive(uploadId, { content: once(randomBytes(mebibyte)), size: 2 * mebibyte, part: 2 }, caller()))).toBe('file_changed');
      expect(await codeOf(send(uploadId, 1, randomBytes(2 * mebibyte)))).toBe('bad_input');
      expect(await codeOf(send(uploadId, 5, some[0]!))).toBe('not_found');
      for (const index of [0, 1, 2, 3]) await send(uploadId, index + 1, some[index]!);
      await run('drafts.completeParts', { uploadId, action: 'complete' });
      await commit();
      expect((await bytes()).equals(whole)).toBe(true);
    });

    test('who sends a part once more takes the place of the connection that hangs', async () => {
      const some = pieces();
      const { uploadId, whole, commit, bytes } = await plan('hanging', some);
      const { promise: reading, resolve: read } = Promise.withResolvers<void>();
      async function* hanging(): AsyncGenerator<Uint8Array> {
        yield randomBytes(1000);
        read();
        await new Promise(() => undefined);
      }
      const first = codeOf(uploads.receive(uploadId, { content: hanging(), size: 2 * mebibyte, part: 1 }, caller()));
      await reading;
      for (const [index, piece] of some.entries()) await send(uploadId, index + 1, piece);
      expect(await first).toBe('cancelled');
      await run('drafts.completeParts', { uploadId, action: 'complete' });
      await commit();
      expect((await bytes()).equals(whole)).toBe(true);
    });

    test('parts outlive a restart of the store', async () => {
      const some = pieces();
      const { uploadId, whole, commit, bytes } = await plan('restarted', some);
      for (const index of [0, 2]) await send(uploadId, index + 1, some[index]!);
      await reopenStore();
      for (const index of [1, 3]) await send(uploadId, index + 1, some[index]!);
      await reopenStore();
      expect(await run('drafts.completeParts', { uploadId, action: 'complete' })).toEqual({ md5: md5(whole) });
      await commit();
      expect((await bytes()).equals(whole)).toBe(true);
    });

    test('announced anew in other parts, what came before is worthless; parts that don’t make the whole are refused', async () => {
      const some = pieces();
      const { uploadId, whole, asked } = await plan('anew', some);
      for (const [index, piece] of some.entries()) await send(uploadId, index + 1, piece);
      const others = [whole.subarray(0, 3 * mebibyte), whole.subarray(3 * mebibyte, 6 * mebibyte), randomBytes(77)];
      const again = await run('drafts.planFiles', { files: [{ ...asked.files[0]!, parts: others.map((piece, index) => ({ number: index + 1, md5: md5(piece) })) }] });
      expect(again.files[0]).toMatchObject({ uploadId, parts: [1, 2, 3] });
      expect(await codeOf(run('drafts.completeParts', { uploadId, action: 'complete' }))).toBe('object_missing');
      for (const [index, piece] of others.entries()) await send(uploadId, index + 1, piece);
      expect(await codeOf(run('drafts.completeParts', { uploadId, action: 'complete' }))).toBe('bad_input');
      expect(await run('drafts.completeParts', { uploadId, action: 'abort' })).toEqual({ md5: null });
    });
  });

  test('many small ones at once are taken together, each under its own digest', async () => {
    const files = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`${index}`, `small ${index}`]));
    const created = await create(rawOf(files), { artifact: 'many' });
    const { files: planned } = await run('drafts.planFiles', { files: Object.entries(files).map(([path, text]) => ({ draftId: created.id, path, md5: md5(text) })) });
    const before = (await store.usage()).packs;
    await Promise.all(planned.map(async (file) => await uploads.receive(file.uploadId!, { content: once(files[file.path]!), size: Buffer.byteLength(files[file.path]!) }, caller())));
    expect((await store.usage()).packs).toBeLessThanOrEqual(before + 4);
    expect(await codeOf(uploads.receive(planned[0]!.uploadId!, { content: once('longer than that'), size: 3 }, caller()))).toBe('file_changed');
    expect(await codeOf(uploads.receive(planned[0]!.uploadId!, { content: once('x'), size: 3 }, caller()))).toBe('file_changed');
    await sendManifest(created.id, formatWandbManifest(rawOf(files)));
    expect(await run('drafts.commit', { id: created.id })).toMatchObject({ fileCount: 300 });
  });

  test('whose client is gone is given up later; its bytes are collected, those of versions and open drafts are not', async () => {
    const kept = await log({ a: 'kept bytes' }, { artifact: 'collected' });
    const entries = rawOf({ a: 'lost bytes' });
    const lost = await create(entries, { artifact: 'collected' });
    await sendFiles(lost.id, { a: 'lost bytes' });
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    const referenced = async () => await catalog.read('internal.referencedDigests', { digests: [sha256('kept bytes'), sha256('lost bytes')] }, { actorId: caller().actorId });
    expect(await referenced()).toEqual([true, true]);
    await catalog.write('internal.sweepDrafts', { untouchedSince: Date.now() - 60_000 }, { ...caller(), message: null });
    expect((await run('drafts.get', { id: lost.id })).state).toBe('open');
    await catalog.write('internal.sweepDrafts', { untouchedSince: Date.now() + 60_000 }, { ...caller(), message: null });
    expect((await run('drafts.get', { id: lost.id })).state).toBe('abandoned');
    expect(await codeOf(run('drafts.commit', { id: lost.id }))).toBe('version_unavailable');
    expect(await referenced()).toEqual([true, false]);
    expect((await run('versions.get', { id: kept.created.id })).state).toBe('committed');
    const next = await create(rawOf({ a: 'next' }), { artifact: 'collected' });
    expect(next.id).toBeGreaterThan(lost.id);
    await run('drafts.abandon', { id: next.id });
    expect(await codeOf(run('drafts.planFiles', { files: [{ draftId: next.id, path: 'a', md5: md5('next') }] }))).toBe('version_unavailable');
  });

  test('of a version logged on this machine has a manifest all the same', async () => {
    const text = 'from this machine';
    const sha256 = createHash('sha256').update(text).digest('hex');
    await store.ingest([{ path: 'x', content: once(text) }]);
    const { output } = await catalog.write('internal.commitVersion', {
      project: { name: 'wire' }, artifact: 'local', type: 'model', description: '', metadata: {}, aliases: [], tags: [], entries: [{ path: 'x', size: text.length, sha256, md5: md5(text), reference: null }], digest: 'ef'.repeat(32), wandbDigest: digestOf(rawOf({ x: text })), size: text.length,
    }, { ...caller(), message: null });
    const made = await run('versions.wandbManifest', { id: (output as { readonly versionId: VersionId }).versionId });
    expect(JSON.parse(made.text)).toMatchObject({ version: 1, storagePolicy: 'wandb-storage-policy-v1', contents: { x: rawOf({ x: text })[0]![1] } });
    expect(made.md5).toBe(md5(made.text));
  });
});

describe('who may', () => {
  test('a viewer logs nothing; reserved names are for the client', async () => {
    const { id: vera } = await run('users.create', { username: 'vera', role: 'viewer' });
    expect(await codeOf(create(rawOf({ a: 'x' }), { artifact: 'no', actorId: vera }))).toBe('permission_denied');
    const table = { project: { name: 'wire' }, artifact: 'run-abc-table', type: 'run_table', wandbDigest: 'x' };
    expect(await codeOf(run('drafts.create', table))).toBe('name_invalid');
    expect((await run('drafts.create', { ...table, reservedNames: true })).state).toBe('pending');
    expect(await codeOf(run('drafts.create', { ...table, artifact: 'model', type: 'dataset' }))).toBe('none');
    await log({ a: 'typed' }, { artifact: 'typed' });
    expect(await codeOf(run('drafts.create', { ...table, artifact: 'typed', type: 'dataset' }))).toBe('type_mismatch');
  });
});

describe('files of runs', () => {
  test('are replaced by name, previewed and written out', async () => {
    const { run: begun } = await run('runs.upsert', { project: { name: 'wire' }, runId: 'files' });
    await uploads.saveRunFile({ runId: begun.id, name: 'config.yaml', content: once('lr: 1') }, caller());
    const saved = await uploads.saveRunFile({ runId: begun.id, name: 'config.yaml', content: once('lr: 2') }, caller());
    expect(saved).toMatchObject({ name: 'config.yaml', size: 5, mediaType: 'text/yaml' });
    expect((await run('runs.files', { id: begun.id })).total).toBe(1);
    expect(await run('runs.previewFile', { id: begun.id, name: 'config.yaml' })).toMatchObject({ kind: 'text', text: 'lr: 2' });
    expect(await run('runs.exportFiles', { id: begun.id, folder: join(directory, 'out') })).toMatchObject({ files: 1, bytes: 5 });
    expect(await codeOf(uploads.saveRunFile({ runId: begun.id, name: '../x', content: once('x') }, caller()))).toBe('path_invalid');
  });
});
