import { z } from 'zod';
import { ApiKeySummary, KeyScope, RegistryMember, Role, TeamDetail, Timestamp, UserDetail } from '../entities.ts';
import { ApiKeyId, RegistryId, TeamId, UserId } from '../ids.ts';
import { defineCommand, defineQuery } from '../operation.ts';

const write = ['permission_denied', 'catalog_read_only', 'disk_full'] as const;
const Email = z.string().max(320);
const DisplayName = z.string().min(1).max(128);

export const accountOperations = [
  defineQuery({
    name: 'users.list',
    summary: 'People and service accounts of the organization, by name.',
    input: () => z.strictObject({ kind: z.enum(['person', 'service']).optional(), /** Part of a username, a name or an email address. */ text: z.string().max(320).optional() }),
    output: () => z.strictObject({ items: z.array(UserDetail) }),
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'users.get',
    summary: 'One person or service account, by id or username; without either, the one who asks.',
    input: () => z.strictObject({ id: UserId.optional(), username: z.string().max(128).optional() }),
    output: () => UserDetail,
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'users.create',
    summary: 'Takes a person or a service account into the organization and its team.',
    input: () => z.strictObject({
      username: z.string(),
      displayName: DisplayName.optional(),
      email: Email.nullish(),
      kind: z.enum(['person', 'service']).default('person'),
      /** In the organization. A service account is at least a member. */
      role: Role.default('member'),
      /** Teams beside the catalog’s own, with the role there. */
      teams: z.array(z.strictObject({ id: TeamId, role: Role })).max(100).default([]),
    }),
    output: () => UserDetail,
    errors: ['name_invalid', 'already_exists', 'not_found', ...write],
    audience: 'admin',
  }),
  defineCommand({
    name: 'users.update',
    summary: 'Changes name, email address or role of a person or service account.',
    input: () => z.strictObject({ id: UserId, displayName: DisplayName.optional(), email: Email.nullish(), role: Role.optional() }),
    output: () => UserDetail,
    errors: ['not_found', 'name_invalid', 'blocked', ...write],
    audience: 'member',
  }),
  defineCommand({
    name: 'users.remove',
    summary: 'Takes somebody out of the organization: rights end and keys are revoked; what they did stays under their name.',
    input: () => z.strictObject({ id: UserId }),
    output: () => z.strictObject({ revokedKeys: z.number().int() }),
    errors: ['not_found', 'blocked', ...write],
    audience: 'admin',
  }),
  defineQuery({
    name: 'teams.list',
    summary: 'Teams that the caller may see, with their members.',
    input: () => z.strictObject({}),
    output: () => z.strictObject({ items: z.array(TeamDetail) }),
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'teams.get',
    summary: 'One team with its members, by id or name.',
    input: () => z.union([z.strictObject({ id: TeamId }), z.strictObject({ name: z.string().max(256) })]),
    output: () => TeamDetail,
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'teams.create',
    summary: 'Makes a team: a space for projects with members of its own.',
    input: () => z.strictObject({ name: z.string() }),
    output: () => TeamDetail,
    errors: ['name_invalid', 'already_exists', ...write],
    audience: 'admin',
  }),
  defineCommand({
    name: 'teams.setMember',
    summary: 'Gives somebody a role in a team, or (null) takes them out.',
    input: () => z.strictObject({ teamId: TeamId, userId: UserId, role: Role.nullable() }),
    output: () => TeamDetail,
    errors: ['not_found', 'name_invalid', 'blocked', ...write],
    audience: 'admin',
  }),
  defineQuery({
    name: 'registries.members',
    summary: 'Who holds which role in a registry: people, service accounts and teams named there, and those who are in through the organization.',
    input: () => z.strictObject({ registryId: RegistryId }),
    output: () => z.strictObject({ items: z.array(RegistryMember) }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'registries.addMembers',
    summary: 'Takes people, service accounts and teams into a registry; who is there already keeps their role.',
    input: () => z.strictObject({ registryId: RegistryId, userIds: z.array(UserId).max(1000).default([]), teamIds: z.array(TeamId).max(1000).default([]), role: Role.default('member') }),
    output: () => z.strictObject({ added: z.number().int() }),
    errors: ['not_found', 'name_invalid', ...write],
    audience: 'admin',
  }),
  defineCommand({
    name: 'registries.updateMember',
    summary: 'Changes the role of a member of a registry.',
    input: () => z.strictObject({ registryId: RegistryId, member: z.union([z.strictObject({ userId: UserId }), z.strictObject({ teamId: TeamId })]), role: Role }),
    output: () => z.strictObject({ items: z.array(RegistryMember) }),
    errors: ['not_found', 'name_invalid', ...write],
    audience: 'admin',
  }),
  defineCommand({
    name: 'registries.removeMembers',
    summary: 'Takes people, service accounts and teams out of a registry.',
    input: () => z.strictObject({ registryId: RegistryId, userIds: z.array(UserId).max(1000).default([]), teamIds: z.array(TeamId).max(1000).default([]) }),
    output: () => z.strictObject({ removed: z.number().int() }),
    errors: ['not_found', 'blocked', ...write],
    audience: 'admin',
  }),
  defineQuery({
    name: 'keys.list',
    summary: 'API keys: their names, owners, scope and last use, never the keys.',
    input: () => z.strictObject({ userId: UserId.optional() }),
    output: () => z.strictObject({ items: z.array(ApiKeySummary) }),
    audience: 'member',
  }),
  defineCommand({
    name: 'keys.create',
    summary: 'Makes an API key, shown once; only its hash is kept.',
    input: () => z.strictObject({
      name: z.string().min(1).max(128),
      /** Whose key; absent for the caller’s own. */
      userId: UserId.optional(),
      expiresAt: Timestamp.nullish(),
      scope: KeyScope.nullish(),
    }),
    output: () => z.strictObject({ key: z.string(), summary: ApiKeySummary }),
    errors: ['not_found', 'bad_input', ...write],
    audience: 'member',
  }),
  defineCommand({
    name: 'keys.revoke',
    summary: 'Makes a key useless from now on.',
    input: () => z.strictObject({ id: ApiKeyId }),
    output: () => ApiKeySummary,
    errors: ['not_found', ...write],
    audience: 'member',
  }),
] as const;
