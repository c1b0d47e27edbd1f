import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { codeOf, openWorld, type World } from './testing/world.ts';

const day = 86_400_000;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const project = async () => (await world.ask('projects.list', {})).items.find((one) => one.name === 'vision')!.id;
/** A version that was made so many days ago. */
const old = (artifact: string, text: string, days: number, more: Readonly<Record<string, unknown>> = {}) => world.log(artifact, text, more, { entrance: 'system', at: Date.now() - days * day });
const trashed = async (label: string) => (await world.ask('trash.list', {})).items.find((item) => item.object.label === label);
const sweep = (simulate = false) => world.do('ttl.sweep', { simulate }, { entrance: 'system' });

describe('the trash', () => {
  test('tells the bytes that purging really frees: shared content is not among them', async () => {
    const shared = { entries: [{ path: 'shared.bin', size: 1000, sha256: 'aa'.repeat(32), md5: null, reference: null }, { path: 'a.bin', size: 10, sha256: '0a'.repeat(32), md5: null, reference: null }], digest: 'a1'.repeat(32), wandbDigest: 'a1'.repeat(16), size: 1010 };
    const other = { entries: [{ path: 'shared.bin', size: 1000, sha256: 'aa'.repeat(32), md5: null, reference: null }, { path: 'b.bin', size: 20, sha256: '0b'.repeat(32), md5: null, reference: null }], digest: 'b1'.repeat(32), wandbDigest: 'b1'.repeat(16), size: 1020 };
    const first = await world.log('sharing-a', '', shared);
    const second = await world.log('sharing-b', '', other);
    await world.do('versions.delete', { ids: [first.versionId] });
    expect(await trashed('vision/sharing-a:v0')).toMatchObject({ bytesFreed: 10, versions: 1, links: 0, inside: null });
    await world.do('versions.delete', { ids: [second.versionId] });
    // Each alone leaves the shared content to the other; together they free it.
    expect(await trashed('vision/sharing-b:v0')).toMatchObject({ bytesFreed: 20 });
    const ids = [(await trashed('vision/sharing-a:v0'))!.id, (await trashed('vision/sharing-b:v0'))!.id];
    expect(await world.ask('trash.purgePreview', { ids })).toMatchObject({ purged: 2, versions: 2, bytesFreed: 1030, kept: [] });
    expect((await world.ask('retention.get', {})).bytes).toBe(1030);
    expect(await world.do('trash.purge', { ids: [ids[0]!] })).toMatchObject({ purged: 1, bytesFreed: 10 });
    expect(await codeOf(world.do('trash.restore', { id: ids[0]! }))).toBe('not_found');
    expect(await trashed('vision/sharing-b:v0')).toMatchObject({ bytesFreed: 1020 });
    expect((await world.ask('history.list', { kinds: ['trash.purged'] })).items[0]).toMatchObject({ subject: { kind: 'version', label: 'vision/sharing-a:v0' } });
  });

  test('content that a run’s file needs is not freed', async () => {
    const version = await world.log('in-a-run', 'bytes of a run');
    const { entries } = { entries: (await world.ask('versions.manifest', { id: version.versionId })).items };
    const run = await world.do('runs.create', { project: { name: 'vision' } });
    await world.internal('internal.saveRunFile', { runId: run.id, name: 'copy.bin', size: entries[0]!.size, sha256: entries[0]!.sha256, md5: entries[0]!.md5 });
    expect((await world.ask('versions.deletionPreview', { ids: [version.versionId] })).bytesFreed).toBe(0);
  });

  test('restores what something lies in before it, and all that can be restored', async () => {
    const registry = await world.do('registries.create', { name: 'nested' });
    const version = await world.log('nested', 'nested');
    const made = await world.do('links.create', { versionIds: [version.versionId], target: { kind: 'new_collection', registryId: registry.id, name: 'inner' }, aliases: ['staging'] });
    await world.do('collections.delete', { id: made.collectionId });
    await world.do('registries.delete', { id: registry.id });
    const inner = (await trashed('nested/inner'))!;
    expect(inner.inside).toMatchObject({ label: 'nested' });
    expect(await codeOf(world.do('trash.restore', { id: inner.id }))).toBe('blocked');
    expect(await world.do('trash.restore', { id: inner.id, including: true })).toEqual({ label: 'nested/inner', also: ['nested'] });
    expect((await world.ask('links.list', { collectionId: made.collectionId })).items[0]!.aliases.map((alias) => alias.name)).toEqual(['latest', 'staging']);
    await world.do('registries.delete', { id: registry.id });
    await world.do('versions.delete', { ids: [version.versionId], aliases: [] });
    const report = await world.do('trash.restoreAll', {});
    expect(report.restored).toEqual(expect.arrayContaining(['nested', 'vision/nested:v0']));
    expect((await world.ask('trash.list', {})).items).toEqual([]);
  });

  test('what can’t be put back with the rest leaves no trace: neither in the history of what could, nor in its own', async () => {
    const registry = await world.do('registries.create', { name: 'asks why' });
    const linked = await world.log('comes-back', 'linked');
    const loose = await world.log('comes-back', 'loose');
    const { links } = await world.do('links.create', { versionIds: [linked.versionId], target: { kind: 'new_collection', registryId: registry.id, name: 'named' }, aliases: ['staging'] });
    await world.do('versions.delete', { ids: [linked.versionId], aliases: ['staging'] });
    await world.do('versions.delete', { ids: [loose.versionId], aliases: ['latest'] });
    await world.do('registries.update', { id: registry.id, reasonRequired: 'all' });
    const ids = [(await trashed('vision/comes-back:v0'))!.id, (await trashed('vision/comes-back:v1'))!.id];
    // Its alias would stand again, and nobody said why.
    expect(await world.do('trash.restoreAll', { ids })).toMatchObject({ restored: ['vision/comes-back:v1'], refused: [{ id: ids[0] }] });
    const told = async (kind: 'version' | 'link', id: number) => (await world.ask('history.list', { object: { kind, id } })).items.map((event) => event.kind);
    expect(await told('version', loose.versionId)).toEqual(['version.restored', 'version.deleted', 'version.created']);
    expect(await told('version', linked.versionId)).not.toContain('version.restored');
    expect(await told('link', links[0]!.linkId)).not.toContain('link.restored');
    expect(await world.do('trash.restoreAll', { ids: [ids[0]!] }, { message: 'It is wanted again.' })).toMatchObject({ restored: ['vision/comes-back:v0'], refused: [] });
  });

  test('purging a registry takes what can’t come back without it', async () => {
    const registry = await world.do('registries.create', { name: 'going' });
    const version = await world.log('going', 'going');
    const made = await world.do('links.create', { versionIds: [version.versionId], target: { kind: 'new_collection', registryId: registry.id, name: 'inner' } });
    await world.do('links.remove', { linkIds: [made.links[0]!.linkId] });
    await world.do('collections.delete', { id: made.collectionId });
    await world.do('registries.delete', { id: registry.id });
    const item = (await trashed('going'))!;
    expect(await world.ask('trash.purgePreview', { ids: [item.id] })).toMatchObject({ purged: 3, versions: 0, bytesFreed: 0 });
    await world.do('trash.purge', { ids: [item.id] });
    expect((await world.ask('trash.list', {})).items).toEqual([]);
    expect((await world.ask('versions.get', { id: version.versionId })).state).toBe('committed');
  });

  test('an artifact that a hold on one version keeps comes back without those that went for good', async () => {
    const first = await world.log('partly-held', 'partly held, one');
    await world.log('partly-held', 'partly held, two');
    await world.do('artifacts.delete', { id: first.artifactId });
    const { id } = (await trashed('vision/partly-held'))!;
    const hold = await world.do('holds.place', { target: { kind: 'version', id: first.versionId }, reason: 'kept' });
    await world.internal('internal.purgeTrash', {}, { entrance: 'system', at: Date.now() + 8 * day });
    await world.do('trash.restore', { id });
    expect((await world.ask('versions.list', { artifactId: first.artifactId })).items.map((version) => version.index)).toEqual([0]);
    await world.do('holds.release', { id: hold.id, reason: 'over' });
  });

  test('the days count for what lies there too, and shortening them is simulated first', async () => {
    const version = await world.log('kept', 'kept bytes');
    await world.do('versions.delete', { ids: [version.versionId] }, { entrance: 'system', at: Date.now() - 3 * day });
    expect(await world.do('retention.set', { trashDays: 2, simulate: true })).toEqual({ trashDays: 2, lapsing: 1, bytesFreed: 'kept bytes'.length });
    expect((await world.ask('retention.get', {})).trashDays).toBe(7);
    await world.do('retention.set', { trashDays: 30 });
    const item = (await trashed('vision/kept:v0'))!;
    expect(Date.parse(item.expiresAt) - Date.parse(item.deletedAt)).toBe(30 * day);
    await world.do('retention.set', { trashDays: 2 });
    expect(await world.internal('internal.purgeTrash', {})).toEqual({ purged: 1 });
    await world.do('retention.set', { trashDays: 7 });
  });
});

