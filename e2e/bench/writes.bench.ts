import { cpSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { startCore } from '../drivers/core.ts';
import { openCatalog } from '../../electron/core/catalog/index.ts';
import { sameRows, sameRowsInThread } from './fixtures/sameRows.ts';
import { median, type Benchmark } from './harness.ts';

const writes = 2000;
const rounds = 5;

/** Durable single writes: notes of a run set, each acknowledged after its flush; by one client that waits, and by eight. */
export const benchmark: Benchmark = {
  name: 'writes',
  workload: `${writes.toLocaleString('en')} single commands (a run’s notes set, with its event, hash and feed row), each durable before its answer, ${rounds} rounds`,
  goal: 'one client ≥ 0.7 × bare autocommit with synchronous=FULL (beside its own rows: × those), eight clients above it',
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
    cpSync(directory, join(context.scratch, 'same'), { recursive: true });
    const same = sameRows(join(context.scratch, 'same', 'catalog.db'), run);
    cpSync(directory, join(context.scratch, 'apart'), { recursive: true });
    const apart = await sameRowsInThread(join(context.scratch, 'apart', 'catalog.db'), run);
    const bareRates: number[] = [];
    const sameRates: number[] = [];
    const apartRates: number[] = [];
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
      sameRates.push(await rate(() => {
        for (let index = 0; index < writes; index++) same.write(`note ${index}`);
      }));
      apartRates.push(await rate(async () => {
        for (let index = 0; index < writes; index++) await apart.write(`note ${index}`);
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
    same.close();
    await apart.close();

    const reference = median(bareRates);
    const row = (part: string, rates: readonly number[], least: number) => ({
      part, ours: median(rates), reference, referenceName: 'bare autocommit insert, synchronous=FULL', unit: 'writes/s', ratio: median(rates) / reference, goalMet: median(rates) >= least * reference,
      details: { rounds: rates, referenceRounds: bareRates },
    });
    // What stands in the way of the goal: the rows themselves, and the way to the thread that writes them.
    const beside = (part: string, referenceName: string, rates: readonly number[]) => ({
      ...row(`one client, in core, beside ${part}`, oneRates, 0), reference: median(rates), referenceName, ratio: median(oneRates) / median(rates), goalMet: median(oneRates) >= 0.7 * median(rates), details: { rounds: oneRates, referenceRounds: rates, ofBareAutocommit: median(rates) / reference },
    });
    return [
      row('one client, in core', oneRates, 0.7),
      beside('its own rows', 'bare transaction of the same rows', sameRates),
      beside('its own rows in a thread', 'the same transaction in another thread, which answers', apartRates),
      row('eight clients, in core', eightRates, 1),
      row('eight clients, over the transport', overRates, 1),
    ];
  },
};
