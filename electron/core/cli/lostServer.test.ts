/** What waits for news of another process ends with it, and says so: a pipeline must not take a server that is gone for an alias that has come. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CoreClient } from '#shared/contract/index.ts';
import { openCore, type Core } from '../host/core.ts';
import { addPipelineCommands } from './pipelines.ts';
import { connectToRunning, type Session } from './session.ts';

let directory: string;
let core: Core;
let session: Session;
beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'vitrine-lost-'));
  core = await openCore({ dataDirectory: path.join(directory, 'data'), applicationVersion: '0', listen: true, checkOutput: true, log: () => undefined });
  const file = path.join(directory, 'weights.bin');
  writeFileSync(file, 'bytes');
  await core.run('versions.log', { paths: [file], project: { name: 'train' }, artifact: 'gemma', type: 'model' }, { entrance: 'window' });
  session = (await connectToRunning(path.join(directory, 'data')))!;
});
afterEach(async () => {
  await session.close();
  await core.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Resolves once that many questions were answered. */
function counting(client: CoreClient, questions: number): { readonly client: CoreClient; readonly asked: Promise<void> } {
  const asked = Promise.withResolvers<void>();
  let answered = 0;
  const query: CoreClient['query'] = (name, input, options) => client.query(name, input, options).finally(() => {
    if (++answered === questions) asked.resolve();
  });
  return { client: { ...client, query, get state() { return client.state; } }, asked: asked.promise };
}

test.each([
  // Each has asked twice when it begins to wait.
  ['wait', ['wait', '--alias', 'production', '--of', 'train/gemma']],
  ['wait, with a time', ['wait', '--alias', 'production', '--of', 'train/gemma', '--timeout', '3600']],
  ['events', ['events', '--follow', '--json']],
] as const)('%s', async (_, words) => {
  const { client, asked } = counting(session.client, 2);
  const program = new Command('vitrine').exitOverride();
  addPipelineCommands((name) => program.command(name).option('--json').exitOverride(), (options, work) => work(client, {}, options), (_option, text) => Number(text));
  const ended = program.parseAsync([...words], { from: 'user' });
  await asked;
  await nextTurn();
  const code = ended.then(() => 'none', (thrown: { readonly code: string }) => thrown.code);
  await core.close();
  expect(await code).toBe('core_unavailable');
  // Nothing that is asked afterwards waits for ever either.
  await expect(session.client.query('catalog.status', {})).rejects.toMatchObject({ code: 'core_unavailable' });
});
