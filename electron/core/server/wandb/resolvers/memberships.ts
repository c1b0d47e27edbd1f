/** Where a version stands in a collection: its number there, and the aliases on it, `vN` among them as clients expect. */
import type { LinkId, VersionDetail, VersionId } from '#shared/contract/index.ts';
import type { Asking } from '../asking.ts';
import { globalId } from '../ids.ts';
import { connection, whole, type PageArguments } from '../pages.ts';
import { filesConnection } from './files.ts';
import type { LinkFacts, Membership, MembershipName } from '../nodes.ts';
import { legacyCollection, registryNameOf } from './lookups.ts';
import { aliasNames, aliasNode } from './small.ts';

export function linkMembership(asking: Asking, link: LinkFacts): object {
  const collection = (): object => asking.nodes.portfolio({ id: link.collectionId, name: link.collection, registryId: link.registryId, registry: link.registry });
  return {
    __typename: 'ArtifactCollectionMembership', id: globalId('ArtifactCollectionMembership', `link-${link.linkId}`), versionIndex: link.index,
    createdAt: async () => link.linkedAt ?? (await asking.ask('links.get', { id: link.linkId })).linkedAt,
    aliases: aliasNames(link.aliases, link.index).map((alias) => aliasNode('collection', link.collectionId, alias, collection)),
    artifactCollection: collection,
    artifact: () => asking.nodes.version(link.versionId),
    files: (args: PageArguments & { readonly names?: readonly string[] | null }) => filesConnection(asking, link.versionId, args),
  };
}

export function sequenceMembership(asking: Asking, version: VersionDetail): object {
  const collection = (): object => asking.nodes.sequence({ id: version.artifactId, name: version.artifact, type: version.type, projectId: version.projectId, entity: version.entity, project: version.project });
  return {
    __typename: 'ArtifactCollectionMembership', id: globalId('ArtifactCollectionMembership', `version-${version.id}`), versionIndex: version.index, createdAt: version.createdAt,
    aliases: aliasNames(version.aliases, version.index).map((alias) => aliasNode('artifact', version.artifactId, alias, collection)),
    artifactCollection: collection,
    artifact: () => asking.nodes.versionOf(version),
    files: (args: PageArguments & { readonly names?: readonly string[] | null }) => filesConnection(asking, version.id, args),
  };
}

/** Where a version stands: at its source, then in every collection that links it. */
export function membershipsOf(asking: Asking, version: VersionDetail): object {
  return connection(whole([sequenceMembership(asking, version), ...version.links.map((link) => asking.nodes.link({ ...link, versionId: version.id }))]), (membership) => membership);
}

/** What `collection:alias`, `collection:vN` or `collection` means in a project or registry; null for nothing. */
export async function membershipNamed(asking: Asking, where: MembershipName): Promise<Membership | null> {
  if (where.text.length > 400 || where.text.includes('/')) return null;
  const text = where.text.includes(':') ? where.text : `${where.text}:latest`;
  const moved = await legacyCollection(asking, where.entity, where.project, text.slice(0, text.indexOf(':')));
  const registry = moved === null ? registryNameOf(where.project) : null;
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
        return asking.nodes.link({ ...link, linkId: link.id, versionId });
      },
    };
  }
  const version = await asking.version(versionId);
  return version === null || version.state !== 'committed' ? null : { versionId, node: () => sequenceMembership(asking, version) };
}
