import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { commandName, queryName } from './testing/names.ts';
import { codeOf, openWorld, type World } from './testing/world.ts';
import { commands } from './commands/index.ts';
import { queries } from './queries/index.ts';

let world: World;
beforeAll(async () => { world = await openWorld(); });
afterAll(() => world.close());

const aliasesOf = async (collectionId: number) => {
  const { items } = await world.ask('links.list', { collectionId: collectionId as never, limit: 1000 });
  return Object.fromEntries(items.map((link) => [link.index, link.aliases.map((alias) => alias.name)]));
};

let series = 0;
/** A collection of its own with so many linked versions, and the versions. */
async function collectionWith(count: number) {
  series += 1;
  const models = await world.registry('Models');
  const collection = await world.do('collections.create', { registryId: models.id, name: `collection ${series}`, type: 'model' });
  const versions = [];
  for (let index = 0; index < count; index++) versions.push(await world.log(`artifact-${series}`, `bytes ${series} ${index}`));
  const links = count === 0 ? [] : (await world.do('links.create', { versionIds: versions.map((version) => version.versionId), target: { kind: 'collection', id: collection.id } })).links;
  return { models, collection, versions, links };
}

describe('a new catalog', () => {
  test('has one organization, one team, an admin and the two core registries', async () => {
    const fresh = await openWorld();
    try {
      const status = (await fresh.ask('catalog.status', {})) as { readonly organization: { readonly name: string }; readonly user: { readonly username: string }; readonly empty: boolean; readonly counts: unknown };
      expect(status).toMatchObject({ organization: { name: 'lab' }, team: { name: 'lab' }, user: { username: 'ada' }, empty: true, counts: { registries: 2, collections: 0, links: 0, projects: 0, artifacts: 0, versions: 0, runs: 0 } });
      const { items } = await fresh.ask('registries.list', {});
      expect(items.map(({ name, acceptedTypes, core, role }) => ({ name, acceptedTypes, core, role }))).toEqual([
        { name: 'Datasets', acceptedTypes: ['dataset'], core: true, role: 'admin' }, { name: 'Models', acceptedTypes: ['model'], core: true, role: 'admin' },
      ]);
    } finally {
      await fresh.close();
    }
  });
});

describe('logging', () => {
  test('equal bytes make no new version but put the aliases and tags asked for, and the run counts them as its output', async () => {
    const run = await world.do('runs.create', { project: { name: 'vision' } });
    const first = await world.log('logging', 'one', { metadata: { accuracy: 0.9, nested: { rate: 3 } } });
    const again = await world.log('logging', 'one', { aliases: ['best'], tags: ['release'], runId: run.id });
    expect([first.created, again.created, again.versionId]).toEqual([true, false, first.versionId]);
    const detail = await world.ask('versions.get', { id: first.versionId });
    expect(detail.aliases.map((alias) => alias.name)).toEqual(['latest', 'best']);
    expect([detail.tags, detail.loggedBy?.id, detail.metadata]).toEqual([['release'], run.id, { accuracy: 0.9, nested: { rate: 3 } }]);
    expect((await world.ask('runs.versions', { id: run.id, relation: 'logged' })).items.map((version) => version.id)).toEqual([first.versionId]);
  });

  test('going back to older bytes is a version of its own; `latest` follows', async () => {
    await world.log('back', 'one');
    await world.log('back', 'two');
    const third = await world.log('back', 'one');
    expect([third.created, third.index]).toEqual([true, 2]);
    const artifact = await world.ask('artifacts.get', { id: third.artifactId });
    expect([artifact.latest?.index, artifact.versionCount]).toEqual([2, 3]);
  });

  test.each([
    [{ artifact: 'no spaces' }, 'name_invalid'], [{ type: 'job' }, 'name_invalid'], [{ aliases: ['v3'] }, 'name_invalid'], [{ tags: ['no/slash'] }, 'name_invalid'],
    [{ metadata: { infinite: Infinity } }, 'name_invalid'], [{ project: { name: 'wandb-registry-x' } }, 'name_invalid'], [{ project: { name: 'x', entity: 'nobody' } }, 'not_found'], [{ runId: 987_654 }, 'not_found'],
  ] as const)('%j is refused as %s before a byte is read, and nothing is written', async (facts, code) => {
    const before = world.catalog.status().rev;
    const input = { project: { name: 'vision' }, artifact: 'checked', type: 'model', description: '', metadata: {}, aliases: [], tags: [], ...facts };
    expect(await codeOf(world.catalog.read('internal.checkLog', input, { actorId: world.catalog.status().defaultUserId }))).toBe(code);
    expect(await codeOf(world.log('checked', 'bytes', facts))).toBe(code);
    expect(world.catalog.status().rev).toBe(before);
  });

  test('an artifact keeps its type', async () => {
    await world.log('typed', 'one');
    expect(await codeOf(world.log('typed', 'two', { type: 'dataset' }))).toBe('type_mismatch');
  });
});

