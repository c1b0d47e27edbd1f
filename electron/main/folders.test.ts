import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { chooseFolders } from './folders.ts';

let base: string;
let paths: Record<string, string>;
/** Electron's `app` can't be had here; only what it was told counts. */
const app = {
  getPath: () => join(base, 'settings'),
  setPath: (name: string, path: string) => {
    paths[name] = path;
  },
  setAppLogsPath: (path?: string) => {
    paths['logs'] = path ?? '';
  },
};

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'vitrine-folders-'));
  paths = {};
  vi.stubEnv('VITRINE_DATA', '');
  vi.stubEnv('XDG_DATA_HOME', join(base, 'xdg'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(base, { recursive: true });
});

test('the window’s folder lies in the catalog’s, so that every catalog has a lock of its own', () => {
  const data = join(base, 'a catalog');
  const folders = chooseFolders(app, ['--data', data]);
  expect(folders).toMatchObject({ data, window: join(data, 'window'), logs: join(data, 'logs') });
  expect(paths).toEqual({ userData: join(data, 'window'), sessionData: join(data, 'window'), crashDumps: join(data, 'window', 'crashes'), logs: join(data, 'logs') });
  expect(existsSync(join(data, 'window'))).toBe(true);
});

test('the argument comes before the variable, the variable before the platform’s place', () => {
  vi.stubEnv('VITRINE_DATA', join(base, 'variable'));
  expect(chooseFolders(app, ['--data', join(base, 'argument')]).data).toBe(join(base, 'argument'));
  expect(chooseFolders(app, []).data).toBe(join(base, 'variable'));
});

test.runIf(process.platform === 'linux')('beside a catalog whose folder can’t be written, the window’s lies among the person’s settings, one for each catalog', () => {
  // Nobody, not even root, makes a folder there.
  const one = chooseFolders(app, ['--data', '/proc/vitrine-one']);
  const two = chooseFolders(app, ['--data', '/proc/vitrine-two']);
  expect(one.data).toBe('/proc/vitrine-one');
  expect(one.window.startsWith(join(base, 'settings', 'Vitrine', 'windows'))).toBe(true);
  expect(one.logs).toBe(join(one.window, 'logs'));
  expect(one.window).not.toBe(two.window);
});
