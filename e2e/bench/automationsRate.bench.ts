import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { startReceiver } from '../../electron/core/automations/receiver.ts';
import { startCore } from '../drivers/core.ts';
import { loggedVersion, quietAutomations } from './fixtures/automations.ts';
import { type Benchmark, type BenchmarkResult } from './harness.ts';

const events = 1000;
const counts = [1, 100, 10_000] as const;

/** From the commit of events to their requests at a receiver: one of the automations calls a webhook for each of them, in their order. */
export const benchmark: Benchmark = {
  name: 'automations-rate',
  workload: `${events.toLocaleString('en')} events committed as fast as eight writers can, each sent to one webhook in order; with ${counts.map((count) => count.toLocaleString('en')).join(', ')} automations defined`,
  goal: '≥ 0.25 × plain requests one after the other, and with 10,000 automations ≥ 0.8 × with 1',
  async run(context) {
    const file = join(context.scratch, 'model.bin');
    writeFileSync(file, 'weights');
    const receiver = await startReceiver();
    const results: BenchmarkResult[] = [];
    let withOne = 0;
    try {
      for (const count of counts) {
        const core = await startCore({ nodePath: context.nodePath, root: context.root, directory: join(context.scratch, String(count)) });
        try {
          const { versionId } = await loggedVersion(core.client, file);
          await core.client.execute('allowedHosts.set', { hosts: [receiver.host] });
          await quietAutomations(core.client, count - 1);
          await core.client.execute('automations.create', { definition: { name: 'tell', event: 'tag.added', actions: [{ kind: 'webhook', url: `${receiver.url}/hook`, template: '{"event": ${event_id}, "tag": "${tag}"}' }] } });
          const fire = async (amount: number, round: string): Promise<number> => {
            const from = receiver.received.length;
            const begun = performance.now();
            await Promise.all(Array.from({ length: 8 }, async (_each, writer) => {
              for (let index = writer; index < amount; index += 8) {
                const tag = `t ${round} ${index}`;
                await core.client.execute('tags.edit', { target: { kind: 'version', id: versionId }, add: [tag], remove: [] });
                // A version with a thousand tags would be another benchmark.
                await core.client.execute('tags.edit', { target: { kind: 'version', id: versionId }, add: [], remove: [tag] });
              }
            }));
            const committed = performance.now() - begun;
            await receiver.until(from + amount);
            context.log(`${count} automations: ${amount} committed in ${committed.toFixed(0)} ms, sent after ${(performance.now() - begun).toFixed(0)} ms`);
            return performance.now() - begun;
          };
          await fire(50, 'warm');
          const rate = events / ((await fire(events, 'measured')) / 1000);
          const body = receiver.received.at(-1)?.body ?? '';
          const begun = performance.now();
          for (let index = 0; index < events; index++) {
            const answer = await request(`${receiver.url}/plain`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
            await answer.body.dump();
          }
          const reference = events / ((performance.now() - begun) / 1000);
          if (count === 1) withOne = rate;
          results.push({
            part: `${count.toLocaleString('en')} automations`, ours: rate, reference, referenceName: 'plain requests, one after the other, nothing kept', unit: 'events/s', ratio: rate / reference,
            goalMet: rate >= 0.25 * reference && rate >= 0.8 * withOne, details: { besideOne: rate / withOne, events },
          });
        } finally {
          await core.stop();
        }
      }
      return results;
    } finally {
      await receiver.close();
    }
  },
};
