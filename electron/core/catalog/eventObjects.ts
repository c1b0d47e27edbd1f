/**
 * What events are about. Until it is settled an event carries its objects itself, as a list of kinds and ids; then they lie in `event_objects`, found by
 * the object and by the event. Put there one by one, each would touch a page of its own, and the disk waits for pages.
 */
import type { ReadableDb } from './connection.ts';
import { unsettled } from './settling.ts';
import { allOf, listOf, sql, type Sql } from './sql.ts';

export type EventObject = { readonly kind: string; readonly id: number };

/** Condition over `e`: an event that is not settled is about it. */
export function carries(object: EventObject): Sql {
  return sql`instr(e.objects, ${JSON.stringify([object.kind, object.id])}) > 0`;
}

/** Rows of `kind` and `object_id`: what an event `e` that is not settled is about. */
export const carried: Sql = sql`(SELECT value ->> 0 AS kind, value ->> 1 AS object_id FROM json_each(e.objects))`;

/** The numbers of all events about an object, as rows of `id`. For objects of few events, or where each of them is looked at. */
export function numbersAbout(db: ReadableDb, object: EventObject): Sql {
  return sql`(SELECT o.event_id AS id FROM event_objects o WHERE o.kind = ${object.kind} AND o.object_id = ${object.id} UNION ALL SELECT e.id FROM events e WHERE ${allOf([...unsettled(db), carries(object)])})`;
}

/** The number of the newest event about an object; 0 where there is none. */
export function newestAbout(db: ReadableDb, object: EventObject): number {
  return db.value<number>(sql`SELECT e.id FROM events e WHERE ${allOf([...unsettled(db), carries(object)])} ORDER BY e.id DESC LIMIT 1`)
    ?? db.value<number>(sql`SELECT max(event_id) FROM event_objects WHERE kind = ${object.kind} AND object_id = ${object.id}`) ?? 0;
}

/** The number of the oldest event about an object; undefined where there is none. */
export function oldestAbout(db: ReadableDb, object: EventObject): number | undefined {
  return db.value<number>(sql`SELECT event_id FROM event_objects WHERE kind = ${object.kind} AND object_id = ${object.id} ORDER BY event_id LIMIT 1`)
    ?? db.value<number>(sql`SELECT e.id FROM events e WHERE ${allOf([...unsettled(db), carries(object)])} ORDER BY e.id LIMIT 1`);
}

/** What each of these events is about, by kind and id. */
export function objectsOf(db: ReadableDb, eventIds: readonly number[]): ReadonlyMap<number, readonly EventObject[]> {
  const rows = db.all<EventObject & { readonly eventId: number }>(sql`
    SELECT event_id AS eventId, kind, object_id AS id FROM event_objects WHERE event_id IN ${listOf(eventIds)}
    UNION ALL SELECT e.id, o.value ->> 0, o.value ->> 1 FROM events e JOIN json_each(e.objects) o WHERE e.id IN ${listOf(eventIds)}
    ORDER BY eventId, kind, id`);
  return Map.groupBy(rows, ({ eventId }) => eventId);
}
