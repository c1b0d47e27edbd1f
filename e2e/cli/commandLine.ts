/** Drives the real command line: the compiled `vitrine`, as a process of its own, on a catalog folder of the test. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const checkout = join(import.meta.dirname, '..', '..');
const program = join(process.env['VITRINE_APPLICATION'] ?? checkout, 'dist', 'core', 'cli.js');

export type Ran = {
  /** The exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type RunOptions = {
  /** The catalog's folder. */
  readonly data: string;
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What it reads on its standard input. */
  readonly input?: string;
  /** Runs as this user and group: only root may ask for another. */
  readonly user?: number;
  /** Kills it when it takes longer, in milliseconds. */
  readonly timeout?: number;
};

/** Runs one command to its end. */
export function vitrine(args: readonly string[], options: RunOptions): Promise<Ran> {
  const { child, ended } = startVitrine(args, options);
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeout ?? 180_000);
  return ended.finally(() => clearTimeout(timer));
}

/** What a command prints under `--json`. @throws when it fails or prints something else */
export async function vitrineJson<Answer>(args: readonly string[], options: RunOptions): Promise<Answer> {
  const ran = await vitrine([...args, '--json'], options);
  if (ran.code !== 0) throw new Error(`vitrine ${args.join(' ')} ended with ${ran.code ?? ran.signal}: ${ran.stderr}`);
  return JSON.parse(ran.stdout) as Answer;
}

export type Running = { readonly child: ChildProcess; readonly ended: Promise<Ran>; /** The next line of its output. */ readonly line: () => Promise<string> };

/** Starts a command that goes on, such as `serve`. */
export function startVitrine(args: readonly string[], { data, folder, environment, user, input }: RunOptions): Running {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST') && name !== 'NODE_OPTIONS' && name !== 'VITRINE_DATA'));
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder ?? tmpdir(),
    env: { ...inherited, VITRINE_DATA: data, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  // One that ends before it reads is its own affair.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  let stdout = '';
  let stderr = '';
  const lines: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  createInterface({ input: child.stdout as Readable }).on('line', (line) => {
    const next = waiting.shift();
    if (next === undefined) lines.push(line);
    else next(line);
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const line = async (): Promise<string> => {
    const ready = lines.shift();
    if (ready !== undefined) return ready;
    const came = new Promise<string>((resolve) => waiting.push(resolve));
    return Promise.race([
      came,
      ended.then((ran) => {
        throw new Error(`vitrine ${args.join(' ')} ended with ${ran.code ?? ran.signal} before it said more: ${ran.stderr}`);
      }),
    ]);
  };
  return { child, ended, line };
}

export type Served = { readonly url: string; readonly apiKey: string | null; readonly running: Running };

/** `vitrine serve` on a free port, as soon as it answers. */
export async function serveVitrine(data: string, more: readonly string[] = []): Promise<Served> {
  const running = startVitrine(['serve', '--port', '0', '--json', ...more], { data });
  const { url, apiKey } = JSON.parse(await running.line()) as { readonly url: string; readonly apiKey: string | null };
  return { url, apiKey, running };
}

/** Ends it as a supervisor does, and tells how it ended. */
export function stopServing({ running }: Served): Promise<Ran> {
  running.child.kill('SIGTERM');
  return running.ended;
}

/** A fresh folder under the system's temporary one, and the way to remove it. */
export function temporaryFolder(name = 'cli'): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), `vitrine-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Writes files below a folder, by their relative paths. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}
