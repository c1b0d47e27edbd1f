/** People, teams and the organization. */
import type { OutputOf, UserSummary } from '#shared/contract/index.ts';
import { nameKey } from '#shared/domain/index.ts';
import type { Asking } from '../asking.ts';
import { filterOf, collectionField, namedSortOf, versionField } from '../filters.ts';
import { globalId } from '../ids.ts';
import { connection, pageOf, slice, whole, type PageArguments } from '../pages.ts';
import { isOrganization } from './lookups.ts';

type ListArguments = PageArguments & { readonly filters?: string | null; readonly order?: string | null };
type Status = OutputOf<'catalog.status'>;

export function userNode(asking: Asking, user: UserSummary): object {
  const detail = () => asking.ask('users.get', { id: user.id });
  return {
    __typename: 'User', id: globalId('User', user.id), name: user.displayName, username: user.username, flags: '{}', deletedAt: async () => (await detail()).removedAt,
    email: async () => (await detail()).email, admin: async () => (await detail()).role === 'admin', entity: async () => (await asking.status()).team.name,
    apiKeys: async () => connection(whole((await asking.ask('keys.list', { userId: user.id })).items.filter((key) => key.revokedAt === null)), (key) => ({ id: globalId('ApiKey', key.id), name: key.name, description: key.name })),
    teams: async () => connection(whole((await detail()).teams), (team) => ({ __typename: 'Entity', name: team.name, id: globalId('Entity', team.id) })),
    organizations: async () => [organizationNode(asking, await asking.status())],
    projects: async (args: PageArguments) => connection(await pageOf(args, (page) => asking.ask('projects.list', page)), (project) => asking.nodes.project(project)),
  };
}

export async function viewerNode(asking: Asking): Promise<object> {
  const { user } = await asking.status();
  return asking.nodes.user(user);
}

export async function usersMatching(asking: Asking, text: string | null): Promise<object> {
  const { items } = await asking.ask('users.list', text === null || text === '' ? {} : { text: text.slice(0, 320) });
  return connection(whole(items.filter((user) => user.removedAt === null)), (user) => asking.nodes.user(user));
}

/** A team, the organization, or a person by name; null for none. Without a name, the catalog's own team. */
export async function entityNamed(asking: Asking, name: string | null): Promise<object | null> {
  const status = await asking.status();
  if (name === null || name === '' || nameKey(name) === nameKey(status.team.name)) return asking.nodes.team(status.team);
  if (isOrganization(status, name)) return asking.nodes.organizationEntity(status);
  if (name.length > 256) return null;
  const team = await asking.askOrNull('teams.get', { name });
  if (team !== null) return asking.nodes.team(team);
  const user = name.length > 128 ? null : await asking.askOrNull('users.get', { username: name });
  return user === null ? null : { ...commonEntity(asking, name), __typename: 'Entity', id: globalId('Entity', `user-${user.id}`), isTeam: false, entityType: 'user', organization: null, user: asking.nodes.user(user), members: [] };
}

/** By the name that is shown, or by the name of its entity, which is the same here. */
export async function organizationNamed(asking: Asking, name: string): Promise<object | null> {
  const status = await asking.status();
  return isOrganization(status, name) ? organizationNode(asking, status) : null;
}

function organizationNode(asking: Asking, status: Status): object {
  return {
    __typename: 'Organization', id: globalId('Organization', status.organization.id), name: status.organization.name, orgEntity: () => asking.nodes.organizationEntity(status),
    coreWeaveOrganizationId: null, advancedRegistryFeatures: { advancedSearch: false }, featureFlags: [],
  };
}

export function organizationEntityNode(asking: Asking, status: Status): object {
  return {
    ...commonEntity(asking, status.organization.name), __typename: 'Entity', id: globalId('OrganizationEntity', status.organization.id), isTeam: false, entityType: 'organization', user: null,
    organization: () => organizationNode(asking, status),
    members: async () => (await asking.ask('users.list', {})).items.filter((user) => user.removedAt === null).map((user) => ({ id: globalId('User', user.id), name: user.displayName, username: user.username, email: user.email, role: user.role, admin: user.role === 'admin', pending: false, accountType: accountTypeOf(user) })),
    projects: (args: ListArguments) => registriesPage(asking, args),
  };
}

