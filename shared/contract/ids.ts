import { z } from 'zod';

/**
 * Local identities: positive integers given once by a catalog and never again, not after a deletion. They mean nothing outside of
 * their catalog; across catalogs things are known by name, number and digest.
 */
const id = () => z.number().int().positive();

export const OrganizationId = id().brand<'OrganizationId'>();
export type OrganizationId = z.infer<typeof OrganizationId>;
export const TeamId = id().brand<'TeamId'>();
export type TeamId = z.infer<typeof TeamId>;
export const UserId = id().brand<'UserId'>();
export type UserId = z.infer<typeof UserId>;
export const ProjectId = id().brand<'ProjectId'>();
export type ProjectId = z.infer<typeof ProjectId>;
export const RunId = id().brand<'RunId'>();
export type RunId = z.infer<typeof RunId>;
export const ArtifactId = id().brand<'ArtifactId'>();
export type ArtifactId = z.infer<typeof ArtifactId>;
export const VersionId = id().brand<'VersionId'>();
export type VersionId = z.infer<typeof VersionId>;
export const RegistryId = id().brand<'RegistryId'>();
export type RegistryId = z.infer<typeof RegistryId>;
export const CollectionId = id().brand<'CollectionId'>();
export type CollectionId = z.infer<typeof CollectionId>;
export const LinkId = id().brand<'LinkId'>();
export type LinkId = z.infer<typeof LinkId>;
export const EventId = id().brand<'EventId'>();
export type EventId = z.infer<typeof EventId>;
export const UndoId = id().brand<'UndoId'>();
export type UndoId = z.infer<typeof UndoId>;
export const ApiKeyId = id().brand<'ApiKeyId'>();
export type ApiKeyId = z.infer<typeof ApiKeyId>;
export const TrashId = id().brand<'TrashId'>();
export type TrashId = z.infer<typeof TrashId>;
/** A version being logged has the id that it keeps once committed, so drafts go by `VersionId`; their manifests and uploads have ids of their own. */
export const DraftManifestId = id().brand<'DraftManifestId'>();
export type DraftManifestId = z.infer<typeof DraftManifestId>;
export const UploadId = id().brand<'UploadId'>();
export type UploadId = z.infer<typeof UploadId>;
export const HoldId = id().brand<'HoldId'>();
export type HoldId = z.infer<typeof HoldId>;
export const SavedSearchId = id().brand<'SavedSearchId'>();
export type SavedSearchId = z.infer<typeof SavedSearchId>;
export const RemoteId = id().brand<'RemoteId'>();
export type RemoteId = z.infer<typeof RemoteId>;
export const BucketId = id().brand<'BucketId'>();
export type BucketId = z.infer<typeof BucketId>;
/** One change that a remote is still to be told. */
export const OutboxId = id().brand<'OutboxId'>();
export type OutboxId = z.infer<typeof OutboxId>;
export const ConflictId = id().brand<'ConflictId'>();
export type ConflictId = z.infer<typeof ConflictId>;
/** One thing that a push changed at a remote. */
export const SentId = id().brand<'SentId'>();
export type SentId = z.infer<typeof SentId>;
export const AutomationId = id().brand<'AutomationId'>();
export type AutomationId = z.infer<typeof AutomationId>;
export const DeliveryId = id().brand<'DeliveryId'>();
export type DeliveryId = z.infer<typeof DeliveryId>;
export const ApprovalId = id().brand<'ApprovalId'>();
export type ApprovalId = z.infer<typeof ApprovalId>;
