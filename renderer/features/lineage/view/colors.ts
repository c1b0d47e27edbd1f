import { HUE_COUNT } from '../../../ui/hue.ts';
import { themeColors } from '../../../ui/themeColors.ts';

/** Tokens as the canvas needs them. */
export type GraphColors = {
  readonly surface: string;
  readonly raised: string;
  readonly sunken: string;
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

/** The colours of the theme on show; changes with it. */
export const useGraphColors: () => GraphColors = themeColors((colorOf) => ({
  surface: colorOf('surface'),
  raised: colorOf('raised'),
  sunken: colorOf('sunken'),
  line: colorOf('line-strong'),
  edge: colorOf('line-control'),
  text: colorOf('text'),
  textDim: colorOf('text-dim'),
  run: colorOf('text-faint'),
  accent: colorOf('accent'),
  focus: colorOf('focus'),
  caution: colorOf('caution'),
  hues: Array.from({ length: HUE_COUNT }, (_, hue) => colorOf(`hue-${hue}`)),
}));
