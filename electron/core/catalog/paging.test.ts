import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeOf, openWorld, type World } from './testing/world.ts';

const count = 2350;
let world: World;
beforeAll(async () => {
  world = await openWorld();
  // Many at one and the same moment, so that the id must break the tie.
  await Promise.all(Array.from({ length: count }, (_, index) => world.log(`artifact-${index % 7}`, `bytes ${index} ${'x'.repeat(index % 13)}`, {}, { entrance: 'system', at: 1_700_000_000_000 + (index >> 5) })));
}, 300_000);
afterAll(() => world.close());

const sorts = ['updated', 'created', 'size', 'index'] as const;

test.each(sorts.flatMap((sort) => (['ascending', 'descending'] as const).map((direction) => [sort, direction] as const)))('by cursor, a list sorted by %s %s has every row once, in order', async (sort, direction) => {
  const seen: { id: number; key: string | number }[] = [];
  let cursor: string | undefined;
  do {
    const page = await world.ask('versions.list', { sort, direction, limit: 333, ...(cursor === undefined ? {} : { cursor }) });
    expect([page.total, page.position]).toEqual([count, seen.length]);
    seen.push(...page.items.map((version) => ({ id: version.id, key: sort === 'updated' ? version.updatedAt : sort === 'created' ? version.createdAt : sort === 'size' ? version.size : version.index })));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(new Set(seen.map((row) => row.id)).size).toBe(count);
  const sorted = seen.toSorted((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : left.id - right.id));
  expect(seen).toEqual(direction === 'ascending' ? sorted : sorted.toReversed());
});

test('by position, a page is the one that lies there, also right at a fence and past the end', async () => {
  const all: number[] = [];
  for (let cursor: string | undefined, more = true; more;) {
    const page = await world.ask('versions.list', { limit: 1000, ...(cursor === undefined ? {} : { cursor }) });
    all.push(...page.items.map((version) => version.id));
    cursor = page.nextCursor ?? undefined;
    more = cursor !== undefined;
  }
  for (const position of [0, 1, 999, 1000, 1001, 1999, 2000, 2001, 2349]) {
    const page = await world.ask('versions.list', { position, limit: 7 });
    expect([position, page.items.map((version) => version.id)]).toEqual([position, all.slice(position, position + 7)]);
    if (page.nextCursor !== null) expect((await world.ask('versions.list', { cursor: page.nextCursor, limit: 3 })).items.map((version) => version.id)).toEqual(all.slice(position + 7, position + 10));
  }
  for (const position of [2350, 2351, 10_000]) expect((await world.ask('versions.list', { position, limit: 7 })).items).toEqual([]);
});

test('a change moves the fences with it', async () => {
  const before = await world.ask('versions.list', { position: 1500, limit: 5 });
  await world.log('artifact-0', 'a newer one');
  const after = await world.ask('versions.list', { position: 1501, limit: 5 });
  expect(after.items.map((version) => version.id)).toEqual(before.items.map((version) => version.id));
  expect(after.total).toBe(count + 1);
});

test.each(['', 'x', 'bm90IGpzb24', Buffer.from('[]').toString('base64url'), Buffer.from('["a",{},1,1]').toString('base64url'), Buffer.from('{"k":1}').toString('base64url')])('the cursor %j is refused', async (cursor) => {
  expect(await codeOf(world.ask('versions.list', { cursor }))).toBe('bad_input');
});

test('a cursor of one list is none of another, and not beside a position', async () => {
  const { nextCursor } = await world.ask('versions.list', { limit: 5 });
  expect(await codeOf(world.ask('versions.list', { limit: 5, sort: 'size', cursor: nextCursor! }))).toBe('bad_input');
  expect(await codeOf(world.ask('versions.list', { limit: 5, position: 3, cursor: nextCursor! }))).toBe('bad_input');
});

test('the files of a version are one level at a time, folders first with what they hold', async () => {
  const paths = ['README.md', 'a/one.bin', 'a/two.bin', 'a/deep/three.bin', 'b/four.bin', 'z.txt', 'ähnlich/fünf.bin'];
  const entries = paths.map((path, index) => ({ path, size: index + 1, sha256: String(index).padStart(64, '0'), md5: null, reference: null }));
  const { versionId } = await world.log('with-folders', 'folders', { entries });
  const level = async (folder: string) => (await world.ask('versions.files', { id: versionId, folder })).items.map((node) => [node.kind, node.path, node.size, node.fileCount, node.entry?.path ?? null]);
  expect(await level('')).toEqual([['folder', 'a', 9, 3, null], ['folder', 'b', 5, 1, null], ['folder', 'ähnlich', 7, 1, null], ['file', 'README.md', 1, 1, 'README.md'], ['file', 'z.txt', 6, 1, 'z.txt']]);
  expect(await level('a')).toEqual([['folder', 'a/deep', 4, 1, null], ['file', 'a/one.bin', 2, 1, 'a/one.bin'], ['file', 'a/two.bin', 3, 1, 'a/two.bin']]);
  expect(await level('ähnlich')).toEqual([['file', 'ähnlich/fünf.bin', 7, 1, 'ähnlich/fünf.bin']]);
  expect(await codeOf(level('nowhere'))).toBe('not_found');
  const first = await world.ask('versions.manifest', { id: versionId, limit: 4 });
  const rest = await world.ask('versions.manifest', { id: versionId, limit: 4, cursor: first.nextCursor! });
  expect([...first.items, ...rest.items].map((entry) => entry.path)).toEqual(paths.toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))));
  const within = async (path: string) => ((await world.catalog.read('internal.versionEntries', { id: versionId, within: path, limit: 10_000 }, { actorId: world.catalog.status().defaultUserId })) as { readonly items: readonly { readonly path: string }[] }).items.map((entry) => entry.path);
  expect(await within('a')).toEqual(['a/deep/three.bin', 'a/one.bin', 'a/two.bin']);
  expect(await within('z.txt')).toEqual(['z.txt']);
  expect(await within('z')).toEqual([]);
});
