/**
 * Drives the real app: starts it on a catalog folder of its own, waits for facts that it prints, and ends it in order.
 *
 * `VITRINE_ELECTRON` names the runtime (build/test.mjs sets it); `VITRINE_APPLICATION` another folder to start than this checkout's, for
 * trying a build that lies elsewhere.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';

const checkout = join(import.meta.dirname, '..', '..');

/** One line that the app prints under VITRINE_TEST=1. */
export type Fact = { readonly fact: string } & Readonly<Record<string, unknown>>;

export type Facts = {
  /** All so far, oldest first. */
  all(): readonly Fact[];
  /**
   * The first fact of that name, already told or yet to come; with `after`, only from that index on (`facts.all().length` before an act).
   * @throws when it does not come in time, with everything that did
   */
  wait(name: string, options?: { readonly after?: number; readonly where?: (fact: Fact) => boolean; readonly timeout?: number }): Promise<Fact>;
};

export type LaunchOptions = {
  /** The catalog's folder; a fresh one by default, removed by `close`. */
  readonly dataDirectory?: string;
  /** Further arguments: `--sample`, `vitrine://…`. */
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly colorScheme?: 'light' | 'dark';
};

export type Vitrine = {
  readonly app: ElectronApplication;
  readonly window: Page;
  readonly facts: Facts;
  readonly dataDirectory: string;
  /** What went wrong in the page: errors on its console and uncaught exceptions. A test that expects none asserts that this is empty. */
  readonly pageErrors: readonly string[];
  /** Ends the app as a person would and waits until it and core are gone; removes a folder of its own. */
  close(options?: { readonly keepData?: boolean }): Promise<void>;
};

/** Starts the app and waits until its window is shown. */
export async function launchVitrine(options: LaunchOptions = {}): Promise<Vitrine> {
  const own = options.dataDirectory === undefined;
  const dataDirectory = options.dataDirectory ?? freshDirectory();
  const start = startArguments(dataDirectory, options);
  tellPlaywrightTheRuntime(start.program);
  const app = await _electron.launch({
    // No `executablePath`: only then Playwright holds the app back until it listens, and misses nothing of its start.
    args: [...start.args],
    env: start.environment,
    // Else Playwright switches Chromium's sandbox off, and the product would be tested without its outermost lock.
    chromiumSandbox: true,
    timeout: 60_000,
    ...(options.colorScheme === undefined ? {} : { colorScheme: options.colorScheme }),
  });
  const child = app.process();
  const facts = readFacts(child);
  const pageErrors: string[] = [];
  const window = await app.firstWindow({ timeout: 60_000 });
  window.on('console', (message) => {
    if (message.type() === 'error') pageErrors.push(message.text());
  });
  window.on('pageerror', (error) => pageErrors.push(String(error.stack ?? error)));
  // Playwright may attach after the first lines were printed; the window itself says whether it is shown.
  await app.evaluate(async ({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    if (window !== undefined && !window.isVisible()) await new Promise<void>((resolve) => window.once('show', () => resolve()));
  });
  return {
    app, window, facts, dataDirectory, pageErrors,
    async close({ keepData = !own } = {}) {
      await endApp(app, child);
      if (!keepData) rmSync(dataDirectory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export type PlainRun = {
  readonly child: ChildProcess;
  readonly facts: Facts;
  /** Resolves with the exit code (128 + 15 and such for signals are null). */
  readonly exited: Promise<number | null>;
};

/** Starts the app without a debugger on it, as a shell does: for second instances, exit codes, and the command line. */
export function spawnVitrine(dataDirectory: string, options: Omit<LaunchOptions, 'dataDirectory'> = {}): PlainRun {
  const start = startArguments(dataDirectory, options);
  const child = spawn(start.program, start.args, { env: start.environment, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.resume();
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return { child, facts: readFacts(child), exited };
}

/** Process number of core, from what Electron counts. */
export async function coreOf(vitrine: Vitrine): Promise<number> {
  const number = await vitrine.app.evaluate(({ app }) => app.getAppMetrics().find((each) => each.serviceName === 'node.mojom.NodeService' || each.name === 'Vitrine core')?.pid);
  if (number === undefined) throw new Error('There is no process of core.');
  return number;
}

/** A fresh, empty folder for a catalog. */
export function freshDirectory(): string {
  // A folder of our own at once: a shared parent would belong to whoever came first.
  return mkdtempSync(join(tmpdir(), 'vitrine-e2e-'));
}

/** The program, and the arguments before all others, by which the app is started here. */
export function applicationCommand(): { readonly program: string; readonly args: readonly string[] } {
  return { program: runtime(), args: [...sandboxArguments(), process.env['VITRINE_APPLICATION'] ?? checkout] };
}

function startArguments(dataDirectory: string, options: LaunchOptions): { readonly program: string; readonly args: readonly string[]; readonly environment: Record<string, string> } {
  const { program, args } = applicationCommand();
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined && name !== 'ELECTRON_RUN_AS_NODE' && name !== 'NODE_OPTIONS') environment[name] = value;
  return {
    program,
    args: [...args, '--data', dataDirectory, ...(options.args ?? [])],
    environment: { ...environment, VITRINE_TEST: '1', ...options.environment },
  };
}

let found: string | undefined;
function runtime(): string {
  found ??= process.env['VITRINE_ELECTRON'] ?? execFileSync(process.execPath, [join(checkout, 'build', 'runtime.mjs')], { encoding: 'utf8' }).trim();
  return found;
}

/** Playwright looks the runtime up through the package `electron`, which heeds this variable. */
function tellPlaywrightTheRuntime(program: string): void {
  const official = join(checkout, 'node_modules', 'electron', 'dist');
  if (!program.startsWith(official)) process.env['ELECTRON_OVERRIDE_DIST_PATH'] = dirname(program);
}

/** As root Chromium's sandbox can't start; nowhere else it is switched off. */
function sandboxArguments(): readonly string[] {
  return process.platform === 'linux' && (process.getuid?.() === 0 || process.env['VITRINE_NO_SANDBOX'] === '1') ? ['--no-sandbox'] : [];
}

function readFacts(child: ChildProcess): Facts {
  const all: Fact[] = [];
  const listeners = new Set<() => void>();
  createInterface({ input: child.stdout as Readable }).on('line', (line) => {
    if (!line.startsWith('{"fact":')) return;
    all.push(JSON.parse(line) as Fact);
    listeners.forEach((listener) => listener());
  });
  return {
    all: () => [...all],
    wait: (name, { after = 0, where = () => true, timeout = 60_000 } = {}) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const hit = all.slice(after).find((fact) => fact.fact === name && where(fact));
          if (hit === undefined) return;
          listeners.delete(look);
          clearTimeout(timer);
          resolve(hit);
        };
        const timer = setTimeout(() => {
          listeners.delete(look);
          reject(new Error(`The fact “${name}” did not come in ${timeout} ms. Told were: ${JSON.stringify(all)}`));
        }, timeout);
        listeners.add(look);
        look();
      }),
  };
}

/** Quits; an app that does not end within two minutes is killed and the test told. */
async function endApp(app: ElectronApplication, child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let stuck = false;
  const timer = setTimeout(() => {
    stuck = true;
    child.kill('SIGKILL');
  }, 300_000);
  await app.close().catch(() => undefined);
  await gone;
  clearTimeout(timer);
  if (stuck) throw new Error('The app did not end by itself within two minutes.');
}
