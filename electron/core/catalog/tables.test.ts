/** A collection as a table, cards, the board, and who may what, against a real catalog. */
import type { VersionId } from '#shared/contract/ids.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InputOf, OutputOf } from '#shared/contract/index.ts';
import { queryScope } from './scope.ts';
import { openReader } from './connection.ts';
import { queries } from './queries/index.ts';
import { codeOf, openWorld, type World } from './testing/world.ts';

let world: World;
let viewer: number;
let member: number;
beforeAll(async () => {
  world = await openWorld();
  viewer = await world.person('vera', 'viewer');
  member = await world.person('mona', 'member');
});
afterAll(() => world.close());

let series = 0;
async function filled(metadata: readonly Readonly<Record<string, unknown>>[], more: Readonly<Record<string, unknown>> = {}) {
  series += 1;
  const versions = [];
  for (const [index, one] of metadata.entries()) versions.push(await world.log(`table-${series}`, `bytes ${index}`, { metadata: one, ...more }));
  const models = await world.registry('Models');
  const { collectionId, links } = await world.do('links.create', { versionIds: versions.map((version) => version.versionId), target: { kind: 'new_collection', registryId: models.id, name: `table ${series}` } });
  return { models, collectionId, links, versions };
}
const metadataColumn = (...path: string[]) => ({ kind: 'metadata' as const, path });
const order = async (input: InputOf<'collections.table'>) => (await world.ask('collections.table', input)).items.map((row) => row.index);

