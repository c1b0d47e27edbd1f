/** Projects: the teams' own, and registries, which this protocol addresses as projects of the organization. */
import type { ArtifactSummary, OutputOf, ProjectId, ProjectSummary, RegistryMember, RegistrySummary } from '#shared/contract/index.ts';
import { nameKey, registryProjectName } from '#shared/domain/index.ts';
import type { Asking } from '../asking.ts';
import { collectionField, filterOf, namedSortOf, runField, runSortOf } from '../filters.ts';
import { globalId } from '../ids.ts';
import { connection, pageOf, slice, whole, type PageArguments } from '../pages.ts';
import type { ProjectFacts, RegistryFacts } from '../nodes.ts';
import { legacyCollection, legacyProject, registryIn, registryNameOf, sourceProjectNamed } from './lookups.ts';
import { textOrNull, typeNode } from './small.ts';

type ListArguments = PageArguments & { readonly filters?: string | null; readonly order?: string | null };

/** A project or a registry by the name of its team or organization; null where there is none for the caller. */
export async function projectNamed(asking: Asking, entity: string | null, name: string): Promise<object | null> {
  const registryName = registryNameOf(name);
  if (registryName !== null) {
    const registry = await registryIn(asking, entity, registryName);
    if (registry === null) return null;
    return name === legacyProject ? registryNode(asking, registry, { entity }) : asking.nodes.registry(registry);
  }
  const project = await sourceProjectNamed(asking, entity, name);
  return project === null ? null : asking.nodes.project(project);
}

export function sourceProjectNode(asking: Asking, facts: ProjectFacts & Partial<ProjectSummary>): object {
  const detail = async (): Promise<ProjectSummary> => (facts.updatedAt === undefined ? asking.ask('projects.get', { id: facts.id }) : (facts as ProjectSummary));
  const address = { entity: facts.entity, project: facts.name };
  const run = async (args: { readonly name: string }): Promise<object | null> => {
    const found = await asking.askOrNull('runs.get', { ...address, runId: args.name });
    return found === null ? null : asking.nodes.run(found);
  };
  return {
    __typename: 'Project', id: globalId('Project', facts.id), internalId: globalId('ProjectInternalId', facts.id), name: facts.name, entityName: facts.entity,
    entity: () => teamOf(asking, facts.entity),
    description: async () => textOrNull((await detail()).description), access: 'PRIVATE', views: null, createdAt: async () => (await detail()).createdAt, updatedAt: async () => (await detail()).updatedAt,
    readOnly: false, isBenchmark: false, user: async () => asking.nodes.user((await asking.status()).user), allowAllArtifactTypesInRegistry: false, repo: null, dockerImage: null, members: [], teamMembers: [],
    run, bucket: run,
    runCount: async (args: { readonly filters?: string | null }) => (await runsPage(asking, facts.id, { ...args, first: 1 })).total,
    runs: async (args: ListArguments) => connection(await runsPage(asking, facts.id, args), (one) => asking.nodes.run(one)),
    artifact: async (args: { readonly name: string }) => {
      const membership = await asking.nodes.membershipNamed({ ...address, text: args.name });
      return membership === null ? null : asking.nodes.version(membership.versionId);
    },
    artifactCollectionMembership: async (args: { readonly name: string }) => (await asking.nodes.membershipNamed({ ...address, text: args.name }))?.node() ?? null,
    artifactType: async (args: { readonly name: string }) => {
      const types = await asking.ask('artifacts.types', { projectId: facts.id });
      return types.items.some((one) => one.type === args.name) ? sourceTypeNode(asking, facts, args.name, detail) : null;
    },
    artifactTypes: async (args: PageArguments) => connection(slice((await asking.ask('artifacts.types', { projectId: facts.id })).items, args), (one) => sourceTypeNode(asking, facts, one.type, detail)),
    artifactCollection: async (args: { readonly name: string }) => {
      const artifact = await asking.askOrNull('artifacts.get', { ...address, name: args.name });
      return artifact === null ? null : asking.nodes.sequence(artifact, artifact);
    },
    artifactCollections: async (args: ListArguments) => connection(await sequencesPage(asking, facts.id, null, args), (artifact) => asking.nodes.sequence(artifact, artifact)),
  };
}

async function teamOf(asking: Asking, name: string): Promise<object> {
  const { team } = await asking.status();
  return asking.nodes.team(nameKey(team.name) === nameKey(name) ? team : await asking.ask('teams.get', { name }));
}

async function runsPage(asking: Asking, projectId: ProjectId, args: ListArguments) {
  const filter = filterOf(args.filters, runField);
  return pageOf(args, (page) => asking.ask('runs.list', { projectId, ...(filter === undefined ? {} : { filter: filter as never }), ...runSortOf(args.order), ...page }));
}

async function sequencesPage(asking: Asking, projectId: ProjectId, type: string | null, args: ListArguments) {
  const filter = filterOf(args.filters, collectionField);
  return pageOf<ArtifactSummary>(args, (page) => asking.ask('artifacts.list', { projectId, ...(type === null ? {} : { type }), ...(filter === undefined ? {} : { filter: filter as never }), sort: 'name', direction: 'ascending', ...namedSortOf(args.order), ...page }));
}

