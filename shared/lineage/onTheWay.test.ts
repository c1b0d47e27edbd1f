import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareLineages } from './compare.ts';
import { keepOnTheWay } from './onTheWay.ts';
import { neighbourhood } from './reach.ts';
import { graphOf } from './testGraphs.ts';
import type { LineageNode } from './types.ts';

/** Whether one comes from `from` to a root along the edges, inside of one side. By plain recursion. */
function leadsToRoot(edges: readonly (readonly [number, number])[], side: readonly number[], from: number, sign: number, seen: ReadonlySet<number> = new Set()): boolean {
  if (side[from] === 0) return true;
  if (Math.sign(side[from]!) !== sign || seen.has(from)) return false;
  const next = edges.flatMap(([a, b]) => (sign < 0 ? (a === from ? [b] : []) : b === from ? [a] : []));
  return next.some((one) => leadsToRoot(edges, side, one, sign, new Set([...seen, from])));
}

it('keeps matches, what stands between them and the root, and nothing else', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }).chain((count) => fc.record({
        count: fc.constant(count),
        edges: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 16 }),
        matches: fc.array(fc.constantFrom(0, 1), { minLength: count, maxLength: count }),
      })),
      ({ count, edges, matches }) => {
        const graph = graphOf(count, edges);
        const found = neighbourhood(graph, 0, { up: 100, down: 100, limit: 1000 });
        const side = Array.from({ length: count }, () => Number.NaN);
        found.nodes.forEach((node, at) => (side[node] = found.distance[at]!));
        const keep = keepOnTheWay(graph, side, matches);
        for (let node = 0; node < count; node++) {
          if (side[node] === 0) expect(keep[node]).toBe(1);
          else if (Number.isNaN(side[node])) expect(keep[node]).toBe(0);
          else {
            const sign = Math.sign(side[node]!);
            // Reached, inside of its side, from some match.
            const reachedFrom = (start: number, seen: readonly number[] = []): boolean =>
              start === node || (!seen.includes(start) && edges.some(([a, b]) => {
                const [here, there] = sign < 0 ? [a, b] : [b, a];
                return here === start && Math.sign(side[there]!) === sign && reachedFrom(there, [...seen, start]);
              }));
            const expected = matches.some((match, one) => match === 1 && Math.sign(side[one]!) === sign && reachedFrom(one));
            expect(keep[node]).toBe(expected ? 1 : 0);
            // Nothing hangs in the air.
            if (keep[node] === 1) expect(leadsToRoot(edges, side, node, sign)).toBe(true);
          }
        }
      },
    ),
    { numRuns: 400 },
  );
});

it('sets two lineages side by side', () => {
  const node = (key: string, artifact: string): LineageNode => ({ kind: 'version', key, id: 1 as never, entity: 'team', project: 'p', artifact, type: 'model', index: 0, state: 'committed', aliases: [], size: 0, createdAt: '2026-01-01T00:00:00.000Z', links: [], hiddenUpstream: 0, hiddenDownstream: 0 });
  const job = (key: string, jobType: string | null): LineageNode => ({ kind: 'run', key, id: 1 as never, entity: 'team', project: 'p', runId: key, displayName: key, state: 'finished', jobType, createdAt: '2026-01-01T00:00:00.000Z', durationSeconds: 1, hiddenUpstream: 0, hiddenDownstream: 0 });
  expect(compareLineages([node('version:1', 'data'), node('version:2', 'same'), job('run:1', 'train'), job('run:9', null)], [node('version:3', 'data'), node('version:2', 'same'), job('run:2', 'train'), node('version:8', 'new')])).toEqual([
    { kind: 'version', name: 'team/p/data', verdict: 'different', first: ['version:1'], second: ['version:3'] },
    { kind: 'run', name: 'team/p/train', verdict: 'different', first: ['run:1'], second: ['run:2'] },
    { kind: 'run', name: 'team/p/run:9', verdict: 'only_first', first: ['run:9'], second: [] },
    { kind: 'version', name: 'team/p/new', verdict: 'only_second', first: [], second: ['version:8'] },
    { kind: 'version', name: 'team/p/same', verdict: 'same', first: ['version:2'], second: ['version:2'] },
  ]);
});
