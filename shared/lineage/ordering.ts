import { sortSegments, type Rows } from './rows.ts';

export type OrderingOptions = {
  /** How hard to look for fewer crossings; `quick` is linear with a small factor. */
  readonly effort: 'quick' | 'normal' | 'thorough';
  /** Item to start the first order from, per component its first node otherwise. */
  readonly start?: number;
  /**
   * Wished cross position per item (not a number where unknown) of an earlier layout. Items with one keep their
   * order among themselves; only the others look for a place between them.
   */
  readonly wished?: Float64Array;
  /** Positions to take the first order from, instead of a walk; nothing is held to them. */
  readonly suggested?: Float64Array;
};

/**
 * Orders the items of every row so that segments cross as little as sweeps can reach: a good first order (or several),
 * barycentre sweeps in alternating directions of which the best order is kept, then exchanges of neighbours.
 * Changes `rowItem` and `place`, leaves all segment lists sorted, returns the number of crossings left.
 */
export function orderRows(rows: Rows, options: OrderingOptions): number {
  const scratch = createScratch(rows);
  if (options.wished !== undefined) return orderAround(rows, options.wished, scratch);

  const effort = effortOf(rows, options.effort);
  if (options.suggested !== undefined) orderByPosition(rows, estimatePositions(rows, options.suggested));
  else orderBreadthFirst(rows, options.start);
  let fewest = improve(rows, scratch, effort);
  if (effort.starts > 1 && fewest > 0) {
    // Sweeps end in the nearest dip; other first orders end in others. The numbers are drawn from a fixed seed.
    const best = rows.rowItem.slice();
    const random = createRandom(rows.itemCount);
    for (let start = 1; start < effort.starts && fewest > 0; start++) {
      if (start === 1) orderDepthFirst(rows, options.start);
      else shuffle(rows, random);
      const crossings = improve(rows, scratch, effort);
      if (crossings >= fewest) continue;
      fewest = crossings;
      best.set(rows.rowItem);
    }
    rows.rowItem.set(best);
    restorePlaces(rows);
  }
  sortSegments(rows);
  return fewest;
}

/** Sweeps and exchanges from the order that stands; leaves the best order it meets and returns its crossings. */
function improve(rows: Rows, scratch: Scratch, { sweeps, patience, exchanges, thorough }: Effort): number {
  let fewest = countRowCrossings(rows, scratch);
  const best = rows.rowItem.slice();
  let barren = 0;
  for (let round = 0; round < sweeps && fewest > 0 && barren < patience; round++) {
    const forward = (round & 1) === 0;
    sweep(rows, scratch, forward, (round & 2) !== 0);
    if (thorough) exchangeRound(rows, scratch, forward, undefined);
    // Lineage fans out: the way back only loosens an order for the next way forth, and is not worth counting by itself.
    else if (!forward && round + 1 < sweeps) continue;
    const crossings = countRowCrossings(rows, scratch);
    if (crossings < fewest) {
      fewest = crossings;
      best.set(rows.rowItem);
      barren = 0;
    } else barren++;
  }
  rows.rowItem.set(best);
  restorePlaces(rows);
  const stale = new Uint8Array(rows.rowCount).fill(1);
  for (let round = 0; round < exchanges && fewest > 0; round++) {
    const removed = exchangeRound(rows, scratch, (round & 1) === 0, undefined, stale);
    if (removed === 0) break;
    fewest -= removed;
  }
  return fewest;
}

/** Numbers in [0, 1) from a seed (xorshift). */
function createRandom(seed: number): () => number {
  let state = (seed * 2654435761 + 1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 4294967296;
  };
}

function shuffle(rows: Rows, random: () => number): void {
  const { rowCount, rowStart, rowItem } = rows;
  for (let row = 0; row < rowCount; row++) {
    const begin = rowStart[row]!;
    for (let at = rowStart[row + 1]! - 1; at > begin; at--) {
      const other = begin + Math.floor(random() * (at - begin + 1));
      const item = rowItem[at]!;
      rowItem[at] = rowItem[other]!;
      rowItem[other] = item;
    }
  }
  restorePlaces(rows);
}

