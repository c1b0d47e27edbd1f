import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeOf, openWorld, type World } from './testing/world.ts';

let world: World;
let boris: number;
let guest: number;
beforeAll(async () => {
  world = await openWorld();
  boris = await world.person('boris', 'member');
  guest = await world.person('guest', 'restricted_viewer');
});
afterAll(() => world.close());

const names = async (actorId?: number) => (await world.ask('searches.list', {}, actorId === undefined ? {} : { actorId })).items.map((item) => item.name);

test('one’s own searches are seen by oneself, shared ones by all, and only their owner or an admin changes them', async () => {
  const own = await world.do('searches.save', { name: 'Large models', text: 'type:model size>1GB' }, { actorId: boris });
  expect(own).toMatchObject({ shared: false, mayEdit: true, owner: { username: 'boris' } });
  expect(await names()).toEqual([]);
  expect(await codeOf(world.do('searches.remove', { id: own.id }))).toBe('not_found');
  const shared = await world.do('searches.save', { name: 'Production', text: 'alias:production', shared: true, kinds: ['version'] }, { actorId: boris });
  expect(await names(guest)).toEqual(['Production']);
  expect(await names(boris)).toEqual(['Large models', 'Production']);
  expect(await codeOf(world.do('searches.rename', { id: shared.id, name: 'Mine' }, { actorId: guest }))).toBe('permission_denied');
  expect(await world.do('searches.rename', { id: shared.id, name: 'In production' })).toMatchObject({ name: 'In production', text: 'alias:production', kinds: ['version'] });
  expect((await world.ask('history.list', { kinds: ['search.saved'] })).items).toHaveLength(2);
  await world.do('searches.remove', { id: shared.id }, { actorId: boris });
  expect(await names(guest)).toEqual([]);
});

test('a search that can’t be read is refused with its place; a name that is taken or breaks a rule, too', async () => {
  await expect(world.do('searches.save', { name: 'broken', text: 'type:model (size>1XB' })).rejects.toMatchObject({ code: 'query_invalid', details: { offset: expect.any(Number) as number } });
  expect(await codeOf(world.do('searches.save', { name: '  ', text: 'x' }))).toBe('name_invalid');
  const saved = await world.do('searches.save', { name: 'same', text: 'x' });
  expect(await codeOf(world.do('searches.save', { name: 'same', text: 'y' }))).toBe('already_exists');
  expect(await world.do('searches.save', { id: saved.id, name: 'same', text: 'y' })).toMatchObject({ text: 'y' });
  expect(await codeOf(world.do('searches.save', { name: 'for all', text: 'x', shared: true }, { actorId: guest }))).toBe('permission_denied');
  expect(await codeOf(world.do('searches.save', { name: 'for me', text: 'x' }, { actorId: guest }))).toBe('none');
});

test('finds by who and by lifecycle state, and completes both and metadata values', async () => {
  const mine = await world.log('by-ada', 'one', { metadata: { framework: 'torch' } });
  const { id: teamId } = await world.ask('teams.get', { name: 'lab' });
  await world.do('teams.setMember', { teamId, userId: boris as never, role: 'member' });
  const theirs = await world.log('by-boris', 'two', { metadata: { framework: 'tensorflow' } }, { actorId: boris });
  const found = async (text: string, actorId?: number) => (await world.ask('search.query', { text, kinds: ['version'] }, actorId === undefined ? {} : { actorId })).items.map((hit) => (hit.kind === 'version' ? hit.version.id : 0));
  expect(await found('by:ada')).toEqual([mine.versionId]);
  expect(await found('by:bo*')).toEqual([theirs.versionId]);
  expect(await found('by:me', boris)).toEqual([theirs.versionId]);
  expect(await found('-by:me', boris)).toEqual([mine.versionId]);
  expect(await found('state:approved')).toEqual([]);
  const complete = async (text: string) => (await world.ask('search.complete', { text, caret: text.length })).items.map((item) => item.insert);
  expect(await complete('by:b')).toEqual(['boris']);
  expect(await complete('by:m')).toEqual(['me']);
  expect(await complete('metadata.framework:t')).toEqual(['tensorflow', 'torch']);
  expect(await complete('st')).toContain('state:');
  // The palette takes the same language; words alone are those of a name, and what can't be read says where.
  const quick = (text: string) => world.ask('search.quick', { text });
  const ids = async (text: string) => (await quick(text)).items.flatMap((hit) => (hit.kind === 'version' ? [hit.version.id] : []));
  expect(await ids('by:ada metadata.framework:torch')).toEqual([mine.versionId]);
  expect(await ids('metadata.framework:t* -by:ada')).toEqual([theirs.versionId]);
  expect((await quick('by-ada')).items[0]).toMatchObject({ kind: 'artifact', artifact: { name: 'by-ada' } });
  expect(await quick('by-ada size>>1')).toMatchObject({ problem: { offset: expect.any(Number) as unknown, explanation: expect.stringContaining('size') as unknown } });
});
