import type { CSSProperties } from 'react';

/** The number of registry hues: `--hue-0` … `--hue-11` in tokens.css. */
export const HUE_COUNT = 12;

/** The hues by name, in the order of their tokens. */
export const HUE_NAMES = ['red', 'orange', 'amber', 'olive', 'green', 'emerald', 'teal', 'sky', 'blue', 'violet', 'purple', 'pink'] as const;

export type HueName = (typeof HUE_NAMES)[number];

/** A hue for a name that was given none: stable, so that a registry keeps its colour between starts and machines. */
export function hueOf(name: string): number {
  // FNV-1a, 32 bit.
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash ^= name.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  // Short names differ in few bits: mix them before taking the remainder.
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 16)) >>> 0) % HUE_COUNT;
}

/** The custom properties `--hue` and `--hue-quiet` for hue `index` (taken modulo 12), for a `style` prop. */
export function hueStyle(index: number): CSSProperties {
  const hue = ((Math.trunc(index) % HUE_COUNT) + HUE_COUNT) % HUE_COUNT;
  return { '--hue': `var(--hue-${hue})`, '--hue-quiet': `var(--hue-${hue}-quiet)` } as CSSProperties;
}
