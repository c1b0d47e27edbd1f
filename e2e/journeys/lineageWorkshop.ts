/** A catalog whose lineage has something to ask about, made through a real core. */
import { join } from 'node:path';
import { startCore } from '../drivers/core.ts';
import { writeFiles } from '../cli/commandLine.ts';
import { applicationRoot, folder, modelFolder } from './workshop.ts';

export type LineageWorkshop = { readonly data: string; readonly team: string };

/**
 * Reviews are prepared and trained on twice, in two projects. `sentiment` v0 (on reviews v0) was production and `sentiment` v1 (on reviews v1) is it
 * now; both used their reviews as `training-data`. `service` v0 was built from sentiment v0, so it is out of date. A sweep of six runs of one group used reviews v0. `draft` v0 is deleted. What
 * `raw-reviews` v0 came from was told by events of another system.
 */
export async function lineageWorkshop(): Promise<LineageWorkshop> {
  const files = folder();
  const data = folder();
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data, checkOutput: true });
  try {
    const { client } = core;
    const log = async (project: string, artifact: string, type: string, seed: number, runId?: number, tags: readonly string[] = []): Promise<number> => {
      const path = type === 'dataset' ? writeFiles(join(files, `${artifact}${seed}`), { 'rows.csv': `a,b\n${seed},${artifact}\n` }) : modelFolder(join(files, `${artifact}${seed}`), seed);
      const { output } = await client.execute('versions.log', { paths: [path], project: { name: project }, artifact, type, tags: [...tags], ...(runId === undefined ? {} : { runId: runId as never }) });
      return output.versionId;
    };
    const run = async (project: string, name: string, jobType: string, uses: readonly number[], group?: string): Promise<number> => {
      const { output } = await client.execute('runs.create', { project: { name: project }, runId: name, displayName: name, jobType, ...(group === undefined ? {} : { group }) });
      if (uses.length > 0) await client.execute('runs.use', { id: output.id, versionIds: uses as never, usedAs: jobType === 'train' ? 'training-data' : '' });
      return output.id;
    };
    const finish = (id: number) => client.execute('runs.update', { id: id as never, state: 'finished' });

    const raw = await log('reviews', 'raw-reviews', 'dataset', 1);
    const prepare = await run('reviews', 'prepare-1', 'prepare', [raw]);
    const reviews0 = await log('reviews', 'reviews', 'dataset', 2, prepare, ['english']);
    const prepareAgain = await run('reviews', 'prepare-2', 'prepare', [raw]);
    const reviews1 = await log('reviews', 'reviews', 'dataset', 3, prepareAgain, ['english']);
    const train0 = await run('sentiment', 'train-1', 'train', [reviews0]);
    const sentiment0 = await log('sentiment', 'sentiment', 'model', 4, train0);
    const train1 = await run('sentiment', 'train-2', 'train', [reviews1]);
    const sentiment1 = await log('sentiment', 'sentiment', 'model', 5, train1);
    const build = await run('serving', 'build-1', 'build', [sentiment0]);
    const service = await log('serving', 'service', 'model', 6, build, ['served']);
    const draft = await log('sentiment', 'draft', 'model', 7, train0);
    for (let trial = 1; trial <= 6; trial++) {
      const id = await run('sentiment', `trial-${trial}`, 'sweep', [reviews0], 'learning-rate');
      await finish(id);
    }
    for (const id of [prepare, prepareAgain, train0, train1, build]) await finish(id);
    const team = (await client.query('catalog.status', {})).team.name;
    await client.execute('lineage.import', {
      text: JSON.stringify({
        eventType: 'COMPLETE', eventTime: '2026-05-03T12:00:00Z', producer: 'https://example.org/etl', schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
        run: { runId: '0176a8c2-fe01-7439-87e6-56a1a1b4029f' }, job: { namespace: 'warehouse', name: 'nightly' }, inputs: [{ namespace: 'postgres://db', name: 'orders' }],
        outputs: [{ namespace: `vitrine://${team}/reviews`, name: 'raw-reviews', facets: { version: { _producer: 'https://example.org/etl', _schemaURL: 'https://openlineage.io/spec/facets/1-0-1/DatasetVersionDatasetFacet.json', datasetVersion: 'v0' } } }],
      }),
    });
    const { items } = await client.query('registries.list', {});
    const models = items.find((registry) => registry.name === 'Models');
    if (models === undefined) throw new Error('A new catalog has no core registries.');
    const linked = await client.execute('links.create', { versionIds: [sentiment0 as never], target: { kind: 'new_collection', registryId: models.id, name: 'Sentiment' }, aliases: ['production'] });
    await client.execute('links.create', { versionIds: [sentiment1 as never], target: { kind: 'collection', id: linked.output.collectionId }, aliases: ['production'] });
    await client.execute('links.create', { versionIds: [service as never], target: { kind: 'new_collection', registryId: models.id, name: 'Service' }, aliases: ['production'] });
    await client.execute('collections.create', { registryId: models.id, name: 'Spare', type: 'model' });
    await client.execute('versions.delete', { ids: [draft as never], aliases: ['latest'] });
    return { data, team };
  } finally {
    await core.stop();
  }
}
