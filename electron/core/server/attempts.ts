/** Counts wrong keys per address and minute, so that guessing is slow. Bounded: forgets the oldest addresses first. */
export type AttemptLimiter = { fail(from: string): void; isBlocked(from: string): boolean };

const rememberedAddresses = 10_000;

export function createAttemptLimiter(options: { readonly perMinute: number; readonly now?: () => number }): AttemptLimiter {
  const now = options.now ?? Date.now;
  const failures = new Map<string, { since: number; count: number }>();
  return {
    fail(from) {
      const known = failures.get(from);
      if (known === undefined || now() - known.since >= 60_000) {
        failures.delete(from);
        failures.set(from, { since: now(), count: 1 });
        if (failures.size > rememberedAddresses) failures.delete(failures.keys().next().value ?? from);
        return;
      }
      known.count += 1;
    },
    isBlocked(from) {
      const known = failures.get(from);
      return known !== undefined && now() - known.since < 60_000 && known.count >= options.perMinute;
    },
  };
}
