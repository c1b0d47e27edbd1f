import { useStoreApi } from '@xyflow/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { chooseLevelOfDetail, type Bounds, type LevelOfDetail } from '#shared/lineage/index.ts';
import type { CardActions, CardNode } from './Cards.tsx';
import type { LineageViewProps } from './LineageView.tsx';
import { visibleBounds } from './paint.ts';
import { nodeAt, type Scene } from './scene.ts';
import type { GraphStore } from './store.ts';

/** Cards are given for the view and this much of it on every side, so that small moves need no new ones. */
const overscan = 0.3;

/** The nodes that need an element: none while the canvas draws them, otherwise those in and around the view. */
export function useCards({
  scene,
  store,
  size,
  moving,
  tick,
  current,
}: {
  readonly scene: Scene | null;
  readonly store: GraphStore;
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly moving: React.RefObject<{ readonly x: Float64Array; readonly y: Float64Array } | null>;
  readonly tick: number;
  readonly current: React.RefObject<LineageViewProps>;
}): CardNode[] {
  const flow = useStoreApi();
  const detail = useStore(store, (state) => state.detail);
  const [given, setGiven] = useState<Bounds | null>(null);
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

  useEffect(() => {
    if (scene === null || size === null) return undefined;
    let standing: Bounds | null = null;
    let standingDetail: LevelOfDetail | null = null;
    const follow = (): void => {
      const [x, y, zoom] = flow.getState().transform;
      const view = visibleBounds({ x, y, zoom }, size.width, size.height);
      const next = chooseLevelOfDetail({ zoom, visibleCount: scene.index.countWithin(view), current: store.getState().detail });
      if (next !== store.getState().detail) store.setState({ detail: next });
      const inside =
        standing !== null && view.left >= standing.left && view.right <= standing.right && view.top >= standing.top && view.bottom <= standing.bottom;
      // Far too large a stretch (after zooming in) is given up as well.
      const tight = standing !== null && standing.right - standing.left <= 4 * (view.right - view.left);
      if (next === standingDetail && (next === 'map' || (inside && tight))) return;
      standingDetail = next;
      const marginX = (view.right - view.left) * overscan;
      const marginY = (view.bottom - view.top) * overscan;
      standing = { left: view.left - marginX, right: view.right + marginX, top: view.top - marginY, bottom: view.bottom + marginY };
      setGiven(standing);
    };
    follow();
    let transform = flow.getState().transform;
    return flow.subscribe((state) => {
      if (state.transform === transform) return;
      transform = state.transform;
      follow();
    });
  }, [scene, store, size, flow]);

  const kept = useRef(new Map<string, CardNode>());
  return useMemo(() => {
    if (scene === null || given === null || detail === 'map') return [];
    const { width, height } = scene.prepared.input;
    const x = moving.current?.x ?? scene.layout.x;
    const y = moving.current?.y ?? scene.layout.y;
    const down = scene.layout.direction === 'down';
    const before = kept.current;
    const now = new Map<string, CardNode>();
    for (const index of scene.index.within(given)) {
      const node = nodeAt(scene, index);
      const left = x[index]! - width[index]! / 2;
      const top = y[index]! - height[index]! / 2;
      const old = before.get(node.key);
      const same =
        old !== undefined &&
        old.data.node === node &&
        old.data.detail === detail &&
        old.data.down === down;
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
    return [...now.values()];
    // `tick` stands for the positions in `moving`, which change outside of React.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [scene, given, detail, store, actions, moving, tick]);
}

