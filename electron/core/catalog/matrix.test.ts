/** Who may what of curation: each role, through each entrance, held against the access table cell by cell. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Entrance, QueryName, CommandName } from '#shared/contract/index.ts';
import { compareRoles, roles, standardLifecycle, type Role } from '#shared/domain/index.ts';
import { codeOf, openWorld, type World } from './testing/world.ts';

let world: World;
const people = new Map<Role | 'none', number>();
beforeAll(async () => {
  world = await openWorld();
  for (const role of [...roles, 'none'] as const) people.set(role, await world.person(`has-${role.replace('_', '-')}`, 'restricted_viewer'));
});
afterAll(() => world.close());

const entrances: readonly Entrance[] = ['window', 'cli', 'sdk', 'http', 'automation', 'sync'];
const lifecycle = { states: [...standardLifecycle.states], transitions: [...standardLifecycle.transitions] };

/** A restricted registry, in which everybody has exactly the role of their name, with one link that carries an alias. */
async function shelf(name: string) {
  const registry = await world.do('registries.create', { name, visibility: 'restricted' });
  for (const role of roles) await world.do('registries.addMembers', { registryId: registry.id, userIds: [people.get(role) as never], role });
  const version = await world.log(`of-${name}`, 'bytes');
  const { collectionId, links } = await world.do('links.create', { versionIds: [version.versionId], target: { kind: 'new_collection', registryId: registry.id, name: 'gemma' }, aliases: ['staging'] });
  const { items } = await world.ask('history.list', { object: { kind: 'registry', id: registry.id }, kinds: ['alias.added'] });
  await world.do('registries.setLifecycle', { registryId: registry.id, lifecycle });
  return { registryId: registry.id, collectionId, linkId: links[0]!.linkId, versionId: version.versionId, eventId: items[0]!.id };
}
type Shelf = Awaited<ReturnType<typeof shelf>>;
type Cell<Name> = readonly [name: Name, least: Role, input: (here: Shelf, unique: string) => unknown];

const commands: readonly Cell<CommandName>[] = [
  ['links.promote', 'member', (here, unique) => ({ linkIds: [here.linkId], target: { kind: 'new_collection', registryId: here.registryId, name: unique } })],
  ['links.setState', 'member', (here) => ({ linkIds: [here.linkId], state: 'candidate' })],
  ['aliases.revert', 'member', (here) => ({ eventId: here.eventId })],
  ['history.revert', 'member', (here) => ({ eventId: here.eventId })],
  ['registries.setLifecycle', 'admin', (here) => ({ registryId: here.registryId, lifecycle: { ...lifecycle, transitions: [] } })],
  ['registries.setCardRule', 'admin', (here) => ({ registryId: here.registryId, type: 'model', rule: { template: '', fields: [{ name: 'Risks', required: true }] } })],
  ['registries.update', 'admin', (here) => ({ id: here.registryId, reasonRequired: 'all' })],
  ['collections.saveLayout', 'restricted_viewer', (here) => ({ collectionId: here.collectionId, name: 'mine', layout: { columns: [], sort: { kind: 'own', key: 'index' }, direction: 'ascending' } })],
  ['collections.deleteLayout', 'restricted_viewer', (here) => ({ collectionId: here.collectionId, name: 'mine' })],
];

test.each(entrances)('commands through the entrance %s', { timeout: 120_000 }, async (entrance) => {
  const told: string[] = [];
  const right: string[] = [];
  for (const [name, least, input] of commands) {
    for (const role of [...roles, 'none'] as const) {
      const here = await shelf(`${entrance} ${name.replace('.', ' ')} ${role}`.replaceAll(/[^a-z A-Z]/g, '').replaceAll(' ', '-'));
      const code = await codeOf(world.do(name, input(here, 'new') as never, { actorId: people.get(role)!, entrance, message: 'why' }));
      told.push(`${name} ${role}: ${code}`);
      right.push(`${name} ${role}: ${role === 'none' ? 'not_found' : compareRoles(role, least) >= 0 ? 'none' : 'permission_denied'}`);
    }
  }
  expect(told).toEqual(right);
});

const now = () => new Date(Date.now() + 1000).toISOString();
const queries: readonly Cell<QueryName>[] = [
  ['links.preview', 'restricted_viewer', (here) => ({ versionIds: [here.versionId], target: { kind: 'collection', id: here.collectionId } })],
  ['links.removePreview', 'restricted_viewer', (here) => ({ linkIds: [here.linkId] })],
  ['links.promotePreview', 'restricted_viewer', (here) => ({ linkIds: [here.linkId], target: { kind: 'new_collection', registryId: here.registryId, name: 'x' } })],
  ['links.nextStates', 'restricted_viewer', (here) => ({ id: here.linkId })],
  ['aliases.board', 'restricted_viewer', (here) => ({ registryId: here.registryId })],
  ['aliases.asOf', 'restricted_viewer', (here) => ({ holder: { kind: 'collection', id: here.collectionId }, at: now() })],
  ['registries.asOf', 'restricted_viewer', (here) => ({ registryId: here.registryId, at: now() })],
  ['collections.asOf', 'restricted_viewer', (here) => ({ collectionId: here.collectionId, at: now() })],
  ['registries.lifecyclePreview', 'restricted_viewer', (here) => ({ registryId: here.registryId, lifecycle: null })],
  ['registries.updatePreview', 'restricted_viewer', (here) => ({ id: here.registryId, acceptedTypes: ['model'] })],
  ['registries.cardRule', 'restricted_viewer', (here) => ({ registryId: here.registryId, type: 'model' })],
  ['collections.table', 'restricted_viewer', (here) => ({ collectionId: here.collectionId })],
  ['collections.columns', 'restricted_viewer', (here) => ({ collectionId: here.collectionId })],
  ['collections.exportTable', 'restricted_viewer', (here) => ({ collectionId: here.collectionId })],
  ['collections.series', 'restricted_viewer', (here) => ({ collectionId: here.collectionId, columns: [{ kind: 'metric', key: 'loss' }] })],
  ['collections.layouts', 'restricted_viewer', (here) => ({ collectionId: here.collectionId })],
  ['collections.card', 'restricted_viewer', (here) => ({ id: here.collectionId })],
  ['history.revertPreview', 'restricted_viewer', (here) => ({ eventId: here.eventId })],
  ['access.explain', 'restricted_viewer', (here) => ({ object: { kind: 'collection', id: here.collectionId } })],
  ['access.holders', 'admin', (here) => ({ registryId: here.registryId })],
];

test('queries, which look the same through every entrance', async () => {
  const here = await shelf('looked-at');
  const told: string[] = [];
  const right: string[] = [];
  for (const [name, least, input] of queries) {
    for (const role of [...roles, 'none'] as const) {
      told.push(`${name} ${role}: ${await codeOf(world.ask(name, input(here, '') as never, { actorId: people.get(role)! }))}`);
      right.push(`${name} ${role}: ${role === 'none' ? 'not_found' : compareRoles(role, least) >= 0 ? 'none' : 'permission_denied'}`);
    }
  }
  expect(told).toEqual(right);
});
