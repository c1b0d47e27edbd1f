/**
 * Random acts on the source side of one artifact, held against a plain model in memory that shares no code with the catalog: versions and their
 * numbers, aliases and where they move, times to live, holds, deletion, the trash, and the links that go and come back with a version.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TimeToLive } from '#shared/domain/index.ts';
import { codeOf, openWorld, type World } from './testing/world.ts';

const day = 86_400_000;
let world: World;
/** Whoever acts in turn: an admin, who may do all, and a member. */
let mona: number;
let onlooker: number;
let modelsId: never;
beforeAll(async () => {
  world = await openWorld();
  mona = await world.person('mona', 'member');
  onlooker = await world.person('vera', 'viewer');
  modelsId = (await world.registry('Models')).id as never;
  await world.do('registries.update', { id: modelsId, protectedAliases: ['guarded'] });
});
afterAll(() => world.close());

/** Days that a version is old when it is logged; no setting is near any of them, so that no test is a race with the clock. */
const ages = [0, 3.5, 10.5] as const;
const names = ['best', 'candidate', 'spare'] as const;

const which = fc.nat(20);
const wishes = fc.uniqueArray(fc.constantFrom(...names), { maxLength: 2 });
const ttl: fc.Arbitrary<TimeToLive> = fc.oneof(fc.constantFrom(2, 5, 20).map((days) => ({ kind: 'days' as const, days })), fc.constant({ kind: 'off' as const }), fc.constant({ kind: 'inherit' as const }));
const act = <Name extends string, Rest extends object>(name: Name, rest: { [Key in keyof Rest]: fc.Arbitrary<Rest[Key]> }) => fc.record({ act: fc.constant(name), ...rest }) as unknown as fc.Arbitrary<{ readonly act: Name } & Readonly<Rest>>;
const anything = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: act('log', { text: fc.nat(3), aliases: wishes, age: fc.constantFrom(...ages) }) },
    { weight: 3, arbitrary: act('put', { which, aliases: wishes, stale: fc.nat(5) }) },
    { weight: 1, arbitrary: act('take', { which, aliases: wishes }) },
    { weight: 3, arbitrary: act('delete', { which: fc.uniqueArray(which, { minLength: 1, maxLength: 2 }), named: wishes, all: fc.boolean() }) },
    { weight: 1, arbitrary: act('deleteUndone', { which }) },
    { weight: 1, arbitrary: act('deleteArtifact', {}) },
    { weight: 4, arbitrary: act('restore', { which }) },
    { weight: 1, arbitrary: act('restoreAll', {}) },
    { weight: 1, arbitrary: act('purge', { which }) },
    { weight: 1, arbitrary: act('expire', {}) },
    { weight: 2, arbitrary: act('hold', { which, artifact: fc.boolean() }) },
    { weight: 2, arbitrary: act('release', { which }) },
    { weight: 3, arbitrary: act('ttl', { which, of: fc.constantFrom('version', 'artifact'), ttl }) },
    { weight: 2, arbitrary: act('sweep', {}) },
    { weight: 3, arbitrary: act('link', { which, alias: fc.constantFrom(null, 'staging', 'guarded') }) },
    { weight: 2, arbitrary: act('unlink', { which }) },
    { weight: 1, arbitrary: act('rename', {}) },
    { weight: 1, arbitrary: act('type', {}) },
    { weight: 1, arbitrary: act('forbidden', { which }) },
  ),
  { minLength: 1, maxLength: 30, size: 'max' },
);
/** Series that dwell on the trash: what is held there, what goes for good there, and what can still come back. */
const aroundTheTrash = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: act('log', { text: fc.nat(3), aliases: wishes, age: fc.constantFrom(...ages) }) },
    { weight: 2, arbitrary: act('delete', { which: fc.uniqueArray(which, { minLength: 1, maxLength: 2 }), named: wishes, all: fc.constant(true) }) },
    { weight: 3, arbitrary: act('deleteArtifact', {}) },
    { weight: 4, arbitrary: act('restore', { which }) },
    { weight: 1, arbitrary: act('restoreAll', {}) },
    { weight: 2, arbitrary: act('purge', { which }) },
    { weight: 2, arbitrary: act('expire', {}) },
    { weight: 3, arbitrary: act('hold', { which, artifact: fc.boolean() }) },
    { weight: 2, arbitrary: act('release', { which }) },
  ),
  { minLength: 4, maxLength: 20, size: 'max' },
);
const acts = fc.oneof({ weight: 2, arbitrary: anything }, { weight: 1, arbitrary: aroundTheTrash });

