/** The lineage's questions on a real catalog, held against plain recursion over the same edges. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import type { LineageNode, LineageNodeId, OutputOf, RunId, VersionId } from '#shared/contract/index.ts';
import { openWriter } from './connection.ts';
import { sql } from './sql.ts';
import { openWorld, codeOf as errorOf, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const version = (id: number): LineageNodeId & { readonly kind: 'version' } => ({ kind: 'version', id: id as VersionId });
const run = (id: number): LineageNodeId & { readonly kind: 'run' } => ({ kind: 'run', id: id as RunId });
let serial = 0;

async function newRun(more: Record<string, unknown> = {}): Promise<number> {
  return (await world.do('runs.create', { project: { name: 'vision' }, ...more })).id;
}
async function logged(artifact: string, more: Record<string, unknown> = {}): Promise<number> {
  return (await world.log(artifact, `bytes ${serial++}`, more)).versionId;
}
async function takeIn(runId: number, ...versionIds: number[]): Promise<void> {
  await world.do('runs.use', { id: runId as RunId, versionIds: versionIds as VersionId[] }, { entrance: 'sdk' });
}
/** A run that uses versions and logs one. */
async function made(artifact: string, from: readonly number[], more: Record<string, unknown> = {}): Promise<{ readonly run: number; readonly version: number }> {
  const id = await newRun();
  if (from.length > 0) await takeIn(id, ...from);
  return { run: id, version: await logged(artifact, { runId: id, ...more }) };
}
const keysOf = (nodes: readonly LineageNode[]): string[] => nodes.map((node) => node.key);
const node = (answer: { readonly nodes: readonly LineageNode[] }, key: string): LineageNode => answer.nodes.find((one) => one.key === key)!;

