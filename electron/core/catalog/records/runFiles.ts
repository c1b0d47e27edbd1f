import type { RunFile } from '#shared/contract/entities.ts';
import { mediaTypeOf } from '#shared/domain/mediaTypes.ts';
import type { ReadableDb } from '../connection.ts';
import { sql } from '../sql.ts';
import { hexOf, timestamp } from './shared.ts';

/** Files of a run, in the order of their names in the list; those that aren't there are left out. */
export function runFiles(db: ReadableDb, runId: number, names: readonly string[]): RunFile[] {
  return db.all<{ name: string; size: number; sha256: Uint8Array; md5: Uint8Array; updatedAt: number }>(sql`
    SELECT f.name, f.size, f.sha256, f.md5, f.updated_at AS updatedAt FROM json_each(${JSON.stringify(names)}) j CROSS JOIN run_files f ON f.run_id = ${runId} AND f.name = j.value ORDER BY j.key`)
    .map((row) => ({ name: row.name, size: row.size, sha256: hexOf(row.sha256), md5: hexOf(row.md5), mediaType: mediaTypeOf(row.name), updatedAt: timestamp(row.updatedAt) }));
}
