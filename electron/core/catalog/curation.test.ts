/** Promotion, previews, reasons and lifecycle states, against a real catalog. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VitrineError } from '#shared/contract/errors.ts';
import { standardLifecycle } from '#shared/domain/index.ts';
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

let series = 0;
/** A registry with one collection of so many links. */
async function shelf(count: number, name = `shelf ${(series += 1)}`) {
  const registry = await world.do('registries.create', { name, acceptedTypes: ['model'] });
  const versions = [];
  for (let index = 0; index < count; index++) versions.push(await world.log(`of-${name.replace(' ', '-')}`, `bytes ${name} ${index}`));
  const { collectionId, links } = await world.do('links.create', { versionIds: versions.map((version) => version.versionId), target: { kind: 'new_collection', registryId: registry.id, name: 'gemma' } });
  return { registry, versions, collectionId, links, put: (index: number, ...aliases: string[]) => world.do('aliases.set', { target: { kind: 'link', id: links[index]!.linkId }, aliases }) };
}
const picture = async (collectionId: number) =>
  (await world.ask('links.list', { collectionId: collectionId as never, direction: 'ascending' })).items.map((link) => [link.index, link.note, link.aliases.map((alias) => alias.name)]);
const detailsOf = async (work: Promise<unknown>) => work.then(() => ({}), (error: unknown) => (error as VitrineError).details);

