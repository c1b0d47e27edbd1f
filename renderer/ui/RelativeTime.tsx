import { useSyncExternalStore } from 'react';
import { formatExactTime, formatRelativeTime } from './format.ts';
import styles from './marks.module.css';

const TICK = 15_000;
const subscribers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for every relative time in the window; it stands still while nobody looks at it. */
function subscribe(onTick: () => void): () => void {
  subscribers.add(onTick);
  timer ??= setInterval(() => {
    for (const subscriber of subscribers) subscriber();
  }, TICK);
  return () => {
    subscribers.delete(onTick);
    if (subscribers.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

export interface RelativeTimeProps {
  /** Milliseconds since 1970, a Date, or an ISO string. */
  readonly time: number | Date | string;
}

/** How long ago, in words that keep up with the clock; the exact moment on hover. Re-renders only when its words change. */
export function RelativeTime({ time }: RelativeTimeProps) {
  const milliseconds = typeof time === 'number' ? time : new Date(time).getTime();
  const words = useSyncExternalStore(subscribe, () => formatRelativeTime(milliseconds, Date.now()));
  return (
    <time
      className={styles.number}
      dateTime={Number.isFinite(milliseconds) ? new Date(milliseconds).toISOString() : undefined}
      title={formatExactTime(milliseconds)}
    >
      {words}
    </time>
  );
}
