import { expect, it } from 'vitest';
import { fromLocal, toLocal } from './localTime.ts';

it('comes back to the minute', () => {
  const at = '2026-05-03T10:20:00.000Z';
  expect(fromLocal(toLocal(at))).toBe(at);
});

it('is no moment when nothing or nonsense is written', () => {
  expect(fromLocal('')).toBeNull();
  expect(fromLocal('soon')).toBeNull();
});
