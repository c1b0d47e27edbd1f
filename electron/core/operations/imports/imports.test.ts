import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient, isVitrineError, type CoreClient, type ImportReport, type OutputOf } from '#shared/contract/index.ts';
import { openCore, type Core } from '../../host/core.ts';
import { createTransportPair } from '../../host/pair.ts';
import { parseGtoTag, standOf, type GtoTag } from './gto.ts';
import { tarEnd, tarHeader, tarPadding } from './tar.ts';

const root = mkdtempSync(path.join(tmpdir(), 'vitrine-imports-'));
const opened: { readonly core: Core; readonly client: CoreClient }[] = [];

async function open(name: string): Promise<CoreClient> {
  const core = await openCore({ dataDirectory: path.join(root, name), applicationVersion: '0.0.0-test', listen: false, checkOutput: true, log: () => undefined });
  const [ours, theirs] = createTransportPair();
  core.connect(theirs, 'cli');
  const client = createClient(ours);
  opened.push({ core, client });
  return client;
}

function file(name: string, content: string | Uint8Array): string {
  const at = path.join(root, 'files', name);
  mkdirSync(path.dirname(at), { recursive: true });
  writeFileSync(at, content);
  return at;
}

async function log(client: CoreClient, project: string, artifact: string, content: string, more: { readonly aliases?: string[]; readonly tags?: string[] } = {}) {
  return (await client.execute('versions.log', { paths: [file(`${artifact}/weights.bin`, content), file(`${artifact}/config.json`, '{"shared": true}')], project: { name: project }, artifact, type: 'model', ...more })).output;
}

async function failure(work: Promise<unknown>): Promise<{ readonly code: string; readonly text: string }> {
  try {
    await work;
  } catch (thrown) {
    if (isVitrineError(thrown)) return { code: thrown.code, text: JSON.stringify(thrown.details) };
    throw thrown;
  }
  return { code: 'none', text: '' };
}

const outcomes = (report: ImportReport, kind: string) => report.items.filter((item) => item.kind === kind).map((item) => `${item.outcome} ${item.source}`).sort();

let home: CoreClient;
beforeAll(async () => {
  home = await open('home');
});
afterAll(async () => {
  for (const { core, client } of opened) {
    client.close();
    await core.close();
  }
  rmSync(root, { recursive: true, force: true });
});

