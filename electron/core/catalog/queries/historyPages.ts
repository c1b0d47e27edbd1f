/**
 * Pages of the history. It only ever grows, and its numbers grow with it, so a page is found by number alone: each filter has an index that
 * ends in the number, several kinds are merged, and a stretch of time becomes a stretch of numbers. Lengths come from sums. The newest events are
 * in neither yet (see `settling.ts`) and make a part of their own.
 */
import type { EventKind, ObjectKind } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import type { ReadableDb } from '../connection.ts';
import { carries } from '../eventObjects.ts';
import { dayOf } from '../history.ts';
import { settled, settledThrough, unsettled } from '../settling.ts';
import { allOf, joinSql, listOf, sql, type Sql } from '../sql.ts';
import { pageOfIds, type PageInput, type PageOfIds } from './paging.ts';

export type HistoryQuestion = {
  readonly object?: { readonly kind: ObjectKind; readonly id: number } | undefined;
  readonly actorId?: number | undefined;
  readonly actId?: number | undefined;
  readonly entrance?: string | undefined;
  readonly kinds?: readonly EventKind[] | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
};

/** What the asker doesn't see is taken out by conditions over `e`; the name tells their lists from those of others. */
type Seen = { readonly where: readonly Sql[]; readonly name: string };
type Asked = HistoryQuestion & { readonly seen: Seen };

/** A stretch of time as times (both included, UTC milliseconds) and as the numbers between which all its events lie. */
type Stretch = { readonly since: number; readonly until: number; readonly first: number; readonly last: number; /** Whether numbers and days run together there, so that the numbers say all. */ readonly exact: boolean };

const dayLength = 86_400_000;
const farthest = Number.MAX_SAFE_INTEGER;

/** Days with how many events they have and the numbers between which these lie; one with newest events comes several times. */
const daysOf = (db: ReadableDb): Sql => sql`(SELECT day, events, first_id, last_id FROM event_days UNION ALL SELECT e.at / 86400000, 1, e.id, e.id FROM events e WHERE ${allOf(unsettled(db))})`;

function stretchOf(db: ReadableDb, asked: Asked): Stretch | null {
  if (asked.since === undefined && asked.until === undefined) return null;
  const since = asked.since === undefined ? 0 : Date.parse(asked.since);
  const until = asked.until === undefined ? farthest : Date.parse(asked.until);
  const from = dayOf(since);
  const to = until === farthest ? farthest : dayOf(until);
  const bounds = db.get<{ first: number | null; last: number | null }>(sql`SELECT min(first_id) AS first, max(last_id) AS last FROM ${daysOf(db)} WHERE day >= ${from} AND day <= ${to}`);
  const first = bounds?.first ?? 1;
  const last = bounds?.last ?? 0;
  const whole = since % dayLength === 0 && (until === farthest || (until + 1) % dayLength === 0);
  const exact = whole && db.value(sql`SELECT 1 FROM ${daysOf(db)} WHERE (day < ${from} OR day > ${to}) AND last_id >= ${first} AND first_id <= ${last} LIMIT 1`) === undefined;
  return { since, until, first, last, exact };
}

/** Objects with more events than this are asked through another filter, where there is one. */
const manyEvents = 20_000;

type Source = { readonly from: Sql; readonly where: readonly Sql[]; readonly id: Sql; /** It has events above this number alone. */ readonly above?: number };

const numbered = (source: Source, first: number, last: number): Sql => allOf([...source.where, sql`${source.id} >= ${Math.max(first, (source.above ?? 0) + 1)}`, sql`${source.id} <= ${last}`]);

