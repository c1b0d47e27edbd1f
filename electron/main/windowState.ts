/** What a window remembers between starts: where it stood, and how it should look before anything is loaded. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { densityChoices, themeSources, type DensityChoice, type ThemeSource } from '#shared/contract/bridge.ts';

/** In device-independent pixels. */
export type Rectangle = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

export type WindowState = {
  readonly bounds: Rectangle | null;
  readonly maximized: boolean;
  readonly fullScreen: boolean;
  readonly theme: ThemeSource;
  readonly density: DensityChoice;
  readonly runAlerts: boolean;
};

export const minimumSize = { width: 720, height: 480 } as const;
const usualSize = { width: 1280, height: 832 } as const;
/** A window less visible than this, on every screen, could not be taken hold of. */
const visiblePixels = 100;

export const firstState: WindowState = { bounds: null, maximized: false, fullScreen: false, theme: 'system', density: 'normal', runAlerts: true };

/**
 * Where to open: where the window stood, if there is still a screen that shows enough of it, else the usual size where the system likes.
 * @param workAreas the usable areas of all screens
 */
export function placeWindow(saved: Rectangle | null, workAreas: readonly Rectangle[]): Partial<Rectangle> {
  if (saved !== null && workAreas.some((area) => overlap(saved, area))) return saved;
  const primary = workAreas[0];
  if (primary === undefined) return usualSize;
  return { width: Math.min(usualSize.width, primary.width), height: Math.min(usualSize.height, primary.height) };
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  // The title bar is what a window is moved by: its top must not lie above the screen.
  return width >= visiblePixels && height >= visiblePixels && a.y >= b.y - 1;
}

/** Reads what was kept; anything missing or odd is as at the first start. */
export function readWindowState(text: string): WindowState {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return firstState;
  }
  if (typeof raw !== 'object' || raw === null) return firstState;
  const fields = raw as Readonly<Record<string, unknown>>;
  return {
    bounds: readRectangle(fields['bounds']),
    maximized: fields['maximized'] === true,
    fullScreen: fields['fullScreen'] === true,
    theme: themeSources.find((each) => each === fields['theme']) ?? firstState.theme,
    density: densityChoices.find((each) => each === fields['density']) ?? firstState.density,
    runAlerts: fields['runAlerts'] !== false,
  };
}

function readRectangle(raw: unknown): Rectangle | null {
  if (typeof raw !== 'object' || raw === null) return null;
  const { x, y, width, height } = raw as Readonly<Record<string, unknown>>;
  if (!isPixels(x) || !isPixels(y) || !isPixels(width) || !isPixels(height)) return null;
  return { x, y, width: Math.max(width, minimumSize.width), height: Math.max(height, minimumSize.height) };
}

function isPixels(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 100_000;
}

export type WindowStateFile = {
  readonly state: WindowState;
  /** Changes some of it and keeps it on disk. */
  change(part: Partial<WindowState>): void;
};

/** The state in a folder. A folder that can't be written costs the memory, nothing else. */
export function openWindowState(folder: string): WindowStateFile {
  const path = join(folder, 'window-state.json');
  let state: WindowState;
  try {
    state = readWindowState(readFileSync(path, 'utf8'));
  } catch {
    state = firstState;
  }
  return {
    get state() {
      return state;
    },
    change(part) {
      state = { ...state, ...part };
      try {
        writeFileSync(`${path}.new`, JSON.stringify(state));
        renameSync(`${path}.new`, path);
      } catch {
        // Kept in memory for this session.
      }
    },
  };
}
