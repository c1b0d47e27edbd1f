/** How much one key may ask for: far above what clients do, so that a script gone wild doesn't take the catalog from everybody else. */
import { VitrineError } from '#shared/contract/index.ts';

export type RateLimiter = { /** Throws `core_unavailable`, which a client takes as “try again later”. */ take(key: string): void };

const rememberedKeys = 10_000;

export function createRateLimiter(options: { readonly perSecond: number; readonly burst: number; readonly now?: () => number }): RateLimiter {
  const now = options.now ?? Date.now;
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    take(key) {
      const at = now();
      const bucket = buckets.get(key) ?? { left: options.burst, at };
      bucket.left = Math.min(options.burst, bucket.left + ((at - bucket.at) / 1000) * options.perSecond);
      bucket.at = at;
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > rememberedKeys) buckets.delete(buckets.keys().next().value ?? '');
      if (bucket.left < 1) throw new VitrineError('core_unavailable', { details: { reason: 'too many requests with one key' } });
      bucket.left -= 1;
    },
  };
}
