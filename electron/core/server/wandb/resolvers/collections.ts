/** Collections of both sides: an artifact is a sequence, a registry's collection is a portfolio. */
import type { ArtifactSummary, CollectionDetail, CollectionSummary } from '#shared/contract/index.ts';
import { registryProjectName } from '#shared/domain/index.ts';
import type { Asking } from '../asking.ts';
import { filterOf, versionField, versionSortOf } from '../filters.ts';
import { globalId } from '../ids.ts';
import { connection, pageOf, slice, type PageArguments } from '../pages.ts';
import type { PortfolioFacts, SequenceFacts } from '../nodes.ts';
import { aliasNode, tagNode, textOrNull, typeNode } from './small.ts';

type VersionArguments = PageArguments & { readonly filters?: string | null; readonly order?: string | null };

/** An artifact. `known` saves the question where its details are at hand. */
export function sequenceNode(asking: Asking, facts: SequenceFacts, known?: ArtifactSummary): object {
  const detail = async (): Promise<ArtifactSummary> => known ?? (await asking.ask('artifacts.get', { id: facts.id }));
  const self = (): object => asking.nodes.sequence(facts, known);
  return {
    __typename: 'ArtifactSequence', id: globalId('ArtifactSequence', facts.id), name: facts.name, state: 'READY', digestAlgorithm: 'MANIFEST_MD5',
    description: async () => textOrNull((await detail()).description), createdAt: async () => (await detail()).createdAt, updatedAt: async () => (await detail()).updatedAt,
    project: () => asking.nodes.project({ id: facts.projectId, entity: facts.entity, name: facts.project }),
    defaultArtifactType: () => typeNode(facts.type, async () => (await detail()).createdAt),
    tags: async () => connection({ items: (await detail()).tags, nextCursor: null, total: 0 }, (tag) => tagNode(tag)),
    aliases: async (args: PageArguments) => {
      const versions = await pageOf({ first: 10_000 }, (page) => asking.ask('versions.list', { artifactId: facts.id, sort: 'index', direction: 'descending', ...page }));
      return connection(slice(versions.items.flatMap((version) => [...version.aliases.map((chip) => chip.name), `v${version.index}`]), args), (alias) => aliasNode('artifact', facts.id, alias, self));
    },
    artifacts: async (args: VersionArguments) => {
      const filter = filterOf(args.filters, versionField);
      const page = await pageOf(args, (asked) => asking.ask('versions.list', { artifactId: facts.id, ...(filter === undefined ? {} : { filter: filter as never }), sort: 'index', direction: 'descending', ...versionSortOf(args.order), ...asked }));
      return connection(page, (version) => asking.nodes.version(version.id), (version) => ({ version: `v${version.index}` }));
    },
    artifactMembership: async (args: { readonly aliasName: string }) => (await asking.nodes.membershipNamed({ entity: facts.entity, project: facts.project, text: `${facts.name}:${args.aliasName}` }))?.node() ?? null,
    latestArtifact: async () => {
      const { latest } = await detail();
      return latest === null ? null : asking.nodes.version(latest.id);
    },
  };
}

export function portfolioNode(asking: Asking, facts: PortfolioFacts, known?: CollectionSummary & Partial<CollectionDetail>): object {
  const detail = async (): Promise<CollectionSummary> => known ?? (await card());
  const card = async (): Promise<CollectionDetail> => {
    if (known?.description !== undefined) return known as CollectionDetail;
    return (await asking.collection(facts.id)) ?? (await asking.ask('collections.get', { id: facts.id }));
  };
  const self = (): object => asking.nodes.portfolio(facts, known);
  return {
    __typename: 'ArtifactPortfolio', id: globalId('ArtifactPortfolio', facts.id), name: facts.name, state: 'READY',
    description: async () => textOrNull((await card()).description), createdAt: async () => (await detail()).createdAt, updatedAt: async () => (await detail()).updatedAt,
    project: () => asking.nodes.registry({ id: facts.registryId, name: facts.registry }),
    defaultArtifactType: async () => typeNode((await detail()).type, async () => (await detail()).createdAt),
    tags: async () => connection({ items: (await detail()).tags, nextCursor: null, total: 0 }, (tag) => tagNode(tag)),
    aliases: async (args: PageArguments) => {
      const links = await pageOf({ first: 10_000 }, (page) => asking.ask('links.list', { collectionId: facts.id, ...page }));
      return connection(slice(links.items.flatMap((link) => [...link.aliases.map((chip) => chip.name), `v${link.index}`]), args), (alias) => aliasNode('collection', facts.id, alias, self));
    },
    artifacts: async (args: VersionArguments) => {
      const versionFilter = filterOf(args.filters, versionField);
      const page = versionFilter === undefined
        ? await pageOf(args, (asked) => asking.ask('links.list', { collectionId: facts.id, ...linkSortOf(args.order), ...asked }))
        : await pageOf(args, (asked) => asking.ask('links.find', { registryFilter: { id: facts.registryId }, collectionFilter: { name: facts.name }, versionFilter: versionFilter as never, ...asked }));
      return connection(page, (link) => asking.nodes.version(link.version.id), (link) => ({ version: `v${link.index}` }));
    },
    artifactMembership: async (args: { readonly aliasName: string }) => (await asking.nodes.membershipNamed({ entity: null, project: registryProjectName(facts.registry), text: `${facts.name}:${args.aliasName}` }))?.node() ?? null,
  };
}

function linkSortOf(order: string | null | undefined): { readonly sort?: 'index' | 'linked' | 'size' | 'created'; readonly direction?: 'ascending' | 'descending' } {
  const asked = versionSortOf(order);
  return asked === null ? {} : { sort: asked.sort === 'updated' ? 'linked' : asked.sort, direction: asked.direction };
}

