import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ServerClock } from './serverClock.ts';

test('the offset is known within a second after one answer, and better after more', () => {
  fc.assert(fc.property(fc.integer({ min: -10_000_000, max: 10_000_000 }), fc.array(fc.record({ at: fc.nat(1_000_000), there: fc.nat(40), back: fc.nat(40) }), { minLength: 1, maxLength: 30 }), (offset, answers) => {
    const clock = new ServerClock();
    for (const { at, there, back } of answers) {
      const sent = 1_800_000_000_000 + at;
      const server = sent + there - offset;
      clock.heard(sent, sent + there + back, Math.floor(server / 1000) * 1000);
    }
    expect(Math.abs(clock.offset - offset)).toBeLessThanOrEqual(1080);
  }));
});

test('a clock that was set is followed', () => {
  const clock = new ServerClock();
  expect(clock.offset).toBe(0);
  clock.heard(1_000_000, 1_000_010, 1_000_000);
  expect(clock.offset).toBe(0);
  clock.heard(2_000_000, 2_000_010, 9_200_000);
  expect(clock.offset).toBeGreaterThan(-7_201_500);
  expect(clock.offset).toBeLessThan(-7_199_000);
});
