import type { SavedSearch } from '#shared/contract/index.ts';
import { decide } from '#shared/domain/index.ts';
import { organizationObject } from '../access.ts';
import type { QueryScope } from '../scope.ts';
import { sql, type Sql } from '../sql.ts';
import { branded, stringList, timestamp, userOf, type UserColumns } from './shared.ts';

type Row = UserColumns & { readonly id: number; readonly name: string; readonly text: string; readonly kinds: string | null; readonly shared: number; readonly createdAt: number; readonly updatedAt: number };

/** Searches that fit a condition over `s`, as the asker sees them: their own and shared ones. */
export function savedSearches(scope: QueryScope, where: Sql): SavedSearch[] {
  const manages = decide(scope.asker, 'organization.manage', organizationObject(scope.db)).allowed;
  return scope.db.all<Row>(sql`
    SELECT s.id, s.name, s.text, s.kinds, s.shared, s.created_at AS createdAt, s.updated_at AS updatedAt, u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind
    FROM saved_searches s JOIN users u ON u.id = s.user_id WHERE (s.user_id = ${scope.actorId} OR s.shared = 1) AND ${where} ORDER BY s.name_key, s.id`)
    .map((row) => ({
      id: branded(row.id), name: row.name, text: row.text, kinds: row.kinds === null ? null : (stringList(row.kinds) as NonNullable<SavedSearch['kinds']>), shared: row.shared === 1, owner: userOf(row),
      mayEdit: row.userId === scope.actorId || (row.shared === 1 && manages), createdAt: timestamp(row.createdAt), updatedAt: timestamp(row.updatedAt),
    }));
}
