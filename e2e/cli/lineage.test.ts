/** `vitrine lineage …` through real processes: every form, every question, and what they end with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, vitrine, vitrineJson, writeFiles, type Ran } from './commandLine.ts';

const work = temporaryFolder('lineage');
const data = join(work.path, 'catalog');
const run = (...args: readonly string[]): Promise<Ran> => vitrine(args, { data });
const code = async (...args: readonly string[]): Promise<number | null> => (await run(...args)).code;
const uuid = (last: number): string => `7b0e4b5e-6a2c-4d5f-9e3a-${String(last).padStart(12, '0')}`;
const version = (name: string, datasetVersion: string): object => ({ namespace: 'lake', name, facets: { version: { _producer: 'https://example.org/p', _schemaURL: 'https://example.org/s', datasetVersion } } });
const event = (last: number, inputs: readonly object[], outputs: readonly object[]): object => ({
  eventType: 'COMPLETE', eventTime: `2026-05-0${last}T12:00:00Z`, producer: 'https://example.org/airflow', run: { runId: uuid(last) }, job: { namespace: 'lake', name: `job${last}` }, inputs, outputs,
});

let imported = '';

beforeAll(async () => {
  writeFiles(work.path, {
    'events.ndjson': [event(1, [version('raw', '1')], [version('clean', '1')]), event(2, [version('clean', '1')], [version('model', '1')]), event(3, [version('clean', '1')], [version('report', '1')])].map((one) => JSON.stringify(one)).join('\n'),
    'broken.json': JSON.stringify([event(4, [], []), { ...event(5, [], []), eventTime: 'now' }]),
    'more/model.bin': 'weights',
  });
  imported = (await run('lineage', 'import', join(work.path, 'events.ndjson'), '-m', 'moved')).stdout;
}, 240_000);
afterAll(work.remove);

describe('lineage', { timeout: 120_000 }, () => {
  test('an import says what it made', () => {
    expect(imported).toBe('3 events: 3 runs made, 0 ended, 4 versions, 6 edges.\n');
  });

  test('is a tree unless another form is asked for', async () => {
    const { stdout } = await run('lineage', 'lake/model:v0', '--up', '4', '--down', '0');
    expect(stdout.split('\n').map((line) => line.replace(/^( *)[^/]+\//, '$1'))).toEqual([
      'lake/model:v0, dataset, latest', '  came from:', `    lake/${uuid(2)}, run “job2”, finished`, '      lake/clean:v0, dataset, latest', `        lake/${uuid(1)}, run “job1”, finished`,
      '          lake/raw:v0, dataset, latest', '',
    ]);
    expect((await run('lineage', 'show', 'lake/model:v0', '--tree', '--up', '1', '--down', '0')).stdout).toContain('… 1 more');
    expect((await run('lineage', 'lake/model:v0', '--dot')).stdout).toMatch(/^digraph lineage \{[\s\S]*->[\s\S]*\}\n$/);
    const csv = (await run('lineage', 'lake/model:v0', '--csv')).stdout.trimEnd().split('\r\n');
    expect(csv).toHaveLength(1 + 4);
    const events = JSON.parse((await run('lineage', 'lake/model:v0', '--openlineage')).stdout) as readonly { run: { runId: string } }[];
    expect(events.map((one) => one.run.runId)).toEqual([uuid(1), uuid(2)]);
    type Answer = { readonly nodes: readonly { readonly kind: string; readonly between?: true }[]; readonly truncated: boolean };
    const all = await vitrineJson<Answer>(['lineage', 'lake/model:v0', '--up', '9', '--down', '9'], { data });
    expect([all.nodes.length, all.truncated]).toEqual([5, false]);
    expect((await run('lineage', 'lake/model:v0', '--limit', '2')).stderr).toContain('Cut off at 2 nodes');
    expect((await vitrineJson<Answer>(['lineage', `lake/${uuid(2)}`, '--up', '1', '--down', '1'], { data })).nodes).toHaveLength(3);
    expect(await code('lineage', 'lake/model:v0', '--dot', '--csv')).toBe(2);
    expect(await code('lineage', 'lake/nothing')).toBe(3);
    expect(await code('lineage', 'lake/model:v0', '--up', 'many')).toBe(2);
    expect(await code('lineage', 'lake/model:v0', '--from', 'someday')).toBe(2);
    expect((await vitrineJson<Answer>(['lineage', 'lake/report:v0', '--up', '9', '--type', 'model'], { data })).nodes).toHaveLength(1);
  });

  test('path, common and diff answer, and say by their code when there is nothing', async () => {
    const path = await run('lineage', 'path', 'lake/raw:v0', 'lake/report:v0');
    expect([path.code, path.stdout.split(' → ').length]).toEqual([0, 5]);
    expect((await run('lineage', 'path', 'lake/report:v0', 'lake/raw:v0')).stdout).toContain(' ← ');
    const none = await run('lineage', 'path', 'lake/model:v0', 'lake/report:v0');
    expect([none.code, none.stdout]).toEqual([3, 'Neither came of the other.\n']);
    const common = await vitrineJson<{ total: number; ancestors: readonly { nearest: boolean }[] }>(['lineage', 'common', 'lake/model:v0', 'lake/report:v0'], { data });
    expect([common.total, common.ancestors[0]!.nearest]).toEqual([3, true]);
    const diff = await run('lineage', 'diff', 'lake/model:v0', 'lake/report:v0');
    expect(diff.stdout).toMatch(/only first +version +\S+lake\/model/);
    expect(diff.stdout).not.toContain('clean');
    expect((await run('lineage', 'diff', 'lake/model:v0', 'lake/report:v0', '--all')).stdout).toContain('clean');
  });

  test('edges by hand need a reason, and go away again; stale and impact follow', async () => {
    expect(await code('log', join(work.path, 'more'), '-n', 'onnx', '-p', 'lake')).toBe(0);
    expect(await code('lineage', 'common', 'lake/onnx:v0', 'lake/report:v0')).toBe(3);
    expect(await code('lineage', 'link', 'lake/model:v0', 'lake/onnx:v0')).toBe(2);
    expect((await run('lineage', 'link', 'lake/model:v0', 'lake/onnx:v0', '--reason', 'converted on my laptop')).stdout).toBe('Drawn.\n');
    expect(await code('lineage', 'link', 'lake/onnx:v0', 'lake/raw:v0', '--reason', 'no')).toBe(5);
    expect(await code('alias', 'set', 'lake/onnx:v0', 'production')).toBe(0);
    const impact = await run('lineage', 'impact', 'lake/raw:v0');
    expect(impact.stdout).toContain('4 versions and 3 runs, up to 5 steps away.');
    expect(impact.stdout).toMatch(/production +\S+lake\/onnx:v0/);
    expect((await run('lineage', 'stale', 'lake/onnx:v0')).stdout).toBe('In date: 1 looked at.\n');
    writeFiles(work.path, { 'later.json': JSON.stringify(event(6, [], [version('raw', '2')])) });
    expect(await code('lineage', 'import', join(work.path, 'later.json'))).toBe(0);
    const stale = await run('lineage', 'stale', 'lake/onnx:v0');
    expect(stale.code).toBe(5);
    expect(stale.stdout).toMatch(/lake\/raw:v0 \(5 steps up, through \S+\) is no longer latest in \S+lake\/raw; there stands \S+lake\/raw:v1 now/);
    expect((await run('lineage', 'unlink', 'lake/model:v0', 'lake/onnx:v0', '-m', 'it was another model')).stdout).toBe('Taken away.\n');
    expect(await code('lineage', 'unlink', 'lake/model:v0', 'lake/onnx:v0')).toBe(3);
    expect((await vitrineJson<readonly { kind: string; message: string }[]>(['history', '--limit', '1'], { data }))[0]).toMatchObject({ kind: 'lineage.unlinked', message: 'it was another model' });
  });

  test('a bad file is refused as a whole, with the event and the spot', async () => {
    const broken = await run('lineage', 'import', join(work.path, 'broken.json'), '--json');
    expect(broken.code).toBe(2);
    expect(JSON.parse(broken.stderr)).toMatchObject({ error: { code: 'bad_input', details: { event: 2, at: 'eventTime' } } });
    expect(await code('show', `lake/${uuid(4)}`)).toBe(3);
    expect(await code('lineage', 'import', join(work.path, 'nowhere.json'))).toBe(6);
    expect((await run('lineage', 'import', join(work.path, 'events.ndjson'))).stdout).toBe('3 events, nothing new.\n');
    expect(readFileSync(join(work.path, 'events.ndjson'), 'utf8').length).toBeGreaterThan(0);
  });

  test('help names every question', async () => {
    const { stdout } = await run('lineage', '--help');
    for (const name of ['show', 'path', 'impact', 'stale', 'diff', 'common', 'link', 'unlink', 'import']) expect(stdout).toMatch(new RegExp(`^ +${name}\\b`, 'm'));
  });
});
