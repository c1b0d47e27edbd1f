/** What a name means, without the rest of it. */
import type { CollectionId, OutputOf, ProjectSummary, RegistrySummary } from '#shared/contract/index.ts';
import { nameKey, registryOfProject } from '#shared/domain/index.ts';
import type { Asking } from '../asking.ts';

export function isOrganization(status: OutputOf<'catalog.status'>, name: string): boolean {
  return nameKey(name) === nameKey(status.organization.name);
}

/** The team that an entity's name means in a mutation: absent and empty are the catalog's own. */
export async function teamNameOf(asking: Asking, entity: string | null | undefined): Promise<string> {
  if (entity !== null && entity !== undefined && entity !== '') return entity;
  return (await asking.status()).team.name;
}

/** What clients from before registries link models into. */
export const legacyProject = 'model-registry';

/** The registry that a project's name means; that of old is the one of models, but for what was brought elsewhere (`legacyCollection`). */
export function registryNameOf(project: string): string | null {
  return registryOfProject(project) ?? (project === legacyProject ? 'model' : null);
}

/** The collection that an entry of a team's registry of old was brought to; null for every other project, and for what was not brought over. */
export async function legacyCollection(asking: Asking, entity: string | null | undefined, project: string, name: string): Promise<OutputOf<'collections.get'> | null> {
  if (project !== legacyProject || name === '' || name.includes('/') || name.includes(':')) return null;
  const found = await asking.askOrNull('addresses.resolve', { address: `${await teamNameOf(asking, entity)}/${legacyProject}/${name}`, prefer: 'container' });
  return found?.object.kind === 'collection' ? asking.askOrNull('collections.get', { id: found.object.id as CollectionId }) : null;
}

export async function sourceProjectNamed(asking: Asking, entity: string | null, name: string): Promise<ProjectSummary | null> {
  const team = entity === null || entity === '' ? (await asking.status()).team.name : entity;
  return asking.askOrNull('projects.get', { entity: team, name });
}

/** A registry, asked for through the organization or any of its teams. */
export async function registryIn(asking: Asking, entity: string | null, registry: string): Promise<RegistrySummary | null> {
  return (await holdsRegistries(asking, entity)) ? asking.askOrNull('registries.get', { name: registry }) : null;
}

/** Whether registries are asked for through an entity: the organization, or any of its teams. */
export async function holdsRegistries(asking: Asking, entity: string | null): Promise<boolean> {
  const status = await asking.status();
  return entity === null || entity === '' || isOrganization(status, entity) || nameKey(entity) === nameKey(status.team.name) || (entity.length <= 256 && (await asking.askOrNull('teams.get', { name: entity })) !== null);
}
