import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RegistryId, TeamId, UserId } from '#shared/contract/index.ts';
import { codeOf, openWorld, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => { world = await openWorld(); });
afterAll(() => world.close());

const user = (id: number) => id as UserId;

describe('people and service accounts', () => {
  test('come with a name, a role and teams, and are found by what they are called', async () => {
    const research = await world.do('teams.create', { name: 'research' });
    const grace = await world.do('users.create', { username: 'grace', displayName: 'Grace Hopper', email: 'grace@navy.example', role: 'viewer', teams: [{ id: research.id, role: 'member' }] });
    expect(grace).toMatchObject({ username: 'grace', displayName: 'Grace Hopper', kind: 'person', email: 'grace@navy.example', role: 'viewer', keyCount: 0, removedAt: null, lastSeenAt: null });
    expect(grace.teams.map(({ name, role }) => `${name} ${role}`)).toEqual(['lab viewer', 'research member']);
    expect((await world.ask('users.list', { text: 'hopp' })).items.map((found) => found.username)).toEqual(['grace']);
    expect((await world.ask('users.list', { text: 'NAVY' })).items.map((found) => found.username)).toEqual(['grace']);
    expect(await world.ask('users.get', { username: 'grace' })).toEqual(grace);
    expect((await world.ask('users.get', {}, { actorId: grace.id })).username).toBe('grace');
    expect(await codeOf(world.do('users.create', { username: 'grace' }))).toBe('already_exists');
    expect(await codeOf(world.do('users.create', { username: 'research' }))).toBe('already_exists');
    expect(await codeOf(world.do('users.create', { username: 'a/b' }))).toBe('name_invalid');
    expect(await codeOf(world.ask('users.get', { username: 'nobody' }))).toBe('not_found');
  });

  test('a service account is at least a member, everywhere', async () => {
    expect(await codeOf(world.do('users.create', { username: 'ci-low', kind: 'service', role: 'viewer' }))).toBe('blocked');
    const bot = await world.do('users.create', { username: 'ci-bot', kind: 'service' });
    const [team] = (await world.ask('teams.list', {})).items;
    expect(await codeOf(world.do('users.update', { id: bot.id, role: 'viewer' }))).toBe('blocked');
    expect(await codeOf(world.do('teams.setMember', { teamId: team!.id, userId: bot.id, role: 'viewer' }))).toBe('blocked');
    const registry = await world.registry('Models');
    expect(await codeOf(world.do('registries.addMembers', { registryId: registry.id, userIds: [bot.id], role: 'viewer' }))).toBe('blocked');
    expect((await world.ask('users.list', { kind: 'service' })).items.map((found) => found.username)).toEqual(['ci-bot']);
  });

  test('only admins make, change and remove them; everybody changes their own name', async () => {
    const member = await world.person('mona', 'member');
    const acting = { actorId: member };
    const refused = [
      world.do('users.create', { username: 'x' }, acting),
      world.do('users.update', { id: user(1), displayName: 'x' }, acting),
      world.do('users.update', { id: user(member), role: 'admin' }, acting),
      world.do('users.remove', { id: user(1) }, acting),
      world.do('teams.create', { name: 'x' }, acting),
      world.do('teams.setMember', { teamId: 1 as TeamId, userId: user(member), role: 'admin' }, acting),
    ];
    expect(await Promise.all(refused.map(codeOf))).toEqual(refused.map(() => 'permission_denied'));
    expect((await world.do('users.update', { id: user(member), displayName: 'Mona Lisa', email: null }, acting)).displayName).toBe('Mona Lisa');
  });

  test('a new role counts at once, in the organization and in the catalog’s own team', async () => {
    const low = await world.person('lo', 'viewer');
    expect(await codeOf(world.log('by-lo', 'x', {}, { actorId: low }))).toBe('permission_denied');
    await world.do('users.update', { id: user(low), role: 'member' });
    expect(await codeOf(world.log('by-lo', 'x', {}, { actorId: low }))).toBe('none');
    const [event] = (await world.ask('history.list', { kinds: ['user.updated'], limit: 1 })).items;
    expect([event?.before, event?.after]).toEqual([{ role: 'viewer' }, { role: 'member' }]);
  });

  test('the last admin stays one, and the catalog’s own person stays', async () => {
    const fresh = await openWorld();
    try {
      const ada = (await fresh.ask('users.get', {})).id;
      expect(await codeOf(fresh.do('users.update', { id: ada, role: 'member' }))).toBe('blocked');
      await fresh.do('users.create', { username: 'robot', kind: 'service', role: 'admin' });
      expect(await codeOf(fresh.do('users.update', { id: ada, role: 'member' })), 'a service account is nobody to fall back on').toBe('blocked');
      expect(await codeOf(fresh.do('users.remove', { id: ada }))).toBe('blocked');
      const grace = await fresh.person('grace', 'admin');
      expect(await codeOf(fresh.do('users.update', { id: ada, role: 'member' }, { actorId: grace }))).toBe('none');
      expect(await codeOf(fresh.do('users.remove', { id: user(grace) }, { actorId: grace })), 'now she is the last').toBe('blocked');
    } finally {
      await fresh.close();
    }
  });

  test('who is removed has no right and no key left, and keeps a name in the history', async () => {
    const registry = await world.do('registries.create', { name: 'Leaving' });
    const gone = await world.person('gone', 'member');
    const team = await world.do('teams.create', { name: 'leavers' });
    await world.do('teams.setMember', { teamId: team.id, userId: user(gone), role: 'member' });
    await world.do('registries.addMembers', { registryId: registry.id, userIds: [user(gone)], role: 'admin' });
    await world.log('by-gone', 'x', {}, { actorId: gone });
    const hash = 'ab'.repeat(32);
    await world.internal('internal.createKey', { name: 'laptop', hash, hint: 'local-ab', userId: gone });
    expect((await world.ask('users.get', { id: user(gone) })).keyCount).toBe(1);
    expect(await world.do('users.remove', { id: user(gone) })).toEqual({ revokedKeys: 1 });
    expect(await world.internal('internal.authenticateKey', { hash })).toBeNull();
    expect(await codeOf(world.log('by-gone', 'y', {}, { actorId: gone }))).not.toBe('none');
    expect(await codeOf(world.ask('registries.get', { id: registry.id }, { actorId: gone }))).toBe('not_found');
    expect((await world.ask('registries.members', { registryId: registry.id })).items.map(nameOf)).not.toContain('gone');
    expect((await world.ask('teams.get', { id: team.id })).members.map((member) => member.user.username)).toEqual(['ada']);
    expect((await world.ask('users.list', {})).items.map((found) => found.username)).not.toContain('gone');
    expect(await world.ask('users.get', { id: user(gone) })).toMatchObject({ username: 'gone', role: null, teams: [], keyCount: 0 });
    expect(await codeOf(world.do('users.remove', { id: user(gone) }))).toBe('not_found');
    expect((await world.ask('history.list', { actorId: user(gone), limit: 1 })).items).toHaveLength(1);
  });

  test('who was removed by mistake comes back by an undo, to where they stood and with the keys that were good', async () => {
    const registry = await world.do('registries.create', { name: 'Returning' });
    const back = await world.person('back', 'member');
    const team = await world.do('teams.create', { name: 'returners' });
    await world.do('teams.setMember', { teamId: team.id, userId: user(back), role: 'viewer' });
    await world.do('registries.addMembers', { registryId: registry.id, userIds: [user(back)], role: 'admin' });
    const [good, revoked] = ['cd'.repeat(32), 'ef'.repeat(32)];
    await world.internal('internal.createKey', { name: 'laptop', hash: good, hint: 'local-cd', userId: back });
    await world.internal('internal.createKey', { name: 'lost', hash: revoked, hint: 'local-ef', userId: back });
    const lost = (await world.ask('keys.list', { userId: user(back) })).items.find((key) => key.name === 'lost');
    await world.do('keys.revoke', { id: lost!.id });
    const before = await world.ask('users.get', { id: user(back) });
    const removed = await world.act('users.remove', { id: user(back) });
    expect(removed.undo?.label).toBe(`Remove ${before.displayName}`);
    await world.do('undo.apply', { id: removed.undo!.id });
    expect(await world.ask('users.get', { id: user(back) })).toEqual(before);
    expect((await world.ask('registries.members', { registryId: registry.id })).items.find((member) => nameOf(member) === 'back')).toMatchObject({ role: 'admin' });
    expect(await world.internal('internal.authenticateKey', { hash: good })).not.toBeNull();
    expect(await world.internal('internal.authenticateKey', { hash: revoked })).toBeNull();
    await world.log('by-back', 'x', {}, { actorId: back });
    expect(await codeOf(world.do('undo.apply', { id: removed.undo!.id }))).toBe('nothing_to_undo');
  });
});

