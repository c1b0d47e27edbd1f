/** Lifecycle states of links and stages of versions at MLflow, both ways, against a fake server. */
import { afterAll, expect, test } from 'vitest';
import type { RemoteId } from '#shared/contract/index.ts';
import { openBesideFakes } from './testing/besideFakes.ts';
import type { FakeMlflow } from './testing/fakeMlflow.ts';

const { vitrine, fresh, close } = await openBesideFakes();
afterAll(close);

const states = [{ name: 'draft', hue: 0, terminal: false }, { name: 'review', hue: 2, terminal: false }, { name: 'approved', hue: 4, terminal: false }, { name: 'retired', hue: 8, terminal: true }];
const way = (from: string, to: string) => ({ from, to, role: 'member' as const, needsReason: false });
const everyWay = states.filter((from) => !from.terminal).flatMap((from) => states.filter((to) => to !== from).map((to) => way(from.name, to.name)));

type Followed = { readonly server: FakeMlflow; readonly registry: string; readonly remoteId: RemoteId; round(): Promise<void>; stage(version: number, stage: string): void; standing(): Promise<readonly (string | null)[]>; set(index: number, state: string): Promise<void>; stages(): readonly string[]; superseded(): Promise<readonly unknown[]> };

/** A registry with states that follows a server with one model of three versions, of which the second is in production. */
async function follow({ wanted = true, transitions = everyWay }: { readonly wanted?: boolean; readonly transitions?: typeof everyWay } = {}): Promise<Followed> {
  const { server, registry } = fresh();
  server.act('client', 'registered-models/create', { name: 'gemma' });
  for (let version = 0; version < 3; version++) server.act('client', 'model-versions/create', { name: 'gemma', source: 'x' });
  const stage = (version: number, to: string): void => void server.act('client', 'model-versions/transition-stage', { name: 'gemma', version: String(version), stage: to });
  stage(2, 'Production');
  const { id: registryId } = await vitrine.run('registries.create', { name: registry });
  await vitrine.run('registries.setLifecycle', { registryId, lifecycle: { states, transitions } });
  const { id } = await vitrine.run('remotes.add', { kind: 'mlflow', name: registry, url: server.url, registry, fields: { aliases: true, descriptions: true, tags: true, runs: true, names: true, removals: true, states: wanted } });
  const round = async (): Promise<void> => void (await vitrine.run('sync.run', { remoteId: id, everything: true }));
  await round();
  await vitrine.run('remotes.update', { id, pushes: true });
  const links = async () => (await vitrine.run('links.list', { collectionId: (await vitrine.run('collections.get', { registry, name: 'gemma' })).id, direction: 'ascending' })).items;
  return {
    server, registry, remoteId: id, round, stage,
    standing: async () => (await links()).map((link) => link.state),
    async set(index, state) {
      await vitrine.run('links.setState', { linkIds: [(await links())[index]!.id], state });
    },
    stages: () => [...(server.models.get('gemma')?.versions.values() ?? [])].map((version) => version.stage),
    superseded: async () => (await vitrine.run('history.list', { limit: 200 })).items.filter((event) => event.kind === 'sync.superseded' && event.subject.label.startsWith(`${registry}/`)),
  };
}

const waiting = async (remoteId: RemoteId): Promise<number> => (await vitrine.run('sync.state', {})).items.find((one) => one.remoteId === remoteId)!.waiting;

test('a stage comes as the state that stands for it, and goes as the stage that stands for the state', async () => {
  const { remoteId, round, stage, standing, set, stages } = await follow();
  expect(await standing()).toEqual(['draft', 'approved', 'draft']);
  stage(1, 'Staging');
  stage(2, 'Archived');
  await round();
  expect(await standing()).toEqual(['review', 'retired', 'draft']);
  await set(2, 'approved');
  await set(0, 'draft');
  await round();
  expect(stages()).toEqual(['None', 'Archived', 'Production']);
  await round();
  expect(await waiting(remoteId)).toBe(0);
  expect(await standing()).toEqual(['draft', 'retired', 'approved']);
});

test('nothing of it goes over unless wanted; once wanted, both sides are compared, and whichever says nothing takes what the other says', async () => {
  const { remoteId, round, standing, set, stages } = await follow({ wanted: false });
  expect(await standing()).toEqual(['draft', 'draft', 'draft']);
  await set(0, 'review');
  await round();
  expect(stages()).toEqual(['None', 'Production', 'None']);
  const { fields } = await vitrine.run('remotes.get', { id: remoteId });
  await vitrine.run('remotes.update', { id: remoteId, fields: { ...fields, states: true } });
  await round();
  expect(await standing()).toEqual(['review', 'approved', 'draft']);
  expect(stages()).toEqual(['Staging', 'Production', 'None']);
});

