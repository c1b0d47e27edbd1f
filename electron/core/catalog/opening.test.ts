import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync, writeSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { VitrineError } from '#shared/contract/errors.ts';
import { listBackups, superfluousBackups } from './backups.ts';
import { openWriter } from './connection.ts';
import { foundCatalog } from './founding.ts';
import { catalogFiles, type CatalogFiles } from './files.ts';
import { assertOrder, migrate, migrations, newestSchema, schemaOf, type Migration } from './migrations/index.ts';
import { openCatalogFile } from './opening.ts';
import { codeOf, openWorld, temporaryFolder } from './testing/world.ts';
import { sql } from './sql.ts';

let directory = '';
let files: CatalogFiles;
beforeEach(() => {
  directory = temporaryFolder();
  files = catalogFiles(directory);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Opens, lets `work` write, closes. */
async function writeSome(count = 3): Promise<void> {
  const world = await openWorld({ directory });
  for (let index = 0; index < count; index++) await world.log('kept', `bytes ${index}`);
  await world.close();
}

async function versionsNow(): Promise<number> {
  const world = await openWorld({ directory });
  const { total } = await world.ask('versions.list', {});
  await world.close();
  return total;
}

describe('migrations', () => {
  test('stand in order, in steps of ten', () => {
    expect(() => assertOrder(migrations)).not.toThrow();
    expect(migrations.every((step) => step.number % 10 === 0)).toBe(true);
    const step = (number: number): Migration => ({ number, name: 'x', up: () => undefined });
    expect(() => assertOrder([step(20), step(10)])).toThrow(/out of order/);
    expect(() => assertOrder([step(10), step(10)])).toThrow(/out of order/);
  });

  test('run behind a backup that opens by itself, and the data stays', async () => {
    await writeSome();
    const next: Migration = { number: newestSchema + 10, name: 'next', up: (db) => db.script('CREATE TABLE added (id INTEGER PRIMARY KEY) STRICT') };
    const opened = openCatalogFile(files, { now: Date.now, steps: [...migrations, next] });
    expect([opened.migrated, schemaOf(opened.connection), opened.connection.value(sql`SELECT count(*) FROM versions`)]).toEqual([[newestSchema + 10], newestSchema + 10, 3]);
    opened.connection.close();
    const [backup] = listBackups(files);
    const before = new Database(backup!.file, { readonly: true });
    expect([before.pragma('user_version', { simple: true }), before.prepare('SELECT count(*) FROM versions').pluck().get()]).toEqual([newestSchema, 3]);
    before.close();
  });

  test('that fail leave the file as it was', async () => {
    await writeSome();
    const good: Migration = { number: newestSchema + 10, name: 'good', up: (db) => db.script('CREATE TABLE added (id INTEGER PRIMARY KEY) STRICT') };
    const bad: Migration = { number: newestSchema + 20, name: 'bad', up: (db) => db.script('INSERT INTO nowhere VALUES (1)') };
    expect(() => openCatalogFile(files, { now: Date.now, steps: [...migrations, good, bad] })).toThrow(/nowhere/);
    const connection = openWriter(files.catalog);
    expect([schemaOf(connection), connection.value(sql`SELECT count(*) FROM sqlite_schema WHERE name = 'added'`)]).toEqual([newestSchema, 0]);
    connection.close();
    expect(await versionsNow()).toBe(3);
  });

  test('bring a catalog of the first shape along: its runs take lines, its versions stay, a backup of it is kept', async () => {
    const old = openWriter(files.catalog);
    migrate(old, migrations.slice(0, 1));
    // Founding writes the tables of today; what was not there at first goes again.
    old.script('ALTER TABLE events ADD COLUMN act_id INTEGER; ALTER TABLE events ADD COLUMN settled INTEGER NOT NULL DEFAULT 1; ALTER TABLE events ADD COLUMN objects TEXT');
    foundCatalog(old, { username: 'ada', displayName: 'Ada', organization: 'lab', team: 'lab' }, 1_700_000_000_000);
    old.script(`${objectsApart}; ALTER TABLE events DROP COLUMN act_id; ALTER TABLE events DROP COLUMN settled`);
    old.script(`
      INSERT INTO projects (id, team_id, name, name_key, artifact_count, version_count, run_count, created_by, created_at, updated_at) VALUES (1, 1, 'vision', 'vision', 1, 1, 1, 1, 1, 1);
      INSERT INTO runs (id, project_id, run_id, display_name, state, created_by, created_at, updated_at, config) VALUES (5, 1, 'old', 'old-run', 'running', 1, 1, 1, '{"lr":0.1}');
      INSERT INTO artifacts (id, project_id, name, type, next_index, version_count, latest_version_id, created_by, created_at, updated_at) VALUES (3, 1, 'gemma', 'model', 1, 1, 7, 1, 1, 1);
      INSERT INTO manifests (id, digest, wandb_digest, size, file_count) VALUES (1, x'${'ab'.repeat(32)}', x'${'cd'.repeat(16)}', 5, 1);
      INSERT INTO manifest_entries (manifest_id, path, size, sha256, md5) VALUES (1, 'a', 5, x'${'ab'.repeat(32)}', x'${'ef'.repeat(16)}');
      INSERT INTO versions (id, artifact_id, project_id, type, idx, state, size, file_count, manifest_id, digest, wandb_digest, run_id, ttl_days, created_by, created_at, updated_at)
        VALUES (7, 3, 1, 'model', 0, 'committed', 5, 1, 1, x'${'ab'.repeat(32)}', x'${'cd'.repeat(16)}', 5, 30, 1, 1, 1);
      INSERT INTO aliases (holder_kind, holder_id, alias, target_id) VALUES ('artifact', 3, 'latest', 7);
      INSERT INTO api_keys (id, name, user_id, hash, hint, created_at) VALUES (1, 'old key', 1, x'01', 'local-', 1);
    `);
    old.close();
    const world = await openWorld({ directory });
    expect(world.catalog.status().schema).toBe(newestSchema);
    expect(await world.ask('versions.get', { artifactId: 3 as never, index: 0 })).toMatchObject({ id: 7, ttlDays: 30, ttl: { kind: 'days', days: 30 }, historyStep: null, loggedBy: { runId: 'old' } });
    expect(await world.ask('runs.wire', { id: 5 as never })).toMatchObject({ configText: '{"lr":{"value":0.1}}', historyLines: 0, run: { heartbeatAt: null } });
    await world.do('runs.append', { id: 5 as never, history: { offset: 0, lines: ['{"loss":1}'] } });
    expect((await world.ask('runs.metrics', { ids: [5 as never], keys: ['loss'] })).series).toHaveLength(1);
    expect((await world.ask('keys.list', {})).items).toMatchObject([{ name: 'old key', scope: null, expiresAt: null }]);
    expect((await world.draft({ project: { name: 'vision' }, artifact: 'next', type: 'model', wandbDigest: 'x' })).id).toBe(8);
    expect((await world.ask('history.verify', {})).intact).toBe(true);
    await world.close();
    const [backup] = listBackups(files);
    const before = new Database(backup!.file, { readonly: true });
    expect(before.pragma('user_version', { simple: true })).toBe(10);
    before.close();
  });

  test('take what the newest events are about to the events themselves, and it is found there as before', async () => {
    const old = openWriter(files.catalog);
    migrate(old, migrations.filter(({ number }) => number < 680));
    old.script('ALTER TABLE events ADD COLUMN objects TEXT');
    foundCatalog(old, { username: 'ada', displayName: 'Ada', organization: 'lab', team: 'lab' }, 1_700_000_000_000);
    old.script(objectsApart);
    const about = old.all(sql`SELECT kind, object_id AS id, event_id AS eventId FROM event_objects ORDER BY 1, 2, 3`);
    expect(about.length).toBeGreaterThan(1);
    migrate(old);
    expect(old.value(sql`SELECT count(*) FROM event_objects`)).toBe(0);
    expect(old.all(sql`SELECT o.value ->> 0 AS kind, o.value ->> 1 AS id, e.id AS eventId FROM events e, json_each(e.objects) o ORDER BY 1, 2, 3`)).toEqual(about);
    old.close();
    const world = await openWorld({ directory });
    const [registry] = (await world.ask('registries.list', {})).items;
    expect((await world.ask('history.list', { object: { kind: 'registry', id: registry!.id } })).items.map(({ kind }) => kind)).toEqual(['registry.created']);
    await world.close();
  });

  test('make the same shape as the one written down', () => {
    const connection = openWriter(files.catalog);
    migrate(connection);
    const shape = connection.column<string>(sql`SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND instr(name, '_fts_') = 0 ORDER BY type, name`);
    connection.close();
    expect(shape.join(';\n')).toMatchSnapshot();
  });
});

test('after a power cut that took drafts, their ids stand for no other', async () => {
  const input = { project: { name: 'vision' }, artifact: 'next', type: 'model', wandbDigest: 'x' };
  let world = await openWorld({ directory });
  const first = await world.draft(input);
  // What the disk has of it: drafts that follow are answered before it has them.
  const tails = ['', '-wal'];
  for (const tail of tails) copyFileSync(files.catalog + tail, join(directory, `kept${tail}`));
  const lost = [await world.draft(input), await world.draft(input)];
  await world.close();
  for (const tail of tails) copyFileSync(join(directory, `kept${tail}`), files.catalog + tail);
  world = await openWorld({ directory });
  const logged = await world.log('elsewhere', 'bytes');
  const next = await world.draft(input);
  expect(logged.versionId).toBeGreaterThan(lost[1]!.id);
  expect(lost.map(({ id }) => id)).toEqual([first.id + 1, first.id + 2]);
  expect(next.id).toBeGreaterThan(lost[1]!.id);
  for (const { id } of lost) expect(await codeOf(world.do('drafts.addManifest', { draftId: id, name: 'wandb_manifest.json' }))).toBe('not_found');
  await world.close();
});

describe('a catalog from a newer Vitrine', () => {
  test('is refused, and not a byte of its folder changes', async () => {
    await writeSome();
    const database = new Database(files.catalog);
    database.pragma(`user_version = ${newestSchema + 10}`);
    database.close();
    const before = { names: readdirSync(directory).sort(), bytes: readFileSync(files.catalog) };
    const failure = await openWorld({ directory }).then(() => null, (error: unknown) => error);
    expect(failure).toBeInstanceOf(VitrineError);
    expect(failure).toMatchObject({ code: 'catalog_newer', details: { found: newestSchema + 10, known: newestSchema } });
    expect(readdirSync(directory).sort()).toEqual(before.names);
    expect(readFileSync(files.catalog).equals(before.bytes)).toBe(true);
  });
});

describe('a damaged catalog', () => {
  const damages: readonly (readonly [string, (file: string) => void])[] = [
    ['that is no catalog at all', (file) => writeFileSync(file, 'not a database, '.repeat(1000))],
    ['with its first page overwritten', (file) => overwrite(file, 100, 3000)],
    ['with pages overwritten in the middle', (file) => overwrite(file, 4096 * 3, 4096 * 40)],
    ['that was cut off', (file) => truncateSync(file, Math.floor(statSync(file).size / 8192) * 4096)],
  ];

  test.each(damages)('%s is kept aside, the start succeeds, and the newest good backup can be opened in its place', async (_name, damage) => {
    let world = await openWorld({ directory });
    for (let index = 0; index < 50; index++) await world.log('kept', `bytes ${index}`);
    const backup = await world.catalog.backup();
    await world.close();
    // A newer backup that is bad itself is passed over.
    writeFileSync(join(files.backups, 'catalog-2099-01-01T00-00-00.000Z.db'), 'bad');
    damage(files.catalog);
    const damaged = readFileSync(files.catalog);

    world = await openWorld({ directory });
    const { recovery } = world.catalog.status();
    expect(recovery).toMatchObject({ backup: backup.file, backupTakenAt: backup.at, restored: false });
    expect(readFileSync(recovery!.damagedFile).equals(damaged)).toBe(true);
    expect((await world.ask('versions.list', {})).total).toBe(0);
    expect(await codeOf(world.log('still', 'works'))).toBe('none');

    await world.catalog.restoreBackup();
    expect((await world.ask('versions.list', {})).total).toBe(50);
    expect(world.catalog.status().recovery).toMatchObject({ restored: true });
    await world.log('after', 'the restore');
    await world.close();
    expect(await versionsNow()).toBe(51);
    // What was written before the backup was opened is not lost either.
    expect(readdirSync(directory).filter((name) => name.includes('.replaced-'))).not.toEqual([]);
  });

  test('without any backup starts empty and says so', async () => {
    await writeSome();
    writeFileSync(files.catalog, 'gone');
    const world = await openWorld({ directory });
    expect(world.catalog.status().recovery).toMatchObject({ backup: null, restored: false });
    expect(await codeOf(world.catalog.restoreBackup())).toBe('not_found');
    expect(await codeOf(world.log('still', 'works'))).toBe('none');
    await world.close();
  });
});

/** From an event to the table beside it, where they lay before migration 680. */
const objectsApart = `
  INSERT INTO event_objects (kind, object_id, event_id) SELECT o.value ->> 0, o.value ->> 1, events.id FROM events, json_each(events.objects) o;
  ALTER TABLE events DROP COLUMN objects`;

function overwrite(file: string, from: number, length: number): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(length, 0xa5), 0, length, from);
  closeSync(descriptor);
}

