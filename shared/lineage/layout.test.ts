import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countWayCrossings } from './crossings.ts';
import { layoutLayered, type LayoutInput, type LayoutOptions, type LayoutResult } from './layout.ts';
import { noLayer } from './layering.ts';
import { carryPositions } from './prepare.ts';
import { layoutInputOf, teamLineage } from './testGraphs.ts';

type Edges = readonly (readonly [number, number])[];

const anyGraph = fc.integer({ min: 1, max: 24 }).chain((nodeCount) =>
  fc.record({
    nodeCount: fc.constant(nodeCount),
    edges: fc.array(fc.tuple(fc.nat(nodeCount - 1), fc.nat(nodeCount - 1)), { maxLength: 48 }),
  }),
);
const anyOptions = fc.record({
  direction: fc.constantFrom('right', 'down'),
  effort: fc.constantFrom('quick', 'normal', 'thorough'),
}) satisfies fc.Arbitrary<LayoutOptions>;

function box(input: LayoutInput, result: LayoutResult, node: number) {
  return {
    left: result.x[node]! - input.width[node]! / 2,
    right: result.x[node]! + input.width[node]! / 2,
    top: result.y[node]! - input.height[node]! / 2,
    bottom: result.y[node]! + input.height[node]! / 2,
  };
}

/** All pairs: quadratic, for small graphs. */
function expectNoOverlap(input: LayoutInput, result: LayoutResult): void {
  for (let first = 0; first < input.nodeCount; first++) {
    for (let second = first + 1; second < input.nodeCount; second++) {
      const a = box(input, result, first);
      const b = box(input, result, second);
      const apart = a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top;
      if (!apart) expect.fail(`nodes ${first} and ${second} overlap`);
    }
  }
}

function expectForward(input: LayoutInput, result: LayoutResult): void {
  for (let edge = 0; edge < input.source.length; edge++) {
    if (input.source[edge] === input.target[edge]) continue;
    const backwards = result.checked.reversed[edge] === 1;
    const from = box(input, result, backwards ? input.target[edge]! : input.source[edge]!);
    const to = box(input, result, backwards ? input.source[edge]! : input.target[edge]!);
    if (result.direction === 'right') expect(to.left).toBeGreaterThan(from.right);
    else expect(to.top).toBeGreaterThan(from.bottom);
  }
}

/**
 * Runs of an edge must not enter a node, and the curve between two runs must stay inside a stretch without nodes: then no curve
 * that leaves and arrives along the layers can touch one.
 */
function expectRoutesBetweenNodes(input: LayoutInput, result: LayoutResult): void {
  const { start, points, reversed } = result.routes;
  const down = result.direction === 'down';
  for (let edge = 0; edge < input.source.length; edge++) {
    const source = input.source[edge]!;
    const target = input.target[edge]!;
    const begin = start[edge]!;
    const end = start[edge + 1]!;
    if (source === target) {
      expect(end).toBe(begin);
      continue;
    }
    expect((end - begin) % 2).toBe(0);
    expect(end - begin).toBeGreaterThanOrEqual(2);
    // In terms of "along" and "across" the layers.
    const way = Array.from({ length: end - begin }, (_, index) => {
      const x = points[2 * (begin + index)]!;
      const y = points[2 * (begin + index) + 1]!;
      return down ? { along: y, across: x } : { along: x, across: y };
    });
    if (reversed[edge] === 1) way.reverse();
    const early = reversed[edge] === 1 ? target : source;
    const late = reversed[edge] === 1 ? source : target;
    const earlyBox = box(input, result, early);
    const lateBox = box(input, result, late);
    expect(way[0]!.along).toBeCloseTo(down ? earlyBox.bottom : earlyBox.right, 3);
    expect(way[0]!.across).toBeCloseTo(down ? result.x[early]! : result.y[early]!, 3);
    expect(way.at(-1)!.along).toBeCloseTo(down ? lateBox.top : lateBox.left, 3);
    expect(way.at(-1)!.across).toBeCloseTo(down ? result.x[late]! : result.y[late]!, 3);
    for (let at = 1; at < way.length; at++) {
      const before = way[at - 1]!;
      const after = way[at]!;
      expect(after.along).toBeGreaterThanOrEqual(before.along);
      const isRun = at % 2 === 1;
      if (isRun) expect(after.across).toBeCloseTo(before.across, 3);
      else expect(after.along).toBeGreaterThan(before.along);
      for (let node = 0; node < input.nodeCount; node++) {
        const other = box(input, result, node);
        const from = down ? other.top : other.left;
        const to = down ? other.bottom : other.right;
        if (after.along <= from + 0.01 || before.along >= to - 0.01) continue;
        // A run may pass beside a node; a curve has no node beside it at all.
        expect(isRun, `curve of edge ${edge} beside node ${node}`).toBe(true);
        const low = down ? other.left : other.top;
        const high = down ? other.right : other.bottom;
        expect(before.across <= low || before.across >= high, `edge ${edge} runs through node ${node}`).toBe(true);
      }
    }
  }
}