/** First order: items in the sequence a breadth-first walk over both directions meets them. What is near stands near. */
function orderBreadthFirst(rows: Rows, start: number | undefined): void {
  const { itemCount, rowStart, rowOf, rowItem, nextStart, nextSegment, previousStart, previousSegment } = rows;
  const met = new Uint8Array(itemCount);
  const queue = new Int32Array(itemCount);
  const rowCursor = rowStart.slice(0, rows.rowCount);
  let tail = 0;
  const meet = (item: number): void => {
    if (met[item] === 1) return;
    met[item] = 1;
    queue[tail++] = item;
    rowItem[rowCursor[rowOf[item]!]!++] = item;
  };
  let head = 0;
  const drain = (): void => {
    for (; head < tail; head++) {
      const item = queue[head]!;
      for (let at = nextStart[item]!; at < nextStart[item + 1]!; at++) meet(rows.segmentTo[nextSegment[at]!]!);
      for (let at = previousStart[item]!; at < previousStart[item + 1]!; at++) meet(rows.segmentFrom[previousSegment[at]!]!);
    }
  };
  if (start !== undefined) {
    meet(start);
    drain();
  }
  for (let item = 0; item < itemCount; item++) {
    meet(item);
    drain();
  }
  restorePlaces(rows);
}

type Effort = {
  /** First orders to try. */
  readonly starts: number;
  readonly sweeps: number;
  /** Orders that are counted and no better before it is given up. */
  readonly patience: number;
  /** Rounds of exchanging neighbours at the end. */
  readonly exchanges: number;
  /** Exchange after every sweep, too. */
  readonly thorough: boolean;
};

function effortOf(rows: Rows, effort: OrderingOptions['effort']): Effort {
  const size = rows.itemCount + rows.segmentCount;
  switch (effort) {
    case 'quick':
      return { starts: 1, sweeps: 3, patience: 1, exchanges: 0, thorough: false };
    case 'thorough':
      return { starts: Math.max(3, Math.min(40, Math.round(200_000 / (size + 1)))), sweeps: 40, patience: 8, exchanges: 30, thorough: true };
    case 'normal':
      if (size <= 6_000)
        return { starts: Math.max(1, Math.min(8, Math.round(4_500 / (size + 1)))), sweeps: 16, patience: 4, exchanges: 10, thorough: true };
      if (size <= 80_000) return { starts: 1, sweeps: 9, patience: 1, exchanges: 6, thorough: false };
      return { starts: 1, sweeps: 5, patience: 1, exchanges: 3, thorough: false };
  }
}

type Scratch = {
  readonly key: Float64Array;
  readonly slot: Int32Array;
  readonly moved: Int32Array;
  readonly cursor: Int32Array;
  readonly tree: Int32Array;
};

function createScratch(rows: Rows): Scratch {
  let widest = 1;
  for (let row = 0; row < rows.rowCount; row++) widest = Math.max(widest, rows.rowStart[row + 1]! - rows.rowStart[row]!);
  return {
    key: new Float64Array(widest),
    slot: new Int32Array(widest),
    moved: new Int32Array(widest),
    cursor: new Int32Array(rows.itemCount),
    tree: new Int32Array(widest + 1),
  };
}

function restorePlaces(rows: Rows): void {
  const { rowStart, rowItem, place, rowCount } = rows;
  for (let row = 0; row < rowCount; row++) {
    for (let at = rowStart[row]!; at < rowStart[row + 1]!; at++) place[rowItem[at]!] = at - rowStart[row]!;
  }
}

/**
 * Another first order: items in the sequence a depth-first walk over both directions meets them. What hangs together is
 * met together, so trees start without a crossing.
 */
function orderDepthFirst(rows: Rows, start: number | undefined): void {
  const { itemCount, rowStart, rowOf, rowItem, place, nextStart, nextSegment, previousStart, previousSegment } = rows;
  const met = new Uint8Array(itemCount);
  const stack = new Int32Array(itemCount);
  const nextCursor = nextStart.slice(0, itemCount);
  const previousCursor = previousStart.slice(0, itemCount);
  const rowCursor = rowStart.slice(0, rows.rowCount);
  const meet = (item: number): void => {
    met[item] = 1;
    const row = rowOf[item]!;
    place[item] = rowCursor[row]! - rowStart[row]!;
    rowItem[rowCursor[row]!++] = item;
  };
  const walk = (from: number): void => {
    let depth = 0;
    stack[depth++] = from;
    meet(from);
    while (depth > 0) {
      const item = stack[depth - 1]!;
      let other = -1;
      while (other === -1 && nextCursor[item]! < nextStart[item + 1]!) {
        const candidate = rows.segmentTo[nextSegment[nextCursor[item]!++]!]!;
        if (met[candidate] === 0) other = candidate;
      }
      while (other === -1 && previousCursor[item]! < previousStart[item + 1]!) {
        const candidate = rows.segmentFrom[previousSegment[previousCursor[item]!++]!]!;
        if (met[candidate] === 0) other = candidate;
      }
      if (other === -1) depth--;
      else {
        meet(other);
        stack[depth++] = other;
      }
    }
  };
  if (start !== undefined) walk(start);
  for (let item = 0; item < itemCount; item++) if (met[item] === 0) walk(item);
}