describe('the table of a collection', () => {
  test('is sorted by numbers as numbers, then texts, and what is missing comes last either way', async () => {
    const { collectionId } = await filled([{ acc: 10 }, { acc: 9.5 }, {}, { acc: 'n/a' }, { acc: -1 }, { acc: [0.1, 0.2] }, { acc: true }, { other: 1, acc: null }, { acc: 'x'.repeat(300) }]);
    const sort = metadataColumn('acc');
    expect(await order({ collectionId, sort, direction: 'ascending' })).toEqual([4, 1, 0, 3, 6, 2, 5, 7, 8]);
    expect(await order({ collectionId, sort, direction: 'descending' })).toEqual([0, 1, 4, 6, 3, 8, 7, 5, 2]);
    const { items } = await world.ask('collections.table', { collectionId, columns: [sort, metadataColumn('other')], sort: { kind: 'own', key: 'index' }, direction: 'ascending' });
    expect(items.map((row) => row.cells)).toEqual([[10, null], [9.5, null], [null, null], ['n/a', null], [-1, null], ['[0.1,0.2]', null], [true, null], [null, 1], ['x'.repeat(256), null]]);
    expect(await order({ collectionId, sort: metadataColumn('never', 'there'), direction: 'ascending' })).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('dates sort by time, nested keys by their path, metrics by the run that logged the version', async () => {
    const { collectionId } = await filled([{ at: '2026-03-01T00:00:00Z', config: { lr: 0.1 } }, { at: '2026-01-01T00:00:00Z', config: { lr: 0.01 } }, { at: '2026-02-01T00:00:00Z', 'config.lr': 7 }]);
    expect(await order({ collectionId, sort: metadataColumn('at'), direction: 'ascending' })).toEqual([1, 2, 0]);
    expect(await order({ collectionId, sort: metadataColumn('config', 'lr'), direction: 'ascending' })).toEqual([1, 0, 2]);
    const runs = [];
    for (const loss of [0.5, 0.2]) {
      const run = await world.do('runs.create', { project: { name: 'vision' } });
      await world.do('runs.update', { id: run.id, summary: { 'val/loss': loss } });
      runs.push(await world.log(`with-run-${loss}`, `bytes ${loss}`, { runId: run.id }));
    }
    await world.do('links.create', { versionIds: runs.map((run) => run.versionId), target: { kind: 'collection', id: collectionId } });
    const metric = { kind: 'metric' as const, key: 'val/loss' };
    const { items } = await world.ask('collections.table', { collectionId, sort: metric, direction: 'ascending', columns: [metric] });
    expect(items.map((row) => [row.index, row.cells[0]])).toEqual([[4, 0.2], [3, 0.5], [0, null], [1, null], [2, null]]);
    expect((await world.ask('collections.columns', { collectionId })).items).toEqual(expect.arrayContaining([{ column: metadataColumn('at'), type: 'date', count: 3 }, { column: metadataColumn('config', 'lr'), type: 'number', count: 2 }, { column: metric, type: 'number', count: 2 }]));
    const compared = await world.ask('collections.series', { collectionId, columns: [metric, metadataColumn('config', 'lr')] });
    expect(compared.points.map((point) => point.values)).toEqual([[null, 0.1], [null, 0.01], [null, null], [0.5, null], [0.2, null]]);
    expect(compared.points.at(-1)).toMatchObject({ index: 4, aliases: ['latest'] });
    expect(await world.ask('collections.series', { collectionId, columns: [metric], limit: 2 })).toMatchObject({ points: [{ index: 3 }, { index: 4 }], truncated: true });
  });

  test('dates are ordered by the moment that they stand for, whatever their zone, between numbers and other texts', async () => {
    const dates = ['2026-03-01T12:00:00+02:00', '2026-03-01T10:30:00Z', '2026-03', '2026-03-01T10:00:00.000250Z', '2026-03-01 10:00:00,0001', '2026-02-30', 'soon', 7];
    const { collectionId } = await filled(dates.map((at) => ({ at })));
    expect(await order({ collectionId, sort: metadataColumn('at'), direction: 'ascending' })).toEqual([7, 2, 0, 4, 3, 1, 5, 6]);
    expect(await order({ collectionId, sort: metadataColumn('at'), direction: 'descending' })).toEqual([7, 1, 3, 4, 0, 2, 6, 5]);
    await world.do('versions.update', { id: (await world.ask('links.list', { collectionId, sort: 'index', direction: 'ascending' })).items[1]!.version.id, metadata: { at: '2020-01-01' } });
    expect(await order({ collectionId, sort: metadataColumn('at'), direction: 'ascending' })).toEqual([7, 1, 2, 0, 4, 3, 5, 6]);
  });

  test('metrics are those of the run as it is now, with whatever Python writes into a summary', async () => {
    const { collectionId, models } = await filled([{}]);
    expect(models.name).toBe('Models');
    const summaries = ['{"loss": 2, "a": {"b": 1}}', '{"loss": NaN, "a.b": 5, "a": {"b": 9}}', '{"loss": "2026-01-01", "a": {"b": [1]}}', '{"loss": {"min": 1}, "a": {"b": 3}}', '{"loss": -1.5}'];
    const runs: number[] = [];
    for (const [index, summaryText] of summaries.entries()) {
      const { run } = await world.do('runs.upsert', { project: { name: 'vision' }, runId: `sorted-${index}`, summaryText });
      runs.push(run.id);
      const version = await world.log(`sorted-${index}`, `bytes ${index}`, { runId: run.id });
      await world.do('links.create', { versionIds: [version.versionId], target: { kind: 'collection', id: collectionId } });
    }
    const metric = (key: string) => ({ kind: 'metric' as const, key });
    const cells = async (key: string) => (await world.ask('collections.table', { collectionId, sort: metric(key), direction: 'ascending', columns: [metric(key)] })).items.map((row) => [row.index, row.cells[0]]);
    expect(await cells('loss')).toEqual([[5, -1.5], [1, 2], [3, '2026-01-01'], [2, 'NaN'], [0, null], [4, '{"min":1}']]);
    expect(await cells('a.b')).toEqual([[1, 1], [4, 3], [2, 5], [0, null], [3, '[1]'], [5, null]]);
    expect(await cells('loss.min')).toEqual([[4, 1], [0, null], [1, null], [2, null], [3, null], [5, null]]);
    await world.do('runs.append', { id: runs[0]! as never, summaryText: '{"loss": -7}' });
    await world.do('runs.update', { id: runs[4]! as never, summary: {} });
    expect(await cells('loss')).toEqual([[1, -7], [3, '2026-01-01'], [2, 'NaN'], [0, null], [4, '{"min":1}'], [5, null]]);
    // A run whose version lay in the trash meanwhile.
    const [link] = (await world.ask('links.list', { collectionId, direction: 'descending', limit: 1 })).items;
    const { undo } = await world.act('links.remove', { linkIds: [link!.id] });
    await world.do('runs.upsert', { id: runs[4]! as never, summaryText: '{"loss": 1}' });
    await world.do('undo.apply', { id: undo!.id });
    expect((await cells('loss')).slice(0, 2)).toEqual([[1, -7], [5, 1]]);
  });

  test('pages by cursor and by row number show every row once, in one order, by either plan', { timeout: 120_000 }, async () => {
    const values = fc.sample(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom('a', 'b', 'true', '2026-01-01', '2026-01-01T00:00Z', '2025-12-31T23:30:00-01:00'), fc.boolean(), fc.constant(null)), { numRuns: 60, seed: 7 });
    series += 1;
    const versions: number[] = [];
    for (const [index, value] of values.entries()) {
      const known = value === null ? {} : { key: value };
      const { run } = await world.do('runs.upsert', { project: { name: 'vision' }, runId: `plans-${index}`, summaryText: JSON.stringify(known) });
      versions.push((await world.log(`plans-${index % 3}`, `bytes ${index}`, { metadata: known, runId: run.id, size: index % 9 })).versionId);
    }
    const { collectionId } = await world.do('links.create', { versionIds: fc.sample(fc.shuffledSubarray(versions, { minLength: versions.length }), { numRuns: 1, seed: 3 })[0] as never[], target: { kind: 'new_collection', registryId: (await world.registry('Models')).id, name: `table ${series}` } });
    const db = openReader(world.catalog.status().file);
    const scope = queryScope(db, { actorId: world.catalog.status().defaultUserId });
    let sort: InputOf<'collections.table'>['sort'] = metadataColumn('key');
    const table = (through: typeof scope, input: object) => queries['collections.table']!(through, { collectionId, columns: [], sort, ...input } as never) as { items: { index: number }[]; nextCursor: string | null; total: number; position: number };
    const ask = (input: object) => table(scope, input);
    // The other plan walks the index of values; a collection that claims to be large takes it.
    const walking = new Proxy(db, {
      get: (target, property) => {
        const own: unknown = Reflect.get(target, property, target);
        if (typeof own !== 'function') return own;
        if (property !== 'value') return own.bind(target) as unknown;
        return (query: { text: string }) => (/^SELECT max\(id\) FROM (versions|links)$/.test(query.text) ? 0 : (own.bind(target) as (query: { text: string }) => unknown)(query));
      },
    });
    for (const direction of ['ascending', 'descending']) for (sort of [metadataColumn('key'), { kind: 'metric', key: 'key' }, { kind: 'own', key: 'size' }, { kind: 'own', key: 'created' }] as const) {
      const whole = ask({ direction, limit: 1000 }).items.map((row) => row.index);
      expect(new Set(whole).size).toBe(values.length);
      expect(table({ ...scope, db: walking }, { direction, limit: 1000 }).items.map((row) => row.index)).toEqual(whole);
      for (const limit of [1, 7, 60]) {
        const paged: number[] = [];
        let cursor: string | null = null;
        do {
          const page = ask({ direction, limit, ...(cursor === null ? {} : { cursor }) });
          expect([page.total, page.position]).toEqual([values.length, paged.length]);
          paged.push(...page.items.map((row) => row.index));
          cursor = page.nextCursor;
        } while (cursor !== null);
        expect(paged).toEqual(whole);
      }
      for (const position of [0, 1, 13, 44, 59, 60]) expect(ask({ direction, limit: 5, position }).items.map((row) => row.index)).toEqual(whole.slice(position, position + 5));
    }
    for (const cursor of ['', 'x', '9.9.x', '0.0.x', '0.0.e30']) expect(await codeOf(world.ask('collections.table', { collectionId, cursor, sort: metadataColumn('key') }))).toBe('bad_input');
    db.close();
  });

  test('a page deep inside is the one that lies there after any write, here or elsewhere', { timeout: 120_000 }, async () => {
    const models = await world.registry('Models');
    const { id: collectionId } = await world.do('collections.create', { registryId: models.id, name: 'written to', type: 'model' });
    const run = await world.do('runs.create', { project: { name: 'vision' } });
    const ids: VersionId[] = [];
    for (let index = 0; index < 700; index++) ids.push((await world.log(`written-${index % 3}`, `written ${index}`, { metadata: { loss: (index * 7919) % 700 }, ...(index === 600 ? { runId: run.id } : {}) })).versionId);
    const { links } = await world.do('links.create', { versionIds: ids, target: { kind: 'collection', id: collectionId } });
    const sorts = [{ kind: 'metadata' as const, path: ['loss'] }, { kind: 'metric' as const, key: 'score' }, { kind: 'own' as const, key: 'index' as const }];
    const rows = async (sort: (typeof sorts)[number]): Promise<number[]> => {
      const found: number[] = [];
      for (let cursor: string | undefined, more = true; more;) {
        const page = await world.ask('collections.table', { collectionId, columns: [], sort, direction: 'ascending', limit: 1000, ...(cursor === undefined ? {} : { cursor }) });
        found.push(...page.items.map((row) => row.id));
        cursor = page.nextCursor ?? undefined;
        more = cursor !== undefined;
      }
      return found;
    };
    const other = await world.log('elsewhere', 'elsewhere', { metadata: { loss: 3 } });
    const writes: readonly (() => Promise<unknown>)[] = [
      () => world.log('elsewhere', 'elsewhere again', { metadata: { loss: 1 } }), () => world.do('runs.append', { id: run.id, history: { offset: 0, lines: ['{"x":1}'] } }), () => world.do('versions.update', { id: other.versionId, metadata: { loss: 9 } }),
      () => world.do('versions.update', { id: ids[3]!, metadata: { loss: 10_000 } }), () => world.do('runs.append', { id: run.id, summaryText: '{"score":5}' }), () => world.do('links.remove', { linkIds: [links[7]!.linkId] }),
      () => world.do('links.create', { versionIds: [other.versionId], target: { kind: 'collection', id: collectionId } }), () => world.do('versions.update', { id: other.versionId, metadata: { loss: -1 } }), () => world.do('versions.delete', { ids: [ids[20]!] }),
      async () => world.do('trash.restore', { id: (await world.ask('trash.list', { limit: 1 })).items[0]!.id }), () => world.do('collections.update', { id: collectionId, description: 'words' }),
    ];
    for (const [turn, write] of writes.entries()) {
      for (const sort of sorts) await world.ask('collections.table', { collectionId, columns: [], sort, direction: 'ascending', position: 690, limit: 5 });
      await write();
      for (const sort of sorts) {
        const all = await rows(sort);
        for (const position of [250, 500, 690]) {
          const page = await world.ask('collections.table', { collectionId, columns: [], sort, direction: 'ascending', position, limit: 5 });
          expect(page.items.map((row) => row.id), `after write ${turn}, by ${sort.kind}, at ${position}`).toEqual(all.slice(position, position + 5));
        }
      }
    }
  });

  test('by lifecycle state in the order of its registry, either way, and by number within one', async () => {
    const registry = await world.do('registries.create', { name: 'by state', acceptedTypes: ['model'] });
    const versions = [];
    for (let index = 0; index < 7; index += 1) versions.push(await world.log('states', `bytes ${index}`));
    const { collectionId, links } = await world.do('links.create', { versionIds: versions.map((version) => version.versionId), target: { kind: 'new_collection', registryId: registry.id, name: 'by state' } });
    const sort = { kind: 'own' as const, key: 'state' as const };
    expect(await order({ collectionId, sort, direction: 'descending' })).toEqual([6, 5, 4, 3, 2, 1, 0]);
    const states = ['waiting', 'checked', 'live', 'ended'].map((name, hue) => ({ name, hue, terminal: false }));
    const transitions = states.map(({ name }) => ({ from: 'waiting', to: name, role: 'member' as const, needsReason: false })).slice(1);
    await world.do('registries.setLifecycle', { registryId: registry.id, lifecycle: { states, transitions } });
    await world.do('links.setState', { linkIds: [0, 5].map((index) => links[index]!.linkId), state: 'checked' });
    await world.do('links.setState', { linkIds: [links[3]!.linkId], state: 'live' });
    await world.do('links.setState', { linkIds: [links[1]!.linkId], state: 'ended' });
    const whole = [2, 4, 6, 0, 5, 3, 1];
    expect(await order({ collectionId, sort, direction: 'ascending' })).toEqual(whole);
    expect(await order({ collectionId, sort, direction: 'descending' })).toEqual(whole.toReversed());
    for (const limit of [1, 2, 3, 7]) {
      const paged: number[] = [];
      let cursor: string | null = null;
      do {
        const page: OutputOf<'collections.table'> = await world.ask('collections.table', { collectionId, sort, direction: 'ascending', limit, ...(cursor === null ? {} : { cursor }) });
        expect([page.total, page.position]).toEqual([7, paged.length]);
        paged.push(...page.items.map((row) => row.index));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(paged).toEqual(whole);
    }
    for (const position of [0, 2, 3, 6, 7, 8]) expect(await order({ collectionId, sort, direction: 'ascending', position, limit: 3 })).toEqual(whole.slice(position, position + 3));
    expect(await order({ collectionId, sort, state: 'checked', direction: 'descending' })).toEqual([5, 0]);
    expect(await order({ collectionId, sort: { kind: 'own', key: 'linked' }, state: 'waiting', direction: 'ascending' })).toEqual([2, 4, 6]);
  });

  test('goes out as CSV that no spreadsheet takes for formulas', async () => {
    const { collectionId, links } = await filled([{ note: '=HYPERLINK("x")', acc: -0.5 }, { note: 'plain', acc: 1 }]);
    await world.do('links.note', { id: links[0]!.linkId, note: '+SUM(1)' });
    const { text, rows, fileName, truncated } = await world.ask('collections.exportTable', { collectionId, columns: [metadataColumn('note'), metadataColumn('acc')], direction: 'ascending' });
    expect([rows, fileName, truncated]).toEqual([2, `Models table ${series}.csv`, false]);
    const [head, first] = text.split('\r\n');
    expect(head).toBe('version,aliases,state,source,size,linked_at,linked_by,note,metadata.note,metadata.acc');
    expect(first).toContain('\'+SUM(1),"\'=HYPERLINK(""x"")",-0.5');
  });

  test('layouts are one person’s own', async () => {
    const { collectionId } = await filled([{}]);
    const layout = { columns: ['index', metadataColumn('acc')], sort: metadataColumn('acc'), direction: 'descending' as const };
    await world.do('collections.saveLayout', { collectionId, name: 'accuracy', layout }, { actorId: viewer });
    await world.do('collections.saveLayout', { collectionId, name: 'accuracy', layout: { ...layout, direction: 'ascending' } }, { actorId: viewer });
    expect((await world.ask('collections.layouts', { collectionId }, { actorId: viewer })).items).toMatchObject([{ name: 'accuracy', columns: layout.columns, direction: 'ascending' }]);
    expect((await world.ask('collections.layouts', { collectionId })).items).toEqual([]);
    expect((await world.do('collections.deleteLayout', { collectionId, name: 'accuracy' }, { actorId: viewer })).items).toEqual([]);
  });
});

test('cards: what a type should have, what a registry asks for, what is filled', async () => {
  const { collectionId, models } = await filled([{}]);
  const card = await world.ask('collections.card', { id: collectionId });
  expect(card).toMatchObject({ score: 0, complete: false, missing: ['Summary', 'Intended use', 'Evaluation', 'License'] });
  await world.do('collections.update', { id: collectionId, description: `${card.template}\n## License\nMIT\n` });
  expect((await world.ask('collections.card', { id: collectionId })).missing).toEqual(['Summary', 'Intended use', 'Evaluation']);
  const rule = { template: '## Risks\n', fields: [{ name: 'Risks', required: true }, { name: 'License', required: false }] };
  expect(await codeOf(world.do('registries.setCardRule', { registryId: models.id, type: 'model', rule }, { actorId: member }))).toBe('permission_denied');
  const act = await world.act('registries.setCardRule', { registryId: models.id, type: 'model', rule });
  expect(act.output).toMatchObject({ own: true, ...rule });
  expect(await world.ask('collections.card', { id: collectionId })).toMatchObject({ score: 1 / 3, missing: ['Risks'] });
  expect(await codeOf(world.do('registries.setCardRule', { registryId: models.id, type: 'model', rule: { template: '', fields: [{ name: 'a\nb', required: true }] } }))).toBe('name_invalid');
  await world.do('undo.apply', { id: act.undo!.id });
  expect(await world.ask('registries.cardRule', { registryId: models.id, type: 'model' })).toMatchObject({ own: false });
});

test('what stands against other types or another visibility, all of it', async () => {
  const registry = await world.do('registries.create', { name: 'blocked', acceptedTypes: ['model', 'dataset'], visibility: 'restricted' });
  await world.do('collections.create', { registryId: registry.id, name: 'data', type: 'dataset' });
  const version = await world.log('narrow', 'x');
  await world.do('links.create', { versionIds: [version.versionId], target: { kind: 'new_collection', registryId: registry.id, name: 'models' } });
  expect(await world.ask('registries.updatePreview', { id: registry.id, acceptedTypes: ['tokenizer'], visibility: 'organization' })).toMatchObject({
    blockers: [{ setting: 'acceptedTypes', rule: 'type-in-use', names: ['data'] }, { setting: 'acceptedTypes', rule: 'type-in-use', names: ['models'] }],
  });
  expect((await world.ask('registries.updatePreview', { id: registry.id, acceptedTypes: ['model', 'dataset', 'x'] })).blockers).toEqual([]);
  await world.do('registries.update', { id: registry.id, acceptedTypes: null });
  await world.do('registries.update', { id: registry.id, name: 'renamed' });
  expect((await world.ask('addresses.resolve', { address: 'wandb-registry-blocked/models:v0' })).object.label).toBe('renamed/models:v0');
});

test('the board: aliases as columns, collections as rows, since when and through whom', async () => {
  const registry = await world.do('registries.create', { name: 'board', acceptedTypes: ['model'] });
  await world.do('registries.update', { id: registry.id, protectedAliases: ['prod-*'] });
  const rows: OutputOf<'links.create'>[] = [];
  for (const name of ['alpha', 'beta']) {
    const versions = [await world.log(`board-${name}`, '1'), await world.log(`board-${name}`, '2')];
    rows.push(await world.do('links.create', { versionIds: versions.map((version) => version.versionId), target: { kind: 'new_collection', registryId: registry.id, name } }));
  }
  const put = (row: number, link: number, alias: string, message?: string) => world.do('aliases.set', { target: { kind: 'link', id: rows[row]!.links[link]!.linkId }, aliases: [alias] }, message === undefined ? {} : { message });
  await put(0, 0, 'prod-eu', 'first');
  await put(0, 1, 'prod-eu', 'better');
  await put(1, 0, 'staging');
  await put(0, 0, 'staging');
  const board = await world.ask('aliases.board', { registryId: registry.id, limit: 1 }, { actorId: member });
  expect(board.columns).toEqual([{ alias: 'staging', collections: 2, protected: false }, { alias: 'prod-eu', collections: 1, protected: true }]);
  expect(board).toMatchObject({ total: 2, items: [{ name: 'alpha', mayChange: true, mayChangeProtected: false }] });
  expect(board.items[0]?.cells).toMatchObject([{ alias: 'latest', index: 1 }, { alias: 'prod-eu', index: 1, protected: true, message: 'better', by: { username: 'ada' }, source: 'vision/board-alpha:v1' }, { alias: 'staging', index: 0 }]);
  expect((await world.ask('aliases.board', { registryId: registry.id, alias: 'prod-eu' })).items.map((row) => row.name)).toEqual(['alpha']);
  expect((await world.ask('aliases.board', { registryId: registry.id, text: 'BET' })).items.map((row) => row.name)).toEqual(['beta']);
  await world.do('registries.update', { id: registry.id, visibility: 'restricted' });
  expect(await codeOf(world.ask('aliases.board', { registryId: registry.id }, { actorId: member }))).toBe('not_found');
  expect((await world.ask('aliases.board', {}, { actorId: member })).items.map((row) => row.registry)).not.toContain('board');
});

test('search finds versions by the state of their links', async () => {
  const registry = await world.do('registries.create', { name: 'stateful' });
  await world.do('registries.setLifecycle', { registryId: registry.id, lifecycle: { states: [{ name: 'draft', hue: 1, terminal: false }, { name: 'in review', hue: 2, terminal: false }], transitions: [{ from: 'draft', to: 'in review', role: 'member' }] } });
  const versions = [await world.log('found-by-state', '1'), await world.log('found-by-state', '2')];
  const { links } = await world.do('links.create', { versionIds: versions.map((version) => version.versionId), target: { kind: 'new_collection', registryId: registry.id, name: 'c' } });
  await world.do('links.setState', { linkIds: [links[0]!.linkId], state: 'in review' });
  const found = async (text: string, acting = {}) => (await world.ask('search.query', { text, kinds: ['version'] }, acting)).items.map((hit) => (hit.kind === 'version' ? hit.version.id : 0));
  expect([await found('state:"in review"'), await found('state:draft'), await found('state:in* name:found'), await found('name:found-by -state:draft')]).toEqual([[versions[0]!.versionId], [versions[1]!.versionId], [versions[0]!.versionId], [versions[0]!.versionId]]);
  expect((await world.ask('search.complete', { text: 'state:in', caret: 8 })).items).toMatchObject([{ insert: '"in review"' }]);
  await world.do('registries.update', { id: registry.id, visibility: 'restricted' });
  expect(await found('state:draft', { actorId: member })).toEqual([]);
});

describe('why somebody may', () => {
  test('is told with the grant that gave it, or what is missing; about others to those who manage', async () => {
    const registry = await world.do('registries.create', { name: 'explained' });
    const object = { kind: 'registry' as const, id: registry.id };
    const own = await world.ask('access.explain', { object, action: 'link.create' }, { actorId: viewer });
    expect(own).toMatchObject({ role: 'viewer', actions: [{ allowed: false, needed: 'member', missing: [{ through: 'registry role', role: 'member' }, { through: 'team registry role' }, { through: 'organization role' }] }] });
    expect(await codeOf(world.ask('access.explain', { object, userId: member as never }, { actorId: viewer }))).toBe('permission_denied');
    await world.do('registries.addMembers', { registryId: registry.id, userIds: [viewer as never], role: 'admin' });
    const told = await world.ask('access.explain', { object, userId: viewer as never, action: 'protectedAlias.change' });
    expect(told).toMatchObject({ who: { username: 'vera' }, role: 'admin', actions: [{ allowed: true, because: { through: 'registry role', role: 'admin' } }] });
    expect(told.grants.map((grant) => grant.through)).toEqual(['organization role', 'organization visibility', 'registry role']);
    expect((await world.ask('access.explain', { object, userId: member as never }, { actorId: viewer })).actions.length).toBeGreaterThan(20);
    expect(await codeOf(world.ask('access.explain', { object, action: 'fly' }))).toBe('bad_input');
    const holders = await world.ask('access.holders', { registryId: registry.id });
    expect(holders.items.map((one) => [one.user.username, one.role])).toEqual(expect.arrayContaining([['ada', 'admin'], ['vera', 'admin'], ['mona', 'member']]));
    expect(await codeOf(world.ask('access.holders', { registryId: registry.id }, { actorId: member }))).toBe('permission_denied');
    await world.do('registries.update', { id: registry.id, visibility: 'restricted' });
    expect(await codeOf(world.ask('access.explain', { object }, { actorId: member }))).toBe('not_found');
    expect((await world.ask('access.explain', { object, userId: member as never, action: 'registry.see' })).actions[0]).toMatchObject({ allowed: false, sentence: expect.stringContaining('mona') as unknown });
  });

  test('a service account is at least a member wherever it has anything, and a team’s role counts', async () => {
    const robot = await world.person('robot', 'member', 'service');
    const registry = await world.do('registries.create', { name: 'automated', visibility: 'restricted' });
    expect(await codeOf(world.do('registries.addMembers', { registryId: registry.id, userIds: [robot as never], role: 'viewer' }))).not.toBe('none');
    const team = await world.do('teams.create', { name: 'ops' });
    await world.do('teams.setMember', { teamId: team.id, userId: viewer as never, role: 'viewer' });
    await world.do('registries.addMembers', { registryId: registry.id, teamIds: [team.id], role: 'member' });
    const object = { kind: 'registry' as const, id: registry.id };
    expect(await world.ask('access.explain', { object, userId: viewer as never, action: 'link.create' })).toMatchObject({ role: 'member', actions: [{ allowed: true, because: { through: 'team registry role', team: { name: 'ops' } } }] });
    expect((await world.ask('access.explain', { object, userId: robot as never })).role).toBeNull();
    await world.do('registries.addMembers', { registryId: registry.id, userIds: [robot as never], role: 'member' });
    expect(await world.ask('access.explain', { object, userId: robot as never })).toMatchObject({ role: 'member' });
  });

  test('an admin looks as somebody else; nobody else does', async () => {
    const registry = await world.do('registries.create', { name: 'unseen', visibility: 'restricted' });
    const context = (actorId: number, viewAs: number) => ({ actorId: actorId as never, viewAs });
    const names = async (actorId: number, viewAs: number) => ((await world.catalog.read('registries.list', { direction: 'ascending' }, context(actorId, viewAs))) as { items: { name: string; role: string }[] }).items;
    const ada = world.catalog.status().defaultUserId;
    expect((await names(ada, member)).map((item) => item.name)).not.toContain('unseen');
    expect((await names(ada, viewer)).every((item) => item.role !== 'restricted_viewer')).toBe(true);
    expect(await codeOf(names(member, ada))).toBe('permission_denied');
    expect(await codeOf(names(ada, 999_999))).toBe('not_found');
    expect(registry.role).toBe('admin');
  });
});
