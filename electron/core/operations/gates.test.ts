/**
 * What stands behind a gate can't be put by any entrance: each is tried against the same gate on a catalog of its own. That the entrance refuses, skips or holds
 * is said in its own way; that the alias stands nowhere afterwards, and never stood, is held for all alike. MLflow: `sync/engine.test.ts`; the clients: `e2e/clients/gates.test.ts`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isVitrineError, type CollectionId, type ImportReport, type InputOf, type LinkId, type OperationName, type OutputOf, type RegistryId } from '#shared/contract/index.ts';
import { openCore, type Core } from '../host/core.ts';

const gated = 'production';
let directory: string;
let core: Core;
let elsewhere: Core | null;

const open = (name: string): Promise<Core> => openCore({ dataDirectory: path.join(directory, name), applicationVersion: '0', listen: false, checkOutput: true, log: () => undefined });

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'vitrine-gates-'));
  elsewhere = null;
  core = await open('here');
});
afterEach(async () => {
  await core.close();
  await elsewhere?.close();
  rmSync(directory, { recursive: true, force: true });
});

async function ask<Name extends OperationName>(name: Name, input: InputOf<Name>, of: Core = core): Promise<OutputOf<Name>> {
  return (await of.run(name, input, { entrance: 'window', message: 'why' })).output as OutputOf<Name>;
}

function file(name: string, content: string): string {
  const at = path.join(directory, name);
  mkdirSync(path.dirname(at), { recursive: true });
  writeFileSync(at, content);
  return at;
}

const log = (artifact: string, content: string, of: Core = core) => ask('versions.log', { paths: [file(`files/${artifact}/weights.bin`, content)], project: { name: 'vision' }, artifact, type: 'model' }, of);

type Linked = { readonly linkId: LinkId; readonly collectionId: CollectionId; readonly registryId: RegistryId };

/** A version that is linked in Models. */
async function linked(of: Core = core): Promise<Linked> {
  const { versionId } = await log('resnet', 'weights', of);
  const registry = await ask('registries.get', { name: 'Models' }, of);
  const { links, collectionId } = await ask('links.create', { versionIds: [versionId], target: { kind: 'new_collection', registryId: registry.id, name: 'classifiers' } }, of);
  return { linkId: links[0]!.linkId, collectionId, registryId: registry.id };
}

const put = (linkId: LinkId, of: Core = core) => ask('aliases.set', { target: { kind: 'link', id: linkId }, aliases: [gated] }, of);

async function gate(): Promise<void> {
  const { id } = await ask('registries.get', { name: 'Models' });
  await ask('gates.set', { registryId: id, gates: [{ alias: 'prod*', approvals: 1 }] });
}

const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'none', (thrown: unknown) => {
  if (isVitrineError(thrown)) return thrown.code;
  throw thrown;
});

/** What an import said of the alias. */
const saidOf = (report: ImportReport): readonly string[] => report.items.filter((item) => item.kind === 'alias' && item.source.endsWith(`:${gated}`)).map((item) => `${item.outcome}: ${item.why ?? ''}`);
const skipped = [expect.stringMatching(/^skipped: “production” may stand (?:on|in) Models\/\S+ only once that is approved/u)];

/** As it is at somebody else's: the same version, with the alias. */
async function openElsewhere(): Promise<Core> {
  elsewhere = await open('elsewhere');
  await put((await linked(elsewhere)).linkId, elsewhere);
  return elsewhere;
}

/** Sent to the door with a key, as a program does. */
async function send(name: string, input: unknown): Promise<string> {
  const { key } = await ask('keys.create', { name: 'program' });
  const { url } = await core.door.start({});
  const reply = await fetch(`${url}/api/operations/${name}`, { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body: JSON.stringify(input) });
  return ((await reply.json()) as { readonly error?: { readonly code: string } }).error?.code ?? 'none';
}

