/** Collections of a registry: made, edited, deleted. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { acceptsType, aliasGuard, blockersOfCollectionDeletion, checkArtifactType, checkCollectionName, decide, nameKey, refuse } from '#shared/domain/index.ts';
import { demand, notFound, registryObject } from '../access.ts';
import { collectionDetail } from '../records/collections.ts';
import { forgetName, indexName } from '../records/names.ts';
import { collectionRow, registryRow, type CollectionRow, type RegistryRow } from '../records/rows.ts';
import { collectionSubject } from '../records/subjects.ts';
import { accepted, refuseFor } from '../refusals.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { addTags } from './tags.ts';
import { toTrash, type CollectionPayload } from './trash.ts';
import { redirect } from './redirects.ts';

/** Above this a card is refused; the contract refuses what is much larger before it comes here. */
export const cardLimitCharacters = 1_000_000;

export function createCollection(scope: CommandScope, input: CheckedInputOf<'collections.create'>): OutputOf<'collections.create'> {
  const registry = registryRow(scope.db, input.registryId);
  demand(scope.asker, 'collection.create', registryObject(scope.db, registry));
  if (registry.deleted) throw notFound('registry', registry.name);
  const collection = insertCollection(scope, registry, {
    name: accepted(checkCollectionName(input.name)), type: accepted(checkArtifactType(input.type)), description: input.description, tags: input.tags,
  });
  scope.inverse({ step: 'delete', kind: 'collection', id: collection.id });
  scope.offerUndo(`Create collection “${collection.name}”`);
  return detailOf(scope, collection.id);
}

type NewCollection = { readonly name: string; readonly type: string; readonly description: string; readonly tags: readonly string[] };

/** Rights and names were judged before. */
export function insertCollection(scope: CommandScope, registry: RegistryRow, collection: NewCollection): CollectionRow {
  const { db, at } = scope;
  if (!acceptsType(registry.acceptedTypes, collection.type)) {
    accepted(refuse({ rule: 'type-not-accepted', subject: 'registry', registry: registry.name, accepted: registry.acceptedTypes === 'all' ? [] : registry.acceptedTypes, type: collection.type }));
  }
  refuseTakenName(scope, registry.id, collection.name);
  const { id } = db.run(sql`
    INSERT INTO collections (registry_id, name, name_key, type, description, created_by, created_at, updated_at)
    VALUES (${registry.id}, ${collection.name}, ${nameKey(collection.name)}, ${collection.type}, ${collection.description}, ${scope.actorId}, ${at}, ${at})`);
  db.run(sql`UPDATE registries SET collection_count = collection_count + 1, updated_at = ${at} WHERE id = ${registry.id}`);
  db.run(sql`DELETE FROM redirects WHERE kind = 'collection' AND scope_id = ${registry.id} AND name_key = ${nameKey(collection.name)}`);
  indexName(db, 'collection', id, collection.name);
  const tags = addTags(scope, { kind: 'collection', id }, collection.tags);
  scope.record({
    kind: 'collection.created',
    subject: collectionSubject({ id, name: collection.name, registryId: registry.id, registry: registry.name }),
    before: null,
    after: { name: collection.name, type: collection.type, ...(tags.length === 0 ? {} : { tags }) },
    about: [{ kind: 'registry', id: registry.id }],
  });
  scope.changed('collection', id);
  scope.changed('registry', registry.id);
  return collectionRow(db, id);
}

export function updateCollection(scope: CommandScope, input: CheckedInputOf<'collections.update'>): OutputOf<'collections.update'> {
  const { db } = scope;
  const collection = collectionRow(db, input.id);
  demand(scope.asker, 'card.edit', registryObject(db, registryRow(db, collection.registryId)), { kind: 'collection', label: String(input.id) });
  if (collection.deleted) throw notFound('collection', `${collection.registry}/${collection.name}`);
  const name = input.name === undefined ? collection.name : accepted(checkCollectionName(input.name));
  const description = input.description ?? collection.description;
  if (description.length > cardLimitCharacters) throw new VitrineError('too_large', { details: { limit: cardLimitCharacters, length: description.length } });
  editCollection(scope, collection, { name, description });
  return detailOf(scope, collection.id);
}

/** Writes what differs, tells of it, and offers the way back. */
export function editCollection(scope: CommandScope, collection: CollectionRow, next: { readonly name: string; readonly description: string }): void {
  const { db, at } = scope;
  const renamed = next.name !== collection.name;
  const rewritten = next.description !== collection.description;
  if (!renamed && !rewritten) return;
  if (renamed && nameKey(next.name) !== nameKey(collection.name)) {
    refuseTakenName(scope, collection.registryId, next.name);
    redirect(scope, 'collection', collection.registryId, collection.name, next.name, collection.id);
  }
  db.run(sql`UPDATE collections SET name = ${next.name}, name_key = ${nameKey(next.name)}, description = ${next.description}, updated_at = ${at} WHERE id = ${collection.id}`);
  if (renamed) {
    indexName(db, 'collection', collection.id, next.name);
    markLinkedVersions(scope, collection.id);
  }
  const before = { ...(renamed ? { name: collection.name } : {}), ...(rewritten ? { description: collection.description } : {}) };
  const after = { ...(renamed ? { name: next.name } : {}), ...(rewritten ? { description: next.description } : {}) };
  scope.record({ kind: 'collection.updated', subject: collectionSubject({ ...collection, name: next.name }), before, after, about: [{ kind: 'registry', id: collection.registryId }] });
  scope.changed('collection', collection.id);
  scope.changed('registry', collection.registryId);
  scope.inverse({ step: 'edit', kind: 'collection', id: collection.id, set: before, expected: after });
  scope.offerUndo(renamed ? `Rename collection to “${next.name}”` : `Edit card of “${next.name}”`);
}

