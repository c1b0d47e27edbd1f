import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexByKey } from './adjacency.ts';
import { collapseGroups } from './collapse.ts';
import { impactOf } from './impact.ts';
import { chooseLevelOfDetail, elementLimit } from './levelOfDetail.ts';
import { mergeGraphs } from './merge.ts';
import { closestInDirection } from './navigation.ts';
import { allPaths, shortestPath } from './paths.ts';
import { commonAncestors, markReach, neighbourhood, reach } from './reach.ts';
import { graphOf } from './testGraphs.ts';
import { buildTree } from './tree.ts';
import type { LineageEdge, LineageNode } from './types.ts';

type Edges = readonly (readonly [number, number])[];

const anyGraph = fc.integer({ min: 1, max: 9 }).chain((nodeCount) =>
  fc.record({
    nodeCount: fc.constant(nodeCount),
    edges: fc.array(fc.tuple(fc.nat(nodeCount - 1), fc.nat(nodeCount - 1)), { maxLength: 20 }),
    from: fc.nat(nodeCount - 1),
    to: fc.nat(nodeCount - 1),
  }),
);

/** Distances by relaxing all edges until nothing changes. */
function distances(nodeCount: number, edges: Edges, from: number): number[] {
  const distance = Array.from({ length: nodeCount }, (_, node) => (node === from ? 0 : Infinity));
  for (let round = 0; round < nodeCount; round++) for (const [a, b] of edges) distance[b] = Math.min(distance[b]!, distance[a]! + 1);
  return distance;
}

const turned = (edges: Edges): Edges => edges.map(([a, b]) => [b, a] as const);

/** All simple paths by plain recursion. */
function simplePaths(edges: Edges, from: number, to: number): string[] {
  const distinct = [...new Set(edges.filter(([a, b]) => a !== b).map((edge) => edge.join()))].map((edge) => edge.split(',').map(Number));
  const found: string[] = [];
  const walk = (path: readonly number[]): void => {
    const node = path.at(-1)!;
    if (node === to) {
      found.push(path.join());
      return;
    }
    for (const [a, b] of distinct) if (a === node && !path.includes(b!)) walk([...path, b!]);
  };
  walk([from]);
  return found.sort();
}

const version = (key: string, extra: Partial<Extract<LineageNode, { kind: 'version' }>> = {}): LineageNode => ({
  kind: 'version',
  key,
  id: 1 as Extract<LineageNode, { kind: 'version' }>['id'],
  entity: 'team',
  project: 'alpha',
  artifact: key,
  type: 'model',
  index: 0,
  state: 'committed',
  aliases: [],
  size: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  links: [],
  hiddenUpstream: 0,
  hiddenDownstream: 0,
  ...extra,
});
const run = (key: string, extra: Partial<Extract<LineageNode, { kind: 'run' }>> = {}): LineageNode => ({
  kind: 'run',
  key,
  id: 1 as Extract<LineageNode, { kind: 'run' }>['id'],
  entity: 'team',
  project: 'alpha',
  runId: key,
  displayName: key,
  state: 'finished',
  jobType: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  durationSeconds: 1,
  hiddenUpstream: 0,
  hiddenDownstream: 0,
  ...extra,
});
const edge = (from: string, to: string): LineageEdge => ({ from, to, relation: from.startsWith('run') ? 'logged' : 'used', provenance: 'sdk' });

