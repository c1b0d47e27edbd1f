import type { Entrance, Progress, UndoOffer, UserId } from '#shared/contract/index.ts';

/** Who is at the other end of a connection, and through which door they came. */
export type Caller = { readonly actorId: UserId; readonly entrance: Entrance };

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
