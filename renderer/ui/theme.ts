/** The themes a person can choose; `system` follows the desktop, its wish for more contrast included. */
export const THEMES = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];

/** How tall rows and controls are. */
export const DENSITIES = ['compact', 'normal', 'comfortable'] as const;
export type Density = (typeof DENSITIES)[number];

/** `system` follows the desktop's reduced-motion setting; `off` switches motion off whatever it says. */
export const MOTIONS = ['system', 'off'] as const;
export type Motion = (typeof MOTIONS)[number];

export interface Appearance {
  readonly theme: Theme;
  readonly density: Density;
  readonly motion: Motion;
}

export const DEFAULT_APPEARANCE: Appearance = { theme: 'system', density: 'normal', motion: 'system' };

/** Row heights in CSS pixels, the same numbers as `--row` in tokens.css (a test holds them together). */
export const ROW_HEIGHTS: Readonly<Record<Density, number>> = { compact: 26, normal: 32, comfortable: 40 };

/** Writes the appearance to `<html>`; everything follows through custom properties. Call it before the first paint. */
export function applyAppearance(appearance: Appearance, root: HTMLElement = document.documentElement): void {
  root.dataset.theme = appearance.theme;
  root.dataset.density = appearance.density;
  root.dataset.motion = appearance.motion;
  root.dataset.contrast = matchMedia('(prefers-contrast: more)').matches ? 'more' : 'normal';
}

/** Keeps `data-contrast` in step with the desktop while the window lives; returns the way to stop. */
export function followSystemContrast(root: HTMLElement = document.documentElement): () => void {
  const query = matchMedia('(prefers-contrast: more)');
  const update = () => {
    root.dataset.contrast = query.matches ? 'more' : 'normal';
  };
  update();
  query.addEventListener('change', update);
  return () => query.removeEventListener('change', update);
}

/** Whether motion is off, by the setting or by the desktop. */
export function motionIsOff(): boolean {
  return document.documentElement.dataset.motion === 'off' || matchMedia('(prefers-reduced-motion: reduce)').matches;
}
