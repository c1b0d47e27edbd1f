/**
 * The history: append-only, every event chained to the one before by SHA-256 over a canonical form, so that an alteration, a removal or
 * a change of order anywhere shows.
 */
import { hash } from 'node:crypto';
import type { Entrance, EventKind, ObjectKind } from '#shared/contract/entities.ts';
import type { ReadableDb, WritableDb } from './connection.ts';
import { sql, valuesInPieces } from './sql.ts';

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

/** Objects of events that are held at most before they are written: an act on a hundred thousand links must not keep all of theirs. */
const heldObjects = 20_000;

/** What stands before the first event. */
export const beginning: Uint8Array = new Uint8Array(32);

/** Where the chain ends. The writing connection, which alone makes it longer, remembers it. */
type End = { readonly id: number; readonly hash: Uint8Array };

const knownEnds = new WeakMap<ReadableDb, End>();

function endOf(db: ReadableDb): End {
  return knownEnds.get(db) ?? db.get<End>(sql`SELECT id, hash FROM events ORDER BY id DESC LIMIT 1`) ?? { id: 0, hash: beginning };
}

/** After a rollback: events that are gone are no end any more. */
export function forgetEnd(db: ReadableDb): void {
  knownEnds.delete(db);
}

/** The number of the newest event; 0 where there is none. For the writing connection. */
export function newestEvent(db: ReadableDb): number {
  return endOf(db).id;
}

/** One event by itself. */
export function appendEvent(db: WritableDb, event: NewEvent): number {
  const appender = new EventAppender(db);
  const id = appender.append(event);
  appender.finish();
  return id;
}

/**
 * Appends the events of one command. What they speak of is written once, by `finish`, still in the command's transaction: until then no event of the
 * command is found by its object.
 */
export class EventAppender {
  readonly #db: WritableDb;
  #objects: [kind: string, id: number, event: number][] = [];

  constructor(db: WritableDb) {
    this.#db = db;
  }

  append(event: NewEvent): number {
    const db = this.#db;
    const end = endOf(db);
    const id = end.id + 1;
    const { subject } = event;
    const before = JSON.stringify(event.before ?? null);
    const after = JSON.stringify(event.after ?? null);
    const row: ChainedRow = {
      id, at: event.at, actor_id: event.actorId, entrance: event.entrance, kind: event.kind, object_kind: subject.kind, object_id: subject.id,
      registry_id: subject.registryId, label: subject.label, address: subject.address, before, after, message: event.message, act_id: event.actId === 'own' ? id : event.actId,
    };
    const hashed = chain(end.hash, row);
    db.run(sql`
      INSERT INTO events (id, at, actor_id, entrance, kind, object_kind, object_id, registry_id, label, address, before, after, message, act_id, previous_hash, hash, settled)
      VALUES (${id}, ${row.at}, ${row.actor_id}, ${row.entrance}, ${row.kind}, ${row.object_kind}, ${row.object_id}, ${row.registry_id}, ${row.label}, ${row.address},
        ${before}, ${after}, ${row.message}, ${row.act_id}, ${end.hash}, ${hashed}, 0)`);
    knownEnds.set(db, { id, hash: hashed });
    const about: { readonly kind: ObjectKind; readonly id: number }[] = [{ kind: subject.kind, id: subject.id }];
    for (const object of event.about ?? []) if (!about.some((known) => known.kind === object.kind && known.id === object.id)) about.push(object);
    for (const object of about) this.#objects.push([object.kind, object.id, id]);
    if (this.#objects.length >= heldObjects) this.#writeObjects();
    return id;
  }

  /** In the order in which they are kept: each begins where the one before it was put. */
  #writeObjects(): void {
    this.#objects.sort((left, right) => (left[0] < right[0] ? -1 : left[0] > right[0] ? 1 : left[1] - right[1] || left[2] - right[2]));
    for (const rows of valuesInPieces(this.#objects)) this.#db.run(sql`INSERT INTO event_objects (kind, object_id, event_id) VALUES ${rows}`);
    this.#objects = [];
  }

  finish(): void {
    this.#writeObjects();
  }

  /** After a rollback to where it was finished last. */
  forget(): void {
    this.#objects = [];
  }
}

/** The whole day in UTC, counted from 1970. */
export function dayOf(at: number): number {
  return Math.floor(at / 86_400_000);
}

export type ChainedRow = {
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

/** The hash of an event behind the one whose hash is `previous`. */
export function chain(previous: Uint8Array, row: ChainedRow): Uint8Array {
  return hash('sha256', chainedText(Buffer.from(previous).toString('hex'), [
    row.id, row.at, row.actor_id, row.entrance, row.kind, row.object_kind, row.object_id, row.registry_id, row.label, row.address, row.before, row.after, row.message,
    ...(row.act_id === null ? [] : [row.act_id]),
  ]), 'buffer');
}

/**
 * What is hashed: the hash before (hex), and every field of a `ChainedRow` in its order, delimited by JSON. Events from before acts were
 * noted end one sooner.
 */
export function chainedText(previous: string, fields: readonly unknown[]): string {
  return `${previous}\n${JSON.stringify(fields)}`;
}
