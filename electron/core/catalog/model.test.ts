/** Random acts on one collection, held against a plain model in memory that shares no code with the catalog. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operationList, type CommandName } from '#shared/contract/index.ts';
import { codeOf, openWorld, type World } from './testing/world.ts';

let world: World;
const versionIds: number[] = [];
/** Whoever acts in turn; what one did the other finds. */
const actors: number[] = [];
let onlooker: number;
/** Links of the same versions in another registry, from where they are promoted. */
const shelved: number[] = [];
const states = ['draft', 'candidate', 'approved'];
beforeAll(async () => {
  world = await openWorld();
  actors.push(world.catalog.status().defaultUserId, await world.person('mona', 'member'));
  onlooker = await world.person('vera', 'viewer');
  for (let index = 0; index < 5; index++) versionIds.push((await world.log('source', `bytes ${index}`)).versionId);
  const { id: registryId } = await world.do('registries.create', { name: 'Shelf' });
  const { links } = await world.do('links.create', { versionIds: versionIds as never[], target: { kind: 'new_collection', registryId, name: 'shelf' } });
  shelved.push(...links.map((link) => link.linkId));
  // A straight line: what the model may assume.
  await world.do('registries.setLifecycle', { registryId: (await world.registry('Models')).id, lifecycle: {
    states: states.map((name) => ({ name, hue: 1, terminal: false })), transitions: states.slice(1).map((to, index) => ({ from: states[index]!, to, role: 'member' as const })),
  } });
});
afterAll(() => world.close());

type Act =
  | { readonly act: 'link'; readonly versions: readonly number[]; readonly aliases: readonly string[] }
  | { readonly act: 'unlink'; readonly which: number }
  | { readonly act: 'put'; readonly which: number; readonly aliases: readonly string[] }
  | { readonly act: 'take'; readonly which: number; readonly aliases: readonly string[] }
  | { readonly act: 'promote'; readonly versions: readonly number[]; readonly aliases: readonly string[] }
  | { readonly act: 'state'; readonly which: number; readonly to: number }
  | { readonly act: 'revert' }
  | { readonly act: 'undo' }
  | { readonly act: 'unlinkMany'; readonly which: readonly number[] }
  | { readonly act: 'deleted' }
  | { readonly act: 'unpromoted'; readonly version: number }
  | { readonly act: 'held'; readonly version: number }
  | { readonly act: 'noted'; readonly which: number }
  | { readonly act: 'forbidden'; readonly which: number }
  | { readonly act: 'restore'; readonly which: number };

const alias = fc.constantFrom('production', 'staging', 'candidate');
const aliases = fc.uniqueArray(alias, { minLength: 1, maxLength: 2 });
const which = fc.nat(20);
const acts = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ act: fc.constant('link' as const), versions: fc.uniqueArray(fc.nat(4), { minLength: 1, maxLength: 3 }), aliases: fc.uniqueArray(alias, { maxLength: 2 }) }) },
    { weight: 3, arbitrary: fc.record({ act: fc.constant('unlink' as const), which }) },
    { weight: 4, arbitrary: fc.record({ act: fc.constant('put' as const), which, aliases }) },
    { weight: 2, arbitrary: fc.record({ act: fc.constant('take' as const), which, aliases }) },
    { weight: 2, arbitrary: fc.record({ act: fc.constant('promote' as const), versions: fc.uniqueArray(fc.nat(4), { minLength: 1, maxLength: 3 }), aliases: fc.uniqueArray(alias, { maxLength: 2 }) }) },
    { weight: 3, arbitrary: fc.record({ act: fc.constant('state' as const), which, to: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ act: fc.constant('revert' as const) }) },
    { weight: 2, arbitrary: fc.record({ act: fc.constant('undo' as const) }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('unlinkMany' as const), which: fc.uniqueArray(fc.nat(20), { minLength: 1, maxLength: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('deleted' as const) }) },
    { weight: 2, arbitrary: fc.record({ act: fc.constant('unpromoted' as const), version: fc.nat(4) }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('held' as const), version: fc.nat(4) }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('noted' as const), which }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('forbidden' as const), which }) },
    { weight: 2, arbitrary: fc.record({ act: fc.constant('restore' as const), which }) },
  ),
  { minLength: 1, maxLength: 25, size: 'max' },
);

/** What the collection should be: standing links by number, aliases but `latest`, and what undo would bring back. */
class Model {
  next = 0;
  readonly links = new Map<number, number>();
  readonly aliases = new Map<string, number>();
  /** Of every number ever given: a link keeps its state in the trash. */
  readonly states = new Map<number, string>();
  readonly trash: { readonly number: number; readonly version: number; readonly aliases: readonly string[] }[] = [];

