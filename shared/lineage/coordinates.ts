import type { Rows } from './rows.ts';

export type Spacing = {
  /** Free room between two nodes of a row, in pixels across the layers. */
  readonly betweenNodes: number;
  /** Free room between a node and an edge that passes it. */
  readonly besideNode: number;
  /** Distance of two edges that pass side by side. */
  readonly betweenEdges: number;
};

export const defaultSpacing: Spacing = { betweenNodes: 20, besideNode: 14, betweenEdges: 10 };

/** Least distance of the centres of two neighbours of a row. */
export function separation(rows: Rows, size: Float32Array, spacing: Spacing, first: number, second: number): number {
  const firstIsBend = first >= rows.nodeCount;
  const secondIsBend = second >= rows.nodeCount;
  const gap = firstIsBend && secondIsBend ? spacing.betweenEdges : firstIsBend || secondIsBend ? spacing.besideNode : spacing.betweenNodes;
  return (size[first]! + size[second]!) / 2 + gap;
}

/**
 * Positions across the layers (centres), after the method of Brandes and Köpf: items are aligned with the median of
 * their neighbours into straight blocks in four ways (towards earlier or later rows, from either side), each set of blocks is
 * compacted, and every item takes the mean of its two middle positions. Long edges come out straight; so does
 * the main path, whose segments (`straight`) win over all others. Linear in items and segments.
 *
 * `rows` must have sorted segments. `size` is the extent of each item across the layers (0 for bends).
 */
export function assignCrossPositions(rows: Rows, size: Float32Array, straight: Uint8Array, spacing: Spacing = defaultSpacing): Float64Array {
  const { itemCount } = rows;
  const marked = markConflicts(rows, straight);
  const layouts: Float64Array[] = [];
  const work = createWork(rows, size, spacing);
  for (const towardsEarlier of [true, false]) {
    for (const fromFirst of [true, false]) {
      align(rows, marked, straight, towardsEarlier, fromFirst, work);
      layouts.push(compact(rows, fromFirst, work));
    }
  }
  const position = balance(rows, layouts, itemCount);
  const main = markMainItems(rows, straight);
  tighten(rows, size, spacing, position, main);
  level(rows, size, spacing, position, main);
  return position;
}

/** Height of a component may exceed that of its fullest row by this factor before it is tightened. */
const looseness = 1.35;

/**
 * Straight blocks can push a large drawing far apart. Such a component is scaled down to little more than its fullest
 * row needs, and every row then takes the nearest positions that keep the distances: what was level stays level
 * wherever there is room.
 */
function tighten(rows: Rows, size: Float32Array, spacing: Spacing, position: Float64Array, main: Uint8Array): void {
  const { componentCount, componentRow, rowStart, rowItem } = rows;
  const solver = createRowSolver(rows);
  // The main path stays level: the others make way for it.
  const weight = Float64Array.from(main, (isMain) => (isMain === 1 ? 1e6 : 1));
  const target = position.slice();
  for (let component = 0; component < componentCount; component++) {
    let fullest = 0;
    let least = Infinity;
    let most = -Infinity;
    for (let row = componentRow[component]!; row < componentRow[component + 1]!; row++) {
      const begin = rowStart[row]!;
      const end = rowStart[row + 1]!;
      if (begin === end) continue;
      let length = 0;
      for (let at = begin + 1; at < end; at++) length += separation(rows, size, spacing, rowItem[at - 1]!, rowItem[at]!);
      if (length > fullest) fullest = length;
      least = Math.min(least, position[rowItem[begin]!]!);
      most = Math.max(most, position[rowItem[end - 1]!]!);
    }
    const allowed = fullest * looseness + 200;
    if (most - least <= allowed) continue;
    const scale = allowed / (most - least);
    const middle = (least + most) / 2;
    for (let row = componentRow[component]!; row < componentRow[component + 1]!; row++) {
      for (let at = rowStart[row]!; at < rowStart[row + 1]!; at++) target[rowItem[at]!] = middle + (position[rowItem[at]!]! - middle) * scale;
      solver(row, size, spacing, target, weight, position);
    }
  }
}

