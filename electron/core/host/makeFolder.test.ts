import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFolder } from './makeFolder.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'vitrine-folder-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

it('makes every folder on the way, for this person alone', async () => {
  await makeFolder(path.join(root, 'a', 'b', 'c'));
  const facts = await stat(path.join(root, 'a', 'b', 'c'));
  expect(facts.isDirectory()).toBe(true);
  if (process.platform !== 'win32') expect(facts.mode & 0o777).toBe(0o700);
});

it('is content with a folder that stands', async () => {
  await makeFolder(path.join(root, 'a'));
  await makeFolder(path.join(root, 'a'));
});

it('refuses a file in its place, or on the way', async () => {
  await writeFile(path.join(root, 'file'), '');
  await expect(makeFolder(path.join(root, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolder(path.join(root, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it.runIf(process.platform === 'linux')('returns where the system never makes a folder', async () => {
  await expect(makeFolder('/proc/vitrine/below')).rejects.toMatchObject({ code: 'ENOENT' });
});
