/** Artifacts logged and used by the real clients; each scenario is checked in what the client saw and in what the catalog holds. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clients, type RunningClient } from '../drivers/pythonClient.ts';
import { startBucketServer, type BucketServer } from './bucketServer.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

let bench: Workbench;
let buckets: BucketServer;
beforeAll(async () => {
  buckets = await startBucketServer();
  bench = await openWorkbench();
}, 240_000);
afterAll(async () => {
  await bench.close();
  await buckets.close();
});

describe.each(clients)('the %s client', { timeout: 400_000 }, (client) => {
  const project = `artifacts_${client}`;
  let program: RunningClient;
  beforeAll(() => {
    program = bench.program(client, 'artifacts.py', { environment: buckets.environment, parameters: { project, client }, timeout: 400_000 });
  });

  const told = (scenario: string) => program.told(scenario);
  const version = (name: string) => bench.version(`${bench.team}/${project}/${name}`);
  const manifest = async (name: string) => (await bench.ask('versions.manifest', { id: (await version(name)).id, limit: 1000 })).items;
  const paths = async (name: string) => (await manifest(name)).map((entry) => entry.path);
  const names = (chips: readonly { readonly name: string }[]) => chips.map((chip) => chip.name).toSorted();

  test('one file with aliases, tags, description and metadata', async () => {
    const facts = await told('single_file');
    const metadata = { lr: 0.1, layers: [1, 2], nested: { deep: true }, name: 'grün' };
    expect(facts).toMatchObject({ version: 'v0', size: 8, state: 'COMMITTED', aliases: ['candidate', 'epoch-1', 'latest'], tags: ['english', 'small model'], metadata, description: 'One file.', files: ['renamed.bin'], file_count: 1 });
    const held = await version('single:v0');
    expect(held).toMatchObject({ wandbDigest: facts['digest'], description: 'One file.', metadata, tags: ['english', 'small model'], loggedBy: { runId: facts['run'], jobType: 'train' } });
    expect(names(held.aliases)).toEqual(['candidate', 'epoch-1', 'latest']);
    expect(String(facts['commit'])).not.toBe('');
  });

  test('a folder, with every kind of name and an empty file', async () => {
    const facts = await told('folder');
    const all = ['a.txt', 'astral-𝒳.txt', 'empty.txt', 'grün/ñ-日本.txt', 'sub/b.txt', 'sub/deep/c d+&%.txt'];
    expect(facts['paths']).toEqual(all.toSorted());
    expect(new Set(await paths('tree:v0'))).toEqual(new Set(all));
    expect(await version('tree:v0')).toMatchObject({ wandbDigest: facts['digest'], size: facts['size'], fileCount: 6 });
  });

  test('a folder by its path alone', async () => {
    expect(await told('logged_by_path')).toEqual({ paths: ['x.bin', 'y.bin'], version: 'v0' });
    expect(await paths('by-path:v0')).toEqual(['x.bin', 'y.bin']);
  });

  test('files written in place', async () => {
    expect(await told('new_file')).toEqual({ paths: ['notes/today.txt', 'raw.bin'], size: 272 });
    expect((await manifest('written:v0')).map((entry) => [entry.path, entry.size])).toEqual([['notes/today.txt', 16], ['raw.bin', 256]]);
  });

  test('references to s3, gs, https and file, with and without checksum', async () => {
    const facts = await told('references');
    const held = new Map((await manifest('references:v0')).map((entry) => [entry.path, entry]));
    expect(Object.fromEntries([...held].map(([path, entry]) => [path, entry.reference]))).toEqual(facts['references']);
    expect(held.get('s3.parquet')).toMatchObject({ reference: 's3://bucket/key/data.parquet', sha256: null });
    expect(held.get('s3-checked.parquet')).toMatchObject({ reference: 's3://bucket/key/data.parquet', size: 5 });
    expect(held.get('gs-checked.csv')).toMatchObject({ reference: 'gs://bucket/data.csv', size: 5 });
    expect(held.get('web-checked.onnx')).toMatchObject({ reference: `${buckets.url}/web/model.onnx`, size: 5 });
    expect(facts['digests']).toMatchObject({ 's3-checked.parquet': 's3-etag', 'gs-checked.csv': 'gs-etag', 'web-checked.onnx': 'web-etag' });
    expect(held.get('with-checksum.bin')).toMatchObject({ size: 12, md5: createHash('md5').update('kept outside').digest('base64') });
    const used = await told('used_references');
    expect(used).toMatchObject({ target: `file://${String(facts['local'])}`, downloaded: 'kept outside' });
  });

  test('the same bytes again make no version, but take the alias', async () => {
    expect(await told('deduplicated')).toEqual({ versions: ['v0', 'v0'], third: 'v1', aliases: ['first', 'second'] });
    expect(names((await version('same:v0')).aliases)).toEqual(['first', 'second']);
    expect(names((await version('same:v1')).aliases)).toEqual(['latest']);
  });

  test('a draft of a logged version: one file taken out, one added', async () => {
    expect(await told('new_draft')).toEqual({ version: 'v1', paths: ['added.txt', 'keep.txt'], files: { 'added.txt': 'added', 'keep.txt': 'keep' } });
    expect(await paths('drafted:v1')).toEqual(['added.txt', 'keep.txt']);
  });

  test('an incremental version holds what was there and what came', async () => {
    const facts = await told('incremental');
    expect(facts).toMatchObject({ version: 'v1', files: { 'base.txt': 'base', 'changed.txt': 'after', 'new.txt': 'new' } });
    expect(await paths('incremental:v1')).toEqual(['base.txt', 'changed.txt', 'new.txt']);
    expect((await version('incremental:v1')).wandbDigest).toBe(facts['digest']);
  });

  test('a distributed version: nothing before it is finished, then all parts', async () => {
    expect(await told('distributed')).toEqual({ during: false, version: 'v0', files: { 'left.txt': 'left', 'right.txt': 'right', 'last.txt': 'last' } });
    expect(await paths('distributed:v0')).toEqual(['last.txt', 'left.txt', 'right.txt']);
  });

  test('entries of other artifacts, and rows', async () => {
    const facts = await told('of_another_artifact');
    expect(facts['files']).toMatchObject({ 'borrowed.bin': 'one file' });
    expect(String(facts['ref'])).toMatch(/^wandb-artifact:\/\/[0-9a-f]+\/renamed\.bin$/u);
    expect(await paths('borrowed:v0')).toEqual(['borrowed.bin', 'rows.table.json']);
  });

  test('tables, pictures and pages', async () => {
    const facts = await told('tables_and_media');
    expect(facts).toMatchObject({ columns: ['text', 'score', 'picture'], rows: 2, first: 'one' });
    expect(facts['implicit']).toEqual(expect.arrayContaining(['media', `run-${String(facts['run'])}-table`]));
    expect(facts['files']).toEqual(expect.arrayContaining([expect.stringMatching(/^media\/table\/table_/u), expect.stringMatching(/^media\/images\/picture_/u), expect.stringMatching(/^media\/html\/page_/u)]));
    expect(await paths('media:v0')).toEqual(expect.arrayContaining(['table.table.json', expect.stringMatching(/^media\/images\//u)]));
  });

  test('time to live: set, off, changed, inherited from the project and from the artifact', async () => {
    expect(await told('time_to_live')).toEqual({ days: 3, off: null, later: 7, inherits: null, inherited: 30, nearer: 14 });
    expect(await version('ttl:v0')).toMatchObject({ ttlDays: 14, ttl: { kind: 'inherit' } });
  });

  test('aliases, tags, description and metadata edited and saved', async () => {
    expect(await told('edited')).toEqual({ description: 'Said later.', metadata: { step: 2, more: { a: [1, null] } }, aliases: ['latest', 'new'], tags: ['three', 'two'] });
    const held = await version('edited:v0');
    expect(held).toMatchObject({ description: 'Said later.', metadata: { step: 2, more: { a: [1, null] } } });
    expect(names(held.aliases)).toEqual(['latest', 'new']);
    expect(held.tags.toSorted()).toEqual(['three', 'two']);
  });

  test('used and downloaded: whole, below a folder, one file, from the cache, verified', async () => {
    const facts = await told('used');
    expect(facts['whole']).toEqual({ 'a.txt': 'a', 'sub/b.txt': 'b', 'sub/deep/c d+&%.txt': 'c', 'empty.txt': '', 'grün/ñ-日本.txt': 'unicode', 'astral-𝒳.txt': 'astral' });
    expect(facts).toMatchObject({ part: ['sub/b.txt', 'sub/deep/c d+&%.txt'], single: 'a', again: true, one: 'one file', verified: { words: 'nothing was raised' } });
    expect(facts['damaged']).not.toMatchObject({ words: 'nothing was raised' });
    const run = await bench.run(project, facts['run']);
    const inputs = await bench.ask('runs.versions', { id: run.id, relation: 'used' });
    expect(inputs.items.map((item) => item.artifact).toSorted()).toEqual(['single', 'tree']);
  });

  test('checkout takes away what is not of the artifact', async () => {
    expect(await told('checked_out')).toEqual({ paths: ['a.txt', 'astral-𝒳.txt', 'empty.txt', 'grün/ñ-日本.txt', 'sub/b.txt', 'sub/deep/c d+&%.txt'].toSorted() });
  });

  test('what can’t be is refused with a reason, and nothing is left of it', async () => {
    const facts = (await told('refused')) as Record<string, { readonly words: string }>;
    expect(facts['other_type']?.words).toMatch(/type/iu);
    expect(facts['missing']?.words).toMatch(/no-such|not found/iu);
    expect(facts['missing_alias']?.words).toMatch(/never|not found/iu);
    expect(facts['bad_name']?.words).toMatch(/name/iu);
    expect(facts['number_alias']?.words).toMatch(/alias/iu);
    expect(await version('typed:v0')).toMatchObject({ type: 'model', index: 0 });
    await expect(version('typed:v1')).rejects.toMatchObject({ code: 'not_found' });
    await expect(version('typed-2:latest')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('linked twice into a registry it stands there once, and unlinked the source stays', async () => {
    const facts = await told('linked');
    expect(facts).toMatchObject({ version: 'v0', aliases: ['latest', 'staging'], source: `${bench.team}/${project}/for-registry:v0`, is_link: true, after: false, source_stays: true });
    const source = await version('for-registry:v0');
    expect(source.links).toEqual([]);
    const events = await bench.ask('history.list', { object: { kind: 'version', id: source.id } } as never).catch(() => null);
    if (events !== null) expect(JSON.stringify(events)).toContain('link.removed');
  });

  test('linked before it is logged', async () => {
    expect(await told('linked_as_draft')).toMatchObject({ version: 'v0' });
    const held = await version('draft-linked:v0');
    expect(held.links).toEqual([expect.objectContaining({ registry: 'Models', collection: `draft-${client}`, index: 0 })]);
    expect(names(held.links[0]?.aliases ?? [])).toEqual(['latest', 'production']);
  });

  test('a link that can’t be is refused with its reason', async () => {
    const facts = (await told('link_refused')) as Record<string, { readonly words: string }>;
    expect(facts['type']?.words).toMatch(/dataset|type/u);
    expect(facts['registry']?.words).toMatch(/nowhere|not found|registry/iu);
    expect(facts['organization']?.words).toMatch(/organization/iu);
    expect((await version('refused-data:v0')).links).toEqual([]);
  });

  test('deletion asks for aliases to be named', async () => {
    const facts = await told('deleted');
    expect((facts['carried'] as { readonly words: string }).words).toMatch(/alias/iu);
    expect(facts['left']).toEqual([]);
    await expect(version('deleted:v1')).rejects.toMatchObject({ code: 'not_found' });
    expect((await program.ended).code).toBe(0);
  });
});
