/** MLflow's quirks, one by one, against the fake server that has them; those of the real one are in `e2e/remotes`, whose README says which test has which. */
import { afterAll, expect, test } from 'vitest';
import type { RemoteId } from '#shared/contract/index.ts';
import { openBesideFakes } from './testing/besideFakes.ts';
import type { FakeMlflow } from './testing/fakeMlflow.ts';

const { vitrine, fresh, close } = await openBesideFakes();
afterAll(close);

type Followed = { readonly server: FakeMlflow; readonly registry: string; readonly remoteId: RemoteId; round(everything?: boolean): Promise<void>; act(path: string, body: Readonly<Record<string, unknown>>): void };

async function follow(fill: (act: Followed['act']) => void = () => undefined): Promise<Followed> {
  const { server, registry } = fresh();
  const act: Followed['act'] = (path, body) => void server.act('client', path, body);
  fill(act);
  const { id } = await vitrine.run('remotes.add', { kind: 'mlflow', name: registry, url: server.url, registry });
  const round = async (everything = false): Promise<void> => void (await vitrine.run('sync.run', { remoteId: id, everything }));
  await round();
  return { server, registry, remoteId: id, round, act };
}

const crowd = (count: number) => (act: Followed['act']): void => {
  for (let number = 0; number < count; number++) {
    act('registered-models/create', { name: `m${String(number).padStart(3, '0')}` });
    act('model-versions/create', { name: `m${String(number).padStart(3, '0')}`, source: 'x' });
  }
};
const collection = (registry: string, name: string) => vitrine.run('collections.get', { registry, name });
const collectionNames = async (registry: string): Promise<readonly string[]> => (await vitrine.run('collections.list', { registryId: (await vitrine.run('registries.get', { name: registry })).id, limit: 500 })).items.map((one) => one.name);
const state = async (remoteId: RemoteId) => (await vitrine.run('sync.state', {})).items.find((one) => one.remoteId === remoteId)!;

test('rows that slide over a page’s edge while pages are read by offset are neither lost, nor doubled, nor taken for deleted', async () => {
  const { server, registry, remoteId, round, act } = await follow(crowd(130));
  expect((await collectionNames(registry)).length).toBe(130);
  server.pageCap = 40;
  for (const slide of ['insert', 'delete'] as const) {
    let pages = 0;
    server.fault = (_, path) => {
      if (path.endsWith('registered-models/search') && ++pages === 2) {
        // In front of all, so that every row after it slides by one, one way or the other.
        if (slide === 'insert') act('registered-models/create', { name: 'a-first' });
        else act('DELETE registered-models/delete', { name: 'a-first' });
      }
      return 'pass';
    };
    await round(true);
    server.fault = null;
    expect(pages, slide).toBeGreaterThan(2);
    expect((await state(remoteId)).models, slide).toBeGreaterThanOrEqual(130);
  }
  await round(true);
  expect((await state(remoteId)).models).toBe(130);
  expect((await collectionNames(registry)).filter((name) => name.startsWith('m')).length).toBe(130);
  for (const name of ['m000', 'm039', 'm040', 'm129']) expect(await collection(registry, name), name).toMatchObject({ linkCount: 1 });
});

test('a clock that goes back by hours hides nothing for longer than until the next sweep, and texts still go to the later writer', async () => {
  const { server, registry, round, act } = await follow(crowd(130));
  server.skew = -3 * 3_600_000;
  act('registered-models/update', { name: 'm005', description: 'Written after the clock went back.' });
  act('model-versions/create', { name: 'm005', source: 'y' });
  await round(true);
  expect(await collection(registry, 'm005')).toMatchObject({ description: 'Written after the clock went back.', linkCount: 2 });
  // And with the clock put right again, by as much the other way.
  server.skew = 0;
  act('registered-models/update', { name: 'm006', description: 'And after it was put right.' });
  await round();
  expect(await collection(registry, 'm006')).toMatchObject({ description: 'And after it was put right.' });
});

test('names with “/” and “:”, as older servers hold them, never lead to another model or path', async () => {
  const { registry, remoteId, round } = await follow((act) => {
    for (const name of ['team/gemma', 'gemma:1', '../../etc/passwd', 'gemma']) {
      act('registered-models/create', { name });
      act('model-versions/create', { name, source: 'x' });
    }
    act('registered-models/alias', { name: 'gemma:1', alias: 'champion', version: '1' });
  });
  expect((await collectionNames(registry)).toSorted()).toEqual(['gemma', 'gemma:1']);
  expect((await collection(registry, 'gemma')).aliases.map(({ name }) => name)).not.toContain('champion');
  expect(await state(remoteId)).toMatchObject({ skippedCount: 2, skipped: [{ model: '../../etc/passwd', why: expect.stringContaining('/') as unknown }, { model: 'team/gemma', why: expect.stringContaining('/') as unknown }] });
  await round(true);
  expect((await state(remoteId)).skippedCount).toBe(2);
});

