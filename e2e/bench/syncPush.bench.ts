import { join } from 'node:path';
import { startCore } from '../drivers/core.ts';
import { startMlflowClient } from '../drivers/mlflow.ts';
import { filledMlflow, modelName } from './fixtures/filledMlflow.ts';
import { spread, type Benchmark, type BenchmarkContext, type BenchmarkResult } from './harness.ts';

const models = 20;
const aliases = Number(process.env['VITRINE_BENCH_SYNC_ALIASES'] ?? '1000');

/** Many aliases set here and sent, each compared with what stands there before it is written; beside the official client that writes blindly. */
export const benchmark: Benchmark = {
  name: 'sync-push',
  workload: `${aliases.toLocaleString('en')} aliases on ${models} models of a real MLflow server on SQLite`,
  goal: '≥ 2 × the aliases per second of the official client’s loop',
  // As the server starts by itself, and with the one process that limits whoever asks: what that takes at all stands beside it.
  run: async (context) => [await push(context, 4), await push(context, 1)],
};

async function push(context: BenchmarkContext, workers: number): Promise<BenchmarkResult> {
  const server = await filledMlflow(join(context.scratch, `workers-${workers}`), models, 2, { workers });
  try {
    // Each process looks at its database with its first request.
    await many(40, 8, () => fetch(`${server.url}/api/2.0/mlflow/registered-models/get?name=${modelName(0)}`));
    context.log(`${workers} processes: the official client`);
    const client = await startMlflowClient(server.url, join(context.scratch, `client-${workers}`));
    const begun = performance.now();
    await client.act('many_aliases', { names: Array.from({ length: models }, (_, number) => modelName(number)), prefix: 'theirs', count: aliases });
    const theirs = aliases / ((performance.now() - begun) / 1000);
    client.close();

    context.log('what the server takes from requests that compare nothing');
    const bare = aliases / 5 / ((await many(aliases / 5, 4, (number) => set(server.url, modelName(number % models), `bare-${number}`))) / 1000);
    context.log('Vitrine');
    const core = await startCore({ nodePath: process.execPath, root: context.root, directory: join(context.scratch, `catalog-${workers}`) });
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
      return { part: `a server of ${workers === 1 ? 'one process' : `${workers} processes`}`, ours, reference: theirs, referenceName: 'a loop of the official client', unit: 'aliases/s', ratio, goalMet: ratio >= 2, details: { ours: spread([ours]), theirs: spread([theirs]), bareRequestsFourAtOnce: bare, requests, pushedByThisRound: pushed } };
    } finally {
      await core.stop();
    }
  } finally {
    await server.stop();
  }
}

/** Milliseconds of so many, some at once. */
async function many(count: number, atOnce: number, one: (number: number) => Promise<Response>): Promise<number> {
  const begun = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await (await one(next++)).text();
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return performance.now() - begun;
}

const set = (url: string, name: string, alias: string): Promise<Response> => fetch(`${url}/api/2.0/mlflow/registered-models/alias`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name, alias, version: '1' }) });
