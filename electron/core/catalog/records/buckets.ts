/** Buckets as they are kept and as the contract shows them. */
import type { Bucket } from '#shared/contract/index.ts';
import { notFound } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import { sql } from '../sql.ts';
import { branded, timestamp } from './shared.ts';

/** What is kept of a bucket as JSON. Where the secret lies is known, the secret is not. */
export type BucketSettings = Pick<Bucket, 'bucket' | 'prefix' | 'endpoint' | 'region' | 'pathStyle' | 'credential'>;

export type BucketRow = { readonly id: number; readonly name: string; readonly settings: BucketSettings; readonly createdAt: number; readonly objects: number; readonly bytes: number };

type Columns = Omit<BucketRow, 'settings'> & { readonly settings: string };

const columns = sql`b.id, b.name, b.settings, b.created_at AS createdAt, (SELECT count(*) FROM bucket_objects o WHERE o.bucket_id = b.id) AS objects, (SELECT coalesce(sum(o.size), 0) FROM bucket_objects o WHERE o.bucket_id = b.id) AS bytes FROM buckets b`;

const rowOf = ({ settings, ...rest }: Columns): BucketRow => ({ ...rest, settings: JSON.parse(settings) as BucketSettings });

export function bucketRow(db: ReadableDb, id: number): BucketRow {
  const row = db.get<Columns>(sql`SELECT ${columns} WHERE b.id = ${id} AND b.removed_at IS NULL`);
  if (row === undefined) throw notFound('bucket', String(id));
  return rowOf(row);
}

export function bucketRows(db: ReadableDb): readonly BucketRow[] {
  return db.all<Columns>(sql`SELECT ${columns} WHERE b.removed_at IS NULL ORDER BY b.name, b.id`).map(rowOf);
}

export const bucketOf = ({ id, settings, createdAt, ...rest }: BucketRow): Bucket => ({ id: branded(id), ...rest, ...settings, createdAt: timestamp(createdAt) });
