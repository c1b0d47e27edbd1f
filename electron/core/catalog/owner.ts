/**
 * One owner per catalog folder. The lock is SQLite's own exclusive lock on a small file: the system lets go of it when the process ends,
 * however it ends, so a killed owner never locks anybody out. Who it is stands beside it, for the message.
 */
import Database from 'better-sqlite3';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { VitrineError } from '#shared/contract/errors.ts';
import { codeOf, type CatalogFiles } from './files.ts';

export type Ownership = { release(): void };

/** Takes the folder, or throws `catalog_locked` with the process id of the one that has it. */
export function takeOwnership(files: CatalogFiles): Ownership {
  const lock = new Database(files.lock, { timeout: 200 });
  try {
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (codeOf(error).startsWith('SQLITE_BUSY')) throw new VitrineError('catalog_locked', { details: { directory: files.directory, pid: ownerOf(files) }, cause: error });
    throw error;
  }
  try {
    writeFileSync(files.owner, JSON.stringify({ pid: process.pid, since: new Date().toISOString() }));
  } catch {
    // Only for the message; a full disk must not keep anybody from looking.
  }
  return {
    release() {
      rmSync(files.owner, { force: true });
      lock.exec('ROLLBACK');
      lock.close();
    },
  };
}

/** The process that has the folder, as far as it said so. */
export function ownerOf(files: CatalogFiles): number | null {
  try {
    const said: unknown = JSON.parse(readFileSync(files.owner, 'utf8'));
    return typeof said === 'object' && said !== null && 'pid' in said && typeof said.pid === 'number' ? said.pid : null;
  } catch {
    return null;
  }
}
