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
