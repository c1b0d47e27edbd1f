import { useStoreApi } from '@xyflow/react';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { chooseLevelOfDetail, type Bounds } from '#shared/lineage/index.ts';
import type { CardActions, CardNode } from './Cards.tsx';
import { visibleBounds } from './paint.ts';
import { countWithin, nodeAt, nodesWithin, type Scene } from './scene.ts';
import type { GraphStore } from './store.ts';
import type { Size } from './useSize.ts';
import type { LineageViewProps } from './viewProps.ts';

/** Cards are given for the view and this much of it on every side, so that small moves need no new ones. */
const overscan = 0.15;
/** Cards that may come at once; more come in as many frames as it takes, so that none of them is late. The canvas draws those that are still to come. */
const atOnce = 32;

const none: ReadonlySet<number> = new Set();

/** The nodes that need an element: none while the canvas draws them, otherwise those in and around the view. They change only while the camera rests. */
export function useCards({
  scene,
  store,
  size,
  current,
}: {
  readonly scene: Scene | null;
  readonly store: GraphStore;
  readonly size: Size | null;
  readonly current: React.RefObject<LineageViewProps>;
}): { readonly nodes: CardNode[]; readonly complete: boolean } {
  const flow = useStoreApi();
  const detail = useStore(store, (state) => state.detail);
  const travelling = useStore(store, (state) => state.travelling);
  /** Of which scene and for which stretch of it cards are wanted. */
  const [given, setGiven] = useState<{ readonly scene: Scene; readonly bounds: Bounds } | null>(null);
  const actions = useMemo<CardActions>(
    () => ({
      expand: (key, direction) => current.current.onExpand?.(key, direction),
      openGroup: (key) => current.current.onOpenGroup?.(key),
      press: (event, node) => {
        if (node.kind === 'version') current.current.onNodePointerDragStart?.(event, node);
      },
    }),
    [current],
  );

  useLayoutEffect(() => {
    if (scene === null || size === null || travelling) return;
    const [x, y, zoom] = flow.getState().transform;
    const view = visibleBounds({ x, y, zoom }, size.width, size.height);
    const next = chooseLevelOfDetail({ zoom, visibleCount: countWithin(scene, view), current: store.getState().detail });
    if (next !== store.getState().detail) store.setState({ detail: next });
    const marginX = (view.right - view.left) * overscan;
    const marginY = (view.bottom - view.top) * overscan;
    setGiven({ scene, bounds: { left: view.left - marginX, right: view.right + marginX, top: view.top - marginY, bottom: view.bottom + marginY } });
  }, [scene, store, size, flow, travelling]);

  const wanted = useMemo<ReadonlySet<number>>(
    () => (scene === null || given === null || detail === 'map' ? none : new Set(nodesWithin(scene, given.bounds))),
    [scene, given, detail],
  );
  const [shown, setShown] = useState<{ readonly scene: Scene | null; readonly nodes: ReadonlySet<number> }>({ scene: null, nodes: none });
  const standing = useRef<ReadonlySet<string>>(new Set());
  // Those that stand already stay at no cost; of those that are new a few come with every frame.
  const due = useMemo<ReadonlySet<number>>(() => {
    if (scene === null) return none;
    const before = shown.scene === scene ? shown.nodes : none;
    const next = new Set<number>();
    let room = travelling ? 0 : atOnce;
    for (const node of wanted) {
      if (before.has(node) || standing.current.has(scene.prepared.indexed.keys[node]!)) next.add(node);
      else if (room-- > 0) next.add(node);
    }
    return next;
  }, [scene, wanted, shown, travelling]);
  const complete = due.size === wanted.size;
  useEffect(() => {
    if (complete || travelling || scene === null) return undefined;
    const frame = requestAnimationFrame(() => setShown({ scene, nodes: due }));
    return () => cancelAnimationFrame(frame);
  }, [complete, travelling, scene, due]);

  const kept = useRef(new Map<string, CardNode>());
  const listed = useRef<CardNode[]>([]);
  const nodes = useMemo(() => {
    if (scene === null) return [];
    const { width, height } = scene.prepared.input;
    const { x, y } = scene.layout;
    const down = scene.layout.direction === 'down';
    const before = kept.current;
    const now = new Map<string, CardNode>();
    for (const index of due) {
      const node = nodeAt(scene, index);
      const left = x[index]! - width[index]! / 2;
      const top = y[index]! - height[index]! / 2;
      const old = before.get(node.key);
      const same = old !== undefined && old.data.node === node && old.data.detail === detail && old.data.down === down;
      if (same && old.position.x === left && old.position.y === top) {
        now.set(node.key, old);
        continue;
      }
      now.set(node.key, {
        id: node.key,
        type: 'card',
        position: { x: left, y: top },
        width: width[index]!,
        height: height[index]!,
        handles: [],
        className: node.kind === 'version' ? 'nopan' : undefined,
        data: same ? old.data : { node, store, detail, down, actions },
      });
    }
    kept.current = now;
    const list = [...now.values()];
    // The same cards are the same list: then nobody has anything to do.
    const stands = listed.current;
    if (stands.length === list.length && list.every((node, at) => node === stands[at])) return stands;
    listed.current = list;
    return list;
  }, [scene, due, detail, store, actions]);
  useLayoutEffect(() => {
    const keys = new Set(nodes.map((node) => node.id));
    standing.current = keys;
    store.setState({ mounted: keys });
  }, [nodes, store]);
  return { nodes, complete: complete && !travelling };
}
