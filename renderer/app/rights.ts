/**
 * What the one who looks may do: each right is null, or the reason why not. It is read from the least role that the contract names for an
 * operation and from the roles that this person has, which are another's while the window looks through another's eyes. Core judges again.
 */
import { operationFacts } from '#shared/contract/facts.ts';
import type { OperationName, RegistrySummary, UserDetail } from '#shared/contract/index.ts';
import { compareRoles, effectiveRole, highestRole, roleName, type Asker, type Role } from '#shared/domain/roles.ts';
import type { Place } from '#shared/domain/places.ts';
import { useCallback } from 'react';
import { known, useOperation, useReadOnly } from './api/index.ts';

export const readOnlyReason = 'The catalog is read-only: you can look, not change.';

/** Where something is done: in the organization, in a team’s projects, in a registry, or anywhere that gives the role. */
export type Where = 'organization' | 'somewhere' | { readonly team: string } | { readonly registry: string };

/** What is known of the one who looks; undefined while it is asked for. */
export type Eyes = {
  readonly readOnly: boolean;
  readonly self: Pick<UserDetail, 'id' | 'username' | 'kind' | 'role' | 'teams'> | undefined;
  readonly registries: readonly Pick<RegistrySummary, 'name' | 'role'>[] | undefined;
};

/** Null when they may, or when their roles aren't known yet: what they then ask for, core answers. */
export function whyNot({ readOnly, self, registries }: Eyes, operation: OperationName, where: Where): string | null {
  const { audience: needed, kind } = operationFacts[operation];
  if (needed === 'anyone' || needed === 'restricted_viewer') return null;
  // What takes something out of the catalog changes nothing in it.
  if (readOnly && kind === 'command' && compareRoles(needed, 'member') >= 0) return readOnlyReason;
  if (self === undefined || registries === undefined) return null;
  const role = roleOf(self, registries, where);
  if (compareRoles(role, needed) >= 0) return null;
  const yours = role === null ? 'you have none' : `yours is ${roleName(role)}`;
  if (where === 'somewhere') return `This needs the role ${roleName(needed)} in a team or a registry; ${role === null ? 'you have none' : `the most you have is ${roleName(role)}`}.`;
  return `This needs the role ${roleName(needed)} in ${placeWords(where)}; ${yours}.`;
}

function roleOf(self: NonNullable<Eyes['self']>, registries: NonNullable<Eyes['registries']>, where: Where): Role | null {
  const asker: Asker = { kind: self.kind === 'service' ? 'service account' : 'user', id: String(self.id), name: self.username, organizationRole: self.role, teams: self.teams.map(({ id, name, role }) => ({ team: { id: String(id), name }, role })) };
  const inTeam = (name: string): Role | null => {
    const team = asker.teams.find((one) => one.team.name === name)?.team ?? { id: '', name };
    return effectiveRole(asker, { kind: 'project', id: '', name: '', team });
  };
  const inOrganization = effectiveRole(asker, { kind: 'organization', id: '', name: '' });
  if (where === 'organization') return inOrganization;
  if (where === 'somewhere') return highestRole([inOrganization, ...asker.teams.map((one) => inTeam(one.team.name)), ...registries.map((one) => one.role)]);
  if ('team' in where) return inTeam(where.team);
  return registries.find((one) => one.name === where.registry)?.role ?? null;
}

function placeWords(where: Exclude<Where, 'somewhere'>): string {
  if (where === 'organization') return 'the organization';
  return 'team' in where ? `the team ${where.team}` : where.registry;
}

/** Who decides about what stands at a place: its registry, its team, else the organization. */
export function whereOf(place: Place | null): Exclude<Where, 'somewhere'> {
  if (place !== null && 'registry' in place && place.registry !== undefined) return { registry: place.registry };
  if (place !== null && 'entity' in place && place.entity !== undefined) return { team: place.entity };
  return 'organization';
}

/** For a component: asks about several acts at once. */
export function useWhyNot(): (operation: OperationName, where: Where) => string | null {
  const readOnly = useReadOnly();
  const self = useOperation('users.get', {}).data;
  const registries = useOperation('registries.list', {}).data?.items;
  return useCallback((operation, where) => whyNot({ readOnly, self, registries }, operation, where), [readOnly, self, registries]);
}

/** For keys, the palette and drops, which no component draws: by what is known already. */
export function whyNotNow(operation: OperationName, where: Where): string | null {
  return whyNot({ readOnly: known('catalog.status', {})?.readOnly ?? false, self: known('users.get', {}), registries: known('registries.list', {})?.items }, operation, where);
}

/** `disabled` and its reason, for a button. */
export function barred(reason: string | null): { readonly disabled: boolean; readonly disabledReason?: string } {
  return reason === null ? { disabled: false } : { disabled: true, disabledReason: reason };
}

/** The same for an entry of a menu. */
export function barredEntry(reason: string | null): { readonly disabled: boolean; readonly reason?: string } {
  return reason === null ? { disabled: false } : { disabled: true, reason };
}