describe('times to live', () => {
  beforeEach(async () => {
    await world.do('ttl.set', { target: { kind: 'project', id: await project() }, ttl: { kind: 'inherit' } });
  });

  test('come from the version, else its artifact, else its project; “off” keeps for good', async () => {
    const version = await world.log('living', 'living');
    const target = { kind: 'version' as const, id: version.versionId };
    expect(await world.ask('ttl.get', { target })).toEqual({ own: { kind: 'inherit' }, effective: null, lapse: { kind: 'never' }, held: false });
    await world.do('ttl.set', { target: { kind: 'project', id: await project() }, ttl: { kind: 'days', days: 30 } });
    expect(await world.ask('ttl.get', { target })).toMatchObject({ effective: { days: 30, from: 'project' }, lapse: { kind: 'at' } });
    await world.do('ttl.set', { target: { kind: 'artifact', id: version.artifactId }, ttl: { kind: 'days', days: 20 } });
    expect(await world.ask('ttl.get', { target })).toMatchObject({ effective: { days: 20, from: 'artifact' } });
    expect(await world.do('ttl.set', { target, ttl: { kind: 'off' } })).toMatchObject({ own: { kind: 'off' }, effective: null, lapse: { kind: 'never' } });
    expect((await world.ask('versions.get', { id: version.versionId })).ttlDays).toBeNull();
  });

  test('a lapsed version goes to the trash, with its aliases, and can come back', async () => {
    const version = await old('lapsed', 'lapsed bytes', 10, { aliases: ['best'] });
    await world.do('ttl.set', { target: { kind: 'version', id: version.versionId }, ttl: { kind: 'days', days: 9 } });
    expect((await world.ask('ttl.lapsing', { withinDays: 0 })).items).toMatchObject([{ versionId: version.versionId, days: 9, from: 'version' }]);
    expect(await sweep(true)).toMatchObject({ lapsed: 1, bytes: 'lapsed bytes'.length });
    expect((await world.ask('versions.get', { id: version.versionId })).state).toBe('committed');
    await sweep();
    expect((await world.ask('versions.get', { id: version.versionId })).state).toBe('deleted');
    expect((await world.ask('history.list', { object: { kind: 'version', id: version.versionId }, kinds: ['version.deleted'] })).items[0]).toMatchObject({ entrance: 'system', message: expect.stringContaining('9 days') as string });
    await world.do('trash.restore', { id: (await trashed('vision/lapsed:v0'))!.id });
    expect((await world.ask('versions.get', { id: version.versionId })).aliases.map((alias) => alias.name)).toEqual(['latest', 'best']);
    await world.do('ttl.set', { target: { kind: 'version', id: version.versionId }, ttl: { kind: 'off' } });
  });

  test('a link pauses it, an unlink resumes it with what was left', async () => {
    const registry = await world.registry('Models');
    const version = await old('paused', 'paused', 10);
    const target = { kind: 'version' as const, id: version.versionId };
    // Linked two days after it was made, for all of the time since.
    const made = await world.do('links.create', { versionIds: [version.versionId], target: { kind: 'new_collection', registryId: registry.id, name: 'paused' } }, { entrance: 'system', at: Date.now() - 8 * day });
    const set = await world.do('ttl.set', { target, ttl: { kind: 'days', days: 5 } });
    expect(set.lapse).toMatchObject({ kind: 'paused' });
    expect((set.lapse as { leftMilliseconds: number }).leftMilliseconds / day).toBeCloseTo(3, 2);
    expect(await sweep()).toMatchObject({ lapsed: 0 });
    await world.do('links.remove', { linkIds: [made.links[0]!.linkId] });
    const resumed = await world.ask('ttl.get', { target });
    expect(resumed.lapse).toMatchObject({ kind: 'at' });
    expect((Date.parse((resumed.lapse as { at: string }).at) - Date.now()) / day).toBeCloseTo(3, 2);
    expect(await sweep()).toMatchObject({ lapsed: 0 });
    expect((await world.ask('ttl.lapsing', { withinDays: 4 })).items.map((one) => one.versionId)).toContain(version.versionId);
  });

  test('one set on an artifact lets only those go that don’t say otherwise', async () => {
    const first = await old('many', 'one', 40);
    const second = await old('many', 'two', 40);
    const third = await old('many', 'three', 1);
    await world.do('ttl.set', { target: { kind: 'version', id: second.versionId }, ttl: { kind: 'off' } });
    await world.do('ttl.set', { target: { kind: 'artifact', id: first.artifactId }, ttl: { kind: 'days', days: 30 } });
    await sweep();
    const states = await Promise.all([first, second, third].map(async (one) => (await world.ask('versions.get', { id: one.versionId })).state));
    expect(states).toEqual(['deleted', 'committed', 'committed']);
  });
});

