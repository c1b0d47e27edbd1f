/** What the runs of linked versions reached, kept by value, so that a collection of any length is sorted by it. */
import { isoTime, parseLooseJson } from '#shared/domain/index.ts';
import type { ReadableDb, WritableDb } from '../connection.ts';
import { listOf, sql } from '../sql.ts';

export const metricRanks = { number: 0, date: 1, text: 2 } as const;
export type MetricRank = (typeof metricRanks)[keyof typeof metricRanks];

type Kept = { readonly rank: MetricRank; readonly value: number | string };

const limits = { values: 500, depth: 6, keyLength: 512, textLength: 256 } as const;

/** A summary as it is kept: numbers that JSON has no words for come as their words. */
export function readSummary(text: string): Readonly<Record<string, unknown>> {
  const read = parseLooseJson(text, 'words');
  return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Readonly<Record<string, unknown>>) : {};
}

/** What a table's cell finds under a key: a key of the summary itself, else the way of keys that its dots name. */
export function metricAt(summary: Readonly<Record<string, unknown>>, key: string): unknown {
  const own = Object.hasOwn(summary, key) ? summary[key] : undefined;
  if (own !== undefined && own !== null) return own;
  let inner: unknown = summary;
  for (const step of key.split('.')) {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner) || !Object.hasOwn(inner, step)) return undefined;
    inner = (inner as Readonly<Record<string, unknown>>)[step];
  }
  return inner;
}

/** The values of a summary by which tables are sorted, by the key under which `metricAt` finds each. */
export function metricValues(summary: Readonly<Record<string, unknown>>): ReadonlyMap<string, Kept> {
  const values = new Map<string, Kept>();
  const walk = (inner: Readonly<Record<string, unknown>>, before: string, depth: number): void => {
    for (const [name, value] of Object.entries(inner)) {
      const key = before === '' ? name : `${before}.${name}`;
      if (values.size >= limits.values) return;
      if (key === '' || key.length > limits.keyLength) continue;
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        if (depth < limits.depth && !name.includes('.')) walk(value as Readonly<Record<string, unknown>>, key, depth + 1);
        continue;
      }
      const kept = keptOf(value);
      if (kept !== null && metricAt(summary, key) === value) values.set(key, kept);
    }
  };
  walk(summary, '', 1);
  return values;
}

function keptOf(value: unknown): Kept | null {
  if (typeof value === 'number') return { rank: metricRanks.number, value };
  if (typeof value === 'boolean') return { rank: metricRanks.text, value: String(value) };
  if (typeof value !== 'string' || value.length > limits.textLength) return null;
  const at = isoTime(value);
  return at === null ? { rank: metricRanks.text, value } : { rank: metricRanks.date, value: at };
}

export function metricKeyId(db: ReadableDb, key: string): number | undefined {
  return db.value<number>(sql`SELECT id FROM metric_keys WHERE key = ${key}`);
}

/** Begins to keep the metrics of versions that are linked now; those that are kept already stay as they are. */
export function putMetrics(db: WritableDb, versionIds: readonly number[]): void {
  const rows = db.all<{ id: number; summary: string }>(sql`
    SELECT v.id, r.summary FROM json_each(${JSON.stringify(versionIds)}) j CROSS JOIN versions v ON v.id = j.value JOIN runs r ON r.id = v.run_id WHERE v.metrics_kept = 0`);
  if (rows.length === 0) return;
  for (const { id, summary } of rows) writeMetrics(db, id, new Map(), metricValues(readSummary(summary)));
  db.run(sql`UPDATE versions SET metrics_kept = 1 WHERE id IN ${listOf(rows.map((row) => row.id))}`);
}

/** After the summary of a run changed: what its linked versions are sorted by follows. */
export function followSummary(db: WritableDb, runId: number): void {
  const versionIds = db.column<number>(sql`SELECT id FROM versions WHERE run_id = ${runId} AND metrics_kept = 1`);
  if (versionIds.length === 0) return;
  const now = metricValues(readSummary(db.value<string>(sql`SELECT summary FROM runs WHERE id = ${runId}`) ?? '{}'));
  for (const id of versionIds) {
    const before = new Map(db.all<{ key: string } & Kept>(sql`SELECT k.key, m.rank, m.value FROM metric_values m JOIN metric_keys k ON k.id = m.key_id WHERE m.version_id = ${id}`).map(({ key, ...kept }) => [key, kept]));
    writeMetrics(db, id, before, now);
  }
}

/** Only what differs is written: a run that goes on changes a few of many. */
function writeMetrics(db: WritableDb, versionId: number, before: ReadonlyMap<string, Kept>, now: ReadonlyMap<string, Kept>): void {
  for (const key of before.keys()) if (!now.has(key)) db.run(sql`DELETE FROM metric_values WHERE version_id = ${versionId} AND key_id = (SELECT id FROM metric_keys WHERE key = ${key})`);
  for (const [key, { rank, value }] of now) {
    const known = before.get(key);
    if (known?.rank === rank && known.value === value) continue;
    const keyId = metricKeyId(db, key) ?? db.run(sql`INSERT INTO metric_keys (key) VALUES (${key})`).id;
    db.run(sql`INSERT INTO metric_values (version_id, key_id, rank, value) VALUES (${versionId}, ${keyId}, ${rank}, ${value}) ON CONFLICT (version_id, key_id) DO UPDATE SET rank = excluded.rank, value = excluded.value`);
  }
}
