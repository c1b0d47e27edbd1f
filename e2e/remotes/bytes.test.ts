/** Where bytes lie: brought here from a real MLflow server and real buckets, put there, freed here, and never lost on the way. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BucketId, InputOf, RemoteId, VersionId } from '#shared/contract/index.ts';
import { temporaryFolder } from '../cli/commandLine.ts';
import { startCore, type CoreProcess } from '../drivers/core.ts';
import { startFaultProxy, type FaultProxy } from '../drivers/faultProxy.ts';
import { bucketEnvironment, startMlflow, startMlflowClient, type MlflowClient, type MlflowServer } from '../drivers/mlflow.ts';
import { freePort, needed, startS3, type S3Server } from '../drivers/servers.ts';

const root = join(import.meta.dirname, '..', '..');
const { path: folder, remove } = temporaryFolder('bytes');
const megabyte = 1024 * 1024;
const s3 = needed('S3');
if ('obstacle' in s3) process.stdout.write(`skipped: remotes bytes in buckets: ${s3.obstacle}\n`);

let core: CoreProcess;
let directory: string;
let catalogs = 0;
const opened = new Set<CoreProcess>();

async function open(): Promise<void> {
  core = await startCore({ nodePath: process.execPath, root, directory, checkOutput: true });
  opened.add(core);
}

beforeEach(async () => {
  directory = join(folder, `catalog-${catalogs++}`);
  await open();
}, 240_000);

afterEach(async () => {
  for (const one of opened) await one.stop().catch(() => undefined);
  opened.clear();
}, 240_000);

afterAll(remove);

let names = 0;
const named = (word: string): string => `${word}-${names++}`;
const where = async (id: VersionId) => (await core.client.query('bytes.where', { versionIds: [id] })).items[0]!;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function digestsOf(id: VersionId): Promise<Readonly<Record<string, string | null>>> {
  const out = join(directory, `out-${names++}`);
  await core.client.execute('versions.export', { id, folder: out, path: '', overwrite: false });
  const { items } = await core.client.query('versions.manifest', { id });
  return Object.fromEntries(items.map((entry) => [entry.path, entry.sha256]));
}

async function logVersion(files: Readonly<Record<string, Uint8Array>>, artifact = named('artifact')): Promise<VersionId> {
  const place = join(directory, `files-${names++}`);
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(join(place, path, '..'), { recursive: true });
    writeFileSync(join(place, path), bytes);
  }
  return (await core.client.execute('versions.log', { paths: [place], project: { name: 'vision' }, artifact, type: 'model' })).output.versionId;
}

async function connect(url: string, more: Partial<InputOf<'remotes.add'>> = {}): Promise<RemoteId> {
  const { output } = await core.client.execute('remotes.add', { kind: 'mlflow', name: 'team', url, registry: 'MLflow', ...more });
  await core.client.execute('sync.run', { remoteId: output.id, everything: false });
  return output.id;
}

const links = async (name: string) => (await core.client.query('links.list', { collectionId: (await core.client.query('collections.get', { registry: 'MLflow', name })).id, direction: 'ascending' })).items;
const versionOf = async (name: string): Promise<VersionId> => (await links(name))[0]!.version.id;

describe('bytes at an MLflow server', () => {
  let server: MlflowServer;
  let mlflow: MlflowClient;
  let proxy: FaultProxy;

  beforeAll(async () => {
    const place = join(folder, 'server');
    mkdirSync(place, { recursive: true });
    server = await startMlflow(place);
    [mlflow, proxy] = await Promise.all([startMlflowClient(server.url, place), startFaultProxy(server.url)]);
  }, 180_000);

  afterAll(async () => {
    mlflow.close();
    await proxy.close();
    await server.stop();
  });

  beforeEach(() => proxy.decide(null));

  test('come when they are asked for, large files in parts, go on after core was killed in the middle, and say where they are', async () => {
    const name = named('large');
    await mlflow.act('model', { name });
    const { digests } = await mlflow.act<{ digests: Readonly<Record<string, string>> }>('large', { name, files: { 'weights/model.bin': 150 * megabyte, 'MLmodel': 2000, 'code/train.py': 30 } });
    await connect(proxy.url);
    const id = await versionOf(name);
    expect(await where(id)).toMatchObject({ standing: 'elsewhere', files: null, bytesHere: 0, places: [{ kind: 'remote', name: 'team', holds: 'all' }], fetched: null });
    // The third part never comes: core is killed while it waits.
    let ranges = 0;
    const waiting = Promise.withResolvers<void>();
    proxy.decide(({ path }) => {
      if (!path.includes('/get-artifact')) return { kind: 'pass' };
      ranges += 1;
      if (ranges <= 3) return { kind: 'pass' };
      waiting.resolve();
      return { kind: 'withhold' };
    });
    const fetching = core.client.execute('sync.fetch', { versionIds: [id] }).catch(() => undefined);
    await waiting.promise;
    await expect.poll(async () => (await where(id)).fetched ?? 0, { timeout: 60_000 }).toBeGreaterThan(32 * megabyte);
    await core.kill();
    await fetching;
    await open();
    proxy.decide(null);
    proxy.asked.length = 0;
    const { output } = await core.client.execute('sync.fetch', { versionIds: [id] });
    expect(output).toEqual({ fetched: 1, files: 3, bytes: 150 * megabyte + 2030 });
    expect(proxy.asked.filter(({ path }) => path.includes('/get-artifact')).length, 'five parts in all, fewer the second time').toBeLessThan(5);
    expect(await digestsOf(id)).toEqual(digests);
    expect(await where(id)).toMatchObject({ standing: 'here', files: 3, filesHere: 3, bytesHere: 150 * megabyte + 2030, fetched: null });
    expect((await core.client.execute('sync.fetch', { versionIds: [id] })).output).toEqual({ fetched: 0, files: 0, bytes: 0 });
  }, 180_000);

  test('are freed here while the server has them, and come back as they were', async () => {
    const name = named('freed');
    await mlflow.act('model', { name });
    const { digests } = await mlflow.act<{ digests: Readonly<Record<string, string>> }>('large', { name, files: { 'model.bin': 3 * megabyte, 'MLmodel': 2000 } });
    await connect(proxy.url);
    const id = await versionOf(name);
    await core.client.execute('sync.fetch', { versionIds: [id] });
    const would = (await core.client.execute('bytes.free', { versionIds: [id], simulate: true })).output;
    expect(would).toEqual({ objects: 2, bytes: 3 * megabyte + 2000, freed: [id], kept: [] });
    expect(await where(id)).toMatchObject({ standing: 'here' });
    expect((await core.client.execute('bytes.free', { versionIds: [id], thorough: true })).output).toEqual(would);
    expect(await where(id)).toMatchObject({ standing: 'elsewhere', files: 2, filesHere: 0, bytesHere: 0, places: [{ kind: 'remote', name: 'team' }] });
    await expect(core.client.execute('versions.export', { id, folder: join(directory, 'none'), path: '', overwrite: false })).rejects.toMatchObject({ code: 'object_missing' });
    expect((await core.client.query('catalog.doctor', { deep: true })).findings.filter(({ verdict }) => verdict === 'broken')).toEqual([]);
    expect((await core.client.execute('sync.fetch', { versionIds: [id] })).output).toMatchObject({ fetched: 1, files: 2 });
    expect(await digestsOf(id)).toEqual(digests);
    const kinds = (await core.client.query('history.list', { object: { kind: 'version', id }, limit: 50 })).items.map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['version.fetched', 'version.freed']));
  }, 240_000);

  test('are never freed where no other copy answers for them, and it is said why', async () => {
    const own = await logVersion({ 'a.bin': randomBytes(1000) });
    expect((await core.client.execute('bytes.free', { versionIds: [own] })).output).toMatchObject({ objects: 0, freed: [], kept: [{ versionId: own, why: expect.stringContaining('only copy') as unknown }] });
    const name = named('gone');
    await mlflow.act('model', { name });
    await mlflow.act('large', { name, files: { 'model.bin': megabyte } });
    await connect(proxy.url);
    const id = await versionOf(name);
    await core.client.execute('sync.fetch', { versionIds: [id] });
    proxy.decide(() => ({ kind: 'drop' }));
    expect((await core.client.execute('bytes.free', { versionIds: [id] })).output).toMatchObject({ objects: 0, kept: [{ why: expect.stringContaining('could not be asked') as unknown }] });
    proxy.decide(null);
    await mlflow.act('delete_version', { name, version: '1' });
    expect((await core.client.execute('bytes.free', { versionIds: [id] })).output).toMatchObject({ objects: 0, kept: [{ versionId: id }] });
    expect(await where(id)).toMatchObject({ standing: 'here' });
  }, 240_000);

  test('come by themselves as the policy says: chosen aliases, the newest, pinned collections', async () => {
    const [first, second] = [named('policy'), named('policy')];
    for (const name of [first, second]) {
      await mlflow.act('model', { name });
      for (let number = 0; number < 3; number++) await mlflow.act('version', { name, files: { MLmodel: `${name} ${number}` } });
    }
    await mlflow.act('alias', { name: first, alias: 'production', version: '1' });
    await mlflow.act('alias', { name: second, alias: 'other', version: '1' });
    const remoteId = await connect(proxy.url);
    const here = async (): Promise<readonly string[]> => {
      const found: string[] = [];
      for (const name of [first, second]) for (const link of await links(name)) if ((await where(link.version.id)).standing === 'here') found.push(`${name === first ? 'first' : 'second'} v${link.index}`);
      return found;
    };
    const follow = async (bytes: InputOf<'remotes.update'>['bytes']): Promise<readonly string[]> => {
      await core.client.execute('remotes.update', { id: remoteId, bytes });
      await core.client.execute('sync.run', { remoteId, everything: false });
      return here();
    };
    expect(await here()).toEqual([]);
    expect(await follow({ kind: 'aliased', aliases: ['production'] })).toEqual(['first v0']);
    expect(await follow({ kind: 'aliased', aliases: [] })).toEqual(['first v0', 'second v0']);
    expect(await follow({ kind: 'newest', count: 1 })).toEqual(['first v0', 'first v2', 'second v0', 'second v2']);
    expect(await follow({ kind: 'pinned', collections: [(await core.client.query('collections.get', { registry: 'MLflow', name: first })).id] })).toEqual(['first v0', 'first v1', 'first v2', 'second v0', 'second v2']);
  }, 240_000);

  test('are held to a rate, and can be called off', async () => {
    const name = named('slow');
    await mlflow.act('model', { name });
    await mlflow.act('large', { name, files: { 'model.bin': 2 * megabyte } });
    const remoteId = await connect(proxy.url);
    const id = await versionOf(name);
    await core.client.execute('remotes.update', { id: remoteId, rate: 256 * 1024 });
    const stop = new AbortController();
    const begun = Promise.withResolvers<void>();
    const fetching = core.client.execute('sync.fetch', { versionIds: [id] }, { signal: stop.signal, onProgress: (progress) => progress.done > 0 && progress.done < 2 * megabyte && begun.resolve() });
    const ended = expect(fetching).rejects.toMatchObject({ code: 'cancelled' });
    await begun.promise;
    stop.abort();
    await ended;
    await core.client.execute('remotes.update', { id: remoteId, rate: megabyte });
    // What came before it was cancelled need not come again.
    const rest = 2 - ((await where(id)).fetched ?? 0) / megabyte;
    const started = performance.now();
    await core.client.execute('sync.fetch', { versionIds: [id] });
    expect(performance.now() - started).toBeGreaterThan(rest * 1000 - 500);
  }, 240_000);
});

describe.skipIf('obstacle' in s3)('bytes in a bucket', () => {
  const program = 'path' in s3 ? s3.path : '';
  let store: S3Server;
  let bucketId: BucketId;

  beforeAll(async () => {
    store = await startS3(program, join(folder, 's3'), ['vault', 'models']);
  }, 240_000);

  afterAll(() => store.stop());

  const place = (more: Partial<InputOf<'buckets.add'>> = {}): InputOf<'buckets.add'> => ({
    name: 'vault', bucket: 'vault', endpoint: store.url, pathStyle: true, credential: { kind: 'basic', username: store.accessKey, password: store.secretKey }, ...more,
  });

  const add = async (more: Partial<InputOf<'buckets.add'>> = {}): Promise<BucketId> => (await core.client.execute('buckets.add', place(more))).output.id;

  test('is tried step by step, and what is wrong is said', async () => {
    const verdicts = async (more: Partial<InputOf<'buckets.add'>>): Promise<string> => {
      const { name: _, ...address } = place(more);
      return (await core.client.query('buckets.test', address)).steps.map(({ step, verdict }) => `${step} ${verdict}`).join(', ');
    };
    expect(await verdicts({})).toBe('address well, sign_in well, read well, write well');
    expect(await verdicts({ credential: { kind: 'basic', username: store.accessKey, password: 'wrong' } })).toBe('address well, sign_in failed, read skipped, write skipped');
    expect(await verdicts({ bucket: 'nothing-there' })).toMatch(/^address well, sign_in (?:well, read failed|failed, read skipped), write skipped$/);
    expect(await verdicts({ endpoint: `http://127.0.0.1:${await freePort()}` })).toBe('address failed, sign_in skipped, read skipped, write skipped');
    process.env['VITRINE_TEST_KEY'] = `${store.accessKey}:${store.secretKey}`;
    await core.stop();
    await open();
    expect(await verdicts({ credential: { kind: 'environment', variable: 'VITRINE_TEST_KEY' } })).toBe('address well, sign_in well, read well, write well');
    expect(await verdicts({ credential: { kind: 'environment', variable: 'VITRINE_TEST_UNSET' } })).toBe('address skipped, sign_in failed, read skipped, write skipped');
  }, 240_000);

  test('take versions, small files and large ones in parts, and give them back as they were', async () => {
    bucketId = await add({ prefix: `${named('prefix')}/` });
    const large = randomBytes(40 * megabyte + 17);
    const files = { 'model.bin': large, 'code/train.py': Buffer.from('print(1)\n'), 'same.bin': large, 'empty': Buffer.alloc(0) };
    const id = await logVersion(files);
    const stored = (await core.client.execute('bytes.store', { versionIds: [id], bucketId, free: true })).output;
    expect(stored).toEqual({ objects: 3, bytes: large.length + 9, present: 0, freedBytes: large.length + 9 });
    expect(await where(id)).toMatchObject({ standing: 'elsewhere', files: 4, filesHere: 0, places: [{ kind: 'bucket', name: 'vault', holds: 'all' }] });
    expect((await core.client.query('buckets.list', {})).items).toMatchObject([{ objects: 3, bytes: large.length + 9, credential: { kind: 'basic', name: store.accessKey, place: 'file' } }]);
    expect(JSON.stringify((await core.client.query('buckets.list', {})).items)).not.toContain(store.secretKey);
    await expect(core.client.execute('buckets.remove', { id: bucketId })).rejects.toMatchObject({ code: 'blocked' });
    // What was let go of is known after a restart too.
    await core.kill();
    await open();
    expect((await core.client.execute('sync.fetch', { versionIds: [id] })).output).toEqual({ fetched: 1, files: 3, bytes: large.length + 9 });
    expect(await digestsOf(id)).toEqual(Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, sha256(bytes)])));
    expect((await core.client.execute('bytes.store', { versionIds: [id], bucketId })).output).toMatchObject({ objects: 0, present: 3 });
    await core.client.execute('buckets.remove', { id: bucketId });
    expect(await where(id)).toMatchObject({ standing: 'here', places: [] });
  }, 300_000);

  test('keep what other versions are made of, and logging the same bytes again brings them here', async () => {
    bucketId = await add({ prefix: `${named('prefix')}/` });
    const shared = randomBytes(300_000);
    const own = randomBytes(400_000);
    const first = await logVersion({ 'shared.bin': shared, 'own.bin': own });
    const second = await logVersion({ 'shared.bin': shared });
    expect((await core.client.execute('bytes.store', { versionIds: [first], bucketId, free: true })).output).toMatchObject({ objects: 2, freedBytes: own.length });
    expect(await where(first)).toMatchObject({ standing: 'partly', files: 2, filesHere: 1 });
    expect(await where(second)).toMatchObject({ standing: 'here' });
    const again = await logVersion({ 'own.bin': own, 'more.bin': randomBytes(10) });
    expect(await where(again)).toMatchObject({ standing: 'here' });
    expect(await where(first)).toMatchObject({ standing: 'here' });
  }, 240_000);

  test('are not believed when they are others than were put there, nor freed when the bucket lost them', async () => {
    const prefix = `${named('prefix')}/`;
    bucketId = await add({ prefix });
    const bytes = randomBytes(500_000);
    const id = await logVersion({ 'model.bin': bytes });
    await core.client.execute('bytes.store', { versionIds: [id], bucketId });
    const object = join(store.folder, 'vault', prefix, 'objects/sha256', sha256(bytes).slice(0, 2), sha256(bytes).slice(2));
    expect(statSync(object).size).toBe(bytes.length);
    // Another content of the same size: only reading it through tells.
    writeFileSync(object, randomBytes(bytes.length));
    expect((await core.client.execute('bytes.free', { versionIds: [id], thorough: true })).output).toMatchObject({ objects: 0, kept: [{ versionId: id, why: expect.stringContaining('no longer has') as unknown }] });
    truncateSync(object, 1000);
    await core.client.execute('bytes.store', { versionIds: [id], bucketId });
    expect(statSync(object).size, 'what is wrong there is put there anew').toBe(bytes.length);
    await core.client.execute('bytes.free', { versionIds: [id] });
    expect(await where(id)).toMatchObject({ standing: 'elsewhere' });
    writeFileSync(object, randomBytes(bytes.length));
    await expect(core.client.execute('sync.fetch', { versionIds: [id] })).rejects.toMatchObject({ code: 'object_damaged', details: { path: 'model.bin' } });
    expect(await where(id)).toMatchObject({ standing: 'elsewhere' });
    writeFileSync(object, bytes);
    await core.client.execute('sync.fetch', { versionIds: [id] });
    expect(await digestsOf(id)).toEqual({ 'model.bin': sha256(bytes) });
  }, 240_000);

  describe('of an MLflow server', () => {
    let server: MlflowServer;
    let mlflow: MlflowClient;

    async function start(name: string, served: boolean): Promise<void> {
      const at = join(folder, name);
      mkdirSync(at, { recursive: true });
      server = await startMlflow(at, { bucket: { name: 'models', server: store, served } });
      mlflow = await startMlflowClient(server.url, at, bucketEnvironment(store));
    }

    afterEach(async () => {
      mlflow.close();
      await server.stop();
    });

    test('come straight from it where the server serves none, with a key of one’s own, and go there', async () => {
      await start('unserved', false);
      const name = named('straight');
      await mlflow.act('model', { name });
      const { digests } = await mlflow.act<{ digests: Readonly<Record<string, string>> }>('large', { name, files: { 'weights/model.bin': 40 * megabyte, 'MLmodel': 2000 } });
      const remoteId = await connect(server.url);
      const id = await versionOf(name);
      await expect(core.client.execute('sync.fetch', { versionIds: [id] })).rejects.toMatchObject({ code: 'not_offered', details: { explanation: expect.stringContaining('add that bucket') as unknown } });
      await add({ name: 'theirs', bucket: 'models' });
      expect((await core.client.execute('sync.fetch', { versionIds: [id] })).output).toMatchObject({ fetched: 1, files: 2 });
      expect(await digestsOf(id)).toEqual(digests);
      await core.client.execute('remotes.update', { id: remoteId, pushes: true });
      const { id: registryId } = await core.client.query('registries.get', { name: 'MLflow' });
      const pushed = named('pushed');
      const own = await logVersion({ 'model.bin': randomBytes(20 * megabyte), 'notes.txt': Buffer.from('from here') });
      await core.client.execute('links.create', { versionIds: [own], target: { kind: 'new_collection', registryId, name: pushed }, aliases: ['production'] });
      await core.client.execute('sync.run', { remoteId, everything: false });
      expect(await mlflow.act('look', { name: pushed })).toMatchObject({ aliases: { production: '1' }, versions: [{ version: '1' }] });
      expect(await mlflow.act('digests', { uri: `models:/${pushed}/1` })).toEqual(await digestsOf(own));
    }, 180_000);

    test('come in parts from addresses that the server signs where it serves a bucket’s bytes', async () => {
      await start('served', true);
      const name = named('signed');
      await mlflow.act('model', { name });
      const { digests } = await mlflow.act<{ digests: Readonly<Record<string, string>> }>('large', { name, files: { 'weights/model.bin': 70 * megabyte, 'MLmodel': 2000 } });
      const proxy = await startFaultProxy(server.url);
      try {
        await connect(proxy.url);
        const id = await versionOf(name);
        await core.client.execute('sync.fetch', { versionIds: [id] });
        expect(await digestsOf(id)).toEqual(digests);
        expect(proxy.asked.filter(({ path }) => path.includes('/presigned/')).length).toBe(1);
        expect(proxy.asked.filter(({ path }) => path.includes('model.bin') && !path.includes('/presigned/')), 'no byte of the large file through the server').toEqual([]);
      } finally {
        await proxy.close();
      }
    }, 180_000);
  });

  test('leave nothing behind at the end of an upload in parts', () => {
    const left = readdirSync(store.folder, { recursive: true }).map(String).filter((name) => name.includes('.sgwtmp/multipart') && statSync(join(store.folder, name)).isFile());
    expect(left).toEqual([]);
  });
});