/** One sweep: each row is sorted by the mean place of its neighbours in the row before (or after). */
function sweep(rows: Rows, scratch: Scratch, forward: boolean, lateFirst: boolean): void {
  const { rowCount } = rows;
  // A function for each level of the loops: in one, engines leave what they compiled of the innermost with every row, and begin anew.
  for (let step = 0; step < rowCount; step++) sweepRow(rows, scratch, forward ? step : rowCount - 1 - step, forward, lateFirst);
}

function sweepRow(rows: Rows, scratch: Scratch, row: number, forward: boolean, lateFirst: boolean): void {
  const { rowStart, rowItem, place } = rows;
  const { key, slot, moved } = scratch;
  const begin = rowStart[row]!;
  const size = rowStart[row + 1]! - begin;
  if (size < 2) return;
  const start = forward ? rows.previousStart : rows.nextStart;
  const list = forward ? rows.previousSegment : rows.nextSegment;
  const other = forward ? rows.segmentFrom : rows.segmentTo;
  let count = 0;
  for (let at = 0; at < size; at++) {
    const item = rowItem[begin + at]!;
    const first = start[item]!;
    const last = start[item + 1]!;
    if (first === last) continue;
    // The mean in 1/1024 steps and the item's rank packed into one number: sorting numbers is quick and stable.
    key[count] = Math.round((sumOfPlaces(place, other, list, first, last) / (last - first)) * 1024) * 4194304 + (lateFirst ? size - 1 - at : at);
    slot[count++] = at;
  }
  if (count < 2) return;
  if (!sortNumbers(key, count)) return;
  for (let index = 0; index < count; index++) {
    const packed = key[index]!;
    const rank = packed - Math.floor(packed / 4194304) * 4194304;
    moved[index] = rowItem[begin + (lateFirst ? size - 1 - rank : rank)]!;
  }
  for (let index = 0; index < count; index++) {
    const at = slot[index]!;
    rowItem[begin + at] = moved[index]!;
    place[moved[index]!] = at;
  }
}

function sumOfPlaces(place: Int32Array, other: Int32Array, list: Int32Array, first: number, last: number): number {
  let sum = 0;
  for (let index = first; index < last; index++) sum += place[other[list[index]!]!]!;
  return sum;
}

/** Sorts the first `count` numbers ascending; false when they already were. */
function sortNumbers(values: Float64Array, count: number): boolean {
  let sorted = true;
  for (let index = 1; index < count; index++) {
    if (values[index]! < values[index - 1]!) {
      sorted = false;
      break;
    }
  }
  if (sorted) return false;
  if (count > 40) {
    values.subarray(0, count).sort();
    return true;
  }
  for (let index = 1; index < count; index++) {
    const value = values[index]!;
    let at = index - 1;
    while (at >= 0 && values[at]! > value) {
      values[at + 1] = values[at]!;
      at--;
    }
    values[at + 1] = value;
  }
  return true;
}

/** Sorts the segments of one row's items by the other end's place in the row before. */
function sortRowPrevious(rows: Rows, row: number, cursor: Int32Array): void {
  const { rowStart, rowItem, previousStart, previousSegment, nextStart, nextSegment, segmentTo } = rows;
  for (let at = rowStart[row]!; at < rowStart[row + 1]!; at++) cursor[rowItem[at]!] = previousStart[rowItem[at]!]!;
  if (row === 0) return;
  for (let at = rowStart[row - 1]!; at < rowStart[row]!; at++) {
    const item = rowItem[at]!;
    for (let index = nextStart[item]!; index < nextStart[item + 1]!; index++) {
      const segment = nextSegment[index]!;
      previousSegment[cursor[segmentTo[segment]!]!++] = segment;
    }
  }
}

