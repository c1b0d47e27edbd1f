/** Where a version stands in a collection: its number there, and the aliases on it, `vN` among them as clients expect. */
import type { AliasChip, CollectionId, LinkId, RegistryId, VersionDetail, VersionId } from '#shared/contract/index.ts';
import { formatVersion } from '#shared/domain/index.ts';
import type { Asking } from '../asking.ts';
import { globalId } from '../ids.ts';
import { connection, whole, type PageArguments } from '../pages.ts';
import { portfolioNode, sequenceNode } from './collections.ts';
import { filesConnection } from './files.ts';
import { registryNameOf } from './projects.ts';
import { artifactNode, artifactNodeOf } from './versions.ts';

export type LinkFacts = {
  readonly linkId: LinkId;
  readonly versionId: VersionId;
  readonly registryId: RegistryId;
  readonly registry: string;
  readonly collectionId: CollectionId;
  readonly collection: string;
  readonly index: number;
  readonly aliases: readonly AliasChip[];
  readonly linkedAt?: string;
};

export type Membership = { readonly versionId: VersionId; readonly node: () => object | Promise<object> };

export function aliasNode(holder: 'artifact' | 'collection', holderId: number, alias: string, collection: () => object): object {
  return { __typename: 'ArtifactAlias', id: globalId('ArtifactAlias', `${holder}:${holderId}:${alias}`), alias, artifactCollection: collection };
}

/** Real aliases, then the number as one. */
export function aliasNames(aliases: readonly AliasChip[], index: number): readonly string[] {
  return [...aliases.map((chip) => chip.name), formatVersion(index)];
}

export function linkMembership(asking: Asking, link: LinkFacts): object {
  const collection = (): object => portfolioNode(asking, { id: link.collectionId, name: link.collection, registryId: link.registryId, registry: link.registry });
  return {
    __typename: 'ArtifactCollectionMembership', id: globalId('ArtifactCollectionMembership', `link-${link.linkId}`), versionIndex: link.index,
    createdAt: async () => link.linkedAt ?? (await asking.ask('links.get', { id: link.linkId })).linkedAt,
    aliases: aliasNames(link.aliases, link.index).map((alias) => aliasNode('collection', link.collectionId, alias, collection)),
    artifactCollection: collection,
    artifact: () => artifactNode(asking, link.versionId),
    files: (args: PageArguments & { readonly names?: readonly string[] | null }) => filesConnection(asking, link.versionId, args),
  };
}

export function sequenceMembership(asking: Asking, version: VersionDetail): object {
  const collection = (): object => sequenceNode(asking, { id: version.artifactId, name: version.artifact, type: version.type, projectId: version.projectId, entity: version.entity, project: version.project });
  return {
    __typename: 'ArtifactCollectionMembership', id: globalId('ArtifactCollectionMembership', `version-${version.id}`), versionIndex: version.index, createdAt: version.createdAt,
    aliases: aliasNames(version.aliases, version.index).map((alias) => aliasNode('artifact', version.artifactId, alias, collection)),
    artifactCollection: collection,
    artifact: () => artifactNodeOf(asking, version),
    files: (args: PageArguments & { readonly names?: readonly string[] | null }) => filesConnection(asking, version.id, args),
  };
}

/** Where a version stands: at its source, then in every collection that links it. */
export function membershipsOf(asking: Asking, version: VersionDetail): object {
  return connection(whole([sequenceMembership(asking, version), ...version.links.map((link) => linkMembership(asking, { ...link, versionId: version.id }))]), (membership) => membership);
}

/** What `collection:alias`, `collection:vN` or `collection` means in a project or registry; null for nothing. */
export async function membershipNamed(asking: Asking, where: { readonly entity: string | null; readonly project: string; readonly text: string }): Promise<Membership | null> {
  if (where.text.length > 400 || where.text.includes('/')) return null;
  const text = where.text.includes(':') ? where.text : `${where.text}:latest`;
  const registry = registryNameOf(where.project);
  const address = registry === null ? `${where.entity === null || where.entity === '' ? (await asking.status()).team.name : where.entity}/${where.project}/${text}` : `wandb-registry-${registry}/${text}`;
  const resolved = await asking.askOrNull('addresses.resolve', { address });
  if (resolved === null || resolved.versionId === null) return null;
  const versionId = resolved.versionId as VersionId;
  const { linkId } = resolved;
  if (linkId !== null) {
    return {
      versionId,
      node: async () => {
        const link = await asking.ask('links.get', { id: linkId as LinkId });
        return linkMembership(asking, { ...link, linkId: link.id, versionId });
      },
    };
  }
  const version = await asking.version(versionId);
  return version === null || version.state !== 'committed' ? null : { versionId, node: () => sequenceMembership(asking, version) };
}
