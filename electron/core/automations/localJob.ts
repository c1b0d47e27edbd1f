/**
 * Local commands that a person approved. What runs is exactly what was approved: program, arguments and the files among them are hashed,
 * and a change of any asks again. The event comes in the environment and on standard input; nothing of it becomes part of the command.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { VitrineError } from '#shared/contract/index.ts';

export type JobCommand = { readonly command: readonly string[]; readonly folder: string };

/** Hex SHA-256 over command, folder and the bytes of every file that the command names by its whole path. Throws `file_unreadable`, `bad_input`. */
export async function hashJob({ command, folder }: JobCommand): Promise<string> {
  const [program] = command;
  if (program === undefined || !path.isAbsolute(program)) throw new VitrineError('bad_input', { details: { explanation: `Name the program by its whole path, such as /usr/bin/python3: “${program ?? ''}” could become another one.` } });
  if (!path.isAbsolute(folder)) throw new VitrineError('bad_input', { details: { explanation: `Name the working folder by its whole path: “${folder}” is relative.` } });
  const digest = createHash('sha256').update(JSON.stringify([command, folder]));
  for (const [index, part] of command.entries()) {
    if (!path.isAbsolute(part)) continue;
    try {
      const file = await realpath(part);
      if (!(await stat(file)).isFile()) continue;
      digest.update(`\n${index} ${file}\n`);
      await pipeline(createReadStream(file), digest, { end: false });
    } catch (cause) {
      // An argument may be a path that the job will make; the program itself must be there.
      if (index === 0) throw new VitrineError('file_unreadable', { details: { path: part }, cause });
    }
  }
  return digest.digest('hex');
}

export type JobRun = { readonly status: number | null; readonly output: string; readonly problem: string | null };

const outputLimit = 64 * 1024;
/** What of our own environment a job sees. */
const inherited = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TMPDIR', 'TZ', 'SystemRoot', 'USERPROFILE'];

/** Runs it to its end, to its time or to the signal. `timeout` in seconds. */
export function runJob({ command, folder }: JobCommand, { timeout, environment, input, signal }: { readonly timeout: number; readonly environment: Readonly<Record<string, string>>; readonly input: string; readonly signal: AbortSignal }): Promise<JobRun> {
  const [program = '', ...args] = command;
  return new Promise((resolve) => {
    const env = { ...Object.fromEntries(inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))), ...environment };
    // A group of its own, so that what it started ends with it.
    const child = spawn(program, args, { cwd: folder, env, shell: false, detached: process.platform !== 'win32', stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    let output = '';
    let cut = false;
    let ending: string | null = null;
    const take = (chunk: Buffer): void => {
      if (output.length < outputLimit) output += chunk.toString('utf8');
      else cut = true;
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    // One that doesn't read its input is no failure.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const end = (why: string): void => {
      ending ??= why;
      kill(child.pid, 'SIGTERM');
      setTimeout(() => kill(child.pid, 'SIGKILL'), 2000).unref();
    };
    const timer = setTimeout(() => end(`It was ended after ${timeout} ${timeout === 1 ? 'second' : 'seconds'}.`), timeout * 1000);
    const abort = (): void => end('It was cancelled.');
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    const done = (status: number | null, problem: string | null): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve({ status, output: `${output.slice(0, outputLimit)}${cut || output.length > outputLimit ? '\n[the rest was not kept]' : ''}`, problem });
    };
    child.once('error', (error) => done(null, error.message));
    child.once('close', (code, ended) => done(code, ending ?? (code === 0 ? null : code === null ? `It was ended by ${ended ?? 'a signal'}.` : `It ended with ${code}.`)));
  });
}

function kill(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // It has ended by itself.
  }
}