describe('reach', () => {
  it('finds what relaxation finds, nearest first, in both directions', () => {
    fc.assert(
      fc.property(anyGraph, fc.nat(5), ({ nodeCount, edges, from }, depth) => {
        const graph = graphOf(nodeCount, edges);
        for (const [direction, list] of [
          ['downstream', edges],
          ['upstream', turned(edges)],
        ] as const) {
          const expected = distances(nodeCount, list, from);
          const found = reach(graph, from, direction, { depth });
          expect(new Map([...found.nodes].map((node, at) => [node, found.distance[at]]))).toEqual(
            new Map(expected.flatMap((steps, node) => (steps <= depth ? [[node, steps] as const] : []))),
          );
          expect([...found.distance]).toEqual([...found.distance].sort((a, b) => a - b));
          expect(found.truncated).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('stops at the limit and says so', () => {
    fc.assert(
      fc.property(anyGraph, fc.integer({ min: 1, max: 9 }), ({ nodeCount, edges, from }, limit) => {
        const graph = graphOf(nodeCount, edges);
        const whole = reach(graph, from, 'downstream');
        const part = reach(graph, from, 'downstream', { limit });
        expect([...part.nodes]).toEqual([...whole.nodes].slice(0, limit));
        expect(part.truncated).toBe(whole.nodes.length > limit);
      }),
    );
  });

  it('takes both sides of a neighbourhood in turn', () => {
    fc.assert(
      fc.property(anyGraph, fc.nat(4), fc.nat(4), ({ nodeCount, edges, from }, up, down) => {
        const graph = graphOf(nodeCount, edges);
        const found = neighbourhood(graph, from, { up, down, limit: 1000 });
        const upward = distances(nodeCount, turned(edges), from);
        const downward = distances(nodeCount, edges, from);
        const within = (node: number): boolean => upward[node]! <= up || downward[node]! <= down;
        // A node that a cycle puts on both sides keeps the nearer side, and what lies behind it on the other may drop out.
        for (const node of found.nodes) expect(within(node)).toBe(true);
        const onBoth = Array.from({ length: nodeCount }, (_, node) => node).some(
          (node) => node !== from && upward[node]! <= up && downward[node]! <= down,
        );
        if (!onBoth) expect(found.nodes.length).toBe(Array.from({ length: nodeCount }, (_, node) => node).filter(within).length);
        expect(found.truncated).toBe(false);
      }),
    );
    const fan = graphOf(7, [
      [1, 0],
      [2, 0],
      [3, 0],
      [0, 4],
      [0, 5],
      [0, 6],
    ]);
    const bounded = neighbourhood(fan, 0, { up: 1, down: 1, limit: 5 });
    expect([...bounded.nodes]).toEqual([0, 1, 2, 3, 4]);
    expect([...bounded.distance]).toEqual([0, -1, -1, -1, 1]);
    expect(bounded.truncated).toBe(true);
  });

  it('finds common ancestors and where the ways part', () => {
    fc.assert(
      fc.property(anyGraph, ({ nodeCount, edges, from, to }) => {
        const reaches = Array.from({ length: nodeCount }, (_, node) => distances(nodeCount, edges, node));
        const expected = reaches.flatMap((steps, node) => (steps[from]! < Infinity && steps[to]! < Infinity ? [node] : []));
        const found = commonAncestors(graphOf(nodeCount, edges), from, to);
        expect(found.all).toEqual(expected);
        for (const node of expected) {
          const leadsOn = edges.some(([a, b]) => a === node && b !== node && expected.includes(b));
          expect(found.nearest.includes(node)).toBe(!leadsOn);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('marks the way of a node', () => {
    const graph = graphOf(6, [
      [0, 1],
      [1, 2],
      [3, 1],
      [4, 5],
    ]);
    expect([...markReach(graph, 1, 'both')]).toEqual([1, 1, 1, 1, 0, 0]);
    expect([...markReach(graph, 1, 'upstream')]).toEqual([1, 1, 0, 1, 0, 0]);
  });
});

describe('paths', () => {
  it('finds a shortest path exactly when there is one', () => {
    fc.assert(
      fc.property(anyGraph, ({ nodeCount, edges, from, to }) => {
        const found = shortestPath(graphOf(nodeCount, edges), from, to);
        const steps = distances(nodeCount, edges, from)[to]!;
        if (found === undefined) {
          expect(steps).toBe(Infinity);
          return;
        }
        expect(found.length - 1).toBe(steps);
        expect([found[0], found.at(-1)]).toEqual([from, to]);
        for (let at = 1; at < found.length; at++) expect(edges.some(([a, b]) => a === found[at - 1] && b === found[at])).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('finds every path, or as many as asked for', () => {
    fc.assert(
      fc.property(anyGraph, fc.integer({ min: 1, max: 6 }), ({ nodeCount, edges, from, to }, limit) => {
        const graph = graphOf(nodeCount, edges);
        const expected = simplePaths(edges, from, to);
        const all = allPaths(graph, from, to, 100_000);
        expect(all.paths.map((path) => path.join()).sort()).toEqual(expected);
        expect(all.truncated).toBe(false);
        const some = allPaths(graph, from, to, limit);
        expect(some.paths.length).toBe(Math.min(limit, expected.length));
        expect(some.truncated).toBe(expected.length > limit);
        for (const path of some.paths) expect(expected).toContain(path.join());
      }),
      { numRuns: 200 },
    );
  });

  it('gives up on a maze instead of hanging', () => {
    // Every node but the goal leads to every other; a trap behind the goal keeps all of them promising.
    const size = 40;
    const edges = Array.from({ length: size * size }, (_, at): [number, number] => [Math.floor(at / size), at % size]);
    const found = allPaths(graphOf(size, edges), 0, size - 1, 50);
    expect(found.paths.length).toBeLessThanOrEqual(50);
    expect(found.truncated).toBe(true);
  });
});

describe('impact', () => {
  it('counts what hangs on a version and finds what carries an alias', () => {
    const chip = (name: string) => ({ name, protected: false });
    const nodes = [
      version('version:1', { type: 'dataset' }),
      run('run:1'),
      version('version:2', { aliases: [chip('production')] }),
      run('run:2', { project: 'beta' }),
      version('version:3', { project: 'beta', type: 'report' }),
      version('version:9'),
    ];
    const edges = [
      edge('version:1', 'run:1'),
      edge('run:1', 'version:2'),
      edge('version:2', 'run:2'),
      edge('run:2', 'version:3'),
      edge('version:1', 'run:2'),
    ];
    const impact = impactOf(nodes, edges, 'version:1');
    expect(impact.rows).toEqual([
      { key: 'run:1', degree: 1, through: 'version:1' },
      { key: 'run:2', degree: 1, through: 'version:1' },
      { key: 'version:2', degree: 2, through: 'run:1' },
      { key: 'version:3', degree: 2, through: 'run:2' },
    ]);
    expect(impact).toMatchObject({ versionCount: 2, runCount: 2, byType: { model: 1, report: 1 }, byProject: { alpha: 2, beta: 2 } });
    expect(impact.carrying('production')).toEqual(['version:2']);
    expect(impact.carrying('latest')).toEqual([]);
    expect(impactOf(nodes, edges, 'version:77').rows).toEqual([]);
  });
});

describe('collapse', () => {
  const nodes = [
    version('version:1', { project: 'a' }),
    run('run:1', { project: 'a' }),
    version('version:2', { project: 'b' }),
    run('run:2', { project: 'b' }),
  ];
  const edges = [edge('version:1', 'run:1'), edge('run:1', 'version:2'), edge('version:1', 'run:2'), edge('version:2', 'run:2')];

  it('gathers members, counts edges between groups and drops those inside', () => {
    const drawn = collapseGroups({ nodes, edges }, { by: 'project' });
    expect(drawn.nodes.map((node) => node.key)).toEqual(['group:project:team/a', 'group:project:team/b']);
    expect(drawn.nodes[0]).toMatchObject({ versionCount: 1, runCount: 1, memberKeys: ['version:1', 'run:1'] });
    expect(drawn.edges.map(({ from, to, relation, count }) => ({ from, to, relation, count }))).toEqual([
      { from: 'group:project:team/a', to: 'group:project:team/b', relation: 'logged', count: 1 },
      { from: 'group:project:team/a', to: 'group:project:team/b', relation: 'used', count: 1 },
    ]);
  });

  it('leaves open groups, kept nodes and lone members as they are', () => {
    expect(collapseGroups({ nodes, edges }, { by: 'project', open: new Set(['group:project:team/a', 'group:project:team/b']) })).toEqual({
      nodes,
      edges,
    });
    const kept = collapseGroups({ nodes, edges }, { by: 'project', keep: new Set(['version:1']) });
    expect(kept.nodes.map((node) => node.key)).toEqual(['version:1', 'run:1', 'group:project:team/b']);
  });

  it('never loses a node or an edge between groups', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 10 }),
        fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 20 }),
        (projects, pairs) => {
          const many = projects.map((project, at) => version(`version:${at}`, { project }));
          const between = pairs.filter(([a, b]) => a < many.length && b < many.length).map(([a, b]) => edge(`version:${a}`, `version:${b}`));
          const drawn = collapseGroups({ nodes: many, edges: between }, { by: 'project' });
          expect(drawn.nodes.flatMap((node) => (node.kind === 'group' ? node.memberKeys : [node.key])).sort()).toEqual(
            many.map((node) => node.key).sort(),
          );
          const single = new Set(drawn.nodes.filter((node) => node.kind !== 'group').map((node) => node.key));
          const inside = between.filter(
            ({ from, to }) => !single.has(from) && many.find((node) => node.key === from)!.project === many.find((node) => node.key === to)!.project,
          );
          expect(drawn.edges.reduce((sum, drawnEdge) => sum + (drawnEdge.count ?? 1), 0)).toBe(between.length - inside.length);
        },
      ),
    );
  });
});

describe('merge', () => {
  it('counts what is hidden by what is shown, whichever answer brought it', () => {
    // version:1 is used by three runs; the first answer shows one of them, the second another.
    const first = { nodes: [version('version:1', { hiddenDownstream: 2 }), run('run:1')], edges: [edge('version:1', 'run:1')] };
    const second = {
      nodes: [version('version:1', { hiddenDownstream: 2 }), run('run:2', { hiddenDownstream: 1 })],
      edges: [edge('version:1', 'run:2')],
    };
    const merged = mergeGraphs([first, second]);
    expect(merged.nodes.map((node) => [node.key, node.hiddenUpstream, node.hiddenDownstream])).toEqual([
      ['version:1', 0, 1],
      ['run:1', 0, 0],
      ['run:2', 0, 1],
    ]);
    expect(merged.edges).toHaveLength(2);
    expect(mergeGraphs([first])).toBe(first);
    expect(mergeGraphs([first, first]).edges).toHaveLength(1);
  });

  it('leaves out edges to nodes no answer brought', () => {
    const dangling = { nodes: [run('run:1')], edges: [edge('version:1', 'run:1')] };
    expect(mergeGraphs([dangling, { nodes: [], edges: [] }]).edges).toEqual([]);
  });
});

describe('tree twin', () => {
  it('tells every edge once, marks repeats and ends on cycles', () => {
    fc.assert(
      fc.property(anyGraph, ({ nodeCount, edges, from }) => {
        const nodes = Array.from({ length: nodeCount }, (_, node) => ({ key: `n${node}` }));
        const graph = indexByKey(
          nodes,
          edges.map(([a, b]) => ({ from: `n${a}`, to: `n${b}` })),
        );
        const { rows, truncated } = buildTree(graph, `n${from}`, { isOpen: () => true });
        expect(truncated).toBe(false);
        expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
        for (const direction of ['upstream', 'downstream'] as const) {
          const list = direction === 'downstream' ? edges : turned(edges);
          const reached = distances(nodeCount, list, from).flatMap((steps, node) => (steps < Infinity ? [node] : []));
          const distinct = new Set(list.filter(([a, b]) => a !== b && reached.includes(a)).map((pair) => pair.join()));
          const told = rows.filter((row) => row.direction === direction && row.kind === 'node');
          expect(told.length).toBe(distinct.size);
          const firstTold = told.filter((row) => !row.repeated).map((row) => row.key);
          expect([...firstTold].sort()).toEqual(
            reached
              .filter((node) => node !== from)
              .map((node) => `n${node}`)
              .sort(),
          );
        }
        // Nothing of the graph is missing from the tree.
        expect(new Set(rows.map((row) => row.key)).size).toBe(nodeCount);
        for (const [at, row] of rows.entries()) {
          if (row.open) expect(rows[at + 1]!.level).toBe(row.level + 1);
          expect(row.position).toBeLessThanOrEqual(row.siblings);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('shows closed rows without their children and stops at its limit', () => {
    const graph = indexByKey(
      ['a', 'b', 'c'].map((key) => ({ key })),
      [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
      ],
    );
    const closed = buildTree(graph, 'a', { isOpen: (id) => id !== 'a downstream b' });
    expect(closed.rows.map((row) => [row.id, row.open, row.childCount])).toEqual([
      ['a', true, 1],
      ['a downstream', true, 1],
      ['a downstream b', false, 1],
    ]);
    expect(buildTree(graph, 'a', { limit: 3 })).toMatchObject({ truncated: true });
    expect(buildTree(graph, 'nowhere')).toEqual({ rows: [], truncated: false });
  });
});

describe('closestInDirection', () => {
  const x = Float64Array.from([0, 300, 300, 600, 0]);
  const y = Float64Array.from([0, -40, 200, 0, 90]);
  it('goes to the nearest node ahead', () => {
    expect(closestInDirection(x, y, 0, 'right')).toBe(1);
    expect(closestInDirection(x, y, 0, 'down')).toBe(4);
    expect(closestInDirection(x, y, 3, 'left')).toBe(1);
    expect(closestInDirection(x, y, 2, 'up')).toBe(1);
    expect(closestInDirection(x, y, 0, 'left')).toBeUndefined();
    expect(closestInDirection(x, y, 0, 'right', (node) => node !== 1)).toBe(3);
  });
  it('reaches every node of a layer with the keys across it', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: -500, max: 500 }), { minLength: 2, maxLength: 12 }), (places) => {
        const across = Float64Array.from(places);
        const along = new Float64Array(places.length);
        let node = places.indexOf(Math.min(...places));
        const visited = [node];
        for (let next = closestInDirection(along, across, node, 'down'); next !== undefined; next = closestInDirection(along, across, node, 'down')) {
          node = next;
          visited.push(node);
        }
        expect(visited.map((index) => places[index])).toEqual([...places].sort((a, b) => a - b));
      }),
    );
  });
});

describe('level of detail', () => {
  it('falls with the zoom, and with too many nodes in view', () => {
    expect(chooseLevelOfDetail({ zoom: 1, visibleCount: 40 })).toBe('cards');
    expect(chooseLevelOfDetail({ zoom: 0.5, visibleCount: 40 })).toBe('plain');
    expect(chooseLevelOfDetail({ zoom: 0.2, visibleCount: 40 })).toBe('map');
    expect(chooseLevelOfDetail({ zoom: 1, visibleCount: elementLimit * 2 })).toBe('map');
  });
  it('does not flicker at a border', () => {
    expect(chooseLevelOfDetail({ zoom: 0.58, visibleCount: 40, current: 'cards' })).toBe('cards');
    expect(chooseLevelOfDetail({ zoom: 0.58, visibleCount: 40, current: 'plain' })).toBe('plain');
    expect(chooseLevelOfDetail({ zoom: 0.34, visibleCount: 40, current: 'plain' })).toBe('plain');
    expect(chooseLevelOfDetail({ zoom: 0.34, visibleCount: 40, current: 'map' })).toBe('map');
  });
});