type Version = { readonly text: number; readonly age: number; state: 'standing' | 'trash' | 'gone'; ttl: TimeToLive };
type InTrash = { readonly kind: 'version'; readonly numbers: readonly [number]; readonly aliases: readonly string[]; readonly link: readonly string[] | null } | { readonly kind: 'artifact'; readonly numbers: readonly number[] };

/** What the artifact should be. */
class Model {
  next = 0;
  deleted = false;
  ttl: TimeToLive = { kind: 'inherit' };
  readonly versions = new Map<number, Version>();
  readonly aliases = new Map<string, number>();
  /** Aliases in the collection, by the number of the version that they stand on; an empty list where it is only linked. */
  readonly links = new Map<number, string[]>();
  readonly trash: InTrash[] = [];
  /** By the id that the catalog gave, what is held: a number, or the whole artifact. */
  readonly holds = new Map<number, number | 'artifact'>();

  standing(): number[] {
    return [...this.versions].filter(([, one]) => one.state === 'standing').map(([number]) => number).sort((left, right) => left - right);
  }
  latest(): number | null {
    return this.standing().at(-1) ?? null;
  }
  isHeld(number: number): boolean {
    return [...this.holds.values()].some((one) => one === number || one === 'artifact');
  }
  carried(number: number): string[] {
    return [...this.aliases].filter(([, on]) => on === number).map(([name]) => name);
  }
  /** Days that count; null: for good. */
  days(number: number): number | null {
    for (const one of [this.versions.get(number)!.ttl, this.ttl]) {
      if (one.kind === 'off') return null;
      if (one.kind === 'days') return one.days;
    }
    return null;
  }
  due(): number[] {
    return this.standing().filter((number) => !this.isHeld(number) && !this.links.has(number) && (this.days(number) ?? Infinity) <= this.versions.get(number)!.age);
  }
  remove(number: number): InTrash {
    const carried = this.carried(number);
    const link = this.links.get(number) ?? null;
    for (const name of carried) this.aliases.delete(name);
    this.links.delete(number);
    this.versions.get(number)!.state = 'trash';
    return { kind: 'version', numbers: [number], aliases: carried, link };
  }
  bring(item: InTrash): void {
    if (item.kind !== 'version') throw new Error('Only a version comes back by itself.');
    const [number] = item.numbers;
    this.versions.get(number)!.state = 'standing';
    for (const name of item.aliases) if (!this.aliases.has(name)) this.aliases.set(name, number);
    if (item.link !== null) this.links.set(number, item.link.filter((name) => ![...this.links.values()].some((others) => others.includes(name))));
  }
  /** As it is listed: what lies in an artifact that is in the trash itself is not. */
  open(): InTrash[] {
    return this.trash.filter((item) => item.kind === 'artifact' || !this.deleted);
  }
  guarded(number: number): boolean {
    return this.links.get(number)?.includes('guarded') ?? false;
  }
}