describe('linking', () => {
  test('numbers are given in order and never again; linking twice returns the link that stands', async () => {
    const { collection, versions, links } = await collectionWith(3);
    await world.do('links.remove', { linkIds: [links[2]!.linkId] });
    const again = await world.do('links.create', { versionIds: [versions[0]!.versionId, versions[2]!.versionId], target: { kind: 'collection', id: collection.id } });
    expect(again.links.map(({ index, standing }) => ({ index, standing }))).toEqual([{ index: 0, standing: true }, { index: 3, standing: false }]);
    expect(again.links.map(({ linkedAt }) => linkedAt)).toEqual([null, (await world.ask('links.get', { id: again.links[1]!.linkId })).linkedAt]);
    expect(await aliasesOf(collection.id)).toEqual({ 0: [], 1: [], 3: ['latest'] });
  });

  test('unlinking the latest moves `latest` to the highest number left', async () => {
    const { collection, links } = await collectionWith(3);
    const { moves } = await world.do('links.remove', { linkIds: [links[2]!.linkId, links[0]!.linkId] });
    expect(moves).toEqual([{ alias: 'latest', from: 2, to: 1 }]);
    expect(await aliasesOf(collection.id)).toEqual({ 1: ['latest'] });
  });

  test('into a new collection, which takes the type; all or nothing', async () => {
    const models = await world.registry('Models');
    const good = await world.log('new-collection', 'good');
    const data = await world.log('some-data', 'rows', { type: 'dataset' });
    expect(await codeOf(world.do('links.create', { versionIds: [good.versionId, data.versionId], target: { kind: 'new_collection', registryId: models.id, name: 'made by linking' } }))).toBe('type_mismatch');
    expect(await codeOf(world.ask('collections.get', { registry: 'Models', name: 'made by linking' }))).toBe('not_found');
    const { collectionId, moves } = await world.do('links.create', { versionIds: [good.versionId], target: { kind: 'new_collection', registryId: models.id, name: 'made by linking' }, aliases: ['staging'] });
    expect(moves).toEqual([{ alias: 'latest', from: null, to: 0 }, { alias: 'staging', from: null, to: 0 }]);
    expect((await world.ask('collections.get', { id: collectionId })).type).toBe('model');
    expect(await codeOf(world.do('links.create', { versionIds: [good.versionId], target: { kind: 'new_collection', registryId: models.id, name: 'made by linking' } }))).toBe('already_exists');
  });

  test('many at once, in order, more than are planned together', async () => {
    const versionIds = [];
    for (let index = 0; index < 450; index++) versionIds.push((await world.log('many', `bytes ${index}`)).versionId);
    const models = await world.registry('Models');
    const { links, moves, collectionId } = await world.do('links.create', { versionIds, target: { kind: 'new_collection', registryId: models.id, name: 'many' }, aliases: ['last'] });
    expect(links.map((link) => link.index)).toEqual(versionIds.map((_, index) => index));
    expect(links.map((link) => link.versionId)).toEqual(versionIds);
    expect(moves).toEqual([{ alias: 'latest', from: null, to: 449 }, { alias: 'last', from: null, to: 449 }]);
    expect((await world.ask('collections.get', { id: collectionId })).linkCount).toBe(450);
  });

  test('a deleted version can’t be linked', async () => {
    const { collection, versions } = await collectionWith(0);
    void versions;
    const version = await world.log('deleted', 'bytes');
    await world.do('versions.delete', { ids: [version.versionId] });
    expect(await codeOf(world.do('links.create', { versionIds: [version.versionId], target: { kind: 'collection', id: collection.id } }))).toBe('version_unavailable');
  });

  test('a note belongs to the link', async () => {
    const { links } = await collectionWith(1);
    expect((await world.do('links.note', { id: links[0]!.linkId, note: 'why' })).note).toBe('why');
    expect((await world.ask('links.get', { id: links[0]!.linkId })).note).toBe('why');
  });
});

