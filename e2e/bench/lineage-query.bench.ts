import Database from 'better-sqlite3';
import { openReader } from '../../electron/core/catalog/connection.ts';
import { openCatalog } from '../../electron/core/catalog/index.ts';
import { queries } from '../../electron/core/catalog/queries/index.ts';
import { queryScope } from '../../electron/core/catalog/scope.ts';
import { lineageCatalog } from './fixtures/lineageCatalog.ts';
import { spread, timed, type Benchmark, type BenchmarkResult } from './harness.ts';

const nodes = 1_000_000;
const roots = 300;
const limit = 10_000;
const steps = 8;

type Answer = { readonly nodes: readonly { readonly key: string; readonly hiddenUpstream: number; readonly hiddenDownstream: number }[]; readonly edges: readonly { readonly from: string; readonly to: string }[]; readonly truncated: boolean };

/**
 * The same answer by a bare recursive query on the same file: what is reached, with names, aliases and the number of neighbours on both sides,
 * and every edge between what was reached. It knows nothing of access, filters, bounds, links, tags or edges by hand.
 */
const reached = `
  WITH RECURSIVE
    up (run, id, step) AS (
      SELECT 0, ?, 0
      UNION SELECT 1, e.run_id, up.step + 1 FROM up JOIN run_outputs e ON e.version_id = up.id WHERE up.run = 0 AND up.step < ${steps}
      UNION SELECT 0, e.version_id, up.step + 1 FROM up JOIN run_inputs e ON e.run_id = up.id WHERE up.run = 1 AND up.step < ${steps}
    ),
    down (run, id, step) AS (
      SELECT 0, ?, 0
      UNION SELECT 1, e.run_id, down.step + 1 FROM down JOIN run_inputs e ON e.version_id = down.id WHERE down.run = 0 AND down.step < ${steps}
      UNION SELECT 0, e.version_id, down.step + 1 FROM down JOIN run_outputs e ON e.run_id = down.id WHERE down.run = 1 AND down.step < ${steps}
    ),
    found (run, id) AS MATERIALIZED (SELECT run, id FROM up UNION SELECT run, id FROM down)`;
const bareVersions = `${reached}
  SELECT v.id, t.name AS entity, p.name AS project, a.name AS artifact, v.type, v.idx, v.state, v.size, v.created_at,
    (SELECT group_concat(x.alias) FROM aliases x WHERE x.holder_kind = 'artifact' AND x.target_id = v.id) AS aliases,
    (SELECT count(*) FROM run_outputs e WHERE e.version_id = v.id) AS up, (SELECT count(*) FROM run_inputs e WHERE e.version_id = v.id) AS down
  FROM found f CROSS JOIN versions v ON v.id = f.id JOIN artifacts a ON a.id = v.artifact_id JOIN projects p ON p.id = v.project_id JOIN teams t ON t.id = p.team_id WHERE f.run = 0`;
const bareRuns = `${reached}
  SELECT r.id, t.name AS entity, p.name AS project, r.run_id, r.display_name, r.state, r.job_type, r.created_at, r.finished_at,
    (SELECT count(*) FROM run_inputs e WHERE e.run_id = r.id) AS up, (SELECT count(*) FROM run_outputs e WHERE e.run_id = r.id) AS down
  FROM found f CROSS JOIN runs r ON r.id = f.id JOIN projects p ON p.id = r.project_id JOIN teams t ON t.id = p.team_id WHERE f.run = 1`;
const bareEdges = `${reached}
  SELECT 'version:' || e.version_id AS "from", 'run:' || e.run_id AS "to" FROM found f CROSS JOIN run_inputs e ON e.run_id = f.id WHERE f.run = 1 AND EXISTS (SELECT 1 FROM found v WHERE v.run = 0 AND v.id = e.version_id)
  UNION ALL SELECT 'run:' || e.run_id, 'version:' || e.version_id FROM found f CROSS JOIN run_outputs e ON e.run_id = f.id WHERE f.run = 1 AND EXISTS (SELECT 1 FROM found v WHERE v.run = 0 AND v.id = e.version_id)`;

