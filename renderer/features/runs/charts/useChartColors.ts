import { HUE_COUNT } from '../../../ui/hue.ts';
import { themeColors } from '../../../ui/themeColors.ts';
import type { ChartColors } from './paint.ts';

export type Palette = ChartColors & { readonly hues: readonly string[] };

/** Hues so that neighbours in the order differ most. */
const order = [8, 1, 5, 10, 2, 7, 0, 4, 9, 3, 11, 6] as const;

/** The colours of the theme on show; changes with it. */
export const useChartColors: () => Palette = themeColors((colorOf) => ({
  line: colorOf('line'),
  text: colorOf('text-dim'),
  ink: colorOf('text'),
  ground: colorOf('surface'),
  accent: colorOf('accent'),
  font: getComputedStyle(document.body).fontFamily,
  hues: order.slice(0, HUE_COUNT).map((hue) => colorOf(`hue-${hue}`)),
}));

/** The colour of the line at a place in the order of lines, as a canvas takes it, and as a token for what is drawn by CSS. */
export function hueAt(index: number): { readonly token: string; readonly place: number } {
  const place = index % order.length;
  return { token: `var(--hue-${order[place] ?? 0})`, place };
}
