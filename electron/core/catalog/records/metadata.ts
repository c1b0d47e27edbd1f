/** Metadata as typed values under dotted keys, so that searches compare numbers as numbers. */
import type { JsonObject } from '#shared/contract/entities.ts';
import { isoTime } from '#shared/domain/index.ts';
import type { WritableDb } from '../connection.ts';
import { sql, valuesInPieces } from '../sql.ts';

export type MetadataValue = { readonly key: string; readonly value: number | string };

const limits = { values: 500, depth: 6, keyLength: 256, textLength: 256, listItems: 20 } as const;

/** Numbers and short texts; the items of a short list stand under the list's own key. What is longer or deeper is found by words only. */
export function metadataValues(metadata: JsonObject): readonly MetadataValue[] {
  const values: MetadataValue[] = [];
  const seen = new Set<string>();
  const walk = (value: unknown, key: string, depth: number): void => {
    if (values.length >= limits.values || key.length > limits.keyLength) return;
    if (typeof value === 'boolean') walk(String(value), key, depth);
    else if (typeof value === 'number' || (typeof value === 'string' && value.length <= limits.textLength)) {
      const once = `${typeof value} ${key} ${value}`;
      if (key !== '' && !seen.has(once)) values.push({ key, value });
      seen.add(once);
    } else if (Array.isArray(value)) {
      for (const item of value.slice(0, limits.listItems)) if (typeof item !== 'object') walk(item, key, depth);
    } else if (typeof value === 'object' && value !== null && depth < limits.depth) {
      for (const [name, inner] of Object.entries(value)) walk(inner, key === '' ? name : `${key}.${name}`, depth + 1);
    }
  };
  walk(metadata, '', 0);
  return values;
}

/** Of versions that come together: their keys are looked up once, and rows are written in the order in which they are kept. */
export function putMetadataValues(db: WritableDb, versions: readonly { readonly versionId: number; readonly metadata: JsonObject }[]): void {
  const keys = new Map<string, number>();
  const keyOf = (key: string): number => {
    const id = keys.get(key) ?? keyIdOf(db, key);
    keys.set(key, id);
    return id;
  };
  const numbers: Row<number>[] = [];
  const texts: Row<string>[] = [];
  const dates: Row<number>[] = [];
  for (const { versionId, metadata } of versions) {
    for (const { key, value } of metadataValues(metadata)) {
      const keyId = keyOf(key);
      if (typeof value === 'number') numbers.push([keyId, value, versionId]);
      else {
        texts.push([keyId, value, versionId]);
        const time = isoTime(value);
        if (time !== null) dates.push([keyId, time, versionId]);
      }
    }
  }
  for (const rows of valuesInPieces(inOrder(numbers))) db.run(sql`INSERT OR IGNORE INTO metadata_numbers (key_id, number, version_id) VALUES ${rows}`);
  for (const rows of valuesInPieces(inOrder(texts))) db.run(sql`INSERT OR IGNORE INTO metadata_texts (key_id, text, version_id) VALUES ${rows}`);
  for (const rows of valuesInPieces(inOrder(dates))) db.run(sql`INSERT OR IGNORE INTO metadata_dates (key_id, at, version_id) VALUES ${rows}`);
}

type Row<Value> = readonly [keyId: number, value: Value, versionId: number];

const inOrder = <Value extends number | string>(rows: readonly Row<Value>[]): readonly Row<Value>[] =>
  rows.toSorted((left, right) => left[0] - right[0] || (left[1] < right[1] ? -1 : left[1] > right[1] ? 1 : left[2] - right[2]));

/** The values are found from the metadata that was kept, so no index by version is needed. */
export function dropMetadataValues(db: WritableDb, versionId: number, metadata: JsonObject): void {
  for (const { key, value } of metadataValues(metadata)) {
    const keyId = keyIdOf(db, key);
    if (typeof value === 'number') db.run(sql`DELETE FROM metadata_numbers WHERE key_id = ${keyId} AND number = ${value} AND version_id = ${versionId}`);
    else {
      db.run(sql`DELETE FROM metadata_texts WHERE key_id = ${keyId} AND text = ${value} AND version_id = ${versionId}`);
      const time = isoTime(value);
      if (time !== null) db.run(sql`DELETE FROM metadata_dates WHERE key_id = ${keyId} AND at = ${time} AND version_id = ${versionId}`);
    }
  }
}

function keyIdOf(db: WritableDb, key: string): number {
  return db.value<number>(sql`SELECT id FROM metadata_keys WHERE key = ${key}`) ?? db.run(sql`INSERT INTO metadata_keys (key) VALUES (${key})`).id;
}
