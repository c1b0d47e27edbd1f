import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { NativeTheme } from 'electron';
import { expect, test } from 'vitest';
import type { AppearanceFacts } from '#shared/contract/bridge.ts';
import { createAppearance, grounds } from './appearance.ts';
import { firstState, type WindowState } from './windowState.ts';

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

/** The system's theme as Electron tells it, with each time that a theme was set on it. */
class SystemTheme extends EventEmitter {
  readonly set: string[] = [];
  shouldUseDarkColors = false;
  shouldUseHighContrastColors = false;
  #source = 'system';
  get themeSource(): string {
    return this.#source;
  }
  set themeSource(source: string) {
    this.#source = source;
    this.set.push(source);
    this.emit('updated');
  }
}

function startWith(theme: WindowState['theme']) {
  let state: WindowState = { ...firstState, theme };
  const system = new SystemTheme();
  const told: AppearanceFacts[] = [];
  const kept = {
    get state() {
      return state;
    },
    change: (part: Partial<WindowState>) => {
      state = { ...state, ...part };
    },
  };
  const appearance = createAppearance(system as unknown as NativeTheme, kept, (facts) => told.push(facts));
  return { system, told, appearance };
}

test('of the system’s theme only what changed is told, and what it has already is not set again', () => {
  const { system, told, appearance } = startWith('system');
  system.emit('updated');
  expect(system.set).toEqual([]);
  expect(told).toEqual([]);
  system.shouldUseDarkColors = true;
  system.emit('updated');
  system.emit('updated');
  expect(told.map((facts) => facts.dark)).toEqual([true]);
  expect(appearance.ground()).toBe(grounds.dark);
  system.shouldUseHighContrastColors = true;
  system.emit('updated');
  expect(told.map((facts) => facts.highContrast)).toEqual([false, true]);
});

test('a chosen theme is set and told, also where the system looks like it', () => {
  const { system, told, appearance } = startWith('light');
  expect(system.set).toEqual(['light']);
  appearance.choose({ theme: 'system' });
  appearance.choose({ density: 'compact' });
  expect(system.set).toEqual(['light', 'system']);
  expect(told.at(-1)).toMatchObject({ theme: 'system', density: 'compact', dark: false });
  expect(told.map((facts) => facts.theme)).toEqual(['system', 'system']);
});
