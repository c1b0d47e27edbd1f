/**
 * The access table per operation, per role, per entrance. Its rows are the contract's own list with the least role that each operation names:
 * one that is added without an input here fails, and so does one that answers somebody whose role is below.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isVitrineError, operationList, type Entrance, type InputOf, type OperationName, type OutputOf, type UndoOffer } from '#shared/contract/index.ts';
import { operationFacts } from '#shared/contract/facts.ts';
import { compareRoles, roles, type Role } from '#shared/domain/index.ts';
import { openCore, type Core } from '../host/core.ts';

let directory: string;
let core: Core;
const people = new Map<Role, number>();

const run = async <Name extends OperationName>(name: Name, input: InputOf<Name>, actorId?: number): Promise<OutputOf<Name>> =>
  (await core.run(name, input, { entrance: 'window', message: 'why', ...(actorId === undefined ? {} : { actorId: actorId as never }) })).output as OutputOf<Name>;

/** Things of one's own to act on, that nobody of the roles made. */
async function shelf() {
  number += 1;
  const name = `thing-${number}`;
  writeFileSync(join(directory, 'file.txt'), name);
  const { versionId, artifactId } = await run('versions.log', { paths: [join(directory, 'file.txt')], project: { name: 'project' }, artifact: name, type: 'model' });
  const other = await run('versions.log', { paths: [join(directory, 'file.txt')], project: { name: 'project' }, artifact: `${name}-other`, type: 'model' });
  const registry = await run('registries.create', { name });
  const { collectionId, links } = await run('links.create', { versionIds: [versionId], target: { kind: 'new_collection', registryId: registry.id, name: 'c' }, aliases: ['staging'] });
  await run('registries.setLifecycle', { registryId: registry.id, lifecycle: { states: [{ name: 'draft', hue: 1, terminal: false }, { name: 'approved', hue: 2, terminal: false }], transitions: [{ from: 'draft', to: 'approved', role: 'member' }] } });
  const wireRun = await run('runs.create', { project: { name: 'project' } });
  const hold = await run('holds.place', { target: { kind: 'version', id: other.versionId }, reason: 'kept' });
  const { items } = await run('history.list', { object: { kind: 'registry', id: registry.id }, kinds: ['alias.added'] });
  const key = await run('keys.create', { name });
  const trashed = await run('versions.log', { paths: [join(directory, 'file.txt')], project: { name: 'project' }, artifact: `${name}-trashed`, type: 'model' });
  await run('versions.delete', { ids: [trashed.versionId], aliases: [] });
  const trashId = (await run('trash.list', { limit: 1 })).items[0]!.id;
  const automation = await run('automations.create', { definition: { name, enabled: false, event: 'alias.added', scope: { kind: 'registry', id: registry.id }, actions: [{ kind: 'notification', title: 'x', text: '' }] } });
  await run('gates.set', { registryId: registry.id, gates: [{ alias: 'gated', approvals: 2, deciders: 'member' }, { alias: 'asked', approvals: 2, deciders: 'member' }] });
  const approval = await run('approvals.request', { linkId: links[0]!.linkId, alias: 'asked' });
  const { id: remoteId } = await run('remotes.add', { kind: 'mlflow', url: 'http://127.0.0.1:1', name: `remote-${number}`, registry: `remote-${number}` });
  await run('sync.pause', { remoteId });
  const team = await run('teams.create', { name: `team-${number}` });
  const somebody = await run('users.create', { username: `somebody-${number}` });
  const lastEvent: number = (await run('history.list', { limit: 1 })).items[0]!.id;
  return { lastEvent, file: join(directory, 'file.txt'), folder: directory, name, versionId, other: other.versionId, otherArtifactId: other.artifactId, artifactId, registryId: registry.id, collectionId, linkId: links[0]!.linkId, runId: wireRun.id, holdId: hold.id, eventId: items[0]!.id, keyId: key.summary.id, trashId, automationId: automation.id, teamId: team.id, userId: somebody.id, approvalId: approval.id, remoteId };
}
type Shelf = Awaited<ReturnType<typeof shelf>>;
let number = 0;
let stands: Promise<Shelf> | null = null;
/** One for all that are refused: nothing changes there. */
const standing = (): Promise<Shelf> => (stands ??= shelf());

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'vitrine-access-'));
  core = await openCore({ dataDirectory: join(directory, 'data'), applicationVersion: '0', log: () => undefined, listen: false });
  for (const role of roles) people.set(role, (await run('users.create', { username: `is-${role.replace('_', '-')}`, role })).id);
}, 240_000);
afterAll(async () => {
  await core.close();
  rmSync(directory, { recursive: true, force: true });
});

