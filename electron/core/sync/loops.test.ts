/** When rounds run by themselves. Against a fake server; the usual time between two rounds is so long that none comes by it. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openBesideFakes, type BesideFakes } from './testing/besideFakes.ts';

let beside: BesideFakes;

beforeEach(async () => {
  beside = await openBesideFakes({ interval: 3_600_000, sweepEvery: 10, debounce: 10 });
  beside.vitrine.engine().start();
});

afterEach(() => beside.close());

test('settings that change in the moment in which a round ends have a round of their own, not the next usual one', async () => {
  const { vitrine, fresh } = beside;
  const { server, registry } = fresh();
  server.act('client', 'registered-models/create', { name: 'gemma' });
  const engine = vitrine.engine();
  let rounds = 0;
  let before: number | null = null;
  engine.onStanding((remoteId) => {
    const { lastSuccessAt } = engine.standing(remoteId);
    if (lastSuccessAt === before) return;
    before = lastSuccessAt;
    rounds += 1;
    if (rounds === 1) engine.changed(remoteId, { bytes: true });
  });
  await vitrine.run('remotes.add', { kind: 'mlflow', name: registry, url: server.url, registry });
  await vi.waitFor(() => expect(rounds).toBeGreaterThanOrEqual(2), { timeout: 60_000 });
});

test('a round that was asked for and failed is tried again by itself, as those are that were not asked for', async () => {
  const { vitrine, fresh } = beside;
  const { server, registry } = fresh();
  server.act('client', 'registered-models/create', { name: 'gemma' });
  const engine = vitrine.engine();
  const { id } = await vitrine.run('remotes.add', { kind: 'mlflow', name: registry, url: server.url, registry });
  await vi.waitFor(() => expect(engine.standing(id).lastSuccessAt).not.toBeNull(), { timeout: 60_000 });
  await vi.waitFor(() => expect(engine.standing(id).nextTryAt).toBeGreaterThan(Date.now() + 3_000_000), { timeout: 60_000 });
  const before = engine.standing(id).lastSuccessAt;
  server.fault = () => 'broken';
  await expect(vitrine.run('sync.run', { remoteId: id })).rejects.toMatchObject({ code: 'remote_failed' });
  expect(engine.standing(id)).toMatchObject({ phase: 'backing_off', attempts: 1 });
  server.fault = null;
  await vi.waitFor(() => expect(engine.standing(id)).toMatchObject({ phase: 'idle', failure: null }), { timeout: 60_000 });
  expect(engine.standing(id).lastSuccessAt).toBeGreaterThan(before ?? 0);
});

test('settings that change while a round fails are tried at once, however long the next try would wait', async () => {
  const { vitrine, fresh } = beside;
  const { server, registry } = fresh();
  const engine = vitrine.engine();
  const { id } = await vitrine.run('remotes.add', { kind: 'mlflow', name: registry, url: server.url, registry });
  await vi.waitFor(() => expect(engine.standing(id).lastSuccessAt).not.toBeNull(), { timeout: 60_000 });
  // Told to wait for an hour, and changed in the very moment.
  let tries = 0;
  server.fault = () => {
    if (++tries > 1) return 'pass';
    engine.changed(id);
    return 'away for an hour';
  };
  const begun = Date.now();
  await expect(vitrine.run('sync.run', { remoteId: id })).rejects.toMatchObject({ code: 'remote_failed' });
  await vi.waitFor(() => expect(engine.standing(id)).toMatchObject({ phase: 'idle', failure: null }), { timeout: 60_000 });
  expect(engine.standing(id).lastSuccessAt).toBeGreaterThanOrEqual(begun);
});