describe('aliases', () => {
  test('move, and history says from where to where', async () => {
    const { collection, links } = await collectionWith(2);
    await world.do('aliases.set', { target: { kind: 'link', id: links[0]!.linkId }, aliases: ['production'] });
    const { moves } = await world.do('aliases.set', { target: { kind: 'link', id: links[1]!.linkId }, aliases: ['production'] }, { message: 'better on the held-out set' });
    expect(moves).toEqual([{ alias: 'production', from: 0, to: 1 }]);
    const { items } = await world.ask('aliases.timeline', { holder: { kind: 'collection', id: collection.id }, alias: 'production' });
    expect(items.map(({ from, to, message }) => ({ from, to, message }))).toEqual([{ from: 0, to: 1, message: 'better on the held-out set' }, { from: null, to: 0, message: null }]);
  });

  test('a lost race is told, and nothing moves', async () => {
    const { collection, links } = await collectionWith(2);
    await world.do('aliases.set', { target: { kind: 'link', id: links[0]!.linkId }, aliases: ['production'] });
    expect(await codeOf(world.do('aliases.set', { target: { kind: 'link', id: links[1]!.linkId }, aliases: ['production'], expected: { production: null } }))).toBe('alias_conflict');
    expect(await aliasesOf(collection.id)).toEqual({ 0: ['production'], 1: ['latest'] });
  });

  test('a lost race says who moved the alias meanwhile, and when', async () => {
    const { collection, links } = await collectionWith(3);
    const grace = await world.person('grace', 'admin');
    await world.do('aliases.set', { target: { kind: 'link', id: links[0]!.linkId }, aliases: ['production'] });
    await world.do('aliases.set', { target: { kind: 'link', id: links[1]!.linkId }, aliases: ['production'] }, { actorId: grace });
    const [{ at } = { at: '' }] = (await world.ask('aliases.timeline', { holder: { kind: 'collection', id: collection.id }, alias: 'production' })).items;
    const refused = world.do('aliases.set', { target: { kind: 'link', id: links[2]!.linkId }, aliases: ['production'], expected: { production: 0 } });
    const explanation = `“production” was expected on v0, but stands on v1: grace moved it at ${at}.`;
    await expect(refused).rejects.toMatchObject({ code: 'alias_conflict', details: { expected: 0, actual: 1, moved: { by: 'grace', at }, explanation } });
  });

  test('a pattern protects every alias that fits it, put, moved, taken away or carried', async () => {
    const { models, collection, links } = await collectionWith(2);
    const member = await world.person('lin', 'member');
    const on = (link: number, ...aliases: string[]) => ({ target: { kind: 'link' as const, id: links[link]!.linkId }, aliases });
    await world.do('registries.update', { id: models.id, protectedAliases: ['prod-*'] });
    try {
      await world.do('aliases.set', on(0, 'prod-eu', 'staging'));
      expect(await codeOf(world.do('aliases.set', on(1, 'prod-us'), { actorId: member }))).toBe('alias_protected');
      expect(await codeOf(world.do('aliases.set', on(1, 'prod-eu'), { actorId: member }))).toBe('alias_protected');
      expect(await codeOf(world.do('aliases.remove', on(0, 'prod-eu'), { actorId: member }))).toBe('alias_protected');
      expect(await codeOf(world.do('links.remove', { linkIds: [links[0]!.linkId] }, { actorId: member }))).toBe('alias_protected');
      expect(await codeOf(world.do('collections.delete', { id: collection.id }, { actorId: member }))).toBe('alias_protected');
      await world.do('aliases.set', on(1, 'staging'), { actorId: member });
      expect(await aliasesOf(collection.id)).toEqual({ 0: ['prod-eu'], 1: ['latest', 'staging'] });
      const { items } = await world.ask('links.list', { collectionId: collection.id });
      expect(items.flatMap((link) => link.aliases).filter((alias) => alias.protected).map((alias) => alias.name)).toEqual(['prod-eu']);
    } finally {
      await world.do('registries.update', { id: models.id, protectedAliases: [] });
    }
  });

  test('`latest` is nobody’s to put or to take; numbers are no aliases', async () => {
    const { links } = await collectionWith(2);
    expect(await codeOf(world.do('aliases.set', { target: { kind: 'link', id: links[0]!.linkId }, aliases: ['latest'] }))).toBe('alias_conflict');
    expect(await codeOf(world.do('aliases.remove', { target: { kind: 'link', id: links[1]!.linkId }, aliases: ['latest'] }))).toBe('alias_conflict');
    expect(await codeOf(world.do('aliases.set', { target: { kind: 'link', id: links[0]!.linkId }, aliases: ['fine', 'v7'] }))).toBe('name_invalid');
  });

  test('on the source side they belong to the artifact', async () => {
    const first = await world.log('sourced', 'one', { aliases: ['best'] });
    const second = await world.log('sourced', 'two');
    const { moves } = await world.do('aliases.set', { target: { kind: 'version', id: second.versionId }, aliases: ['best'] });
    expect(moves).toEqual([{ alias: 'best', from: 0, to: 1 }]);
    expect((await world.ask('versions.get', { id: first.versionId })).aliases).toEqual([]);
  });

  test('removing one that stands elsewhere changes nothing', async () => {
    const { collection, links } = await collectionWith(2);
    await world.do('aliases.set', { target: { kind: 'link', id: links[0]!.linkId }, aliases: ['production'] });
    expect((await world.do('aliases.remove', { target: { kind: 'link', id: links[1]!.linkId }, aliases: ['production'] })).moves).toEqual([]);
    expect(await aliasesOf(collection.id)).toEqual({ 0: ['production'], 1: ['latest'] });
  });
});

