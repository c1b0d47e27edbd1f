import { z } from 'zod';
import { metadataComparisons } from '../../domain/index.ts';
import { ObjectRef, Timestamp, UserSummary } from '../entities.ts';
import { ApprovalId, CollectionId, LinkId, RegistryId, UserId } from '../ids.ts';
import { defineCommand, defineQuery, page, PageRequest } from '../operation.ts';

export const ApprovalCheckShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('card') }),
  z.strictObject({ kind: z.literal('licence') }),
  z.strictObject({ kind: z.literal('metric'), path: z.string().min(1).max(500), comparison: z.enum(metadataComparisons), value: z.union([z.number(), z.string().max(1000), z.boolean()]) }),
  z.strictObject({ kind: z.literal('integrity') }),
  z.strictObject({ kind: z.literal('scan'), /** Whether what nobody can vouch for passes; a danger never does. */ cautions: z.boolean().default(false) }),
]);
export const ApprovalGateShape = z.strictObject({
  /** An alias, or a pattern such as `prod-*`. */
  alias: z.string().min(1).max(128),
  approvals: z.number().int().min(0).max(20).default(1),
  /** The least role in the registry that may decide. */
  deciders: z.enum(['member', 'admin']).default('admin'),
  checks: z.array(ApprovalCheckShape).max(20).default([]),
});
export type ApprovalGateShape = z.infer<typeof ApprovalGateShape>;

/** `open` waits for people or checks; `granted` may be put; `done` was put; the others are ends without it. */
export const approvalStates = ['open', 'granted', 'done', 'refused', 'withdrawn'] as const;
export const ApprovalState = z.enum(approvalStates);

export const Approval = z.strictObject({
  id: ApprovalId,
  registryId: RegistryId,
  collectionId: CollectionId,
  linkId: LinkId,
  /** `Models/gemma:v3`. */
  link: ObjectRef,
  index: z.number().int().nonnegative(),
  alias: z.string(),
  /** Where the alias stood when it was asked for; null for nowhere. */
  from: z.number().int().nullable(),
  state: ApprovalState,
  requestedBy: UserSummary,
  requestedAt: Timestamp,
  message: z.string(),
  /** Who was asked; empty for everybody who may. */
  reviewers: z.array(UserSummary),
  votes: z.array(z.strictObject({ user: UserSummary, vote: z.enum(['grant', 'refuse', 'comment']), comment: z.string(), at: Timestamp })),
  needed: z.number().int().nonnegative(),
  missing: z.number().int().nonnegative(),
  checks: z.array(z.strictObject({ check: z.string(), passed: z.boolean().nullable(), detail: z.string() })),
  /** Whether the caller may decide it. */
  mayDecide: z.boolean(),
  remindedAt: Timestamp.nullable(),
  closedAt: Timestamp.nullable(),
});
export type Approval = z.infer<typeof Approval>;

const write = ['not_found', 'bad_input', 'blocked', 'permission_denied', 'catalog_read_only', 'disk_full'] as const;

export const approvalOperations = [
  defineQuery({ name: 'gates.list', summary: 'What aliases of a registry need before they may be put.', input: () => z.strictObject({ registryId: RegistryId }), output: () => z.strictObject({ gates: z.array(ApprovalGateShape) }), errors: ['not_found'], audience: 'restricted_viewer' }),
  defineCommand({ name: 'gates.set', summary: 'Says what aliases of a registry need before they may be put.', input: () => z.strictObject({ registryId: RegistryId, gates: z.array(ApprovalGateShape).max(50) }), output: () => z.strictObject({ gates: z.array(ApprovalGateShape) }), errors: [...write, 'name_invalid'], audience: 'admin' }),
  defineQuery({
    name: 'approvals.list',
    summary: 'Requests for approval, newest first.',
    input: () => z.strictObject({ states: z.array(ApprovalState).min(1).optional(), registryId: RegistryId.optional(), linkId: LinkId.optional(), /** Only those that wait for the caller. */ forMe: z.boolean().default(false), ...PageRequest }),
    output: () => page(Approval),
    audience: 'restricted_viewer',
  }),
  defineQuery({ name: 'approvals.get', summary: 'One request for approval.', input: () => z.strictObject({ id: ApprovalId }), output: () => Approval, errors: ['not_found'], audience: 'restricted_viewer' }),
  defineCommand({
    name: 'approvals.request',
    summary: 'Asks that an alias may be put on a link. One that is open for the same is answered again.',
    input: () => z.strictObject({ linkId: LinkId, alias: z.string(), message: z.string().max(10_000).default(''), reviewers: z.array(UserId).max(100).default([]) }),
    output: () => Approval,
    errors: [...write, 'name_invalid'],
    audience: 'member',
  }),
  defineCommand({
    name: 'approvals.decide',
    summary: 'Grants or refuses a request, or comments on it. With the last approval that was needed the alias is put.',
    input: () => z.strictObject({ id: ApprovalId, vote: z.enum(['grant', 'refuse', 'comment']), comment: z.string().max(10_000).default('') }),
    output: () => Approval,
    errors: [...write, 'reason_required'],
    audience: 'member',
  }),
  defineCommand({ name: 'approvals.withdraw', summary: 'Takes a request back.', input: () => z.strictObject({ id: ApprovalId }), output: () => Approval, errors: write, audience: 'member' }),
  defineCommand({ name: 'approvals.delegate', summary: 'Asks somebody else in one’s own place.', input: () => z.strictObject({ id: ApprovalId, to: UserId }), output: () => Approval, errors: write, audience: 'member' }),
  defineCommand({ name: 'approvals.remind', summary: 'Reminds those who have not decided.', input: () => z.strictObject({ id: ApprovalId }), output: () => Approval, errors: write, audience: 'member' }),
  defineCommand({ name: 'approvals.check', summary: 'Makes the checks of a request again; integrity and the safety scan read its files.', input: () => z.strictObject({ id: ApprovalId }), output: () => Approval, errors: [...write, 'cancelled'], audience: 'member', long: true }),
] as const;
