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

/** As an event carries what it is about until it is settled (`eventObjects.ts`): kinds and ids, each object once. */
function carriedText(objects: readonly { readonly kind: ObjectKind; readonly id: number }[]): string {
  return `[${[...new Set(objects.map(({ kind, id }) => JSON.stringify([kind, id])))].join(',')}]`;
}

/** Appends an event, in the transaction that is open. Returns its number. */
export function appendEvent(db: WritableDb, event: NewEvent): number {
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
    INSERT INTO events (id, at, actor_id, entrance, kind, object_kind, object_id, registry_id, label, address, before, after, message, act_id, previous_hash, hash, settled, objects)
    VALUES (${id}, ${row.at}, ${row.actor_id}, ${row.entrance}, ${row.kind}, ${row.object_kind}, ${row.object_id}, ${row.registry_id}, ${row.label}, ${row.address},
      ${before}, ${after}, ${row.message}, ${row.act_id}, ${end.hash}, ${hashed}, 0, ${carriedText([{ kind: subject.kind, id: subject.id }, ...(event.about ?? [])])})`);
  knownEnds.set(db, { id, hash: hashed });
  return id;
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
