/** Safety scans: rows ↔ the contract's shape. */
import type { SafetyScan } from '#shared/contract/operations/scans.ts';
import { scannerVersion, type Finding, type ScanState } from '#shared/domain/index.ts';
import type { ReadableDb } from '../connection.ts';
import { sql } from '../sql.ts';
import { branded, timestamp } from './shared.ts';

/** What was found in one file, as the scan hands it over and as it is kept. */
export type ContentScan = { readonly sha256: string; readonly suffix: string; readonly format: string | null; readonly imports: number; readonly findings: readonly Finding[] };

export function versionScan(db: ReadableDb, versionId: number): SafetyScan | null {
  const row = db.get<{ scanner: number; state: ScanState; files: number; loadable: number; imports: number; findings: string; at: number }>(sql`
    SELECT scanner, state, files, loadable, imports, findings, at FROM version_scans WHERE version_id = ${versionId}`);
  return row === undefined ? null : {
    versionId: branded(versionId), state: row.state, at: timestamp(row.at), outdated: row.scanner < scannerVersion, files: row.files, loadable: row.loadable, imports: row.imports,
    findings: JSON.parse(row.findings) as SafetyScan['findings'],
  };
}
