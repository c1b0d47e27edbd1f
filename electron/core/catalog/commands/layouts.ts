/** Layouts of a collection's table: one person's own, no history. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { tableLayouts } from '../queries/layouts.ts';
import { seenCollection } from '../queries/visible.ts';
import { branded } from '../records/shared.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';

/** Layouts that one person keeps for one collection. */
const mostLayouts = 50;

export function saveLayout(scope: CommandScope, input: CheckedInputOf<'collections.saveLayout'>): OutputOf<'collections.saveLayout'> {
  const { db, at } = scope;
  const collection = seenCollection(scope, input.collectionId);
  const others = db.value<number>(sql`SELECT count(*) FROM table_layouts WHERE user_id = ${scope.actorId} AND collection_id = ${collection.id} AND name <> ${input.name}`) ?? 0;
  if (others >= mostLayouts) throw new VitrineError('too_large', { details: { limit: mostLayouts, explanation: `A collection keeps at most ${mostLayouts} layouts for you: delete one first.` } });
  const before = layoutNow(scope, collection.id, input.name);
  db.run(sql`
    INSERT INTO table_layouts (user_id, collection_id, name, layout, updated_at) VALUES (${scope.actorId}, ${collection.id}, ${input.name}, ${JSON.stringify(input.layout)}, ${at})
    ON CONFLICT (user_id, collection_id, name) DO UPDATE SET layout = excluded.layout, updated_at = excluded.updated_at`);
  scope.changed('setting', scope.actorId);
  scope.inverse({ step: 'layout', collectionId: collection.id, name: input.name, to: before, expected: input.layout });
  scope.offerUndo(`Keep the layout “${input.name}”`);
  return tableLayouts(scope, { collectionId: input.collectionId });
}

/** One’s own layout of that name; null for none. */
function layoutNow(scope: CommandScope, collectionId: number, name: string): unknown {
  const kept = scope.db.value<string>(sql`SELECT layout FROM table_layouts WHERE user_id = ${scope.actorId} AND collection_id = ${collectionId} AND name = ${name}`);
  return kept === undefined ? null : (JSON.parse(kept) as unknown);
}

/** For an undo: it must still be as the act left it. */
export function layoutBack(scope: CommandScope, step: { readonly collectionId: number; readonly name: string; readonly to: unknown; readonly expected: unknown }): void {
  if (JSON.stringify(layoutNow(scope, step.collectionId, step.name)) !== JSON.stringify(step.expected)) throw new VitrineError('undo_stale', { details: { explanation: 'The layout was changed meanwhile.' } });
  const collectionId = branded<never>(step.collectionId);
  if (step.to === null) deleteLayout(scope, { collectionId, name: step.name });
  else saveLayout(scope, { collectionId, name: step.name, layout: step.to as CheckedInputOf<'collections.saveLayout'>['layout'] });
}

export function deleteLayout(scope: CommandScope, input: CheckedInputOf<'collections.deleteLayout'>): OutputOf<'collections.deleteLayout'> {
  const collection = seenCollection(scope, input.collectionId);
  const before = layoutNow(scope, collection.id, input.name);
  const { changes } = scope.db.run(sql`DELETE FROM table_layouts WHERE user_id = ${scope.actorId} AND collection_id = ${collection.id} AND name = ${input.name}`);
  if (changes > 0) {
    scope.changed('setting', scope.actorId);
    scope.inverse({ step: 'layout', collectionId: collection.id, name: input.name, to: before, expected: null });
    scope.offerUndo(`Delete the layout “${input.name}”`);
  }
  return tableLayouts(scope, { collectionId: input.collectionId });
}
