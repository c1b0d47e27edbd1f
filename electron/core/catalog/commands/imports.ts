/** Small steps that only imports take. */
import { nameKey } from '#shared/domain/index.ts';
import { demand, organizationObject, projectObject, registryObject } from '../access.ts';
import { collectionRow, registryRow } from '../records/rows.ts';
import type { CommandScope, QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';
import type { UndoStep } from '../undo.ts';
import { checkProject, teamOf } from './runs.ts';

/** Lets the numbers of a collection go on at `to`, so that what was v5 elsewhere is v5 here; they only ever grow. */
export function skipNumbers(scope: CommandScope, input: { readonly collectionId: number; readonly to: number }): null {
  const collection = collectionRow(scope.db, input.collectionId);
  demand(scope.asker, 'link.create', registryObject(scope.db, registryRow(scope.db, collection.registryId)));
  scope.db.run(sql`UPDATE collections SET next_index = ${input.to} WHERE id = ${input.collectionId} AND next_index < ${input.to}`);
  return null;
}

/** From now on `<team>/model-registry/<name>` leads to the collection. */
export function noteLegacyAddress(scope: CommandScope, input: { readonly entity: string | undefined; readonly name: string; readonly collectionId: number }): null {
  const team = teamOf(scope.db, input.entity);
  demand(scope.asker, 'organization.manage', organizationObject(scope.db));
  scope.db.run(sql`
    INSERT INTO legacy_addresses (team_id, name_key, collection_id) VALUES (${team.id}, ${nameKey(input.name)}, ${input.collectionId})
    ON CONFLICT (team_id, name_key) DO UPDATE SET collection_id = excluded.collection_id`);
  return null;
}

/** Remembers that something was brought in whole. */
export function noteImported(scope: CommandScope, input: { readonly origin: string; readonly key: string; readonly kind: string; readonly id: number; readonly projectId: number }): null {
  demand(scope.asker, 'source.log', projectObject(scope.db, input.projectId));
  scope.db.run(sql`INSERT INTO imported (origin, key, kind, object_id, at) VALUES (${input.origin}, ${input.key}, ${input.kind}, ${input.id}, ${scope.at}) ON CONFLICT (origin, key) DO UPDATE SET object_id = excluded.object_id, at = excluded.at`);
  scope.inverse({ step: 'imported', origin: input.origin, key: input.key });
  return null;
}

export function importedBefore(scope: QueryScope, input: { readonly origin: string; readonly key: string }): number | null {
  // A run that lies in the trash isn't here: it is brought in anew.
  return scope.db.value<number>(sql`
    SELECT object_id FROM imported WHERE origin = ${input.origin} AND key = ${input.key} AND (kind <> 'run' OR EXISTS (SELECT 1 FROM runs WHERE id = object_id AND deleted_at IS NULL))`) ?? null;
}

/** The version of an artifact that has this content. */
export function versionByDigest(scope: QueryScope, input: { readonly project: { readonly entity?: string | undefined; readonly name: string }; readonly artifact: string; readonly digest: string }): { readonly id: number; readonly index: number } | null {
  const project = checkProject(scope, input.project);
  if (project.id === null) return null;
  return scope.db.get<{ id: number; index: number }>(sql`
    SELECT v.id, v.idx AS "index" FROM artifacts a JOIN versions v ON v.artifact_id = a.id
    WHERE a.project_id = ${project.id} AND a.name = ${input.artifact} AND a.deleted_at IS NULL AND v.state = 'committed' AND v.digest = ${Buffer.from(input.digest, 'hex')} ORDER BY v.idx DESC LIMIT 1`) ?? null;
}

/** The link of a version in a collection, where it stands. */
export function linkOf(scope: QueryScope, input: { readonly collectionId: number; readonly versionId: number }): { readonly id: number; readonly index: number } | null {
  return scope.db.get<{ id: number; index: number }>(sql`SELECT id, idx AS "index" FROM links WHERE collection_id = ${input.collectionId} AND version_id = ${input.versionId} AND removed_at IS NULL`) ?? null;
}

/** One event for a whole import, beside those of what it made. */
export function finishImport(scope: CommandScope, input: { readonly source: string; readonly taken: number; readonly same: number; readonly skipped: number; readonly steps: readonly UndoStep[] }): null {
  scope.record({ kind: 'import.finished', subject: { kind: 'catalog', id: 1, label: input.source, address: null, registryId: null }, before: null, after: { taken: input.taken, same: input.same, skipped: input.skipped } });
  for (const step of input.steps) scope.inverse(step);
  scope.offerUndo(`Import of ${input.source}`);
  return null;
}

/** What an import made that ended in the middle is one act, too. */
export function breakImport(scope: CommandScope, input: { readonly source: string; readonly steps: readonly UndoStep[] }): null {
  for (const step of input.steps) scope.inverse(step);
  scope.offerUndo(`Import of ${input.source}, as far as it came`);
  return null;
}
