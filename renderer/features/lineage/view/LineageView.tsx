import '@xyflow/react/dist/base.css';
import './flow.css';
import { ReactFlow, ReactFlowProvider, useReactFlow, useStoreApi, type Edge, type NodeTypes, type Viewport } from '@xyflow/react';
import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  type Ref,
} from 'react';
import { useStore } from 'zustand';
import {
  chooseLevelOfDetail,
  closestInDirection,
  markReach,
  type ArrowDirection,
  type Bounds,
  type LayoutDirection,
  type LevelOfDetail,
  type LineageDrawnGraph,
  type LineageDrawnNode,
} from '#shared/lineage/index.ts';
import { announce } from '../../../ui/announce.ts';
import { formatQuantity } from '../../../ui/format.ts';
import { Maximize2, ZoomIn, ZoomOut } from '../../../ui/icons.ts';
import { IconButton } from '../../../ui/Button.tsx';
import { motionIsOff } from '../../../ui/theme.ts';
import { Card, type CardActions, type CardNode } from './Cards.tsx';
import { GraphCanvas } from './GraphCanvas.tsx';
import { Legend } from './Legend.tsx';
import { Minimap } from './Minimap.tsx';
import { describeNode, nodeName } from './nodeWords.ts';
import { visibleBounds } from './paint.ts';
import { nodeAt, type Scene } from './scene.ts';
import { createGraphStore, type GraphStore } from './store.ts';
import { useScene } from './useScene.ts';
import styles from './LineageView.module.css';

export type LineageViewHandle = {
  /** Selects a node and brings it into view, at a zoom at which it can be read. */
  readonly flyTo: (key: string) => void;
  readonly setMatches: (keys: ReadonlySet<string>) => void;
  readonly focus: () => void;
};

export type LineageViewProps = {
  readonly graph: LineageDrawnGraph;
  readonly rootKey: string;
  readonly direction: LayoutDirection;
  /** Node that must not move with the next change of the graph. */
  readonly anchorKey?: string | null;
  readonly onOpen?: (node: LineageDrawnNode) => void;
  readonly onSelect?: (node: LineageDrawnNode | null) => void;
  readonly onExpand?: (key: string, direction: 'upstream' | 'downstream') => void;
  readonly onOpenGroup?: (key: string) => void;
  readonly onContextMenu?: (node: LineageDrawnNode, at: { readonly x: number; readonly y: number }) => void;
  /** A press on a version's card: the app makes a drag of it. */
  readonly onNodePointerDragStart?: (event: PointerEvent, node: LineageDrawnNode) => void;
  /** Where the camera stood when the place was left. */
  readonly viewport?: Viewport | null;
  readonly onViewportChange?: (viewport: Viewport) => void;
  readonly children?: ReactNode;
  readonly ref?: Ref<LineageViewHandle>;
};

const nodeTypes: NodeTypes = { card: Card };
const noEdges: Edge[] = [];
const maximumZoom = 1.6;
/** Cards are given for the view and this much of it on every side, so that small moves need no new ones. */
const overscan = 0.3;
/** Free room around a graph that is fitted, in pixels of the screen. */
const fitPadding = 48;

/** The graph: camera, cards, canvas, minimap, legend, keyboard. Takes data by properties and asks nothing. */
export function LineageView(props: LineageViewProps) {
  return (
    <ReactFlowProvider>
      <Graph {...props} />
    </ReactFlowProvider>
  );
}

