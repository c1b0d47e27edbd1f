import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPathGrants } from './pathGrants.ts';

let base: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'vitrine-grants-')));
  for (const folder of ['chosen/inside', 'chosen-beside', '..hidden']) mkdirSync(join(base, folder), { recursive: true });
  for (const file of ['chosen/file', 'chosen/inside/..odd', 'chosen-beside/file', 'other']) writeFileSync(join(base, file), '');
  symlinkSync(join(base, 'other'), join(base, 'chosen', 'leads-out'));
  symlinkSync(join(base, 'chosen'), join(base, 'by-another-name'));
});
afterEach(() => rmSync(base, { recursive: true }));

test('what was chosen and what lies below may be shown', () => {
  const grants = createPathGrants();
  grants.grant(join(base, 'chosen'));
  for (const path of ['chosen', 'chosen/file', 'chosen/inside/..odd', 'chosen/inside/../file']) expect(grants.allowed(join(base, path))).toBe(join(base, ...path.replace('inside/../', '').split('/')));
  expect(grants.allowed(join(base, 'by-another-name', 'file'))).toBe(join(base, 'chosen', 'file'));
});

test('nothing else may', () => {
  const grants = createPathGrants();
  expect(grants.allowed(base)).toBeNull();
  grants.grant(join(base, 'chosen'));
  const others = [base, join(base, 'chosen-beside', 'file'), join(base, 'chosen', '..', 'other'), join(base, 'chosen', 'leads-out'), join(base, 'chosen', 'missing'), 'chosen', '', `${join(base, 'chosen')}\0`, '/etc/passwd'];
  expect(others.map((path) => grants.allowed(path))).toEqual(others.map(() => null));
});
