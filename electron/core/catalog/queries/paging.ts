/**
 * Pages of lists, by key. A page is found by the key of the row before it, never by counting rows from the start; for scrollbars, which ask
 * by row number, keys are kept at regular distances ("fences") per list, so that a page deep inside costs what the first one does.
 */
import type { Change } from '#shared/contract/changes.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import type { ReadableDb } from '../connection.ts';
import { mergeChanges } from '../feed.ts';
import { allOf, sql, type Sql } from '../sql.ts';

export type ListSpec = {
  /** Names the list with its filters: two lists with one name have the same rows in every revision. */
  readonly name: string;
  /** `FROM … ` with its joins. */
  readonly from: Sql;
  readonly where: readonly Sql[];
  /** What it is sorted by; ties are broken by the id. */
  readonly key: Sql;
  readonly id: Sql;
  readonly descending: boolean;
  /** How many rows there are, where a counter knows it; otherwise they are counted once per revision. */
  readonly total?: () => number;
  /** Whether a change of the feed can move its rows: what stands for any revision in which none did. Absent: each change can. */
  readonly concerns?: (change: Change) => boolean;
};

export type PageInput = { readonly cursor?: string | undefined; readonly position?: number | undefined; readonly limit: number };

export type PageOfIds<Id extends number | string = number> = { readonly ids: Id[]; readonly nextCursor: string | null; readonly total: number; readonly position: number | null };

type Key = string | number | null;
type KeyRow = { readonly k: Key; readonly id: number | string };

/** Rows between two fences. */
const fenceDistance = 250;
/** Ends of pages that are remembered per list: who scrolls on by row number begins right there. */
const keptEnds = 64;
/** Lists whose fences are kept, per connection. */
const keptLists = 64;

type ListMemory = { rev: number; readonly fences: KeyRow[]; readonly ends: Map<number, KeyRow>; total: number | null };

const memories = new WeakMap<ReadableDb, Map<string, ListMemory>>();

/** Ids are numbers, or names where rows go by name. */
export function pageOfIds<Id extends number | string = number>(db: ReadableDb, spec: ListSpec, input: PageInput): PageOfIds<Id> {
  if (input.cursor !== undefined && input.position !== undefined) throw badCursor('A page is asked for by cursor or by position, not by both.');
  const memory = memoryOf(db, spec);
  memory.total ??= spec.total === undefined ? (db.value<number>(sql`SELECT count(*) ${spec.from} WHERE ${allOf(spec.where)}`) ?? 0) : spec.total();
  const { total } = memory;
  const start = input.cursor === undefined ? null : readCursor(spec, input.cursor);
  const position = start?.position ?? input.position ?? 0;
  const after: KeyRow | null = start ?? (position === 0 ? null : keyBefore(db, spec, memory, position));
  if (after === null && position > 0) return { ids: [], nextCursor: null, total, position };
  const rows = rowsAfter(db, spec, after, input.limit + 1);
  const page = rows.slice(0, input.limit);
  const last = page.at(-1);
  if (last !== undefined) rememberEnd(memory, position + page.length, last);
  return {
    ids: page.map((row) => row.id as Id),
    nextCursor: rows.length > input.limit && last !== undefined ? writeCursor(spec, last, position + page.length) : null,
    total,
    position,
  };
}

function rowsAfter(db: ReadableDb, spec: ListSpec, after: KeyRow | null, limit: number, offset = 0): KeyRow[] {
  const where = after === null ? spec.where : [...spec.where, spec.descending ? sql`(${spec.key}, ${spec.id}) < (${after.k}, ${after.id})` : sql`(${spec.key}, ${spec.id}) > (${after.k}, ${after.id})`];
  const order = spec.descending ? sql`ORDER BY ${spec.key} DESC, ${spec.id} DESC` : sql`ORDER BY ${spec.key}, ${spec.id}`;
  return db.all<KeyRow>(sql`SELECT ${spec.key} AS k, ${spec.id} AS id ${spec.from} WHERE ${allOf(where)} ${order} LIMIT ${limit} OFFSET ${offset}`);
}