describe('the neighbourhood', () => {
  test('says of every node what it leaves out, and brings it when asked again', async () => {
    const data = await logged('fan-data', { type: 'dataset' });
    const trained = [];
    for (let count = 0; count < 12; count++) trained.push(await made('fan-model', [data]));
    const narrow = await world.ask('lineage.neighbourhood', { root: version(data), up: 2, down: 2, limit: 9 });
    expect(narrow.truncated).toBe(true);
    expect(narrow.nodes).toHaveLength(9);
    const root = node(narrow, `version:${data}`);
    const shownRuns = narrow.nodes.filter((one) => one.kind === 'run');
    expect(root.hiddenDownstream).toBe(12 - shownRuns.length);
    const whole = await world.ask('lineage.neighbourhood', { root: version(data), up: 2, down: 2, limit: 100 });
    expect(whole).toMatchObject({ truncated: false });
    expect(whole.nodes).toHaveLength(25);
    for (const one of whole.nodes) expect([one.hiddenUpstream, one.hiddenDownstream]).toEqual([0, 0]);
    const oneStep = await world.ask('lineage.neighbourhood', { root: version(data), up: 0, down: 1, limit: 100 });
    expect(oneStep.truncated).toBe(false);
    expect(oneStep.nodes.filter((one) => one.kind === 'run').every((one) => one.hiddenDownstream === 1)).toBe(true);
  });

  test('shares a layer out: a wide fan leaves room for what stands beside it', async () => {
    const wide = await logged('wide', { type: 'dataset' });
    const narrow = await logged('narrow', { type: 'dataset' });
    for (let count = 0; count < 30; count++) await made('from-wide', [wide]);
    const lone = await made('from-narrow', [narrow]);
    const answer = await world.ask('lineage.neighbourhood', { root: { kind: 'selection', nodes: [version(wide), version(narrow)] }, up: 0, down: 1, limit: 8 });
    expect(keysOf(answer.nodes)).toContain(`run:${lone.run}`);
    expect(answer.roots).toEqual([`version:${wide}`, `version:${narrow}`]);
    expect(answer.nodes).toHaveLength(8);
  });

  test('starts from a collection, carries aliases, links, tags, and the words of every edge', async () => {
    const data = await made('words-data', [], { type: 'dataset', tags: ['clean'] });
    const model = await made('words-model', [data.version], { aliases: ['candidate'] });
    const { links: [link] } = await world.do('links.create', { versionIds: [model.version as VersionId], target: { kind: 'new_collection', registryId: (await world.registry('Models')).id, name: 'Words' }, aliases: ['production'] });
    const collection = (await world.ask('links.get', { id: link!.linkId })).collectionId;
    const answer = await world.ask('lineage.neighbourhood', { root: { kind: 'collection', id: collection } });
    expect(answer.root).toBe(`version:${model.version}`);
    expect(node(answer, `version:${data.version}`)).toMatchObject({ type: 'dataset', tags: ['clean'] });
    expect(node(answer, `version:${model.version}`)).toMatchObject({ aliases: [{ name: 'latest' }, { name: 'candidate' }], links: [{ collection: 'Words', index: 0, aliases: [{ name: 'latest' }, { name: 'production' }] }] });
    expect(answer.edges).toContainEqual({ from: `version:${data.version}`, to: `run:${model.run}`, relation: 'used', provenance: 'sdk' });
    const named = await newRun();
    await world.do('runs.use', { id: named as RunId, versionIds: [data.version as VersionId], usedAs: 'validation set' }, { entrance: 'sdk' });
    expect((await world.ask('lineage.neighbourhood', { root: run(named), up: 1, down: 0 })).edges).toMatchObject([{ from: `version:${data.version}`, usedAs: 'validation set' }]);
  });

  test('keeps tombstones where they stood', async () => {
    const data = await made('gone-data', []);
    const model = await made('gone-model', [data.version]);
    await world.do('versions.delete', { ids: [data.version as VersionId], aliases: ['latest'] } as never);
    const answer = await world.ask('lineage.neighbourhood', { root: version(model.version) });
    expect(node(answer, `version:${data.version}`)).toMatchObject({ state: 'deleted' });
    expect(keysOf(answer.nodes)).toContain(`run:${data.run}`);
  });

  test('filters, and keeps what stands between a match and the root', async () => {
    const raw = await made('filter-raw', [], { type: 'dataset', tags: ['gold'] });
    const clean = await made('filter-clean', [raw.version], { type: 'dataset' });
    const other = await made('filter-other', [], { type: 'dataset' });
    const runId = await newRun();
    await takeIn(runId, clean.version, other.version);
    const model = await logged('filter-model', { runId });
    const answer = await world.ask('lineage.neighbourhood', { root: version(model), up: 10, down: 0, filter: { tags: ['gold'] } });
    expect(keysOf(answer.nodes).sort()).toEqual([`version:${model}`, `run:${runId}`, `version:${clean.version}`, `run:${clean.run}`, `version:${raw.version}`].sort());
    expect(answer.nodes.filter((one) => one.between === true)).toHaveLength(3);
    const none = await world.ask('lineage.neighbourhood', { root: version(model), up: 10, filter: { projects: ['lab/elsewhere'] } });
    expect(keysOf(none.nodes)).toEqual([`version:${model}`]);
    const types = await world.ask('lineage.neighbourhood', { root: version(model), up: 2, down: 0, filter: { types: ['dataset'], states: ['committed'], from: '2000-01-01T00:00:00.000Z', until: '2999-01-01T00:00:00.000Z' } });
    expect(types.nodes.filter((one) => one.kind === 'version')).toHaveLength(3);
  });

  test('what may not be seen is not there, and nothing is found through it', async () => {
    const outsider = await world.person('outsider', 'member');
    // Nobody is outside of the one team yet, so the row is taken out by hand.
    const writer = openWriter(world.catalog.status().file);
    writer.run(sql`DELETE FROM team_members WHERE user_id = ${outsider}`);
    writer.close();
    const data = await made('secret-data', []);
    const model = await made('secret-model', [data.version]);
    expect(await errorOf(world.ask('lineage.neighbourhood', { root: version(model.version) }, { actorId: outsider }))).toBe('not_found');
    await world.do('links.create', { versionIds: [model.version as VersionId], target: { kind: 'new_collection', registryId: (await world.registry('Models')).id, name: 'Seen' } });
    const answer = await world.ask('lineage.neighbourhood', { root: version(model.version) }, { actorId: outsider });
    expect(keysOf(answer.nodes)).toEqual([`version:${model.version}`]);
    expect(answer.nodes[0]).toMatchObject({ hiddenUpstream: 0 });
    expect(await errorOf(world.ask('lineage.path', { from: version(data.version), to: version(model.version) }, { actorId: outsider }))).toBe('not_found');
  });
});

