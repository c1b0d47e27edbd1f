/**
 * The wire shapes of the catalog's things. Sizes are bytes, times are ISO 8601 UTC with milliseconds, digests are lower-case hex.
 *
 * A "summary" is what a row of a list or a node of a graph needs; a "detail" adds what the thing's own page shows.
 */
import { z } from 'zod';
import { mlflowStages } from '../domain/lifecycle.ts';
import {
  ApiKeyId, ArtifactId, CollectionId, EventId, HoldId, LinkId, OrganizationId, ProjectId, RegistryId, RunId, TeamId, TrashId, UserId, VersionId,
} from './ids.ts';

export const Timestamp = z.iso.datetime({ precision: 3 });
export const ByteCount = z.number().int().nonnegative();
export const JsonObject = z.record(z.string(), z.json());
export type JsonObject = z.infer<typeof JsonObject>;

export const Role = z.enum(['restricted_viewer', 'viewer', 'member', 'admin']);
export type Role = z.infer<typeof Role>;
export const Visibility = z.enum(['organization', 'restricted']);
export type Visibility = z.infer<typeof Visibility>;
export const Entrance = z.enum(['window', 'cli', 'sdk', 'http', 'automation', 'sync', 'system']);
export type Entrance = z.infer<typeof Entrance>;
export const RunState = z.enum(['running', 'finished', 'failed', 'crashed', 'killed']);
export type RunState = z.infer<typeof RunState>;
export const VersionState = z.enum(['pending', 'committed', 'deleted']);
export type VersionState = z.infer<typeof VersionState>;

export const UserSummary = z.strictObject({
  id: UserId,
  username: z.string(),
  displayName: z.string(),
  kind: z.enum(['person', 'service']),
});
export type UserSummary = z.infer<typeof UserSummary>;

export const UserDetail = UserSummary.extend({
  email: z.string().nullable(),
  /** In the organization; null for somebody who was removed. */
  role: Role.nullable(),
  teams: z.array(z.strictObject({ id: TeamId, name: z.string(), role: Role })),
  keyCount: z.number().int().nonnegative(),
  createdAt: Timestamp,
  removedAt: Timestamp.nullable(),
  lastSeenAt: Timestamp.nullable(),
});
export type UserDetail = z.infer<typeof UserDetail>;

/** What a key may do at most; whoever holds it has no more than its owner anyway. */
export const KeyScope = z.strictObject({
  /** The highest role that counts through this key; null: the owner’s own. `viewer` reads, `member` writes. */
  role: Role.nullable(),
  /** Only these registries; null: all. An empty list is none. */
  registryIds: z.array(RegistryId).max(1000).nullable(),
  projectIds: z.array(ProjectId).max(1000).nullable(),
});
export type KeyScope = z.infer<typeof KeyScope>;

/** How long a version is kept: its own days, for good, or as its artifact or project says. */
export const TimeToLive = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('days'), days: z.number().int().min(1).max(36_500) }), z.strictObject({ kind: z.literal('off') }), z.strictObject({ kind: z.literal('inherit') })]);
export type TimeToLive = z.infer<typeof TimeToLive>;

export const Organization = z.strictObject({ id: OrganizationId, name: z.string() });
export const Team = z.strictObject({ id: TeamId, name: z.string(), organizationId: OrganizationId });

export const TeamDetail = Team.extend({
  organization: z.string(),
  projectCount: z.number().int().nonnegative(),
  /** The caller's own role there; null for an admin of the organization who is no member. */
  role: Role.nullable(),
  members: z.array(z.strictObject({ user: UserSummary, email: z.string().nullable(), role: Role })),
});
export type TeamDetail = z.infer<typeof TeamDetail>;

export const RegistryMember = z.strictObject({
  holder: z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('user'), user: UserSummary, email: z.string().nullable() }), z.strictObject({ kind: z.literal('team'), id: TeamId, name: z.string() })]),
  role: Role,
  /** Named in the registry itself, or in through the organization (its admins, its visibility). */
  through: z.enum(['registry', 'organization']),
});
export type RegistryMember = z.infer<typeof RegistryMember>;

