/** Whole copies of the catalog file: how they are named, which are kept, which is the newest good one. */
import Database from 'better-sqlite3';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from './connection.ts';
import { stamp, type CatalogFiles } from './files.ts';

export type Backup = { readonly file: string; readonly bytes: number; readonly at: number };

const backupName = /^catalog-(\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}\.\d{3}Z)\.db$/;

/** Newest first. */
export function listBackups(files: CatalogFiles): readonly Backup[] {
  if (!existsSync(files.backups)) return [];
  return readdirSync(files.backups)
    .flatMap((name) => {
      const written = backupName.exec(name)?.[1];
      if (written === undefined) return [];
      const at = Date.parse(written.replace(/T(\d{2})-(\d{2})-(\d{2})/, 'T$1:$2:$3'));
      const file = join(files.backups, name);
      return Number.isNaN(at) ? [] : [{ file, at, bytes: statSync(file).size }];
    })
    .sort((left, right) => right.at - left.at);
}

function place(files: CatalogFiles, at: number): { readonly file: string; readonly unfinished: string } {
  mkdirSync(files.backups, { recursive: true });
  const file = join(files.backups, `catalog-${stamp(at)}.db`);
  return { file, unfinished: `${file}.unfinished` };
}

/** Copies while others read and write, a few pages at a time. Never a copy of the main file alone: that would lose what is in the log. */
export async function takeBackup(connection: Connection, files: CatalogFiles, at: number): Promise<Backup> {
  const { file, unfinished } = place(files, at);
  try {
    await connection.raw.backup(unfinished);
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  return { file, at, bytes: statSync(file).size };
}

/** The same at once, for the moment before a migration, when nobody else is there yet. */
export function takeBackupNow(connection: Connection, files: CatalogFiles, at: number): Backup {
  const { file, unfinished } = place(files, at);
  rmSync(unfinished, { force: true });
  try {
    connection.raw.prepare('VACUUM INTO ?').run(unfinished);
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  return { file, at, bytes: statSync(file).size };
}

const keptToday = 3;
const keptInAll = 10;

/** Which of them can go: three of the newest day stay, one of each day before it, ten in all. Pure. */
export function superfluousBackups(backups: readonly Backup[]): readonly Backup[] {
  const newest = [...backups].sort((left, right) => right.at - left.at);
  const day = (backup: Backup) => new Date(backup.at).toISOString().slice(0, 10);
  const today = newest[0] === undefined ? '' : day(newest[0]);
  const kept = new Set<Backup>();
  const perDay = new Map<string, number>();
  for (const backup of newest) {
    const count = perDay.get(day(backup)) ?? 0;
    if (kept.size < keptInAll && count < (day(backup) === today ? keptToday : 1)) {
      kept.add(backup);
      perDay.set(day(backup), count + 1);
    }
  }
  return newest.filter((backup) => !kept.has(backup));
}

export function dropSuperfluousBackups(files: CatalogFiles): void {
  for (const backup of superfluousBackups(listBackups(files))) rmSync(backup.file, { force: true });
}

/** The newest backup that opens and holds together. */
export function newestGoodBackup(files: CatalogFiles): Backup | null {
  return listBackups(files).find((backup) => isGood(backup.file)) ?? null;
}

/** Whether every page of a catalog file can be read and fits the others. */
export function isGood(file: string): boolean {
  try {
    const database = new Database(file, { readonly: true, fileMustExist: true });
    try {
      return database.pragma('quick_check(1)', { simple: true }) === 'ok' && Number(database.pragma('user_version', { simple: true })) > 0;
    } finally {
      database.close();
    }
  } catch {
    return false;
  }
}
