/**
 * Opens the catalog file so that a start always succeeds: a damaged file is put aside, never written over; a file from a newer Vitrine is
 * refused untouched; pending migrations run behind a backup.
 */
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dropSuperfluousBackups, newestGoodBackup, takeBackupNow } from './backups.ts';
import { openWriter, type Connection } from './connection.ts';
import { isCorruption } from './failures.ts';
import { readHeader } from './header.ts';
import { stamp, type CatalogFiles } from './files.ts';
import { migrate, migrations, pendingMigrations, refuseNewer, schemaOf, type Migration } from './migrations/index.ts';
import { attachRunLogToWrite, runLogFile } from './runlog/file.ts';
import { sql } from './sql.ts';
import { writeBackLong } from './writingBack.ts';

export type Recovery = { readonly damagedFile: string; readonly backup: string | null; readonly backupTakenAt: string | null; readonly restored: boolean };

export type Opened = { readonly connection: Connection; readonly recovery: Recovery | null; readonly migrated: readonly number[]; readonly fresh: boolean };

/** Up to this size every page is looked at on every start (about 30 ms); above it only after something went wrong. */
const checkedAlways = 8 * 1024 * 1024;

export type OpeningOptions = { readonly now: () => number; readonly steps?: readonly Migration[] };

export function openCatalogFile(files: CatalogFiles, options: OpeningOptions): Opened {
  const steps = options.steps ?? migrations;
  const fresh = !existsSync(files.catalog) || statSync(files.catalog).size === 0;
  try {
    return { ...openAndMigrate(files, steps, options), recovery: null, fresh };
  } catch (error) {
    if (!isCorruption(error)) throw error;
    const damagedFile = putAside(files, `damaged-${stamp(options.now())}`);
    const backup = newestGoodBackup(files);
    const opened = openAndMigrate(files, steps, options);
    return {
      ...opened,
      fresh: true,
      recovery: { damagedFile, backup: backup?.file ?? null, backupTakenAt: backup === null ? null : new Date(backup.at).toISOString(), restored: false },
    };
  }
}

function openAndMigrate(files: CatalogFiles, steps: readonly Migration[], options: OpeningOptions): { readonly connection: Connection; readonly migrated: readonly number[] } {
  refuseNewerUntouched(files, steps);
  const connection = openWriter(files.catalog);
  try {
    const found = schemaOf(connection);
    const known = steps.at(-1)?.number ?? 0;
    refuseNewer(found, known, files.catalog);
    const suspect = existsSync(files.suspect);
    checkFile(connection, files);
    const pending = pendingMigrations(found, steps);
    if (pending.length > 0 && found > 0) {
      takeBackupNow(connection, files, options.now());
      dropSuperfluousBackups(files);
    }
    const migrated = migrate(connection, steps);
    attachRunLogToWrite(connection, files.catalog, `damaged-${stamp(options.now())}`, suspect || isSmall(runLogFile(files.catalog)));
    dropStatistics(connection);
    if (migrated.length > 0) writeBackLong(connection);
    return { connection, migrated };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * Plans are made without statistics of the tables. A catalog grows by thousands of times within one session; statistics from when a table
 * had one row make SQLite read all of it later. Without any it assumes tables to be large, which the queries here are written for.
 */
function dropStatistics(connection: Connection): void {
  if (connection.value(sql`SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'`) === undefined) return;
  connection.script('DROP TABLE IF EXISTS sqlite_stat4; DROP TABLE IF EXISTS sqlite_stat1');
}

/** Looks at the header alone, so that not even a log file is made beside a catalog that we must not touch. */
function refuseNewerUntouched(files: CatalogFiles, steps: readonly Migration[]): void {
  const header = readHeader(files.catalog);
  if (header !== null) refuseNewer(header.userVersion, steps.at(-1)?.number ?? 0, files.catalog);
}

function isSmall(file: string): boolean {
  return existsSync(file) && statSync(file).size <= checkedAlways;
}

function checkFile(connection: Connection, files: CatalogFiles): void {
  // Opening reads almost nothing: this touches the schema and one page of a table.
  const smoke = connection.value<number>(sql`SELECT count(*) FROM sqlite_schema`) ?? 0;
  const suspect = existsSync(files.suspect);
  if (smoke > 0 && (suspect || statSync(files.catalog).size <= checkedAlways)) {
    const finding = connection.raw.pragma('quick_check(1)', { simple: true });
    if (finding !== 'ok') throw Object.assign(new Error(`quick_check: ${String(finding)}`), { code: 'SQLITE_CORRUPT' });
  }
  if (suspect) rmSync(files.suspect, { force: true });
}

/** Notes that the file gave a fault while in use. */
export function markSuspect(files: CatalogFiles): void {
  try {
    writeFileSync(files.suspect, '');
  } catch {
    // The next start finds out by itself, or the disk is full or read-only.
  }
}

/** Renames the file and what belongs to it; nothing of it is lost. */
export function putAside(files: CatalogFiles, suffix: string): string {
  const aside = `${files.catalog}.${suffix}`;
  for (const tail of ['', '-wal', '-shm']) if (existsSync(files.catalog + tail)) renameSync(files.catalog + tail, aside + tail);
  return aside;
}