type Members = Awaited<ReturnType<typeof membersOf>>;
const membersOf = async (registryId: RegistryId, acting = {}) => (await world.ask('registries.members', { registryId }, acting)).items;
const nameOf = (member: Members[number]) => (member.holder.kind === 'team' ? member.holder.name : member.holder.user.username);
const told = (members: Members) => members.map((member) => `${nameOf(member)} ${member.role} ${member.through}`);

describe('members of a registry', () => {
  test('are people and teams, added, given another role, taken out; each change is told', async () => {
    const registry = await world.do('registries.create', { name: 'Membership' });
    await world.do('registries.update', { id: registry.id, visibility: 'restricted' });
    const vera = await world.person('vera', 'viewer');
    const team = await world.do('teams.create', { name: 'vision-team' });
    expect(told(await membersOf(registry.id))).toEqual(['ada admin registry']);
    expect(await world.do('registries.addMembers', { registryId: registry.id, userIds: [user(vera)], teamIds: [team.id] })).toEqual({ added: 2 });
    expect(await world.do('registries.addMembers', { registryId: registry.id, userIds: [user(vera)], role: 'admin' })).toEqual({ added: 0 });
    expect(told(await membersOf(registry.id, { actorId: vera }))).toEqual(['ada admin registry', 'vera member registry', 'vision-team member registry']);
    await world.do('registries.updateMember', { registryId: registry.id, member: { teamId: team.id }, role: 'viewer' });
    await world.do('registries.updateMember', { registryId: registry.id, member: { userId: user(vera) }, role: 'restricted_viewer' });
    expect(told(await membersOf(registry.id))).toEqual(['ada admin registry', 'vera restricted_viewer registry', 'vision-team viewer registry']);
    expect((await world.ask('registries.get', { id: registry.id }, { actorId: vera })).role).toBe('restricted_viewer');
    expect(await world.do('registries.removeMembers', { registryId: registry.id, userIds: [user(vera)], teamIds: [team.id] })).toEqual({ removed: 2 });
    expect(await codeOf(world.ask('registries.get', { id: registry.id }, { actorId: vera }))).toBe('not_found');
    const events = (await world.ask('history.list', { object: { kind: 'registry', id: registry.id }, kinds: ['member.changed'] })).items;
    expect(events).toHaveLength(6);
    expect(events[0]?.before).toEqual({ holder: 'team', id: team.id, name: 'vision-team', role: 'viewer' });
  });

  test('a visible registry has everybody, each at least as viewer', async () => {
    const registry = await world.do('registries.create', { name: 'Open' });
    const low = await world.person('rv', 'restricted_viewer');
    expect(told(await membersOf(registry.id, { actorId: low }))).toEqual(expect.arrayContaining(['ada admin registry', 'rv viewer organization']));
  });

  test('are an admin’s business; who isn’t there can’t be added or changed', async () => {
    const registry = await world.do('registries.create', { name: 'Closed' });
    const member = await world.person('max', 'member');
    const refused = [
      world.do('registries.addMembers', { registryId: registry.id, userIds: [user(member)], role: 'admin' }, { actorId: member }),
      world.do('registries.updateMember', { registryId: registry.id, member: { userId: user(member) }, role: 'admin' }, { actorId: member }),
      world.do('registries.removeMembers', { registryId: registry.id, userIds: [user(1)] }, { actorId: member }),
    ];
    expect(await Promise.all(refused.map(codeOf))).toEqual(refused.map(() => 'permission_denied'));
    expect(await codeOf(world.do('registries.addMembers', { registryId: registry.id, userIds: [user(9999)] }))).toBe('not_found');
    expect(await codeOf(world.do('registries.addMembers', { registryId: registry.id, teamIds: [9999 as TeamId] }))).toBe('not_found');
    expect(await codeOf(world.do('registries.updateMember', { registryId: registry.id, member: { userId: user(member) }, role: 'viewer' }))).toBe('not_found');
    expect(told(await membersOf(registry.id)).filter((line) => line.endsWith('registry')), 'who made it').toEqual(['ada admin registry']);
  });
});

