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
  const found = db.column<number>(sql`${newestFirst(condition, total, limit, before, visible)} LIMIT ${limit + 1}`);
  const ids = found.slice(0, limit);
  const more = found.length > limit;
  if (before === null && !more) return { ids, more, total: ids.length, totalIsExact: true };
  if (condition === null) return { ids, more, total, totalIsExact: projects === null };
  const counted = db.value<number>(sql`SELECT count(*) FROM (${inAnyOrder(condition, visible)} LIMIT ${countedHits + 1})`) ?? 0;
  return { ids, more, total: Math.min(counted, countedHits), totalIsExact: counted <= countedHits };
}

function inAnyOrder(condition: Condition, visible: Sql): Sql {
  if (condition.list === null) return sql`SELECT v.id FROM versions v NOT INDEXED WHERE v.state = 'committed'${visible} AND ${condition.probe}`;
  return sql`SELECT d.id FROM (${condition.list}) d CROSS JOIN versions v WHERE v.id = d.id AND v.state = 'committed'${visible}`;
}

function newestFirst(condition: Condition | null, total: number, rows: number, before: number | null, visible: Sql): Sql {
  if (condition !== null && condition.list !== null) {
    const walked = condition.estimate === 0 ? total : Math.min(total, (rows * total) / condition.estimate);
    if (condition.order !== 'sorted' || walked * 3 >= condition.estimate) {
      const bound = before === null ? nothing : sql` AND d.id < ${before}`;
      return sql`${inAnyOrder(condition, visible)}${bound}${condition.order === 'streamed' ? nothing : sql` ORDER BY d.id DESC`}`;
    }
  }
  // By row number alone: an index chosen for the condition would have to be sorted.
  const bound = before === null ? nothing : sql` AND v.id < ${before}`;
  return sql`SELECT v.id FROM versions v NOT INDEXED WHERE v.state = 'committed'${bound}${visible}${condition === null ? nothing : sql` AND ${condition.probe}`} ORDER BY v.id DESC`;
}
