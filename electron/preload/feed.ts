/** One stream of facts to the page's listeners. */
export type Feed<Fact> = {
  readonly tell: (fact: Fact) => void;
  readonly listen: (listener: (fact: Fact) => void) => () => void;
};

/**
 * Makes a feed.
 * @param options.keep what comes while nobody listens is kept for the first listener (at most 100 facts, the newest)
 */
export function createFeed<Fact>({ keep = false }: { readonly keep?: boolean } = {}): Feed<Fact> {
  const listeners = new Set<(fact: Fact) => void>();
  let kept: Fact[] = [];
  return {
    tell(fact) {
      if (listeners.size === 0 && keep) kept = [...kept, fact].slice(-100);
      listeners.forEach((listener) => listener(fact));
    },
    listen(listener) {
      listeners.add(listener);
      const waiting = kept;
      kept = [];
      for (const fact of waiting) listener(fact);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
