import { hash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openCatalog } from '../../electron/core/catalog/index.ts';
import { measure, seededRandom, type Benchmark, type BenchmarkResult } from './harness.ts';

const events = Number(process.env['VITRINE_BENCH_EVENTS'] ?? 5_000_000);
const limit = 100;
const start = Date.UTC(2024, 0, 1);
const days = 700;
const day = 86_400_000;

/** Kinds with their share of the events; the rest is the first. */
const kinds = [['version.created', 0], ['tag.added', 0.25], ['alias.moved', 0.15], ['link.created', 0.1], ['run.finished', 0.05], ['registry.updated', 0.0001]] as const;
const people = 20;
const registries = 50;

type Made = { readonly bytes: number; readonly texts: () => Iterable<string> };

/** Fills a new catalog's history as commands would, but by SQL alone, and its indexes at the end. */
function fill(file: string): Made {
  const db = new Database(file);
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.pragma('foreign_keys = OFF');
  db.pragma('cache_size = -200000');
  const indexes = db.prepare(`SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'events' AND sql IS NOT NULL`).all() as { readonly name: string; readonly sql: string }[];
  for (const index of indexes) db.exec(`DROP INDEX ${index.name}`);
  const user = db.prepare(`INSERT INTO users (username, display_name, kind, created_at) VALUES (?, ?, 'person', 0)`);
  for (let person = 2; person <= people; person++) user.run(`person${person}`, `Person ${person}`);
  const last = db.prepare('SELECT id, hash FROM events ORDER BY id DESC LIMIT 1').get() as { readonly id: number; readonly hash: Buffer };
  const put = db.prepare(`INSERT INTO events (id, at, actor_id, entrance, kind, object_kind, object_id, registry_id, label, address, before, after, message, act_id, previous_hash, hash) VALUES (?, ?, ?, ?, ?, 'version', ?, NULL, ?, ?, ?, ?, NULL, ?, ?, ?)`);
  const about = db.prepare('INSERT INTO event_objects (kind, object_id, event_id) VALUES (?, ?, ?)');
  const random = seededRandom(7);
  let previous: Buffer = last.hash;
  let bytes = 0;
  const sample: string[] = [];
  db.exec('BEGIN');
  for (let number = 1; number <= events; number++) {
    const id = last.id + number;
    const at = start + Math.floor((number / events) * days * day);
    const dice = random();
    let below = 0;
    const kind = kinds.find(([, share]) => dice < (below += share))?.[0] ?? kinds[0][0];
    const actor = 1 + Math.floor(random() ** 2 * people);
    const version = 1 + Math.floor(random() * 200_000);
    const entrance = dice > 0.9 ? 'window' : dice > 0.899 ? 'cli' : 'sdk';
    const label = `vision/artifact-${version % 2000}:v${version % 100}`;
    const address = `vitrine://source/lab/${label}`;
    const after = `{"index":${version % 100},"digest":"${previous.toString('hex')}","size":${version},"files":3,"type":"model"}`;
    const text = `${previous.toString('hex')}\n${JSON.stringify([id, at, actor, entrance, kind, 'version', version, null, label, address, 'null', after, null, id])}`;
    const own = hash('sha256', text, 'buffer');
    put.run(id, at, actor, entrance, kind, version, label, address, 'null', after, id, previous, own);
    about.run('version', version, id);
    about.run('registry', 1 + (version % registries), id);
    bytes += Buffer.byteLength(text);
    if (sample.length < 100_000) sample.push(text);
    previous = own;
  }
  db.exec('COMMIT');
  for (const index of indexes) db.exec(index.sql);
  db.exec('DELETE FROM event_sums; DELETE FROM event_days');
  db.exec('INSERT INTO event_sums SELECT kind, actor_id, entrance, count(*) FROM events GROUP BY 1, 2, 3');
  db.exec('INSERT INTO event_days SELECT at / 86400000, count(*), min(id), max(id) FROM events GROUP BY 1');
  db.close();
  return { bytes, texts: () => sample };
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();
const from = iso(start + 300 * day);
const until = iso(start + 330 * day - 1);

/** The reference is the plainest SQL for the same rows: their ids alone, through the index that fits best. */
const cases: readonly { readonly part: string; readonly input: Readonly<Record<string, unknown>>; readonly bare: string }[] = [
  { part: 'everything', input: {}, bare: `SELECT id FROM events ORDER BY id DESC LIMIT ${limit}` },
  { part: 'a common kind', input: { kinds: ['tag.added'] }, bare: `SELECT id FROM events WHERE kind = 'tag.added' ORDER BY id DESC LIMIT ${limit}` },
  { part: 'a rare kind', input: { kinds: ['registry.updated'] }, bare: `SELECT id FROM events WHERE kind = 'registry.updated' ORDER BY id DESC LIMIT ${limit}` },
  { part: 'a person and two kinds', input: { actorId: 3, kinds: ['alias.moved', 'registry.updated'] }, bare: `SELECT id FROM events WHERE actor_id = 3 AND kind IN ('alias.moved', 'registry.updated') ORDER BY id DESC LIMIT ${limit}` },
  { part: 'a month long ago', input: { since: from, until }, bare: `SELECT id FROM events WHERE at BETWEEN ${Date.parse(from)} AND ${Date.parse(until)} ORDER BY at DESC, id DESC LIMIT ${limit}` },
  { part: 'a person, a kind and a month', input: { actorId: 3, kinds: ['alias.moved'], since: from, until }, bare: `SELECT id FROM events WHERE actor_id = 3 AND kind = 'alias.moved' AND at BETWEEN ${Date.parse(from)} AND ${Date.parse(until)} ORDER BY id DESC LIMIT ${limit}` },
  { part: 'a registry and a rare kind', input: { object: { kind: 'registry', id: 7 }, kinds: ['registry.updated'] }, bare: `SELECT e.id FROM events e WHERE e.kind = 'registry.updated' AND EXISTS (SELECT 1 FROM event_objects o WHERE o.kind = 'registry' AND o.object_id = 7 AND o.event_id = e.id) ORDER BY e.id DESC LIMIT ${limit}` },
  { part: 'one version', input: { object: { kind: 'version', id: 1234 } }, bare: `SELECT event_id AS id FROM event_objects WHERE kind = 'version' AND object_id = 1234 ORDER BY event_id DESC LIMIT ${limit}` },
  { part: 'a rare entrance', input: { entrance: 'cli' }, bare: `SELECT id FROM events WHERE entrance = 'cli' ORDER BY id DESC LIMIT ${limit}` },
];

/** Questions to a history of five million events, and the walk over its chain. */
export const benchmark: Benchmark = {
  name: 'history',
  workload: `the newest ${limit} of ${events.toLocaleString('en')} events by kind, person, time, object, entrance, with the length of the list; verification of the hash chain`,
  goal: 'p95 ≤ 10 ms per page, its length included; the chain within 4 × SHA-256 of the same bytes',
  async run(context) {
    const directory = join(context.scratch, 'catalog');
    await (await openCatalog({ directory })).close();
    context.log(`writing ${events.toLocaleString('en')} events`);
    const made = fill(join(directory, 'catalog.db'));
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
    bare.close();
    const begun = performance.now();
    let part: { readonly next: number; readonly head: string; readonly fault: unknown; readonly done: boolean } = { next: 1, head: '0'.repeat(64), fault: null, done: false };
    while (!part.done) part = (await pool.read('internal.verifyPart', { next: part.next, head: part.head, limit: 50_000 }, asker)) as typeof part;
    const seconds = (performance.now() - begun) / 1000;
    if (part.fault !== null) throw new Error(`The chain is not whole: ${JSON.stringify(part.fault)}`);
    const texts = [...made.texts()];
    const hashing = await measure(() => { for (const text of texts) hash('sha256', text, 'buffer'); }, { runs: 5, warmUp: 1 });
    const ours = (part.next - 1) / seconds;
    const reference = texts.length / (hashing.median / 1000);
    results.push({ part: 'verifying the chain', ours, reference, referenceName: 'SHA-256 of the same bytes alone', unit: 'events/s', ratio: reference / ours, goalMet: reference / ours <= 4, details: { seconds, events: part.next - 1, bytesPerEvent: made.bytes / events } });
    await pool.close();
    return results;
  },
};
