import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, openWorld, type Logged, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const names = (items: readonly { readonly name: string }[]) => items.map((item) => item.name);

describe('filters', () => {
  test('find registries by either of their names, and in order', async () => {
    await world.do('registries.create', { name: 'Alpha', description: 'first of all' });
    await world.do('registries.create', { name: 'Beta' });
    const find = async (filter: unknown, more = {}) => names((await world.ask('registries.list', { filter: filter as never, ...more })).items);
    expect(await find({ name: 'wandb-registry-Alpha' })).toEqual(['Alpha']);
    expect(await find({ name: 'wandb-registry-model' })).toEqual(['Models']);
    expect(await find({ $or: [{ name: 'Beta' }, { name: { $regex: 'datas' } }] }, { sort: 'name' })).toEqual(['Beta', 'Datasets']);
    expect(await find({ description: { $contains: 'first' } })).toEqual(['Alpha']);
    expect(await find({ $not: { name: { $in: ['wandb-registry-Alpha', 'Beta'] } } }, { sort: 'name', direction: 'descending' })).toEqual(['Models', 'Datasets']);
    expect(await codeOf(find({ colour: 'blue' }))).toBe('query_invalid');
    expect((await world.ask('registries.get', { name: 'model' })).name).toBe('Models');
    expect(await codeOf(world.do('registries.create', { name: 'dataset' }))).toBe('already_exists');
    expect((await world.ask('addresses.resolve', { address: 'wandb-registry-model' })).object.label).toBe('Models');
  });

  test('find collections, links and versions by every field, each with its own number and aliases', async () => {
    const registry = await world.registry('Models');
    const logged: Logged[] = [];
    for (const [index, lr] of [0.1, 0.01, 0.001].entries()) logged.push(await world.log('filtered', `bytes ${index}`, { metadata: { config: { lr }, name: index === 1 ? 'special' : 'plain', 'flat.key': index }, tags: index === 2 ? ['release', 'good'] : ['draft'], aliases: index === 0 ? ['baseline'] : [] }));
    const link = async (versionIds: readonly number[], name: string, aliases: readonly string[] = []) => await world.do('links.create', { versionIds: versionIds as never, target: { kind: 'new_collection', registryId: registry.id, name }, aliases: aliases as string[] });
    await link([logged[2]!.versionId], 'one', ['production']);
    await link([logged[0]!.versionId, logged[1]!.versionId], 'two');
    await world.do('tags.edit', { target: { kind: 'collection', id: (await world.ask('collections.get', { registry: 'Models', name: 'two' })).id }, add: ['curated'] });

    const indexes = async (filter: unknown) => (await world.ask('versions.list', { artifactId: logged[0]!.artifactId, filter: filter as never, sort: 'index', direction: 'ascending' })).items.map((item) => item.index);
    expect(await indexes({ version: { $gte: 'v1' } })).toEqual([1, 2]);
    expect(await indexes({ alias: 'baseline' })).toEqual([0]);
    expect(await indexes({ 'metadata.config.lr': { $lt: 0.05 } })).toEqual([1, 2]);
    expect(await indexes({ 'metadata.config.lr': { $gt: 'a' } })).toEqual([]);
    expect(await indexes({ 'metadata.flat.key': 2 })).toEqual([2]);
    expect(await indexes({ 'metadata.name': { $in: ['special'] } })).toEqual([1]);
    expect(await indexes({ 'metadata.absent': { $exists: false }, tag: { $ne: 'draft' } })).toEqual([2]);
    expect(await indexes({ tag: { $all: ['release', 'good'] } })).toEqual([2]);
    expect(await indexes({ tag: { $size: 1 } })).toEqual([0, 1]);
    expect(await indexes({ 'metadata.name': { $regex: '^sp' } })).toEqual([1]);
    expect(await indexes({ state: 'COMMITTED', id: { $in: [logged[1]!.versionId] } })).toEqual([1]);
    expect(await indexes({ created_at: { $gt: '2999-01-01' } })).toEqual([]);
    expect(await indexes({ 'metadata.x"]); DROP TABLE versions; --': 1 }).catch(() => 'refused')).toBe('refused');

    const links = async (input: object) => (await world.ask('links.find', input as never)).items.map((item) => `${item.collection}:v${item.index}`);
    expect(await links({ registryFilter: { id: registry.id } })).toEqual(['one:v0', 'two:v0', 'two:v1']);
    expect(await links({ versionFilter: { alias: 'production' } })).toEqual(['one:v0']);
    expect(await links({ versionFilter: { version: 'v1' } })).toEqual(['two:v1']);
    expect(await links({ collectionFilter: { tag: 'curated' }, versionFilter: { 'metadata.config.lr': 0.1 } })).toEqual(['two:v0']);
    expect(await links({ registryFilter: { name: 'wandb-registry-dataset' } })).toEqual([]);
    expect(names((await world.ask('collections.list', { filter: { tag: 'curated' }, registryFilter: { name: 'wandb-registry-model' } })).items)).toEqual(['two']);
    expect(names((await world.ask('artifacts.list', { filter: { name: { $contains: 'ilter' } } })).items)).toEqual(['filtered']);

    const details = await world.ask('versions.details', { ids: [logged[1]!.versionId, 999_999 as never, logged[0]!.versionId] });
    expect(details.items.map((item) => [item.index, item.links.map((mark) => mark.collection)])).toEqual([[1, ['two']], [0, ['two']]]);
    expect((await world.ask('collections.details', { ids: (await world.ask('collections.list', {})).items.map((item) => item.id) })).items.map((item) => item.name)).toEqual(['one', 'two']);

    await world.do('registries.create', { name: 'hidden', visibility: 'restricted' }).then(async (hidden) => await world.do('links.create', { versionIds: [logged[0]!.versionId], target: { kind: 'new_collection', registryId: hidden.id, name: 'secret' } }));
    const member = await world.person('mona', 'member');
    expect((await world.ask('links.find', {}, { actorId: member })).items.map((item) => item.collection)).not.toContain('secret');
    expect((await world.ask('links.find', {})).items.map((item) => item.collection)).toContain('secret');
  });

  test('walk all links page by page, each once', async () => {
    const registry = await world.registry('Models');
    const versions = [];
    for (let index = 0; index < 30; index += 1) versions.push((await world.log('walked', `walked ${index}`)).versionId);
    await world.do('links.create', { versionIds: versions, target: { kind: 'new_collection', registryId: registry.id, name: 'walk' } });
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await world.ask('links.find', { collectionFilter: { name: 'walk' }, limit: 7, ...(cursor === undefined ? {} : { cursor }) });
      expect(page.total).toBe(30);
      seen.push(...page.items.map((item) => item.index));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(Array.from({ length: 30 }, (_value, index) => index));
  });

  test('find and sort runs by what they configured and reached; what lacks the value stands last', async () => {
    const wanted = [{ lr: 0.5, loss: '0.1' }, { lr: 10, loss: 'NaN' }, { lr: 2, loss: '30' }, { lr: null, loss: '-Infinity' }] as const;
    let projectId: number | undefined;
    for (const [index, { lr, loss }] of wanted.entries()) {
      const { run } = await world.do('runs.upsert', { project: { name: 'sorted' }, runId: `s${index}`, group: index % 2 === 0 ? 'even' : 'odd', configText: lr === null ? '{}' : JSON.stringify({ lr: { value: lr }, deep: { value: { x: index } } }), summaryText: `{"loss": ${loss}}`, tags: [`t${index}`] });
      projectId = run.projectId;
    }
    const list = async (input: object) => (await world.ask('runs.list', { projectId: projectId as never, ...input })).items;
    const ids = async (input: object) => (await list(input)).map((run) => run.runId);
    expect(await ids({ sort: 'config.lr', direction: 'ascending' })).toEqual(['s0', 's2', 's1', 's3']);
    expect(await ids({ sort: 'config.lr', direction: 'descending' })).toEqual(['s1', 's2', 's0', 's3']);
    expect(await ids({ sort: 'summary.loss', direction: 'ascending' })).toEqual(['s3', 's0', 's2', 's1']);
    const paged = await world.ask('runs.list', { projectId: projectId as never, sort: 'config.lr', direction: 'descending', limit: 3 });
    expect((await list({ sort: 'config.lr', direction: 'descending', limit: 3, cursor: paged.nextCursor })).map((run) => run.runId)).toEqual(['s3']);
    expect((await list({ columns: ['config.lr', 'summary.loss', 'config.deep.x'] })).map((run) => run.values)).toEqual([{ 'summary.loss': '-Infinity' }, { 'config.lr': 2, 'summary.loss': 30, 'config.deep.x': 2 }, { 'config.lr': 10, 'summary.loss': 'NaN', 'config.deep.x': 1 }, { 'config.lr': 0.5, 'summary.loss': 0.1, 'config.deep.x': 0 }]);
    expect(await ids({ filter: { 'config.lr.value': { $gt: 1 } } })).toEqual(['s2', 's1']);
    // As W&B keeps configs, each key's value lies below it; a key may be called so itself.
    expect(await ids({ filter: { 'config.deep.value.x': { $gte: 2 } } })).toEqual(['s2']);
    expect(await ids({ sort: 'config.deep.value.x', direction: 'ascending' })).toEqual(['s0', 's1', 's2', 's3']);
    expect(await ids({ sort: 'config.lr.value', direction: 'ascending' })).toEqual(['s0', 's2', 's1', 's3']);
    expect(await ids({ filter: { 'summary_metrics.loss': { $gt: 0.05, $lt: 100 } } })).toEqual(['s2', 's0']);
    expect(await ids({ filter: { tags: 't1' } })).toEqual(['s1']);
    expect(await ids({ group: 'even', tag: 't2' })).toEqual(['s2']);
    expect(await codeOf(list({ sort: 'notes' }))).toBe('query_invalid');
  });

  test('find and sort runs by every field that the clients’ documentation names', async () => {
    let projectId: number | undefined;
    for (const [index, host] of ['box-a', 'box-b', null].entries()) {
      const { run } = await world.do('runs.upsert', { project: { name: 'fields' }, runId: `f${index}`, displayName: `run-${index} (x)`, ...(host === null ? {} : { host }), notes: `note ${index}`, jobType: 'train', summaryText: `{"_runtime": ${[30, 7.5, 100][index]}}` });
      projectId = run.projectId;
    }
    const team = (await world.ask('catalog.status', {})).team.name;
    const ids = async (input: object) => (await world.ask('runs.list', { projectId: projectId as never, sort: 'name', direction: 'ascending', ...input })).items.map((run) => run.runId);
    const found = (filter: object): Promise<string[]> => ids({ filter });
    expect([await found({ host: 'box-b' }), await found({ host: { $exists: false } }), await found({ notes: 'note 1' }), await found({ description: { $regex: '[02]$' } })]).toEqual([['f1'], ['f2'], ['f1'], ['f0', 'f2']]);
    expect([await found({ duration: { $gt: 10 } }), await found({ duration: 7.5 }), await ids({ sort: 'duration', direction: 'descending' })]).toEqual([['f0', 'f2'], ['f1'], ['f2', 'f0', 'f1']]);
    expect([await found({ entity: team, project: 'fields' }), await found({ entity: 'nobody' }), await found({ user: 'nobody' })]).toEqual([['f0', 'f1', 'f2'], [], []]);
    expect(await found({ display_name: { $regex: '(?i)RUN\\-1\\ \\(x\\)' } })).toEqual(['f1']);
    // The first one goes on after the others were made.
    for (const before = Date.now(); Date.now() === before;);
    for (const state of ['finished', 'running'] as const) await world.do('runs.upsert', { project: { name: 'fields' }, runId: 'f0', state });
    expect((await ids({ sort: 'heartbeat', direction: 'descending' }))[0]).toBe('f0');
  });
});