  numberOf(version: number): number | undefined {
    return [...this.links].find(([, linked]) => linked === version)?.[0];
  }

  picture(): Record<number, { version: number; state: string; aliases: string[] }> {
    const highest = Math.max(...this.links.keys());
    return Object.fromEntries([...this.links].map(([number, version]) => [number, {
      version, state: this.states.get(number) ?? 'draft', aliases: [...(number === highest ? ['latest'] : []), ...[...this.aliases].filter(([, on]) => on === number).map(([name]) => name).sort()],
    }]));
  }
}

test('whatever is done, the collection is what the model says', { timeout: 300_000 }, async () => {
  let series = 0;
  await fc.assert(
    fc.asyncProperty(acts, async (steps: readonly Act[]) => {
      series += 1;
      const models = await world.registry('Models');
      const collection = await world.do('collections.create', { registryId: models.id, name: `collection ${series}`, type: 'model' });
      const holder = { kind: 'collection' as const, id: collection.id };
      const model = new Model();
      const linkIds = new Map<number, number>();
      const pick = (index: number) => [...model.links.keys()].sort((left, right) => left - right)[index % Math.max(1, model.links.size)];
      const trashIdOf = async (number: number) => (await world.ask('trash.list', { limit: 1000 })).items.find((one) => one.object.label === `Models/collection ${series}:v${number}`)?.id;
      for (const [turn, step] of steps.entries()) {
        const acting = { actorId: actors[turn % actors.length]! };
        const act: World['do'] = (name, input) => world.do(name, input, acting);
        switch (step.act) {
          case 'link': {
            const { links } = await act('links.create', { versionIds: step.versions.map((index) => versionIds[index] as never), target: holder, aliases: [...step.aliases] });
            for (const index of step.versions) if (model.numberOf(index) === undefined) model.links.set(model.next++, index);
            for (const name of step.aliases) model.aliases.set(name, model.numberOf(step.versions.at(-1)!)!);
            for (const link of links) linkIds.set(link.index, link.linkId);
            expect(links.map((link) => link.index)).toEqual(step.versions.map((index) => model.numberOf(index)));
            break;
          }
          case 'unlink': {
            const number = pick(step.which);
            if (number === undefined) break;
            await act('links.remove', { linkIds: [linkIds.get(number) as never] });
            const carried = [...model.aliases].filter(([, on]) => on === number).map(([name]) => name);
            model.trash.push({ number, version: model.links.get(number)!, aliases: carried });
            model.links.delete(number);
            for (const name of carried) model.aliases.delete(name);
            break;
          }
          case 'put': {
            const number = pick(step.which);
            if (number === undefined) break;
            await act('aliases.set', { target: { kind: 'link', id: linkIds.get(number) as never }, aliases: [...step.aliases], expected: Object.fromEntries(step.aliases.map((name) => [name, model.aliases.get(name) ?? null])) });
            for (const name of step.aliases) model.aliases.set(name, number);
            break;
          }
          case 'take': {
            const number = pick(step.which);
            if (number === undefined) break;
            await act('aliases.remove', { target: { kind: 'link', id: linkIds.get(number) as never }, aliases: [...step.aliases] });
            for (const name of step.aliases) if (model.aliases.get(name) === number) model.aliases.delete(name);
            break;
          }
          case 'promote': {
            const { links } = await act('links.promote', { linkIds: step.versions.map((index) => shelved[index] as never), target: holder, aliases: [...step.aliases], expected: Object.fromEntries(step.aliases.map((name) => [name, model.aliases.get(name) ?? null])) });
            for (const index of step.versions) if (model.numberOf(index) === undefined) model.links.set(model.next++, index);
            for (const name of step.aliases) model.aliases.set(name, model.numberOf(step.versions.at(-1)!)!);
            for (const link of links) linkIds.set(link.index, link.linkId);
            expect(links.map((link) => link.index)).toEqual(step.versions.map((index) => model.numberOf(index)));
            break;
          }
          case 'state': {
            const number = pick(step.which);
            if (number === undefined) break;
            const now = model.states.get(number) ?? 'draft';
            const to = states[step.to]!;
            const allowed = to === now || states.indexOf(to) === states.indexOf(now) + 1;
            expect(await codeOf(act('links.setState', { linkIds: [linkIds.get(number) as never], state: to, expected: now }))).toBe(allowed ? 'none' : 'blocked');
            if (allowed) model.states.set(number, to);
            break;
          }
          case 'revert': {
            // An alias is put on another number, and put back from the history.
            const number = pick(1);
            const [standing] = [...model.aliases].filter(([, on]) => on !== number);
            if (number === undefined || standing === undefined) break;
            await act('aliases.set', { target: { kind: 'link', id: linkIds.get(number) as never }, aliases: [standing[0]] });
            const { items } = await world.ask('aliases.timeline', { holder, alias: standing[0], limit: 1 });
            await act('aliases.revert', { eventId: items[0]!.eventId as never });
            expect(await codeOf(act('aliases.revert', { eventId: items[0]!.eventId as never }))).toBe('undo_stale');
            break;
          }
          case 'undo': {
            // There and back: an alias that stands nowhere is put and the act undone, which must leave no trace but history.
            const number = pick(0);
            const free = ['production', 'staging', 'candidate'].find((name) => !model.aliases.has(name));
            if (number === undefined || free === undefined) break;
            const { undo } = await world.act('aliases.set', { target: { kind: 'link', id: linkIds.get(number) as never }, aliases: [free] }, acting);
            await act('undo.apply', { id: undo!.id });
            break;
          }
          case 'unlinkMany': {
            const numbers = [...new Set(step.which.map(pick).filter((number) => number !== undefined))];
            if (numbers.length === 0) break;
            await act('links.remove', { linkIds: numbers.map((number) => linkIds.get(number) as never) });
            for (const number of numbers) {
              const carried = [...model.aliases].filter(([, on]) => on === number).map(([name]) => name);
              model.trash.push({ number, version: model.links.get(number)!, aliases: carried });
              model.links.delete(number);
              for (const name of carried) model.aliases.delete(name);
            }
            break;
          }
          case 'deleted': {
            // There and back: all of it, numbers and aliases included.
            const { links } = await act('collections.delete', { id: collection.id });
            expect(links).toBe(model.links.size);
            const { items } = await world.ask('trash.list', { limit: 1000 });
            await act('trash.restore', { id: items.find((one) => one.object.label === `Models/collection ${series}`)!.id });
            break;
          }
          case 'unpromoted': {
            if (model.numberOf(step.version) !== undefined) break;
            // A promotion and its aliases are one act, and taken back as one; the number stays given.
            const { actId, links } = await act('links.promote', { linkIds: [shelved[step.version] as never], target: holder, aliases: ['production'] });
            linkIds.set(links[0]!.index, links[0]!.linkId);
            await act('history.revert', { eventId: actId!, act: true });
            const number = model.next++;
            model.trash.push({ number, version: step.version, aliases: [] });
            break;
          }
          case 'held': {
            const id = versionIds[step.version] as never;
            const hold = await world.do('holds.place', { target: { kind: 'version', id }, reason: 'kept' });
            expect(await codeOf(act('versions.delete', { ids: [id], aliases: ['latest'] }))).toBe('blocked');
            await world.do('holds.release', { id: hold.id, reason: 'over' });
            break;
          }
          case 'noted': {
            const number = pick(step.which);
            if (number !== undefined) expect((await act('links.note', { id: linkIds.get(number) as never, note: `turn ${turn}` })).note).toBe(`turn ${turn}`);
            break;
          }
          case 'forbidden': {
            const number = pick(step.which);
            if (number === undefined) break;
            const id = linkIds.get(number) as never;
            const looking = { actorId: onlooker };
            const tried = [
              world.do('aliases.set', { target: { kind: 'link', id }, aliases: ['production'] }, looking), world.do('links.remove', { linkIds: [id] }, looking), world.do('links.setState', { linkIds: [id], state: 'approved' }, looking),
              world.do('links.promote', { linkIds: [shelved[0] as never], target: holder }, looking), world.do('collections.delete', { id: collection.id }, looking), world.do('links.note', { id, note: 'x' }, looking),
            ];
            for (const one of tried) expect(await codeOf(one)).toBe('permission_denied');
            break;
          }
          case 'restore': {
            const item = model.trash[step.which % Math.max(1, model.trash.length)];
            if (item === undefined) break;
            const id = await trashIdOf(item.number);
            expect(id).toBeDefined();
            if (model.numberOf(item.version) !== undefined) {
              expect(await codeOf(act('trash.restore', { id: id! }))).toBe('already_exists');
              break;
            }
            await act('trash.restore', { id: id! });
            model.trash.splice(model.trash.indexOf(item), 1);
            model.links.set(item.number, item.version);
            for (const name of item.aliases) if (!model.aliases.has(name)) model.aliases.set(name, item.number);
            break;
          }
        }
        const { items, total } = await world.ask('links.list', { collectionId: collection.id, limit: 1000 });
        const picture = Object.fromEntries(items.map((link) => [link.index, { version: versionIds.indexOf(link.version.id), state: link.state, aliases: link.aliases.map((chip) => chip.name) }]));
        expect(picture).toEqual(model.picture());
        const summary = await world.ask('collections.get', { id: collection.id });
        expect([total, summary.linkCount, summary.latest?.index ?? null]).toEqual([model.links.size, model.links.size, model.links.size === 0 ? null : Math.max(...model.links.keys())]);
        // The last move of each alias is where it stands.
        const { items: moves } = await world.ask('aliases.timeline', { holder, limit: 1000 });
        for (const name of ['production', 'staging', 'candidate', 'latest']) {
          const standing = name === 'latest' ? (summary.latest?.index ?? null) : (model.aliases.get(name) ?? null);
          expect([name, moves.find((move) => move.alias === name)?.to ?? null]).toEqual([name, standing]);
        }
      }
      // Nothing may stay linked for the next round: versions can be in many collections, but trash labels are by collection.
      await world.do('collections.delete', { id: collection.id });
    }),
    { seed: 20_261_122, numRuns: 60 },
  );
  expect(await world.ask('history.verify', {})).toMatchObject({ intact: true });
});

