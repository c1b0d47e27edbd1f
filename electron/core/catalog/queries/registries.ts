import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { coreTypeNamed, nameKey } from '#shared/domain/index.ts';
import { notFound } from '../access.ts';
import { collectionDetail, collectionSummaries } from '../records/collections.ts';
import { registrySummaries } from '../records/registries.ts';
import type { RegistryRow } from '../records/rows.ts';
import type { QueryScope } from '../scope.ts';
import { allOf, sql } from '../sql.ts';
import { collectionConditions, registryConditions } from './filters.ts';
import { pageOfIds } from './paging.ts';
import { registryFilter, seenCollection, seenOrNothing, seenRegistry } from './visible.ts';

export function listRegistries(scope: QueryScope, input: CheckedInputOf<'registries.list'>): OutputOf<'registries.list'> {
  const where = allOf([sql`r.deleted_at IS NULL`, ...registryConditions(input.filter).where]);
  const keys = { name: sql`r.name_key`, updated: sql`r.updated_at`, created: sql`r.created_at` };
  const way = input.direction === 'descending' ? sql`DESC` : sql`ASC`;
  const order = input.sort === undefined ? sql`r.core_type IS NULL, r.name_key` : sql`${keys[input.sort]} ${way}, r.id ${way}`;
  const ids = scope.db.column<number>(sql`SELECT r.id FROM registries r WHERE ${where} ORDER BY ${order}`);
  const items = registrySummaries(scope, ids);
  if (input.sort !== undefined) return { items };
  return { items: items.toSorted((left, right) => Number(right.starred) - Number(left.starred)) };
}

/** By name, the present one first, then one that it had before it was renamed. */
export function registryIdOf(scope: QueryScope, name: string): number {
  const { db } = scope;
  const id = db.value<number>(sql`SELECT id FROM registries WHERE name_key = ${nameKey(name)} AND deleted_at IS NULL`)
    ?? db.value<number>(sql`SELECT id FROM registries WHERE core_type = ${coreTypeNamed(name)} AND deleted_at IS NULL`)
    ?? db.value<number>(sql`SELECT r.id FROM redirects d JOIN registries r ON r.id = d.object_id WHERE d.kind = 'registry' AND d.name_key = ${nameKey(name)} AND r.deleted_at IS NULL`);
  if (id === undefined) throw notFound('registry', name);
  return id;
}

/** A registry that the asker may see, by its name. */
export function namedRegistry(scope: QueryScope, name: string): RegistryRow {
  return seenRegistry(scope, registryIdOf(scope, name), { kind: 'registry', label: name });
}

export function collectionIdOf(scope: QueryScope, registryId: number, registry: string, name: string): number {
  const id = standingCollection(scope, registryId, name) ?? redirectedCollection(scope, registryId, name);
  if (id === undefined) throw notFound('collection', `${registry}/${name}`);
  return id;
}

function standingCollection({ db }: QueryScope, registryId: number, name: string): number | undefined {
  return db.value<number>(sql`SELECT id FROM collections WHERE registry_id = ${registryId} AND name_key = ${nameKey(name)} AND deleted_at IS NULL`);
}

/** One that had the name before it was renamed, or stood there before it was moved. */
function redirectedCollection({ db }: QueryScope, registryId: number, name: string): number | undefined {
  return db.value<number>(sql`
    SELECT c.id FROM redirects d JOIN collections c ON c.id = d.object_id WHERE d.kind = 'collection' AND d.scope_id = ${registryId} AND d.name_key = ${nameKey(name)} AND c.deleted_at IS NULL`);
}

