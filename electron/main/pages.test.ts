import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerFor, findPageFile } from './pages.ts';

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

type Told = { readonly error: number } | { readonly text: string; readonly headers: Readonly<Record<string, string>> };

/** What Chromium makes of the answer: it reads the file that it is told of. */
function ask(url: string, method = 'GET'): Told {
  const answer = answerFor(folder, { url, method });
  if ('error' in answer) return answer;
  return existsSync(answer.path) ? { text: readFileSync(answer.path, 'utf8'), headers: answer.headers } : { error: -6 };
}

describe('files of the window', () => {
  test('come with their media type and the content policy', () => {
    const answer = ask('app://vitrine/assets/a.js?v=1#x');
    if ('error' in answer) throw new Error('It is not there');
    expect([answer.headers['Content-Type'], answer.text]).toEqual(['text/javascript; charset=utf-8', 'export {}']);
    expect(answer.headers['Content-Security-Policy']).toContain("default-src 'none'; script-src 'self'");
    expect(answer.headers['Content-Security-Policy']).not.toMatch(/unsafe|\*|https?:/u);
  });

  test.each(['app://vitrine/', 'app://vitrine/registries/models', 'app://vitrine'])('%s is the entry page', (url) => {
    expect(ask(url)).toMatchObject({ text: '<h1>page</h1>' });
  });

  test.each([
    'app://elsewhere/index.html', 'http://vitrine/index.html', 'app://vitrine/missing.js', 'app://vitrine/..%2fsecret.js', 'app://vitrine/%2e%2e/secret.js', 'app://vitrine/..%5csecret.js',
    'app://vitrine/assets/..%2f..%2fsecret.js', 'app://vitrine/%252e%252e%252fsecret.js', 'app://vitrine/%00.js', 'app://vitrine/c:%2fwindows%2fx.js', 'app://vitrine/%2fetc%2fpasswd.js', 'app://vitrine/..%2frenderer-beside%2fsecret.js',
    'app://vitrine/%E0%A4%A.js', 'app://vitrine/index.exe', 'not an address',
  ])('%s is not there', (url) => {
    expect(ask(url)).toEqual({ error: -6 });
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is not understood', (method) => {
    expect(ask('app://vitrine/', method)).toEqual({ error: -322 });
  });

  test('no path leads out of the folder', () => {
    const piece = fc.constantFrom('..', '.', '%2e', '%2E%2e', '/', '%2f', '\\', '%5c', 'a', 'secret.js', '%00', '%25', '%c0%af', ';', ':', '?', '#', '～', ' ');
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const file = findPageFile(folder, `app://vitrine/${pieces.join('')}`);
      if (file !== null) expect(file.path.startsWith(folder + sep)).toBe(true);
    }), { numRuns: 2000 });
  });
});