describe('promotion', () => {
  test('links, aliases, notes and message go on as one act, with one undo', async () => {
    const from = await shelf(2);
    const to = await shelf(1);
    await from.put(1, 'candidate');
    await to.put(0, 'production');
    await world.do('links.note', { id: from.links[1]!.linkId, note: 'best so far' });
    const input = { linkIds: from.links.map((link) => link.linkId), target: { kind: 'collection' as const, id: to.collectionId }, aliases: ['production'], carryAliases: true, expected: { production: 0 } };
    const preview = await world.ask('links.promotePreview', input);
    expect(preview).toMatchObject({ links: [{ index: 1, standing: false }, { index: 2, standing: false }], refused: [], needsReason: false });
    const rev = world.catalog.status().rev;
    const act = await world.act('links.promote', input, { message: 'held-out accuracy 0.93' });
    expect(world.catalog.status().rev).toBe(rev + 1);
    expect(act.output.moves.toSorted((left, right) => (left.alias < right.alias ? -1 : 1))).toEqual(preview.moves.toSorted((left, right) => (left.alias < right.alias ? -1 : 1)));
    expect(await picture(to.collectionId)).toEqual([[0, '', []], [1, '', []], [2, 'best so far', ['latest', 'candidate', 'production']]]);
    expect(await picture(from.collectionId)).toEqual([[0, '', []], [1, 'best so far', ['latest', 'candidate']]]);
    const { items } = await world.ask('history.list', { actId: act.output.actId! });
    expect(new Set(items.map((event) => event.message))).toEqual(new Set(['held-out accuracy 0.93']));
    expect(items.map((event) => event.kind).sort()).toEqual(['alias.added', 'alias.moved', 'link.created', 'link.created', 'link.promoted', 'link.promoted']);
    expect(act.undo?.label).toBe(`Promote 2 versions to ${to.registry.name}/gemma`);
    await world.do('undo.apply', { id: act.undo!.id });
    expect(await picture(to.collectionId)).toEqual([[0, '', ['latest', 'production']]]);
  });

  test('a version that stands there keeps its link; nothing new is nothing', async () => {
    const from = await shelf(1);
    const { collectionId } = await world.do('links.promote', { linkIds: [from.links[0]!.linkId], target: { kind: 'new_collection', registryId: (await shelf(1)).registry.id, name: 'other' } });
    const rev = world.catalog.status().rev;
    const again = await world.do('links.promote', { linkIds: [from.links[0]!.linkId], target: { kind: 'collection', id: collectionId } });
    expect(again).toMatchObject({ links: [{ index: 0, standing: true }], moves: [], actId: null });
    expect(world.catalog.status().rev).toBe(rev);
    expect(await codeOf(world.do('links.promote', { linkIds: [again.links[0]!.linkId], target: { kind: 'collection', id: collectionId } }))).toBe('bad_input');
  });

  test('a stale expectation is refused with who moved the alias, and nothing is linked', async () => {
    const from = await shelf(1);
    const to = await shelf(2);
    await to.put(1, 'production');
    const input = { linkIds: [from.links[0]!.linkId], target: { kind: 'collection' as const, id: to.collectionId }, aliases: ['production'], expected: { production: 0 } };
    expect((await world.ask('links.promotePreview', input)).refused).toMatchObject([{ rule: 'alias-moved', label: 'production' }]);
    expect(await detailsOf(world.do('links.promote', input))).toMatchObject({ alias: 'production', expected: 0, actual: 1, moved: { by: 'Ada' } });
    expect(await picture(to.collectionId)).toHaveLength(2);
    expect(await codeOf(world.do('links.create', { versionIds: [from.versions[0]!.versionId], target: input.target, aliases: ['production'], expected: { production: 0 } }))).toBe('alias_conflict');
  });

  test('each registry’s own rights count, and what is hidden is not there; whence something came is told to those who see that', async () => {
    const from = await shelf(1);
    const to = await shelf(1);
    const input = { linkIds: [from.links[0]!.linkId], target: { kind: 'collection' as const, id: to.collectionId } };
    expect(await codeOf(world.do('links.promote', input, { actorId: viewer }))).toBe('permission_denied');
    expect((await world.ask('links.promotePreview', input, { actorId: viewer })).refused).toMatchObject([{ rule: 'role-missing' }]);
    const { actId } = await world.do('links.promote', input);
    await world.do('registries.update', { id: from.registry.id, visibility: 'restricted' });
    expect(await codeOf(world.do('links.promote', input, { actorId: member }))).toBe('not_found');
    expect(await codeOf(world.ask('links.promotePreview', input, { actorId: member }))).toBe('not_found');
    const heard = (await world.ask('history.list', { actId: actId!, kinds: ['link.promoted'] }, { actorId: member })).items;
    expect(heard).toMatchObject([{ before: null }]);
    expect(JSON.stringify(heard)).not.toContain(from.registry.name);
    expect((await world.ask('history.list', { actId: actId!, kinds: ['link.promoted'] })).items[0]?.before).toMatchObject({ link: `${from.registry.name}/gemma:v0` });
  });

  test('who uses a version through a registry alone may link it on, though not see its project', async () => {
    const from = await shelf(1);
    const outside = await world.do('users.create', { username: 'olaf', role: 'member' });
    const team = (await world.ask('teams.list', {})).items[0]!;
    await world.do('teams.setMember', { teamId: team.id, userId: outside.id, role: null });
    const acting = { actorId: outside.id };
    expect(await codeOf(world.ask('projects.list', {}, acting))).toBe('none');
    const to = await world.do('registries.create', { name: `own ${(series += 1)}` }, acting);
    const { links } = await world.do('links.promote', { linkIds: [from.links[0]!.linkId], target: { kind: 'new_collection', registryId: to.id, name: 'taken over' } }, acting);
    expect(links).toMatchObject([{ index: 0 }]);
    expect(await codeOf(world.do('links.create', { versionIds: [from.versions[0]!.versionId], target: { kind: 'new_collection', registryId: to.id, name: 'by link' } }, acting))).toBe('none');
  });
});