describe('teams', () => {
  test('hide their projects from others, and are seen by their members and by admins', async () => {
    const outside = await world.person('outside', 'member');
    const team = await world.do('teams.create', { name: 'secret-lab' });
    await world.do('runs.create', { project: { entity: 'secret-lab', name: 'plans' } });
    expect((await world.ask('teams.list', {}, { actorId: outside })).items.map((one) => one.name)).not.toContain('secret-lab');
    expect(await codeOf(world.ask('teams.get', { name: 'secret-lab' }, { actorId: outside }))).toBe('not_found');
    expect(await codeOf(world.ask('projects.get', { entity: 'secret-lab', name: 'plans' }, { actorId: outside }))).toBe('not_found');
    const joined = await world.do('teams.setMember', { teamId: team.id, userId: user(outside), role: 'viewer' });
    expect(joined.members.map((member) => `${member.user.username} ${member.role}`)).toEqual(['ada admin', 'outside viewer']);
    expect(await world.ask('teams.get', { name: 'secret-lab' }, { actorId: outside })).toMatchObject({ role: 'viewer', projectCount: 1, organization: 'lab' });
    await world.do('teams.setMember', { teamId: team.id, userId: user(outside), role: null });
    expect(await codeOf(world.ask('projects.get', { entity: 'secret-lab', name: 'plans' }, { actorId: outside }))).toBe('not_found');
    expect(await codeOf(world.do('teams.create', { name: 'secret-lab' }))).toBe('already_exists');
    expect(await codeOf(world.do('teams.create', { name: 'outside' }))).toBe('already_exists');
  });
});
