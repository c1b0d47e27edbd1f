import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDragOut } from './dragOut.ts';

let base: string;
beforeEach(() => {
  base = join(mkdtempSync(join(tmpdir(), 'vitrine-drag-')), 'out');
});
afterEach(() => rmSync(dirname(base), { recursive: true }));

test('a folder is fresh, ours alone, and dragged from with what lies in it', () => {
  const dragOut = createDragOut(base);
  const folder = dragOut.prepare();
  expect(dragOut.contents(folder)).toEqual([]);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  writeFileSync(join(folder, 'model.bin'), '');
  expect(dragOut.contents(folder)).toEqual([join(folder, 'model.bin')]);
  expect(dragOut.prepare()).not.toBe(folder);
});

test('no other folder is dragged from', () => {
  const dragOut = createDragOut(base);
  const folder = dragOut.prepare();
  for (const other of ['/etc', base, join(folder, '..'), `${folder}/`, '']) expect(dragOut.contents(other)).toBeNull();
});

test('what an earlier run left is removed, and everything at the end', () => {
  const left = createDragOut(base).prepare();
  const dragOut = createDragOut(base);
  const folder = dragOut.prepare();
  expect([existsSync(left), existsSync(folder)]).toEqual([false, true]);
  dragOut.clear();
  expect([existsSync(base), dragOut.contents(folder)]).toEqual([false, null]);
});
