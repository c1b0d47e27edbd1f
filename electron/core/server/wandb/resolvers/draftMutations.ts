/** Logging an artifact: draft, manifest, files, commit; and noting that a run used one. */
import { VitrineError, type ManifestKind, type VersionId } from '#shared/contract/index.ts';
import { latestAlias, timeToLiveFromSeconds } from '#shared/domain/index.ts';
import type { Asking } from '../asking.ts';
import { md5FromWire } from '../digests.ts';
import { globalId, localId, localIdOrNull } from '../ids.ts';
import { connection, whole } from '../pages.ts';
import { uploadFileNode } from './files.ts';
import { refuseRegistry, runAt } from './runMutations.ts';
import { teamNameOf } from './lookups.ts';
import { artifactNodeOrFail, artifactNodePartlyKnown } from './versions.ts';

type CreateInput = {
  readonly entityName: string; readonly projectName: string; readonly runName?: string | null; readonly description?: string | null; readonly artifactCollectionName?: string | null; readonly artifactCollectionNames?: readonly string[] | null;
  readonly artifactTypeName: string; readonly digest: string; readonly digestAlgorithm: string; readonly metadata?: string | null; readonly aliases?: readonly { readonly alias: string }[] | null; readonly tags?: readonly { readonly tagName: string }[] | null;
  readonly ttlDurationSeconds?: number | null; readonly historyStep?: number | null; readonly enableDigestDeduplication?: boolean | null; readonly distributedID?: string | null; readonly clientID?: string | null; readonly sequenceClientID?: string | null;
};

export async function createArtifact(asking: Asking, input: CreateInput): Promise<object> {
  refuseRegistry(input.projectName);
  if (input.digestAlgorithm !== 'MANIFEST_MD5') throw new VitrineError('not_offered', { details: { explanation: 'Vitrine does not offer digests by XXH128 (createArtifact): use the standard algorithm, MD5.' } });
  const name = input.artifactCollectionName ?? input.artifactCollectionNames?.[0];
  if (name === null || name === undefined) throw new VitrineError('bad_input', { details: { explanation: 'The artifact has no name (artifactCollectionName).' } });
  const entity = await teamNameOf(asking, input.entityName);
  const runId = input.runName === null || input.runName === undefined || input.runName === '' ? null : await runAt(asking, { entityName: entity, projectName: input.projectName, runName: input.runName });
  const draft = await asking.tell('drafts.create', {
    project: { entity, name: input.projectName }, artifact: name, type: input.artifactTypeName, runId, wandbDigest: input.digest, description: input.description ?? null, metadataText: input.metadata ?? null,
    aliases: [...new Set((input.aliases ?? []).map((one) => one.alias))].filter((alias) => alias !== latestAlias), tags: (input.tags ?? []).map((tag) => tag.tagName),
    ttl: input.ttlDurationSeconds === null || input.ttlDurationSeconds === undefined ? null : timeToLiveFromSeconds(input.ttlDurationSeconds),
    historyStep: input.historyStep === null || input.historyStep === undefined || input.historyStep < 0 ? null : input.historyStep, clientId: orNull(input.clientID), sequenceClientId: orNull(input.sequenceClientID), distributedId: orNull(input.distributedID),
    deduplicate: input.enableDigestDeduplication ?? false, reservedNames: true,
  });
  return {
    artifact: {
      __typename: 'Artifact', ...(draft.state === 'committed' ? ((await asking.nodes.version(draft.id)) ?? {}) : {}), id: globalId('Artifact', draft.id), state: draft.state === 'committed' ? 'COMMITTED' : 'PENDING', digest: input.digest,
      artifactSequence: {
        __typename: 'ArtifactSequence', id: globalId('ArtifactSequence', draft.artifactId ?? `new-${draft.id}`), name, state: 'READY',
        latestArtifact: () => (draft.latestVersionId === null ? null : asking.nodes.version(draft.latestVersionId)),
      },
    },
  };
}

