import { assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import {
  clampVirtualTop,
  createSpace,
  lastVirtualTop,
  MOST_SCROLL_PIXELS,
  originFor,
  renderedRows,
  toPhysical,
  toVirtual,
  virtualTopToShow,
  visibleRows,
} from './virtual-space.ts';

const rowCounts = integer({ min: 1, max: 20_000_000 });
const rowHeights = integer({ min: 16, max: 64 });
const viewports = integer({ min: 40, max: 4_000 });
const fractions = integer({ min: 0, max: 1_000_000 }).map((parts) => parts / 1_000_000);

test('a list that fits under the cap isn’t scaled, one beyond it is and stays under the cap', () => {
  expect(createSpace(100_000, 40, 800)).toMatchObject({ scaled: false, physicalHeight: 4_000_000 });
  expect(createSpace(1_000_000, 40, 800)).toMatchObject({ scaled: true, physicalHeight: MOST_SCROLL_PIXELS, virtualHeight: 40_000_000 });
});

test('whatever the position, the rows that cover the viewport are in sight and rendered', () => {
  assert(
    property(rowCounts, rowHeights, viewports, fractions, integer({ min: 0, max: 30 }), (rowCount, rowHeight, viewport, fraction, overscan) => {
      const space = createSpace(rowCount, rowHeight, viewport);
      const top = clampVirtualTop(space, fraction * lastVirtualTop(space));
      const { first, last } = visibleRows(space, top);
      expect(first * rowHeight).toBeLessThanOrEqual(top);
      expect(last === rowCount || last * rowHeight >= top + viewport).toBe(true);
      const rendered = renderedRows(space, top, overscan);
      expect(rendered.first).toBeLessThanOrEqual(first);
      expect(rendered.last).toBeGreaterThanOrEqual(last);
      expect(rendered.first).toBeGreaterThanOrEqual(0);
      expect(rendered.last).toBeLessThanOrEqual(rowCount);
      expect(originFor(space, rendered.first)).toBeLessThanOrEqual(rendered.first);
    }),
  );
});

test('both ends of the scroll bar are both ends of the list, and more scroll never means less list', () => {
  assert(
    property(rowCounts, rowHeights, viewports, fractions, fractions, (rowCount, rowHeight, viewport, one, other) => {
      const space = createSpace(rowCount, rowHeight, viewport);
      expect(toVirtual(space, 0)).toBe(0);
      const end = lastVirtualTop(space);
      expect(toVirtual(space, toPhysical(space, end))).toBeCloseTo(end, 3);
      const [near, far] = [one * end, other * end].sort((first, second) => first - second);
      expect(toPhysical(space, near!)).toBeLessThanOrEqual(toPhysical(space, far!));
    }),
  );
});

test('going to the scroll bar and back loses less than a row of a million', () => {
  assert(
    property(integer({ min: 250_001, max: 1_000_000 }), fractions, (rowCount, fraction) => {
      const space = createSpace(rowCount, 32, 800);
      const top = Math.round(fraction * lastVirtualTop(space));
      expect(Math.abs(toVirtual(space, toPhysical(space, top)) - top)).toBeLessThanOrEqual(1);
    }),
  );
});

test('a row that is asked for is in sight afterwards, and one in sight moves nothing', () => {
  assert(
    property(rowCounts, rowHeights, integer({ min: 64, max: 4_000 }), fractions, fractions, (rowCount, rowHeight, viewport, from, to) => {
      const space = createSpace(rowCount, rowHeight, viewport);
      const top = clampVirtualTop(space, Math.round(from * lastVirtualTop(space)));
      const index = Math.min(rowCount - 1, Math.floor(to * rowCount));
      for (const align of ['nearest', 'start', 'center'] as const) {
        const moved = virtualTopToShow(space, top, index, align);
        expect(index * rowHeight).toBeGreaterThanOrEqual(moved);
        expect((index + 1) * rowHeight).toBeLessThanOrEqual(moved + Math.max(viewport, rowHeight));
        expect(virtualTopToShow(space, moved, index, 'nearest')).toBe(moved);
      }
    }),
  );
});
