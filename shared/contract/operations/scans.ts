import { z } from 'zod';
import { findingKinds, findingSeverities } from '../../domain/index.ts';
import { Timestamp } from '../entities.ts';
import { VersionId } from '../ids.ts';
import { defineCommand, defineQuery } from '../operation.ts';

/** What the files of a version could do to whoever loads them. Nothing is ever loaded to find it out. */
export const SafetyScan = z.strictObject({
  versionId: VersionId,
  /** The worst that was found: `caution` can't be vouched for, `danger` runs code or could run any. */
  state: z.enum(['clean', 'caution', 'danger']),
  at: Timestamp,
  /** Whether this Vitrine would look for more by now. */
  outdated: z.boolean(),
  files: z.number().int().nonnegative(),
  /** Of them, those that hold something that runs when it is loaded. */
  loadable: z.number().int().nonnegative(),
  /** Imports that were seen in them, the harmless ones too. */
  imports: z.number().int().nonnegative(),
  /** The worst first, at most 500. */
  findings: z.array(z.strictObject({
    path: z.string(),
    severity: z.enum(findingSeverities),
    kind: z.enum(findingKinds),
    /** `os.system`, a layer, a header’s field. */
    subject: z.string(),
    /** Inside of an archive, where in it. */
    inside: z.string().nullable(),
    detail: z.string(),
  })),
});
export type SafetyScan = z.infer<typeof SafetyScan>;

export const scanOperations = [
  defineQuery({ name: 'scans.get', summary: 'What the safety scan found in a version’s files; null when they were not scanned yet.', input: () => z.strictObject({ versionId: VersionId }), output: () => z.strictObject({ scan: SafetyScan.nullable() }), errors: ['not_found'], audience: 'restricted_viewer' }),
  defineCommand({
    name: 'scans.run',
    summary: 'Looks through a version’s files for what would run when they are loaded: imports of pickles, code in Keras models, headers that lie. Files that were scanned before are not read again.',
    input: () => z.strictObject({ versionId: VersionId }),
    output: () => SafetyScan,
    errors: ['not_found', 'version_unavailable', 'object_damaged', 'catalog_read_only', 'disk_full', 'cancelled'],
    audience: 'viewer',
    long: true,
  }),
] as const;
