/**
 * The package that people get, not the source tree: its program, its archive, its fuses, its command line. Run by `.ci/run`
 * after `npm run package`. The release build refuses Node's inspector, so the page is reached through Chromium's own door.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { type Browser, chromium, expect, type Page, test } from '@playwright/test';
import { fusesFor } from '../build/packaging/fuses.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const unpacked = join(root, 'release', 'linux-unpacked');
const launcher = join(unpacked, 'vitrine');
const asRoot = process.getuid?.() === 0;

test.skip(process.platform !== 'linux', 'the unpacked app of other systems is laid out differently');

let data: string;
let running: { readonly child: ChildProcess; readonly browser: Browser | undefined } | undefined;

test.beforeEach(() => {
  expect(existsSync(launcher), 'run `npm run package` first').toBe(true);
  data = mkdtempSync(join(tmpdir(), 'vitrine-packaged-'));
});

test.afterEach(async () => {
  if (running !== undefined) {
    const { child, browser } = running;
    running = undefined;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    await browser?.close();
  }
  rmSync(data, { recursive: true, force: true });
});

/** Runs the package's command line and gives what it printed. */
const commandLine = async (...args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(launcher, ['--data', data, ...args], { env: { ...process.env, DISPLAY: '' }, maxBuffer: 16 * 1024 * 1024 });
  return stdout;
};

/** Starts the package's window and waits until the app says that window and core are ready. */
const openWindow = async (...args: readonly string[]): Promise<{ readonly page: Page; readonly facts: readonly string[]; readonly problems: readonly string[] }> => {
  const child = spawn(launcher, [...(asRoot ? ['--no-sandbox'] : []), '--remote-debugging-port=0', '--data', data, ...args], {
    env: { ...process.env, VITRINE_TEST: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const facts: string[] = [];
  const heard: string[] = [];
  let tell: () => void = () => undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) facts.push((JSON.parse(line) as { readonly fact: string }).fact);
    tell();
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    heard.push(line);
    tell();
  });
  const until = async <T>(what: string, find: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      tell = () => {
        const found = find();
        if (found !== undefined) resolve(found);
        else if (facts.includes('core-failed')) reject(new Error(`Core can not work.\n${heard.join('\n')}`));
      };
      child.once('exit', (code) => reject(new Error(`The app ended with ${code} before ${what}.\n${heard.join('\n')}`)));
      tell();
    });
  const door = await until('it opened the door for tests', () => heard.map((line) => /^DevTools listening on (ws:\S+)$/u.exec(line)?.[1]).find((url) => url !== undefined));
  running = { child, browser: undefined };
  for (const fact of ['window-ready', 'core-ready', 'port-given']) await until(fact, () => (facts.includes(fact) ? fact : undefined));
  const browser = await chromium.connectOverCDP(door);
  running = { child, browser };
  const context = browser.contexts()[0];
  const page = context?.pages().find((candidate) => candidate.url().startsWith('app://')) ?? (await context?.waitForEvent('page'));
  if (page === undefined) throw new Error('The app has no page.');
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  return { page, facts, problems };
};

test('every fuse is as stated', async () => {
  const wire = await getCurrentFuseWire(join(unpacked, 'vitrine-app'));
  const stated = fusesFor('linux');
  for (const [name, fuse] of Object.entries(FuseV1Options)) {
    if (typeof fuse !== 'number') continue;
    expect(wire[fuse], name).toBe(stated[fuse as FuseV1Options] ? FuseState.ENABLE : FuseState.DISABLE);
  }
});

test('the package holds the app, one SQLite binary and the licences, and no sources', () => {
  expect(existsSync(join(unpacked, 'LICENSE.txt'))).toBe(true);
  expect(existsSync(join(unpacked, 'resources', 'app.asar'))).toBe(true);
  expect(existsSync(join(unpacked, 'resources', 'app'))).toBe(false);
  expect(existsSync(join(unpacked, 'resources', 'default_app.asar'))).toBe(false);
  const loose = readdirSync(join(unpacked, 'resources', 'app.asar.unpacked'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(loose.map((entry) => entry.name)).toEqual([`linux-${process.arch}.node`]);
});

test('its program can not be turned into Node', async () => {
  const run = promisify(execFile)(join(unpacked, 'vitrine-app'), ['-e', "process.stdout.write('I am Node')"], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', DISPLAY: '', WAYLAND_DISPLAY: '' },
  });
  const { stdout } = await run.catch((error: { readonly stdout: string }) => error);
  expect(stdout).not.toContain('I am Node');
});

test('its command line works without a screen, on the same catalog as its window', async () => {
  expect((await commandLine('--version')).trim()).toMatch(/^\d+\.\d+\.\d+$/u);
  const folder = join(data, 'to-log', 'weights');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.txt'), 'some weights');
  await commandLine('log', folder, '--name', 'packed-weights', '--project', 'packaging');
  expect(await commandLine('search', 'packed-weights', '--json')).toContain('packed-weights');
  const { page, problems } = await openWindow();
  await expect(page.getByText('packed-weights').first()).toBeVisible();
  expect(problems).toEqual([]);
});

test('its window opens with the sample catalog, locked in', async ({}, testInfo) => {
  const { page, facts, problems } = await openWindow('--sample');
  await expect(page.getByRole('main')).toBeVisible();
  await expect(page.getByText('Edge Models').first(), 'a registry of the sample').toBeVisible();
  expect(await page.evaluate(() => ['require', 'process', 'module', 'Buffer'].filter((name) => name in globalThis))).toEqual([]);
  expect(page.url()).toMatch(/^app:\/\//u);
  expect(facts.includes('sandbox-off')).toBe(asRoot);
  mkdirSync(join(root, 'e2e', 'output', 'screens'), { recursive: true });
  await testInfo.attach('packaged', { body: await page.screenshot({ path: join(root, 'e2e', 'output', 'screens', 'packaged.png') }), contentType: 'image/png' });
  expect(problems).toEqual([]);
});