test('an alias that calls itself “latest”, or like a number, is the server’s own: it comes from nowhere and goes nowhere', async () => {
  const { server, registry, remoteId, round } = await follow((act) => {
    act('registered-models/create', { name: 'gemma' });
    for (let version = 0; version < 3; version++) act('model-versions/create', { name: 'gemma', source: 'x' });
  });
  const model = server.models.get('gemma')!;
  model.aliases.set('latest', 1);
  model.aliases.set('v2', 1);
  await round(true);
  expect((await collection(registry, 'gemma')).aliases).toEqual([]);
  await vitrine.run('remotes.update', { id: remoteId, pushes: true });
  await round(true);
  expect(Object.fromEntries(model.aliases)).toEqual({ latest: 1, v2: 1 });
});

test('aliases that differ in their case alone are two there and two here', async () => {
  const { registry, round, act } = await follow((fill) => {
    fill('registered-models/create', { name: 'gemma' });
    for (let version = 0; version < 2; version++) fill('model-versions/create', { name: 'gemma', source: 'x' });
    fill('registered-models/alias', { name: 'gemma', alias: 'champion', version: '1' });
  });
  act('registered-models/alias', { name: 'gemma', alias: 'Champion', version: '2' });
  await round(true);
  expect((await collection(registry, 'gemma')).aliases.filter(({ name }) => name !== 'latest').map(({ name, index }) => `${name} ${index}`).toSorted()).toEqual(['Champion 1', 'champion 0']);
});

test('a model that was deleted and made again begins with number 1: what was known of the first stays, and is not taken for it', async () => {
  const { registry, round, act } = await follow((fill) => {
    fill('registered-models/create', { name: 'gemma' });
    for (let version = 0; version < 2; version++) fill('model-versions/create', { name: 'gemma', source: 'x' });
    fill('registered-models/alias', { name: 'gemma', alias: 'champion', version: '1' });
  });
  const before = await vitrine.run('links.list', { collectionId: (await collection(registry, 'gemma')).id, direction: 'ascending' });
  act('DELETE registered-models/delete', { name: 'gemma' });
  act('registered-models/create', { name: 'gemma' });
  act('model-versions/create', { name: 'gemma', source: 'y' });
  await round(true);
  const after = await vitrine.run('links.list', { collectionId: (await collection(registry, 'gemma')).id, direction: 'ascending' });
  expect(after.items.map((link) => link.id)).toEqual([...before.items.map((link) => link.id), expect.any(Number)]);
  expect(new Set(after.items.map((link) => link.version.id)).size).toBe(3);
});

test('an alias left behind on a version that is gone stands nowhere, and comes again when it is put on another', async () => {
  const { server, registry, round, act } = await follow((fill) => {
    fill('registered-models/create', { name: 'gemma' });
    for (let version = 0; version < 2; version++) fill('model-versions/create', { name: 'gemma', source: 'x' });
    fill('registered-models/alias', { name: 'gemma', alias: 'champion', version: '1' });
  });
  act('DELETE model-versions/delete', { name: 'gemma', version: '1' });
  expect(server.models.get('gemma')!.aliases.get('champion')).toBe(1);
  await round(true);
  expect((await collection(registry, 'gemma')).aliases).toEqual([]);
  act('registered-models/alias', { name: 'gemma', alias: 'champion', version: '2' });
  await round(true);
  expect((await collection(registry, 'gemma')).aliases.find(({ name }) => name === 'champion')).toMatchObject({ index: 1 });
});

test('no question is asked that a server refuses: pages of nothing, orders that it doesn’t know', async () => {
  const { server, round } = await follow(crowd(3));
  const sizes: number[] = [];
  server.heard = (_, path, fields) => {
    if (path.endsWith('search')) sizes.push(Number(fields['max_results']));
  };
  await round();
  await round(true);
  expect(sizes.length).toBeGreaterThan(1);
  expect(Math.min(...sizes)).toBeGreaterThan(0);
});

