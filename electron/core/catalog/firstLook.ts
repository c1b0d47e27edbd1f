/**
 * A catalog opened for its first questions alone, before there is a writing thread. That takes a file on which the writing thread would have
 * nothing to do but to open it: founded, of the newest schema, under no suspicion. What only shows later (a damaged page) the writing thread
 * finds as on every start, and what was asked here is asked anew then.
 */
import { existsSync } from 'node:fs';
import { isVitrineError } from '#shared/contract/errors.ts';
import type { CatalogFiles } from './files.ts';
import { readHeader } from './header.ts';
import { newestSchema } from './migrations/index.ts';
import { openNearReader, type NearReader } from './nearReader.ts';
import { takeOwnership, type Ownership } from './owner.ts';
import type { CatalogStatus } from './protocol.ts';

export type FirstLook = { readonly near: NearReader; readonly status: CatalogStatus; readonly ownership: Ownership };

/** null when the writing thread has to look first. @throws `catalog_locked` when another process has the folder */
export function lookFirst(files: CatalogFiles): FirstLook | null {
  if (existsSync(files.suspect) || readHeader(files.catalog)?.userVersion !== newestSchema) return null;
  let ownership: Ownership | null = null;
  let near: NearReader | null = null;
  try {
    ownership = takeOwnership(files);
    near = openNearReader(files.catalog);
    const status = near.status();
    if (status.schema === newestSchema && status.catalogId !== '') return { near, status, ownership };
  } catch (error) {
    if (isVitrineError(error) && error.code === 'catalog_locked') throw error;
    // Whatever else is wrong with the file or its disk the writing thread meets too, and knows what to do.
  }
  near?.close();
  ownership?.release();
  return null;
}
