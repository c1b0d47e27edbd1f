import type { CheckedInputOf, OutputOf, TableLayout } from '#shared/contract/index.ts';
import { timestamp } from '../records/shared.ts';
import type { QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { seenCollection } from './visible.ts';

export function tableLayouts(scope: QueryScope, input: CheckedInputOf<'collections.layouts'>): OutputOf<'collections.layouts'> {
  const collection = seenCollection(scope, input.collectionId);
  return {
    items: scope.db.all<{ name: string; layout: string; updatedAt: number }>(sql`
      SELECT name, layout, updated_at AS updatedAt FROM table_layouts WHERE user_id = ${scope.actorId} AND collection_id = ${collection.id} ORDER BY name`)
      .map(({ name, layout, updatedAt }) => ({ ...(JSON.parse(layout) as Omit<TableLayout, 'name' | 'updatedAt'>), name, updatedAt: timestamp(updatedAt) })),
  };
}