/** The row right before a row number, found from the nearest fence below it. null when the list ends sooner. */
function keyBefore(db: ReadableDb, spec: ListSpec, memory: ListMemory, position: number): KeyRow | null {
  if (position > (memory.total ?? 0)) return null;
  const end = memory.ends.get(position);
  if (end !== undefined) return end;
  // Fence f is the row with number (f + 1) * distance - 1, the last of its stretch.
  const wanted = Math.floor(position / fenceDistance);
  while (memory.fences.length < wanted) {
    const [next] = rowsAfter(db, spec, memory.fences.at(-1) ?? null, 1, fenceDistance - 1);
    if (next === undefined) return null;
    memory.fences.push(next);
  }
  const fence = wanted === 0 ? null : (memory.fences[wanted - 1] ?? null);
  const beyond = position - wanted * fenceDistance;
  if (beyond === 0) return fence;
  return rowsAfter(db, spec, fence, 1, beyond - 1)[0] ?? null;
}

function rememberEnd(memory: ListMemory, position: number, row: KeyRow): void {
  memory.ends.delete(position);
  memory.ends.set(position, row);
  const [oldest] = memory.ends.keys();
  if (memory.ends.size > keptEnds && oldest !== undefined) memory.ends.delete(oldest);
}

function memoryOf(db: ReadableDb, spec: ListSpec): ListMemory {
  let lists = memories.get(db);
  if (lists === undefined) memories.set(db, (lists = new Map<string, ListMemory>()));
  const rev = db.value<number>(sql`SELECT max(rev) FROM feed`) ?? 0;
  const name = `${spec.name} ${spec.descending ? 'down' : 'up'}`;
  const known = lists.get(name);
  if (known !== undefined && stillTrue(db, spec, known.rev, rev)) {
    known.rev = rev;
    return known;
  }
  const fresh: ListMemory = { rev, fences: [], ends: new Map(), total: null };
  lists.delete(name);
  lists.set(name, fresh);
  if (lists.size > keptLists) lists.delete(lists.keys().next().value ?? name);
  return fresh;
}

/** Changes that are looked through before a list is rather found anew. */
const lookedThrough = 500;

/** Whether what was known of a list at one revision holds at another: nothing that it depends on has changed between them. */
export function stillTrue(db: ReadableDb, spec: Pick<ListSpec, 'concerns'>, then: number, now: number): boolean {
  if (then === now) return true;
  // A restored file begins earlier; and of what the feed has forgotten nothing can be said.
  if (spec.concerns === undefined || then > now || now - then > lookedThrough || (db.value<number>(sql`SELECT min(rev) FROM feed`) ?? 0) > then + 1) return false;
  const between = db.column<string>(sql`SELECT changes FROM feed WHERE rev > ${then} AND rev <= ${now}`).flatMap((text) => JSON.parse(text) as readonly Change[]);
  return !mergeChanges(between).some(spec.concerns);
}

// Cursors are opaque to callers and come back from anywhere, so they are read as hostile input.

function writeCursor(spec: ListSpec, row: KeyRow, position: number): string {
  return Buffer.from(JSON.stringify([fingerprint(spec), row.k, row.id, position])).toString('base64url');
}

function readCursor(spec: ListSpec, cursor: string): KeyRow & { readonly position: number } {
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw badCursor('The cursor can’t be read.');
  }
  if (!Array.isArray(read) || read.length !== 4) throw badCursor('The cursor can’t be read.');
  const [print, k, id, position] = read as unknown[];
  if (print !== fingerprint(spec)) throw badCursor('The cursor belongs to another list.');
  if (!(k === null || typeof k === 'number' || typeof k === 'string') || !(isCount(id) || typeof id === 'string') || !isCount(position)) throw badCursor('The cursor can’t be read.');
  return { k, id, position };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Short and stable: FNV-1a of the list's name and direction. */
function fingerprint(spec: ListSpec): string {
  let hash = 0x811c9dc5;
  for (const character of `${spec.name} ${spec.descending}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(36);
}

function badCursor(explanation: string): VitrineError {
  return new VitrineError('bad_input', { details: { explanation } });
}
