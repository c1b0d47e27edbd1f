/** Answers to questions over a connection of the asking thread: of the one that reads there, and of the one that notes. */
import { rememberedAsker } from './access.ts';
import type { Connection } from './connection.ts';
import { named } from './failures.ts';
import type { NearAskers } from './nearAskers.ts';
import type { QueryContext } from './protocol.ts';
import { runQuery } from './runQuery.ts';
import { queryScope, queryScopeOf } from './scope.ts';

export type NearAnswers = {
  /** @throws what the query throws, SQLite's own failures in the codes of the contract */
  ask(name: string, input: unknown, context: QueryContext): unknown;
};

/** @param file what failures name */
export function nearAnswersOf(connection: Connection, file: string, askers: NearAskers): NearAnswers {
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
