/** What the pool and its threads say to each other. Everything is structured-cloneable. */
import type { Change } from '#shared/contract/changes.ts';
import type { Entrance } from '#shared/contract/entities.ts';
import type { SerializedError } from '#shared/contract/errors.ts';
import type { UserId } from '#shared/contract/ids.ts';
import type { UndoOffer } from '#shared/contract/transport.ts';
import type { Finding } from '#shared/contract/operations/catalog.ts';
import type { Backup } from './backups.ts';
import type { SlowQuery } from './connection.ts';
import type { Recovery } from './opening.ts';
import type { UndoStep } from './undo.ts';

/** Who does it, through which door, and why. */
export type CommandContext = {
  readonly actorId: UserId;
  /** The API key that was used: its scope limits what counts. */
  readonly keyId?: number;
  readonly entrance: Entrance;
  readonly message: string | null;
  /** When it happened, in milliseconds since 1970; only for the entrance `system` (samples, imports), otherwise it happens now. */
  readonly at?: number;
  /** The remote that the change comes from; only for the entrance `sync`. */
  readonly remoteId?: number;
  /** It is part of a larger act that core puts together: how it is undone is handed over with the answer, for that act to keep. */
  readonly part?: true;
};

export type QueryContext = { readonly actorId: UserId; readonly keyId?: number; /** Whose answer an admin wants to see. */ readonly viewAs?: number };

/** `steps`: the way back of what is part of a larger act, in the order in which it was done; absent otherwise. */
export type WriteResult = { readonly output: unknown; readonly undo: UndoOffer | null; readonly rev: number; readonly steps?: readonly UndoStep[] };

export type CatalogStatus = {
  readonly rev: number;
  readonly readOnly: boolean;
  readonly schema: number;
  readonly catalogId: string;
  readonly recovery: Recovery | null;
  /** The catalog file. */
  readonly file: string;
  readonly defaultUserId: UserId;
};

/** What a new catalog is made with. */
export type Founding = { readonly username: string; readonly displayName: string; readonly organization: string; readonly team: string };

export type WorkerData =
  | { readonly role: 'writer'; readonly directory: string; readonly readOnly: boolean; /** The folder was taken before by the thread that starts this one. */ readonly owned: boolean; readonly founding: Founding; readonly slowMilliseconds: number }
  | { readonly role: 'reader'; readonly slowMilliseconds: number };

export type Request =
  | { readonly id: number; readonly t: 'open'; readonly file: string }
  | { readonly id: number; readonly t: 'call'; readonly name: string; readonly input: unknown; readonly context: CommandContext | QueryContext }
  | { readonly id: number; readonly t: 'index' }
  | { readonly id: number; readonly t: 'backup' }
  | { readonly id: number; readonly t: 'integrity'; readonly deep: boolean }
  | { readonly id: number; readonly t: 'restore' }
  | { readonly id: number; readonly t: 'detach' }
  | { readonly id: number; readonly t: 'close' };

/** A failure without a code is a bug: its stack crosses too, for the log. */
export type Failure = { readonly coded: SerializedError } | { readonly bug: { readonly message: string; readonly stack: string } };

export type Reply = { readonly id: number; readonly ok: true; readonly value: unknown } | { readonly id: number; readonly ok: false; readonly failure: Failure };

export type Telling =
  | { readonly t: 'ready'; readonly status: CatalogStatus | null }
  | { readonly t: 'failed'; readonly failure: Failure }
  | { readonly t: 'committed'; readonly rev: number; readonly changes: readonly Change[]; readonly indexBehind: boolean; readonly replies: readonly Reply[] }
  | { readonly t: 'slow'; readonly role: 'writer' | 'reader'; readonly name: string; readonly slow: SlowQuery };

export type FromWorker = Reply | Telling;

export type Integrity = { readonly findings: readonly Finding[] };
export type { Backup };