describe('edges by hand', () => {
  test('carry a reason, an author and an event; can be taken away, and back', async () => {
    const first = await logged('hand-a');
    const second = await logged('hand-b');
    const drawn = await world.act('lineage.link', { from: version(first), to: version(second), reason: ' converted to ONNX by hand ' });
    expect(drawn.output).toEqual({ from: `version:${first}`, to: `version:${second}`, created: true });
    const answer = await world.ask('lineage.neighbourhood', { root: version(second) });
    expect(answer.edges).toMatchObject([{ from: `version:${first}`, to: `version:${second}`, relation: 'manual', provenance: 'manual', byHand: { reason: 'converted to ONNX by hand', by: 'ada' } }]);
    expect(answer.nodes.map((one) => [one.hiddenUpstream, one.hiddenDownstream])).toEqual([[0, 0], [0, 0]]);
    const [event] = (await world.ask('history.list', { object: { kind: 'version', id: first }, limit: 1 })).items;
    expect(event).toMatchObject({ kind: 'lineage.linked', message: 'converted to ONNX by hand', after: { reason: 'converted to ONNX by hand' } });
    expect((await world.do('lineage.link', { from: version(first), to: version(second), reason: 'converted to ONNX by hand' })).created).toBe(false);
    const taken = await world.act('lineage.unlink', { from: version(first), to: version(second) }, { message: 'it was another' });
    expect((await world.ask('lineage.neighbourhood', { root: version(second) })).edges).toEqual([]);
    await world.do('undo.apply', { id: taken.undo!.id });
    expect((await world.ask('lineage.neighbourhood', { root: version(second) })).edges).toMatchObject([{ byHand: { reason: 'converted to ONNX by hand' } }]);
    await world.do('undo.apply', { id: drawn.undo!.id });
    expect((await world.ask('lineage.neighbourhood', { root: version(second) })).edges).toEqual([]);
    expect(await errorOf(world.do('lineage.unlink', { from: version(first), to: version(second) }))).toBe('not_found');
  });

  test('are refused without a reason, to themselves, between runs, in a circle, and where a run has told', async () => {
    const data = await made('refused-data', []);
    const model = await made('refused-model', [data.version]);
    const refused = (from: LineageNodeId, to: LineageNodeId, reason = 'why not'): Promise<string> => errorOf(world.do('lineage.link', { from, to, reason }));
    expect(await refused(version(data.version), version(model.version), '  ')).toBe('name_invalid');
    expect(await refused(version(data.version), version(data.version))).toBe('bad_input');
    expect(await refused(run(data.run), run(model.run))).toBe('bad_input');
    expect(await refused(version(data.version), run(model.run))).toBe('already_exists');
    expect(await refused(version(model.version), version(data.version))).toBe('blocked');
    expect(await refused(version(model.version), run(data.run))).toBe('blocked');
    expect(await errorOf(world.do('lineage.unlink', { from: version(data.version), to: run(model.run) }))).toBe('blocked');
    expect(await refused(version(999_999), version(data.version))).toBe('not_found');
    const viewer = await world.person('hand-viewer', 'viewer');
    expect(await errorOf(world.do('lineage.link', { from: version(data.version), to: version(model.version), reason: 'because' }, { actorId: viewer }))).toBe('permission_denied');
  });
});

