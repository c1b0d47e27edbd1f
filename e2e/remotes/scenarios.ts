/** The real MLflow server and its real client, with Vitrine beside them: what each does, the other must see. On the server that `backend.ts` was told of. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { InputOf, OutputOf, RemoteId } from '#shared/contract/index.ts';
import { temporaryFolder } from '../cli/commandLine.ts';
import { startCore, type CoreProcess } from '../drivers/core.ts';
import { startFaultProxy, type FaultProxy } from '../drivers/faultProxy.ts';
import { freePort, startMlflow, startMlflowClient, type MlflowClient, type MlflowServer } from '../drivers/mlflow.ts';
import { backend } from './backend.ts';

type Look = { readonly description: string; readonly tags: Readonly<Record<string, string>>; readonly aliases: Readonly<Record<string, string>>; readonly versions: readonly { readonly version: string; readonly description: string; readonly tags: Readonly<Record<string, string>>; readonly run: string }[] };

const root = join(import.meta.dirname, '..', '..');
const { path: folder, remove } = temporaryFolder('remotes');
let server: MlflowServer;
let mlflow: MlflowClient;
let proxy: FaultProxy;

beforeAll(async () => {
  const place = join(folder, 'server');
  mkdirSync(place, { recursive: true });
  const { options, client } = await backend().start(join(folder, 'beside'));
  server = await startMlflow(place, options);
  [mlflow, proxy] = await Promise.all([startMlflowClient(server.url, place, client), startFaultProxy(server.url)]);
}, 180_000);

afterAll(async () => {
  mlflow.close();
  await proxy.close();
  await server.stop();
  await backend().stop();
  remove();
});

let catalogs = 0;
let directory: string;
let core: CoreProcess;

const open = async (): Promise<void> => {
  core = await startCore({ nodePath: process.execPath, root, directory, checkOutput: true });
};

beforeEach(async () => {
  directory = join(folder, `catalog-${catalogs++}`);
  proxy.decide(null);
  await open();
}, 240_000);

afterEach(async () => {
  proxy.decide(null);
  await core.stop();
}, 240_000);

/** Each test has models of its own on the one server; everybody sees all of them. */
let names = 0;
const named = (word: string): string => `${word}-${names++}`;

async function connect(more: Partial<InputOf<'remotes.add'>> = {}): Promise<RemoteId> {
  const { output } = await core.client.execute('remotes.add', { kind: 'mlflow', name: 'team', url: proxy.url, registry: 'MLflow', ...more });
  await run(output.id);
  return output.id;
}

const run = async (remoteId: RemoteId, everything = false): Promise<OutputOf<'sync.run'>> => (await core.client.execute('sync.run', { remoteId, everything })).output;
const collection = (name: string) => core.client.query('collections.get', { registry: 'MLflow', name });
const links = async (name: string) => (await core.client.query('links.list', { collectionId: (await collection(name)).id, direction: 'ascending' })).items;
const look = (name: string) => mlflow.act<Look>('look', { name });
const state = async (): Promise<OutputOf<'sync.state'>['items'][number]> => {
  const [found] = (await core.client.query('sync.state', {})).items;
  if (found === undefined) throw new Error('No remote.');
  return found;
};

/** Waits for what the loops bring about by themselves: asked again at every notice. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  let again = Promise.withResolvers<void>();
  const stop = core.client.onChanges(() => again.resolve());
  try {
    const end = performance.now() + 120_000;
    while (!(await holds())) {
      if (performance.now() > end) throw new Error(`It did not come about that ${what}: ${JSON.stringify((await core.client.query('sync.state', {})).items)}`);
      await Promise.race([again.promise, new Promise((resolve) => setTimeout(resolve, 200))]);
      again = Promise.withResolvers<void>();
    }
  } finally {
    stop();
  }
}

async function logVersion(artifact: string, files: Readonly<Record<string, string>>): Promise<OutputOf<'versions.log'>> {
  const place = join(directory, `files-${artifact}-${names++}`);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(place, path, '..'), { recursive: true });
    writeFileSync(join(place, path), text);
  }
  return (await core.client.execute('versions.log', { paths: [place], project: { name: 'vision' }, artifact, type: 'model' })).output;
}

/** Links a version of its own into a collection of the followed registry. */
async function linkNew(name: string, aliases: readonly string[] = []): Promise<OutputOf<'links.create'>> {
  const { id } = await core.client.query('registries.get', { name: 'MLflow' });
  const { versionId } = await logVersion('maker', { 'model.bin': `weights of ${name} ${names++}`, 'code/train.py': 'print(1)\n' });
  return (await core.client.execute('links.create', { versionIds: [versionId], target: { kind: 'new_collection', registryId: id, name }, aliases: [...aliases] })).output;
}

