/** Files that a policy brings: told while they come, cut off by a pause, chosen anew by another policy or rate. Against a fake server. */
import { afterAll, expect, test } from 'vitest';
import type { InputOf, RemoteId } from '#shared/contract/index.ts';
import { openBesideFakes } from './testing/besideFakes.ts';
import type { FakeFault, FakeMlflow } from './testing/fakeMlflow.ts';

const { vitrine, fresh, close } = await openBesideFakes();
afterAll(close);

const size = 64 * 1024;

/** A remote with one model of three versions, each with a file, none of which is here. */
async function follow(): Promise<{ readonly server: FakeMlflow; readonly remoteId: RemoteId }> {
  const { server, registry } = fresh();
  server.act('client', 'registered-models/create', { name: 'gemma' });
  for (let version = 1; version <= 3; version++) {
    const folder = `1/run${version}/artifacts/model`;
    await fetch(`${server.url}/api/2.0/mlflow-artifacts/artifacts/${folder}/w.bin`, { method: 'PUT', body: Buffer.alloc(size, version) });
    server.act('client', 'model-versions/create', { name: 'gemma', source: `mlflow-artifacts:/${folder}` });
  }
  const { id } = await vitrine.run('remotes.add', { kind: 'mlflow', name: registry, url: server.url, registry });
  await vitrine.run('sync.run', { remoteId: id, everything: true });
  return { server, remoteId: id };
}

const round = (remoteId: RemoteId) => vitrine.run('sync.run', { remoteId, everything: false });
const set = (id: RemoteId, change: Omit<InputOf<'remotes.update'>, 'id'>) => vitrine.run('remotes.update', { id, ...change });
const stateOf = async (remoteId: RemoteId) => (await vitrine.run('sync.state', {})).items.find((one) => one.remoteId === remoteId);
const fetching = async (remoteId: RemoteId) => (await stateOf(remoteId))?.fetching;
const here = async (remoteId: RemoteId) => {
  const { registry } = await vitrine.run('remotes.get', { id: remoteId });
  const { items } = await vitrine.run('links.list', { collectionId: (await vitrine.run('collections.get', { registry: registry.name, name: 'gemma' })).id, direction: 'ascending' });
  const where = await vitrine.run('bytes.where', { versionIds: items.map((link) => link.version.id) });
  return where.items.map((one) => one.standing);
};

/** Holds back the file that is asked for as the first or a later one until it is let go; tells when it is asked for. */
function hold(server: FakeMlflow, turn: number): { readonly asked: Promise<void>; letGo(): void } {
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  let files = 0;
  server.fault = async (method, path): Promise<FakeFault> => {
    if (method === 'GET' && path.endsWith('/w.bin') && ++files === turn) {
      asked.resolve();
      await gate.promise;
    }
    return 'pass';
  };
  return { asked: asked.promise, letGo: () => gate.resolve() };
}

test('it is told which version comes and how many wait; a pause cuts it off, says what waits, and what came stays', async () => {
  const { server, remoteId } = await follow();
  expect(await fetching(remoteId), 'on demand nothing comes by itself').toBeNull();
  await set(remoteId, { bytes: { kind: 'all' } });
  const held = hold(server, 2);
  const running = expect(round(remoteId)).rejects.toMatchObject({ code: 'cancelled' });
  await held.asked;
  expect(await fetching(remoteId)).toEqual({ label: expect.stringMatching(/gemma/u) as unknown, done: 0, total: null, rate: null, waiting: 1 });
  await vitrine.run('sync.pause', { remoteId });
  await running;
  expect(await stateOf(remoteId)).toMatchObject({ phase: 'paused', fetching: { label: null, waiting: 2 } });
  expect((await here(remoteId)).filter((one) => one === 'here')).toHaveLength(1);
  held.letGo();
  await vitrine.run('sync.resume', { remoteId });
  await round(remoteId);
  expect(await fetching(remoteId)).toBeNull();
  expect(await here(remoteId)).toEqual(['here', 'here', 'here']);
});

test('another policy ends what the one before it was bringing, and the round goes well', async () => {
  const { server, remoteId } = await follow();
  await set(remoteId, { bytes: { kind: 'all' } });
  const held = hold(server, 1);
  const running = round(remoteId);
  await held.asked;
  await set(remoteId, { bytes: { kind: 'newest', count: 1 } });
  await running;
  held.letGo();
  expect(await stateOf(remoteId)).toMatchObject({ phase: 'idle', failure: null, fetching: null });
  expect(await here(remoteId)).toEqual(['elsewhere', 'elsewhere', 'elsewhere']);
  await round(remoteId);
  expect(await here(remoteId)).toEqual(['elsewhere', 'elsewhere', 'here']);
});

test('another rate holds from then on for what is coming, and other settings cut nothing off', async () => {
  const { server, remoteId } = await follow();
  // At this rate they would come in minutes.
  await set(remoteId, { bytes: { kind: 'all' }, rate: 1024 });
  const held = hold(server, 1);
  const running = round(remoteId);
  await held.asked;
  held.letGo();
  await set(remoteId, { fields: { aliases: true, descriptions: true, tags: false, runs: true, names: true, removals: true, states: false } });
  expect(await fetching(remoteId)).toMatchObject({ label: expect.stringMatching(/gemma/u) as unknown, waiting: 2 });
  await set(remoteId, { rate: null });
  await running;
  await round(remoteId);
  expect(await here(remoteId)).toEqual(['here', 'here', 'here']);
});

test('one whose bytes can’t be had says why, in the way of no other, until they can', async () => {
  const { server, remoteId } = await follow();
  await set(remoteId, { bytes: { kind: 'all' } });
  const trouble = async () => {
    const { registry } = await vitrine.run('remotes.get', { id: remoteId });
    const { items } = await vitrine.run('links.list', { collectionId: (await vitrine.run('collections.get', { registry: registry.name, name: 'gemma' })).id, direction: 'ascending' });
    return (await vitrine.run('bytes.where', { versionIds: items.map((link) => link.version.id) })).items.map((one) => one.trouble);
  };
  // The second's folder lists nothing that can be fetched.
  server.models.get('gemma')!.versions.set(2, { ...server.models.get('gemma')!.versions.get(2)!, source: 'file:///elsewhere/model', updated: server.now() + 1 });
  await vitrine.run('sync.run', { remoteId, everything: true });
  expect(await here(remoteId)).toEqual(['here', 'elsewhere', 'here']);
  expect(await trouble()).toEqual([null, expect.stringMatching(/./u), null]);
  const { registry } = await vitrine.run('remotes.get', { id: remoteId });
  const [, second] = (await vitrine.run('links.list', { collectionId: (await vitrine.run('collections.get', { registry: registry.name, name: 'gemma' })).id, direction: 'ascending' })).items;
  await expect(vitrine.run('sync.fetch', { versionIds: [second!.version.id] })).rejects.toMatchObject({ code: expect.any(String) as unknown });
  server.models.get('gemma')!.versions.set(2, { ...server.models.get('gemma')!.versions.get(2)!, source: 'mlflow-artifacts:/1/run2/artifacts/model', updated: server.now() + 2 });
  await vitrine.run('sync.run', { remoteId, everything: true });
  expect([await here(remoteId), await trouble()]).toEqual([['here', 'here', 'here'], [null, null, null]]);
});