describe('registries and collections', () => {
  test('renaming keeps the old name leading there', async () => {
    const registry = await world.do('registries.create', { name: 'Edge' });
    await world.do('collections.create', { registryId: registry.id, name: 'first name', type: 'model' });
    await world.do('registries.update', { id: registry.id, name: 'Devices' });
    const collection = await world.ask('collections.get', { registry: 'Edge', name: 'first name' });
    await world.do('collections.update', { id: collection.id, name: 'second name', description: '# Card' });
    expect((await world.ask('collections.get', { registry: 'Edge', name: 'first name' })).name).toBe('second name');
    expect((await world.ask('addresses.resolve', { address: 'wandb-registry-Devices/second name' })).object).toMatchObject({ kind: 'collection', label: 'Devices/second name' });
  });

  test('accepted types can’t be taken away while collections hold them', async () => {
    const registry = await world.do('registries.create', { name: 'Typed', acceptedTypes: ['model', 'dataset'] });
    await world.do('collections.create', { registryId: registry.id, name: 'holds models', type: 'model' });
    expect(await codeOf(world.do('collections.create', { registryId: registry.id, name: 'code', type: 'code' }))).toBe('type_mismatch');
    expect(await codeOf(world.do('registries.update', { id: registry.id, acceptedTypes: ['dataset'] }))).toBe('blocked');
    expect((await world.do('registries.update', { id: registry.id, acceptedTypes: ['model'] })).acceptedTypes).toEqual(['model']);
  });

  test('core registries stay', async () => {
    const models = await world.registry('Models');
    expect(await codeOf(world.do('registries.delete', { id: models.id }))).toBe('blocked');
    expect(await codeOf(world.do('registries.update', { id: models.id, name: 'Other' }))).toBe('blocked');
    expect(await codeOf(world.do('registries.update', { id: models.id, visibility: 'restricted' }))).toBe('blocked');
  });

  test.each([['', 'name_invalid'], ['a/b', 'name_invalid'], ['x'.repeat(114), 'name_invalid'], ['line\nbreak', 'name_invalid'], ['Models', 'already_exists']] as const)('a registry can’t be called %j', async (name, code) => {
    expect(await codeOf(world.do('registries.create', { name }))).toBe(code);
  });
});

