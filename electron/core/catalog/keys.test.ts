import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiKeySummary, KeyScope, UserId } from '#shared/contract/index.ts';
import { codeOf, openWorld, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

let made = 0;
const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');

async function key(more: { readonly userId?: number; readonly expiresAt?: string; readonly scope?: KeyScope } = {}, acting: { readonly actorId?: number } = {}): Promise<ApiKeySummary & { readonly hash: string }> {
  const hash = hashOf(`key ${(made += 1)}`);
  return { ...((await world.internal('internal.createKey', { name: `key ${made}`, hash, hint: 'local-', ...more }, acting)) as ApiKeySummary), hash };
}

/** Asks through a key. */
function through(keyId: number, actorId: number = world.catalog.status().defaultUserId) {
  return {
    read: async (name: string, input: unknown) => await world.catalog.read(name, input, { actorId: actorId as UserId, keyId }),
    write: async (name: string, input: unknown) => (await world.catalog.write(name, input, { actorId: actorId as UserId, keyId, entrance: 'sdk', message: null })).output,
  };
}

const authenticated = async (hash: string) => await world.catalog.read('internal.authenticateKey', { hash }, { actorId: world.catalog.status().defaultUserId });

describe('a key', () => {
  test('is one’s own, or made by an admin for somebody else; others see and end only their own', async () => {
    const mona = await world.person('mona', 'member');
    const bot = await world.person('bot', 'member', 'service');
    const forBot = await key({ userId: bot });
    expect(forBot).toMatchObject({ user: { username: 'bot', kind: 'service' }, scope: null, expiresAt: null, lastUsedAt: null });
    const own = await key({}, { actorId: mona });
    expect(await codeOf(key({ userId: bot }, { actorId: mona }))).toBe('permission_denied');
    expect(await codeOf(key({ userId: 999_999 }))).toBe('not_found');
    expect((await world.ask('keys.list', {}, { actorId: mona })).items.map((item) => item.id)).toEqual([own.id]);
    expect((await world.ask('keys.list', { userId: bot as UserId })).items.map((item) => item.id)).toEqual([forBot.id]);
    expect(await codeOf(world.do('keys.revoke', { id: forBot.id }, { actorId: mona }))).toBe('permission_denied');
    await world.do('keys.revoke', { id: own.id }, { actorId: mona });
    expect(await authenticated(own.hash)).toBeNull();
    expect(await codeOf(through(own.id, mona).write('runs.upsert', { project: { name: 'p' }, runId: 'x' }))).toBe('not_signed_in');
  });

  test('ends on its day', async () => {
    expect(await codeOf(key({ expiresAt: '2020-01-01T00:00:00.000Z' }))).toBe('bad_input');
    const expiresAt = new Date(Date.now() + 5000).toISOString();
    const short = await key({ expiresAt });
    expect([short.expiresAt, await authenticated(short.hash)]).toEqual([expiresAt, { userId: world.catalog.status().defaultUserId, keyId: short.id }]);
    await expect.poll(() => authenticated(short.hash)).toBeNull();
  });

  test('that reads writes nothing; its refusal says why', async () => {
    const logged = await world.log('read-only', 'bytes');
    const reading = through((await key({ scope: { role: 'viewer', registryIds: null, projectIds: null } })).id);
    expect(await reading.read('versions.get', { id: logged.versionId })).toMatchObject({ index: 0 });
    for (const [name, input] of [['runs.upsert', { project: { name: 'vision' }, runId: 'r' }], ['versions.update', { id: logged.versionId, description: 'x', addTags: [], removeTags: [] }], ['registries.create', { name: 'no', description: '', visibility: 'organization', acceptedTypes: null }]] as const) {
      const error = await reading.write(name, input).then(() => null, (thrown: unknown) => thrown);
      expect(error, name).toMatchObject({ code: 'permission_denied', details: { explanation: expect.stringContaining('key') as string } });
    }
  });

  test('for one registry or project reaches nothing else', async () => {
    const registry = await world.do('registries.create', { name: 'reached' });
    const logged = await world.log('elsewhere', 'bytes');
    const narrow = through((await key({ scope: { role: null, registryIds: [registry.id], projectIds: [] } })).id);
    expect(((await narrow.read('registries.list', { direction: 'ascending' })) as { items: { name: string }[] }).items.map((item) => item.name)).toEqual(['reached']);
    expect(await codeOf(narrow.read('versions.get', { id: logged.versionId }))).toBe('not_found');
    expect(((await narrow.read('projects.list', { limit: 100 })) as { items: unknown[] }).items).toEqual([]);
    const project = through((await key({ scope: { role: 'member', registryIds: [], projectIds: [(await world.ask('versions.get', { id: logged.versionId })).projectId] } })).id);
    expect(await codeOf(project.write('runs.upsert', { project: { name: 'vision' }, runId: 'in' }))).toBe('none');
    expect(await codeOf(project.write('runs.upsert', { project: { name: 'another' }, runId: 'out' }))).toBe('not_found');
    expect(await codeOf(key({ scope: { role: null, registryIds: [999_999 as never], projectIds: null } }))).toBe('not_found');
  });

  test('with a scope makes no other keys and ends only itself', async () => {
    const other = await key();
    const limited = await key({ scope: { role: 'admin', registryIds: null, projectIds: null } });
    expect(await codeOf(through(limited.id).write('internal.createKey', { name: 'wider', hash: hashOf('wider'), hint: 'local-' }))).toBe('permission_denied');
    const reading = await key({ scope: { role: 'viewer', registryIds: null, projectIds: null } });
    expect(await codeOf(through(reading.id).write('keys.revoke', { id: other.id }))).toBe('permission_denied');
    expect(await codeOf(through(reading.id).write('keys.revoke', { id: reading.id }))).toBe('none');
  });

  test('shows the run that was begun with it', async () => {
    const used = await key();
    const begun = (await through(used.id).write('runs.upsert', { project: { name: 'vision' }, runId: 'by-key' })) as { readonly run: { readonly id: number } };
    expect((await world.ask('keys.list', {})).items.find((item) => item.id === used.id)).toMatchObject({ lastRunId: begun.run.id });
    expect((await world.ask('runs.list', { apiKeyId: used.id })).items.map((run) => run.runId)).toEqual(['by-key']);
  });
});
