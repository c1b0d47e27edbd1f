/** Curation through the HTTP door with keys of people of each role: rights, expectations, reasons, and looking as somebody else. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CommandName, InputOf, OutputOf } from '#shared/contract/index.ts';
import { roles, standardLifecycle, type Role } from '#shared/domain/index.ts';
import { openCore, type Core } from '../host/core.ts';

let directory: string;
let core: Core;
let url: string;
const keys = new Map<string, string>();
const ids = new Map<string, number>();
let linkId: number;
let registryId: number;

const run = async <Name extends CommandName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>> => (await core.run(name, input, {})).output as OutputOf<Name>;

async function post(name: string, input: unknown, who: string, headers: Readonly<Record<string, string>> = {}): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
  const reply = await fetch(`${url}/api/operations/${name}`, { method: 'POST', headers: { authorization: `Bearer ${keys.get(who) ?? ''}`, 'content-type': 'application/json', ...headers }, body: JSON.stringify(input) });
  return { status: reply.status, body: (await reply.json()) as Readonly<Record<string, unknown>> };
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'vitrine-curation-door-'));
  core = await openCore({ dataDirectory: join(directory, 'data'), applicationVersion: '0', log: () => undefined, listen: false });
  await core.run('catalog.addSample', {}, {});
  const registry = await run('registries.create', { name: 'Curated', visibility: 'restricted' });
  registryId = registry.id;
  for (const role of [...roles, 'none'] as const) {
    const { id } = await run('users.create', { username: `is-${role.replace('_', '-')}`, role: 'restricted_viewer' });
    ids.set(role, id);
    if (role !== 'none') await run('registries.addMembers', { registryId: registry.id, userIds: [id], role });
    keys.set(role, (await run('keys.create', { name: role, userId: id })).key);
  }
  keys.set('owner', (await run('keys.create', { name: 'owner' })).key);
  const { items } = (await core.run('versions.list', { limit: 1 }, {})).output as OutputOf<'versions.list'>;
  const { links } = await run('links.create', { versionIds: [items[0]!.id], target: { kind: 'new_collection', registryId: registry.id, name: 'c' }, aliases: ['staging'] });
  linkId = links[0]!.linkId;
  await run('registries.setLifecycle', { registryId: registry.id, lifecycle: { states: [...standardLifecycle.states], transitions: [...standardLifecycle.transitions] } });
  ({ url } = await core.door.start({}));
}, 240_000);
afterAll(async () => {
  await core.close();
  rmSync(directory, { recursive: true, force: true });
});

test('each role may what the access table says', async () => {
  const statuses = async (name: string, input: unknown): Promise<readonly number[]> => {
    const found: number[] = [];
    for (const role of ['none', ...roles] as readonly (Role | 'none')[]) found.push((await post(name, input, role)).status);
    return found;
  };
  expect(await statuses('links.setState', { linkIds: [linkId], state: 'draft' })).toEqual([404, 403, 403, 200, 200]);
  expect(await statuses('registries.setCardRule', { registryId, type: 'model', rule: { template: 'x', fields: [] } })).toEqual([404, 403, 403, 403, 200]);
  expect(await statuses('access.holders', { registryId })).toEqual([404, 403, 403, 403, 200]);
});

test('a stale move is refused with who moved it; a reason comes in its header', async () => {
  const target = { kind: 'link', id: linkId };
  const stale = await post('aliases.set', { target, aliases: ['production'], expected: { production: 7 } }, 'member');
  expect([stale.status, JSON.stringify(stale.body)]).toEqual([409, expect.stringContaining('alias_conflict')]);
  await run('registries.update', { id: registryId as never, reasonRequired: 'all' });
  expect((await post('aliases.set', { target, aliases: ['production'], expected: { production: null } }, 'member')).status).toBe(422);
  expect((await post('aliases.set', { target, aliases: ['production'], expected: { production: null } }, 'member', { 'x-vitrine-message': 'fits' })).status).toBe(200);
});

test('an admin looks as somebody else, and only looks', async () => {
  const names = async (who: string, as: string): Promise<string> => JSON.stringify(await post('registries.list', {}, who, { 'x-vitrine-view-as': as }));
  expect(await names('owner', String(ids.get('none')))).not.toContain('Curated');
  expect(await names('owner', String(ids.get('viewer')))).toContain('Curated');
  expect((await post('registries.list', {}, 'admin', { 'x-vitrine-view-as': String(ids.get('none')) })).status).toBe(403);
  expect((await post('registries.list', {}, 'owner', { 'x-vitrine-view-as': 'viewer' })).status).toBe(400);
  expect((await post('links.setState', { linkIds: [linkId], state: 'candidate' }, 'owner', { 'x-vitrine-view-as': String(ids.get('viewer')) })).status).toBe(403);
});
