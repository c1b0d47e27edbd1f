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

/** Lengths of strokes and gaps, in pixels: the first dozen lines are whole, each further dozen has the same colours and dashes of its own. */
const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3], [4, 6]];

/** How the line at a place in the order of lines is drawn: its colour, by its place among the hues and as a token for what CSS draws, and its dashes. */
export function hueAt(index: number): { readonly token: string; readonly place: number; readonly dash: readonly number[] } {
  const place = index % order.length;
  return { token: `var(--hue-${order[place] ?? 0})`, place, dash: dashes[Math.floor(index / order.length) % dashes.length] ?? [] };
}
