/** Remotes and what goes to and fro: connect, look at the plan, run, see what stands against it, decide. */
import { z } from 'zod';
import { ByteCount, Timestamp } from '../entities.ts';
import { CollectionId, ConflictId, LinkId, OutboxId, RegistryId, RemoteId, SentId, VersionId } from '../ids.ts';
import { defineCommand, defineQuery } from '../operation.ts';
import { errorCodes } from '../errors.ts';

export const RemoteKind = z.enum(['mlflow', 'wandb']);
export type RemoteKind = z.infer<typeof RemoteKind>;

/**
 * How one signs in. What is secret lies in the system's keychain, or where there is none in a file for its user alone; an environment
 * variable is read anew each time. No operation gives a secret back.
 */
export const RemoteCredential = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('basic'), username: z.string().min(1).max(256), password: z.string().min(1).max(4096) }),
  z.strictObject({ kind: z.literal('token'), token: z.string().min(1).max(16_384) }),
  /** A token, or `user:password`, in a variable of core's environment. */
  z.strictObject({ kind: z.literal('environment'), variable: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/) }),
]);
export type RemoteCredential = z.infer<typeof RemoteCredential>;

/**
 * What follows a remote: the registry that it is mapped to; chosen registries (W&B: of the organization, by their names there, each into the one
 * here that is called so; MLflow: of those here); the whole organization (W&B: every registry there, also new ones; MLflow: every registry here);
 * or single collections of any registry here.
 */
export const RemoteFollow = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('organization') }),
  z.strictObject({ kind: z.literal('registry') }),
  z.strictObject({ kind: z.literal('registries'), names: z.array(z.string().min(1).max(128)).max(200) }),
  z.strictObject({ kind: z.literal('collections'), ids: z.array(CollectionId).max(1000) }),
]);
export type RemoteFollow = z.infer<typeof RemoteFollow>;

/** Which versions' bytes come here by themselves; the others come when they are asked for. */
export const BytesPolicy = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('on_demand') }),
  /** Versions with any of these aliases; with any alias at all where none is named. */
  z.strictObject({ kind: z.literal('aliased'), aliases: z.array(z.string().min(1).max(128)).max(100).default([]) }),
  z.strictObject({ kind: z.literal('newest'), count: z.number().int().min(1).max(1000) }),
  /** All versions of chosen collections. */
  z.strictObject({ kind: z.literal('pinned'), collections: z.array(CollectionId).max(1000) }),
  z.strictObject({ kind: z.literal('all') }),
]);
export type BytesPolicy = z.infer<typeof BytesPolicy>;

/** Which fields go over, in both directions. */
export const RemoteFields = z.strictObject({
  aliases: z.boolean(),
  descriptions: z.boolean(),
  tags: z.boolean(),
  runs: z.boolean(),
  /** Names of collections, as they are changed. */
  names: z.boolean().default(true),
  /** Whether what is unlinked here is unlinked there, too, where links are something of their own (not at MLflow). */
  removals: z.boolean().default(true),
  /** Lifecycle states, as the stages that stand for them at MLflow; off unless wanted, since MLflow has given stages up. */
  states: z.boolean().default(false),
  /** Whether a collection that is deleted here is deleted there, too, and at MLflow a version that is unlinked here: it is the thing itself there. Never the other way, where what is gone there is only unlinked here. */
  deletions: z.boolean().default(false),
  /** Whether an artifact version that is deleted here is deleted in its project at W&B, for good and with its files; else it is unlinked there. */
  artifacts: z.boolean().default(false),
  /** Times to live of versions, at W&B: what it deletes by one is gone here then, too. MLflow has no place for them. */
  lifetimes: z.boolean().default(false),
  /** Whether registries that people made here are made in the organization, where all of it follows (W&B); those that another remote brought are not. */
  registries: z.boolean().default(true),
});
export type RemoteFields = z.infer<typeof RemoteFields>;

