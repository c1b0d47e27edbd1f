/** One SQLite connection with its cached statements. Readers and the writer get different faces of it, so that a query can't be handed a writing one. */
import Database from 'better-sqlite3';
import { isoTime, patternOf } from '#shared/domain/index.ts';
import type { Sql, SqlValue } from './sql.ts';

export type ReadableDb = {
  /** Every row. */
  all<Row>(query: Sql): Row[];
  /** The first row. */
  get<Row>(query: Sql): Row | undefined;
  /** The first column of the first row. */
  value<Value extends SqlValue>(query: Sql): Value | undefined;
  /** The first column of every row. */
  column<Value extends SqlValue>(query: Sql): Value[];
  /** Every row as the values of its columns, in their order: for walks over millions of rows. */
  rows(query: Sql): SqlValue[][];
  iterate<Row>(query: Sql): IterableIterator<Row>;
};

export type WritableDb = ReadableDb & {
  run(query: Sql): { readonly changes: number; readonly id: number };
  /** For schema text of our own; never with data. */
  script(text: string): void;
};

export type SlowQuery = { readonly milliseconds: number; readonly text: string };

/** Statements kept per connection. The texts are our own, so their number is bounded; the cap is for generated searches. */
const keptStatements = 1000;

export class Connection implements WritableDb {
  readonly raw: Database.Database;
  readonly #statements = new Map<string, Database.Statement<SqlValue[]>>();
  readonly #plucked = new Map<string, Database.Statement<SqlValue[]>>();
  readonly #bare = new Map<string, Database.Statement<SqlValue[]>>();

  constructor(raw: Database.Database) {
    this.raw = raw;
  }

  all<Row>(query: Sql): Row[] {
    return this.#statement(query.text).all(...query.values) as Row[];
  }

  get<Row>(query: Sql): Row | undefined {
    return this.#statement(query.text).get(...query.values) as Row | undefined;
  }

  value<Value extends SqlValue>(query: Sql): Value | undefined {
    return this.#pluck(query.text).get(...query.values) as Value | undefined;
  }

  column<Value extends SqlValue>(query: Sql): Value[] {
    return this.#pluck(query.text).all(...query.values) as Value[];
  }

  rows(query: Sql): SqlValue[][] {
    return kept(this.#bare, query.text, () => this.raw.prepare<SqlValue[]>(query.text).raw()).all(...query.values) as SqlValue[][];
  }

  iterate<Row>(query: Sql): IterableIterator<Row> {
    return this.#statement(query.text).iterate(...query.values) as IterableIterator<Row>;
  }

  run(query: Sql): { readonly changes: number; readonly id: number } {
    const result = this.#statement(query.text).run(...query.values);
    return { changes: result.changes, id: Number(result.lastInsertRowid) };
  }

  script(text: string): void {
    this.raw.exec(text);
  }

  close(): void {
    this.#statements.clear();
    this.#plucked.clear();
    this.#bare.clear();
    this.raw.close();
  }

  #statement(text: string): Database.Statement<SqlValue[]> {
    return kept(this.#statements, text, () => this.raw.prepare<SqlValue[]>(text));
  }

  #pluck(text: string): Database.Statement<SqlValue[]> {
    return kept(this.#plucked, text, () => this.raw.prepare<SqlValue[]>(text).pluck());
  }
}

/** Characters of a text that a pattern is tried on. */
const matchedLength = 2000;
const patterns = new Map<string, RegExp>();

function compiled(pattern: string): RegExp {
  return kept(patterns, pattern, () => patternOf(pattern));
}

function kept<Kept>(cache: Map<string, Kept>, text: string, make: () => Kept): Kept {
  const found = cache.get(text);
  if (found !== undefined) return found;
  const made = make();
  if (cache.size >= keptStatements) cache.delete(cache.keys().next().value ?? text);
  cache.set(text, made);
  return made;
}

/** The one writing connection: every commit is on the disk before it is acknowledged. The log is written back by `writeBackLong` alone. */
export function openWriter(file: string): Connection {
  return opened(file, { timeout: 5000 }, (raw) => {
    raw.pragma('journal_mode = WAL');
    raw.pragma('synchronous = FULL');
    raw.pragma('fullfsync = ON');
    raw.pragma('checkpoint_fullfsync = ON');
    raw.pragma('wal_autocheckpoint = 0');
  });
}

/**
 * Beside the writing connection, for notes that wait for no disk: it never waits for the other's lock, and leaves the log to it. A commit of the
 * writing one takes along what this one wrote before. Questions are answered by it, too, between two notes.
 */
export function openNoteTaker(file: string): Connection {
  return opened(file, { fileMustExist: true, timeout: 0 }, (raw) => {
    raw.pragma('synchronous = NORMAL');
    raw.pragma('wal_autocheckpoint = 0');
    raw.pragma('mmap_size = 268435456');
  });
}

export function openReader(file: string): Connection {
  return opened(file, { readonly: true, fileMustExist: true, timeout: 5000 }, (raw) => {
    raw.pragma('query_only = ON');
    // Pages deep inside a large catalog lie all over the file: mapped, each costs no call into the system.
    raw.pragma('mmap_size = 268435456');
  });
}

function opened(file: string, options: Database.Options, setUp: (raw: Database.Database) => void): Connection {
  const raw = new Database(file, options);
  try {
    setUp(raw);
    harden(raw);
    return new Connection(raw);
  } catch (error) {
    raw.close();
    throw error;
  }
}

function harden(raw: Database.Database): void {
  raw.pragma('foreign_keys = ON');
  raw.pragma('trusted_schema = OFF');
  raw.pragma('temp_store = MEMORY');
  raw.pragma('cache_size = -16000');
  // For sorting: the time that a text stands for.
  raw.function('iso_time', { deterministic: true }, (text: unknown) => (typeof text === 'string' ? isoTime(text) : null));
  // For filters. Patterns were judged harmless before they come here; texts are cut, so that none takes long.
  raw.function('matches_pattern', { deterministic: true }, (pattern: unknown, text: unknown) => (typeof pattern === 'string' && typeof text === 'string' && compiled(pattern).test(text.slice(0, matchedLength)) ? 1 : 0));
}
