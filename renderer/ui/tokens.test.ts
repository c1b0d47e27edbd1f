import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { HUE_COUNT } from './hue.ts';
import { ROW_HEIGHTS } from './theme.ts';

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8').replace(/\/\*[\s\S]*?\*\//gu, '');

/** The declarations of the first rule whose selector list holds `selector`. */
function declarations(selector: string): ReadonlyMap<string, string> {
  const rule = [...css.matchAll(/([^{}]+)\{([^{}]*)\}/gu)].find(([, selectors]) =>
    selectors!
      .split(',')
      .map((part) => part.trim())
      .includes(selector),
  );
  if (rule === undefined) throw new Error(`tokens.css has no rule for ${selector}`);
  const found = [...rule[2]!.matchAll(/(--[\w-]+)\s*:\s*([^;]+);/gu)].map(([, name, value]): [string, string] => [name!, value!.trim()]);
  return new Map(found);
}

const base = declarations(':root');
const contrast = declarations("[data-theme='contrast']");

const THEMES = ['light', 'dark', 'contrast'] as const;
type ThemeName = (typeof THEMES)[number];

type Lch = { readonly lightness: number; readonly chroma: number; readonly hue: number; readonly alpha: number };

function colour(theme: ThemeName, name: string): Lch {
  const written = (theme === 'contrast' ? contrast.get(`--${name}`) : undefined) ?? base.get(`--${name}`);
  if (written === undefined) throw new Error(`no token --${name}`);
  const both = /^light-dark\((oklch\([^)]*\)),\s*(oklch\([^)]*\))\)$/u.exec(written);
  const value = both === null ? written : theme === 'light' ? both[1]! : both[2]!;
  const numbers = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)(?: \/ ([\d.]+))?\)$/u.exec(value);
  if (numbers === null) throw new Error(`--${name} is no oklch colour: ${value}`);
  return { lightness: Number(numbers[1]), chroma: Number(numbers[2]), hue: Number(numbers[3]), alpha: Number(numbers[4] ?? 1) };
}

/** Linear sRGB of an OKLCH colour, by the matrices of the CSS Color 4 specification; may lie outside 0 … 1. */
function linearRgb({ lightness, chroma, hue }: Lch): readonly [number, number, number] {
  const angle = (hue * Math.PI) / 180;
  const a = chroma * Math.cos(angle);
  const b = chroma * Math.sin(angle);
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ];
}

/** What the screen shows: eight bits per channel, back to linear light. */
function shown(colourValue: Lch): readonly [number, number, number] {
  const [red, green, blue] = linearRgb(colourValue).map((channel) => {
    const clipped = Math.min(1, Math.max(0, channel));
    const encoded = Math.round((clipped <= 0.0031308 ? clipped * 12.92 : 1.055 * clipped ** (1 / 2.4) - 0.055) * 255) / 255;
    return encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4;
  });
  return [red!, green!, blue!];
}

function luminance(colourValue: Lch): number {
  const [red, green, blue] = shown(colourValue);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrastOf(one: Lch, other: Lch): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((first, second) => second - first);
  return (light! + 0.05) / (dark! + 0.05);
}

const GROUNDS = ['sunken', 'surface', 'raised', 'hover', 'pressed', 'selection', 'selection-quiet'];
const INKS = ['text', 'text-dim', 'text-faint', 'accent', 'danger', 'caution', 'good'];
const QUIETS = ['accent', 'danger', 'caution', 'good'];
const MARKS = ['focus', 'line-control', 'accent', 'danger', 'caution', 'good'];
const hues = Array.from({ length: HUE_COUNT }, (_, index) => `hue-${index}`);

