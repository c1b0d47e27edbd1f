import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, openWorld, temporaryFolder, type World } from './testing/world.ts';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

let counter = 0;
async function begin(more: Readonly<Record<string, unknown>> = {}) {
  return (await world.do('runs.upsert', { project: { name: 'training' }, runId: `run${(counter += 1)}`, ...more })).run;
}

const line = (step: number, values: Readonly<Record<string, unknown>>) => JSON.stringify({ _step: step, _timestamp: 1_700_000_000 + step, _runtime: step, ...values });

describe('a run', () => {
  test('is begun once and gone on with; what is null stays as it is', async () => {
    const first = await world.do('runs.upsert', { project: { name: 'training' }, runId: 'abc', configText: '{"lr":{"value":0.1},"_wandb":{"value":{"t":{"1":[1]}}}}', tags: ['a'], notes: 'first', group: 'g' });
    expect(first.inserted).toBe(true);
    expect(first.run).toMatchObject({ runId: 'abc', config: { lr: 0.1 }, tags: ['a'], notes: 'first', group: 'g', state: 'running', historyLines: 0 });
    expect(first.run.displayName).toMatch(/^[a-z]+-[a-z]+-\d+$/);
    const second = await world.do('runs.upsert', { project: { name: 'training' }, runId: 'abc', notes: null, configText: '{"lr":{"value":0.2}}' });
    expect(second).toMatchObject({ inserted: false, run: { id: first.run.id, notes: 'first', tags: ['a'], displayName: first.run.displayName, config: { lr: 0.2 } } });
    expect((await world.do('runs.upsert', { id: first.run.id, displayName: 'mine' })).run.displayName).toBe('mine');
    const details = await world.ask('runs.details', { ids: [999_999 as never, first.run.id] });
    expect(details.items).toMatchObject([{ run: { id: first.run.id, displayName: 'mine' }, configText: '{"lr":{"value":0.2}}', summaryText: '{}' }]);
    expect(await codeOf(world.do('runs.upsert', { project: { name: 'training' }, runId: 'abc', configText: '[1]' }))).toBe('bad_input');
  });

  test('is moved between groups and given another job type; blanks are none', async () => {
    const run = await begin({ group: 'first', jobType: 'train' });
    expect(await world.do('runs.update', { id: run.id, group: ' second ', jobType: 'evaluate' })).toMatchObject({ group: 'second', jobType: 'evaluate' });
    expect((await world.ask('runs.list', { group: 'second' })).items.map(({ id }) => id)).toEqual([run.id]);
    const [event] = (await world.ask('history.list', { object: { kind: 'run', id: run.id } })).items;
    expect(event).toMatchObject({ kind: 'run.updated', before: { group: 'first', jobType: 'train' }, after: { group: 'second', jobType: 'evaluate' } });
    expect(await world.do('runs.update', { id: run.id, group: '  ', jobType: null })).toMatchObject({ group: null, jobType: null });
    expect(await world.ask('runs.get', { id: run.id })).toMatchObject({ group: null, jobType: null });
  });

  test('keeps its lines by their numbers, overwritten and sent again', async () => {
    const run = await begin();
    await world.do('runs.append', { id: run.id, history: { offset: 0, lines: [0, 1, 2].map((step) => line(step, { loss: 1 / (step + 1) })) }, output: { offset: 0, lines: ['2026-11-22T20:27:08.123456 one', 'ERROR 2026-11-22T20:27:09 two'] } });
    await world.do('runs.append', { id: run.id, history: { offset: 1, lines: [line(1, { loss: 9 }), line(2, { loss: 8 }), line(3, { loss: 7 })] }, output: { offset: 1, lines: ['two again'] } });
    expect((await world.ask('runs.history', { id: run.id })).lines.map((text) => (JSON.parse(text) as { loss: number }).loss)).toEqual([1, 9, 8, 7]);
    expect((await world.ask('runs.metrics', { ids: [run.id], keys: ['loss'] })).series).toMatchObject([{ exact: true, x: [0, 1, 2, 3], min: [1, 9, 8, 7], total: 4 }]);
    expect((await world.ask('runs.metricKeys', { id: run.id })).items.find((item) => item.key === 'loss')).toEqual({ key: 'loss', type: 'number', count: 4, lastStep: 3, last: 7, min: 1, max: 9 });
    expect((await world.ask('runs.console', { id: run.id })).items).toEqual([
      { number: 0, stream: 'stdout', at: '2026-11-22T20:27:08.123Z', text: 'one' }, { number: 1, stream: 'stdout', at: null, text: 'two again' },
    ]);
    expect(await world.ask('runs.get', { id: run.id })).toMatchObject({ historyLines: 4, outputLines: 2, lastStep: 3 });
    expect(await codeOf(world.do('runs.append', { id: run.id, history: { offset: 10_000_000, lines: ['{}'] } }))).toBe('bad_input');
  });

  test('survives numbers that are none, keys of every kind, and lines that are no JSON', async () => {
    const run = await begin();
    await world.do('runs.append', {
      id: run.id, summaryText: '{"loss": NaN, "best": -Infinity, "text": "NaN, really"}',
      history: { offset: 0, lines: ['{"_step":0,"loss":NaN,"a":{"b":1}}', '{"_step":1,"loss":Infinity,"name":"x","image":{"_type":"image-file","path":"m.png"}}', '{"_step":2,"loss":-Infinity}', '{"_step":3,"loss":0.5}', 'not json', '{"_step":5,"loss":"NaN"}'] },
    });
    const { summary } = await world.ask('runs.get', { id: run.id });
    expect(summary).toEqual({ loss: 'NaN', best: '-Infinity', text: 'NaN, really' });
    expect((await world.ask('runs.wire', { id: run.id })).summaryText).toContain('-Infinity');
    const [series] = (await world.ask('runs.metrics', { ids: [run.id], keys: ['loss'] })).series;
    expect(series).toMatchObject({ total: 5, x: [0, 1, 2, 3, 5], mean: [null, null, null, 0.5, null], nonFinite: [{ x: 0, value: 'NaN' }, { x: 1, value: 'Infinity' }, { x: 2, value: '-Infinity' }, { x: 5, value: 'NaN' }] });
    const keys = (await world.ask('runs.metricKeys', { id: run.id })).items;
    expect(Object.fromEntries(keys.map((item) => [item.key, item.type]))).toEqual({ _step: 'number', 'a.b': 'number', image: 'image-file', loss: 'number', name: 'string' });
    expect((await world.ask('runs.history', { id: run.id })).lines).toHaveLength(6);
  });

  test('shows peaks in few points, by step and by time, in a range and from where one left off', async () => {
    const run = await begin();
    const steps = 5000;
    for (let from = 0; from < steps; from += 700) {
      const lines = Array.from({ length: Math.min(700, steps - from) }, (_value, index) => line(from + index, { loss: from + index === 3210 ? 1000 : Math.sin(from + index), ...((from + index) % 10 === 0 ? { rare: from + index } : {}) }));
      await world.do('runs.append', { id: run.id, history: { offset: from, lines } });
    }
    const { series, lines } = await world.ask('runs.metrics', { ids: [run.id], keys: ['loss', 'rare', 'missing'], points: 100 });
    expect(lines).toEqual([steps]);
    const [loss, rare] = series;
    expect(series).toHaveLength(2);
    expect([loss!.x.length, Math.max(...loss!.max.map(Number)), Math.min(...loss!.min.map(Number)) < -0.99]).toEqual([100, 1000, true]);
    expect(rare).toMatchObject({ total: 500, exact: false });
    const ranged = await world.ask('runs.metrics', { ids: [run.id], keys: ['rare'], x: 'relative', from: 1000, to: 1050 });
    expect(ranged.series[0]).toMatchObject({ x: [1000, 1010, 1020, 1030, 1040, 1050], mean: [1000, 1010, 1020, 1030, 1040, 1050] });
    expect((await world.ask('runs.metrics', { ids: [run.id], keys: ['loss'], x: 'wall', since: [steps - 3] })).series[0]!.x).toEqual([1_700_004_997, 1_700_004_998, 1_700_004_999]);
    const page = await world.ask('runs.history', { id: run.id, minStep: 4000, maxStep: 4010, limit: 4 });
    expect([page.total, page.lines.map((text) => (JSON.parse(text) as { _step: number })._step)]).toEqual([10, [4000, 4001, 4002, 4003]]);
    const next = await world.ask('runs.history', { id: run.id, minStep: 4000, maxStep: 4010, limit: 100, cursor: page.nextCursor! });
    expect([next.lines.length, next.nextCursor]).toEqual([6, null]);
    const sampled = await world.ask('runs.history', { id: run.id, samples: 3 });
    expect(sampled.lines.map((text) => (JSON.parse(text) as { _step: number })._step)).toEqual([0, 2500, 4999]);
  });

  test('ends, goes on, falls silent, is asked to stop; each state is an event and lines are none', async () => {
    const run = await begin();
    const events = async () => (await world.ask('history.list', { object: { kind: 'run', id: run.id } })).items.map((event) => event.kind);
    await world.do('runs.append', { id: run.id, history: { offset: 0, lines: ['{"x":1}'] }, complete: true, exitCode: 3 });
    expect(await world.ask('runs.get', { id: run.id })).toMatchObject({ state: 'failed', exitCode: 3 });
    expect(await world.do('runs.append', { id: run.id })).toMatchObject({ state: 'running', historyLines: 1 });
    await world.do('runs.stop', { id: run.id });
    expect((await world.do('runs.append', { id: run.id })).stopRequested).toBe(true);
    await world.internal('internal.sweepRuns', { silentSince: Date.now() - 60_000 });
    expect((await world.ask('runs.get', { id: run.id })).state).toBe('running');
    await world.internal('internal.sweepRuns', { silentSince: Date.now() + 60_000 });
    expect((await world.ask('runs.get', { id: run.id })).state).toBe('crashed');
    expect(await codeOf(world.do('runs.stop', { id: run.id }))).toBe('blocked');
    await world.do('runs.append', { id: run.id, complete: true, exitCode: 0 });
    expect(await world.ask('runs.get', { id: run.id })).toMatchObject({ state: 'finished', exitCode: 0 });
    expect(await events()).toEqual(['run.finished', 'run.crashed', 'run.stop_requested', 'run.resumed', 'run.failed', 'run.created']);
  });

  test('is deleted with what it streamed; its id can be given anew', async () => {
    const run = await begin({ runId: 'again' });
    const logged = await world.log('from-run', 'bytes', { runId: run.id });
    await world.do('runs.append', { id: run.id, history: { offset: 0, lines: ['{"x":1}'] } });
    await world.internal('internal.saveRunFile', { runId: run.id, name: 'media/a.png', size: 3, sha256: 'ab'.repeat(32), md5: 'cd'.repeat(16) });
    expect((await world.ask('runs.files', { id: run.id })).items).toMatchObject([{ name: 'media/a.png', size: 3, mediaType: 'image/png' }]);
    expect(await codeOf(world.internal('internal.saveRunFile', { runId: run.id, name: '../a', size: 3, sha256: 'ab'.repeat(32), md5: 'cd'.repeat(16) }))).toBe('path_invalid');
    expect(await world.do('runs.delete', { id: run.id })).toEqual({ deletedVersions: 0 });
    expect(await codeOf(world.ask('runs.get', { id: run.id }))).toBe('not_found');
    expect((await world.ask('versions.get', { id: logged.versionId })).state).toBe('committed');
    const anew = await begin({ runId: 'again' });
    expect([anew.id === run.id, anew.historyLines]).toEqual([false, 0]);
    // The one in the trash can't come back beside it.
    expect(await codeOf(world.do('trash.restore', { id: (await inTrash(run.id))!.id }))).toBe('already_exists');
  });

  const inTrash = async (id: number) => (await world.ask('trash.list', { limit: 1000 })).items.find(({ object }) => object.kind === 'run' && object.id === id);
  const saved = (runId: number, name: string, digest: string, size: number) => world.internal('internal.saveRunFile', { runId, name, size, sha256: digest.repeat(32), md5: digest.repeat(16) });

  const referenced = (digests: readonly string[]) => world.catalog.read('internal.referencedDigests', { digests }, { actorId: world.catalog.status().defaultUserId });

  test('deleted, comes back whole from the trash, or by its undo; purged, its lines and files go', async () => {
    const count = async () => (await world.ask('projects.get', { entity: 'lab', name: 'training' })).runCount;
    const run = await begin({ runId: 'trashed' });
    const data = await world.log('used-by-trashed', 'data');
    await world.do('runs.use', { id: run.id, versionIds: [data.versionId] });
    await world.do('runs.append', { id: run.id, history: { offset: 0, lines: ['{"x":1}', '{"x":2}'] } });
    await saved(run.id, 'own.bin', '1a', 100);
    await saved(run.id, 'shared.bin', '2b', 50);
    const other = await begin();
    await saved(other.id, 'shared.bin', '2b', 50);
    const [before, runs] = [await world.ask('runs.get', { id: run.id }), await count()];

    const { undo } = await world.act('runs.delete', { id: run.id });
    expect(undo?.label).toBe(`Delete the run ${run.displayName}`);
    expect(await count()).toBe(runs - 1);
    expect(await codeOf(world.do('runs.append', { id: run.id, history: { offset: 2, lines: ['{"x":3}'] } }))).toBe('not_found');
    const item = (await inTrash(run.id))!;
    // What another run shares is not freed.
    expect(item).toMatchObject({ bytesFreed: 100, versions: 0, links: 0, inside: null, object: { label: `training/${run.displayName}` } });
    expect(await referenced(['1a'.repeat(32), '2b'.repeat(32)])).toEqual([true, true]);
    const tombstone = (await world.ask('lineage.neighbourhood', { root: { kind: 'version', id: data.versionId } })).nodes.find((node) => node.kind === 'run');
    expect(tombstone).toMatchObject({ id: run.id, deleted: true, state: 'killed' });
    // Lines of a run that can come back are nobody's to tidy away.
    await world.internal('internal.sweepRunLog', { lostFor: -1 });
    await world.internal('internal.sweepRunLog', { lostFor: -1 });

    await world.do('undo.apply', { id: undo!.id });
    expect(await world.ask('runs.get', { id: run.id })).toMatchObject({ ...before, heartbeatAt: expect.any(String) as unknown });
    expect(await count()).toBe(runs);
    expect((await world.ask('runs.files', { id: run.id })).items.map((file) => file.name)).toEqual(['own.bin', 'shared.bin']);
    expect((await world.ask('runs.metrics', { ids: [run.id], keys: ['x'] })).series[0]!.total).toBe(2);

    await world.do('runs.delete', { id: run.id });
    await world.do('trash.restore', { id: (await inTrash(run.id))!.id });
    await world.do('runs.delete', { id: run.id });
    expect(await world.do('trash.purge', { ids: [(await inTrash(run.id))!.id] })).toMatchObject({ purged: 1, bytesFreed: 100, kept: [] });
    expect(await inTrash(run.id)).toBeUndefined();
    expect(await referenced(['1a'.repeat(32), '2b'.repeat(32)])).toEqual([false, true]);
    expect(await world.ask('history.list', { object: { kind: 'run', id: run.id }, limit: 5 }).then(({ items }) => items.map((event) => event.kind))).toEqual(['trash.purged', 'run.deleted', 'run.restored', 'run.deleted', 'run.restored']);
    expect((await world.ask('lineage.neighbourhood', { root: { kind: 'version', id: data.versionId } })).nodes.find((node) => node.kind === 'run')).toMatchObject({ deleted: true });
  });

  test('deleted with the versions that it logged, brings them back with it; a script is not given its id meanwhile', async () => {
    const run = await begin({ runId: 'with-versions' });
    const logged = await world.log('of-deleted-run', 'bytes', { runId: run.id });
    const { output, undo } = await world.act('runs.delete', { id: run.id, deleteVersions: true });
    expect(output).toEqual({ deletedVersions: 1 });
    const again = () => world.do('runs.upsert', { project: { name: 'training' }, runId: 'with-versions' }, { entrance: 'sdk' });
    await expect(again()).rejects.toMatchObject({ code: 'already_exists', details: { explanation: expect.stringContaining('previously created and deleted') as unknown } });
    await world.do('undo.apply', { id: undo!.id });
    expect((await world.ask('versions.get', { id: logged.versionId })).state).toBe('committed');
    expect((await again()).inserted).toBe(false);
    const { items: [event] } = await world.ask('history.list', { kinds: ['run.deleted'], limit: 1 });
    await world.do('runs.delete', { id: run.id });
    const { items: [deleted] } = await world.ask('history.list', { kinds: ['run.deleted'], limit: 1 });
    expect(await codeOf(world.do('history.revert', { eventId: event!.id }))).toBe('undo_stale');
    await world.do('history.revert', { eventId: deleted!.id });
    expect((await world.ask('runs.get', { id: run.id })).displayName).toBe(run.displayName);
    await world.do('trash.purge', { ids: [(await world.act('runs.delete', { id: run.id }), (await inTrash(run.id))!.id)] });
    expect((await again()).inserted).toBe(true);
  });

  test('is a viewer’s to look at and a member’s to write', async () => {
    const viewer = await world.person('vera', 'viewer');
    const run = await begin();
    await world.do('runs.append', { id: run.id, history: { offset: 0, lines: ['{"x":1}'] } });
    const acting = { actorId: viewer };
    expect((await world.ask('runs.metrics', { ids: [run.id], keys: ['x'] }, acting)).series).toHaveLength(1);
    const refused = [
      world.do('runs.upsert', { project: { name: 'training' }, runId: 'theirs' }, acting), world.do('runs.upsert', { id: run.id, notes: 'x' }, acting), world.do('runs.append', { id: run.id }, acting),
      world.do('runs.stop', { id: run.id }, acting), world.do('runs.delete', { id: run.id }, acting), world.do('runs.deleteFiles', { id: run.id, names: ['x'] }, acting), world.do('runs.update', { id: run.id, notes: 'x' }, acting),
      world.internal('internal.saveRunFile', { runId: run.id, name: 'a', size: 3, sha256: 'ab'.repeat(32), md5: 'cd'.repeat(16) }, acting),
    ];
    expect(await Promise.all(refused.map(codeOf))).toEqual(refused.map(() => 'permission_denied'));
  });
});