function sourceTypeNode(asking: Asking, project: ProjectFacts, type: string, detail: () => Promise<ProjectSummary>): object {
  const collection = async (args: { readonly name: string }): Promise<object | null> => {
    const artifact = await asking.askOrNull('artifacts.get', { entity: project.entity, project: project.name, name: args.name });
    return artifact === null || artifact.type !== type ? null : asking.nodes.sequence(artifact, artifact);
  };
  return {
    ...typeNode(type, async () => (await detail()).createdAt),
    artifactCollection: collection, artifactSequence: collection,
    artifactCollections: async (args: ListArguments) => connection(await sequencesPage(asking, project.id, type, args), (artifact) => asking.nodes.sequence(artifact, artifact)),
    artifact: async (args: { readonly name: string }) => {
      const membership = await asking.nodes.membershipNamed({ entity: project.entity, project: project.name, text: args.name });
      return membership === null ? null : asking.nodes.version(membership.versionId);
    },
  };
}

/** `old`: asked for as a team’s registry of old, whose entries may have been brought elsewhere. */
export function registryNode(asking: Asking, facts: RegistryFacts & Partial<RegistrySummary>, old?: { readonly entity: string | null }): object {
  const detail = async (): Promise<RegistrySummary> => (facts.updatedAt === undefined ? asking.ask('registries.get', { id: facts.id }) : (facts as RegistrySummary));
  const projectName = registryProjectName(facts.name);
  const place = old === undefined ? { entity: null, project: projectName } : { entity: old.entity, project: legacyProject };
  const members = async (): Promise<readonly RegistryMember[]> => (await asking.ask('registries.members', { registryId: facts.id })).items;
  const collection = async (args: { readonly name: string }): Promise<object | null> => {
    const moved = old === undefined ? null : await legacyCollection(asking, old.entity, legacyProject, args.name);
    const found = moved ?? (await asking.askOrNull('collections.get', { registry: facts.name, name: args.name }));
    return found === null ? null : asking.nodes.portfolio(found, found);
  };
  const collections = (type: string | null) => async (args: ListArguments): Promise<object> => {
    const filter = filterOf(args.filters, collectionField);
    const page = await pageOf(args, (asked) => asking.ask('collections.list', { registryId: facts.id, ...(type === null ? {} : { type }), ...(filter === undefined ? {} : { filter: filter as never }), ...namedSortOf(args.order), ...asked }));
    return connection(page, (one) => asking.nodes.portfolio(one, one));
  };
  const type = (name: string): object => ({
    ...typeNode(name, async () => (await detail()).createdAt),
    artifactCollection: collection, artifactSequence: null, artifactCollections: collections(name),
    artifact: async (args: { readonly name: string }) => {
      const membership = await asking.nodes.membershipNamed({ ...place, text: args.name });
      return membership === null ? null : asking.nodes.version(membership.versionId);
    },
  });
  return {
    __typename: 'Project', id: globalId('Registry', facts.id), internalId: globalId('ProjectInternalId', facts.id), name: projectName,
    entityName: async () => (await asking.status()).organization.name, entity: async () => asking.nodes.organizationEntity(await asking.status()),
    description: async () => textOrNull((await detail()).description), access: async () => accessOf((await detail()).visibility), views: null, createdAt: async () => (await detail()).createdAt, updatedAt: async () => (await detail()).updatedAt,
    readOnly: async () => !['member', 'admin'].includes((await detail()).role), isBenchmark: false, user: async () => asking.nodes.user((await asking.status()).user), repo: null, dockerImage: null,
    allowAllArtifactTypesInRegistry: async () => (await detail()).acceptedTypes === null,
    run: null, bucket: null, runCount: 0, runs: connection(whole([]), () => null),
    artifact: async (args: { readonly name: string }) => {
      const membership = await asking.nodes.membershipNamed({ ...place, text: args.name });
      return membership === null ? null : asking.nodes.version(membership.versionId);
    },
    artifactCollectionMembership: async (args: { readonly name: string }) => (await asking.nodes.membershipNamed({ ...place, text: args.name }))?.node() ?? null,
    artifactCollection: collection, artifactCollections: collections(null),
    artifactType: (args: { readonly name: string }) => type(args.name),
    artifactTypes: async (args: PageArguments) => connection(slice(await asking.typesOf(await detail()), args), type),
    members: async () => (await members()).flatMap(({ holder, role }) => (holder.kind === 'user' ? [{ id: globalId('User', holder.user.id), name: holder.user.displayName, username: holder.user.username, email: holder.email, role: { name: role } }] : [])),
    teamMembers: async () => (await members()).flatMap(({ holder, role }) => (holder.kind === 'team' ? [{ team: asking.nodes.team(holder), role: { name: role } }] : [])),
  };
}

/** A registry for the whole organization is a “private” project in this protocol. */
export function accessOf(visibility: OutputOf<'registries.get'>['visibility']): string {
  return visibility === 'organization' ? 'PRIVATE' : 'RESTRICTED';
}
