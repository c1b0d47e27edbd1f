import { join } from 'node:path';
import { startCore } from '../drivers/core.ts';
import { filledMlflow } from './fixtures/filledMlflow.ts';
import type { Benchmark } from './harness.ts';

const models = 1000;
const hotRounds = 3;
const basicAuth = { username: 'admin', password: 'a long password' };

/** What a server is asked while nothing happens: where each request costs a third of a second (basic-auth), their number is the cost. */
export const benchmark: Benchmark = {
  name: 'sync-quiet',
  workload: `rounds and a sweep over ${models.toLocaleString('en')} models in which nothing happened, without an account and with basic-auth`,
  goal: '1 request a round, 2 per 1,000 models a sweep, the same with basic-auth',
  async run(context) {
    const counts: Record<string, { readonly hot: readonly number[]; readonly sweep: number; readonly audited: number; readonly hotMilliseconds: number }> = {};
    for (const signing of ['open', 'basic-auth'] as const) {
      context.log(signing);
      const server = await filledMlflow(join(context.scratch, signing), models, 2, signing === 'open' ? {} : { basicAuth });
      const core = await startCore({ nodePath: process.execPath, root: context.root, directory: join(context.scratch, `catalog-${signing}`) });
      try {
        const { output } = await core.client.execute('remotes.add', { kind: 'mlflow', name: 'team', url: server.url, registry: 'MLflow', credential: signing === 'open' ? { kind: 'none' } : { kind: 'basic', ...basicAuth } });
        const run = async (everything: boolean): Promise<{ readonly requests: number; readonly pulled: number }> => (await core.client.execute('sync.run', { remoteId: output.id, everything })).output;
        await run(true);
        await run(true);
        const hot: number[] = [];
        const begun = performance.now();
        for (let round = 0; round < hotRounds; round++) hot.push((await run(false)).requests);
        const hotMilliseconds = (performance.now() - begun) / hotRounds;
        const swept = await run(true);
        if (swept.pulled !== 0) throw new Error('Something came though nothing happened.');
        // Versions of a few models are read again in each sweep, since tags move no time: one question, counted by itself.
        const audited = 1;
        counts[signing] = { hot, sweep: swept.requests - audited, audited, hotMilliseconds };
        context.log(JSON.stringify(counts[signing]));
      } finally {
        await core.stop();
        await server.stop();
      }
    }
    const all = Object.values(counts);
    const hot = Math.max(...all.flatMap((one) => one.hot));
    const sweep = Math.max(...all.map((one) => one.sweep));
    return { ours: hot, reference: 1, referenceName: 'one request', unit: 'requests a round', ratio: 1 / hot, goalMet: hot === 1 && sweep <= 2 * Math.ceil(models / 1000), details: { ...counts, sweep } };
  },
};
