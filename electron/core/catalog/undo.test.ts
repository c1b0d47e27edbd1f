import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogFiles } from './files.ts';
import { codeOf, committed, openWorld, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => { world = await openWorld(); });
afterAll(() => world.close());

let series = 0;
async function linked(count: number) {
  series += 1;
  const models = await world.registry('Models');
  const versions = [];
  for (let index = 0; index < count; index++) versions.push(await world.log(`artifact-${series}`, `bytes ${series} ${index}`));
  const act = await world.act('links.create', { versionIds: versions.map((version) => version.versionId), target: { kind: 'new_collection', registryId: models.id, name: `collection ${series}` } });
  return { models, versions, act, collectionId: act.output.collectionId, links: act.output.links };
}
const picture = async (collectionId: number) =>
  (await world.ask('links.list', { collectionId: collectionId as never, direction: 'ascending' })).items.map((link) => [link.index, link.aliases.map((alias) => alias.name)]);
const undo = (act: { readonly undo: { readonly id: number } | null }) => world.do('undo.apply', { id: (act.undo?.id ?? 0) as never });

describe('undo', () => {
  test('of linking takes the links out, and the new collection with them; once only', async () => {
    const { act, collectionId } = await linked(2);
    expect(act.undo?.label).toBe(`Link 2 versions to collection ${series}`);
    expect((await world.ask('undo.latest', {})).offer).toMatchObject({ id: act.undo?.id });
    await undo(act);
    expect(await codeOf(world.ask('collections.get', { id: collectionId }))).toBe('not_found');
    expect(await codeOf(undo(act))).toBe('nothing_to_undo');
  });

  test('of linking with an alias puts the alias back where it stood', async () => {
    const { collectionId, links } = await linked(1);
    await world.do('aliases.set', { target: { kind: 'link', id: links[0]!.linkId }, aliases: ['production'] });
    const version = await world.log(`artifact-${series}`, 'another');
    const act = await world.act('links.create', { versionIds: [version.versionId], target: { kind: 'collection', id: collectionId }, aliases: ['production'] });
    expect(await picture(collectionId)).toEqual([[0, []], [1, ['latest', 'production']]]);
    await undo(act);
    expect(await picture(collectionId)).toEqual([[0, ['latest', 'production']]]);
  });

  test('of unlinking brings links and aliases back, with their numbers', async () => {
    const { collectionId, links } = await linked(3);
    await world.do('aliases.set', { target: { kind: 'link', id: links[2]!.linkId }, aliases: ['production'] });
    const act = await world.act('links.remove', { linkIds: [links[2]!.linkId, links[1]!.linkId] });
    expect(await picture(collectionId)).toEqual([[0, ['latest']]]);
    await undo(act);
    expect(await picture(collectionId)).toEqual([[0, []], [1, []], [2, ['latest', 'production']]]);
  });

  test('of moving an alias, unless it was moved again since', async () => {
    const { collectionId, links } = await linked(3);
    const put = (index: number) => world.act('aliases.set', { target: { kind: 'link', id: links[index]!.linkId }, aliases: ['production'] });
    await put(0);
    const moved = await put(1);
    await undo(moved);
    expect(await picture(collectionId)).toEqual([[0, ['production']], [1, []], [2, ['latest']]]);
    const again = await put(1);
    await put(2);
    expect(await codeOf(undo(again))).toBe('undo_stale');
    expect(await picture(collectionId)).toEqual([[0, []], [1, []], [2, ['latest', 'production']]]);
  });

  test('is stale when an alias was put on a link that it would take out', async () => {
    const { act, collectionId, links } = await linked(1);
    await world.do('aliases.set', { target: { kind: 'link', id: links[0]!.linkId }, aliases: ['staging'] });
    expect(await codeOf(undo(act))).toBe('undo_stale');
    expect(await picture(collectionId)).toEqual([[0, ['latest', 'staging']]]);
  });

  test('of edits writes the old values back, unless they were edited again', async () => {
    const { collectionId, versions } = await linked(1);
    const card = await world.act('collections.update', { id: collectionId, description: 'first' });
    await undo(card);
    expect((await world.ask('collections.get', { id: collectionId })).description).toBe('');
    const again = await world.act('collections.update', { id: collectionId, description: 'first' });
    await world.do('collections.update', { id: collectionId, description: 'second' });
    expect(await codeOf(undo(again))).toBe('undo_stale');
    const metadata = await world.act('versions.update', { id: versions[0]!.versionId, metadata: { accuracy: 1 }, ttlDays: 3 });
    await undo(metadata);
    expect(await world.ask('versions.get', { id: versions[0]!.versionId })).toMatchObject({ metadata: {}, ttlDays: null });
    const tags = await world.act('tags.edit', { target: { kind: 'version', id: versions[0]!.versionId }, add: ['x', 'y'] });
    await undo(tags);
    expect((await world.ask('versions.get', { id: versions[0]!.versionId })).tags).toEqual([]);
  });

  test('is one’s own, and an act of its own in history', async () => {
    const { act } = await linked(1);
    const other = await world.person(`other-${series}`, 'admin');
    expect(await codeOf(world.do('undo.apply', { id: act.undo!.id }, { actorId: other }))).toBe('nothing_to_undo');
    await undo(act);
    const { items } = await world.ask('history.list', { limit: 2 });
    expect(items.map(({ kind, message }) => ({ kind, message }))).toEqual([{ kind: 'collection.deleted', message: `Undo: ${act.undo!.label}` }, { kind: 'link.removed', message: `Undo: ${act.undo!.label}` }]);
  });

  test('of logging puts the version into the trash, and the artifact that was made for it, unless something was built on it', async () => {
    const log = (artifact: string, text: string, more = {}) => world.catalog.write('internal.commitVersion', committed(artifact, text, more), { actorId: world.catalog.status().defaultUserId, entrance: 'window', message: null });
    const first = await log('unlogged', 'one');
    const { artifactId, versionId } = first.output as { artifactId: never; versionId: never };
    expect(first.undo?.label).toBe('Log unlogged:v0');
    await undo(first);
    expect(await codeOf(world.ask('artifacts.get', { id: artifactId }))).toBe('not_found');
    expect((await world.ask('trash.list', { limit: 1 })).items[0]!.object).toMatchObject({ kind: 'artifact', id: artifactId });
    await world.do('trash.restore', { id: (await world.ask('trash.list', { limit: 1 })).items[0]!.id });
    expect(await world.ask('versions.get', { id: versionId })).toMatchObject({ state: 'committed', index: 0 });

    await world.do('aliases.set', { target: { kind: 'version', id: versionId }, aliases: ['best'] });
    const second = await log('unlogged', 'two', { aliases: ['best'], tags: ['x'] });
    await undo(second);
    expect((await world.ask('artifacts.get', { id: artifactId })).latest?.index).toBe(0);
    expect((await world.ask('versions.get', { id: versionId })).aliases.map((alias) => alias.name)).toEqual(['latest', 'best']);

    const same = await log('unlogged', 'one', { tags: ['seen'] });
    await undo(same);
    expect((await world.ask('versions.get', { id: versionId })).tags).toEqual([]);
    expect((await log('unlogged', 'one')).undo).toBeNull();

    const third = await log('unlogged', 'three');
    const thirdId = (third.output as { versionId: never }).versionId;
    await world.do('versions.update', { id: thirdId, description: 'weighed' });
    expect(await codeOf(undo(third))).toBe('undo_stale');
    await undo({ undo: (await world.ask('undo.latest', {})).offer });
    const { id: registryId } = await world.registry('Models');
    const linking = await world.act('links.create', { versionIds: [thirdId], target: { kind: 'new_collection', registryId, name: 'of the unlogged' } });
    expect(await codeOf(undo(third))).toBe('undo_stale');
    await undo(linking);
    const run = await world.do('runs.create', { project: { name: 'vision' } });
    await world.do('runs.use', { id: run.id, versionIds: [thirdId] });
    expect(await codeOf(undo(third))).toBe('undo_stale');
    expect((await world.ask('versions.get', { id: thirdId })).state).toBe('committed');
  });

  test('of stars', async () => {
    const { id } = await world.registry('Models');
    const starred = async () => (await world.registry('Models')).starred;
    const set = (on: boolean) => world.act('stars.set', { kind: 'registry', id, starred: on });
    const on = await set(true);
    expect(on.undo?.label).toBe('Star “Models”');
    expect((await set(true)).undo).toBeNull();
    await undo(on);
    expect(await starred()).toBe(false);
    const again = await set(true);
    const off = await set(false);
    expect(await codeOf(undo(again))).toBe('undo_stale');
    await undo(off);
    expect(await starred()).toBe(true);
  });

  test('of making and deleting a registry', async () => {
    const made = await world.act('registries.create', { name: 'Short-lived' });
    await undo(made);
    expect(await codeOf(world.registry('Short-lived'))).toBe('not_found');
    const registry = await world.do('registries.create', { name: 'Longer-lived' });
    const version = await world.log('kept', 'bytes');
    const { collectionId } = await world.do('links.create', { versionIds: [version.versionId], target: { kind: 'new_collection', registryId: registry.id, name: 'kept' }, aliases: ['production'] });
    const deleted = await world.act('registries.delete', { id: registry.id });
    expect(deleted.output).toEqual({ collections: 1, links: 1 });
    expect((await world.ask('versions.get', { id: version.versionId })).linkCount).toBe(0);
    await undo(deleted);
    expect(await picture(collectionId)).toEqual([[0, ['latest', 'production']]]);
    expect(await world.registry('Longer-lived')).toMatchObject({ collectionCount: 1, linkCount: 1 });
    expect((await world.ask('versions.get', { id: version.versionId })).linkCount).toBe(1);
  });
});