describe('one owner', () => {
  test('a second opener is refused and told who has it; after the first has gone it may', async () => {
    const first = await openWorld({ directory });
    const failure = await openWorld({ directory }).then(() => null, (error: unknown) => error);
    expect(failure).toMatchObject({ code: 'catalog_locked', details: { pid: process.pid } });
    expect(await codeOf(first.log('still', 'works'))).toBe('none');
    await first.close();
    expect(await versionsNow()).toBe(1);
  });

  test('another process counts; a killed one leaves no lock behind', async () => {
    const child = spawn(process.execPath, [fileURLToPath(new URL('./testing/writing-child.ts', import.meta.url)), directory, 'x'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    await new Promise<void>((resolve) => lines.once('line', () => resolve()));
    expect(await openWorld({ directory }).then(() => null, (error: unknown) => error)).toMatchObject({ code: 'catalog_locked', details: { pid: child.pid } });
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
    const world = await openWorld({ directory });
    await world.close();
  });

  test('looking takes no lock, and shows what the owner writes', async () => {
    const owner = await openWorld({ directory });
    await owner.log('seen', 'one');
    const looker = await openWorld({ directory, readOnly: true });
    expect([looker.catalog.status().readOnly, (await looker.ask('versions.list', {})).total]).toEqual([true, 1]);
    await owner.log('seen', 'two');
    expect((await looker.ask('versions.list', {})).total).toBe(2);
    expect(await codeOf(looker.log('seen', 'three'))).toBe('catalog_read_only');
    await looker.close();
    await owner.close();
  });
});

/** Mounting needs rights that not everybody has; the test says so rather than passing. */
function mounted(options: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

describe.runIf(mayMount)('on a file system of its own', () => {
  afterEach(() => {
    try {
      execFileSync('umount', [directory], { stdio: 'ignore' });
    } catch {
      // Not mounted.
    }
  });

  test('that is read-only, the catalog opens to look; commands say so; nothing is written', async ({ skip }) => {
    if (!mounted('size=32m')) skip('this container may not mount');
    const hash = 'cd'.repeat(32);
    const writable = await openWorld({ directory });
    for (let index = 0; index < 3; index++) await writable.log('kept', `bytes ${index}`);
    await writable.internal('internal.createKey', { name: 'script', hash, hint: 'local-cd' });
    await writable.close();
    execFileSync('mount', ['-o', 'remount,ro', directory]);
    const world = await openWorld({ directory });
    expect([world.catalog.status().readOnly, (await world.ask('versions.list', {})).total]).toEqual([true, 3]);
    expect((await world.ask('search.query', { text: 'kept' })).items.length).toBeGreaterThan(0);
    expect(await codeOf(world.log('kept', 'more'))).toBe('catalog_read_only');
    expect(await codeOf(world.catalog.backup())).toBe('catalog_read_only');
    expect(await world.internal('internal.authenticateKey', { hash })).toMatchObject({ userId: world.catalog.status().defaultUserId });
    await world.close();
    const empty = join(directory, 'nothing-here');
    expect(await codeOf(openWorld({ directory: empty }))).toBe('catalog_read_only');
  });

  test('that is full, commands fail with that, nothing is half-written, and they work again once there is room', async ({ skip }) => {
    if (!mounted('size=4m')) skip('this container may not mount');
    const world = await openWorld({ directory });
    const ballast = join(directory, 'ballast');
    fill(ballast);
    const entries = Array.from({ length: 2000 }, (_, index) => ({ path: `folder/file-${index}.bin`, size: 1, sha256: index.toString(16).padStart(64, '0'), md5: null, reference: null }));
    const before = (await world.ask('history.list', {})).total;
    const outcomes = await Promise.all([world.log('large', 'large', { entries }), world.log('large-too', 'large too', { entries })].map(codeOf));
    expect(outcomes).toEqual(['disk_full', 'disk_full']);
    expect([(await world.ask('versions.list', {})).total, (await world.ask('history.list', {})).total]).toEqual([0, before]);
    rmSync(ballast);
    expect(await codeOf(world.log('large', 'large', { entries }))).toBe('none');
    expect((await world.catalog.integrity(true)).map((finding) => finding.verdict)).toEqual(['well', 'well']);
    await world.close();
    expect(await versionsNow()).toBe(1);
  });

  test('that is full when it starts, a catalog can still be looked at', async ({ skip }) => {
    if (!mounted('size=4m')) skip('this container may not mount');
    await writeSome();
    fill(join(directory, 'ballast'));
    const world = await openWorld({ directory });
    expect((await world.ask('versions.list', {})).total).toBe(3);
    await world.close();
  });
});

/** Leaves no room for even one more page. */
function fill(file: string): void {
  const descriptor = openSync(file, 'w');
  for (const size of [65_536, 4096]) {
    try {
      for (;;) writeSync(descriptor, Buffer.alloc(size));
    } catch {
      // Full for this size.
    }
  }
  closeSync(descriptor);
}

describe('backups', () => {
  const day = 86_400_000;
  const backup = (at: number) => ({ file: String(at), bytes: 1, at });

  test('keep three of the newest day, one of each day before, ten in all', () => {
    const now = Date.UTC(2026, 10, 22, 12);
    const taken = [0, 1, 2, 3, 4].map((hours) => backup(now - hours * 3_600_000)).concat(Array.from({ length: 20 }, (_, days) => [backup(now - (days + 1) * day), backup(now - (days + 1) * day - 1000)]).flat());
    const dropped = new Set(superfluousBackups(taken));
    const kept = taken.filter((one) => !dropped.has(one)).map((one) => (now - one.at) / day);
    expect(kept).toEqual([0, 1 / 24, 2 / 24, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('are whole, with what the log still holds, while others write', async () => {
    const world = await openWorld({ directory });
    for (let index = 0; index < 20; index++) await world.log('kept', `bytes ${index}`);
    const [taken] = await Promise.all([world.catalog.backup(), ...Array.from({ length: 20 }, (_, index) => world.log('meanwhile', `bytes ${index}`))]);
    await world.close();
    mkdirSync(join(directory, 'elsewhere'));
    copyFileSync(taken.file, join(directory, 'elsewhere', 'catalog.db'));
    const copy = await openWorld({ directory: join(directory, 'elsewhere') });
    expect((await copy.ask('versions.list', {})).total).toBeGreaterThanOrEqual(20);
    expect(await copy.ask('history.verify', {})).toMatchObject({ intact: true });
    await copy.close();
    expect(existsSync(`${taken.file}.unfinished`)).toBe(false);
  });
});
