import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { grounds } from './appearance.ts';

/** oklch to the eight-bit sRGB hex that a window's background takes. */
function hex(text: string): string {
  const [lightness = 0, chroma = 0, hue = 0] = text.split(/\s+/u).map(Number);
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s, -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s, -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s];
  return `#${linear.map((value) => Math.round(255 * Math.min(1, Math.max(0, value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055))).toString(16).padStart(2, '0')).join('')}`;
}

test('the window opens on the very ground that the page then paints', () => {
  const tokens = readFileSync(new URL('../../renderer/ui/tokens.css', import.meta.url), 'utf8');
  const [, light = '', dark = ''] = /--surface: light-dark\(oklch\(([^)]+)\), oklch\(([^)]+)\)\)/u.exec(tokens) ?? [];
  const [, contrast = ''] = /--surface: oklch\(([^)]+)\)/u.exec(tokens) ?? [];
  expect({ light: hex(light), dark: hex(dark), contrast: hex(contrast) }).toEqual(grounds);
});
