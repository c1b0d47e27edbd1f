/** Numbers of lines by key: what charts are drawn from. Always derivable from the raw lines. */
import { isNonFiniteWord, parseLooseJson } from '#shared/domain/looseJson.ts';
import type { ReadableDb, WritableDb } from '../connection.ts';
import { listOf, sql } from '../sql.ts';
import { streams, type StreamName } from './lines.ts';

/** Lines per column. */
export const columnLines = 1024;
/** Keys of one stream beyond this many stay in the raw lines alone. */
export const mostKeys = 20_000;
export const longestKey = 1024;
const deepest = 8;
const longestText = 256;

/** What a line says under one key: a number, or only that something is there. */
export type Leaf = { readonly number: number } | { readonly type: string; readonly text: string | null };

/** Nested keys are joined by dots. Texts that spell a number that is not finite are one, as some clients write them. */
export function leavesOf(line: string): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const walk = (value: unknown, key: string, depth: number): void => {
    if (value === null || value === undefined) return;
    if (typeof value === 'number') leaves.set(key, { number: value });
    else if (isNonFiniteWord(value)) leaves.set(key, { number: Number(value) });
    else if (typeof value === 'string') leaves.set(key, { type: 'string', text: value.slice(0, longestText) });
    else if (typeof value === 'boolean') leaves.set(key, { type: 'boolean', text: String(value) });
    else if (Array.isArray(value)) leaves.set(key, { type: 'list', text: null });
    else if (typeof value === 'object') {
      const kind = (value as { readonly _type?: unknown })._type;
      if (typeof kind === 'string' || depth >= deepest) leaves.set(key, { type: typeof kind === 'string' ? kind.slice(0, 128) : 'map', text: null });
      else for (const [name, inner] of Object.entries(value)) walk(inner, key === '' ? name : `${key}.${name}`, depth + 1);
    }
  };
  const read = line === '' ? undefined : parseLooseJson(line);
  if (typeof read === 'object' && read !== null && !Array.isArray(read)) walk(read, '', 0);
  return leaves;
}

export type SeriesRow = {
  readonly id: number; readonly key: string; readonly type: string; readonly count: number; readonly lastStep: number | null; readonly last: number | string | null; readonly min: number | null; readonly max: number | null;
};

/** All keys of a stream, or those that are named, in the order of their names. */
export function seriesRows(db: ReadableDb, run: number, stream: StreamName, keys?: readonly string[]): SeriesRow[] {
  const columns = sql`id, key, type, count, last_step AS lastStep, last, min, max`;
  return keys === undefined
    ? db.all<SeriesRow>(sql`SELECT ${columns} FROM runlog.series WHERE run = ${run} AND stream = ${streams[stream]} ORDER BY key`)
    : db.all<SeriesRow>(sql`SELECT ${columns} FROM runlog.series WHERE run = ${run} AND stream = ${streams[stream]} AND key IN ${listOf(keys)} ORDER BY key`);
}

/** A key's growth by one batch of lines. */
type Growth = { type: string; count: number; lastStep: number | null; last: number | string | null; min: number | null; max: number | null; readonly columns: Map<number, { readonly places: number[]; readonly numbers: number[] }> };

type Axis = { lastStep: number | null; firstAt: number | null; lastAt: number | null };

function gather(lines: readonly string[], from: number): { readonly growths: ReadonlyMap<string, Growth>; readonly axis: Axis } {
  const growths = new Map<string, Growth>();
  const axis: Axis = { lastStep: null, firstAt: null, lastAt: null };
  lines.forEach((line, index) => {
    const number = from + index;
    const leaves = leavesOf(line);
    if (leaves.size === 0) return;
    const step = finite(leaves.get('_step')) ?? number;
    const at = finite(leaves.get('_timestamp'));
    axis.lastStep = step;
    axis.firstAt ??= at;
    axis.lastAt = at ?? axis.lastAt;
    for (const [key, leaf] of leaves) {
      let growth = growths.get(key);
      if (growth === undefined) {
        if (growths.size >= mostKeys || key.length > longestKey) continue;
        growths.set(key, (growth = { type: 'number' in leaf ? 'number' : leaf.type, count: 0, lastStep: null, last: null, min: null, max: null, columns: new Map() }));
      }
      growth.count += 1;
      growth.lastStep = step;
      if (!('number' in leaf)) {
        growth.last = leaf.text;
        if (growth.type !== 'number') growth.type = leaf.type;
        continue;
      }
      growth.type = 'number';
      const value = leaf.number;
      if (Number.isFinite(value)) {
        growth.last = value;
        growth.min = growth.min === null ? value : Math.min(growth.min, value);
        growth.max = growth.max === null ? value : Math.max(growth.max, value);
      } else growth.last = String(value);
      const columnNumber = Math.floor(number / columnLines);
      let column = growth.columns.get(columnNumber);
      if (column === undefined) growth.columns.set(columnNumber, (column = { places: [], numbers: [] }));
      column.places.push(number % columnLines);
      column.numbers.push(value);
    }
  });
  return { growths, axis };
}

