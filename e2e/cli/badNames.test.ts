/** Every name that breaks a rule, through the command line and through the door: the rule is said, nothing is written. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveVitrine, stopServing, temporaryFolder, vitrine, vitrineJson, writeFiles, type Served } from './commandLine.ts';

const work = temporaryFolder('names');
const data = join(work.path, 'catalog');
const model = join(work.path, 'model');
let served: Served;
let before: unknown;

/** The head of the history, which every change moves, and how much of everything there is. */
const written = async (): Promise<unknown> => {
  const { counts, storeBytes } = (await throughDoor('catalog.status', {})).body.output as { readonly counts: unknown; readonly storeBytes: unknown };
  return { counts, storeBytes, audit: await vitrineJson(['audit', 'verify'], { data }) };
};

beforeAll(async () => {
  writeFiles(model, { 'a.txt': 'a' });
  served = await serveVitrine(data);
  await vitrineJson(['log', model, '-n', 'gemma', '-p', 'lab'], { data });
  await vitrineJson(['link', 'lab/gemma:v0', 'Models/Gemma'], { data });
  writeFiles(model, { 'a.txt': 'b' });
  await vitrineJson(['log', model, '-n', 'gemma', '-p', 'lab'], { data });
  before = await written();
}, 240_000);

afterAll(async () => {
  await stopServing(served);
  work.remove();
}, 240_000);

const long = (length: number): string => 'x'.repeat(length);
const log = (...rest: readonly string[]): readonly string[] => ['log', model, '-p', 'lab', ...rest];

type Case = readonly [what: string, args: readonly string[], says: RegExp];

const cases: readonly Case[] = [
  ['an artifact without a name', log('-n', ''), /artifact name needs at least one character/u],
  ['an artifact with a blank', log('-n', 'gem ma'), /“ ” \(position 4\) is not allowed/u],
  ['an artifact with a slash', log('-n', 'gem/ma'), /“\/” \(position 4\) is not allowed/u],
  ['an artifact with a colon', log('-n', 'gemma:v1'), /“:” \(position 6\) is not allowed/u],
  ['an artifact with an umlaut', log('-n', 'gämma'), /letters A-Z and a-z, digits, “_”, “-” and “.”/u],
  ['an artifact of dots', log('-n', '..'), /means a folder/u],
  ['an artifact that is too long', log('-n', long(129)), /at most 128 characters; this one has 129/u],
  ['a type without a name', log('-n', 'a', '-t', ''), /artifact type needs at least one character/u],
  ['a type with a slash', log('-n', 'a', '-t', 'mo/del'), /“\/” \(position 3\) is not allowed/u],
  ['a type with a colon', log('-n', 'a', '-t', 'mo:del'), /“:” \(position 3\) is not allowed/u],
  ['a type that begins with a dot', log('-n', 'a', '-t', '.model'), /must begin with/u],
  ['a type that is too long', log('-n', 'a', '-t', long(129)), /at most 128 characters/u],
  ['the reserved type job', log('-n', 'a', '-t', 'job'), /“job” is reserved/u],
  ['a reserved type of W&B', log('-n', 'a', '-t', 'wandb-history'), /“wandb-.*is reserved/u],
  ['a run table under its reserved name', log('-n', 'run-1-table', '-t', 'run_table'), /reserved/u],
  ['code under its reserved name', log('-n', 'source-1', '-t', 'code'), /reserved/u],
  ['a project with the registries’ prefix', ['log', model, '-n', 'a', '-p', 'wandb-registry-Models'], /reserved/u],
  ['a project with a hash', ['log', model, '-n', 'a', '-p', 'la#b'], /“#” \(position 3\) is not allowed/u],
  ['a project without a name', ['log', model, '-n', 'a', '-p', ''], /project name needs at least one character/u],
  ['a project that is too long', ['log', model, '-n', 'a', '-p', long(129)], /at most 128 characters/u],
  ['an alias with a slash', log('-n', 'a', '-a', 'pro/d'), /“\/” \(position 4\) is not allowed/u],
  ['an alias with a colon', ['alias', 'set', 'lab/gemma:v0', 'pro:d'], /“:” \(position 4\) is not allowed/u],
  ['an alias that is a number', ['alias', 'set', 'lab/gemma:v0', 'v12'], /always a version number/u],
  ['an alias that is a number, on a link', ['link', 'lab/gemma:v0', 'Models/Gemma', '-a', 'v0'], /always a version number/u],
  ['an alias that is too long', ['alias', 'set', 'wandb-registry-Models/Gemma:v0', long(129)], /at most 128 characters/u],
  ['an empty alias', ['alias', 'set', 'lab/gemma:v0', ''], /alias needs at least one character/u],
  ['an alias with a line break', ['alias', 'set', 'lab/gemma:v0', 'pro\nd'], /control characters or line breaks/u],
  ['an alias that turns the reading direction', ['alias', 'set', 'lab/gemma:v0', 'pro\u202Ed'], /reading direction/u],
  ['a tag with a comma', ['tag', 'lab/gemma:v0', 'a,b'], /“,” \(position 2\) is not allowed/u],
  ['a tag with a blank at its end', ['tag', 'lab/gemma:v0', 'a '], /must end with|begin or end with a space/u],
  ['a tag that is too long', ['tag', 'lab/gemma:v0', long(129)], /at most 128 characters/u],
  ['an empty tag on a new version', log('-n', 'a', '--tag', ''), /tag needs at least one character/u],
  ['a collection with a slash', ['link', 'lab/gemma:v0', 'Models/a/b'], /can't be read|not allowed/u],
  ['a collection without a name', ['link', 'lab/gemma:v0', 'Models/'], /can't be read|stops too early|at least one character/u],
  ['a collection that is too long', ['link', 'lab/gemma:v0', `Models/${long(129)}`], /at most 128 characters/u],
  ['a registry with a question mark', ['link', 'lab/gemma:v0', 'Mod?els/a'], /“\?” \(position \d+\) is not allowed/u],
  ['metadata that is a list', log('-n', 'a', '--metadata', '[1]'), /JSON object/u],
  ['metadata that is no JSON', log('-n', 'a', '--metadata', '{acc: 1}'), /must be JSON/u],
  ['metadata with an infinity', log('-n', 'a', '--metadata', '{"acc": 1e999}'), /infinite/u],
  ['metadata with too many keys', log('-n', 'a', '--metadata', JSON.stringify(Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`k${index}`, index])))), /at most 100 keys at its top level; this has 101/u],
];