/** What a person, a program, a file or a server does to put the alias; what came of it is said by the entrance itself. */
const entrances: Readonly<Record<string, () => Promise<void>>> = {
  'the HTTP door, putting': async () => {
    const { linkId } = await linked();
    await gate();
    expect(await send('aliases.set', { target: { kind: 'link', id: linkId }, aliases: [gated] })).toBe('approval_required');
  },

  'the HTTP door, linking': async () => {
    const { collectionId } = await linked();
    const { versionId } = await log('resnet', 'others');
    await gate();
    expect(await send('links.create', { versionIds: [versionId], target: { kind: 'collection', id: collectionId }, aliases: [gated] })).toBe('approval_required');
    expect((await ask('links.list', { collectionId })).total).toBe(1);
  },

  'a bundle': async () => {
    const other = await openElsewhere();
    const { id } = await ask('collections.get', { registry: 'Models', name: 'classifiers' }, other);
    const bundle = path.join(directory, 'models.vitrine');
    await ask('bundles.export', { collectionIds: [id], file: bundle }, other);
    await gate();
    // A dry run promises nothing else.
    expect(saidOf(await ask('imports.bundle', { file: bundle, dryRun: true }))).toEqual(skipped);
    expect(saidOf(await ask('imports.bundle', { file: bundle }))).toEqual(skipped);
    // Once more, where the link stands already.
    expect(saidOf(await ask('imports.bundle', { file: bundle }))).toEqual(skipped);
    expect(saidOf(await ask('imports.bundle', { file: bundle, dryRun: true }))).toEqual(skipped);
    expect((await ask('collections.get', { registry: 'Models', name: 'classifiers' })).linkCount).toBe(1);
  },

  'GTO': async () => {
    const repository = path.join(directory, 'repository');
    file('repository/artifacts.yaml', 'churn:\n  path: models\n  type: model\n');
    file('repository/models/weights.bin', 'one');
    const git = (...args: readonly string[]): string => execFileSync('git', ['-C', repository, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false', '-c', 'tag.gpgsign=false', ...args], { encoding: 'utf8', env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' } });
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'first');
    git('tag', '-a', 'churn@v1.0.0', '-m', 'first release');
    git('tag', '-a', `churn#${gated}#1`, '-m', 'to production');
    await gate();
    expect(saidOf(await ask('imports.gto', { repository, registry: { name: 'Models' }, project: { name: 'gto' } }))).toEqual(skipped);
  },

  'a project of the legacy registry': async () => {
    await ask('versions.log', { paths: [file('files/weights.bin', 'one')], project: { name: 'model-registry' }, artifact: 'Gemma', type: 'model', aliases: [gated] });
    const [project] = (await ask('projects.list', {})).items;
    await gate();
    expect(saidOf(await ask('imports.legacyRegistry', { source: { kind: 'project', id: project!.id }, registry: { name: 'Models' } }))).toEqual(skipped);
  },

  'a file of the legacy registry': async () => {
    const version = await log('resnet', 'one');
    const { team } = await ask('catalog.status', {});
    const at = file('legacy.json', JSON.stringify({ format: 'wandb-legacy-registry', version: 1, entity: team.name, collections: [{ name: 'ResNet', versions: [{ index: 4, source: `${team.name}/vision/resnet:v${version.index}`, aliases: [gated] }] }] }));
    await gate();
    expect(saidOf(await ask('imports.legacyRegistry', { source: { kind: 'file', path: at }, registry: { name: 'Models' } }))).toEqual(skipped);
  },

  'a folder mlruns': async () => {
    const run = 'a'.repeat(32);
    file('mlruns/0/meta.yaml', 'experiment_id: "0"\nlifecycle_stage: active\nname: Churn\n');
    file(`mlruns/0/${run}/meta.yaml`, `artifact_uri: file:///old/mlruns/0/${run}/artifacts\nlifecycle_stage: active\nrun_id: ${run}\nrun_name: owl\nstart_time: 1700000000000\nstatus: 3\nuser_id: ada\n`);
    file(`mlruns/0/${run}/artifacts/model/model.pkl`, 'pickled');
    file('mlruns/models/churn/meta.yaml', 'name: churn\n');
    // As a stage and as an alias.
    file('mlruns/models/churn/version-1/meta.yaml', `current_stage: Production\nname: churn\nrun_id: ${run}\nsource: file:///old/mlruns/0/${run}/artifacts/model\nversion: 1\n`);
    file(`mlruns/models/churn/aliases/${gated}`, '1');
    await gate();
    const report = await ask('imports.mlruns', { folder: path.join(directory, 'mlruns'), registry: { name: 'Models' } });
    expect(new Set(saidOf(report))).toEqual(new Set(skipped));
  },

  'an automation that puts it': async () => {
    const { linkId } = await linked();
    await gate();
    await ask('automations.create', { definition: { name: 'promote', event: 'alias.added', filter: { aliases: [{ kind: 'glob', text: 'tested' }] }, actions: [{ kind: 'set alias', alias: gated }] } });
    const ended = new Promise<void>((resolve) => core.onChanges(() => void ask('deliveries.list', { states: ['dead', 'done'] }).then(({ total }) => {
      if (total > 0) resolve();
    }, () => undefined)));
    await ask('aliases.set', { target: { kind: 'link', id: linkId }, aliases: ['tested'] });
    await ended;
    expect((await ask('deliveries.list', {})).items).toEqual([expect.objectContaining({ state: 'dead', problem: expect.stringContaining('only once that is approved') as unknown })]);
  },

  'a remote at W&B, when it moved there': async () => {
    const other = await openElsewhere();
    const { url } = await other.door.start({});
    const { key } = await ask('keys.create', { name: 'remote' }, other);
    const { organization } = await ask('catalog.status', {}, other);
    await gate();
    const remote = await ask('remotes.add', { kind: 'wandb', name: 'W&B', url, workspace: `${organization.name}/Models`, credential: { kind: 'token', token: key }, registry: 'Models' });
    await ask('sync.run', { remoteId: remote.id, everything: true });
    expect((await ask('collections.get', { registry: 'Models', name: 'classifiers' })).linkCount).toBe(1);
    const { items } = await ask('sync.conflicts', { remoteId: remote.id });
    expect(items).toEqual([expect.objectContaining({ field: gated, held: expect.stringContaining('only once that is approved') as unknown })]);
    expect(await codeOf(ask('sync.resolve', { id: items[0]!.id, choice: 'theirs' }))).toBe('approval_required');
  },

  'a lifecycle state for which it stands at W&B, which says so beforehand': async () => {
    const { linkId } = await linked();
    const { id: registryId } = await ask('registries.get', { name: 'Models' });
    const states = [{ name: 'draft', hue: 0, terminal: false }, { name: 'good', hue: 4, terminal: false }, { name: 'best', hue: 8, terminal: false, alias: gated }];
    await ask('registries.setLifecycle', { registryId, lifecycle: { states, transitions: ['good', 'best'].map((to) => ({ from: 'draft', to, role: 'member' })) } });
    const other = await openElsewhere();
    const { url } = await other.door.start({});
    const { key } = await ask('keys.create', { name: 'remote' }, other);
    const { organization } = await ask('catalog.status', {}, other);
    await gate();
    const next = async () => (await ask('links.nextStates', { id: linkId })).next.map(({ name, needsApproval }) => [name, needsApproval?.alias ?? null]);
    // Where no remote is told of states, no alias goes along.
    expect(await next()).toEqual([['good', null], ['best', null]]);
    await ask('remotes.add', { kind: 'wandb', name: 'W&B', url, workspace: `${organization.name}/Models`, credential: { kind: 'token', token: key }, registry: 'Models', fields: { aliases: true, descriptions: true, tags: true, runs: true, names: true, removals: true, states: true } });
    expect(await next()).toEqual([['good', null], ['best', gated]]);
    expect(await codeOf(ask('links.setState', { linkIds: [linkId], state: 'best' }))).toBe('approval_required');
  },

  'an undo of its removal': async () => {
    const { linkId } = await linked();
    await ask('aliases.set', { target: { kind: 'link', id: linkId }, aliases: ['prod-eu'] });
    const { undo } = await core.run('aliases.remove', { target: { kind: 'link', id: linkId }, aliases: ['prod-eu'] }, { entrance: 'window', message: 'why' });
    await gate();
    expect(await codeOf(ask('undo.apply', { id: undo!.id }))).toBe('approval_required');
  },

  'a promotion that carries it along': async () => {
    const { collectionId } = await linked();
    const { versionId } = await log('resnet', 'others');
    const shelf = await ask('registries.create', { name: 'Shelf' });
    const { links } = await ask('links.create', { versionIds: [versionId], target: { kind: 'new_collection', registryId: shelf.id, name: 'resnet' }, aliases: [gated] });
    await gate();
    expect(await codeOf(ask('links.promote', { linkIds: [links[0]!.linkId], target: { kind: 'collection', id: collectionId }, carryAliases: true }))).toBe('approval_required');
  },
};

test.each(Object.keys(entrances))('%s does not put what stands behind a gate', { timeout: 240_000 }, async (name) => {
  await entrances[name]!();
  const { id } = await ask('registries.get', { name: 'Models' });
  const { items } = await ask('collections.list', { registryId: id, limit: 100 });
  for (const collection of items) {
    const links = (await ask('links.list', { collectionId: collection.id })).items;
    expect(links.flatMap((link) => link.aliases.map((alias) => alias.name)).filter((alias) => alias.startsWith('prod')), collection.name).toEqual([]);
  }
  // Nor for a moment: the history would say so.
  const put = (await ask('history.list', { kinds: ['alias.added', 'alias.moved'], limit: 500 })).items.filter((event) => event.subject.label.startsWith('Models/') && (event.after as { readonly alias?: string } | null)?.alias === gated);
  expect(put).toEqual([]);
  expect(await ask('history.verify', {})).toMatchObject({ intact: true });
});
