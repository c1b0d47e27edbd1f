/** Small bodies that came in a moment ago: a client's manifest is read again by the commit that follows it. */
import type { Store } from '../store/index.ts';

/** Bytes. */
export const largestKept = 64 * 1024;
const keptAtMost = 64;

const kept = new WeakMap<Store, Map<string, Uint8Array>>();

export function keepBody(store: Store, sha256: string, bytes: Uint8Array): void {
  if (bytes.length > largestKept) return;
  const bodies = kept.get(store) ?? new Map<string, Uint8Array>();
  kept.set(store, bodies);
  bodies.delete(sha256);
  bodies.set(sha256, bytes);
  if (bodies.size > keptAtMost) bodies.delete(bodies.keys().next().value ?? sha256);
}

/** Null where it came long ago, or was large. */
export function recentBody(store: Store, sha256: string): Uint8Array | null {
  return kept.get(store)?.get(sha256) ?? null;
}
