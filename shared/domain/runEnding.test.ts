import { expect, test } from 'vitest';
import { runEnding } from './runEnding.ts';

test('a run finishes, fails, or is interrupted', () => {
  expect([0, 1, 3, 137, 254, 255, -1].map(runEnding)).toEqual(['finished', 'failed', 'failed', 'failed', 'failed', 'killed', 'failed']);
});
