/** What comes in from elsewhere, and the bundle that goes from one Vitrine to another. */
import { z } from 'zod';
import { ByteCount, Timestamp } from '../entities.ts';
import { CollectionId, ProjectId, RegistryId, VersionId } from '../ids.ts';
import { defineCommand, defineQuery, ProjectName } from '../operation.ts';

const absolutePath = z.string().min(1).max(4096);

/** What became of one thing. `same`: it was here already, from an earlier import or by itself. */
export const ImportOutcome = z.strictObject({
  /** Such as `collection`, `version`, `run`, `alias`, `member`. */
  kind: z.string(),
  /** How it is called where it comes from. */
  source: z.string(),
  /** How it is called here; null where it wasn't taken. */
  target: z.string().nullable(),
  outcome: z.enum(['taken', 'same', 'skipped']),
  /** Why it was skipped, or what was changed on the way; null where there is nothing to say. */
  why: z.string().nullable(),
});
export type ImportOutcome = z.infer<typeof ImportOutcome>;

export const ImportReport = z.strictObject({
  /** True when nothing was written: what would be done. */
  dryRun: z.boolean(),
  taken: z.number().int().nonnegative(),
  same: z.number().int().nonnegative(),
  skipped: z.number().int().nonnegative(),
  bytes: ByteCount,
  /** What was skipped first, then the rest, at most 2,000 of them. */
  items: z.array(ImportOutcome),
  more: z.boolean(),
});
export type ImportReport = z.infer<typeof ImportReport>;

/** The registry that takes what comes in: one that is there, or one to be made. */
export const ImportRegistry = z.strictObject({ name: z.string() });

const importErrors = ['not_found', 'path_invalid', 'file_unreadable', 'bad_input', 'name_invalid', 'type_mismatch', 'blocked', 'permission_denied', 'cancelled', 'too_large', 'object_damaged', 'disk_full', 'store_read_only', 'catalog_read_only'] as const;

export const exchangeOperations = [
  defineCommand({
    name: 'imports.legacyRegistry',
    summary: 'Brings W&B’s legacy model registry (`<team>/model-registry/<collection>`) into a registry: numbers, aliases, tags, descriptions, members, protected aliases, automations (switched off); old addresses lead there.',
    input: () => z.strictObject({
      source: z.discriminatedUnion('kind', [
        /** A project of this catalog whose artifacts are the collections. */
        z.strictObject({ kind: z.literal('project'), id: ProjectId }),
        /** An export file (JSON, see the documentation of the format); its versions must be in this catalog. */
        z.strictObject({ kind: z.literal('file'), path: absolutePath }),
      ]),
      registry: ImportRegistry,
      dryRun: z.boolean().default(false),
    }),
    output: () => ImportReport,
    errors: importErrors,
    audience: 'admin',
    long: true,
  }),
  defineCommand({
    name: 'imports.gto',
    summary: 'Reads the GTO tags of a git repository (`name@v1.0.0`, `name#stage#3`) into a registry: a collection per artifact, a version per registration, a stage as an alias.',
    input: () => z.strictObject({ repository: absolutePath, registry: ImportRegistry, project: ProjectName, dryRun: z.boolean().default(false) }),
    output: () => ImportReport,
    errors: importErrors,
    audience: 'member',
    long: true,
  }),
  defineCommand({
    name: 'imports.mlruns',
    summary: 'Reads a `mlruns` folder of MLflow: experiments as projects, runs with parameters, metrics, tags and artifacts, registered models as collections.',
    input: () => z.strictObject({ folder: absolutePath, registry: ImportRegistry, /** The team whose projects the experiments become; absent: the catalog’s own. */ entity: z.string().optional(), dryRun: z.boolean().default(false) }),
    output: () => ImportReport,
    errors: importErrors,
    audience: 'member',
    long: true,
  }),
  defineCommand({
    name: 'imports.bundle',
    summary: 'Opens a bundle that another Vitrine wrote: every digest is checked before anything of it stands in the catalog.',
    input: () => z.strictObject({ file: absolutePath, /** Where its versions go; absent: projects of the same names. */ project: ProjectName.optional(), /** Where its links go; absent: registries of the same names. */ registry: ImportRegistry.optional(), dryRun: z.boolean().default(false) }),
    output: () => ImportReport,
    errors: importErrors,
    audience: 'member',
    long: true,
  }),
  defineQuery({
    name: 'bundles.inspect',
    summary: 'What a bundle holds and who wrote it, read from its manifest; its bytes are checked when it is imported.',
    input: () => z.strictObject({ file: absolutePath }),
    output: () => z.strictObject({
      catalogId: z.string(),
      writtenBy: z.string(),
      writtenAt: Timestamp,
      versions: z.number().int(),
      links: z.number().int(),
      events: z.number().int(),
      objects: z.number().int(),
      bytes: ByteCount,
      labels: z.array(z.string()),
    }),
    errors: importErrors,
    audience: 'member',
    long: true,
  }),
  defineCommand({
    name: 'bundles.export',
    summary: 'Writes versions, or all that a collection or registry links, with their bytes and their history into one file.',
    input: () => z.strictObject({
      versionIds: z.array(VersionId).max(10_000).default([]),
      collectionIds: z.array(CollectionId).max(1000).default([]),
      registryIds: z.array(RegistryId).max(100).default([]),
      file: absolutePath,
      overwrite: z.boolean().default(false),
      /** Only says what would be written. */
      dryRun: z.boolean().default(false),
    }),
    output: () => z.strictObject({ file: z.string(), versions: z.number().int(), links: z.number().int(), events: z.number().int(), objects: z.number().int(), bytes: ByteCount, dryRun: z.boolean() }),
    errors: ['not_found', 'path_invalid', 'file_exists', 'file_unreadable', 'object_missing', 'object_damaged', 'permission_denied', 'disk_full', 'cancelled'],
    audience: 'viewer',
    long: true,
  }),
] as const;
