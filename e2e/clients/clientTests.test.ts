/** What the client's own tests of a real server try, in our words; README.md lists which of them are here, elsewhere, or nowhere and why. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clients, type RunningClient } from '../drivers/pythonClient.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
}, 240_000);
afterAll(async () => bench.close());

const words = (text: RegExp) => expect.objectContaining({ words: expect.stringMatching(text) as unknown }) as unknown;

describe.each(clients)('the %s client', { timeout: 400_000 }, (client) => {
  const newest = client === 'newest';
  const project = `own_${client}`;
  const registry = `own-${client}`;
  let program: RunningClient;
  beforeAll(() => {
    program = bench.program(client, 'clientTests.py', { parameters: { project, registry, client }, timeout: 390_000 });
  });

  /** Of each scenario, what it must tell. */
  const expected: Readonly<Record<string, () => unknown>> = {
    registry_for_them: () => ({ name: registry, description: expect.toBeOneOf([null, '']) as unknown }),
    linked_and_unlinked: () => ({
      is_link: [false, true], same: true, collection: ['link-shelf', 'dataset', bench.organization, `wandb-registry-${registry}`], source: ['link-source', project, false, true], versions: [true],
      linked: [`${bench.organization}/wandb-registry-${registry}/link-shelf:v0`], before: [true, true], after: [true, false], source_unlinked: words(/Artifact\.delete/u), still: true,
    }),
    drafts_are_logged_first: () => ({ by_run: [false, false, true, true], alone: [false, false, true, true], project: expect.any(String) as unknown }),
    link_into_a_project: () => ({ short: words(/not a registry|wandb-registry-/u), long: words(/not a registry|wandb-registry-/u) }),
    alias_where_it_stands: () => ({ before: ['latest'], there: ['boom', 'latest', 'shelf'], source: ['latest', 'sequence'] }),
    numbers_of_their_own: () => ({ version: 'v0', source: 'v1' }),
    collections_deleted: () => ({ first: [false, true], second: false, fetched: 'CommError' }),
    link_deleted: () => ({ source: true, link: false }),
    tags_edited: () => ({ first: ['orig-TAG 1', 'other-tag'], in_place: [['added', 'orig-TAG 1'], ['added', 'orig-TAG 1']], refused: Array.from({ length: 5 }, () => expect.stringMatching(/ValueError|CommError/u) as unknown), at_log: 'ValueError', kept: ['added', 'more', 'orig-TAG 1'] }),
    found_by_tags: () => ({ fizz: ['v0', 'v3', 'v6'], both: ['v0'], none: [] }),
    metadata_held_to_its_rules: () => ({ refused: ['ValueError', 'ValueError'], there: [false, false], holes: { number: 1, hole: null, inner: { hole: null } } }),
    type_that_is_another: () => ({ refused: words(/already exists with type|has the type|type/u), versions: 1 }),
    step_of_the_history: () => ({ steps: [null, 0] }),
    downloaded_in_ranges: () => ({ same: true }),
    logged_after_the_run: () => ({ logged: ['later:v0'], used: ['stepped:v0'], refused: Array.from({ length: 4 }, () => 'CommError') }),
    files_listed: () => ({
      names: Array.from({ length: 10 }, (_, index) => `file${index}.txt`), some: ['file0.txt', 'file1.txt'], path: true, ...(newest ? { length: [10, 1], resumed: Array.from({ length: 10 }, (_, index) => `file${index}.txt`) } : {}),
    }),
    cursors: () => ({ resumed: [true, true, true, true] }),
    ordered: () => (newest ? { up: true, plus: true, down: true, sorted: true, filtered: ['by-tags'], registries: expect.toSatisfy((names: readonly string[]) => names.join() === names.toSorted().toReversed().join()) as unknown } : { count: 7 }),
    objects_by_their_names: () => ({ table: [[1, 'x']], none: true, put: 'ArtifactFinalizedError', verified: true }),
    saved_without_a_run: () => ({ type: 'dataset', by: 'auto' }),
    sequence_edited: () => ({ refused: Array.from({ length: 2 }, () => expect.stringMatching(/^(?:ValueError|ValidationError)$/u) as unknown), edited: ['sequence-after', 'kind-after', 'Said anew.', ['tag']], tags: ['new-tag'], internal: words(/reserved|internal/u), kept: 'kind-after' }),
    portfolio_edited: () => ({ typed: 'ValueError', edited: ['portfolio-after', 'A shelf.', ['tag'], expect.arrayContaining(['latest'])] }),
    addresses: () => ({ source: true, link: true }),
    distributed_needs_a_name: () => ({ upsert: 'TypeError', finish: 'TypeError', pending: false, files: ['by-group.txt'] }),
    used_from_another_project: () => ({ run: `${project}_other`, artifact: [project] }),
    in_the_config: () => ({
      config: { by_address: ['artifactVersion', 'v1', 'by-tags'], by_id: ['artifactVersion', 'v0', 'by-tags'], dataset: ['artifactVersion', 'v0', 'by-tags'] }, same: true, used: ['v0', 'v1'], refused: 'ValueError',
    }),
    models: () => ({ path: 'model.txt', content: ['weights', 'weights'], wrong: 'AssertionError' }),
    code: () => ({ type: 'code', files: ['main.py'], logged: ['code'] }),
    draft_of_a_draft: () => ({ files: ['more.txt'], missing: 'CommError', removed: 'ArtifactFinalizedError' }),
    the_same_again: () => ({ version: 'v0', count: 1 }),
    registry_life: () => ({
      full: `wandb-registry-life-${registry}`, organization: bench.organization, all: true, types: [], both: 'ValueError', draft: ['model-2'], after: ['model-1', 'model-2'], open: false, description: newest ? (expect.toBeOneOf(['', null]) as unknown) : 'Said anew.', removed: 'ValueError',
      ...(newest ? { renamed: [`life-${registry}-renamed`, true, `life-${registry}-renamed`] } : {}), loaded: 'ValueError', deleted_twice: 'ValueError',
    }),
    registry_refused: () => ({
      twice: 'ValueError', empty: 'ValueError', organization: expect.stringMatching(/nobody-there/u) as unknown, fetched: expect.stringMatching(/nobody-there/u) as unknown, types: 'ValueError', visibility: expect.stringMatching(/visibility/iu) as unknown, named: 'ValueError',
      long: newest ? words(/113/u) : null, inferred: bench.organization, names: expect.arrayContaining([registry, 'Models', 'Datasets']) as unknown,
    }),
    runs_from_afar: () => ({
      made: [project, bench.team], tags: ['seed', 'test'], config: { foo: 'bar' }, summary: [100, 2, 1], metadata: true, html: true, ...(newest ? { state: [true, 'failed'] } : {}),
    }),
    files_of_a_run: () => ({ names: ['inside/one.txt', 'two.txt'], content: 'one', after: ['two.txt'], outside: expect.stringMatching(/Error/u) as unknown }),
    people_and_places: () => ({ viewer: [true, bench.team], nobody: true, team: bench.team, project: [true, project], no_project: 'ValueError', no_run: expect.stringMatching(/ValueError|CommError/u) as unknown, bad_path: expect.stringMatching(/ValueError|CommError/u) as unknown }),
    histories: () => ({
      all: Array.from({ length: 20 }, (_, index) => index), keys: [newest ? ['_step', 'acc', 'rare'] : ['acc', 'rare']], rare: [0, 5, 10, 15], part: [5, 6, 7, 8], sampled: expect.toSatisfy((count: number) => count >= 5 && count <= 20) as unknown,
      ...(newest ? { histories: expect.toSatisfy((count: number) => count > 0) as unknown } : {}),
    }),
    tables_that_grow: () => ({ mutable: expect.toBeOneOf([null, [0, 1, 2]]) as unknown, grown: expect.arrayContaining([]) as unknown, versions: expect.arrayContaining([]) as unknown }),
    objects_of_others: () => ({ class: 'JoinedTable', files: [true, true, true, true], rows: 2 }),
  };

  test.each(Object.keys(expected))('%s', async (name) => {
    expect(await program.told(name)).toEqual(expected[name]?.());
  });
});
