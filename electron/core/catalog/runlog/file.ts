/**
 * The run log: a SQLite file of its own beside the catalog, attached under the name `runlog`, with everything that runs stream. It is
 * large and changes all the time, so the catalog's backups leave it out; a run is known in it by a random id, so that a restored catalog
 * can't find another run's lines in it.
 */
import { existsSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { VitrineError } from '#shared/contract/errors.ts';
import type { Connection, ReadableDb, WritableDb } from '../connection.ts';
import { isCorruption, isFull } from '../failures.ts';
import { sql } from '../sql.ts';

export function runLogFile(catalogFile: string): string {
  return join(dirname(catalogFile), 'runs.db');
}

const version = 2;

/**
 * Raw lines lie in chunks: the last one of a stream open and plain, the others sealed (zstd). Numbers lie again by key, in columns of
 * 1024 lines each: little-endian float64, and where a key isn't in every line, the numbers of the lines within the column (uint16).
 */
const schema = `
CREATE TABLE runlog.runs (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  lost_at INTEGER
) STRICT;
CREATE TABLE runlog.streams (
  run INTEGER NOT NULL,
  stream INTEGER NOT NULL,
  lines INTEGER NOT NULL,
  last_step REAL,
  first_at REAL,
  last_at REAL,
  rewrites INTEGER NOT NULL DEFAULT 0,
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

/** From the first version: since when lines belong to no run, and how often lines were overwritten. */
const fromFirst = `
ALTER TABLE runlog.runs ADD COLUMN lost_at INTEGER;
ALTER TABLE runlog.streams ADD COLUMN rewrites INTEGER NOT NULL DEFAULT 0;
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
  connection.script('PRAGMA runlog.page_size = 16384; PRAGMA runlog.auto_vacuum = INCREMENTAL; PRAGMA runlog.journal_mode = WAL; PRAGMA runlog.synchronous = FULL');
  const found = Number(connection.raw.pragma('runlog.user_version', { simple: true }));
  if (found > version) throw new VitrineError('catalog_newer', { details: { found, known: version, file } });
  if (suspect && connection.raw.pragma('runlog.quick_check(1)', { simple: true }) !== 'ok') throw Object.assign(new Error('quick_check of the run log'), { code: 'SQLITE_CORRUPT' });
  if (found === version) return;
  connection.script(`BEGIN IMMEDIATE; ${found === 0 ? schema : fromFirst}; PRAGMA runlog.user_version = ${version}; COMMIT`);
  if (found === 0) return;
  try {
    // Only a file that is written anew takes to giving its room back.
    connection.script('VACUUM runlog');
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}

/** Pages given back to the disk at once: 32 MiB. */
const pagesAtOnce = 2048;
/** So much room is kept for what comes next. */
const keptPages = 256;

/** Whether deleted lines left so much room that some of it goes back to the disk. */
export function canShrinkRunLog(db: ReadableDb): boolean {
  // A file from before it could shrink keeps its room until it could be written anew.
  return (db.value<number>(sql`PRAGMA runlog.freelist_count`) ?? 0) > keptPages && db.value<number>(sql`PRAGMA runlog.auto_vacuum`) === 2;
}

/** Gives room that deleted lines left back to the disk, a piece at a time. Whether there is more. */
export function shrinkRunLog(db: WritableDb): boolean {
  if (canShrinkRunLog(db)) db.script(`PRAGMA runlog.incremental_vacuum(${pagesAtOnce})`);
  return canShrinkRunLog(db);
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
