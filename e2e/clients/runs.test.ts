/** Runs of the real clients: what they log, how they end, how they are taken up again, what the public API tells of them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clients, type RunningClient } from '../drivers/pythonClient.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
}, 240_000);
afterAll(async () => bench.close());

type Failure = { readonly kind: string; readonly words: string };

describe.each(clients)('the %s client', { timeout: 400_000 }, (client) => {
  const project = `runs_${client}`;
  let program: RunningClient;
  beforeAll(() => {
    program = bench.program(client, 'runs.py', { parameters: { project, client }, timeout: 400_000 });
  });
  const told = (scenario: string) => program.told(scenario);

  test('config, summary, group, job type, tags, notes and name', async () => {
    const facts = await told('config_and_summary');
    const settings = { lr: 0.1, nested: { depth: 3 }, list: [1, 'two', null], batch: 32 };
    expect(facts).toMatchObject({ state: 'finished', name: 'named run', config: settings, summary: { loss: 0.2, acc: 0.4, best: 0.99 }, group: 'sweep-7', job_type: 'train', tags: ['a', 'b'], notes: 'Some notes.', user: bench.username });
    const held = await bench.run(project, facts['run']);
    expect(held).toMatchObject({ displayName: 'named run', group: 'sweep-7', jobType: 'train', tags: ['a', 'b'], notes: 'Some notes.', state: 'finished', exitCode: 0, historyLines: 5 });
    expect(held.config).toMatchObject(settings);
    expect(held.summary).toMatchObject({ loss: 0.2, acc: 0.4, best: 0.99, table: { deep: 1 } });
  });

  test('history: every line, a window of it, chosen keys, samples, and what is no number', async () => {
    const facts = await told('history');
    expect(facts).toMatchObject({ scanned: 301, first: 1, last: 299, keys: [300], window: [10, 11, 12, 13, 14], text: 'words', last_step: 300 });
    expect(facts['sampled']).toBeGreaterThan(0);
    expect(facts['sampled']).toBeLessThanOrEqual(301);
    expect(facts['sampled_keys']).toContain('loss');
    // What lies inside of what was logged has the name that the charts give it.
    expect(facts).toMatchObject({ inside: [10, 11], inside_sampled: ['_step', 'deep.inner.value'] });
    expect([true, 'NaN']).toContain(facts['nan']);
    const run = await bench.run(project, facts['run']);
    const { items } = await bench.ask('runs.metricKeys', { id: run.id });
    expect(items).toEqual(expect.arrayContaining([expect.objectContaining({ key: 'loss', count: 300, min: 1 / 300, max: 1 }), expect.objectContaining({ key: 'step', count: 300, last: 299 })]));
    const { series } = await bench.ask('runs.metrics', { ids: [run.id], keys: ['loss'], points: 1000 });
    expect(series[0]).toMatchObject({ total: 300, exact: true });
  });

  test('steps of one’s own', async () => {
    const facts = await told('own_steps');
    expect(facts).toMatchObject({ steps: [0, 10, 20, 35], values: [0, 10, 20, 35] });
    expect((await bench.run(project, facts['run'])).lastStep).toBe(35);
  });

  test('console output and files', async () => {
    const facts = await told('console_and_files');
    expect(facts['names']).toEqual(expect.arrayContaining(['config.yaml', 'kept/notes.txt', 'later.txt', 'output.log', 'wandb-summary.json']));
    expect(facts).toMatchObject({ matching: ['later.txt'], content: 'kept with the run', size: 17 });
    expect(facts['after']).not.toContain('later.txt');
    const run = await bench.run(project, facts['run']);
    const output = (await bench.ask('runs.console', { id: run.id, from: 0 })).items;
    const text = output.map((line) => line.text).join('\n');
    for (const line of ['a line of output', 'another line', 'progress 100%', 'ünïcödé ✓']) expect(text).toContain(line);
    // A line that the terminal overwrote is one line.
    expect(text).not.toContain('progress 20%');
    expect(output.find((line) => line.text.includes('another line'))?.stream).toBe('stderr');
    expect((await bench.ask('runs.previewFile', { id: run.id, name: 'kept/notes.txt' })).text).toBe('kept with the run');
  });

  test('system metrics', async () => {
    const facts = await told('system_metrics');
    expect(facts['rows']).toBeGreaterThan(0);
    const run = await bench.run(project, facts['run']);
    expect(run.systemLines).toBeGreaterThan(0);
    expect((await bench.ask('runs.metricKeys', { id: run.id, stream: 'system' })).items.map((item) => item.key).join()).toContain('system.');
  });

  test('a run that fails', async () => {
    const facts = await told('failed');
    expect(facts['state']).toBe('failed');
    expect(await bench.run(project, facts['run'])).toMatchObject({ state: 'failed', exitCode: 3 });
  });

  test('resume: must, never and allow', async () => {
    const facts = await told('resumed');
    expect(facts).toMatchObject({ resumed: true, config: { kept: 1 }, summary: 7, tags: ['first'], fresh: false, values: [0, 1, 2, 3, 4] });
    const { id } = await bench.run(project, `resume-${client}`);
    const { lines } = await bench.ask('runs.history', { id });
    expect(lines.map((line) => (JSON.parse(line) as { readonly _step: number })._step)).toEqual([0, 1, 2, 3, 4]);
    expect((facts['never'] as Failure).words).toMatch(/never|does not allow resuming/u);
    expect((facts['must_new'] as Failure).words).toMatch(/must|requires an existing run/u);
    expect(await bench.run(project, `resume-${client}`)).toMatchObject({ historyLines: 5, state: 'finished' });
    await expect(bench.run(project, `never-there-${client}`)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('changed afterwards through the public API', async () => {
    const facts = await told('changed_later');
    expect(facts).toMatchObject({ lr: 2, tags: ['reviewed'], notes: 'Said later.', name: 'renamed', judged: 'good', x: 1 });
    expect(await bench.run(project, facts['run'])).toMatchObject({ config: { lr: 2 }, tags: ['reviewed'], notes: 'Said later.', displayName: 'renamed', summary: { judged: 'good', x: 1 } });
  });

  test('listed: filters, order, pages', async () => {
    const row = (...indexes: readonly number[]) => indexes.map((index) => `listed-${index}`);
    const facts = await told('listed');
    expect(facts).toEqual({
      all: row(0, 1, 2, 3, 4, 5), backwards: row(5, 4, 3, 2, 1, 0), paged: row(0, 1, 2, 3, 4, 5), config: row(0, 2, 4), nested: row(2, 3, 4), summary: row(4, 5), by_summary: row(5, 4, 3, 2, 1, 0),
      state: row(0, 1, 2, 3, 4, 5), either: row(1, 4), named: row(0, 1), escaped: row(5), any_case: row(0, 1, 2, 3, 4, 5),
      inside: row(3, 4, 5), duration: row(0, 1, 2, 3, 4, 5), host: row(0, 1, 2, 3, 4, 5), whose: row(0, 1, 2, 3, 4, 5), notes: row(3), kind: row(0, 1, 2, 3, 4, 5), by_config: row(5, 4, 3, 2, 1, 0), by_life: row(5, 4, 3, 2, 1, 0), by_duration: row(0, 1, 2, 3, 4, 5),
      tags: row(1, 3, 5), none: [], count: 6,
    });
  });

  test('an alert stands in the history and leaves the run as it is', async () => {
    const facts = await told('alerted');
    expect(facts).toMatchObject({ state: 'finished' });
    const { id } = await bench.run(project, facts['run']);
    const { items } = await bench.ask('history.list', { kinds: ['run.alerted'], object: { kind: 'run', id } });
    expect(items.map((event) => event.after)).toEqual([{ title: 'Low accuracy', text: 'Below the bar.', level: 'warning' }]);
  });

  test('a deleted run is gone, what it logged stays', async () => {
    const facts = await told('stopped_and_deleted');
    expect((facts['after'] as Failure).words).toMatch(/not find|not found/iu);
    expect(facts['artifact']).toBe(true);
    // As W&B says it; here it can still come back.
    expect((facts['again'] as Failure).words).toMatch(/previously created and deleted/u);
    await expect(bench.run(project, facts['run'])).rejects.toMatchObject({ code: 'not_found' });
  });

  test('projects, viewer and default entity', async () => {
    const facts = await told('projects');
    expect(facts).toMatchObject({ listed: true, name: project, viewer: bench.username, entity: bench.team });
    expect((facts['empty'] as Failure).words).toMatch(/does not offer empty projects/u);
    expect((await bench.ask('projects.list', {})).items.map((item) => item.name)).not.toContain('made-by-api');
  });

  test('what Vitrine does not offer answers with its name', async () => {
    const facts = (await told('not_offered')) as Record<string, Failure>;
    expect(facts['sweep']?.words).toMatch(/sweep/iu);
    expect(facts['sweeps']?.words).toMatch(/sweep/iu);
    expect(facts['queue']?.words).toMatch(/queue|launch/iu);
    // The client swallows the words of this refusal; nothing came of it.
    expect(facts['team']?.words).not.toBe('nothing was raised');
    expect((await bench.ask('teams.list', {})).items.map((item) => item.name)).not.toContain('another');
    expect(facts['reports']?.words).toMatch(/does not offer reports/iu);
    expect((await program.ended).code).toBe(0);
  });
});
