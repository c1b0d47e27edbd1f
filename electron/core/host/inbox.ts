/** Messages on their way to a transport's one listener: those that come before it is set are kept for it. */
export type Inbox = {
  readonly deliver: (message: unknown) => void;
  /** Hands over what was kept, then whatever comes. */
  readonly onMessage: (listener: (message: unknown) => void) => void;
};

export function createInbox(): Inbox {
  const kept: unknown[] = [];
  let listener: ((message: unknown) => void) | null = null;
  return {
    deliver(message) {
      if (listener === null) kept.push(message);
      else listener(message);
    },
    onMessage(next) {
      listener = next;
      for (const message of kept.splice(0)) next(message);
    },
  };
}
