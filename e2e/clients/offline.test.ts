/** Offline runs that are synced later by `wandb sync`, with everything in them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clients, wandb } from '../drivers/pythonClient.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
}, 240_000);
afterAll(async () => bench.close());

describe.each(clients)('the %s client', { timeout: 300_000 }, (client) => {
  const project = `offline_${client}`;
  const homeName = `offline-${client}`;
  let directory = '';

  test('nothing goes out while it is offline; synced, the run is whole', async () => {
    const recorder = await bench.record();
    const program = bench.program(client, 'offline.py', { homeName, url: recorder.url, parameters: { project, run_id: `off-${client}` } });
    const first = await program.told('offline_run');
    directory = String(first['directory']);
    const second = await program.told('offline_twice');
    expect((await program.ended).code).toBe(0);
    expect(recorder.requests).toEqual([]);
    await expect(bench.run(project, first['run'])).rejects.toMatchObject({ code: 'not_found' });

    for (const one of [first, second]) {
      const synced = await wandb(['sync', String(one['directory'])], bench.options(client, homeName, { environment: { WANDB_SILENT: 'false' } }));
      expect(synced.code, synced.stdout + synced.stderr).toBe(0);
    }
    const run = await bench.run(project, first['run']);
    expect(run).toMatchObject({ state: 'finished', config: { lr: 0.5 }, tags: ['offline'], historyLines: 20, summary: { loss: 1, final: 1 } });
    expect((await bench.ask('runs.console', { id: run.id })).items.map((line) => line.text).join('\n')).toContain('printed offline');
    expect((await bench.ask('runs.files', { id: run.id })).items.map((file) => file.name)).toContain('offline-file.txt');
    const version = await bench.version(`${bench.team}/${project}/offline-model:carried-home`);
    expect(version).toMatchObject({ index: 0, metadata: { where: 'train' }, loggedBy: { runId: first['run'] }, size: 'trained on a train'.length });
    expect(await bench.version(`${bench.team}/${project}/offline-model:latest`)).toMatchObject({ index: 1, loggedBy: { runId: second['run'] } });
  });

  test('synced twice it is the same run', async () => {
    const before = await bench.run(project, `off-${client}`);
    const again = await wandb(['sync', directory], bench.options(client, homeName));
    expect(again.code, again.stdout + again.stderr).toBe(0);
    expect(await bench.run(project, `off-${client}`)).toMatchObject({ id: before.id, historyLines: 20 });
    expect(await bench.version(`${bench.team}/${project}/offline-model:latest`)).toMatchObject({ index: 1 });
  });
});