describe('a bundle', () => {
  const bundle = path.join(root, 'models.vitrine');
  let collectionId: number;
  beforeAll(async () => {
    const registry = await home.query('registries.get', { name: 'Models' });
    const first = await log(home, 'vision', 'resnet', 'first weights', { aliases: ['best'], tags: ['release'] });
    const second = await log(home, 'vision', 'resnet', 'second weights');
    const { output } = await home.execute('links.create', { versionIds: [first.versionId, second.versionId], target: { kind: 'new_collection', registryId: registry.id, name: 'classifiers' }, aliases: ['production'] });
    ({ collectionId } = output);
    await home.execute('links.note', { id: output.links[0]!.linkId, note: 'the first' });
    await home.execute('bundles.export', { collectionIds: [collectionId as never], file: bundle });
  });

  test('goes from one Vitrine to another with bytes, links, aliases and history, and a second time changes nothing', async () => {
    expect(await home.query('bundles.inspect', { file: bundle })).toMatchObject({ versions: 2, links: 2, objects: 3, writtenBy: expect.any(String) as string });
    const other = await open('other');
    const dry = (await other.execute('imports.bundle', { file: bundle, dryRun: true })).output;
    expect(dry).toMatchObject({ dryRun: true, skipped: 0 });
    expect((await other.query('catalog.status', {})).counts).toMatchObject({ versions: 0, collections: 0 });
    const report = (await other.execute('imports.bundle', { file: bundle })).output;
    expect(report).toMatchObject({ skipped: 0, dryRun: false });
    expect(outcomes(report, 'version')).toHaveLength(2);
    const collection = await other.query('collections.get', { registry: 'Models', name: 'classifiers' });
    const links = (await other.query('links.list', { collectionId: collection.id })).items;
    expect(links.map((link) => [link.index, link.aliases.map((alias) => alias.name), link.note])).toEqual([[1, ['latest', 'production'], ''], [0, [], 'the first']]);
    const exported = path.join(root, 'out');
    await other.execute('versions.export', { id: links[1]!.version.id, folder: exported });
    expect(readFileSync(path.join(exported, 'weights.bin'), 'utf8')).toBe('first weights');
    expect(links[1]!.version).toMatchObject({ tags: ['release'], artifact: 'resnet', project: 'vision' });
    expect(readdirSync(path.join(root, 'other', 'imported-history'))).toHaveLength(1);
    expect((await other.query('history.list', { kinds: ['import.finished'] })).total).toBe(1);
    const rev = (await other.query('catalog.status', {})).counts;
    const again = (await other.execute('imports.bundle', { file: bundle })).output;
    expect(again.items.filter((item) => item.outcome === 'taken').map((item) => item.kind)).toEqual(['history']);
    expect((await other.query('catalog.status', {})).counts).toEqual(rev);
    expect((await other.query('history.verify', {})).intact).toBe(true);
  });

  test('is taken back as one act, and taken again; not once something was built on it', async () => {
    const other = await open('takes-back');
    const standing = async () => (await other.query('catalog.status', {})).counts;
    const before = await standing();
    const taken = await other.execute('imports.bundle', { file: bundle });
    expect(taken.undo?.label).toMatch(/^Import of bundle of catalog /u);
    expect((await other.query('undo.latest', {})).offer).toMatchObject({ id: taken.undo?.id });
    await other.execute('undo.apply', { id: taken.undo!.id });
    expect(await standing()).toMatchObject({ versions: before.versions, collections: before.collections, links: before.links, artifacts: before.artifacts });
    expect((await other.query('undo.latest', {})).offer).toBeNull();

    const again = await other.execute('imports.bundle', { file: bundle });
    expect(outcomes(again.output, 'version')).toHaveLength(2);
    const full = await standing();
    const collection = await other.query('collections.get', { registry: 'Models', name: 'classifiers' });
    const [link] = (await other.query('links.list', { collectionId: collection.id })).items;
    await other.execute('aliases.set', { target: { kind: 'link', id: link!.id }, aliases: ['mine'] });
    expect((await failure(other.execute('undo.apply', { id: again.undo!.id }))).code).toBe('undo_stale');
    expect(await standing()).toEqual(full);
    // What stood already is nobody's to take back.
    expect((await other.execute('imports.bundle', { file: bundle })).undo).toBeNull();
    expect((await other.query('history.verify', {})).intact).toBe(true);
  });

  type Member = { readonly name: string; readonly content: Buffer };
  const members = (): Member[] => {
    const bytes = readFileSync(bundle);
    const found: Member[] = [];
    for (let at = 0; bytes[at] !== 0;) {
      const size = Number.parseInt(bytes.toString('latin1', at + 124, at + 135), 8);
      found.push({ name: bytes.toString('latin1', at, at + 100).split('\0')[0]!, content: bytes.subarray(at + 512, at + 512 + size) });
      at += 512 + size + tarPadding(size).length;
    }
    return found;
  };
  const written = (name: string, parts: readonly Member[]): string => file(name, Buffer.concat([...parts.flatMap((part) => [tarHeader(part.name, part.content.length), part.content, tarPadding(part.content.length)]), tarEnd]));
  const edited = (change: (manifest: Record<string, never>) => void): Member[] => members().map((member) => {
    if (member.name !== 'manifest.json') return member;
    const manifest = JSON.parse(member.content.toString('utf8')) as Record<string, never>;
    change(manifest);
    return { name: member.name, content: Buffer.from(JSON.stringify(manifest)) };
  });
  type Loose = { versions: { entries: { path: string; sha256: string; size: number }[]; digest: string; artifact: string }[]; objects: { sha256: string; size: number }[]; collections: { links: { version: string }[] }[] };
  const loosely = (change: (manifest: Loose) => void) => edited((manifest) => change(manifest as unknown as Loose));

  const hostile: readonly (readonly [string, () => string])[] = [
    ['a member that leads out', () => written('traversal', [...members().slice(0, 1), { name: 'objects/../../../etc/passwd', content: Buffer.from('x') }, ...members().slice(1)])],
    ['a member with an absolute name', () => written('absolute', [...members().slice(0, 1), { name: '/etc/passwd', content: Buffer.from('x') }, ...members().slice(1)])],
    ['a content with other bytes', () => written('bytes', members().map((member) => (member.name.startsWith('objects/') ? { ...member, content: Buffer.alloc(member.content.length, 7) } : member)))],
    ['a content of another size', () => written('size', members().map((member) => (member.name.startsWith('objects/') ? { ...member, content: Buffer.alloc(member.content.length + 1, 7) } : member)))],
    ['a content twice', () => written('twice', members().flatMap((member) => (member.name.startsWith('objects/') ? [member, member] : [member])))],
    ['a content that is missing', () => written('missing', members().filter((_member, index) => index !== 1))],
    ['a content that nothing needs', () => written('unneeded', loosely((manifest) => manifest.objects.push({ sha256: 'ab'.repeat(32), size: 1 })))],
    ['a path that leads out of the version', () => written('inside', loosely((manifest) => (manifest.versions[0]!.entries[0]!.path = '../../weights.bin')))],
    ['a version whose digest is another', () => written('digest', loosely((manifest) => (manifest.versions[0]!.digest = 'cd'.repeat(32))))],
    ['a link to nothing', () => written('link', loosely((manifest) => (manifest.collections[0]!.links[0]!.version = 'none')))],
    ['a size that no file has', () => written('bomb', loosely((manifest) => (manifest.objects[0]!.size = Number.MAX_SAFE_INTEGER)))],
    ['a history that was changed', () => written('history', members().map((member) => (member.name === 'history.jsonl' ? { ...member, content: Buffer.from(member.content.toString('utf8').replace('"id":', '"iD":')) } : member)))],
    ['no history', () => written('headless', members().filter((member) => member.name !== 'history.jsonl'))],
    ['something behind its end', () => written('tail', [...members(), { name: 'more', content: Buffer.from('x') }])],
    ['an end in the middle', () => file('short', readFileSync(bundle).subarray(0, 5000))],
    ['a link instead of a file', () => {
      const header = tarHeader('manifest.json', 0);
      header[156] = '2'.charCodeAt(0);
      header.write('        ', 148);
      header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148);
      return file('symlink', Buffer.concat([header, tarEnd]));
    }],
    ['a manifest that lies about its size', () => file('liar', Buffer.concat([tarHeader('manifest.json', 8 ** 10), Buffer.from('{}')]))],
    ['a manifest that is nested without end', () => written('nested', [{ name: 'manifest.json', content: Buffer.from('['.repeat(200_000)) }])],
    ['no tar at all', () => file('text', 'this is a text, and a rather long one'.repeat(40))],
    ['nothing', () => file('nothing', '')],
  ];
  test.each(hostile)('with %s is refused, and nothing of it stands in the catalog', async (_, make) => {
    const guest = opened.length > 1 && opened.find(({ core }) => core.dataDirectory.endsWith('guest'))?.client;
    const client = guest === undefined || guest === false ? await open('guest') : guest;
    const name = make();
    for (const dryRun of [true, false]) {
      const { code } = await failure(client.execute('imports.bundle', { file: name, dryRun }));
      expect(['bad_input', 'object_damaged', 'path_invalid', 'too_large', 'file_unreadable']).toContain(code);
    }
    expect((await client.query('catalog.status', {})).counts).toMatchObject({ versions: 0, collections: 0, artifacts: 0 });
  });

  test('ended in the middle, what it had made until then is taken back as one act', async () => {
    const client = await open('broken-off');
    const { core } = opened.at(-1)!;
    const stop = new AbortController();
    const report = ({ phase, done }: { readonly phase: string; readonly done: number }): void => {
      if (phase === 'commit' && done === 2) stop.abort();
    };
    expect((await failure(core.run('imports.bundle', { file: bundle }, { entrance: 'window', signal: stop.signal, report }))).code).toBe('cancelled');
    expect((await client.query('catalog.status', {})).counts.versions).toBe(1);
    const { offer } = await client.query('undo.latest', {});
    expect(offer?.label).toBe('Import of a bundle, as far as it came');
    await client.execute('undo.apply', { id: offer!.id });
    expect((await client.query('catalog.status', {})).counts).toMatchObject({ versions: 0, artifacts: 0 });
  });

  test('interrupted, it goes on where it ended', async () => {
    const client = await open('interrupted');
    const short = file('cut', readFileSync(bundle).subarray(0, readFileSync(bundle).length - 3000));
    expect((await failure(client.execute('imports.bundle', { file: short }))).code).toBe('bad_input');
    expect((await client.query('catalog.status', {})).storeBytes).toBeGreaterThan(0);
    const stop = new AbortController();
    stop.abort();
    expect((await failure(client.execute('imports.bundle', { file: bundle }, { signal: stop.signal }))).code).toBe('cancelled');
    expect((await client.execute('imports.bundle', { file: bundle })).output.skipped).toBe(0);
    expect((await client.query('catalog.status', {})).counts).toMatchObject({ versions: 2, links: 2 });
  });
});