describe('tags', () => {
  test('are added and taken away, and counted', async () => {
    const version = await world.log('tagged', 'one', { tags: ['a-tag'] });
    expect((await world.do('tags.edit', { target: { kind: 'version', id: version.versionId }, add: ['b-tag'], remove: ['a-tag', 'never there'] })).tags).toEqual(['b-tag']);
    expect((await world.ask('tags.list', { prefix: 'b-t' })).items).toEqual([{ tag: 'b-tag', count: 1 }]);
    expect((await world.ask('tags.list', { prefix: 'a-t' })).items).toEqual([]);
    expect(await codeOf(world.do('tags.edit', { target: { kind: 'version', id: version.versionId }, add: ['ok', 'not/ok'] }))).toBe('name_invalid');
    expect((await world.ask('versions.get', { id: version.versionId })).tags).toEqual(['b-tag']);
  });
});

describe('runs', () => {
  test('begin, use, finish', async () => {
    const version = await world.log('used', 'one');
    const run = await world.do('runs.create', { project: { name: 'vision' }, runId: 'abc12345', displayName: 'training', config: { rate: 0.1 }, tags: ['nightly'] });
    expect(await world.do('runs.use', { id: run.id, versionIds: [version.versionId] })).toEqual({ added: 1 });
    expect(await world.do('runs.use', { id: run.id, versionIds: [version.versionId] })).toEqual({ added: 0 });
    const done = await world.do('runs.update', { id: run.id, state: 'finished', summary: { accuracy: 0.9 } });
    expect([done.state, done.finishedAt !== null, done.summary, done.inputCount]).toEqual(['finished', true, { accuracy: 0.9 }, 1]);
    expect((await world.ask('versions.usedBy', { id: version.versionId })).items.map((user) => user.runId)).toEqual(['abc12345']);
    expect(await codeOf(world.do('runs.create', { project: { name: 'vision' }, runId: 'abc12345' }))).toBe('already_exists');
  });
});

describe('personal things', () => {
  test('stars, recents and settings are one’s own and no history', async () => {
    const { collection } = await collectionWith(0);
    const other = await world.person(`reader-${series}`, 'viewer');
    const before = (await world.ask('history.list', {})).total;
    await world.do('stars.set', { kind: 'collection', id: collection.id, starred: true });
    await world.do('recents.touch', { kind: 'collection', id: collection.id });
    await world.do('settings.set', { values: { theme: 'dark', density: null } });
    expect((await world.ask('home.get', {})).starred.map((object) => object.label)).toContain(`Models/${collection.name}`);
    expect((await world.ask('home.get', {}, { actorId: other })).starred).toEqual([]);
    expect((await world.ask('settings.get', {})).values).toEqual({ theme: 'dark' });
    expect((await world.ask('history.list', {})).total).toBe(before);
    expect((await world.ask('collections.get', { id: collection.id })).starred).toBe(true);
  });

  test('looks within one millisecond keep their order', async () => {
    const collections = [];
    for (let index = 0; index < 3; index++) collections.push((await collectionWith(0)).collection);
    const at = Date.now();
    for (const collection of collections.toReversed()) await world.do('recents.touch', { kind: 'collection', id: collection.id }, { entrance: 'system', at });
    expect((await world.ask('home.get', {})).recent.slice(0, 3).map((object) => object.label)).toEqual(collections.map((collection) => `Models/${collection.name}`));
  });

  test('what was opened last is not noted again within a minute, unless something else was opened between', async () => {
    const { collection } = await collectionWith(0);
    const { collection: other } = await collectionWith(0);
    const touch = (id: number) => world.do('recents.touch', { kind: 'collection', id });
    const rev = () => world.catalog.status().rev;
    await touch(collection.id);
    const noted = rev();
    await touch(collection.id);
    expect(rev()).toBe(noted);
    await touch(other.id);
    await touch(collection.id);
    expect(rev()).toBeGreaterThan(noted);
    expect((await world.ask('home.get', {})).recent[0]?.label).toBe(`Models/${collection.name}`);
  });
});

