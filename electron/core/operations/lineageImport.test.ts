/** A large import through core: in pieces, so that others get their turn; cut off, and done again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient, type CoreClient } from '#shared/contract/index.ts';
import { openCore, type Core } from '../host/core.ts';
import { createTransportPair } from '../host/pair.ts';

let directory: string;
let core: Core;
let client: CoreClient;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'vitrine-import-'));
  core = await openCore({ dataDirectory: directory, applicationVersion: '0.0.0-test', listen: false, checkOutput: true, log: () => undefined });
  const [ours, theirs] = createTransportPair();
  core.connect(theirs, 'window');
  client = createClient(ours);
});
afterAll(async () => {
  client.close();
  await core.close();
  await rm(directory, { recursive: true, force: true });
});

/** Each run uses what the one before it wrote. */
const events = (count: number, namespace: string): string =>
  Array.from({ length: count }, (_, at) => JSON.stringify({
    eventType: 'COMPLETE', eventTime: new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString(), producer: 'https://example.org/etl', run: { runId: `7b0e4b5e-6a2c-4d5f-9e3a-${String(at).padStart(12, '0')}` }, job: { namespace, name: `step-${at % 50}` },
    inputs: at === 0 ? [] : [{ namespace: `s3://${namespace}`, name: `table-${(at - 1) % 40}` }], outputs: [{ namespace: `s3://${namespace}`, name: `table-${at % 40}` }],
  })).join('\n');

describe('a large import', { timeout: 120_000 }, () => {
  test('lets other writes pass between its pieces, and is told once in the history', async () => {
    const count = 1_500;
    let over = false;
    const importing = client.execute('lineage.import', { text: events(count, 'lake') }).finally(() => (over = true));
    const waits: number[] = [];
    for (let at = 0; !over; at++) {
      const begun = performance.now();
      await client.execute('runs.create', { project: { name: 'beside' }, displayName: `beside-${at}` });
      waits.push(performance.now() - begun);
    }
    const { output } = await importing;
    expect(output).toEqual({ events: count, skipped: 0, runsCreated: count, runsUpdated: 0, versionsCreated: count, edgesCreated: count + count - 1, unchanged: false });
    // Were it one transaction, the second of them would have waited for all of it.
    expect(waits.length).toBeGreaterThan(5);
    const history = await client.query('history.list', { kinds: ['lineage.imported'], limit: 50 });
    expect(history.items.map((event) => event.kind)).toEqual(['lineage.imported']);
    expect(await client.execute('lineage.import', { text: events(count, 'lake') })).toMatchObject({ output: { unchanged: true } });
  });

  test('that is cancelled leaves whole events, and goes on where it ended', async () => {
    const text = events(1_200, 'cut');
    const abort = new AbortController();
    const cut = client.execute('lineage.import', { text }, { signal: abort.signal, onProgress: ({ done }) => done >= 100 && abort.abort() });
    await expect(cut).rejects.toMatchObject({ code: 'cancelled' });
    const { output } = await client.execute('lineage.import', { text });
    expect(output.runsCreated).toBeGreaterThan(0);
    expect(output.runsCreated).toBeLessThan(1_200);
    expect(await client.execute('lineage.import', { text })).toMatchObject({ output: { unchanged: true } });
  });

  test('that is wrong anywhere imports nothing', async () => {
    const text = `${events(500, 'wrong')}\n{"eventType":"COMPLETE"}`;
    await expect(client.execute('lineage.import', { text })).rejects.toMatchObject({ code: 'bad_input', details: { event: 501 } });
    expect((await client.query('projects.list', { limit: 100 })).items.some((project) => project.name === 'wrong')).toBe(false);
  });

  test('of one event about thousands of datasets is taken as one run', async () => {
    const datasets = (side: string) => Array.from({ length: 150 }, (_, at) => ({ namespace: 's3://wide', name: `${side}-${at}` }));
    const text = JSON.stringify({ eventType: 'COMPLETE', eventTime: '2026-02-01T00:00:00Z', producer: 'https://example.org/etl', run: { runId: '7b0e4b5e-6a2c-4d5f-9e3a-999999999999' }, job: { namespace: 'wide', name: 'all' }, inputs: datasets('in'), outputs: datasets('out') });
    expect(await client.execute('lineage.import', { text })).toMatchObject({ output: { events: 1, runsCreated: 1, versionsCreated: 300, edgesCreated: 300 } });
    expect(await client.execute('lineage.import', { text })).toMatchObject({ output: { unchanged: true } });
  });

  test('is taken back as one act, and taken again; not once something was built on it', async () => {
    const counts = async () => (await client.query('catalog.status', {})).counts;
    for (const [count, namespace] of [[200, 'back'], [3, 'few']] as const) {
      const text = events(count, namespace);
      const before = await counts();
      const { output, undo } = await client.execute('lineage.import', { text });
      expect(undo?.label).toBe('Import of OpenLineage events');
      const full = await counts();
      await client.execute('undo.apply', { id: undo!.id });
      expect(await counts()).toEqual({ ...before, projects: full.projects });

      const again = await client.execute('lineage.import', { text });
      expect(again.output).toEqual(output);
      const lake = (await client.query('projects.list', { limit: 100 })).items.find((project) => project.name.startsWith('s3-') && project.name.includes(namespace))!;
      const [artifact] = (await client.query('artifacts.list', { projectId: lake.id, limit: 1 })).items;
      const [version] = (await client.query('versions.list', { artifactId: artifact!.id, limit: 1 })).items;
      await client.execute('versions.update', { id: version!.id, description: 'mine' });
      await expect(client.execute('undo.apply', { id: again.undo!.id })).rejects.toMatchObject({ code: 'undo_stale' });
      expect(await counts()).toEqual(full);
    }
  });

  test('takes back what it added to a run that was there: its state and what it used, and no more', async () => {
    const told = (more: object) => JSON.stringify({ eventTime: '2026-03-01T00:00:00Z', producer: 'https://example.org/etl', run: { runId: '7b0e4b5e-6a2c-4d5f-9e3a-777777777777' }, job: { namespace: 'there', name: 'job' }, ...more });
    await client.execute('lineage.import', { text: told({ eventType: 'START', outputs: [{ namespace: 's3://there', name: 'own' }] }) });
    const entity = (await client.query('catalog.status', {})).team.name;
    const run = () => client.query('runs.get', { entity, project: 'there', runId: '7b0e4b5e-6a2c-4d5f-9e3a-777777777777' });
    const before = await run();
    const { undo } = await client.execute('lineage.import', { text: told({ eventType: 'COMPLETE', eventTime: '2026-03-01T01:00:00Z', inputs: [{ namespace: 's3://there', name: 'new' }] }) });
    expect(await run()).toMatchObject({ state: 'finished', inputCount: 1, outputCount: 1 });
    await client.execute('undo.apply', { id: undo!.id });
    expect(await run()).toEqual(before);
    // That the edge went is told, to both ends.
    const heard = (await client.query('history.list', { object: { kind: 'run', id: before.id } })).items;
    const unlinked = heard.filter((event) => event.kind === 'lineage.unlinked');
    expect(unlinked).toMatchObject([{ after: null, message: 'Undo: Import of OpenLineage events' }]);
    expect(JSON.stringify(unlinked)).toContain('new:v0');
  });
});
