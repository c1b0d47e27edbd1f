import { statSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeOf, openWorld, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => { world = await openWorld(); });
afterAll(() => world.close());

test('commands that arrive together share a commit; one that fails takes back its own part alone', async () => {
  await world.log('warm', 'up');
  const models = await world.registry('Models');
  const before = world.catalog.status().rev;
  const acts = Array.from({ length: 40 }, (_, index) =>
    index % 4 === 3
      ? world.act('collections.create', { registryId: models.id, name: `collection ${index}`, type: 'model', tags: ['fine', 'not/fine'] })
      : world.act('collections.create', { registryId: models.id, name: `collection ${index}`, type: 'model', tags: [`tag-${index}`] }));
  const settled = await Promise.allSettled(acts);
  const refused = settled.filter((one) => one.status === 'rejected');
  expect(refused.map((one) => (one.reason as { readonly code: string }).code)).toEqual(refused.map(() => 'name_invalid'));
  expect(refused).toHaveLength(10);
  // The refused ones had made their collection before their tag was judged: nothing of it is left.
  const { items } = await world.ask('collections.list', { registryId: models.id });
  expect(items.map((item) => item.name).sort()).toEqual(Array.from({ length: 40 }, (_, index) => index).filter((index) => index % 4 !== 3).map((index) => `collection ${index}`).sort());
  expect((await world.registry('Models')).collectionCount).toBe(30);
  expect((await world.ask('tags.list', { prefix: 'fine' })).items).toEqual([]);
  expect(await world.ask('history.verify', {})).toMatchObject({ intact: true });
  expect(world.catalog.status().rev - before).toBeLessThan(30);
});

test('each of many clients reads its own writes at once', async () => {
  await Promise.all(Array.from({ length: 8 }, async (_, client) => {
    for (let step = 0; step < 10; step++) {
      const { versionId } = await world.log(`own-${client}`, `bytes ${client} ${step}`, { description: `unique${client}x${step}` });
      expect((await world.ask('versions.get', { id: versionId })).index).toBe(step);
      const { items } = await world.ask('search.query', { text: `unique${client}x${step}` });
      expect(items.map((hit) => (hit.kind === 'version' ? hit.version.id : 0))).toContain(versionId);
    }
  }));
});

test('the log is written back while somebody writes, and begun again from its start', async () => {
  const pages = () => statSync(`${world.catalog.status().file}-wal`).size / 4096;
  for (let index = 0; index < 120; index++) await world.log('written-back', `bytes ${index}`);
  // About fifty pages a version: without that it would be six thousand.
  expect(pages()).toBeLessThan(2000);
});

test('an unknown command or query is refused by name; a prototype’s names are no commands', async () => {
  for (const name of ['nothing.here', 'constructor', '__proto__', 'toString']) {
    expect(await codeOf(world.internal(name, {}))).toBe('unknown_operation');
    expect(await codeOf(world.catalog.read(name, {}, { actorId: world.catalog.status().defaultUserId }))).toBe('unknown_operation');
  }
});

test('a read that was cancelled ends as cancelled', async () => {
  const controller = new AbortController();
  const actorId = world.catalog.status().defaultUserId;
  const reads = Array.from({ length: 20 }, () => world.catalog.read('versions.list', { sort: 'updated', direction: 'descending', limit: 100 }, { actorId }, { signal: controller.signal }));
  controller.abort();
  expect(new Set(await Promise.all(reads.map(codeOf)))).toEqual(new Set(['cancelled']));
  expect(await codeOf(world.ask('versions.list', {}))).toBe('none');
});

test('closing answers what is under way and refuses the rest', async () => {
  const closing = await openWorld();
  const writes = Array.from({ length: 20 }, (_, index) => closing.log('closing', `bytes ${index}`));
  const close = closing.close();
  expect(new Set(await Promise.all(writes.map(codeOf)))).toEqual(new Set(['none']));
  await close;
  expect(await codeOf(closing.log('closing', 'too late'))).toBe('core_unavailable');
  expect(await codeOf(closing.ask('versions.list', {}))).toBe('core_unavailable');
});
