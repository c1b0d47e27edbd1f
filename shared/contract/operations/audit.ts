/** The history held against what was noted of it outside, and written out. */
import { z } from 'zod';
import { Entrance, EventKind, ObjectKind, Timestamp } from '../entities.ts';
import { EventId, UserId } from '../ids.ts';
import { defineCommand, defineQuery } from '../operation.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** Where the chain stood: enough, kept elsewhere, to find out any later change of what came before. */
export const ChainHead = z.strictObject({
  catalogId: z.string(),
  /** How many events there were; the number of the last one. */
  events: z.number().int().nonnegative(),
  /** SHA-256 of the last of them, over all before it, in hex. */
  head: hash,
  /** When the head was noted. */
  at: Timestamp,
});
export type ChainHead = z.infer<typeof ChainHead>;

export const NotedHead = ChainHead.extend({
  /** Ed25519 over the line of the head, base64; null for one that was only copied. */
  signature: z.string().nullable(),
  /** The public key, SPKI in base64. */
  publicKey: z.string().nullable(),
});
export type NotedHead = z.infer<typeof NotedHead>;

/** The ways in which a history can have been tampered with. */
export const ChainFault = z.enum(['altered', 'removed', 'reordered', 'inserted', 'truncated', 'rewritten', 'bad_signature', 'other_catalog']);
export type ChainFault = z.infer<typeof ChainFault>;

/** Filters of the history, the same as in `history.list`. */
export const HistoryFilters = {
  object: z.strictObject({ kind: ObjectKind, id: z.number().int().positive() }).optional(),
  actorId: UserId.optional(),
  /** Only events of this act: what one command did. */
  actId: EventId.optional(),
  entrance: Entrance.optional(),
  kinds: z.array(EventKind).min(1).optional(),
  since: Timestamp.optional(),
  until: Timestamp.optional(),
};

export const HistoryFormat = z.enum(['jsonl', 'csv']);
export type HistoryFormat = z.infer<typeof HistoryFormat>;

export const auditOperations = [
  defineQuery({
    name: 'history.verify',
    summary: 'Walks the hash chain of the history, holds it against every head that was noted outside, and names the first event that was altered, removed, inserted or reordered.',
    input: () => z.strictObject({
      /** Heads that were copied elsewhere: the line that `history.head` gives, or the JSON of a signed one. */
      noted: z.array(z.string().max(4096)).max(1000).default([]),
    }),
    output: () => z.strictObject({
      events: z.number().int(),
      intact: z.boolean(),
      /** The first event at which something is wrong. */
      firstBroken: z.number().int().nullable(),
      head: z.string(),
      fault: z.strictObject({ kind: ChainFault, eventId: z.number().int().nullable(), explanation: z.string() }).nullable(),
      /** Noted heads that were held against the chain, from outside and from the file of heads beside the catalog. */
      heads: z.array(NotedHead.extend({ agrees: z.boolean(), from: z.enum(['given', 'kept']) })),
    }),
    errors: ['bad_input'],
    audience: 'restricted_viewer',
    long: true,
  }),
  defineQuery({
    name: 'history.head',
    summary: 'Where the chain stands now, with the line to copy to a place outside.',
    input: () => z.strictObject({}),
    output: () => ChainHead.extend({ line: z.string() }),
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'history.signHead',
    summary: 'Signs the chain’s head with this person’s key in the system’s keychain (made the first time) and keeps it in a file beside the catalog.',
    input: () => z.strictObject({}),
    output: () => NotedHead,
    errors: ['not_offered', 'blocked', 'catalog_read_only', 'disk_full'],
    audience: 'admin',
  }),
  defineCommand({
    name: 'history.keepHead',
    summary: 'Keeps a head that was signed elsewhere, such as by the command line with a key file, in the file beside the catalog.',
    input: () => z.strictObject({ note: NotedHead }),
    output: () => NotedHead,
    errors: ['bad_input', 'blocked', 'catalog_read_only', 'disk_full'],
    audience: 'admin',
  }),
  defineQuery({
    name: 'history.heads',
    summary: 'Heads that were kept beside the catalog, newest first, and whether a key to sign with can be had here.',
    input: () => z.strictObject({}),
    output: () => z.strictObject({ items: z.array(NotedHead), file: z.string(), canSign: z.boolean(), publicKey: z.string().nullable(), /** Where the private key lies, or would: in a file it is only as safe as the account that reads it. */ keyIn: z.enum(['keychain', 'file']) }),
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'history.export',
    summary: 'Writes events, oldest first, as JSON lines or CSV into a file of this machine.',
    input: () => z.strictObject({ ...HistoryFilters, format: HistoryFormat.default('jsonl'), file: z.string().min(1).max(4096), overwrite: z.boolean().default(false) }),
    output: () => z.strictObject({ file: z.string(), events: z.number().int(), bytes: z.number().int(), lastEventId: EventId.nullable() }),
    errors: ['path_invalid', 'file_exists', 'file_unreadable', 'disk_full', 'cancelled'],
    audience: 'restricted_viewer',
    long: true,
  }),
] as const;
