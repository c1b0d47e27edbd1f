import { useStoreApi } from '@xyflow/react';
import { useCallback, useState, type PointerEvent } from 'react';
import { markReach, type LineageDrawnNode } from '#shared/lineage/index.ts';
import { nodeAt, type Scene } from './scene.ts';
import type { GraphStore } from './store.ts';

/** A name beside the pointer, in CSS pixels of the graph. */
export type Hint = { readonly x: number; readonly y: number; readonly node: LineageDrawnNode };

export type MapPointer = {
  readonly hint: Hint | null;
  /** Lights the way of a node; null lets go. */
  readonly hover: (key: string | null) => void;
  /** The node under a point of the window where the canvas draws the nodes; undefined where they are cards. */
  readonly nodeUnder: (clientX: number, clientY: number) => LineageDrawnNode | undefined;
  readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerLeave: () => void;
};

/** What the pointer meets: cards tell it themselves, on the map it is looked up. */
export function useMapPointer(frame: React.RefObject<HTMLElement | null>, store: GraphStore, scene: Scene | null): MapPointer {
  const flow = useStoreApi();
  const [hint, setHint] = useState<Hint | null>(null);
  const hover = useCallback(
    (key: string | null): void => {
      if (store.getState().hovered === key) return;
      const index = key === null || scene === null ? undefined : scene.prepared.indexed.indexOf.get(key);
      if (scene === null || index === undefined) {
        store.setState((old) => ({ hovered: null, lit: old.held }));
        return;
      }
      const marks = markReach(scene.prepared.indexed, index, 'both');
      const lit = new Set<string>();
      for (let node = 0; node < marks.length; node++) if (marks[node] === 1) lit.add(scene.prepared.indexed.keys[node]!);
      store.setState({ hovered: key, lit });
    },
    [store, scene],
  );
  const nodeUnder = (clientX: number, clientY: number): LineageDrawnNode | undefined => {
    if (scene === null || frame.current === null || store.getState().detail !== 'map') return undefined;
    const box = frame.current.getBoundingClientRect();
    const [x, y, zoom] = flow.getState().transform;
    const index = scene.index().at((clientX - box.left - x) / zoom, (clientY - box.top - y) / zoom, 3 / zoom);
    return index === undefined ? undefined : nodeAt(scene, index);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>): void => {
    if (store.getState().detail !== 'map' || event.buttons !== 0 || frame.current === null) {
      if (hint !== null) setHint(null);
      return;
    }
    const onPane = event.target instanceof Element && event.target.closest('.react-flow__pane') !== null;
    const node = onPane ? nodeUnder(event.clientX, event.clientY) : undefined;
    hover(node?.key ?? null);
    const box = frame.current.getBoundingClientRect();
    setHint(node === undefined ? null : { x: event.clientX - box.left, y: event.clientY - box.top, node });
  };
  const onPointerLeave = (): void => {
    setHint(null);
    hover(null);
  };
  return { hint, hover, nodeUnder, onPointerMove, onPointerLeave };
}