test('whatever is done, the artifact, its trash and what would lapse are what the model says', { timeout: 300_000 }, async () => {
  let series = 0;
  await fc.assert(
    fc.asyncProperty(acts, async (steps) => {
      series += 1;
      const model = new Model();
      let name = `artifact-${series}`;
      let type = 'model';
      const ids = new Map<number, number>();
      const linkIds = new Map<number, number>();
      const text = (one: number) => `series ${series}, content ${'x'.repeat(one + 1)}`;
      const first = await world.log(name, text(0));
      const artifactId = first.artifactId;
      ids.set(0, first.versionId);
      model.versions.set(model.next++, { text: 0, age: 0, state: 'standing', ttl: { kind: 'inherit' } });
      const collection = await world.do('collections.create', { registryId: modelsId, name: `source ${series}`, type: 'model' });
      const listed = async () => (await world.ask('trash.list', { limit: 1000 })).items.filter(({ object }) => (object.kind === 'artifact' ? object.id === artifactId : object.kind === 'version' && [...ids.values()].includes(object.id)));
      const trashIds = new Map<InTrash, number>();
      const noteTrash = async (items: readonly InTrash[], idOf: (item: InTrash) => number) => {
        const rows = (await world.ask('trash.list', { limit: 1000 })).items;
        for (const item of items) {
          const row = rows.find((one) => one.object.kind === item.kind && one.object.id === idOf(item));
          expect(row, 'what was deleted lies in the trash').toBeDefined();
          trashIds.set(item, row!.id);
        }
      };
      const objectId = (item: InTrash): number => (item.kind === 'artifact' ? artifactId : ids.get(item.numbers[0])!);

      for (const [turn, step] of steps.entries()) {
        const admin = turn % 2 === 0;
        const acting = admin ? {} : { actorId: mona };
        const run: World['do'] = (operation, input) => world.do(operation, input, acting);
        const standing = model.standing();
        const pick = (index: number) => standing[index % Math.max(1, standing.length)];
        switch (step.act) {
          case 'log': {
            if (model.deleted) break;
            const latest = model.latest();
            const same = latest !== null && model.versions.get(latest)!.text === step.text;
            const logged = await world.log(name, text(step.text), { type, aliases: [...step.aliases] }, { entrance: 'system', at: Date.now() - step.age * day });
            const number = same ? latest : model.next++;
            expect(logged).toMatchObject({ created: !same, index: number });
            if (!same) {
              ids.set(number, logged.versionId);
              model.versions.set(number, { text: step.text, age: step.age, state: 'standing', ttl: { kind: 'inherit' } });
            }
            for (const alias of step.aliases) model.aliases.set(alias, number);
            break;
          }
          case 'put': {
            const number = pick(step.which);
            if (number === undefined || step.aliases.length === 0) break;
            const expected = Object.fromEntries(step.aliases.map((alias) => [alias, step.stale === 0 ? 99 : (model.aliases.get(alias) ?? null)]));
            const code = await codeOf(run('aliases.set', { target: { kind: 'version', id: ids.get(number) as never }, aliases: [...step.aliases], expected }));
            expect(code).toBe(step.stale === 0 ? 'alias_conflict' : 'none');
            if (code === 'none') for (const alias of step.aliases) model.aliases.set(alias, number);
            break;
          }
          case 'take': {
            const number = pick(step.which);
            if (number === undefined || step.aliases.length === 0) break;
            await run('aliases.remove', { target: { kind: 'version', id: ids.get(number) as never }, aliases: [...step.aliases] });
            for (const alias of step.aliases) if (model.aliases.get(alias) === number) model.aliases.delete(alias);
            break;
          }
          case 'delete': {
            const numbers = [...new Set(step.which.map(pick).filter((one) => one !== undefined))];
            if (numbers.length === 0) break;
            const named = step.all ? numbers.flatMap((number) => model.carried(number)) : step.named;
            const refused = numbers.some((number) => model.isHeld(number) || model.guarded(number) || model.carried(number).some((alias) => !named.includes(alias as never)));
            const code = await codeOf(run('versions.delete', { ids: numbers.map((number) => ids.get(number) as never), aliases: [...named] }));
            expect(code !== 'none', `${code} for ${numbers.join(', ')}`).toBe(refused);
            if (refused) break;
            const items = numbers.map((number) => model.remove(number));
            model.trash.push(...items);
            await noteTrash(items, objectId);
            break;
          }
          case 'deleteUndone': {
            const number = pick(step.which);
            if (number === undefined || model.isHeld(number) || model.guarded(number)) break;
            const { undo } = await world.act('versions.delete', { ids: [ids.get(number) as never], aliases: model.carried(number) }, acting);
            await run('undo.apply', { id: undo!.id });
            break;
          }
          case 'deleteArtifact': {
            if (model.deleted) break;
            const refused = standing.some((number) => model.isHeld(number) || model.guarded(number));
            const code = await codeOf(run('artifacts.delete', { id: artifactId }));
            expect(code).toBe(refused ? code : 'none');
            expect(code !== 'none').toBe(refused);
            if (refused) break;
            const items = standing.map((number) => model.remove(number));
            const whole: InTrash = { kind: 'artifact', numbers: standing };
            model.trash.push(...items, whole);
            model.deleted = true;
            await noteTrash([whole], objectId);
            // What went with it is listed no more; it lies in the trash right before it.
            for (const [position, item] of items.entries()) trashIds.set(item, trashIds.get(whole)! - items.length + position);
            break;
          }
          case 'restore': {
            const item = model.trash[step.which % Math.max(1, model.trash.length)];
            if (item === undefined) break;
            const id = trashIds.get(item) as never;
            if (item.kind === 'version' && model.deleted) {
              expect(await codeOf(run('trash.restore', { id }))).toBe('blocked');
              break;
            }
            // A protected alias comes back by an admin's hand alone, and with it the version.
            const returning = item.kind === 'version' ? [item] : item.numbers.flatMap((number) => model.trash.filter((one) => one.kind === 'version' && one.numbers[0] === number));
            await run('trash.restore', { id });
            if (item.kind === 'artifact') model.deleted = false;
            for (const one of returning) {
              model.bring(one);
              model.trash.splice(model.trash.indexOf(one), 1);
            }
            if (item.kind === 'artifact') model.trash.splice(model.trash.indexOf(item), 1);
            break;
          }
          case 'restoreAll': {
            const open = model.open();
            if (open.length === 0) break;
            const { refused } = await world.do('trash.restoreAll', { ids: open.map((item) => trashIds.get(item) as never) });
            expect(refused).toEqual([]);
            const artifact = open.find((item) => item.kind === 'artifact');
            const order = [...(artifact === undefined ? [] : artifact.numbers.flatMap((number) => model.trash.filter((one) => one.kind === 'version' && one.numbers[0] === number))), ...open.filter((item) => item.kind === 'version').toSorted((left, right) => (trashIds.get(left) ?? 0) - (trashIds.get(right) ?? 0))];
            model.deleted = false;
            for (const one of order) {
              if (!model.trash.includes(one)) continue;
              model.bring(one);
              model.trash.splice(model.trash.indexOf(one), 1);
            }
            if (artifact !== undefined) model.trash.splice(model.trash.indexOf(artifact), 1);
            break;
          }
          case 'purge': {
            const open = model.open();
            const item = open[step.which % Math.max(1, open.length)];
            if (item === undefined) break;
            const going = item.kind === 'artifact' ? model.trash.filter((one) => one.kind === 'version') : [item];
            const held = item.kind === 'artifact' ? [...model.holds.values()].some((one) => one === 'artifact' || model.versions.get(one)!.state === 'trash' || model.versions.get(one)!.state === 'gone') : model.isHeld(item.numbers[0]);
            const report = await run('trash.purge', { ids: [trashIds.get(item) as never] });
            expect(report).toMatchObject(held ? { purged: 0, kept: [{}] } : { purged: going.length + (item.kind === 'artifact' ? 1 : 0), kept: [] });
            if (held) break;
            for (const one of [...going, item]) {
              if (one.kind === 'version') model.versions.get(one.numbers[0])!.state = 'gone';
              const at = model.trash.indexOf(one);
              if (at >= 0) model.trash.splice(at, 1);
            }
            expect(await codeOf(run('trash.restore', { id: trashIds.get(item) as never }))).toBe('not_found');
            break;
          }
          case 'expire': {
            // A week later: what nothing holds goes for good; an artifact stays while one of its versions is held.
            await world.internal('internal.purgeTrash', {}, { entrance: 'system', at: Date.now() + 8 * day });
            const heldArtifact = [...model.holds.values()].some((one) => one === 'artifact' || model.versions.get(one)!.state !== 'standing');
            const going = model.trash.filter((item) => !(item.kind === 'artifact' ? heldArtifact : model.isHeld(item.numbers[0])));
            for (const item of going) {
              if (item.kind === 'version') model.versions.get(item.numbers[0])!.state = 'gone';
              model.trash.splice(model.trash.indexOf(item), 1);
            }
            break;
          }
          case 'hold': {
            const known = [...model.versions.keys()];
            const number = known[step.which % known.length]!;
            if (!step.artifact && model.versions.get(number)!.state === 'gone') {
              expect(await codeOf(run('holds.place', { target: { kind: 'version', id: ids.get(number) as never }, reason: 'kept' }))).toBe('not_found');
              break;
            }
            const gone = step.artifact && model.deleted && !model.trash.some((item) => item.kind === 'artifact');
            const target = step.artifact ? { kind: 'artifact' as const, id: artifactId } : { kind: 'version' as const, id: ids.get(number) as never };
            if (gone) {
              expect(await codeOf(run('holds.place', { target, reason: 'kept' }))).toBe('not_found');
              break;
            }
            const hold = await run('holds.place', { target, reason: 'kept' });
            model.holds.set(hold.id, step.artifact ? 'artifact' : number);
            break;
          }
          case 'release': {
            const id = [...model.holds.keys()][step.which % Math.max(1, model.holds.size)];
            if (id === undefined) break;
            expect(await codeOf(run('holds.release', { id: id as never, reason: 'over' }))).toBe(admin ? 'none' : 'permission_denied');
            if (admin) model.holds.delete(id);
            break;
          }
          case 'ttl': {
            const number = pick(step.which);
            if (number === undefined || model.deleted) break;
            await run('ttl.set', { target: step.of === 'artifact' ? { kind: 'artifact', id: artifactId } : { kind: 'version', id: ids.get(number) as never }, ttl: step.ttl });
            if (step.of === 'artifact') model.ttl = step.ttl;
            else model.versions.get(number)!.ttl = step.ttl;
            break;
          }
          case 'sweep': {
            const due = model.due();
            const { lapsed } = await world.do('ttl.sweep', { simulate: false }, { entrance: 'system' });
            expect(lapsed).toBe(due.length);
            const items = due.map((number) => model.remove(number));
            model.trash.push(...items);
            await noteTrash(items, objectId);
            break;
          }
          case 'link': {
            const number = pick(step.which);
            if (number === undefined || type !== 'model') break;
            // To put it where it stands changes nothing, which nobody is refused.
            const forbidden = !admin && step.alias === 'guarded' && !model.guarded(number);
            const work = run('links.create', { versionIds: [ids.get(number) as never], target: { kind: 'collection', id: collection.id }, aliases: step.alias === null ? [] : [step.alias] });
            expect(await codeOf(work)).toBe(forbidden ? 'alias_protected' : 'none');
            if (forbidden) break;
            const [link] = (await work).links;
            linkIds.set(number, link!.linkId);
            const before = model.links.get(number) ?? [];
            if (step.alias !== null) for (const [on, others] of model.links) model.links.set(on, others.filter((one) => one !== step.alias));
            model.links.set(number, [...before.filter((one) => one !== step.alias), ...(step.alias === null ? [] : [step.alias])]);
            break;
          }
          case 'unlink': {
            const linked = [...model.links.keys()];
            const number = linked[step.which % Math.max(1, linked.length)];
            if (number === undefined) break;
            const forbidden = !admin && model.guarded(number);
            const code = await codeOf(run('links.remove', { linkIds: [linkIds.get(number) as never] }));
            expect(code !== 'none').toBe(forbidden);
            if (!forbidden) model.links.delete(number);
            break;
          }
          case 'rename': {
            if (model.deleted) break;
            const renamed = `artifact-${series}-${turn}`;
            await run('artifacts.update', { id: artifactId, name: renamed });
            // The old address leads on.
            expect((await world.ask('artifacts.get', { entity: 'lab', project: 'vision', name })).name).toBe(renamed);
            name = renamed;
            break;
          }
          case 'type': {
            if (model.deleted) break;
            const wanted = type === 'model' ? 'weights' : 'model';
            const code = await codeOf(run('artifacts.move', { id: artifactId, type: wanted }));
            expect(code).toBe(model.links.size > 0 ? 'blocked' : 'none');
            if (code === 'none') type = wanted;
            break;
          }
          case 'forbidden': {
            const number = pick(step.which);
            if (number === undefined || model.deleted) break;
            const id = ids.get(number) as never;
            const looking = { actorId: onlooker };
            const tried = [
              world.do('aliases.set', { target: { kind: 'version', id }, aliases: ['best'] }, looking), world.do('versions.delete', { ids: [id] }, looking), world.do('artifacts.update', { id: artifactId, description: 'x' }, looking), world.do('artifacts.delete', { id: artifactId }, looking),
              world.do('artifacts.move', { id: artifactId, type: 'x' }, looking), world.do('ttl.set', { target: { kind: 'version', id }, ttl: { kind: 'off' } }, looking), world.do('holds.place', { target: { kind: 'version', id }, reason: 'x' }, looking),
            ];
            for (const one of tried) expect(await codeOf(one)).toBe('permission_denied');
            break;
          }
        }

        // What is seen of it: versions, aliases, the trash with its bytes, what would lapse, and the collection.
        if (!model.deleted) {
          const { items } = await world.ask('versions.list', { artifactId, limit: 1000, sort: 'index', direction: 'ascending' });
          const latest = model.latest();
          expect(items.map((one) => ({ index: one.index, aliases: one.aliases.map((chip) => chip.name).sort(), links: one.linkCount })), `${turn}: ${step.act}`).toEqual(
            model.standing().map((number) => ({ index: number, aliases: [...(number === latest ? ['latest'] : []), ...model.carried(number)].sort(), links: model.links.has(number) ? 1 : 0 })),
          );
          const summary = await world.ask('artifacts.get', { id: artifactId });
          expect([summary.versionCount, summary.latest?.index ?? null, summary.type]).toEqual([model.standing().length, latest, type]);
        }
        const shown = await listed();
        expect(new Map(shown.map((one) => [`${one.object.kind} ${one.object.id}`, one.bytesFreed])), `${turn}: ${step.act}, the trash`).toEqual(new Map(model.open().map((item) => [`${item.kind} ${objectId(item)}`, bytesOf(model, item, text)])));
        const lapsing = await world.do('ttl.sweep', { simulate: true }, { entrance: 'system' });
        expect(new Set(lapsing.versions.map((one) => one.versionId as number)), `${turn}: ${step.act}, what would lapse`).toEqual(new Set((model.deleted ? [] : model.due()).map((number) => ids.get(number)!)));
        const linked = (await world.ask('links.list', { collectionId: collection.id, limit: 1000 })).items;
        expect(new Map(linked.map((link) => [link.version.id as number, link.aliases.map((chip) => chip.name).filter((alias) => alias !== 'latest').sort()])), `${turn}: ${step.act}, links`).toEqual(new Map([...model.links].map(([number, aliases]) => [ids.get(number)!, [...aliases].sort()])));
      }
      // Nothing may lapse in the next series.
      for (const id of model.holds.keys()) await world.do('holds.release', { id: id as never, reason: 'over' });
      if (!model.deleted) await world.do('ttl.set', { target: { kind: 'artifact', id: artifactId }, ttl: { kind: 'off' } });
      if (!model.deleted) for (const number of model.standing()) await world.do('ttl.set', { target: { kind: 'version', id: ids.get(number) as never }, ttl: { kind: 'off' } });
    }),
    {
      seed: 20_261_126, numRuns: 60,
      // What once failed: a hold kept the artifact in the trash, which then could not come back without what had gone.
      examples: [[[{ act: 'log', text: 1, aliases: [], age: 0 }, { act: 'deleteArtifact' }, { act: 'hold', which: 0, artifact: false }, { act: 'expire' }, { act: 'restore', which: 1 }]]],
    },
  );
  expect(await world.ask('history.verify', {})).toMatchObject({ intact: true });
});

/** Bytes that purging it would free: contents that no version of the series which can still be had shares. */
function bytesOf(model: Model, item: InTrash, text: (one: number) => string): number {
  const going = new Set(item.kind === 'version' ? item.numbers : model.trash.flatMap((one) => (one.kind === 'version' ? one.numbers : [])));
  const others = [...model.versions].filter(([number, one]) => !going.has(number) && (one.state !== 'gone' || model.isHeld(number))).map(([, one]) => one.text);
  return [...new Set([...going].map((number) => model.versions.get(number)!.text))].filter((one) => !others.includes(one)).reduce((sum, one) => sum + text(one).length, 0);
}