function Graph(props: LineageViewProps) {
  const { graph, rootKey, direction, anchorKey = null, ref, children } = props;
  const { scene, change, working } = useScene(graph, rootKey, direction, anchorKey);
  const [store] = useState(() => createGraphStore(null));
  const flow = useStoreApi();
  const camera = useReactFlow();
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const moving = useRef<{ readonly x: Float64Array; readonly y: Float64Array } | null>(null);
  const repaint = useRef<() => void>(() => undefined);
  const current = useRef(props);
  useLayoutEffect(() => {
    current.current = props;
  });

  // React Flow calls itself an application as well; the one that takes the keys is ours.
  const drawn = scene !== null && size !== null;
  useLayoutEffect(() => {
    if (drawn) frame.current?.querySelector('.react-flow')?.setAttribute('role', 'presentation');
  }, [drawn]);

  // How the camera came to stand as it does: a person who moved it has decided.
  const pose = useRef<'first' | 'all' | 'free'>(props.viewport === null || props.viewport === undefined ? 'first' : 'free');
  // It stands before the first frame in which there is something to see; React Flow's own fit would need all nodes mounted.
  const first = useRef<{ readonly scene: Scene; readonly viewport: Viewport } | null>(null);
  if (first.current === null && scene !== null && size !== null) {
    first.current = { scene, viewport: props.viewport ?? firstView(scene, rootKey, size.width, size.height) };
  }
  const looked = useRef<Scene | null>(null);
  useLayoutEffect(() => {
    if (scene === null || size === null || looked.current === scene) return;
    const isFirst = looked.current === null;
    looked.current = scene;
    // What grew out of what stood is looked at from where one stands; what is laid out afresh is a new picture.
    if (isFirst || change !== 'fresh') return;
    pose.current = 'first';
    void camera.setViewport(firstView(scene, rootKey, size.width, size.height));
  }, [scene, change, size, rootKey, camera]);

  // As long as nobody moved the camera, it follows the size of its frame: opening the tree beside it hides nothing.
  const fittedSize = useRef(size);
  useLayoutEffect(() => {
    if (scene === null || size === null || fittedSize.current === size) return;
    const unknown = fittedSize.current === null;
    fittedSize.current = size;
    if (unknown || pose.current === 'free') return;
    void camera.setViewport(
      pose.current === 'all' ? fitBounds(scene.layout.bounds, size.width, size.height) : firstView(scene, rootKey, size.width, size.height),
    );
  }, [scene, size, rootKey, camera]);

  const tick = useMovement(scene, change, moving, repaint);
  const nodes = useCards({ scene, store, rootKey, size, moving, tick, current });

  const select = useCallback(
    (key: string | null): void => {
      if (store.getState().selected === key) return;
      store.setState({ selected: key });
      const node = key === null || scene === null ? undefined : nodeByKey(scene, key);
      current.current.onSelect?.(node ?? null);
    },
    [store, scene],
  );

  const show = useCallback(
    (key: string, zoomAtLeast: number): void => {
      if (scene === null || size === null) return;
      const index = scene.prepared.indexed.indexOf.get(key);
      if (index === undefined) return;
      const [, , zoom] = flow.getState().transform;
      const nextZoom = Math.max(zoom, zoomAtLeast);
      pose.current = 'free';
      void camera.setViewport(
        { x: size.width / 2 - scene.layout.x[index]! * nextZoom, y: size.height / 2 - scene.layout.y[index]! * nextZoom, zoom: nextZoom },
        motionIsOff() ? {} : { duration: 180 },
      );
    },
    [scene, size, flow, camera],
  );

  useImperativeHandle(
    ref,
    () => ({
      flyTo: (key) => {
        select(key);
        show(key, 0.8);
      },
      setMatches: (matches) => store.setState({ matches }),
      focus: () => frame.current?.focus({ preventScroll: true }),
    }),
    [select, show, store],
  );

  const noteMoved = useCallback((): void => {
    pose.current = 'free';
  }, []);

  const fitAll = useCallback((): void => {
    if (scene === null || size === null) return;
    pose.current = 'all';
    void camera.setViewport(fitBounds(scene.layout.bounds, size.width, size.height), motionIsOff() ? {} : { duration: 180 });
  }, [scene, size, camera]);

  /** Moves the selection by an arrow key, and the camera only when it would leave the view. */
  const step = (arrow: ArrowDirection): void => {
    if (scene === null || size === null) return;
    const { indexed } = scene.prepared;
    const { selected } = store.getState();
    const from = selected === null ? undefined : indexed.indexOf.get(selected);
    const to = from === undefined ? (indexed.indexOf.get(rootKey) ?? 0) : closestInDirection(scene.layout.x, scene.layout.y, from, arrow);
    if (to === undefined) {
      announce('No node there');
      return;
    }
    const node = nodeAt(scene, to);
    select(node.key);
    announce(describeNode(node));
    const [x, y, zoom] = flow.getState().transform;
    const view = visibleBounds({ x, y, zoom }, size.width, size.height);
    const box = boxOf(scene, to);
    const inset = 24 / zoom;
    if (box.left - inset < view.left || box.right + inset > view.right || box.top - inset < view.top || box.bottom + inset > view.bottom)
      show(node.key, 0);
  };

  const handleKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey || scene === null) return;
    const { selected } = store.getState();
    const node = selected === null ? undefined : nodeByKey(scene, selected);
    switch (event.key) {
      case 'ArrowLeft':
        step('left');
        break;
      case 'ArrowRight':
        step('right');
        break;
      case 'ArrowUp':
        step('up');
        break;
      case 'ArrowDown':
        step('down');
        break;
      case 'Home':
        select(rootKey);
        show(rootKey, 0.6);
        break;
      case 'Enter':
        if (node === undefined) return;
        if (node.kind === 'group') current.current.onOpenGroup?.(node.key);
        else current.current.onOpen?.(node);
        break;
      case '[':
        if (node !== undefined) current.current.onExpand?.(node.key, 'upstream');
        break;
      case ']':
        if (node !== undefined) current.current.onExpand?.(node.key, 'downstream');
        break;
      case '+':
      case '=':
        zoomBy(1.25);
        break;
      case '-':
        zoomBy(0.8);
        break;
      case '0':
        fitAll();
        break;
      case 'Escape':
        if (selected === null) return;
        select(null);
        break;
      case 'ContextMenu':
      case 'F10': {
        if (node === undefined || (event.key === 'F10' && !event.shiftKey)) return;
        const at = screenPoint(scene, scene.prepared.indexed.indexOf.get(node.key)!, flow.getState().transform, frame.current!);
        current.current.onContextMenu?.(node, at);
        break;
      }
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const zoomBy = (factor: number): void => {
    if (size === null) return;
    pose.current = 'free';
    const [x, y, zoom] = flow.getState().transform;
    const next = Math.min(maximumZoom, Math.max(flow.getState().minZoom, zoom * factor));
    const midX = size.width / 2;
    const midY = size.height / 2;
    void camera.setViewport(
      { x: midX - ((midX - x) / zoom) * next, y: midY - ((midY - y) / zoom) * next, zoom: next },
      motionIsOff() ? {} : { duration: 120 },
    );
  };

  const hover = useCallback(
    (key: string | null): void => {
      if (store.getState().hovered === key) return;
      const index = key === null || scene === null ? undefined : scene.prepared.indexed.indexOf.get(key);
      if (scene === null || index === undefined) {
        store.setState({ hovered: null, lit: null });
        return;
      }
      const marks = markReach(scene.prepared.indexed, index, 'both');
      const lit = new Set<string>();
      for (let node = 0; node < marks.length; node++) if (marks[node] === 1) lit.add(scene.prepared.indexed.keys[node]!);
      store.setState({ hovered: key, lit });
    },
    [store, scene],
  );

  /** The node under the pointer where the canvas draws the nodes. */
  const nodeUnder = (clientX: number, clientY: number): LineageDrawnNode | undefined => {
    if (scene === null || frame.current === null) return undefined;
    const box = frame.current.getBoundingClientRect();
    const [x, y, zoom] = flow.getState().transform;
    const index = scene.index.at((clientX - box.left - x) / zoom, (clientY - box.top - y) / zoom, 3 / zoom);
    return index === undefined ? undefined : nodeAt(scene, index);
  };
  const [hint, setHint] = useState<{ readonly x: number; readonly y: number; readonly node: LineageDrawnNode } | null>(null);
  const trackMap = (event: PointerEvent<HTMLDivElement>): void => {
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

  const minimumZoom = scene === null || size === null ? 0.05 : Math.min(0.1, fitBounds(scene.layout.bounds, size.width, size.height).zoom * 0.8);
  const summary = scene === null ? 'Lineage' : summarise(graph);

  return (
    <div className={styles.frame}>
      <div
        ref={frame}
        className={styles.graph}
        role="application"
        aria-roledescription="graph"
        aria-label={`${summary}. Arrow keys walk the graph, Enter opens, [ and ] show one step more.`}
        aria-busy={working}
        tabIndex={0}
        onKeyDown={handleKeyDown}
        onPointerMove={trackMap}
        onPointerLeave={() => {
          setHint(null);
          hover(null);
        }}
        data-hint={hint === null ? undefined : true}
      >
        {scene !== null && size !== null && (
          <>
            <GraphCanvas scene={scene} store={store} rootKey={rootKey} moving={moving} repaint={repaint} />
            <ReactFlow<CardNode>
              nodes={nodes}
              edges={noEdges}
              nodeTypes={nodeTypes}
              {...(first.current === null ? {} : { defaultViewport: first.current.viewport })}
              minZoom={minimumZoom}
              maxZoom={maximumZoom}
              onlyRenderVisibleElements
              nodesDraggable={false}
              nodesConnectable={false}
              nodesFocusable={false}
              edgesFocusable={false}
              elementsSelectable={false}
              disableKeyboardA11y
              deleteKeyCode={null}
              selectionKeyCode={null}
              multiSelectionKeyCode={null}
              panActivationKeyCode={null}
              zoomActivationKeyCode={null}
              zoomOnDoubleClick={false}
              proOptions={{ hideAttribution: true }}
              onNodeClick={(_event, node) => select(node.id)}
              onNodeDoubleClick={(_event, node) => {
                const found = nodeByKey(scene, node.id);
                if (found?.kind === 'group') current.current.onOpenGroup?.(node.id);
                else if (found !== undefined) current.current.onOpen?.(found);
              }}
              onNodeMouseMove={(event, node) => {
                // The browser reports a resting pointer over whatever moves under it; only a hand that moves asks for something.
                if (event.movementX !== 0 || event.movementY !== 0) hover(node.id);
              }}
              onNodeMouseLeave={() => hover(null)}
              onNodeContextMenu={(event, node) => {
                event.preventDefault();
                const found = nodeByKey(scene, node.id);
                if (found === undefined) return;
                select(node.id);
                current.current.onContextMenu?.(found, { x: event.clientX, y: event.clientY });
              }}
              onPaneClick={(event) => {
                const node = store.getState().detail === 'map' ? nodeUnder(event.clientX, event.clientY) : undefined;
                if (node !== undefined && event.detail === 2) show(node.key, 0.8);
                select(node?.key ?? null);
              }}
              onPaneContextMenu={(event) => {
                const node = store.getState().detail === 'map' ? nodeUnder(event.clientX, event.clientY) : undefined;
                if (node === undefined) return;
                event.preventDefault();
                select(node.key);
                current.current.onContextMenu?.(node, { x: event.clientX, y: event.clientY });
              }}
              onMoveStart={(event) => {
                if (event !== null) pose.current = 'free';
              }}
              onMoveEnd={(_event, viewport) => current.current.onViewportChange?.(viewport)}
            />
          </>
        )}
        {hint !== null && (
          <div className={styles.hint} style={{ left: hint.x, top: hint.y }} aria-hidden>
            {nodeName(hint.node)}
            {hint.node.kind === 'version' && <span className={styles.hintNumber}>v{hint.node.index}</span>}
          </div>
        )}
      </div>
      {scene !== null && size !== null && (
        <>
          <div className={styles.corner}>
            <div className={styles.zoom} role="group" aria-label="Zoom">
              <IconButton icon={ZoomOut} label="Zoom out" size="small" keys="-" tooltipSide="top" onClick={() => zoomBy(0.8)} />
              <ZoomLevel />
              <IconButton icon={ZoomIn} label="Zoom in" size="small" keys="+" tooltipSide="top" onClick={() => zoomBy(1.25)} />
              <IconButton icon={Maximize2} label="Show all" size="small" keys="0" tooltipSide="top" onClick={fitAll} />
            </div>
            <Minimap scene={scene} rootKey={rootKey} onMoved={noteMoved} />
          </div>
          <Legend scene={scene} />
        </>
      )}
      {children}
    </div>
  );
}

function ZoomLevel() {
  const [, , zoom] = useFlowTransform();
  return <span className={styles.zoomLevel}>{Math.round(zoom * 100)}%</span>;
}

function useFlowTransform(): readonly [number, number, number] {
  const flow = useStoreApi();
  const [transform, setTransform] = useState(flow.getState().transform);
  useEffect(() => flow.subscribe((state) => setTransform(state.transform)), [flow]);
  return transform;
}

/** The nodes that need an element: none while the canvas draws them, otherwise those in and around the view. */
function useCards({
  scene,
  store,
  rootKey,
  size,
  moving,
  tick,
  current,
}: {
  readonly scene: Scene | null;
  readonly store: GraphStore;
  readonly rootKey: string;
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
        old.data.down === down &&
        old.data.isRoot === (node.key === rootKey);
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
        data: same ? old.data : { node, store, isRoot: node.key === rootKey, detail, down, actions },
      });
    }
    kept.current = now;
    return [...now.values()];
    // `tick` stands for the positions in `moving`, which change outside of React.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [scene, given, detail, rootKey, store, actions, moving, tick]);
}

