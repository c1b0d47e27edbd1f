/** Artifacts edited, given another type, deleted with their versions. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { checkArtifactName, checkArtifactType, checkNewArtifact } from '#shared/domain/index.ts';
import { demand, notFound, projectObject } from '../access.ts';
import { artifactSummaries } from '../records/artifacts.ts';
import { forgetName, indexName } from '../records/names.ts';
import { artifactRow, versionRow, type ArtifactRow } from '../records/rows.ts';
import { artifactSubject } from '../records/subjects.ts';
import { accepted } from '../refusals.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { redirect } from './redirects.ts';
import { toTrash } from './trash.ts';
import { deleteVersion } from './versions.ts';

function openArtifact(scope: CommandScope, id: number, action: 'source.edit' | 'source.delete'): ArtifactRow {
  const artifact = artifactRow(scope.db, id);
  demand(scope.asker, action, projectObject(scope.db, artifact.projectId), { kind: 'artifact', label: String(id) });
  if (artifact.deleted) throw notFound('artifact', artifact.name);
  return artifact;
}

const subjectOf = (artifact: ArtifactRow) => artifactSubject({ id: artifact.id, entity: artifact.entity, project: artifact.project, name: artifact.name });

function summaryOf(scope: CommandScope, id: number): OutputOf<'artifacts.update'> {
  const [summary] = artifactSummaries(scope.db, [id]);
  if (summary === undefined) throw notFound('artifact', String(id));
  return summary;
}

export function updateArtifact(scope: CommandScope, input: CheckedInputOf<'artifacts.update'>): OutputOf<'artifacts.update'> {
  const { id, ...edit } = input;
  editArtifact(scope, id, edit);
  return summaryOf(scope, id);
}

export type ArtifactEdit = { readonly name?: string | undefined; readonly description?: string | undefined; readonly type?: string | undefined };

export function editArtifact(scope: CommandScope, id: number, edit: ArtifactEdit): void {
  const { db, at } = scope;
  if (edit.type !== undefined) giveType(scope, id, edit.type);
  const artifact = openArtifact(scope, id, 'source.edit');
  const name = edit.name === undefined ? artifact.name : accepted(checkArtifactName(edit.name));
  const description = edit.description ?? artifact.description;
  const renamed = name !== artifact.name;
  const rewritten = description !== artifact.description;
  if (!renamed && !rewritten) return;
  if (renamed) {
    accepted(checkNewArtifact(artifact.type, name));
    refuseTaken(scope, artifact, name);
    redirect(scope, 'artifact', artifact.projectId, artifact.name, name, id);
    forgetName(db, 'artifact', id);
    indexName(db, 'artifact', id, name);
    touchVersions(scope, id);
  }
  db.run(sql`UPDATE artifacts SET name = ${name}, description = ${description}, updated_at = ${at} WHERE id = ${id}`);
  const before = { ...(renamed ? { name: artifact.name } : {}), ...(rewritten ? { description: artifact.description } : {}) };
  const after = { ...(renamed ? { name } : {}), ...(rewritten ? { description } : {}) };
  scope.record({ kind: 'artifact.updated', subject: subjectOf({ ...artifact, name }), before, after, about: [{ kind: 'project', id: artifact.projectId }] });
  scope.changed('artifact', id);
  scope.inverse({ step: 'edit', kind: 'artifact', id, set: before, expected: after });
  scope.offerUndo(renamed ? `Rename artifact to “${name}”` : `Edit description of “${name}”`);
}

function refuseTaken(scope: CommandScope, artifact: ArtifactRow, name: string): void {
  if (scope.db.value(sql`SELECT 1 FROM artifacts WHERE project_id = ${artifact.projectId} AND name = ${name} AND deleted_at IS NULL`) !== undefined) {
    throw new VitrineError('already_exists', { details: { kind: 'artifact', label: name } });
  }
}

/** What their artifact is called, and what it is, stands in the word index and the lists of its versions. */
function touchVersions(scope: CommandScope, artifactId: number): void {
  const { db } = scope;
  db.run(sql`INSERT INTO search_dirty (version_id) SELECT id FROM versions WHERE artifact_id = ${artifactId} ON CONFLICT DO NOTHING`);
  for (const versionId of db.column<number>(sql`SELECT id FROM versions WHERE artifact_id = ${artifactId} LIMIT 502`)) scope.changed('version', versionId);
}

// Another type ---------------------------------------------------------------------------------------------------------

