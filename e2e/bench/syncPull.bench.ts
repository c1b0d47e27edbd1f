import { join } from 'node:path';
import { startCore } from '../drivers/core.ts';
import { startMlflowClient } from '../drivers/mlflow.ts';
import { filledMlflow } from './fixtures/filledMlflow.ts';
import { spread, type Benchmark } from './harness.ts';

const models = Number(process.env['VITRINE_BENCH_SYNC_MODELS'] ?? '1000');
const versionsEach = 100;
const rounds = 1;

/** A first pull: everything read, stored and indexed, beside the official client that pages through and keeps nothing. */
export const benchmark: Benchmark = {
  name: 'sync-pull',
  workload: `the first pull of ${(models * versionsEach).toLocaleString('en')} versions of ${models.toLocaleString('en')} models from a real MLflow server on SQLite`,
  goal: 'ahead of a bare paging loop of the official client over the same versions',
  async run(context) {
    const ours: number[] = [];
    const theirs: number[] = [];
    let requests = 0;
    const server = await filledMlflow(context.scratch, models, versionsEach);
    try {
      for (let round = 0; round < rounds; round++) {
        context.log(`round ${round + 1} of ${rounds}: the official client`);
        const client = await startMlflowClient(server.url, join(context.scratch, `client-${round}`));
        const begun = performance.now();
        const counted = await client.act<number>('walk');
        theirs.push((performance.now() - begun) / 1000);
        client.close();
        if (counted !== models * versionsEach) throw new Error(`The client counted ${counted} versions.`);

        context.log(`round ${round + 1} of ${rounds}: Vitrine`);
        const core = await startCore({ nodePath: process.execPath, root: context.root, directory: join(context.scratch, `catalog-${round}`) });
        try {
          const start = performance.now();
          const added = await core.client.execute('remotes.add', { kind: 'mlflow', name: 'team', url: server.url, registry: 'MLflow' });
          // It is read from then on by itself; a round that is asked for waits for that one, and is over with a request.
          await core.client.execute('sync.run', { remoteId: added.output.id });
          ours.push((performance.now() - start) / 1000);
          requests = (await core.client.query('sync.rounds', { remoteId: added.output.id })).items.reduce((sum, one) => sum + one.requests, 0);
          const [state] = (await core.client.query('sync.state', {})).items;
          if (state?.versions !== models * versionsEach) throw new Error(`${state?.versions ?? 0} versions came.`);
        } finally {
          await core.stop();
        }
      }
    } finally {
      await server.stop();
    }
    const [mine, reference] = [spread(ours), spread(theirs)];
    const ratio = reference.median / mine.median;
    return { ours: mine.median, reference: reference.median, referenceName: 'a paging loop of the official client that keeps nothing', unit: 's', ratio, goalMet: ratio > 1, details: { seconds: ours, referenceSeconds: theirs, requests } };
  },
};
