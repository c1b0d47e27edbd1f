import { useReactFlow, useStoreApi, type Viewport } from '@xyflow/react';
import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import { motionIsOff } from '../../../ui/theme.ts';
import { boxOf, firstView, fitBeside, fitBounds } from './camera.ts';
import type { Scene } from './scene.ts';
import type { GraphStore } from './store.ts';
import type { SceneState } from './useScene.ts';
import type { Size } from './useSize.ts';
import { useTravel } from './useTravel.ts';

export const maximumZoom = 1.6;
/** How far one may go away from a graph, in parts of the zoom at which all of it is in view: further than where it stands beside legend and minimap. */
const furthest = 0.5;

/** The least zoom. */
export function minimumZoom(scene: Scene | null, size: Size | null): number {
  return scene === null || size === null ? 0.05 : Math.min(0.1, fitBounds(scene.layout.bounds, size.width, size.height).zoom * furthest);
}

export type Camera = {
  /** Where it stands in the first picture; null before there is one. */
  readonly first: Viewport | null;
  /** Brings a node into the middle, no farther away than `zoomAtLeast`. */
  readonly show: (key: string, zoomAtLeast: number) => void;
  /** Shows all of some nodes, at most at the zoom `largest`. */
  readonly lookAt: (keys: Iterable<string>, largest: number) => void;
  readonly fitAll: () => void;
  readonly zoomBy: (factor: number) => void;
  /** A person moved it: it no longer follows the size of its frame. */
  readonly noteMoved: () => void;
};

type Options = {
  readonly frame: React.RefObject<HTMLElement | null>;
  readonly store: GraphStore;
  readonly scene: Scene | null;
  readonly change: SceneState['change'];
  readonly size: Size | null;
  readonly rootKey: string;
  /** Where it stood when the place was left. */
  readonly viewport: Viewport | null | undefined;
};

/** The camera over the graph: where it stands first, what it follows by itself, and how it is moved. React Flow keeps it. */
export function useCamera({ frame, store, scene, change, size, rootKey, viewport }: Options): Camera {
  const flow = useStoreApi();
  const camera = useReactFlow();
  const drawn = scene !== null && size !== null;
  const arrive = useTravel(frame, store, drawn);
  /** Moves the camera; with `duration`, and where motion is wanted, in so many milliseconds. */
  const move = useCallback(
    (to: Viewport, duration = 0): void => {
      void camera.setViewport(to, motionIsOff() ? {} : { duration }).then(arrive);
    },
    [camera, arrive],
  );

  // How the camera came to stand as it does: a person who moved it has decided.
  const pose = useRef<'first' | 'all' | 'free'>(viewport === null || viewport === undefined ? 'first' : 'free');
  // It stands before the first frame in which there is something to see; React Flow's own fit would need all nodes mounted.
  const first = useRef<Viewport | null>(null);
  if (first.current === null && drawn) first.current = viewport ?? firstView(scene, rootKey, size, store.getState().legendOpen);
  useLayoutEffect(() => {
    // React Flow, which keeps the camera, comes after the first picture.
    if (drawn && first.current !== null) flow.setState({ transform: [first.current.x, first.current.y, first.current.zoom] });
  }, [drawn, flow]);
  const looked = useRef<Scene | null>(null);
  useLayoutEffect(() => {
    if (scene === null || size === null || looked.current === scene) return;
    const isFirst = looked.current === null;
    looked.current = scene;
    // What grew out of what stood is looked at from where one stands; what is laid out afresh is a new picture.
    if (isFirst || change !== 'fresh') return;
    pose.current = 'first';
    move(firstView(scene, rootKey, size, store.getState().legendOpen));
  }, [scene, change, size, rootKey, store, move]);

  // As long as nobody moved the camera, it follows the size of its frame: opening the tree beside it hides nothing.
  const fittedSize = useRef(size);
  useLayoutEffect(() => {
    if (scene === null || size === null || fittedSize.current === size) return;
    const unknown = fittedSize.current === null;
    fittedSize.current = size;
    if (unknown || pose.current === 'free') return;
    const { legendOpen } = store.getState();
    move(pose.current === 'all' ? fitBeside(scene, 'all', size, legendOpen) : firstView(scene, rootKey, size, legendOpen));
  }, [scene, size, rootKey, store, move]);

  useFarNames(frame, store, drawn);

  const show = useCallback(
    (key: string, zoomAtLeast: number): void => {
      if (scene === null || size === null) return;
      const index = scene.prepared.indexed.indexOf.get(key);
      if (index === undefined) return;
      const zoom = Math.max(flow.getState().transform[2], zoomAtLeast);
      pose.current = 'free';
      move({ x: size.width / 2 - scene.layout.x[index]! * zoom, y: size.height / 2 - scene.layout.y[index]! * zoom, zoom }, 180);
    },
    [scene, size, flow, move],
  );

  const lookAt = useCallback(
    (keys: Iterable<string>, largest: number): void => {
      if (scene === null || size === null) return;
      const boxes = [...keys].flatMap((key) => {
        const index = scene.prepared.indexed.indexOf.get(key);
        return index === undefined ? [] : [boxOf(scene, index)];
      });
      if (boxes.length === 0) return;
      pose.current = 'free';
      move(fitBeside(scene, boxes, size, store.getState().legendOpen, largest), 180);
    },
    [scene, size, store, move],
  );

  const fitAll = useCallback((): void => {
    if (scene === null || size === null) return;
    pose.current = 'all';
    move(fitBeside(scene, 'all', size, store.getState().legendOpen), 180);
  }, [scene, size, store, move]);

  const zoomBy = useCallback(
    (factor: number): void => {
      if (size === null) return;
      pose.current = 'free';
      const { transform, minZoom } = flow.getState();
      const [x, y, zoom] = transform;
      const next = Math.min(maximumZoom, Math.max(minZoom, zoom * factor));
      const midX = size.width / 2;
      const midY = size.height / 2;
      move({ x: midX - ((midX - x) / zoom) * next, y: midY - ((midY - y) / zoom) * next, zoom: next }, 120);
    },
    [size, flow, move],
  );

  const noteMoved = useCallback((): void => {
    pose.current = 'free';
  }, []);

  return { first: first.current, show, lookAt, fitAll, zoomBy, noteMoved };
}

/** The zoom below which names are written larger. */
const farBelow = 0.46;

/** From far away names are written larger, so that they can still be read; a step, not a scale: every frame of a zoom would lay them out anew. */
function useFarNames(frame: React.RefObject<HTMLElement | null>, store: GraphStore, drawn: boolean): void {
  const flow = useStoreApi();
  useEffect(() => {
    const follow = (): void => {
      const { transform } = flow.getState();
      const element = frame.current;
      if (element === null || store.getState().travelling) return;
      const far = transform[2] < (element.dataset.far === undefined ? farBelow : farBelow * 1.06);
      if (far) element.dataset.far = '';
      else delete element.dataset.far;
    };
    follow();
    return store.subscribe(follow);
  }, [frame, flow, store, drawn]);
}
