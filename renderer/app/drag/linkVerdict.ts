/**
 * Whether versions may be linked somewhere, decided by the same rule that core uses (`canLink`), from what the window knows. Core decides again.
 */
import { canLink, type LinkSource, type LinkTarget } from '#shared/domain/links.ts';
import { compareRoles, type Asker, type RegistryObject } from '#shared/domain/roles.ts';
import { explainViolation } from '#shared/domain/violations.ts';
import type { RegistrySummary } from '#shared/contract/index.ts';
import type { VersionRef } from '../selection.ts';
import { allow, forbid, type CollectionRef, type DropVerdict } from './payload.ts';

export type LinkDestination = {
  readonly registry: Pick<RegistrySummary, 'id' | 'name' | 'role' | 'acceptedTypes'>;
  /** null: a new collection in the registry, its name not yet known. */
  readonly collection: { readonly id: number; readonly name: string; readonly type: string } | null;
};

const home = { id: 'here', name: 'here' } as const;
const me = 'me';

/** The window knows the effective role only, not the grants it comes from: it is put as the one grant there is. */
function asker(): Asker {
  return { kind: 'user', id: me, name: me, organizationRole: 'restricted_viewer', teams: [{ team: home, role: 'viewer' }] };
}

function registryObject(registry: LinkDestination['registry']): RegistryObject {
  return { kind: 'registry', id: String(registry.id), name: registry.name, visibility: 'restricted', grants: [{ holder: 'user', holderId: me, role: registry.role }] };
}

function source(version: VersionRef): LinkSource {
  return {
    versionId: String(version.id),
    address: `${version.project}/${version.artifact}:v${version.index}`,
    type: version.type,
    state: version.state,
    organizationId: home.id,
    // What is shown may be read: core leaves out what may not.
    project: { kind: 'project', id: version.project, name: version.project, team: home },
  };
}

function target({ registry, collection }: LinkDestination): LinkTarget {
  return {
    registry: registryObject(registry),
    organization: { kind: 'organization', ...home },
    registryDeleted: false,
    acceptedTypes: registry.acceptedTypes ?? 'all',
    collection:
      collection === null ? { kind: 'undecided' } : { kind: 'standing', collection: { id: String(collection.id), name: collection.name, type: collection.type, deleted: false, links: new Map() } },
  };
}

/** What would happen, or the first reason why not: all of the versions or none. */
export function linkVerdict(versions: readonly VersionRef[], destination: LinkDestination): DropVerdict {
  const [first] = versions;
  if (first === undefined) return forbid('No version is picked.');
  const types = new Set(versions.map((version) => version.type));
  if (types.size > 1) return forbid(explainViolation({ rule: 'mixed-types', subject: 'collection', types: [...types] }));
  const to = target(destination);
  for (const version of versions) {
    const verdict = canLink(asker(), source(version), to);
    if (!verdict.ok) return forbid(explainViolation(verdict.violation));
  }
  return allow(`${whatIsLinked(versions)} ${destination.collection === null ? `into a new collection of ${destination.registry.name}` : `to ${destination.collection.name}`}`);
}

/** Links never chain: what is taken from a collection is linked as the version that it stands for, and that is said. */
function whatIsLinked(versions: readonly VersionRef[]): string {
  const [first] = versions;
  const only = versions.length === 1 ? first : undefined;
  if (only?.through !== undefined) return `Link ${only.artifact} v${only.index}, the source of ${only.through.collection} v${only.through.index},`;
  const links = versions.filter((version) => version.through !== undefined).length;
  if (only !== undefined) return 'Link';
  return links === versions.length ? `Link the sources of ${versions.length} versions of ${first?.through?.collection ?? ''}` : `Link ${versions.length} versions`;
}

/** Whether something of a collection may go on into another registry; null where it is that registry itself. */
export function promoteVerdict(collection: CollectionRef, { registry, collection: into }: LinkDestination): DropVerdict | null {
  if (registry.id === collection.registryId) return null;
  if (collection.linkCount === 0) return forbid(`Nothing is linked in ${collection.name} yet.`);
  const verdict = typeAndRole(collection.type, { registry, collection: into });
  return verdict ?? allow(`Promote ${collection.name} to ${into === null ? registry.name : `${registry.name} / ${into.name}`}…`);
}

function typeAndRole(type: string, { registry, collection }: LinkDestination): DropVerdict | null {
  if (compareRoles(registry.role, 'member') < 0) return forbid(`Linking into ${registry.name} needs the role member.`);
  if (registry.acceptedTypes !== null && !registry.acceptedTypes.includes(type)) return forbid(`${registry.name} takes ${registry.acceptedTypes.join(', ')}, not ${type}.`);
  return collection !== null && collection.type !== type ? forbid(`${collection.name} holds the type ${collection.type}, not ${type}.`) : null;
}