export const AliasChip = z.strictObject({ name: z.string(), protected: z.boolean() });
export type AliasChip = z.infer<typeof AliasChip>;

/** When a registry wants to know why an alias moves: for its protected aliases, for all but `latest`, or never. */
export const ReasonRequired = z.enum(['never', 'protected', 'all']);
export type ReasonRequired = z.infer<typeof ReasonRequired>;

export const LifecycleState = z.strictObject({
  name: z.string(),
  hue: z.number().int().min(0).max(11),
  /** Nothing leads out of it. */
  terminal: z.boolean(),
  /** What it is in MLflow. Absent: what its name and its place among the states say. */
  stage: z.enum(mlflowStages).optional(),
  /** The alias that stands for it in W&B; null: none. Absent: what its stage says. */
  alias: z.string().max(128).nullable().optional(),
});
export type LifecycleState = z.infer<typeof LifecycleState>;

export const LifecycleTransition = z.strictObject({ from: z.string(), to: z.string(), /** The least role that may do it. */ role: Role, /** Whether it asks for a reason. */ needsReason: z.boolean().default(false) });
export type LifecycleTransition = z.infer<typeof LifecycleTransition>;

/** States that a registry defines for its links, beside aliases. A new link begins in the first. */
export const Lifecycle = z.strictObject({ states: z.array(LifecycleState).min(1).max(30), transitions: z.array(LifecycleTransition).max(500) });
export type Lifecycle = z.infer<typeof Lifecycle>;

/** A section that a card should have; it is one of the card’s headings. */
export const CardField = z.strictObject({ name: z.string(), required: z.boolean() });
export type CardField = z.infer<typeof CardField>;

/** Where a link stands, short: enough for a mark on a card. */
export const LinkMark = z.strictObject({
  linkId: LinkId,
  registryId: RegistryId,
  registry: z.string(),
  glyph: z.string(),
  hue: z.number().int().min(0).max(11),
  collectionId: CollectionId,
  collection: z.string(),
  index: z.number().int().nonnegative(),
  aliases: z.array(AliasChip),
  /** Its lifecycle state; null where the registry defines none. */
  state: z.string().nullable(),
});
export type LinkMark = z.infer<typeof LinkMark>;

