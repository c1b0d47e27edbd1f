import { z } from 'zod';
import { ByteCount, ObjectKind, ObjectRef, Organization, Team, Timestamp, UserSummary } from '../entities.ts';
import { defineCommand, defineQuery } from '../operation.ts';

/** What is wrong with one thing that `doctor` looked at, or that it is well. */
export const Finding = z.strictObject({
  check: z.string(),
  verdict: z.enum(['well', 'caution', 'broken']),
  detail: z.string(),
  advice: z.string().nullable(),
});
export type Finding = z.infer<typeof Finding>;

export const catalogOperations = [
  defineQuery({
    name: 'catalog.status',
    summary: 'Where the catalog is, how large it is, and who is asking.',
    input: () => z.strictObject({}),
    output: () => z.strictObject({
      catalogId: z.string(),
      directory: z.string(),
      version: z.string(),
      schema: z.number().int(),
      rev: z.number().int(),
      readOnly: z.boolean(),
      /** Set when the catalog could not be opened as it was: what happened and what was kept. */
      recovery: z.strictObject({ damagedFile: z.string(), backup: z.string().nullable(), backupTakenAt: Timestamp.nullable(), restored: z.boolean() }).nullable(),
      organization: Organization,
      team: Team,
      user: UserSummary,
      counts: z.strictObject({
        registries: z.number().int(), collections: z.number().int(), links: z.number().int(), projects: z.number().int(),
        artifacts: z.number().int(), versions: z.number().int(), runs: z.number().int(),
      }),
      catalogBytes: ByteCount,
      storeBytes: ByteCount,
      empty: z.boolean(),
    }),
    audience: 'anyone',
  }),
  defineQuery({
    name: 'catalog.doctor',
    summary: 'Checks the catalog file, the store, the rights on their folder and the room on the disk.',
    input: () => z.strictObject({ deep: z.boolean().default(false) }),
    output: () => z.strictObject({ findings: z.array(Finding) }),
    audience: 'restricted_viewer',
    long: true,
  }),
  defineCommand({
    name: 'catalog.addSample',
    summary: 'Fills an empty catalog with a sample: 3 registries, 12 collections, 150 versions, runs, lineage and two months of history.',
    input: () => z.strictObject({}),
    output: () => z.strictObject({ registries: z.number().int(), collections: z.number().int(), versions: z.number().int(), runs: z.number().int() }),
    errors: ['already_exists', 'disk_full', 'catalog_read_only'],
    audience: 'admin',
    long: true,
  }),
  defineCommand({
    name: 'catalog.backup',
    summary: 'Takes an online backup of the catalog file.',
    input: () => z.strictObject({}),
    output: () => z.strictObject({ file: z.string(), bytes: ByteCount, at: Timestamp }),
    errors: ['disk_full', 'catalog_read_only'],
    audience: 'member',
    long: true,
  }),
  defineCommand({
    name: 'catalog.restoreBackup',
    summary: 'Opens the newest good backup in place of a damaged catalog; the damaged file stays beside it.',
    input: () => z.strictObject({}),
    output: () => z.strictObject({ file: z.string() }),
    errors: ['not_found', 'catalog_corrupt'],
    audience: 'admin',
    long: true,
  }),
  defineQuery({
    name: 'addresses.resolve',
    summary: 'Finds what an address names: `wandb-registry-Models/gemma:production`, `team/project/artifact:v3`, `vitrine://…`.',
    input: () => z.strictObject({
      address: z.string().max(2048),
      /** What an address without alias or number means: the latest version, as clients read it, or the artifact or collection itself. */
      prefer: z.enum(['version', 'container']).default('version'),
    }),
    output: () => z.strictObject({
      object: ObjectRef,
      /** The version behind a link, or the version itself. */
      versionId: z.number().int().nullable(),
      linkId: z.number().int().nullable(),
    }),
    errors: ['not_found', 'name_invalid'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'home.get',
    summary: 'What the start page shows: what is starred, what was opened last, what changed last.',
    input: () => z.strictObject({}),
    output: () => z.strictObject({
      starred: z.array(ObjectRef),
      recent: z.array(ObjectRef.extend({ openedAt: Timestamp })),
      updated: z.array(ObjectRef.extend({ updatedAt: Timestamp })),
    }),
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'stars.set',
    summary: 'Stars a registry, a collection or a version for the one who asks, or takes the star away.',
    input: () => z.strictObject({ kind: ObjectKind.extract(['registry', 'collection', 'version', 'artifact', 'run', 'project']), id: z.number().int().positive(), starred: z.boolean() }),
    output: () => z.strictObject({ starred: z.boolean() }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'recents.touch',
    summary: 'Notes that a thing was opened, for the start page.',
    input: () => z.strictObject({ kind: ObjectKind.extract(['registry', 'collection', 'version', 'artifact', 'run', 'project']), id: z.number().int().positive() }),
    output: () => z.strictObject({}),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'settings.get',
    summary: 'What the window remembers for the one who asks: theme, density, panels, saved layouts.',
    input: () => z.strictObject({}),
    output: () => z.strictObject({ values: z.record(z.string(), z.json()) }),
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'settings.set',
    summary: 'Keeps settings of the window; null takes one away.',
    input: () => z.strictObject({ values: z.record(z.string().regex(/^[a-z][a-zA-Z0-9.]{0,99}$/), z.json()) }),
    output: () => z.strictObject({}),
    errors: ['catalog_read_only'],
    audience: 'restricted_viewer',
  }),
] as const;
