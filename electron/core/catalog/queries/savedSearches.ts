import type { OutputOf } from '#shared/contract/index.ts';
import { savedSearches } from '../records/savedSearches.ts';
import type { QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';

export function listSearches(scope: QueryScope): OutputOf<'searches.list'> {
  return { items: savedSearches(scope, sql`1`) };
}
