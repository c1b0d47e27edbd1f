/** Who may do what, per cell of the product's table, by the real client; and keys that are scoped, expired or revoked. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role, UserId } from '#shared/contract/index.ts';
import { wandb } from '../drivers/pythonClient.ts';
import { writeFiles } from '../cli/commandLine.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

type Cell = { readonly done: boolean; readonly words?: string; readonly value?: unknown };

const roles: readonly Role[] = ['restricted_viewer', 'viewer', 'member', 'admin'];
/** The least role that may, per action of programs/roles.py. */
const least: Readonly<Record<string, Role>> = {
  see: 'restricted_viewer', see_members: 'restricted_viewer', download: 'viewer', link: 'member', alias: 'member', tags: 'member', create_collection: 'member', delete_collection: 'member', unlink: 'member', create_registry: 'member', rename: 'member',
  visibility: 'admin', move_protected: 'admin', remove_protected: 'admin', unlink_protected: 'admin', delete_protected: 'admin', types: 'admin', members: 'admin', protected_alias: 'admin', delete_registry: 'admin',
};

let bench: Workbench;
const keys = new Map<Role, string>();
const users = new Map<Role, UserId>();

beforeAll(async () => {
  bench = await openWorkbench();
  const files = (index: number) => writeFiles(`${bench.folder}/files-${index}`, { 'm.bin': `m${index}` });
  const log = async (index: number) => (await bench.ask('versions.log', { paths: [files(index)], project: { name: 'source' }, artifact: 'model', type: 'model', metadata: { acc: index } })).versionId;
  const versions = [await log(0), await log(1), await log(2), await log(3), await log(4), await log(5)];
  const registry = await bench.ask('registries.create', { name: 'Guarded', acceptedTypes: ['model', 'dataset'], visibility: 'restricted' });
  await bench.ask('registries.update', { id: registry.id, protectedAliases: ['production'] });
  // v0 … v3 may be unlinked, one by each role; the last stays.
  await bench.ask('links.create', { versionIds: [versions[2]!, versions[3]!, versions[4]!, versions[5]!, versions[0]!], target: { kind: 'new_collection', registryId: registry.id, name: 'models' } });
  for (const role of roles) {
    const user = await bench.ask('users.create', { username: `as-${role.replace('_', '-')}`, role: role === 'admin' ? 'member' : role });
    users.set(role, user.id);
    await bench.ask('registries.addMembers', { registryId: registry.id, userIds: [user.id], role });
    keys.set(role, (await bench.ask('keys.create', { name: `key of ${role}`, userId: user.id })).key);
    await bench.ask('collections.create', { registryId: registry.id, name: `spare-${role}`, type: 'model' });
    for (const collection of ['moves', 'removes', 'unlinks', 'deletes']) {
      const { links } = await bench.ask('links.create', { versionIds: [versions[1]!, versions[2]!], target: { kind: 'new_collection', registryId: registry.id, name: `${collection}-${role}` } });
      await bench.ask('aliases.set', { target: { kind: 'link', id: links[0]!.linkId }, aliases: ['production'] });
    }
    for (const [name, visibility] of [[`Named-${role}`, 'organization'], [`Named-${role}-hidden`, 'restricted']] as const) {
      const named = await bench.ask('registries.create', { name, visibility });
      await bench.ask('registries.addMembers', { registryId: named.id, userIds: [user.id], role });
    }
    const doomed = await bench.ask('registries.create', { name: `Doomed-${role}` });
    await bench.ask('registries.addMembers', { registryId: doomed.id, userIds: [user.id], role });
  }
  await bench.ask('users.create', { username: 'bystander' });
}, 300_000);
afterAll(async () => bench.close());

const keyOf = (role: Role): string => keys.get(role) ?? '';

describe.each(roles)('as %s', { timeout: 240_000 }, (role) => {
  test('the row of the table holds', async () => {
    const program = bench.program('newest', 'roles.py', {
      apiKey: keyOf(role),
      parameters: { project: 'source', own_project: `own_${role}`, registry: 'Guarded', name: role, expendable: roles.indexOf(role), bystander: 'bystander', doomed: `Doomed-${role}`, named: `Named-${role}`, actions: Object.keys(least) },
    });
    const cells = (await program.told('cells')) as Record<string, Cell>;
    const expected = Object.fromEntries(Object.entries(least).map(([action, needed]) => [action, roles.indexOf(role) >= roles.indexOf(needed)]));
    const seen = Object.fromEntries(Object.entries(cells).map(([action, cell]) => [action, cell.done]));
    expect(seen, JSON.stringify(cells, null, 1)).toEqual(expected);
    // Whoever may not is told so in words of permission, or in the client’s own where it keeps the server’s to itself; never in those of a breakdown.
    for (const [action, cell] of Object.entries(cells)) if (!cell.done) expect(`${action}: ${cell.words ?? ''}`).toMatch(/permission|may|role|allowed|not have|403|not found|protected|Failed to (?:create|save|delete) registry/iu);
  });
});

