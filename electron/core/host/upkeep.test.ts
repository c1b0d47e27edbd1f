import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../catalog/testing/world.ts';
import { startUpkeep } from './upkeep.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test('a run that fell silent is told as crashed, a version nobody goes on with is given up; what lives stays', async () => {
  const { run: silent } = await world.do('runs.upsert', { project: { name: 'p' }, runId: 'silent' });
  const byHand = await world.do('runs.create', { project: { name: 'p' } });
  const draft = await world.do('drafts.create', { project: { name: 'p' }, artifact: 'left', type: 'model', wandbDigest: 'x' });
  const upkeep = startUpkeep(world.catalog, () => undefined, { silence: 50, abandonment: 50, interval: 20 });
  await expect.poll(async () => (await world.ask('runs.get', { id: silent.id })).state).toBe('crashed');
  await expect.poll(async () => (await world.ask('drafts.get', { id: draft.id })).state).toBe('abandoned');
  upkeep.stop();
  expect((await world.ask('runs.get', { id: byHand.id })).state).toBe('running');
});
