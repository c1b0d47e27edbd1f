/** MLflow servers that ask who comes: accounts and rights, certificates of an authority of one's own, workspaces; and more models than one page holds. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { InputOf, OutputOf, RemoteId } from '#shared/contract/index.ts';
import { temporaryFolder } from '../cli/commandLine.ts';
import { startCore, type CoreProcess } from '../drivers/core.ts';
import { startFaultProxy } from '../drivers/faultProxy.ts';
import { startMlflow, startMlflowClient, type MlflowClient, type MlflowServer } from '../drivers/mlflow.ts';
import { makeAuthority, type Authority } from '../drivers/servers.ts';

const root = join(import.meta.dirname, '..', '..');
const { path: folder, remove } = temporaryFolder('guarded');
let core: CoreProcess;
let catalogs = 0;

const open = async (): Promise<void> => {
  core = await startCore({ nodePath: process.execPath, root, directory: join(folder, `catalog-${catalogs++}`), checkOutput: true });
};

beforeEach(open, 60_000);
afterEach(() => core.stop(), 60_000);
afterAll(remove);

const steps = async (place: InputOf<'remotes.test'>): Promise<{ readonly verdicts: string; readonly report: OutputOf<'remotes.test'>; readonly said: string }> => {
  const report = await core.client.query('remotes.test', place);
  const failed = report.steps.find(({ verdict }) => verdict === 'failed');
  return { report, verdicts: report.steps.map(({ step, verdict }) => `${step} ${verdict}`).join(', '), said: failed === undefined ? '' : `${failed.detail} ${failed.advice ?? ''}` };
};

async function connect(place: Partial<InputOf<'remotes.add'>> & { readonly url: string }): Promise<RemoteId> {
  return (await core.client.execute('remotes.add', { kind: 'mlflow', name: 'team', registry: 'MLflow', ...place })).output.id;
}
const run = async (remoteId: RemoteId, everything = false) => (await core.client.execute('sync.run', { remoteId, everything })).output;
const collections = async (registry = 'MLflow'): Promise<readonly string[]> => {
  const { id } = await core.client.query('registries.get', { name: registry });
  const { items } = await core.client.query('collections.list', { registryId: id, limit: 200 });
  return items.map(({ name }) => name).toSorted();
};

function folderOf(name: string): string {
  const place = join(folder, name);
  mkdirSync(place, { recursive: true });
  return place;
}

describe('an MLflow server with accounts', () => {
  const admin = { username: 'admin', password: 'a-long-password-1' };
  const accountsOf = (url: string) => async (path: string, body: unknown, method = 'POST'): Promise<Response> =>
    fetch(`${url}${path}`, { method, headers: { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`${admin.username}:${admin.password}`).toString('base64')}` }, body: JSON.stringify(body) });
  let server: MlflowServer;
  let mlflow: MlflowClient;

  beforeAll(async () => {
    const place = folderOf('accounts');
    server = await startMlflow(place, { basicAuth: { ...admin, closed: true } });
    mlflow = await startMlflowClient(server.url, place, { MLFLOW_TRACKING_USERNAME: admin.username, MLFLOW_TRACKING_PASSWORD: admin.password });
    const ask = accountsOf(server.url);
    const made = await ask('/api/2.0/mlflow/users/create', { username: 'reader', password: 'a-long-password-reader' });
    if (!made.ok) throw new Error(await made.text());
    await mlflow.act('model', { name: 'seen' });
    await mlflow.act('version', { name: 'seen', files: { MLmodel: 'by the admin' } });
  }, 180_000);

  afterAll(async () => {
    mlflow.close();
    await server.stop();
  });

  test('lets in whom it knows, and says who it was', async () => {
    expect((await steps({ kind: 'mlflow', url: server.url })).verdicts, 'it says what it is only to whom it knows').toBe('address well, server skipped, sign_in failed, workspace skipped, read skipped');
    const wrong = await steps({ kind: 'mlflow', url: server.url, credential: { kind: 'basic', username: 'admin', password: 'wrong' } });
    expect(wrong.verdicts).toContain('sign_in failed');
    expect(wrong.said).toContain('Check user name and password');
    expect((await steps({ kind: 'mlflow', url: server.url, credential: { kind: 'basic', ...admin } })).report).toMatchObject({ user: 'admin' });
    const remoteId = await connect({ url: server.url, credential: { kind: 'basic', ...admin } });
    await run(remoteId);
    expect(await collections()).toEqual(['seen']);
    const [link] = (await core.client.query('links.list', { collectionId: (await core.client.query('collections.get', { registry: 'MLflow', name: 'seen' })).id })).items;
    expect((await core.client.execute('sync.fetch', { versionIds: [link!.version.id] })).output).toMatchObject({ fetched: 1, files: 1 });
    expect(JSON.stringify(await core.client.query('remotes.list', {}))).not.toContain(admin.password);
  }, 240_000);

  test('a token is sent as one: a proxy that wants it stands before it', async () => {
    const open = await startMlflow(folderOf('token'));
    const proxy = await startFaultProxy(open.url);
    try {
      proxy.decide(({ authorization }) => (authorization === 'Bearer s3cret' ? { kind: 'pass' } : { kind: 'answer', status: 401, body: 'no' }));
      expect((await steps({ kind: 'mlflow', url: proxy.url })).verdicts).toContain('sign_in failed');
      expect((await steps({ kind: 'mlflow', url: proxy.url, credential: { kind: 'token', token: 'wrong' } })).verdicts).toContain('sign_in failed');
      expect((await steps({ kind: 'mlflow', url: proxy.url, credential: { kind: 'token', token: 's3cret' } })).verdicts).toBe('address well, server well, sign_in well, workspace skipped, read well');
    } finally {
      await proxy.close();
      await open.stop();
    }
  }, 300_000);

  /** Null: none any more. */
  const grants = async (permission: string | null): Promise<void> => {
    const ask = accountsOf(server.url);
    const what = { username: 'reader', resource_type: 'registered_model', resource_id: 'seen' };
    // One that stands is not written over.
    await ask('/api/3.0/mlflow/users/permissions/revoke', what);
    const answer = permission === null ? null : await ask('/api/3.0/mlflow/users/permissions/grant', { ...what, permission });
    if (answer?.ok === false) throw new Error(await answer.text());
  };
  const reader = { kind: 'basic', username: 'reader', password: 'a-long-password-reader' } as const;

  test('rows that an account no longer sees are not taken for deleted', async () => {
    await grants('READ');
    const remoteId = await connect({ url: server.url, credential: reader });
    await run(remoteId);
    expect(await collections()).toEqual(['seen']);
    await grants(null);
    await run(remoteId, true);
    expect(await collections(), 'only hidden, not gone').toEqual(['seen']);
    const { items } = await core.client.query('links.list', { collectionId: (await core.client.query('collections.get', { registry: 'MLflow', name: 'seen' })).id });
    expect(items.length).toBe(1);
    expect((await core.client.query('sync.state', {})).items[0]).toMatchObject({ models: 1, versions: 1, conflicts: 0 });
  }, 240_000);

  test('what an account may only read it reads, and what it may not write waits until it may', async () => {
    await grants('READ');
    process.env['VITRINE_TEST_READER'] = `${reader.username}:${reader.password}`;
    try {
      await core.stop();
      await open();
      const remoteId = await connect({ url: server.url, credential: { kind: 'environment', variable: 'VITRINE_TEST_READER' } });
      await run(remoteId);
      await core.client.execute('remotes.update', { id: remoteId, pushes: true });
      const { id } = await core.client.query('collections.get', { registry: 'MLflow', name: 'seen' });
      const [link] = (await core.client.query('links.list', { collectionId: id })).items;
      await core.client.execute('aliases.set', { target: { kind: 'link', id: link!.id }, aliases: ['champion'] });
      await expect(run(remoteId)).rejects.toMatchObject({ code: 'remote_sign_in' });
      expect((await core.client.query('sync.state', {})).items[0]).toMatchObject({ phase: 'sign_in', waiting: 1, dead: 0, failure: { code: 'remote_sign_in', sentence: expect.stringContaining('Permission denied') as unknown } });
      await grants('EDIT');
      await run(remoteId);
      expect(await mlflow.act('look', { name: 'seen' })).toMatchObject({ aliases: { champion: '1' } });
      expect((await core.client.query('sync.state', {})).items[0]).toMatchObject({ waiting: 0, failure: null });
    } finally {
      delete process.env['VITRINE_TEST_READER'];
    }
  }, 240_000);
});