type Work = {
  readonly root: Int32Array;
  readonly chain: Int32Array;
  readonly waiting: Int32Array;
  readonly order: Int32Array;
  readonly reserved: Int32Array;
  /** The neighbours of an item in its row, -1 at the ends, and the least distances to them. */
  readonly above: Int32Array;
  readonly below: Int32Array;
  readonly distanceAbove: Float64Array;
  readonly distanceBelow: Float64Array;
  /** What an item is joined to in the rows before and after: `joinedItem[joinedStart[i] … joinedStart[i + 1]]`. */
  readonly joinedStart: Int32Array;
  readonly joinedItem: Int32Array;
  /** The same of blocks, filled for each set of them. */
  readonly joinStart: Int32Array;
  readonly join: Int32Array;
};

function createWork(rows: Rows, size: Float32Array, spacing: Spacing): Work {
  const { itemCount, rowCount, rowStart, rowItem } = rows;
  const above = new Int32Array(itemCount).fill(-1);
  const below = new Int32Array(itemCount).fill(-1);
  const distanceAbove = new Float64Array(itemCount);
  const distanceBelow = new Float64Array(itemCount);
  for (let row = 0; row < rowCount; row++) {
    for (let at = rowStart[row]! + 1; at < rowStart[row + 1]!; at++) {
      const first = rowItem[at - 1]!;
      const second = rowItem[at]!;
      const distance = separation(rows, size, spacing, first, second);
      below[first] = second;
      above[second] = first;
      distanceBelow[first] = distance;
      distanceAbove[second] = distance;
    }
  }
  const { previousStart, previousSegment, nextStart, nextSegment, segmentFrom, segmentTo } = rows;
  const joinedStart = new Int32Array(itemCount + 1);
  const joinedItem = new Int32Array(2 * rows.segmentCount);
  let joined = 0;
  for (let item = 0; item < itemCount; item++) {
    for (let index = previousStart[item]!; index < previousStart[item + 1]!; index++) joinedItem[joined++] = segmentFrom[previousSegment[index]!]!;
    for (let index = nextStart[item]!; index < nextStart[item + 1]!; index++) joinedItem[joined++] = segmentTo[nextSegment[index]!]!;
    joinedStart[item + 1] = joined;
  }
  return {
    joinedStart,
    joinedItem,
    joinStart: new Int32Array(itemCount + 1),
    join: new Int32Array(2 * rows.segmentCount),
    root: new Int32Array(itemCount),
    chain: new Int32Array(itemCount),
    waiting: new Int32Array(itemCount),
    order: new Int32Array(itemCount),
    reserved: new Int32Array(itemCount),
    above,
    below,
    distanceAbove,
    distanceBelow,
  };
}

