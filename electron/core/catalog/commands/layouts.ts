/** Layouts of a collection's table: one person's own, no history. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { tableLayouts } from '../queries/layouts.ts';
import { seenCollection } from '../queries/visible.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';

/** Layouts that one person keeps for one collection. */
const mostLayouts = 50;

export function saveLayout(scope: CommandScope, input: CheckedInputOf<'collections.saveLayout'>): OutputOf<'collections.saveLayout'> {
  const { db, at } = scope;
  const collection = seenCollection(scope, input.collectionId);
  const others = db.value<number>(sql`SELECT count(*) FROM table_layouts WHERE user_id = ${scope.actorId} AND collection_id = ${collection.id} AND name <> ${input.name}`) ?? 0;
  if (others >= mostLayouts) throw new VitrineError('too_large', { details: { limit: mostLayouts, explanation: `A collection keeps at most ${mostLayouts} layouts for you: delete one first.` } });
  db.run(sql`
    INSERT INTO table_layouts (user_id, collection_id, name, layout, updated_at) VALUES (${scope.actorId}, ${collection.id}, ${input.name}, ${JSON.stringify(input.layout)}, ${at})
    ON CONFLICT (user_id, collection_id, name) DO UPDATE SET layout = excluded.layout, updated_at = excluded.updated_at`);
  scope.changed('setting', scope.actorId);
  return tableLayouts(scope, { collectionId: input.collectionId });
}

export function deleteLayout(scope: CommandScope, input: CheckedInputOf<'collections.deleteLayout'>): OutputOf<'collections.deleteLayout'> {
  const collection = seenCollection(scope, input.collectionId);
  const { changes } = scope.db.run(sql`DELETE FROM table_layouts WHERE user_id = ${scope.actorId} AND collection_id = ${collection.id} AND name = ${input.name}`);
  if (changes > 0) scope.changed('setting', scope.actorId);
  return tableLayouts(scope, { collectionId: input.collectionId });
}