/** `own`: what everybody may do with what is their own; `in`: asked in another test. */
type Cell = ((here: Shelf) => unknown) | { readonly own: string } | { readonly in: string };
const aJob = (here: Shelf) => ({ name: here.name, command: [process.execPath, '--version'], folder: here.folder });
const definition = (here: Shelf) => ({ name: `new ${here.name}`, event: 'alias.added', scope: { kind: 'registry', id: here.registryId }, actions: [{ kind: 'notification', title: 'moved', text: '' }] });
const draft = (here: Shelf) => ({ project: { name: 'project' }, artifact: `draft-${here.name}`, type: 'model', wandbDigest: '00' });
const source = { in: 'electron/core/operations/drafts.test.ts' };
const own = (what: string) => ({ own: what });
const remote = { kind: 'mlflow', url: 'http://127.0.0.1:1' };

/** For everything that not everybody may. Inputs are right, so that only the right can be missing. */
const cells: { readonly [Name in OperationName]?: Cell } = {
  'versions.preview': (at) => ({ id: at.other, path: 'file.txt' }),
  'versions.export': (at) => ({ id: at.other, folder: join(at.folder, `out-${at.name}`) }),
  'versions.wandbManifest': (at) => ({ id: at.other }),
  'runs.previewFile': (at) => ({ id: at.runId, name: 'none' }),
  'runs.exportFiles': (at) => ({ id: at.runId, folder: join(at.folder, `run-${at.name}`) }),
  'bundles.export': (at) => ({ versionIds: [at.other], file: join(at.folder, `${at.name}.vitrine`), overwrite: true }),

  'catalog.backup': () => ({}),
  'registries.create': (at) => ({ name: `new ${at.name}` }),
  'registries.update': (at) => ({ id: at.registryId, description: 'x' }),
  'collections.create': (at) => ({ registryId: at.registryId, name: 'new', type: 'model' }),
  'collections.update': (at) => ({ id: at.collectionId, description: 'x' }),
  'collections.delete': (at) => ({ id: at.collectionId }),
  'links.create': (at) => ({ versionIds: [at.other], target: { kind: 'collection', id: at.collectionId } }),
  'links.remove': (at) => ({ linkIds: [at.linkId] }),
  'links.note': (at) => ({ id: at.linkId, note: 'x' }),
  'links.promote': (at) => ({ linkIds: [at.linkId], target: { kind: 'new_collection', registryId: at.registryId, name: 'promoted' } }),
  'links.setState': (at) => ({ linkIds: [at.linkId], state: 'approved' }),
  'aliases.set': (at) => ({ target: { kind: 'link', id: at.linkId }, aliases: ['x'] }),
  'aliases.remove': (at) => ({ target: { kind: 'link', id: at.linkId }, aliases: ['staging'] }),
  'aliases.revert': (at) => ({ eventId: at.eventId }),
  'history.revert': (at) => ({ eventId: at.eventId }),
  'tags.edit': (at) => ({ target: { kind: 'collection', id: at.collectionId }, add: ['x'] }),
  'artifacts.update': (at) => ({ id: at.artifactId, description: 'x' }),
  'artifacts.move': (at) => ({ id: at.otherArtifactId, type: 'checkpoint' }),
  'artifacts.delete': (at) => ({ id: at.artifactId }),
  'imports.scan': (at) => ({ paths: [at.file] }),
  'versions.log': (at) => ({ paths: [at.file], project: { name: 'project' }, artifact: `new-${at.name}`, type: 'model' }),
  'versions.update': (at) => ({ id: at.versionId, description: 'x' }),
  'versions.delete': (at) => ({ ids: [at.versionId] }),
  'runs.create': () => ({ project: { name: 'project' } }),
  'runs.upsert': (at) => ({ id: at.runId, notes: 'x' }),
  'runs.append': (at) => ({ id: at.runId, summaryText: '{}' }),
  'runs.update': (at) => ({ id: at.runId, notes: 'x' }),
  'runs.stop': (at) => ({ id: at.runId }),
  'runs.alert': (at) => ({ id: at.runId, title: 'x' }),
  'runs.delete': (at) => ({ id: at.runId }),
  'runs.deleteFiles': (at) => ({ id: at.runId, names: ['x'] }),
  'runs.use': (at) => ({ id: at.runId, versionIds: [at.versionId] }),
  'drafts.create': draft,
  'drafts.get': source,
  'drafts.addManifest': source,
  'drafts.updateManifest': source,
  'drafts.planFiles': source,
  'drafts.completeParts': source,
  'drafts.commit': source,
  'drafts.abandon': source,
  'users.update': own('everybody’s own account; others only for admins: accounts.test'),
  'keys.list': own('everybody’s own keys; others only for admins: keys.test'),
  'keys.create': own('everybody’s own keys; others only for admins: keys.test'),
  'keys.revoke': own('everybody’s own keys; others only for admins: keys.test'),
  'lineage.link': (at) => ({ from: { kind: 'version', id: at.versionId }, to: { kind: 'version', id: at.other }, reason: 'x' }),
  'lineage.unlink': (at) => ({ from: { kind: 'version', id: at.versionId }, to: { kind: 'version', id: at.other } }),
  'lineage.import': () => ({ text: '[]' }),
  'undo.apply': own('only what one did oneself is offered'),
  'storage.verify': () => ({}),
  'trash.restore': (at) => ({ id: at.trashId }),
  'trash.restoreAll': own('puts back what each may put back, and says of the rest why not'),
  'trash.purge': own('lets go what each may let go, and says of the rest why not'),
  'ttl.set': (at) => ({ target: { kind: 'artifact', id: at.artifactId }, ttl: { kind: 'days', days: 9 } }),
  'holds.place': (at) => ({ target: { kind: 'version', id: at.versionId }, reason: 'x' }),
  'imports.gto': (at) => ({ repository: at.folder, registry: { name: at.name }, project: { name: 'project' } }),
  'imports.mlruns': (at) => ({ folder: at.folder, registry: { name: at.name } }),
  'imports.bundle': (at) => ({ file: at.file }),
  'bundles.inspect': (at) => ({ file: at.file }),
  'automations.create': (at) => ({ definition: definition(at) }),
  'automations.update': (at) => ({ id: at.automationId, enabled: true }),
  'automations.remove': (at) => ({ id: at.automationId }),
  'automations.preview': (at) => ({ definition: definition(at) }),
  'automations.test': (at) => ({ id: at.automationId, eventId: at.eventId }),
  'automations.import': (at) => ({ text: `automations:\n  - name: ${at.name}\n    event: alias.added\n    scope: registry ${at.name}\n    actions:\n      - kind: notification\n        title: x\n` }),
  'deliveries.get': { in: 'electron/core/automations/engine.test.ts' },
  'deliveries.replay': { in: 'electron/core/automations/engine.test.ts' },
  'deliveries.discard': () => ({ ids: [1] }),
  'secrets.list': () => ({}),
  'jobs.list': () => ({}),
  'allowedHosts.list': () => ({}),
  'approvals.request': (at) => ({ linkId: at.linkId, alias: 'gated' }),
  'approvals.decide': (at) => ({ id: at.approvalId, vote: 'comment', comment: 'why' }),
  'approvals.withdraw': own('one’s own request; others only for admins: approvals.test'),
  'approvals.delegate': (at) => ({ id: at.approvalId, to: at.userId }),
  'approvals.remind': (at) => ({ id: at.approvalId }),
  'approvals.check': (at) => ({ id: at.approvalId }),
  'scans.run': (at) => ({ versionId: at.other }),
  'sync.plan': (at) => ({ remoteId: at.remoteId }),
  'sync.members': (at) => ({ remoteId: at.remoteId }),
  'sync.run': (at) => ({ remoteId: at.remoteId }),
  'sync.undoPlan': (at) => ({ remoteId: at.remoteId, roundId: 1 }),
  'sync.undo': (at) => ({ remoteId: at.remoteId, ids: [1] }),
  'sync.resume': (at) => ({ remoteId: at.remoteId }),
  'sync.retry': () => ({ ids: [1] }),
  'sync.edit': () => ({ id: 1, value: 'x' }),
  'sync.discard': () => ({ ids: [1] }),
  'sync.resolve': () => ({ id: 1, choice: 'mine' }),
  'sync.fetch': (at) => ({ versionIds: [at.other] }),

  'buckets.add': (at) => ({ name: at.name, bucket: 'vitrine', endpoint: 'http://127.0.0.1:1' }),
  'buckets.update': (at) => ({ id: 1, name: at.name }),
  'buckets.remove': () => ({ id: 1 }),
  'buckets.test': () => ({ bucket: 'vitrine', endpoint: 'http://127.0.0.1:1' }),
  'bytes.store': (at) => ({ versionIds: [at.other], bucketId: 1 }),
  'bytes.free': (at) => ({ versionIds: [at.other], simulate: true }),
  'catalog.addSample': () => ({}),
  'catalog.restoreBackup': () => ({}),
  'registries.delete': (at) => ({ id: at.registryId }),
  'registries.addMembers': (at) => ({ registryId: at.registryId, userIds: [at.userId], role: 'viewer' }),
  'registries.updateMember': (at) => ({ registryId: at.registryId, member: { userId: at.userId }, role: 'viewer' }),
  'registries.removeMembers': (at) => ({ registryId: at.registryId, userIds: [at.userId] }),
  'registries.setLifecycle': (at) => ({ registryId: at.registryId, lifecycle: null }),
  'registries.setCardRule': (at) => ({ registryId: at.registryId, type: 'model', rule: { template: 'x', fields: [] } }),
  'users.create': (at) => ({ username: `new-${at.name}` }),
  'users.remove': (at) => ({ id: at.userId }),
  'teams.create': (at) => ({ name: `new-${at.name}` }),
  'teams.setMember': (at) => ({ teamId: at.teamId, userId: at.userId, role: 'viewer' }),
  'storage.collect': () => ({ simulate: true }),
  'door.start': () => ({}),
  'door.stop': () => ({}),
  'retention.set': () => ({ trashDays: 9 + number, simulate: false }),
  'ttl.sweep': () => ({ simulate: true }),
  'holds.release': (at) => ({ id: at.holdId, reason: 'x' }),
  'history.signHead': () => ({}),
  'history.keepHead': () => ({ note: { catalogId: 'x', events: 0, head: '0'.repeat(64), at: new Date().toISOString(), signature: 'x', publicKey: 'x' } }),
  'imports.legacyRegistry': (at) => ({ source: { kind: 'file', path: at.file }, registry: { name: at.name } }),
  'remotes.add': (at) => ({ ...remote, name: at.name, registry: at.name }),
  'remotes.update': (at) => ({ id: at.remoteId, name: `new ${at.name}` }),
  'remotes.remove': (at) => ({ id: at.remoteId }),
  'remotes.test': () => remote,
  'sync.pause': (at) => ({ remoteId: at.remoteId }),
  'secrets.set': () => ({ name: 'NAME', value: 'x' }),
  'secrets.remove': () => ({ name: 'NAME' }),
  'jobs.approve': aJob,
  'jobs.remove': (at) => ({ name: at.name }),
  'allowedHosts.set': (at) => ({ hosts: [`${at.name}.example`] }),
  'gates.set': (at) => ({ registryId: at.registryId, gates: [] }),
};