/** Segments that cross a stronger one (main path before bends of long edges before the rest) must not be aligned. */
function markConflicts(rows: Rows, straight: Uint8Array): Uint8Array {
  const { nodeCount, rowCount, rowStart, rowItem, place, previousStart, previousSegment, segmentFrom } = rows;
  const marked = new Uint8Array(rows.segmentCount);
  for (let row = 1; row < rowCount; row++) {
    const begin = rowStart[row]!;
    const end = rowStart[row + 1]!;
    let mainFrom = -1;
    let mainTo = -1;
    for (let at = begin; at < end && mainFrom === -1; at++) {
      const item = rowItem[at]!;
      for (let index = previousStart[item]!; index < previousStart[item + 1]!; index++) {
        const segment = previousSegment[index]!;
        if (straight[segment] === 1) {
          mainFrom = place[segmentFrom[segment]!]!;
          mainTo = at - begin;
        }
      }
    }
    if (mainFrom !== -1) {
      for (let at = begin; at < end; at++) {
        const item = rowItem[at]!;
        for (let index = previousStart[item]!; index < previousStart[item + 1]!; index++) {
          const segment = previousSegment[index]!;
          const from = place[segmentFrom[segment]!]!;
          if ((at - begin < mainTo && from > mainFrom) || (at - begin > mainTo && from < mainFrom)) marked[segment] = 1;
        }
      }
    }
    let lowest = 0;
    let scanned = begin;
    const widthBefore = rowStart[row]! - rowStart[row - 1]!;
    for (let at = begin; at < end; at++) {
      const item = rowItem[at]!;
      let highest = -1;
      if (item >= nodeCount) {
        const segment = previousSegment[previousStart[item]!]!;
        if (segmentFrom[segment]! >= nodeCount && marked[segment] === 0) highest = place[segmentFrom[segment]!]!;
      }
      if (highest === -1 && at + 1 < end) continue;
      if (highest === -1) highest = widthBefore - 1;
      for (; scanned <= at; scanned++) {
        const other = rowItem[scanned]!;
        for (let index = previousStart[other]!; index < previousStart[other + 1]!; index++) {
          const segment = previousSegment[index]!;
          const from = place[segmentFrom[segment]!]!;
          if (from >= lowest && from <= highest) continue;
          const inner = other >= nodeCount && segmentFrom[segment]! >= nodeCount;
          if (!inner && straight[segment] === 0) marked[segment] = 1;
        }
      }
      lowest = highest;
    }
  }
  return marked;
}

/** Joins items with a median neighbour into blocks: `root` names the block, `chain` leads round its items. */
function align(rows: Rows, marked: Uint8Array, straight: Uint8Array, towardsEarlier: boolean, fromFirst: boolean, work: Work): void {
  const { itemCount, rowCount, rowStart, rowItem, place } = rows;
  const start = towardsEarlier ? rows.previousStart : rows.nextStart;
  const list = towardsEarlier ? rows.previousSegment : rows.nextSegment;
  const far = towardsEarlier ? rows.segmentFrom : rows.segmentTo;
  const { root, chain, reserved } = work;
  // What the main path leaves through one segment is not taken by another.
  reserved.fill(-1);
  for (let segment = 0; segment < rows.segmentCount; segment++) if (straight[segment] === 1) reserved[far[segment]!] = segment;
  for (let item = 0; item < itemCount; item++) {
    root[item] = item;
    chain[item] = item;
  }
  for (let step = 0; step < rowCount; step++) {
    const row = towardsEarlier ? step : rowCount - 1 - step;
    const begin = rowStart[row]!;
    const end = rowStart[row + 1]!;
    let limit = fromFirst ? -1 : 0x7fff_ffff;
    for (let index = 0; index < end - begin; index++) {
      const item = rowItem[fromFirst ? begin + index : end - 1 - index]!;
      const first = start[item]!;
      const degree = start[item + 1]! - first;
      if (degree === 0) continue;
      let low = first + ((degree - 1) >> 1);
      let high = first + (degree >> 1);
      for (let at = first; at < first + degree; at++) {
        if (straight[list[at]!] === 1) {
          low = at;
          high = at;
          break;
        }
      }
      for (let turn = 0; turn < 2 && chain[item] === item; turn++) {
        const segment = list[(turn === 0) === fromFirst ? low : high]!;
        if (turn === 1 && low === high) break;
        const other = far[segment]!;
        const at = place[other]!;
        if (marked[segment] === 1 || (reserved[other] !== -1 && reserved[other] !== segment) || (fromFirst ? at <= limit : at >= limit)) continue;
        chain[other] = item;
        root[item] = root[other]!;
        chain[item] = root[item]!;
        limit = at;
      }
    }
  }
}

/**
 * Places the blocks: first as near to their side as the others allow, then, keeping every distance, in a few passes towards
 * the mean of what they are joined to. Works mirrored when it comes from the last item.
 */
