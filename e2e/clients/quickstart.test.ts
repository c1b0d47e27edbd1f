/** The quickstart of W&B's registry, word by word, by both clients and both spellings of the address. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clients, type RunningClient } from '../drivers/pythonClient.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
}, 240_000);
afterAll(async () => bench.close());

describe.each(clients)('the %s client', { timeout: 300_000 }, (client) => {
  describe.each(['full', 'short'] as const)('with the %s address', (spelling) => {
    const project = `quickstart_${client}_${spelling}`;
    const content = `weights of ${client} ${spelling}`;
    let program: RunningClient;
    beforeAll(() => {
      program = bench.program(client, 'quickstart.py', { parameters: { project, spelling, content } });
    });

    test('logs a run with its metric and a model, and links it into the registry', async () => {
      const told = await program.told('quickstart');
      const run = await bench.run(project, told['run']);
      expect(run).toMatchObject({ state: 'finished', exitCode: 0, summary: { acc: 0.93 }, outputCount: 1, inputCount: 0 });
      const version = await bench.version(`${bench.team}/${project}/${String(told['name'])}:v0`);
      expect(version).toMatchObject({ type: 'model', state: 'committed', fileCount: 1, size: content.length, loggedBy: { runId: told['run'] } });
      expect(version.aliases.map((alias) => alias.name)).toEqual(['latest']);
      expect(version.links).toEqual([expect.objectContaining({ registry: 'Models', collection: 'registry-quickstart-collection' })]);
      const linked = await bench.version(`${bench.organization}/wandb-registry-model/registry-quickstart-collection:v${version.links[0]?.index}`);
      expect(linked.id).toBe(version.id);
      const bytes = await fetch(`${bench.url}/api/versions/${version.id}/files/my_model.h5`, { headers: { authorization: `Bearer ${bench.apiKey}` } });
      expect(await bytes.text()).toBe(content);
    });

    test('reads it back by its address in the registry, and the lineage goes through', async () => {
      const [made, used] = [await program.told('quickstart'), await program.told('consumed')];
      expect(used['content']).toBe(content);
      expect(String(used['qualified'])).toMatch(/\/wandb-registry-(?:model|Models)\/registry-quickstart-collection:(?:latest|v\d+)$/u);
      expect(used['source']).toBe(`${bench.team}/${project}/${String(made['name'])}:v0`);
      const version = await bench.version(`${bench.team}/${project}/${String(made['name'])}:v0`);
      const { nodes, edges } = await bench.ask('lineage.neighbourhood', { root: { kind: 'version', id: version.id } });
      const runs = nodes.flatMap((node) => (node.kind === 'run' ? [node.runId] : []));
      expect(new Set(runs)).toEqual(new Set([made['run'], used['run']]));
      expect(edges.map((edge) => edge.relation).toSorted()).toEqual(['logged', 'used']);
      expect((await program.ended).code).toBe(0);
    });
  });
});