const entrances: readonly Entrance[] = ['window', 'cli', 'sdk', 'http', 'automation', 'sync'];
const rows = operationList.flatMap(({ name, audience }) => (audience === 'anyone' || audience === 'restricted_viewer' ? [] : [{ name, audience }]));

/** What of those done here offered an undo, with what came of it. */
const undone = new Map<OperationName, string>();
/** Takes back what was done last, as the person who did it. */
async function takeBack(name: OperationName, role: Role): Promise<void> {
  if (offered !== null) undone.set(name, await codeOf('undo.apply', { id: offered.id }, role, 'window'));
}

let offered: UndoOffer | null = null;

async function codeOf(name: OperationName, input: unknown, role: Role, entrance: Entrance): Promise<string> {
  try {
    offered = (await core.run(name, input, { actorId: people.get(role) as never, entrance, message: 'why' })).undo;
    return 'none';
  } catch (error) {
    if (isVitrineError(error)) return error.code;
    throw error;
  }
}

const outside = 'what it does lies outside of the catalog: a file, a folder, this machine';
const looks = 'it looks, or works on bytes; what it finds that matters has an event of its own';
const stream = 'lines and drafts are data; what comes of them is told: a run’s states, a version';
const personal = 'a person’s own, which no history keeps';

/** Commands that change nothing that a history would keep, with why. */
const untold: { readonly [Name in OperationName]?: string } = {
  'catalog.backup': outside, 'catalog.restoreBackup': 'another history takes the place of this one', 'versions.export': outside, 'bundles.export': outside, 'runs.exportFiles': outside, 'history.export': outside,
  'history.signHead': outside, 'history.keepHead': outside, 'door.start': outside, 'door.stop': outside,
  'ttl.sweep': 'what lapses goes by the catalog itself: retention.test', 'scans.run': looks, 'storage.verify': looks, 'storage.collect': looks, 'sync.fetch': looks, 'bytes.free': looks, 'bytes.store': looks, 'approvals.check': looks, 'automations.test': looks,
  'runs.append': stream, 'runs.deleteFiles': stream, 'drafts.create': stream, 'drafts.addManifest': stream, 'drafts.updateManifest': stream, 'drafts.planFiles': stream, 'drafts.completeParts': stream, 'drafts.abandon': stream,
  'stars.set': personal, 'recents.touch': personal, 'settings.set': personal, 'collections.saveLayout': personal, 'collections.deleteLayout': personal,
  'deliveries.replay': 'the log of deliveries tells of it', 'deliveries.discard': 'the log of deliveries tells of it',
  'sync.run': 'what a round changes is told, each by itself', 'sync.retry': 'the list of what was sent tells of it', 'sync.edit': 'as sync.retry', 'sync.discard': 'as sync.retry', 'sync.undo': 'what it takes back there is sent anew, and told',
};

