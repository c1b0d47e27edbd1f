/** What SQLite says, in the codes of the contract. */
import { isVitrineError, VitrineError } from '#shared/contract/errors.ts';
import { codeOf } from './files.ts';

/** Whether the file itself is bad, as opposed to what was asked of it. */
export function isCorruption(error: unknown): boolean {
  const code = codeOf(error);
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

/** Whether there was no room. SQLite reports some full disks as failed writes. */
export function isFull(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'SQLITE_IOERR_WRITE' || code === 'SQLITE_IOERR_SHMSIZE' || code === 'EDQUOT';
}

/** The failure as the contract names it; what it doesn't name is returned as it is, a fault of ours. */
export function named(error: unknown, directory: string): unknown {
  if (isVitrineError(error)) return error;
  const code = codeOf(error);
  if (isFull(error)) return new VitrineError('disk_full', { details: { directory }, cause: error });
  if (isCorruption(error)) return new VitrineError('catalog_corrupt', { details: { file: directory, reason: code }, cause: error });
  if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_PERM' || code === 'EROFS') return new VitrineError('catalog_read_only', { details: { directory }, cause: error });
  if (code.startsWith('SQLITE_BUSY') || code === 'SQLITE_LOCKED') return new VitrineError('catalog_locked', { details: { directory }, cause: error });
  return error;
}
