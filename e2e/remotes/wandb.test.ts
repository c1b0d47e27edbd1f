/**
 * A registry of W&B as a remote, end to end: its server can't be run here, so Vitrine's own door stands for it, which the real client accepts; and that client
 * edits beside us. `wandbWire.test.ts` holds what is sent to the schema and to what the real client sends.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { InputOf, LinkId, OutputOf, RemoteId } from '#shared/contract/index.ts';
import { standardLifecycle } from '#shared/domain/lifecycle.ts';
import { startVitrine, temporaryFolder, type Ran } from '../cli/commandLine.ts';
import { openWorkbench, type Workbench } from '../clients/workbench.ts';
import type { ActingClient } from '../drivers/actingClient.ts';
import { startCore, type CoreProcess } from '../drivers/core.ts';
import { startFaultProxy } from '../drivers/faultProxy.ts';
import { startWandbClient, type LookedAt } from '../drivers/wandbAct.ts';

const root = join(import.meta.dirname, '..', '..');
const { path: folder, remove } = temporaryFolder('wandb-remote');
let there: Workbench;
let wandb: ActingClient;

beforeAll(async () => {
  there = await openWorkbench();
  wandb = await startWandbClient(there.options('newest', 'actor'));
}, 300_000);

afterAll(async () => {
  wandb.close();
  await there.close();
  remove();
}, 240_000);

let catalogs = 0;
let directory: string;
let core: CoreProcess;
let registry: string;

/** Each test has a registry of its own on the one server, and a catalog of its own here. */
beforeEach(async () => {
  directory = join(folder, `catalog-${catalogs}`);
  registry = `team-${catalogs++}`;
  core = await startCore({ nodePath: process.execPath, root, directory, checkOutput: true });
  await wandb.act('registry', { name: registry, organization: there.organization });
}, 240_000);

afterEach(async () => core.stop(), 60_000);

async function connect(more: Partial<InputOf<'remotes.add'>> = {}): Promise<RemoteId> {
  const { output } = await core.client.execute('remotes.add', {
    kind: 'wandb', name: 'W&B', url: there.url, workspace: `${there.organization}/${registry}`, credential: { kind: 'token', token: there.apiKey }, registry: 'Followed', destination: `${there.team}/lab`, fields: { aliases: true, descriptions: true, tags: true, runs: true }, ...more,
  });
  await run(output.id);
  return output.id;
}

const run = async (remoteId: RemoteId, everything = false): Promise<OutputOf<'sync.run'>> => (await core.client.execute('sync.run', { remoteId, everything })).output;
const push = (remoteId: RemoteId) => core.client.execute('remotes.update', { id: remoteId, pushes: true });
const collection = (name: string) => core.client.query('collections.get', { registry: 'Followed', name });
const links = async (name: string) => (await core.client.query('links.list', { collectionId: (await collection(name)).id, direction: 'ascending' })).items;
const look = async (): Promise<Readonly<Record<string, LookedAt>>> => wandb.act('look', { organization: there.organization, name: registry });
const address = (name: string, version: string): string => `${there.organization}/wandb-registry-${registry}/${name}:${version}`;
const target = (name: string): string => `${there.organization}/wandb-registry-${registry}/${name}`;
const log = (name: string, files: Readonly<Record<string, string>>, more: Readonly<Record<string, unknown>> = {}) => wandb.act<{ run: string; id: string; version: string; digest: string }>('log', { entity: there.team, project: 'lab', name, type: 'model', files, ...more });
const refused = async (): Promise<readonly string[]> => (await core.client.query('sync.deadLetters', {})).items.map((one) => `${one.what}: ${one.error}`);

async function logHere(artifact: string, files: Readonly<Record<string, string>>, more: Partial<InputOf<'versions.log'>> = {}): Promise<OutputOf<'versions.log'>> {
  const place = join(directory, `files-${artifact}-${catalogs++}`);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(place, path, '..'), { recursive: true });
    writeFileSync(join(place, path), text);
  }
  return (await core.client.execute('versions.log', { paths: [place], project: { name: 'vision' }, artifact, type: 'model', ...more })).output;
}

/** Without what each side says by itself: where it was logged, and our mark. */
function withoutOwn(seen: LookedAt['versions'][number]): Omit<LookedAt['versions'][number], 'source'> {
  const { source: _, ...version } = seen;
  const { vitrine: __, ...metadata } = version.metadata;
  return { ...version, metadata };
}

