import { rmSync, statSync } from 'node:fs';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findOperation } from '#shared/contract/index.ts';
import type { FromWorker, Reply, Telling } from './protocol.ts';
import { codeOf, openWorld, temporaryFolder, type World } from './testing/world.ts';
import { runWriter } from './writer.ts';

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

test('what comes while a group is at work joins it, but nothing that waits for the disk one that does not', async () => {
  const directory = temporaryFolder();
  const { port1: own, port2: theirs } = new MessageChannel();
  const told: FromWorker[] = [];
  /** Sent right after the next command, from within its group. */
  const late: object[] = [];
  const answered = new Map<number, PromiseWithResolvers<Reply>>();
  const answerTo = (id: number): PromiseWithResolvers<Reply> => {
    const waiting = answered.get(id) ?? Promise.withResolvers<Reply>();
    answered.set(id, waiting);
    return waiting;
  };
  theirs.on('message', (message: FromWorker) => {
    told.push(message);
    for (const reply of 'id' in message ? [message] : message.t === 'committed' ? message.replies : []) answerTo(reply.id).resolve(reply);
  });
  const post = own.postMessage.bind(own);
  own.postMessage = (message: FromWorker) => {
    // Each command is told of as slow before its group looks for more.
    const next = 't' in message && message.t === 'slow' ? late.shift() : undefined;
    if (next !== undefined) theirs.postMessage([next]);
    post(message);
  };
  const ready = new Promise<Extract<Telling, { t: 'ready' }>>((resolve) => theirs.on('message', (message: FromWorker) => { if ('t' in message && message.t === 'ready') resolve(message); }));
  runWriter(own, { role: 'writer', directory, readOnly: false, owned: false, founding: { username: 'ada', displayName: 'Ada', organization: 'lab', team: 'lab' }, slowMilliseconds: -1 });
  const { status } = await ready;
  const context = { actorId: status?.defaultUserId, entrance: 'window', message: null };
  const create = (id: number, runId: string) => ({ id, t: 'call', name: 'runs.create', input: findOperation('runs.create')?.input.parse({ project: { name: 'vision' }, runId }), context });
  const draft = (id: number, artifact: string) => ({
    id, t: 'call', name: 'internal.createDraft', input: findOperation('drafts.create')?.input.parse({ project: { entity: 'lab', name: 'vision' }, artifact, type: 'model', runId: null, wandbDigest: '0'.repeat(32) }), context,
  });
  const groups = () => told.flatMap((message) => ('t' in message && message.t === 'committed' && message.replies.length > 0 ? [message.replies.map(({ id, ok }) => `${id} ${ok ? 'done' : 'refused'}`)] : []));

  late.push(create(2, 'one'), create(3, 'late'));
  theirs.postMessage([create(1, 'one')]);
  await Promise.all([1, 2, 3].map((id) => answerTo(id).promise));
  expect(groups()).toEqual([['2 refused', '1 done', '3 done']]);

  late.push(draft(5, 'head'), create(6, 'later'));
  theirs.postMessage([draft(4, 'body')]);
  await Promise.all([4, 5, 6].map((id) => answerTo(id).promise));
  expect(groups().slice(1)).toEqual([['4 done', '5 done'], ['6 done']]);

  theirs.postMessage([{ id: 7, t: 'close' }]);
  await answerTo(7).promise;
  theirs.close();
  rmSync(directory, { recursive: true, force: true });
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
