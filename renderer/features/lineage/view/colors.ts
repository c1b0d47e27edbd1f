import { useSyncExternalStore } from 'react';
import { HUE_COUNT } from '../../../ui/hue.ts';

/** Tokens as the canvas needs them: computed, since a canvas knows neither custom properties nor `light-dark()`. */
export type GraphColors = {
  readonly surface: string;
  readonly raised: string;
  readonly line: string;
  readonly edge: string;
  readonly text: string;
  readonly textDim: string;
  readonly run: string;
  readonly accent: string;
  readonly focus: string;
  readonly caution: string;
  readonly hues: readonly string[];
};

let cached: GraphColors | null = null;
const listeners = new Set<() => void>();
let stop: (() => void) | null = null;

function read(): GraphColors {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const resolve = (token: string): string => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };
  const colors: GraphColors = {
    surface: resolve('surface'),
    raised: resolve('raised'),
    line: resolve('line-strong'),
    edge: resolve('line-control'),
    text: resolve('text'),
    textDim: resolve('text-dim'),
    run: resolve('text-faint'),
    accent: resolve('accent'),
    focus: resolve('focus'),
    caution: resolve('caution'),
    hues: Array.from({ length: HUE_COUNT }, (_, hue) => resolve(`hue-${hue}`)),
  };
  probe.remove();
  return colors;
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
export function useGraphColors(): GraphColors {
  return useSyncExternalStore(subscribe, () => (cached ??= read()));
}