/** Commands that can’t be done on the shelf, with the test that holds their events. */
const toldElsewhere: { readonly [Name in OperationName]?: string } = {
  'catalog.addSample': 'electron/core/operations/sample.test.ts', 'imports.gto': 'electron/core/operations/imports/imports.test.ts', 'imports.mlruns': 'electron/core/operations/imports/imports.test.ts',
  'imports.bundle': 'electron/core/operations/imports/imports.test.ts', 'imports.legacyRegistry': 'electron/core/operations/imports/imports.test.ts', 'lineage.import': 'electron/core/operations/lineageImport.test.ts',
  'sync.resolve': 'electron/core/sync/engine.test.ts', 'drafts.commit': 'electron/core/operations/drafts.test.ts',
};
/** Of which the shelf’s input changes nothing: they are asked once more below. */
const unchanged: ReadonlySet<OperationName> = new Set(['registries.removeMembers', 'sync.pause']);
/** Commands of this machine are approved at it. */
const atThisMachine: ReadonlySet<OperationName> = new Set(['jobs.approve']);
const unfinished = new Map<OperationName, string>();

test('every operation that not everybody may has a cell, and those told of elsewhere are asked there', () => {
  expect(Object.keys(cells).toSorted()).toEqual(rows.map((row) => row.name).toSorted());
  for (const { name } of rows) {
    const cell = cells[name];
    if (cell !== undefined && 'in' in cell) expect(readFileSync(cell.in, 'utf8'), `${name} in ${cell.in}`).toContain(`'${name}'`);
  }
});

