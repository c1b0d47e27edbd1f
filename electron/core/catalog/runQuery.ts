/** One query in one read transaction, so that all its statements see the same moment. */
import { VitrineError } from '#shared/contract/errors.ts';
import type { Connection } from './connection.ts';
import type { QueryContext } from './protocol.ts';
import { queries } from './queries/index.ts';
import { queryScope, type QueryScope } from './scope.ts';
import { sql } from './sql.ts';

export function runQuery(db: Connection, name: string, input: unknown, context: QueryContext, scopeOf: (db: Connection, context: QueryContext) => QueryScope = queryScope): unknown {
  const query = queries[name];
  if (query === undefined) throw new VitrineError('unknown_operation', { details: { operation: name } });
  db.run(sql`BEGIN`);
  try {
    return query(scopeOf(db, context), input as never);
  } finally {
    db.run(sql`COMMIT`);
  }
}