describe('holds', () => {
  test('keep a version from being deleted, from lapsing and from being purged, and say who and why', async () => {
    const version = await old('held', 'held', 10, { aliases: [] });
    await world.do('ttl.set', { target: { kind: 'version', id: version.versionId }, ttl: { kind: 'days', days: 5 } });
    const hold = await world.do('holds.place', { target: { kind: 'version', id: version.versionId }, reason: 'complaint 17' });
    expect(hold).toMatchObject({ reason: 'complaint 17', placedBy: { username: 'ada' }, released: null, object: { label: 'vision/held:v0' } });
    expect((await world.ask('versions.deletionPreview', { ids: [version.versionId] })).heldBy).toHaveLength(1);
    expect(await codeOf(world.do('versions.delete', { ids: [version.versionId] }))).toBe('blocked');
    expect(await codeOf(world.do('artifacts.delete', { id: version.artifactId }))).toBe('blocked');
    expect(await sweep()).toMatchObject({ lapsed: 0 });
    expect(await world.do('holds.release', { id: hold.id, reason: 'settled' })).toMatchObject({ released: { by: { username: 'ada' }, reason: 'settled' } });
    expect(await codeOf(world.do('holds.release', { id: hold.id, reason: 'again' }))).toBe('not_found');
    expect(await sweep()).toMatchObject({ lapsed: 1 });
    await world.do('holds.place', { target: { kind: 'artifact', id: version.artifactId }, reason: 'found in the trash' });
    const item = (await trashed('vision/held:v0'))!;
    expect((await world.do('trash.purge', { ids: [item.id] })).kept).toMatchObject([{ id: item.id, why: expect.stringContaining('found in the trash') as string }]);
    await world.catalog.write('internal.purgeTrash', {}, { actorId: world.catalog.status().defaultUserId, entrance: 'system', message: null, at: Date.now() + 100 * day });
    expect(await world.do('trash.restore', { id: item.id })).toMatchObject({ label: 'vision/held:v0' });
    expect((await world.ask('holds.list', { target: { kind: 'version', id: version.versionId } })).items).toHaveLength(1);
    expect((await world.ask('holds.list', { released: true })).items.filter((one) => one.object.label.startsWith('vision/held')).map((one) => one.reason).toSorted()).toEqual(['complaint 17', 'found in the trash']);
  });
});

