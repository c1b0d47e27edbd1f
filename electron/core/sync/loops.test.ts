/** When rounds run by themselves. Against a fake server; the usual time between two rounds is so long that none comes by it. */
import { expect, test, vi } from 'vitest';
import { openReplica } from '../operations/testing/replica.ts';
import { startFakeMlflows } from './testing/fakeMlflow.ts';

test('settings that change in the moment in which a round ends have a round of their own, not the next usual one', async () => {
  const fakes = await startFakeMlflows();
  const vitrine = await openReplica('ada', { interval: 3_600_000, sweepEvery: 10, debounce: 10 });
  try {
    const server = fakes.make();
    server.act('client', 'registered-models/create', { name: 'gemma' });
    const engine = vitrine.engine();
    engine.start();
    let rounds = 0;
    let before: number | null = null;
    engine.onStanding((remoteId) => {
      const { lastSuccessAt } = engine.standing(remoteId);
      if (lastSuccessAt === before) return;
      before = lastSuccessAt;
      rounds += 1;
      if (rounds === 1) engine.changed(remoteId, { bytes: true });
    });
    await vitrine.run('remotes.add', { kind: 'mlflow', name: 'R', url: server.url, registry: 'R' });
    await vi.waitFor(() => expect(rounds).toBeGreaterThanOrEqual(2), { timeout: 10_000 });
  } finally {
    await vitrine.close();
    await fakes.close();
  }
});

test('a round that was asked for and failed is tried again by itself, as those are that were not asked for', async () => {
  const fakes = await startFakeMlflows();
  const vitrine = await openReplica('ada', { interval: 3_600_000, sweepEvery: 10, debounce: 10 });
  try {
    const server = fakes.make();
    server.act('client', 'registered-models/create', { name: 'gemma' });
    const engine = vitrine.engine();
    engine.start();
    const { id } = await vitrine.run('remotes.add', { kind: 'mlflow', name: 'R', url: server.url, registry: 'R' });
    await vi.waitFor(() => expect(engine.standing(id).lastSuccessAt).not.toBeNull(), { timeout: 10_000 });
    await vi.waitFor(() => expect(engine.standing(id).nextTryAt).toBeGreaterThan(Date.now() + 3_000_000), { timeout: 10_000 });
    const before = engine.standing(id).lastSuccessAt;
    server.fault = () => 'broken';
    await expect(vitrine.run('sync.run', { remoteId: id })).rejects.toMatchObject({ code: 'remote_failed' });
    expect(engine.standing(id)).toMatchObject({ phase: 'backing_off', attempts: 1 });
    server.fault = null;
    await vi.waitFor(() => expect(engine.standing(id)).toMatchObject({ phase: 'idle', failure: null }), { timeout: 15_000 });
    expect(engine.standing(id).lastSuccessAt).toBeGreaterThan(before ?? 0);
  } finally {
    await vitrine.close();
    await fakes.close();
  }
});

test('settings that change while a round fails are tried at once, however long the next try would wait', async () => {
  const fakes = await startFakeMlflows();
  const vitrine = await openReplica('ada', { interval: 3_600_000, sweepEvery: 10, debounce: 10 });
  try {
    const server = fakes.make();
    const engine = vitrine.engine();
    engine.start();
    const { id } = await vitrine.run('remotes.add', { kind: 'mlflow', name: 'R', url: server.url, registry: 'R' });
    await vi.waitFor(() => expect(engine.standing(id).lastSuccessAt).not.toBeNull(), { timeout: 10_000 });
    // Told to wait for an hour, and changed in the very moment.
    let tries = 0;
    server.fault = () => {
      if (++tries > 1) return 'pass';
      engine.changed(id);
      return 'away for an hour';
    };
    const begun = Date.now();
    await expect(vitrine.run('sync.run', { remoteId: id })).rejects.toMatchObject({ code: 'remote_failed' });
    await vi.waitFor(() => expect(engine.standing(id)).toMatchObject({ phase: 'idle', failure: null }), { timeout: 15_000 });
    expect(engine.standing(id).lastSuccessAt).toBeGreaterThanOrEqual(begun);
  } finally {
    await vitrine.close();
    await fakes.close();
  }
});