describe('through the command line', { timeout: 240_000 }, () => {
  test.for(cases)('%s', async ([, args, says]) => {
    const ran = await vitrine(args, { data });
    expect(ran.stderr).toMatch(says);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
  });

  test('latest by hand, which stands against where it is', async () => {
    const ran = await vitrine(['alias', 'set', 'lab/gemma:v0', 'latest'], { data });
    expect(ran.stderr).toMatch(/“latest” follows the most recent version by itself/u);
    expect(ran.code).toBe(5);
  });

  test.skipIf(process.platform === 'win32')('a file whose name would be a folder elsewhere', async () => {
    const folder = writeFiles(join(work.path, 'backslash'), { 'a\\b.txt': 'a' });
    const ran = await vitrine(['log', folder, '-n', 'a', '-p', 'lab'], { data });
    expect(ran.stderr).toMatch(/backslash at position 2/u);
    expect(ran.code).toBe(2);
  });
});

const characters = ['/', '\\', '#', '?', '%', ':', '\r', '\n', '\u0000', '\u202e'] as const;

/** What has no command yet goes through the door, as a script would send it. */
const throughDoor = async (operation: string, input: unknown): Promise<{ readonly status: number; readonly body: { readonly output?: unknown; readonly error?: { readonly code: string; readonly sentence: string } } }> => {
  const reply = await fetch(`${served.url}/api/operations/${operation}`, { method: 'POST', headers: { authorization: `Bearer ${served.apiKey}`, 'content-type': 'application/json' }, body: JSON.stringify(input) });
  return { status: reply.status, body: (await reply.json()) as { output?: unknown; error?: { code: string; sentence: string } } };
};

describe('through the door', () => {
  const registries: readonly (readonly [string, RegExp])[] = [
    ['', /at least one character/u],
    [long(114), /at most 113 characters; this one has 114/u],
    ...characters.map((character) => [`a${character}b`, /position 2/u] as const),
  ];
  test.for(registries)('a registry named %j', async ([name, says]) => {
    const { status, body } = await throughDoor('registries.create', { name });
    expect([status, body.error?.code]).toEqual([422, 'name_invalid']);
    expect(body.error?.sentence).toMatch(says);
  });

  test('a registry whose name is taken', async () => {
    expect(await throughDoor('registries.create', { name: 'Models' })).toMatchObject({ status: 409, body: { error: { code: 'already_exists' } } });
  });

  test.for([['', /at least one character/u], ['a/b', /“\/” \(position 2\) is not allowed/u], [long(129), /at most 128/u]] as const)('a collection named %j', async ([name, says]) => {
    const { status, body } = await throughDoor('collections.create', { registryId: 1, name, type: 'model' });
    expect([status, body.error?.code]).toEqual([422, 'name_invalid']);
    expect(body.error?.sentence).toMatch(says);
  });
});

// Last, and once for all of them.
test('nothing of what was refused has left a trace', async () => {
  expect(await written()).toEqual(before);
});