describe('trash', () => {
  test('keeps links, collections and versions restorable, with what they carried', async () => {
    const { collectionId, links, versions } = await linked(2);
    await world.do('links.remove', { linkIds: [links[0]!.linkId] });
    const { items } = await world.ask('trash.list', {});
    expect(items[0]!.object).toMatchObject({ kind: 'link', label: `Models/collection ${series}:v0` });
    await world.do('trash.restore', { id: items[0]!.id });
    expect(await codeOf(world.do('trash.restore', { id: items[0]!.id }))).toBe('not_found');
    expect(await picture(collectionId)).toEqual([[0, []], [1, ['latest']]]);

    expect(await codeOf(world.do('versions.update', { id: versions[1]!.versionId, description: 'x' }))).toBe('none');
    await world.do('aliases.set', { target: { kind: 'version', id: versions[1]!.versionId }, aliases: ['best'] });
    expect(await codeOf(world.do('versions.delete', { ids: [versions[1]!.versionId] }))).toBe('aliases_present');
    await world.do('versions.delete', { ids: [versions[1]!.versionId], aliases: ['best'] });
    expect(await picture(collectionId)).toEqual([[0, ['latest']]]);
    expect((await world.ask('artifacts.get', { id: versions[1]!.artifactId })).latest?.index).toBe(0);
    const [deleted] = (await world.ask('trash.list', {})).items;
    await world.do('trash.restore', { id: deleted!.id });
    expect(await picture(collectionId)).toEqual([[0, []], [1, ['latest']]]);
    expect((await world.ask('versions.get', { id: versions[1]!.versionId })).aliases.map((alias) => alias.name)).toEqual(['latest', 'best']);
  });

  test('a link whose version was linked anew stays in it; a name taken meanwhile stands against a collection', async () => {
    const { models, collectionId, links, versions } = await linked(1);
    await world.do('links.remove', { linkIds: [links[0]!.linkId] });
    const [link] = (await world.ask('trash.list', {})).items;
    await world.do('links.create', { versionIds: [versions[0]!.versionId], target: { kind: 'collection', id: collectionId } });
    expect(await codeOf(world.do('trash.restore', { id: link!.id }))).toBe('already_exists');
    await world.do('collections.delete', { id: collectionId });
    const [collection] = (await world.ask('trash.list', {})).items;
    await world.do('collections.create', { registryId: models.id, name: `collection ${series}`, type: 'model' });
    expect(await codeOf(world.do('trash.restore', { id: collection!.id }))).toBe('already_exists');
  });

  test('ends after its time, and the bytes are then held by nobody', async () => {
    const acting = { entrance: 'system' as const, at: Date.UTC(2026, 0, 1) };
    const version = await world.log('expiring', 'expiring bytes', {}, acting);
    const entry = (await world.catalog.read('internal.entry', { id: version.versionId, path: 'model.bin' }, { actorId: world.catalog.status().defaultUserId })) as { readonly sha256: string };
    const held = async () => ((await world.catalog.read('internal.referencedDigests', { digests: [entry.sha256, '00'.repeat(32)] }, { actorId: world.catalog.status().defaultUserId })) as readonly boolean[]);
    expect(await held()).toEqual([true, false]);
    expect((await world.ask('versions.deletionPreview', { ids: [version.versionId] })).bytesFreed).toBe('expiring bytes'.length);
    await world.do('versions.delete', { ids: [version.versionId] }, acting);
    expect(await held()).toEqual([false, false]);
    const [item] = (await world.ask('trash.list', { limit: 1000 })).items.filter((one) => one.object.id === version.versionId && one.object.kind === 'version');
    expect(await codeOf(world.do('trash.restore', { id: item!.id }))).toBe('blocked');
    await world.internal('internal.purgeTrash', {});
    expect((await world.ask('trash.list', { limit: 1000 })).items.filter((one) => one.id === item!.id)).toEqual([]);
    expect((await world.ask('versions.get', { id: version.versionId })).state).toBe('deleted');
  });

  test('what others still hold is not counted as freed', async () => {
    const first = await world.log('shared-a', 'shared bytes');
    await world.log('shared-b', 'shared bytes');
    expect((await world.ask('versions.deletionPreview', { ids: [first.versionId] })).bytesFreed).toBe(0);
  });
});