describe('questions', () => {
  test('path, impact, common ancestors and difference, on random graphs, are what recursion finds', async () => {
    // Runs and versions by chance: every run uses some earlier versions and logs one.
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.nat(30), { maxLength: 3 }), { minLength: 2, maxLength: 12 }), fc.nat(100), fc.nat(100), async (uses, a, b) => {
        const name = `random-${serial++}`;
        const steps: { readonly run: number; readonly version: number }[] = [];
        const edges: [string, string][] = [];
        for (const [at, picks] of uses.entries()) {
          const from = at === 0 ? [] : [...new Set(picks.map((pick) => steps[pick % at]!.version))];
          const step = await made(`${name}-${at}`, from);
          for (const one of from) edges.push([`version:${one}`, `run:${step.run}`]);
          edges.push([`run:${step.run}`, `version:${step.version}`]);
          steps.push(step);
        }
        const first = steps[a % steps.length]!.version;
        const second = steps[b % steps.length]!.version;
        const down = reachOf(edges, `version:${first}`);
        const impact = await world.ask('lineage.impact', { root: version(first) });
        expect(new Map(impact.rows.map((row) => [row.key, row.degree]))).toEqual(new Map([...down].filter(([key]) => key !== `version:${first}`)));
        expect(impact).toMatchObject({ complete: true, versionCount: impact.rows.filter((row) => row.key.startsWith('version')).length, runCount: impact.rows.filter((row) => row.key.startsWith('run')).length });
        for (const row of impact.rows) expect(down.get(row.through)).toBe(row.degree - 1);

        const path = await world.ask('lineage.path', { from: version(first), to: version(second), limit: 1000 });
        const expected = pathsOf(edges, `version:${first}`, `version:${second}`);
        const back = pathsOf(edges, `version:${second}`, `version:${first}`);
        expect(path.direction).toBe(expected.length > 0 ? 'downstream' : back.length > 0 ? 'upstream' : 'none');
        const all = expected.length > 0 ? expected : back.map((one) => one.toReversed());
        expect(path.paths.map((one) => one.join(' ')).sort()).toEqual(all.map((one) => one.join(' ')).sort());
        expect(path.shortest.length).toBe(all.length === 0 ? 0 : Math.min(...all.map((one) => one.length)));
        expect((await world.ask('lineage.path', { from: version(first), to: version(second), limit: 1 })).shortest.length).toBe(path.shortest.length);

        const turned = edges.map(([from, to]): [string, string] => [to, from]);
        const up = [reachOf(turned, `version:${first}`), reachOf(turned, `version:${second}`)] as const;
        const common = await world.ask('lineage.common', { first: version(first), second: version(second) });
        const both = [...up[0].keys()].filter((key) => up[1].has(key));
        expect(common.ancestors.map((one) => one.key).sort()).toEqual(both.sort());
        for (const one of common.ancestors) {
          expect([one.stepsToFirst, one.stepsToSecond]).toEqual([up[0].get(one.key), up[1].get(one.key)]);
          expect(one.nearest).toBe(!edges.some(([from, to]) => from === one.key && both.includes(to)));
        }
        const compared = await world.ask('lineage.compare', { first: version(first), second: version(second) });
        expect(compared.rows.flatMap((row) => row.first).sort()).toEqual([...up[0].keys()].sort());
        expect(compared.rows.flatMap((row) => row.second).sort()).toEqual([...up[1].keys()].sort());
      }),
      { numRuns: 12, seed: 20_261_126 },
    );
  }, 240_000);

  test('impact names what carries an alias, production first, and counts by type and project', async () => {
    const data = await made('impact-data', [], { type: 'dataset' });
    const model = await made('impact-model', [data.version], { aliases: ['staging'] });
    const report = await made('impact-report', [model.version], { type: 'report' });
    await world.do('links.create', { versionIds: [model.version as VersionId], target: { kind: 'new_collection', registryId: (await world.registry('Models')).id, name: 'Impact' }, aliases: ['production'] });
    const impact = await world.ask('lineage.impact', { root: version(data.version) });
    expect(impact.rows.map((row) => [row.key, row.degree])).toEqual([[`run:${model.run}`, 1], [`version:${model.version}`, 2], [`run:${report.run}`, 3], [`version:${report.version}`, 4]]);
    expect(impact).toMatchObject({ versionCount: 2, runCount: 2, depth: 4, byType: [{ name: 'model', count: 1 }, { name: 'report', count: 1 }], byProject: [{ name: 'lab/vision', count: 4 }] });
    expect(impact.carrying[0]).toEqual({ key: `version:${model.version}`, alias: 'production', holder: 'Models/Impact', in: 'collection', index: 0 });
    expect(impact.carrying.map((one) => one.alias)).toEqual(['production', 'staging', 'latest', 'latest', 'latest']);
    expect((await world.ask('lineage.impact', { root: version(data.version), aliases: ['staging'], limit: 0 }))).toMatchObject({ rows: [], versionCount: 2, carrying: [{ alias: 'staging' }], byAlias: [{ name: 'staging', count: 1 }] });
  });

  test('difference sets the same artifact’s versions side by side', async () => {
    const old = await made('diff-data', [], { type: 'dataset' });
    const fresh = await made('diff-data', [], { type: 'dataset' });
    const shared = await made('diff-shared', [], { type: 'dataset' });
    const one = await made('diff-model', [old.version, shared.version]);
    const two = await made('diff-model', [fresh.version, shared.version]);
    const { rows } = await world.ask('lineage.compare', { first: version(one.version), second: version(two.version) });
    const verdicts = new Map(rows.filter((row) => row.kind === 'version').map((row) => [row.name, row.verdict]));
    expect(verdicts).toEqual(new Map([['lab/vision/diff-data', 'different'], ['lab/vision/diff-model', 'different'], ['lab/vision/diff-shared', 'same']]));
  });
});

