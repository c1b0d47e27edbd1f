/** Things of any kind, short: a label to show and an address to open. */
import type { ObjectKind, ObjectRef } from '#shared/contract/entities.ts';
import { visibleProjects, visibleRegistries } from '../access.ts';
import type { EventSubject } from '../history.ts';
import type { QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { artifactSubject, collectionSubject, linkSubject, projectSubject, registrySubject, runSubject, versionSubject } from './subjects.ts';

export type Named = { readonly kind: ObjectKind; readonly id: number };

export function refOf(subject: EventSubject): ObjectRef {
  return { kind: subject.kind, id: subject.id, label: subject.label, address: subject.address };
}

/** Those that stand and that the asker may see, in the given order. */
export function objectRefs<Thing extends Named>(scope: QueryScope, things: readonly Thing[]): { readonly thing: Thing; readonly ref: ObjectRef }[] {
  const registries = visibleRegistries(scope.db, scope.asker);
  const projects = visibleProjects(scope.db, scope.asker);
  return things.flatMap((thing) => {
    const found = find(scope, thing);
    if (found === null) return [];
    if (found.subject.registryId !== null && !registries.has(found.subject.registryId)) return [];
    if (found.projectId !== null && projects !== null && !projects.has(found.projectId)) return [];
    return [{ thing, ref: refOf(found.subject) }];
  });
}

type Found = { readonly subject: EventSubject; readonly projectId: number | null };

function find(scope: QueryScope, thing: Named): Found | null {
  const { db } = scope;
  const { id } = thing;
  switch (thing.kind) {
    case 'registry': {
      const row = db.get<{ id: number; name: string }>(sql`SELECT id, name FROM registries WHERE id = ${id} AND deleted_at IS NULL`);
      return row === undefined ? null : { subject: registrySubject(row), projectId: null };
    }
    case 'collection': {
      const row = db.get<{ id: number; name: string; registryId: number; registry: string }>(sql`
        SELECT c.id, c.name, r.id AS registryId, r.name AS registry FROM collections c JOIN registries r ON r.id = c.registry_id WHERE c.id = ${id} AND c.deleted_at IS NULL`);
      return row === undefined ? null : { subject: collectionSubject(row), projectId: null };
    }
    case 'link': {
      const row = db.get<{ linkId: number; index: number; id: number; name: string; registryId: number; registry: string }>(sql`
        SELECT l.id AS linkId, l.idx AS "index", c.id, c.name, r.id AS registryId, r.name AS registry FROM links l JOIN collections c ON c.id = l.collection_id JOIN registries r ON r.id = c.registry_id
        WHERE l.id = ${id} AND l.removed_at IS NULL`);
      return row === undefined ? null : { subject: linkSubject(row, { id: row.linkId, index: row.index }), projectId: null };
    }
    case 'project': {
      const row = db.get<{ id: number; entity: string; name: string }>(sql`SELECT p.id, t.name AS entity, p.name FROM projects p JOIN teams t ON t.id = p.team_id WHERE p.id = ${id} AND p.deleted_at IS NULL`);
      return row === undefined ? null : { subject: projectSubject(row), projectId: row.id };
    }
    case 'artifact': {
      const row = db.get<{ id: number; entity: string; project: string; name: string; projectId: number }>(sql`
        SELECT a.id, t.name AS entity, p.name AS project, a.name, p.id AS projectId FROM artifacts a JOIN projects p ON p.id = a.project_id JOIN teams t ON t.id = p.team_id
        WHERE a.id = ${id} AND a.deleted_at IS NULL`);
      return row === undefined ? null : { subject: artifactSubject(row), projectId: row.projectId };
    }
    case 'version': {
      const row = db.get<{ versionId: number; index: number; id: number; entity: string; project: string; name: string; projectId: number }>(sql`
        SELECT v.id AS versionId, v.idx AS "index", a.id, t.name AS entity, p.name AS project, a.name, p.id AS projectId
        FROM versions v JOIN artifacts a ON a.id = v.artifact_id JOIN projects p ON p.id = v.project_id JOIN teams t ON t.id = p.team_id WHERE v.id = ${id} AND v.state <> 'deleted'`);
      return row === undefined ? null : { subject: versionSubject(row, { id: row.versionId, index: row.index }), projectId: row.projectId };
    }
    case 'run': {
      const row = db.get<{ id: number; entity: string; project: string; runId: string; displayName: string; projectId: number }>(sql`
        SELECT r.id, t.name AS entity, p.name AS project, r.run_id AS runId, r.display_name AS displayName, p.id AS projectId FROM runs r JOIN projects p ON p.id = r.project_id
        JOIN teams t ON t.id = p.team_id WHERE r.id = ${id} AND r.deleted_at IS NULL`);
      return row === undefined ? null : { subject: runSubject(row), projectId: row.projectId };
    }
    case 'automation': {
      const row = db.get<{ id: number; name: string }>(sql`SELECT id, name FROM automations WHERE id = ${id} AND removed_at IS NULL`);
      return row === undefined ? null : { subject: { kind: 'automation', id: row.id, label: row.name, address: null, registryId: null }, projectId: null };
    }
    case 'organization':
    case 'team':
    case 'user':
    case 'alias':
    case 'api_key':
    case 'settings':
    case 'catalog':
    case 'remote':
    case 'bucket':
      return null;
  }
}
