import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCursor } from './cursor.ts';

let frames: (() => void)[];
beforeEach(() => {
  frames = [];
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test('however often the pointer moves, charts are told once a frame, and where it is by then', () => {
  const cursor = createCursor();
  const told: (number | null)[] = [];
  const stop = cursor.subscribe(() => told.push(cursor.read().x));
  cursor.point('loss', 1);
  cursor.point('loss', 2);
  expect(cursor.read()).toEqual({ x: 2, chart: 'loss' });
  expect(told).toEqual([]);
  frames.shift()?.();
  expect(frames).toHaveLength(0);
  expect(told).toEqual([2]);
  cursor.clear('accuracy');
  expect(frames).toHaveLength(0);
  cursor.clear('loss');
  frames.shift()?.();
  expect(told).toEqual([2, null]);
  stop();
  cursor.point('loss', 3);
  frames.shift()?.();
  expect(told).toEqual([2, null]);
});
