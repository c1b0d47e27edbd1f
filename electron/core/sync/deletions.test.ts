/** What is unlinked and deleted here, at a server that has versions and no links: it goes there only where the remote's settings say so. */
import { afterAll, expect, test } from 'vitest';
import type { RemoteId } from '#shared/contract/index.ts';
import { openBesideFakes } from './testing/besideFakes.ts';
import type { FakeMlflow } from './testing/fakeMlflow.ts';

const { vitrine, fresh, close } = await openBesideFakes();
afterAll(close);

type Followed = { readonly server: FakeMlflow; readonly registry: string; readonly remoteId: RemoteId; round(): Promise<void>; numbers(model?: string): readonly number[] | undefined };

/** A registry that follows a server with one model of three versions, of which the second is the champion. */
async function follow(deletions: boolean): Promise<Followed> {
  const { server, registry } = fresh();
  server.act('client', 'registered-models/create', { name: 'gemma' });
  for (let version = 0; version < 3; version++) server.act('client', 'model-versions/create', { name: 'gemma', source: 'x' });
  server.act('client', 'registered-models/alias', { name: 'gemma', alias: 'champion', version: '2' });
  const { id } = await vitrine.run('remotes.add', { kind: 'mlflow', name: registry, url: server.url, registry, fields: { aliases: true, descriptions: true, tags: true, runs: true, deletions } });
  const round = async (): Promise<void> => void (await vitrine.run('sync.run', { remoteId: id, everything: true }));
  await round();
  await vitrine.run('remotes.update', { id, pushes: true });
  return { server, registry, remoteId: id, round, numbers: (model = 'gemma') => { const found = server.models.get(model); return found === undefined ? undefined : [...found.versions.keys()]; } };
}

const collection = (registry: string, name = 'gemma') => vitrine.run('collections.get', { registry, name });
const links = async (registry: string, name?: string) => (await vitrine.run('links.list', { collectionId: (await collection(registry, name)).id, direction: 'ascending' })).items;
const refused = async (remoteId: RemoteId) => (await vitrine.run('sync.deadLetters', { remoteId })).items.map((one) => one.error);
const state = async (remoteId: RemoteId) => (await vitrine.run('sync.state', {})).items.find((one) => one.remoteId === remoteId);

test('nothing goes there unless the settings say so, and the plan says that it stays', async () => {
  const { registry, remoteId, round, numbers } = await follow(false);
  await vitrine.run('links.remove', { linkIds: [(await links(registry))[0]!.id] });
  await vitrine.run('collections.delete', { id: (await collection(registry)).id });
  const plan = await vitrine.run('sync.plan', { remoteId });
  expect([plan.delete, plan.items.map((item) => item.why)]).toEqual([0, expect.arrayContaining([expect.stringContaining('stays at this remote')]) as unknown]);
  await round();
  await round();
  expect([numbers(), await state(remoteId)]).toMatchObject([[1, 2, 3], { waiting: 0, dead: 0 }]);
});

test('where they say so, an unlinked version goes there with its aliases, and a deleted collection with what is known to stand in it', async () => {
  const { server, registry, remoteId, round, numbers } = await follow(true);
  const [first, second] = await links(registry);
  await vitrine.run('links.remove', { linkIds: [first!.id, second!.id] });
  const plan = await vitrine.run('sync.plan', { remoteId });
  expect(plan).toMatchObject({ delete: 2, items: expect.arrayContaining([expect.objectContaining({ action: 'delete', what: 'version' })]) as unknown });
  await round();
  expect([numbers(), [...server.models.get('gemma')!.aliases.keys()], await refused(remoteId)]).toEqual([[3], [], []]);
  await vitrine.run('collections.delete', { id: (await collection(registry)).id });
  expect(await vitrine.run('sync.plan', { remoteId })).toMatchObject({ delete: 1, items: [{ action: 'delete', what: 'collection', from: 'gemma' }] });
  await round();
  await round();
  expect([numbers(), await state(remoteId)]).toMatchObject([undefined, { waiting: 0, dead: 0 }]);
});

