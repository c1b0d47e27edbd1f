/**
 * Random edits of settings and texts, held against a plain model in memory that shares no code with the catalog: of a registry, two collections, a
 * link, an artifact, a version and a run, by an admin, a member and somebody who may only look; with their undo in any order, and what lies in the trash.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UndoOffer } from '#shared/contract/transport.ts';
import { codeOf, openWorld, type World } from './testing/world.ts';

let world: World;
let ada: number;
let mona: number;
let vera: number;
beforeAll(async () => {
  world = await openWorld();
  ada = world.catalog.status().defaultUserId;
  mona = await world.person('mona', 'member');
  vera = await world.person('vera', 'viewer');
});
afterAll(() => world.close());

type Value = string | number | boolean | null | readonly string[] | { readonly [key: string]: Value };

/** One of few values each, so that what one wrote is written again by another. */
const one = <Of>(...values: readonly Of[]): fc.Arbitrary<Of> => fc.constantFrom(...values);
const text = one('', 'first words', 'other words');
const tags = fc.uniqueArray(one('red', 'blue', 'green'), { maxLength: 2 });
/** Some of an object's fields. */
const some = <Fields extends object>(fields: { [Key in keyof Fields]: fc.Arbitrary<Fields[Key]> }) => fc.record(fields, { requiredKeys: [] }) as unknown as fc.Arbitrary<Partial<Fields>>;
const act = <Name extends string, Rest extends object>(name: Name, rest: { [Key in keyof Rest]: fc.Arbitrary<Rest[Key]> }) => fc.record({ act: fc.constant(name), who: one('ada', 'ada', 'mona', 'mona', 'vera'), ...rest }) as unknown as fc.Arbitrary<{ readonly act: Name; readonly who: 'ada' | 'mona' | 'vera' } & Readonly<Rest>>;

const registryFields = some({
  name: one('one', 'two', 'taken', 'not/allowed'), description: text, glyph: one('cpu', 'image'), hue: one(1, 2), visibility: one<'organization' | 'restricted'>('organization', 'organization', 'restricted'),
  acceptedTypes: one<string[] | null>(null, ['model'], ['dataset', 'model'], ['dataset']), protectedAliases: one<string[]>([], ['production'], ['prod-*', 'production']), reasonRequired: one<'never' | 'protected' | 'all'>('never', 'protected', 'all'),
});
const runFields = some({ displayName: one('a run', 'another run'), notes: text, tags, group: one<string | null>(null, 'sweep', ' '), jobType: one<string | null>(null, 'train') });
const layouts = one({ columns: [], sort: { kind: 'own' as const, key: 'index' as const }, direction: 'descending' as const }, { columns: ['size'], sort: { kind: 'own' as const, key: 'size' as const }, direction: 'ascending' as const });
const which = one(0, 1);
const acts = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: act('registry', { fields: registryFields }) },
    { weight: 1, arbitrary: act('cardRule', { type: one('model', 'dataset'), template: one('Say what it is.', 'Say how it was made.') }) },
    { weight: 4, arbitrary: act('collection', { which, fields: some({ name: one('left', 'right', 'middle', ''), description: text }) }) },
    { weight: 3, arbitrary: act('tags', { of: one<'collection' | 'artifact' | 'version'>('collection', 'artifact', 'version'), add: tags, remove: tags }) },
    { weight: 2, arbitrary: act('note', { note: text }) },
    { weight: 2, arbitrary: act('artifact', { fields: some({ name: one('weights', 'encoder'), description: text }) }) },
    { weight: 3, arbitrary: act('version', { fields: some({ description: text, metadata: one<Record<string, Value>>({}, { loss: 0.5 }, { loss: 0.25, tags: ['x'] }) }) }) },
    { weight: 4, arbitrary: act('run', { fields: runFields }) },
    { weight: 2, arbitrary: act('layout', { which, name: one('mine', 'other'), layout: layouts, forget: fc.boolean() }) },
    { weight: 1, arbitrary: act('registryAndBack', {}) },
    { weight: 1, arbitrary: act('deleteRun', {}) },
    { weight: 1, arbitrary: act('deleteCollection', { which }) },
    { weight: 3, arbitrary: act('restore', { kind: one<'run' | 'collection'>('run', 'collection'), which }) },
    { weight: 8, arbitrary: act('undo', { which: fc.nat(3) }) },
  ),
  { minLength: 4, maxLength: 30, size: 'max' },
);

