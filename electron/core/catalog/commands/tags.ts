/** Tags on versions, artifacts and collections. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { checkTag } from '#shared/domain/index.ts';
import type { ObjectKind } from '#shared/contract/entities.ts';
import { demand, notFound, projectObject, registryObject } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import type { EventSubject } from '../history.ts';
import { artifactNamesOf, artifactRow, collectionRow, registryRow, versionRow } from '../records/rows.ts';
import { artifactSubject, collectionSubject, versionSubject } from '../records/subjects.ts';
import { accepted } from '../refusals.ts';
import { markForSearch } from '../search-index.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';

export type TagTarget = { readonly kind: 'version' | 'collection' | 'artifact'; readonly id: number };

/** Where the tags of each kind stand. */
const places = {
  version: { table: sql`version_tags`, column: sql`version_id` },
  collection: { table: sql`collection_tags`, column: sql`collection_id` },
  artifact: { table: sql`artifact_tags`, column: sql`artifact_id` },
} as const;

export function editTags(scope: CommandScope, input: CheckedInputOf<'tags.edit'>): OutputOf<'tags.edit'> {
  const { db } = scope;
  const { target } = input;
  const { subject, about } = openTarget(scope, target);
  const add = [...new Set(input.add.map((tag) => accepted(checkTag(tag))))];
  const remove = [...new Set(input.remove.map((tag) => tag.normalize('NFC')))].filter((tag) => !add.includes(tag));
  const added = addTags(scope, target, add);
  const removed = removeTags(scope, target, remove);
  for (const tag of added) scope.record({ kind: 'tag.added', subject, before: null, after: { tag }, about });
  for (const tag of removed) scope.record({ kind: 'tag.removed', subject, before: { tag }, after: null, about });
  if (added.length + removed.length > 0) {
    scope.inverse({ step: 'tags', target, add: removed, remove: added });
    scope.offerUndo(added.length + removed.length > 1 ? 'Change tags' : added[0] === undefined ? `Remove tag “${removed[0]}”` : `Add tag “${added[0]}”`);
  }
  return { tags: tagsOf(db, target) };
}

function openTarget(scope: CommandScope, target: TagTarget): { readonly subject: EventSubject; readonly about: readonly { readonly kind: ObjectKind; readonly id: number }[] } {
  const { db } = scope;
  if (target.kind === 'version') {
    const version = versionRow(db, target.id);
    demand(scope.asker, 'source.edit', projectObject(db, version.projectId), { kind: 'artifact version', label: String(target.id) });
    if (version.state === 'deleted') throw notFound('artifact version', String(target.id));
    return { subject: versionSubject(artifactNamesOf(version), version), about: [{ kind: 'artifact', id: version.artifactId }, { kind: 'project', id: version.projectId }] };
  }
  if (target.kind === 'artifact') {
    const artifact = artifactRow(db, target.id);
    demand(scope.asker, 'source.edit', projectObject(db, artifact.projectId), { kind: 'artifact', label: String(target.id) });
    if (artifact.deleted) throw notFound('artifact', artifact.name);
    return { subject: artifactSubject(artifact), about: [{ kind: 'project', id: artifact.projectId }] };
  }
  const collection = collectionRow(db, target.id);
  demand(scope.asker, 'tag.change', registryObject(db, registryRow(db, collection.registryId)), { kind: 'collection', label: String(target.id) });
  if (collection.deleted) throw notFound('collection', `${collection.registry}/${collection.name}`);
  return { subject: collectionSubject(collection), about: [{ kind: 'registry', id: collection.registryId }] };
}

/** Returns those that were not there before. Names were not judged yet. */
export function addTags(scope: CommandScope, target: TagTarget, tags: readonly string[]): string[] {
  const { db } = scope;
  const added: string[] = [];
  for (const wanted of tags) {
    const tag = accepted(checkTag(wanted));
    const tagId = db.value<number>(sql`SELECT id FROM tags WHERE tag = ${tag}`) ?? db.run(sql`INSERT INTO tags (tag) VALUES (${tag})`).id;
    const { table, column } = places[target.kind];
    const { changes } = db.run(sql`INSERT INTO ${table} (${column}, tag_id) VALUES (${target.id}, ${tagId}) ON CONFLICT DO NOTHING`);
    if (changes === 0) continue;
    db.run(sql`UPDATE tags SET use_count = use_count + 1 WHERE id = ${tagId}`);
    scope.changed('tag', tagId);
    added.push(tag);
  }
  if (added.length > 0) touchTarget(scope, target);
  return added;
}

/** Returns those that were there. */
export function removeTags(scope: CommandScope, target: TagTarget, tags: readonly string[]): string[] {
  const { db } = scope;
  const removed: string[] = [];
  for (const tag of tags) {
    const tagId = db.value<number>(sql`SELECT id FROM tags WHERE tag = ${tag}`);
    if (tagId === undefined) continue;
    const { table, column } = places[target.kind];
    const { changes } = db.run(sql`DELETE FROM ${table} WHERE ${column} = ${target.id} AND tag_id = ${tagId}`);
    if (changes === 0) continue;
    db.run(sql`UPDATE tags SET use_count = use_count - 1 WHERE id = ${tagId}`);
    scope.changed('tag', tagId);
    removed.push(tag);
  }
  if (removed.length > 0) touchTarget(scope, target);
  return removed;
}

function touchTarget(scope: CommandScope, target: TagTarget): void {
  if (target.kind === 'version') {
    scope.db.run(sql`UPDATE versions SET updated_at = ${scope.at} WHERE id = ${target.id}`);
    markForSearch(scope.db, target.id);
  } else if (target.kind === 'artifact') {
    scope.db.run(sql`UPDATE artifacts SET updated_at = ${scope.at} WHERE id = ${target.id}`);
  } else {
    scope.db.run(sql`UPDATE collections SET updated_at = ${scope.at} WHERE id = ${target.id}`);
  }
  scope.changed(target.kind, target.id);
}

export function tagsOf(db: ReadableDb, target: TagTarget): string[] {
  const { table, column } = places[target.kind];
  return db.column<string>(sql`SELECT t.tag FROM ${table} x JOIN tags t ON t.id = x.tag_id WHERE x.${column} = ${target.id} ORDER BY t.tag`);
}
