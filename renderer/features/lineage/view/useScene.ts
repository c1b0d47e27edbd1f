import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import {
  carryPositions,
  layoutLayered,
  prepareLayout,
  type LayoutDirection,
  type LayoutOptions,
  type LineageDrawnGraph,
  type PreparedGraph,
} from '#shared/lineage/index.ts';
import { LayoutClient } from '../layoutClient.ts';
import { buildLooks, buildScene, type Scene } from './scene.ts';
import type { GraphStore } from './store.ts';

/** Up to here the layout is computed in place, in a few milliseconds; beyond, in the worker. */
const inPlaceLimit = 2_500;
/** Refinement is quadratic in places: worth its time only for graphs that are looked at as a whole. */
const refineLimit = 1_500;
/** Milliseconds for which the camera has rested when a refinement is begun. */
const restBeforeRefining = 250;

export type SceneState = {
  /** The newest layout there is; the one before stays while a new one is under way. */
  readonly scene: Scene | null;
  /** How the scene came about: `fresh` is looked at anew, the others grow out of what stood. */
  readonly change: 'fresh' | 'grown' | 'refined';
  readonly working: boolean;
};

/** Whether enough of a graph stood before for the rest to find its place between. What mostly is new is better looked at afresh. */
function standsMostly(before: Scene, next: PreparedGraph): boolean {
  let known = 0;
  for (const key of next.indexed.keys) if (before.prepared.indexed.indexOf.has(key)) known++;
  return known * 2 >= next.indexed.nodeCount;
}

/**
 * Layout of a graph as it changes. The same root and direction keep what stood where it stood, with `anchor` unmoved;
 * a new root or direction starts afresh and is refined in the worker, where that leaves fewer crossings.
 */
export function useScene(graph: LineageDrawnGraph, rootKey: string, direction: LayoutDirection, anchorKey: string | null, store: GraphStore): SceneState {
  const prepared = useMemo(() => prepareLayout(graph), [graph]);
  const [state, setState] = useState<SceneState>({ scene: null, change: 'fresh', working: true });
  const client = useRef<LayoutClient | null>(null);
  const stood = useRef<{ readonly scene: Scene; readonly rootKey: string; readonly direction: LayoutDirection } | null>(null);
  const anchor = useRef(anchorKey);
  useEffect(() => {
    anchor.current = anchorKey;
  }, [anchorKey]);

  useLayoutEffect(() => {
    const made = new LayoutClient();
    client.current = made;
    return () => {
      made.dispose();
      client.current = null;
    };
  }, []);

  // Before anything is shown: a graph that is laid out in place is there with the first frame.
  useLayoutEffect(() => {
    performance.mark('vitrine:lineage known');
    const worker = client.current;
    const root = prepared.indexed.indexOf.get(rootKey);
    const before = stood.current;
    const same = before !== null && before.rootKey === rootKey && before.direction === direction;
    const previous = same && standsMostly(before.scene, prepared) ? before.scene : null;
    const options: LayoutOptions = {
      direction,
      ...(root === undefined ? {} : { root }),
      ...(previous === null
        ? {}
        : { previous: carryPositions({ indexed: previous.prepared.indexed, layout: previous.layout }, prepared.indexed, anchor.current ?? rootKey) }),
    };
    const show = (scene: Scene, change: SceneState['change']): void => {
      performance.mark('vitrine:lineage laid out');
      stood.current = { scene, rootKey, direction };
      setState({ scene, change, working: false });
    };
    /** In this very turn: what people wait for does not queue. */
    const showNow = (scene: Scene, change: SceneState['change']): void => flushSync(() => show(scene, change));
    const change = previous === null ? 'fresh' : 'grown';
    if (prepared.input.nodeCount > inPlaceLimit && worker !== null) {
      setState((old) => ({ ...old, working: true }));
      worker.request(
        'layout',
        prepared.input,
        options,
        undefined,
        (answer) => {
          if (answer !== null) showNow(buildScene(prepared, answer.layout, looks), change);
        },
        // Without a worker the window waits a moment, and has its graph all the same.
        () => showNow(buildScene(prepared, layoutLayered(prepared.input, options), looks), change),
      );
      const looks = buildLooks(prepared);
      return () => worker.cancel();
    }
    const layout = layoutLayered(prepared.input, options);
    show(buildScene(prepared, layout), change);
    if (previous !== null || worker === null || layout.crossings === 0 || prepared.input.nodeCount > refineLimit) return () => worker?.cancel();
    // A refinement takes a processor for a second or more: it is for whoever looks, and gives way to whoever moves.
    let due: ReturnType<typeof setTimeout> | undefined;
    let settled = false;
    const refine = (): void =>
      worker.request(
        'refine',
        prepared.input,
        options,
        layout.crossings,
        (answer) => {
          settled = true;
          if (answer !== null) show(buildScene(prepared, answer.layout), 'refined');
        },
        // The layout that stands is good; a refinement that can't be had is no news.
        () => {
          settled = true;
        },
      );
    const begin = (): void => {
      if (!settled) due = setTimeout(refine, restBeforeRefining);
    };
    const stop = store.subscribe((now, before) => {
      if (now.travelling === before.travelling || settled) return;
      clearTimeout(due);
      if (now.travelling) worker.cancel();
      else begin();
    });
    begin();
    return () => {
      stop();
      clearTimeout(due);
      worker.cancel();
    };
  }, [prepared, rootKey, direction, store]);

  return state;
}