describe('keys', () => {
  test('are known by their hash until revoked; their use is noted', async () => {
    const hash = 'ab'.repeat(32);
    const key = (await world.internal('internal.createKey', { name: 'script', hash, hint: 'local-ab' })) as { readonly id: number };
    const found = await world.internal('internal.authenticateKey', { hash });
    expect(found).toMatchObject({ userId: world.catalog.status().defaultUserId });
    expect((await world.ask('keys.list', {})).items[0]?.lastUsedAt).not.toBeNull();
    await world.do('keys.revoke', { id: key.id as never });
    expect(await world.internal('internal.authenticateKey', { hash })).toBeNull();
  });
});

describe('history', () => {
  test('every act is one link of a chain, through its entrance, at its time', async () => {
    const at = Date.UTC(2026, 0, 2, 3, 4, 5);
    const version = await world.log('dated', 'one', {}, { entrance: 'system', at });
    expect((await world.ask('versions.get', { id: version.versionId })).createdAt).toBe('2026-01-02T03:04:05.000Z');
    const later = await world.log('dated', 'two', {}, { entrance: 'window', at });
    expect((await world.ask('versions.get', { id: later.versionId })).createdAt > '2026-02').toBe(true);
    const { items } = await world.ask('history.list', { object: { kind: 'artifact', id: version.artifactId } });
    expect(items.map(({ kind, entrance }) => ({ kind, entrance }))).toEqual([
      { kind: 'version.created', entrance: 'window' }, { kind: 'version.created', entrance: 'system' }, { kind: 'artifact.created', entrance: 'system' },
    ]);
    expect(await world.ask('history.verify', {})).toMatchObject({ intact: true, firstBroken: null });
  });

  test('a collection’s history has its links and aliases', async () => {
    const { collection, links } = await collectionWith(1);
    await world.do('aliases.set', { target: { kind: 'link', id: links[0]!.linkId }, aliases: ['production'] });
    const { items } = await world.ask('history.list', { object: { kind: 'collection', id: collection.id } });
    expect(items.map((event) => event.kind)).toEqual(['alias.added', 'link.created', 'collection.created']);
  });
});

describe('the feed', () => {
  let seen: { rev: number; previous: number }[] = [];
  beforeEach(() => { seen = []; });

  test('tells what changed after the commit, without gaps', async () => {
    const stop = world.catalog.onChanges((notice) => seen.push(notice));
    const before = world.catalog.status().rev;
    await Promise.all(Array.from({ length: 20 }, (_, index) => world.log('fed', `bytes ${index}`)));
    await expect.poll(() => seen.at(-1)?.rev).toBe(world.catalog.status().rev);
    stop();
    expect(seen[0]?.previous).toBeLessThanOrEqual(before);
    seen.slice(1).forEach((notice, index) => expect(notice.previous).toBe(seen[index]!.rev));
  });
});

test('every operation of the contract that is not put together in core has its command or query here', () => {
  expect(commandName.filter((name) => commands[name] === undefined)).toEqual([]);
  expect(queryName.filter((name) => queries[name] === undefined)).toEqual([]);
});
