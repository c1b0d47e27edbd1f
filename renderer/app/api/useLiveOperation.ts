import { useCallback, useMemo, useRef, useSyncExternalStore } from 'react';
import type { InputOf, OutputOf, QueryName, VitrineError } from '#shared/contract/index.ts';
import { core } from './core.ts';
import { onStale } from './feed.ts';
import { LiveAnswer, type LiveSnapshot } from './liveAnswer.ts';

/** Answers seen lately, so that a chart scrolled back into sight stands there at once. */
const kept = new Map<string, LiveAnswer<unknown>>();
const keptAnswers = 300;

/** How an answer is made from the one before and less than the whole question. The same function each time: an answer is kept with the first. */
export type GoOn<Name extends QueryName> = (input: InputOf<Name>, before: OutputOf<Name> | undefined, ask: (input: InputOf<Name>) => Promise<OutputOf<Name>>) => Promise<OutputOf<Name>>;

function answerOf<Name extends QueryName>(name: Name, input: InputOf<Name>, goOn?: GoOn<Name>): LiveAnswer<OutputOf<Name>> {
  const key = `${name} ${JSON.stringify(input)}`;
  const found = kept.get(key) ?? new LiveAnswer<unknown>(name, (before) => (goOn === undefined ? core().query(name, input) : goOn(input, before as OutputOf<Name> | undefined, (part) => core().query(name, part))));
  kept.delete(key);
  kept.set(key, found);
  for (const [oldest, answer] of kept) {
    if (kept.size <= keptAnswers) break;
    if (!answer.watched) kept.delete(oldest);
  }
  return found as LiveAnswer<OutputOf<Name>>;
}

onStale((stale) => {
  for (const answer of kept.values()) if (stale === 'everything' || stale.has(answer.name)) answer.renew(stale === 'everything');
});

export type LiveState<Output> = LiveSnapshot<Output> & { readonly retry: () => void };

/**
 * Answers to queries about what changes all the time (a run that streams): renewed when the feed says so, but not more often than they can be
 * given, and never cut off by the next change, as `useOperation` would. One state per input, in their order.
 */
export function useLiveOperations<Name extends QueryName>(name: Name, inputs: readonly InputOf<Name>[], goOn?: GoOn<Name>): readonly LiveState<OutputOf<Name>>[] {
  const key = JSON.stringify(inputs);
  // The key says all that the inputs say.
  const answers = useMemo(() => inputs.map((input) => answerOf(name, input, goOn)), [name, key]); // eslint-disable-line react-hooks/exhaustive-deps
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = answers.map((answer) => answer.subscribe(listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
    [answers],
  );
  const last = useRef<readonly LiveSnapshot<OutputOf<Name>>[]>([]);
  const snapshots = useSyncExternalStore(subscribe, () => {
    const now = answers.map((answer) => answer.snapshot());
    if (now.length !== last.current.length || now.some((one, index) => one !== last.current[index])) last.current = now;
    return last.current;
  });
  return useMemo(() => snapshots.map((snapshot, index) => ({ ...snapshot, retry: () => answers[index]?.renew() })), [snapshots, answers]);
}

/** The same for one query; while a new input has no answer yet, the answer to the one before stays. */
export function useLiveOperation<Name extends QueryName>(name: Name, input: InputOf<Name>, goOn?: GoOn<Name>): { readonly data: OutputOf<Name> | undefined; readonly error: VitrineError | null; readonly retry: () => void } {
  // Made anew with each call: `useLiveOperations` goes by what it says, not by which array it is.
  const [state] = useLiveOperations(name, [input], goOn);
  const before = useRef<OutputOf<Name> | undefined>(undefined);
  if (state?.data !== undefined) before.current = state.data;
  return { data: state?.data ?? (state?.error == null ? before.current : undefined), error: state?.error ?? null, retry: state?.retry ?? (() => undefined) };
}
