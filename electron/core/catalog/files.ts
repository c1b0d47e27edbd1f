/** Names of what stands in a catalog's folder, and the few questions asked of the folder itself. */
import { accessSync, constants, mkdirSync, openSync, closeSync, rmSync, existsSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { VitrineError } from '#shared/contract/errors.ts';

export type CatalogFiles = {
  readonly directory: string;
  readonly catalog: string;
  readonly lock: string;
  readonly owner: string;
  readonly backups: string;
  /** Stands there when a fault was met while running: the next start looks at the whole file. */
  readonly suspect: string;
};

export function catalogFiles(directory: string): CatalogFiles {
  return {
    directory,
    catalog: join(directory, 'catalog.db'),
    lock: join(directory, 'owner.lock'),
    owner: join(directory, 'owner.json'),
    backups: join(directory, 'backups'),
    suspect: join(directory, 'catalog.suspect'),
  };
}

const readOnlyCodes: ReadonlySet<string> = new Set(['EROFS', 'EACCES', 'EPERM']);

export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/**
 * Makes the folder when it isn't there and says whether it can be written.
 *
 * Throws `catalog_read_only` when there is neither a catalog to look at nor the right to make one.
 */
export function prepareFolder(files: CatalogFiles): { readonly writable: boolean } {
  try {
    mkdirSync(files.directory, { recursive: true });
  } catch (error) {
    if (!existsSync(files.directory)) throw readOnly(files, error);
  }
  const writable = isWritable(files);
  if (!writable && !existsSync(files.catalog)) throw readOnly(files, null);
  return { writable };
}

function isWritable(files: CatalogFiles): boolean {
  // Rights alone don't tell: a mount can be read-only, and some users may write everywhere.
  const probe = join(files.directory, `.probe-${randomUUID()}`);
  try {
    closeSync(openSync(probe, 'wx'));
    rmSync(probe, { force: true });
    if (existsSync(files.catalog)) accessSync(files.catalog, constants.W_OK);
    return true;
  } catch (error) {
    // A full disk is no read-only one: the commands will say so.
    return !readOnlyCodes.has(codeOf(error));
  }
}

function readOnly(files: CatalogFiles, cause: unknown): VitrineError {
  return new VitrineError('catalog_read_only', { details: { directory: files.directory }, cause });
}

/** A moment as part of a file name. */
export function stamp(at: number): string {
  return new Date(at).toISOString().replaceAll(':', '-');
}