describe('stale', () => {
  type Stale = OutputOf<'lineage.stale'>;
  const staleOf = (id: number): Promise<Stale> => world.ask('lineage.stale', { of: version(id) });

  test('names the input that was superseded, and what stands there now', async () => {
    const old = await made('stale-data', [], { type: 'dataset' });
    const model = await made('stale-model', [old.version]);
    const deep = await made('stale-deep', [model.version]);
    expect((await staleOf(deep.version)).items).toEqual([]);
    const fresh = await made('stale-data', [], { type: 'dataset' });
    const answer = await staleOf(deep.version);
    expect(answer.items).toMatchObject([{ key: `version:${deep.version}`, complete: true, inputs: [{ key: `version:${old.version}`, degree: 4, through: `run:${model.run}`, reasons: [{ why: 'superseded', alias: 'latest', holder: 'lab/vision/stale-data', now: { key: `version:${fresh.version}`, index: 1 } }] }] }]);
    expect(answer.items[0]!.inputs[0]!.reasons[0]!.since).not.toBeNull();
    expect(keysOf(answer.nodes)).toEqual(expect.arrayContaining([`version:${fresh.version}`, `version:${old.version}`]));
    // Built from the old and the new alike: nothing is missing.
    const both = await made('stale-both', [old.version, fresh.version]);
    expect((await staleOf(both.version)).items).toEqual([]);
    // The next version of the same artifact, made from the one before, makes that one no stale input of itself.
    const tuned = await made('stale-model', [model.version, fresh.version]);
    expect((await staleOf(tuned.version)).items).toEqual([]);
  });

  test('a version that still is production somewhere is in date; when the alias moves, it no longer is', async () => {
    const old = await made('prod-data', [], { type: 'dataset' });
    const registryId = (await world.registry('Datasets')).id;
    const { links: [first] } = await world.do('links.create', { versionIds: [old.version as VersionId], target: { kind: 'new_collection', registryId, name: 'Prod' }, aliases: ['production'] });
    const collectionId = (await world.ask('links.get', { id: first!.linkId })).collectionId;
    const model = await made('prod-model', [old.version]);
    const fresh = await made('prod-data', [], { type: 'dataset' });
    expect((await staleOf(model.version)).items).toEqual([]);
    await world.do('links.create', { versionIds: [fresh.version as VersionId], target: { kind: 'collection', id: collectionId }, aliases: ['production'] });
    const [item] = (await staleOf(model.version)).items;
    expect(item!.inputs[0]!.reasons.map((reason) => [reason.why, reason.alias, reason.holder, reason.now?.key])).toEqual([
      ['superseded', 'latest', 'lab/vision/prod-data', `version:${fresh.version}`],
      ['superseded', 'latest', 'Datasets/Prod', `version:${fresh.version}`],
      ['alias_moved', 'production', 'Datasets/Prod', `version:${fresh.version}`],
    ]);
    await world.do('links.create', { versionIds: [model.version as VersionId], target: { kind: 'new_collection', registryId: (await world.registry('Models')).id, name: 'Prod model' }, aliases: ['production'] });
    const everywhere = await world.ask('lineage.stale', {});
    expect(everywhere.items.map((one) => one.key)).toContain(`version:${model.version}`);
    const paged: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page: Stale = await world.ask('lineage.stale', { limit: 1, ...(cursor === undefined ? {} : { cursor }) });
      paged.push(...page.items.map((one) => one.key));
      cursor = page.nextCursor;
    }
    expect(new Set(paged)).toEqual(new Set(everywhere.items.map((one) => one.key)));
    expect((await world.ask('lineage.stale', { of: { kind: 'collection', id: collectionId } })).items).toEqual([]);
    const project = (await world.ask('projects.get', { entity: 'lab', name: 'vision' })).id;
    expect((await world.ask('lineage.stale', { of: { kind: 'project', id: project }, limit: 1000 })).items.map((one) => one.key)).toContain(`version:${model.version}`);
    expect(await errorOf(world.ask('lineage.stale', { cursor: 'nonsense' }))).toBe('bad_input');
  });

  test('a deleted input is said to be deleted', async () => {
    const data = await made('stale-gone', [], { type: 'dataset' });
    const model = await made('stale-gone-model', [data.version]);
    await world.do('versions.delete', { ids: [data.version as VersionId], aliases: ['latest'] } as never);
    expect((await staleOf(model.version)).items[0]!.inputs[0]!.reasons[0]).toMatchObject({ why: 'deleted', now: null });
  });
});

/** Steps to everything reachable, by relaxing. */
function reachOf(edges: readonly (readonly [string, string])[], from: string): Map<string, number> {
  const found = new Map([[from, 0]]);
  for (let grew = true; grew;) {
    grew = false;
    for (const [a, b] of edges) {
      const steps = found.get(a);
      if (steps === undefined || (found.get(b) ?? Number.POSITIVE_INFINITY) <= steps + 1) continue;
      found.set(b, steps + 1);
      grew = true;
    }
  }
  return found;
}

function pathsOf(edges: readonly (readonly [string, string])[], from: string, to: string): string[][] {
  if (from === to) return [[from]];
  return edges.filter(([a]) => a === from).flatMap(([, b]) => pathsOf(edges, b, to).map((path) => [from, ...path]));
}