export const ProjectSummary = z.strictObject({
  id: ProjectId,
  entity: z.string(),
  name: z.string(),
  description: z.string(),
  artifactCount: z.number().int(),
  versionCount: z.number().int(),
  runCount: z.number().int(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type ProjectSummary = z.infer<typeof ProjectSummary>;

export const RunSummary = z.strictObject({
  id: RunId,
  projectId: ProjectId,
  entity: z.string(),
  project: z.string(),
  /** The run's short id, as `wandb` gives it (8 characters), unique in its project. */
  runId: z.string(),
  displayName: z.string(),
  state: RunState,
  jobType: z.string().nullable(),
  group: z.string().nullable(),
  tags: z.array(z.string()),
  createdBy: UserSummary,
  createdAt: Timestamp,
  finishedAt: Timestamp.nullable(),
});
export type RunSummary = z.infer<typeof RunSummary>;

export const RunDetail = RunSummary.extend({
  notes: z.string(),
  config: JsonObject,
  summary: JsonObject,
  inputCount: z.number().int(),
  outputCount: z.number().int(),
  host: z.string().nullable(),
  program: z.string().nullable(),
  /** The commit of the script's repository. */
  commit: z.string().nullable(),
  exitCode: z.number().int().nullable(),
  /** When it was last heard of. */
  heartbeatAt: Timestamp.nullable(),
  stopRequested: z.boolean(),
  historyLines: z.number().int().nonnegative(),
  systemLines: z.number().int().nonnegative(),
  outputLines: z.number().int().nonnegative(),
  lastStep: z.number().nullable(),
  fileCount: z.number().int().nonnegative(),
});
export type RunDetail = z.infer<typeof RunDetail>;

export const RunFile = z.strictObject({
  name: z.string(),
  size: ByteCount,
  /** Hex. */
  sha256: z.string(),
  md5: z.string(),
  mediaType: z.string(),
  updatedAt: Timestamp,
});
export type RunFile = z.infer<typeof RunFile>;

export const VersionSummary = z.strictObject({
  id: VersionId,
  artifactId: ArtifactId,
  projectId: ProjectId,
  entity: z.string(),
  project: z.string(),
  artifact: z.string(),
  type: z.string(),
  /** The number in `vN`. */
  index: z.number().int().nonnegative(),
  state: VersionState,
  aliases: z.array(AliasChip),
  tags: z.array(z.string()),
  digest: z.string(),
  size: ByteCount,
  fileCount: z.number().int().nonnegative(),
  linkCount: z.number().int().nonnegative(),
  createdBy: UserSummary,
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type VersionSummary = z.infer<typeof VersionSummary>;

/** What a time to live comes to: never over, standing while a link holds the version, or over at a time. */
export const Lapse = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('never') }),
  z.strictObject({ kind: z.literal('paused'), leftMilliseconds: z.number().int().nonnegative() }),
  z.strictObject({ kind: z.literal('at'), at: Timestamp }),
]);
export type Lapse = z.infer<typeof Lapse>;

/** A setting with what counts in the end, and where that was set. */
export const EffectiveTimeToLive = z.strictObject({
  own: TimeToLive,
  effective: z.strictObject({ days: z.number().int().positive(), from: z.enum(['version', 'artifact', 'project']) }).nullable(),
  /** Of a version; null for an artifact or a project. */
  lapse: Lapse.nullable(),
  /** Whether a hold keeps the version, or the artifact, whatever its time to live. */
  held: z.boolean(),
});
export type EffectiveTimeToLive = z.infer<typeof EffectiveTimeToLive>;

export const VersionDetail = VersionSummary.extend({
  description: z.string(),
  metadata: JsonObject,
  /** Hex md5 of the manifest as the `wandb` client computes it. */
  wandbDigest: z.string(),
  loggedBy: RunSummary.nullable(),
  usedByCount: z.number().int().nonnegative(),
  links: z.array(LinkMark),
  starred: z.boolean(),
  /** Days that count after all settings; null: kept for good. */
  ttlDays: z.number().int().positive().nullable(),
  /** The version's own setting. */
  ttl: TimeToLive,
  /** When it goes to the trash by itself. */
  lapse: Lapse,
  /** Holds on it or on its artifact. */
  holdCount: z.number().int().nonnegative(),
  /** The step of the run at which it was logged, where the client said so. */
  historyStep: z.number().int().nullable(),
  previous: VersionId.nullable(),
  next: VersionId.nullable(),
});
export type VersionDetail = z.infer<typeof VersionDetail>;

export const ArtifactSummary = z.strictObject({
  id: ArtifactId,
  projectId: ProjectId,
  entity: z.string(),
  project: z.string(),
  name: z.string(),
  type: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  versionCount: z.number().int().nonnegative(),
  /** Bytes of all versions, each file counted once per digest. */
  latest: z.strictObject({ id: VersionId, index: z.number().int(), size: ByteCount, createdAt: Timestamp }).nullable(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type ArtifactSummary = z.infer<typeof ArtifactSummary>;

export const ManifestEntry = z.strictObject({
  path: z.string(),
  size: ByteCount,
  /** Hex; null for a reference whose bytes are elsewhere. */
  sha256: z.string().nullable(),
  /** Hex md5 of the content, or the checksum a reference carries. */
  md5: z.string().nullable(),
  /** `s3://`, `gs://`, `https://`, `file://` for a reference. */
  reference: z.string().nullable(),
});
export type ManifestEntry = z.infer<typeof ManifestEntry>;

/** One level of an artifact's folder tree: a file, or a folder with what it holds in all. */
export const FileNode = z.strictObject({
  name: z.string(),
  path: z.string(),
  kind: z.enum(['file', 'folder']),
  size: ByteCount,
  fileCount: z.number().int().nonnegative(),
  entry: ManifestEntry.nullable(),
});
export type FileNode = z.infer<typeof FileNode>;

export const RegistrySummary = z.strictObject({
  id: RegistryId,
  name: z.string(),
  description: z.string(),
  visibility: Visibility,
  core: z.boolean(),
  /** null accepts every type. */
  acceptedTypes: z.array(z.string()).nullable(),
  glyph: z.string(),
  hue: z.number().int().min(0).max(11),
  protectedAliases: z.array(z.string()),
  reasonRequired: ReasonRequired,
  lifecycle: Lifecycle.nullable(),
  collectionCount: z.number().int().nonnegative(),
  linkCount: z.number().int().nonnegative(),
  /** The effective role of the one who asks. */
  role: Role,
  starred: z.boolean(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type RegistrySummary = z.infer<typeof RegistrySummary>;

export const CollectionSummary = z.strictObject({
  id: CollectionId,
  registryId: RegistryId,
  registry: z.string(),
  name: z.string(),
  type: z.string(),
  tags: z.array(z.string()),
  linkCount: z.number().int().nonnegative(),
  /** What a person chose: every alias of the collection but `latest`, with the number it stands on. */
  aliases: z.array(AliasChip.extend({ index: z.number().int(), linkId: LinkId })),
  latest: z.strictObject({ linkId: LinkId, versionId: VersionId, index: z.number().int(), linkedAt: Timestamp }).nullable(),
  starred: z.boolean(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type CollectionSummary = z.infer<typeof CollectionSummary>;

export const CollectionDetail = CollectionSummary.extend({
  /** The card: Markdown. */
  description: z.string(),
  role: Role,
  protectedAliases: z.array(z.string()),
  reasonRequired: ReasonRequired,
  lifecycle: Lifecycle.nullable(),
});
export type CollectionDetail = z.infer<typeof CollectionDetail>;

export const LinkSummary = z.strictObject({
  id: LinkId,
  registryId: RegistryId,
  registry: z.string(),
  collectionId: CollectionId,
  collection: z.string(),
  /** The number in `vN`, of the collection, not of the source. */
  index: z.number().int().nonnegative(),
  aliases: z.array(AliasChip),
  /** Its lifecycle state; null where the registry defines none. */
  state: z.string().nullable(),
  note: z.string(),
  linkedBy: UserSummary,
  linkedAt: Timestamp,
  version: VersionSummary,
});
export type LinkSummary = z.infer<typeof LinkSummary>;

export const ObjectKind = z.enum([
  'organization', 'team', 'user', 'project', 'run', 'artifact', 'version', 'registry', 'collection', 'link', 'alias', 'api_key', 'settings', 'catalog', 'remote', 'bucket', 'automation',
]);
export type ObjectKind = z.infer<typeof ObjectKind>;

/** A thing that an event, a star or a search result speaks of, with words to show and an address to open. */
export const ObjectRef = z.strictObject({
  kind: ObjectKind,
  id: z.number().int().positive(),
  /** For people: `Models/gemma-finetuned:v3`. */
  label: z.string(),
  /** `vitrine://…`, null when the thing has no place of its own. */
  address: z.string().nullable(),
});
export type ObjectRef = z.infer<typeof ObjectRef>;

export const eventKinds = [
  'catalog.created', 'catalog.migrated', 'catalog.sample_added',
  'project.created',
  'run.created', 'run.updated', 'run.finished', 'run.failed', 'run.crashed', 'run.metric_reached', 'run.resumed', 'run.stop_requested', 'run.alerted', 'run.deleted', 'run.restored',
  'artifact.created', 'artifact.updated', 'artifact.moved', 'artifact.deleted', 'artifact.restored',
  'version.created', 'version.updated', 'version.deleted', 'version.restored', 'version.used', 'integrity.failed',
  'registry.created', 'registry.updated', 'registry.deleted', 'registry.restored',
  'collection.created', 'collection.updated', 'collection.deleted', 'collection.restored',
  'link.created', 'link.removed', 'link.restored', 'link.noted', 'link.promoted',
  'alias.added', 'alias.moved', 'alias.removed', 'lifecycle.state_changed',
  'tag.added', 'tag.removed',
  'lineage.linked', 'lineage.unlinked', 'lineage.imported',
  'project.updated', 'hold.placed', 'hold.released', 'trash.purged',
  'search.saved', 'search.removed', 'import.finished',
  'remote.added', 'remote.updated', 'remote.removed', 'sync.conflicted', 'sync.resolved', 'sync.superseded', 'sync.failed', 'version.fetched', 'version.stored', 'version.freed',
  'bucket.added', 'bucket.updated', 'bucket.removed',
  'api_key.created', 'api_key.revoked',
  'approval.requested', 'approval.granted', 'approval.refused', 'approval.withdrawn', 'approval.delegated', 'approval.reminded', 'approval.commented',
  'automation.created', 'automation.updated', 'automation.removed',
  'settings.changed', 'member.changed', 'user.created', 'user.updated', 'user.removed', 'team.created', 'team.removed',
] as const;
export const EventKind = z.enum(eventKinds);
export type EventKind = z.infer<typeof EventKind>;

export const HistoryEvent = z.strictObject({
  id: EventId,
  /** The first event of the act that it belongs to: what one command did is one act. null in old histories. */
  actId: EventId.nullable(),
  at: Timestamp,
  actor: UserSummary,
  entrance: Entrance,
  kind: EventKind,
  subject: ObjectRef,
  before: z.json(),
  after: z.json(),
  message: z.string().nullable(),
});
export type HistoryEvent = z.infer<typeof HistoryEvent>;

export const TrashItem = z.strictObject({
  id: TrashId,
  object: ObjectRef,
  deletedBy: UserSummary,
  deletedAt: Timestamp,
  expiresAt: Timestamp,
  /** Bytes that purging it alone would free, content that something else still needs not counted. */
  bytesFreed: ByteCount,
  /** What lies in it and comes back with it. */
  versions: z.number().int().nonnegative(),
  links: z.number().int().nonnegative(),
  /** What has to be restored before it, where that is in the trash itself. */
  inside: z.strictObject({ id: TrashId, label: z.string() }).nullable(),
});
export type TrashItem = z.infer<typeof TrashItem>;

/** Something is kept from being deleted and from lapsing: who said so, when and why, and who let it go. */
export const Hold = z.strictObject({
  id: HoldId,
  object: ObjectRef,
  reason: z.string(),
  placedBy: UserSummary,
  placedAt: Timestamp,
  released: z.strictObject({ by: UserSummary, at: Timestamp, reason: z.string() }).nullable(),
});
export type Hold = z.infer<typeof Hold>;

/** A version whose time ends. */
export const LapsingVersion = z.strictObject({
  versionId: VersionId,
  label: z.string(),
  address: z.string().nullable(),
  size: ByteCount,
  days: z.number().int().positive(),
  from: z.enum(['version', 'artifact', 'project']),
  at: Timestamp,
});
export type LapsingVersion = z.infer<typeof LapsingVersion>;

export const DeletionPreview = z.strictObject({
  versions: z.number().int().nonnegative(),
  /** Bytes that the store gets back once the trash has let them go too: each content counted once, and only where nothing else needs it. */
  bytesFreed: ByteCount,
  /** Aliases at the source that go; `latest` isn't named, it moves by itself. */
  aliases: z.array(z.strictObject({ versionId: VersionId, alias: z.string() })),
  links: z.array(LinkMark),
  /** Links whose protected aliases stand against it. */
  protectedBy: z.array(LinkMark),
  /** Holds that stand against it. */
  heldBy: z.array(Hold),
});
export type DeletionPreview = z.infer<typeof DeletionPreview>;

export const ApiKeySummary = z.strictObject({
  id: ApiKeyId,
  name: z.string(),
  user: UserSummary,
  /** The first characters, to recognise it by. */
  hint: z.string(),
  createdAt: Timestamp,
  lastUsedAt: Timestamp.nullable(),
  expiresAt: Timestamp.nullable(),
  revokedAt: Timestamp.nullable(),
  scope: KeyScope.nullable(),
  /** The newest run that was begun with it. */
  lastRunId: RunId.nullable(),
});
export type ApiKeySummary = z.infer<typeof ApiKeySummary>;
