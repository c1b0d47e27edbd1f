import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterEach, expect, test } from 'vitest';
import { catalogFiles } from './files.ts';
import { codeOf, openWorld, temporaryFolder, type World } from './testing/world.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A catalog with remotes. They are put into the file by hand: operations that connect one come with the sync itself. */
async function worldWithRemotes(remotes: readonly { readonly name: string; readonly follows: boolean }[]): Promise<World> {
  const directory = temporaryFolder();
  folders.push(directory);
  await (await openWorld({ directory })).close();
  const db = new Database(catalogFiles(directory).catalog);
  for (const { name, follows } of remotes) db.prepare(`INSERT INTO remotes (kind, name, follows, created_at) VALUES ('mlflow', ?, ?, 0)`).run(name, follows ? 1 : 0);
  db.close();
  return openWorld({ directory });
}

function outboxOf(world: World) {
  const db = new Database(catalogFiles(world.directory).catalog, { readonly: true });
  try {
    return db.prepare('SELECT r.name AS remote, o.operation, o.payload, o.base, o.state, o.mutation_id AS mutationId FROM outbox o JOIN remotes r ON r.id = o.remote_id ORDER BY o.seq').all() as readonly { readonly remote: string; readonly operation: string; readonly payload: string; readonly base: string; readonly state: string; readonly mutationId: string }[];
  } finally {
    db.close();
  }
}

test('a change waits for every remote that follows, with the history it was made on; a remote that does not follow hears nothing', async () => {
  const world = await worldWithRemotes([{ name: 'team', follows: true }, { name: 'archive', follows: false }, { name: 'cloud', follows: true }]);
  try {
    const before = (await world.ask('history.list', { limit: 1 })).items[0]?.id;
    const registry = await world.do('registries.create', { name: 'Vision', visibility: 'organization', acceptedTypes: null });
    const waiting = outboxOf(world);
    expect(waiting.map(({ remote, operation, state }) => ({ remote, operation, state }))).toEqual([
      { remote: 'team', operation: 'registries.create', state: 'waiting' },
      { remote: 'cloud', operation: 'registries.create', state: 'waiting' },
    ]);
    expect(JSON.parse(waiting[0]?.payload ?? '')).toMatchObject({ event: 'registry.created', subject: { id: registry.id }, after: { name: 'Vision' } });
    expect(JSON.parse(waiting[0]?.base ?? '')).toEqual({ event: before });
    expect(new Set(waiting.map((row) => row.mutationId)).size).toBe(2);
    await world.do('stars.set', { kind: 'registry', id: registry.id, starred: true });
    expect(outboxOf(world), 'what is only the person’s own is told to nobody').toHaveLength(2);
  } finally {
    await world.close();
  }
});

test('a command that is refused leaves nothing to tell', async () => {
  const world = await worldWithRemotes([{ name: 'team', follows: true }]);
  try {
    await world.do('registries.create', { name: 'Vision', visibility: 'organization', acceptedTypes: null });
    expect(await codeOf(world.do('registries.create', { name: 'Vision', visibility: 'organization', acceptedTypes: null }))).toBe('already_exists');
    expect(outboxOf(world)).toHaveLength(1);
  } finally {
    await world.close();
  }
});
