import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, committed, openWorld, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => { world = await openWorld(); });
afterAll(() => world.close());

const trash = async () => (await world.ask('trash.list', {})).items;
const names = async () => (await world.ask('artifacts.list', {})).items.map((artifact) => artifact.name);

describe('logging what is known already', () => {
  test('needs no list of files where the manifest stands, and does nothing where it does not', async () => {
    const { entries: _entries, ...unknown } = committed('known', 'never seen');
    expect(await world.internal('internal.commitKnown', unknown)).toBeNull();
    expect(await names()).not.toContain('known');
    const first = await world.log('known-first', 'seen');
    const { entries: _also, ...known } = committed('known', 'seen');
    const second = (await world.internal('internal.commitKnown', known)) as typeof first;
    expect(second).toMatchObject({ created: true, index: 0, fileCount: 1, digest: first.digest });
    expect(await world.ask('versions.get', { id: second.versionId })).toMatchObject({ fileCount: 1, size: 4 });
    expect(await world.internal('internal.commitKnown', known)).toMatchObject({ created: false, versionId: second.versionId });
  });
});

describe('deleting an artifact', () => {
  test('takes its versions, their aliases and links along, and brings all of it back', async () => {
    const versions = [await world.log('whole', 'one'), await world.log('whole', 'two', { aliases: ['best'] })];
    const models = await world.registry('Models');
    const { collectionId } = await world.do('links.create', { versionIds: [versions[1]!.versionId], target: { kind: 'new_collection', registryId: models.id, name: 'whole' }, aliases: ['staging'] });
    const before = await world.ask('projects.get', { entity: 'lab', name: 'vision' });
    const { output, undo } = await world.act('artifacts.delete', { id: versions[0]!.artifactId });
    expect([output, undo?.label]).toEqual([{ versions: 2 }, 'Delete artifact “whole”']);
    expect(await names()).not.toContain('whole');
    expect(await codeOf(world.ask('artifacts.get', { entity: 'lab', project: 'vision', name: 'whole' }))).toBe('not_found');
    expect((await world.ask('search.query', { text: 'name:whole', kinds: ['artifact', 'version'] })).items).toEqual([]);
    expect(await world.ask('projects.get', { entity: 'lab', name: 'vision' })).toMatchObject({ artifactCount: before.artifactCount - 1, versionCount: before.versionCount - 2 });
    expect((await world.ask('collections.get', { id: collectionId })).linkCount).toBe(0);
    expect((await trash()).map((item) => `${item.object.kind} ${item.object.label}`), 'one row for the whole').toEqual(['artifact vision/whole']);

    await world.do('undo.apply', { id: undo!.id });
    expect(await trash()).toEqual([]);
    const detail = await world.ask('versions.get', { id: versions[1]!.versionId });
    expect(detail.aliases.map((alias) => alias.name)).toEqual(['latest', 'best']);
    expect(detail.links.map((mark) => `${mark.collection}:v${mark.index} ${mark.aliases.map((alias) => alias.name).join(' ')}`)).toEqual(['whole:v0 latest staging']);
    expect(await world.ask('projects.get', { entity: 'lab', name: 'vision' })).toMatchObject({ artifactCount: before.artifactCount, versionCount: before.versionCount });
    expect((await world.ask('history.verify', {})).intact).toBe(true);
  });

  test('a version deleted before stays in the trash by itself', async () => {
    const versions = [await world.log('partly', 'one'), await world.log('partly', 'two')];
    await world.do('versions.delete', { ids: [versions[0]!.versionId] });
    await world.do('artifacts.delete', { id: versions[0]!.artifactId });
    const [item] = await trash();
    expect(item?.object.label).toBe('vision/partly');
    await world.do('trash.restore', { id: item!.id });
    expect((await trash()).map((one) => one.object.label)).toContain('vision/partly:v0');
    expect((await world.ask('versions.list', { artifactId: versions[0]!.artifactId })).items.map((version) => version.index)).toEqual([1]);
  });

  test('its name is free at once; then it can’t come back under it', async () => {
    const first = await world.log('again', 'one');
    await world.do('artifacts.delete', { id: first.artifactId });
    const second = await world.log('again', 'one');
    expect([second.created, second.index, second.artifactId === first.artifactId]).toEqual([true, 0, false]);
    const [item] = await trash();
    expect(await codeOf(world.do('trash.restore', { id: item!.id }))).toBe('already_exists');
  });

  test('a protected alias on one of its links stands against it, and nothing is lost', async () => {
    const version = await world.log('guarded', 'one');
    const registry = await world.do('registries.create', { name: 'Guard', acceptedTypes: ['model'] });
    await world.do('registries.update', { id: registry.id, protectedAliases: ['prod*'] });
    await world.do('links.create', { versionIds: [version.versionId], target: { kind: 'new_collection', registryId: registry.id, name: 'guarded' }, aliases: ['production'] });
    expect(await codeOf(world.do('artifacts.delete', { id: version.artifactId }))).toBe('alias_protected');
    expect(await names()).toContain('guarded');
  });

  test('needs the right', async () => {
    const version = await world.log('mine', 'one');
    const viewer = await world.person('vera', 'viewer');
    expect(await codeOf(world.do('artifacts.delete', { id: version.artifactId }, { actorId: viewer }))).toBe('permission_denied');
    expect(await codeOf(world.do('artifacts.move', { id: version.artifactId, type: 'dataset' }, { actorId: viewer }))).toBe('permission_denied');
  });
});

describe('another type', () => {
  test('goes to the artifact and its versions, found by search, and back by undo', async () => {
    const version = await world.log('typed', 'one');
    const { output, undo } = await world.act('artifacts.move', { id: version.artifactId, type: 'dataset' });
    expect(output.type).toBe('dataset');
    expect((await world.ask('versions.get', { id: version.versionId })).type).toBe('dataset');
    expect((await world.ask('versions.list', { type: 'dataset' })).items.map((one) => one.artifact)).toEqual(['typed']);
    await world.do('undo.apply', { id: undo!.id });
    expect((await world.ask('versions.get', { id: version.versionId })).type).toBe('model');
  });

  test('is refused while a version is linked as what it was, and for types kept for others', async () => {
    const version = await world.log('linked', 'one');
    const models = await world.registry('Models');
    await world.do('links.create', { versionIds: [version.versionId], target: { kind: 'new_collection', registryId: models.id, name: 'linked' } });
    await expect(world.do('artifacts.move', { id: version.artifactId, type: 'dataset' })).rejects.toMatchObject({ code: 'blocked', details: { blockers: ['Models/linked'] } });
    expect(await codeOf(world.do('artifacts.move', { id: version.artifactId, type: 'a/b' }))).toBe('name_invalid');
    expect(await codeOf(world.do('artifacts.move', { id: version.artifactId, type: 'job' }))).toBe('name_invalid');
  });
});
