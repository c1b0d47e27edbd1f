/** What is known of the safety of files. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { scannerVersion, type Finding } from '#shared/domain/index.ts';
import { versionScan, type ContentScan } from '../records/scans.ts';
import type { QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { seenVersion } from './visible.ts';

export function getScan(scope: QueryScope, input: CheckedInputOf<'scans.get'>): OutputOf<'scans.get'> {
  seenVersion(scope, input.versionId);
  return { scan: versionScan(scope.db, input.versionId) };
}

/** Of these contents, those that this scanner has looked at. */
export function knownScans(scope: QueryScope, input: { readonly contents: readonly { readonly sha256: string; readonly suffix: string }[] }): readonly ContentScan[] {
  return input.contents.flatMap(({ sha256, suffix }): ContentScan[] => {
    const row = scope.db.get<{ format: string | null; imports: number; findings: string }>(sql`
      SELECT format, imports, findings FROM content_scans WHERE sha256 = ${Buffer.from(sha256, 'hex')} AND suffix = ${suffix} AND scanner >= ${scannerVersion}`);
    return row === undefined ? [] : [{ sha256, suffix, format: row.format, imports: row.imports, findings: JSON.parse(row.findings) as readonly Finding[] }];
  });
}