test('where both sides moved, the later one stays and the history keeps the other', async () => {
  const { round, stage, standing, set, stages, superseded } = await follow();
  await set(0, 'review');
  stage(1, 'Production');
  await round();
  expect([await standing(), stages()]).toEqual([['approved', 'approved', 'draft'], ['Production', 'Production', 'None']]);
  expect(await superseded()).toMatchObject([{ before: { text: 'review', from: 'here' } }]);
  stage(3, 'Archived');
  await set(2, 'review');
  await round();
  await round();
  expect([await standing(), stages()]).toEqual([['approved', 'approved', 'review'], ['Production', 'Production', 'Staging']]);
});

test('between our reading and our writing it is read again first', async () => {
  const { server, round, stage, standing, set, stages } = await follow();
  await set(0, 'review');
  let moved = false;
  server.fault = (_, path) => {
    if (path.endsWith('model-versions/get') && !moved) {
      moved = true;
      stage(1, 'Archived');
    }
    return 'pass';
  };
  await round();
  server.fault = null;
  await round();
  expect(moved).toBe(true);
  expect([await standing(), stages()]).toEqual([['retired', 'approved', 'draft'], ['Archived', 'Production', 'None']]);
});

test('no way that the registry does not know is gone because of a stage: it stays, and the history says why, once', async () => {
  const { round, stage, standing, superseded } = await follow({ transitions: [way('draft', 'review')] });
  expect(await standing()).toEqual(['draft', 'draft', 'draft']);
  expect(await superseded()).toMatchObject([{ before: { text: 'Production' }, after: { text: 'draft' }, message: expect.stringContaining('draft') as unknown }]);
  stage(1, 'Staging');
  await round();
  await round();
  expect(await standing()).toEqual(['review', 'draft', 'draft']);
  expect((await superseded()).length).toBe(1);
});

test('a push of a state is taken back: to the state before here and its stage there, and not where either moved on', async () => {
  const { remoteId, round, stage, standing, set, stages } = await follow({ transitions: everyWay });
  const sent = async () => (await Promise.all((await vitrine.run('sync.rounds', { remoteId, limit: 50 })).items.map((one) => vitrine.run('sync.undoPlan', { remoteId, roundId: one.id })))).flatMap((one) => one.items);
  await set(0, 'review');
  await set(2, 'approved');
  await round();
  expect(stages()).toEqual(['Staging', 'Production', 'Production']);
  const items = await sent();
  expect(items.map(({ what, from, to, verdict }) => [what, from, to, verdict])).toEqual([['state', 'None', 'Production', 'take_back'], ['state', 'None', 'Staging', 'take_back']]);
  stage(3, 'Archived');
  const [moved, open] = await sent();
  expect(moved).toMatchObject({ verdict: 'refused', why: expect.stringContaining('changed at') as unknown });
  await expect(vitrine.run('sync.undo', { remoteId, ids: [moved!.id, open!.id] })).rejects.toMatchObject({ code: 'undo_stale' });
  await vitrine.run('sync.undo', { remoteId, ids: [open!.id] });
  expect(await standing()).toEqual(['draft', 'approved', 'approved']);
  await round();
  await round();
  expect([await standing(), stages()]).toEqual([['draft', 'approved', 'retired'], ['None', 'Production', 'Archived']]);
});

test('a version that is made here goes there with the stage of its state', async () => {
  const { registry, round, set, stages } = await follow();
  const versionId = await vitrine.log('maker', 'bytes');
  const { id } = await vitrine.run('collections.get', { registry, name: 'gemma' });
  await vitrine.run('links.create', { versionIds: [versionId as never], target: { kind: 'collection', id } });
  await set(3, 'approved');
  await round();
  await round();
  expect(stages()).toEqual(['None', 'Production', 'None', 'Production']);
});

test('what a registry says of a state counts before its name and place, both ways', async () => {
  const { registry, round, stage, standing, set, stages } = await follow();
  const { id } = await vitrine.run('registries.get', { name: registry });
  const mapped = states.map((state) => ({ ...state, ...(state.name === 'review' ? { stage: 'Production' as const } : state.name === 'approved' ? { stage: 'Archived' as const } : {}) }));
  await vitrine.run('registries.setLifecycle', { registryId: id, lifecycle: { states: mapped, transitions: everyWay } });
  stage(1, 'Production');
  await round();
  expect((await standing())[0]).toBe('review');
  await set(2, 'approved');
  await round();
  expect(stages()[2]).toBe('Archived');
});