describe('a folder mlruns', () => {
  const folder = path.join(root, 'mlruns');
  const put = (name: string, content: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  };
  const run = 'a'.repeat(32);
  const deleted = 'd'.repeat(32);
  beforeAll(() => {
    put('0/meta.yaml', 'artifact_location: file:///old/mlruns/0\nexperiment_id: "0"\nlifecycle_stage: active\nname: Churn / 2024\n');
    put(`0/${run}/meta.yaml`, `artifact_uri: file:///old/mlruns/0/${run}/artifacts\nend_time: 1700000100000\nlifecycle_stage: active\nrun_id: ${run}\nrun_name: wise-owl\nstart_time: 1700000000000\nstatus: 3\nuser_id: ada\n`);
    put(`0/${run}/params/lr`, '0.01');
    put(`0/${run}/params/layers/depth`, '3');
    put(`0/${run}/metrics/loss`, '1700000001000 0.9 0\n1700000002000 0.5 1\n1700000003000 0.25 2\n');
    put(`0/${run}/metrics/val/acc`, '1700000003000 0.8 2\n');
    put(`0/${run}/tags/mlflow.source.name`, 'train.py');
    put(`0/${run}/tags/team`, 'growth');
    put(`0/${run}/artifacts/model/MLmodel`, 'flavors: {}\n');
    put(`0/${run}/artifacts/model/model.pkl`, 'pickled');
    put(`0/${deleted}/meta.yaml`, `lifecycle_stage: deleted\nrun_id: ${deleted}\nstatus: 3\n`);
    put('1/meta.yaml', 'name: [unclosed\n');
    put('models/churn-model/meta.yaml', 'name: churn-model\ndescription: Who leaves\n');
    put('models/churn-model/version-1/meta.yaml', `current_stage: Production\nname: churn-model\nrun_id: ${run}\nsource: file:///old/mlruns/0/${run}/artifacts/model\nversion: 1\n`);
    put('models/churn-model/version-2/meta.yaml', 'current_stage: None\nname: churn-model\nrun_id: unknown\nsource: s3://elsewhere/model\nversion: 2\n');
    put('models/churn-model/aliases/champion', '1');
    put('models/evil/meta.yaml', 'name: evil\n');
    put('models/evil/version-1/meta.yaml', `current_stage: None\nname: evil\nrun_id: ${run}\nsource: file:///x/artifacts/../../../../../etc\nversion: 1\n`);
  });

  test('comes in as projects, runs with numbers, versions and a registry; what can’t be taken is named, and a second time is the same', async () => {
    const client = await open('mlflow');
    const input = { folder, registry: { name: 'Churn' } };
    const dry = (await client.execute('imports.mlruns', { ...input, dryRun: true })).output;
    expect(dry.dryRun).toBe(true);
    expect((await client.query('catalog.status', {})).counts).toMatchObject({ runs: 0, versions: 0, registries: 2 });
    const report = (await client.execute('imports.mlruns', input)).output;
    const taken = await client.query('runs.get', { entity: (await client.query('catalog.status', {})).team.name, project: 'Churn - 2024', runId: run });
    expect(taken).toMatchObject({ displayName: 'wise-owl', state: 'finished', config: { lr: 0.01, 'layers/depth': 3 }, summary: { loss: 0.25, 'val/acc': 0.8 }, program: 'train.py', historyLines: 3 });
    expect(taken.notes).toContain('2023-11-14T22:13:20.000Z');
    const collection = await client.query('collections.get', { registry: 'Churn', name: 'churn-model' });
    expect(collection.description).toBe('Who leaves');
    const [link] = (await client.query('links.list', { collectionId: collection.id })).items;
    expect(link).toMatchObject({ index: 1, version: { artifact: 'churn-model', fileCount: 2 } });
    expect(link!.aliases.map((alias) => alias.name).sort()).toEqual(['champion', 'latest', 'production']);
    expect(report.items.filter((item) => item.outcome === 'skipped').map((item) => item.source).sort()).toEqual(['1', 'churn-model/2', `Churn - 2024/${deleted}`, 'evil/1'].sort());
    const again = (await client.execute('imports.mlruns', input)).output;
    expect(outcomes(again, 'run').filter((one) => one.startsWith('taken'))).toEqual([]);
    expect((await client.query('runs.get', { id: taken.id })).historyLines).toBe(3);
    expect(again.taken).toBe(0);
    // Looked at once more, it promises nothing that it would not do.
    const looked = (await client.execute('imports.mlruns', { ...input, dryRun: true })).output;
    expect(looked.items.filter((item) => item.outcome === 'taken')).toEqual([]);
    expect(looked).toMatchObject({ taken: 0, same: again.same, skipped: again.skipped, bytes: 0 });
  });

  test('is taken back as one act with its runs, and taken again; not once a run went on', async () => {
    const client = await open('mlflow-back');
    const input = { folder, registry: { name: 'Churn' } };
    const counts = async () => (await client.query('catalog.status', {})).counts;
    const before = await counts();
    const { output, undo } = await client.execute('imports.mlruns', input);
    const full = await counts();
    await client.execute('undo.apply', { id: undo!.id });
    // The project stays, with nothing in it.
    expect(await counts()).toEqual({ ...before, projects: full.projects });
    expect((await client.query('trash.list', {})).items.filter(({ object }) => object.kind === 'run')).not.toEqual([]);

    const again = await client.execute('imports.mlruns', input);
    expect(again.output).toMatchObject({ taken: output.taken, skipped: output.skipped });
    expect(await counts()).toEqual(full);
    const [one] = (await client.query('runs.list', { limit: 1 })).items;
    await client.execute('runs.update', { id: one!.id, notes: 'mine' });
    expect((await failure(client.execute('undo.apply', { id: again.undo!.id }))).code).toBe('undo_stale');
    expect(await counts()).toEqual(full);
    expect((await client.query('history.verify', {})).intact).toBe(true);
  });

  test('is refused where it is none, and leads nowhere else', async () => {
    const empty = path.join(root, 'empty');
    mkdirSync(empty, { recursive: true });
    expect((await failure(home.execute('imports.mlruns', { folder: empty, registry: { name: 'x' } }))).code).toBe('bad_input');
    expect((await failure(home.execute('imports.mlruns', { folder: path.join(root, 'nowhere'), registry: { name: 'x' } }))).code).toBe('not_found');
    const linked = path.join(root, 'linked');
    const id = 'b'.repeat(32);
    mkdirSync(path.join(linked, '0', id, 'artifacts'), { recursive: true });
    writeFileSync(path.join(linked, '0', 'meta.yaml'), 'name: out\n');
    writeFileSync(path.join(linked, '0', id, 'meta.yaml'), `run_id: ${id}\nstatus: 3\n`);
    symlinkSync('/etc', path.join(linked, '0', id, 'artifacts', 'etc'));
    const client = await open('linked-home');
    const report = (await client.execute('imports.mlruns', { folder: linked, registry: { name: 'x' } })).output;
    expect(report.items.find((item) => item.kind === 'version')).toMatchObject({ outcome: 'skipped' });
    expect((await client.query('catalog.status', {})).counts.versions).toBe(0);
  });
});

