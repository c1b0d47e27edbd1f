import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, openWorld, type World } from './testing/world.ts';

let world: World;
let viewer: number;
let member: number;
beforeAll(async () => {
  world = await openWorld();
  viewer = await world.person('vera', 'viewer');
  member = await world.person('mona', 'member');
});
afterAll(() => world.close());

async function guardedCollection(name: string) {
  const registry = await world.do('registries.create', { name, acceptedTypes: ['model'] });
  await world.do('registries.update', { id: registry.id, protectedAliases: ['production'] });
  const versions = [await world.log(`of-${name}`, 'one'), await world.log(`of-${name}`, 'two')];
  const { collectionId, links } = await world.do('links.create', { versionIds: versions.map((version) => version.versionId), target: { kind: 'new_collection', registryId: registry.id, name: 'guarded' } });
  return { registry, collectionId, links, versions };
}

describe('who may what', () => {
  test('a viewer reads and changes nothing', async () => {
    const { registry, collectionId, links, versions } = await guardedCollection('reading');
    const acting = { actorId: viewer };
    const before = world.catalog.status().rev;
    expect((await world.ask('collections.get', { id: collectionId }, acting)).role).toBe('viewer');
    const target = { kind: 'link' as const, id: links[0]!.linkId };
    const refused = [
      world.do('links.create', { versionIds: [versions[0]!.versionId], target: { kind: 'collection', id: collectionId } }, acting),
      world.do('links.remove', { linkIds: [links[0]!.linkId] }, acting),
      world.do('links.note', { id: links[0]!.linkId, note: 'x' }, acting),
      world.do('aliases.set', { target, aliases: ['x'] }, acting),
      world.do('aliases.remove', { target, aliases: ['x'] }, acting),
      world.do('tags.edit', { target: { kind: 'collection', id: collectionId }, add: ['x'] }, acting),
      world.do('collections.create', { registryId: registry.id, name: 'x', type: 'model' }, acting),
      world.do('collections.update', { id: collectionId, description: 'x' }, acting),
      world.do('collections.delete', { id: collectionId }, acting),
      world.do('registries.create', { name: 'x' }, acting),
      world.do('registries.update', { id: registry.id, name: 'x' }, acting),
      world.do('registries.delete', { id: registry.id }, acting),
      world.do('versions.update', { id: versions[0]!.versionId, description: 'x' }, acting),
      world.do('versions.delete', { ids: [versions[0]!.versionId] }, acting),
      world.do('artifacts.update', { id: versions[0]!.artifactId, description: 'x' }, acting),
      world.do('runs.create', { project: { name: 'vision' } }, acting),
      world.log('by-viewer', 'x', {}, acting),
    ];
    expect(await Promise.all(refused.map(codeOf))).toEqual(refused.map(() => 'permission_denied'));
    expect(world.catalog.status().rev).toBe(before);
  });

  test('protected aliases are an admin’s: to put, to move, to remove, and to unlink or delete what carries one', async () => {
    const { collectionId, links, registry, versions } = await guardedCollection('protecting');
    const acting = { actorId: member };
    const target = { kind: 'link' as const, id: links[0]!.linkId };
    expect(await codeOf(world.do('aliases.set', { target, aliases: ['production'] }, acting))).toBe('alias_protected');
    expect(await codeOf(world.do('aliases.set', { target, aliases: ['staging'] }, acting))).toBe('none');
    await world.do('aliases.set', { target, aliases: ['production'] });
    expect((await world.ask('links.get', { id: links[0]!.linkId })).aliases).toEqual([{ name: 'production', protected: true }, { name: 'staging', protected: false }]);
    expect(await codeOf(world.do('aliases.set', { target: { kind: 'link', id: links[1]!.linkId }, aliases: ['production'] }, acting))).toBe('alias_protected');
    expect(await codeOf(world.do('aliases.remove', { target, aliases: ['production'] }, acting))).toBe('alias_protected');
    expect(await codeOf(world.do('links.remove', { linkIds: [links[0]!.linkId] }, acting))).toBe('alias_protected');
    expect(await codeOf(world.do('collections.delete', { id: collectionId }, acting))).toBe('alias_protected');
    expect(await codeOf(world.do('versions.delete', { ids: [versions[0]!.versionId] }))).toBe('alias_protected');
    expect(await codeOf(world.do('registries.update', { id: registry.id, protectedAliases: [] }, acting))).toBe('permission_denied');
    expect(await codeOf(world.do('links.remove', { linkIds: [links[1]!.linkId] }, acting))).toBe('none');
  });

  test('a restricted registry is not there for those who are no members of it', async () => {
    const { registry, collectionId, links, versions } = await guardedCollection('hiding');
    await world.do('registries.update', { id: registry.id, visibility: 'restricted' });
    const acting = { actorId: member };
    const hidden = [
      world.ask('registries.get', { id: registry.id }, acting), world.ask('registries.get', { name: 'hiding' }, acting), world.ask('collections.get', { id: collectionId }, acting),
      world.ask('links.list', { collectionId }, acting), world.ask('links.get', { id: links[0]!.linkId }, acting), world.ask('collections.list', { registryId: registry.id }, acting),
      world.ask('aliases.timeline', { holder: { kind: 'collection', id: collectionId } }, acting), world.ask('addresses.resolve', { address: 'wandb-registry-hiding/guarded' }, acting),
      world.do('links.create', { versionIds: [versions[0]!.versionId], target: { kind: 'collection', id: collectionId } }, acting), world.do('stars.set', { kind: 'registry', id: registry.id, starred: true }, acting),
      world.do('links.remove', { linkIds: [links[0]!.linkId] }, acting), world.do('collections.update', { id: collectionId, name: 'x' }, acting), world.do('registries.update', { id: registry.id, name: 'x' }, acting),
      world.do('links.create', { versionIds: [versions[0]!.versionId], target: { kind: 'new_collection', registryId: registry.id, name: 'x' } }, acting),
    ];
    expect(await Promise.all(hidden.map(codeOf))).toEqual(hidden.map(() => 'not_found'));
    expect((await world.ask('registries.list', {}, acting)).items.map((item) => item.name)).not.toContain('hiding');
    expect((await world.ask('collections.list', {}, acting)).items.map((item) => item.registry)).not.toContain('hiding');
    expect((await world.ask('versions.links', { id: versions[0]!.versionId }, acting)).items).toEqual([]);
    const told = (await world.ask('history.list', { limit: 1000 }, acting)).items.map((event) => event.subject.label);
    expect(told.filter((label) => label.includes('hiding') && !label.startsWith('vision/'))).toEqual([]);
    expect(await codeOf(world.ask('collections.get', { id: collectionId }))).toBe('none');

    await world.do('registries.addMembers', { registryId: registry.id, userIds: [member as never], role: 'viewer' });
    expect((await world.ask('collections.get', { id: collectionId }, acting)).role).toBe('viewer');
  });

  test('what is hidden is answered word for word like what is not there', async () => {
    const { registry, collectionId, links, versions } = await guardedCollection('secret');
    await world.do('registries.update', { id: registry.id, visibility: 'restricted' });
    const acting = { actorId: member };
    const nowhere = 999_999;
    const asks: ((id: number) => Promise<unknown>)[] = [
      (id) => world.ask('registries.get', { id: (id === nowhere ? id : registry.id) as never }, acting),
      (id) => world.ask('collections.get', { id: (id === nowhere ? id : collectionId) as never }, acting),
      (id) => world.ask('links.get', { id: (id === nowhere ? id : links[0]!.linkId) as never }, acting),
      (id) => world.ask('registries.get', { name: id === nowhere ? 'nosuch' : 'secret' }, acting),
      (id) => world.do('links.create', { versionIds: [versions[0]!.versionId], target: { kind: 'collection', id: (id === nowhere ? id : collectionId) as never } }, acting),
      (id) => world.do('links.create', { versionIds: [versions[0]!.versionId], target: { kind: 'new_collection', registryId: (id === nowhere ? id : registry.id) as never, name: 'x' } }, acting),
      (id) => world.do('aliases.set', { target: { kind: 'link', id: (id === nowhere ? id : links[0]!.linkId) as never }, aliases: ['x'] }, acting),
      (id) => world.do('links.remove', { linkIds: [(id === nowhere ? id : links[0]!.linkId) as never] }, acting),
      (id) => world.do('collections.update', { id: (id === nowhere ? id : collectionId) as never, description: 'x' }, acting),
      (id) => world.do('tags.edit', { target: { kind: 'collection', id: (id === nowhere ? id : collectionId) as never }, add: ['x'] }, acting),
      (id) => world.do('stars.set', { kind: 'collection', id: id === nowhere ? id : collectionId, starred: true }, acting),
    ];
    const answer = async (work: Promise<unknown>) => JSON.stringify(await work.then(() => 'none', (error: unknown) => error)).replaceAll(/"label":"[^"]*"/g, '"label"');
    for (const ask of asks) expect(await answer(ask(0))).toBe(await answer(ask(nowhere)));
    expect(await answer(asks[0]!(0))).toContain('not_found');
    expect(JSON.stringify(await asks[1]!(0).catch((error: unknown) => error))).not.toContain('secret');
  });

  test('words from a restricted registry lead nobody to its versions', async () => {
    const { registry, versions } = await guardedCollection('whispering');
    await world.do('registries.update', { id: registry.id, visibility: 'restricted' });
    const { links } = await world.do('links.create', { versionIds: [versions[0]!.versionId], target: { kind: 'new_collection', registryId: registry.id, name: 'zeppelin' }, aliases: ['quicksilver'] });
    expect(links).toHaveLength(1);
    for (const text of ['zeppelin', 'quicksilver', 'alias:quicksilver']) {
      expect((await world.ask('search.query', { text }, { actorId: member })).items).toEqual([]);
    }
  });
});