describe('layoutLayered', () => {
  it('keeps nodes apart, edges forward and ways free, whatever the graph', () => {
    fc.assert(
      fc.property(anyGraph, anyOptions, ({ nodeCount, edges }, options) => {
        const input = layoutInputOf(nodeCount, edges);
        const result = layoutLayered(input, options);
        expectNoOverlap(input, result);
        expectForward(input, result);
        expectRoutesBetweenNodes(input, result);
      }),
      { numRuns: 300 },
    );
  });

  it('does so for lineage, where columns hold one kind each', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { input } = teamLineage(120, seed);
      const result = layoutLayered(input);
      expectNoOverlap(input, result);
      expectForward(input, result);
      expectRoutesBetweenNodes(input, result);
      const kindAt = new Map<number, number>();
      for (let node = 0; node < input.nodeCount; node++) {
        const column = result.x[node]!;
        expect(kindAt.get(column) ?? input.parity![node]!).toBe(input.parity![node]!);
        kindAt.set(column, input.parity![node]!);
      }
    }
  });

  it('gives the same numbers for the same input', () => {
    fc.assert(
      fc.property(anyGraph, anyOptions, ({ nodeCount, edges }, options) => {
        expect(layoutLayered(layoutInputOf(nodeCount, edges), options)).toEqual(layoutLayered(layoutInputOf(nodeCount, edges), options));
      }),
      { numRuns: 60 },
    );
  });

  it('draws trees without a crossing and chains without a bend', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 40 }), (parents) => {
        const edges = parents.map((parent, index): [number, number] => [parent % (index + 1), index + 1]);
        const result = layoutLayered(layoutInputOf(parents.length + 1, edges));
        expect(result.crossings).toBe(0);
        expect(countWayCrossings(result.routes)).toBe(0);
      }),
      { numRuns: 100 },
    );
    const chain = Array.from({ length: 30 }, (_, node): [number, number] => [node, node + 1]);
    expect(new Set(layoutLayered(layoutInputOf(31, chain)).y).size).toBe(1);
  });

  it('packs what does not hang together beside each other, what holds the root first', () => {
    const alone = layoutLayered(layoutInputOf(60, []));
    const { left, right, top, bottom } = alone.bounds;
    expect((right - left) / (bottom - top)).toBeGreaterThan(0.8);
    expect((right - left) / (bottom - top)).toBeLessThan(3.2);
    // Two hundred chains of three, the one of the root last.
    const edges = Array.from({ length: 200 }, (_, chain): [number, number][] => [[3 * chain, 3 * chain + 1], [3 * chain + 1, 3 * chain + 2]]).flat();
    for (const direction of ['right', 'down'] as const) {
      const input = layoutInputOf(600, edges);
      const result = layoutLayered(input, { root: 598, direction });
      expectNoOverlap(input, result);
      expectRoutesBetweenNodes(input, result);
      const { bounds } = result;
      expect((bounds.right - bounds.left) / (bounds.bottom - bounds.top)).toBeGreaterThan(0.6);
      expect((bounds.right - bounds.left) / (bounds.bottom - bounds.top)).toBeLessThan(4);
      expect([result.x[597], result.y[597]]).toEqual([Math.min(...result.x), Math.min(...result.y)]);
    }
  });

  it('counts the crossings that are seen', () => {
    fc.assert(
      fc.property(anyGraph, ({ nodeCount, edges }) => {
        const distinct = [...new Map(edges.map((edge) => [edge.join(), edge])).values()].filter(
          ([from, to], _index, all) => from !== to && !(from > to && all.some((other) => other[0] === to && other[1] === from)),
        );
        const result = layoutLayered(layoutInputOf(nodeCount, distinct));
        // Curves of different columns share no stretch, so straight pieces between their points cross as the rows do.
        expect(countWayCrossings(result.routes)).toBe(result.crossings);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps the main path through the root level', () => {
    // 0 → 1 → 2 → 3 with side branches at every step.
    const edges: Edges = [
      [0, 1],
      [1, 2],
      [2, 3],
      [0, 4],
      [0, 5],
      [1, 6],
      [1, 7],
      [2, 8],
      [9, 3],
      [3, 10],
    ];
    const result = layoutLayered(layoutInputOf(11, edges), { root: 3 });
    expect(new Set([0, 1, 2, 3, 10].map((node) => result.y[node])).size).toBe(1);
  });
});

describe('layout around what stood', () => {
  const asPrevious = (result: LayoutResult, known: number, input: LayoutInput, anchor?: number) => {
    const { nodeCount } = input;
    const layer = new Int32Array(nodeCount).fill(noLayer);
    const x = new Float64Array(nodeCount).fill(Number.NaN);
    const y = new Float64Array(nodeCount).fill(Number.NaN);
    for (let node = 0; node < known; node++) {
      layer[node] = result.layer[node]!;
      x[node] = result.x[node]!;
      y[node] = result.y[node]!;
    }
    const { start, points } = result.routes;
    // In these tests new edges come after all earlier ones.
    const edgeOf = Int32Array.from(input.source, (_, edge) => (edge + 1 < start.length ? edge : -1));
    return { layer, x, y, anchor, ways: { start, points, edgeOf } };
  };

  it('never crosses more than a layout it was suggested', () => {
    for (const seed of [1, 2, 3, 4]) {
      const { input } = teamLineage(150, seed);
      const best = layoutLayered(input, { effort: 'thorough' });
      const again = layoutLayered(input, { effort: 'quick', suggested: asPrevious(best, input.nodeCount, input) });
      expect(again.crossings).toBeLessThanOrEqual(best.crossings);
    }
  });

  it('changes nothing when nothing is new', () => {
    fc.assert(
      fc.property(anyGraph, fc.constantFrom('right' as const, 'down' as const), ({ nodeCount, edges }, direction) => {
        const input = layoutInputOf(nodeCount, edges);
        const first = layoutLayered(input, { direction });
        const again = layoutLayered(input, { direction, previous: asPrevious(first, nodeCount, input) });
        expect([...again.x]).toEqual([...first.x]);
        expect([...again.y]).toEqual([...first.y]);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps the anchor, the order of what stood, and every rule of a fresh layout, when nodes are added', () => {
    fc.assert(
      fc.property(
        anyGraph,
        fc.array(fc.tuple(fc.nat(), fc.boolean()), { minLength: 1, maxLength: 8 }),
        fc.nat(),
        ({ nodeCount, edges }, additions, anchorSeed) => {
          const first = layoutLayered(layoutInputOf(nodeCount, edges));
          const more = additions.map(([to, after], index): [number, number] =>
            after ? [to % nodeCount, nodeCount + index] : [nodeCount + index, to % nodeCount],
          );
          const total = nodeCount + additions.length;
          const anchor = anchorSeed % nodeCount;
          const input = layoutInputOf(total, [...edges, ...more]);
          const next = layoutLayered(input, { previous: asPrevious(first, nodeCount, input, anchor) });
          expectNoOverlap(input, next);
          expectForward(input, next);
          expectRoutesBetweenNodes(input, next);
          expect([next.x[anchor], next.y[anchor]]).toEqual([first.x[anchor], first.y[anchor]]);
          for (let a = 0; a < nodeCount; a++) {
            for (let b = 0; b < nodeCount; b++) {
              if (first.layer[a] === first.layer[b] && next.layer[a] === next.layer[b] && first.y[a]! < first.y[b]!) {
                expect(next.y[a]!).toBeLessThan(next.y[b]!);
              }
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('moves nothing at all when a step is expanded at the end, where there is room', () => {
    const { input, edges } = teamLineage(150, 7);
    const first = layoutLayered(input);
    const lastColumn = Math.max(...first.layer);
    const leaf = first.layer.findIndex((layer) => layer === lastColumn);
    const total = input.nodeCount + 3;
    const parity = new Uint8Array(total);
    parity.set(input.parity!);
    parity.fill(input.parity![leaf] === 1 ? 0 : 1, input.nodeCount);
    const larger = layoutInputOf(total, [...edges, [leaf, total - 3], [leaf, total - 2], [leaf, total - 1]], parity);
    const next = layoutLayered(larger, { previous: asPrevious(first, input.nodeCount, larger, leaf) });
    expect(next.x.slice(0, input.nodeCount)).toEqual(first.x);
    expect(next.y.slice(0, input.nodeCount)).toEqual(first.y);
  });

  it('moves nodes only in the rows that need the room', () => {
    const { input, edges } = teamLineage(150, 7);
    const first = layoutLayered(input);
    const total = input.nodeCount + 1;
    const parity = new Uint8Array(total);
    parity.set(input.parity!);
    parity[total - 1] = 1;
    const larger = layoutInputOf(total, [...edges, [0, total - 1]], parity);
    const next = layoutLayered(larger, { previous: asPrevious(first, input.nodeCount, larger, 0) });
    const touched = next.layer[total - 1]!;
    for (let node = 0; node < input.nodeCount; node++) {
      expect(next.x[node]).toBe(first.x[node]);
      if (next.layer[node] !== touched) expect(next.y[node]).toBe(first.y[node]);
    }
  });
});

describe('shapes that break layouts', () => {
  const shapes: Record<string, () => { nodeCount: number; edges: [number, number][] }> = {
    'no nodes': () => ({ nodeCount: 0, edges: [] }),
    'one node with a loop': () => ({ nodeCount: 1, edges: [[0, 0]] }),
    'a chain of 5,000': () => ({ nodeCount: 5_000, edges: Array.from({ length: 4_999 }, (_, node): [number, number] => [node, node + 1]) }),
    'a fan of 50,000': () => ({ nodeCount: 50_001, edges: Array.from({ length: 50_000 }, (_, node): [number, number] => [0, node + 1]) }),
    'a funnel of 20,000': () => ({ nodeCount: 20_001, edges: Array.from({ length: 20_000 }, (_, node): [number, number] => [node + 1, 0]) }),
    'a chain of 5,000 whose first node feeds every other': () => ({
      nodeCount: 5_000,
      edges: Array.from({ length: 4_999 }, (_, node): [number, number] => [node, node + 1]).concat(
        Array.from({ length: 4_998 }, (_, node): [number, number] => [0, node + 2]),
      ),
    }),
    '2,000 diamonds in a row': () => ({
      nodeCount: 6_001,
      edges: Array.from({ length: 2_000 }, (_, at): [number, number][] => [
        [3 * at, 3 * at + 1],
        [3 * at, 3 * at + 2],
        [3 * at + 1, 3 * at + 3],
        [3 * at + 2, 3 * at + 3],
      ]).flat(),
    }),
    'a ring of 3,000': () => ({ nodeCount: 3_000, edges: Array.from({ length: 3_000 }, (_, node): [number, number] => [node, (node + 1) % 3_000]) }),
    'everything with everything, 60': () => ({
      nodeCount: 60,
      edges: Array.from({ length: 3_600 }, (_, at): [number, number] => [Math.floor(at / 60), at % 60]),
    }),
    '20,000 nodes without an edge': () => ({ nodeCount: 20_000, edges: [] }),
  };
  it.each(Object.keys(shapes))('%s', (name) => {
    const { nodeCount, edges } = shapes[name]!();
    const input = layoutInputOf(nodeCount, edges);
    const result = layoutLayered(input);
    expect(result.x.every((value) => Number.isFinite(value))).toBe(true);
    expect(result.y.every((value) => Number.isFinite(value))).toBe(true);
    expect(result.routes.points.every((value) => Number.isFinite(value))).toBe(true);
    expectForward(input, result);
    // Column by column, so that it is quick at this size.
    const order = Array.from({ length: nodeCount }, (_, node) => node).sort((a, b) => result.x[a]! - result.x[b]! || result.y[a]! - result.y[b]!);
    let overlaps = 0;
    for (let at = 1; at < order.length; at++) {
      const above = order[at - 1]!;
      const below = order[at]!;
      if (result.x[above] === result.x[below] && box(input, result, above).bottom >= box(input, result, below).top) overlaps++;
    }
    expect(overlaps).toBe(0);
    // Memory stays linear whatever the edges span.
    expect(result.routes.points.length).toBeLessThan(16 * (4_000 + 4 * (nodeCount + edges.length)));
    if (nodeCount <= 60) expectNoOverlap(input, result);
  });
});

describe('blocks', () => {
  const fanOf = (uses: number, beside: Edges = []) => {
    const edges: [number, number][] = Array.from({ length: uses }, (_, run) => [0, run + 1]);
    const all = [...edges, ...beside];
    const runs = new Set(all.flatMap(([from, to]) => (from === 0 ? [to] : [])));
    const count = all.reduce((most, ends) => Math.max(most, ...ends), 0) + 1;
    return layoutInputOf(count, all, Uint8Array.from({ length: count }, (_, node) => (runs.has(node) ? 1 : 0)));
  };

  it('gather what hangs on one node alone into columns that can be looked at as a whole', () => {
    for (const direction of ['right', 'down'] as const) {
      for (const turned of [false, true]) {
        const plain = fanOf(300);
        const input = turned ? { ...plain, source: plain.target, target: plain.source } : plain;
        const result = layoutLayered(input, { direction });
        expectNoOverlap(input, result);
        expectForward(input, result);
        expectLinesBetweenCards(input, result);
        const { left, right, top, bottom } = result.bounds;
        const ratio = (right - left) / (bottom - top);
        expect(ratio).toBeGreaterThan(0.8);
        expect(ratio).toBeLessThan(3);
        expect(layoutLayered(input, { direction })).toEqual(result);
      }
    }
  });

  it('keep clear of what stands beside them, whatever that is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 90 }), fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 16 }), anyOptions, (uses, others, options) => {
        // The fan of node 0, and any graph of ten more of which some hang on node 0 and on its runs.
        const beside = others.map(([from, to]): [number, number] => [from === 0 ? 0 : uses + from, to === 0 ? uses + 10 : uses + to]);
        const input = fanOf(uses, [...beside, [0, uses + 1]]);
        const result = layoutLayered(input, options);
        expectNoOverlap(input, result);
        expectForward(input, result);
        expectLinesBetweenCards(input, result);
      }),
      { numRuns: 40 },
    );
  });

  it('lose no one and move no one when a member is expanded, when more come and when some go', () => {
    const input = fanOf(200);
    const first = layoutLayered(input);
    const indexed = (count: number, graph: LayoutInput, keys: readonly string[]) => ({ ...graph, nodeCount: count, edgeCount: graph.source.length, keys, indexOf: new Map(keys.map((key, at) => [key, at])) });
    const keysOf = (count: number): readonly string[] => Array.from({ length: count }, (_, node) => String(node));
    const before = { indexed: indexed(201, input, keysOf(201)) as never, layout: first };
    // Member 77 has two outputs now, and five more runs use the dataset.
    const grown = fanOf(200, [[77, 201], [77, 202], ...[203, 204, 205, 206, 207].map((run): [number, number] => [0, run])]);
    const keys = keysOf(grown.nodeCount);
    const second = layoutLayered(grown, { previous: carryPositions(before, indexed(grown.nodeCount, grown, keys) as never, '77') });
    for (let node = 0; node <= 200; node++) {
      expect(second.y[node], `y of ${node}`).toBe(first.y[node]);
      expect(second.x[node], `x of ${node}`).toBe(first.x[node]);
    }
    expectNoOverlap(grown, second);
    expectForward(grown, second);
    expectLinesBetweenCards(grown, second);
    // Half of them are filtered away.
    const left = keysOf(201).filter((key) => Number(key) % 2 === 0);
    const fewer = fanOf(100);
    const third = layoutLayered(fewer, { previous: carryPositions(before, indexed(101, fewer, left) as never, '0') });
    expectNoOverlap(fewer, third);
    const moved = left.map((key, node) => [third.x[node]! - first.x[Number(key)]!, third.y[node]! - first.y[Number(key)]!].join());
    expect(new Set(moved).size).toBe(1);
  });

  it('take fifty thousand uses in a moment', () => {
    const input = fanOf(50_000);
    const begun = performance.now();
    const result = layoutLayered(input);
    expect(performance.now() - begun).toBeLessThan(3_000);
    expect((result.bounds.right - result.bounds.left) / (result.bounds.bottom - result.bounds.top)).toBeGreaterThan(1);
  });
});

/** Lines start and end at their cards, lead on all the way, and go through no card. Curves are looked at as what they lie in. */
function expectLinesBetweenCards(input: LayoutInput, result: LayoutResult): void {
  const { start, points, reversed } = result.routes;
  const down = result.direction === 'down';
  const boxes = Array.from({ length: input.nodeCount }, (_, node) => {
    const { left, right, top, bottom } = box(input, result, node);
    return down ? { from: top, to: bottom, low: left, high: right } : { from: left, to: right, low: top, high: bottom };
  });
  const wrong: string[] = [];
  for (let edge = 0; edge < input.source.length; edge++) {
    if (input.source[edge] === input.target[edge]) continue;
    const way = Array.from({ length: start[edge + 1]! - start[edge]! }, (_, at) => {
      const x = points[2 * (start[edge]! + at)]!;
      const y = points[2 * (start[edge]! + at) + 1]!;
      return down ? { along: y, across: x } : { along: x, across: y };
    });
    if (reversed[edge] === 1) way.reverse();
    const [early, late] = reversed[edge] === 1 ? [input.target[edge]!, input.source[edge]!] : [input.source[edge]!, input.target[edge]!];
    expect(way.length % 2).toBe(0);
    expect(way[0]!.along).toBeCloseTo(boxes[early]!.to, 2);
    expect(way.at(-1)!.along).toBeCloseTo(boxes[late]!.from, 2);
    expect(way.at(-1)!.across).toBeCloseTo((boxes[late]!.low + boxes[late]!.high) / 2, 2);
    for (let at = 1; at < way.length; at++) {
      const [one, other] = [way[at - 1]!, way[at]!];
      if (other.along < one.along - 0.01) wrong.push(`edge ${edge} leads back`);
      if (at % 2 === 1 && Math.abs(other.across - one.across) > 0.01) wrong.push(`a run of edge ${edge} is not level`);
      const low = Math.min(one.across, other.across) + 0.05;
      const high = Math.max(one.across, other.across) - 0.05;
      for (let node = 0; node < boxes.length; node++) {
        const card = boxes[node]!;
        if (other.along > card.from + 0.05 && one.along < card.to - 0.05 && Math.max(low, high) > card.low && Math.min(low, high) < card.high) wrong.push(`edge ${edge} goes through node ${node}`);
      }
    }
  }
  expect(wrong).toEqual([]);
}