/** Where a version is linked to that a script links by names: no more of it than that, since nothing else is asked so often. Null for a collection that has still to be made. */
export function linkTarget(scope: QueryScope, input: { readonly registry: string; readonly collection: string }): { readonly registryId: number; readonly collectionId: number | null } {
  const registry = namedRegistry(scope, input.registry);
  const standing = standingCollection(scope, registry.id, input.collection);
  if (standing !== undefined) return { registryId: registry.id, collectionId: standing };
  const moved = redirectedCollection(scope, registry.id, input.collection);
  return { registryId: registry.id, collectionId: moved === undefined ? null : (seenOrNothing(() => seenCollection(scope, moved))?.id ?? null) };
}

export function getRegistry(scope: QueryScope, input: CheckedInputOf<'registries.get'>): OutputOf<'registries.get'> {
  const registry = 'id' in input ? seenRegistry(scope, input.id) : namedRegistry(scope, input.name);
  const [summary] = registrySummaries(scope, [registry.id]);
  if (summary === undefined || registry.deleted) throw notFound('registry', registry.name);
  return summary;
}

/** Types of the collections that stand in a registry. */
export function typesInRegistry(scope: QueryScope, input: { readonly id: number }): string[] {
  const registry = seenRegistry(scope, input.id);
  return scope.db.column<string>(sql`SELECT DISTINCT type FROM collections WHERE registry_id = ${registry.id} AND deleted_at IS NULL ORDER BY type`);
}

export function listCollections(scope: QueryScope, input: CheckedInputOf<'collections.list'>): OutputOf<'collections.list'> {
  const { db } = scope;
  const where = [sql`c.deleted_at IS NULL`];
  let name = `collections ${input.sort}`;
  let total: (() => number) | undefined;
  if (input.registryId !== undefined) {
    const registry = seenRegistry(scope, input.registryId);
    if (registry.deleted) throw notFound('registry', registry.name);
    where.push(sql`c.registry_id = ${registry.id}`);
    name += ` of ${registry.id}`;
    if (input.type === undefined) total = () => db.value<number>(sql`SELECT collection_count FROM registries WHERE id = ${registry.id}`) ?? 0;
  } else {
    const filter = registryFilter(scope, sql`c.registry_id`);
    where.push(...filter.where);
    name += filter.name;
  }
  if (input.type !== undefined) {
    where.push(sql`c.type = ${input.type}`);
    name += ` type ${input.type}`;
  }
  if (input.registryFilter != null) {
    const conditions = registryConditions(input.registryFilter);
    where.push(sql`c.registry_id IN (SELECT r.id FROM registries r WHERE ${allOf(conditions.where)})`);
    name += ` in${conditions.name}`;
    total = undefined;
  }
  const conditions = collectionConditions(input.filter, 'collections');
  where.push(...conditions.where);
  name += conditions.name;
  if (conditions.where.length > 0) total = undefined;
  const keys = { name: sql`c.name_key`, updated: sql`c.updated_at`, created: sql`c.created_at` };
  const { ids, ...page } = pageOfIds(db, { name, from: sql`FROM collections c`, where, key: keys[input.sort], id: sql`c.id`, descending: input.direction === 'descending', ...(total === undefined ? {} : { total }) }, input);
  return { items: collectionSummaries(scope, ids), ...page };
}

/** Many at once, in the order of the ids; what isn't there for the asker is left out. */
export function collectionDetails(scope: QueryScope, input: CheckedInputOf<'collections.details'>): OutputOf<'collections.details'> {
  return { items: [...new Set(input.ids as readonly number[])].flatMap((id) => {
    const seen = seenOrNothing(() => seenCollection(scope, id));
    return seen === null ? [] : (collectionDetail(scope, seen.id) ?? []);
  }) };
}

export function getCollection(scope: QueryScope, input: CheckedInputOf<'collections.get'>): OutputOf<'collections.get'> {
  const id = 'id' in input ? input.id : collectionIdOf(scope, namedRegistry(scope, input.registry).id, input.registry, input.name);
  const collection = seenCollection(scope, id);
  const detail = collectionDetail(scope, collection.id);
  if (detail === null) throw notFound('collection', `${collection.registry}/${collection.name}`);
  return detail;
}
