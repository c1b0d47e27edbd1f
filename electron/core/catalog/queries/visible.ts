/** Whether the asker may see or use what they name. What they may not see is answered as if it were not there. */
import { isVitrineError, VitrineError } from '#shared/contract/errors.ts';
import { decide, explainDecision, type ProjectAction, type RegistryAction } from '#shared/domain/index.ts';
import { demand, notFound, projectObject, registryObject, visibleProjects, visibleRegistries } from '../access.ts';
import { collectionRow, registryRow, versionRow, type CollectionRow, type RegistryRow, type VersionRow } from '../records/rows.ts';
import type { QueryScope } from '../scope.ts';
import { listOf, sql, type Sql } from '../sql.ts';

export type Asked = { readonly kind: string; readonly label: string };

/** `asked` is what the asker named, when that was not the registry's id. */
export function seenRegistry(scope: QueryScope, id: number, asked?: Asked): RegistryRow {
  const registry = registryRow(scope.db, id);
  demand(scope.asker, 'registry.see', registryObject(scope.db, registry), asked);
  return registry;
}

/** A collection that stands, in a registry that the asker may see. */
export function seenCollection(scope: QueryScope, id: number, asked: Asked = { kind: 'collection', label: String(id) }): CollectionRow {
  const collection = collectionRow(scope.db, id);
  seenRegistry(scope, collection.registryId, asked);
  if (collection.deleted) throw notFound(asked.kind, asked.label);
  return collection;
}

/** A version is seen by who sees its project, and by who sees a registry that it is linked in. Deleted ones are seen as tombstones. */
export function seenVersion(scope: QueryScope, id: number): VersionRow {
  return allowedVersion(scope, id, 'project.see', 'registry.see');
}

/** Likewise for reading its bytes. */
export function usableVersion(scope: QueryScope, id: number, action: 'version.use' | 'version.download' | 'version.preview'): VersionRow {
  return allowedVersion(scope, id, 'source.use', action);
}

function allowedVersion(scope: QueryScope, id: number, atSource: ProjectAction, inRegistry: RegistryAction): VersionRow {
  const { db, asker } = scope;
  const version = versionRow(db, id);
  const atHome = decide(asker, atSource, projectObject(db, version.projectId));
  if (atHome.allowed) return version;
  let visible = atHome.visible;
  let refused = atHome;
  const registries = db.column<number>(sql`
    SELECT DISTINCT c.registry_id FROM links l JOIN collections c ON c.id = l.collection_id WHERE l.version_id = ${id} AND l.removed_at IS NULL AND c.deleted_at IS NULL`);
  for (const registryId of registries) {
    const decision = decide(asker, inRegistry, registryObject(db, registryRow(db, registryId)));
    if (decision.allowed) return version;
    if (decision.visible) {
      visible = true;
      refused = decision;
    }
  }
  if (!visible) throw notFound('artifact version', String(id));
  throw new VitrineError('permission_denied', { details: { needed: refused.needed, role: refused.role, kind: 'artifact version', label: `${version.artifact}:v${version.index}`, explanation: explainDecision(refused) } });
}

export function seenProject(scope: QueryScope, id: number, asked?: Asked): void {
  demand(scope.asker, 'project.see', projectObject(scope.db, id), asked);
}

/** What a look-up finds, or null where there is nothing for the asker. */
export function seenOrNothing<Found>(look: () => Found): Found | null {
  try {
    return look();
  } catch (error) {
    if (isVitrineError(error) && error.code === 'not_found') return null;
    throw error;
  }
}

/** A condition over a project id, none where the asker sees every project. The name tells lists with different filters apart. */
export function projectFilter(scope: QueryScope, column: Sql): { readonly where: readonly Sql[]; readonly name: string } {
  const projects = visibleProjects(scope.db, scope.asker);
  if (projects === null) return { where: [], name: '' };
  const ids = [...projects].sort((left, right) => left - right);
  return { where: [sql`${column} IN ${listOf(ids)}`], name: ` in ${ids.join(',')}` };
}

export function registryFilter(scope: QueryScope, column: Sql): { readonly where: readonly Sql[]; readonly name: string; readonly ids: readonly number[] } {
  const ids = [...visibleRegistries(scope.db, scope.asker).keys()].sort((left, right) => left - right);
  return { where: [sql`${column} IN ${listOf(ids)}`], name: ` in ${ids.join(',')}`, ids };
}