describe('undo of what keeps and finds things', () => {
  const last = async (kind: string, object?: { kind: 'artifact' | 'project' | 'version' | 'registry' | 'team'; id: number }) =>
    (await world.ask('history.list', { kinds: [kind as never], ...(object === undefined ? {} : { object: object as never }), limit: 1 })).items[0]!;

  test('holds: placed and released, and from the history', async () => {
    const { versionId } = await world.log('kept', 'bytes');
    const target = { kind: 'version' as const, id: versionId };
    const standing = async () => (await world.ask('holds.list', { target, released: false })).items.length;
    const placed = await world.act('holds.place', { target, reason: 'audit' });
    await undo(placed);
    expect(await standing()).toBe(0);
    const again = await world.act('holds.place', { target, reason: 'audit' });
    const released = await world.act('holds.release', { id: again.output.id, reason: 'over' });
    await undo(released);
    expect(await standing()).toBe(1);
    expect((await world.ask('holds.list', { target, released: false })).items[0]).toMatchObject({ reason: 'audit', released: null });
    expect(await codeOf(undo(released))).toBe('nothing_to_undo');
    await world.do('holds.release', { id: again.output.id, reason: 'over' });
    expect(await codeOf(undo(again))).toBe('undo_stale');
    const event = await last('hold.released');
    expect(await world.ask('history.revertPreview', { eventId: event.id })).toMatchObject({ possible: true, code: null });
    await world.do('history.revert', { eventId: event.id });
    expect(await standing()).toBe(1);
    expect(await codeOf(world.do('history.revert', { eventId: event.id }))).toBe('undo_stale');
    // Who may not release one isn't offered to.
    const member = await world.person('harriet', 'member');
    expect((await world.act('holds.place', { target, reason: 'mine' }, { actorId: member })).undo).toBeNull();
  });

  test('times to live of an artifact and a project', async () => {
    const { artifactId } = await world.log('lapsing', 'bytes');
    const artifact = { kind: 'artifact' as const, id: artifactId };
    const project = { kind: 'project' as const, id: (await world.ask('artifacts.get', { id: artifactId })).projectId };
    for (const target of [artifact, project]) {
      const set = (days: number) => world.act('ttl.set', { target, ttl: { kind: 'days', days } });
      const first = await set(30);
      const second = await set(60);
      await undo(second);
      expect((await world.ask('ttl.get', { target })).own).toEqual({ kind: 'days', days: 30 });
      await set(7);
      expect(await codeOf(undo(first))).toBe('undo_stale');
      const event = await last(target.kind === 'artifact' ? 'artifact.updated' : 'project.updated', target);
      await world.do('history.revert', { eventId: event.id });
      expect((await world.ask('ttl.get', { target })).own).toEqual({ kind: 'days', days: 30 });
    }
  });

  test('saved searches: made, changed, removed', async () => {
    const names = async () => (await world.ask('searches.list', {})).items.map((one) => [one.id, one.name, one.text]);
    const made = await world.act('searches.save', { name: 'Good ones', text: 'alias:production' });
    const { id } = made.output;
    const changed = await world.act('searches.save', { id, name: 'Better ones', text: 'tag:good', shared: true });
    await undo(changed);
    expect(await names()).toEqual([[id, 'Good ones', 'alias:production']]);
    const removed = await world.act('searches.remove', { id });
    await undo(removed);
    expect(await names()).toEqual([[id, 'Good ones', 'alias:production']]);
    await world.do('searches.rename', { id, name: 'Others' });
    expect(await codeOf(undo(made))).toBe('undo_stale');
    await world.do('searches.rename', { id, name: 'Good ones' });
    await undo(made);
    expect(await names()).toEqual([]);
  });

  test('automations: made, changed, removed; one that comes back hears what comes from then on', async () => {
    const { id: registryId } = await world.registry('Models');
    const definition = (name: string) => ({ name, enabled: true, event: 'alias.added' as const, scope: { kind: 'registry' as const, id: registryId }, actions: [{ kind: 'notification' as const, title: 'x', text: '' }] });
    const names = async () => (await world.ask('automations.list', {})).items.map((one) => one.definition.name);
    const made = await world.act('automations.create', { definition: definition('tell') } as never);
    const { id } = made.output;
    const changed = await world.act('automations.update', { id, definition: definition('tell all') } as never);
    await undo(changed);
    expect(await names()).toEqual(['tell']);
    const removed = await world.act('automations.remove', { id });
    expect(await names()).toEqual([]);
    const before = (await world.ask('history.list', { limit: 1 })).items[0]!.id;
    await undo(removed);
    expect(await names()).toEqual(['tell']);
    const file = new Database(catalogFiles(world.directory).catalog, { readonly: true });
    expect(Number(file.prepare('SELECT since_event AS since FROM automations WHERE id = ?').pluck().get(id))).toBeGreaterThanOrEqual(before);
    file.close();
    await world.do('automations.update', { id, enabled: false } as never);
    expect(await codeOf(undo(made))).toBe('undo_stale');
    // A name that was taken meanwhile stands against it.
    const gone = await world.act('automations.remove', { id });
    await world.do('automations.create', { definition: definition('tell') } as never);
    expect(await codeOf(undo(gone))).toBe('undo_stale');
  });

  test('what is written about a run, gates, an account, layouts, the days of the trash', async () => {
    const run = await world.do('runs.create', { project: { name: 'train' } });
    const told = async () => (({ displayName, notes, tags, group }) => ({ displayName, notes, tags, group }))(await world.ask('runs.get', { id: run.id }));
    const before = await told();
    const named = await world.act('runs.update', { id: run.id, displayName: 'best so far', notes: 'why', tags: ['good'], group: 'sweep' });
    expect(await told()).toEqual({ displayName: 'best so far', notes: 'why', tags: ['good'], group: 'sweep' });
    await undo(named);
    expect(await told()).toEqual(before);
    // What it told itself is no person's act.
    expect((await world.act('runs.update', { id: run.id, notes: 'x', summary: { loss: 1 } })).undo).toBeNull();

    const { id: registryId } = await world.registry('Models');
    const gates = async () => (await world.ask('gates.list', { registryId })).gates.map((gate) => gate.alias);
    await world.do('gates.set', { registryId, gates: [{ alias: 'production', approvals: 1 }] });
    const second = await world.act('gates.set', { registryId, gates: [] });
    await undo(second);
    expect(await gates()).toEqual(['production']);

    const kim = await world.person('kim-undo', 'member');
    const renamed = await world.act('users.update', { id: kim as never, displayName: 'Kim', role: 'admin' });
    await undo(renamed);
    expect(await world.ask('users.get', { id: kim as never })).toMatchObject({ displayName: 'kim-undo', role: 'member' });

    const { collectionId } = await world.do('links.create', { versionIds: [(await world.log('laid-out', 'bytes')).versionId], target: { kind: 'new_collection', registryId, name: 'laid out' } });
    const layout = (direction: 'ascending' | 'descending') => ({ collectionId, name: 'mine', layout: { columns: [], sort: { kind: 'own' as const, key: 'index' as const }, direction } });
    const kept = async () => (await world.ask('collections.layouts', { collectionId })).items.map((one) => one.direction);
    const first = await world.act('collections.saveLayout', layout('ascending'));
    const over = await world.act('collections.saveLayout', layout('descending'));
    await undo(over);
    expect(await kept()).toEqual(['ascending']);
    const dropped = await world.act('collections.deleteLayout', { collectionId, name: 'mine' });
    await undo(dropped);
    expect(await kept()).toEqual(['ascending']);
    await undo(first);
    expect(await kept()).toEqual([]);

    const days = await world.act('retention.set', { trashDays: 30, simulate: false });
    await undo(days);
    expect(await world.ask('retention.get', {})).toMatchObject({ trashDays: 7 });
  });

  test('roles in a registry and in a team, also from the history', async () => {
    const mona = await world.person('mona-undo', 'viewer');
    const registry = await world.do('registries.create', { name: 'with members' });
    const role = async () => (await world.ask('registries.members', { registryId: registry.id })).items.find((one) => one.holder.kind === 'user' && one.holder.user.username === 'mona-undo')?.role ?? null;
    const added = await world.act('registries.addMembers', { registryId: registry.id, userIds: [mona as never], role: 'member' });
    const raised = await world.act('registries.updateMember', { registryId: registry.id, member: { userId: mona as never }, role: 'admin' });
    expect(await codeOf(undo(added))).toBe('undo_stale');
    await undo(raised);
    expect(await role()).toBe('member');
    await world.do('registries.removeMembers', { registryId: registry.id, userIds: [mona as never] });
    await world.do('history.revert', { eventId: (await last('member.changed', { kind: 'registry', id: registry.id })).id });
    expect(await role()).toBe('member');
    const team = await world.do('teams.create', { name: 'undo-team' });
    await world.do('teams.setMember', { teamId: team.id, userId: mona as never, role: 'viewer' });
    await world.do('history.revert', { eventId: (await last('member.changed', { kind: 'team', id: team.id })).id });
    expect((await world.ask('teams.get', { id: team.id })).members.map((one) => one.user.username)).toEqual(['ada']);
    expect(await codeOf(world.do('history.revert', { eventId: (await last('team.created')).id }))).toBe('blocked');
    expect(await world.ask('history.revertPreview', { eventId: (await last('team.created')).id })).toMatchObject({ possible: false, code: 'blocked', reason: expect.stringContaining('managed where they are') as unknown });
  });

  test('a team that holds nothing and an account that did nothing go again, and their names are free; allowed addresses are as they were', async () => {
    const teams = async () => (await world.ask('teams.list', {})).items.map((team) => team.name);
    const made = await world.act('teams.create', { name: 'mistyped' });
    await undo(made);
    expect(await teams()).not.toContain('mistyped');
    const again = await world.act('teams.create', { name: 'mistyped' });
    expect(again.output.id).not.toBe(made.output.id);
    expect((await world.ask('history.list', { object: { kind: 'team', id: again.output.id } })).items.map((event) => event.kind)).toEqual(['team.created']);
    expect((await world.ask('history.list', { object: { kind: 'team', id: made.output.id } })).items.map((event) => event.kind)).toEqual(['team.removed', 'team.created']);
    await world.do('runs.create', { project: { entity: 'mistyped', name: 'holds' } });
    expect(await codeOf(undo(again))).toBe('undo_stale');
    const joined = await world.act('teams.create', { name: 'joined' });
    const mona = await world.act('users.create', { username: 'mona-mistyped' });
    const role = await world.act('teams.setMember', { teamId: joined.output.id, userId: mona.output.id, role: 'viewer' });
    expect([await codeOf(undo(joined)), await codeOf(undo(mona))]).toEqual(['undo_stale', 'undo_stale']);
    await undo(role);
    await undo(mona);
    await undo(joined);
    expect(await teams()).not.toContain('joined');
    expect((await world.ask('users.list', {})).items.filter((one) => one.removedAt === null).map((one) => one.username)).not.toContain('mona-mistyped');
    const bob = await world.act('users.create', { username: 'mona-mistyped', role: 'admin' });
    await world.do('collections.create', { registryId: (await world.registry('Models')).id, name: 'by mona', type: 'model' }, { actorId: bob.output.id });
    expect(await codeOf(undo(bob))).toBe('undo_stale');

    const hosts = async () => (await world.ask('allowedHosts.list', {})).hosts;
    const first = await world.act('allowedHosts.set', { hosts: ['localhost:1'] });
    const second = await world.act('allowedHosts.set', { hosts: ['localhost:1', 'localhost:2'] });
    expect(await codeOf(undo(first))).toBe('undo_stale');
    await undo(second);
    await undo(first);
    expect(await hosts()).toEqual([]);
  });

  test('an edited version and an edge by hand are taken back from the history', async () => {
    const from = await world.log('edge-from', 'bytes');
    const to = await world.log('edge-to', 'bytes');
    await world.do('versions.update', { id: to.versionId, description: 'first', metadata: { a: 1 } });
    await world.do('versions.update', { id: to.versionId, description: 'second', metadata: { a: 2 } });
    await world.do('history.revert', { eventId: (await last('version.updated', { kind: 'version', id: to.versionId })).id });
    expect(await world.ask('versions.get', { id: to.versionId })).toMatchObject({ description: 'first', metadata: { a: 1 } });
    expect(await codeOf(world.do('history.revert', { eventId: (await world.ask('history.list', { kinds: ['version.updated'], object: { kind: 'version', id: to.versionId } })).items[1]!.id }))).toBe('undo_stale');
    const edge = { from: { kind: 'version' as const, id: from.versionId }, to: { kind: 'version' as const, id: to.versionId } };
    const drawn = async () => (await world.ask('lineage.path', edge)).direction;
    await world.do('lineage.link', { ...edge, reason: 'distilled' });
    expect(await drawn()).toBe('downstream');
    await world.do('history.revert', { eventId: (await last('lineage.linked')).id });
    expect(await drawn()).toBe('none');
    await world.do('history.revert', { eventId: (await last('lineage.unlinked')).id });
    expect(await drawn()).toBe('downstream');
  });

  test('a restored alias asks for the reason that its registry asks for', async () => {
    const registry = await world.do('registries.create', { name: 'wants reasons' });
    const version = await world.log('reasoned', 'bytes');
    const { links, collectionId } = await world.do('links.create', { versionIds: [version.versionId], target: { kind: 'new_collection', registryId: registry.id, name: 'c' }, aliases: ['staging'] });
    await world.do('registries.update', { id: registry.id, reasonRequired: 'all' });
    await world.do('links.remove', { linkIds: [links[0]!.linkId] }, { message: 'out' });
    const trash = async () => (await world.ask('trash.list', { limit: 1 })).items[0]!.id;
    expect(await codeOf(world.do('trash.restore', { id: await trash() }))).toBe('reason_required');
    await world.do('trash.restore', { id: await trash() }, { message: 'back in' });
    await world.do('collections.delete', { id: collectionId });
    expect(await codeOf(world.do('trash.restore', { id: await trash() }))).toBe('reason_required');
    await world.do('trash.restore', { id: await trash() }, { message: 'back in' });
    expect(await picture(collectionId)).toEqual([[0, ['latest', 'staging']]]);
  });
});