describe('previews', () => {
  test('of linking say numbers and moves, and who is refused why', async () => {
    const { registry, collectionId, versions, put } = await shelf(2);
    await put(0, 'staging');
    const next = await world.log('another', 'bytes of another');
    const data = await world.log('a-dataset', 'rows', { type: 'dataset' });
    const target = { kind: 'collection' as const, id: collectionId };
    const linking = await world.ask('links.preview', { versionIds: [versions[0]!.versionId, next.versionId], target, aliases: ['staging'] });
    expect(linking).toMatchObject({ links: [{ index: 0, standing: true }, { index: 2, standing: false }], refused: [] });
    expect(linking.moves).toEqual(expect.arrayContaining([{ alias: 'staging', from: 0, to: 2 }, { alias: 'latest', from: 1, to: 2 }]));
    expect(await world.ask('links.preview', { versionIds: [data.versionId, next.versionId], target })).toMatchObject({ links: [{ versionId: next.versionId }], refused: [{ id: data.versionId, rule: 'collection-type' }] });
    expect(await world.ask('links.preview', { versionIds: [next.versionId], target: { kind: 'new_collection', registryId: registry.id, name: 'gemma' } })).toMatchObject({ refused: [{ rule: 'already-exists' }] });
  });

  test('of unlinking say what goes, with which aliases, and what a protected alias holds', async () => {
    const { registry, links, put } = await shelf(3);
    await world.do('registries.update', { id: registry.id, protectedAliases: ['prod-*'], reasonRequired: 'protected' });
    await world.do('aliases.set', { target: { kind: 'link', id: links[0]!.linkId }, aliases: ['prod-eu'] }, { message: 'fits' });
    await put(2, 'staging');
    const linkIds = links.map((link) => link.linkId);
    const asMember = await world.ask('links.removePreview', { linkIds }, { actorId: member });
    expect(asMember).toMatchObject({ links: [{ linkId: linkIds[1] }, { linkId: linkIds[2], aliases: [{ name: 'latest' }, { name: 'staging' }] }], refused: [{ id: linkIds[0], rule: 'protected-alias' }], needsReason: false });
    expect(asMember.moves).toEqual(expect.arrayContaining([expect.objectContaining({ alias: 'latest', from: 2, to: 0 })]));
    expect(await world.ask('links.removePreview', { linkIds })).toMatchObject({ refused: [], needsReason: true });
    expect((await world.ask('links.removePreview', { linkIds }, { actorId: viewer })).refused).toHaveLength(3);
    const { moves } = await world.do('links.remove', { linkIds: linkIds.slice(1) }, { actorId: member });
    expect(moves).toEqual(expect.arrayContaining([{ alias: 'latest', from: 2, to: 0 }, { alias: 'staging', from: 2, to: null }]));
  });
});

describe('reasons', () => {
  test('are asked for where the registry asks, whoever moves an alias and however', async () => {
    const { registry, links, versions, collectionId, put } = await shelf(2);
    await world.do('registries.update', { id: registry.id, reasonRequired: 'all' });
    const target = { kind: 'link' as const, id: links[0]!.linkId };
    const next = await world.log('reasoned', 'bytes');
    const without = [
      put(0, 'production'), world.do('links.create', { versionIds: [next.versionId], target: { kind: 'collection', id: collectionId }, aliases: ['production'] }),
      world.do('aliases.set', { target, aliases: ['production'] }, { message: '   ' }), world.do('aliases.set', { target, aliases: ['production'] }, { entrance: 'sdk' }), world.do('aliases.set', { target, aliases: ['production'] }, { entrance: 'http' }),
    ];
    expect(await Promise.all(without.map(codeOf))).toEqual(without.map(() => 'reason_required'));
    expect(await codeOf(world.do('links.create', { versionIds: [next.versionId], target: { kind: 'collection', id: collectionId } }))).toBe('none');
    const act = await world.act('aliases.set', { target, aliases: ['production'] }, { message: 'accuracy' });
    expect(await codeOf(world.do('aliases.remove', { target, aliases: ['production'] }))).toBe('reason_required');
    expect(await codeOf(world.do('links.remove', { linkIds: [target.id] }))).toBe('reason_required');
    await world.do('undo.apply', { id: act.undo!.id });
    expect(await codeOf(world.do('links.remove', { linkIds: [target.id] }))).toBe('none');
    expect(versions).toHaveLength(2);
    expect(await codeOf(world.do('registries.update', { id: registry.id, reasonRequired: 'never' }, { actorId: member }))).toBe('permission_denied');
  });

  test('for protected aliases alone, where that is what the registry wants', async () => {
    const { registry, put } = await shelf(1);
    await world.do('registries.update', { id: registry.id, reasonRequired: 'protected', protectedAliases: ['production'] });
    expect(await codeOf(put(0, 'staging'))).toBe('none');
    expect(await codeOf(put(0, 'production'))).toBe('reason_required');
  });

  test('taking an alias off can name where it was seen', async () => {
    const { links, put } = await shelf(2);
    await put(1, 'production');
    const target = { kind: 'link' as const, id: links[0]!.linkId };
    expect((await world.do('aliases.remove', { target, aliases: ['production'] })).moves).toEqual([]);
    expect(await codeOf(world.do('aliases.remove', { target, aliases: ['production'], expected: { production: 0 } }))).toBe('alias_conflict');
  });
});

