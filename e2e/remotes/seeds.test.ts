/**
 * Seeded runs of two real Vitrines (processes that are killed for good) and the official client on one real MLflow server, each Vitrine behind
 * a proxy that fails (`drivers/faultProxy.ts`); clocks are the machine's, those of servers elsewhere are in `electron/core/sync/seeds.test.ts`,
 * which tries many more seeds against a fake. From 1001 on, states and stages move as well; from 2001 on, links, collections and models are deleted. `VITRINE_SYNC_SEEDS=50` runs that many here, `VITRINE_SYNC_SEED=7` that one.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Random } from '../../electron/core/operations/sample/random.ts';
import { seededRun, type Replica, type Upstream, type UpstreamModel } from '../../electron/core/sync/testing/seededRun.ts';
import { temporaryFolder } from '../cli/commandLine.ts';
import { startCore, type CoreProcess } from '../drivers/core.ts';
import { startFaultProxy, type Fault, type FaultProxy } from '../drivers/faultProxy.ts';
import { startMlflow, startMlflowClient, type MlflowClient, type MlflowServer } from '../drivers/mlflow.ts';

const only = process.env['VITRINE_SYNC_SEED'];
const count = Number(process.env['VITRINE_SYNC_SEEDS'] ?? '4');
/** Seeds that found something once. */
const pinned: readonly number[] = [];

const root = join(import.meta.dirname, '..', '..');
const { path: folder, remove } = temporaryFolder('seeds');
let server: MlflowServer;
let mlflow: MlflowClient;
let proxy: FaultProxy;
const opened: (() => CoreProcess)[] = [];

beforeAll(async () => {
  const place = join(folder, 'server');
  mkdirSync(place, { recursive: true });
  server = await startMlflow(place);
  [mlflow, proxy] = await Promise.all([startMlflowClient(server.url, place), startFaultProxy(server.url)]);
}, 180_000);

afterAll(async () => {
  for (const core of opened) await core().stop();
  mlflow.close();
  await proxy.close();
  await server.stop();
  remove();
});

async function openReplica(name: string): Promise<Replica> {
  const directory = join(folder, `catalog-${name}`);
  const open = () => startCore({ nodePath: process.execPath, root, directory, checkOutput: true });
  let running = await open();
  const core = (): CoreProcess => running;
  opened.push(core);
  let files = 0;
  const run: Replica['run'] = async (operation, input) => {
    const { client } = core();
    return operation.startsWith('sync.run') || /\.(?:add|update|remove|create|delete|set|setState|setLifecycle|edit|resolve|restore)$/u.test(operation) ? ((await client.execute(operation as never, input as never)) as { readonly output: never }).output : ((await client.query(operation as never, input as never)) as never);
  };
  return {
    name, run,
    async log(artifact, text) {
      const place = join(directory, `files-${files++}`);
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, 'model.bin'), text);
      return (await core().client.execute('versions.log', { paths: [place], project: { name: 'vision' }, artifact, type: 'model' })).output.versionId;
    },
    async kill() {
      await core().kill();
      running = await open();
    },
  };
}

function faultOf(random: Random): Fault {
  const dice = random.next();
  if (dice < 0.86) return { kind: 'pass' };
  if (dice < 0.94) return random.pick<Fault>([{ kind: 'drop' }, { kind: 'lose' }, { kind: 'lose' }, { kind: 'truncate' }, { kind: 'repeat' }, { kind: 'answer', status: 429, headers: { 'retry-after': '1' } }, { kind: 'answer', status: 502 }]);
  // Answers to questions that were asked together come in another order.
  return { kind: 'delay', milliseconds: random.whole(1, 40) };
}

const seeds = only === undefined ? [...new Set([...pinned, ...Array.from({ length: count }, (_, index) => index + 1), ...[1001, 2001].flatMap((first) => Array.from({ length: Math.ceil(count / 2) }, (_, index) => index + first))])] : only.split(',').map(Number);
let replicas: readonly Replica[] | null = null;

test.each(seeds)('seed %i', async (seed) => {
  replicas ??= await Promise.all(['ada', 'bob'].map(openReplica));
  const prefix = `seed${seed}-`;
  const upstream: Upstream = {
    url: proxy.url,
    look: () => mlflow.act<Record<string, UpstreamModel>>('all_of', { prefix }),
    async act(act, parameters) {
      const { text, ...rest } = parameters;
      await mlflow.act(act, act === 'version' ? { ...rest, files: { MLmodel: text } } : rest);
    },
    faults: (random) => proxy.decide(random === null ? null : () => faultOf(random)),
    written: () => [],
  };
  const { log } = await seededRun({ seed, steps: 30, registry: `R${seed}`, prefix, states: seed > 1000 && seed < 2000, deletions: seed > 2000 }, replicas, upstream);
  expect(log.length).toBeGreaterThan(10);
}, 180_000);
