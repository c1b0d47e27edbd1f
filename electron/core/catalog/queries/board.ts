/** Aliases side by side: collections as rows, aliases as columns. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { aliasGuard, decide, latestAlias, type AliasGuard } from '#shared/domain/index.ts';
import { notFound, registryObject } from '../access.ts';
import { registryRow } from '../records/rows.ts';
import { branded, groupBy, inOrder, timestamp, userOf, type UserColumns } from '../records/shared.ts';
import type { QueryScope } from '../scope.ts';
import { allOf, sql, type Sql } from '../sql.ts';
import { pageOfIds } from './paging.ts';
import { registryFilter, seenRegistry } from './visible.ts';

type Row = { readonly id: number; readonly registryId: number; readonly name: string; readonly type: string; readonly linkCount: number };
type CellRow = Partial<UserColumns> & {
  readonly collectionId: number; readonly alias: string; readonly linkId: number; readonly versionId: number; readonly index: number; readonly state: string; readonly project: string; readonly artifact: string;
  readonly sourceIndex: number; readonly at: number | null; readonly message: string | null;
};

/** Aliases told as columns. */
const mostColumns = 200;

export function aliasBoard(scope: QueryScope, input: CheckedInputOf<'aliases.board'>): OutputOf<'aliases.board'> {
  const { db, asker } = scope;
  const where: Sql[] = [sql`c.deleted_at IS NULL`];
  let name = `board ${input.sort} ${JSON.stringify([input.type, input.text, input.alias])}`;
  if (input.registryId === undefined) {
    const filter = registryFilter(scope, sql`c.registry_id`);
    where.push(...filter.where);
    name += filter.name;
  } else {
    const registry = seenRegistry(scope, input.registryId);
    if (registry.deleted) throw notFound('registry', registry.name);
    where.push(sql`c.registry_id = ${registry.id}`);
    name += ` of ${registry.id}`;
  }
  if (input.type !== undefined) where.push(sql`c.type = ${input.type}`);
  if (input.text !== undefined && input.text !== '') where.push(sql`instr(lower(c.name), ${input.text.toLowerCase()}) > 0`);
  if (input.alias !== undefined) where.push(sql`EXISTS (SELECT 1 FROM aliases xa WHERE xa.holder_kind = 'collection' AND xa.holder_id = c.id AND xa.alias = ${input.alias})`);
  const keys = { name: sql`c.name_key`, updated: sql`c.updated_at` };
  const { ids, ...page } = pageOfIds(db, { name, from: sql`FROM collections c`, where, key: keys[input.sort], id: sql`c.id`, descending: input.direction === 'descending' }, input);
  const list = JSON.stringify(ids);
  const rows = db.all<Row>(sql`SELECT c.id, c.registry_id AS registryId, c.name, c.type, c.link_count AS linkCount FROM json_each(${list}) j CROSS JOIN collections c ON c.id = j.value`);
  const cells = groupBy(db.all<CellRow>(sql`
    SELECT s.*, e.at, e.message, u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind FROM (
      SELECT x.holder_id AS collectionId, x.alias, l.id AS linkId, l.version_id AS versionId, l.idx AS "index", l.state, p.name AS project, a.name AS artifact, v.idx AS sourceIndex,
        (SELECT max(m.event_id) FROM alias_moves m WHERE m.holder_kind = 'collection' AND m.holder_id = x.holder_id AND m.alias = x.alias AND m.to_index = l.idx) AS eventId
      FROM json_each(${list}) j CROSS JOIN aliases x ON x.holder_kind = 'collection' AND x.holder_id = j.value JOIN links l ON l.id = x.target_id JOIN versions v ON v.id = l.version_id
      JOIN artifacts a ON a.id = v.artifact_id JOIN projects p ON p.id = v.project_id) s
    LEFT JOIN events e ON e.id = s.eventId LEFT JOIN users u ON u.id = e.actor_id ORDER BY s.alias`), (row) => row.collectionId);
  const registries = new Map([...new Set(rows.map((row) => row.registryId))].map((id) => {
    const registry = registryRow(db, id);
    const access = registryObject(db, registry);
    return [id, { name: registry.name, guard: aliasGuard(registry.protectedAliases), mayChange: decide(asker, 'alias.change', access).allowed, mayChangeProtected: decide(asker, 'protectedAlias.change', access).allowed }] as const;
  }));
  return {
    items: inOrder(ids, new Map(rows.flatMap((row) => {
      const registry = registries.get(row.registryId);
      return registry === undefined ? [] : [[row.id, {
        collectionId: branded<never>(row.id), registryId: branded<never>(row.registryId), registry: registry.name, name: row.name, type: row.type, linkCount: row.linkCount,
        mayChange: registry.mayChange, mayChangeProtected: registry.mayChangeProtected, cells: (cells.get(row.id) ?? []).map((cell) => cellOf(cell, registry.guard)),
      }]];
    }))),
    ...page,
    columns: columnsOf(scope, where),
  };
}

function cellOf(cell: CellRow, guard: AliasGuard): OutputOf<'aliases.board'>['items'][number]['cells'][number] {
  const { userId, username, userDisplayName, userKind } = cell;
  return {
    alias: cell.alias, protected: guard.has(cell.alias), linkId: branded(cell.linkId), versionId: branded(cell.versionId), index: cell.index, source: `${cell.project}/${cell.artifact}:v${cell.sourceIndex}`,
    state: cell.state === '' ? null : cell.state, since: cell.at === null ? null : timestamp(cell.at),
    by: userId == null || username == null || userDisplayName == null || userKind == null ? null : userOf({ userId, username, userDisplayName, userKind }), message: cell.message,
  };
}

function columnsOf(scope: QueryScope, where: readonly Sql[]): OutputOf<'aliases.board'>['columns'] {
  const { db } = scope;
  const rows = db.all<{ alias: string; collections: number }>(sql`
    SELECT x.alias, count(*) AS collections FROM collections c CROSS JOIN aliases x ON x.holder_kind = 'collection' AND x.holder_id = c.id
    WHERE ${allOf(where)} AND x.alias <> ${latestAlias} GROUP BY x.alias ORDER BY collections DESC, x.alias LIMIT ${mostColumns}`);
  const guards = db.column<number>(sql`SELECT DISTINCT c.registry_id FROM collections c WHERE ${allOf(where)}`).map((id) => aliasGuard(registryRow(db, id).protectedAliases));
  return rows.map((row) => ({ ...row, protected: guards.some((guard) => guard.has(row.alias)) }));
}