function sortRowNext(rows: Rows, row: number, cursor: Int32Array): void {
  const { rowStart, rowItem, rowCount, previousStart, previousSegment, nextStart, nextSegment, segmentFrom } = rows;
  for (let at = rowStart[row]!; at < rowStart[row + 1]!; at++) cursor[rowItem[at]!] = nextStart[rowItem[at]!]!;
  if (row + 1 === rowCount) return;
  for (let at = rowStart[row + 1]!; at < rowStart[row + 2]!; at++) {
    const item = rowItem[at]!;
    for (let index = previousStart[item]!; index < previousStart[item + 1]!; index++) {
      const segment = previousSegment[index]!;
      nextSegment[cursor[segmentFrom[segment]!]!++] = segment;
    }
  }
}

/** Crossings of all segments, by counting inversions with a Fenwick tree: O(S log width). The order of a node's segments doesn't matter. */
export function countRowCrossings(rows: Rows, scratch: { readonly tree: Int32Array } = createScratch(rows)): number {
  const { rowCount, rowStart, rowItem, place, nextStart, nextSegment, segmentTo } = rows;
  const { tree } = scratch;
  let crossings = 0;
  for (let row = 0; row + 1 < rowCount; row++) {
    const width = rowStart[row + 2]! - rowStart[row + 1]!;
    if (width < 2 || rowStart[row + 1]! - rowStart[row]! < 2) continue;
    tree.fill(0, 0, width + 1);
    let inserted = 0;
    let farthest = 0;
    for (let at = rowStart[row]!; at < rowStart[row + 1]!; at++) {
      const item = rowItem[at]!;
      const first = nextStart[item]!;
      const last = nextStart[item + 1]!;
      // Segments that share their end do not cross: count first, insert after.
      for (let index = first; index < last; index++) {
        let node = place[segmentTo[nextSegment[index]!]!]! + 1;
        // In a good order most end beyond all before them.
        if (node >= farthest) continue;
        let notBeyond = 0;
        while (node > 0) {
          notBeyond += tree[node]!;
          node &= node - 1;
        }
        crossings += inserted - notBeyond;
      }
      for (let index = first; index < last; index++) {
        let node = place[segmentTo[nextSegment[index]!]!]! + 1;
        if (node > farthest) farthest = node;
        while (node <= width) {
          tree[node]!++;
          node += node & -node;
        }
      }
      inserted += last - first;
    }
  }
  return crossings;
}

/**
 * Exchanges neighbours in every row wherever that removes crossings on both sides together; returns how many it removed.
 * Two items that both have a wished position are never exchanged. With `stale` only rows marked in it are looked at; those that a change
 * may have given a new chance are marked for the next round.
 */
function exchangeRound(rows: Rows, scratch: Scratch, forward: boolean, wished: Float64Array | undefined, stale?: Uint8Array): number {
  const { rowCount, rowStart, rowItem, place } = rows;
  let removed = 0;
  for (let step = 0; step < rowCount; step++) {
    const row = forward ? step : rowCount - 1 - step;
    const begin = rowStart[row]!;
    const end = rowStart[row + 1]!;
    if (stale !== undefined) {
      if (stale[row] === 0) continue;
      stale[row] = 0;
    }
    if (end - begin < 2) continue;
    const before = removed;
    sortRowPrevious(rows, row, scratch.cursor);
    sortRowNext(rows, row, scratch.cursor);
    for (let pass = 0; pass < 3; pass++) {
      let improved = 0;
      for (let at = begin; at + 1 < end; at++) {
        const first = rowItem[at]!;
        const second = rowItem[at + 1]!;
        if (wished !== undefined && !Number.isNaN(wished[first]!) && !Number.isNaN(wished[second]!)) continue;
        const gain = exchangeGain(rows, first, second);
        if (gain > 0) {
          rowItem[at] = second;
          rowItem[at + 1] = first;
          place[second] = at - begin;
          place[first] = at + 1 - begin;
          improved += gain;
        }
      }
      removed += improved;
      if (improved === 0) break;
    }
    if (stale !== undefined && removed > before) {
      if (row > 0) stale[row - 1] = 1;
      if (row + 1 < rowCount) stale[row + 1] = 1;
    }
  }
  return removed;
}

function exchangeGain(rows: Rows, first: number, second: number): number {
  return (
    sideGain(rows.previousStart, rows.previousSegment, rows.segmentFrom, rows.place, first, second) +
    sideGain(rows.nextStart, rows.nextSegment, rows.segmentTo, rows.place, first, second)
  );
}

