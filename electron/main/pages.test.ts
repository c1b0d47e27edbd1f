import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPageFile, servePage, type PageAnswer } from './pages.ts';

let outside: string;
let folder: string;
beforeAll(() => {
  outside = mkdtempSync(join(tmpdir(), 'vitrine-pages-'));
  folder = join(outside, 'renderer');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  mkdirSync(join(outside, 'renderer-beside'));
  writeFileSync(join(folder, 'index.html'), '<h1>page</h1>');
  writeFileSync(join(folder, 'assets', 'a.js'), 'export {}');
  writeFileSync(join(outside, 'secret.js'), 'secret');
  writeFileSync(join(outside, 'renderer-beside', 'secret.js'), 'secret');
});
afterAll(() => rmSync(outside, { recursive: true, force: true }));

const ask = (url: string, method = 'GET'): Promise<PageAnswer> => Promise.resolve(servePage(folder, { url, method }));

describe('files of the window', () => {
  test('come with their media type and the content policy', async () => {
    const answer = await ask('app://vitrine/assets/a.js?v=1#x');
    expect([answer.status, answer.headers['Content-Type'], answer.bytes.toString()]).toEqual([200, 'text/javascript; charset=utf-8', 'export {}']);
    expect(answer.headers['Content-Security-Policy']).toContain("default-src 'none'; script-src 'self'");
    expect(answer.headers['Content-Security-Policy']).not.toMatch(/unsafe|\*|https?:/u);
  });

  test.each(['app://vitrine/', 'app://vitrine/registries/models', 'app://vitrine'])('%s is the entry page', async (url) => {
    const answer = await ask(url);
    expect([answer.status, answer.bytes.toString()]).toEqual([200, '<h1>page</h1>']);
  });

  test.each([
    'app://elsewhere/index.html', 'http://vitrine/index.html', 'app://vitrine/missing.js', 'app://vitrine/..%2fsecret.js', 'app://vitrine/%2e%2e/secret.js', 'app://vitrine/..%5csecret.js',
    'app://vitrine/assets/..%2f..%2fsecret.js', 'app://vitrine/%252e%252e%252fsecret.js', 'app://vitrine/%00.js', 'app://vitrine/c:%2fwindows%2fx.js', 'app://vitrine/%2fetc%2fpasswd.js', 'app://vitrine/..%2frenderer-beside%2fsecret.js',
    'app://vitrine/%E0%A4%A.js', 'app://vitrine/index.exe', 'not an address',
  ])('%s is not there', async (url) => {
    expect((await ask(url)).status).toBe(404);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is not understood', async (method) => {
    expect((await ask('app://vitrine/', method)).status).toBe(405);
  });

  test('no path leads out of the folder', () => {
    const piece = fc.constantFrom('..', '.', '%2e', '%2E%2e', '/', '%2f', '\\', '%5c', 'a', 'secret.js', '%00', '%25', '%c0%af', ';', ':', '?', '#', '～', ' ');
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const file = findPageFile(folder, `app://vitrine/${pieces.join('')}`);
      if (file !== null) expect(file.path.startsWith(folder + sep)).toBe(true);
    }), { numRuns: 2000 });
  });
});
