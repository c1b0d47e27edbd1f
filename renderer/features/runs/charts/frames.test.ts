import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inOneOfTheNextFrames } from './frames.ts';

let frames: (() => void)[];
let now: number;
beforeEach(() => {
  frames = [];
  now = 0;
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame));
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const nextFrame = (): void => frames.shift()?.();

test('charts that get points at once are painted over several frames, in their order, each as it was asked for last', () => {
  const painted: string[] = [];
  const paint = (name: string, milliseconds: number) => () => {
    painted.push(name);
    now += milliseconds;
  };
  const [one, two, three, gone] = [{}, {}, {}, {}];
  inOneOfTheNextFrames(one, paint('one, before', 4));
  inOneOfTheNextFrames(two, paint('two', 4));
  inOneOfTheNextFrames(three, paint('three', 4));
  inOneOfTheNextFrames(one, paint('one', 4));
  inOneOfTheNextFrames(gone, paint('gone', 4))();
  expect(painted).toEqual([]);
  nextFrame();
  expect(painted).toEqual(['one', 'two']);
  nextFrame();
  expect(painted).toEqual(['one', 'two', 'three']);
  expect(frames).toEqual([]);
});

test('whoever withdraws what was replaced meanwhile takes nothing from the one that stands', () => {
  const painted: string[] = [];
  const chart = {};
  const withdraw = inOneOfTheNextFrames(chart, () => painted.push('before'));
  inOneOfTheNextFrames(chart, () => painted.push('after'));
  withdraw();
  nextFrame();
  expect(painted).toEqual(['after']);
});
