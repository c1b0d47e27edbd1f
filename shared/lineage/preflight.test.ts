import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { preflight } from './preflight.ts';
import { graphOf } from './testGraphs.ts';

const anyGraph = fc.integer({ min: 1, max: 12 }).chain((nodeCount) =>
  fc.record({
    nodeCount: fc.constant(nodeCount),
    edges: fc.array(fc.tuple(fc.nat(nodeCount - 1), fc.nat(nodeCount - 1)), { maxLength: 30 }),
  }),
);

/** Whether following edges (self loops aside) ever returns, by removing sinks until none is left. */
function hasCycle(nodeCount: number, edges: readonly (readonly [number, number])[]): boolean {
  let left = edges.filter(([from, to]) => from !== to);
  const nodes = new Set(Array.from({ length: nodeCount }, (_, node) => node));
  for (;;) {
    const sink = [...nodes].find((node) => !left.some(([from]) => from === node));
    if (sink === undefined) return nodes.size > 0;
    nodes.delete(sink);
    left = left.filter(([, to]) => to !== sink);
  }
}

function longestPathBruteForce(nodeCount: number, edges: readonly (readonly [number, number])[]): number {
  const from = (node: number): number =>
    Math.max(0, ...edges.filter((edge) => edge[0] === node && edge[1] !== node).map((edge) => 1 + from(edge[1])));
  return Math.max(0, ...Array.from({ length: nodeCount }, (_, node) => from(node)));
}

describe('preflight', () => {
  it('orders all nodes so that every edge, after reversal, leads forward', () => {
    fc.assert(
      fc.property(anyGraph, ({ nodeCount, edges }) => {
        const checked = preflight(graphOf(nodeCount, edges));
        expect([...checked.topological].sort((a, b) => a - b)).toEqual(Array.from({ length: nodeCount }, (_, node) => node));
        const at = new Map([...checked.topological].map((node, index) => [node, index]));
        edges.forEach(([from, to], edge) => {
          if (from === to) return;
          const [first, second] = checked.reversed[edge] === 1 ? [to, from] : [from, to];
          expect(at.get(first)!).toBeLessThan(at.get(second)!);
        });
      }),
      { numRuns: 400 },
    );
  });

  it('reverses edges exactly when there is a cycle, and finds the longest chain', () => {
    fc.assert(
      fc.property(anyGraph, ({ nodeCount, edges }) => {
        const checked = preflight(graphOf(nodeCount, edges));
        const cyclic = hasCycle(nodeCount, edges);
        expect(checked.reversedCount > 0).toBe(cyclic);
        expect(checked.selfLoops).toBe(edges.filter(([from, to]) => from === to).length);
        const turned = edges.map(([from, to], edge): [number, number] => (checked.reversed[edge] === 1 ? [to, from] : [from, to]));
        expect(checked.longestPath).toBe(longestPathBruteForce(nodeCount, turned));
      }),
      { numRuns: 300 },
    );
  });

  it('survives a chain far deeper than any call stack', () => {
    const length = 200_000;
    const edges = Array.from({ length: length - 1 }, (_, node): [number, number] => [node, node + 1]);
    expect(preflight(graphOf(length, edges)).longestPath).toBe(length - 1);
    const ring = preflight(graphOf(length, [...edges, [length - 1, 0]]));
    expect(ring.reversedCount).toBe(1);
    expect(ring.reversed[length - 1]).toBe(1);
  });
});