/** Per role in the team and the organization, what each operation answers. */
test('who may: a cell for each role', async () => {
  const version = await world.log('rights', 'rights');
  const deleted = await world.log('rights-gone', 'rights gone');
  await world.do('versions.delete', { ids: [deleted.versionId] });
  const item = (await trashed('vision/rights-gone:v0'))!;
  const standing = await world.do('holds.place', { target: { kind: 'version', id: version.versionId }, reason: 'standing' });
  const { id: teamId } = await world.ask('teams.get', { name: 'lab' });
  const answers: Record<string, Record<string, string>> = {};
  for (const role of ['restricted_viewer', 'viewer', 'member', 'admin'] as const) {
    const actorId = await world.person(`r-${role}`, role);
    await world.do('teams.setMember', { teamId, userId: actorId as never, role });
    const acting = { actorId };
    answers[role] = {
      'trash.list': await codeOf(world.ask('trash.list', {}, acting)),
      'ttl.get': await codeOf(world.ask('ttl.get', { target: { kind: 'version', id: version.versionId } }, acting)),
      'ttl.set': await codeOf(world.do('ttl.set', { target: { kind: 'version', id: version.versionId }, ttl: { kind: 'days', days: 90 } }, acting)),
      'ttl.sweep': await codeOf(world.do('ttl.sweep', { simulate: true }, acting)),
      'retention.set': await codeOf(world.do('retention.set', { trashDays: 7 }, acting)),
      'holds.place': await codeOf(world.do('holds.place', { target: { kind: 'artifact', id: version.artifactId }, reason: 'x' }, acting)),
      'holds.release': await codeOf(world.do('holds.release', { id: standing.id, reason: 'x' }, acting)),
      'trash.purge': (await world.ask('trash.purgePreview', { ids: [item.id] }, acting)).kept.length === 0 ? 'none' : 'permission_denied',
    };
  }
  const may = 'none';
  const no = 'permission_denied';
  const looks = { 'trash.list': may, 'ttl.get': may };
  expect(answers).toEqual({
    restricted_viewer: { ...looks, 'ttl.set': no, 'ttl.sweep': no, 'retention.set': no, 'holds.place': no, 'holds.release': no, 'trash.purge': no },
    viewer: { ...looks, 'ttl.set': no, 'ttl.sweep': no, 'retention.set': no, 'holds.place': no, 'holds.release': no, 'trash.purge': no },
    member: { ...looks, 'ttl.set': may, 'ttl.sweep': no, 'retention.set': no, 'holds.place': may, 'holds.release': no, 'trash.purge': may },
    admin: { ...looks, 'ttl.set': may, 'ttl.sweep': may, 'retention.set': may, 'holds.place': may, 'holds.release': may, 'trash.purge': may },
  });
});
