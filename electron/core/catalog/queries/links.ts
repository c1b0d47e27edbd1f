import type { AliasMove, CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { demand, notFound, projectObject } from '../access.ts';
import { linkSummaries } from '../records/links.ts';
import { artifactRow, linkRow } from '../records/rows.ts';
import { groupBy, timestamp, userOf, type UserColumns } from '../records/shared.ts';
import { versionSummaries } from '../records/versions.ts';
import type { QueryScope } from '../scope.ts';
import { listOf, nothing, sql } from '../sql.ts';
import { collectionConditions, inState, registryConditions, versionConditions } from './filters.ts';
import { pageOfIds } from './paging.ts';
import { projectFilter, registryFilter, seenCollection } from './visible.ts';

export function listLinks(scope: QueryScope, input: CheckedInputOf<'links.list'>): OutputOf<'links.list'> {
  const { db } = scope;
  const collection = seenCollection(scope, input.collectionId);
  const bySource = input.sort === 'size' || input.sort === 'created';
  const keys = { index: sql`l.idx`, linked: sql`l.linked_at`, size: sql`v.size`, created: sql`v.created_at` };
  const { ids, ...page } = pageOfIds(db, {
    name: `links of ${collection.id} ${input.sort} ${JSON.stringify(input.state ?? null)}`,
    from: bySource ? sql`FROM links l JOIN versions v ON v.id = l.version_id` : sql`FROM links l`,
    where: [sql`l.collection_id = ${collection.id}`, sql`l.removed_at IS NULL`, ...(input.state === undefined ? [] : input.sort === 'index' ? inState(input.state) : [sql`l.state = ${input.state}`])],
    key: keys[input.sort], id: sql`l.id`, descending: input.direction === 'descending', ...(input.state === undefined ? { total: () => collection.linkCount } : {}),
  }, input);
  return { items: linkSummaries(db, ids), ...page };
}

/** In the order in which links were made, so that a walk is one pass over them. */
export function findLinks(scope: QueryScope, input: CheckedInputOf<'links.find'>): OutputOf<'links.find'> {
  const { db } = scope;
  const seen = registryFilter(scope, sql`c.registry_id`);
  const registries = registryConditions(input.registryFilter);
  const collections = collectionConditions(input.collectionFilter, 'collections');
  const versions = versionConditions(input.versionFilter, 'link');
  const { ids, ...page } = pageOfIds(db, {
    name: `links${seen.name} r${registries.name} c${collections.name} v${versions.name}`,
    from: sql`FROM links l CROSS JOIN collections c ON c.id = l.collection_id CROSS JOIN registries r ON r.id = c.registry_id CROSS JOIN versions v ON v.id = l.version_id`,
    where: [sql`l.removed_at IS NULL`, sql`c.deleted_at IS NULL`, ...seen.where, ...registries.where, ...collections.where, ...versions.where], key: sql`l.id`, id: sql`l.id`, descending: false,
  }, input);
  return { items: linkSummaries(db, ids), ...page };
}

export function getLink(scope: QueryScope, input: CheckedInputOf<'links.get'>): OutputOf<'links.get'> {
  const { db } = scope;
  const id = 'id' in input ? input.id : db.value<number>(sql`SELECT id FROM links WHERE collection_id = ${seenCollection(scope, input.collectionId).id} AND idx = ${input.index} AND removed_at IS NULL`);
  if (id === undefined) throw notFound('link', 'index' in input ? `v${input.index}` : '');
  const link = linkRow(db, id);
  seenCollection(scope, link.collectionId, { kind: 'link', label: String(id) });
  const [summary] = link.removed ? [] : linkSummaries(db, [id]);
  if (summary === undefined) throw notFound('link', `v${link.index}`);
  return summary;
}

type MoveRow = UserColumns & { readonly key: number; readonly alias: string; readonly from: number | null; readonly to: number | null; readonly at: number; readonly message: string | null; readonly eventId: number };

export function aliasTimeline(scope: QueryScope, input: CheckedInputOf<'aliases.timeline'>): OutputOf<'aliases.timeline'> {
  const { db } = scope;
  const { holder } = input;
  if (holder.kind === 'collection') seenCollection(scope, holder.id);
  else demand(scope.asker, 'project.see', projectObject(db, artifactRow(db, holder.id).projectId), { kind: 'artifact', label: String(holder.id) });
  const where = [sql`m.holder_kind = ${holder.kind}`, sql`m.holder_id = ${holder.id}`, ...(input.alias === undefined ? [] : [sql`m.alias = ${input.alias}`])];
  // Several aliases can go with one event, so a page is one of events, and all their moves are shown.
  const { ids, ...page } = pageOfIds(db, {
    name: `moves of ${holder.kind} ${holder.id} ${input.alias ?? ''}`,
    from: sql`FROM (SELECT DISTINCT m.event_id FROM alias_moves m WHERE ${where[0] ?? nothing} AND ${where[1] ?? nothing} AND ${where[2] ?? sql`1`}) m`,
    where: [], key: sql`m.event_id`, id: sql`m.event_id`, descending: true,
  }, input);
  const rows = groupBy(db.all<MoveRow>(sql`
    SELECT m.event_id AS key, m.alias, m.from_index AS "from", m.to_index AS "to", e.at, e.message, e.id AS eventId, u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind
    FROM json_each(${JSON.stringify(ids)}) j CROSS JOIN alias_moves m ON m.event_id = j.value AND m.holder_kind = ${holder.kind} AND m.holder_id = ${holder.id} ${input.alias === undefined ? nothing : sql`AND m.alias = ${input.alias}`}
    JOIN events e ON e.id = m.event_id JOIN users u ON u.id = e.actor_id ORDER BY m.alias`), (row) => row.key);
  return {
    items: ids.flatMap((id) => (rows.get(id) ?? []).map((row) => ({
      alias: row.alias, from: row.from, to: row.to, at: timestamp(row.at), actor: userOf(row), message: row.message, eventId: row.eventId,
    } satisfies AliasMove & Record<string, unknown>))),
    ...page,
  };
}

/** Artifacts looked into for a text, the last changed first. */
const searchedArtifacts = 100;

export function linkCandidates(scope: QueryScope, input: CheckedInputOf<'links.candidates'>): OutputOf<'links.candidates'> {
  const { db } = scope;
  const filter = projectFilter(scope, sql`v.project_id`);
  const visible = filter.where[0] === undefined ? nothing : sql`AND ${filter.where[0]}`;
  const typed = input.type === undefined ? nothing : sql`AND v.type = ${input.type}`;
  const text = input.text.trim();
  if (text === '') {
    return { items: versionSummaries(db, db.column<number>(sql`SELECT v.id FROM versions v WHERE v.state = 'committed' ${typed} ${visible} ORDER BY v.updated_at DESC, v.id DESC LIMIT ${input.limit}`)) };
  }
  const [, name = text, number] = /^(.*?)(?::v?(\d{1,9}))?$/u.exec(text) ?? [];
  const pattern = `%${name.replaceAll(/[!%_]/g, '!$&')}%`;
  const artifacts = db.column<number>(sql`
    SELECT a.id FROM artifacts a JOIN projects p ON p.id = a.project_id
    WHERE a.deleted_at IS NULL AND (a.name LIKE ${pattern} ESCAPE '!' OR p.name || '/' || a.name LIKE ${pattern} ESCAPE '!') ${input.type === undefined ? nothing : sql`AND a.type = ${input.type}`}
    ORDER BY a.updated_at DESC LIMIT ${searchedArtifacts}`);
  return {
    items: versionSummaries(db, db.column<number>(sql`
      SELECT v.id FROM versions v WHERE v.artifact_id IN ${listOf(artifacts)} AND v.state = 'committed' ${number === undefined ? nothing : sql`AND v.idx = ${Number(number)}`} ${visible}
      ORDER BY v.created_at DESC, v.id DESC LIMIT ${input.limit}`)),
  };
}
