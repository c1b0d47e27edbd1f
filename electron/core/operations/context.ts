import type { Entrance, Progress, UndoOffer, UserId } from '#shared/contract/index.ts';

/** Who is at the other end of a connection, and through which door they came. */
export type Caller = {
  readonly actorId: UserId;
  readonly entrance: Entrance;
  /** The API key that was used, whose scope limits what counts. */
  readonly keyId?: number;
  /** Set where an admin asks what another user would be answered. Nothing is changed that way. */
  readonly viewAs?: number;
};

/** What the catalog must know of who asks. */
export function asking(caller: Pick<Caller, 'actorId' | 'keyId' | 'viewAs'>): { readonly actorId: UserId; readonly keyId?: number; readonly viewAs?: number } {
  const { actorId, keyId, viewAs } = caller;
  return { actorId, ...(keyId === undefined ? {} : { keyId }), ...(viewAs === undefined ? {} : { viewAs }) };
}

/** The same for a command. */
export function acting(context: Caller & { readonly message: string | null }): { readonly actorId: UserId; readonly keyId?: number; readonly entrance: Entrance; readonly message: string | null } {
  const { actorId, keyId } = context;
  return { actorId, ...(keyId === undefined ? {} : { keyId }), entrance: context.entrance, message: context.message };
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
