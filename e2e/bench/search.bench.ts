import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openCatalog } from '../../electron/core/catalog/index.ts';
import { largeCatalog } from './fixtures/largeCatalog.ts';
import { measure, type Benchmark } from './harness.ts';

const versions = 1_000_000;
const limit = 100;

type Answer = { readonly items: readonly { readonly kind: string; readonly version?: { readonly id: number } }[]; readonly total: number };
type Case = { readonly part: string; readonly text: string; readonly goal: number; readonly bare: string; readonly values: readonly (string | number)[] };

/** The reference answers the same question by the plainest SQL over the same indexes: ids of the newest hundred, without their rows. */
const cases: readonly Case[] = [
  { part: 'a tag', text: 'tag:release', goal: 3, bare: `SELECT version_id AS id FROM version_tags WHERE tag_id = (SELECT id FROM tags WHERE tag = ?) ORDER BY version_id DESC LIMIT ${limit}`, values: ['release'] },
  {
    part: 'two tags', text: 'tag:release tag:nightly', goal: 3,
    bare: `SELECT a.version_id AS id FROM version_tags a JOIN version_tags b ON b.version_id = a.version_id WHERE a.tag_id = (SELECT id FROM tags WHERE tag = ?) AND b.tag_id = (SELECT id FROM tags WHERE tag = ?) ORDER BY a.version_id DESC LIMIT ${limit}`,
    values: ['release', 'nightly'],
  },
  { part: 'two words', text: 'cobalt quartz', goal: 2, bare: `SELECT rowid AS id FROM versions_fts WHERE versions_fts MATCH ? ORDER BY rowid DESC LIMIT ${limit}`, values: ['"cobalt" AND "quartz"'] },
  {
    part: 'part of a name', text: 'name:arble-qua', goal: 3,
    bare: `SELECT id FROM versions WHERE artifact_id IN (SELECT rowid / 8 FROM names_fts WHERE names_fts MATCH ? AND rowid % 8 = 2) AND state = 'committed' ORDER BY id DESC LIMIT ${limit}`, values: ['"arble-qua"'],
  },
  { part: 'a metric range, narrow', text: 'metadata.accuracy>0.999', goal: 5, bare: `SELECT version_id AS id FROM metadata_numbers WHERE key_id = 1 AND number > ? ORDER BY version_id DESC LIMIT ${limit}`, values: [0.999] },
  { part: 'a metric range, wide', text: 'metadata.accuracy>0.9', goal: 5, bare: `SELECT version_id AS id FROM metadata_numbers WHERE key_id = 1 AND number > ? ORDER BY version_id DESC LIMIT ${limit}`, values: [0.9] },
];

/** Searches of a million versions, each answering the first hundred with all their row shows. */
export const benchmark: Benchmark = {
  name: 'search',
  workload: `the first ${limit} hits in ${versions.toLocaleString('en')} versions: by tag, two tags, two words, part of a name, metric range`,
  goal: 'tags ≤ 3 ms, two words ≤ 2 ms, name ≤ 3 ms, metric ≤ 5 ms, in core; p99 ≤ 30 ms',
  async run(context) {
    const { directory } = await largeCatalog(context, versions);
    const pool = await openCatalog({ directory });
    const asker = { actorId: pool.status().defaultUserId };
    const bare = new Database(join(directory, 'catalog.db'), { readonly: true });
    const results = [];
    for (const { part, text, goal, bare: statement, values } of cases) {
      const input = { text, limit, kinds: ['version'] };
      const answer = (await pool.read('search.query', input, asker)) as Answer;
      const prepared = bare.prepare(statement);
      const expected = (prepared.all(...values) as { readonly id: number }[]).map((row) => row.id);
      const found = answer.items.flatMap((item) => item.version?.id ?? []);
      if (expected.length === 0 || found.join() !== expected.join()) throw new Error(`${text}: other hits than plain SQL finds`);
      const ours = await measure(() => pool.read('search.query', input, asker), { runs: 200, warmUp: 20 });
      const reference = await measure(() => prepared.all(...values), { runs: 200, warmUp: 20 });
      results.push({
        part: `${part}: ${text}`, ours: ours.median, reference: reference.median, referenceName: 'plain SQL, ids alone', unit: 'ms', ratio: ours.median / reference.median,
        goalMet: ours.median <= goal && ours.maximum <= 30, details: { goalMilliseconds: goal, hits: answer.total, ours, reference },
      });
    }
    bare.close();
    await pool.close();
    return results;
  },
};