describe('lifecycle states', () => {
  const lifecycle = { states: [...standardLifecycle.states], transitions: [...standardLifecycle.transitions] };

  test('links begin in the first, and go where transitions and roles allow', async () => {
    const { registry, links, collectionId } = await shelf(2);
    const linkIds = links.map((link) => link.linkId);
    expect(await codeOf(world.do('links.setState', { linkIds, state: 'candidate' }))).toBe('blocked');
    expect(await codeOf(world.do('registries.setLifecycle', { registryId: registry.id, lifecycle }, { actorId: member }))).toBe('permission_denied');
    expect(await world.do('registries.setLifecycle', { registryId: registry.id, lifecycle })).toMatchObject({ links: 2, lifecycle });
    const next = await world.log('stateful', 'bytes');
    await world.do('links.create', { versionIds: [next.versionId], target: { kind: 'collection', id: collectionId } });
    const states = async () => (await world.ask('links.list', { collectionId, direction: 'ascending' })).items.map((link) => link.state);
    expect(await states()).toEqual(['draft', 'draft', 'draft']);
    expect(await world.ask('links.nextStates', { id: linkIds[0]! }, { actorId: member })).toEqual({ state: 'draft', next: [{ name: 'candidate', needsReason: false, needsApproval: null }, { name: 'retired', needsReason: false, needsApproval: null }] });
    expect((await world.ask('links.nextStates', { id: linkIds[0]! }, { actorId: viewer })).next).toEqual([]);
    const act = await world.act('links.setState', { linkIds, state: 'candidate', expected: 'draft' }, { actorId: member });
    expect(act.output.links).toHaveLength(2);
    expect(await states()).toEqual(['candidate', 'candidate', 'draft']);
    expect((await world.ask('links.list', { collectionId, state: 'candidate' })).total).toBe(2);
    expect(await detailsOf(world.do('links.setState', { linkIds, state: 'candidate', expected: 'draft' }))).toMatchObject({ expected: 'draft', actual: 'candidate', moved: { by: 'mona' } });
    expect(await codeOf(world.do('links.setState', { linkIds, state: 'approved' }, { actorId: member }))).toBe('permission_denied');
    expect(await codeOf(world.do('links.setState', { linkIds, state: 'approved' }, { actorId: viewer }))).toBe('permission_denied');
    expect(await codeOf(world.do('links.setState', { linkIds, state: 'nowhere' }))).toBe('blocked');
    await world.do('links.setState', { linkIds: [linkIds[0]!], state: 'approved' });
    expect(await codeOf(world.do('links.setState', { linkIds: [linkIds[0]!], state: 'retired' }))).toBe('reason_required');
    await world.do('links.setState', { linkIds: [linkIds[0]!], state: 'retired' }, { message: 'superseded' });
    expect(await codeOf(world.do('links.setState', { linkIds: [linkIds[0]!], state: 'draft' }))).toBe('blocked');
    expect(await codeOf(world.do('undo.apply', { id: act.undo!.id }, { actorId: member }))).toBe('undo_stale');
    const told = (await world.ask('history.list', { object: { kind: 'link', id: linkIds[0]! }, kinds: ['lifecycle.state_changed'] })).items;
    expect(told.map((event) => [event.before, event.after, event.message])).toEqual([
      [{ state: 'approved', index: 0 }, { state: 'retired', index: 0 }, 'superseded'], [{ state: 'candidate', index: 0 }, { state: 'approved', index: 0 }, null], [{ state: 'draft', index: 0 }, { state: 'candidate', index: 0 }, null],
    ]);
  });

  test('a state in use can’t go; renamed, its links go along; undone, all is as before', async () => {
    const { registry, links, collectionId } = await shelf(2);
    await world.do('registries.setLifecycle', { registryId: registry.id, lifecycle });
    await world.do('links.setState', { linkIds: [links[1]!.linkId], state: 'candidate' });
    const without = { states: lifecycle.states.filter((state) => state.name !== 'candidate'), transitions: [] };
    expect(await world.ask('registries.lifecyclePreview', { registryId: registry.id, lifecycle: without })).toMatchObject({ blockers: [{ state: 'candidate', links: 1, examples: [`${registry.name}/gemma:v1`] }], counts: [{ state: 'candidate', links: 1 }, { state: 'draft', links: 1 }] });
    expect(JSON.stringify(await detailsOf(world.do('registries.setLifecycle', { registryId: registry.id, lifecycle: without })))).toMatch(/state-in-use.*gemma:v1/u);
    expect(await codeOf(world.do('registries.setLifecycle', { registryId: registry.id, lifecycle: null }))).toBe('blocked');
    const renamed = { states: lifecycle.states.map((state) => (state.name === 'candidate' ? { ...state, name: 'shadow' } : state)), transitions: [] };
    const act = await world.act('registries.setLifecycle', { registryId: registry.id, lifecycle: renamed, renamed: { candidate: 'shadow' } });
    const states = async () => (await world.ask('links.list', { collectionId, direction: 'ascending' })).items.map((link) => link.state);
    expect(await states()).toEqual(['draft', 'shadow']);
    await world.do('undo.apply', { id: act.undo!.id });
    expect([await states(), (await world.ask('registries.get', { id: registry.id })).lifecycle]).toEqual([['draft', 'candidate'], lifecycle]);
    expect(await codeOf(world.do('registries.setLifecycle', { registryId: registry.id, lifecycle: { states: [], transitions: [] } as never }).catch(() => { throw new VitrineError('bad_input'); }))).toBe('bad_input');
  });

  test('a link comes back from the trash in its state, or where links begin when that is no more', async () => {
    const { registry, links, collectionId } = await shelf(2);
    await world.do('registries.setLifecycle', { registryId: registry.id, lifecycle });
    await world.do('links.setState', { linkIds: links.map((link) => link.linkId), state: 'candidate' });
    const first = await world.act('links.remove', { linkIds: [links[0]!.linkId] });
    await world.do('undo.apply', { id: first.undo!.id });
    const second = await world.act('links.remove', { linkIds: [links[0]!.linkId] });
    await world.do('links.setState', { linkIds: [links[1]!.linkId], state: 'draft' });
    await world.do('registries.setLifecycle', { registryId: registry.id, lifecycle: { states: lifecycle.states.filter((state) => state.name !== 'candidate'), transitions: [] } });
    await world.do('undo.apply', { id: second.undo!.id });
    expect((await world.ask('links.list', { collectionId })).items.map((link) => link.state)).toEqual(['draft', 'draft']);
  });
});
