import { expect, test } from 'vitest';
import { createRestartPolicy } from './restartPolicy.ts';

test('waits longer each time within a minute, and gives up after five', () => {
  const policy = createRestartPolicy();
  expect([0, 1, 2, 3, 4, 5].map((second) => policy.next(second * 1000))).toEqual([100, 200, 400, 800, 1600, null]);
});

test('forgets falls of more than a minute ago, and all of them on request', () => {
  const policy = createRestartPolicy();
  for (const second of [0, 1, 2, 3, 4]) policy.next(second * 1000);
  expect([policy.next(64_500), policy.attempt]).toEqual([100, 1]);
  for (const second of [65, 66, 67, 68]) policy.next(second * 1000);
  policy.reset();
  expect(policy.next(69_000)).toBe(100);
});