export function teamNode(asking: Asking, team: { readonly id: number; readonly name: string }): object {
  return {
    __typename: 'Entity', id: globalId('Entity', team.id), isTeam: true, entityType: 'team', user: null,
    ...commonEntity(asking, team.name),
    organization: async () => organizationNode(asking, await asking.status()),
    members: async () => (await asking.ask('teams.get', { name: team.name })).members.map(({ user, email, role }) => ({ id: globalId('User', user.id), name: user.displayName, username: user.username, email, role, admin: role === 'admin', pending: false, accountType: accountTypeOf(user) })),
    projects: async (args: ListArguments) => connection(await teamProjects(asking, team.name, args), (project) => asking.nodes.project(project)),
  };
}

function accountTypeOf(user: { readonly kind: 'person' | 'service' }): string {
  return user.kind === 'service' ? 'SERVICE' : 'MEMBER';
}

function commonEntity(asking: Asking, name: string): object {
  return {
    name, available: true, photoUrl: null, readOnly: false, readOnlyAdmin: false, privateOnly: false, storageBytes: 0, codeSavingEnabled: true, defaultAccess: 'PRIVATE', isPaid: true, limits: '{}', xxhashDigestsEnabled: false,
    project: (args: { readonly name?: string | null }) => (args.name === null || args.name === undefined ? null : asking.nodes.projectNamed(name, args.name)),
    artifactCollections: (args: PageArguments & { readonly projectFilters?: string | null; readonly filters?: string | null; readonly collectionTypes?: readonly string[] | null; readonly order?: string | null }) => collectionsPage(asking, args),
    artifactMemberships: (args: PageArguments & { readonly projectFilters?: string | null; readonly collectionFilters?: string | null; readonly filters?: string | null }) => membershipsPage(asking, args),
  };
}

/** Projects of one team: an operation lists those of all teams, which are few. */
async function teamProjects(asking: Asking, team: string, args: ListArguments) {
  const all = await pageOf({ first: 10_000 }, (page) => asking.ask('projects.list', page));
  return slice(all.items.filter((project) => nameKey(project.entity) === nameKey(team)), args, 50);
}

async function registriesPage(asking: Asking, args: ListArguments): Promise<object> {
  const filter = filterOf(args.filters, collectionField);
  const { items } = await asking.ask('registries.list', { ...(filter === undefined ? {} : { filter: filter as never }), sort: 'name', ...namedSortOf(args.order) });
  return connection(slice(items, args), (registry) => asking.nodes.registry(registry));
}

async function collectionsPage(asking: Asking, args: PageArguments & { readonly projectFilters?: string | null; readonly filters?: string | null; readonly collectionTypes?: readonly string[] | null; readonly order?: string | null }): Promise<object> {
  if (args.collectionTypes !== null && args.collectionTypes !== undefined && !args.collectionTypes.includes('PORTFOLIO')) return connection(whole([]), () => null);
  const registryFilter = filterOf(args.projectFilters, collectionField);
  const filter = filterOf(args.filters, collectionField);
  const page = await pageOf(args, (asked) => asking.ask('collections.list', { ...(registryFilter === undefined ? {} : { registryFilter: registryFilter as never }), ...(filter === undefined ? {} : { filter: filter as never }), ...namedSortOf(args.order), ...asked }));
  return connection(page, (collection) => asking.nodes.portfolio(collection, collection));
}

async function membershipsPage(asking: Asking, args: PageArguments & { readonly projectFilters?: string | null; readonly collectionFilters?: string | null; readonly filters?: string | null }): Promise<object> {
  const registryFilter = filterOf(args.projectFilters, collectionField);
  const collectionFilter = filterOf(args.collectionFilters, collectionField);
  const versionFilter = filterOf(args.filters, versionField);
  const page = await pageOf(args, (asked) => asking.ask('links.find', {
    ...(registryFilter === undefined ? {} : { registryFilter: registryFilter as never }), ...(collectionFilter === undefined ? {} : { collectionFilter: collectionFilter as never }), ...(versionFilter === undefined ? {} : { versionFilter: versionFilter as never }), ...asked,
  }));
  return connection(page, (link) => asking.nodes.link({ ...link, linkId: link.id, versionId: link.version.id }));
}