function compact(rows: Rows, fromFirst: boolean, work: Work): Float64Array {
  const { itemCount } = rows;
  const { root, chain, waiting, order } = work;
  // Mirrored, what stands after an item is what stood before it; distances are the same.
  const after = fromFirst ? work.below : work.above;
  const before = fromFirst ? work.above : work.below;
  const distanceAfter = fromFirst ? work.distanceBelow : work.distanceAbove;
  const distanceBefore = fromFirst ? work.distanceAbove : work.distanceBelow;
  const position = new Float64Array(itemCount);
  waiting.fill(0);
  for (let item = 0; item < itemCount; item++) if (before[item] !== -1) waiting[root[item]!]!++;
  let tail = 0;
  for (let item = 0; item < itemCount; item++) if (root[item] === item && waiting[item] === 0) order[tail++] = item;
  for (let head = 0; head < tail; head++) {
    const block = order[head]!;
    let item = block;
    do {
      const next = after[item]!;
      if (next !== -1) {
        const other = root[next]!;
        const least = position[block]! + distanceAfter[item]!;
        if (least > position[other]!) position[other] = least;
        if (--waiting[other]! === 0) order[tail++] = other;
      }
      item = chain[item]!;
    } while (item !== block);
  }

  // What each block is joined to outside itself, block after block in their order: the passes read it again and again.
  const { joinStart, join, joinedItem, joinedStart } = work;
  let joins = 0;
  for (let head = 0; head < tail; head++) {
    const block = order[head]!;
    joinStart[head] = joins;
    let item = block;
    do {
      for (let index = joinedStart[item]!; index < joinedStart[item + 1]!; index++) {
        const other = root[joinedItem[index]!]!;
        if (other !== block) join[joins++] = other;
      }
      item = chain[item]!;
    } while (item !== block);
  }
  joinStart[tail] = joins;
  /** Mean position of what the block at a place of the order is joined to; not a number when nothing is. */
  const wish = (head: number): number => {
    const first = joinStart[head]!;
    const last = joinStart[head + 1]!;
    let sum = 0;
    for (let index = first; index < last; index++) sum += position[join[index]!]!;
    return sum / (last - first);
  };
  for (let pass = 0; pass < 2; pass++) {
    for (let head = tail - 1; head >= 0; head--) {
      const block = order[head]!;
      let room = wish(head);
      if (!(room > position[block]!)) continue;
      let item = block;
      do {
        const next = after[item]!;
        if (next !== -1) room = Math.min(room, position[root[next]!]! - distanceAfter[item]!);
        item = chain[item]!;
      } while (item !== block);
      if (room > position[block]!) position[block] = room;
    }
    for (let head = 0; head < tail; head++) {
      const block = order[head]!;
      let room = wish(head);
      if (!(room < position[block]!)) continue;
      let item = block;
      do {
        const previous = before[item]!;
        if (previous !== -1) room = Math.max(room, position[root[previous]!]! + distanceBefore[item]!);
        item = chain[item]!;
      } while (item !== block);
      if (room < position[block]!) position[block] = room;
    }
  }
  const result = new Float64Array(itemCount);
  for (let item = 0; item < itemCount; item++) result[item] = fromFirst ? position[root[item]!]! : -position[root[item]!]!;
  return result;
}