export function finite(leaf: Leaf | undefined): number | null {
  return leaf !== undefined && 'number' in leaf && Number.isFinite(leaf.number) ? leaf.number : null;
}

/** Takes new lines, which stand from `from` on behind all others, into the columns. */
export function addToColumns(db: WritableDb, run: number, stream: StreamName, from: number, lines: readonly string[]): void {
  const code = streams[stream];
  const { growths, axis } = gather(lines, from);
  const standing = new Map(seriesRows(db, run, stream).map((row) => [row.key, row]));
  for (const [key, growth] of growths) {
    const row = standing.get(key);
    if (row === undefined && standing.size >= mostKeys) continue;
    const id = row?.id ?? db.run(sql`INSERT INTO runlog.series (run, stream, key, type, count) VALUES (${run}, ${code}, ${key}, ${growth.type}, 0)`).id;
    db.run(sql`
      UPDATE runlog.series SET type = ${row?.type === 'number' ? 'number' : growth.type}, count = count + ${growth.count}, last_step = ${growth.lastStep}, last = ${growth.last},
        min = ${least(row?.min ?? null, growth.min)}, max = ${most(row?.max ?? null, growth.max)} WHERE id = ${id}`);
    for (const [number, column] of growth.columns) appendColumn(db, id, number, column.places, column.numbers);
  }
  if (axis.lastStep !== null) {
    db.run(sql`
      UPDATE runlog.streams SET last_step = ${axis.lastStep}, first_at = coalesce(first_at, ${axis.firstAt}), last_at = coalesce(${axis.lastAt}, last_at) WHERE run = ${run} AND stream = ${code}`);
  }
}

function least(one: number | null, other: number | null): number | null {
  return one === null ? other : other === null ? one : Math.min(one, other);
}

function most(one: number | null, other: number | null): number | null {
  return one === null ? other : other === null ? one : Math.max(one, other);
}

function appendColumn(db: WritableDb, series: number, number: number, places: readonly number[], numbers: readonly number[]): void {
  const old = readColumn(db, series, number);
  const oldPlaces = old === null ? [] : (old.places ?? old.numbers.map((_value, index) => index));
  packColumn(db, series, number, [...oldPlaces, ...places], [...(old?.numbers ?? []), ...numbers]);
}

/** Puts a column in place of the one that stood there; one without numbers goes. */
export function packColumn(db: WritableDb, series: number, number: number, places: readonly number[], numbers: readonly number[]): void {
  if (numbers.length === 0) {
    db.run(sql`DELETE FROM runlog.columns WHERE series = ${series} AND number = ${number}`);
    return;
  }
  const packedPlaces = places.every((place, index) => place === index) ? null : bytesOfArray(Uint16Array.from(places));
  db.run(sql`
    INSERT INTO runlog.columns (series, number, places, numbers) VALUES (${series}, ${number}, ${packedPlaces}, ${bytesOfArray(Float64Array.from(numbers))})
    ON CONFLICT (series, number) DO UPDATE SET places = excluded.places, numbers = excluded.numbers`);
}

function bytesOfArray(array: Uint16Array | Float64Array): Uint8Array {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

type PackedColumn = { readonly number: number; readonly places: Uint8Array | null; readonly numbers: Uint8Array };

/** Blobs may begin anywhere in memory; typed arrays may not. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer;
}

/** One column for reading: numbers, and at which of the column's lines each stands (null: one by one from the first). */
export type Column = { readonly number: number; readonly places: Uint16Array | null; readonly numbers: Float64Array };

export function readColumns(db: ReadableDb, series: number, fromLine: number): Column[] {
  return db.all<PackedColumn>(sql`SELECT number, places, numbers FROM runlog.columns WHERE series = ${series} AND number >= ${Math.floor(fromLine / columnLines)} ORDER BY number`).map(unpacked);
}

export function readColumn(db: ReadableDb, series: number, number: number): Column | null {
  const packed = db.get<PackedColumn>(sql`SELECT number, places, numbers FROM runlog.columns WHERE series = ${series} AND number = ${number}`);
  return packed === undefined ? null : unpacked(packed);
}

function unpacked(packed: PackedColumn): Column {
  return { number: packed.number, numbers: new Float64Array(aligned(packed.numbers)), places: packed.places === null ? null : new Uint16Array(aligned(packed.places)) };
}