describe('an MLflow server with a certificate', () => {
  let authority: Authority;
  let server: MlflowServer;

  beforeAll(async () => {
    authority = makeAuthority(join(folder, 'authority'));
    server = await startMlflow(folderOf('tls'), { tls: { ...authority.server, authority: authority.certificate } });
  }, 180_000);

  afterAll(() => server.stop());

  test('of somebody unknown is refused, and it is said how to trust it; with the authority given it is read', async () => {
    const refused = await steps({ kind: 'mlflow', url: server.url });
    expect(refused.verdicts).toBe('address failed, server skipped, sign_in skipped, workspace skipped, read skipped');
    expect(refused.said).toMatch(/certificate .*NODE_EXTRA_CA_CERTS/u);
    const remoteId = await connect({ url: server.url });
    await expect(run(remoteId)).rejects.toMatchObject({ code: 'remote_unreachable' });
    await core.stop();
    process.env['NODE_EXTRA_CA_CERTS'] = authority.certificate;
    try {
      await open();
      expect((await steps({ kind: 'mlflow', url: server.url })).verdicts).toBe('address well, server well, sign_in well, workspace skipped, read well');
      // Signed well, and for another host.
      const other = await steps({ kind: 'mlflow', url: server.url.replace('127.0.0.1', '127.0.0.2') });
      expect(other.verdicts).toContain('address failed');
    } finally {
      delete process.env['NODE_EXTRA_CA_CERTS'];
    }
  }, 240_000);
});

