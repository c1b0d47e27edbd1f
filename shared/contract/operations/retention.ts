/** What is deleted, kept for a time, held back and let go: trash, times to live, holds. */
import { z } from 'zod';
import { ByteCount, DeletionPreview, EffectiveTimeToLive, Hold, LapsingVersion, TimeToLive, TrashItem } from '../entities.ts';
import { ArtifactId, HoldId, ProjectId, TrashId, VersionId } from '../ids.ts';
import { defineCommand, defineQuery, page, PageRequest } from '../operation.ts';

/** Which things in the trash: those named, or all that the caller may purge. */
const chosen = { ids: z.array(TrashId).min(1).max(10_000).optional() };

const PurgeReport = z.strictObject({
  /** Things in the trash that go for good, those that only came with them counted once. */
  purged: z.number().int().nonnegative(),
  versions: z.number().int().nonnegative(),
  /** Bytes that nothing will need any more, each content counted once; collecting gives them back to the disk. */
  bytesFreed: ByteCount,
  /** What stays because the caller may not purge it, or because something is held. */
  kept: z.array(z.strictObject({ id: TrashId, label: z.string(), why: z.string() })),
});

export const HoldTarget = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('version'), id: VersionId }), z.strictObject({ kind: z.literal('artifact'), id: ArtifactId })]);
export type HoldTarget = z.infer<typeof HoldTarget>;

export const TimeToLiveTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('version'), id: VersionId }),
  z.strictObject({ kind: z.literal('artifact'), id: ArtifactId }),
  z.strictObject({ kind: z.literal('project'), id: ProjectId }),
]);
export type TimeToLiveTarget = z.infer<typeof TimeToLiveTarget>;

const reason = z.string().trim().min(1).max(2000);

export const retentionOperations = [
  defineQuery({
    name: 'trash.list',
    summary: 'What was deleted and can still be restored, newest first, with the bytes that purging each would free.',
    input: () => z.strictObject({ ...PageRequest }),
    output: () => page(TrashItem),
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'trash.restore',
    summary: 'Puts a deleted thing back where it was; with `including`, what it lies in is put back before it where that is in the trash too.',
    input: () => z.strictObject({ id: TrashId, including: z.boolean().default(false) }),
    output: () => z.strictObject({ label: z.string(), /** What came back with it because it lies in it. */ also: z.array(z.string()) }),
    errors: ['not_found', 'already_exists', 'blocked', 'reason_required', 'approval_required', 'permission_denied', 'catalog_read_only'],
    audience: 'member',
  }),
  defineCommand({
    name: 'trash.restoreAll',
    summary: 'Puts back everything, or everything named, that can be put back, and says what could not and why.',
    input: () => z.strictObject({ ...chosen }),
    output: () => z.strictObject({ restored: z.array(z.string()), refused: z.array(z.strictObject({ id: TrashId, label: z.string(), why: z.string() })) }),
    errors: ['catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
  defineQuery({
    name: 'trash.purgePreview',
    summary: 'What purging would take for good, and the bytes that it would really free.',
    input: () => z.strictObject({ ...chosen }),
    output: () => PurgeReport,
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'trash.purge',
    summary: 'Ends the time of things in the trash: they can’t be restored any more, and their bytes go with the next collection.',
    input: () => z.strictObject({ ...chosen }),
    output: () => PurgeReport,
    errors: ['not_found', 'permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
  defineQuery({
    name: 'retention.get',
    summary: 'How many days things stay in the trash, and what lies there now.',
    input: () => z.strictObject({}),
    output: () => z.strictObject({
      trashDays: z.number().int().positive(),
      defaultTrashDays: z.number().int().positive(),
      items: z.number().int().nonnegative(),
      /** Bytes that purging all of it would free. */
      bytes: ByteCount,
      /** Whether the caller may change the days. */
      mayChange: z.boolean(),
    }),
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'retention.set',
    summary: 'Sets the days that things stay in the trash, those that lie there included, or says what that would let go at once.',
    input: () => z.strictObject({ trashDays: z.number().int().min(1).max(36_500), simulate: z.boolean().default(false) }),
    output: () => z.strictObject({ trashDays: z.number().int(), /** Things whose time would be over at once. */ lapsing: z.number().int().nonnegative(), bytesFreed: ByteCount }),
    errors: ['permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'admin',
  }),
  defineQuery({
    name: 'ttl.get',
    summary: 'The time to live of a version, an artifact or a project: its own, the one that counts and where that was set, and when a version lapses.',
    input: () => z.strictObject({ target: TimeToLiveTarget }),
    output: () => EffectiveTimeToLive,
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'ttl.set',
    summary: 'Sets the time to live of a version, an artifact or a project: days, for good, or as what stands above says.',
    input: () => z.strictObject({ target: TimeToLiveTarget, ttl: TimeToLive }),
    output: () => EffectiveTimeToLive,
    errors: ['not_found', 'permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
  defineQuery({
    name: 'ttl.lapsing',
    summary: 'Versions whose time to live ends, soonest first; those that a link pauses or a hold keeps aren’t among them.',
    input: () => z.strictObject({ /** Only those that lapse within so many days; 0: those whose time is over. */ withinDays: z.number().int().min(0).max(36_500).default(30), limit: z.number().int().min(1).max(1000).default(100) }),
    output: () => z.strictObject({ items: z.array(LapsingVersion), total: z.number().int().nonnegative() }),
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'ttl.sweep',
    summary: 'Moves versions whose time to live is over to the trash, as is done by itself every few minutes, or says which they are.',
    input: () => z.strictObject({ simulate: z.boolean().default(true) }),
    output: () => z.strictObject({ lapsed: z.number().int().nonnegative(), versions: z.array(LapsingVersion), /** Bytes that are free once the trash has let them go too. */ bytes: ByteCount, more: z.boolean() }),
    errors: ['permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'admin',
  }),
  defineQuery({
    name: 'holds.list',
    summary: 'Holds, newest first: of one version or artifact, or of all; those that were released only when asked for.',
    input: () => z.strictObject({ target: HoldTarget.optional(), released: z.boolean().default(false), ...PageRequest }),
    output: () => page(Hold),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'holds.place',
    summary: 'Puts a version, or an artifact with all its versions, under hold: it can’t be deleted and doesn’t lapse until the hold is released.',
    input: () => z.strictObject({ target: HoldTarget, reason }),
    output: () => Hold,
    errors: ['not_found', 'permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
  defineCommand({
    name: 'holds.release',
    summary: 'Releases a hold, and says why.',
    input: () => z.strictObject({ id: HoldId, reason }),
    output: () => Hold,
    errors: ['not_found', 'permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'admin',
  }),
  defineQuery({
    name: 'artifacts.deletionPreview',
    summary: 'What deleting an artifact with all its versions would take: the bytes really freed, the aliases and links that go, what stands against it.',
    input: () => z.strictObject({ id: ArtifactId }),
    output: () => DeletionPreview,
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
] as const;
