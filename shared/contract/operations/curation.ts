/** Curating across registries: previews, promotion, aliases seen side by side and put back, states of links. */
import { z } from 'zod';
import { AliasChip, Lifecycle, Timestamp, UserSummary } from '../entities.ts';
import { CollectionId, EventId, LinkId, RegistryId, VersionId } from '../ids.ts';
import { defineCommand, defineQuery, page, PageRequest, SortDirection } from '../operation.ts';
import { AliasHolder, AliasMove, AliasTarget, LinkTarget, NeededApproval } from './links.ts';

const write = ['permission_denied', 'catalog_read_only', 'disk_full'] as const;
const aliasList = z.array(z.string()).max(100);
const expected = z.record(z.string(), z.number().int().nonnegative().nullable()).optional();

/** Why one of many can’t go along. `rule` is the code of the rule that stands against it. */
export const Refusal = z.strictObject({ id: z.number().int(), label: z.string(), rule: z.string(), explanation: z.string() });
export type Refusal = z.infer<typeof Refusal>;

const promotion = {
  /** The links that go on, in order; the aliases go to the last. */
  linkIds: z.array(LinkId).min(1).max(10_000),
  target: LinkTarget,
  /** Aliases to put on the last of them. */
  aliases: aliasList.default([]),
  /** Also the aliases that each carries where it stands now, `latest` excepted. */
  carryAliases: z.boolean().default(false),
  /** Of both kinds, those that stay behind: what waits for an approval. */
  leaveOut: aliasList.default([]),
  /** Per alias, the number it was seen on in the target (null: nowhere). */
  expected,
  /** Absent: each link’s own note goes along. */
  note: z.string().max(10_000).optional(),
};

