/**
 * Holds the history against its own hashes and against heads that were noted elsewhere.
 *
 * The walk alone finds whatever was changed with less than the whole rest of the chain written anew: an event altered, removed, put in,
 * moved, with or without its number. Who writes the chain anew from some event on, or cuts its end off, leaves a chain that is whole; that
 * shows by a head that was noted outside before.
 */
import { createPublicKey, hash, verify } from 'node:crypto';
import type { ChainFault, NotedHead } from '#shared/contract/index.ts';
import { headLine } from '#shared/domain/index.ts';
import type { ReadableDb } from './connection.ts';
import { beginning, chain, chainedText, type ChainedRow } from './history.ts';
import { sql } from './sql.ts';

export type Fault = { readonly kind: ChainFault; readonly eventId: number | null; readonly explanation: string };

type KeptRow = ChainedRow & { readonly previous_hash: Uint8Array; readonly hash: Uint8Array };

const fields = sql`id, at, actor_id, entrance, kind, object_kind, object_id, registry_id, label, address, before, after, message, act_id`;

/** Rows read at a time. */
const readAtOnce = 2000;

export type ChainPart = { /** Number of the next event. */ readonly next: number; /** Hash of the last one that is well. */ readonly head: string; readonly fault: Fault | null; readonly done: boolean };

/** Walks at most `limit` events from number `next` on, whose predecessor has the hash `head` (hex). */
export function walkChain(db: ReadableDb, from: { readonly next: number; readonly head: string }, limit: number): ChainPart {
  let previous = from.head;
  let expected = from.next;
  const end = from.next + limit;
  while (expected < end) {
    const asked = Math.min(readAtOnce, end - expected);
    // Hashes as texts and rows without names: a buffer per hash costs as much as hashing the event does.
    const rows = db.rows(sql`SELECT ${fields}, lower(hex(previous_hash)), lower(hex(hash)) FROM events WHERE id >= ${expected} ORDER BY id LIMIT ${asked}`);
    for (const row of rows) {
      const own = row.pop();
      const before = row.pop();
      if (row.at(-1) === null) row.pop();
      if (row[0] !== expected || before !== previous || own !== hash('sha256', chainedText(previous, row), 'hex')) {
        return { next: expected, head: previous, fault: faultAt(db, expected, Buffer.from(previous, 'hex'), keptRow(db, Number(row[0]))), done: true };
      }
      previous = String(own);
      expected += 1;
    }
    if (rows.length < asked) return { next: expected, head: previous, fault: null, done: true };
  }
  return { next: expected, head: previous, fault: null, done: false };
}

function keptRow(db: ReadableDb, id: number): KeptRow {
  const row = db.get<KeptRow>(sql`SELECT ${fields}, previous_hash, hash FROM events WHERE id = ${id}`);
  if (row === undefined) throw new Error(`Event ${id} was read and is not there`);
  return row;
}

export const chainBeginning = { next: 1, head: hex(beginning) } as const;

function said(kind: ChainFault, eventId: number | null, explanation: string): Fault {
  return { kind, eventId, explanation };
}

/** What was done, where the event `expected` does not follow the one before, whose hash is `previous`. `row` stands there or is the next one. */
function faultAt(db: ReadableDb, expected: number, previous: Uint8Array, row: KeptRow): Fault {
  // The event that really followed is known by the hash before it.
  const successor = (but: number): number | undefined => db.value<number>(sql`SELECT id FROM events WHERE previous_hash = ${previous} AND id <> ${but} LIMIT 1`);
  if (row.id !== expected) {
    const elsewhere = successor(row.id);
    return elsewhere === undefined
      ? said('removed', expected, `Event ${expected} is missing.`)
      : said('reordered', expected, `Event ${expected} is not at its place; it stands as number ${elsewhere}.`);
  }
  const real = numberOf(db, row, expected);
  if (real === null) {
    const pushed = successor(row.id);
    return pushed === undefined
      ? said('altered', expected, `Event ${expected} is not what it was when it was written.`)
      : said('inserted', expected, `Event ${expected} was put in; the one that was written there stands as number ${pushed}.`);
  }
  // Another genuine event that follows where this one should be: it was pushed away from here.
  if (real > expected) {
    const elsewhere = successor(row.id);
    return elsewhere === undefined
      ? said('removed', expected, `Event ${expected} is missing; what was event ${real} stands in its place.`)
      : said('reordered', expected, `Events are not in their order: event ${real} stands as number ${expected}, and what was event ${expected} as number ${elsewhere}.`);
  }
  if (real < expected) return said('inserted', real, `Event ${real} was put in: what was event ${real} stands as number ${expected}.`);
  // It is whole and at its place, so what stands before it is no longer what it followed.
  return said('altered', expected - 1, `Event ${expected - 1} is not the one that event ${expected} was written after.`);
}

