import { join } from 'node:path';
import { startCore } from '../drivers/core.ts';
import { startMlflowClient } from '../drivers/mlflow.ts';
import { filledMlflow, modelName } from './fixtures/filledMlflow.ts';
import { spread, type Benchmark } from './harness.ts';

const models = 20;
const aliases = Number(process.env['VITRINE_BENCH_SYNC_ALIASES'] ?? '1000');

/** Many aliases set here and sent, each compared with what stands there before it is written; beside the official client that writes blindly. */
export const benchmark: Benchmark = {
  name: 'sync-push',
  workload: `${aliases.toLocaleString('en')} aliases on ${models} models of a real MLflow server on SQLite`,
  goal: '≥ 2 × the aliases per second of the official client’s loop',
  async run(context) {
    const server = await filledMlflow(context.scratch, models, 2);
    try {
      context.log('the official client');
      const client = await startMlflowClient(server.url, join(context.scratch, 'client'));
      const begun = performance.now();
      await client.act('many_aliases', { names: Array.from({ length: models }, (_, number) => modelName(number)), prefix: 'theirs', count: aliases });
      const theirs = aliases / ((performance.now() - begun) / 1000);
      client.close();

      context.log('Vitrine');
      const core = await startCore({ nodePath: process.execPath, root: context.root, directory: join(context.scratch, 'catalog') });
      try {
        const { output: remote } = await core.client.execute('remotes.add', { kind: 'mlflow', name: 'team', url: server.url, registry: 'MLflow' });
        await core.client.execute('sync.run', { remoteId: remote.id, everything: true });
        await core.client.execute('remotes.update', { id: remote.id, pushes: true });
        await core.client.execute('sync.pause', { remoteId: remote.id });
        for (let number = 0; number < models; number++) {
          const { id } = await core.client.query('collections.get', { registry: 'MLflow', name: modelName(number) });
          const [link] = (await core.client.query('links.list', { collectionId: id })).items;
          if (link === undefined) throw new Error('No version came.');
          const mine = Array.from({ length: aliases / models }, (_, each) => `ours-${number}-${each}`);
          for (let first = 0; first < mine.length; first += 50) await core.client.execute('aliases.set', { target: { kind: 'link', id: link.id }, aliases: mine.slice(first, first + 50) });
        }
        await core.client.execute('sync.resume', { remoteId: remote.id });
        const start = performance.now();
        let pushed = 0;
        // The remote's own loop may have begun by itself: what counts is when the last one is told.
        do pushed += (await core.client.execute('sync.run', { remoteId: remote.id })).output.pushed;
        while ((await core.client.query('sync.state', {})).items.some((state) => state.waiting > 0));
        const ours = aliases / ((performance.now() - start) / 1000);
        const ratio = ours / theirs;
        const { requests } = (await core.client.query('sync.rounds', { remoteId: remote.id })).items.find((round) => round.pushed > 0) ?? { requests: 0 };
        return { ours, reference: theirs, referenceName: 'a loop of the official client', unit: 'aliases/s', ratio, goalMet: ratio >= 2, details: { ours: spread([ours]), theirs: spread([theirs]), requests, pushedByThisRound: pushed } };
      } finally {
        await core.stop();
      }
    } finally {
      await server.stop();
    }
  },
};
