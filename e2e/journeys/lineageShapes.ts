/** Catalogs whose lineage is large or strange, filled through SQL: what a team leaves in years is not logged anew for each test. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { seededRandom, teamLineage } from '../../shared/lineage/testGraphs.ts';
import { startCore } from '../drivers/core.ts';
import { applicationRoot, folder } from './workshop.ts';

/** Nodes by number, runs marked; edges from what came first. */
export type Shape = { readonly isRun: Uint8Array; readonly edges: readonly (readonly [number, number])[] };

export type Placed = {
  /** `v12` or `r7` of the shape's nodes, as addresses of the lineage have them. */
  readonly at: (node: number) => string;
  /** Nodes that came of nothing: from them on, all of the shape is downstream. */
  readonly sources: readonly number[];
  readonly nodeCount: number;
};

const models = ['resnet50', 'gemma-2b', 'all-minilm-l6', 'whisper-small', 'bert-finetuned', 'clip-vit'] as const;
const datasets = ['imagenet-subset', 'customer-reviews', 'sensor-log', 'wiki-clean', 'street-scenes'] as const;
const adjectives = ['brave', 'quiet', 'golden', 'swift', 'misty'] as const;
const nouns = ['river', 'comet', 'falcon', 'meadow', 'sunset'] as const;
const states = ['finished', 'finished', 'finished', 'finished', 'failed', 'crashed'] as const;
const jobs = ['train', 'evaluate', 'prepare'] as const;

export function team(size: number, seed: number): Shape {
  const { input, edges } = teamLineage(size, seed);
  return { isRun: input.parity!, edges };
}

/** Version, run, version, run, …: each made from the one before. */
export function chain(steps: number): Shape {
  return { isRun: Uint8Array.from({ length: steps + 1 }, (_, node) => node % 2), edges: Array.from({ length: steps }, (_, node) => [node, node + 1]) };
}

/** One dataset that very many runs used. */
export function fan(uses: number): Shape {
  return { isRun: Uint8Array.from({ length: uses + 1 }, (_, node) => (node === 0 ? 0 : 1)), edges: Array.from({ length: uses }, (_, run) => [0, run + 1]) };
}

/** Two ways from each version to the next, again and again. */
export function diamonds(count: number): Shape {
  const isRun: number[] = [0];
  const edges: [number, number][] = [];
  for (let at = 0, version = 0; at < count; at++) {
    isRun.push(1, 1, 0);
    const next = version + 3;
    edges.push([version, version + 1], [version, version + 2], [version + 1, next], [version + 2, next]);
    version = next;
  }
  return { isRun: Uint8Array.from(isRun), edges };
}

/** What only imports have: a ring of versions and runs, and a tail behind it. */
export function ring(length: number): Shape {
  const edges: [number, number][] = Array.from({ length }, (_, node) => [node, (node + 1) % length]);
  edges.push([length - 2, length], [length, length + 1]);
  return { isRun: Uint8Array.from({ length: length + 2 }, (_, node) => (node === length ? 1 : node === length + 1 ? 0 : node % 2)), edges };
}

