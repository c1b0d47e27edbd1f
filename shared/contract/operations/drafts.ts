/** Versions that are being logged over a wire: invisible until they are committed, under an id that stays the version's. */
import { z } from 'zod';
import { ByteCount, TimeToLive, VersionState } from '../entities.ts';
import { ArtifactId, DraftManifestId, RunId, UploadId, VersionId } from '../ids.ts';
import { defineCommand, defineQuery, ProjectName } from '../operation.ts';

/** Hex MD5 of a file's bytes. */
const Md5 = z.string().regex(/^[0-9a-f]{32}$/);
const ClientId = z.string().min(1).max(256);
const write = ['catalog_read_only', 'disk_full'] as const;

export const ManifestKind = z.enum(['full', 'patch', 'incremental']);
export type ManifestKind = z.infer<typeof ManifestKind>;

export const draftOperations = [
  defineCommand({
    name: 'drafts.create',
    summary: 'Begins to log a version. The same client id answers the same draft; content that equals the artifact’s latest answers that version, with aliases and tags put on it.',
    input: () => z.strictObject({
      project: ProjectName,
      artifact: z.string(),
      type: z.string(),
      runId: RunId.nullish(),
      /** Hex digest of the manifest as the client computes it. */
      wandbDigest: z.string().max(128),
      description: z.string().max(1_000_000).nullish(),
      /** JSON text; bare NaN becomes null, infinities are refused. */
      metadataText: z.string().max(20 * 1024 * 1024).nullish(),
      aliases: z.array(z.string()).max(100).default([]),
      tags: z.array(z.string()).max(100).default([]),
      ttl: TimeToLive.nullish(),
      historyStep: z.number().int().nonnegative().nullish(),
      clientId: ClientId.nullish(),
      sequenceClientId: ClientId.nullish(),
      distributedId: z.string().min(1).max(256).nullish(),
      deduplicate: z.boolean().default(true),
      /** Types and names that the client keeps for its own logging (`job`, `run_table`, `code`, `wandb-…`) pass. */
      reservedNames: z.boolean().default(false),
    }),
    output: () => z.strictObject({
      id: VersionId,
      state: VersionState,
      /** The artifact’s latest version, for the client’s base; null for a new artifact. */
      latestVersionId: VersionId.nullable(),
      artifactId: ArtifactId.nullable(),
    }),
    errors: ['name_invalid', 'type_mismatch', 'not_found', 'permission_denied', 'bad_input', ...write],
    audience: 'member',
  }),
  defineQuery({
    name: 'drafts.get',
    summary: 'One draft of one’s own, open or committed.',
    input: () => z.strictObject({ id: VersionId }),
    output: () => z.strictObject({
      id: VersionId,
      state: z.enum(['open', 'committed', 'abandoned']),
      /** The version it became: its own id, or that of an equal one. */
      versionId: VersionId.nullable(),
      entity: z.string(), project: z.string(), artifact: z.string(), type: z.string(),
      wandbDigest: z.string(),
      manifests: z.array(z.strictObject({ id: DraftManifestId, kind: ManifestKind, name: z.string(), received: z.boolean() })),
    }),
    errors: ['not_found'],
    audience: 'member',
  }),
  defineCommand({
    name: 'drafts.addManifest',
    summary: 'Announces a manifest of a draft: its kind, its base, and (once known) its digest; answers where its bytes may go.',
    input: () => z.strictObject({
      draftId: VersionId,
      name: z.string().min(1).max(512),
      kind: ManifestKind.default('full'),
      baseVersionId: VersionId.nullish(),
      /** Absent while the client doesn’t know it yet; then no upload is answered. */
      md5: Md5.nullish(),
    }),
    output: () => z.strictObject({ manifestId: DraftManifestId, uploadId: UploadId.nullable() }),
    errors: ['not_found', 'version_unavailable', 'bad_input', ...write],
    audience: 'member',
  }),
  defineCommand({
    name: 'drafts.updateManifest',
    summary: 'Gives an announced manifest its digest or base; answers where its bytes may go.',
    input: () => z.strictObject({ manifestId: DraftManifestId, md5: Md5.nullish(), baseVersionId: VersionId.nullish() }),
    output: () => z.strictObject({ draftId: VersionId, manifestId: DraftManifestId, uploadId: UploadId.nullable() }),
    errors: ['not_found', 'version_unavailable', 'bad_input', ...write],
    audience: 'member',
  }),
  defineCommand({
    name: 'drafts.planFiles',
    summary: 'For each file in order: whether its bytes are here already, or where they may go.',
    input: () => z.strictObject({
      files: z.array(z.strictObject({
        draftId: VersionId,
        path: z.string().max(5000),
        md5: Md5,
        size: ByteCount.nullish(),
        parts: z.array(z.strictObject({ number: z.number().int().min(1).max(10_000), md5: Md5 })).max(10_000).nullish(),
      })).min(1).max(20_000),
    }),
    output: () => z.strictObject({
      files: z.array(z.strictObject({
        draftId: VersionId,
        path: z.string(),
        /** null: the bytes are here, nothing is to be sent. */
        uploadId: UploadId.nullable(),
        /** The numbers of the parts it may be sent in; null: in one piece. */
        parts: z.array(z.number().int()).nullable(),
      })),
    }),
    errors: ['not_found', 'version_unavailable', 'path_invalid', 'bad_input', ...write],
    audience: 'member',
  }),
  defineCommand({
    name: 'drafts.completeParts',
    summary: 'Joins the parts of an upload, or lets go of them.',
    input: () => z.strictObject({ uploadId: UploadId, action: z.enum(['complete', 'abort']) }),
    output: () => z.strictObject({ md5: Md5.nullable() }),
    errors: ['not_found', 'object_missing', 'bad_input', 'store_read_only', ...write],
    audience: 'member',
    long: true,
  }),
  defineCommand({
    name: 'drafts.commit',
    summary: 'Makes the draft a version: its manifests are read, every file is held against what came, digest, number and aliases are given.',
    input: () => z.strictObject({ id: VersionId }),
    output: () => z.strictObject({
      versionId: VersionId,
      artifactId: ArtifactId,
      index: z.number().int(),
      digest: z.string(),
      wandbDigest: z.string(),
      size: ByteCount,
      fileCount: z.number().int(),
      /** false when the content equals the latest version, which is then the one answered. */
      created: z.boolean(),
    }),
    errors: ['not_found', 'version_unavailable', 'bad_input', 'path_invalid', 'object_missing', 'name_invalid', 'type_mismatch', 'permission_denied', ...write],
    audience: 'member',
    long: true,
  }),
  defineCommand({
    name: 'drafts.abandon',
    summary: 'Lets go of a draft; bytes that only it had are collected later.',
    input: () => z.strictObject({ id: VersionId }),
    output: () => z.strictObject({}),
    errors: ['not_found', ...write],
    audience: 'member',
  }),
  defineQuery({
    name: 'clientIds.resolve',
    summary: 'What a client’s own id stands for: a version, or an artifact.',
    input: () => z.strictObject({ clientId: ClientId }),
    output: () => z.strictObject({ kind: z.enum(['version', 'artifact']), id: z.number().int().positive(), pending: z.boolean() }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'versions.wandbManifest',
    summary: 'The manifest of a version in W&B’s form, as the client wrote it but for its own paths.',
    input: () => z.strictObject({
      id: VersionId,
      /** What stands as `birthArtifactID` where the client wrote none. */
      birthArtifactId: z.string().max(512).optional(),
    }),
    output: () => z.strictObject({ text: z.string(), /** Hex. */ md5: Md5 }),
    errors: ['not_found', 'object_missing', 'object_damaged'],
    audience: 'viewer',
    long: true,
  }),
] as const;
