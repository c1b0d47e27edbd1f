/** How often and how soon core is started again after it fell. */
export type RestartPolicy = {
  /** Milliseconds to wait before the next start, or null when it fell too often: then only a person's wish starts it. */
  next(now: number): number | null;
  /** Forgets what happened; a person asked for a fresh try. */
  reset(): void;
  /** Falls within the window, this one included. */
  readonly attempt: number;
};

/** More falls than this within the window, and core stays down. */
const limit = 5;
const windowMilliseconds = 60_000;
const firstDelay = 100;
const longestDelay = 5_000;

/** The first restart is nearly immediate, since one crash is most often alone; each further one within a minute waits twice as long. */
export function createRestartPolicy(): RestartPolicy {
  let falls: number[] = [];
  return {
    next(now) {
      falls = [...falls.filter((at) => now - at < windowMilliseconds), now];
      return falls.length > limit ? null : Math.min(firstDelay * 2 ** (falls.length - 1), longestDelay);
    },
    reset() {
      falls = [];
    },
    get attempt() {
      return falls.length;
    },
  };
}
