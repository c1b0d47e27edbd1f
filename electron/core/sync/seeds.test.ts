/**
 * Many seeded runs in one process, against a fake server (`testing/fakeMlflow.ts`): two Vitrines with real catalogs and the real engine, a
 * plain client beside them, and a way between that fails. From 1001 on, states and stages move as well; from 2001 on, links, collections and models are deleted. `VITRINE_SYNC_SEEDS=500` tries more, `VITRINE_SYNC_SEED=17,21` those.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Random } from '../operations/sample/random.ts';
import { startFakeMlflows, type FakeFault, type FakeMlflow, type FakeMlflows } from './testing/fakeMlflow.ts';
import { openReplica, type OpenReplica } from '../operations/testing/replica.ts';
import { seededRun, type Upstream, type UpstreamModel } from './testing/seededRun.ts';

const only = process.env['VITRINE_SYNC_SEED'];
const count = Number(process.env['VITRINE_SYNC_SEEDS'] ?? '30');
/** Seeds that found something once. */
const pinned: readonly number[] = [21, 36, 51, 58, 183, 2011];

let fakes: FakeMlflows;
let replicas: readonly OpenReplica[];

beforeAll(async () => {
  fakes = await startFakeMlflows();
  replicas = await Promise.all(['ada', 'bob'].map((name) => openReplica(name)));
});

afterAll(async () => {
  for (const replica of replicas) await replica.close();
  await fakes.close();
});

function upstreamOf(server: FakeMlflow, seed: number): Upstream {
  const paths: Readonly<Record<string, string>> = {
    model: 'registered-models/create', alias: 'registered-models/alias', unalias: 'DELETE registered-models/alias', describe: 'registered-models/update', tag: 'registered-models/set-tag', untag: 'DELETE registered-models/delete-tag', describe_version: 'model-versions/update',
    rename: 'registered-models/rename', delete_version: 'DELETE model-versions/delete', delete_model: 'DELETE registered-models/delete', stage: 'model-versions/transition-stage', version: 'model-versions/create',
  };
  // Clocks differ by hours, either way.
  server.skew = [0, 7_200_000, -7_200_000, 90_000][seed % 4] ?? 0;
  return {
    url: server.url,
    look: async () => Object.fromEntries([...server.models].map(([name, model]): [string, UpstreamModel] => [name, {
      description: model.description, tags: Object.fromEntries(model.tags), aliases: Object.fromEntries([...model.aliases].map(([alias, version]) => [alias, String(version)])),
      versions: [...model.versions.values()].map((version) => ({ version: String(version.version), description: version.description, tags: Object.fromEntries(version.tags), stage: version.stage })),
    }])),
    act: async (act, parameters) => void server.act('client', paths[act] ?? '', parameters),
    faults(random) {
      server.fault = random === null ? null : () => faultOf(random);
    },
    written: () => server.written,
  };
}

function faultOf(random: Random): FakeFault {
  const dice = random.next();
  if (dice < 0.86) return 'pass';
  if (dice < 0.94) return random.pick(['drop', 'lost', 'lost', 'truncated', 'repeated', 'repeated', 'busy', 'broken', 'html'] as const);
  return { delay: random.whole(1, 6) };
}

const seeds = only === undefined ? [...new Set([...pinned, ...Array.from({ length: count }, (_, index) => index + 1), ...[1001, 2001].flatMap((first) => Array.from({ length: Math.ceil(count / 3) }, (_, index) => index + first))])] : only.split(',').map(Number);

test.each(seeds)('seed %i', async (seed) => {
  const server = fakes.make();
  const { conflicts, log } = await seededRun({ seed, steps: 40, registry: `R${seed}`, prefix: `m${seed}-`, states: seed > 1000 && seed < 2000, deletions: seed > 2000 }, replicas, upstreamOf(server, seed));
  expect(log.length).toBeGreaterThan(10);
  expect(conflicts).toBeGreaterThanOrEqual(0);
}, 240_000);
