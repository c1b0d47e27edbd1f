/**
 * The real `wandb` package: programs and commands of it as processes, each in a home of its own that knows nothing of this machine's accounts,
 * proxies and caches. `build/test.mjs` makes the environments and names them (see build/tools/clients.mjs).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export const clients = ['newest', 'older'] as const;
export type Client = (typeof clients)[number];

const programs = join(import.meta.dirname, '..', 'clients', 'programs');

/** The client's Python. @throws when `build/test.mjs` did not start this */
export function pythonOf(client: Client): string {
  const variable = `VITRINE_PYTHON_${client.toUpperCase()}`;
  const path = process.env[variable];
  if (path === undefined) throw new Error(`${variable} is missing: start these tests with \`node build/test.mjs clients\`.`);
  return path;
}

export type ClientOptions = {
  readonly client: Client;
  /** A folder of this process's own: its home, its run folders and its caches. Shared between programs that are to share a cache. */
  readonly home: string;
  readonly url: string;
  readonly apiKey: string;
  /** Beside what every process of the client finds; `undefined` takes one of those away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Arguments after the program's own name, or a JSON text that it reads as its parameters. */
  readonly args?: readonly string[];
  /** Kills it when it takes longer, in milliseconds. */
  readonly timeout?: number;
};

export type ClientRun = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly stdout: string; readonly stderr: string };

/** What one scenario of a program told, or how it failed. */
export type Told = { readonly scenario: string; readonly facts: Readonly<Record<string, unknown>> } | { readonly scenario: string; readonly problem: string };

export type RunningClient = {
  readonly child: ChildProcess;
  readonly ended: Promise<ClientRun>;
  /** The scenario's facts, as soon as they are told. @throws with the Python traceback when it failed, or when the program ended without a word of it */
  told(scenario: string): Promise<Readonly<Record<string, unknown>>>;
};

/** What a process of the client finds in its environment, and nothing else. */
export function clientEnvironment({ client, home, url, apiKey, environment = {} }: ClientOptions): Record<string, string> {
  mkdirSync(join(home, 'work'), { recursive: true });
  const all: Readonly<Record<string, string | undefined>> = {
    PATH: `${dirname(pythonOf(client))}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    LANG: 'C.UTF-8',
    TMPDIR: process.env['TMPDIR'] ?? '/tmp',
    WANDB_BASE_URL: url,
    WANDB_API_KEY: apiKey,
    WANDB_DIR: join(home, 'work'),
    WANDB_CACHE_DIR: join(home, 'cache'),
    WANDB_CONFIG_DIR: join(home, 'config'),
    WANDB_DATA_DIR: join(home, 'data'),
    WANDB_ARTIFACT_DIR: join(home, 'artifacts'),
    WANDB_SILENT: 'true',
    WANDB_ERROR_REPORTING: 'false',
    WANDB_DISABLE_GIT: 'true',
    WANDB_DISABLE_CODE: 'true',
    WANDB_X_DISABLE_STATS: 'true',
    WANDB_X_DISABLE_META: 'true',
    NO_PROXY: '*',
    no_proxy: '*',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    ...environment,
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Starts a program of e2e/clients/programs. */
export function startProgram(name: string, options: ClientOptions): RunningClient {
  return start(pythonOf(options.client), [join(programs, name), ...(options.args ?? [])], options);
}

/** Starts the command line of the client: `wandb …`. */
export function startCommand(args: readonly string[], options: ClientOptions): RunningClient {
  return start(join(dirname(pythonOf(options.client)), 'wandb'), args, options);
}

/** Runs `wandb …` to its end. */
export function wandb(args: readonly string[], options: ClientOptions): Promise<ClientRun> {
  return startCommand(args, options).ended;
}

function start(command: string, args: readonly string[], options: ClientOptions): RunningClient {
  const environment = clientEnvironment(options);
  const child = spawn(command, args, { cwd: join(options.home, 'work'), env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  const scenarios = new Map<string, Told>();
  const waiting = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString('utf8')).slice(-200_000)));
  createInterface({ input: child.stdout as Readable }).on('line', (line) => {
    if (!line.startsWith('{"scenario":')) return;
    const told = JSON.parse(line) as Told;
    scenarios.set(told.scenario, told);
    waiting.forEach((look) => look());
  });
  let timedOut = false;
  const timeout = options.timeout ?? 240_000;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, timeout);
  let over = false;
  const ended = new Promise<ClientRun>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      over = true;
      if (timedOut) stderr += `\n(ended by the test after ${timeout} ms)`;
      resolve({ code, signal, stdout, stderr });
      waiting.forEach((look) => look());
    });
  });
  return {
    child,
    ended,
    told: (scenario) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const told = scenarios.get(scenario);
          if (told === undefined && !over) return;
          waiting.delete(look);
          if (told === undefined) reject(new Error(`The program ended without telling “${scenario}”. It told ${[...scenarios.keys()].join(', ') || 'nothing'}.\n${stdout.slice(-2000)}\n${stderr.slice(-6000)}`));
          else if ('problem' in told) reject(new Error(`${scenario}: ${told.problem}\n${stderr.slice(-2000)}`));
          else resolve(told.facts);
        };
        waiting.add(look);
        look();
      }),
  };
}
