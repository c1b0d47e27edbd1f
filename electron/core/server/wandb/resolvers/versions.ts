/** Artifact versions. */
import { VitrineError, type RunSummary, type VersionDetail, type VersionId } from '#shared/contract/index.ts';
import { timeToLiveToSeconds } from '#shared/domain/index.ts';
import type { Asking } from '../asking.ts';
import { globalId } from '../ids.ts';
import { connection, pageOf, whole, type PageArguments } from '../pages.ts';
import { filesByEntries, filesConnection, manifestFileNode, type ManifestEntryAsked } from './files.ts';
import { aliasNames, aliasNode, tagNode, typeNode } from './small.ts';

/** A version by id; null where it isn't there, isn't committed, or isn't for the caller. */
export async function artifactNode(asking: Asking, id: VersionId): Promise<object | null> {
  const version = await asking.version(id);
  return version === null || version.state !== 'committed' ? null : asking.nodes.versionOf(version);
}

/** The same where null is no answer. Throws `not_found`. */
export async function artifactNodeOrFail(asking: Asking, id: VersionId): Promise<object> {
  const node = await asking.nodes.version(id);
  if (node === null) throw new VitrineError('not_found', { details: { kind: 'artifact version', label: `with the id ${id}` } });
  return node;
}

/** A committed version of which some is known: the rest is asked for where it is selected, and throws `not_found` there. */
export function artifactNodePartlyKnown(asking: Asking, id: VersionId, facts: Readonly<Record<string, unknown>>): object {
  const known: Readonly<Record<string, unknown>> = { __typename: 'Artifact', id: globalId('Artifact', id), state: 'COMMITTED', ...facts };
  const rest = async (field: string, args: unknown): Promise<unknown> => {
    const value = ((await artifactNodeOrFail(asking, id)) as Readonly<Record<string, unknown>>)[field];
    return typeof value === 'function' ? ((value as (args: unknown) => unknown)(args)) : value;
  };
  return new Proxy(known, { get: (_, field) => (typeof field !== 'string' || field === 'then' || Object.hasOwn(known, field) ? known[field as string] : (args: unknown) => rest(field, args)) });
}

export function artifactNodeOf(asking: Asking, version: VersionDetail): object {
  const sequence = (): object => asking.nodes.sequence({ id: version.artifactId, name: version.artifact, type: version.type, projectId: version.projectId, entity: version.entity, project: version.project });
  return {
    __typename: 'Artifact', id: globalId('Artifact', version.id), artifactSequence: sequence, versionIndex: version.index, artifactType: () => typeNode(version.type, () => Promise.resolve(version.createdAt)),
    description: version.description === '' ? null : version.description, metadata: () => JSON.stringify(version.metadata),
    ttlDurationSeconds: version.ttlDays === null ? timeToLiveToSeconds({ kind: 'off' }) : timeToLiveToSeconds({ kind: 'days', days: version.ttlDays }), ttlIsInherited: version.ttl.kind === 'inherit',
    tags: version.tags.map((tag) => tagNode(tag)), historyStep: version.historyStep, state: 'COMMITTED', size: version.size, digest: version.wandbDigest, digestAlgorithm: 'MANIFEST_MD5', commitHash: version.digest.slice(0, 20), fileCount: version.fileCount,
    createdAt: version.createdAt, updatedAt: version.updatedAt,
    aliases: () => [
      ...aliasNames(version.aliases, version.index).map((alias) => aliasNode('artifact', version.artifactId, alias, sequence)),
      ...version.links.flatMap((link) => {
        const portfolio = (): object => asking.nodes.portfolio({ id: link.collectionId, name: link.collection, registryId: link.registryId, registry: link.registry });
        return aliasNames(link.aliases, link.index).map((alias) => aliasNode('collection', link.collectionId, alias, portfolio));
      }),
    ],
    currentManifest: () => ({ __typename: 'ArtifactManifest', id: globalId('ArtifactManifest', `version-${version.id}`), digest: version.wandbDigest, file: () => manifestFileNode(asking, version) }),
    artifactMemberships: () => asking.nodes.membershipsOf(version),
    createdBy: () => (version.loggedBy === null ? asking.nodes.user(version.createdBy) : asking.nodes.run(version.loggedBy)),
    usedBy: async () => connection(await pageOf<RunSummary>({ first: 10_000 }, (page) => asking.ask('versions.usedBy', { id: version.id, ...page })), (run) => asking.nodes.run(run)),
    files: (args: PageArguments & { readonly names?: readonly string[] | null }) => filesConnection(asking, version.id, args),
    filesByManifestEntries: async (args: { readonly entries?: readonly ManifestEntryAsked[] | null }) => connection(whole(await filesByEntries(asking, version.id, args.entries ?? [])), (file) => file),
  };
}
