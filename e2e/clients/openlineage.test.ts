/** What Vitrine exports, read by OpenLineage's own client, whose classes are made from the published schema. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LineageNodeId, RunId, RunState, VersionId } from '#shared/contract/index.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
}, 240_000);
afterAll(async () => bench.close());

/** Named by `build/test.mjs`, as those of the wandb clients. */
const python = process.env['VITRINE_PYTHON_OPENLINEAGE'] ?? 'python3';

const read = (text: string): { readonly status: number | null; readonly told: Record<string, unknown>; readonly words: string } => {
  const { status, stdout, stderr } = spawnSync(python, [join(import.meta.dirname, 'programs', 'lineageEvents.py')], { input: text, encoding: 'utf8', timeout: 180_000 });
  return { status, told: JSON.parse(stdout === '' ? '{}' : stdout) as Record<string, unknown>, words: stderr };
};

test('every kind of event is taken', { timeout: 120_000 }, async () => {
  const project = { name: 'exchange' };
  const nodes: LineageNodeId[] = [];
  const run = async (runId: string, use: VersionId, state: RunState | null): Promise<RunId> => {
    const { id } = await bench.ask('runs.create', { project, runId, displayName: `run ${runId}`, jobType: 'träin' });
    await bench.ask('runs.use', { id, versionIds: [use] });
    if (state !== null) await bench.ask('runs.update', { id, state });
    return id;
  };
  const dataset = (name: string) => ({ namespace: 's3://lake', name });
  await bench.ask('lineage.import', {
    text: JSON.stringify({ eventType: 'COMPLETE', eventTime: '2026-01-01T00:00:00Z', producer: 'https://example.org/p', run: { runId: '0176a8c2-fe01-7439-87e6-56a1a1b40aaa' }, job: { namespace: 'exchange', name: 'load' }, inputs: [dataset('raw')], outputs: [dataset('clean'), dataset('alone')] }),
    project,
  });
  const versions = (await bench.ask('artifacts.list', { limit: 50 })).items.flatMap((one) => (one.project === 'exchange' && one.latest !== null ? [one.latest.id] : []));
  const [first, second] = versions;
  if (first === undefined || second === undefined) throw new Error('The import made no versions.');
  for (const [runId, state] of [['going', null], ['done', 'finished'], ['broken', 'failed'], ['ended', 'killed']] as const) nodes.push({ kind: 'run', id: await run(runId, first, state) });
  await bench.ask('lineage.link', { from: { kind: 'version', id: first }, to: { kind: 'version', id: second }, reason: 'copied by hand' });
  nodes.push(...versions.map((id) => ({ kind: 'version' as const, id })));
  const exported = await bench.ask('lineage.export', { root: { kind: 'selection', nodes }, up: 0, down: 0, format: 'openlineage' });
  const whole = read(exported.text);
  expect(whole, whole.words).toMatchObject({ status: 0, told: { read: { RunEvent: 4, JobEvent: 1, DatasetEvent: 1 } } });
  // The reader can refuse: an event that breaks the schema is named.
  const broken = (JSON.parse(exported.text) as Record<string, unknown>[]).map((event) => ('run' in event ? { ...event, run: { runId: 'no uuid' } } : event));
  expect(read(JSON.stringify(broken))).toMatchObject({ status: 1, told: { problem: expect.stringContaining('ValueError') as unknown } });
});
