/** Rows as the commands need them: with the names for messages and addresses, alive or not. */
import type { Lifecycle, ReasonRequired, VersionState, Visibility } from '#shared/contract/entities.ts';
import type { AcceptedTypes, CardRule } from '#shared/domain/index.ts';
import { notFound } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import { sql } from '../sql.ts';
import { lifecycleOf, stringList } from './shared.ts';

export type RegistryRow = {
  readonly id: number; readonly organizationId: number; readonly name: string; readonly visibility: Visibility; readonly coreType: string | null; readonly acceptedTypes: AcceptedTypes;
  readonly protectedAliases: readonly string[]; readonly glyph: string; readonly hue: number; readonly description: string;
  readonly reasonRequired: ReasonRequired; readonly lifecycle: Lifecycle | null; /** By type, where the registry has rules of its own. */ readonly cardRules: Readonly<Record<string, CardRule>>; readonly deleted: boolean;
};

export function registryRow(db: ReadableDb, id: number): RegistryRow {
  const row = db.get<Omit<RegistryRow, 'acceptedTypes' | 'protectedAliases' | 'lifecycle' | 'cardRules' | 'deleted'> & { accepted: string | null; guarded: string; states: string | null; cards: string; deletedAt: number | null }>(sql`
    SELECT id, organization_id AS organizationId, name, visibility, core_type AS coreType, accepted_types AS accepted, protected_aliases AS guarded, glyph, hue, description,
      reason_required AS reasonRequired, lifecycle AS states, card_rules AS cards, deleted_at AS deletedAt FROM registries WHERE id = ${id}`);
  if (row === undefined) throw notFound('registry', String(id));
  const { accepted, guarded, states, cards, deletedAt, ...rest } = row;
  return { ...rest, acceptedTypes: accepted === null ? 'all' : stringList(accepted), protectedAliases: stringList(guarded), lifecycle: lifecycleOf(states), cardRules: JSON.parse(cards) as Readonly<Record<string, CardRule>>, deleted: deletedAt !== null };
}

export type CollectionRow = {
  readonly id: number; readonly registryId: number; readonly registry: string; readonly name: string; readonly type: string; readonly nextIndex: number; readonly linkCount: number;
  readonly description: string; readonly deleted: boolean;
};

export function collectionRow(db: ReadableDb, id: number): CollectionRow {
  const row = db.get<Omit<CollectionRow, 'deleted'> & { deletedAt: number | null }>(sql`
    SELECT c.id, c.registry_id AS registryId, r.name AS registry, c.name, c.type, c.next_index AS nextIndex, c.link_count AS linkCount, c.description,
      coalesce(c.deleted_at, r.deleted_at) AS deletedAt
    FROM collections c JOIN registries r ON r.id = c.registry_id WHERE c.id = ${id}`);
  if (row === undefined) throw notFound('collection', String(id));
  const { deletedAt, ...rest } = row;
  return { ...rest, deleted: deletedAt !== null };
}

export type LinkRow = { readonly id: number; readonly collectionId: number; readonly versionId: number; readonly index: number; readonly note: string; /** '' where there is none. */ readonly state: string; readonly trashId: number | null; readonly removed: boolean };

export function linkRow(db: ReadableDb, id: number): LinkRow {
  const row = db.get<Omit<LinkRow, 'removed'> & { removedAt: number | null }>(sql`
    SELECT id, collection_id AS collectionId, version_id AS versionId, idx AS "index", note, state, trash_id AS trashId, removed_at AS removedAt FROM links WHERE id = ${id}`);
  if (row === undefined) throw notFound('link', String(id));
  const { removedAt, ...rest } = row;
  return { ...rest, removed: removedAt !== null };
}

export type ArtifactRow = {
  readonly id: number; readonly projectId: number; readonly entity: string; readonly project: string; readonly name: string; readonly type: string; readonly nextIndex: number;
  readonly latestVersionId: number | null; readonly description: string; readonly deleted: boolean;
};

export function artifactRow(db: ReadableDb, id: number): ArtifactRow {
  const row = db.get<Omit<ArtifactRow, 'deleted'> & { deletedAt: number | null }>(sql`
    SELECT a.id, a.project_id AS projectId, t.name AS entity, p.name AS project, a.name, a.type, a.next_index AS nextIndex, a.latest_version_id AS latestVersionId, a.description,
      a.deleted_at AS deletedAt
    FROM artifacts a JOIN projects p ON p.id = a.project_id JOIN teams t ON t.id = p.team_id WHERE a.id = ${id}`);
  if (row === undefined) throw notFound('artifact', String(id));
  const { deletedAt, ...rest } = row;
  return { ...rest, deleted: deletedAt !== null };
}

export type VersionRow = {
  readonly id: number; readonly artifactId: number; readonly projectId: number; readonly entity: string; readonly project: string; readonly artifact: string; readonly type: string;
  readonly index: number; readonly state: VersionState; readonly trashId: number | null;
};

export function versionRow(db: ReadableDb, id: number): VersionRow {
  const row = db.get<VersionRow>(sql`
    SELECT v.id, v.artifact_id AS artifactId, v.project_id AS projectId, t.name AS entity, p.name AS project, a.name AS artifact, v.type, v.idx AS "index", v.state, v.trash_id AS trashId
    FROM versions v JOIN artifacts a ON a.id = v.artifact_id JOIN projects p ON p.id = v.project_id JOIN teams t ON t.id = p.team_id WHERE v.id = ${id}`);
  if (row !== undefined) return row;
  // A draft that turned out equal to a version: its id goes on to mean that one.
  const became = db.value<number>(sql`SELECT version_id FROM drafts WHERE id = ${id} AND state = 'committed' AND version_id <> id`);
  if (became === undefined) throw notFound('artifact version', String(id));
  return versionRow(db, became);
}

/** Many at once, by id as asked for. */
export function versionRows(db: ReadableDb, ids: readonly number[]): ReadonlyMap<number, VersionRow> {
  const rows = db.all<VersionRow>(sql`
    SELECT v.id, v.artifact_id AS artifactId, v.project_id AS projectId, t.name AS entity, p.name AS project, a.name AS artifact, v.type, v.idx AS "index", v.state, v.trash_id AS trashId
    FROM json_each(${JSON.stringify(ids)}) j CROSS JOIN versions v ON v.id = j.value JOIN artifacts a ON a.id = v.artifact_id JOIN projects p ON p.id = v.project_id JOIN teams t ON t.id = p.team_id`);
  const found = new Map(rows.map((row) => [row.id, row]));
  for (const id of ids) if (!found.has(id)) found.set(id, versionRow(db, id));
  return found;
}

export function artifactNamesOf(row: VersionRow): { readonly id: number; readonly entity: string; readonly project: string; readonly name: string } {
  return { id: row.artifactId, entity: row.entity, project: row.project, name: row.artifact };
}

export type RunRow = { readonly id: number; readonly projectId: number; readonly teamId: number; readonly entity: string; readonly project: string; readonly runId: string; readonly displayName: string; readonly state: string };

export function runRow(db: ReadableDb, id: number): RunRow {
  const row = db.get<RunRow>(sql`
    SELECT r.id, r.project_id AS projectId, t.id AS teamId, t.name AS entity, p.name AS project, r.run_id AS runId, r.display_name AS displayName, r.state
    FROM runs r JOIN projects p ON p.id = r.project_id JOIN teams t ON t.id = p.team_id WHERE r.id = ${id} AND r.deleted_at IS NULL`);
  if (row === undefined) throw notFound('run', String(id));
  return row;
}