describe.each(rows.filter(({ name }) => typeof cells[name] === 'function'))('$name, for $audience and above', ({ name, audience }) => {
  const cell = cells[name] as (here: Shelf) => unknown;

  test('is refused to whoever has less, through each entrance', async () => {
    const input = cell(await standing());
    const told: string[] = [];
    for (const role of roles.filter((one) => compareRoles(one, audience) < 0)) {
      for (const entrance of entrances) {
        const code = await codeOf(name, input, role, entrance);
        if (code !== 'permission_denied' && code !== 'not_found') told.push(`${role} through ${entrance}: ${code}`);
      }
    }
    expect(told).toEqual([]);
  });

  test('is not refused to whoever has the role, through each entrance; what was done is in the history, with who, how and why', async () => {
    const told: string[] = [];
    // Questions look the same through every entrance: who may is settled by the person alone, as the test before this one holds.
    for (const entrance of operationFacts[name].kind === 'query' ? (['window'] as const) : entrances) {
      const here = await shelf();
      const code = await codeOf(name, cell(here), audience, entrance);
      if (atThisMachine.has(name) && entrance !== 'window' && entrance !== 'cli') {
        if (code !== 'permission_denied') told.push(`${entrance}: ${code}`);
        continue;
      }
      if (code === 'permission_denied') told.push(`${entrance}: ${code}`);
      if (operationFacts[name].kind === 'query' || name in untold || unchanged.has(name)) continue;
      if (code !== 'none') {
        unfinished.set(name, code);
        continue;
      }
      const { items } = await run('history.list', { actorId: people.get(audience) as never, limit: 1 });
      const [event] = items;
      if (event === undefined || event.id <= here.lastEvent || event.entrance !== entrance || event.message !== 'why') told.push(`${entrance}: the newest event of that person is ${event?.kind} through ${event?.entrance}, “${event?.message}”`);
      if (entrance === 'window') await takeBack(name, audience);
    }
    expect(told).toEqual([]);
  }, 300_000);
});

