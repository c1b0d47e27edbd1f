/**
 * What Vitrine sends to W&B, beside what the real client sends for the same acts: both stand before the same door, with a recorder between.
 * Held are the roots, the arguments with what they carry, and the fields that are asked for: nothing that the client itself does not ask.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, getNamedType, Kind, parse, TypeInfo, validate, visit, visitWithTypeInfo, type DocumentNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documents, type DocumentName } from '../../electron/core/sync/remotes/wandb/documents.ts';
import { temporaryFolder } from '../cli/commandLine.ts';
import { openWorkbench, type Workbench } from '../clients/workbench.ts';
import { startCore } from '../drivers/core.ts';
import { clients } from '../drivers/pythonClient.ts';
import type { Recorded, Recorder } from '../drivers/recorder.ts';
import { startWandbClient } from '../drivers/wandbAct.ts';

const root = join(import.meta.dirname, '..', '..');
const schema = buildSchema(readFileSync(join(root, 'electron/core/sync/remotes/wandb/testing/schema.graphql'), 'utf8'));
const { path: folder, remove } = temporaryFolder('wandb-wire');
let bench: Workbench;
let theirs: Recorder;
let ours: Recorder;
/** Documents that the installed clients hold, of which some are put together only when they are sent. */
const held: { readonly name: string; readonly document: string }[] = [];

beforeAll(async () => {
  bench = await openWorkbench();
  [theirs, ours] = [await bench.record(), await bench.record()];
  for (const client of clients) held.push(...((await bench.program(client, 'operations.py').told('documents')) as { readonly documents: typeof held }).documents);
  await actAsClient();
  await actAsVitrine();
}, 240_000);

afterAll(async () => {
  await bench.close();
  remove();
}, 240_000);

const target = (registry: string, collection: string): string => `${bench.organization}/wandb-registry-${registry}/${collection}`;

async function actAsClient(): Promise<void> {
  const wandb = await startWandbClient(bench.options('newest', 'wire', { url: theirs.url }));
  try {
    await wandb.act('registry', { name: 'theirs', organization: bench.organization });
    await wandb.act('registry', { name: 'theirs-too', organization: bench.organization, types: ['model'], description: 'Made by the client.' });
    await wandb.act('log', { entity: bench.team, project: 'lab', name: 'data', type: 'dataset', files: { 'rows.csv': '1,2\n' } });
    await wandb.act('log', { entity: bench.team, project: 'lab', name: 'model', type: 'model', files: { 'model.bin': 'weights', 'more/notes.txt': 'notes' }, config: { lr: 0.1 }, metrics: [{ loss: 1 }], description: 'Theirs.', metadata: { accuracy: 0.9 }, tags: ['fast'], uses: [`${bench.team}/lab/data:v0`], days: 30 });
    await wandb.act('link', { path: `${bench.team}/lab/model:v0`, target: target('theirs', 'Model'), aliases: ['staging'] });
    const path = `${target('theirs', 'Model')}:v0`;
    await wandb.act('aliases', { path, add: ['champion'] });
    await wandb.act('aliases', { path, remove: ['champion'] });
    await wandb.act('edit', { path, description: 'Edited.', add: ['small'] });
    await wandb.act('edit', { path, remove: ['small'] });
    await wandb.act('edit', { path: `${bench.team}/lab/model:v0`, days: 7 });
    await wandb.act('edit', { path: `${bench.team}/lab/model:v0`, metadata: { accuracy: 0.95 } });
    await wandb.act('log', { entity: bench.team, project: 'lab', name: 'passing', type: 'dataset', files: { 'rows.csv': '7,8\n' } });
    await wandb.act('delete', { path: `${bench.team}/lab/passing:v0`, aliases: true });
    await wandb.act('card', { type: 'model', path: target('theirs', 'Model'), description: 'A card.', add: ['reviewed'] });
    await wandb.act('card', { type: 'model', path: target('theirs', 'Model'), remove: ['reviewed'] });
    await wandb.act('look', { name: 'theirs', organization: bench.organization });
    await wandb.act('registries', { organization: bench.organization });
    await wandb.act('members', { name: 'theirs', organization: bench.organization });
    await wandb.act('run', { path: `${bench.team}/lab/${await wandb.act<string>('creator', { path })}` });
    await wandb.act('download', { path });
    await wandb.act('unlink', { path });
    await wandb.act('drop', { type: 'model', path: target('theirs', 'Model') });
  } finally {
    wandb.close();
  }
}

