import { describe, expect, it } from 'vitest';
import { layoutLayered, prepareLayout } from '#shared/lineage/index.ts';
import { sampleLineage } from '../gallery/sample.ts';
import { movedRoute } from './movedRoute.ts';

describe('an edge whose ends are under way', () => {
  const graph = sampleLineage(60, 3);
  const prepared = prepareLayout(graph);
  for (const direction of ['right', 'down'] as const) {
    const layout = layoutLayered(prepared.input, { direction });
    const scene = { prepared, layout };
    const { start, points } = layout.routes;

    it(`is the layout’s own way once they have arrived (${direction})`, () => {
      for (let edge = 0; edge < prepared.indexed.edgeCount; edge++) {
        expect(movedRoute(scene, edge, layout)).toEqual(points.slice(2 * start[edge]!, 2 * start[edge + 1]!));
      }
    });

    it(`begins and ends with its nodes and keeps its bends (${direction})`, () => {
      const moving = { x: layout.x.map((x, node) => x + node * 7), y: layout.y.map((y, node) => y + node * 5) };
      for (let edge = 0; edge < prepared.indexed.edgeCount; edge++) {
        const way = points.slice(2 * start[edge]!, 2 * start[edge + 1]!);
        const moved = movedRoute(scene, edge, moving);
        expect(moved).toHaveLength(way.length);
        if (way.length === 0) continue;
        const ends = [prepared.indexed.source[edge]!, prepared.indexed.target[edge]!];
        const shifts = [0, way.length - 2].map((at) => Math.round((moved[at]! - way[at]!) / 7));
        expect(shifts.toSorted((one, other) => one - other)).toEqual(ends.toSorted((one, other) => one - other));
        expect([0, way.length - 2].map((at) => Math.round((moved[at + 1]! - way[at + 1]!) / 5))).toEqual(shifts);
      }
    });
  }
});
