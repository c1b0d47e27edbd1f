/** Files, disks and catalogs that can't be worked with: each a clear error with its documented exit code, and nothing written. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
import { startCore } from '../drivers/core.ts';
import { temporaryFolder, vitrine, vitrineJson, writeFiles } from './commandLine.ts';

const removals: (() => void)[] = [];
afterAll(() => {
  for (const remove of removals) remove();
});

function fresh(): string {
  const { path, remove } = temporaryFolder('bad-input');
  removals.push(remove);
  return path;
}

const isRoot = process.getuid?.() === 0;
/** A user without rights, as every Linux has one. */
const nobody = 65534;

type Status = readonly { readonly entity: string; readonly name: string }[];

async function projects(data: string): Promise<Status> {
  return await vitrineJson<Status>(['ls', 'projects'], { data });
}

describe('files that can’t be logged', () => {
  test('a link that leads out of the folder is named, and where it leads', async () => {
    const data = fresh();
    const outside = writeFiles(fresh(), { 'secret.txt': 'not yours' });
    const folder = writeFiles(fresh(), { 'model.bin': 'weights' });
    symlinkSync(join(outside, 'secret.txt'), join(folder, 'inside.txt'));
    const ran = await vitrine(['log', folder, '--name', 'leaky'], { data });
    expect(ran.code).toBe(6);
    expect(ran.stderr).toContain('inside.txt');
    expect(ran.stderr).toContain('Nothing was logged');
    expect(await projects(data)).toEqual([]);
  });

  test('a file without the right to read it is named', async ({ skip }) => {
    skip(!isRoot, 'only root can begin a process as another user; as an ordinary user the rights themselves are enough and the store’s own test covers it');
    const data = fresh();
    const folder = writeFiles(fresh(), { 'open.bin': 'a', 'closed.bin': 'b' });
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'closed.bin'), 0o000);
    chownSync(data, nobody, nobody);
    const ran = await vitrine(['log', folder, '--name', 'closed'], { data, user: nobody });
    expect(ran.code).toBe(6);
    expect(ran.stderr).toContain('closed.bin');
    expect(await vitrineJson<Status>(['ls', 'projects'], { data, user: nobody })).toEqual([]);
  });

  test('a file that is written to while it is read', async () => {
    const data = fresh();
    const folder = fresh();
    const file = join(folder, 'checkpoint.bin');
    writeFileSync(file, 'begins');
    // Mostly a hole: no room on the disk, but enough to read that the writing falls into it.
    truncateSync(file, 2 * 1024 ** 3);
    const core = await startCore({ nodePath: process.execPath, root: process.env['VITRINE_APPLICATION'] ?? join(import.meta.dirname, '..', '..'), directory: data, checkOutput: true });
    try {
      let written = false;
      const failure = await core.client
        .execute('versions.log', { paths: [folder], project: { name: 'lab' }, artifact: 'checkpoint', type: 'model' }, {
          onProgress: ({ done }) => {
            if (written || done === 0) return;
            written = true;
            appendFileSync(file, 'and goes on');
          },
        })
        .then(() => null, (error: unknown) => error);
      expect(written).toBe(true);
      expect(failure).toMatchObject({ code: 'file_changed' });
    } finally {
      await core.stop();
    }
    expect(await projects(data)).toEqual([]);
    expect((await vitrine(['doctor', '--deep'], { data })).code).toBe(0);
  }, 300_000);

  test('a path that isn’t there, an empty folder, and metadata that is no JSON', async () => {
    const data = fresh();
    const missing = await vitrine(['log', join(data, 'nowhere'), '--name', 'x'], { data });
    expect(missing.code).toBe(3);
    expect(missing.stderr).toContain('nowhere');
    const empty = await vitrine(['log', fresh(), '--name', 'x'], { data });
    expect(empty.code).toBe(2);
    expect(empty.stderr).toContain('no files');
    const metadata = await vitrine(['log', writeFiles(fresh(), { a: 'a' }), '--name', 'x', '--metadata', '{"a":'], { data });
    expect(metadata.code).toBe(2);
    expect(await projects(data)).toEqual([]);
  });
});