export const Remote = z.strictObject({
  id: RemoteId,
  kind: RemoteKind,
  name: z.string(),
  url: z.string(),
  /** MLflow's workspace, or W&B's registry as `organization/registry`; null where there is none. */
  workspace: z.string().nullable(),
  credential: z.strictObject({
    kind: z.enum(['none', 'basic', 'token', 'environment']),
    /** The name of whom one signs in as, or of the variable. */
    name: z.string().nullable(),
    /** Where the secret lies. */
    place: z.enum(['keychain', 'file', 'environment']).nullable(),
  }),
  /** Its models are collections of this registry. */
  registry: z.strictObject({ id: RegistryId, name: z.string() }),
  /** Every registry that follows, that one first; `there` is its name there where it is not the first. */
  registries: z.array(z.strictObject({ id: RegistryId, name: z.string(), there: z.string().nullable() })),
  /** Versions that come from it are logged in this project of the catalog's own team. */
  project: z.string(),
  /** W&B: the `team/project` there that versions made here are logged in; null: the key's own team and the project of the same name as here. */
  destination: z.string().nullable(),
  follow: RemoteFollow,
  fields: RemoteFields,
  bytes: BytesPolicy,
  /** Bytes a second at most, in each direction; null for as fast as it goes. */
  rate: z.number().int().min(1024).nullable(),
  /** Whether changes made here go there. Off until its plan was looked at. */
  pushes: z.boolean(),
  paused: z.boolean(),
  createdAt: Timestamp,
});
export type Remote = z.infer<typeof Remote>;

export const RemoteAddress = z.strictObject({ kind: RemoteKind, url: z.string().min(1).max(2000), workspace: z.string().max(300).nullable().default(null), credential: RemoteCredential.default({ kind: 'none' }) });

export const RemoteTestStep = z.strictObject({
  step: z.enum(['address', 'server', 'sign_in', 'workspace', 'read']),
  verdict: z.enum(['well', 'failed', 'skipped']),
  detail: z.string(),
  advice: z.string().nullable(),
});
export type RemoteTestStep = z.infer<typeof RemoteTestStep>;

export const syncPhases = ['idle', 'pushing', 'pulling', 'backing_off', 'offline', 'sign_in', 'conflict', 'paused'] as const;
/**
 * Where a remote stands.
 *
 * ```
 *            ┌────────────────── next poll, a change here, “now” ──────────────────┐
 *            ▼                                                                     │
 *   idle ─▶ pulling ─▶ pushing ─▶ idle, or conflict (something waits for a person) ┘
 *             │           │
 *             ├───────────┴─▶ backing_off   the server answers 429, 5xx or nonsense: again after a growing, jittered time
 *             ├───────────┴─▶ offline       nobody answers: likewise
 *             └───────────┴─▶ sign_in       401 or 403: again once the credential was changed, or “now”
 *   paused: a person said so; changes made here go on being kept for it
 * ```
 */
export const SyncPhase = z.enum(syncPhases);
export type SyncPhase = z.infer<typeof SyncPhase>;

export const SyncState = z.strictObject({
  remoteId: RemoteId,
  name: z.string(),
  kind: RemoteKind,
  phase: SyncPhase,
  pushes: z.boolean(),
  /** Changes made here that the remote has still to be told. */
  waiting: z.number().int().nonnegative(),
  conflicts: z.number().int().nonnegative(),
  dead: z.number().int().nonnegative(),
  /** What is known of the remote. */
  models: z.number().int().nonnegative(),
  versions: z.number().int().nonnegative(),
  /** What stands there and can't come here, with the reason: as many as 20 of `skippedCount`. What was left out by choice is not among them. */
  skipped: z.array(z.strictObject({ model: z.string(), why: z.string() })),
  skippedCount: z.number().int().nonnegative(),
  /** What went wrong last; null once it went well again. */
  failure: z.strictObject({ code: z.enum(errorCodes), sentence: z.string(), at: Timestamp }).nullable(),
  attempts: z.number().int().nonnegative(),
  nextTryAt: Timestamp.nullable(),
  lastSuccessAt: Timestamp.nullable(),
  /**
   * Files that its policy brings here, as far as the running core knows: the version whose files come now (null where none does, since it was
   * paused or cut off), how much of it came, of how much and how fast (bytes a second) once that is known, and how many versions wait behind it; null where nothing is to come.
   */
  fetching: z.strictObject({ label: z.string().nullable(), done: ByteCount, total: ByteCount.nullable(), rate: z.number().nonnegative().nullable(), waiting: z.number().int().nonnegative() }).nullable(),
  /** As of when each kind of field is known: MLflow tells of some changes only when everything is read again. */
  asOf: z.strictObject({ changes: Timestamp.nullable(), aliases: Timestamp.nullable(), versionTags: Timestamp.nullable() }),
});
export type SyncState = z.infer<typeof SyncState>;

