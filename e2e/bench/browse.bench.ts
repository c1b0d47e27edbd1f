import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openCatalog } from '../../electron/core/catalog/index.ts';
import { startCore } from '../drivers/core.ts';
import { largeCatalog } from './fixtures/largeCatalog.ts';
import { measure, type Benchmark, type BenchmarkResult } from './harness.ts';

const versions = 1_000_000;
const deepPosition = 900_000;
const limit = 100;
const runs = 200;

type Page = { readonly items: readonly { readonly id: number }[]; readonly nextCursor: string | null };

/** Pages of all versions by last change: the first and one deep inside, in core's own process and over its transport. */
export const benchmark: Benchmark = {
  name: 'browse',
  workload: `a page of ${limit} of ${versions.toLocaleString('en')} versions by last change: the first, and the one from row ${deepPosition.toLocaleString('en')} on`,
  goal: '≤ 1 ms in core, ≤ 5 ms over the transport; deep ≤ 1.5 × first',
  async run(context) {
    const { directory } = await largeCatalog(context, versions);

    const bare = new Database(join(directory, 'catalog.db'), { readonly: true });
    const bareFirst = bare.prepare(`SELECT v.*, a.name FROM versions v JOIN artifacts a ON a.id = v.artifact_id WHERE v.state = 'committed' ORDER BY v.updated_at DESC, v.id DESC LIMIT ${limit}`);
    const bareDeep = bare.prepare(`SELECT v.*, a.name FROM versions v JOIN artifacts a ON a.id = v.artifact_id WHERE v.state = 'committed' AND (v.updated_at, v.id) < (?, ?) ORDER BY v.updated_at DESC, v.id DESC LIMIT ${limit}`);
    const boundary = bare.prepare(`SELECT updated_at AS at, id FROM versions WHERE state = 'committed' ORDER BY updated_at DESC, id DESC LIMIT 1 OFFSET ${deepPosition - 1}`).get() as { readonly at: number; readonly id: number };
    const limitFirst = await measure(() => bareFirst.all(), { runs, warmUp: 20 });
    const limitDeep = await measure(() => bareDeep.all(boundary.at, boundary.id), { runs, warmUp: 20 });
    bare.close();

    const pool = await openCatalog({ directory });
    const asker = { actorId: pool.status().defaultUserId };
    const input = { sort: 'updated', direction: 'descending', limit };
    const jumped = (await pool.read('versions.list', { ...input, position: deepPosition - limit }, asker)) as Page;
    const cursor = jumped.nextCursor;
    const expected = boundary.id;
    if (jumped.items.at(-1)?.id !== expected || cursor === null) throw new Error(`The page before row ${deepPosition} does not end where SQLite says it does`);
    const first = await measure(() => pool.read('versions.list', input, asker), { runs, warmUp: 20 });
    const deep = await measure(() => pool.read('versions.list', { ...input, cursor }, asker), { runs, warmUp: 20 });
    const positioned = await measure(() => pool.read('versions.list', { ...input, position: deepPosition }, asker), { runs, warmUp: 20 });
    await pool.close();

    const core = await startCore({ nodePath: context.nodePath, root: context.root, directory });
    const asked = { sort: 'updated', direction: 'descending', limit } as const;
    const overFirst = await measure(() => core.client.query('versions.list', asked), { runs, warmUp: 20 });
    const overDeep = await measure(() => core.client.query('versions.list', { ...asked, cursor }), { runs, warmUp: 20 });
    await core.stop();

    const row = (part: string, ours: typeof first, reference: typeof first, referenceName: string, goal: number): BenchmarkResult => ({
      part, ours: ours.median, reference: reference.median, referenceName, unit: 'ms', ratio: ours.median / reference.median, goalMet: ours.median <= goal,
      details: { goalMilliseconds: goal, ours, reference },
    });
    const bareName = 'bare SQLite, same rows';
    return [
      row('first page, in core', first, limitFirst, bareName, 1),
      row('deep page, in core', deep, limitDeep, bareName, 1),
      row('deep page by row number, in core', positioned, limitDeep, bareName, 1),
      row('first page, over the transport', overFirst, limitFirst, bareName, 5),
      row('deep page, over the transport', overDeep, limitDeep, bareName, 5),
      { ...row('deep against first, in core', deep, first, 'our first page', 1), goalMet: deep.median <= 1.5 * first.median },
    ];
  },
};