/** What a value was and became. */
type Write = { readonly key: string; readonly before: Value; readonly after: Value };
type Offered = { readonly by: number; readonly undo: UndoOffer; readonly writes: readonly Write[] };

const same = (left: Value | undefined, right: Value | undefined): boolean => JSON.stringify(left) === JSON.stringify(right);

/** Every value by its name. */
class Model {
  readonly values = new Map<string, Value>();
  /** What can be taken back, the last at the end. */
  readonly offers: Offered[] = [];

  get(key: string): Value {
    return this.values.get(key) ?? null;
  }
  /** What fields would change. */
  writes(of: string, fields: object): Write[] {
    return Object.entries(fields).flatMap(([name, after]) => (same(this.get(`${of}.${name}`), after as Value) ? [] : [{ key: `${of}.${name}`, before: this.get(`${of}.${name}`), after: after as Value }]));
  }
  write(writes: readonly Write[]): void {
    for (const { key, after } of writes) this.values.set(key, after);
  }
  restricted(): boolean {
    return this.get('registry.visibility') === 'restricted';
  }
  deleted(which: number): boolean {
    return this.get(`collection ${which}.deleted`) === true;
  }
  nameTaken(which: number, name: Value): boolean {
    return !this.deleted(1 - which) && this.get(`collection ${1 - which}.name`) === name;
  }
}

const adminsOnly = new Set(['visibility', 'acceptedTypes', 'protectedAliases', 'reasonRequired', 'cardRules']);