/** Per component the four results are shifted onto the narrowest one; each item takes the mean of its middle two. */
function balance(rows: Rows, layouts: readonly Float64Array[], itemCount: number): Float64Array {
  const { componentCount, componentRow, rowStart, rowItem } = rows;
  const result = new Float64Array(itemCount);
  const [a, b, c, d] = layouts as [Float64Array, Float64Array, Float64Array, Float64Array];
  const shift = [0, 0, 0, 0];
  const low = [0, 0, 0, 0];
  const high = [0, 0, 0, 0];
  for (let component = 0; component < componentCount; component++) {
    const begin = rowStart[componentRow[component]!]!;
    const end = rowStart[componentRow[component + 1]!]!;
    let narrowest = 0;
    for (let index = 0; index < 4; index++) {
      const layout = layouts[index]!;
      let least = Infinity;
      let most = -Infinity;
      for (let at = begin; at < end; at++) {
        const value = layout[rowItem[at]!]!;
        if (value < least) least = value;
        if (value > most) most = value;
      }
      low[index] = least;
      high[index] = most;
      if (most - least < high[narrowest]! - low[narrowest]!) narrowest = index;
    }
    // Even entries came from the first item and align at their low end, odd ones at their high end.
    for (let index = 0; index < 4; index++) {
      shift[index] = (index & 1) === 0 ? low[narrowest]! - low[index]! : high[narrowest]! - high[index]!;
    }
    for (let at = begin; at < end; at++) {
      const item = rowItem[at]!;
      const p = a[item]! + shift[0]!;
      const q = b[item]! + shift[1]!;
      const r = c[item]! + shift[2]!;
      const s = d[item]! + shift[3]!;
      const sum = p + q + r + s;
      result[item] = (sum - Math.min(p, q, r, s) - Math.max(p, q, r, s)) / 2;
    }
  }
  return result;
}

/** Items on the main path. */
function markMainItems(rows: Rows, straight: Uint8Array): Uint8Array {
  const main = new Uint8Array(rows.itemCount);
  for (let segment = 0; segment < rows.segmentCount; segment++) {
    if (straight[segment] === 0) continue;
    main[rows.segmentFrom[segment]!] = 1;
    main[rows.segmentTo[segment]!] = 1;
  }
  return main;
}

/** Where two items are joined only to each other across a gap, a small step between them is taken out if one of them has the room. */
function level(rows: Rows, size: Float32Array, spacing: Spacing, position: Float64Array, main: Uint8Array): void {
  const { rowCount, rowStart, rowItem, previousStart, previousSegment, nextStart, nextSegment, segmentFrom, segmentTo } = rows;
  const most = 40;
  const settle = (row: number, at: number, item: number, wish: number): void => {
    if (main[item] === 1 || wish === position[item] || Math.abs(wish - position[item]!) > most) return;
    if (at > rowStart[row]!) {
      const above = rowItem[at - 1]!;
      if (wish < position[above]! + separation(rows, size, spacing, above, item)) return;
    }
    if (at + 1 < rowStart[row + 1]!) {
      const below = rowItem[at + 1]!;
      if (wish > position[below]! - separation(rows, size, spacing, item, below)) return;
    }
    position[item] = wish;
  };
  for (let row = 0; row < rowCount; row++) {
    for (let at = rowStart[row]!; at < rowStart[row + 1]!; at++) {
      const item = rowItem[at]!;
      if (previousStart[item + 1]! - previousStart[item]! !== 1) continue;
      const before = segmentFrom[previousSegment[previousStart[item]!]!]!;
      if (nextStart[before + 1]! - nextStart[before]! === 1) settle(row, at, item, position[before]!);
    }
  }
  for (let row = rowCount - 1; row >= 0; row--) {
    for (let at = rowStart[row]!; at < rowStart[row + 1]!; at++) {
      const item = rowItem[at]!;
      if (nextStart[item + 1]! - nextStart[item]! !== 1) continue;
      const after = segmentTo[nextSegment[nextStart[item]!]!]!;
      if (previousStart[after + 1]! - previousStart[after]! === 1) settle(row, at, item, position[after]!);
    }
  }
}

/**
 * Positions around what stood: every row is solved exactly (least squares under the separation constraints, by pooling
 * adjacent violators), items with a wished position weighing so much that they move only when there is no room for the
 * others, and then as little as possible.
 */