/** A catalog that holds the shapes, one beside the other. Some models carry `production`. */
export async function shapedCatalog(shapes: readonly Shape[]): Promise<{ readonly data: string; readonly placed: readonly Placed[] }> {
  const data = folder();
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data });
  await core.stop();
  const db = new Database(join(data, 'catalog.db'), { fileMustExist: true });
  db.pragma('synchronous = OFF');
  db.pragma('foreign_keys = OFF');
  const user = db.prepare('SELECT min(id) AS id FROM users').pluck().get() as number;
  const teamId = db.prepare('SELECT min(id) FROM teams').pluck().get() as number;
  const random = seededRandom(5);
  const pick = <Value>(from: readonly Value[]): Value => from[Math.floor(random() * from.length)]!;
  const newest = Date.UTC(2026, 4, 3, 12);
  const ids = { version: 0, run: 0, artifact: 0 };
  const placed: Placed[] = [];
  const insertArtifact = db.prepare('INSERT INTO artifacts (id, project_id, name, type, next_index, version_count, latest_version_id, created_by, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const insertVersion = db.prepare("INSERT INTO versions (id, artifact_id, project_id, type, idx, state, size, file_count, manifest_id, digest, wandb_digest, run_id, created_by, created_at, updated_at) VALUES (?, ?, ?, ?, ?, 'committed', ?, 1, 1, x'00', x'00', ?, ?, ?, ?)");
  const insertRun = db.prepare('INSERT INTO runs (id, project_id, run_id, display_name, state, job_type, run_group, created_by, created_at, updated_at, finished_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const insertAlias = db.prepare("INSERT INTO aliases (holder_kind, holder_id, alias, target_id) VALUES ('artifact', ?, ?, ?)");
  const insertUse = db.prepare("INSERT OR IGNORE INTO run_inputs (run_id, version_id, provenance, at) VALUES (?, ?, 'sdk', ?)");
  const insertOutput = db.prepare("INSERT OR IGNORE INTO run_outputs (run_id, version_id, provenance, at) VALUES (?, ?, 'sdk', ?)");
  db.transaction(() => {
    db.prepare("INSERT INTO manifests (id, digest, wandb_digest, size, file_count) VALUES (1, x'00', x'00', 1, 1)").run();
    for (const [number, { isRun, edges }] of shapes.entries()) {
      const project = number + 1;
      const idOf = Array.from(isRun, (run) => (run === 1 ? ++ids.run : ++ids.version));
      db.prepare('INSERT INTO projects (id, team_id, name, name_key, artifact_count, version_count, run_count, created_by, created_at, updated_at) VALUES (?, ?, ?, ?, 0, 0, 0, ?, ?, ?)').run(project, teamId, `shape-${project}`, `shape-${project}`, user, newest, newest);
      const produced = new Set(edges.filter(([from]) => isRun[from] === 1).map(([, to]) => to));
      const artifacts = new Map<string, { readonly id: number; readonly type: string; count: number; latest: number }>();
      for (let node = 0; node < isRun.length; node++) {
        const at = newest - Math.floor((isRun.length - node) * 1000 + random() * 86_400_000);
        const id = idOf[node]!;
        if (isRun[node] === 1) {
          insertRun.run(id, project, `r${id}`, `${pick(adjectives)}-${pick(nouns)}-${id}`, pick(states), pick(jobs), random() < 0.2 ? `sweep-${Math.floor(random() * 5)}` : null, user, at, at, at + Math.floor(random() * 9_000_000));
          continue;
        }
        const isData = !produced.has(node) || random() < 0.3;
        const name = pick(isData ? datasets : models);
        let artifact = artifacts.get(name);
        if (artifact === undefined) artifacts.set(name, (artifact = { id: ++ids.artifact, type: isData ? 'dataset' : 'model', count: 0, latest: 0 }));
        insertVersion.run(id, artifact.id, project, artifact.type, artifact.count, Math.floor(random() * random() * 3e9), null, user, at, at);
        if (!isData && random() < 0.04 && artifact.count % 7 === 3) insertAlias.run(artifact.id, `candidate-${artifact.count}`, id);
        artifact.count++;
        artifact.latest = id;
      }
      for (const [name, { id, type, count, latest }] of artifacts) {
        insertArtifact.run(id, project, name, type, count, count, latest, user, newest, newest);
        insertAlias.run(id, 'latest', latest);
        if (type === 'model') insertAlias.run(id, 'production', latest);
      }
      for (const [from, to] of edges) {
        if (isRun[from] === 1) insertOutput.run(idOf[from], idOf[to], newest);
        else insertUse.run(idOf[to], idOf[from], newest);
      }
      const reached = new Set(edges.map(([, to]) => to));
      placed.push({ at: (node) => `${isRun[node] === 1 ? 'r' : 'v'}${idOf[node]!}`, sources: Array.from(isRun, (_, node) => node).filter((node) => !reached.has(node)), nodeCount: isRun.length });
    }
  })();
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  return { data, placed };
}