test('whatever is edited and taken back, settings and texts are what the model says', { timeout: 300_000 }, async () => {
  let series = 0;
  await fc.assert(
    fc.asyncProperty(acts, async (steps) => {
      series += 1;
      const named = (name: string): string => (name === 'not/allowed' ? name : `${name} ${series}`);
      const { id: registryId } = await world.do('registries.create', { name: named('one'), acceptedTypes: null });
      await world.do('registries.create', { name: named('taken') });
      const logged = await world.log(`encoder-${series}`, `bytes ${series}`);
      const collections: number[] = [];
      for (const name of ['left', 'right']) collections.push((await world.do('collections.create', { registryId, name, type: 'model' })).id);
      const { links } = await world.do('links.create', { versionIds: [logged.versionId], target: { kind: 'collection', id: collections[0] as never } });
      const linkId = links[0]!.linkId;
      const run = await world.do('runs.create', { project: { name: 'texts' }, displayName: 'a run' });
      const standing = (await world.ask('projects.get', { entity: 'lab', name: 'texts' })).runCount;
      const model = new Model();

      /** Each value as the catalog tells it. */
      const look = async (): Promise<Map<string, Value>> => {
        const seen = new Map<string, Value>();
        const registry = await world.ask('registries.get', { id: registryId });
        for (const key of ['name', 'description', 'glyph', 'hue', 'visibility', 'acceptedTypes', 'protectedAliases', 'reasonRequired'] as const) seen.set(`registry.${key}`, registry[key] as Value);
        const rules: Record<string, string> = {};
        for (const type of ['dataset', 'model']) {
          const rule = await world.ask('registries.cardRule', { registryId, type });
          if (rule.own) rules[type] = rule.template;
        }
        seen.set('registry.cardRules', rules);
        for (const [index, id] of collections.entries()) {
          const gone = (await codeOf(world.ask('collections.get', { id: id as never }))) === 'not_found';
          seen.set(`collection ${index}.deleted`, gone);
          if (gone) continue;
          const collection = await world.ask('collections.get', { id: id as never });
          seen.set(`collection ${index}.name`, collection.name);
          seen.set(`collection ${index}.description`, collection.description);
          if (index === 0) for (const tag of collection.tags) seen.set(`collection.tag ${tag}`, true);
          for (const [who, actorId] of [['ada', ada], ['mona', mona]] as const) {
            const kept = await world.ask('collections.layouts', { collectionId: id as never }, { actorId }).catch(() => null);
            for (const { name, updatedAt: _, ...layout } of kept?.items ?? []) seen.set(`layout ${index} ${who} ${name}`, layout as unknown as Value);
          }
        }
        if (!seen.get('collection 0.deleted')) seen.set('link.note', (await world.ask('links.get', { id: linkId })).note);
        const artifact = await world.ask('artifacts.get', { id: logged.artifactId });
        seen.set('artifact.name', artifact.name);
        seen.set('artifact.description', artifact.description);
        for (const tag of artifact.tags) seen.set(`artifact.tag ${tag}`, true);
        const version = await world.ask('versions.get', { id: logged.versionId });
        seen.set('version.description', version.description);
        seen.set('version.metadata', version.metadata as Value);
        for (const tag of version.tags) seen.set(`version.tag ${tag}`, true);
        const trashed = (await world.ask('trash.list', { limit: 1000 })).items.some(({ object }) => object.kind === 'run' && object.id === run.id);
        seen.set('run.deleted', trashed);
        expect((await world.ask('projects.get', { entity: 'lab', name: 'texts' })).runCount).toBe(standing - (trashed ? 1 : 0));
        if (!trashed) {
          const found = await world.ask('runs.get', { id: run.id });
          for (const key of ['displayName', 'notes', 'tags', 'group', 'jobType'] as const) seen.set(`run.${key}`, found[key] as Value);
        }
        return seen;
      };
      /** What can't be seen now is not compared. */
      const visible = (values: ReadonlyMap<string, Value>): Record<string, Value> => Object.fromEntries([...values].filter(([key, value]) => {
        const collection = /^collection ([01])\.(?!deleted)/u.exec(key)?.[1] ?? /^layout ([01]) /u.exec(key)?.[1] ?? (key.startsWith('collection.tag') || key === 'link.note' ? '0' : undefined);
        if (collection !== undefined && model.deleted(Number(collection))) return false;
        if (key.startsWith('run.') && key !== 'run.deleted' && model.get('run.deleted') === true) return false;
        if (/^layout \d mona/u.test(key) && model.restricted()) return false;
        return value !== null && !(value === false && key.includes('tag ')) ? true : !key.includes('tag ') && !key.startsWith('layout');
      }).sort(([left], [right]) => (left < right ? -1 : 1)));
      for (const [key, value] of await look()) model.values.set(key, value);

      for (const [turn, step] of steps.entries()) {
        const actorId = { ada, mona, vera }[step.who];
        const acting = { actorId };
        const hidden = model.restricted() && step.who !== 'ada';
        const viewer = step.who === 'vera';
        /** Does it, and holds the answer against what the model expects: none of these reasons, or one of them. */
        const done = async (name: Parameters<World['act']>[0], input: object, writes: readonly Write[], reasons: readonly string[]): Promise<void> => {
          const where = `${turn}: ${step.who}, ${step.act}`;
          if (reasons.length > 0) {
            expect(reasons, where).toContain(await codeOf(world.act(name, input as never, acting)));
            return;
          }
          const { undo } = await world.act(name, input as never, acting);
          expect(undo === null, `${where}: an undo is offered where something changed`).toBe(writes.length === 0);
          model.write(writes);
          if (undo !== null) model.offers.push({ by: actorId, undo, writes });
        };
        /** Of what lies in the registry. */
        const inRegistry = (changes: boolean): string[] => (hidden ? ['not_found'] : viewer && changes ? ['permission_denied'] : []);
        const atSource = viewer ? ['permission_denied'] : [];
        switch (step.act) {
          case 'registry': {
            const { fields } = step;
            const wanted = { ...fields, ...(fields.name === undefined ? {} : { name: named(fields.name) }) };
            const writes = model.writes('registry', wanted);
            const changes = new Set(writes.map(({ key }) => key.slice('registry.'.length)));
            const reasons = inRegistry(changes.size > 0);
            if (!hidden && step.who === 'mona' && [...changes].some((key) => adminsOnly.has(key))) reasons.push('permission_denied');
            if (changes.has('name') && fields.name === 'not/allowed') reasons.push('name_invalid');
            if (changes.has('name') && fields.name === 'taken') reasons.push('already_exists');
            // Its collections are models, those in the trash too.
            if (changes.has('acceptedTypes') && fields.acceptedTypes?.includes('model') === false) reasons.push('blocked');
            await done('registries.update', { id: registryId, ...wanted }, writes, reasons);
            break;
          }
          case 'cardRule': {
            const rules = { ...(model.get('registry.cardRules') as Record<string, string>), [step.type]: step.template };
            const sorted = Object.fromEntries(Object.entries(rules).sort(([left], [right]) => (left < right ? -1 : 1)));
            const writes = model.writes('registry', { cardRules: sorted });
            await done('registries.setCardRule', { registryId, type: step.type, rule: { template: step.template, fields: [] } }, writes, hidden ? ['not_found'] : step.who !== 'ada' && writes.length > 0 ? ['permission_denied'] : []);
            break;
          }
          case 'collection': {
            const of = `collection ${step.which}`;
            const writes = model.writes(of, step.fields);
            const reasons = inRegistry(true);
            if (!hidden && !viewer && model.deleted(step.which)) reasons.push('not_found');
            if (step.fields.name === '') reasons.push('name_invalid');
            if (writes.some(({ key }) => key === `${of}.name`) && model.nameTaken(step.which, step.fields.name as string)) reasons.push('already_exists');
            await done('collections.update', { id: collections[step.which], ...step.fields }, writes, reasons);
            break;
          }
          case 'tags': {
            const add = step.add.filter((tag) => model.get(`${step.of}.tag ${tag}`) !== true);
            const remove = step.remove.filter((tag) => !step.add.includes(tag) && model.get(`${step.of}.tag ${tag}`) === true);
            const writes = [...add.map((tag): Write => ({ key: `${step.of}.tag ${tag}`, before: false, after: true })), ...remove.map((tag): Write => ({ key: `${step.of}.tag ${tag}`, before: true, after: false }))];
            const id = { collection: collections[0], artifact: logged.artifactId, version: logged.versionId }[step.of];
            const reasons = step.of === 'collection' ? [...inRegistry(true), ...(model.deleted(0) ? ['not_found'] : [])] : atSource;
            await done('tags.edit', { target: { kind: step.of, id }, add: step.add, remove: step.remove }, writes, reasons);
            break;
          }
          case 'note':
            await done('links.note', { id: linkId, note: step.note }, model.writes('link', { note: step.note }), [...inRegistry(true), ...(model.deleted(0) ? ['not_found'] : [])]);
            break;
          case 'artifact': {
            const wanted = { ...step.fields, ...(step.fields.name === undefined ? {} : { name: `${step.fields.name}-${series}` }) };
            await done('artifacts.update', { id: logged.artifactId, ...wanted }, model.writes('artifact', wanted), atSource);
            break;
          }
          case 'version':
            await done('versions.update', { id: logged.versionId, ...step.fields }, model.writes('version', step.fields), atSource);
            break;
          case 'run': {
            const told = { ...step.fields, ...(step.fields.group === ' ' ? { group: null } : {}), ...(step.fields.tags === undefined ? {} : { tags: step.fields.tags.toSorted() }) };
            await done('runs.update', { id: run.id, ...step.fields }, model.writes('run', told), model.get('run.deleted') === true ? ['not_found'] : atSource);
            break;
          }
          case 'layout': {
            if (viewer) break;
            const key = `layout ${step.which} ${step.who} ${step.name}`;
            const after = step.forget ? null : (step.layout as unknown as Value);
            const before = model.get(key);
            // To keep what is kept already is an act of its own: it is offered to be taken back, and changes nothing.
            const writes = step.forget && before === null ? [] : [{ key, before, after }];
            const reasons = hidden || model.deleted(step.which) ? ['not_found'] : [];
            await done(step.forget ? 'collections.deleteLayout' : 'collections.saveLayout', { collectionId: collections[step.which], name: step.name, ...(step.forget ? {} : { layout: step.layout }) }, writes, reasons);
            break;
          }
          case 'registryAndBack': {
            // With what lies in it; what lay in the trash by itself stays there.
            const reasons = hidden ? ['not_found'] : step.who === 'ada' ? [] : ['permission_denied'];
            const code = await codeOf(world.do('registries.delete', { id: registryId }, acting));
            if (reasons.length > 0) {
              expect(reasons, `${turn}: delete the registry`).toContain(code);
              break;
            }
            expect(code, `${turn}: delete the registry`).toBe('none');
            const item = (await world.ask('trash.list', { limit: 1000 })).items.find((found) => found.object.kind === 'registry' && found.object.id === registryId)!;
            await world.do('trash.restore', { id: item.id }, acting);
            break;
          }
          case 'deleteRun':
            await done('runs.delete', { id: run.id }, [{ key: 'run.deleted', before: false, after: true }], model.get('run.deleted') === true ? ['not_found'] : atSource);
            break;
          case 'deleteCollection':
            await done('collections.delete', { id: collections[step.which] }, [{ key: `collection ${step.which}.deleted`, before: false, after: true }], [...inRegistry(true), ...(model.deleted(step.which) ? ['not_found'] : [])]);
            break;
          case 'restore': {
            const object = step.kind === 'run' ? run.id : collections[step.which]!;
            const key = step.kind === 'run' ? 'run.deleted' : `collection ${step.which}.deleted`;
            if (model.get(key) !== true) break;
            const item = (await world.ask('trash.list', { limit: 1000 })).items.find((found) => found.object.kind === step.kind && found.object.id === object)!;
            const reasons = step.kind === 'run' ? atSource : inRegistry(true);
            if (step.kind === 'collection' && reasons.length === 0 && model.nameTaken(step.which, model.get(`collection ${step.which}.name`))) reasons.push('already_exists');
            const code = await codeOf(world.do('trash.restore', { id: item.id }, acting));
            if (reasons.length > 0) expect(reasons, `${turn}: restore`).toContain(code);
            else {
              expect(code, `${turn}: restore`).toBe('none');
              model.values.set(key, false);
            }
            break;
          }
          case 'undo': {
            const offer = model.offers.at(-1 - step.which);
            if (offer === undefined) break;
            const { by, undo, writes } = offer;
            if (by !== actorId) {
              expect(await codeOf(world.do('undo.apply', { id: undo.id }, acting)), `${turn}: another’s undo`).toBe('nothing_to_undo');
              break;
            }
            const gone = (key: string): boolean => {
              const collection = /^collection ([01])\./u.exec(key)?.[1] ?? /^layout ([01]) /u.exec(key)?.[1] ?? (key.startsWith('collection.tag') || key === 'link.note' ? '0' : undefined);
              if (collection !== undefined && !key.endsWith('.deleted') && model.deleted(Number(collection))) return true;
              return key.startsWith('run.') && key !== 'run.deleted' && model.get('run.deleted') === true;
            };
            const refused = writes.some(({ key, before, after }) => {
              if (gone(key) || !same(model.get(key) === null && typeof after === 'boolean' ? false : model.get(key), after)) return true;
              if (hidden && /^(registry|collection|link|layout)/u.test(key)) return true;
              const which = /^collection ([01])\.(?:name|deleted)$/u.exec(key)?.[1];
              if (which !== undefined && model.nameTaken(Number(which), key.endsWith('.name') ? before : model.get(`collection ${which}.name`))) return true;
              return key === 'registry.acceptedTypes' && Array.isArray(before) && !before.includes('model');
            });
            const code = await codeOf(world.do('undo.apply', { id: undo.id }, acting));
            expect(code !== 'none', `${turn}: undo of ${undo.label}, ${code}`).toBe(refused);
            if (refused) break;
            model.write(writes.map(({ key, before, after }) => ({ key, before: after, after: before })));
            model.offers.splice(model.offers.indexOf(offer), 1);
            break;
          }
        }
        expect(visible(await look()), `${turn}: ${step.who}, ${step.act}`).toEqual(visible(model.values));
      }
    }),
    {
      seed: 20_261_127, numRuns: 60,
      // What once failed: the undo of an artifact's tags went to the collection that had its number.
      examples: [[[{ act: 'tags', who: 'mona', of: 'artifact', add: ['red'], remove: [] }, { act: 'undo', who: 'mona', which: 0 }]]],
    },
  );
  expect(await world.ask('history.verify', {})).toMatchObject({ intact: true });
});