async function actAsVitrine(): Promise<void> {
  const directory = join(folder, 'catalog');
  const core = await startCore({ nodePath: process.execPath, root, directory, checkOutput: true });
  const { client } = core;
  try {
    await bench.ask('registries.create', { name: 'ours' });
    const place = { kind: 'wandb', url: ours.url, workspace: `${bench.organization}/ours`, credential: { kind: 'token', token: bench.apiKey } } as const;
    expect((await client.query('remotes.test', place)).steps.map(({ step, verdict }) => `${step} ${verdict}`)).toEqual(['address well', 'server well', 'sign_in well', 'workspace well', 'read well']);
    const { output: remote } = await client.execute('remotes.add', { ...place, name: 'wire', registry: 'Wire', destination: `${bench.team}/lab`, fields: { aliases: true, descriptions: true, tags: true, runs: true, lifetimes: true, artifacts: true } });
    expect((await client.query('sync.members', { remoteId: remote.id })).registries).toMatchObject([{ registry: 'ours' }]);
    await client.execute('remotes.update', { id: remote.id, pushes: true });
    const round = async (): Promise<void> => {
      expect((await client.execute('sync.run', { remoteId: remote.id })).output).toMatchObject({ dead: 0, conflicts: 0 });
      expect((await client.query('sync.deadLetters', {})).items).toEqual([]);
    };
    const log = async (artifact: string, type: string, files: Readonly<Record<string, string>>, more: object = {}) => {
      const from = join(directory, `files-${artifact}`);
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(join(from, path, '..'), { recursive: true });
        writeFileSync(join(from, path), text);
      }
      return (await client.execute('versions.log', { paths: [from], project: { name: 'vision' }, artifact, type, ...more })).output;
    };
    const link = async (versionId: number, name: string, aliases: string[]) => (await client.execute('links.create', { versionIds: [versionId as never], target: { kind: 'new_collection', registryId: remote.registry.id, name }, aliases })).output;
    const data = await log('rows', 'dataset', { 'rows.csv': '3,4\n' });
    await link(data.versionId, 'Rows', []);
    await round();
    const { output: run } = await client.execute('runs.create', { project: { name: 'vision' }, displayName: 'here', config: { lr: 0.1 }, tags: ['nightly'] });
    await client.execute('runs.use', { id: run.id, versionIds: [data.versionId] });
    await client.execute('runs.append', { id: run.id, history: { offset: 0, lines: ['{"loss":2,"_step":0}', '{"loss":1,"_step":1}'] } });
    await client.execute('runs.update', { id: run.id, summary: { loss: 1 }, state: 'finished' });
    const model = await log('model', 'model', { 'model.bin': 'other weights', 'more/notes.txt': 'others' }, { runId: run.id, description: 'Ours.', metadata: { accuracy: 0.8 }, tags: ['fast'] });
    await client.execute('versions.update', { id: model.versionId, ttl: { kind: 'days', days: 30 } });
    const { collectionId, links } = await link(model.versionId, 'Model', ['staging']);
    await client.execute('collections.update', { id: collectionId, description: 'A card.' });
    await round();
    await client.execute('runs.append', { id: run.id, history: { offset: 2, lines: ['{"loss":0.5,"_step":2}'] } });
    await client.execute('runs.update', { id: run.id, summary: { loss: 0.5 } });
    await client.execute('aliases.set', { target: { kind: 'link', id: links[0]!.linkId }, aliases: ['champion'] });
    await client.execute('versions.update', { id: model.versionId, description: 'Edited.', metadata: { accuracy: 0.85 }, addTags: ['small'], ttl: { kind: 'days', days: 7 } });
    await client.execute('collections.update', { id: collectionId, description: 'Another card.' });
    await client.execute('tags.edit', { target: { kind: 'collection', id: collectionId }, add: ['reviewed'] });
    await round();
    await client.execute('aliases.remove', { target: { kind: 'link', id: links[0]!.linkId }, aliases: ['champion', 'staging'] });
    await client.execute('versions.update', { id: model.versionId, removeTags: ['small'] });
    await client.execute('tags.edit', { target: { kind: 'collection', id: collectionId }, remove: ['reviewed'] });
    await round();
    await client.execute('links.remove', { linkIds: [links[0]!.linkId] });
    await round();
    // Deleted here, it goes from its project there.
    await client.execute('versions.delete', { ids: [model.versionId], aliases: ['latest'] });
    await round();
    expect((await bench.ask('artifacts.get', { entity: bench.team, project: 'lab', name: 'model' })).versionCount).toBe(1);

    // A push is taken back: what it made there goes again.
    const passing = await log('passing', 'dataset', { 'rows.csv': '5,6\n' });
    await link(passing.versionId, 'Passing', []);
    await round();
    const [sent] = (await client.query('sync.rounds', { remoteId: remote.id })).items;
    const { items } = await client.query('sync.undoPlan', { remoteId: remote.id, roundId: sent!.id });
    expect(items.map(({ what, verdict }) => `${what} ${verdict}`).toSorted()).toEqual(['collection take_back', 'version take_back']);
    await client.execute('sync.undo', { remoteId: remote.id, ids: items.map((item) => item.id) });
    await round();
    expect((await bench.ask('collections.list', { registryId: (await bench.ask('registries.get', { name: 'ours' })).id })).items.map((one) => one.name)).not.toContain('Passing');

    // Another catalog reads it all, and gets the bytes.
    const { id } = await bench.ask('registries.get', { name: 'theirs' });
    const { versionId } = await bench.ask('addresses.resolve', { address: `${bench.team}/lab/model:v0` });
    await bench.ask('links.create', { versionIds: [versionId as never], target: { kind: 'new_collection', registryId: id, name: 'Read' }, aliases: ['gold'] });
    const { output: reader } = await client.execute('remotes.add', { ...place, workspace: `${bench.organization}/theirs`, name: 'reader', registry: 'Read', fields: { aliases: true, descriptions: true, tags: true, runs: true } });
    await client.execute('sync.run', { remoteId: reader.id });
    const read = await client.query('collections.get', { registry: 'Read', name: 'Read' });
    const [standing] = (await client.query('links.list', { collectionId: read.id })).items;
    expect((await client.execute('sync.fetch', { versionIds: [standing!.version.id] })).output).toMatchObject({ fetched: 1, files: 2 });

    // All of the organization follows: a registry that is made here is made there.
    const { output: whole } = await client.execute('remotes.add', { ...place, name: 'whole', registry: 'Whole', follow: { kind: 'organization' } });
    await client.execute('remotes.update', { id: whole.id, pushes: true });
    await client.execute('registries.create', { name: 'ours-too', description: 'Made by us.', acceptedTypes: ['model'] });
    await client.execute('sync.run', { remoteId: whole.id });
    expect(await bench.ask('registries.get', { name: 'ours-too' })).toMatchObject({ description: 'Made by us.', acceptedTypes: ['model'], visibility: 'organization' });
  } finally {
    await core.stop();
  }
}