export const PlanItem = z.strictObject({
  action: z.enum(['create', 'move', 'update', 'delete', 'skip', 'conflict']),
  what: z.enum(['registry', 'collection', 'version', 'run', 'alias', 'tag', 'description', 'metadata', 'state', 'time to live']),
  /** Such as `Models/classifier:v3`. */
  label: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** Why it is done, or why not. */
  why: z.string(),
  bytes: ByteCount.nullable(),
});
export type PlanItem = z.infer<typeof PlanItem>;

export const SyncPlan = z.strictObject({
  remoteId: RemoteId,
  create: z.number().int().nonnegative(),
  move: z.number().int().nonnegative(),
  update: z.number().int().nonnegative(),
  delete: z.number().int().nonnegative(),
  skip: z.number().int().nonnegative(),
  conflict: z.number().int().nonnegative(),
  bytes: ByteCount,
  /** At most 2,000. */
  items: z.array(PlanItem),
  more: z.boolean(),
});
export type SyncPlan = z.infer<typeof SyncPlan>;

/** One side of a conflict: a value, and in words where it stands. */
const ConflictSide = z.strictObject({ value: z.string().nullable(), shown: z.string(), linkId: LinkId.nullable() });

export const SyncConflict = z.strictObject({
  id: ConflictId,
  remoteId: RemoteId,
  remote: z.string(),
  what: z.enum(['alias', 'description', 'tag']),
  /** The alias or tag; empty for a description. */
  field: z.string(),
  label: z.string(),
  collectionId: CollectionId,
  base: ConflictSide,
  mine: ConflictSide,
  theirs: ConflictSide,
  /** Why what moved only there did not simply come here; null where both sides changed it. */
  held: z.string().nullable(),
  /** Whether it may come once that is approved: of theirs an approval can be asked for. */
  awaitsApproval: z.boolean(),
  at: Timestamp,
});
export type SyncConflict = z.infer<typeof SyncConflict>;

export const DeadLetter = z.strictObject({
  id: OutboxId,
  remoteId: RemoteId,
  remote: z.string(),
  what: z.enum(['registry', 'collection', 'version', 'run', 'alias', 'tag', 'description', 'metadata', 'state', 'time to live']),
  label: z.string(),
  /** The value that was not taken, where it is a text that can be edited. */
  value: z.string().nullable(),
  editable: z.boolean(),
  error: z.string(),
  attempts: z.number().int().nonnegative(),
  at: Timestamp,
});
export type DeadLetter = z.infer<typeof DeadLetter>;

export const SyncRound = z.strictObject({
  id: z.number().int().positive(),
  remoteId: RemoteId,
  startedAt: Timestamp,
  milliseconds: z.number().nonnegative(),
  pulled: z.number().int().nonnegative(),
  pushed: z.number().int().nonnegative(),
  conflicts: z.number().int().nonnegative(),
  requests: z.number().int().nonnegative(),
  bytesIn: ByteCount,
  bytesOut: ByteCount,
  failure: z.string().nullable(),
  /** What it sent and was not taken back since. */
  revocable: z.number().int().nonnegative(),
});
export type SyncRound = z.infer<typeof SyncRound>;