export const curationOperations = [
  defineQuery({
    name: 'links.preview',
    summary: 'What linking versions into a collection would do: numbers, moves of aliases, and what is refused and why.',
    input: () => z.strictObject({ versionIds: z.array(VersionId).min(1).max(10_000), target: LinkTarget, aliases: aliasList.default([]) }),
    output: () => z.strictObject({
      /** Those that would be linked, or stand already. */
      links: z.array(z.strictObject({ versionId: VersionId, label: z.string(), index: z.number().int(), standing: z.boolean() })),
      moves: z.array(AliasMove),
      /** Empty when all may go; otherwise nothing would be done as it is asked. */
      refused: z.array(Refusal),
      needsReason: z.boolean(),
      /** Where there is any, the act is refused with `approval_required`: link without those aliases, and request the approval. */
      needsApproval: z.array(NeededApproval),
    }),
    errors: ['not_found', 'name_invalid'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'links.removePreview',
    summary: 'What unlinking would do: which links go, which aliases with them, where latest goes, and what is refused and why.',
    input: () => z.strictObject({ linkIds: z.array(LinkId).min(1).max(10_000) }),
    output: () => z.strictObject({
      links: z.array(z.strictObject({ linkId: LinkId, label: z.string(), aliases: z.array(AliasChip) })),
      moves: z.array(AliasMove.extend({ collectionId: CollectionId })),
      refused: z.array(Refusal),
      needsReason: z.boolean(),
    }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'links.promote',
    summary: 'Links what is linked in one registry into a collection of another, with aliases and message, as one act.',
    input: () => z.strictObject(promotion),
    output: () => z.strictObject({
      collectionId: CollectionId,
      links: z.array(z.strictObject({ fromLinkId: LinkId, linkId: LinkId, versionId: VersionId, index: z.number().int(), standing: z.boolean() })),
      moves: z.array(AliasMove),
      /** The act in the history. */
      actId: EventId.nullable(),
    }),
    errors: ['not_found', 'type_mismatch', 'name_invalid', 'already_exists', 'version_unavailable', 'alias_conflict', 'alias_protected', 'reason_required', ...write],
    audience: 'member',
  }),
  defineQuery({
    name: 'links.promotePreview',
    summary: 'What a promotion would do, with the input of the promotion: numbers, moves of aliases, and what is refused and why.',
    input: () => z.strictObject(promotion),
    output: () => z.strictObject({
      links: z.array(z.strictObject({ fromLinkId: LinkId, label: z.string(), versionId: VersionId, index: z.number().int(), standing: z.boolean() })),
      moves: z.array(AliasMove),
      refused: z.array(Refusal),
      needsReason: z.boolean(),
      needsApproval: z.array(NeededApproval),
    }),
    errors: ['not_found', 'name_invalid'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'aliases.board',
    summary: 'Aliases side by side: a row per collection, in it each alias with where it stands, since when and through whom; columns for what is in use.',
    input: () => z.strictObject({
      /** Absent: every registry that the caller may see. */
      registryId: RegistryId.optional(),
      type: z.string().optional(),
      /** Part of a collection’s name. */
      text: z.string().max(200).optional(),
      /** Only collections in which this alias stands. */
      alias: z.string().max(200).optional(),
      sort: z.enum(['name', 'updated']).default('name'),
      direction: SortDirection.default('ascending'),
      ...PageRequest,
    }),
    output: () => page(z.strictObject({
      collectionId: CollectionId,
      registryId: RegistryId,
      registry: z.string(),
      name: z.string(),
      type: z.string(),
      linkCount: z.number().int(),
      /** The caller may move unprotected aliases, and protected ones. */
      mayChange: z.boolean(),
      mayChangeProtected: z.boolean(),
      cells: z.array(z.strictObject({
        alias: z.string(), protected: z.boolean(), linkId: LinkId, versionId: VersionId, index: z.number().int(),
        /** `project/artifact:v3` at its source. */
        source: z.string(),
        state: z.string().nullable(),
        /** null where the history doesn’t say. */
        since: Timestamp.nullable(),
        by: UserSummary.nullable(),
        message: z.string().nullable(),
      })),
    })).extend({
      /** Aliases in use over all rows, not only those of the page, most used first; `latest` is none of them, though it is among the cells. */
      columns: z.array(z.strictObject({ alias: z.string(), collections: z.number().int(), protected: z.boolean() })),
    }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'aliases.preview',
    summary: 'What putting aliases on a version or a link would do: from where each comes, what is refused and why, whether a reason or an approval is needed first.',
    input: () => z.strictObject({ target: AliasTarget, aliases: z.array(z.string()).min(1).max(100) }),
    output: () => z.strictObject({ moves: z.array(AliasMove), refused: z.array(Refusal), needsReason: z.boolean(), needsApproval: z.array(NeededApproval) }),
    errors: ['not_found', 'version_unavailable'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'aliases.revert',
    summary: 'Puts an alias back to where it stood before a move in the history; refused when it moved again since.',
    input: () => z.strictObject({ eventId: EventId }),
    output: () => z.strictObject({ moves: z.array(AliasMove) }),
    errors: ['not_found', 'undo_stale', 'alias_protected', 'reason_required', 'blocked', ...write],
    audience: 'member',
  }),
  defineQuery({
    name: 'aliases.asOf',
    summary: 'Where the aliases of a collection or an artifact stood at a time, since when and through whom.',
    input: () => z.strictObject({ holder: AliasHolder, at: Timestamp, alias: z.string().optional() }),
    output: () => z.strictObject({ items: z.array(z.strictObject({ alias: z.string(), index: z.number().int(), since: Timestamp.nullable(), by: UserSummary.nullable(), message: z.string().nullable() })) }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'links.setState',
    summary: 'Moves links to another lifecycle state, all or none, where their registry’s transitions and the caller’s role allow it.',
    input: () => z.strictObject({
      linkIds: z.array(LinkId).min(1).max(10_000),
      state: z.string().max(200),
      /** The state that they were seen in; a different truth is refused with `state_conflict`. */
      expected: z.string().max(200).optional(),
    }),
    output: () => z.strictObject({ links: z.array(z.strictObject({ linkId: LinkId, from: z.string(), to: z.string() })) }),
    errors: ['not_found', 'blocked', 'state_conflict', 'reason_required', ...write],
    audience: 'member',
  }),
  defineCommand({
    name: 'registries.setLifecycle',
    summary: 'Defines the lifecycle states of a registry’s links and the ways between them, or (null) does without.',
    input: () => z.strictObject({
      registryId: RegistryId,
      lifecycle: Lifecycle.nullable(),
      /** Old name → new name: links in the old state go along. */
      renamed: z.record(z.string(), z.string()).default({}),
    }),
    output: () => z.strictObject({ lifecycle: Lifecycle.nullable(), /** Links that stand in its states. */ links: z.number().int() }),
    errors: ['not_found', 'name_invalid', 'blocked', ...write],
    audience: 'admin',
  }),
  defineQuery({
    name: 'registries.lifecyclePreview',
    summary: 'What stands against a lifecycle (states that would go while links stand in them), and how many links stand in each state now.',
    input: () => z.strictObject({ registryId: RegistryId, lifecycle: Lifecycle.nullable(), renamed: z.record(z.string(), z.string()).default({}) }),
    output: () => z.strictObject({
      blockers: z.array(z.strictObject({ state: z.string(), links: z.number().int(), examples: z.array(z.string()), explanation: z.string() })),
      counts: z.array(z.strictObject({ state: z.string(), links: z.number().int() })),
    }),
    errors: ['not_found', 'name_invalid'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'links.nextStates',
    summary: 'The states into which the caller may move a link from where it stands.',
    input: () => z.strictObject({ id: LinkId }),
    output: () => z.strictObject({ state: z.string().nullable(), next: z.array(z.strictObject({ name: z.string(), needsReason: z.boolean(), /** Of the alias that stands for the state at a W&B remote, where that waits for one. */ needsApproval: NeededApproval.nullable() })) }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
] as const;

