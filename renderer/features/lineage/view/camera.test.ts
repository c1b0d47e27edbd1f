import { describe, expect, it } from 'vitest';
import { layoutLayered, prepareLayout, type LayoutDirection } from '#shared/lineage/index.ts';
import { sampleLineage } from '../gallery/sample.ts';
import { boxOf, fitBeside, fitBounds, firstView } from './camera.ts';
import { overlaysOf } from './overlays.ts';
import { buildScene, type Scene } from './scene.ts';
import type { Size } from './useSize.ts';

const frames: readonly Size[] = [{ width: 1280, height: 640 }, { width: 940, height: 640 }, { width: 700, height: 640 }, { width: 520, height: 600 }];

function sceneOf(size: number, direction: LayoutDirection = 'right'): { readonly scene: Scene; readonly rootKey: string } {
  const graph = sampleLineage(size, 4);
  const prepared = prepareLayout(graph);
  return { scene: buildScene(prepared, layoutLayered(prepared.input, { root: 5, direction })), rootKey: graph.nodes[5]!.key };
}

/** Keys of nodes under the legend or the minimap, and of those that stand outside of the frame. */
function hidden(scene: Scene, size: Size, { x, y, zoom }: { readonly x: number; readonly y: number; readonly zoom: number }): readonly string[] {
  const over = overlaysOf(scene, size, true);
  return scene.prepared.indexed.keys.filter((_, node) => {
    const box = boxOf(scene, node);
    const [left, right, top, bottom] = [box.left * zoom + x, box.right * zoom + x, box.top * zoom + y, box.bottom * zoom + y];
    if (left < 0 || right > size.width || top < 0 || bottom > size.height) return true;
    return over.some((one) => left < one.right && right > one.left && top < one.bottom && bottom > one.top);
  });
}

describe('all of a graph is shown beside the legend and the minimap', () => {
  for (const nodes of [12, 40, 200, 2_000]) {
    for (const direction of ['right', 'down'] as const) {
      it(`${nodes} nodes, ${direction}`, () => {
        const { scene } = sceneOf(nodes, direction);
        for (const frame of frames) {
          const view = fitBeside(scene, 'all', frame, true);
          expect(hidden(scene, frame, view), `${frame.width} × ${frame.height}`).toEqual([]);
          // Not for the price of a graph that is much smaller than it could be.
          expect(view.zoom).toBeGreaterThanOrEqual(fitBounds(scene.layout.bounds, frame.width, frame.height).zoom * 0.55);
        }
      });
    }
  }
});

it('a graph that is whole at first sight is not under them either', () => {
  let whole = 0;
  for (let nodes = 6; nodes <= 40; nodes++) {
    const { scene, rootKey } = sceneOf(nodes);
    for (const frame of frames) {
      const beside = fitBeside(scene, 'all', frame, true);
      // Smaller than that its cards could hardly be read: it is looked at in parts.
      if (beside.zoom < 0.6) continue;
      whole++;
      expect(firstView(scene, rootKey, frame, true), `${nodes} nodes in ${frame.width}`).toEqual(beside);
      expect(hidden(scene, frame, beside)).toEqual([]);
    }
  }
  expect(whole).toBeGreaterThan(0);
});

it('where a graph is looked at in parts, what it begins with is not under them', () => {
  for (const nodes of [60, 200, 1_000]) {
    for (const direction of ['right', 'down'] as const) {
      const { scene, rootKey } = sceneOf(nodes, direction);
      for (const frame of frames) expect(hidden(scene, frame, firstView(scene, rootKey, frame, true)), `${nodes} nodes ${direction} in ${frame.width}`).not.toContain(rootKey);
    }
  }
});

it('what is looked at is not under them, whatever else is', () => {
  const { scene } = sceneOf(200);
  for (const frame of frames) {
    for (let node = 0; node < 200; node += 17) {
      const box = boxOf(scene, node);
      const { x, y, zoom } = fitBeside(scene, [box], frame, true, 1.2);
      const over = overlaysOf(scene, frame, true);
      expect(over.some((one) => box.left * zoom + x < one.right && box.right * zoom + x > one.left && box.top * zoom + y < one.bottom && box.bottom * zoom + y > one.top)).toBe(false);
    }
  }
});
