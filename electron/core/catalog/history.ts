/**
 * The history: append-only, every event chained to the one before by SHA-256 over a canonical form, so that an alteration, a removal or
 * a change of order anywhere shows.
 */
import { hash } from 'node:crypto';
import type { Entrance, EventKind, ObjectKind } from '#shared/contract/entities.ts';
import type { ReadableDb, WritableDb } from './connection.ts';
import { sql } from './sql.ts';

/** What an event speaks of. `registryId` decides who may read it; null for the source side. */
export type EventSubject = {
  readonly kind: ObjectKind;
  readonly id: number;
  readonly label: string;
  readonly address: string | null;
  readonly registryId: number | null;
};

export type NewEvent = {
  readonly at: number;
  readonly actorId: number;
  readonly entrance: Entrance;
  readonly kind: EventKind;
  readonly subject: EventSubject;
  readonly before: unknown;
  readonly after: unknown;
  readonly message: string | null;
  /** The first event of the act, `own` for the first itself; null where nobody acted. */
  readonly actId: number | 'own' | null;
  readonly about?: readonly { readonly kind: ObjectKind; readonly id: number }[];
};

/** What stands before the first event. */
const beginning = new Uint8Array(32);

export function appendEvent(db: WritableDb, event: NewEvent): number {
  const last = db.get<{ id: number; hash: Uint8Array }>(sql`SELECT id, hash FROM events ORDER BY id DESC LIMIT 1`);
  const id = (last?.id ?? 0) + 1;
  const previous = last?.hash ?? beginning;
  const { subject } = event;
  const before = JSON.stringify(event.before ?? null);
  const after = JSON.stringify(event.after ?? null);
  const row: ChainedRow = {
    id, at: event.at, actor_id: event.actorId, entrance: event.entrance, kind: event.kind, object_kind: subject.kind, object_id: subject.id,
    registry_id: subject.registryId, label: subject.label, address: subject.address, before, after, message: event.message, act_id: event.actId === 'own' ? id : event.actId,
  };
  db.run(sql`
    INSERT INTO events (id, at, actor_id, entrance, kind, object_kind, object_id, registry_id, label, address, before, after, message, act_id, previous_hash, hash)
    VALUES (${id}, ${row.at}, ${row.actor_id}, ${row.entrance}, ${row.kind}, ${row.object_kind}, ${row.object_id}, ${row.registry_id}, ${row.label}, ${row.address},
      ${before}, ${after}, ${row.message}, ${row.act_id}, ${previous}, ${chain(previous, row)})`);
  const about = new Map<string, { kind: ObjectKind; id: number }>();
  for (const object of [{ kind: subject.kind, id: subject.id }, ...(event.about ?? [])]) about.set(`${object.kind} ${object.id}`, object);
  for (const object of about.values()) db.run(sql`INSERT INTO event_objects (kind, object_id, event_id) VALUES (${object.kind}, ${object.id}, ${id})`);
  return id;
}

type ChainedRow = {
  readonly id: number;
  readonly at: number;
  readonly actor_id: number;
  readonly entrance: string;
  readonly kind: string;
  readonly object_kind: string;
  readonly object_id: number;
  readonly registry_id: number | null;
  readonly label: string;
  readonly address: string | null;
  readonly before: string;
  readonly after: string;
  readonly message: string | null;
  readonly act_id: number | null;
};

/** Every field in a fixed order, each delimited by JSON, behind the hash before. Events from before acts were noted end sooner. */
function chain(previous: Uint8Array, row: ChainedRow): Uint8Array {
  const canonical = JSON.stringify([
    row.id, row.at, row.actor_id, row.entrance, row.kind, row.object_kind, row.object_id, row.registry_id, row.label, row.address, row.before, row.after, row.message,
    ...(row.act_id === null ? [] : [row.act_id]),
  ]);
  return hash('sha256', `${Buffer.from(previous).toString('hex')}\n${canonical}`, 'buffer');
}

export type ChainVerdict = { readonly events: number; readonly intact: boolean; readonly firstBroken: number | null; readonly head: string };

/** Walks the whole chain. Ids run without gaps, so that a removed event shows even at its place. */
export function verifyChain(db: ReadableDb): ChainVerdict {
  let previous: Uint8Array = beginning;
  let expectedId = 1;
  let events = 0;
  for (const row of db.iterate<ChainedRow & { previous_hash: Uint8Array; hash: Uint8Array }>(sql`
    SELECT id, at, actor_id, entrance, kind, object_kind, object_id, registry_id, label, address, before, after, message, act_id, previous_hash, hash FROM events ORDER BY id`)) {
    events += 1;
    if (row.id !== expectedId || !equal(row.previous_hash, previous) || !equal(row.hash, chain(previous, row))) {
      const total = db.value<number>(sql`SELECT count(*) FROM events`) ?? events;
      return { events: total, intact: false, firstBroken: row.id === expectedId ? row.id : expectedId, head: hex(previous) };
    }
    previous = row.hash;
    expectedId += 1;
  }
  return { events, intact: true, firstBroken: null, head: hex(previous) };
}

function equal(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
