import { cpSync } from 'node:fs';
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
    const bareRates: number[] = [];
    const sameRates: number[] = [];
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

    const reference = median(bareRates);
    const row = (part: string, rates: readonly number[], least: number) => ({
      part, ours: median(rates), reference, referenceName: 'bare autocommit insert, synchronous=FULL', unit: 'writes/s', ratio: median(rates) / reference, goalMet: median(rates) >= least * reference,
      details: { rounds: rates, referenceRounds: bareRates },
    });
    const sameReference = median(sameRates);
    return [
      row('one client, in core', oneRates, 0.7),
      { ...row('one client, in core, beside its own rows', oneRates, 0), reference: sameReference, referenceName: 'bare transaction of the same rows', ratio: median(oneRates) / sameReference, goalMet: median(oneRates) >= 0.7 * sameReference, details: { rounds: oneRates, referenceRounds: sameRates } },
      row('eight clients, in core', eightRates, 1),
      row('eight clients, over the transport', overRates, 1),
    ];
  },
};

/**
 * What the command writes, and nothing else of it: the run's row, the event with its two objects, the way back, the feed's row, in one durable
 * transaction of prepared statements. No rule is asked, nothing is read, no hash is taken, no thread is crossed.
 */
function sameRows(file: string, run: { readonly id: number; readonly projectId: number }): { write(notes: string): void; close(): void } {
  const db = new Database(file, { fileMustExist: true });
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  const user = db.prepare('SELECT min(id) FROM users').pluck().get() as number;
  let event = db.prepare('SELECT max(id) FROM events').pluck().get() as number;
  let rev = db.prepare('SELECT max(rev) FROM feed').pluck().get() as number;
  const update = db.prepare('UPDATE runs SET notes = ?, updated_at = ? WHERE id = ?');
  const insertEvent = db.prepare(`INSERT INTO events (id, at, actor_id, entrance, kind, object_kind, object_id, registry_id, label, address, before, after, message, act_id, previous_hash, hash, settled)
    VALUES (?, ?, ?, 'cli', 'run.updated', 'run', ?, NULL, 'bench/abcd1234', 'vitrine://project/bench/bench/runs/abcd1234', ?, ?, NULL, ?, ?, ?, 0)`);
  const insertObject = db.prepare('INSERT INTO event_objects (kind, object_id, event_id) VALUES (?, ?, ?)');
  const insertFeed = db.prepare('INSERT INTO feed (rev, at, changes) VALUES (?, ?, ?)');
  const insertUndo = db.prepare('INSERT INTO undo (actor_id, label, steps, at) VALUES (?, ?, ?, ?)');
  const hash = new Uint8Array(32);
  const write = db.transaction((notes: string) => {
    const at = Date.now();
    const json = JSON.stringify({ notes });
    event += 1;
    rev += 1;
    update.run(notes, at, run.id);
    insertEvent.run(event, at, user, run.id, json, json, event, hash, hash);
    insertObject.run('run', run.id, event);
    insertObject.run('project', run.projectId, event);
    insertUndo.run(user, 'Change the run abcd1234', `[{"step":"edit","kind":"run","id":${run.id},"set":${json},"expected":${json}}]`, at);
    insertFeed.run(rev, at, '[{"entity":"event","ids":[1]},{"entity":"run","ids":[1]},{"entity":"lineage","ids":[1]}]');
  });
  return { write: (notes) => write.immediate(notes), close: () => db.close() };
}
