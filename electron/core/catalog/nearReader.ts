/**
 * Short questions answered in the thread that asks. A request of a training script asks a dozen of them one after the other, each of a few rows
 * found by key: carrying one to a reading thread and back costs several times the look-up. Nothing that lists, searches or counts is answered
 * here, so that the asking thread is never held for longer than a few rows take.
 */
import { rememberedAsker } from './access.ts';
import { openReader, type Connection } from './connection.ts';
import { named } from './failures.ts';
import { schemaOf } from './migrations/index.ts';
import { nearAskersOf, type NearAskers } from './nearAskers.ts';
import type { CatalogStatus, QueryContext } from './protocol.ts';
import { runQuery } from './runQuery.ts';
import { attachRunLogToRead } from './runlog/file.ts';
import { queryScope, queryScopeOf } from './scope.ts';
import { newestRev, statusOf } from './status.ts';

export type NearAsker = {
  /** @throws what the query throws, SQLite's own failures in the codes of the contract */
  ask(name: string, input: unknown, context: QueryContext): unknown;
};

export type NearReader = NearAsker & {
  /** The catalog as this connection finds it, taken for one that can be written. */
  status(): CatalogStatus;
  readonly committed: NearAskers['committed'];
  close(): void;
};

export function openNearReader(file: string): NearReader {
  const connection: Connection = openReader(file);
  attachRunLogToRead(connection, file);
  const askers = nearAskersOf(connection);
  return {
    ...nearAskerOf(connection, file, askers),
    status: () => statusOf(connection, { rev: newestRev(connection), readOnly: false, recovery: null, file, schema: schemaOf(connection) }),
    committed: (changes) => askers.committed(changes),
    close: () => connection.close(),
  };
}

/** Answers questions over a connection of the asking thread. */
export function nearAskerOf(connection: Connection, file: string, askers: NearAskers): NearAsker {
  const scopeOf = (db: Connection, context: QueryContext) => {
    if (context.viewAs !== undefined) return queryScope(db, context);
    askers.refresh();
    return queryScopeOf(db, context, rememberedAsker(db, context.actorId, context.keyId));
  };
  return {
    ask(name, input, context) {
      try {
        return runQuery(connection, name, input, context, scopeOf);
      } catch (error) {
        throw named(error, file);
      }
    },
  };
}
