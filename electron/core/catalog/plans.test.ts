/** Lists, look-ups and pages must stay on their indexes however large the catalog grows: what SQLite plans is held against that. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openReader, type Connection } from './connection.ts';
import { queries } from './queries/index.ts';
import { queryScope } from './scope.ts';
import type { Sql } from './sql.ts';
import { openWorld, type World } from './testing/world.ts';

let world: World;
let db: Connection;
beforeAll(async () => {
  world = await openWorld();
  const run = await world.do('runs.create', { project: { name: 'vision' } });
  const version = await world.log('artifact', 'one', { runId: run.id, tags: ['tag', 'other'], metadata: { accuracy: 0.9 } });
  const registry = await world.registry('Models');
  await world.do('registries.setLifecycle', { registryId: registry.id, lifecycle: { states: [{ name: 'draft', hue: 6, terminal: false }], transitions: [] } });
  await world.do('links.create', { versionIds: [version.versionId], target: { kind: 'new_collection', registryId: registry.id, name: 'collection' } });
  db = openReader(world.catalog.status().file);
});
afterAll(async () => {
  db.close();
  await world.close();
});

/** Tables that have a row per version, link, file or event: those that must never be read from end to end for a page. */
const large = /^(SCAN) (v|versions|l|links|e|events|o|event_objects|manifest_entries|x|aliases|r|runs|i|run_inputs|m|alias_moves|a|artifacts|c|collections)\b(?!.*USING (COVERING )?INDEX)/;

/** Every plan that a query makes, its answers being real. */
function plansOf(name: string, input: unknown): string[] {
  const plans: string[] = [];
  const explain = (query: Sql) => {
    const rows = db.raw.prepare(`EXPLAIN QUERY PLAN ${query.text}`).all(...query.values) as readonly { readonly detail: string }[];
    plans.push(...rows.map((row) => row.detail));
  };
  const watching = new Proxy(db, {
    get(target, property) {
      const own: unknown = Reflect.get(target, property, target);
      if (typeof own !== 'function') return own;
      const call = own.bind(target) as (query: Sql) => unknown;
      return ['all', 'get', 'value', 'column', 'rows', 'iterate'].includes(String(property)) ? (query: Sql) => { explain(query); return call(query); } : call;
    },
  });
  queries[name]!(queryScope(watching, { actorId: world.catalog.status().defaultUserId }), input as never);
  return plans;
}

const page = { limit: 100 };
const runOrder = { sort: 'created', direction: 'descending', columns: [] };
test.each([
  ['versions.list', { ...page, sort: 'updated', direction: 'descending' }], ['versions.list', { ...page, sort: 'created', direction: 'ascending' }], ['versions.list', { ...page, sort: 'size', direction: 'descending' }],
  ['versions.list', { ...page, sort: 'updated', direction: 'descending', position: 1 }], ['versions.list', { ...page, sort: 'updated', direction: 'descending', projectId: 1 }],
  ['versions.list', { ...page, sort: 'index', direction: 'descending', artifactId: 1 }], ['artifacts.list', { ...page, sort: 'updated', direction: 'descending' }],
  ['artifacts.list', { ...page, sort: 'name', direction: 'ascending' }], ['artifacts.list', { ...page, sort: 'updated', direction: 'descending', projectId: 1 }],
  ['links.list', { ...page, collectionId: 1, sort: 'index', direction: 'descending' }], ['links.list', { ...page, collectionId: 1, sort: 'linked', direction: 'descending' }],
  ['history.list', page], ['history.list', { ...page, object: { kind: 'collection', id: 1 } }], ['runs.list', { ...page, ...runOrder, projectId: 1 }], ['runs.list', { ...page, ...runOrder }], ['projects.list', page],
  ['versions.get', { id: 1 }], ['versions.details', { ids: [1] }], ['links.find', page], ['versions.links', { id: 1 }], ['links.get', { id: 1 }], ['collections.get', { id: 1 }], ['runs.get', { id: 1 }], ['versions.manifest', { ...page, id: 1 }],
  ['addresses.resolve', { address: 'wandb-registry-Models/collection' }], ['links.candidates', { text: '', limit: 50 }], ['home.get', {}],
] as const)('%s %j', (name, input) => {
  const plans = plansOf(name, input);
  expect(plans.length).toBeGreaterThan(0);
  // All links are walked by id, as far as the page reaches: for SQLite that is a scan too.
  const walked: Readonly<Record<string, string>> = { 'links.find': 'SCAN l' };
  expect([...new Set(plans.filter((plan) => large.test(plan)))]).toEqual(walked[name] === undefined || 'object' in input ? [] : [walked[name]]);
  if (name.endsWith('.list')) expect(plans.filter((plan) => plan.includes('TEMP B-TREE FOR ORDER BY'))).toEqual([]);
});

const table = { ...page, collectionId: 1, columns: [] };
const byState = 'SEARCH l USING INDEX links_by_state (state=? AND collection_id=?)';
test.each([
  ['number', { sort: { kind: 'own', key: 'index' } }, 'SEARCH l USING INDEX links_by_collection (collection_id=?)'],
  ['time of the link', { sort: { kind: 'own', key: 'linked' } }, 'SEARCH l USING INDEX links_by_time (collection_id=?)'],
  ['lifecycle state', { sort: { kind: 'own', key: 'state' } }, byState],
  ['number, in one state', { sort: { kind: 'own', key: 'index' }, state: 'draft' }, byState],
  ['state, in one state', { sort: { kind: 'own', key: 'state' }, state: 'draft' }, byState],
] as const)('a table by %s is walked along its index, from the start and from a row number, either way', (_name, view, expected) => {
  for (const direction of ['ascending', 'descending'] as const) for (const position of [undefined, 1]) {
    const plans = plansOf('collections.table', { ...table, ...view, direction, ...(position === undefined ? {} : { position }) });
    expect(plans).toContain(expected);
    expect(plans.filter((plan) => large.test(plan))).toEqual([]);
    expect(plans.filter((plan) => plan.includes('TEMP B-TREE FOR ORDER BY'))).toEqual([]);
  }
});

const versionsOnly = { ...page, kinds: ['version'] };
test.each([
  ['a tag', 'tag:tag', 'SEARCH version_tags USING COVERING INDEX version_tags_by_tag (tag_id=?)'],
  ['two tags', 'tag:tag tag:other', 'SEARCH x EXISTS USING COVERING INDEX version_tags_by_tag (tag_id=? AND version_id=?)'],
  ['words', 'artifact tag', /SCAN versions_fts VIRTUAL TABLE/],
  ['a number', 'metadata.accuracy>0.5', /SEARCH metadata_numbers USING PRIMARY KEY \(key_id=\? AND number>\?\)/],
] as const)('a search by %s reads the row of no version but those it shows', (_name, text, expected) => {
  const plans = plansOf('search.query', { ...versionsOnly, text });
  expect(plans).toContainEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
  expect(plans).toContainEqual(expect.stringMatching(/^SEARCH x USING (COVERING )?INDEX versions_not_standing \(id=\?/));
  // Rows of versions are read by the number of each that is shown, never on the way.
  expect(plans.filter((plan) => large.test(plan))).toEqual([]);
  expect(plans.filter((plan) => plan.startsWith('SEARCH v ')).length).toBeLessThanOrEqual(1);
});