/** Crossings now minus crossings after exchanging, on one side; both lists are sorted, so one merge counts both. */
function sideGain(start: Int32Array, list: Int32Array, other: Int32Array, place: Int32Array, first: number, second: number): number {
  const firstBegin = start[first]!;
  const firstEnd = start[first + 1]!;
  const secondBegin = start[second]!;
  const secondEnd = start[second + 1]!;
  if (firstBegin === firstEnd || secondBegin === secondEnd) return 0;
  let gain = 0;
  let below = secondBegin;
  let notAbove = secondBegin;
  for (let index = firstBegin; index < firstEnd; index++) {
    const at = place[other[list[index]!]!]!;
    while (below < secondEnd && place[other[list[below]!]!]! < at) below++;
    while (notAbove < secondEnd && place[other[list[notAbove]!]!]! <= at) notAbove++;
    gain += below - secondBegin - (secondEnd - notAbove);
  }
  return gain;
}

/**
 * Order around what stood: items with a wished position are sorted by it and stay in that order; the others start at the
 * mean of their neighbours and may only be exchanged with each other or pass between.
 */
function orderAround(rows: Rows, wished: Float64Array, scratch: Scratch): number {
  const { itemCount } = rows;
  orderByPosition(rows, estimatePositions(rows, wished));
  const rounds = itemCount <= 20_000 ? 12 : 3;
  const stale = new Uint8Array(rows.rowCount).fill(1);
  for (let round = 0; round < rounds; round++) {
    if (exchangeRound(rows, scratch, (round & 1) === 0, wished, stale) === 0) break;
  }
  const crossings = countRowCrossings(rows, scratch);
  sortSegments(rows);
  return crossings;
}

function orderByPosition(rows: Rows, position: Float64Array): void {
  const { rowCount, rowStart, rowItem } = rows;
  for (let row = 0; row < rowCount; row++) {
    const order = Array.from(rowItem.subarray(rowStart[row]!, rowStart[row + 1]!));
    order.sort((first, second) => position[first]! - position[second]! || first - second);
    rowItem.set(order, rowStart[row]!);
  }
  restorePlaces(rows);
}

/** Wished positions, and for everything else the mean of what its neighbours have, spread outwards breadth first. */
function estimatePositions(rows: Rows, wished: Float64Array): Float64Array {
  const { itemCount, nextStart, nextSegment, previousStart, previousSegment, segmentFrom, segmentTo } = rows;
  const estimate = wished.slice();
  const queue = new Int32Array(itemCount);
  const queued = new Uint8Array(itemCount);
  let tail = 0;
  for (let item = 0; item < itemCount; item++) {
    if (Number.isNaN(estimate[item]!)) continue;
    queued[item] = 1;
    queue[tail++] = item;
  }
  for (let head = 0; head < tail; head++) {
    const item = queue[head]!;
    if (Number.isNaN(estimate[item]!)) {
      let sum = 0;
      let count = 0;
      for (let index = nextStart[item]!; index < nextStart[item + 1]!; index++) {
        const value = estimate[segmentTo[nextSegment[index]!]!]!;
        if (!Number.isNaN(value)) {
          sum += value;
          count++;
        }
      }
      for (let index = previousStart[item]!; index < previousStart[item + 1]!; index++) {
        const value = estimate[segmentFrom[previousSegment[index]!]!]!;
        if (!Number.isNaN(value)) {
          sum += value;
          count++;
        }
      }
      estimate[item] = sum / count;
    }
    for (let index = nextStart[item]!; index < nextStart[item + 1]!; index++) {
      const other = segmentTo[nextSegment[index]!]!;
      if (queued[other] === 0) {
        queued[other] = 1;
        queue[tail++] = other;
      }
    }
    for (let index = previousStart[item]!; index < previousStart[item + 1]!; index++) {
      const other = segmentFrom[previousSegment[index]!]!;
      if (queued[other] === 0) {
        queued[other] = 1;
        queue[tail++] = other;
      }
    }
  }
  // Components in which nothing stood come after everything that did, in the order in which they are given.
  let last = 0;
  for (let item = 0; item < itemCount; item++) if (wished[item]! > last) last = wished[item]!;
  for (let item = 0; item < itemCount; item++) if (Number.isNaN(estimate[item]!)) estimate[item] = last + 1 + item;
  return estimate;
}
