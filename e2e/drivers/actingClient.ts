/** A Python client that stays and is told line by line what to do: one JSON object in, one out. Importing it takes seconds. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type ActingClient = { act<Value = unknown>(act: string, parameters?: Readonly<Record<string, unknown>>): Promise<Value>; close(): void };

/** `program` says `{"ready": …}` once it listens. @throws with what it said on standard error when it ends before that */
export async function startActing(python: string, program: string, folder: string, environment: Readonly<Record<string, string>>): Promise<ActingClient> {
  const child = spawn(python, [program], { cwd: folder, env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
  let problem = '';
  child.stderr.on('data', (piece: Buffer) => (problem = (problem + piece.toString('utf8')).slice(-20_000)));
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  let next = 1;
  const ready = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('{')) return;
    const told = JSON.parse(line) as { readonly ready?: string; readonly id?: number; readonly value?: never; readonly problem?: string };
    if (told.ready !== undefined) ready.resolve();
    const asked = told.id === undefined ? undefined : waiting.get(told.id);
    if (told.id !== undefined) waiting.delete(told.id);
    if (told.problem !== undefined) asked?.reject(new Error(told.problem));
    else asked?.resolve(told.value as never);
  });
  child.once('exit', () => {
    const error = new Error(`The client ended: ${problem}`);
    ready.reject(error);
    for (const one of waiting.values()) one.reject(error);
  });
  await ready.promise;
  return {
    act: (act, parameters = {}) =>
      new Promise((resolve, reject) => {
        const id = next++;
        waiting.set(id, { resolve, reject });
        child.stdin.write(`${JSON.stringify({ id, act, with: parameters })}\n`);
      }),
    close: () => void child.kill('SIGKILL'),
  };
}