/** One thing that a push changed at the remote. */
export const SentItem = z.strictObject({
  id: SentId,
  what: z.enum(['collection', 'version', 'alias', 'tag', 'description', 'name', 'state']),
  /** Such as `Models/classifier`. */
  label: z.string(),
  /** The alias or tag; null for what has no name of its own. */
  field: z.string().nullable(),
  /** What stood there before, and what was sent; null: nothing. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** Whether it can be taken back now, by what stands there and here. */
  verdict: z.enum(['take_back', 'refused']),
  /** What taking it back does, or why it can't be. */
  why: z.string(),
});
export type SentItem = z.infer<typeof SentItem>;

export const syncStandings = ['same', 'here', 'there', 'differs', 'waiting'] as const;
/** How one collection or link stands with one remote. */
export const SyncBadge = z.strictObject({
  /** Of the collection or link that was asked about. */
  id: z.number().int().positive(),
  remoteId: RemoteId,
  remote: z.string(),
  /** `here`: it is not at the remote. `there`: its files are only at the remote. `differs`: both sides were changed, or a change was refused. `waiting`: a change made here is still to be told. */
  standing: z.enum(syncStandings),
  /** The model's name, or the version's number, at the remote; null where it is not there. */
  there: z.string().nullable(),
});
export type SyncBadge = z.infer<typeof SyncBadge>;

/** Who is a member of a registry at a remote, with the role that the server names. They are facts of that side: no role here comes of them. */
export const RegistryMembersThere = z.strictObject({
  /** Its name there. */
  registry: z.string(),
  people: z.array(z.strictObject({ username: z.string(), name: z.string().nullable(), email: z.string().nullable(), role: z.string().nullable() })),
  teams: z.array(z.strictObject({ name: z.string(), role: z.string().nullable() })),
});
export type RegistryMembersThere = z.infer<typeof RegistryMembersThere>;

const remoteErrors = ['remote_unreachable', 'remote_sign_in', 'remote_refused', 'remote_failed', 'cancelled'] as const;
const writing = ['not_found', 'permission_denied', 'catalog_read_only', 'disk_full'] as const;

const Settings = {
  name: z.string().min(1).max(128),
  /** The registry that its models go into, by name; made when it isn't there. */
  registry: z.string(),
  project: z.string(),
  destination: z.string().max(300).regex(/^[^/]+\/[^/]+$/).nullable(),
  follow: RemoteFollow,
  fields: RemoteFields,
  bytes: BytesPolicy,
  rate: z.number().int().min(1024).nullable(),
};

