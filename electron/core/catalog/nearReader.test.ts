import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId, VersionId } from '#shared/contract/index.ts';
import { isShortQuestion } from './shortQuestions.ts';
import { openWorld, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test('a short question is answered the same nearby as in a reading thread, its refusals too', async () => {
  const { versionId } = await world.log('small', 'bytes', { description: 'one' });
  const models = await world.registry('Models');
  await world.do('collections.create', { registryId: models.id, name: 'Classifiers', type: 'model', tags: [] });
  const questions = [
    ['versions.details', { ids: [versionId] }], ['versions.get', { id: versionId }], ['versions.get', { id: 999_999 }], ['registries.get', { name: 'Models' }], ['registries.get', { name: 'nowhere' }],
    ['collections.get', { registry: 'Models', name: 'Classifiers' }], ['addresses.resolve', { address: 'vision/small:latest', prefer: 'version' }], ['internal.entry', { id: versionId, path: 'no such file' }],
  ] as const;
  const actorId = world.catalog.status().defaultUserId;
  const answers = async () => await Promise.all(questions.map(([name, input]) => world.catalog.read(name, input, { actorId }).catch((thrown: { readonly code: string; readonly details: unknown }) => ({ code: thrown.code, details: thrown.details }))));
  const before = await answers();
  await world.catalog.readNearby();
  expect(questions.every(([name, input]) => isShortQuestion(name, input))).toBe(true);
  expect(await answers()).toEqual(before);
});

test('nothing that lists, searches or asks for much is short', () => {
  const many = Array.from({ length: 5 }, (_, index) => index + 1);
  for (const [name, input] of [['versions.list', {}], ['search.query', { text: 'x' }], ['history.list', {}], ['versions.details', { ids: many }], ['internal.resolveContents', { contents: Array.from({ length: 65 }), baseVersionIds: [] }]] as const) expect(isShortQuestion(name, input)).toBe(false);
});

test('what was acknowledged is seen nearby at once: a version, and that somebody is no longer who they were', async () => {
  await world.catalog.readNearby();
  const details = async (id: VersionId, actorId: number = world.catalog.status().defaultUserId) => ((await world.catalog.read('versions.details', { ids: [id] }, { actorId: actorId as UserId })) as { readonly items: readonly { readonly description: string }[] }).items;
  for (let step = 0; step < 20; step++) {
    const { versionId } = await world.log('own', `bytes ${step}`, { description: `step ${step}` });
    expect(await details(versionId)).toMatchObject([{ description: `step ${step}` }]);
  }
  const { versionId } = await world.log('own', 'the last bytes');
  const mona = await world.person('mona', 'member');
  expect(await details(versionId, mona)).toHaveLength(1);
  await world.do('users.remove', { id: mona as UserId });
  expect(await details(versionId, mona), 'removed people reach nothing').toEqual([]);
});

test('after a backup took the catalog’s place, questions nearby are about that one', async () => {
  await world.catalog.readNearby();
  const { versionId } = await world.log('kept', 'before the backup');
  await world.catalog.backup();
  const later = await world.log('kept', 'after the backup');
  await world.catalog.restoreBackup();
  const ids = async (id: VersionId) => ((await world.catalog.read('versions.details', { ids: [id] }, { actorId: world.catalog.status().defaultUserId })) as { readonly items: readonly unknown[] }).items.length;
  expect([await ids(versionId), await ids(later.versionId)]).toEqual([1, 0]);
});