describe(`an MLflow server ${backend().words}`, () => {
  test('is tried step by step, and what is wrong is said', async () => {
    const well = await core.client.query('remotes.test', { kind: 'mlflow', url: proxy.url });
    expect(well.steps.map(({ step, verdict }) => `${step} ${verdict}`)).toEqual(['address well', 'server well', 'sign_in well', 'workspace skipped', 'read well']);
    expect(well.version).toMatch(/^3\./);
    proxy.decide(() => ({ kind: 'answer', status: 401, body: 'who are you' }));
    const unknown = await core.client.query('remotes.test', { kind: 'mlflow', url: proxy.url });
    expect(unknown.steps.map(({ step, verdict }) => `${step} ${verdict}`)).toEqual(['address well', 'server skipped', 'sign_in failed', 'workspace skipped', 'read skipped']);
    proxy.decide(({ path }) => (path === '/version' ? { kind: 'pass' } : { kind: 'answer', status: 401, body: 'who are you' }));
    expect((await core.client.query('remotes.test', { kind: 'mlflow', url: proxy.url })).steps.find((step) => step.verdict === 'failed')).toMatchObject({ step: 'sign_in' });
    expect((await core.client.query('remotes.test', { kind: 'mlflow', url: `http://127.0.0.1:${await freePort()}` })).steps[0]).toMatchObject({ step: 'address', verdict: 'failed', detail: (expect.stringContaining('nothing listens there') as unknown) });
    expect((await core.client.query('remotes.test', { kind: 'mlflow', url: 'ftp://there' })).steps[0]).toMatchObject({ verdict: 'failed' });
    expect((await core.client.query('remotes.test', { kind: 'mlflow', url: `http://me:secret@127.0.0.1:9` })).steps[0]).toMatchObject({ verdict: 'failed' });
  });

  test('refuses whoever asks for it by a foreign name, and it is said that this is no matter of the credential', async () => {
    proxy.decide(() => ({ kind: 'pass', host: 'models.example.org' }));
    const answer = await fetch(`${proxy.url}/api/2.0/mlflow/registered-models/search`);
    expect({ status: answer.status, text: await answer.text() }).toEqual({ status: 403, text: expect.stringContaining('Invalid Host header') as unknown });
    const { steps, version } = await core.client.query('remotes.test', { kind: 'mlflow', url: proxy.url });
    expect(version, 'that much it says to anybody').toMatch(/^3\./);
    expect(steps.map(({ step, verdict }) => `${step} ${verdict}`)).toEqual(['address well', 'server well', 'read failed', 'sign_in skipped', 'workspace skipped']);
    expect(steps.find(({ verdict }) => verdict === 'failed')).toMatchObject({ detail: expect.stringContaining('Invalid Host header') as unknown, advice: expect.stringContaining('--allowed-hosts') as unknown });
  });

  test('takes conditions on logged models without “attributes.” and breaks over those with it: none goes out that way', async () => {
    const search = (filter: string) => fetch(`${server.url}/api/2.0/mlflow/logged-models/search`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ experiment_ids: ['0'], filter }) });
    expect((await search('last_updated_timestamp > 0')).status).toBe(200);
    // Measured: it should be told that the condition is wrong. Once it is, this says so.
    expect((await search('attributes.last_updated_timestamp > 0')).status).toBe(500);
    const name = named('conditions');
    await mlflow.act('model', { name });
    await mlflow.act('version', { name, files: { MLmodel: '1' } });
    proxy.asked.length = 0;
    await connect();
    const asked = proxy.asked.map(({ path }) => decodeURIComponent(path));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((path) => /logged-models\/search/u.test(path))).toEqual([]);
  });

  test('comes in whole: models, versions, runs, aliases, tags, descriptions', async () => {
    const name = named('pulled');
    await mlflow.act('model', { name, description: 'Tells cats from dogs.', tags: { reviewed: '', owner: 'ada' } });
    const first = await mlflow.act<{ version: string; run: string }>('version', { name, files: { MLmodel: 'flavors: {}\n', 'data/w.bin': 'abc' }, params: { lr: '0.1' }, metrics: { accuracy: 0.9 }, description: 'The first.', run_name: 'night run' });
    const second = await mlflow.act<{ version: string }>('version', { name, files: { MLmodel: 'flavors: {}\n' }, tags: { approved: '', size: 'small' } });
    await mlflow.act('alias', { name, alias: 'champion', version: second.version });
    await connect();
    const standing = await collection(name);
    expect(standing).toMatchObject({ type: 'model', description: 'Tells cats from dogs.', tags: ['reviewed'], linkCount: 2, aliases: [{ name: 'champion', index: 1 }] });
    const [one, two] = await links(name);
    const version = await core.client.query('versions.get', { id: one!.version.id });
    expect(version).toMatchObject({ description: 'The first.', metadata: { mlflow: { model: name, version: '1', run: first.run } }, loggedBy: { displayName: 'night run', runId: first.run } });
    expect(await core.client.query('runs.get', { id: version.loggedBy!.id })).toMatchObject({ config: { lr: '0.1' }, summary: { accuracy: 0.9 }, state: 'finished' });
    expect(two!.version).toMatchObject({ tags: ['approved'] });
    expect((await core.client.query('versions.get', { id: two!.version.id })).metadata).toMatchObject({ mlflow: { tags: { size: 'small', approved: '' } } });
    expect(await state()).toMatchObject({ phase: 'idle', failure: null, conflicts: 0, waiting: 0, asOf: { aliases: (expect.any(String) as unknown), changes: (expect.any(String) as unknown) } });

    // Bytes come when they are asked for, and are what they are there.
    const fetched = await core.client.execute('sync.fetch', { versionIds: [one!.version.id] });
    expect(fetched.output).toMatchObject({ fetched: 1, files: 2 });
    expect((await core.client.query('versions.manifest', { id: one!.version.id, limit: 10 })).items.map(({ path, size, reference }) => ({ path, size, reference }))).toEqual([{ path: 'MLmodel', size: 12, reference: null }, { path: 'data/w.bin', size: 3, reference: null }]);
    expect((await core.client.execute('sync.fetch', { versionIds: [one!.version.id] })).output.fetched).toBe(0);
  }, 240_000);

  test('costs one request when nothing happened, and tells of what moves no time there', async () => {
    const name = named('quiet');
    await mlflow.act('model', { name });
    for (let number = 0; number < 2; number++) await mlflow.act('version', { name, files: { MLmodel: `${number}` } });
    await mlflow.act('alias', { name, alias: 'champion', version: '1' });
    const remoteId = await connect();
    expect(await run(remoteId)).toMatchObject({ pulled: 0, pushed: 0, requests: 1 });
    expect(await run(remoteId)).toMatchObject({ pulled: 0, pushed: 0, requests: 1 });
    await mlflow.act('alias', { name, alias: 'champion', version: '2' });
    expect(await run(remoteId)).toMatchObject({ pulled: 1, requests: 1 });
    expect((await collection(name)).aliases).toMatchObject([{ name: 'champion', index: 1 }]);
    await mlflow.act('unalias', { name, alias: 'champion' });
    await mlflow.act('tag', { name, key: 'kept' });
    await mlflow.act('describe', { name, description: 'Now it says something.' });
    await run(remoteId);
    expect(await collection(name)).toMatchObject({ aliases: [], tags: ['kept'], description: 'Now it says something.' });
    const timeline = await core.client.query('aliases.timeline', { holder: { kind: 'collection', id: (await collection(name)).id }, alias: 'champion' });
    expect(timeline.items.map(({ from, to }) => [from, to])).toEqual([[1, null], [0, 1], [null, 0]]);
    expect((await core.client.query('undo.latest', {})).offer, 'what came from there is nobody’s act here').toBeNull();
  }, 240_000);

  test('is followed through a rename, a deleted version, and a model that was deleted and made again', async () => {
    const [name, other, again] = [named('old name'), named('new name'), named('again')];
    await mlflow.act('model', { name });
    for (let number = 0; number < 3; number++) await mlflow.act('version', { name, files: { MLmodel: `${number}` } });
    await mlflow.act('alias', { name, alias: 'champion', version: '3' });
    await mlflow.act('model', { name: again, description: 'before' });
    await mlflow.act('version', { name: again, files: { MLmodel: 'before' } });
    const remoteId = await connect();
    const before = await collection(name);
    await mlflow.act('rename', { name, new_name: other });
    await mlflow.act('delete_version', { name: other, version: '2' });
    await mlflow.act('delete_model', { name: again });
    await mlflow.act('model', { name: again, description: 'after' });
    await mlflow.act('version', { name: again, files: { MLmodel: 'after' } });
    await run(remoteId);
    const after = await collection(other);
    expect(after.id).toBe(before.id);
    expect((await links(other)).map(({ index }) => index)).toEqual([0, 2]);
    expect(after.aliases).toMatchObject([{ name: 'champion', index: 2 }]);
    expect(await collection(again)).toMatchObject({ description: 'after', linkCount: 2 });
    expect(await run(remoteId)).toMatchObject({ pulled: 0 });
  }, 240_000);

  test('is told what is linked here, after its plan was looked at: versions with bytes and runs, aliases, tags, descriptions', async () => {
    const remoteId = await connect();
    const name = named('made here');
    const { output: runHere } = await core.client.execute('runs.create', { project: { name: 'vision' }, displayName: 'trained here', config: { lr: 0.5, optimizer: { name: 'adam' } } });
    await core.client.execute('runs.update', { id: runHere.id, summary: { loss: 0.25 }, state: 'finished' });
    const { id } = await core.client.query('registries.get', { name: 'MLflow' });
    const place = join(directory, 'made here');
    mkdirSync(join(place, 'data'), { recursive: true });
    writeFileSync(join(place, 'MLmodel'), 'flavors: {}\n');
    writeFileSync(join(place, 'data', 'weights äöü.bin'), 'w'.repeat(200_000));
    writeFileSync(join(place, 'empty'), '');
    const logged = (await core.client.execute('versions.log', { paths: [place], project: { name: 'vision' }, artifact: 'maker', type: 'model', description: 'As trained.', runId: runHere.id })).output;
    const linked = (await core.client.execute('links.create', { versionIds: [logged.versionId], target: { kind: 'new_collection', registryId: id, name }, aliases: ['staging', 'not.for.mlflow'] })).output;
    await core.client.execute('collections.update', { id: linked.collectionId, description: 'Made here.' });
    await core.client.execute('tags.edit', { target: { kind: 'collection', id: linked.collectionId }, add: ['fresh'] });
    expect((await mlflow.act<string[]>('names')).includes(name), 'nothing goes there before somebody said so').toBe(false);
    const plan = await core.client.query('sync.plan', { remoteId });
    const mine = plan.items.filter((item) => item.label.includes(name));
    expect(mine.map(({ action, what }) => `${action} ${what}`).sort()).toEqual(['create alias', 'create collection', 'create version', 'skip alias', 'update description', 'update tag']);
    expect(mine.find((item) => item.action === 'skip')).toMatchObject({ label: `MLflow/${name}:not.for.mlflow`, why: (expect.stringContaining('letters, digits') as unknown) });
    expect(plan.bytes).toBe(200_012);

    await core.client.execute('remotes.update', { id: remoteId, pushes: true });
    await until('everything was sent', async () => (await state()).waiting === 0 && (await state()).phase === 'idle');
    const there = await look(name);
    expect(there).toMatchObject({ description: 'Made here.', tags: { fresh: '' }, aliases: { staging: '1' }, versions: [{ version: '1', description: 'As trained.' }] });
    const downloaded = await mlflow.act<Record<string, string>>('download', { uri: `models:/${name}@staging` });
    // The client itself adds a file.
    expect(Object.entries(downloaded).filter(([path]) => path !== 'registered_model_meta').map(([path, text]) => [path, text.length])).toEqual(expect.arrayContaining([['MLmodel', 12], ['data/weights äöü.bin', 200_000], ['empty', 0]]));
    expect(await mlflow.act('run', { run_id: there.versions[0]!.run })).toEqual({ params: { lr: '0.5', 'optimizer.name': 'adam' }, metrics: { loss: 0.25 }, status: 'FINISHED' });
    const dead = (await core.client.query('sync.deadLetters', {})).items;
    expect(dead).toMatchObject([{ what: 'alias', value: 'not.for.mlflow', editable: true }]);

    // What was refused can be written anew.
    await core.client.execute('sync.edit', { id: dead[0]!.id, value: 'not-for-mlflow' });
    await until('the new alias is there', async () => (await look(name)).aliases['not-for-mlflow'] === '1');
    await until('nothing is refused any more', async () => (await state()).dead === 0);

    // A second version and a moved alias go by themselves.
    const next = await logVersion('maker', { MLmodel: 'flavors: {x: {}}\n' });
    await core.client.execute('links.create', { versionIds: [next.versionId], target: { kind: 'collection', id: linked.collectionId }, aliases: ['staging'] });
    await until('the alias moved there', async () => (await look(name)).aliases['staging'] === '2');
    expect((await look(name)).versions).toHaveLength(2);
    await until('all is told', async () => (await state()).waiting === 0 && (await state()).phase === 'idle');
    expect(await run(remoteId, true)).toMatchObject({ pulled: 0, pushed: 0 });
  }, 90_000);

  test('is told of what stood here before it was connected', async () => {
    const { id } = (await core.client.execute('registries.create', { name: 'MLflow', acceptedTypes: ['model'] })).output;
    const name = named('before');
    const { versionId } = await logVersion('maker', { 'm.bin': name });
    await core.client.execute('links.create', { versionIds: [versionId], target: { kind: 'new_collection', registryId: id, name }, aliases: ['production'] });
    const remoteId = await connect();
    expect((await core.client.query('sync.plan', { remoteId })).items.filter((item) => item.label.includes(name)).map(({ action, what }) => `${action} ${what}`)).toEqual(['create collection', 'create version', 'create alias']);
    await core.client.execute('remotes.update', { id: remoteId, pushes: true });
    await until('it is there', async () => (await state()).waiting === 0 && (await state()).phase === 'idle');
    expect(await look(name)).toMatchObject({ aliases: { production: '1' }, versions: [{ version: '1' }] });
  }, 240_000);

  test('shows what both sides moved as a conflict, and each decision does what it says', async () => {
    const aliases = ['mine', 'theirs', 'both'] as const;
    const name = named('contended');
    await mlflow.act('model', { name });
    for (let number = 0; number < 3; number++) await mlflow.act('version', { name, files: { MLmodel: `${number}` } });
    for (const alias of aliases) await mlflow.act('alias', { name, alias, version: '1' });
    const remoteId = await connect();
    await core.client.execute('remotes.update', { id: remoteId, pushes: true });
    await core.client.execute('sync.pause', { remoteId });
    const [, second] = await links(name);
    await core.client.execute('aliases.set', { target: { kind: 'link', id: second!.id }, aliases: [...aliases] });
    for (const alias of aliases) await mlflow.act('alias', { name, alias, version: '3' });
    await core.client.execute('sync.resume', { remoteId });
    await until('three conflicts are shown', async () => (await state()).conflicts === 3 && (await state()).phase === 'conflict');
    expect((await look(name)).aliases, 'nothing was written over').toEqual({ mine: '3', theirs: '3', both: '3' });
    const conflicts = (await core.client.query('sync.conflicts', {})).items;
    expect(conflicts[0]).toMatchObject({ what: 'alias', label: `MLflow/${name}`, base: { shown: (expect.stringContaining('v0') as unknown) }, mine: { shown: (expect.stringContaining('v1') as unknown) }, theirs: { shown: (expect.stringContaining('v2') as unknown) } });
    for (const conflict of conflicts) {
      await core.client.execute('sync.resolve', { id: conflict.id, choice: conflict.field as (typeof aliases)[number], ...(conflict.field === 'both' ? { alias: 'ours' } : {}) });
    }
    await until('all is told', async () => (await state()).waiting === 0 && (await state()).conflicts === 0 && (await state()).phase === 'idle');
    expect((await look(name)).aliases).toEqual({ mine: '2', theirs: '3', both: '3', ours: '2' });
    expect((await collection(name)).aliases.map(({ name: alias, index }) => [alias, index])).toEqual([['both', 2], ['mine', 1], ['ours', 1], ['theirs', 2]]);
    expect(await run(remoteId, true)).toMatchObject({ pulled: 0, pushed: 0, conflicts: 0 });
  }, 240_000);

  test('loses nothing and makes nothing twice when core is killed while it sends and before it hears the answer', async () => {
    const remoteId = await connect();
    await core.client.execute('remotes.update', { id: remoteId, pushes: true });
    for (const path of ['registered-models/create', 'runs/create', 'model-versions/create', 'registered-models/alias']) {
      const name = named('killed push');
      proxy.decide(({ method, path: asked }) => (method === 'POST' && asked.includes(path) ? { kind: 'withhold' } : { kind: 'pass' }));
      await linkNew(name, ['production']);
      await proxy.withheld(path);
      await core.kill();
      proxy.decide(null);
      await open();
      await until(`all of ${name} is told`, async () => (await state()).waiting === 0 && (await state()).phase === 'idle' && (await state()).lastSuccessAt !== null);
      expect(await look(name), path).toMatchObject({ aliases: { production: '1' }, versions: [{ version: '1' }] });
      expect((await collection(name)).linkCount, path).toBe(1);
    }
    expect(await run(remoteId, true)).toMatchObject({ pulled: 0, pushed: 0 });
  }, 300_000);

  test('comes in whole though core is killed in the middle of it', async () => {
    const prefix = named('killed-pull');
    await mlflow.act('many', { prefix, models: 12, versions: 6 });
    proxy.decide(({ path }) => (path.includes('model-versions/search') && path.includes(encodeURIComponent(`${prefix}-00010`)) ? { kind: 'withhold' } : { kind: 'pass' }));
    await core.client.execute('remotes.add', { kind: 'mlflow', name: 'team', url: proxy.url, registry: 'MLflow' });
    await proxy.withheld(`${prefix}-00010`);
    await core.kill();
    proxy.decide(null);
    await open();
    await until('it is read', async () => (await state()).lastSuccessAt !== null && (await state()).phase === 'idle');
    for (const number of [0, 5, 10, 11]) expect((await collection(`${prefix}-${String(number).padStart(5, '0')}`)).linkCount).toBe(6);
    expect((await core.client.query('catalog.doctor', { deep: true })).findings.filter(({ verdict }) => verdict === 'broken')).toEqual([]);
  }, 90_000);

  test('brings the datasets that runs used, and which logged models they were tuned from, as lineage', async () => {
    const name = named('tuned');
    const dataset = named('clicks');
    await mlflow.act('model', { name });
    const [first, second] = await mlflow.act<readonly string[]>('tuned', { name, dataset });
    await connect();
    const [one, two] = await links(name);
    const { nodes, edges } = await core.client.query('lineage.neighbourhood', { root: { kind: 'version', id: two!.version.id } });
    const called = new Map(nodes.map((node) => [node.key, node.kind === 'run' ? node.runId : node.type === 'dataset' ? `${node.artifact}:v${node.index}` : node.id === one!.version.id ? 'first model' : 'second model']));
    expect(edges.map((edge) => `${called.get(edge.from)} ${edge.relation}${edge.usedAs === undefined ? '' : ` as ${edge.usedAs}`} ${called.get(edge.to)}`).toSorted()).toEqual([
      `${first} logged first model`, `${second} logged second model`, `${dataset}:v0 used as training ${first}`, `${dataset}:v0 used as training ${second}`, `first model used ${second}`,
    ].toSorted());
    const used = nodes.find((node) => node.kind === 'version' && node.type === 'dataset');
    if (used?.kind !== 'version') throw new Error('No dataset.');
    const version = await core.client.query('versions.get', { id: used.id });
    expect(version.metadata).toMatchObject({ mlflow: { dataset, digest: 'abc123', sourceType: 'http', source: 'https://data.example/train.csv' } });
    expect(JSON.stringify(version)).not.toContain('secret');
  }, 240_000);

  test('has its stages go over as lifecycle states, where that is wanted', async () => {
    const name = named('staged');
    await mlflow.act('model', { name });
    for (let version = 0; version < 3; version++) await mlflow.act('version', { name, files: { MLmodel: `${version}` } });
    await mlflow.act('stage', { name, version: '1', stage: 'Production' });
    const remoteId = await connect();
    const { id: registryId } = await core.client.query('registries.get', { name: 'MLflow' });
    const states = [['draft', 0], ['review', 2], ['approved', 4], ['retired', 8]].map(([state, hue]) => ({ name: String(state), hue: Number(hue), terminal: false }));
    const transitions = states.flatMap((from) => states.filter((to) => to !== from).map((to) => ({ from: from.name, to: to.name, role: 'member' as const, needsReason: false })));
    await core.client.execute('registries.setLifecycle', { registryId, lifecycle: { states, transitions } });
    const { fields } = await core.client.query('remotes.get', { id: remoteId });
    await core.client.execute('remotes.update', { id: remoteId, pushes: true, fields: { ...fields, states: true } });
    await run(remoteId);
    const standing = async () => (await links(name)).map((link) => link.state);
    expect(await standing()).toEqual(['approved', 'draft', 'draft']);
    await mlflow.act('stage', { name, version: '2', stage: 'Staging' });
    const [, , third] = await links(name);
    await core.client.execute('links.setState', { linkIds: [third!.id], state: 'retired' });
    await run(remoteId);
    expect(await standing()).toEqual(['approved', 'review', 'retired']);
    expect(await mlflow.act('stages', { name })).toEqual({ 1: 'Production', 2: 'Staging', 3: 'Archived' });
  }, 240_000);

  test('names that quote, match too much, or are long, in any writing come in with their own versions alone; those that no collection can have are left, and it is said why', async () => {
    const word = named('odd');
    const taken = [`${word} it's`, `${word} "said"`, `${word} it's "said"`, `${word} it_s "said"`, `${word} 100%`, `${word} a?b#c&d=e`, `${word} モデル 🚀`, `${word}-${'x'.repeat(128 - word.length - 1)}`];
    const left = [`${word}-${'y'.repeat(256 - word.length - 1)}`, `${word} line\nbreak`];
    for (const [index, name] of [...taken, ...left].entries()) {
      await mlflow.act('model', { name });
      for (let count = 0; count <= index % 2; count++) await mlflow.act('version', { name, files: { MLmodel: name } });
      await mlflow.act('alias', { name, alias: 'champion', version: '1' });
    }
    const remoteId = await connect();
    for (const [index, name] of taken.entries()) expect(await collection(name.normalize('NFC')), name).toMatchObject({ linkCount: 1 + (index % 2), aliases: expect.arrayContaining([expect.objectContaining({ name: 'champion', index: 0 })]) as unknown });
    const { items } = await core.client.query('links.list', { collectionId: (await collection(taken[2]!)).id });
    expect((await core.client.execute('sync.fetch', { versionIds: [items[0]!.version.id] })).output).toMatchObject({ fetched: 1 });
    expect((await core.client.query('versions.preview', { id: items[0]!.version.id, path: 'MLmodel' })).text).toBe(taken[2]);
    const { skipped } = await state();
    for (const name of left) expect(skipped.find((one) => one.model === name)?.why, name).toMatch(/collection/u);
    // And back: what is told of such a model finds it.
    await core.client.execute('remotes.update', { id: remoteId, pushes: true });
    for (const name of taken) await core.client.execute('collections.update', { id: (await collection(name)).id, description: `Said of ${name}.` });
    await run(remoteId);
    for (const name of taken) expect((await look(name)).description).toBe(`Said of ${name}.`);
  }, 300_000);

  test('may be away, slow, ill or unwilling: what waits stays, and it is said', async () => {
    const remoteId = await connect();
    await core.client.execute('remotes.update', { id: remoteId, pushes: true });
    const name = named('patient');
    proxy.decide(() => ({ kind: 'drop' }));
    await linkNew(name, ['production']);
    await until('it is offline', async () => (await state()).phase === 'offline');
    expect(await state()).toMatchObject({ waiting: (expect.any(Number) as unknown), failure: { code: 'remote_unreachable' }, attempts: (expect.any(Number) as unknown), nextTryAt: (expect.any(String) as unknown) });
    expect((await state()).waiting).toBeGreaterThanOrEqual(3);
    proxy.decide(() => ({ kind: 'answer', status: 503, headers: { 'retry-after': '1' } }));
    await expect(run(remoteId)).rejects.toMatchObject({ code: 'remote_failed' });
    expect(await state()).toMatchObject({ phase: 'backing_off' });
    proxy.decide(() => ({ kind: 'answer', status: 401, body: 'no' }));
    await expect(run(remoteId)).rejects.toMatchObject({ code: 'remote_sign_in' });
    expect(await state()).toMatchObject({ phase: 'sign_in', nextTryAt: null });
    proxy.decide(() => ({ kind: 'answer', status: 302, headers: { location: 'http://127.0.0.1:9/steal' } }));
    await expect(run(remoteId)).rejects.toMatchObject({ code: 'remote_failed' });
    proxy.decide(() => ({ kind: 'delay', milliseconds: 30 }));
    await run(remoteId);
    expect(await look(name)).toMatchObject({ aliases: { production: '1' }, versions: [{ version: '1' }] });
    expect(await state()).toMatchObject({ failure: null, attempts: 0, waiting: 0 });
    expect((await core.client.query('sync.rounds', { remoteId })).items.filter(({ failure }) => failure !== null).length).toBeGreaterThanOrEqual(3);
  }, 240_000);
});