describe('an MLflow server with workspaces', () => {
  let server: MlflowServer;
  let plain: MlflowServer;
  const clients: MlflowClient[] = [];

  beforeAll(async () => {
    const place = folderOf('workspaces');
    [server, plain] = await Promise.all([startMlflow(place, { workspaces: true }), startMlflow(folderOf('plain'))]);
    for (const name of ['vision', 'speech']) {
      const made = await fetch(`${server.url}/api/3.0/mlflow/workspaces`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name }) });
      if (!made.ok) throw new Error(await made.text());
      const client = await startMlflowClient(server.url, place, { MLFLOW_WORKSPACE: name });
      clients.push(client);
      await client.act('experiment', { name: 'trials' });
      await client.act('model', { name: 'shared-name', description: `Of ${name}.` });
      await client.act('version', { name: 'shared-name', files: { MLmodel: name } });
    }
  }, 240_000);

  afterAll(async () => {
    for (const client of clients) client.close();
    await Promise.all([server.stop(), plain.stop()]);
  });

  test('are told apart: the same name is another model in each', async () => {
    for (const workspace of ['vision', 'speech']) {
      const remoteId = await connect({ url: server.url, workspace, name: workspace, registry: workspace });
      await run(remoteId);
      const collection = await core.client.query('collections.get', { registry: workspace, name: 'shared-name' });
      expect(collection).toMatchObject({ description: `Of ${workspace}.`, linkCount: 1 });
      const [link] = (await core.client.query('links.list', { collectionId: collection.id })).items;
      await core.client.execute('sync.fetch', { versionIds: [link!.version.id] });
      expect((await core.client.query('versions.preview', { id: link!.version.id, path: 'MLmodel' })).text).toBe(workspace);
    }
  }, 240_000);

  test('are offered when one tests, and a wrong one is said to be wrong', async () => {
    const well = await steps({ kind: 'mlflow', url: server.url, workspace: 'vision' });
    expect(well.verdicts).toBe('address well, server well, sign_in well, workspace well, read well');
    expect(well.report.workspaces).toEqual(expect.arrayContaining(['speech', 'vision']));
    const wrong = await steps({ kind: 'mlflow', url: server.url, workspace: 'nobody' });
    expect(wrong.verdicts).toBe('address well, server well, sign_in well, workspace failed, read skipped');
    expect(wrong.said).toContain('vision');
    const none = await steps({ kind: 'mlflow', url: plain.url, workspace: 'vision' });
    expect(none.verdicts).toContain('workspace failed');
    expect(none.said).toContain('--enable-workspaces');
    // Without that test before it: what the server says of the header is said, by 503 in MLflow 3.11 and by 500 in 3.17.
    const remoteId = await connect({ url: plain.url, workspace: 'vision', name: 'none', registry: 'none' });
    await expect(run(remoteId)).rejects.toMatchObject({ code: 'remote_failed', details: { status: expect.toSatisfy((status: number) => status === 500 || status === 503) as unknown } });
    expect((await core.client.query('sync.state', {})).items[0]).toMatchObject({ phase: 'backing_off', failure: { sentence: expect.stringMatching(/workspace/iu) as unknown } });
  }, 240_000);

  test('take what is told of a collection into their own alone', async () => {
    const remoteId = await connect({ url: server.url, workspace: 'vision', name: 'vision', registry: 'vision' });
    await run(remoteId);
    await core.client.execute('remotes.update', { id: remoteId, pushes: true });
    const { id } = await core.client.query('collections.get', { registry: 'vision', name: 'shared-name' });
    const place = folderOf('pushed');
    writeFileSync(join(place, 'model.bin'), 'weights');
    const { versionId } = (await core.client.execute('versions.log', { paths: [place], project: { name: 'vision' }, artifact: 'maker', type: 'model' })).output;
    await core.client.execute('links.create', { versionIds: [versionId], target: { kind: 'collection', id }, aliases: ['champion'] });
    await run(remoteId);
    const [vision, speech] = await Promise.all(clients.map((client) => client.act<{ readonly aliases: object; readonly versions: readonly unknown[] }>('look', { name: 'shared-name' })));
    expect(vision).toMatchObject({ aliases: { champion: '2' }, versions: [{}, {}] });
    expect(await clients[0]!.act('download', { uri: 'models:/shared-name@champion' })).toMatchObject({ 'model.bin': 'weights' });
    expect(speech).toMatchObject({ aliases: {}, versions: [{}] });
  }, 240_000);
});

