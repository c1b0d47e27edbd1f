import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { firstState, openWindowState, placeWindow, readWindowState } from './windowState.ts';

const screen = { x: 0, y: 25, width: 1920, height: 1055 };
const second = { x: 1920, y: 0, width: 1280, height: 1024 };
const size = { width: 1000, height: 700 };

describe('a window opens', () => {
  test.each([
    ['where it stood', { x: 50, y: 60, ...size }, [screen]],
    ['where it stood, on the second screen', { x: 2000, y: 60, ...size }, [screen, second]],
    ['where it stood, half out', { x: 1800, y: 60, ...size }, [screen]],
    ['where it stood, out at the left', { x: -900, y: 60, ...size }, [screen]],
  ])('%s', (_where, saved, screens) => {
    expect(placeWindow(saved, screens)).toEqual(saved);
  });

  test.each([
    ['at the first start', null, [screen]],
    ['whose screen is gone', { x: 2000, y: 60, ...size }, [screen]],
    ['of which 99 pixels are left', { x: 1821, y: 60, ...size }, [screen]],
    ['below the screen', { x: 50, y: 1000, ...size }, [screen]],
    ['whose title bar is above the screen', { x: 50, y: -100, ...size }, [screen]],
  ])('with the usual size, %s', (_where, saved, screens) => {
    expect(placeWindow(saved, screens)).toEqual({ width: 1280, height: 832 });
  });

  test('no larger than a small screen', () => {
    expect(placeWindow(null, [{ x: 0, y: 0, width: 1024, height: 600 }])).toEqual({ width: 1024, height: 600 });
  });
});

describe('what was kept', () => {
  test.each(['', 'null', '[]', '{"bounds":', '{"bounds":{"x":"0"}}', '{"theme":"pink","density":3,"bounds":{"x":1e9,"y":0,"width":1,"height":1}}'])('%j is as a first start', (text) => {
    expect(readWindowState(text)).toEqual(firstState);
  });

  test('is not smaller than the window may be', () => {
    expect(readWindowState('{"bounds":{"x":1,"y":2,"width":3,"height":4},"maximized":true,"theme":"dark","density":"compact","runAlerts":false}')).toEqual({
      bounds: { x: 1, y: 2, width: 720, height: 480 }, maximized: true, fullScreen: false, theme: 'dark', density: 'compact', runAlerts: false,
    });
  });

  test('is there again, and survives a broken file and a folder that is gone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vitrine-state-'));
    try {
      openWindowState(folder).change({ theme: 'contrast', bounds: { x: 1, y: 2, width: 900, height: 600 } });
      expect(openWindowState(folder).state).toEqual({ ...firstState, theme: 'contrast', bounds: { x: 1, y: 2, width: 900, height: 600 } });
      writeFileSync(join(folder, 'window-state.json'), '{');
      expect(openWindowState(folder).state).toEqual(firstState);
    } finally {
      rmSync(folder, { recursive: true });
    }
    const gone = openWindowState(folder);
    gone.change({ theme: 'dark' });
    expect(gone.state.theme).toBe('dark');
  });
});
