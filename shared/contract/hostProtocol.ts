/**
 * What the process that hosts core (the parent) and core itself say to each other, beside the operations. The parent starts core, hands
 * it ports of windows, and is told how the start went. Catalog data never travels here.
 *
 * Order: the parent sends `start` first and once. Core answers with any number of `progress`, then either `ready` (once) or `fatal`
 * (once, and then core ends by itself). `connect` may come before `ready`: core keeps the port, whose messages queue, and serves it once
 * it is ready. `stop` asks for an orderly end: calls in flight are answered or cut off, the catalog is closed, core says `stopped` and
 * exits with code 0. A parent that gets no `stopped` in time kills.
 */
import type { SerializedError } from './errors.ts';

/** Number of this protocol; core refuses a `start` with another one as `unexpected`. */
export const hostProtocolVersion = 1;

export type HostMessage =
  | {
      readonly t: 'start';
      readonly protocol: typeof hostProtocolVersion;
      /** Absolute path of the catalog's folder; created when it is not there. */
      readonly dataDirectory: string;
      /** Fill the catalog with the sample when it is empty. */
      readonly sample: boolean;
      /** Version of the application, for the log and for the door's health answer. */
      readonly applicationVersion: string;
    }
  /** A window's port comes as the one transferred port of this message. Core speaks `CoreMessage`/`ClientMessage` on it. */
  | { readonly t: 'connect'; readonly connection: number; readonly entrance: 'window' }
  /** Answer to `secret`: the text, null where there is none or it can't be read. */
  | { readonly t: 'secret'; readonly id: number; readonly text: string | null }
  | { readonly t: 'stop' };

export type CoreHostMessage =
  /** The start takes longer than a moment: what it does now. Counts are steps, null where unknown. */
  | { readonly t: 'progress'; readonly step: StartupStep; readonly done: number | null; readonly total: number | null }
  | { readonly t: 'ready'; readonly dataDirectory: string; readonly readOnly: boolean; readonly rev: number }
  /** Core can't work with this folder; it ends by itself after this. Not a crash: it is not started again unasked. */
  | { readonly t: 'fatal'; readonly error: SerializedError }
  /** Asks the parent to keep (`seal`), give back (`open`) or drop (`forget`) a secret in the system's keychain, or to say where one lies (`where`: answered with the text `keychain` or `file`). */
  | { readonly t: 'secret'; readonly id: number; readonly action: 'seal'; readonly name: string; readonly text: string }
  | { readonly t: 'secret'; readonly id: number; readonly action: 'open' | 'forget' | 'where'; readonly name: string }
  /** Forgets all that begin with `name`, but for these. */
  | { readonly t: 'secret'; readonly id: number; readonly action: 'keep'; readonly name: string; readonly names: readonly string[] }
  /** Asks the parent to show a notification of the system; pressed, it opens the address. */
  | { readonly t: 'notify'; readonly title: string; readonly text: string; readonly address: string | null; /** Of a run: shown only where a person wants them, and not while they look at the window. */ readonly alert?: boolean }
  | { readonly t: 'stopped' };

/** What core may be busy with before it is ready. */
export const startupSteps = ['opening', 'backing_up', 'migrating', 'checking', 'restoring', 'sampling'] as const;
export type StartupStep = (typeof startupSteps)[number];
