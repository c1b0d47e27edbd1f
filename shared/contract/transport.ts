/**
 * How two ends speak: a port that carries structured-cloneable messages, and the envelopes on it. Three adapters exist (MessagePort
 * under Electron, a local socket with length-prefixed JSON for other processes, a pair in memory for tests); nothing above this file
 * knows which.
 */
import { z } from 'zod';
import type { Progress } from './operation.ts';
import { UndoId } from './ids.ts';
import type { ChangeNotice } from './changes.ts';
import type { SerializedError } from './errors.ts';

export type Transport = {
  post(message: unknown): void;
  /** At most one listener each; messages that came before it was set are handed to it. */
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
};

/** What a window shows as "Undo" after an act: the id to give to `undo.apply`, and what would be undone, in words. */
export const UndoOffer = z.strictObject({ id: UndoId, label: z.string() });
export type UndoOffer = z.infer<typeof UndoOffer>;

export const ClientMessage = z.discriminatedUnion('t', [
  z.strictObject({
    t: z.literal('request'),
    id: z.number().int().nonnegative(),
    operation: z.string().max(100),
    input: z.unknown(),
    /** Milliseconds from arrival; absent: the operation's default. */
    deadline: z.number().positive().optional(),
    /** Why, in the person's words: kept with the audit event. */
    message: z.string().max(10_000).optional(),
    /** A query only: the answer as this user would have it. For admins of the organization. */
    viewAs: z.number().int().positive().optional(),
  }),
  z.strictObject({ t: z.literal('cancel'), id: z.number().int().nonnegative() }),
  /** Asks for the change feed from now on. */
  z.strictObject({ t: z.literal('subscribe') }),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;

export type CoreMessage =
  | { readonly t: 'hello'; readonly protocol: 1; readonly rev: number; readonly readOnly: boolean }
  | { readonly t: 'ok'; readonly id: number; readonly output: unknown; readonly undo: UndoOffer | null; readonly rev: number }
  | { readonly t: 'error'; readonly id: number; readonly error: SerializedError }
  | { readonly t: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly t: 'changes'; readonly notice: ChangeNotice };
