import { hash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openCatalog } from '../../electron/core/catalog/index.ts';
import { chainedText } from '../../electron/core/catalog/history.ts';
import { dayLength, historyStart, longHistory } from './fixtures/longHistory.ts';
import { measure, type Benchmark, type BenchmarkResult } from './harness.ts';

const events = Number(process.env['VITRINE_BENCH_EVENTS'] ?? 5_000_000);
const limit = 100;

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();
const from = iso(historyStart + 300 * dayLength);
const until = iso(historyStart + 330 * dayLength - 1);

/** The reference is the plainest SQL for the same rows: their ids alone, through the index that fits best. All of them are settled, which the indexes demand. */
const cases: readonly { readonly part: string; readonly input: Readonly<Record<string, unknown>>; readonly bare: string }[] = [
  { part: 'everything', input: {}, bare: `SELECT id FROM events ORDER BY id DESC LIMIT ${limit}` },
  { part: 'a common kind', input: { kinds: ['tag.added'] }, bare: `SELECT id FROM events WHERE settled = 1 AND kind = 'tag.added' ORDER BY id DESC LIMIT ${limit}` },
  { part: 'a rare kind', input: { kinds: ['registry.updated'] }, bare: `SELECT id FROM events WHERE settled = 1 AND kind = 'registry.updated' ORDER BY id DESC LIMIT ${limit}` },
  { part: 'a person and two kinds', input: { actorId: 3, kinds: ['alias.moved', 'registry.updated'] }, bare: `SELECT id FROM events WHERE settled = 1 AND actor_id = 3 AND kind IN ('alias.moved', 'registry.updated') ORDER BY id DESC LIMIT ${limit}` },
  { part: 'a month long ago', input: { since: from, until }, bare: `SELECT id FROM events WHERE settled = 1 AND at BETWEEN ${Date.parse(from)} AND ${Date.parse(until)} ORDER BY at DESC, id DESC LIMIT ${limit}` },
  { part: 'a person, a kind and a month', input: { actorId: 3, kinds: ['alias.moved'], since: from, until }, bare: `SELECT id FROM events WHERE settled = 1 AND actor_id = 3 AND kind = 'alias.moved' AND at BETWEEN ${Date.parse(from)} AND ${Date.parse(until)} ORDER BY id DESC LIMIT ${limit}` },
  { part: 'a registry and a rare kind', input: { object: { kind: 'registry', id: 7 }, kinds: ['registry.updated'] }, bare: `SELECT e.id FROM events e WHERE e.settled = 1 AND e.kind = 'registry.updated' AND EXISTS (SELECT 1 FROM event_objects o WHERE o.kind = 'registry' AND o.object_id = 7 AND o.event_id = e.id) ORDER BY e.id DESC LIMIT ${limit}` },
  { part: 'one version', input: { object: { kind: 'version', id: 1234 } }, bare: `SELECT event_id AS id FROM event_objects WHERE kind = 'version' AND object_id = 1234 ORDER BY event_id DESC LIMIT ${limit}` },
  { part: 'a rare entrance', input: { entrance: 'cli' }, bare: `SELECT id FROM events WHERE settled = 1 AND entrance = 'cli' ORDER BY id DESC LIMIT ${limit}` },
];

/** Questions to a history of five million events, and the walk over its chain. */
export const benchmark: Benchmark = {
  name: 'history',
  workload: `the newest ${limit} of ${events.toLocaleString('en')} events by kind, person, time, object, entrance, with the length of the list; verification of the hash chain`,
  goal: 'p95 ≤ 10 ms per page, its length included; the chain within 4 × SHA-256 of the same bytes',
  async run(context) {
    const directory = await longHistory(context, events);
    const pool = await openCatalog({ directory });
    const asker = { actorId: pool.status().defaultUserId };
    const bare = new Database(join(directory, 'catalog.db'), { readonly: true });
    const results: BenchmarkResult[] = [];
    for (const { part, input, bare: statement } of cases) {
      const question = { limit, ...input };
      const begun = performance.now();
      const answer = (await pool.read('history.list', question, asker)) as { readonly items: readonly { readonly id: number }[]; readonly total: number };
      const first = performance.now() - begun;
      const prepared = bare.prepare(statement);
      const expected = (prepared.all() as { readonly id: number }[]).map((row) => row.id);
      if (answer.items.map((item) => item.id).join() !== expected.join()) throw new Error(`${part}: other events than plain SQL finds`);
      const ours = await measure(() => pool.read('history.list', question, asker), { runs: 100, warmUp: 5 });
      const reference = await measure(() => prepared.all(), { runs: 20, warmUp: 2 });
      results.push({ part, ours: ours.p95, reference: reference.median, referenceName: 'plain SQL, ids alone', unit: 'ms p95', ratio: ours.p95 / reference.median, goalMet: ours.p95 <= 10, details: { firstMilliseconds: first, total: answer.total, ours, reference } });
    }
    const begun = performance.now();
    let part: { readonly next: number; readonly head: string; readonly fault: unknown; readonly done: boolean } = { next: 1, head: '0'.repeat(64), fault: null, done: false };
    while (!part.done) part = (await pool.read('internal.verifyPart', { next: part.next, head: part.head, limit: 50_000 }, asker)) as typeof part;
    const seconds = (performance.now() - begun) / 1000;
    if (part.fault !== null) throw new Error(`The chain is not whole: ${JSON.stringify(part.fault)}`);
    const texts = (bare.prepare('SELECT id, at, actor_id, entrance, kind, object_kind, object_id, registry_id, label, address, before, after, message, act_id, lower(hex(previous_hash)) FROM events ORDER BY id DESC LIMIT 100000').raw().all() as unknown[][])
      .map((row) => chainedText(String(row.at(-1)), row.slice(0, -1)));
    bare.close();
    const hashing = await measure(() => { for (const text of texts) hash('sha256', text, 'buffer'); }, { runs: 5, warmUp: 1 });
    const ours = (part.next - 1) / seconds;
    const reference = texts.length / (hashing.median / 1000);
    results.push({ part: 'verifying the chain', ours, reference, referenceName: 'SHA-256 of the same bytes alone', unit: 'events/s', ratio: reference / ours, goalMet: reference / ours <= 4, details: { seconds, events: part.next - 1, bytesPerEvent: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / texts.length } });
    await pool.close();
    return results;
  },
};
