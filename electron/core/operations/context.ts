import type { Entrance, Progress, UndoOffer, UserId } from '#shared/contract/index.ts';

/** Who is at the other end of a connection, and through which door they came. */
export type Caller = {
  readonly actorId: UserId;
  readonly entrance: Entrance;
  /** The API key that was used, whose scope limits what counts. */
  readonly keyId?: number;
};

/** What the catalog must know of who asks. */
export function asking(caller: Pick<Caller, 'actorId' | 'keyId'>): { readonly actorId: UserId; readonly keyId?: number } {
  return caller.keyId === undefined ? { actorId: caller.actorId } : { actorId: caller.actorId, keyId: caller.keyId };
}

/** The same for a command. */
export function acting(context: Caller & { readonly message: string | null }): { readonly actorId: UserId; readonly keyId?: number; readonly entrance: Entrance; readonly message: string | null } {
  return { ...asking(context), entrance: context.entrance, message: context.message };
}

export type OperationContext = Caller & {
  /** Why, in the person's words, for the audit event. */
  readonly message: string | null;
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
};

export type OperationResult = {
  readonly output: unknown;
  readonly undo: UndoOffer | null;
  /** The catalog's revision after it; absent where nothing was written. */
  readonly rev?: number;
};