/** Every field of every type that a document asks for, with the arguments that it gives. */
function asked(document: DocumentNode): ReadonlySet<string> {
  const found = new Set<string>();
  const types = new TypeInfo(schema);
  visit(document, visitWithTypeInfo(types, {
    Field(node) {
      const parent = types.getParentType();
      if (parent === null || parent === undefined || node.name.value === '__typename') return;
      found.add(`${parent.name}.${node.name.value}`);
      for (const argument of node.arguments ?? []) found.add(`${parent.name}.${node.name.value}(${argument.name.value})`);
    },
  }));
  return found;
}

/** What an interface asks for, each of its types is asked for. */
function widened(fields: ReadonlySet<string>): ReadonlySet<string> {
  const all = new Set(fields);
  for (const field of fields) {
    const [type = '', rest = ''] = field.split(/\.(.*)/su);
    const named = schema.getType(type);
    if (named === undefined) continue;
    for (const other of Object.values(schema.getTypeMap())) {
      const kinship = 'getInterfaces' in other ? other.getInterfaces().some((one) => one.name === type) : false;
      if (kinship) all.add(`${other.name}.${rest}`);
      if ('getInterfaces' in named && named.getInterfaces().some((one) => one.name === getNamedType(other).name)) all.add(`${other.name}.${rest}`);
    }
  }
  return all;
}

