import { createHash } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openWriter } from './connection.ts';
import { sql } from './sql.ts';
import { openWorld, temporaryFolder, type World } from './testing/world.ts';

const hex = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');

const filesOf = (paths: readonly string[]) => {
  const text = paths.join('\n');
  return {
    entries: paths.map((path) => ({ path, size: 1, sha256: hex('sha256', path), md5: hex('md5', path), reference: null })),
    digest: hex('sha256', text), wandbDigest: hex('md5', text), size: paths.length,
  };
};

async function withWorld(work: (world: World) => Promise<void>): Promise<void> {
  const world = await openWorld();
  try {
    await work(world);
  } finally {
    await world.close();
  }
}

const found = async (world: World, text: string) => (await world.ask('search.query', { text, kinds: ['version'] })).items.map((hit) => (hit.kind === 'version' ? hit.version.id : 0)).sort((left, right) => left - right);

test('a version is found by its files as soon as it was acknowledged, whoever brought them first', async () => {
  await withWorld(async (world) => {
    const first = await world.log('weights', 'x', filesOf(['checkpoints/zebra.bin', 'readme.md']));
    expect(await found(world, 'zebra')).toEqual([first.versionId]);
    const second = await world.log('copies', 'x', filesOf(['checkpoints/zebra.bin', 'readme.md']));
    const other = await world.log('weights', 'x', filesOf(['checkpoints/giraffe.bin']));
    expect(await found(world, 'zebra')).toEqual([first.versionId, second.versionId]);
    expect(await found(world, 'giraffe')).toEqual([other.versionId]);
    await world.do('versions.update', { id: first.versionId, description: 'words of a horse' });
    expect(await found(world, 'zebra')).toEqual([first.versionId, second.versionId]);
    expect(await found(world, 'horse')).toEqual([first.versionId]);
  });
});

test('more files than are taken in at once are all found', async () => {
  await withWorld(async (world) => {
    const logged = await Promise.all(Array.from({ length: 5 }, (_, version) =>
      world.log(`many-${version}`, 'x', filesOf(Array.from({ length: 4000 }, (_, file) => `folder/part${version}x${file}.bin`)))));
    expect(await Promise.all(logged.map((_, version) => found(world, `part${version}x3999`)))).toEqual(logged.map(({ versionId }) => [versionId]));
  });
});

test('a version that comes back from the trash is found by its files, though it was deleted before they were taken in', async () => {
  await withWorld(async (world) => {
    const { versionId } = await world.log('short', 'x', filesOf(['lived/shortly.bin']));
    await world.do('versions.delete', { ids: [versionId] });
    expect(await found(world, 'shortly')).toEqual([]);
    const { items } = await world.ask('trash.list', {});
    for (const { id } of items) await world.do('trash.restore', { id });
    expect(await found(world, 'shortly')).toEqual([versionId]);
  });
});

test('much that is taken in while nobody writes is written back, too', async () => {
  const directory = temporaryFolder();
  try {
    const filled = await openWorld({ directory });
    const { file } = filled.catalog.status();
    const pathOf = (version: number, index: number) => `part${version}/${hex('sha512', `${version} ${index}`)}`;
    for (let version = 0; version < 12; version++) await filled.log(`many-${version}`, 'x', filesOf(Array.from({ length: 5000 }, (_, index) => pathOf(version, index))));
    await filled.close();
    const db = openWriter(file);
    db.run(sql`DELETE FROM paths_fts`);
    db.run(sql`INSERT INTO search_dirty (version_id) SELECT id FROM versions`);
    db.close();

    const opened = await openWorld({ directory });
    expect(await found(opened, pathOf(11, 4999).slice('part11/'.length))).toHaveLength(1);
    expect(statSync(`${file}-wal`).size).toBeLessThan(10_000_000);
    await opened.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
