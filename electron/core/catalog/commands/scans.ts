/** What a safety scan found, kept. */
import type { SafetyScan } from '#shared/contract/operations/scans.ts';
import { findingSeverities, scannerVersion, scanState } from '#shared/domain/index.ts';
import { notFound } from '../access.ts';
import { seenVersion } from '../queries/visible.ts';
import { versionScan, type ContentScan } from '../records/scans.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';

const keptFindings = 500;

export type ScanFound = {
  readonly versionId: number;
  readonly files: number;
  readonly loadable: number;
  readonly imports: number;
  readonly findings: SafetyScan['findings'];
  /** Contents that were read for it. */
  readonly contents: readonly ContentScan[];
};

export function noteScan(scope: CommandScope, input: ScanFound): SafetyScan {
  const { db, at } = scope;
  seenVersion(scope, input.versionId);
  for (const one of input.contents) {
    db.run(sql`
      INSERT INTO content_scans (sha256, suffix, scanner, format, imports, findings, at) VALUES (${Buffer.from(one.sha256, 'hex')}, ${one.suffix}, ${scannerVersion}, ${one.format}, ${one.imports}, ${JSON.stringify(one.findings)}, ${at})
      ON CONFLICT (sha256, suffix) DO UPDATE SET scanner = excluded.scanner, format = excluded.format, imports = excluded.imports, findings = excluded.findings, at = excluded.at`);
  }
  const worst = (severity: SafetyScan['findings'][number]['severity']): number => findingSeverities.indexOf(severity);
  const findings = input.findings.toSorted((left, right) => worst(left.severity) - worst(right.severity)).slice(0, keptFindings);
  db.run(sql`
    INSERT INTO version_scans (version_id, scanner, state, files, loadable, imports, findings, at) VALUES (${input.versionId}, ${scannerVersion}, ${scanState(input.findings)}, ${input.files}, ${input.loadable}, ${input.imports}, ${JSON.stringify(findings)}, ${at})
    ON CONFLICT (version_id) DO UPDATE SET scanner = excluded.scanner, state = excluded.state, files = excluded.files, loadable = excluded.loadable, imports = excluded.imports, findings = excluded.findings, at = excluded.at`);
  scope.changed('version', input.versionId);
  const kept = versionScan(db, input.versionId);
  if (kept === null) throw notFound('version', String(input.versionId));
  return kept;
}