function read(text: string): DocumentNode | null {
  try {
    return parse(text.replaceAll(/^\s*_[A-Z][A-Za-z_]*_\s*$/gmu, ''), { noLocation: true });
  } catch {
    return null;
  }
}

test('the clients’ own documents hold against the schema, as far as they are about what we ask', () => {
  const mine = new Set(Object.keys(documents));
  const about = held.filter(({ name }) => mine.has(name)).flatMap(({ name, document }) => {
    // Those that end in a placeholder are whole only when they are sent: see below.
    const parsed = /\{\}\s*$/u.test(document) ? null : read(document);
    return parsed === null ? [] : [{ name, problems: validate(schema, parsed).map((error) => error.message).filter((message) => !/never used/u.test(message)) }];
  });
  expect(about.length).toBeGreaterThan(20);
  expect(about.filter((one) => one.problems.length > 0)).toEqual([]);
});

test('nothing is asked that the clients don’t ask, field by field and argument by argument', () => {
  const fair = new Set<string>();
  for (const text of [...held.map(({ document }) => document), ...theirs.requests.flatMap(({ query }) => query ?? [])]) {
    const parsed = read(text);
    if (parsed !== null && parsed.definitions.some((one) => one.kind === Kind.OPERATION_DEFINITION)) for (const field of widened(asked(parsed))) fair.add(field);
  }
  const unfair = Object.entries(documents).flatMap(([name, text]) => [...asked(parse(text))].filter((field) => !fair.has(field)).map((field) => `${name}: ${field}`));
  expect(unfair).toEqual([]);
  expect(fair.has('User.nickname')).toBe(false);
});

test('every document that there is was sent', () => {
  expect(Object.keys(documents).filter((name) => !ours.operations().includes(name))).toEqual([]);
});

/** Where values stand and of what kind they are; nothing where there is nothing. */
function shape(value: unknown, path = ''): readonly string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return [...new Set(value.flatMap((one) => shape(one, `${path}[]`)))];
  if (typeof value === 'object') return Object.entries(value).flatMap(([key, inner]) => shape(inner, path === '' ? key : `${path}.${key}`));
  return [`${path}: ${typeof value}`];
}

const rootOf = (text: string): string => {
  const operation = parse(text).definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  return operation === undefined ? '' : `${operation.operation} ${operation.selectionSet.selections.map((one) => (one.kind === Kind.FIELD ? one.name.value : '')).join(' ')}`;
};

/** All that an act carried, over all the times it was done; arguments whose words differ are compared by the field that they end in. */
function carried(requests: readonly Recorded[], name: string): { readonly roots: ReadonlySet<string>; readonly shapes: ReadonlySet<string> } {
  const of = requests.filter((one) => one.operation === name && one.query !== null);
  return { roots: new Set(of.map((one) => rootOf(one.query ?? ''))), shapes: new Set(of.flatMap((one) => argumentShapes(one.query ?? '', one.variables))) };
}

