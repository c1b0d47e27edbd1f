/** Columns after lines were overwritten: only the places that changed are written anew, and what a key says of all its lines is found again. */
import type { ReadableDb, WritableDb } from '../connection.ts';
import { sql } from '../sql.ts';
import { columnLines, finite, leavesOf, longestKey, mostKeys, packColumn, readColumn, readColumns, seriesRows, type Leaf, type SeriesRow } from './columns.ts';
import { readLines, streams, type ChangedLine, type StreamName } from './lines.ts';

/** What overwritten lines change of one key. */
type Edit = {
  /** How many more lines have it. */
  more: number;
  readonly lost: number[];
  readonly gained: number[];
  /** By column, then by place in it: the number that stands there now, null for none. */
  readonly columns: Map<number, Map<number, number | null>>;
};

type Last = { readonly step: number; readonly value: number | string | null; readonly type: string };

/** Brings the columns of lines that stood already to what these lines say now. `lines`: how many lines the columns hold. */
export function rewriteColumns(db: WritableDb, run: number, stream: StreamName, changed: readonly ChangedLine[], lines: number): void {
  const standing = new Map(seriesRows(db, run, stream).map((row) => [row.key, row]));
  const steps = stepReader(db, run, stream);
  /** Keys with texts: where they were said last is known from the lines alone. */
  const sought = new Map<string, SeriesRow>();
  const settle = (row: SeriesRow, last: Last): void => {
    db.run(sql`UPDATE runlog.series SET type = ${row.type === 'number' ? 'number' : last.type}, last = ${last.value}, last_step = ${last.step} WHERE id = ${row.id}`);
  };
  for (const [key, edit] of editsOf(changed)) {
    let row = standing.get(key);
    if (row === undefined) {
      if (edit.more <= 0 || standing.size >= mostKeys || key.length > longestKey) continue;
      row = { id: db.run(sql`INSERT INTO runlog.series (run, stream, key, type, count) VALUES (${run}, ${streams[stream]}, ${key}, 'number', 0)`).id, key, type: 'number', count: 0, lastStep: null, last: null, min: null, max: null };
      standing.set(key, row);
    }
    for (const [number, places] of edit.columns) changeColumn(db, row.id, number, places);
    const count = row.count + edit.more;
    if (count <= 0) {
      db.run(sql`DELETE FROM runlog.series WHERE id = ${row.id}`);
      continue;
    }
    const numbers = db.value<number>(sql`SELECT coalesce(sum(length(numbers)), 0) / 8 FROM runlog.columns WHERE series = ${row.id}`) ?? 0;
    const { min, max } = extremes(db, row, edit);
    db.run(sql`UPDATE runlog.series SET count = ${count}, min = ${min}, max = ${max} WHERE id = ${row.id}`);
    const now = { ...row, type: numbers > 0 ? 'number' : 'text' };
    const last = numbers === count ? lastNumber(db, row.id, steps) : null;
    if (last === null) sought.set(key, now);
    else settle(now, last);
  }
  for (const { key, last } of lastIn(db, run, stream, lines, new Set(sought.keys()))) settle(sought.get(key)!, last);
  changeAxis(db, run, stream, lines, standing.get('_timestamp'));
}

function editsOf(changed: readonly ChangedLine[]): ReadonlyMap<string, Edit> {
  const edits = new Map<string, Edit>();
  for (const { number, before, after } of changed) {
    const [was, is] = [leavesOf(before), leavesOf(after)];
    // Where a line's step is another one, so is the last step of every key in it.
    const moved = finite(was.get('_step')) !== finite(is.get('_step'));
    for (const key of new Set([...was.keys(), ...is.keys()])) {
      const [old, now] = [was.get(key), is.get(key)];
      if (!moved && same(old, now)) continue;
      let edit = edits.get(key);
      if (edit === undefined) edits.set(key, (edit = { more: 0, lost: [], gained: [], columns: new Map() }));
      edit.more += (now === undefined ? 0 : 1) - (old === undefined ? 0 : 1);
      const [lost, gained] = [numberOf(old), numberOf(now)];
      if (Object.is(lost, gained)) continue;
      if (lost !== null && Number.isFinite(lost)) edit.lost.push(lost);
      if (gained !== null && Number.isFinite(gained)) edit.gained.push(gained);
      const column = Math.floor(number / columnLines);
      let places = edit.columns.get(column);
      if (places === undefined) edit.columns.set(column, (places = new Map<number, number | null>()));
      places.set(number % columnLines, gained);
    }
  }
  return edits;
}

function numberOf(leaf: Leaf | undefined): number | null {
  return leaf !== undefined && 'number' in leaf ? leaf.number : null;
}

function same(one: Leaf | undefined, other: Leaf | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  if ('number' in one || 'number' in other) return 'number' in one && 'number' in other && Object.is(one.number, other.number);
  return one.type === other.type && one.text === other.text;
}

