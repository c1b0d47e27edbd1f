import { describe, expect, test } from 'vitest';
import { operationList } from '#shared/contract/index.ts';
import { compareRoles, roles, type Role } from '#shared/domain/roles.ts';
import { readOnlyReason, whereOf, whyNot, type Eyes } from './rights.ts';

const person = (role: Role | null, teams: Readonly<Record<string, Role>> = {}, registries: Readonly<Record<string, Role>> = {}, kind: 'person' | 'service' = 'person'): Eyes => ({
  readOnly: false,
  self: { id: 2 as never, username: 'noa', kind, role, teams: Object.entries(teams).map(([name, inTeam], index) => ({ id: (index + 1) as never, name, role: inTeam })) },
  registries: Object.entries(registries).map(([name, inRegistry]) => ({ name, role: inRegistry })),
});

describe('whyNot', () => {
  test('of every operation, is what its least role says, for each role', () => {
    const wrong = operationList.flatMap(({ name, audience }) =>
      roles.filter((role) => (whyNot(person(role), name, 'organization') === null) !== (audience === 'anyone' || compareRoles(role, audience) >= 0)).map((role) => `${name} for ${role}`),
    );
    expect(wrong).toEqual([]);
  });

  test('asks the role of the team, of the registry, or the highest of all', () => {
    const noa = person('viewer', { vision: 'member' }, { Models: 'admin', Datasets: 'viewer' });
    expect(whyNot(noa, 'artifacts.update', { team: 'vision' })).toBeNull();
    expect(whyNot(noa, 'artifacts.update', { team: 'speech' })).toBe('This needs the role member in the team speech; you have none.');
    expect(whyNot(noa, 'holds.release', { team: 'vision' })).toBe('This needs the role admin in the team vision; yours is member.');
    expect(whyNot(noa, 'gates.set', { registry: 'Models' })).toBeNull();
    expect(whyNot(noa, 'links.create', { registry: 'Datasets' })).toBe('This needs the role member in Datasets; yours is viewer.');
    expect(whyNot(noa, 'gates.set', 'somewhere')).toBeNull();
    expect(whyNot(noa, 'registries.create', 'organization')).toBe('This needs the role member in the organization; yours is viewer.');
    expect(whyNot(person('viewer'), 'links.create', 'somewhere')).toBe('This needs the role member in a team or a registry; the most you have is viewer.');
  });

  test('an admin of the organization is one of every team, a service account at least a member', () => {
    expect(whyNot(person('admin'), 'holds.release', { team: 'vision' })).toBeNull();
    expect(whyNot(person('member', { vision: 'viewer' }, {}, 'service'), 'artifacts.update', { team: 'vision' })).toBeNull();
  });

  test('a read-only catalog takes nothing, and gives what is asked', () => {
    const readOnly = { ...person('admin'), readOnly: true };
    expect(whyNot(readOnly, 'links.create', 'somewhere')).toBe(readOnlyReason);
    expect(whyNot(readOnly, 'versions.export', { team: 'vision' })).toBeNull();
  });

  test('holds nobody back before their roles are known: core answers', () => {
    expect(whyNot({ readOnly: false, self: undefined, registries: undefined }, 'links.create', 'somewhere')).toBeNull();
  });
});

test('whereOf finds who decides about a place', () => {
  expect(whereOf({ place: 'collection', registry: 'Models', collection: 'gemma' })).toEqual({ registry: 'Models' });
  expect(whereOf({ place: 'project', entity: 'home', project: 'vision' })).toEqual({ team: 'home' });
  expect(whereOf({ place: 'storage' })).toBe('organization');
  expect(whereOf(null)).toBe('organization');
});
