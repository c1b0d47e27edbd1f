/** Shapes that break graph queries: deep chains, wide fans, dense layers, circles that were imported. Every answer is bounded, and comes soon. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LineageNodeId, RunId, VersionId } from '#shared/contract/index.ts';
import { openWriter } from './connection.ts';
import { sql } from './sql.ts';
import { openWorld, type World } from './testing/world.ts';

let world: World;
const version = (id: number): LineageNodeId & { readonly kind: 'version' } => ({ kind: 'version', id: id as VersionId });
const run = (id: number): LineageNodeId & { readonly kind: 'run' } => ({ kind: 'run', id: id as RunId });

const deep = 5000;
const wide = 50_000;
/** Versions and runs are numbered from here: a chain, a fan, a circle, a dense layer. */
const chain = 1_000_000;
const fan = 2_000_000;
const circle = 3_000_000;
const dense = 4_000_000;
const denseSize = 600;

beforeAll(async () => {
  world = await openWorld();
  const one = await world.log('pattern', 'pattern');
  await world.do('runs.create', { project: { name: 'vision' } });
  const db = openWriter(world.catalog.status().file);
  const series = (from: number, count: number) => sql`(WITH RECURSIVE s (n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM s WHERE n + 1 < ${from + count}) SELECT n FROM s)`;
  const versions = (from: number, count: number) => db.run(sql`
    INSERT INTO versions (id, artifact_id, project_id, type, idx, state, size, file_count, manifest_id, digest, wandb_digest, created_by, created_at, updated_at)
    SELECT n, v.artifact_id, v.project_id, v.type, n, 'committed', v.size, v.file_count, v.manifest_id, v.digest, v.wandb_digest, v.created_by, v.created_at, v.updated_at FROM ${series(from, count)} s JOIN versions v ON v.id = ${one.versionId}`);
  const runs = (from: number, count: number) => db.run(sql`
    INSERT INTO runs (id, project_id, run_id, display_name, state, created_by, created_at, updated_at)
    SELECT n, r.project_id, 'r' || n, 'r' || n, 'finished', r.created_by, r.created_at, r.updated_at FROM ${series(from, count)} s JOIN runs r ON r.id = (SELECT min(id) FROM runs)`);
  db.script('BEGIN');
  versions(chain, deep + 1);
  runs(chain, deep);
  db.run(sql`INSERT INTO run_inputs (run_id, version_id, provenance, at) SELECT n, n, 'sync', 0 FROM ${series(chain, deep)} s`);
  db.run(sql`INSERT INTO run_outputs (run_id, version_id, provenance, at) SELECT n, n + 1, 'sync', 0 FROM ${series(chain, deep)} s`);
  versions(fan, 1);
  runs(fan, wide);
  db.run(sql`INSERT INTO run_inputs (run_id, version_id, provenance, at) SELECT n, ${fan}, 'sync', 0 FROM ${series(fan, wide)} s`);
  versions(circle, 3);
  runs(circle, 3);
  db.run(sql`INSERT INTO run_inputs (run_id, version_id, provenance, at) SELECT n, n, 'sync', 0 FROM ${series(circle, 3)} s`);
  db.run(sql`INSERT INTO run_outputs (run_id, version_id, provenance, at) SELECT n, ${circle} + (n - ${circle} + 1) % 3, 'sync', 0 FROM ${series(circle, 3)} s`);
  // Every run of the layer uses every version of it: 360,000 edges between 1,200 nodes.
  versions(dense, denseSize);
  runs(dense, denseSize);
  db.run(sql`INSERT INTO run_inputs (run_id, version_id, provenance, at) SELECT a.n, b.n, 'sync', 0 FROM ${series(dense, denseSize)} a CROSS JOIN ${series(dense, denseSize)} b`);
  db.script('COMMIT');
  db.close();
});
afterAll(() => world.close());

/** Milliseconds far above what is needed and far below what a wrong plan takes: a hang is what is looked for, not a slow machine. */
const soon = 20_000;

test('a chain of 5,000 is walked to its end, and a way found from end to end', async () => {
  const around = await world.ask('lineage.neighbourhood', { root: version(chain), up: 20_000, down: 20_000, limit: 10_000 });
  expect(around.nodes).toHaveLength(10_000);
  expect(around.truncated).toBe(true);
  expect(around.nodes.at(-1)).toMatchObject({ hiddenDownstream: 1 });
  const path = await world.ask('lineage.path', { from: version(chain + deep), to: version(chain) });
  expect(path).toMatchObject({ direction: 'upstream', complete: true, truncated: false });
  expect(path.shortest).toHaveLength(2 * deep + 1);
  const impact = await world.ask('lineage.impact', { root: version(chain), limit: 3 });
  expect(impact).toMatchObject({ versionCount: deep, runCount: deep, depth: 2 * deep, complete: true });
}, soon);

test('a fan of 50,000 shows what there is room for and counts the rest', async () => {
  const around = await world.ask('lineage.neighbourhood', { root: version(fan), limit: 1000 });
  expect(around.nodes).toHaveLength(1000);
  expect(around.edges).toHaveLength(999);
  expect(around.truncated).toBe(true);
  // Badges count up to ten thousand.
  expect(around.nodes[0]).toMatchObject({ hiddenDownstream: 10_000 - 999 });
  // The newest uses come first.
  expect(around.nodes[1]!.key).toBe(`run:${fan + wide - 1}`);
  const impact = await world.ask('lineage.impact', { root: version(fan), limit: 10 });
  expect(impact).toMatchObject({ runCount: wide, complete: true });
  const path = await world.ask('lineage.path', { from: version(fan), to: run(fan + 7) });
  expect(path.paths).toEqual([[`version:${fan}`, `run:${fan + 7}`]]);
  expect((await world.ask('lineage.stale', { of: run(fan + 7) })).checked).toBe(1);
}, soon);

test('a circle ends, on every question', async () => {
  const around = await world.ask('lineage.neighbourhood', { root: version(circle), up: 100, down: 100 });
  expect([around.nodes.length, around.edges.length, around.truncated]).toEqual([6, 6, false]);
  const path = await world.ask('lineage.path', { from: version(circle), to: version(circle + 2), limit: 100 });
  expect(path.paths.map((one) => one.length)).toEqual([5]);
  expect((await world.ask('lineage.impact', { root: version(circle) })).versionCount).toBe(2);
  expect((await world.ask('lineage.common', { first: version(circle), second: version(circle + 1) })).total).toBe(6);
  expect((await world.ask('lineage.compare', { first: version(circle), second: version(circle + 1) })).nodes).toHaveLength(6);
  expect((await world.ask('lineage.stale', { of: version(circle) })).items.length).toBeLessThanOrEqual(1);
}, soon);

test('a dense layer is bounded by its edges, and says so', async () => {
  const around = await world.ask('lineage.neighbourhood', { root: version(dense), up: 4, down: 4, limit: 10_000 });
  expect(around.nodes).toHaveLength(1 + denseSize);
  const both = await world.ask('lineage.neighbourhood', { root: { kind: 'selection', nodes: Array.from({ length: denseSize }, (_, at) => version(dense + at)) }, up: 0, down: 1, limit: 10_000 });
  expect([both.nodes.length, both.edges.length, both.truncated]).toEqual([2 * denseSize, 200_000, true]);
  const ways = await world.ask('lineage.path', { from: version(dense), to: run(dense + 1), limit: 1000 });
  expect(ways.paths).toHaveLength(1);
}, soon);
