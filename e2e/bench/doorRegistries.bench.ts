import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { largeCatalog } from './fixtures/largeCatalog.ts';
import { clientProgram, serveCatalog } from './fixtures/servedCatalog.ts';
import { spread, type Benchmark } from './harness.ts';

const versions = 100_000;
const atOnce = 10_000;

type Told = { readonly seconds: number; readonly count: number; readonly different: number; readonly pages: readonly number[] };

/** The public API over a registry that has grown: the last page must come as fast as the first. */
export const benchmark: Benchmark = {
  name: 'door-registries',
  workload: `the real wandb client walks Api().registries().versions() over ${versions.toLocaleString('en')} linked versions, 500 a page`,
  goal: 'every version once; the last tenth of the pages ≤ 1.2 × the time of the first tenth',
  async run(context) {
    const { directory } = await largeCatalog(context, versions, versions);
    const own = join(context.scratch, 'catalog');
    cpSync(directory, own, { recursive: true });
    const served = await serveCatalog(own);
    const { items } = await served.ask<{ readonly items: readonly { readonly id: number; readonly name: string }[] }>('registries.list', {});
    const registry = items.find((item) => item.name === 'Models')?.id ?? items[0]?.id ?? 0;
    let cursor: string | null = null;
    let linked = 0;
    let batch: number[] = [];
    context.log('linking');
    const link = async (ids: readonly number[]): Promise<void> => {
      await served.ask('links.create', { versionIds: ids, target: { kind: 'new_collection', registryId: registry, name: `part-${linked / atOnce}` } });
      linked += ids.length;
    };
    do {
      const page: { readonly items: readonly { readonly id: number }[]; readonly nextCursor: string | null } = await served.ask('versions.list', { sort: 'created', direction: 'ascending', limit: 1000, ...(cursor === null ? {} : { cursor }) });
      batch.push(...page.items.map((item) => item.id));
      if (batch.length >= atOnce) {
        await link(batch.slice(0, atOnce));
        batch = batch.slice(atOnce);
      }
      cursor = page.nextCursor;
    } while (cursor !== null);
    if (batch.length > 0) await link(batch);
    context.log('walking');
    const program = clientProgram('walk.py', served, context.scratch, {});
    const told = (await program.told('walk')) as Told;
    await program.ended;
    await served.stop();
    if (told.count !== linked || told.different !== linked) throw new Error(`Error: ${told.count} versions came, ${told.different} of them different, instead of ${linked}.`);
    const tenth = Math.floor(told.pages.length / 10);
    const [first, last] = [spread(told.pages.slice(1, tenth).map((seconds) => seconds * 1000)), spread(told.pages.slice(-tenth).map((seconds) => seconds * 1000))];
    return { ours: last.median, reference: first.median, referenceName: 'the first tenth of the pages', unit: 'ms/page', ratio: last.median / first.median, goalMet: last.median <= first.median * 1.2, details: { seconds: told.seconds, versionsPerSecond: told.count / told.seconds, first, last } };
  },
};
