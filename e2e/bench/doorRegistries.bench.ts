import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { largeCatalog } from './fixtures/largeCatalog.ts';
import { startRelay } from './fixtures/relay.ts';
import { clientProgram, serveCatalog } from './fixtures/servedCatalog.ts';
import { spread, type Benchmark } from './harness.ts';

const versions = 100_000;
const atOnce = 10_000;

type Told = { readonly seconds: number; readonly count: number; readonly different: number; readonly pages: readonly number[] };

/**
 * The public API over a registry that has grown: the last page must come as fast as the first. A relay between the two tells the door's own time
 * for a page; the client's whole time stands beside it, which holds what the client makes of a page and of all that it keeps.
 */
export const benchmark: Benchmark = {
  name: 'door-registries',
  workload: `the real wandb client walks Api().registries().versions() over ${versions.toLocaleString('en')} linked versions, 500 a page`,
  goal: 'every version once; the last tenth of the pages ≤ 1.2 × the time of the first tenth, at the door and at the client',
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
    const relay = await startRelay(served.url);
    const program = clientProgram('walk.py', { ...served, url: relay.url }, context.scratch, {});
    const told = (await program.told('walk')) as Told;
    await program.ended;
    const answers = relay.of('RegistryVersions');
    await relay.close();
    await served.stop();
    if (told.count !== linked || told.different !== linked) throw new Error(`Error: ${told.count} versions came, ${told.different} of them different, instead of ${linked}.`);
    if (answers.length < told.pages.length) throw new Error(`Error: the relay saw ${answers.length} pages of ${told.pages.length}.`);
    const door = answers.map(({ milliseconds }) => milliseconds);
    const client = told.pages.map((seconds) => seconds * 1000);
    const row = (part: string, pages: readonly number[], more: Readonly<Record<string, unknown>>) => {
      const tenth = Math.floor(pages.length / 10);
      const [first, last] = [spread(pages.slice(1, tenth)), spread(pages.slice(-tenth))];
      const ratio = last.median / first.median;
      return { part, ours: last.median, reference: first.median, referenceName: 'the first tenth of the pages', unit: 'ms/page', ratio, goalMet: ratio <= 1.2, details: { first, last, ...more } };
    };
    const doorSeconds = door.reduce((sum, milliseconds) => sum + milliseconds, 0) / 1000;
    return [
      row('the door answers', door, { doorSeconds, shareOfTheWalk: doorSeconds / told.seconds, bytesOfFirstPage: answers[1]?.bytes, bytesOfLastPage: answers.at(-2)?.bytes }),
      row('the client has a page', client, { seconds: told.seconds, versionsPerSecond: told.count / told.seconds }),
    ];
  },
};