function orNull(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

const kinds: Readonly<Record<string, ManifestKind>> = { FULL: 'full', PATCH: 'patch', INCREMENTAL: 'incremental' };

export async function createArtifactManifest(asking: Asking, input: { readonly artifactID: string; readonly baseArtifactID?: string | null; readonly name: string; readonly digest: string; readonly type?: string | null }): Promise<object> {
  const draftId = localId<VersionId>(input.artifactID, 'Artifact');
  const added = await asking.tell('drafts.addManifest', {
    draftId, name: input.name, kind: kinds[input.type ?? 'FULL'] ?? 'full', ...(input.digest === '' ? {} : { md5: md5FromWire(input.digest, input.name) }),
    ...(input.baseArtifactID === null || input.baseArtifactID === undefined || input.baseArtifactID === '' ? {} : { baseVersionId: localId<VersionId>(input.baseArtifactID, 'Artifact') }),
  });
  return { artifactManifest: manifestNode(asking, added.manifestId, added.uploadId, input.name, input.digest) };
}

export async function updateArtifactManifest(asking: Asking, input: { readonly artifactManifestID: string; readonly digest?: string | null; readonly baseArtifactID?: string | null }): Promise<object> {
  const updated = await asking.tell('drafts.updateManifest', {
    manifestId: localId(input.artifactManifestID, 'ArtifactManifest'), ...(input.digest === null || input.digest === undefined || input.digest === '' ? {} : { md5: md5FromWire(input.digest, 'the manifest') }),
    ...(input.baseArtifactID === null || input.baseArtifactID === undefined || input.baseArtifactID === '' ? {} : { baseVersionId: localId<VersionId>(input.baseArtifactID, 'Artifact') }),
  });
  return { artifactManifest: manifestNode(asking, updated.manifestId, updated.uploadId, 'wandb_manifest.json', input.digest ?? '') };
}

function manifestNode(asking: Asking, manifestId: number, uploadId: number | null, name: string, digest: string): object {
  return { __typename: 'ArtifactManifest', id: globalId('ArtifactManifest', manifestId), digest, file: uploadFileNode(asking, { name, uploadId, parts: null, artifact: null }) };
}

type FileSpec = { readonly artifactID: string; readonly name: string; readonly md5: string; readonly uploadPartsInput?: readonly { readonly partNumber: number; readonly hexMD5: string }[] | null };

export async function createArtifactFiles(asking: Asking, input: { readonly artifactFiles: readonly FileSpec[] }): Promise<object> {
  if (input.artifactFiles.length === 0) return { files: connection(whole([]), () => null) };
  const { files } = await asking.tell('drafts.planFiles', {
    files: input.artifactFiles.map((file) => ({
      draftId: localId<VersionId>(file.artifactID, 'Artifact'), path: file.name, md5: md5FromWire(file.md5, file.name),
      parts: file.uploadPartsInput === null || file.uploadPartsInput === undefined || file.uploadPartsInput.length === 0 ? null : file.uploadPartsInput.map((part) => ({ number: part.partNumber, md5: part.hexMD5.toLowerCase() })),
    })),
  });
  return { files: connection(whole(files), (file) => uploadFileNode(asking, { name: file.path, uploadId: file.uploadId, parts: file.parts, artifact: { __typename: 'Artifact', id: globalId('Artifact', file.draftId) } })) };
}

export async function completeMultipartUploadArtifact(asking: Asking, input: { readonly uploadID: string; readonly completeMultipartAction: string }): Promise<object> {
  const done = await asking.tell('drafts.completeParts', { uploadId: localId(input.uploadID, 'Upload'), action: input.completeMultipartAction === 'Abort' ? 'abort' : 'complete' });
  return { digest: done.md5 };
}

export async function commitArtifact(asking: Asking, input: { readonly artifactID: string }): Promise<object> {
  const committed = await asking.tell('drafts.commit', { id: localId<VersionId>(input.artifactID, 'Artifact') });
  return { artifact: artifactNodePartlyKnown(asking, committed.versionId, { digest: committed.wandbDigest }) };
}

export async function clientIdMapping(asking: Asking, clientId: string): Promise<object | null> {
  if (clientId === '' || clientId.length > 256) return null;
  const found = await asking.askOrNull('clientIds.resolve', { clientId });
  return found === null ? null : { serverID: globalId(found.kind === 'version' ? 'Artifact' : 'ArtifactSequence', found.id) };
}

export async function useArtifact(asking: Asking, input: { readonly entityName: string; readonly projectName: string; readonly runName: string; readonly artifactID: string; readonly usedAs?: string | null }): Promise<object> {
  const runId = await runAt(asking, input);
  const id = localId<VersionId>(input.artifactID, 'Artifact');
  await asking.tell('runs.use', { id: runId, versionIds: [id], ...(input.usedAs === null || input.usedAs === undefined || input.usedAs === '' ? {} : { usedAs: input.usedAs }) });
  return { artifact: await artifactNodeOrFail(asking, id) };
}

/** The version that an artifact's own id or the id that the client gave it means. */
export async function versionIdOf(asking: Asking, input: { readonly artifactID?: string | null; readonly clientID?: string | null }): Promise<VersionId> {
  if (input.artifactID !== null && input.artifactID !== undefined) return localId<VersionId>(input.artifactID, 'Artifact');
  const known = input.clientID === null || input.clientID === undefined ? null : await clientIdMapping(asking, input.clientID);
  const id = known === null ? null : localIdOrNull((known as { readonly serverID: string }).serverID, 'Artifact');
  if (id === null) throw new VitrineError('not_found', { details: { kind: 'artifact version', label: 'with that client id' } });
  return id as VersionId;
}
