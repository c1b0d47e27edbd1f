import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepScripts } from './compiledScripts.ts';

let scripts: string;
let file: string;
beforeEach(() => {
  scripts = mkdtempSync(join(tmpdir(), 'vitrine-scripts-'));
  file = join(scripts, 'kept.bin');
  const body = Array.from({ length: 200 }, (_, index) => `sum += number * ${index};`).join(' ');
  writeFileSync(join(scripts, 'first.js'), `const second = require('./second.js'); exports.sum = (number) => second.sum(number); exports.place = [__filename, __dirname, module.exports === exports, require.main === module]; exports.fail = () => { throw new Error('here'); };`);
  writeFileSync(join(scripts, 'second.js'), `exports.sum = function (number) { let sum = 0; ${body} return sum; };`);
  writeFileSync(join(scripts, 'third.js'), `exports.later = () => import('node:path');`);
});
afterEach(() => rmSync(scripts, { recursive: true, force: true }));

type First = { readonly sum: (number: number) => number; readonly place: readonly unknown[]; readonly fail: () => void };

/** As a new start would. */
function load(name = 'first.js'): First {
  const require = createRequire(join(scripts, 'start.js'));
  for (const each of Object.keys(require.cache)) if (each.startsWith(scripts)) delete require.cache[each];
  return require(`./${name}`) as First;
}

test('what a start compiled is used by the next, with the functions that ran', () => {
  const idle = keepScripts(scripts, file);
  load();
  idle.finish();
  const before = statSync(file).size;
  rmSync(file);
  const running = keepScripts(scripts, file);
  expect(load().sum(2)).toBe(39_800);
  expect(running.used.size).toBe(0);
  running.finish();
  expect(statSync(file).size).toBeGreaterThan(before + 1000);
  const next = keepScripts(scripts, file);
  expect(load().sum(3)).toBe(59_700);
  expect([...next.used].toSorted()).toEqual(['first.js', 'second.js']);
  const written = statSync(file).mtimeMs;
  next.finish();
  expect(statSync(file).mtimeMs).toBe(written);
});

test('scripts find what every script finds, and say where they fail', async () => {
  const kept = keepScripts(scripts, file);
  const first = load();
  const third = load('third.js') as unknown as { readonly later: () => Promise<{ readonly sep: string }> };
  kept.finish();
  expect(first.place).toEqual([join(scripts, 'first.js'), scripts, true, false]);
  expect((await third.later()).sep).toBe('/');
  const column = readFileSync(join(scripts, 'first.js'), 'utf8').indexOf('new Error') + 1;
  expect(() => first.fail()).toThrow('here');
  try {
    first.fail();
  } catch (thrown) {
    expect((thrown as Error).stack).toContain(`${join(scripts, 'first.js')}:1:${column}`);
  }
});

test('a script that changed its length, or a file that is not whole, is compiled anew and kept again', () => {
  const one = keepScripts(scripts, file);
  load();
  one.finish();
  const whole = readFileSync(file);
  writeFileSync(join(scripts, 'second.js'), 'exports.sum = () => 7;');
  const two = keepScripts(scripts, file);
  expect(load().sum(1)).toBe(7);
  expect([...two.used]).toEqual(['first.js']);
  two.finish();
  const three = keepScripts(scripts, file);
  load();
  expect(three.used.size).toBe(2);
  three.finish();
  const flipped = Buffer.from(whole);
  flipped.writeUInt8(flipped.readUInt8(whole.length / 2) ^ 1, whole.length / 2);
  for (const broken of [whole.subarray(0, whole.length - 100), flipped, Buffer.alloc(whole.length), Buffer.from('x')]) {
    writeFileSync(file, broken);
    const again = keepScripts(scripts, file);
    expect(load().sum(1)).toBe(7);
    expect(again.used.size).toBe(0);
    again.finish();
    expect(statSync(file).size).toBeGreaterThan(500);
  }
});

test('scripts that a start does not load stay kept while they are there; later ones are Node’s', () => {
  const one = keepScripts(scripts, file);
  load();
  one.finish();
  writeFileSync(join(scripts, 'third.js'), 'exports.sum = () => 1;');
  const two = keepScripts(scripts, file);
  load('third.js');
  two.finish();
  load();
  rmSync(join(scripts, 'third.js'));
  const three = keepScripts(scripts, file);
  expect(load().sum(0)).toBe(0);
  expect([...three.used].toSorted()).toEqual(['first.js', 'second.js']);
  three.finish();
});

test('a folder that can’t be written costs nothing', () => {
  const kept = keepScripts(scripts, join(scripts, 'missing', 'kept.bin'));
  expect(load().sum(1)).toBe(19_900);
  expect(() => kept.finish()).not.toThrow();
});
