/** Registries, as projects of the organization, and their members. */
import { VitrineError, type RegistryId, type Role, type TeamId, type UserId, type Visibility } from '#shared/contract/index.ts';
import { registryOfProject } from '#shared/domain/index.ts';
import type { Asking } from '../asking.ts';
import { localId, localIdOrNull } from '../ids.ts';
import { registryIn, sourceProjectNamed, teamNameOf } from './lookups.ts';

type UpsertInput = {
  readonly id?: string | null; readonly name?: string | null; readonly entityName?: string | null; readonly description?: string | null; readonly access?: string | null; readonly allowAllArtifactTypesInRegistry?: boolean | null; readonly artifactTypes?: readonly { readonly name: string }[] | null;
};

function visibilityOf(access: string | null | undefined): Visibility | null {
  switch (access) {
    case null:
    case undefined:
      return null;
    case 'PRIVATE':
      return 'organization';
    case 'RESTRICTED':
      return 'restricted';
    default:
      throw new VitrineError('bad_input', { details: { explanation: `A registry is for the organization (PRIVATE) or restricted (RESTRICTED), not “${access.slice(0, 50)}”.` } });
  }
}

/** Makes a registry or changes one. The artifact types that come are those to be added. */
export async function upsertModel(asking: Asking, input: UpsertInput): Promise<object> {
  const name = input.name ?? '';
  const registryName = registryOfProject(name);
  if (registryName === null) return upsertProject(asking, name, input.entityName);
  const visibility = visibilityOf(input.access);
  const types = (input.artifactTypes ?? []).map((type) => type.name);
  const texts = { ...(visibility === null ? {} : { visibility }), ...(input.description === null || input.description === undefined ? {} : { description: input.description }) };
  const standing = await registryIn(asking, input.entityName ?? null, registryName);
  if (standing === null) {
    const registry = await asking.tell('registries.create', { name: registryName, ...texts, acceptedTypes: types.length === 0 ? null : types });
    return { project: asking.nodes.registry(registry), model: asking.nodes.registry(registry), inserted: true };
  }
  const accepted = input.allowAllArtifactTypesInRegistry === true ? { acceptedTypes: null } : input.allowAllArtifactTypesInRegistry === false || types.length > 0 ? { acceptedTypes: [...new Set([...(await asking.typesOf(standing)), ...types])] } : {};
  if (accepted.acceptedTypes?.length === 0) throw new VitrineError('bad_input', { details: { explanation: 'A registry that doesn’t accept all types needs at least one: add it to artifact_types before it is saved.' } });
  // What stays as it is isn't asked for again: it may need rights that the change doesn't.
  const changed = { ...(visibility === null || visibility === standing.visibility ? {} : { visibility }), ...(texts.description === undefined || texts.description === standing.description ? {} : { description: texts.description }), ...('acceptedTypes' in accepted && JSON.stringify(accepted.acceptedTypes) === JSON.stringify(standing.acceptedTypes) ? {} : accepted) };
  const registry = Object.keys(changed).length === 0 ? standing : await asking.tell('registries.update', { id: standing.id, ...changed });
  return { project: asking.nodes.registry(registry), model: asking.nodes.registry(registry), inserted: false };
}

/** A project comes to be with its first run or artifact; one that is there already is answered. */
async function upsertProject(asking: Asking, name: string, entityName: string | null | undefined): Promise<object> {
  const entity = await teamNameOf(asking, entityName);
  const project = await sourceProjectNamed(asking, entity, name);
  if (project === null) throw new VitrineError('not_offered', { details: { explanation: `Vitrine does not offer empty projects (upsertModel): “${name.slice(0, 120)}” is made with its first run or artifact.` } });
  return { project: asking.nodes.project(project), model: asking.nodes.project(project), inserted: false };
}

export async function renameProject(asking: Asking, input: { readonly entityName: string; readonly oldProjectName: string; readonly newProjectName: string }): Promise<object> {
  const from = registryOfProject(input.oldProjectName);
  const to = registryOfProject(input.newProjectName);
  if (from === null || to === null) throw new VitrineError('not_offered', { details: { explanation: 'Vitrine does not offer the renaming of projects (renameProject), only of registries.' } });
  const registry = await registryIn(asking, input.entityName, from);
  if (registry === null) throw new VitrineError('not_found', { details: { kind: 'registry', label: from } });
  const renamed = await asking.tell('registries.update', { id: registry.id, name: to });
  return { project: asking.nodes.registry(renamed), inserted: false };
}

export async function deleteModel(asking: Asking, input: { readonly id: string }): Promise<object> {
  await asking.tell('registries.delete', { id: registryIdOf(input.id) });
  return { success: true, clientMutationId: null };
}

function registryIdOf(id: string): RegistryId {
  const found = localIdOrNull(id, 'Registry');
  if (found === null) throw new VitrineError('not_offered', { details: { explanation: 'Only registries can be deleted or given members through this server, not projects.' } });
  return found as RegistryId;
}

type MembersInput = { readonly projectId: string; readonly userIds?: readonly string[] | null; readonly teamIds?: readonly string[] | null };

function membersOf(input: MembersInput): { readonly registryId: RegistryId; readonly userIds: UserId[]; readonly teamIds: TeamId[] } {
  return { registryId: registryIdOf(input.projectId), userIds: (input.userIds ?? []).map((id) => localId<UserId>(id, 'User')), teamIds: (input.teamIds ?? []).map((id) => localId<TeamId>(id, 'Entity')) };
}

export async function addMembers(asking: Asking, input: MembersInput): Promise<object> {
  await asking.tell('registries.addMembers', membersOf(input));
  return { success: true, clientMutationId: null };
}

export async function removeMembers(asking: Asking, input: MembersInput): Promise<object> {
  await asking.tell('registries.removeMembers', membersOf(input));
  return { success: true, clientMutationId: null };
}

const roles: readonly Role[] = ['restricted_viewer', 'viewer', 'member', 'admin'];

export async function updateMember(asking: Asking, input: { readonly projectId: string; readonly userId?: string; readonly teamId?: string; readonly role: string }): Promise<object> {
  const role = roles.find((one) => one === input.role);
  if (role === undefined) throw new VitrineError('bad_input', { details: { explanation: `“${input.role.slice(0, 50)}” is no role in a registry: ${roles.join(', ')}.` } });
  const member = input.teamId === undefined ? { userId: localId<UserId>(input.userId ?? '', 'User') } : { teamId: localId<TeamId>(input.teamId, 'Entity') };
  await asking.tell('registries.updateMember', { registryId: registryIdOf(input.projectId), member, role });
  return { success: true, clientMutationId: null };
}