test('the versions of many models are asked for together, and one by one where the server takes no lists of names', async () => {
  const asked = async (takesLists: boolean): Promise<number> => {
    const { server, registry } = fresh();
    server.takesLists = takesLists;
    const act: Followed['act'] = (path, body) => void server.act('client', path, body);
    crowd(120)(act);
    // A name that no list of quoted names could hold.
    for (const name of ["it's", 'back\\slash', 'gemma']) {
      act('registered-models/create', { name });
      for (let version = 0; version < 2; version++) act('model-versions/create', { name, source: 'x' });
    }
    let questions = 0;
    server.heard = (_, path, fields) => {
      if (!path.endsWith('model-versions/search')) return;
      questions += 1;
      if (/ IN /u.test(String(fields['filter']))) expect(fields['filter']).not.toMatch(/it's|back/u);
    };
    const { id } = await vitrine.run('remotes.add', { kind: 'mlflow', name: registry, url: server.url, registry });
    await vitrine.run('sync.run', { remoteId: id });
    expect(await state(id)).toMatchObject({ models: 123, versions: 126 });
    for (const name of ["it's", 'back\\slash', 'gemma']) expect(await collection(registry, name), name).toMatchObject({ linkCount: 2 });
    return questions;
  };
  expect(await asked(true)).toBeLessThan(12);
  expect(await asked(false)).toBeGreaterThanOrEqual(123);
});

test('many aliases of a model are compared with one look at it; what moved there before that is a conflict, also where only a version went from under it', async () => {
  const { server, registry, remoteId, round, act } = await follow((fill) => {
    fill('registered-models/create', { name: 'gemma' });
    for (let version = 0; version < 3; version++) fill('model-versions/create', { name: 'gemma', source: 'x' });
    for (const alias of ['moved', 'bereft']) fill('registered-models/alias', { name: 'gemma', alias, version: alias === 'moved' ? '1' : '2' });
  });
  await vitrine.run('remotes.update', { id: remoteId, pushes: true });
  const third = (await vitrine.run('links.list', { collectionId: (await collection(registry, 'gemma')).id, direction: 'ascending' })).items[2]!;
  await vitrine.run('aliases.set', { target: { kind: 'link', id: third.id }, aliases: ['moved', 'bereft', ...Array.from({ length: 30 }, (_, number) => `new-${number}`)] });
  let searches = 0;
  let questions = 0;
  server.fault = (method, path) => {
    if (path.endsWith('registered-models/search') && ++searches === 2) {
      // After the round's reading.
      act('registered-models/alias', { name: 'gemma', alias: 'moved', version: '2' });
      act('DELETE model-versions/delete', { name: 'gemma', version: '2' });
    }
    if (method === 'GET') questions += 1;
    return 'pass';
  };
  await round();
  server.fault = null;
  const aliases = server.models.get('gemma')!.aliases;
  expect({ moved: aliases.get('moved'), bereft: aliases.get('bereft'), first: aliases.get('new-0'), last: aliases.get('new-29') }).toEqual({ moved: 2, bereft: 2, first: 3, last: 3 });
  expect((await vitrine.run('sync.conflicts', { remoteId })).items.map(({ field }) => field).toSorted()).toEqual(['bereft', 'moved']);
  expect(questions).toBeLessThan(20);
});

test('an alias that moves there while others of its model are being written is a conflict: a look counts no longer than it took', async () => {
  const { server, registry, remoteId, round, act } = await follow((fill) => {
    fill('registered-models/create', { name: 'gemma' });
    for (let version = 0; version < 3; version++) fill('model-versions/create', { name: 'gemma', source: 'x' });
    fill('registered-models/alias', { name: 'gemma', alias: 'moved', version: '1' });
  });
  await vitrine.run('remotes.update', { id: remoteId, pushes: true });
  const third = (await vitrine.run('links.list', { collectionId: (await collection(registry, 'gemma')).id, direction: 'ascending' })).items[2]!;
  // Four are written at once: the one that moves is written after two such turns.
  for (const alias of [...Array.from({ length: 8 }, (_, number) => `new-${number}`), 'moved']) await vitrine.run('aliases.set', { target: { kind: 'link', id: third.id }, aliases: [alias] });
  let writes = 0;
  server.fault = (method, path) => {
    if (method !== 'POST' || !path.endsWith('registered-models/alias')) return 'pass';
    if (writes++ === 0) act('registered-models/alias', { name: 'gemma', alias: 'moved', version: '2' });
    return { delay: 80 };
  };
  await round();
  server.fault = null;
  const { aliases } = server.models.get('gemma')!;
  expect({ moved: aliases.get('moved'), last: aliases.get('new-7') }).toEqual({ moved: 2, last: 3 });
  expect((await vitrine.run('sync.conflicts', { remoteId })).items.map(({ field }) => field)).toEqual(['moved']);
});
