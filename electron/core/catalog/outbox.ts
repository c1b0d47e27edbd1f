/** What remotes are still to be told. Written in the transaction of the change itself, so that neither is there without the other. */
import { ulid } from 'ulid';
import type { WritableDb } from './connection.ts';
import { sql } from './sql.ts';

/** `base` is the history's head that the change was made on: the id of the last event before its own. */
export type Told = { readonly operation: string; readonly input: unknown; readonly at: number; readonly base: number };

/** Appends the operation for every remote that follows. The id travels with every attempt, so that a remote that hears it twice does it once. */
export function appendToOutbox(db: WritableDb, { operation, input, at, base }: Told): void {
  for (const remote of db.column<number>(sql`SELECT id FROM remotes WHERE follows = 1`)) {
    db.run(sql`
      INSERT INTO outbox (mutation_id, remote_id, operation, payload, base, created_at)
      VALUES (${ulid(at)}, ${remote}, ${operation}, ${JSON.stringify(input ?? null)}, ${JSON.stringify({ event: base })}, ${at})`);
  }
}
