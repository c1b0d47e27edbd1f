import type { Bounds } from './layout.ts';

/** Boxes by index, in the pixels of the layout. */
export type Boxes = {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly width: Float32Array;
  readonly height: Float32Array;
};

export type SpatialIndex = {
  /** Boxes that touch a rectangle, ascending by index, each once. */
  readonly within: (bounds: Bounds) => number[];
  /** How many boxes touch a rectangle, without listing them. */
  readonly countWithin: (bounds: Bounds) => number;
  /** The box at a point, or the nearest one whose edge is no farther than `reach`; undefined when there is none. */
  readonly at: (x: number, y: number, reach?: number) => number | undefined;
};

/** Cells of about a card's size times a few: a view holds some hundred of them, a box touches one to four. */
const cellSize = 320;

/** A grid over centred boxes. O(n) to build; a question costs what lies in its cells. */
export function buildSpatialIndex({ x, y, width, height }: Boxes): SpatialIndex {
  const count = x.length;
  let left = 0;
  let top = 0;
  let right = 0;
  let bottom = 0;
  for (let index = 0; index < count; index++) {
    left = index === 0 ? x[index]! - width[index]! / 2 : Math.min(left, x[index]! - width[index]! / 2);
    right = index === 0 ? x[index]! + width[index]! / 2 : Math.max(right, x[index]! + width[index]! / 2);
    top = index === 0 ? y[index]! - height[index]! / 2 : Math.min(top, y[index]! - height[index]! / 2);
    bottom = index === 0 ? y[index]! + height[index]! / 2 : Math.max(bottom, y[index]! + height[index]! / 2);
  }
  // Very long layouts get larger cells, so that the grid stays linear in the boxes.
  const most = 16 * count + 64;
  let size = cellSize;
  while ((Math.floor((right - left) / size) + 1) * (Math.floor((bottom - top) / size) + 1) > most) size *= 2;
  const columns = Math.floor((right - left) / size) + 1;
  const lines = Math.floor((bottom - top) / size) + 1;
  const column = (value: number): number => Math.min(columns - 1, Math.max(0, Math.floor((value - left) / size)));
  const line = (value: number): number => Math.min(lines - 1, Math.max(0, Math.floor((value - top) / size)));

  const start = new Int32Array(columns * lines + 1);
  const forCells = (index: number, visit: (cell: number) => void): void => {
    const lastColumn = column(x[index]! + width[index]! / 2);
    const lastLine = line(y[index]! + height[index]! / 2);
    for (let c = column(x[index]! - width[index]! / 2); c <= lastColumn; c++) {
      for (let l = line(y[index]! - height[index]! / 2); l <= lastLine; l++) visit(l * columns + c);
    }
  };
  for (let index = 0; index < count; index++) forCells(index, (cell) => start[cell + 1]!++);
  for (let cell = 0; cell < columns * lines; cell++) start[cell + 1]! += start[cell]!;
  const entry = new Int32Array(start[columns * lines]!);
  const cursor = start.slice(0, columns * lines);
  for (let index = 0; index < count; index++) forCells(index, (cell) => (entry[cursor[cell]!++] = index));

  const touches = (index: number, bounds: Bounds): boolean =>
    x[index]! + width[index]! / 2 >= bounds.left &&
    x[index]! - width[index]! / 2 <= bounds.right &&
    y[index]! + height[index]! / 2 >= bounds.top &&
    y[index]! - height[index]! / 2 <= bounds.bottom;
  const visited = new Int32Array(count);
  let visit = 0;
  const visitWithin = (bounds: Bounds, found: (index: number) => void): void => {
    if (count === 0) return;
    visit++;
    const lastColumn = column(bounds.right);
    const lastLine = line(bounds.bottom);
    for (let l = line(bounds.top); l <= lastLine; l++) {
      for (let c = column(bounds.left); c <= lastColumn; c++) {
        const cell = l * columns + c;
        for (let at = start[cell]!; at < start[cell + 1]!; at++) {
          const index = entry[at]!;
          if (visited[index] === visit) continue;
          visited[index] = visit;
          if (touches(index, bounds)) found(index);
        }
      }
    }
  };
  return {
    within: (bounds) => {
      const found: number[] = [];
      visitWithin(bounds, (index) => found.push(index));
      return found.sort((first, second) => first - second);
    },
    countWithin: (bounds) => {
      let found = 0;
      visitWithin(bounds, () => found++);
      return found;
    },
    at: (pointX, pointY, reach = 0) => {
      let nearest: number | undefined;
      let nearestDistance = Infinity;
      visitWithin({ left: pointX - reach, right: pointX + reach, top: pointY - reach, bottom: pointY + reach }, (index) => {
        const aside = Math.max(0, Math.abs(pointX - x[index]!) - width[index]! / 2);
        const above = Math.max(0, Math.abs(pointY - y[index]!) - height[index]! / 2);
        const distance = Math.hypot(aside, above);
        if (distance <= reach && (distance < nearestDistance || (distance === nearestDistance && index < nearest!))) {
          nearest = index;
          nearestDistance = distance;
        }
      });
      return nearest;
    },
  };
}