function argumentShapes(text: string, variables: unknown): readonly string[] {
  const given = (variables ?? {}) as Readonly<Record<string, unknown>>;
  const found: string[] = [];
  visit(parse(text), {
    Variable(node, _key, parent, _path, ancestors) {
      // Lists among the ancestors hold siblings, too.
      const holders = [...ancestors, parent].filter((one) => one !== undefined && !Array.isArray(one)) as readonly { readonly kind?: string; readonly name?: { readonly value: string } }[];
      if (holders.some((one) => one.kind === Kind.VARIABLE_DEFINITION || one.kind === Kind.DIRECTIVE)) return;
      const words = holders.filter((one) => one.kind === Kind.ARGUMENT || one.kind === Kind.OBJECT_FIELD).map((one) => one.name?.value ?? '');
      found.push(...shape(given[node.name.value], words.join('.')));
    },
  });
  return found;
}

/** What the client sends beside, and why we don't. */
const left: Partial<Record<DocumentName, readonly string[]>> = {
  // Of the machine and the program that run there.
  UpsertBucket: ['input.host: string', 'input.debug: boolean', 'input.jobProgram: string', 'input.description: string', 'input.commit: string', 'input.jobRepo: string', 'input.state: string'],
  // Which collection it was used through: ours are known by their ids.
  UseArtifact: ['input.artifactEntityName: string', 'input.artifactProjectName: string', 'input.usedAs: string'],
  CreateArtifact: ['input.historyStep: number'],
  // Lists are asked for whole and in their own order.
  FetchRegistries: ['filters: string', 'order: string'], RegistryCollections: ['order: string'], RegistryVersions: ['order: string', 'filters: string'],
  // The client sends an alias along with a link; ours goes by itself, compared with what stands there.
  LinkArtifact: ['input.aliases[].artifactCollectionName: string', 'input.aliases[].alias: string'],
};
/** What we send and the client in these acts does not, though its documents have it. */
const more: Partial<Record<DocumentName, readonly string[]>> = {
  UpsertBucket: ['input.summaryMetrics: string', 'input.tags[]: string', 'input.notes: string', 'input.jobType: string', 'input.displayName: string'],
  RegistryCollections: ['filters: string'], RegistryVersions: ['collectionFilters: string'], CreateArtifactManifest: ['input.baseArtifactID: string'], UpdateArtifact: [],
};

describe.each((Object.keys(documents) as DocumentName[]).filter((name) => !['RunFullHistory'].includes(name)))('%s', (name) => {
  test('asks at the same root, with arguments that carry the same', () => {
    const client = carried(theirs.requests, name);
    const vitrine = carried(ours.requests, name);
    expect(client.roots.size, `the client sent ${theirs.operations().filter((one, index, all) => all.indexOf(one) === index).join(', ')}`).toBeGreaterThan(0);
    expect([...vitrine.roots].filter((one) => !client.roots.has(one))).toEqual([]);
    expect([...vitrine.shapes].filter((one) => !client.shapes.has(one) && more[name]?.includes(one) !== true), 'what only we send').toEqual([]);
    expect([...client.shapes].filter((one) => !vitrine.shapes.has(one) && left[name]?.includes(one) !== true), 'what only the client sends').toEqual([]);
  });
});

test('the steps of a run go as the client streams them', () => {
  const streamed = (recorder: Recorder) => new Set(recorder.requests.flatMap((one) => shape(one.streamed)));
  expect([...streamed(ours)]).toEqual(expect.arrayContaining(['files.wandb-history.jsonl.offset: number', 'files.wandb-history.jsonl.content[]: string', 'files.wandb-summary.json.content[]: string']));
  expect([...streamed(ours)].filter((one) => !streamed(theirs).has(one))).toEqual([]);
});

test('bytes go and come by the addresses that were given, without the key', () => {
  const bytes = (recorder: Recorder) => new Set(recorder.requests.filter((one) => !one.path.startsWith('/graphql') && !one.path.includes('file_stream')).map((one) => `${one.method} ${one.path.split('/')[1]?.split('?')[0] ?? ''}`));
  expect([...bytes(ours)].filter((one) => !bytes(theirs).has(one))).toEqual([]);
  expect(bytes(ours).size).toBeGreaterThan(1);
});