export function deleteCollection(scope: CommandScope, input: CheckedInputOf<'collections.delete'>): OutputOf<'collections.delete'> {
  const { db } = scope;
  const collection = collectionRow(db, input.id);
  demand(scope.asker, 'collection.delete', registryObject(db, registryRow(db, collection.registryId)), { kind: 'collection', label: String(input.id) });
  if (collection.deleted) throw notFound('collection', `${collection.registry}/${collection.name}`);
  const trashId = removeCollection(scope, collection);
  scope.inverse({ step: 'restore', trashIds: [trashId] });
  scope.offerUndo(`Delete collection “${collection.name}”`);
  return { links: collection.linkCount };
}

/** To the trash, with its links and aliases. */
export function removeCollection(scope: CommandScope, collection: CollectionRow): number {
  const { db, at } = scope;
  refuseGuarded(scope, collection);
  const subject = collectionSubject(collection);
  const payload: CollectionPayload = { aliases: takeAliases(scope, collection.id) };
  const trashId = toTrash(scope, { kind: 'collection', id: collection.id, registryId: collection.registryId, label: subject.label, address: subject.address, payload });
  takeCollection(scope, collection, trashId);
  db.run(sql`UPDATE registries SET collection_count = collection_count - 1, link_count = link_count - ${collection.linkCount}, updated_at = ${at} WHERE id = ${collection.registryId}`);
  scope.record({
    kind: 'collection.deleted', subject, before: { name: collection.name, type: collection.type, links: collection.linkCount }, after: null,
    about: [{ kind: 'registry', id: collection.registryId }],
  });
  scope.changed('registry', collection.registryId);
  return trashId;
}

/** Refuses when a protected alias stands in it and the asker is no admin. */
export function refuseGuarded(scope: CommandScope, collection: CollectionRow): void {
  const { db } = scope;
  const registry = registryRow(db, collection.registryId);
  if (registry.protectedAliases.length === 0) return;
  const guard = aliasGuard(registry.protectedAliases);
  const guarded = db.column<string>(sql`SELECT alias FROM aliases WHERE holder_kind = 'collection' AND holder_id = ${collection.id}`).filter((alias) => guard.has(alias));
  const mayRemoveCarrier = decide(scope.asker, 'protectedAlias.removeCarrier', registryObject(db, registry)).allowed;
  refuseFor(blockersOfCollectionDeletion(`${collection.registry}/${collection.name}`, guarded.map((alias) => `${collection.registry}/${collection.name}:${alias}`), mayRemoveCarrier));
}

/** Takes the aliases of a collection off and hands them over, for the trash to keep. */
export function takeAliases(scope: CommandScope, collectionId: number): CollectionPayload['aliases'] {
  const aliases = scope.db.all<{ alias: string; linkId: number }>(sql`SELECT alias, target_id AS linkId FROM aliases WHERE holder_kind = 'collection' AND holder_id = ${collectionId}`);
  scope.db.run(sql`DELETE FROM aliases WHERE holder_kind = 'collection' AND holder_id = ${collectionId}`);
  return aliases;
}

/** Marks a collection and its links as deleted. */
export function takeCollection(scope: CommandScope, collection: CollectionRow, trashId: number): void {
  const { db, at } = scope;
  markLinkedVersions(scope, collection.id);
  db.run(sql`UPDATE versions SET link_count = link_count - 1 WHERE id IN (SELECT version_id FROM links WHERE collection_id = ${collection.id} AND removed_at IS NULL)`);
  db.run(sql`UPDATE links SET removed_at = ${at}, trash_id = ${trashId} WHERE collection_id = ${collection.id} AND removed_at IS NULL`);
  db.run(sql`UPDATE collections SET deleted_at = ${at}, trash_id = ${trashId}, link_count = 0, latest_link_id = NULL WHERE id = ${collection.id}`);
  forgetName(db, 'collection', collection.id);
  scope.changed('collection', collection.id);
}

/** The versions linked here are found by the collection's name too, and their rows say how often they are linked. */
export function markLinkedVersions(scope: CommandScope, collectionId: number): void {
  scope.db.run(sql`
    INSERT INTO search_dirty (version_id) SELECT version_id FROM links WHERE collection_id = ${collectionId} AND removed_at IS NULL ON CONFLICT DO NOTHING`);
  for (const row of scope.db.all<{ id: number; versionId: number }>(sql`SELECT id, version_id AS versionId FROM links WHERE collection_id = ${collectionId} AND removed_at IS NULL LIMIT 502`)) {
    scope.changed('link', row.id);
    scope.changed('version', row.versionId);
  }
}

export function refuseTakenName(scope: CommandScope, registryId: number, name: string): void {
  const taken = scope.db.value(sql`SELECT 1 FROM collections WHERE registry_id = ${registryId} AND name_key = ${nameKey(name)} AND deleted_at IS NULL`);
  if (taken !== undefined) throw new VitrineError('already_exists', { details: { kind: 'collection', label: name } });
}

function detailOf(scope: CommandScope, id: number): OutputOf<'collections.get'> {
  const detail = collectionDetail(scope, id);
  if (detail === null) throw notFound('collection', String(id));
  return detail;
}
