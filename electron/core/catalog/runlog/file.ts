/**
 * The run log: a SQLite file of its own beside the catalog, attached under the name `runlog`, with everything that runs stream. It is
 * large and changes all the time, so the catalog's backups leave it out; a run is known in it by a random id, so that a restored catalog
 * can't find another run's lines in it.
 */
import { existsSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { VitrineError } from '#shared/contract/errors.ts';
import type { Connection, ReadableDb } from '../connection.ts';
import { isCorruption } from '../failures.ts';
import { sql } from '../sql.ts';

export function runLogFile(catalogFile: string): string {
  return join(dirname(catalogFile), 'runs.db');
}

const version = 1;

/**
 * Raw lines lie in chunks: the last one of a stream open and plain, the others sealed (zstd). Numbers lie again by key, in columns of
 * 1024 lines each: little-endian float64, and where a key isn't in every line, the numbers of the lines within the column (uint16).
 */
const schema = `
CREATE TABLE runlog.runs (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE
) STRICT;
CREATE TABLE runlog.streams (
  run INTEGER NOT NULL,
  stream INTEGER NOT NULL,
  lines INTEGER NOT NULL,
  last_step REAL,
  first_at REAL,
  last_at REAL,
  PRIMARY KEY (run, stream)
) STRICT, WITHOUT ROWID;
CREATE TABLE runlog.chunks (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL,
  stream INTEGER NOT NULL,
  first INTEGER NOT NULL,
  count INTEGER NOT NULL,
  sealed INTEGER NOT NULL CHECK (sealed IN (0, 1)),
  data BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX runlog.chunks_by_place ON chunks (run, stream, first);
CREATE TABLE runlog.series (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL,
  stream INTEGER NOT NULL,
  key TEXT NOT NULL,
  type TEXT NOT NULL,
  count INTEGER NOT NULL,
  last_step REAL,
  last ANY,
  min REAL,
  max REAL
) STRICT;
CREATE UNIQUE INDEX runlog.series_by_key ON series (run, stream, key);
CREATE TABLE runlog.columns (
  series INTEGER NOT NULL,
  number INTEGER NOT NULL,
  places BLOB,
  numbers BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX runlog.columns_by_place ON columns (series, number);
`;

/** For the writing connection: makes the file where it lacks; one that is damaged is put aside and a new one begun. */
export function attachRunLogToWrite(connection: Connection, catalogFile: string, suffix: string, suspect: boolean): void {
  const file = runLogFile(catalogFile);
  try {
    attachAndCheck(connection, file, suspect);
  } catch (error) {
    if (!isCorruption(error)) throw error;
    if (isAttached(connection)) connection.script('DETACH runlog');
    for (const tail of ['', '-wal', '-shm']) if (existsSync(file + tail)) renameSync(file + tail, `${file}.${suffix}${tail}`);
    attachAndCheck(connection, file, false);
  }
}

function attachAndCheck(connection: Connection, file: string, suspect: boolean): void {
  connection.raw.prepare('ATTACH ? AS runlog').run(file);
  connection.script('PRAGMA runlog.page_size = 16384; PRAGMA runlog.journal_mode = WAL; PRAGMA runlog.synchronous = FULL');
  const found = Number(connection.raw.pragma('runlog.user_version', { simple: true }));
  if (found > version) throw new VitrineError('catalog_newer', { details: { found, known: version, file } });
  if (suspect && connection.raw.pragma('runlog.quick_check(1)', { simple: true }) !== 'ok') throw Object.assign(new Error('quick_check of the run log'), { code: 'SQLITE_CORRUPT' });
  if (found === version) return;
  connection.script(`BEGIN IMMEDIATE; ${schema}; PRAGMA runlog.user_version = ${version}; COMMIT`);
}

/** For a reading connection: without the file there are no lines. */
export function attachRunLogToRead(connection: Connection, catalogFile: string): void {
  const file = runLogFile(catalogFile);
  if (!existsSync(file)) return;
  try {
    connection.raw.prepare('ATTACH ? AS runlog').run(file);
    if (Number(connection.raw.pragma('runlog.user_version', { simple: true })) !== version) connection.script('DETACH runlog');
  } catch (error) {
    // The catalog itself can be read: that its runs show no lines is better than not to open.
    if (isAttached(connection)) connection.script('DETACH runlog');
    if (!isCorruption(error) && !isUnopenable(error)) throw error;
  }
}

function isUnopenable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' && /^SQLITE_(?:CANTOPEN|READONLY|NOTADB)/.test(error.code);
}

function isAttached(db: ReadableDb): boolean {
  return db.value(sql`SELECT 1 FROM pragma_database_list WHERE name = 'runlog'`) !== undefined;
}

const known = new WeakMap<ReadableDb, boolean>();

/** Whether this connection has a run log. */
export function hasRunLog(db: ReadableDb): boolean {
  let attached = known.get(db);
  if (attached === undefined) known.set(db, (attached = isAttached(db)));
  return attached;
}
