/**
 * Nodes of which very many hang on one other node and on nothing else (the uses of a dataset) would stand in one column, thin as a thread. They stand in a
 * block of several columns instead: for the layout the block is one node, afterwards its members get places in it.
 */
import type { Spacing } from './coordinates.ts';
import { noLayer } from './layering.ts';
import type { Columns, LayoutDirection, LayoutInput, LayoutResult, PreviousLayout } from './layout.ts';

/** So many neighbours of one node make a block. Fewer can be followed in a column. */
export const blockFrom = 60;
/** Free room between two columns of a block, in pixels: lines turn in it. */
const columnRoom = 44;
/** Width to height that a block aims at: about a window's. */
const aspect = 1.6;
/** How far from its card a line of a block turns, in pixels. */
const turn = 6;

/**
 * Edges that run on within a block, behind its first column: from far away hundreds of them lie on one another and say nothing that the block doesn't.
 * Undefined where there are no blocks.
 */
export function edgesWithinBlocks({ source, target }: Pick<LayoutInput, 'source' | 'target'>, { block, direction, routes }: Pick<LayoutResult, 'block' | 'direction' | 'routes'>): Uint8Array | undefined {
  if (block === undefined) return undefined;
  const main = direction === 'right' ? 0 : 1;
  const { start, points, reversed } = routes;
  const turns = (one: number, other: number): boolean => Math.abs(Math.abs(points[2 * one + main]! - points[2 * other + main]!) - turn) < 0.5;
  return Uint8Array.from(source, (from, edge) => {
    const to = target[edge]!;
    const [first, last] = [start[edge]!, start[edge + 1]! - 1];
    if (last - first < 3 || reversed[edge] === 1) return 0;
    return (block[from] === before && turns(first, first + 1)) || (block[to] === after && turns(last - 1, last)) ? 1 : 0;
  });
}

/** On which side of its only neighbour there the members of a block hang. */
export type BlockSide = 1 | 2;
const after: BlockSide = 1;
const before: BlockSide = 2;

type Block = {
  readonly side: BlockSide;
  /** Node of the gathered graph that stands for it. */
  readonly node: number;
  readonly members: readonly number[];
  /** Place of each member: line × columns + column. */
  readonly slot: readonly number[];
  readonly columns: number;
  /** Of one place, in pixels. */
  readonly along: number;
  readonly across: number;
};

export type Gathered = {
  readonly input: LayoutInput;
  readonly previous?: PreviousLayout;
  readonly suggested?: PreviousLayout;
  readonly root?: number;
  readonly blocks: readonly Block[];
  /** Per node: its node in the gathered graph. */
  readonly nodeOf: Int32Array;
  /** Per node: its block, -1 for none. */
  readonly blockOf: Int32Array;
};

type Wishes = { readonly previous?: PreviousLayout | undefined; readonly suggested?: PreviousLayout | undefined; readonly root?: number | undefined };

/**
 * The graph with its blocks as single nodes; edges keep their numbers. Undefined where there are none. What stood in a block stays in it, and where it
 * stood in it, even once more hangs on it: an expansion tears nothing out. What stood in a column is not gathered later.
 */