describe(`two Vitrines on one server ${backend().words}`, () => {
  test('come to the same', async () => {
    const remoteId = await connect({ name: 'team' });
    await core.client.execute('remotes.update', { id: remoteId, pushes: true });
    const name = named('shared');
    await linkNew(name, ['production']);
    await until('all is told', async () => (await state()).waiting === 0 && (await state()).phase === 'idle');
    const first = core;
    const other = await startCore({ nodePath: process.execPath, root, directory: join(folder, `catalog-${catalogs++}`), checkOutput: true });
    try {
      const added = await other.client.execute('remotes.add', { kind: 'mlflow', name: 'team', url: server.url, registry: 'MLflow' });
      await other.client.execute('sync.run', { remoteId: added.output.id });
      await other.client.execute('remotes.update', { id: added.output.id, pushes: true });
      const theirs = await other.client.query('collections.get', { registry: 'MLflow', name });
      expect(theirs).toMatchObject({ linkCount: 1, aliases: [{ name: 'production', index: 0 }] });
      const { items } = await other.client.query('links.list', { collectionId: theirs.id });
      await other.client.execute('aliases.set', { target: { kind: 'link', id: items[0]!.id }, aliases: ['seen'] });
      await other.client.execute('collections.update', { id: theirs.id, description: 'Written there.' });
      await other.client.execute('sync.run', { remoteId: added.output.id });
      await first.client.execute('sync.run', { remoteId });
      expect(await collection(name)).toMatchObject({ description: 'Written there.', aliases: [{ name: 'production', index: 0 }, { name: 'seen', index: 0 }] });
    } finally {
      await other.stop();
    }
  }, 240_000);
});