/** The same for what everybody may do with what is their own, and for what first has to be made. */
const alsoTold: { readonly [Name in OperationName]?: (at: Shelf) => unknown } = {
  'users.update': (at) => ({ id: people.get('member'), displayName: at.name }),
  'keys.create': (at) => ({ name: at.name }),
  'keys.revoke': async (at) => ({ id: (await run('keys.create', { name: at.name }, people.get('member'))).summary.id }),
  // One’s own are kept in no history; what is shared is.
  'searches.save': (at) => ({ name: at.name, text: 'x', shared: true }),
  'searches.rename': async (at) => ({ id: (await run('searches.save', { name: at.name, text: 'x', shared: true }, people.get('member'))).id, name: `${at.name} again` }),
  'searches.remove': async (at) => ({ id: (await run('searches.save', { name: at.name, text: 'x', shared: true }, people.get('member'))).id }),
  'trash.restoreAll': (at) => at.trashId > 0 && {},
  'trash.purge': (at) => ({ ids: [at.trashId] }),
  'undo.apply': async (at) => ({ id: (await core.run('collections.update', { id: at.collectionId, description: 'another' }, { entrance: 'window', actorId: people.get('member') as never })).undo!.id }),
  'approvals.withdraw': async (at) => ({ id: (await run('approvals.request', { linkId: at.linkId, alias: 'gated' }, people.get('member'))).id }),
  'lineage.unlink': async (at) => {
    const edge = { from: { kind: 'version', id: at.versionId }, to: { kind: 'version', id: at.other } } as const;
    await run('lineage.link', { ...edge, reason: 'x' }, people.get('member'));
    return edge;
  },
  'automations.import': (at) => ({ text: `automations:\n  - name: ${at.name} twice\n    event: alias.added\n    scope: { kind: registry, name: ${at.name} }\n    actions:\n      - kind: notification\n        title: x\n` }),
};
const adminsToo: { readonly [Name in OperationName]?: (at: Shelf) => unknown } = {
  'registries.updateMember': async (at) => {
    await run('registries.addMembers', { registryId: at.registryId, userIds: [at.userId], role: 'viewer' });
    return { registryId: at.registryId, member: { userId: at.userId }, role: 'member' };
  },
  'secrets.remove': async (at) => {
    const name = `S_${at.name.replaceAll('-', '_').toUpperCase()}`;
    await run('secrets.set', { name, value: 'x' });
    return { name };
  },
  'buckets.remove': async (at) => ({ id: (await run('buckets.add', { name: `${at.name} bucket`, bucket: 'vitrine', endpoint: 'http://127.0.0.1:1' })).id }),
  'registries.removeMembers': async (at) => {
    await run('registries.addMembers', { registryId: at.registryId, userIds: [at.userId], role: 'viewer' });
    return { registryId: at.registryId, userIds: [at.userId] };
  },
  'sync.pause': async (at) => {
    await run('sync.resume', { remoteId: at.remoteId });
    return { remoteId: at.remoteId };
  },
  'jobs.remove': async (at) => {
    await run('jobs.approve', aJob(at));
    return { name: at.name };
  },
  'jobs.approve': (at) => aJob(at),
};