/** Parts that share no event, each of which an index gives in the order of the numbers; what is not settled, above all others, is the last one. */
function sourcesOf(db: ReadableDb, asked: Asked, stretch: Stretch | null): readonly Source[] {
  const { object, actorId, actId, entrance, kinds } = asked;
  const within = stretch === null || stretch.exact ? [] : [sql`e.at >= ${stretch.since}`, sql`e.at <= ${stretch.until}`];
  const id = sql`e.id`;
  const byKind = kinds !== undefined;
  const aboutSettled = object === undefined ? [] : [sql`EXISTS (SELECT 1 FROM event_objects o WHERE o.kind = ${object.kind} AND o.object_id = ${object.id} AND o.event_id = e.id)`];
  const others = [
    ...(entrance === undefined ? [] : [sql`e.entrance = ${entrance}`]), ...(actId === undefined ? [] : [sql`e.act_id = ${actId}`]), ...within, ...asked.seen.where,
  ];
  const byActor = actorId === undefined ? [] : [sql`e.actor_id = ${actorId}`];
  const ofKinds = byKind ? [sql`e.kind IN ${listOf(kinds)}`] : [];
  const newest: Source = { from: sql`FROM events e`, id, above: settledThrough(db), where: [sql`e.settled = 0`, ...byActor, ...ofKinds, ...others, ...(object === undefined ? [] : [carries(object)])] };
  if (actId === undefined && object !== undefined && (!(byKind || actorId !== undefined) || isFew(db, object))) {
    return [
      { from: sql`FROM event_objects o CROSS JOIN events e ON e.id = o.event_id`, id: sql`o.event_id`, where: [sql`o.kind = ${object.kind}`, sql`o.object_id = ${object.id}`, ...byActor, ...ofKinds, ...others] },
      newest,
    ];
  }
  if (actId !== undefined) {
    return [{ from: sql`FROM events e INDEXED BY events_by_act`, id, where: [settled, ...others, ...aboutSettled, ...byActor, ...ofKinds, sql`e.act_id IS NOT NULL`] }, newest];
  }
  if (byKind) {
    return [...[...new Set(kinds)].map((kind) => actorId === undefined
      ? { from: sql`FROM events e INDEXED BY events_by_kind`, id, where: [settled, sql`e.kind = ${kind}`, ...others, ...aboutSettled] }
      : { from: sql`FROM events e INDEXED BY events_by_actor_kind`, id, where: [settled, ...byActor, sql`e.kind = ${kind}`, ...others, ...aboutSettled] }), newest];
  }
  if (actorId !== undefined) return [{ from: sql`FROM events e INDEXED BY events_by_actor`, id, where: [settled, ...byActor, ...others, ...aboutSettled] }, newest];
  if (entrance !== undefined) return [{ from: sql`FROM events e INDEXED BY events_by_entrance`, id, where: [settled, ...others] }, newest];
  return [{ from: sql`FROM events e`, id, where: others }];
}

function isFew(db: ReadableDb, object: { readonly kind: string; readonly id: number }): boolean {
  return (db.value<number>(sql`SELECT count(*) FROM (SELECT 1 FROM event_objects WHERE kind = ${object.kind} AND object_id = ${object.id} LIMIT ${manyEvents + 1})`) ?? 0) <= manyEvents;
}

/** Numbers of events between two numbers (both included), in either direction. */
function numbersBetween(db: ReadableDb, asked: Asked, stretch: Stretch | null, from: number, to: number, limit: number, direction: 'ascending' | 'descending'): number[] {
  const first = Math.max(from, stretch?.first ?? 1);
  const last = Math.min(to, stretch?.last ?? farthest);
  if (first > last) return [];
  const order = direction === 'ascending' ? sql`ASC` : sql`DESC`;
  const read = (sources: readonly Source[], atMost: number): number[] => {
    const parts = sources.map((source) => sql`SELECT ${source.id} AS id ${source.from} WHERE ${numbered(source, first, last)} ORDER BY ${source.id} ${order} LIMIT ${atMost}`);
    const [only] = parts;
    if (only === undefined || atMost === 0) return [];
    return db.column<number>(parts.length === 1 ? only : sql`SELECT id FROM (${joinSql(parts.map((part) => sql`SELECT id FROM (${part})`), sql` UNION ALL `)}) ORDER BY id ${order} LIMIT ${atMost}`);
  };
  // What is not settled lies above all else.
  const sources = sourcesOf(db, asked, stretch);
  const parts = [sources.filter((source) => source.above === undefined), sources.filter((source) => source.above !== undefined)];
  return (direction === 'ascending' ? parts : parts.reverse()).reduce<number[]>((ids, part) => [...ids, ...read(part, limit - ids.length)], []);
}

export function historyAscending(db: ReadableDb, asked: Asked, after: number, limit: number): number[] {
  return numbersBetween(db, asked, stretchOf(db, asked), after + 1, farthest, limit, 'ascending');
}

const cursorMark = 'e';

export function historyPage(db: ReadableDb, asked: Asked, input: PageInput): PageOfIds {
  const stretch = stretchOf(db, asked);
  const total = totalOf(db, asked, stretch);
  const newest = db.value<number>(sql`SELECT max(id) FROM events`) ?? 0;
  const unfiltered = asked.seen.where.length === 0 && stretch === null && [asked.object, asked.actorId, asked.actId, asked.entrance, asked.kinds].every((one) => one === undefined);
  let before = newest;
  let position = 0;
  if (input.cursor !== undefined) {
    if (input.position !== undefined) throw new VitrineError('bad_input', { details: { explanation: 'A page is asked for by cursor or by position, not by both.' } });
    const match = /^e(\d{1,15})\.(\d{1,15})$/.exec(input.cursor);
    if (match === null) throw new VitrineError('bad_input', { details: { explanation: 'The cursor is not one that this list gave.' } });
    before = Number(match[1]) - 1;
    position = Number(match[2]);
  } else if (input.position !== undefined && input.position > 0) {
    position = input.position;
    // Numbers run without gaps, so that a place in the whole list is a number.
    before = unfiltered ? newest - position : numberAt(db, asked, stretch, position, total);
  }
  const ids = before < 1 ? [] : numbersBetween(db, asked, stretch, 1, before, input.limit + 1, 'descending');
  const page = ids.slice(0, input.limit);
  const last = page.at(-1);
  return { ids: page, nextCursor: ids.length > input.limit && last !== undefined ? `${cursorMark}${last}.${position + page.length}` : null, total, position };
}

