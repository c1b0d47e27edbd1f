/** What a connection says of its catalog. */
import type { UserId } from '#shared/contract/ids.ts';
import type { ReadableDb } from './connection.ts';
import type { CatalogStatus } from './protocol.ts';
import { sql } from './sql.ts';

/** The newest revision that was told; 0 in a catalog that was never founded. */
export function newestRev(db: ReadableDb): number {
  return db.value<number>(sql`SELECT max(rev) FROM feed`) ?? 0;
}

export function statusOf(db: ReadableDb, known: Pick<CatalogStatus, 'rev' | 'readOnly' | 'recovery' | 'file' | 'schema'>): CatalogStatus {
  const text = (key: string) => String(db.value(sql`SELECT value FROM meta WHERE key = ${key}`) ?? '');
  return { ...known, catalogId: text('catalog_id'), defaultUserId: Number(text('default_user_id')) as UserId };
}
