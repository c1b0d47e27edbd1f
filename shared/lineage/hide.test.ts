import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hideNodes } from './hide.ts';
import type { LineageEdge, LineageGraph, LineageNode } from './types.ts';

const graphOfPairs = (count: number, pairs: readonly (readonly [number, number])[]): LineageGraph => ({
  nodes: Array.from({ length: count }, (_, index) => ({ key: `version:${index}` }) as LineageNode),
  edges: pairs.map(([from, to]) => ({ from: `version:${from}`, to: `version:${to}`, relation: 'manual', provenance: 'manual' }) as LineageEdge),
});
const keys = (graph: LineageGraph): string[] => graph.nodes.map((node) => node.key);

describe('hideNodes', () => {
  it('takes along what hung on the hidden node alone, and leaves what has another way', () => {
    // 0 → 1 → 2, 0 → 3 → 2, 1 → 4
    const graph = graphOfPairs(5, [[0, 1], [1, 2], [0, 3], [3, 2], [1, 4]]);
    const answer = hideNodes(graph, new Set(['version:1']), ['version:0']);
    expect(keys(answer.graph)).toEqual(['version:0', 'version:2', 'version:3']);
    expect(answer.alongCount).toBe(1);
    expect(answer.graph.edges).toHaveLength(2);
  });

  it('never hides an anchor, and leaves what was joined to none', () => {
    const graph = graphOfPairs(4, [[0, 1], [2, 3]]);
    const answer = hideNodes(graph, new Set(['version:0', 'version:1']), ['version:0']);
    expect(keys(answer.graph)).toEqual(['version:0', 'version:2', 'version:3']);
  });

  it('keeps just what can still be reached from an anchor (against brute force)', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 24 }), fc.uniqueArray(fc.nat(11), { maxLength: 5 }), (pairs, hide) => {
      const hidden = new Set(hide.filter((node) => node !== 0).map((node) => `version:${node}`));
      const reachable = (without: ReadonlySet<string>): Set<string> => {
        const found = new Set(['version:0']);
        for (let grown = true; grown;) {
          grown = false;
          for (const [from, to] of pairs) {
            for (const [one, other] of [[`version:${from}`, `version:${to}`], [`version:${to}`, `version:${from}`]] as const) {
              if (!found.has(one) || found.has(other) || without.has(other)) continue;
              found.add(other);
              grown = true;
            }
          }
        }
        return found;
      };
      const whole = reachable(new Set());
      const left = reachable(hidden);
      const expected = Array.from({ length: 12 }, (_, node) => `version:${node}`).filter((key) => !hidden.has(key) && (left.has(key) || !whole.has(key)));
      expect(keys(hideNodes(graphOfPairs(12, pairs), hidden, ['version:0']).graph)).toEqual(expected);
    }));
  });
});