describe('GTO', () => {
  const facts = { commit: 'c', at: 1, by: 'ada', message: '' };
  test('tags are read as GTO writes them', () => {
    const read = (tag: string) => {
      const parsed = parseGtoTag(tag, facts);
      return parsed === null ? null : { name: parsed.name, act: parsed.act, ...('version' in parsed ? { version: parsed.version } : {}), ...('stage' in parsed ? { stage: parsed.stage, counter: parsed.counter } : {}) };
    };
    expect(read('churn@v1.0.0')).toEqual({ name: 'churn', act: 'register', version: 'v1.0.0' });
    expect(read('churn@v1.0.0-rc.1')).toEqual({ name: 'churn', act: 'register', version: 'v1.0.0-rc.1' });
    expect(read('churn@v1.0.0!')).toEqual({ name: 'churn', act: 'deregister', version: 'v1.0.0' });
    expect(read('sub/dir=churn@v1.0.0')).toEqual({ name: 'sub/dir=churn', act: 'register', version: 'v1.0.0' });
    expect(read('churn#prod')).toEqual({ name: 'churn', act: 'assign', stage: 'prod', counter: null });
    expect(read('churn#prod#3')).toEqual({ name: 'churn', act: 'assign', stage: 'prod', counter: 3 });
    expect(read('churn#prod!#4')).toEqual({ name: 'churn', act: 'unassign', stage: 'prod', counter: 4 });
    expect(read('churn@deprecated#2')).toEqual({ name: 'churn', act: 'deprecate' });
    expect(read('v1.0.0')).toBeNull();
    expect(read('churn@1.0.0')).toBeNull();
    expect(read('--upload-pack=x@v1.0.0')).toBeNull();
  });

  test('what stands is what the last tag of each kind says', () => {
    const tags = ['churn@v1.0.0 a 1', 'churn@v1.1.0 b 2', 'churn#prod#1 a 3', 'churn#prod#2 b 4', 'churn#dev#1 a 5', 'churn#dev!#2 a 6'].map((line) => {
      const [tag = '', commit = '', at = ''] = line.split(' ');
      return parseGtoTag(tag, { ...facts, commit, at: Number(at) })!;
    }) satisfies GtoTag[];
    const one = standOf(tags.toReversed()).get('churn')!;
    expect(one.versions.map((version) => version.version)).toEqual(['v1.0.0', 'v1.1.0']);
    expect([...one.stages]).toEqual([['prod', 'v1.1.0']]);
  });

  test('a repository comes in: versions with the files at their commits, stages as aliases', async () => {
    const repository = path.join(root, 'repository');
    mkdirSync(path.join(repository, 'models', 'deep'), { recursive: true });
    let clock = 1_700_000_000;
    const git = (...args: string[]): string => execFileSync('git', ['-C', repository, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false', '-c', 'tag.gpgsign=false', ...args], { encoding: 'utf8', env: { ...process.env, GIT_AUTHOR_DATE: `${clock++} +0000`, GIT_COMMITTER_DATE: `${clock++} +0000`, GIT_CONFIG_GLOBAL: '/dev/null' } });
    git('init', '-q');
    const put = (name: string, content: string): void => writeFileSync(path.join(repository, name), content);
    put('artifacts.yaml', 'churn:\n  path: models\n  type: model\n  description: Who leaves\n  labels: [tabular]\nremote:\n  path: s3.dvc\n  type: dataset\n');
    put('models/weights.bin', 'one');
    put('models/deep/more; touch pwned.txt', 'strange name');
    git('add', '.');
    git('commit', '-qm', 'first');
    git('tag', '-a', 'churn@v1.0.0', '-m', 'first release');
    git('tag', '-a', 'remote@v0.1.0', '-m', 'data');
    put('models/weights.bin', 'two');
    git('commit', '-qam', 'second');
    git('tag', '-a', 'churn@v1.1.0', '-m', 'second release');
    git('tag', '-a', 'churn#prod#1', 'HEAD~1', '-m', 'to production');
    git('tag', '-a', 'churn#prod#2', '-m', 'to production');
    git('tag', 'light');
    const client = await open('gto-home');
    const input = { repository, registry: { name: 'From git' }, project: { name: 'gto' } };
    expect((await client.execute('imports.gto', { ...input, dryRun: true })).output).toMatchObject({ dryRun: true });
    expect((await client.query('catalog.status', {})).counts.versions).toBe(0);
    const taken = await client.execute('imports.gto', input);
    const report = taken.output;
    expect(report.items.filter((item) => item.outcome === 'skipped').map((item) => item.source)).toEqual(['light']);
    const collection = await client.query('collections.get', { registry: 'From git', name: 'churn' });
    expect(collection).toMatchObject({ description: 'Who leaves', tags: ['tabular'], type: 'model' });
    const links = (await client.query('links.list', { collectionId: collection.id })).items;
    expect(links.map((link) => [link.index, link.aliases.map((alias) => alias.name), link.note, link.version.fileCount])).toEqual([[1, ['latest', 'prod', 'v1.1.0'], 'second release', 2], [0, ['v1.0.0'], 'first release', 2]]);
    const out = path.join(root, 'gto-out');
    await client.execute('versions.export', { id: links[1]!.version.id, folder: out });
    expect(readFileSync(path.join(out, 'weights.bin'), 'utf8')).toBe('one');
    const remote = await client.query('collections.get', { registry: 'From git', name: 'remote' });
    expect((await client.query('links.list', { collectionId: remote.id })).items[0]!.version).toMatchObject({ type: 'dataset', fileCount: 1 });
    expect((await client.execute('imports.gto', input)).output.taken).toBe(0);
    expect((await failure(client.execute('imports.gto', { ...input, repository: path.join(root, 'files') }))).code).toBe('bad_input');
    await client.execute('undo.apply', { id: taken.undo!.id });
    await expect(client.query('registries.get', { name: 'From git' })).rejects.toMatchObject({ code: 'not_found' });
    expect((await client.query('catalog.status', {})).counts).toMatchObject({ versions: 0, artifacts: 0, collections: 0 });
    expect((await client.execute('imports.gto', input)).output.taken).toBe(report.taken);
  });
});

describe('the legacy model registry', () => {
  test('a project of it becomes a registry with the same numbers; old addresses lead there', async () => {
    const client = await open('legacy');
    const first = await log(client, 'model-registry', 'Gemma', 'one', { tags: ['kept'] });
    const second = await log(client, 'model-registry', 'Gemma', 'two');
    await log(client, 'model-registry', 'Gemma', 'three', { aliases: ['production'] });
    await client.execute('artifacts.update', { id: first.artifactId, description: 'A card' });
    await client.execute('versions.delete', { ids: [second.versionId] });
    const project = (await client.query('projects.list', {})).items[0]!;
    const input = { source: { kind: 'project' as const, id: project.id }, registry: { name: 'Brought over' } };
    expect((await client.execute('imports.legacyRegistry', { ...input, dryRun: true })).output).toMatchObject({ dryRun: true, skipped: 0 });
    await expect(client.query('registries.get', { name: 'Brought over' })).rejects.toMatchObject({ code: 'not_found' });
    const report = (await client.execute('imports.legacyRegistry', input)).output;
    expect(report.skipped).toBe(0);
    const collection = await client.query('collections.get', { registry: 'Brought over', name: 'Gemma' });
    expect(collection.description).toBe('A card');
    expect((await client.query('links.list', { collectionId: collection.id })).items.map((link) => [link.index, link.aliases.map((alias) => alias.name)])).toEqual([[2, ['latest', 'production']], [0, []]]);
    const found = await client.query('addresses.resolve', { address: `${project.entity}/model-registry/Gemma:production` });
    expect(found).toMatchObject({ object: { kind: 'link', label: 'Brought over/Gemma:v2' } });
    const leadsTo = async (address: string) => (await client.query('addresses.resolve', { address, prefer: 'container' })).object;
    const old = `vitrine://project/${encodeURIComponent(project.entity)}/model-registry`;
    // The window's form of the same: an artifact of that project, and a version of it.
    expect(await leadsTo(`${old}/artifact/Gemma`)).toMatchObject({ kind: 'collection', label: 'Brought over/Gemma' });
    expect(await leadsTo(`${old}/artifact/Gemma/production`)).toMatchObject({ kind: 'link', label: 'Brought over/Gemma:v2' });
    // The project is still there, and is what its own address names; without it, the registry is.
    expect(await leadsTo(old)).toMatchObject({ kind: 'project' });
    await client.execute('collections.update', { id: collection.id, name: 'Gemma 2' });
    await client.execute('registries.update', { id: collection.registryId, name: 'Brought' });
    for (const address of [`${project.entity}/model-registry/Gemma`, `${old}/artifact/Gemma`, 'wandb-registry-Brought over/Gemma', 'vitrine://registry/Brought%20over/Gemma']) expect(await leadsTo(address), address).toMatchObject({ kind: 'collection', label: 'Brought/Gemma 2' });
    await client.execute('collections.update', { id: collection.id, name: 'Gemma' });
    await client.execute('registries.update', { id: collection.registryId, name: 'Brought over' });
    expect((await client.execute('imports.legacyRegistry', input)).output.items.filter((item) => item.outcome === 'taken').map((item) => item.kind)).toEqual(['address']);
  });

  test('automations come along switched off, with the names of the secrets that they want; what has no like here is named; nothing in a dry run', async () => {
    const client = await open('legacy-automations');
    const version = await log(client, 'vision', 'resnet', 'bytes');
    const entity = (await client.query('catalog.status', {})).team.name;
    await client.execute('secrets.set', { name: 'SLACK_ML_ALERTS', value: 'https://hooks.example.org/x' });
    // As W&B's API answers: the filter is JSON in JSON, the payload JSON as text.
    const onAlias = (filter: unknown) => ({ eventType: 'ADD_ARTIFACT_ALIAS', filter: JSON.stringify({ filter: JSON.stringify(filter) }) });
    const webhook = { __typename: 'GenericWebhookTriggeredAction', integration: { __typename: 'GenericWebhookIntegration', name: 'ci', urlEndpoint: 'https://ci.example.org/hook', accessTokenRef: 'CI_TOKEN', secretRef: 'CI_HMAC' }, requestPayload: JSON.stringify({ who: '${event_author}', token: '${ACCESS_TOKEN}', key: '${DEPLOY_KEY}', accuracy: '${artifact_metadata.accuracy}' }) };
    const slack = { __typename: 'NotificationTriggeredAction', integration: { __typename: 'SlackIntegration', teamName: 'Vision', channelName: '#ml-alerts' }, title: 'Linked', message: '${artifact_collection_name}', severity: 'WARN' };
    const at = file('legacy-automations.json', JSON.stringify({
      format: 'wandb-legacy-registry', version: 1, entity,
      automations: [{ name: 'Tell everybody', description: null, enabled: true, triggeringCondition: { eventType: 'LINK_MODEL', filter: '{}' }, triggeredAction: slack }],
      collections: [{
        name: 'ResNet', versions: [{ index: 4, source: `${entity}/vision/resnet:v${version.index}`, aliases: ['production'] }],
        automations: [
          { name: 'Deploy', description: 'To the cluster', enabled: true, triggeringCondition: onAlias({ $or: [{ $and: [{ alias: { $regex: 'prod.*' } }] }] }), triggeredAction: webhook },
          { name: 'Launch', enabled: true, triggeringCondition: onAlias({ alias: 'x' }), triggeredAction: { __typename: 'QueueJobTriggeredAction' } },
          { name: 'Watch', enabled: true, triggeringCondition: { eventType: 'ADD_ARTIFACT_TAG', filter: '{}' }, triggeredAction: slack },
          { name: 'Odd', enabled: true, triggeringCondition: onAlias({ created_at: { $gt: 1 } }), triggeredAction: slack },
          { name: 'Broken', enabled: true, triggeringCondition: onAlias({ alias: { $regex: '(' } }), triggeredAction: slack },
          { name: 'Nowhere', enabled: true, triggeringCondition: onAlias({}), triggeredAction: { ...webhook, integration: { ...webhook.integration, urlEndpoint: 'ftp://x' } } },
        ],
      }],
    }));
    const input = { source: { kind: 'file' as const, path: at }, registry: { name: 'Old' } };
    const automationsOf = (report: ImportReport) => report.items.filter((item) => item.kind === 'automation').map(({ source, outcome, target, why }) => ({ source, outcome, target, why }));
    const dry = (await client.execute('imports.legacyRegistry', { ...input, dryRun: true })).output;
    expect((await client.query('automations.list', {})).total).toBe(0);
    const { output } = await client.execute('imports.legacyRegistry', input);
    expect(automationsOf(output)).toEqual(automationsOf(dry));
    const off = 'It is switched off. Its secrets are to be set again: CI_TOKEN, CI_HMAC, DEPLOY_KEY.';
    expect(automationsOf(output).filter((item) => item.outcome === 'taken')).toEqual([
      { source: 'model-registry/ResNet: Deploy', outcome: 'taken', target: 'Deploy', why: off }, { source: 'model-registry/ResNet: Deploy (moved)', outcome: 'taken', target: 'Deploy (moved)', why: off },
      { source: 'model-registry: Tell everybody', outcome: 'taken', target: 'Tell everybody', why: 'It is switched off. SLACK_ML_ALERTS takes the address of a Slack webhook.' },
    ]);
    expect(automationsOf(output).filter((item) => item.outcome === 'skipped').map(({ source, why }) => [source.replace('model-registry/ResNet: ', ''), why])).toEqual([
      ['Launch', 'Vitrine has no action like W&B’s “queue a launch job”.'], ['Watch', 'Vitrine’s registries have no event like W&B’s ADD_ARTIFACT_TAG.'], ['Odd', 'Its filter asks for more than aliases and tags: make it anew under Automations.'],
      ['Broken', expect.stringContaining('missing closing )') as string], ['Broken (moved)', expect.stringContaining('missing closing )') as string],
      ['Nowhere', expect.stringContaining('actions.0.url') as string], ['Nowhere (moved)', expect.stringContaining('actions.0.url') as string],
    ]);
    const collection = await client.query('collections.get', { registry: 'Old', name: 'ResNet' });
    const registry = await client.query('registries.get', { name: 'Old' });
    const made = (await client.query('automations.list', {})).items.map((automation) => automation.definition);
    expect(made).toMatchObject([
      { name: 'Deploy', description: 'To the cluster', enabled: false, event: 'alias.added', scope: { kind: 'collection', id: collection.id }, filter: { aliases: [{ kind: 'regex', text: 'prod.*' }] }, actions: [{ kind: 'webhook', url: 'https://ci.example.org/hook', bearerSecret: 'CI_TOKEN', signatureSecret: 'CI_HMAC' }] },
      { name: 'Deploy (moved)', enabled: false, event: 'alias.moved' },
      { name: 'Tell everybody', enabled: false, event: 'version.linked', scope: { kind: 'registry', id: registry.id }, actions: [{ kind: 'slack', url: null, urlSecret: 'SLACK_ML_ALERTS', text: 'Linked\n${artifact_collection_name}', severity: 'warning' }] },
    ]);
    expect(made[0]?.actions[0]).toMatchObject({ template: JSON.stringify({ who: '${event_author}', token: '${secret.CI_TOKEN}', key: '${secret.DEPLOY_KEY}', accuracy: '${artifact_metadata.accuracy}' }) });
    // Again: they are here. Into another registry: their names are taken, so they say where they listen.
    expect(automationsOf((await client.execute('imports.legacyRegistry', input)).output).filter((item) => item.outcome !== 'skipped').map((item) => item.outcome)).toEqual(['same', 'same', 'same']);
    const other = (await client.execute('imports.legacyRegistry', { ...input, registry: { name: 'Other' } })).output;
    expect(automationsOf(other).filter((item) => item.outcome === 'taken').map((item) => item.target)).toEqual(['Deploy (Other/ResNet)', 'Deploy (moved) (Other/ResNet)', 'Tell everybody (Other)']);
  });

  test('automations that were made here for the project go along to the registry', async () => {
    const client = await open('legacy-project-automations');
    await log(client, 'model-registry', 'Gemma', 'one');
    const project = (await client.query('projects.list', {})).items[0]!;
    const notify = { kind: 'notification' as const, title: 'New' };
    await client.execute('automations.create', { definition: { name: 'New one', event: 'version.created', scope: { kind: 'project', id: project.id }, actions: [notify] } });
    await client.execute('automations.create', { definition: { name: 'Run over', event: 'run.finished', scope: { kind: 'project', id: project.id }, actions: [notify] } });
    const report = (await client.execute('imports.legacyRegistry', { source: { kind: 'project', id: project.id }, registry: { name: 'Brought over' } })).output;
    expect(outcomes(report, 'automation')).toEqual(['skipped Run over', 'taken New one']);
    const registry = await client.query('registries.get', { name: 'Brought over' });
    expect((await client.query('automations.list', {})).items.map(({ definition }) => [definition.name, definition.event, definition.enabled, definition.scope])).toEqual([
      ['New one', 'version.created', true, { kind: 'project', id: project.id }], ['New one (Brought over)', 'version.linked', false, { kind: 'registry', id: registry.id }], ['Run over', 'run.finished', true, { kind: 'project', id: project.id }],
    ]);
  });

  test('who could do what in the old registry can do it here, and its protected aliases are protected', async () => {
    const client = await open('legacy-rights');
    const { core } = opened.at(-1)!;
    const versions = [await log(client, 'vision', 'resnet', 'one'), await log(client, 'vision', 'resnet', 'two')];
    const people = new Map<string, number>();
    for (const username of ['anna', 'mona', 'vera', 'otto']) people.set(username, (await client.execute('users.create', { username, kind: 'person', role: 'member' })).output.id);
    const team = (await client.execute('teams.create', { name: 'seers' })).output;
    await client.execute('teams.setMember', { teamId: team.id, userId: people.get('mona') as never, role: 'member' });
    const source = (await client.query('catalog.status', {})).team.name;
    const at = file('legacy-rights.json', JSON.stringify({
      format: 'wandb-legacy-registry', version: 1, entity: 'seers', protectedAliases: ['production'], members: [{ username: 'anna', role: 'admin' }, { username: 'vera', role: 'viewer' }],
      collections: [{ name: 'ResNet', versions: versions.map((version, index) => ({ index, source: `${source}/vision/resnet:v${version.index}`, aliases: index === 0 ? ['production', 'staging'] : [] })) }],
    }));
    await client.execute('imports.legacyRegistry', { source: { kind: 'file', path: at }, registry: { name: 'Old' } });
    const collection = await client.query('collections.get', { registry: 'Old', name: 'ResNet' });
    const link = (await client.query('links.list', { collectionId: collection.id })).items.find((one) => one.index === 1)!;
    const as = (username: string) => ({ entrance: 'window' as const, message: 'why', actorId: people.get(username) as never });
    const moved = async (username: string, name: string): Promise<string> => (await failure(core.run('aliases.set', { target: { kind: 'link', id: link.id }, aliases: [name] }, as(username)))).code;
    // Vera by name, Mona as one of the team; Otto, who was in none of it, does not even see it.
    expect([await moved('vera', 'staging'), await moved('otto', 'staging'), await moved('mona', 'staging')]).toEqual(['permission_denied', 'not_found', 'none']);
    expect([await moved('mona', 'production'), await moved('anna', 'production')]).toEqual(['alias_protected', 'none']);
    const sees = async (username: string): Promise<boolean> => ((await core.run('registries.list', {}, as(username))).output as OutputOf<'registries.list'>).items.some((registry) => registry.name === 'Old');
    expect([await sees('vera'), await sees('mona'), await sees('otto')]).toEqual([true, true, false]);
  });

  test('is taken back whole: registry, links, members, protected aliases, automations; versions that stood before stay', async () => {
    const client = await open('legacy-back');
    const version = await log(client, 'vision', 'resnet', 'bytes');
    const { team } = await client.query('catalog.status', {});
    await client.execute('users.create', { username: 'vera', kind: 'person', role: 'member' });
    const counts = async () => (await client.query('catalog.status', {})).counts;
    const before = await counts();
    const trigger = { name: 'Tell', description: null, enabled: true, triggeringCondition: { eventType: 'LINK_MODEL', filter: '{}' }, triggeredAction: { __typename: 'NotificationTriggeredAction', integration: { __typename: 'SlackIntegration', teamName: 'Vision', channelName: '#ml' }, title: 'Linked', message: 'x', severity: 'WARN' } };
    const at = file('legacy-back.json', JSON.stringify({
      format: 'wandb-legacy-registry', version: 1, entity: team.name, protectedAliases: ['production'], members: [{ username: 'vera', role: 'viewer' }], automations: [trigger],
      collections: [{ name: 'ResNet', versions: [{ index: 3, source: `${team.name}/vision/resnet:v0`, aliases: ['production'] }] }],
    }));
    const { output, undo } = await client.execute('imports.legacyRegistry', { source: { kind: 'file', path: at }, registry: { name: 'Old' } });
    expect(outcomes(output, 'automation')).toEqual(['taken model-registry: Tell']);
    await client.execute('undo.apply', { id: undo!.id });
    await expect(client.query('registries.get', { name: 'Old' })).rejects.toMatchObject({ code: 'not_found' });
    expect((await client.query('automations.list', {})).total).toBe(0);
    expect(await counts()).toEqual(before);
    expect(await client.query('versions.get', { id: version.versionId })).toMatchObject({ state: 'committed', linkCount: 0 });
    // Its old address leads nowhere then, instead of to what is in the trash.
    expect(await client.query('addresses.resolve', { address: `${team.name}/model-registry/ResNet:production` }).catch((thrown: { code: string }) => thrown.code)).toBe('not_found');
  });

  test('without a project of its name, the address of the whole is that of the registry', async () => {
    const client = await open('legacy-whole');
    const version = await log(client, 'lab', 'gemma', 'one');
    const { team } = await client.query('catalog.status', {});
    const file = path.join(root, 'legacy-whole.json');
    writeFileSync(file, JSON.stringify({ format: 'wandb-legacy-registry', version: 1, entity: team.name, collections: [{ name: 'Old', versions: [{ index: 0, source: `${team.name}/lab/gemma:v0`, aliases: ['latest'] }] }] }));
    expect(version.versionId).toBeGreaterThan(0);
    await client.execute('imports.legacyRegistry', { source: { kind: 'file', path: file }, registry: { name: 'Here now' } });
    for (const address of [`${team.name}/model-registry`, `vitrine://project/${encodeURIComponent(team.name)}/model-registry`]) expect((await client.query('addresses.resolve', { address, prefer: 'container' })).object, address).toMatchObject({ kind: 'registry', label: 'Here now' });
    await expect(client.query('addresses.resolve', { address: 'vitrine://project/nobody/model-registry' })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('an export file brings members and protected aliases; what is missing here is named', async () => {
    const client = await open('legacy-file');
    const version = await log(client, 'vision', 'resnet', 'bytes');
    await client.execute('users.create', { username: 'boris', kind: 'person', role: 'member' });
    const entity = (await client.query('catalog.status', {})).team.name;
    const at = file('legacy.json', JSON.stringify({
      format: 'wandb-legacy-registry', version: 1, entity, protectedAliases: ['production'], members: [{ username: 'boris', role: 'admin' }, { username: 'nobody', role: 'member' }],
      collections: [{ name: 'ResNet', description: 'Old card', tags: ['old'], automations: 2, versions: [{ index: 4, source: `${entity}/vision/resnet:v${version.index}`, aliases: ['production', 'latest'] }, { index: 5, source: `${entity}/vision/gone:v1` }] }],
    }));
    const report: OutputOf<'imports.legacyRegistry'> = (await client.execute('imports.legacyRegistry', { source: { kind: 'file', path: at }, registry: { name: 'Old' } })).output;
    expect(report.items.filter((item) => item.outcome === 'skipped').map((item) => `${item.kind} ${item.source}`).sort()).toEqual(['automation model-registry/ResNet', `link ${entity}/vision/gone:v1`, 'member nobody']);
    const registry = await client.query('registries.get', { name: 'Old' });
    expect(registry.protectedAliases).toEqual(['production']);
    expect((await client.query('registries.members', { registryId: registry.id })).items.some((member) => member.holder.kind === 'user' && member.holder.user.username === 'boris' && member.role === 'admin')).toBe(true);
    expect(await client.query('addresses.resolve', { address: `${entity}/model-registry/ResNet:v4` })).toMatchObject({ object: { label: 'Old/ResNet:v4' } });
    expect((await failure(client.execute('imports.legacyRegistry', { source: { kind: 'file', path: file('no.json', '{"format": "else"}') }, registry: { name: 'Old' } }))).code).toBe('bad_input');
  });
});
