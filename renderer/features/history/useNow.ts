import { useSyncExternalStore } from 'react';

const minute = 60_000;

function subscribe(onTick: () => void): () => void {
  const timer = setInterval(onTick, minute);
  return () => clearInterval(timer);
}

/** The present, rounded down to whole steps (milliseconds), so that what depends on it changes no more often than that. */
export function useNow(step: number): number {
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / step) * step);
}