/** Milliseconds in which nodes go to where a new layout wants them. */
const moveTime = 180;

/** Lets what stood before go to its new place, where motion is wanted; returns a number that changes with every step. */
function useMovement(
  scene: Scene | null,
  change: 'fresh' | 'grown' | 'refined',
  moving: React.RefObject<{ readonly x: Float64Array; readonly y: Float64Array } | null>,
  repaint: React.RefObject<() => void>,
): number {
  const [tick, setTick] = useState(0);
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
    let frame = 0;
    let begun = 0;
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
      setTick((value) => value + 1);
      repaint.current();
      if (share < 1) frame = requestAnimationFrame(advance);
    };
    moving.current = { x: fromX, y: fromY };
    setTick((value) => value + 1);
    frame = requestAnimationFrame(advance);
    return () => {
      cancelAnimationFrame(frame);
      moving.current = null;
    };
  }, [scene, change, moving, repaint]);
  return tick;
}

function useSize(element: React.RefObject<HTMLElement | null>): { readonly width: number; readonly height: number } | null {
  const [size, setSize] = useState<{ readonly width: number; readonly height: number } | null>(null);
  useLayoutEffect(() => {
    const target = element.current;
    if (target === null) return undefined;
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = target;
      if (width > 0 && height > 0) setSize((old) => (old?.width === width && old.height === height ? old : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

function nodeByKey(scene: Scene, key: string): LineageDrawnNode | undefined {
  const index = scene.prepared.indexed.indexOf.get(key);
  return index === undefined ? undefined : nodeAt(scene, index);
}

function boxOf(scene: Scene, index: number): Bounds {
  const { width, height } = scene.prepared.input;
  return {
    left: scene.layout.x[index]! - width[index]! / 2,
    right: scene.layout.x[index]! + width[index]! / 2,
    top: scene.layout.y[index]! - height[index]! / 2,
    bottom: scene.layout.y[index]! + height[index]! / 2,
  };
}

function screenPoint(scene: Scene, index: number, [x, y, zoom]: readonly [number, number, number], frame: HTMLElement): { x: number; y: number } {
  const box = frame.getBoundingClientRect();
  return { x: box.left + scene.layout.x[index]! * zoom + x, y: box.top + scene.layout.y[index]! * zoom + y };
}

/** The camera that shows all of some bounds. */
function fitBounds(bounds: Bounds, width: number, height: number, largest = 1): Viewport {
  const extentX = Math.max(1, bounds.right - bounds.left);
  const extentY = Math.max(1, bounds.bottom - bounds.top);
  const zoom = Math.min(largest, (width - 2 * fitPadding) / extentX, (height - 2 * fitPadding) / extentY);
  return { x: width / 2 - ((bounds.left + bounds.right) / 2) * zoom, y: height / 2 - ((bounds.top + bounds.bottom) / 2) * zoom, zoom };
}

/** At this zoom a card's name and number can be read at ease; below it, a graph is looked at in parts. */
const readableZoom = 0.8;

/**
 * Where to look first: at all of it if that can be read, otherwise at as much of it as can be, with the root among it. Where not all of it has
 * room, the view begins at whole cards: none is cut off at the left (at the top of a graph that goes down).
 */
function firstView(scene: Scene, rootKey: string, width: number, height: number): Viewport {
  const all = fitBounds(scene.layout.bounds, width, height);
  const root = scene.prepared.indexed.indexOf.get(rootKey);
  if (all.zoom >= readableZoom || root === undefined || scene.layout.x.length > 400) return all;
  const { layout } = scene;
  const zoom = readableZoom;
  const down = layout.direction === 'down';
  const rootBox = boxOf(scene, root);
  const left = beginning(
    { low: layout.bounds.left, high: layout.bounds.right, from: rootBox.left, to: rootBox.right, extent: (width - 2 * fitPadding) / zoom },
    down ? null : edgesOf(scene, 'left'),
  );
  const top = beginning(
    { low: layout.bounds.top, high: layout.bounds.bottom, from: rootBox.top, to: rootBox.bottom, extent: (height - 2 * fitPadding) / zoom },
    down ? edgesOf(scene, 'top') : null,
  );
  return { x: (down ? fitPadding : lead(left, layout.bounds.left)) - left * zoom, y: (down ? lead(top, layout.bounds.top) : fitPadding) - top * zoom, zoom };
}

/** Free room before what the view begins with, in pixels: less than between two columns, so that nothing of the one before shows. */
function lead(begins: number, low: number): number {
  return begins <= low ? fitPadding : 28;
}

type Stretch = { readonly low: number; readonly high: number; readonly from: number; readonly to: number; readonly extent: number };

/**
 * Where along one axis the view begins: around the root (`from` to `to`), but not beyond the graph's own ends; at one of `edges`, where there are
 * some, as long as the root stays in view.
 */
function beginning({ low, high, from, to, extent }: Stretch, edges: readonly number[] | null): number {
  if (high - low <= extent) return (low + high - extent) / 2;
  // Where not even the root has room, it begins with the root.
  const wanted = Math.min(from, high - extent, Math.max(low, (from + to - extent) / 2));
  if (edges === null) return wanted;
  // The next column that begins here or before; if the root would no longer fit behind it, the first after.
  const before = edges.findLast((edge) => edge <= wanted && edge + extent >= to);
  return before ?? edges.find((edge) => edge >= wanted && edge <= from) ?? wanted;
}

/** Where cards begin along one axis, each once, in order. */
function edgesOf(scene: Scene, side: 'left' | 'top'): readonly number[] {
  const edges = new Set<number>();
  for (let node = 0; node < scene.layout.x.length; node++) edges.add(Math.round(boxOf(scene, node)[side]));
  return [...edges].toSorted((one, other) => one - other);
}

function summarise(graph: LineageDrawnGraph): string {
  let versions = 0;
  let runs = 0;
  let groups = 0;
  for (const node of graph.nodes) {
    if (node.kind === 'version') versions++;
    else if (node.kind === 'run') runs++;
    else groups++;
  }
  return `Lineage graph: ${[
    ...(versions > 0 ? [formatQuantity(versions, 'version')] : []),
    ...(runs > 0 ? [formatQuantity(runs, 'run')] : []),
    ...(groups > 0 ? [formatQuantity(groups, 'group')] : []),
  ].join(', ')}`;
}
