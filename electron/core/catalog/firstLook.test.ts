import { afterEach, beforeEach, expect, test } from 'vitest';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { closeSync, existsSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { ChangeNotice } from '#shared/contract/index.ts';
import { catalogFiles, type CatalogFiles } from './files.ts';
import { newestSchema } from './migrations/index.ts';
import { openWorld, temporaryFolder } from './testing/world.ts';

let directory = '';
let files: CatalogFiles;
let threads = 0;
const count = (): void => {
  threads += 1;
};
beforeEach(async () => {
  directory = temporaryFolder();
  files = catalogFiles(directory);
  const world = await openWorld({ directory });
  await world.log('kept', 'bytes');
  await world.close();
  threads = 0;
  subscribe('worker_threads', count);
});
afterEach(() => {
  unsubscribe('worker_threads', count);
  rmSync(directory, { recursive: true, force: true });
});

const firstList = { position: 0, limit: 100 } as const;

test('what a window asks first is answered before any thread stands; a command starts the writing one, and is seen at once', async () => {
  const world = await openWorld({ directory, answerFirst: true });
  try {
    expect((await world.ask('artifacts.list', firstList)).items.map(({ name }) => name)).toEqual(['kept']);
    expect([threads, world.catalog.status().readOnly, world.catalog.status().recovery]).toEqual([0, false, null]);
    const before = world.catalog.status().rev;
    await Promise.all([world.log('new', 'other bytes'), world.log('newer', 'more bytes')]);
    expect(threads).toBe(1);
    expect(world.catalog.status().rev).toBeGreaterThan(before);
    expect((await world.ask('artifacts.list', firstList)).items.map(({ name }) => name).toSorted()).toEqual(['kept', 'new', 'newer']);
  } finally {
    await world.close();
  }
});

test('a search waits for the words of what was written before, and so for the writing thread', async () => {
  const world = await openWorld({ directory, answerFirst: true });
  try {
    expect((await world.ask('search.query', { text: 'kept', limit: 10 })).items.map(({ kind }) => kind)).toContain('version');
    expect(threads).toBeGreaterThan(0);
  } finally {
    await world.close();
  }
});

test('one that never wrote lets go of the folder all the same', async () => {
  for (let times = 0; times < 3; times++) {
    const world = await openWorld({ directory, answerFirst: true });
    expect(existsSync(files.owner)).toBe(true);
    await world.close();
    expect(existsSync(files.owner)).toBe(false);
  }
  expect(threads).toBe(0);
});

test('nobody else gets in meanwhile, and it gets in to nobody else’s', async () => {
  const world = await openWorld({ directory, answerFirst: true });
  try {
    for (const answerFirst of [true, false]) await expect(openWorld({ directory, answerFirst })).rejects.toMatchObject({ code: 'catalog_locked', details: { pid: process.pid } });
  } finally {
    await world.close();
  }
});

test.each<readonly [string, () => void]>([
  ['under suspicion', () => writeFileSync(files.suspect, '')],
  ['of an older schema', () => withDatabase((db) => db.pragma(`user_version = ${newestSchema - 10}`))],
  ['of no schema', () => rmSync(files.catalog)],
  ['with a damaged head', () => overwrite(0)],
])('a file %s is looked at by the writing thread first', async (_name, spoil) => {
  spoil();
  await openWorld({ directory, answerFirst: true }).then((world) => world.close(), () => undefined);
  expect(threads).toBe(1);
});

test('a damaged page that the writing thread finds is put aside, and the window hears that everything is to be asked anew', async () => {
  let page = 0;
  withDatabase((db) => {
    // Nothing that a start asks lies there.
    page = (db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'outbox'").pluck().get() as number) - 1;
    page *= db.pragma('page_size', { simple: true }) as number;
  });
  overwrite(page);
  const world = await openWorld({ directory, answerFirst: true });
  try {
    expect(world.catalog.status().recovery).toBeNull();
    const told = new Promise<ChangeNotice>((resolve) => world.catalog.onChanges(resolve));
    // Started by itself: nobody writes.
    expect((await told).changes).toContainEqual({ entity: 'catalog', ids: 'all' });
    const { recovery } = world.catalog.status();
    expect(existsSync(recovery?.damagedFile ?? '')).toBe(true);
    expect((await world.ask('artifacts.list', firstList)).items).toEqual([]);
  } finally {
    await world.close();
  }
});

function withDatabase(work: (db: Database.Database) => void): void {
  const db = new Database(files.catalog);
  work(db);
  db.close();
}

function overwrite(position: number): void {
  const descriptor = openSync(files.catalog, 'r+');
  writeSync(descriptor, Buffer.alloc(4096, 0xa5), 0, 4096, position);
  closeSync(descriptor);
}
