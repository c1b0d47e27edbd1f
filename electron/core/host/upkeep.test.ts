import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorld, type World } from '../catalog/testing/world.ts';
import { openStore, type Store } from '../store/index.ts';
import { startUpkeep } from './upkeep.ts';

let world: World;
let store: Store;
let directory: string;
beforeAll(async () => {
  world = await openWorld();
  directory = mkdtempSync(join(tmpdir(), 'vitrine-upkeep-'));
  store = await openStore({ directory: join(directory, 'store') });
});
afterAll(async () => {
  await store.close();
  await world.close();
  rmSync(directory, { recursive: true, force: true });
});

test('a run that fell silent is told as crashed, a version nobody goes on with is given up; what lives stays', async () => {
  const { run: silent } = await world.do('runs.upsert', { project: { name: 'p' }, runId: 'silent' });
  const byHand = await world.do('runs.create', { project: { name: 'p' } });
  const draft = await world.draft({ project: { name: 'p' }, artifact: 'left', type: 'model', wandbDigest: 'x' });
  const upkeep = startUpkeep(world.catalog, store, () => undefined, { silence: 50, abandonment: 50, lostLines: 50, interval: 20 });
  await expect.poll(async () => (await world.ask('runs.get', { id: silent.id })).state).toBe('crashed');
  await expect.poll(async () => (await world.ask('drafts.get', { id: draft.id })).state).toBe('abandoned');
  upkeep.stop();
  expect((await world.ask('runs.get', { id: byHand.id })).state).toBe('running');
});

test('parts of what nobody goes on with are let go of; those that an open version waits for stay', async () => {
  const part = (content: Uint8Array) => ({ size: content.length, content: (async function* () {
    yield content;
  })() });
  const draft = await world.draft({ project: { name: 'p' }, artifact: 'large', type: 'model', wandbDigest: 'y' });
  const write = async (name: string, input: unknown): Promise<unknown> => (await world.catalog.write(name, input, { actorId: world.catalog.status().defaultUserId, entrance: 'sdk', message: null })).output;
  const parts = [{ number: 1, md5: 'b'.repeat(32) }, { number: 2, md5: 'c'.repeat(32) }];
  const planned = (await write('internal.planFiles', { files: [{ draftId: draft.id, path: 'f', md5: 'a'.repeat(32), parts }] })) as { readonly files: readonly { readonly uploadId: number }[] };
  const { place } = (await write('internal.placePart', { uploadId: planned.files[0]?.uploadId, part: 1, size: 1024 * 1024 })) as { readonly place: { readonly arrival: string } };
  const { arrival } = place;
  const left = randomUUID();
  for (const name of [arrival, left]) await store.assembly(name).write(0, part(new Uint8Array(1024 * 1024)), async () => undefined);
  const upkeep = startUpkeep(world.catalog, store, () => undefined, { silence: 60_000, abandonment: 60_000, lostLines: 60_000, interval: 20 });
  await expect.poll(async () => await store.assemblies()).toEqual([arrival]);
  upkeep.stop();
});
