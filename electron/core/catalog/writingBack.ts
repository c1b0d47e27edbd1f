/**
 * Writing the log back into the file. By itself SQLite does it within a commit, whose answer would wait for it; here whoever wrote asks for it after the
 * answer. A log that is written back in time is begun again from its start: a flush of bytes that lie inside the file waits for the bytes alone, one that
 * makes the file longer waits for the file system's own log too, which takes twice as long.
 */
import type { Connection } from './connection.ts';
import { sql } from './sql.ts';

/** A log of this many pages is written back: 4 MiB of the catalog's. */
const loggedPages = 1000;

type Schema = 'main' | 'runlog';

/** Whose pages are counted, and how: nothing is written back by looking. */
const logs: readonly (readonly [schema: Schema, look: ReturnType<typeof sql>])[] = [['main', sql`PRAGMA main.wal_checkpoint(NOOP)`], ['runlog', sql`PRAGMA runlog.wal_checkpoint(NOOP)`]];

/** Writes back the logs that have become long, as far as those who read let it. Called after everything that was written, outside of a transaction. */
export function writeBackLong(db: Connection): void {
  try {
    for (const [schema, look] of logs) {
      const [, pages = 0, written = 0] = db.rows(look)[0] ?? [];
      if (Number(pages) >= loggedPages && written !== pages) writeBack(db, 'PASSIVE', schema);
    }
  } catch {
    // Only housekeeping.
  }
}

/** @param mode TRUNCATE also waits for those who read, and leaves an empty log file */
export function writeBack(db: Connection, mode: 'PASSIVE' | 'TRUNCATE', schema?: Schema): void {
  try {
    db.raw.pragma(`${schema === undefined ? '' : `${schema}.`}wal_checkpoint(${mode})`);
  } catch {
    // A full disk or a reader in the way: the log stays as it is, nothing is lost, and the next quiet moment tries again.
  }
}
