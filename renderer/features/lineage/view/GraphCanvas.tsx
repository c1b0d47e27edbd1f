import { useStore, useStoreApi } from '@xyflow/react';
import { useLayoutEffect, useRef } from 'react';
import { motionIsOff } from '../../../ui/theme.ts';
import { useGraphColors } from './colors.ts';
import { Backdrop, holds, paint, visibleBounds, type Frame, type View } from './paint.ts';
import type { Scene } from './scene.ts';
import type { GraphState, GraphStore } from './store.ts';
import type { Size } from './useSize.ts';
import styles from './LineageView.module.css';

export type GraphCanvasProps = {
  /** null: there is nothing to draw yet. The canvas stands all the same, so that the first picture needs not wait for it. */
  readonly scene: Scene | null;
  readonly store: GraphStore;
  /** Of the view, in CSS pixels. */
  readonly size: Size;
  /** Positions on the way to `scene`'s; read on every frame. */
  readonly moving: React.RefObject<{ readonly x: Float64Array; readonly y: Float64Array } | null>;
  /** Is given the function that asks for a new frame. */
  readonly repaint: React.RefObject<() => void>;
  /** Whether the canvas reaches beyond the view. The first picture is of the view alone: that is what is waited for. */
  readonly roomy: boolean;
  /** Called once a scene stands on the canvas. */
  readonly onDrawn: () => void;
};

/** The canvas reaches this much of the view beyond it on every side, so that a small move of the camera only moves it. */
const margin = 0.2;
/** A canvas stretched or shrunk by more than this is drawn anew on the way, where that takes no longer than `quickDraw`. */
const mostStretched = 1.5;
/** Milliseconds that drawing may take within a frame on the way. */
const quickDraw = 5;

/** How long edges take to brighten, in milliseconds. */
const fadeTime = 140;

/**
 * One canvas under the cards: all edges, and all nodes that have no card. While the camera is on its way it is moved and stretched as the cards are,
 * by the compositor alone, and drawn anew where it no longer covers the view; once the camera rests it is drawn sharp.
 */
export function GraphCanvas({ scene, store, size, moving, repaint, roomy, onDrawn }: GraphCanvasProps) {
  const drawn = useRef(onDrawn);
  useLayoutEffect(() => {
    drawn.current = onDrawn;
  });
  const canvas = useRef<HTMLCanvasElement>(null);
  const flow = useStoreApi();
  const colors = useGraphColors();
  const travel = useRef<() => void>(() => undefined);
  /** The scene that was last told to be drawn. */
  const told = useRef<Scene | null>(null);
  // In the same step in which React Flow moves the cards, so that no edge ever lags behind them.
  const transform = useStore((state) => state.transform);
  useLayoutEffect(() => travel.current(), [transform]);

  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || context === null || context === undefined) return undefined;
    const marginX = roomy ? Math.round(size.width * margin) : 0;
    const marginY = roomy ? Math.round(size.height * margin) : 0;
    const width = size.width + 2 * marginX;
    const height = size.height + 2 * marginY;
    const resize = (): void => {
      const ratio = devicePixelRatio;
      if (element.width === Math.round(width * ratio) && element.height === Math.round(height * ratio)) return;
      element.width = Math.round(width * ratio);
      element.height = Math.round(height * ratio);
    };
    Object.assign(element.style, { left: `${-marginX}px`, top: `${-marginY}px`, width: `${width}px`, height: `${height}px` });
    if (scene === null) {
      resize();
      return undefined;
    }
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
    const backdrop = new Backdrop();
    /** The camera and the state for which the canvas was drawn, and how long that took. */
    let drawnFor: { readonly view: View; readonly state: GraphState; readonly frame: Frame; readonly whole: boolean } | null = null;
    let tookTime = 0;
    const cameraNow = (): View => {
      const [x, y, zoom] = flow.getState().transform;
      return { x: x + marginX, y: y + marginY, zoom };
    };
    /** Moves what was drawn to where the camera has it now; false where it has to be drawn anew. */
    const follow = (): boolean => {
      if (drawnFor === null) return false;
      const view = cameraNow();
      const scale = view.zoom / drawnFor.view.zoom;
      element.style.transform = `translate(${view.x - drawnFor.view.x * scale}px, ${view.y - drawnFor.view.y * scale}px) scale(${scale})`;
      const state = store.getState();
      if (!state.travelling || moving.current !== null || fade !== (litKeys === null ? 0 : 1) || !looksSame(state, drawnFor.state)) return false;
      if (tookTime <= quickDraw && (scale > mostStretched || scale < 1 / mostStretched)) return false;
      const needed = visibleBounds({ ...view, x: view.x - marginX, y: view.y - marginY }, size.width, size.height);
      return holds(visibleBounds(drawnFor.view, width, height), needed, scene.layout.bounds);
    };
    const draw = (now: number): void => {
      frame = 0;
      const state = store.getState();
      if (follow()) return;
      const begun = performance.now();
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
      resize();
      const view = cameraNow();
      const covered = new Set<number>();
      if (state.detail !== 'map') for (const key of state.mounted) covered.add(indexed.indexOf.get(key) ?? -1);
      const next: Frame = {
        scene,
        view,
        width,
        height,
        ratio: devicePixelRatio,
        colors,
        detail: state.detail,
        covered,
        lit,
        fade,
        roots: marked(state.roots),
        pinned: marked(state.pinned),
        selected: state.selected === null ? -1 : (indexed.indexOf.get(state.selected) ?? -1),
        matches: marked(state.matches),
        travelling: state.travelling,
        moving: moving.current,
      };
      // On the way what was drawn at rest is shown on; at the end of it everything is drawn sharp.
      if (state.travelling && drawnFor?.whole === true && tookTime > quickDraw) backdrop.take(element, drawnFor.frame);
      paint(context, next, backdrop);
      element.style.transform = '';
      tookTime = performance.now() - begun;
      const isFirst = told.current !== scene;
      told.current = scene;
      drawnFor = { view, state, frame: next, whole: !state.travelling && state.detail === 'map' && lit === null };
      if (!isFirst) return;
      performance.mark('vitrine:lineage drawn');
      // The next frame holds the picture, with the one after it that is on the screen: what comes then takes the thread for longer than a frame.
      requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => drawn.current(), 0)));
    };
    const schedule = (): void => {
      if (frame === 0) frame = requestAnimationFrame(draw);
    };
    repaint.current = schedule;
    travel.current = () => {
      if (!follow()) schedule();
    };
    const stopStore = store.subscribe(schedule);
    schedule();
    // A scene that stands is drawn as soon as camera and level of detail have been chosen for it, which the views around this one do in the same
    // step; one whose nodes are on their way is drawn by the frame that moves them.
    let ended = false;
    queueMicrotask(() => {
      if (ended || drawnFor !== null || moving.current !== null) return;
      cancelAnimationFrame(frame);
      draw(performance.now());
    });
    return () => {
      ended = true;
      cancelAnimationFrame(frame);
      travel.current = () => undefined;
      stopStore();
    };
  }, [scene, store, size, colors, flow, moving, repaint, roomy]);

  return <canvas ref={canvas} className={styles.canvas} aria-hidden />;
}

/** Whether two states are drawn alike, apart from the camera's being on its way. */
function looksSame(one: GraphState, other: GraphState): boolean {
  return (
    one.selected === other.selected &&
    one.lit === other.lit &&
    one.pinned === other.pinned &&
    one.roots === other.roots &&
    one.matches === other.matches &&
    one.detail === other.detail &&
    one.mounted === other.mounted
  );
}