export function settleAround(rows: Rows, size: Float32Array, wished: Float64Array, spacing: Spacing = defaultSpacing): Float64Array {
  const { itemCount, rowCount, rowStart, rowItem, previousStart, previousSegment, nextStart, nextSegment, segmentFrom, segmentTo } = rows;
  const position = wished.slice();
  const target = new Float64Array(itemCount);
  const weight = new Float64Array(itemCount);
  for (let item = 0; item < itemCount; item++) {
    weight[item] = Number.isNaN(wished[item]!) ? (item >= rows.nodeCount ? 4 : 1) : 1e7;
  }
  const solver = createRowSolver(rows);
  for (let pass = 0; pass < 8; pass++) {
    const forward = (pass & 1) === 0;
    for (let step = 0; step < rowCount; step++) {
      const row = forward ? step : rowCount - 1 - step;
      let known = false;
      for (let at = rowStart[row]!; at < rowStart[row + 1]!; at++) {
        const item = rowItem[at]!;
        let value = wished[item]!;
        if (Number.isNaN(value)) {
          let sum = 0;
          let count = 0;
          for (let index = previousStart[item]!; index < previousStart[item + 1]!; index++) {
            const other = position[segmentFrom[previousSegment[index]!]!]!;
            if (!Number.isNaN(other)) {
              sum += other;
              count++;
            }
          }
          for (let index = nextStart[item]!; index < nextStart[item + 1]!; index++) {
            const other = position[segmentTo[nextSegment[index]!]!]!;
            if (!Number.isNaN(other)) {
              sum += other;
              count++;
            }
          }
          value = count === 0 ? Number.NaN : sum / count;
        }
        target[item] = value;
        known ||= !Number.isNaN(value);
      }
      if (!known && pass + 1 < 8) continue;
      solver(row, size, spacing, target, weight, position);
    }
  }
  return position;
}

/** Solves one row at a time; items whose target is not known follow the one before them. */
function createRowSolver(rows: Rows) {
  const { rowStart, rowItem } = rows;
  let widest = 1;
  for (let row = 0; row < rows.rowCount; row++) widest = Math.max(widest, rowStart[row + 1]! - rowStart[row]!);
  const offset = new Float64Array(widest);
  const poolSum = new Float64Array(widest);
  const poolWeight = new Float64Array(widest);
  const poolEnd = new Int32Array(widest);
  return (row: number, size: Float32Array, spacing: Spacing, target: Float64Array, weight: Float64Array, position: Float64Array): void => {
    const begin = rowStart[row]!;
    const count = rowStart[row + 1]! - begin;
    let pools = 0;
    let lastWish = 0;
    let firstWish = Number.NaN;
    for (let at = 0; at < count; at++) {
      const item = rowItem[begin + at]!;
      offset[at] = at === 0 ? 0 : offset[at - 1]! + separation(rows, size, spacing, rowItem[begin + at - 1]!, item);
      if (Number.isNaN(firstWish) && !Number.isNaN(target[item]!)) firstWish = target[item]! - offset[at]!;
    }
    lastWish = Number.isNaN(firstWish) ? 0 : firstWish;
    for (let at = 0; at < count; at++) {
      const item = rowItem[begin + at]!;
      const known = !Number.isNaN(target[item]!);
      const wish = known ? target[item]! - offset[at]! : lastWish;
      lastWish = wish;
      const load = known ? weight[item]! : 1e-3;
      poolSum[pools] = wish * load;
      poolWeight[pools] = load;
      poolEnd[pools] = at + 1;
      pools++;
      while (pools > 1 && poolSum[pools - 2]! * poolWeight[pools - 1]! > poolSum[pools - 1]! * poolWeight[pools - 2]!) {
        poolSum[pools - 2]! += poolSum[pools - 1]!;
        poolWeight[pools - 2]! += poolWeight[pools - 1]!;
        poolEnd[pools - 2] = poolEnd[pools - 1]!;
        pools--;
      }
    }
    let at = 0;
    for (let pool = 0; pool < pools; pool++) {
      const value = poolSum[pool]! / poolWeight[pool]!;
      for (; at < poolEnd[pool]!; at++) position[rowItem[begin + at]!] = value + offset[at]!;
    }
  };
}