export const syncOperations = [
  defineQuery({
    name: 'remotes.list',
    summary: 'Every remote, by name.',
    input: () => z.strictObject({}),
    output: () => z.strictObject({ items: z.array(Remote) }),
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'remotes.get',
    summary: 'One remote, by id or by name.',
    input: () => z.union([z.strictObject({ id: RemoteId }), z.strictObject({ name: z.string() })]),
    output: () => Remote,
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'remotes.add',
    summary: 'Connects a remote. It is read from then on; changes made here are kept for it, and go there once its plan was looked at and pushing was switched on.',
    input: () => RemoteAddress.extend({
      name: Settings.name,
      registry: Settings.registry,
      project: Settings.project.optional(),
      destination: Settings.destination.default(null),
      follow: Settings.follow.default({ kind: 'registry' }),
      fields: Settings.fields.default({ aliases: true, descriptions: true, tags: true, runs: true, names: true, removals: true, states: false, deletions: false, artifacts: false, lifetimes: false, registries: true }),
      bytes: Settings.bytes.default({ kind: 'on_demand' }),
      rate: Settings.rate.default(null),
    }),
    output: () => Remote,
    errors: ['bad_input', 'name_invalid', 'already_exists', 'type_mismatch', 'not_offered', ...writing],
    audience: 'admin',
  }),
  defineCommand({
    name: 'remotes.update',
    summary: 'Changes a remote: its name, credential, what follows it, which fields and bytes go over, whether changes made here go there.',
    input: () => z.strictObject({
      id: RemoteId,
      name: Settings.name.optional(),
      credential: RemoteCredential.optional(),
      destination: Settings.destination.optional(),
      follow: Settings.follow.optional(),
      fields: Settings.fields.optional(),
      bytes: Settings.bytes.optional(),
      rate: Settings.rate.optional(),
      pushes: z.boolean().optional(),
    }),
    output: () => Remote,
    errors: ['name_invalid', 'already_exists', 'type_mismatch', ...writing],
    audience: 'admin',
  }),
  defineCommand({
    name: 'remotes.remove',
    summary: 'Disconnects a remote. What came from it stays here, what is there stays there; what still waited for it is dropped, and its secret forgotten.',
    input: () => z.strictObject({ id: RemoteId }),
    output: () => z.strictObject({ dropped: z.number().int() }),
    errors: writing,
    audience: 'admin',
  }),
  defineQuery({
    name: 'remotes.test',
    summary: 'Tries an address step by step (address, server, sign-in, workspace, reading) and says which one failed; writes nothing there.',
    input: () => z.union([z.strictObject({ id: RemoteId }), RemoteAddress]),
    output: () => z.strictObject({ steps: z.array(RemoteTestStep), version: z.string().nullable(), user: z.string().nullable(), workspaces: z.array(z.string()) }),
    errors: ['not_found', 'not_offered', 'permission_denied'],
    audience: 'admin',
  }),
  defineQuery({
    name: 'sync.plan',
    summary: 'What a push would create, move and skip there, and why; reads the remote, writes nothing.',
    input: () => z.strictObject({ remoteId: RemoteId }),
    output: () => SyncPlan,
    errors: ['not_found', 'permission_denied', ...remoteErrors],
    audience: 'member',
    long: true,
  }),
  defineCommand({
    name: 'sync.run',
    summary: 'One round now: reads what changed there, then pushes what waits here.',
    input: () => z.strictObject({ remoteId: RemoteId, /** Reads everything there again, not only what is known to have changed. */ everything: z.boolean().default(false) }),
    output: () => z.strictObject({ pulled: z.number().int(), pushed: z.number().int(), conflicts: z.number().int(), dead: z.number().int(), requests: z.number().int(), bytesIn: ByteCount, bytesOut: ByteCount }),
    errors: ['blocked', ...writing, ...remoteErrors],
    audience: 'member',
    long: true,
  }),
  defineCommand({
    name: 'sync.pause',
    summary: 'Stops asking and telling a remote; changes made here go on being kept for it.',
    input: () => z.strictObject({ remoteId: RemoteId }),
    output: () => Remote,
    errors: writing,
    audience: 'admin',
  }),
  defineCommand({
    name: 'sync.resume',
    summary: 'Goes on after a pause.',
    input: () => z.strictObject({ remoteId: RemoteId }),
    output: () => Remote,
    errors: writing,
    audience: 'admin',
  }),
  defineQuery({
    name: 'sync.state',
    summary: 'Where each remote stands: phase, what waits, what conflicts, what failed, the next try, and as of when its fields are known.',
    input: () => z.strictObject({}),
    output: () => z.strictObject({ items: z.array(SyncState) }),
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'sync.rounds',
    summary: 'Rounds in which something went over or failed, newest first.',
    input: () => z.strictObject({ remoteId: RemoteId, limit: z.number().int().min(1).max(500).default(50) }),
    output: () => z.strictObject({ items: z.array(SyncRound) }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'sync.undoPlan',
    summary: 'What one round sent, item by item, and whether it can be taken back: the remote is read, nothing is written.',
    input: () => z.strictObject({ remoteId: RemoteId, roundId: z.number().int().positive() }),
    output: () => z.strictObject({ items: z.array(SentItem) }),
    errors: ['not_found', 'permission_denied', ...remoteErrors],
    audience: 'member',
    long: true,
  }),
  defineCommand({
    name: 'sync.undo',
    summary: 'Takes back some of what a round sent: it is changed back here, and the change goes there like any other. Refused as a whole where the remote or this side has moved on since.',
    input: () => z.strictObject({ remoteId: RemoteId, ids: z.array(SentId).min(1).max(1000) }),
    output: () => z.strictObject({ takenBack: z.number().int() }),
    errors: ['undo_stale', 'alias_protected', 'approval_required', 'reason_required', ...writing, ...remoteErrors],
    audience: 'member',
    long: true,
  }),
  defineQuery({
    name: 'sync.members',
    summary: 'Who is a member of the registries that follow a remote, there, and in which role: the remote is read, and no role here changes. Only W&B has members of registries.',
    input: () => z.strictObject({ remoteId: RemoteId }),
    output: () => z.strictObject({ registries: z.array(RegistryMembersThere) }),
    errors: ['not_found', 'not_offered', 'permission_denied', ...remoteErrors],
    audience: 'admin',
    long: true,
  }),
  defineQuery({
    name: 'sync.conflicts',
    summary: 'What was changed here and there differently and waits for a person.',
    input: () => z.strictObject({ remoteId: RemoteId.optional() }),
    output: () => z.strictObject({ items: z.array(SyncConflict) }),
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'sync.badges',
    summary: 'How collections or links stand with the remotes that their registries follow: only here, only there, the same, or different. What follows no remote is not among them.',
    input: () => z.union([z.strictObject({ collectionIds: z.array(CollectionId).max(1000) }), z.strictObject({ linkIds: z.array(LinkId).max(1000) })]),
    output: () => z.strictObject({ items: z.array(SyncBadge) }),
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'sync.resolve',
    summary: 'Decides a conflict: mine goes there, theirs comes here, or (for an alias) theirs keeps it and mine gets another one.',
    input: () => z.strictObject({ id: ConflictId, choice: z.enum(['mine', 'theirs', 'both']), /** The other alias, for `both`. */ alias: z.string().optional() }),
    output: () => z.strictObject({}),
    errors: ['bad_input', 'name_invalid', 'blocked', 'alias_protected', ...writing],
    audience: 'member',
  }),
  defineQuery({
    name: 'sync.deadLetters',
    summary: 'Changes that a remote refused for good.',
    input: () => z.strictObject({ remoteId: RemoteId.optional() }),
    output: () => z.strictObject({ items: z.array(DeadLetter) }),
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'sync.retry',
    summary: 'Sends refused changes again.',
    input: () => z.strictObject({ ids: z.array(OutboxId).min(1).max(1000) }),
    output: () => z.strictObject({ waiting: z.number().int() }),
    errors: writing,
    audience: 'member',
  }),
  defineCommand({
    name: 'sync.edit',
    summary: 'Writes the value of a refused change anew, here too, and sends that.',
    input: () => z.strictObject({ id: OutboxId, value: z.string().max(1_000_000) }),
    output: () => z.strictObject({}),
    errors: ['bad_input', 'name_invalid', 'blocked', 'alias_protected', ...writing],
    audience: 'member',
  }),
  defineCommand({
    name: 'sync.discard',
    summary: 'Drops refused changes: they stay here and are not sent.',
    input: () => z.strictObject({ ids: z.array(OutboxId).min(1).max(1000) }),
    output: () => z.strictObject({ dropped: z.number().int() }),
    errors: writing,
    audience: 'member',
  }),
  defineCommand({
    name: 'sync.fetch',
    summary: 'Brings the bytes of versions here that are only at a remote or in a bucket. What was cut off goes on where it was.',
    input: () => z.strictObject({ versionIds: z.array(VersionId).min(1).max(1000) }),
    output: () => z.strictObject({ fetched: z.number().int(), files: z.number().int(), bytes: ByteCount }),
    errors: ['path_invalid', 'object_damaged', 'not_offered', 'store_read_only', ...writing, ...remoteErrors],
    audience: 'member',
    long: true,
  }),
] as const;
