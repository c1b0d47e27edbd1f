import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { motionIsOff } from '../../../ui/theme.ts';
import { useGraphColors } from './colors.ts';
import { Backdrop, paint, type Frame } from './paint.ts';
import type { Scene } from './scene.ts';
import type { GraphStore } from './store.ts';
import styles from './LineageView.module.css';

export type GraphCanvasProps = {
  readonly scene: Scene;
  readonly store: GraphStore;
  /** Positions on the way to `scene`'s; read on every frame. */
  readonly moving: React.RefObject<{ readonly x: Float64Array; readonly y: Float64Array } | null>;
  /** Is given the function that asks for a new frame. */
  readonly repaint: React.RefObject<() => void>;
};

/** How long the camera has rested when the map is drawn sharp again, in milliseconds. */
const restTime = 90;

/** How long edges take to brighten, in milliseconds. */
const fadeTime = 140;

/**
 * One canvas under the cards: all edges, and below the zoom of cards all nodes. It follows the camera outside of React, in the
 * frame in which the cards move.
 */
export function GraphCanvas({ scene, store, moving, repaint }: GraphCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const flow = useStoreApi();
  const colors = useGraphColors();

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || context === null || context === undefined) return undefined;
    const { indexed } = scene.prepared;
    const marked = (keys: Iterable<string>): Set<number> => {
      const nodes = new Set<number>();
      for (const key of keys) {
        const node = indexed.indexOf.get(key);
        if (node !== undefined) nodes.add(node);
      }
      return nodes;
    };
    let frame = 0;
    let lit: Uint8Array | null = null;
    let litKeys: ReadonlySet<string> | null = null;
    let fade = 0;
    let fadeFrom = 0;
    let width = element.clientWidth;
    let height = element.clientHeight;
    const backdrop = new Backdrop();
    let resting: ReturnType<typeof setTimeout> | undefined;

    const draw = (now: number): void => {
      frame = 0;
      const state = store.getState();
      if (state.lit !== litKeys) {
        litKeys = state.lit;
        if (state.lit !== null) {
          lit = new Uint8Array(indexed.nodeCount);
          for (const key of state.lit) {
            const node = indexed.indexOf.get(key);
            if (node !== undefined) lit[node] = 1;
          }
        }
        fadeFrom = now;
      }
      const wanted = litKeys === null ? 0 : 1;
      if (fade !== wanted) {
        const step = motionIsOff() ? 1 : Math.min(1, Math.max(0.1, (now - fadeFrom) / fadeTime));
        fade = wanted === 1 ? Math.max(fade, step) : Math.min(fade, 1 - step);
        if (fade !== wanted) schedule();
      }
      if (fade === 0 && litKeys === null) lit = null;
      const ratio = devicePixelRatio;
      if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
        element.width = Math.round(width * ratio);
        element.height = Math.round(height * ratio);
      }
      const [x, y, zoom] = flow.getState().transform;
      const next: Frame = {
        scene,
        view: { x, y, zoom },
        width,
        height,
        ratio,
        colors,
        detail: state.detail,
        lit,
        fade,
        roots: marked(state.roots),
        pinned: marked(state.pinned),
        selected: state.selected === null ? -1 : (indexed.indexOf.get(state.selected) ?? -1),
        matches: marked(state.matches),
        moving: moving.current,
      };
      paint(context, next, backdrop);
      clearTimeout(resting);
      if (state.detail === 'map' && backdrop.isBlurred(next)) {
        resting = setTimeout(() => {
          backdrop.renew();
          schedule();
        }, restTime);
      }
    };
    const schedule = (): void => {
      if (frame === 0) frame = requestAnimationFrame(draw);
    };
    repaint.current = schedule;
    const observer = new ResizeObserver(() => {
      width = element.clientWidth;
      height = element.clientHeight;
      schedule();
    });
    observer.observe(element);
    let transform = flow.getState().transform;
    const stopCamera = flow.subscribe((state) => {
      if (state.transform === transform) return;
      transform = state.transform;
      schedule();
    });
    const stopStore = store.subscribe(schedule);
    schedule();
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(resting);
      observer.disconnect();
      stopCamera();
      stopStore();
    };
  }, [scene, store, colors, flow, moving, repaint]);

  return <canvas ref={canvas} className={styles.canvas} aria-hidden />;
}
