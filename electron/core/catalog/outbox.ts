/** What remotes are still to be told. Written in the transaction of the change itself, so that neither is there without the other. */
import { ulid } from 'ulid';
import type { WritableDb } from './connection.ts';
import { sql } from './sql.ts';

/**
 * Appends the operation for every remote that follows. The id travels with every attempt, so that a remote that hears it twice does it
 * once; `base` is the history's head that the change was made on.
 */
export function appendToOutbox(db: WritableDb, operation: string, input: unknown, at: number): void {
  const remotes = db.column<number>(sql`SELECT id FROM remotes WHERE follows = 1`);
  if (remotes.length === 0) return;
  const base = JSON.stringify({ event: db.value<number>(sql`SELECT max(id) FROM events`) ?? 0 });
  for (const remote of remotes) {
    db.run(sql`INSERT INTO outbox (mutation_id, remote_id, operation, payload, base, created_at) VALUES (${ulid(at)}, ${remote}, ${operation}, ${JSON.stringify(input ?? null)}, ${base}, ${at})`);
  }
}