export function gatherBlocks(input: LayoutInput, direction: LayoutDirection, spacing: Spacing, wishes: Wishes): Gathered | undefined {
  const { nodeCount, source, target } = input;
  if (nodeCount <= 2 || source.length < 2) return undefined;
  const { previous, root } = wishes;
  const into = new Int32Array(nodeCount);
  const out = new Int32Array(nodeCount);
  const hubBefore = new Int32Array(nodeCount);
  const hubAfter = new Int32Array(nodeCount);
  for (let edge = 0; edge < source.length; edge++) {
    const from = source[edge]!;
    const to = target[edge]!;
    into[to]!++;
    out[from]!++;
    hubBefore[to] = from;
    hubAfter[from] = to;
  }
  // Keys of groups are `2 × hub + side`; groups are in the order of their first member.
  const groups = new Map<number, number[]>();
  for (let node = 0; node < nodeCount; node++) {
    if (node === root && previous?.block === undefined) continue;
    const stood = previous?.block?.[node] ?? 0;
    const side = into[node] === 1 && (out[node] === 0 || stood === after) ? after : out[node] === 1 && (into[node] === 0 || stood === before) ? before : 0;
    if (side === 0 || (node === root && stood === 0)) continue;
    const hub = side === after ? hubBefore[node]! : hubAfter[node]!;
    const key = 2 * hub + side - 1;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  const chosen = [...groups].filter(([, members]) => {
    const inBlock = members.some((node) => (previous?.block?.[node] ?? 0) !== 0);
    return inBlock || (members.length >= blockFrom && (previous === undefined || members.every((node) => previous.layer[node] === noLayer)));
  });
  // A member that is itself the neighbour of a block keeps to its own place: blocks don't lie in one another.
  const hubs = new Set(chosen.map(([key]) => key >> 1));
  const across = direction === 'right' ? input.height : input.width;
  const along = direction === 'right' ? input.width : input.height;
  const blockOf = new Int32Array(nodeCount).fill(-1);
  const drafts: Omit<Block, 'node'>[] = [];
  for (const [key, all] of chosen) {
    const side = (key & 1) === 0 ? after : before;
    const members = all.filter((node) => !hubs.has(node) || (previous?.block?.[node] ?? 0) !== 0);
    if (members.length < 2) continue;
    let widest = 0;
    let highest = 0;
    for (const node of members) {
      widest = Math.max(widest, along[node]!);
      highest = Math.max(highest, across[node]!);
    }
    const place = { along: widest + columnRoom, across: highest + spacing.betweenNodes };
    const stood = previous === undefined ? undefined : standing(members, previous, direction, place);
    const ratio = direction === 'right' ? aspect : 1 / aspect;
    const columns = stood?.columns ?? Math.max(1, Math.min(members.length, Math.round(Math.sqrt((ratio * members.length * place.across) / place.along))));
    let free = stood === undefined ? 0 : last([...stood.slot.values()]) + 1;
    const slot = members.map((node) => stood?.slot.get(node) ?? free++);
    for (const node of members) blockOf[node] = drafts.length;
    drafts.push({ side, members, slot, columns, ...place });
  }
  if (drafts.length === 0) return undefined;

  const nodeOf = new Int32Array(nodeCount);
  const originals: number[] = [];
  const nodeOfBlock = new Int32Array(drafts.length).fill(-1);
  for (let node = 0; node < nodeCount; node++) {
    const block = blockOf[node]!;
    if (block === -1) nodeOf[node] = originals.push(node) - 1;
    else nodeOf[node] = nodeOfBlock[block] === -1 ? (nodeOfBlock[block] = originals.push(node) - 1) : nodeOfBlock[block]!;
  }
  const blocks = drafts.map((draft, at): Block => ({ ...draft, node: nodeOfBlock[at]! }));
  const width = Float32Array.from(originals, (node) => input.width[node]!);
  const height = Float32Array.from(originals, (node) => input.height[node]!);
  for (const block of blocks) {
    const size = sizeOf(block);
    (direction === 'right' ? width : height)[block.node] = size.along;
    (direction === 'right' ? height : width)[block.node] = size.across;
  }
  const mapped = (one: PreviousLayout | undefined): PreviousLayout | undefined => (one === undefined ? undefined : carry(one, blocks, nodeOf, originals, direction));
  const stood = mapped(previous);
  const suggested = mapped(wishes.suggested);
  return {
    input: {
      nodeCount: originals.length, source: source.map((node) => nodeOf[node]!), target: target.map((node) => nodeOf[node]!), width, height,
      ...(input.parity === undefined ? {} : { parity: Uint8Array.from(originals, (node) => input.parity![node]!) }), ...(input.weight === undefined ? {} : { weight: input.weight }),
    },
    ...(stood === undefined ? {} : { previous: stood }),
    ...(suggested === undefined ? {} : { suggested }),
    ...(root === undefined ? {} : { root: nodeOf[root]! }),
    blocks, nodeOf, blockOf,
  };
}

function sizeOf({ columns, slot, along, across }: Omit<Block, 'node'>): { readonly along: number; readonly across: number } {
  const lines = Math.floor(last(slot) / columns) + 1;
  return { along: columns * along - columnRoom, across: lines * across };
}

/** The greatest of many numbers; they may be too many to be spread into a call. */
function last(slot: readonly number[]): number {
  let most = 0;
  for (const one of slot) if (one > most) most = one;
  return most;
}

/** Where members stood in their block: columns by their places along, lines by their places across. */
function standing(members: readonly number[], previous: PreviousLayout, direction: LayoutDirection, place: { readonly across: number }): { readonly columns: number; readonly slot: ReadonlyMap<number, number>; readonly first: number; readonly least: number } | undefined {
  const [main, cross] = direction === 'right' ? [previous.x, previous.y] : [previous.y, previous.x];
  const known = members.filter((node) => (previous.block?.[node] ?? 0) !== 0 && !Number.isNaN(main[node]!));
  if (known.length === 0) return undefined;
  const mains = [...new Set(known.map((node) => main[node]!))].sort((one, other) => one - other);
  let least = Infinity;
  for (const node of known) least = Math.min(least, cross[node]!);
  const columnOf = new Map(mains.map((value, column) => [value, column]));
  const slot = new Map(known.map((node) => [node, Math.round((cross[node]! - least) / place.across) * mains.length + columnOf.get(main[node]!)!]));
  return { columns: mains.length, slot, first: mains[0]!, least };
}

/** An earlier layout in terms of the gathered graph: a block stood where its members did. */
function carry(earlier: PreviousLayout, blocks: readonly Block[], nodeOf: Int32Array, originals: readonly number[], direction: LayoutDirection): PreviousLayout {
  const layer = Int32Array.from(originals, (node) => earlier.layer[node]!);
  const x = Float64Array.from(originals, (node) => earlier.x[node]!);
  const y = Float64Array.from(originals, (node) => earlier.y[node]!);
  for (const block of blocks) {
    const stood = standing(block.members, earlier, direction, block);
    const known = block.members.find((node) => earlier.layer[node] !== noLayer);
    layer[block.node] = known === undefined ? noLayer : earlier.layer[known]!;
    const size = sizeOf(block);
    const main = stood === undefined ? Number.NaN : stood.first - (block.along - columnRoom) / 2 + size.along / 2;
    const cross = stood === undefined ? Number.NaN : stood.least - block.across / 2 + size.across / 2;
    if (stood === undefined) layer[block.node] = noLayer;
    x[block.node] = direction === 'right' ? main : cross;
    y[block.node] = direction === 'right' ? cross : main;
  }
  const { anchor, block: _, ...rest } = earlier;
  return { ...rest, layer, x, y, ...(anchor === undefined ? {} : { anchor: nodeOf[anchor]! }) };
}

/** The layout of all nodes out of that of the gathered graph: members in their places, and their lines led between them. */
export function spreadBlocks(gathered: Gathered, input: LayoutInput, result: LayoutResult, columns: Columns, column: Int32Array): LayoutResult {
  const { blocks, nodeOf, blockOf } = gathered;
  const { nodeCount, source, target } = input;
  const right = result.direction === 'right';
  const main = Float64Array.from({ length: nodeCount }, (_, node) => (right ? result.x : result.y)[nodeOf[node]!]!);
  const cross = Float64Array.from({ length: nodeCount }, (_, node) => (right ? result.y : result.x)[nodeOf[node]!]!);
  const slotOf = new Int32Array(nodeCount);
  for (const block of blocks) {
    const size = sizeOf(block);
    const begin = main[block.members[0]!]! - size.along / 2;
    const top = cross[block.members[0]!]! - size.across / 2;
    for (const [at, node] of block.members.entries()) {
      slotOf[node] = block.slot[at]!;
      main[node] = begin + (slotOf[node]! % block.columns) * block.along + (block.along - columnRoom) / 2;
      cross[node] = top + (Math.floor(slotOf[node]! / block.columns) + 0.5) * block.across;
    }
  }
  const along = right ? input.width : input.height;
  const { reversed, start: oldStart, points: old } = result.routes;
  const mainAt = right ? 0 : 1;
  const start = new Int32Array(source.length + 1);
  const list: number[] = [];
  const emit = (mainPoint: number, crossPoint: number): void => {
    if (right) list.push(mainPoint, crossPoint);
    else list.push(crossPoint, mainPoint);
  };
  for (let edge = 0; edge < source.length; edge++) {
    const begin = oldStart[edge]!;
    const end = oldStart[edge + 1]!;
    const turned = reversed[edge] === 1;
    const early = turned ? target[edge]! : source[edge]!;
    const late = turned ? source[edge]! : target[edge]!;
    const first = blockOf[early]!;
    const last = blockOf[late]!;
    if (begin === end || (first === -1 && last === -1)) {
      for (let at = 2 * begin; at < 2 * end; at++) list.push(old[at]!);
      start[edge + 1] = list.length / 2;
      continue;
    }
    // The way of the gathered edge from its earlier to its later end, whose own ends are led on within the blocks.
    const point = (at: number): readonly [number, number] => {
      const from = 2 * (turned ? end - 1 - at : begin + at);
      return [old[from + mainAt]!, old[from + 1 - mainAt]!];
    };
    const count = end - begin;
    const from = list.length;
    let middle = Array.from({ length: Math.max(0, count - 2) }, (_, at) => point(at + 1));
    // A straight way has no turn yet, where one is needed now.
    if (middle.length === 0) middle = [[columns.end[column[nodeOf[early]!]!]!, point(0)[1]], [columns.start[column[nodeOf[late]!]!]!, point(count - 1)[1]]];
    if (first === -1) emit(...point(0));
    else {
      const block = blocks[first]!;
      const lane = lastColumn(slotOf[early]!, block) ? cross[early]! : cross[early]! - block.across / 2;
      emit(main[early]! + along[early]! / 2, cross[early]!);
      if (lane !== cross[early]!) {
        emit(main[early]! + along[early]! / 2 + turn, cross[early]!);
        emit(main[early]! + block.along - (block.along - columnRoom) / 2 - turn, lane);
      }
      middle[0] = [middle[0]![0], lane];
    }
    if (last !== -1) middle[middle.length - 1] = [middle.at(-1)![0], slotOf[late]! % blocks[last]!.columns === 0 ? cross[late]! : cross[late]! - blocks[last]!.across / 2];
    for (const [mainPoint, crossPoint] of middle) emit(mainPoint, crossPoint);
    if (last === -1) emit(...point(count - 1));
    else {
      const block = blocks[last]!;
      const lane = middle.at(-1)![1];
      if (lane !== cross[late]!) {
        emit(main[late]! - block.along + (block.along - columnRoom) / 2 + turn, lane);
        emit(main[late]! - along[late]! / 2 - turn, cross[late]!);
      }
      emit(main[late]! - along[late]! / 2, cross[late]!);
    }
    if (turned) turnRound(list, from);
    start[edge + 1] = list.length / 2;
  }
  return {
    ...result,
    x: right ? main : cross,
    y: right ? cross : main,
    layer: Int32Array.from({ length: nodeCount }, (_, node) => result.layer[nodeOf[node]!]!),
    routes: { start, points: Float32Array.from(list), reversed },
    block: Uint8Array.from(blockOf, (block) => (block === -1 ? 0 : blocks[block]!.side)),
  };
}

function lastColumn(slot: number, { columns }: Block): boolean {
  return slot % columns === columns - 1;
}

/** Turns the points from an index of the list on round. */
function turnRound(list: number[], from: number): void {
  for (let left = from, right = list.length - 2; left < right; left += 2, right -= 2) {
    [list[left], list[left + 1], list[right], list[right + 1]] = [list[right]!, list[right + 1]!, list[left]!, list[left + 1]!];
  }
}