test('what somebody did there meanwhile is not deleted unseen: another alias on the version, another version in the model', async () => {
  const { server, registry, remoteId, round, numbers } = await follow(true);
  server.act('client', 'registered-models/alias', { name: 'gemma', alias: 'theirs', version: '1' });
  await vitrine.run('sync.pause', { remoteId });
  await vitrine.run('links.remove', { linkIds: [(await links(registry))[0]!.id] });
  await vitrine.run('sync.resume', { remoteId });
  await round();
  expect([numbers(), await refused(remoteId)]).toEqual([[1, 2, 3], [expect.stringContaining('“theirs” stands on version 1')]]);
  await vitrine.run('collections.delete', { id: (await collection(registry)).id });
  // A version that comes between the reading and the writing.
  let came = false;
  server.fault = (_, path) => {
    if (path.endsWith('registered-models/get') && !came) {
      came = true;
      server.act('client', 'model-versions/create', { name: 'gemma', source: 'y' });
    }
    return 'pass';
  };
  await round();
  server.fault = null;
  expect(came).toBe(true);
  expect([numbers(), await refused(remoteId)]).toEqual([[1, 2, 3, 4], [expect.stringContaining('theirs'), expect.stringContaining('version 4 in it was not known here')]]);
});

test('a collection that is restored here is made there again, with its versions and aliases', async () => {
  const { registry, remoteId, round, server, numbers } = await follow(true);
  const { id: registryId } = await vitrine.run('registries.get', { name: registry });
  const made = [(await vitrine.log('one', 'first bytes')) as never, (await vitrine.log('two', 'second bytes')) as never];
  const { collectionId } = await vitrine.run('links.create', { versionIds: made, target: { kind: 'new_collection', registryId, name: 'made' } });
  await vitrine.run('aliases.set', { target: { kind: 'link', id: (await links(registry, 'made'))[1]!.id }, aliases: ['champion'] });
  await round();
  expect(numbers('made')).toEqual([1, 2]);
  await vitrine.run('collections.delete', { id: collectionId });
  await round();
  expect(numbers('made')).toBeUndefined();
  const trashed = (await vitrine.run('trash.list', {})).items.find((item) => item.object.kind === 'collection');
  await vitrine.run('trash.restore', { id: trashed!.id });
  await round();
  await round();
  expect([numbers('made'), Object.fromEntries(server.models.get('made')?.aliases ?? []), await refused(remoteId)]).toEqual([[1, 2], { champion: 2 }, []]);
  expect(await state(remoteId)).toMatchObject({ waiting: 0, dead: 0, conflicts: 0 });
});

test('the push of a deletion is taken back: the link stands again, and the version is made there anew', async () => {
  const { registry, remoteId, round, numbers } = await follow(true);
  const { id: registryId } = await vitrine.run('registries.get', { name: registry });
  await vitrine.run('links.create', { versionIds: [(await vitrine.log('back', 'more bytes')) as never], target: { kind: 'new_collection', registryId, name: 'made' } });
  await round();
  await vitrine.run('links.remove', { linkIds: [(await links(registry, 'made'))[0]!.id] });
  await round();
  expect(numbers('made')).toEqual([]);
  const [round_] = (await vitrine.run('sync.rounds', { remoteId, limit: 1 })).items;
  const { items } = await vitrine.run('sync.undoPlan', { remoteId, roundId: round_!.id });
  expect(items).toMatchObject([{ what: 'version', from: 'v0', to: null, verdict: 'take_back' }]);
  await vitrine.run('sync.undo', { remoteId, ids: items.map((item) => item.id) });
  await round();
  expect([numbers('made'), (await links(registry, 'made')).map((link) => link.index)]).toEqual([[2], [0]]);
});
