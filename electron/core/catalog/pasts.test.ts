/** The past, played again from the history, against what was there; and acts taken back from it. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isVitrineError, type VitrineError } from '#shared/contract/errors.ts';
import { standardLifecycle } from '#shared/domain/index.ts';
import { codeOf, openWorld, type World } from './testing/world.ts';

let world: World;
let member: number;
const versionIds: number[] = [];
beforeAll(async () => {
  world = await openWorld();
  member = await world.person('mona', 'member');
  for (let index = 0; index < 4; index++) versionIds.push((await world.log(`source-${index}`, `bytes ${index}`)).versionId);
});
afterAll(() => world.close());

const lifecycles = [
  { states: [...standardLifecycle.states], transitions: [...standardLifecycle.transitions] },
  { states: standardLifecycle.states.slice(1), transitions: [] },
  { states: standardLifecycle.states.map((state) => (state.name === 'candidate' ? { ...state, name: 'shadow' } : state)), transitions: [{ from: 'draft', to: 'shadow', role: 'member' as const, needsReason: false }] },
  null,
];

type Act = { readonly act: 'link' | 'unlink' | 'alias' | 'take' | 'undo' | 'restore' | 'rename' | 'delete' | 'create' | 'lifecycle' | 'state' | 'rename registry' | 'delete registry' | 'delete version' | 'revert' | 'promote'; readonly a: number; readonly b: number };
const acts = fc.array(fc.record({
  act: fc.constantFrom('link', 'link', 'link', 'unlink', 'alias', 'alias', 'take', 'undo', 'restore', 'restore', 'rename', 'delete', 'create', 'create', 'lifecycle', 'state', 'state', 'rename registry', 'delete registry', 'delete version', 'revert', 'promote'),
  a: fc.nat(50), b: fc.nat(50),
}), { minLength: 5, maxLength: 40 });

test('as it was, at every step, whatever was done since', { timeout: 300_000 }, async () => {
  let at = Date.now() + 60_000;
  let series = 0;
  let compared = 0;
  await fc.assert(fc.asyncProperty(acts, async (steps: readonly Act[]) => {
    series += 1;
    const acting = () => ({ entrance: 'system' as const, at, message: 'because' });
    const registry = await world.do('registries.create', { name: `registry ${series}` }, acting());
    const undos: number[] = [];
    const attempt = async (work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        if (!isVitrineError(error)) throw error;
      }
    };
    const act = async (name: Parameters<World['act']>[0], input: unknown): Promise<void> => {
      const { undo } = await world.act(name, input as never, acting());
      if (undo !== null) undos.push(undo.id);
    };
    const standing = async () => (await world.ask('collections.list', { registryId: registry.id, limit: 100 })).items;
    const linksOf = async (collectionId: number) => (await world.ask('links.list', { collectionId: collectionId as never, limit: 1000 })).items;
    const snapshot = async () => {
      try {
        const collections = await standing();
        return await Promise.all(collections.toSorted((left, right) => (left.name < right.name ? -1 : 1)).map(async (collection) => ({
          id: collection.id, name: collection.name, links: (await linksOf(collection.id)).map((link) => [link.index, link.id, link.state, link.aliases.map((alias) => alias.name)]),
        })));
      } catch (error) {
        if (isVitrineError(error) && error.code === 'not_found') return null;
        throw error;
      }
    };
    const taken: { at: string; picture: Awaited<ReturnType<typeof snapshot>> }[] = [];
    for (const { act: what, a, b } of steps) {
      at += 1000;
      await attempt(async () => {
        const collections = what === 'create' || what === 'restore' || what === 'undo' || what === 'revert' ? [] : await standing();
        const collection = collections[a % Math.max(1, collections.length)];
        const links = collection === undefined ? [] : await linksOf(collection.id);
        const link = links[b % Math.max(1, links.length)];
        switch (what) {
          case 'create':
            return act('collections.create', { registryId: registry.id, name: `collection ${a % 3}`, type: 'model' });
          case 'link':
            return collection && act('links.create', { versionIds: [versionIds[b % 4]], target: { kind: 'collection', id: collection.id }, aliases: b % 3 === 0 ? ['production'] : [] });
          case 'promote': {
            const target = collections[(a + 1) % Math.max(1, collections.length)];
            return link && target && act('links.promote', { linkIds: [link.id], target: { kind: 'collection', id: target.id }, carryAliases: true });
          }
          case 'unlink':
            return link && act('links.remove', { linkIds: [link.id] });
          case 'alias':
            return link && act('aliases.set', { target: { kind: 'link', id: link.id }, aliases: [['production', 'staging'][a % 2]] });
          case 'take':
            return link && act('aliases.remove', { target: { kind: 'link', id: link.id }, aliases: ['production', 'staging'] });
          case 'state':
            return link && act('links.setState', { linkIds: [link.id], state: ['candidate', 'shadow', 'retired', 'draft'][b % 4] });
          case 'lifecycle':
            return act('registries.setLifecycle', { registryId: registry.id, lifecycle: lifecycles[a % 4], renamed: a % 2 === 0 ? { candidate: 'shadow', draft: 'candidate' } : {} });
          case 'rename':
            return collection && act('collections.update', { id: collection.id, name: `collection ${b % 5}` });
          case 'delete':
            return collection && act('collections.delete', { id: collection.id });
          case 'rename registry':
            return act('registries.update', { id: registry.id, name: `registry ${series} ${b % 3}` });
          case 'delete registry':
            return act('registries.delete', { id: registry.id });
          case 'delete version':
            return act('versions.delete', { ids: [versionIds[b % 4]] });
          case 'restore': {
            const { items } = await world.ask('trash.list', { limit: 200 });
            const item = items[a % Math.max(1, items.length)];
            return item && act('trash.restore', { id: item.id });
          }
          case 'undo': {
            const id = undos[undos.length - 1 - (a % Math.max(1, undos.length))];
            return id === undefined ? undefined : act('undo.apply', { id });
          }
          case 'revert': {
            const { items } = await world.ask('history.list', { object: { kind: 'registry', id: registry.id }, limit: 100 });
            const event = items[a % Math.max(1, items.length)];
            return event && act('history.revert', { eventId: event.id, act: b % 2 === 0 });
          }
        }
      });
      taken.push({ at: new Date(at).toISOString(), picture: await snapshot() });
    }
    for (const { at: then, picture } of taken) {
      const past = await world.ask('registries.asOf', { registryId: registry.id, at: then, limit: 1000 });
      expect([then, past.existed]).toEqual([then, picture !== null]);
      const collections = await Promise.all(past.items.map(async (collection) => {
        const { items } = await world.ask('collections.asOf', { collectionId: collection.collectionId, at: then, limit: 1000 });
        const aliases = Object.fromEntries((await world.ask('aliases.asOf', { holder: { kind: 'collection', id: collection.collectionId }, at: then })).items.map((one) => [one.alias, one.index]));
        expect(Object.fromEntries(collection.aliases.map((one) => [one.alias, one.index]))).toEqual(aliases);
        expect([collection.linkCount, collection.states.reduce((sum, one) => sum + one.links, 0)]).toEqual([items.length, items.filter((link) => link.state !== null).length]);
        return { id: collection.collectionId, name: collection.name, links: items.map((link) => [link.index, link.linkId, link.state, link.aliases]) };
      }));
      expect([then, collections]).toEqual([then, picture ?? []]);
      compared += 1;
    }
    // The next round needs its versions.
    for (const item of (await world.ask('trash.list', { limit: 1000 })).items) if (item.object.kind === 'version') await world.do('trash.restore', { id: item.id }, acting());
  }), { seed: 20_261_126, numRuns: 40 });
  expect(compared).toBeGreaterThan(400);
  expect(await world.ask('history.verify', {})).toMatchObject({ intact: true });
});

let series = 0;
async function shelf(count: number) {
  series += 1;
  const registry = await world.do('registries.create', { name: `shelf ${series}` });
  const versions = [];
  for (let index = 0; index < count; index++) versions.push(await world.log(`of-shelf-${series}`, `bytes ${index}`));
  const { collectionId, links } = await world.do('links.create', { versionIds: versions.map((version) => version.versionId), target: { kind: 'new_collection', registryId: registry.id, name: 'gemma' } });
  return { registry, versions, collectionId, links, put: (index: number, ...aliases: string[]) => world.do('aliases.set', { target: { kind: 'link', id: links[index]!.linkId }, aliases }) };
}
const lastEvent = async (object: { readonly kind: 'collection' | 'registry'; readonly id: number }, kind: never) => (await world.ask('history.list', { object, kinds: [kind], limit: 1 })).items[0]!;
const explanationOf = async (work: Promise<unknown>) => work.then(() => '', (error: unknown) => `${(error as VitrineError).code} ${String((error as VitrineError).details['explanation'])}`);
const picture = async (collectionId: number) => (await world.ask('links.list', { collectionId: collectionId as never, direction: 'ascending' })).items.map((link) => [link.index, link.aliases.map((alias) => alias.name)]);

describe('taking back from the history', () => {
  test('an alias goes back to where it stood, unless it moved again', async () => {
    const { collectionId, put } = await shelf(3);
    await put(0, 'production');
    await put(1, 'production');
    const event = await lastEvent({ kind: 'collection', id: collectionId }, 'alias.moved' as never);
    expect(await world.ask('history.revertPreview', { eventId: event.id })).toMatchObject({ possible: true, steps: [{ label: 'Put “production” back on v0' }] });
    const act = await world.act('aliases.revert', { eventId: event.id }, { message: 'regression' });
    expect(act.output.moves).toEqual([{ alias: 'production', from: 1, to: 0 }]);
    expect(await picture(collectionId)).toEqual([[0, ['production']], [1, []], [2, ['latest']]]);
    expect((await world.ask('aliases.timeline', { holder: { kind: 'collection', id: collectionId }, alias: 'production' })).items[0]).toMatchObject({ from: 1, to: 0, message: 'regression' });
    await world.do('undo.apply', { id: act.undo!.id });
    await put(2, 'production');
    expect(await explanationOf(world.do('aliases.revert', { eventId: event.id }))).toMatch(/^undo_stale .*Ada moved it/u);
    expect(await world.ask('history.revertPreview', { eventId: event.id })).toMatchObject({ possible: false, reason: '“production” moved again since: it stands on v2.' });
  });

  test('a link, an unlink, a deletion', async () => {
    const { collectionId, registry, links, put } = await shelf(2);
    await put(1, 'staging');
    await world.do('links.remove', { linkIds: [links[1]!.linkId] });
    const removed = await lastEvent({ kind: 'collection', id: collectionId }, 'link.removed' as never);
    await world.do('history.revert', { eventId: removed.id });
    expect(await picture(collectionId)).toEqual([[0, []], [1, ['latest', 'staging']]]);
    expect(await codeOf(world.do('history.revert', { eventId: removed.id }))).toBe('undo_stale');
    const created = (await world.ask('history.list', { object: { kind: 'collection', id: collectionId }, kinds: ['link.created'] })).items;
    expect(await explanationOf(world.do('history.revert', { eventId: created[0]!.id }))).toContain('staging');
    const act = await world.act('history.revert', { eventId: created[1]!.id });
    expect(await picture(collectionId)).toEqual([[1, ['latest', 'staging']]]);
    await world.do('undo.apply', { id: act.undo!.id });
    expect(await picture(collectionId)).toHaveLength(2);
    await world.do('collections.delete', { id: collectionId });
    const deleted = await lastEvent({ kind: 'registry', id: registry.id }, 'collection.deleted' as never);
    await world.do('history.revert', { eventId: deleted.id });
    expect(await picture(collectionId)).toEqual([[0, []], [1, ['latest', 'staging']]]);
  });

  test('a whole promotion, with its aliases', async () => {
    const from = await shelf(2);
    const to = await shelf(1);
    await to.put(0, 'production');
    const { actId } = await world.do('links.promote', { linkIds: from.links.map((link) => link.linkId), target: { kind: 'collection', id: to.collectionId }, aliases: ['production'] });
    expect(await world.ask('history.revertPreview', { eventId: actId!, act: true })).toMatchObject({ possible: true });
    expect((await world.do('history.revert', { eventId: actId!, act: true })).reverted).toBe(3);
    expect(await picture(to.collectionId)).toEqual([[0, ['latest', 'production']]]);
  });

  test('what is hidden, what can’t, and who may not', async () => {
    const { registry, collectionId, put } = await shelf(1);
    await world.do('registries.update', { id: registry.id, protectedAliases: ['production'] });
    await put(0, 'production');
    const event = await lastEvent({ kind: 'collection', id: collectionId }, 'alias.added' as never);
    expect(await codeOf(world.do('aliases.revert', { eventId: event.id }, { actorId: member }))).toBe('alias_protected');
    const created = await lastEvent({ kind: 'registry', id: registry.id }, 'registry.created' as never);
    expect(await codeOf(world.do('history.revert', { eventId: created.id }))).toBe('undo_stale');
    expect(await codeOf(world.do('history.revert', { eventId: 1 as never }))).toBe('blocked');
    await world.do('registries.update', { id: registry.id, visibility: 'restricted' });
    for (const name of ['history.revert', 'aliases.revert'] as const) expect(await codeOf(world.do(name, { eventId: event.id }, { actorId: member }))).toBe('not_found');
    expect(await codeOf(world.ask('registries.asOf', { registryId: registry.id, at: new Date().toISOString() }, { actorId: member }))).toBe('not_found');
    expect(await codeOf(world.ask('collections.asOf', { collectionId, at: new Date().toISOString() }, { actorId: member }))).toBe('not_found');
    expect(await codeOf(world.ask('aliases.asOf', { holder: { kind: 'collection', id: collectionId }, at: new Date().toISOString() }, { actorId: member }))).toBe('not_found');
  });
});

test('the aliases of an artifact as they were', async () => {
  const at = Date.now() + 10_000_000_000;
  const first = await world.log('dated', 'one', { aliases: ['best'] }, { entrance: 'system', at });
  await world.log('dated', 'two', { aliases: ['best'] }, { entrance: 'system', at: at + 1000 });
  const holder = { kind: 'artifact' as const, id: first.artifactId };
  const asOf = async (time: number) => (await world.ask('aliases.asOf', { holder, at: new Date(time).toISOString() })).items.map((one) => [one.alias, one.index]);
  expect([await asOf(at - 1), await asOf(at), await asOf(at + 1000)]).toEqual([[], [['latest', 0], ['best', 0]], [['latest', 1], ['best', 1]]]);
});