describe('catalogs that can’t be opened as they are', () => {
  async function madeCatalog(): Promise<string> {
    const data = fresh();
    await vitrineJson(['log', writeFiles(fresh(), { 'model.bin': 'weights' }), '--name', 'model'], { data });
    return data;
  }

  test('one from a newer version is refused, and not a byte of it changes', async () => {
    const data = await madeCatalog();
    const file = join(data, 'catalog.db');
    const db = new Database(file);
    db.pragma('user_version = 9990');
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
    const before = readFileSync(file);
    const ran = await vitrine(['ls'], { data });
    expect(ran.code).toBe(6);
    expect(ran.stderr).toContain('newer');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('a damaged one is kept aside, and doctor says so', async () => {
    const data = await madeCatalog();
    truncateSync(join(data, 'catalog.db'), 5000);
    const first = await vitrine(['ls', 'projects'], { data });
    expect(first.code).toBe(0);
    expect(first.stderr).toContain('The catalog file was damaged. It is kept as');
    const kept = readdirSync(data).find((name) => name.startsWith('catalog.db.damaged-'));
    expect(statSync(join(data, kept ?? '')).size).toBe(5000);
    const doctor = await vitrineJson<{ readonly findings: readonly { readonly check: string; readonly detail: string }[] }>(['doctor'], { data });
    expect(doctor.findings.find((finding) => finding.check === 'catalog.damaged')?.detail).toContain(kept ?? 'nothing');
  });

  test('a file in the place of the folder', async () => {
    const place = join(fresh(), 'file');
    writeFileSync(place, 'in the way');
    const ran = await vitrine(['ls'], { data: place });
    expect(ran.code).toBe(5);
    expect(ran.stderr).toContain('is a file');
    expect(readFileSync(place, 'utf8')).toBe('in the way');
  });

  test('a folder that can only be read: looking works, changing says why not', async ({ skip }) => {
    skip(!isRoot, 'only root can make a folder that it may read but not write and then look as another user');
    const data = await madeCatalog();
    execFileSync('chmod', ['-R', 'a+rX,go-w', data]);
    const looked = await vitrineJson<Status>(['ls', 'projects'], { data, user: nobody });
    expect(looked).toHaveLength(1);
    const changed = await vitrine(['tag', 'uncategorized/model:v0', 'release'], { data, user: nobody });
    expect(changed.code).toBe(6);
    expect(changed.stderr).toMatch(/read-only|can’t be written/u);
  });
});

describe('a disk without room', () => {
  test('says so, keeps what stood, and writes nothing by halves', async ({ skip }) => {
    const mount = fresh();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', mount], { stdio: 'pipe' });
    } catch {
      skip('a small disk can only be mounted by root; the store’s own test does it in a mount namespace');
    }
    try {
      const data = join(mount, 'data');
      mkdirSync(data);
      await vitrineJson(['log', writeFiles(fresh(), { small: 'fits' }), '--name', 'small'], { data });
      const large = fresh();
      writeFileSync(join(large, 'large.bin'), Buffer.alloc(24 * 1024 * 1024, 7));
      const ran = await vitrine(['log', large, '--name', 'large'], { data });
      expect(ran.code).toBe(6);
      expect(ran.stderr).toContain('disk is full');
      const versions = await vitrineJson<readonly unknown[]>(['ls', 'uncategorized/small'], { data });
      expect(versions).toHaveLength(1);
      expect((await vitrine(['show', 'uncategorized/large'], { data })).code).toBe(3);
      const again = await vitrine(['log', writeFiles(fresh(), { small: 'fits too' }), '--name', 'small'], { data });
      expect(again.code).toBe(0);
    } finally {
      execFileSync('umount', ['-l', mount]);
    }
  });
});