const textPairs: readonly (readonly [string, string])[] = [
  ...INKS.flatMap((ink) => GROUNDS.map((ground) => [ink, ground] as const)),
  ...QUIETS.flatMap((name) => [[name, `${name}-quiet`] as const, ['text', `${name}-quiet`] as const, ['text-dim', `${name}-quiet`] as const]),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-strong'],
  ['on-danger', 'danger'],
  ['on-danger', 'danger-strong'],
  ...hues.flatMap((hue) => [...GROUNDS, `${hue}-quiet`].map((ground) => [hue, ground] as const)),
];

const markPairs = MARKS.flatMap((mark) => GROUNDS.map((ground) => [mark, ground] as const));

describe.each(THEMES)('in the %s theme', (theme) => {
  const tooWeak = (pairs: readonly (readonly [string, string])[], least: number) =>
    pairs
      .map(([ink, ground]) => ({ ink, ground, ratio: contrastOf(colour(theme, ink), colour(theme, ground)) }))
      .filter(({ ratio }) => ratio < least)
      .map(({ ink, ground, ratio }) => `${ink} on ${ground}: ${ratio.toFixed(2)}`);

  test('every text reaches 4.5 : 1 on every ground', () => {
    expect(tooWeak(textPairs, 4.5)).toEqual([]);
  });

  test('every mark reaches 3 : 1 on every ground', () => {
    expect(tooWeak(markPairs, 3)).toEqual([]);
  });

  test('every colour can be shown as written', () => {
    const names = [...base].filter(([, value]) => value.includes('oklch(')).map(([name]) => name.slice(2));
    const outside = names.filter((name) => linearRgb(colour(theme, name)).some((channel) => channel < -0.001 || channel > 1.001));
    expect(outside).toEqual([]);
  });

  test('registry hues differ from their neighbours', () => {
    const close = hues.filter((name, index) => {
      const one = colour(theme, name);
      const other = colour(theme, hues[(index + 1) % HUE_COUNT]!);
      const distance = (((other.hue - one.hue) % 360) + 360) % 360;
      return Math.min(distance, 360 - distance) < 20 || one.lightness !== other.lightness;
    });
    expect(close).toEqual([]);
  });
});

test('high contrast reaches 7 : 1 for all text on the grounds one reads on', () => {
  const weak = INKS.flatMap((ink) =>
    ['sunken', 'surface', 'raised', 'selection']
      .filter((ground) => contrastOf(colour('contrast', ink), colour('contrast', ground)) < 7)
      .map((ground) => `${ink} on ${ground}`),
  );
  expect(weak).toEqual([]);
});

test('high contrast replaces every colour but the shared ones', () => {
  const missing = [...base].filter(([name, value]) => value.startsWith('light-dark(') && !contrast.has(name)).map(([name]) => name);
  expect(missing).toEqual([]);
});

test('the arithmetic agrees with known colours', () => {
  const white = { lightness: 1, chroma: 0, hue: 0, alpha: 1 };
  const black = { lightness: 0, chroma: 0, hue: 0, alpha: 1 };
  expect(contrastOf(white, black)).toBeCloseTo(21, 5);
  // sRGB red is oklch(0.627955 0.257683 29.2339); its contrast with white is 3.998.
  expect(contrastOf({ lightness: 0.627955, chroma: 0.257683, hue: 29.2339, alpha: 1 }, white)).toBeCloseTo(3.998, 2);
});

test('row heights are the same in script and style', () => {
  expect(base.get('--row')).toBe(`${ROW_HEIGHTS.normal}px`);
  expect(declarations("[data-density='compact']").get('--row')).toBe(`${ROW_HEIGHTS.compact}px`);
  expect(declarations("[data-density='comfortable']").get('--row')).toBe(`${ROW_HEIGHTS.comfortable}px`);
});

test('motion can be switched off by the setting and by the desktop', () => {
  expect(declarations("[data-motion='off']").get('--motion')).toBe('0ms');
  expect(css).toMatch(/@media \(prefers-reduced-motion: reduce\)\s*\{\s*:root\s*\{\s*--motion-fast: 0ms/u);
});
