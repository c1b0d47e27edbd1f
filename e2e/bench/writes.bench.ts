import { join } from 'node:path';
import Database from 'better-sqlite3';
import { startCore } from '../drivers/core.ts';
import { openCatalog } from '../../electron/core/catalog/index.ts';
import { median, type Benchmark } from './harness.ts';

const writes = 2000;
const rounds = 5;

/** Durable single writes: notes of a run set, each acknowledged after its flush; by one client that waits, and by eight. */
export const benchmark: Benchmark = {
  name: 'writes',
  workload: `${writes.toLocaleString('en')} single commands (a run’s notes set, with its event, hash and feed row), each durable before its answer, ${rounds} rounds`,
  goal: 'one client ≥ 0.7 × bare autocommit with synchronous=FULL, eight clients above it',
  async run(context) {
    const directory = join(context.scratch, 'data');
    const prepared = await startCore({ nodePath: context.nodePath, root: context.root, directory });
    const { output: run } = await prepared.client.execute('runs.create', { project: { name: 'bench' } });
    await prepared.stop();

    const bare = new Database(join(context.scratch, 'bare.db'));
    bare.pragma('journal_mode = WAL');
    bare.pragma('synchronous = FULL');
    bare.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT');
    const insert = bare.prepare('INSERT INTO rows (text) VALUES (?)');
    const bareRates: number[] = [];
    const oneRates: number[] = [];
    const eightRates: number[] = [];
    const overRates: number[] = [];

    const pool = await openCatalog({ directory });
    const actor = { actorId: pool.status().defaultUserId, entrance: 'cli' as const, message: null };
    let count = 0;
    const write = (): Promise<unknown> => pool.write('runs.update', { id: run.id, notes: `note ${count++}` }, actor);
    const rate = async (work: () => Promise<void> | void): Promise<number> => {
      const begun = performance.now();
      await work();
      return writes / ((performance.now() - begun) / 1000);
    };
    // In turn, so that a slow moment of the machine falls on all of them.
    for (let round = 0; round < rounds; round++) {
      bareRates.push(await rate(() => {
        for (let index = 0; index < writes; index++) insert.run(`note ${index}`);
      }));
      oneRates.push(await rate(async () => {
        for (let index = 0; index < writes; index++) await write();
      }));
      eightRates.push(await rate(async () => {
        await Promise.all(Array.from({ length: 8 }, async () => {
          for (let index = 0; index < writes / 8; index++) await write();
        }));
      }));
    }
    await pool.close();
    const core = await startCore({ nodePath: context.nodePath, root: context.root, directory });
    for (let round = 0; round < rounds; round++) {
      overRates.push(await rate(async () => {
        await Promise.all(Array.from({ length: 8 }, async () => {
          for (let index = 0; index < writes / 8; index++) await core.client.execute('runs.update', { id: run.id, notes: `note ${count++}` });
        }));
      }));
    }
    await core.stop();
    bare.close();

    const reference = median(bareRates);
    const row = (part: string, rates: readonly number[], least: number) => ({
      part, ours: median(rates), reference, referenceName: 'bare autocommit insert, synchronous=FULL', unit: 'writes/s', ratio: median(rates) / reference, goalMet: median(rates) >= least * reference,
      details: { rounds: rates, referenceRounds: bareRates },
    });
    return [row('one client, in core', oneRates, 0.7), row('eight clients, in core', eightRates, 1), row('eight clients, over the transport', overRates, 1)];
  },
};
