/** Public calls that no other file makes the client send: so that each operation which it can be made to send is tried with what comes of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clients, wandb, type RunningClient } from '../drivers/pythonClient.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
}, 240_000);
afterAll(async () => bench.close());

describe.each(clients)('the %s client', { timeout: 300_000 }, (client) => {
  const project = `other_calls_${client}`;
  let program: RunningClient;
  beforeAll(() => {
    program = bench.program(client, 'otherCalls.py', { parameters: { project }, environment: { WANDB_X_DISABLE_META: undefined, WANDB_X_DISABLE_STATS: undefined } });
  });

  test('reads the console of a run back, page by page, and its end', async () => {
    const told = await program.told('console');
    expect(told['offered']).toBe(client === 'newest');
    if (client === 'older') return;
    const lines = (told['whole'] as readonly string[]).filter((line) => line.includes('of the console'));
    expect(lines).toEqual([0, 1, 2, 3, 4].map((number) => expect.stringContaining(`line ${number} of the console`) as string));
    expect(told['end']).toEqual((told['whole'] as readonly string[]).slice(-1));
  });

  test('asks a run to stop', async () => {
    const { run } = await program.told('stopped_from_afar');
    expect(await bench.run(project, run)).toMatchObject({ stopRequested: true });
  });

  test('waits until a run is over', async () => {
    expect(await program.told('waited_for')).toEqual({ state: 'finished' });
  });

  test('lists jobs, of which there are none', async () => {
    expect(await program.told('jobs')).toEqual({ jobs: [] });
  });

  test('takes an object over from an artifact that is logged in the same breath', async () => {
    const told = await program.told('artifact_of_the_same_run');
    expect(told['rows']).toEqual([[1], [2]]);
    expect(told['references']).toEqual([expect.stringMatching(/^wandb-artifact:\/\//u)]);
  });

  test('goes its own way to files, configs and projects of runs', async () => {
    const told = await program.told('own_way');
    expect(told['offered']).toBe(client === 'older');
    if (client === 'newest') return;
    expect(told).toMatchObject({ note: 'a note', config: { rate: { value: 0.1 } }, project, team: true, can_read_project: true });
    expect(told['names']).toContain('note.txt');
    expect(told['projects']).toContain(project);
// The client knows no server without these types, and stumbles over the answer that there are none.
    for (const [call, said] of Object.entries(told['launch'] as Readonly<Record<string, unknown>>)) expect(said === null || said === 'CommError' || said === 'AttributeError' || (Array.isArray(said) && said.every((one) => one === false || typeof one === 'string')), `${call}: ${JSON.stringify(said)}`).toBe(true);
  });

  test('“wandb verify” finds runs, files and artifacts in order, and large requests', async () => {
    const ran = await wandb(['verify', '--host', bench.url], bench.options(client, `verify-${client}`, { environment: { WANDB_SILENT: undefined, COLUMNS: '200' } }));
    const said = `${ran.stdout}${ran.stderr}`;
    for (const check of ['if logged in', 'signed URL upload', 'large payloads', 'logged metrics, saving and downloading a file', 'artifact save and download']) expect(said, check).toMatch(new RegExp(`${check}[^\n]*✅`, 'u'));
  });
});
