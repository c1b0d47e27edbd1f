import { useSyncExternalStore } from 'react';
import { HUE_COUNT } from '../../../ui/hue.ts';
import type { ChartColors } from './paint.ts';

export type Palette = ChartColors & { readonly hues: readonly string[] };

/** Hues so that neighbours in the order differ most. */
const order = [8, 1, 5, 10, 2, 7, 0, 4, 9, 3, 11, 6] as const;

let cached: Palette | null = null;
const listeners = new Set<() => void>();
let stop: (() => void) | null = null;

/** Tokens as a canvas needs them: computed, since it knows neither custom properties nor `light-dark()`. */
function read(): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const resolve = (token: string): string => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };
  const palette: Palette = {
    line: resolve('line'),
    text: resolve('text-dim'),
    ink: resolve('text'),
    ground: resolve('surface'),
    accent: resolve('accent'),
    font: getComputedStyle(document.body).fontFamily,
    hues: order.slice(0, HUE_COUNT).map((hue) => resolve(`hue-${hue}`)),
  };
  probe.remove();
  return palette;
}

function changed(): void {
  cached = null;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (stop === null) {
    const observer = new MutationObserver(changed);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'data-contrast'] });
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', changed);
    stop = () => {
      observer.disconnect();
      dark.removeEventListener('change', changed);
    };
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stop?.();
    stop = null;
    cached = null;
  };
}

/** The colours of the theme on show; changes with it. */
export function useChartColors(): Palette {
  return useSyncExternalStore(subscribe, () => (cached ??= read()));
}

/** The colour of the line at a place in the order of lines, as a canvas takes it, and as a token for what is drawn by CSS. */
export function hueAt(index: number): { readonly token: string; readonly place: number } {
  const place = index % order.length;
  return { token: `var(--hue-${order[place] ?? 0})`, place };
}