/** The number at a place in a filtered list, found over the keys that are kept at distances; 0 beyond the end. */
function numberAt(db: ReadableDb, asked: Asked, stretch: Stretch | null, position: number, total: number): number {
  const parts = sourcesOf(db, asked, stretch).map((source) => sql`SELECT ${source.id} AS id ${source.from} WHERE ${numbered(source, stretch?.first ?? 1, stretch?.last ?? farthest)}`);
  const { seen: _, ...question } = asked;
  const { ids } = pageOfIds(db, { name: `history ${JSON.stringify(question)}${asked.seen.name}`, from: sql`FROM (${joinSql(parts, sql` UNION ALL `)}) h`, where: [], key: sql`h.id`, id: sql`h.id`, descending: true, total: () => total }, { position, limit: 1 });
  return ids[0] ?? 0;
}

// Lengths ---------------------------------------------------------------------------------------------------------------

/** Lengths that were counted, each up to a number: what came later is added. Kept only for those who see everything. */
type Counted = { readonly upTo: number; readonly events: number };
const keptCounts = 500;
const counts = new WeakMap<ReadableDb, Map<string, Counted>>();

function totalOf(db: ReadableDb, asked: Asked, stretch: Stretch | null): number {
  const { object, actorId, actId, entrance, kinds } = asked;
  const narrow = object !== undefined || actId !== undefined || asked.seen.where.length > 0;
  if (!narrow && stretch === null) {
    const said = [...(kinds === undefined ? [] : [sql`kind IN ${listOf(kinds)}`]), ...(actorId === undefined ? [] : [sql`actor_id = ${actorId}`]), ...(entrance === undefined ? [] : [sql`entrance = ${entrance}`])];
    return db.value<number>(sql`
      SELECT (SELECT coalesce(sum(events), 0) FROM event_sums WHERE ${allOf(said)}) + (SELECT count(*) FROM events e WHERE ${allOf([...unsettled(db), ...said])})`) ?? 0;
  }
  if (!narrow && stretch !== null && actorId === undefined && entrance === undefined && kinds === undefined) return eventsWithin(db, stretch);
  const newest = db.value<number>(sql`SELECT max(id) FROM events`) ?? 0;
  if (asked.seen.where.length > 0) return countBetween(db, asked, stretch, 1, newest);
  const { seen: _, ...question } = asked;
  let known = counts.get(db);
  if (known === undefined) counts.set(db, (known = new Map<string, Counted>()));
  // Numbers of a stretch grow as its last day does, so they are no part of the name.
  const name = JSON.stringify([question.object, actorId, actId, entrance, kinds, question.since, question.until]);
  const before = known.get(name);
  // A catalog that was put back from a backup is shorter.
  const start: Counted = before === undefined || before.upTo > newest ? { upTo: 0, events: 0 } : before;
  const counted = { upTo: newest, events: start.events + (start.upTo === newest ? 0 : countBetween(db, asked, stretch, start.upTo + 1, newest)) };
  known.delete(name);
  known.set(name, counted);
  if (known.size > keptCounts) known.delete(known.keys().next().value ?? name);
  return counted.events;
}

function countBetween(db: ReadableDb, asked: Asked, stretch: Stretch | null, from: number, to: number): number {
  const first = Math.max(from, stretch?.first ?? 1);
  const last = Math.min(to, stretch?.last ?? farthest);
  if (first > last) return 0;
  return sourcesOf(db, asked, stretch).reduce((sum, source) => sum + (db.value<number>(sql`SELECT count(*) ${source.from} WHERE ${numbered(source, first, last)}`) ?? 0), 0);
}

/** Whole days by their sums, the ends of the stretch by its times. */
function eventsWithin(db: ReadableDb, { since, until }: Stretch): number {
  const between = (from: number, to: number): readonly Sql[] => [sql`e.at >= ${from}`, sql`e.at <= ${to}`];
  const count = (from: number, to: number): number => (from > to ? 0 : (db.value<number>(sql`SELECT count(*) FROM events e INDEXED BY events_by_time WHERE ${allOf([settled, ...between(from, to)])}`) ?? 0) + (db.value<number>(sql`SELECT count(*) FROM events e WHERE ${allOf([...unsettled(db), ...between(from, to)])}`) ?? 0));
  const firstWhole = Math.ceil(since / dayLength);
  const lastWhole = until === farthest ? farthest : Math.floor((until + 1) / dayLength) - 1;
  if (firstWhole > lastWhole) return count(since, until);
  const days = db.value<number>(sql`SELECT coalesce(sum(events), 0) FROM ${daysOf(db)} WHERE day >= ${firstWhole} AND day <= ${lastWhole}`) ?? 0;
  return days + count(since, firstWhole * dayLength - 1) + (lastWhole === farthest ? 0 : count((lastWhole + 1) * dayLength, until));
}
