import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findOperation, type OperationName, type OutputOf } from '#shared/contract/index.ts';
import { openCatalog, type CatalogPool } from '../catalog/index.ts';
import { fileVault } from '../host/vault.ts';
import { createSync } from '../sync/engine.ts';
import { openStore, type Store } from '../store/index.ts';
import { createOperations, type Operations } from './index.ts';

let directory: string;
let catalog: CatalogPool;
let store: Store;
let operations: Operations;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'vitrine-sample-'));
  catalog = await openCatalog({ directory });
  store = await openStore({ directory: join(directory, 'store') });
  operations = createOperations({ directory, catalog, store, applicationVersion: '0', log: () => undefined, vault: fileVault(directory), sync: createSync({ catalog, store, vault: fileVault(directory), log: () => undefined }), door: () => null });
});
afterAll(async () => {
  await operations.close();
  await store.close();
  await catalog.close();
  rmSync(directory, { recursive: true, force: true });
});

async function run<Name extends OperationName>(name: Name, input: unknown): Promise<OutputOf<Name>> {
  const { output } = await operations.run(name, findOperation(name)!.input.parse(input), { actorId: catalog.status().defaultUserId, entrance: 'window', message: null, signal: new AbortController().signal, report: () => undefined });
  return output as OutputOf<Name>;
}

test('the sample’s history is written in the order in which it happened', async () => {
  const founding = (await run('history.list', { limit: 1 })).items[0]?.id ?? 0;
  expect(await run('catalog.addSample', {})).toMatchObject({ registries: 3, collections: 12, versions: 150, runs: 150 });
  const events: OutputOf<'history.list'>['items'][number][] = [];
  let cursor: string | null = null;
  do {
    const page: OutputOf<'history.list'> = await run('history.list', { limit: 200, ...(cursor === null ? {} : { cursor }) });
    events.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  const written = events.filter((event) => event.id > founding).toSorted((left, right) => left.id - right.id);
  expect(written.length).toBeGreaterThan(700);
  expect(written.filter((event, place) => event.at < (written[place - 1]?.at ?? ''))).toEqual([]);
  expect(new Set(written.map((event) => event.kind)).size).toBeGreaterThan(8);
  expect(await run('history.verify', {})).toMatchObject({ intact: true });
});

test('the sample is taken back as one act, and can be added again; not once something was built on it', async () => {
  const counts = async () => (await run('catalog.status', {})).counts;
  const full = await counts();
  const { offer } = await run('undo.latest', {});
  expect(offer?.label).toBe('Add the sample');
  await run('undo.apply', { id: offer!.id });
  // Empty projects stay, and what the history tells.
  expect(await counts()).toMatchObject({ versions: 0, runs: 0, artifacts: 0, collections: 0, links: 0, registries: 2, projects: full.projects });
  expect((await run('users.list', {})).items.map((user) => user.username).filter((name) => ['mira', 'jonas', 'amara', 'tomas', 'ci-bot'].includes(name))).toEqual([]);
  const models = (await run('registries.list', {})).items.find((registry) => registry.name === 'Models')!;
  expect((await run('registries.get', { id: models.id })).protectedAliases).toEqual([]);

  await run('catalog.addSample', {});
  expect(await counts()).toEqual(full);
  const again = (await run('undo.latest', {})).offer!;
  const [one] = (await run('runs.list', { limit: 1 })).items;
  await run('runs.update', { id: one!.id, notes: 'mine' });
  await expect(run('undo.apply', { id: again.id })).rejects.toMatchObject({ code: 'undo_stale' });
  expect(await counts()).toEqual(full);
  expect(await run('history.verify', {})).toMatchObject({ intact: true });
});
