/**
 * Which operations the real clients really sent in a file's scenarios, and got an answer to: the door counts them. operations.json says which file
 * each is exercised by, and a whole run holds every file to it.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'vitest';

const folder = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'clients-exercised');

/** Holds the file that runs to what operations.json says of it; with VITRINE_WRITE_PAGE=1 notes it for operations.test.ts. @throws when one is missing */
export async function holdToExercised(url: string): Promise<void> {
  const file = basename(expect.getState().testPath ?? '');
  if (file === 'operations.test.ts') return;
  const text = await (await fetch(`${url}/metrics`)).text();
  const answered = new Set([...text.matchAll(/^vitrine_graphql_answers_total\{operation="(\w+)",status="200"\} /gmu)].map((match) => match[1] ?? ''));
  if (process.env['VITRINE_WRITE_PAGE'] === '1') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), [...answered].join('\n'));
    return;
  }
  // Only where all of a file's scenarios run.
  if (process.env['VITRINE_ALL_CLIENT_TESTS'] !== '1') return;
  const list = JSON.parse(readFileSync(join(import.meta.dirname, 'operations.json'), 'utf8')) as { readonly operations: readonly { readonly name: string; readonly exercisedBy: string | null }[] };
  const missing = list.operations.filter((one) => one.exercisedBy === file && !answered.has(one.name)).map((one) => one.name);
  expect(missing, `operations.json says that ${file} exercises these`).toEqual([]);
}

/** The first file, by its name, in which an operation was answered; of those that were noted. */
export function notedExercises(): ReadonlyMap<string, string> {
  const by = new Map<string, string>();
  for (const file of readdirSync(folder).toSorted()) for (const name of readFileSync(join(folder, file), 'utf8').split('\n')) if (!by.has(name)) by.set(name, file);
  return by;
}
