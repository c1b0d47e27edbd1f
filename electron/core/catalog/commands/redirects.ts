import { nameKey } from '#shared/domain/index.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';

/** Keeps the old name leading to the thing; the new one leads to itself. */
export function redirect(scope: CommandScope, kind: 'registry' | 'collection' | 'artifact', scopeId: number, from: string, to: string, id: number): void {
  const { db, at } = scope;
  db.run(sql`DELETE FROM redirects WHERE kind = ${kind} AND scope_id = ${scopeId} AND name_key = ${nameKey(to)}`);
  db.run(sql`
    INSERT INTO redirects (kind, scope_id, name_key, object_id, at) VALUES (${kind}, ${scopeId}, ${nameKey(from)}, ${id}, ${at})
    ON CONFLICT (kind, scope_id, name_key) DO UPDATE SET object_id = excluded.object_id, at = excluded.at`);
}
