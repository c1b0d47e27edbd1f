import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { serveCatalog } from './fixtures/servedCatalog.ts';
import { beginRun, logVersion, openWire, type Wire } from './fixtures/wandbWire.ts';
import { quantile, spread, type Benchmark } from './harness.ts';

const clients = 32;
const versionsEach = 25;

/** Many scripts at once: none fails, and none waits long for an answer. */
export const benchmark: Benchmark = {
  name: 'door-clients',
  workload: `${clients} clients at once, each with a run of its own, log ${versionsEach} versions, link each and look it up, over the wire's own requests (real interpreters would measure themselves on few cores)`,
  goal: 'no error; the p99 of a GraphQL call of 32 clients ≤ 32 × the median of one client alone',
  async run(context) {
    const served = await serveCatalog(join(context.scratch, 'catalog'));
    const work = async (wire: Wire, name: string, count: number): Promise<void> => {
      await beginRun(wire, served.team, 'many-clients', name);
      for (let index = 0; index < count; index++) {
        const bytes = randomBytes(2000);
        const { artifactId } = await logVersion(wire, { entity: served.team, project: 'many-clients', run: name, artifact: `model-${name}` }, { path: 'weights.bin', bytes, size: bytes.length });
        await wire.ask(`mutation LinkArtifact($input: LinkArtifactInput!) { linkArtifact(input: $input) { versionIndex } }`, { input: { artifactID: artifactId, artifactPortfolioName: 'from-many', entityName: served.organization, projectName: 'wandb-registry-model', aliases: [{ artifactCollectionName: 'from-many', alias: name }] } });
        await wire.ask(`query ArtifactMembershipByName($entity: String!, $project: String!, $name: String!) { project(name: $project, entityName: $entity) { artifactCollectionMembership(name: $name) { id versionIndex aliases { alias } artifact { id digest size } } } }`, { entity: served.organization, project: 'wandb-registry-model', name: `from-many:${name}` });
      }
    };
    const alone = openWire(served.url, served.apiKey);
    await work(alone, 'alone', 40);
    const wires = Array.from({ length: clients }, () => openWire(served.url, served.apiKey));
    const begun = performance.now();
    await Promise.all(wires.map((wire, index) => work(wire, `client-${index}`, versionsEach)));
    const seconds = (performance.now() - begun) / 1000;
    const { items } = await served.ask<{ readonly items: readonly { readonly linkCount: number; readonly name: string }[] }>('collections.list', { limit: 10 });
    const linked = items.find((item) => item.name === 'from-many')?.linkCount;
    if (linked !== clients * versionsEach + 40) throw new Error(`Error: ${linked} links instead of ${clients * versionsEach + 40}.`);
    const single = spread(alone.milliseconds.slice(10).map((one) => one.milliseconds));
    const all = wires.flatMap((wire) => wire.milliseconds);
    const p99 = quantile(all.map((one) => one.milliseconds), 0.99);
    const byOperation = Object.fromEntries([...new Set(all.map((one) => one.operation))].map((operation) => [operation, spread(all.filter((one) => one.operation === operation).map((one) => one.milliseconds))]));
    for (const wire of [alone, ...wires]) wire.close();
    await served.stop();
    return { ours: p99, reference: single.median * clients, referenceName: '32 × the median of one client alone', unit: 'ms', ratio: p99 / (single.median * clients), goalMet: p99 <= single.median * clients, details: { calls: all.length, errors: 0, callsPerSecond: all.length / seconds, versionsPerSecond: (clients * versionsEach) / seconds, alone: single, together: spread(all.map((one) => one.milliseconds)), byOperation } };
  },
};
