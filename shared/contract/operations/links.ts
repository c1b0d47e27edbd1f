import { z } from 'zod';
import { AliasChip, LinkSummary, Timestamp, UserSummary, VersionSummary } from '../entities.ts';
import { ArtifactId, CollectionId, LinkId, RegistryId, VersionId } from '../ids.ts';
import { defineCommand, defineQuery, page, PageRequest, SortDirection } from '../operation.ts';

/** Aliases are checked by the domain's rules, not here, so that a broken one is answered with the rule it breaks. */
const aliasList = z.array(z.string()).max(100);

/** Where an alias stands: on a version within its artifact, or on a link within its collection. */
export const AliasTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('version'), id: VersionId }),
  z.strictObject({ kind: z.literal('link'), id: LinkId }),
]);
export type AliasTarget = z.infer<typeof AliasTarget>;

/** Within what an alias is unique. */
export const AliasHolder = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('artifact'), id: ArtifactId }),
  z.strictObject({ kind: z.literal('collection'), id: CollectionId }),
]);
export type AliasHolder = z.infer<typeof AliasHolder>;

/** `from` and `to` are numbers as in `vN`; null is nowhere. */
export const AliasMove = z.strictObject({ alias: z.string(), from: z.number().int().nullable(), to: z.number().int().nullable() });
export type AliasMove = z.infer<typeof AliasMove>;

/** An alias behind a gate that the version has not passed: putting it is refused until that is approved. `explanation` says what is lacking. */
export const NeededApproval = z.strictObject({ alias: z.string(), label: z.string(), explanation: z.string() });
export type NeededApproval = z.infer<typeof NeededApproval>;

export const LinkTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('collection'), id: CollectionId }),
  z.strictObject({ kind: z.literal('new_collection'), registryId: RegistryId, name: z.string() }),
]);
export type LinkTarget = z.infer<typeof LinkTarget>;

