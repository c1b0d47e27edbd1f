import { HUE_COUNT } from '../../../ui/hue.ts';
import type { PictureColors } from './picture.ts';

/** The colours of the theme on show as `#rrggbb`: most programs that open an SVG know no other way to write them. */
export function pictureColors(): PictureColors {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  try {
    const of = (token: string): string => {
      probe.style.color = `var(--${token})`;
      if (context === null) return '#808080';
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = getComputedStyle(probe).color;
      context.fillRect(0, 0, 1, 1);
      return `#${Array.from(context.getImageData(0, 0, 1, 1).data.subarray(0, 3), (value) => value.toString(16).padStart(2, '0')).join('')}`;
    };
    return {
      ground: of('surface'), card: of('raised'), quiet: of('sunken'), line: of('line-strong'), edge: of('line-control'), text: of('text'), textDim: of('text-dim'),
      accent: of('accent'), caution: of('caution'), hues: Array.from({ length: HUE_COUNT }, (_, hue) => of(`hue-${hue}`)),
    };
  } finally {
    probe.remove();
  }
}
