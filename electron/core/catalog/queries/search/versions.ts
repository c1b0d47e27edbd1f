/** Runs a search over versions: newest first, a page at a time, from whichever end costs less. */
import type { QueryNode } from '#shared/domain/index.ts';
import { visibleProjects } from '../../access.ts';
import type { QueryScope } from '../../scope.ts';
import { listOf, nothing, sql, type Sql } from '../../sql.ts';
import { conditionOf, type Condition } from './conditions.ts';

export type VersionHits = { readonly ids: readonly number[]; /** Whether there are more. */ readonly more: boolean; readonly total: number; readonly totalIsExact: boolean };

/** Hits are counted no further than this. */
const countedHits = 1000;

/**
 * Versions that fulfil a query, of ids below `before`. A condition whose matches must be sorted is listed where they are few; where they
 * are many, walking all versions from the newest finds a page sooner than sorting does.
 */
export function searchVersions(scope: QueryScope, node: QueryNode | null, before: number | null, limit: number, now: number): VersionHits {
  const { db } = scope;
  const total = db.value<number>(sql`SELECT coalesce(sum(version_count), 0) FROM projects WHERE deleted_at IS NULL`) ?? 0;
  const condition = node === null ? null : conditionOf({ scope, total, now }, node);
  const projects = visibleProjects(db, scope.asker);
  const visible = projects === null ? nothing : sql` AND v.project_id IN ${listOf([...projects])}`;
  const listed = condition !== null && beginsWithList(condition, total, limit + 1);
  // The head of a list is counted by the very pass that finds the page.
  const counted = condition !== null && before === null && listed;
  const found = db.column<number>(sql`${newestFirst(condition, listed, before, visible)} LIMIT ${counted ? Math.max(countedHits, limit) + 1 : limit + 1}`);
  const ids = found.slice(0, limit);
  const more = found.length > limit;
  if (before === null && !more) return { ids, more, total: ids.length, totalIsExact: true };
  if (condition === null) return { ids, more, total, totalIsExact: projects === null };
  const hits = counted ? found.length : (db.value<number>(sql`SELECT count(*) FROM (${inAnyOrder(condition, visible)} LIMIT ${countedHits + 1})`) ?? 0);
  return { ids, more, total: Math.min(hits, countedHits), totalIsExact: hits <= countedHits };
}

/**
 * What doesn't stand is looked up among the few that don't, in an index of their own, rather than in the row of each that does. The index is
 * named because SQLite takes the row's own number to be cheaper, which it is not: a million rows lie far apart.
 */
const stands = sql`NOT EXISTS (SELECT 1 FROM versions x INDEXED BY versions_not_standing WHERE x.id = d.id AND x.state <> 'committed')`;

function inAnyOrder(condition: Condition, visible: Sql): Sql {
  if (condition.list === null) return sql`SELECT v.id FROM versions v NOT INDEXED WHERE v.state = 'committed'${visible} AND ${condition.probe}`;
  if (visible === nothing) return sql`SELECT d.id FROM (${condition.list}) d WHERE ${stands}`;
  return sql`SELECT d.id FROM (${condition.list}) d CROSS JOIN versions v WHERE v.id = d.id AND v.state = 'committed'${visible}`;
}

/** Whether its list, rather than all versions, is walked for a page of so many rows. */
function beginsWithList(condition: Condition, total: number, rows: number): boolean {
  if (condition.list === null) return false;
  if (condition.order !== 'sorted') return true;
  const estimate = condition.estimate();
  const walked = estimate === 0 ? total : Math.min(total, (rows * total) / estimate);
  return walked * 3 >= estimate;
}

function newestFirst(condition: Condition | null, listed: boolean, before: number | null, visible: Sql): Sql {
  if (condition !== null && listed) {
    const bound = before === null ? nothing : sql` AND d.id < ${before}`;
    return sql`${inAnyOrder(condition, visible)}${bound}${condition.order === 'streamed' ? nothing : sql` ORDER BY d.id DESC`}`;
  }
  // By row number alone: an index chosen for the condition would have to be sorted.
  const bound = before === null ? nothing : sql` AND v.id < ${before}`;
  return sql`SELECT v.id FROM versions v NOT INDEXED WHERE v.state = 'committed'${bound}${visible}${condition === null ? nothing : sql` AND ${condition.probe}`} ORDER BY v.id DESC`;
}
