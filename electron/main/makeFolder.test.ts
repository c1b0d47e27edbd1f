import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder } from './makeFolder.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'vitrine-folder-'));
});
afterEach(() => rmSync(base, { recursive: true }));

test('makes what lacks, and is content with what is there', () => {
  makeFolder(join(base, 'a', 'b', 'c'));
  makeFolder(join(base, 'a', 'b', 'c'));
  expect(existsSync(join(base, 'a', 'b', 'c'))).toBe(true);
});

test('says so where a file stands in the way, or no folder can be', () => {
  writeFileSync(join(base, 'file'), '');
  expect(() => makeFolder(join(base, 'file', 'a'))).toThrow(/ENOTDIR|EEXIST|ENOENT/u);
  expect(() => makeFolder(join(base, 'file'))).toThrow('EEXIST');
  if (process.platform === 'linux') expect(() => makeFolder('/proc/vitrine/a/b')).toThrow('ENOENT');
});