/** How far around its place a moved event is looked for by number. */
const numbersTried = 10_000;

/** The number under which an event was written, when it is whole: the one with which its own hash comes out. Null when it is not. */
function numberOf(db: ReadableDb, row: KeptRow, place: number): number | null {
  const fits = (id: number): boolean => id > 0 && equal(row.hash, chain(row.previous_hash, { ...row, id }));
  if (fits(place)) return place;
  const before = db.value<number>(sql`SELECT id FROM events WHERE hash = ${row.previous_hash} LIMIT 1`);
  if (before !== undefined && fits(before + 1)) return before + 1;
  for (let distance = 1; distance <= numbersTried; distance++) {
    if (fits(place + distance)) return place + distance;
    if (fits(place - distance)) return place - distance;
  }
  return null;
}

// Heads that were noted -------------------------------------------------------------------------------------------------

export type CheckedHead = NotedHead & { readonly agrees: boolean };

/** Whether the signature is one of its key over the line of the head. */
export function signatureFits(head: NotedHead): boolean {
  if (head.signature === null || head.publicKey === null) return false;
  try {
    const key = createPublicKey({ key: Buffer.from(head.publicKey, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(headLine(head)), key, Buffer.from(head.signature, 'base64'));
  } catch {
    return false;
  }
}

/** Holds heads against a chain that is whole in itself. The first fault is that of the earliest head that doesn't agree. */
export function checkHeads(db: ReadableDb, catalogId: string, events: number, heads: readonly NotedHead[]): { readonly heads: readonly CheckedHead[]; readonly fault: Fault | null } {
  const checked = new Map<NotedHead, CheckedHead>();
  let fault: Fault | null = null;
  let agreed = 0;
  for (const head of heads.toSorted((left, right) => left.events - right.events)) {
    const wrong = faultOfHead(db, catalogId, events, head, agreed);
    if (wrong === null) agreed = head.events;
    fault ??= wrong;
    checked.set(head, { ...head, agrees: wrong === null });
  }
  return { heads: heads.flatMap((head) => checked.get(head) ?? []), fault };
}

function faultOfHead(db: ReadableDb, catalogId: string, events: number, head: NotedHead, agreed: number): Fault | null {
  const noted = `The head noted on ${head.at}`;
  if (head.signature !== null && !signatureFits(head)) return said('bad_signature', null, `${noted} carries a signature that is not its key’s.`);
  if (head.catalogId !== catalogId) return said('other_catalog', null, `${noted} is of another catalog (${head.catalogId}).`);
  if (head.events > events) return said('truncated', events + 1, `${noted} had ${head.events} events; the history ends at event ${events}.`);
  const hash = head.events === 0 ? beginning : db.value<Uint8Array>(sql`SELECT hash FROM events WHERE id = ${head.events}`);
  if (hash !== undefined && hex(hash) === head.head) return null;
  return said('rewritten', agreed + 1, `The history was written anew, from event ${agreed + 1} or later: ${noted.charAt(0).toLowerCase()}${noted.slice(1)} does not fit event ${head.events}.`);
}

function equal(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
