import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildSpatialIndex } from './spatialIndex.ts';

const place = fc.integer({ min: -3_000, max: 3_000 });
const anyBoxes = fc.array(fc.record({ x: place, y: place, width: fc.integer({ min: 1, max: 500 }), height: fc.integer({ min: 1, max: 200 }) }), {
  maxLength: 40,
});
const anyBounds = fc
  .tuple(place, place, place, place)
  .map(([a, b, c, d]) => ({ left: Math.min(a, b), right: Math.max(a, b), top: Math.min(c, d), bottom: Math.max(c, d) }));

const indexOf = (boxes: readonly { x: number; y: number; width: number; height: number }[]) =>
  buildSpatialIndex({
    x: Float64Array.from(boxes, (box) => box.x),
    y: Float64Array.from(boxes, (box) => box.y),
    width: Float32Array.from(boxes, (box) => box.width),
    height: Float32Array.from(boxes, (box) => box.height),
  });

describe('spatial index', () => {
  it('finds exactly the boxes that touch a rectangle', () => {
    fc.assert(
      fc.property(anyBoxes, anyBounds, (boxes, bounds) => {
        const expected = boxes.flatMap((box, index) =>
          box.x + box.width / 2 >= bounds.left &&
          box.x - box.width / 2 <= bounds.right &&
          box.y + box.height / 2 >= bounds.top &&
          box.y - box.height / 2 <= bounds.bottom
            ? [index]
            : [],
        );
        const index = indexOf(boxes);
        expect(index.within(bounds)).toEqual(expected);
        expect(index.countWithin(bounds)).toBe(expected.length);
      }),
      { numRuns: 300 },
    );
  });

  it('finds the box at a point, or the nearest within reach', () => {
    fc.assert(
      fc.property(anyBoxes, place, place, fc.nat(300), (boxes, x, y, reach) => {
        const distances = boxes.map((box) =>
          Math.hypot(Math.max(0, Math.abs(x - box.x) - box.width / 2), Math.max(0, Math.abs(y - box.y) - box.height / 2)),
        );
        const nearest = Math.min(Infinity, ...distances);
        expect(indexOf(boxes).at(x, y, reach)).toBe(nearest <= reach ? distances.indexOf(nearest) : undefined);
      }),
      { numRuns: 300 },
    );
  });
});
