import { useSyncExternalStore } from 'react';

/** The colour that a token has in the theme on show, computed: a canvas knows neither custom properties nor `light-dark()`. */
export type ColorOf = (token: string) => string;

/** A hook that gives colours as a canvas needs them; they are read once per theme, and change with it. */
export function themeColors<Colors>(read: (colorOf: ColorOf) => Colors): () => Colors {
  let cached: { readonly colors: Colors } | null = null;
  const listeners = new Set<() => void>();
  let stop: (() => void) | null = null;

  const changed = (): void => {
    cached = null;
    for (const listener of listeners) listener();
  };

  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener);
    stop ??= watchTheme(changed);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      stop?.();
      stop = null;
      cached = null;
    };
  };

  return () => useSyncExternalStore(subscribe, () => (cached ??= { colors: readWithProbe(read) }).colors);
}

/** What other things are drawn on. */
const grounds: ReadonlySet<string> = new Set(['surface', 'raised', 'sunken']);

function readWithProbe<Colors>(read: (colorOf: ColorOf) => Colors): Colors {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const { matches: forced } = matchMedia('(forced-colors: active)');
  try {
    return read((token) => {
      // Where the desktop gives all colours, hues still tell lines and kinds apart: those alone stay.
      probe.style.setProperty('forced-color-adjust', token.startsWith('hue-') ? 'none' : 'auto');
      // Read as ink, a ground would be given the ink of the desktop: words would stand on a ground of their own colour.
      probe.style.color = forced && grounds.has(token) ? 'Canvas' : `var(--${token})`;
      return getComputedStyle(probe).color;
    });
  } finally {
    probe.remove();
  }
}

function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'data-contrast'] });
  const ofDesktop = [matchMedia('(prefers-color-scheme: dark)'), matchMedia('(forced-colors: active)')];
  for (const wish of ofDesktop) wish.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    for (const wish of ofDesktop) wish.removeEventListener('change', changed);
  };
}