describe('the run log', () => {
  test('stays when core starts anew; one that is damaged is put aside and the catalog opens', async () => {
    const directory = temporaryFolder();
    let own = await openWorld({ directory });
    const { run } = await own.do('runs.upsert', { project: { name: 'p' }, runId: 'kept' });
    await own.do('runs.append', { id: run.id, history: { offset: 0, lines: ['{"x":1}'] } });
    await own.close();
    own = await openWorld({ directory });
    expect((await own.ask('runs.get', { id: run.id })).historyLines).toBe(1);
    await own.close();
    writeFileSync(join(directory, 'runs.db'), 'not a database, '.repeat(1000));
    for (const tail of ['-wal', '-shm']) rmSync(join(directory, `runs.db${tail}`), { force: true });
    own = await openWorld({ directory });
    expect((await own.ask('runs.get', { id: run.id })).historyLines).toBe(0);
    await own.do('runs.append', { id: run.id, history: { offset: 0, lines: ['{"x":2}'] } });
    expect((await own.ask('runs.history', { id: run.id })).lines).toEqual(['{"x":2}']);
    await own.close();
    expect(readdirSync(directory).filter((name) => name.startsWith('runs.db.damaged-'))).toHaveLength(1);
    expect(existsSync(join(directory, 'catalog.db'))).toBe(true);
    rmSync(directory, { recursive: true, force: true });
  });
});
