import { useLayoutEffect, useRef } from 'react';
import { motionIsOff } from '../../../ui/theme.ts';
import type { Scene } from './scene.ts';

/** Milliseconds in which nodes go to where a new layout wants them. */
const moveTime = 180;

/**
 * Lets what stood before go to its new place, where motion is wanted. Cards already have their new places; on the way each is shifted by its
 * `translate`, outside of React, in the frame in which the canvas draws the edges with them.
 */
export function useMovement(
  frame: React.RefObject<HTMLElement | null>,
  scene: Scene | null,
  change: 'fresh' | 'grown' | 'refined',
  moving: React.RefObject<{ readonly x: Float64Array; readonly y: Float64Array } | null>,
  repaint: React.RefObject<() => void>,
): void {
  const before = useRef<Scene | null>(null);
  useLayoutEffect(() => {
    const old = before.current;
    before.current = scene;
    if (scene === null || old === null || old === scene || change === 'fresh' || motionIsOff()) return undefined;
    const { indexed } = scene.prepared;
    const count = indexed.nodeCount;
    const fromX = new Float64Array(count);
    const fromY = new Float64Array(count);
    let moved = false;
    for (let node = 0; node < count; node++) {
      const stood = old.prepared.indexed.indexOf.get(indexed.keys[node]!);
      fromX[node] = stood === undefined ? scene.layout.x[node]! : old.layout.x[stood]!;
      fromY[node] = stood === undefined ? scene.layout.y[node]! : old.layout.y[stood]!;
      moved ||= fromX[node] !== scene.layout.x[node] || fromY[node] !== scene.layout.y[node];
    }
    if (!moved) return undefined;
    let request = 0;
    let begun = 0;
    const { width, height } = scene.prepared.input;
    const place = (): void => {
      const at = moving.current;
      for (const element of frame.current?.querySelectorAll<HTMLElement>('.react-flow__node') ?? []) {
        const node = indexed.indexOf.get(element.dataset.id ?? '');
        // Where React Flow has it now: it takes new places a moment later than it is given them.
        const stands = /^translate\((\S+)px, ?(\S+)px\)/u.exec(element.style.transform);
        if (node === undefined || stands === null) continue;
        const x = at === null ? 0 : at.x[node]! - width[node]! / 2 - Number(stands[1]);
        const y = at === null ? 0 : at.y[node]! - height[node]! / 2 - Number(stands[2]);
        element.style.translate = x === 0 && y === 0 ? '' : `${x}px ${y}px`;
      }
      repaint.current();
    };
    const advance = (now: number): void => {
      begun ||= now;
      const share = Math.min(1, (now - begun) / moveTime);
      const eased = 1 - (1 - share) ** 3;
      moving.current =
        share === 1
          ? null
          : {
              x: fromX.map((value, node) => value + (scene.layout.x[node]! - value) * eased),
              y: fromY.map((value, node) => value + (scene.layout.y[node]! - value) * eased),
            };
      place();
      if (share < 1) request = requestAnimationFrame(advance);
    };
    moving.current = { x: fromX, y: fromY };
    place();
    request = requestAnimationFrame(advance);
    return () => {
      cancelAnimationFrame(request);
      moving.current = null;
      place();
    };
  }, [frame, scene, change, moving, repaint]);
}