function changeColumn(db: WritableDb, series: number, number: number, changes: ReadonlyMap<number, number | null>): void {
  const all = new Map<number, number>();
  const standing = readColumn(db, series, number);
  standing?.numbers.forEach((value, index) => all.set(standing.places === null ? index : standing.places[index]!, value));
  for (const [place, value] of changes) {
    if (value === null) all.delete(place);
    else all.set(place, value);
  }
  const places = [...all.keys()].sort((one, other) => one - other);
  packColumn(db, series, number, places, places.map((place) => all.get(place)!));
}

/** The least and greatest number of a key. All of them are looked through only when one of the two went. */
function extremes(db: ReadableDb, row: SeriesRow, edit: Edit): { readonly min: number | null; readonly max: number | null } {
  const gone = edit.lost.some((value) => value === row.min || value === row.max);
  let [min, max] = gone ? [Infinity, -Infinity] : [row.min ?? Infinity, row.max ?? -Infinity];
  const take = (value: number): void => {
    if (!Number.isFinite(value)) return;
    if (value < min) min = value;
    if (value > max) max = value;
  };
  if (gone) for (const column of readColumns(db, row.id, 0)) column.numbers.forEach(take);
  else edit.gained.forEach(take);
  return { min: min === Infinity ? null : min, max: max === -Infinity ? null : max };
}

type StepReader = (line: number) => number;

/** The step of a line, read once for the keys that end in the same one. */
function stepReader(db: ReadableDb, run: number, stream: StreamName): StepReader {
  const known = new Map<number, number>();
  return (line) => {
    let step = known.get(line);
    if (step === undefined) known.set(line, (step = finite(leavesOf(readLines(db, run, stream, line, line + 1)[0] ?? '').get('_step')) ?? line));
    return step;
  };
}

function lastNumber(db: ReadableDb, series: number, steps: StepReader): Last | null {
  const number = db.value<number>(sql`SELECT max(number) FROM runlog.columns WHERE series = ${series}`);
  const column = number === undefined || number === null ? null : readColumn(db, series, number);
  if (column === null) return null;
  const index = column.numbers.length - 1;
  const value = column.numbers[index]!;
  return { step: steps(column.number * columnLines + (column.places === null ? index : column.places[index]!)), value: Number.isFinite(value) ? value : String(value), type: 'number' };
}

/** Where keys were said last: lines are read from the end, as far as needed. */
function* lastIn(db: ReadableDb, run: number, stream: StreamName, lines: number, keys: Set<string>): Generator<{ readonly key: string; readonly last: Last }> {
  for (const { leaves, step } of fromTheEnd(db, run, stream, keys.size === 0 ? 0 : lines)) {
    for (const key of keys) {
      const leaf = leaves.get(key);
      if (leaf === undefined) continue;
      keys.delete(key);
      yield { key, last: 'number' in leaf ? { step, value: Number.isFinite(leaf.number) ? leaf.number : String(leaf.number), type: 'number' } : { step, value: leaf.text, type: leaf.type } };
    }
    if (keys.size === 0) return;
  }
}

function* fromTheEnd(db: ReadableDb, run: number, stream: StreamName, lines: number): Generator<{ readonly leaves: ReadonlyMap<string, Leaf>; readonly step: number }> {
  for (let to = lines; to > 0; to = Math.floor((to - 1) / columnLines) * columnLines) {
    const from = Math.floor((to - 1) / columnLines) * columnLines;
    const texts = readLines(db, run, stream, from, to);
    for (let index = texts.length - 1; index >= 0; index -= 1) {
      const leaves = leavesOf(texts[index]!);
      if (leaves.size > 0) yield { leaves, step: finite(leaves.get('_step')) ?? from + index };
    }
  }
}

function changeAxis(db: WritableDb, run: number, stream: StreamName, lines: number, timestamps: SeriesRow | undefined): void {
  let lastStep: number | null = null;
  for (const { step } of fromTheEnd(db, run, stream, lines)) {
    lastStep = step;
    break;
  }
  const at = timestamps === undefined ? [] : db.column<number>(sql`SELECT number FROM runlog.columns WHERE series = ${timestamps.id} ORDER BY number`);
  const firstOf = (numbers: readonly number[], pick: 'find' | 'findLast'): number | null => {
    for (const number of numbers) {
      const found = timestamps === undefined ? undefined : [...(readColumn(db, timestamps.id, number)?.numbers ?? [])][pick](Number.isFinite);
      if (found !== undefined) return found;
    }
    return null;
  };
  db.run(sql`
    UPDATE runlog.streams SET last_step = ${lastStep}, first_at = ${firstOf(at, 'find')}, last_at = ${firstOf([...at].reverse(), 'findLast')}, rewrites = rewrites + 1
    WHERE run = ${run} AND stream = ${streams[stream]}`);
}
