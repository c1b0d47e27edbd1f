import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCore, type CoreProcess } from '../drivers/core.ts';
import { loggedVersion, quietAutomations } from './fixtures/automations.ts';
import { median, spread, type Benchmark, type BenchmarkResult } from './harness.ts';

const rounds = 40;
const linksARound = 25;
const counts = [0, 100, 10_000] as const;

/** What automations add to a link: the same links, one after the other, in cores that differ in nothing but how many automations are defined. */
export const benchmark: Benchmark = {
  name: 'automations-cost',
  workload: `${linksARound} single links, each durable before the next, ${rounds} rounds in turn in cores with ${counts.map((count) => count.toLocaleString('en')).join(', ')} automations, and with one that fires`,
  goal: 'with automations ≤ 1.05 × without',
  async run(context) {
    const first = join(context.scratch, 'first');
    const file = join(context.scratch, 'model.bin');
    writeFileSync(file, 'weights');
    const start = (directory: string): Promise<CoreProcess> => startCore({ nodePath: context.nodePath, root: context.root, directory });
    const prepared = await start(first);
    const { versionId, collectionId } = await loggedVersion(prepared.client, file);
    await prepared.stop();
    const sides = await Promise.all([...counts.map((count) => ({ name: `${count.toLocaleString('en')} automations`, count, fires: false })), { name: '100 automations, one of which fires', count: 99, fires: true }].map(async (side, index) => {
      const directory = join(context.scratch, String(index));
      cpSync(first, directory, { recursive: true });
      return { ...side, core: await start(directory), batches: [] as number[] };
    }));
    try {
      for (const { core, count, fires } of sides) {
        await quietAutomations(core.client, count);
        // It puts an alias: work inside of core, and no network in the figure.
        if (fires) await core.client.execute('automations.create', { definition: { name: 'fires', event: 'version.linked', actions: [{ kind: 'set alias', alias: 'newest' }] } });
      }
      for (let round = -2; round < rounds; round++) {
        // Another one begins each time.
        for (let turn = 0; turn < sides.length; turn++) {
          const side = sides[(turn + Math.max(0, round)) % sides.length];
          if (side === undefined) continue;
          const { client } = side.core;
          let spent = 0;
          for (let each = 0; each < linksARound; each++) {
            const begun = performance.now();
            const { output } = await client.execute('links.create', { versionIds: [versionId], target: { kind: 'collection', id: collectionId as never }, aliases: [], note: '' });
            spent += performance.now() - begun;
            await client.execute('links.remove', { linkIds: output.links.map(({ linkId }) => linkId) });
          }
          if (round >= 0) side.batches.push(spent / linksARound);
        }
      }
      const [without, ...others] = sides;
      if (without === undefined) throw new Error('There is nothing to measure.');
      const reference = median(without.batches);
      return others.map(({ name, batches }): BenchmarkResult => ({
        part: name, ours: median(batches), reference, referenceName: 'without automations, same run', unit: 'ms/link', ratio: median(batches) / reference, goalMet: median(batches) <= 1.05 * reference,
        details: { ours: spread(batches), reference: spread(without.batches), rounds, linksARound },
      }));
    } finally {
      for (const { core } of sides) await core.stop();
    }
  },
};