test('a restricted registry is not there for members of the organization who are none of its own', async () => {
  const stranger = await bench.ask('users.create', { username: 'stranger', role: 'member' });
  const { key } = await bench.ask('keys.create', { name: 'of the stranger', userId: stranger.id });
  const program = bench.program('newest', 'roles.py', { apiKey: key, parameters: { project: 'source', own_project: 'own_stranger', registry: 'Guarded', name: 'stranger', expendable: 5, actions: ['see', 'see_members', 'download', 'link', 'alias', 'create_registry'] } });
  const cells = (await program.told('cells')) as Record<string, Cell>;
  expect(Object.fromEntries(Object.entries(cells).map(([action, cell]) => [action, cell.done])), JSON.stringify(cells, null, 1)).toEqual({ see: false, see_members: false, download: false, link: false, alias: false, create_registry: true });
  expect(await bench.ask('collections.get', { registry: 'Guarded', name: 'models' })).toBeDefined();
}, 240_000);

describe('a registry that asks why', { timeout: 240_000 }, () => {
  const change = (name: string, actions: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
    bench.program('newest', 'roles.py', { environment, parameters: { project: 'source', own_project: name, registry: 'Asks', name, actions } }).told('cells') as Promise<Record<string, Cell>>;
  const reasons = async (alias: string) => (await bench.ask('history.list', { kinds: ['alias.added', 'alias.moved'], limit: 50 })).items.filter((event) => (event.after as { readonly alias: string }).alias === alias).map((event) => [event.message, event.entrance]);

  beforeAll(async () => {
    const registry = await bench.ask('registries.create', { name: 'Asks', acceptedTypes: ['model'] });
    const { items } = await bench.ask('versions.list', { limit: 1, sort: 'created', direction: 'ascending' });
    await bench.ask('links.create', { versionIds: [items[0]!.id], target: { kind: 'new_collection', registryId: registry.id, name: 'models' } });
    await bench.ask('registries.update', { id: registry.id, reasonRequired: 'all' });
  });

  test('tells a script how to say it', async () => {
    const cells = await change('silent', ['alias', 'link']);
    expect([cells['alias']?.done, cells['link']?.done]).toEqual([false, false]);
    expect(cells['alias']?.words).toContain('WANDB_X_EXTRA_HTTP_HEADERS');
  });

  // The older client sends no header of one's own with what it links: it stays refused, and its user is told why.
  test('takes it from the header that the client is told to send', async () => {
    const reason = 'held-out accuracy 0.93';
    const actions = ['alias', 'link', 'run_link'];
    const cells = await change('told', actions, { WANDB_X_EXTRA_HTTP_HEADERS: JSON.stringify({ 'X-Vitrine-Message': reason }) });
    expect(cells, JSON.stringify(cells)).toMatchObject(Object.fromEntries(actions.map((action) => [action, { done: true }])));
    expect([await reasons('by-told'), await reasons('run-told')]).toEqual([[[reason, 'sdk']], [[reason, 'sdk']]]);
  });
});

describe('keys', { timeout: 180_000 }, () => {
  const log = (apiKey: string, project: string) => bench.program('newest', 'roles.py', { apiKey, parameters: { project: 'source', own_project: project, registry: 'Guarded', name: project, actions: ['log', 'see'] } }).told('cells') as Promise<Record<string, Cell>>;
  const verify = (apiKey: string, home: string) => wandb(['login', '--host', bench.url, '--verify', apiKey], bench.options('newest', home, { environment: { WANDB_BASE_URL: undefined, WANDB_API_KEY: undefined, WANDB_SILENT: 'false' } }));

  test('a service account logs with its key, and the history names it', async () => {
    const account = await bench.ask('users.create', { username: 'trainer', kind: 'service' });
    const { key } = await bench.ask('keys.create', { name: 'of the box', userId: account.id });
    const cells = await log(key, 'by_service');
    expect(cells['log']).toMatchObject({ done: true });
    expect(await bench.version(`${bench.team}/by_service/logged:v0`)).toMatchObject({ createdBy: { username: 'trainer', kind: 'service' } });
  });

  test('a key that is revoked is one no more', async () => {
    const { key, summary } = await bench.ask('keys.create', { name: 'short-lived' });
    expect((await verify(key, 'revoked-before')).code).toBe(0);
    await bench.ask('keys.revoke', { id: summary.id });
    const after = await verify(key, 'revoked-after');
    expect(after.code).not.toBe(0);
    expect(after.stdout + after.stderr).toMatch(/key|authenticat|sign/iu);
  });

  test('a key that has expired is refused', async () => {
    const expiresAt = Date.now() + 10_000;
    const { key } = await bench.ask('keys.create', { name: 'of a moment', expiresAt: new Date(expiresAt).toISOString() });
    // Until its own time has passed: nothing else tells of it.
    await delay(expiresAt + 50 - Date.now());
    expect((await verify(key, 'expired')).code).not.toBe(0);
  });

  test('a key that may only read reads', async () => {
    const { key } = await bench.ask('keys.create', { name: 'for the board', scope: { role: 'viewer', registryIds: null, projectIds: null } });
    const cells = await log(key, 'by_reader');
    expect(cells['see']).toMatchObject({ done: true });
    expect(cells['log']).toMatchObject({ done: false });
    await expect(bench.version(`${bench.team}/by_reader/logged:latest`)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a key for other registries does not show this one', async () => {
    const { items } = await bench.ask('registries.list', {});
    const models = items.find((item) => item.name === 'Models');
    const { key } = await bench.ask('keys.create', { name: 'for Models', scope: { role: null, registryIds: [models!.id], projectIds: null } });
    expect((await log(key, 'by_scoped'))['see']).toMatchObject({ done: false });
  });
});