export const linkOperations = [
  defineQuery({
    name: 'links.list',
    summary: 'The links of a collection: its version table.',
    input: () => z.strictObject({
      collectionId: CollectionId,
      sort: z.enum(['index', 'linked', 'size', 'created']).default('index'),
      direction: SortDirection.default('descending'),
      /** Only links in this lifecycle state. */
      state: z.string().max(200).optional(),
      ...PageRequest,
    }),
    output: () => page(LinkSummary),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'links.find',
    summary: 'Links of all registries that the caller may see, in the order in which they were made, by conditions on registry, collection and version.',
    input: () => z.strictObject({
      registryFilter: z.json().optional(),
      collectionFilter: z.json().optional(),
      /** Over `id version tag alias description created_at updated_at metadata.<path>`; number and aliases are those of the link. */
      versionFilter: z.json().optional(),
      ...PageRequest,
    }),
    output: () => page(LinkSummary),
    errors: ['query_invalid'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'links.get',
    summary: 'One link, by id or by collection and number.',
    input: () => z.union([z.strictObject({ id: LinkId }), z.strictObject({ collectionId: CollectionId, index: z.number().int().nonnegative() })]),
    output: () => LinkSummary,
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'links.create',
    summary: 'Links one or many versions into a collection, which may be new, and puts aliases on the last of them.',
    input: () => z.strictObject({
      versionIds: z.array(VersionId).min(1).max(10_000),
      target: LinkTarget,
      aliases: aliasList.default([]),
      /** Per alias, the number it was seen on in the collection (null: nowhere). A different truth is refused with `alias_conflict`. */
      expected: z.record(z.string(), z.number().int().nonnegative().nullable()).optional(),
      note: z.string().max(10_000).default(''),
    }),
    output: () => z.strictObject({
      collectionId: CollectionId,
      links: z.array(z.strictObject({ linkId: LinkId, versionId: VersionId, index: z.number().int(), standing: z.boolean(), /** Null: it stood before. */ linkedAt: Timestamp.nullable() })),
      moves: z.array(AliasMove),
    }),
    errors: ['not_found', 'type_mismatch', 'name_invalid', 'already_exists', 'version_unavailable', 'alias_conflict', 'alias_protected', 'reason_required', 'permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
  defineCommand({
    name: 'links.remove',
    summary: 'Unlinks; the source versions stay, the numbers are not given again.',
    input: () => z.strictObject({ linkIds: z.array(LinkId).min(1).max(10_000) }),
    output: () => z.strictObject({ removed: z.number().int(), moves: z.array(AliasMove) }),
    errors: ['not_found', 'alias_protected', 'reason_required', 'permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
  defineCommand({
    name: 'links.note',
    summary: 'Writes the note of one link.',
    input: () => z.strictObject({ id: LinkId, note: z.string().max(10_000) }),
    output: () => LinkSummary,
    errors: ['not_found', 'permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
  defineCommand({
    name: 'aliases.set',
    summary: 'Puts aliases on a version of an artifact or on a link of a collection; where one stands elsewhere it moves.',
    input: () => z.strictObject({
      target: AliasTarget,
      aliases: z.array(z.string()).min(1).max(100),
      /** Per alias, the number it was seen on (null: nowhere). A different truth is refused with `alias_conflict`. */
      expected: z.record(z.string(), z.number().int().nonnegative().nullable()).optional(),
    }),
    output: () => z.strictObject({ moves: z.array(AliasMove), aliases: z.array(AliasChip) }),
    errors: ['not_found', 'name_invalid', 'alias_conflict', 'alias_protected', 'reason_required', 'version_unavailable', 'permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
  defineCommand({
    name: 'aliases.remove',
    summary: 'Takes aliases off a version or a link.',
    input: () => z.strictObject({
      target: AliasTarget,
      aliases: z.array(z.string()).min(1).max(100),
      /** Per alias, the number it was seen on. Without it, one that stands elsewhere by now is left there. */
      expected: z.record(z.string(), z.number().int().nonnegative().nullable()).optional(),
    }),
    output: () => z.strictObject({ moves: z.array(AliasMove), aliases: z.array(AliasChip) }),
    errors: ['not_found', 'alias_conflict', 'alias_protected', 'reason_required', 'permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
  defineQuery({
    name: 'aliases.timeline',
    summary: 'Every move of an alias, or of all aliases, in an artifact or a collection, newest first.',
    input: () => z.strictObject({ holder: AliasHolder, alias: z.string().optional(), ...PageRequest }),
    output: () => page(AliasMove.extend({ at: Timestamp, actor: UserSummary, message: z.string().nullable(), eventId: z.number().int() })),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'tags.edit',
    summary: 'Adds tags to a version, an artifact or a collection and takes others away.',
    input: () => z.strictObject({
      target: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('version'), id: VersionId }),
        z.strictObject({ kind: z.literal('collection'), id: CollectionId }),
        z.strictObject({ kind: z.literal('artifact'), id: ArtifactId }),
      ]),
      add: z.array(z.string()).max(100).default([]),
      remove: z.array(z.string()).max(100).default([]),
    }),
    output: () => z.strictObject({ tags: z.array(z.string()) }),
    errors: ['not_found', 'name_invalid', 'permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
  defineQuery({
    name: 'tags.list',
    summary: 'Tags in use, most used first, for completion.',
    input: () => z.strictObject({ prefix: z.string().default(''), limit: z.number().int().min(1).max(200).default(50) }),
    output: () => z.strictObject({ items: z.array(z.strictObject({ tag: z.string(), count: z.number().int() })) }),
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'links.candidates',
    summary: 'Committed versions of a type that could be linked, newest first, for the picker.',
    input: () => z.strictObject({ type: z.string().optional(), text: z.string().default(''), limit: z.number().int().min(1).max(200).default(50) }),
    output: () => z.strictObject({ items: z.array(VersionSummary) }),
    audience: 'restricted_viewer',
  }),
] as const;
