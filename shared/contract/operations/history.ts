import { z } from 'zod';
import { ByteCount, HistoryEvent, Timestamp } from '../entities.ts';
import { UndoId } from '../ids.ts';
import { defineCommand, defineQuery, page, PageRequest } from '../operation.ts';
import { HistoryFilters } from './audit.ts';

export const historyOperations = [
  defineQuery({
    name: 'history.list',
    summary: 'Events, newest first, of everything or of one object, filtered by who, what and when.',
    input: () => z.strictObject({ ...HistoryFilters, ...PageRequest }),
    output: () => page(HistoryEvent),
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'undo.apply',
    summary: 'Undoes one act, when nothing has since been built on it.',
    input: () => z.strictObject({ id: UndoId }),
    output: () => z.strictObject({ label: z.string() }),
    errors: ['nothing_to_undo', 'undo_stale', 'permission_denied', 'catalog_read_only'],
    audience: 'member',
  }),
  defineQuery({
    name: 'undo.latest',
    summary: 'The newest act of the caller that can still be undone.',
    input: () => z.strictObject({}),
    output: () => z.strictObject({ offer: z.strictObject({ id: UndoId, label: z.string(), at: Timestamp }).nullable() }),
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'storage.usage',
    summary: 'What takes the space: bytes in the store, counted once, and what most of them belong to.',
    input: () => z.strictObject({}),
    output: () => z.strictObject({
      objects: z.number().int(),
      bytes: ByteCount,
      /** Bytes as they would be without deduplication. */
      logicalBytes: ByteCount,
      catalogBytes: ByteCount,
      freeBytes: ByteCount.nullable(),
      largest: z.array(z.strictObject({ artifactId: z.number().int(), label: z.string(), address: z.string(), bytes: ByteCount, versions: z.number().int() })),
    }),
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'storage.verify',
    summary: 'Reads every stored byte, or a share of them, and names what is damaged.',
    input: () => z.strictObject({ share: z.number().min(0).max(1).default(1) }),
    output: () => z.strictObject({ objects: z.number().int(), bytes: ByteCount, damaged: z.array(z.string()) }),
    errors: ['cancelled'],
    audience: 'member',
    long: true,
  }),
  defineCommand({
    name: 'storage.collect',
    summary: 'Frees the bytes that nothing refers to any more, or says what it would free. Cancelled, it answers what it had freed until then.',
    input: () => z.strictObject({ simulate: z.boolean().default(true) }),
    output: () => z.strictObject({
      objects: z.number().int(),
      /** Given back to the file system, or what would be. */
      bytes: ByteCount,
      /** Unneeded, but stored within the last hour: their place in the catalog may still be on its way. */
      youngObjects: z.number().int().nonnegative(),
      /** Unneeded bytes that stay for now, in packs that aren't worth rewriting yet. */
      keptBytes: ByteCount,
      interrupted: z.boolean(),
    }),
    errors: ['cancelled', 'store_read_only'],
    audience: 'admin',
    long: true,
  }),
  defineCommand({
    name: 'door.start',
    summary: 'Starts the server for scripts on this machine, and says where it is.',
    input: () => z.strictObject({ port: z.number().int().min(0).max(65_535).default(0) }),
    output: () => z.strictObject({ url: z.string() }),
    errors: ['blocked'],
    audience: 'admin',
  }),
  defineQuery({
    name: 'door.status',
    summary: 'Whether the server for scripts runs, and where.',
    input: () => z.strictObject({}),
    output: () => z.strictObject({ url: z.string().nullable() }),
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'door.stop',
    summary: 'Stops the server for scripts after the requests under way.',
    input: () => z.strictObject({}),
    output: () => z.strictObject({}),
    audience: 'admin',
  }),
] as const;