describe('an MLflow server with more models than a page holds', () => {
  let server: MlflowServer;
  let mlflow: MlflowClient;

  beforeAll(async () => {
    const place = folderOf('many');
    server = await startMlflow(place);
    mlflow = await startMlflowClient(server.url, place);
    await mlflow.act('many', { prefix: 'crowd', models: 120, versions: 1 });
  }, 240_000);

  afterAll(async () => {
    mlflow.close();
    await server.stop();
  });

  test('comes in whole, and rows that slide from page to page are neither lost nor doubled', async () => {
    const proxy = await startFaultProxy(server.url);
    try {
      const remoteId = await connect({ url: proxy.url });
      await run(remoteId);
      expect((await collections()).length).toBe(120);
      // Between the first page and the next somebody makes a model: by offset, every row after it slides by one.
      await mlflow.act('describe', { name: 'crowd-00000', description: 'Moved to the front.' });
      await run(remoteId, true);
      expect(await core.client.query('collections.get', { registry: 'MLflow', name: 'crowd-00000' })).toMatchObject({ description: 'Moved to the front.' });
      await mlflow.act('alias', { name: 'crowd-00119', alias: 'deep', version: '1' });
      await run(remoteId, true);
      expect(await core.client.query('collections.get', { registry: 'MLflow', name: 'crowd-00119' })).toMatchObject({ aliases: [{ name: 'deep' }] });
      expect((await collections()).length).toBe(120);
      proxy.asked.length = 0;
      await run(remoteId);
      expect(proxy.asked.length, 'a quiet round reads on for as long as a clock may have gone back, so all of what was made just now').toBe(2);
    } finally {
      await proxy.close();
    }
  }, 180_000);
});