/** What both sides must say alike. */
async function hereAndThere(): Promise<{ readonly here: unknown; readonly there: unknown }> {
  const { items } = await core.client.query('collections.list', { registryId: (await core.client.query('registries.get', { name: 'Followed' })).id });
  const here = await Promise.all(items.map(async ({ name }) => {
    const one = await collection(name);
    const versions = await Promise.all((await links(name)).map(async ({ index, aliases, version }) => {
      const detail = await core.client.query('versions.get', { id: version.id });
      const used = await core.client.query('versions.usedBy', { id: version.id });
      const { wandb: _, ...metadata } = detail.metadata;
      return { version: `v${index}`, aliases: aliases.map((alias) => alias.name).filter((alias) => alias !== 'latest').toSorted(), digest: detail.wandbDigest, description: detail.description, tags: [...detail.tags].toSorted(), metadata, run: detail.loggedBy?.runId ?? null, used_by: used.items.map(({ runId }) => runId).toSorted() };
    }));
    return [name, { type: one.type, description: one.description, tags: [...one.tags].toSorted(), versions }] as const;
  }));
  const seen = Object.entries(await look()).map(([name, { versions, ...one }]) => [name, { ...one, versions: versions.map(withoutOwn) }] as const);
  return { here: Object.fromEntries(here), there: Object.fromEntries(seen) };
}

/** One command, told this on its standard input. */
function vitrineWith(args: readonly string[], { data, input }: { readonly data: string; readonly input: string }): Promise<Ran> {
  return startVitrine(args, { data, input }).ended;
}