test.each([...Object.entries(alsoTold).map(([name, input]) => [name, 'member', input] as const), ...Object.entries(adminsToo).map(([name, input]) => [name, 'admin', input] as const)])('%s by a %s is in the history', async (name, role, input) => {
  const at = await shelf();
  const asked = await input(at);
  const before = (await run('history.list', { limit: 1 })).items[0]!.id;
  expect(await codeOf(name as OperationName, asked, role, 'window')).toBe('none');
  const [event] = (await run('history.list', { actorId: people.get(role) as never, limit: 1 })).items;
  expect(event?.id).toBeGreaterThan(before);
  expect(event).toMatchObject({ entrance: 'window', message: 'why' });
  await takeBack(name as OperationName, role);
});

test('every command is in the history, or there is a reason why not', () => {
  const names = operationList.filter(({ kind }) => kind === 'command').map(({ name }) => name);
  const held = (name: OperationName): boolean => name in untold || name in alsoTold || name in adminsToo || name in toldElsewhere || (typeof cells[name] === 'function' && !unfinished.has(name) && !unchanged.has(name));
  expect(names.filter((name) => !held(name))).toEqual([]);
  for (const [name, file] of Object.entries(toldElsewhere)) expect(readFileSync(file, 'utf8'), `${name} in ${file}`).toContain(`'${name}'`);
});

test('what offers an undo is taken back by it', () => {
  expect([...undone].filter(([, code]) => code !== 'none')).toEqual([]);
  expect([...undone.keys()].toSorted()).toEqual([
    'aliases.remove', 'aliases.revert', 'aliases.set', 'allowedHosts.set', 'artifacts.delete', 'artifacts.move', 'artifacts.update', 'automations.create', 'automations.import', 'automations.remove',
    'automations.update', 'collections.create', 'collections.delete', 'collections.update', 'gates.set', 'history.revert', 'holds.release', 'lineage.link', 'lineage.unlink',
    'links.create', 'links.note', 'links.promote', 'links.remove', 'links.setState', 'registries.addMembers', 'registries.create', 'registries.delete', 'registries.removeMembers',
    'registries.setCardRule', 'registries.setLifecycle', 'registries.update', 'registries.updateMember', 'remotes.update', 'retention.set', 'runs.delete', 'runs.update', 'searches.remove', 'searches.rename',
    'searches.save', 'tags.edit', 'teams.create', 'teams.setMember', 'ttl.set', 'users.create', 'users.remove', 'users.update', 'versions.delete', 'versions.log', 'versions.update',
  ]);
});
