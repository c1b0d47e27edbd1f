/** Acts: a command with what belongs around it in a window: failure in words, undo, progress. */
import { useCallback, useState } from 'react';
import { operationFacts } from '#shared/contract/facts.ts';
import { explainError, VitrineError, type CancelSignal, type CommandName, type CommandResult, type InputOf, type OutputOf, type Progress, type UndoOffer } from '#shared/contract/index.ts';
import { beginActivity } from './activity.ts';
import { forgetUntold } from './cache.ts';
import { core } from './core.ts';
import { asVitrineError, notify, notifyFailure } from './notify.ts';
import { askReason } from './reason.ts';

export type RunOptions<Name extends CommandName> = {
  /** Why, in the person's words: kept with the audit event. */
  readonly message?: string;
  /** What the toast says when it is done; absent: the label of the undo offer, or nothing. */
  readonly done?: string | ((output: OutputOf<Name>) => string);
  /** Beside “Undo”, such as “Open”. */
  readonly action?: (output: OutputOf<Name>) => { readonly label: string; readonly onPress: () => void };
  /** What is being done, for the status line: long operations only. */
  readonly activity?: string;
  /** false: no toast of any kind; a form shows the failure itself. The failure is thrown then. */
  readonly toast?: boolean;
  readonly signal?: CancelSignal;
  readonly onProgress?: (progress: Progress) => void;
};

/**
 * Runs a command. Resolves to its result, or to null when it failed or was cancelled and a toast says so.
 * @throws VitrineError when `toast` is false
 */
export async function runCommand<Name extends CommandName>(name: Name, input: InputOf<Name>, options: RunOptions<Name> = {}): Promise<CommandResult<OutputOf<Name>> | null> {
  const long = operationFacts[name].long;
  const abort = new AbortController();
  options.signal?.addEventListener('abort', () => abort.abort(), { once: true });
  const activity = long ? beginActivity(options.activity ?? name, () => abort.abort()) : null;
  try {
    const attempt = (message: string | undefined): Promise<CommandResult<OutputOf<Name>>> =>
      core().execute(name, input, {
        signal: abort.signal,
        ...(message === undefined || message === '' ? {} : { message }),
        onProgress: (progress) => {
          activity?.progress(progress);
          options.onProgress?.(progress);
        },
      });
    const result = await withReason(attempt, options.message);
    forgetUntold(name);
    if (options.toast !== false) tellDone(result, options);
    return result;
  } catch (thrown) {
    if (options.toast === false) throw asVitrineError(thrown);
    notifyFailure(thrown);
    return null;
  } finally {
    activity?.end();
  }
}

/** Where the registry wants to know why and nobody said it, the person is asked, and the act done then. */
async function withReason<Result>(attempt: (message: string | undefined) => Promise<Result>, message: string | undefined): Promise<Result> {
  try {
    return await attempt(message);
  } catch (thrown) {
    const error = asVitrineError(thrown);
    if (error.code !== 'reason_required') throw error;
    const { title, sentence } = explainError(error);
    const reason = await askReason({ title, description: sentence, verb: 'Go on', required: true });
    if (reason === null) throw new VitrineError('cancelled');
    return attempt(reason);
  }
}

function tellDone<Name extends CommandName>(result: CommandResult<OutputOf<Name>>, options: RunOptions<Name>): void {
  const title = typeof options.done === 'function' ? options.done(result.output) : (options.done ?? result.undo?.label);
  if (title === undefined) return;
  const action = options.action?.(result.output);
  notify({
    tone: 'good',
    title,
    ...undoKey(result.undo),
    ...(result.undo === null ? (action === undefined ? {} : { action }) : { action: undoAction(result.undo), ...(action === undefined ? {} : { secondAction: action }) }),
  });
}

/** The key under which an act's toast stands, so that undoing it takes its place. */
export function undoKey(offer: UndoOffer | null): { readonly key?: string } {
  return offer === null ? {} : { key: `act ${offer.id}` };
}

/** The “Undo” of a toast. */
export function undoAction(offer: UndoOffer): { readonly label: string; readonly onPress: () => void } {
  return {
    label: 'Undo',
    onPress: () => void undo(offer),
  };
}

/** What a form that tells of its act itself adds to its toast: the key and the “Undo”, where there is one. */
export function undoOffered(offer: UndoOffer | null): { readonly key?: string; readonly action?: ReturnType<typeof undoAction> } {
  return offer === null ? {} : { ...undoKey(offer), action: undoAction(offer) };
}

/** Says what a form did, in the words of its undo, where something changed. */
export function sayDone(offer: UndoOffer | null): void {
  if (offer !== null) notify({ tone: 'good', title: offer.label, ...undoOffered(offer) });
}

/** `undoOffered` for acts that were done one after the other and are told of by one toast: the last is undone first. */
export function undoAllOffered(offers: readonly UndoOffer[], what: string): { readonly key?: string; readonly action?: ReturnType<typeof undoAction> } {
  const [first, ...more] = offers;
  if (first === undefined) return {};
  return more.length === 0 ? undoOffered(first) : { ...undoKey(first), action: { label: 'Undo', onPress: () => void undoAll(offers, what) } };
}

async function undoAll(offers: readonly UndoOffer[], what: string): Promise<void> {
  try {
    for (const offer of offers.toReversed()) await core().execute('undo.apply', { id: offer.id });
    notify({ tone: 'neutral', title: `Undone: ${what}`, ...undoKey(offers[0] ?? null) });
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

/** Undoes one act and says so. */
export async function undo(offer: UndoOffer): Promise<void> {
  try {
    const { output } = await core().execute('undo.apply', { id: offer.id });
    notify({ tone: 'neutral', title: `Undone: ${output.label}`, ...undoKey(offer) });
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

export type CommandHandle<Name extends CommandName> = {
  /** See `runCommand`. */
  readonly execute: (input: InputOf<Name>, options?: RunOptions<Name>) => Promise<CommandResult<OutputOf<Name>> | null>;
  readonly running: boolean;
};

/** A command for a component: `execute` never rejects unless told to (`toast: false`); `running` disables what started it. */
export function useCommand<Name extends CommandName>(name: Name): CommandHandle<Name> {
  const [running, setRunning] = useState(0);
  const execute = useCallback(
    async (input: InputOf<Name>, options: RunOptions<Name> = {}) => {
      setRunning((count) => count + 1);
      try {
        return await runCommand(name, input, options);
      } finally {
        setRunning((count) => count - 1);
      }
    },
    [name],
  );
  return { execute, running: running > 0 };
}