// Which commands the model drives -----------------------------------------------------------------------------------------

/** Acts above, and what stands before and after each series. */
const driven: readonly CommandName[] = [
  'registries.create', 'registries.setLifecycle', 'collections.create', 'collections.delete', 'links.create', 'links.remove', 'links.note', 'links.promote', 'links.setState', 'aliases.set', 'aliases.remove', 'aliases.revert',
  'history.revert', 'undo.apply', 'trash.restore', 'holds.place', 'holds.release', 'versions.delete',
];

/** Commands that change nothing of what a model of links, numbers, aliases, states and trash could hold, with where they are tested instead. */
const leftOut: readonly { readonly which: RegExp; readonly why: string }[] = [
  { which: /^(registries\.(update|delete|setCardRule)|collections\.(update|saveLayout|deleteLayout)|versions\.update|tags\.edit|runs\.(update|delete))$/, why: 'settings and texts have a model of their own: textsModel.test' },
  { which: /^registries\.(addMembers|updateMember|removeMembers)$|^(users|teams|keys)\./, why: 'who may; what follows is the access table: accounts.test, access.test' },
  { which: /^trash\.(restoreAll|purge)$|^ttl\.|^artifacts\./, why: 'the source side has a model of its own: sourceModel.test' },
  { which: /^retention\./, why: 'one setting of the whole catalog: retention.test' },
  { which: /^(versions\.(?!delete$|update$)|runs\.(?!update$|delete$)|drafts\.|projects\.)/, why: 'bytes, and what runs stream: artifacts.test, runs.test, drafts.test' },
  { which: /^lineage\./, why: 'edges, not links: lineage.test' },
  { which: /^(gates|approvals)\./, why: 'gates have a model of their own: gateModel.test' },
  { which: /^(automations|deliveries|secrets|jobs|allowedHosts|scans)\./, why: 'what follows from acts: engine.test, scans.test' },
  { which: /^(remotes|sync|buckets|bytes|branches)\./, why: 'two catalogs: the tests of remotes' },
  { which: /^(imports|bundles|history\.(signHead|keepHead|export))/, why: 'files: imports.test, audit.test, signing.test' },
  { which: /^(catalog|storage|door)\./, why: 'the catalog as a whole: opening.test, store.test, door.test' },
  { which: /^(stars|recents|settings|searches)\./, why: 'a person’s own: undo.test, savedSearches.test' },
];

test('every command of the contract is driven by the model or left out for a reason', () => {
  const names = operationList.filter((operation) => operation.kind === 'command').map((operation) => operation.name);
  const reasons = (name: string) => leftOut.filter((one) => one.which.test(name)).length + Number(driven.includes(name as CommandName) && !leftOut.some((one) => one.which.test(name)));
  expect(names.filter((name) => reasons(name) !== 1)).toEqual([]);
  expect(driven.filter((name) => !names.includes(name))).toEqual([]);
  const source = readFileSync(import.meta.filename, 'utf8').split('// Which commands')[0]!;
  expect(driven.filter((name) => !source.includes(`'${name}'`))).toEqual([]);
});
