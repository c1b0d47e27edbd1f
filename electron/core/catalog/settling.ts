/**
 * The indexes by which the history is filtered, what events are about, and the sums from which the history's lengths are known hold the events up to a
 * number; those after it are few and looked at one by one. Each event by itself touches a page of every index, and a single write would wait for twice as many pages as it
 * has rows; taken in by the hundred, they cost next to nothing.
 */
import type { ReadableDb, WritableDb } from './connection.ts';
import { newestEvent } from './history.ts';
import { sql, type Sql } from './sql.ts';

/** Events that are taken in at once at most, so that no command waits long behind them. */
const settledAtOnce = 1000;

/** The number up to which events are in the indexes. */
export function settledThrough(db: ReadableDb): number {
  return db.value<number>(sql`SELECT value FROM meta WHERE key = 'events_settled'`) ?? 0;
}

/** Condition over `e`: what the indexes hold. Each index of the history demands it. */
export const settled: Sql = sql`e.settled = 1`;

/** Conditions over `e`: what they don't hold yet. */
export function unsettled(db: ReadableDb): readonly Sql[] {
  return [sql`e.id > ${settledThrough(db)}`, sql`e.settled = 0`];
}

/** The numbers of the events for which a condition over `e` holds that an index answers, settled or not. */
export function numbersWhere(db: ReadableDb, condition: Sql): Sql {
  return sql`(SELECT e.id FROM events e WHERE ${settled} AND ${condition} UNION ALL SELECT e.id FROM events e WHERE e.id > ${settledThrough(db)} AND e.settled = 0 AND ${condition})`;
}

/** Takes in the oldest of the events that are not yet, in the transaction that is open. Returns the number up to which they are now. */
export function settleSome(db: WritableDb, atMost: number = settledAtOnce): number {
  const from = settledThrough(db);
  // A history that somebody cut off ends before that.
  const through = Math.min(from + atMost, newestEvent(db));
  if (through === from) return from;
  const those = sql`id > ${from} AND id <= ${through} AND settled = 0`;
  db.run(sql`
    INSERT INTO event_sums (kind, actor_id, entrance, events) SELECT kind, actor_id, entrance, count(*) FROM events WHERE ${those} GROUP BY 1, 2, 3
    ON CONFLICT (kind, actor_id, entrance) DO UPDATE SET events = events + excluded.events`);
  db.run(sql`
    INSERT INTO event_days (day, events, first_id, last_id) SELECT at / 86400000, count(*), min(id), max(id) FROM events WHERE ${those} GROUP BY 1
    ON CONFLICT (day) DO UPDATE SET events = events + excluded.events, last_id = excluded.last_id`);
  // In the order in which they are kept: each begins where the one before it was put.
  db.run(sql`INSERT INTO event_objects (kind, object_id, event_id) SELECT j.value ->> 0, j.value ->> 1, events.id FROM events, json_each(events.objects) j WHERE events.id > ${from} AND events.id <= ${through} AND settled = 0 ORDER BY 1, 2, 3`);
  db.run(sql`UPDATE events SET settled = 1, objects = NULL WHERE ${those}`);
  db.run(sql`UPDATE meta SET value = ${through} WHERE key = 'events_settled'`);
  return through;
}
