import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { startReceiver } from '../../electron/core/automations/receiver.ts';
import { startCore } from '../drivers/core.ts';
import { loggedVersion, quietAutomations } from './fixtures/automations.ts';
import { type Benchmark, type BenchmarkResult } from './harness.ts';

const events = 1000;
const inOneCommit = 50;
const counts = [1, 100, 10_000] as const;

/**
 * From the commit of events to their requests at a receiver: one of the automations calls a webhook for each of them, in their order. Events come in
 * commits of many, as a promotion of many makes them: committed one by one, their commits take longer than their deliveries, and that is a part of its own.
 */
export const benchmark: Benchmark = {
  name: 'automations-rate',
  workload: `${events.toLocaleString('en')} events in commits of ${inOneCommit}, each sent to one webhook in order, from the first commit to the last request; with ${counts.map((count) => count.toLocaleString('en')).join(', ')} automations defined; and committed one by one by eight writers`,
  goal: '≥ 0.25 × plain requests one after the other, and with 10,000 automations ≥ 0.8 × with 1; one by one ≥ 0.8 × the commits',
  async run(context) {
    const receiver = await startReceiver();
    const results: BenchmarkResult[] = [];
    let withOne = 0;
    try {
      // The receiver and its client warm before anything is compared.
      await plainRate(receiver.url, '{"event": 1, "tag": "t warm 1"}');
      for (const count of counts) {
        const core = await startCore({ nodePath: context.nodePath, root: context.root, directory: join(context.scratch, String(count)) });
        try {
          const file = join(context.scratch, 'model.bin');
          writeFileSync(file, 'weights');
          const { versionId } = await loggedVersion(core.client, file);
          const versionIds = [versionId].slice(1);
          for (let each = 0; each < events / inOneCommit; each++) {
            writeFileSync(file, `weights ${each}`);
            versionIds.push((await core.client.execute('versions.log', { paths: [file], project: { name: 'bench' }, artifact: 'model', type: 'model' })).output.versionId);
          }
          await core.client.execute('allowedHosts.set', { hosts: [receiver.host] });
          await quietAutomations(core.client, count - 1);
          await core.client.execute('automations.create', { definition: { name: 'tell', event: 'tag.added', actions: [{ kind: 'webhook', url: `${receiver.url}/hook`, template: '{"event": ${event_id}, "tag": "${tag}"}' }] } });
          /** Milliseconds until all was committed, and until all was sent. */
          const timed = async (amount: number, name: string, commit: () => Promise<void>): Promise<{ readonly committed: number; readonly sent: number }> => {
            const from = receiver.received.length;
            const begun = performance.now();
            await commit();
            const committed = performance.now() - begun;
            await receiver.until(from + amount);
            const sent = performance.now() - begun;
            context.log(`${count} automations, ${name}: ${amount} committed in ${committed.toFixed(0)} ms, sent after ${sent.toFixed(0)} ms`);
            return { committed, sent };
          };
          const singly = (amount: number, round: string) => timed(amount, `${round}, one by one`, async () => {
            await Promise.all(Array.from({ length: 8 }, async (_each, writer) => {
              for (let index = writer; index < amount; index += 8) {
                const tag = `t ${round} ${index}`;
                await core.client.execute('tags.edit', { target: { kind: 'version', id: versionId }, add: [tag], remove: [] });
                // A version with a thousand tags would be another benchmark.
                await core.client.execute('tags.edit', { target: { kind: 'version', id: versionId }, add: [], remove: [tag] });
              }
            }));
          });
          const tags = (index: number): string[] => Array.from({ length: inOneCommit }, (_each, tag) => `t ${index} ${tag}`);
          await singly(200, 'warm');
          const { committed, sent } = await timed(events, 'in commits of many', async () => {
            for (const [index, id] of versionIds.entries()) await core.client.execute('tags.edit', { target: { kind: 'version', id }, add: tags(index), remove: [] });
          });
          const rate = events / (sent / 1000);
          const reference = await plainRate(receiver.url, receiver.received.at(-1)?.body ?? '');
          if (count === 1) withOne = rate;
          results.push({
            part: `${count.toLocaleString('en')} automations`, ours: rate, reference, referenceName: 'plain requests, one after the other, nothing kept', unit: 'events/s', ratio: rate / reference,
            goalMet: rate >= 0.25 * reference && rate >= 0.8 * withOne, details: { besideOne: rate / withOne, events, committed },
          });
          if (count === 1) {
            const one = await singly(events, 'measured');
            results.push({
              part: '1 automation, one by one', ours: events / (one.sent / 1000), reference: events / (one.committed / 1000), referenceName: 'their commits, same run', unit: 'events/s', ratio: one.committed / one.sent,
              goalMet: one.committed >= 0.8 * one.sent, details: { events },
            });
          }
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

/** Requests per second. */
async function plainRate(url: string, body: string): Promise<number> {
  const begun = performance.now();
  for (let index = 0; index < events; index++) {
    const answer = await request(`${url}/plain`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    await answer.body.dump();
  }
  return events / ((performance.now() - begun) / 1000);
}
