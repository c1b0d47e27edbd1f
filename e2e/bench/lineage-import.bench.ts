import { join } from 'node:path';
import { startCore } from '../drivers/core.ts';
import { spread, timed, type Benchmark } from './harness.ts';

const events = 10_000;

/** Each run uses what the one before it wrote. */
const text = (): string =>
  Array.from({ length: events }, (_, at) =>
    JSON.stringify({
      eventType: 'COMPLETE', eventTime: new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString(), producer: 'https://example.org/etl', schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
      run: { runId: `7b0e4b5e-6a2c-4d5f-9e3a-${String(at).padStart(12, '0')}` }, job: { namespace: 'lake', name: `step-${at % 50}` },
      inputs: at === 0 ? [] : [{ namespace: 's3://lake', name: `table-${(at - 1) % 400}` }], outputs: [{ namespace: 's3://lake', name: `table-${at % 400}` }],
    }),
  ).join('\n');

/** How long others wait while a large import of OpenLineage events is under way. */
export const benchmark: Benchmark = {
  name: 'lineage-import',
  workload: `runs are made one after another while ${events.toLocaleString('en')} OpenLineage events are imported`,
  goal: 'p95 of their waiting ≤ 50 ms',
  async run(context) {
    const core = await startCore({ nodePath: context.nodePath, root: context.root, directory: join(context.scratch, 'data') });
    try {
      const { client } = core;
      const write = (at: number): Promise<number> => timed(() => client.execute('runs.create', { project: { name: 'beside' }, displayName: `beside-${at}` }));
      const alone: number[] = [];
      for (let at = 0; at < 320; at++) {
        const took = await write(at);
        if (at >= 20) alone.push(took);
      }
      let over = false;
      const begun = performance.now();
      let took = 0;
      const importing = client.execute('lineage.import', { text: text() }).finally(() => {
        over = true;
        took = performance.now() - begun;
      });
      const beside: number[] = [];
      while (!over) beside.push(await write(1_000 + beside.length));
      const { output } = await importing;
      if (output.runsCreated !== events) throw new Error(`${output.runsCreated} runs came of ${events} events`);
      const [mine, theirs] = [spread(beside), spread(alone)];
      context.log(`import ${took.toFixed(0)} ms; others waited p95 ${mine.p95.toFixed(1)} ms, at most ${mine.maximum.toFixed(1)} ms`);
      return { ours: mine.p95, reference: theirs.p95, referenceName: 'the same writes with nothing beside them, p95', unit: 'ms', ratio: mine.p95 / theirs.p95, goalMet: mine.p95 <= 50, details: { beside: mine, alone: theirs, importMilliseconds: took, eventsPerSecond: (events / took) * 1000 } };
    } finally {
      await core.stop();
    }
  },
};