export function moveArtifact(scope: CommandScope, input: CheckedInputOf<'artifacts.move'>): OutputOf<'artifacts.move'> {
  giveType(scope, input.id, input.type);
  return summaryOf(scope, input.id);
}

function giveType(scope: CommandScope, id: number, wanted: string): void {
  const { db, at } = scope;
  const artifact = openArtifact(scope, id, 'source.edit');
  const type = accepted(checkArtifactType(wanted));
  if (type === artifact.type) return;
  accepted(checkNewArtifact(type, artifact.name));
  refuseLinked(scope, artifact, type);
  db.run(sql`UPDATE artifacts SET type = ${type}, updated_at = ${at} WHERE id = ${id}`);
  db.run(sql`UPDATE versions SET type = ${type} WHERE artifact_id = ${id}`);
  touchVersions(scope, id);
  const before = { type: artifact.type };
  scope.record({ kind: 'artifact.moved', subject: subjectOf(artifact), before, after: { type }, about: [{ kind: 'project', id: artifact.projectId }] });
  scope.changed('artifact', id);
  scope.inverse({ step: 'edit', kind: 'artifact', id, set: before, expected: { type } });
  scope.offerUndo(`Make “${artifact.name}” a ${type}`);
}

/** A collection has one type, so that what is linked somewhere keeps its own. Collections that the asker can't see are only counted. */
function refuseLinked(scope: CommandScope, artifact: ArtifactRow, type: string): void {
  const places = scope.db.column<string>(sql`
    SELECT DISTINCT r.name || '/' || c.name FROM versions v JOIN links l ON l.version_id = v.id AND l.removed_at IS NULL JOIN collections c ON c.id = l.collection_id
    JOIN registries r ON r.id = c.registry_id WHERE v.artifact_id = ${artifact.id} AND v.link_count > 0 AND r.visibility = 'organization' ORDER BY 1 LIMIT 20`);
  const all = scope.db.value<number>(sql`
    SELECT count(DISTINCT l.collection_id) FROM versions v JOIN links l ON l.version_id = v.id AND l.removed_at IS NULL WHERE v.artifact_id = ${artifact.id} AND v.link_count > 0`) ?? 0;
  if (all === 0) return;
  const hidden = all - places.length;
  const named = [...places, ...(hidden > 0 ? [`${hidden} more`] : [])].join(', ');
  throw new VitrineError('blocked', {
    details: { explanation: `“${artifact.name}” can’t become a ${type}: its versions are linked as ${artifact.type} in ${named}. Unlink them first.`, blockers: places },
  });
}

// Deleting -------------------------------------------------------------------------------------------------------------

/** With all versions and whatever aliases they carry; a protected alias on a link still stands against it. */
export function deleteArtifact(scope: CommandScope, input: CheckedInputOf<'artifacts.delete'>): OutputOf<'artifacts.delete'> {
  const { db, at } = scope;
  const artifact = openArtifact(scope, input.id, 'source.delete');
  const everyAlias = new Set(db.column<string>(sql`SELECT alias FROM aliases WHERE holder_kind = 'artifact' AND holder_id = ${artifact.id}`));
  const versions = db.column<number>(sql`SELECT id FROM versions WHERE artifact_id = ${artifact.id} AND state = 'committed' ORDER BY idx`);
  const versionTrashIds = versions.map((id) => deleteVersion(scope, versionRow(db, id), everyAlias));
  const subject = subjectOf(artifact);
  const trashId = toTrash(scope, { kind: 'artifact', id: artifact.id, registryId: null, label: subject.label, address: subject.address, payload: { versionTrashIds } });
  db.run(sql`UPDATE artifacts SET deleted_at = ${at}, trash_id = ${trashId}, updated_at = ${at} WHERE id = ${artifact.id}`);
  db.run(sql`UPDATE projects SET artifact_count = artifact_count - 1, updated_at = ${at} WHERE id = ${artifact.projectId}`);
  forgetName(db, 'artifact', artifact.id);
  scope.record({ kind: 'artifact.deleted', subject, before: { name: artifact.name, type: artifact.type, versions: versions.length }, after: null, about: [{ kind: 'project', id: artifact.projectId }] });
  scope.changed('artifact', artifact.id);
  scope.changed('project', artifact.projectId);
  scope.inverse({ step: 'restore', trashIds: [trashId] });
  scope.offerUndo(`Delete artifact “${artifact.name}”`);
  return { versions: versions.length };
}