describe('a registry of W&B', () => {
  test('lifecycle states go over as the aliases that stand for them, and come as such, by what the registry says of them', async () => {
    for (const seed of ['one', 'two']) {
      const { version } = await log('classifier', { 'model.bin': seed });
      await wandb.act('link', { path: `${there.team}/lab/classifier:${version}`, target: target('Classifier'), aliases: [] });
    }
    const remoteId = await connect();
    const { id } = await core.client.query('registries.get', { name: 'Followed' });
    const lifecycle = { states: standardLifecycle.states.map((state) => (state.name === 'candidate' ? { ...state, alias: 'blessed' } : state)), transitions: standardLifecycle.transitions.map((way) => ({ ...way, needsReason: false })) };
    await core.client.execute('registries.setLifecycle', { registryId: id, lifecycle });
    const { fields } = await core.client.query('remotes.get', { id: remoteId });
    await core.client.execute('remotes.update', { id: remoteId, fields: { ...fields, states: true } });
    await push(remoteId);
    const [first, second] = await links('Classifier');
    const set = (link: LinkId, state: string) => core.client.execute('links.setState', { linkIds: [link], state });
    const aliasesThere = async (): Promise<readonly (readonly string[])[]> => (await look())['Classifier']!.versions.map(({ aliases }) => aliases.filter((alias) => alias !== 'latest'));
    // Here: the alias of the state goes along, that of the state before comes off, and one undo takes both back.
    await set(first!.id, 'candidate');
    await run(remoteId);
    expect(await aliasesThere()).toEqual([['blessed'], []]);
    const done = await set(first!.id, 'approved');
    await core.client.execute('undo.apply', { id: done.undo!.id });
    expect((await links('Classifier'))[0]).toMatchObject({ state: 'candidate', aliases: [{ name: 'blessed' }] });
    await set(first!.id, 'approved');
    await run(remoteId);
    expect(await aliasesThere()).toEqual([['production'], []]);
    // There: the alias brings its version into the state.
    await wandb.act('aliases', { path: address('Classifier', 'v1'), add: ['blessed'], remove: [] });
    await run(remoteId, true);
    expect((await links('Classifier')).map(({ state }) => state)).toEqual(['approved', 'candidate']);
    // No way leads from draft to approved: the state stays, and the history says why.
    await set(second!.id, 'draft');
    await wandb.act('aliases', { path: address('Classifier', 'v1'), add: ['production'], remove: [] });
    await run(remoteId, true);
    expect((await links('Classifier'))[1]).toMatchObject({ state: 'draft' });
    expect((await core.client.query('history.list', { kinds: ['sync.superseded'], limit: 10 })).items).toMatchObject([{ before: { text: 'approved' }, after: { text: 'draft' } }]);
  }, 300_000);

  test('comes in whole: collections, versions with manifests, aliases, tags, runs with what they did, who used what; and its bytes when they are asked for', async () => {
    const data = await log('reviews', { 'rows.csv': 'a,b\n1,2\n' }, { type: 'dataset', tags: ['clean'] });
    await wandb.act('link', { path: `${there.team}/lab/reviews:${data.version}`, target: target('Reviews'), aliases: ['gold'] });
    const model = await log('classifier', { 'model.bin': 'weights', 'code/train.py': 'print(1)\n', 'empty.txt': '' }, {
      config: { lr: 0.1, optimizer: { name: 'adam' } }, metrics: [{ loss: 1 }, { loss: 0.5 }, { loss: 0.25 }], metadata: { accuracy: 0.9, nested: { deep: [1, 2] } }, description: 'The first.', tags: ['fast'], uses: [`${there.team}/lab/reviews:${data.version}`], references: { 'elsewhere.parquet': 's3://bucket/key.parquet' },
    });
    await wandb.act('link', { path: `${there.team}/lab/classifier:${model.version}`, target: target('Classifier'), aliases: ['staging'] });
    await wandb.act('card', { type: 'model', path: target('Classifier'), description: 'Tells cats from dogs.', add: ['reviewed'] });
    const user = await wandb.act<{ run: string }>('use', { entity: there.team, project: 'lab', path: address('Classifier', 'staging') });
    await connect();
    expect((await core.client.query('sync.state', {})).items).toMatchObject([{ phase: 'idle', failure: null, conflicts: 0, waiting: 0 }]);
    const both = await hereAndThere();
    expect(both.here).toEqual(both.there);
    expect(both.here).toMatchObject({ Classifier: { type: 'model', description: 'Tells cats from dogs.', tags: ['reviewed'], versions: [{ aliases: ['staging'], run: model.run, used_by: [user.run] }] }, Reviews: { type: 'dataset', versions: [{ aliases: ['gold'], used_by: [model.run] }] } });

    const [link] = await links('Classifier');
    const version = await core.client.query('versions.get', { id: link!.version.id });
    const manifest = async () => (await core.client.query('versions.manifest', { id: version.id, limit: 10 })).items.map(({ path, size, reference }) => ({ path, size, here: reference === null }));
    expect(await manifest()).toEqual([{ path: 'code/train.py', size: 9, here: false }, { path: 'elsewhere.parquet', size: 0, here: false }, { path: 'empty.txt', size: 0, here: false }, { path: 'model.bin', size: 7, here: false }]);
    const runHere = await core.client.query('runs.get', { id: version.loggedBy!.id });
    expect(runHere).toMatchObject({ config: { lr: 0.1, optimizer: { name: 'adam' } }, state: 'finished', historyLines: 3 });
    expect(runHere.summary['loss']).toBe(0.25);

    expect((await core.client.execute('sync.fetch', { versionIds: [version.id] })).output).toMatchObject({ fetched: 1, files: 4 });
    expect(await manifest()).toEqual([{ path: 'code/train.py', size: 9, here: true }, { path: 'elsewhere.parquet', size: 0, here: false }, { path: 'empty.txt', size: 0, here: true }, { path: 'model.bin', size: 7, here: true }]);
    expect((await core.client.query('versions.get', { id: version.id })).wandbDigest).toBe(model.digest);
  }, 300_000);

  test('is told what is linked here: versions with bytes, runs and what they used, aliases, tags, cards', async () => {
    const remoteId = await connect();
    const { id: registryId } = await core.client.query('registries.get', { name: 'Followed' });
    const { output: importing } = await core.client.execute('runs.create', { project: { name: 'vision' }, displayName: 'import' });
    await core.client.execute('runs.update', { id: importing.id, state: 'finished' });
    const data = await logHere('rows', { 'rows.csv': '1,2\n' }, { type: 'dataset', runId: importing.id });
    await core.client.execute('links.create', { versionIds: [data.versionId], target: { kind: 'new_collection', registryId, name: 'Rows' }, aliases: [] });
    const { output: runHere } = await core.client.execute('runs.create', { project: { name: 'vision' }, displayName: 'trained here', config: { lr: 0.5, optimizer: { name: 'adam' } }, tags: ['nightly'] });
    await core.client.execute('runs.use', { id: runHere.id, versionIds: [data.versionId] });
    await core.client.execute('runs.update', { id: runHere.id, summary: { loss: 0.25 }, state: 'finished' });
    const logged = await logHere('maker', { 'model.bin': 'w'.repeat(200_000), 'data/weights äöü.bin': 'ä', empty: '' }, { description: 'As trained.', metadata: { accuracy: 0.9 }, tags: ['small model'], runId: runHere.id });
    const linked = (await core.client.execute('links.create', { versionIds: [logged.versionId], target: { kind: 'new_collection', registryId, name: 'Made here' }, aliases: ['staging'] })).output;
    await core.client.execute('collections.update', { id: linked.collectionId, description: 'Made here.' });
    await core.client.execute('tags.edit', { target: { kind: 'collection', id: linked.collectionId }, add: ['fresh'] });
    expect(Object.keys(await look()), 'nothing goes there before somebody said so').toEqual([]);
    const plan = await core.client.query('sync.plan', { remoteId });
    expect(plan.items.filter((item) => item.label.includes('Made here')).map(({ action, what }) => `${action} ${what}`).toSorted()).toEqual(['create alias', 'create version', 'skip collection', 'skip description', 'skip tag']);
    await push(remoteId);
    await run(remoteId);
    expect(await refused()).toEqual([]);
    const both = await hereAndThere();
    expect(both.there).toEqual(both.here);
    expect(both.there).toMatchObject({ 'Made here': { description: 'Made here.', tags: ['fresh'], versions: [{ version: 'v0', aliases: ['staging'], description: 'As trained.', tags: ['small model'], metadata: { accuracy: 0.9 }, run: runHere.runId }] }, Rows: { type: 'dataset', versions: [{ used_by: [runHere.runId] }] } });
    expect(await wandb.act('download', { path: address('Made here', 'staging') })).toEqual({ 'model.bin': 'w'.repeat(200_000), 'data/weights äöü.bin': 'ä', empty: '' });
    expect(await wandb.act('run', { path: `${there.team}/lab/${runHere.runId}` })).toMatchObject({ state: 'finished', name: 'trained here', config: { lr: 0.5, optimizer: { name: 'adam' } }, summary: { loss: 0.25 }, tags: ['nightly'] });
    expect(await run(remoteId, true), 'what went there does not come back').toMatchObject({ pulled: 0, pushed: 0 });
  }, 300_000);

  test('is edited from both sides: what doesn’t touch goes over both ways, the same alias moved twice waits for a person, and in the end both agree', async () => {
    for (const seed of ['one', 'two', 'three']) await log('both', { 'model.bin': seed });
    for (const index of [0, 1, 2]) await wandb.act('link', { path: `${there.team}/lab/both:v${index}`, target: target('Both'), aliases: index === 0 ? ['champion', 'staging'] : [] });
    const remoteId = await connect();
    await push(remoteId);
    await run(remoteId);
    await core.client.execute('sync.pause', { remoteId });
    const [first, second, third] = await links('Both');
    // There: an alias, a description of a version, a tag of a version, metadata, a card. Here: others of them.
    await wandb.act('aliases', { path: address('Both', 'v2'), add: ['champion'] });
    await wandb.act('aliases', { path: address('Both', 'v1'), add: ['gold'] });
    await wandb.act('edit', { path: address('Both', 'v0'), description: 'Told there.', metadata: { score: 7 }, add: ['theirs'] });
    await wandb.act('card', { type: 'model', path: target('Both'), add: ['from there'] });
    await core.client.execute('aliases.set', { target: { kind: 'link', id: second!.id }, aliases: ['champion'] });
    await core.client.execute('aliases.remove', { target: { kind: 'link', id: first!.id }, aliases: ['staging'] });
    await core.client.execute('versions.update', { id: third!.version.id, description: 'Told here.', addTags: ['mine'] });
    await core.client.execute('collections.update', { id: (await collection('Both')).id, description: 'A card from here.' });
    await core.client.execute('sync.resume', { remoteId });
    await run(remoteId);
    const { items: conflicts } = await core.client.query('sync.conflicts', {});
    expect(conflicts).toMatchObject([{ what: 'alias', field: 'champion', mine: { value: '1' }, theirs: { value: '2' } }]);
    expect((await look())['Both']!.versions.map(({ aliases }) => aliases), 'nothing is moved over what was not seen').toEqual([[], ['gold'], ['champion']]);
    await core.client.execute('sync.resolve', { id: conflicts[0]!.id, choice: 'mine' });
    await run(remoteId);
    expect(await refused()).toEqual([]);
    const both = await hereAndThere();
    expect(both.here).toEqual(both.there);
    expect(both.there).toMatchObject({ Both: { description: 'A card from here.', tags: ['from there'], versions: [{ aliases: [], description: 'Told there.', tags: ['theirs'], metadata: { score: 7 } }, { aliases: ['champion', 'gold'] }, { aliases: [], description: 'Told here.', tags: ['mine'] }] } });
    expect(await run(remoteId)).toMatchObject({ pulled: 0, pushed: 0, conflicts: 0 });
  }, 300_000);

  test('keeps numbers, and one version stays one wherever it is linked; what is unlinked on either side goes on the other', async () => {
    for (const seed of ['a', 'b', 'c']) await log('shared', { 'model.bin': seed });
    for (const index of [0, 1, 2]) await wandb.act('link', { path: `${there.team}/lab/shared:v${index}`, target: target('One') });
    await wandb.act('unlink', { path: address('One', 'v1') });
    await wandb.act('link', { path: `${there.team}/lab/shared:v2`, target: target('Two'), aliases: ['same'] });
    const remoteId = await connect();
    expect((await links('One')).map(({ index }) => index)).toEqual([0, 2]);
    const [again] = await links('Two');
    expect(again!.version.id).toBe((await links('One'))[1]!.version.id);
    await push(remoteId);
    // Linked here into a third collection, it is linked there: no byte is sent.
    const { output: linked } = await core.client.execute('links.create', { versionIds: [again!.version.id], target: { kind: 'new_collection', registryId: (await core.client.query('registries.get', { name: 'Followed' })).id, name: 'Three' }, aliases: ['picked'] });
    await run(remoteId);
    expect(await refused()).toEqual([]);
    expect((await look())['Three']!.versions).toMatchObject([{ version: 'v0', aliases: ['picked'], source: `${there.team}/lab/shared:v2` }]);
    await core.client.execute('links.remove', { linkIds: [linked.links[0]!.linkId] });
    await run(remoteId);
    expect((await look())['Three']!.versions).toEqual([]);
    await wandb.act('unlink', { path: address('One', 'v0') });
    await run(remoteId);
    expect((await links('One')).map(({ index }) => index)).toEqual([2]);
    expect(await run(remoteId, true)).toMatchObject({ pulled: 0, pushed: 0 });
  }, 300_000);

  test('is one of several: the whole organization follows, each registry into the one of its name; both ways, renamed, and taken back', async () => {
    const second = `${registry}-second`;
    await wandb.act('registry', { name: second, organization: there.organization });
    const elsewhere = (name: string): string => `${there.organization}/wandb-registry-${second}/${name}`;
    await log('shared', { 'model.bin': 'a' });
    // One collection name in two registries, and one artifact in both.
    await wandb.act('link', { path: `${there.team}/lab/shared:v0`, target: target('Same'), aliases: ['first'] });
    await wandb.act('link', { path: `${there.team}/lab/shared:v0`, target: elsewhere('Same'), aliases: ['second'] });
    const remoteId = await connect();
    const remote = await core.client.query('remotes.get', { id: remoteId });
    await core.client.execute('remotes.update', { id: remoteId, follow: { kind: 'organization' } });
    await run(remoteId, true);
    expect((await core.client.query('remotes.get', { id: remoteId })).registries).toEqual(expect.arrayContaining([expect.objectContaining({ name: remote.registry.name, there: null }), expect.objectContaining({ name: second, there: second })]));
    const inSecond = async (name: string) => core.client.query('collections.get', { registry: second, name });
    const [mine] = await links('Same');
    const [other] = (await core.client.query('links.list', { collectionId: (await inSecond('Same')).id })).items;
    expect([mine!.version.id, (await inSecond('Same')).aliases.map((one) => one.name).filter((one) => one !== 'latest')]).toEqual([other!.version.id, ['second']]);
    await push(remoteId);
    const { id: secondId } = await core.client.query('registries.get', { name: second });
    const logged = await logHere('made', { 'model.bin': 'here' });
    await core.client.execute('links.create', { versionIds: [logged.versionId], target: { kind: 'new_collection', registryId: secondId, name: 'Made' }, aliases: ['staging'] });
    await core.client.execute('collections.update', { id: (await inSecond('Same')).id, description: 'Of the second.' });
    await run(remoteId);
    expect(await refused()).toEqual([]);
    const seen = async () => wandb.act<Readonly<Record<string, LookedAt>>>('look', { name: second, organization: there.organization });
    expect(await seen()).toMatchObject({ Same: { description: 'Of the second.', versions: [{ aliases: ['second'] }] }, Made: { versions: [{ version: 'v0', aliases: ['staging'] }] } });
    expect((await look())['Same']).toMatchObject({ description: '' });
    expect(await run(remoteId, true), 'nothing goes round in circles').toMatchObject({ pulled: 0, pushed: 0, conflicts: 0 });
    await core.client.execute('collections.update', { id: (await inSecond('Made')).id, name: 'Renamed' });
    await run(remoteId);
    expect(Object.keys(await seen()).toSorted()).toEqual(['Renamed', 'Same']);
    const round = (await core.client.query('sync.rounds', { remoteId })).items.find((one) => one.revocable > 2);
    const { items } = await core.client.query('sync.undoPlan', { remoteId, roundId: round!.id });
    const back = items.filter((item) => item.verdict === 'take_back');
    expect(items.map(({ what, verdict }) => `${what} ${verdict}`).toSorted()).toEqual(['alias take_back', 'collection refused', 'description take_back', 'version take_back']);
    await core.client.execute('sync.undo', { remoteId, ids: back.map((item) => item.id) });
    await run(remoteId);
    expect(await refused()).toEqual([]);
    expect(await seen()).toMatchObject({ Same: { description: '' }, Renamed: { versions: [] } });
  }, 300_000);

  test('a registry that is made here is made in the organization that follows, with what stands in it; a refusal says why', async () => {
    const remoteId = await connect({ follow: { kind: 'organization' } });
    await run(remoteId, true);
    await push(remoteId);
    const name = `${registry}-here`;
    await core.client.execute('sync.pause', { remoteId });
    const { output: made } = await core.client.execute('registries.create', { name, description: 'Made here.', visibility: 'restricted', acceptedTypes: ['model'] });
    const logged = await logHere('made', { 'model.bin': 'here' });
    // Linked before the registry is there: it goes with it.
    const { output: linked } = await core.client.execute('links.create', { versionIds: [logged.versionId], target: { kind: 'new_collection', registryId: made.id, name: 'Made' }, aliases: ['first'] });
    const plan = await core.client.query('sync.plan', { remoteId });
    expect(plan.items).toEqual([expect.objectContaining({ action: 'create', what: 'registry', label: name })]);
    await core.client.execute('sync.resume', { remoteId });
    await run(remoteId);
    expect(await refused()).toEqual([]);
    expect(await wandb.act('facts', { organization: there.organization, name })).toEqual({ description: 'Made here.', visibility: 'restricted', types: ['model'] });
    const seen = async () => wandb.act<Readonly<Record<string, LookedAt>>>('look', { name, organization: there.organization });
    expect(await seen()).toMatchObject({ Made: { versions: [{ version: 'v0', aliases: ['first'] }] } });
    expect((await core.client.query('remotes.get', { id: remoteId })).registries).toEqual(expect.arrayContaining([expect.objectContaining({ name, there: name })]));
    // Both ways from then on, also after everything was read again; nothing goes round in circles.
    await wandb.act('aliases', { path: `${there.organization}/wandb-registry-${name}/Made:v0`, add: ['theirs'] });
    await run(remoteId, true);
    expect((await core.client.query('collections.get', { registry: name, name: 'Made' })).aliases.map((one) => one.name).toSorted()).toEqual(['first', 'theirs']);
    expect(await run(remoteId, true)).toMatchObject({ pulled: 0, pushed: 0, conflicts: 0 });

    // Deletions and times to live follow once the settings say so.
    const { fields } = await core.client.query('remotes.get', { id: remoteId });
    await core.client.execute('versions.update', { id: logged.versionId, ttl: { kind: 'days', days: 30 } });
    await run(remoteId);
    const path = `${there.team}/lab/made:v0`;
    expect(await wandb.act('lifetime', { path })).toBeNull();
    await core.client.execute('remotes.update', { id: remoteId, fields: { ...fields, lifetimes: true, deletions: true } });
    await core.client.execute('versions.update', { id: logged.versionId, ttl: { kind: 'days', days: 20 } });
    await run(remoteId);
    expect(await wandb.act('lifetime', { path })).toBe(20);
    await core.client.execute('versions.update', { id: logged.versionId, ttl: { kind: 'off' } });
    await run(remoteId);
    expect(await wandb.act('lifetime', { path })).toBeNull();
    await core.client.execute('collections.delete', { id: linked.collectionId });
    await run(remoteId);
    expect([await refused(), await seen()]).toEqual([[], {}]);

    await core.client.execute('remotes.update', { id: remoteId, fields: { ...fields, registries: false } });
    await core.client.execute('registries.create', { name: `${registry}-mine` });
    expect(await run(remoteId)).toMatchObject({ pushed: 0 });
    expect(await wandb.act('registries', { organization: there.organization })).not.toContain(`${registry}-mine`);
  }, 300_000);

  test('what is said of versions later goes both ways; the steps of a run go with its version; a version deleted here goes from its project only where the settings say so', async () => {
    await log('said', { 'model.bin': 'theirs' }, { metadata: { accuracy: 0.5 }, days: 10 });
    await wandb.act('link', { path: `${there.team}/lab/said:v0`, target: target('Said'), aliases: [] });
    const remoteId = await connect();
    await push(remoteId);
    const [link] = await links('Said');
    const { id } = link!.version;
    const here = () => core.client.query('versions.get', { id });
    const home = `${there.team}/lab/said:v0`;
    expect((await here()).ttlDays).toBeNull();

    // Times to live, once they are to go over: those that stood there before, changes there, changes here.
    const { fields } = await core.client.query('remotes.get', { id: remoteId });
    await core.client.execute('remotes.update', { id: remoteId, fields: { ...fields, lifetimes: true } });
    await run(remoteId);
    expect((await here()).ttlDays).toBe(10);
    await wandb.act('edit', { path: home, days: 20 });
    await run(remoteId);
    expect((await here()).ttlDays).toBe(20);
    await core.client.execute('versions.update', { id, ttl: { kind: 'days', days: 30 } });
    await run(remoteId);
    expect([await wandb.act('lifetime', { path: home }), (await here()).ttlDays]).toEqual([30, 30]);

    // Metadata: edited here, edited there, on both sides between two rounds.
    const metadata = async () => {
      const { wandb: _, ...mine } = (await here()).metadata;
      return [mine, withoutOwn((await look())['Said']!.versions[0]!).metadata];
    };
    await core.client.execute('versions.update', { id, metadata: { ...(await here()).metadata, accuracy: 0.6 } });
    await run(remoteId);
    expect(await metadata()).toEqual([{ accuracy: 0.6 }, { accuracy: 0.6 }]);
    await wandb.act('edit', { path: home, metadata: { accuracy: 0.7 } });
    await run(remoteId);
    expect(await metadata()).toEqual([{ accuracy: 0.7 }, { accuracy: 0.7 }]);
    await core.client.execute('sync.pause', { remoteId });
    await core.client.execute('versions.update', { id, metadata: { ...(await here()).metadata, accuracy: 0.8 } });
    await wandb.act('edit', { path: home, metadata: { accuracy: 0.9 } });
    await core.client.execute('sync.resume', { remoteId });
    await run(remoteId);
    await run(remoteId);
    expect(await metadata(), 'the later one').toEqual([{ accuracy: 0.9 }, { accuracy: 0.9 }]);
    expect((await core.client.query('history.list', { kinds: ['sync.superseded'] })).items).toMatchObject([{ before: { metadata: { accuracy: 0.8 } } }]);
    expect(await run(remoteId, true), 'nothing goes round in circles').toMatchObject({ pulled: 0, pushed: 0, conflicts: 0 });

    // The steps of a run that was logged here.
    const { output: made } = await core.client.execute('runs.create', { project: { name: 'vision' }, displayName: 'steps' });
    await core.client.execute('runs.append', { id: made.id, history: { offset: 0, lines: ['{"loss":2,"_step":0}', '{"loss":1,"_step":1}'] } });
    const logged = await logHere('stepped', { 'model.bin': 'here' }, { runId: made.id });
    await core.client.execute('links.create', { versionIds: [logged.versionId], target: { kind: 'new_collection', registryId: (await core.client.query('registries.get', { name: 'Followed' })).id, name: 'Stepped' }, aliases: [] });
    await run(remoteId);
    expect(await refused()).toEqual([]);
    const path = `${there.team}/lab/${await wandb.act<string>('creator', { path: address('Stepped', 'v0') })}`;
    expect(await wandb.act('run', { path })).toMatchObject({ history: [{ loss: 2 }, { loss: 1 }] });
    // It went on: what it logged since goes with its end, and so does its summary. What it says while it runs makes no round busy.
    await core.client.execute('runs.append', { id: made.id, history: { offset: 2, lines: ['{"loss":0.5,"_step":2}'] } });
    await core.client.execute('runs.update', { id: made.id, summary: { loss: 0.5, best: 2 } });
    await run(remoteId);
    expect(await wandb.act('run', { path })).toMatchObject({ history: [{ loss: 2 }, { loss: 1 }] });
    await core.client.execute('runs.update', { id: made.id, state: 'failed' });
    await run(remoteId);
    expect(await refused()).toEqual([]);
    expect(await wandb.act('run', { path })).toMatchObject({ state: 'failed', summary: { loss: 0.5, best: 2 }, history: [{ loss: 2 }, { loss: 1 }, { loss: 0.5 }] });
    expect(await run(remoteId, true), 'nor does what went there come back').toMatchObject({ pulled: 0, pushed: 0, conflicts: 0 });

    // Deleted here: unlinked there and kept, unless the settings say otherwise.
    const standing = async (name: string) => (await there.ask('artifacts.get', { entity: there.team, project: 'lab', name })).versionCount;
    await core.client.execute('versions.delete', { ids: [id], aliases: ['latest'] });
    await run(remoteId);
    expect([await refused(), (await look())['Said']!.versions, await standing('said')]).toEqual([[], [], 1]);
    await core.client.execute('remotes.update', { id: remoteId, fields: { ...fields, artifacts: true } });
    await wandb.act('aliases', { path: `${there.team}/lab/stepped:v0`, add: ['keep'] });
    await core.client.execute('versions.delete', { ids: [logged.versionId], aliases: ['latest'] });
    await run(remoteId);
    expect([await refused(), await standing('stepped')]).toEqual([[expect.stringContaining('“keep” of stepped')], 1]);
    await wandb.act('aliases', { path: `${there.team}/lab/stepped:v0`, remove: ['keep'] });
    // Nor where somebody linked it without a word into a collection that doesn't follow.
    await wandb.act('registry', { name: `${registry}-beside`, organization: there.organization });
    const beside = `${there.organization}/wandb-registry-${registry}-beside/Beside`;
    await wandb.act('link', { path: `${there.team}/lab/stepped:v0`, target: beside, aliases: [] });
    const retry = async () => core.client.execute('sync.retry', { ids: (await core.client.query('sync.deadLetters', {})).items.map((one) => one.id) });
    await retry();
    await run(remoteId);
    expect([await refused(), await standing('stepped')]).toEqual([[expect.stringContaining('It is linked into Beside there')], 1]);
    await wandb.act('unlink', { path: `${beside}:v0` });
    await core.client.execute('sync.retry', { ids: (await core.client.query('sync.deadLetters', {})).items.map((one) => one.id) });
    await run(remoteId);
    expect([await refused(), await standing('stepped')]).toEqual([[], 0]);
    // Restored here, it is another version there.
    const { items: trashed } = await core.client.query('trash.list', {});
    await core.client.execute('trash.restore', { id: trashed.find((one) => one.object.kind === 'version' && one.object.label.includes('stepped'))!.id });
    await run(remoteId);
    expect([await refused(), (await look())['Stepped']!.versions.length, await standing('stepped')]).toEqual([[], 1, 1]);
  }, 300_000);

  test('registries that stood here before all of an organization followed are made there once changes go there', async () => {
    const name = `${registry}-older`;
    const { output: older } = await core.client.execute('registries.create', { name, description: 'Older.' });
    const logged = await logHere('old', { 'model.bin': 'old' });
    await core.client.execute('links.create', { versionIds: [logged.versionId], target: { kind: 'new_collection', registryId: older.id, name: 'Old' }, aliases: ['first'] });
    const remoteId = await connect({ follow: { kind: 'organization' } });
    await run(remoteId, true);
    expect((await core.client.query('sync.plan', { remoteId })).items).toEqual(expect.arrayContaining([expect.objectContaining({ action: 'create', what: 'registry', label: name })]));
    await push(remoteId);
    await run(remoteId);
    expect([await refused(), await wandb.act('facts', { organization: there.organization, name })]).toMatchObject([[], { description: 'Older.' }]);
    expect(await wandb.act<Readonly<Record<string, LookedAt>>>('look', { name, organization: there.organization })).toMatchObject({ Old: { versions: [{ version: 'v0', aliases: ['first'] }] } });
    expect(await run(remoteId, true)).toMatchObject({ pulled: 0, pushed: 0, conflicts: 0 });
  }, 300_000);

  test('does nothing twice when an answer was lost: what went there is known again by its mark', async () => {
    const proxy = await startFaultProxy(there.url);
    try {
      const remoteId = await connect({ url: proxy.url });
      await push(remoteId);
      const logged = await logHere('once', { 'model.bin': 'sent once' });
      let lost = 0;
      await core.client.execute('links.create', { versionIds: [logged.versionId], target: { kind: 'new_collection', registryId: (await core.client.query('registries.get', { name: 'Followed' })).id, name: 'Once' }, aliases: ['only'] });
      // Every upload passes; then the connection is cut as often as it takes.
      proxy.decide(({ method, path }) => (method === 'POST' && path.includes('file_stream') && lost++ < 2 ? { kind: 'drop' } : { kind: 'pass' }));
      for (let attempt = 0; attempt < 4; attempt++) await run(remoteId).catch(() => undefined);
      proxy.decide(null);
      await run(remoteId);
      expect(lost).toBeGreaterThan(0);
      expect(await refused()).toEqual([]);
      expect((await look())['Once']!.versions).toMatchObject([{ version: 'v0', aliases: ['only'] }]);
      expect(await links('Once')).toHaveLength(1);
      expect((await there.ask('artifacts.get', { entity: there.team, project: 'lab', name: 'once' })).versionCount).toBe(1);
    } finally {
      await proxy.close();
    }
  }, 300_000);

  test('is connected on the command line, with the key by standard input', async () => {
    const data = join(directory, 'by-words');
    const sync = (args: readonly string[], input = '') => vitrineWith(['sync', ...args], { data, input });
    expect(await sync(['test', there.url, '--kind', 'wandb', '--workspace', `${there.organization}/${registry}`, '--token-stdin'], there.apiKey)).toMatchObject({ code: 0, stdout: expect.stringMatching(/ok {3}sign-in .*\nok {3}workspace/u) as unknown });
    expect(await sync(['test', there.url, '--kind', 'wandb', '--workspace', `${there.organization}/nowhere`, '--token-stdin'], there.apiKey)).toMatchObject({ code: 1, stdout: expect.stringContaining('FAIL workspace') as unknown });
    expect(await sync(['add', 'cloud', there.url, '--kind', 'wandb', '--token-stdin'], there.apiKey)).toMatchObject({ code: expect.not.stringMatching('0') as unknown, stderr: expect.stringContaining('organization/registry') as unknown });
    await wandb.act('log', { entity: there.team, project: 'lab', name: 'words', type: 'model', files: { 'model.bin': 'words' } });
    await wandb.act('link', { path: `${there.team}/lab/words:v0`, target: target('Words'), aliases: ['said'] });
    expect(await sync(['add', 'cloud', there.url, '--kind', 'wandb', '--workspace', `${there.organization}/${registry}`, '--destination', `${there.team}/lab`, '--token-stdin'], there.apiKey)).toMatchObject({ code: 0, stdout: expect.stringContaining('Connected cloud to the registry W&B') as unknown });
    expect(await sync(['run', 'cloud'])).toMatchObject({ code: 0 });
    expect((await sync(['status'])).stdout).toMatch(/cloud +up to date/u);
    const members = await sync(['members', 'cloud']);
    expect(members).toMatchObject({ code: 0, stdout: expect.stringMatching(new RegExp(`REGISTRY +KIND +NAME +EMAIL +ROLE[^]*${registry} +person +\\S+`, 'u')) as unknown });
    expect(JSON.parse((await sync(['members', 'cloud', '--json'])).stdout)).toMatchObject([{ registry, people: expect.arrayContaining([expect.objectContaining({ role: 'admin' })]) as unknown }]);
    expect(await sync(['members', 'nowhere'])).toMatchObject({ code: expect.not.stringMatching('0') as unknown, stderr: expect.stringContaining('nowhere') as unknown });
  }, 300_000);
});