/** What stands around versions of a lineage of a million nodes. */
export const benchmark: Benchmark = {
  name: 'lineage-query',
  workload: `${steps} steps both ways around ${roots} versions among ${nodes.toLocaleString('en')} nodes, with all that a graph shows`,
  goal: 'p95 ≤ 1.5 × a bare recursive query with the same answer',
  async run(context) {
    context.log('making the catalog');
    const { directory, file, half } = await lineageCatalog(context, nodes);
    const pool = await openCatalog({ directory });
    const asker = { actorId: pool.status().defaultUserId };
    const bare = new Database(file, { readonly: true });
    bare.pragma('mmap_size = 268435456');
    bare.pragma('cache_size = -16000');
    const [versionsOf, runsOf, edgesOf] = [bare.prepare(bareVersions), bare.prepare(bareRuns), bare.prepare(bareEdges)];
    const input = (id: number) => ({ root: { kind: 'version', id }, up: steps, down: steps, limit });
    const reader = openReader(file);
    const ask = (id: number): Answer => queries['lineage.neighbourhood']!(queryScope(reader, asker), input(id) as never) as Answer;
    const askCore = (id: number): Promise<Answer> => pool.read('lineage.neighbourhood', input(id), asker) as Promise<Answer>;
    const askBare = (id: number) => ({
      versions: versionsOf.all(id, id) as { readonly id: number; readonly up: number; readonly down: number }[], runs: runsOf.all(id, id) as { readonly id: number }[], edges: edgesOf.all(id, id) as { readonly from: string; readonly to: string }[],
    });
    const ours: number[] = [];
    const throughCore: number[] = [];
    const reference: number[] = [];
    const sizes: number[] = [];
    for (let count = 0; count < roots + 20; count++) {
      const id = 10_000 + Math.floor(context.random() * (half - 20_000));
      // The pages that all three need are read before: what is measured is the work, not the disk.
      askBare(id);
      let answer: Answer | undefined;
      let plain: ReturnType<typeof askBare> | undefined;
      const takes = [0, 0, 0];
      for (const one of count % 2 === 0 ? [0, 1, 2] : [2, 1, 0]) {
        takes[one] = await timed(async () => {
          if (one === 0) answer = ask(id);
          else if (one === 1) await askCore(id);
          else plain = askBare(id);
        });
      }
      if (answer === undefined || plain === undefined) throw new Error('nothing was asked');
      const keys = [...plain.versions.map((row) => `version:${row.id}`), ...plain.runs.map((row) => `run:${row.id}`)].sort();
      if (answer.truncated || keys.join() !== answer.nodes.map((node) => node.key).sort().join()) throw new Error(`version ${id}: other nodes than the bare query finds`);
      const edges = (list: readonly { readonly from: string; readonly to: string }[]) => list.map((edge) => `${edge.from}>${edge.to}`).sort().join();
      if (edges(plain.edges) !== edges(answer.edges)) throw new Error(`version ${id}: other edges than the bare query finds`);
      if (count < 20) continue;
      ours.push(takes[0]!);
      throughCore.push(takes[1]!);
      reference.push(takes[2]!);
      sizes.push(keys.length);
    }
    bare.close();
    reader.close();
    await pool.close();
    const theirs = spread(reference);
    return [['the query itself', ours], ['through core’s reading thread', throughCore]].map(([part, sample]): BenchmarkResult => {
      const mine = spread(sample as readonly number[]);
      return { part: part as string, ours: mine.p95, reference: theirs.p95, referenceName: 'a bare recursive query, p95', unit: 'ms', ratio: mine.p95 / theirs.p95, goalMet: mine.p95 <= 1.5 * theirs.p95, details: { ours: mine, reference: theirs, nodesPerAnswer: spread(sizes) } };
    });
  },
};
