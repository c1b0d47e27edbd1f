/** OpenLineage events into a real catalog: runs, references, edges; once and again. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, codeOf, type World } from './testing/world.ts';
import { openLineageEvents } from '#shared/lineage/index.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const uuid = (last: number): string => `7b0e4b5e-6a2c-4d5f-9e3a-${String(last).padStart(12, '0')}`;
const event = (last: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  eventType: 'COMPLETE', eventTime: '2026-05-03T12:00:00Z', producer: 'https://example.org/airflow', run: { runId: uuid(last) }, job: { namespace: 'airflow', name: 'daily.load' }, inputs: [], outputs: [], ...more,
});
const dataset = (name: string, version?: string): Record<string, unknown> => ({ namespace: 's3://lake', name, ...(version === undefined ? {} : { facets: { version: { _producer: 'https://example.org/p', _schemaURL: 'https://example.org/s', datasetVersion: version } } }) });

describe('an import', () => {
  test('makes runs, references and edges; the same again changes nothing', async () => {
    const text = JSON.stringify([
      event(1, { eventType: 'START', eventTime: '2026-05-03T11:00:00Z', inputs: [dataset('raw/2026', '17')] }),
      event(1, { outputs: [dataset('clean table')] }),
      event(2, { eventTime: '2026-05-04T12:00:00Z', eventType: 'FAIL', inputs: [dataset('clean table')], outputs: [dataset('features')] }),
    ]);
    const first = await world.do('lineage.import', { text }, { message: 'moved from Marquez', entrance: 'cli' });
    expect(first).toEqual({ events: 3, skipped: 0, runsCreated: 2, runsUpdated: 1, versionsCreated: 3, edgesCreated: 4, unchanged: false });
    const before = world.catalog.status().rev;
    expect(await world.do('lineage.import', { text })).toMatchObject({ runsCreated: 0, runsUpdated: 0, versionsCreated: 0, edgesCreated: 0, unchanged: true });
    expect(world.catalog.status().rev).toBe(before);

    const run = await world.ask('runs.get', { entity: 'lab', project: 'airflow', runId: uuid(1) });
    expect(run).toMatchObject({ displayName: 'daily.load', jobType: 'daily.load', state: 'finished', createdAt: '2026-05-03T11:00:00.000Z', finishedAt: '2026-05-03T12:00:00.000Z' });
    const answer = await world.ask('lineage.neighbourhood', { root: { kind: 'run', id: run.id }, up: 10, down: 10 });
    expect(answer.nodes).toHaveLength(5);
    expect(answer.edges.every((edge) => edge.provenance === 'sync')).toBe(true);
    // What the second run used is what the first one left, though neither said which state it was.
    const failed = answer.nodes.find((node) => node.kind === 'run' && node.runId === uuid(2));
    expect(failed).toMatchObject({ state: 'failed' });
    const clean = answer.nodes.find((node) => node.kind === 'version' && node.artifact.startsWith('clean-table-'))!;
    expect(answer.edges).toEqual(expect.arrayContaining([expect.objectContaining({ from: `run:${run.id}`, to: clean.key }), expect.objectContaining({ from: clean.key, to: failed!.key })]));
    const [entry] = (await world.ask('versions.manifest', { id: clean.id as never })).items;
    expect(entry).toMatchObject({ reference: 's3://lake/clean table', sha256: null });
    const events = (await world.ask('history.list', { limit: 50 })).items;
    expect(events[0]).toMatchObject({ kind: 'lineage.imported', entrance: 'cli', message: 'moved from Marquez', after: { format: 'OpenLineage', runsCreated: 2 } });
    for (const one of events.filter((each) => each.kind === 'run.created')) expect([one.actor.username, one.entrance, one.message]).toEqual(['ada', 'cli', 'moved from Marquez']);
  });

  test('takes a start and an end in two calls as one run, and opens nothing that has ended', async () => {
    await world.do('lineage.import', { text: JSON.stringify(event(10, { eventType: 'START', eventTime: '2026-06-01T00:00:00Z' })) });
    expect(await world.do('lineage.import', { text: JSON.stringify(event(10, { eventType: 'ABORT', eventTime: '2026-06-01T01:00:00Z' })) })).toMatchObject({ runsCreated: 0, runsUpdated: 1 });
    expect(await world.do('lineage.import', { text: JSON.stringify(event(10, { eventType: 'START', eventTime: '2026-06-01T00:00:00Z' })) })).toMatchObject({ unchanged: true });
    expect(await world.ask('runs.get', { entity: 'lab', project: 'airflow', runId: uuid(10) })).toMatchObject({ state: 'killed', finishedAt: '2026-06-01T01:00:00.000Z' });
  });

  test('a table that is read and written by one run makes no circle', async () => {
    for (const [last, day] of [[20, '01'], [21, '02']] as const) {
      await world.do('lineage.import', { text: JSON.stringify(event(last, { eventTime: `2026-07-${day}T00:00:00Z`, inputs: [dataset('ledger')], outputs: [dataset('ledger')] })) });
    }
    const run = await world.ask('runs.get', { entity: 'lab', project: 'airflow', runId: uuid(21) });
    const around = await world.ask('lineage.neighbourhood', { root: { kind: 'run', id: run.id }, up: 10, down: 10 });
    // ledger → run → ledger → run → ledger
    expect([around.nodes.length, around.edges.length]).toEqual([5, 4]);
  });

  test('puts all into one project where asked, and keeps namespaces apart', async () => {
    const text = JSON.stringify(event(30, { inputs: [{ namespace: 's3://a', name: 'table' }, { namespace: 's3://b', name: 'table' }] }));
    expect(await world.do('lineage.import', { text, project: { name: 'imported' } })).toMatchObject({ runsCreated: 1, versionsCreated: 2, edgesCreated: 2 });
    const project = await world.ask('projects.get', { entity: 'lab', name: 'imported' });
    expect((await world.ask('artifacts.list', { projectId: project.id })).items).toHaveLength(2);
    expect(await world.do('lineage.import', { text, project: { name: 'imported' } })).toMatchObject({ unchanged: true });
  });

  test('knows what is ours: an export of this catalog brings nothing new', async () => {
    const run = await world.do('runs.create', { project: { name: 'vision' } });
    const data = await world.log('own-data', 'own', { type: 'dataset' });
    await world.do('runs.use', { id: run.id, versionIds: [data.versionId] }, { entrance: 'sdk' });
    await world.log('own-model', 'own model', { runId: run.id });
    await world.do('runs.update', { id: run.id, state: 'finished' });
    const answer = await world.ask('lineage.neighbourhood', { root: { kind: 'run', id: run.id } });
    const text = JSON.stringify(openLineageEvents(answer, { uuidOf: () => uuid(99) }));
    expect(await world.do('lineage.import', { text })).toMatchObject({ events: 1, unchanged: true });
  });

  test('is all or nothing, and refused with the event and the spot', async () => {
    const before = world.catalog.status().rev;
    const broken = JSON.stringify([event(40), event(41, { outputs: [{ namespace: 's3://x' }] })]);
    await expect(world.do('lineage.import', { text: broken })).rejects.toMatchObject({ code: 'bad_input', details: { event: 2, at: 'outputs[0].name' } });
    expect(await codeOf(world.do('lineage.import', { text: 'nonsense' }))).toBe('bad_input');
    expect(await codeOf(world.do('lineage.import', { text: JSON.stringify(event(42, { eventTime: '2999-01-01T00:00:00Z' })) }))).toBe('bad_input');
    const viewer = await world.person('import-viewer', 'viewer');
    const revision = world.catalog.status().rev;
    expect(await codeOf(world.do('lineage.import', { text: JSON.stringify(event(43)) }, { actorId: viewer }))).toBe('permission_denied');
    expect(world.catalog.status().rev).toBe(revision);
    expect(revision).toBe(before + 1);
    expect(await codeOf(world.ask('runs.get', { entity: 'lab', project: 'airflow', runId: uuid(40) }))).toBe('not_found');
  });
});
