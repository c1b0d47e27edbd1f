/** The past of a registry, taken back or looked at; and who may what, explained. */
import { z } from 'zod';
import { ObjectKind, ObjectRef, Role, Timestamp, UserSummary, Lifecycle, RegistryMember } from '../entities.ts';
import { CollectionId, EventId, LinkId, RegistryId, TeamId, UserId, VersionId } from '../ids.ts';
import { defineCommand, defineQuery, page, PageRequest } from '../operation.ts';

const AsOfLink = z.strictObject({
  linkId: LinkId,
  index: z.number().int(),
  versionId: VersionId,
  /** `project/artifact:v3` at its source. */
  source: z.string(),
  aliases: z.array(z.string()),
  state: z.string().nullable(),
  linkedAt: Timestamp,
  linkedBy: UserSummary,
});

export const AccessGrant = z.strictObject({
  through: z.enum(['organization role', 'organization visibility', 'registry role', 'service account', 'team registry role', 'team role']),
  role: Role,
  team: z.strictObject({ id: TeamId, name: z.string() }).nullable(),
});
export type AccessGrant = z.infer<typeof AccessGrant>;

export const pastOperations = [
  defineQuery({
    name: 'registries.asOf',
    summary: 'A registry as it was at a time: its collections with their aliases and numbers of links.',
    input: () => z.strictObject({ registryId: RegistryId, at: Timestamp, ...PageRequest }),
    output: () => page(z.strictObject({
      collectionId: CollectionId,
      name: z.string(),
      type: z.string(),
      linkCount: z.number().int(),
      aliases: z.array(z.strictObject({ alias: z.string(), index: z.number().int(), linkId: LinkId })),
      states: z.array(z.strictObject({ state: z.string(), links: z.number().int() })),
    })).extend({
      /** Its name then, and its lifecycle. */
      registry: z.string(),
      lifecycle: Lifecycle.nullable(),
      /** False when it wasn’t there then. */
      existed: z.boolean(),
      events: z.number().int(),
    }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'collections.asOf',
    summary: 'A collection as it was at a time: its links, newest number first, with aliases and states.',
    input: () => z.strictObject({ collectionId: CollectionId, at: Timestamp, ...PageRequest }),
    output: () => page(AsOfLink).extend({ name: z.string(), existed: z.boolean() }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'history.revert',
    summary: 'Takes back what an event did (an alias move, a link, an unlink, a state, an edit, a deletion), or the whole act it belongs to; refused with the reason when something was built on it.',
    input: () => z.strictObject({ eventId: EventId, /** All events of its act, the last first. */ act: z.boolean().default(false) }),
    output: () => z.strictObject({ reverted: z.number().int(), labels: z.array(z.string()) }),
    errors: ['not_found', 'undo_stale', 'alias_protected', 'reason_required', 'blocked', 'permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
  defineQuery({
    name: 'history.revertPreview',
    summary: 'Whether an event, or the act it belongs to, can be taken back as things stand: what would be done, or why not.',
    input: () => z.strictObject({ eventId: EventId, act: z.boolean().default(false) }),
    output: () => z.strictObject({
      possible: z.boolean(),
      steps: z.array(z.strictObject({ eventId: EventId, label: z.string() })),
      reason: z.string().nullable(),
      /** `undo_stale`: something was built on it since. `blocked`: what such an event does is never taken back from the history. */
      code: z.enum(['undo_stale', 'blocked']).nullable(),
    }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'access.explain',
    summary: 'Why somebody may or may not do something: which grant gave it, which is missing. About others only for admins.',
    input: () => z.strictObject({
      /** Absent: the caller. */
      userId: UserId.optional(),
      object: z.strictObject({ kind: ObjectKind.extract(['organization', 'registry', 'collection', 'link', 'project', 'artifact', 'version', 'run']), id: z.number().int().positive() }),
      /** Absent: everything that can be done there. */
      action: z.string().max(100).optional(),
    }),
    output: () => z.strictObject({
      who: UserSummary,
      /** What decides: the registry, the project or the organization. */
      decidedBy: ObjectRef,
      /** null: none, they don’t see it. */
      role: Role.nullable(),
      grants: z.array(AccessGrant),
      actions: z.array(z.strictObject({
        action: z.string(),
        /** In words: “put, move and remove aliases”. */
        label: z.string(),
        allowed: z.boolean(),
        needed: Role,
        because: AccessGrant.nullable(),
        missing: z.array(z.strictObject({ through: z.enum(['organization role', 'registry role', 'team registry role', 'team role']), role: Role, team: z.strictObject({ id: TeamId, name: z.string() }).nullable() })),
        sentence: z.string(),
      })),
    }),
    errors: ['not_found', 'bad_input', 'permission_denied'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'access.holders',
    summary: 'Everybody who has a role in a registry, with the role that counts and every grant behind it.',
    input: () => z.strictObject({ registryId: RegistryId }),
    output: () => z.strictObject({ items: z.array(z.strictObject({ user: UserSummary, role: Role, grants: z.array(AccessGrant) })), members: z.array(RegistryMember) }),
    errors: ['not_found', 'permission_denied'],
    audience: 'restricted_viewer',
  }),
] as const;
