import '@xyflow/react/dist/base.css';
import './flow.css';
import { ReactFlow, ReactFlowProvider, useReactFlow, useStore as useFlowStore, useStoreApi, type Edge, type NodeTypes, type Viewport } from '@xyflow/react';
import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  type Ref,
} from 'react';
import {
  closestInDirection,
  markReach,
  type ArrowDirection,
  type LayoutDirection,
  type LineageDrawnGraph,
  type LineageDrawnNode,
} from '#shared/lineage/index.ts';
import { announce } from '../../../ui/announce.ts';
import { formatQuantity } from '../../../ui/format.ts';
import { isAwaited } from '../../../ui/keyboard.ts';
import { Maximize2, Scan, ZoomIn, ZoomOut } from '../../../ui/icons.ts';
import { IconButton } from '../../../ui/Button.tsx';
import { motionIsOff } from '../../../ui/theme.ts';
import { boxOf, firstView, fitBounds } from './camera.ts';
import { Card, type CardNode } from './Cards.tsx';
import { GraphCanvas } from './GraphCanvas.tsx';
import { Legend } from './Legend.tsx';
import { Minimap } from './Minimap.tsx';
import { describeNode, nodeName } from './nodeWords.ts';
import { visibleBounds } from './paint.ts';
import { nodeAt, type Scene } from './scene.ts';
import { createGraphStore } from './store.ts';
import { useCards } from './useCards.ts';
import { useMovement } from './useMovement.ts';
import { useScene } from './useScene.ts';
import { useSize } from './useSize.ts';
import { useTravel } from './useTravel.ts';
import styles from './LineageView.module.css';

export type LineageViewHandle = {
  /** Selects a node and brings it into view, at a zoom at which it can be read; one that is not there yet as soon as it is. */
  readonly flyTo: (key: string) => void;
  readonly setMatches: (keys: ReadonlySet<string>) => void;
  /** Keeps a way lit while nothing is hovered; null lets go of it. With `look` the camera shows all of it. */
  readonly hold: (keys: ReadonlySet<string> | null, look?: boolean) => void;
  /** The picture as it is laid out, for export. */
  readonly scene: () => Scene | null;
  readonly focus: () => void;
};

export type LineageViewProps = {
  readonly graph: LineageDrawnGraph;
  /** Where the walk began, the first first; at least one. */
  readonly rootKeys: readonly string[];
  readonly direction: LayoutDirection;
  /** Marked with a pin. */
  readonly pinned?: ReadonlySet<string>;
  /** A newer graph is on its way. */
  readonly busy?: boolean;
  /** Node that must not move with the next change of the graph. */
  readonly anchorKey?: string | null;
  readonly onOpen?: (node: LineageDrawnNode) => void;
  readonly onSelect?: (node: LineageDrawnNode | null) => void;
  readonly onExpand?: (key: string, direction: 'upstream' | 'downstream') => void;
  readonly onOpenGroup?: (key: string) => void;
  readonly onPin?: (node: LineageDrawnNode) => void;
  readonly onHide?: (node: LineageDrawnNode) => void;
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
const farBelow = 0.46;

/** The graph: camera, cards, canvas, minimap, legend, keyboard. Takes data by properties and asks nothing. */
export function LineageView(props: LineageViewProps) {
  return (
    <ReactFlowProvider>
      <Graph {...props} />
    </ReactFlowProvider>
  );
}

function Graph(props: LineageViewProps) {
  const { graph, rootKeys, direction, anchorKey = null, pinned, ref, children } = props;
  const rootKey = rootKeys[0] ?? '';
  const [store] = useState(() => createGraphStore(null));
  const { scene, change, working } = useScene(graph, rootKey, direction, anchorKey, store);
  useLayoutEffect(() => store.setState({ pinned: pinned ?? new Set<string>(), roots: new Set(rootKeys) }), [store, pinned, rootKeys]);
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

  /** The first picture stands on the canvas; cards, minimap and legend come after it. */
  const [stands, setStands] = useState(false);
  const noteDrawn = useCallback((): void => setStands(true), []);

  // React Flow calls itself an application as well; the one that takes the keys is ours.
  const drawn = scene !== null && size !== null;
  useLayoutEffect(() => {
    if (stands) frame.current?.querySelector('.react-flow')?.setAttribute('role', 'presentation');
  }, [stands]);

  const arrive = useTravel(frame, store, drawn);
  /** Moves the camera; with `duration`, and where motion is wanted, in so many milliseconds. */
  const moveCamera = useCallback(
    (viewport: Viewport, duration = 0): void => {
      void camera.setViewport(viewport, motionIsOff() ? {} : { duration }).then(arrive);
    },
    [camera, arrive],
  );

  // How the camera came to stand as it does: a person who moved it has decided.
  const pose = useRef<'first' | 'all' | 'free'>(props.viewport === null || props.viewport === undefined ? 'first' : 'free');
  // It stands before the first frame in which there is something to see; React Flow's own fit would need all nodes mounted.
  const first = useRef<{ readonly scene: Scene; readonly viewport: Viewport } | null>(null);
  if (first.current === null && scene !== null && size !== null) {
    first.current = { scene, viewport: props.viewport ?? firstView(scene, rootKey, size.width, size.height) };
  }
  useLayoutEffect(() => {
    // React Flow, which keeps the camera, comes after the first picture.
    if (drawn && first.current !== null) flow.setState({ transform: [first.current.viewport.x, first.current.viewport.y, first.current.viewport.zoom] });
  }, [drawn, flow]);
  const looked = useRef<Scene | null>(null);
  useLayoutEffect(() => {
    if (scene === null || size === null || looked.current === scene) return;
    const isFirst = looked.current === null;
    looked.current = scene;
    // What grew out of what stood is looked at from where one stands; what is laid out afresh is a new picture.
    if (isFirst || change !== 'fresh') return;
    pose.current = 'first';
    moveCamera(firstView(scene, rootKey, size.width, size.height));
  }, [scene, change, size, rootKey, moveCamera]);

  // As long as nobody moved the camera, it follows the size of its frame: opening the tree beside it hides nothing.
  const fittedSize = useRef(size);
  useLayoutEffect(() => {
    if (scene === null || size === null || fittedSize.current === size) return;
    const unknown = fittedSize.current === null;
    fittedSize.current = size;
    if (unknown || pose.current === 'free') return;
    moveCamera(pose.current === 'all' ? fitBounds(scene.layout.bounds, size.width, size.height) : firstView(scene, rootKey, size.width, size.height));
  }, [scene, size, rootKey, moveCamera]);

  // From far away names are written larger, so that they can still be read; a step, not a scale: every frame of a zoom would lay them out anew.
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
  }, [flow, store, drawn]);

  const { nodes, complete } = useCards({ scene, store, size, current });
  useMovement(frame, scene, change, moving, repaint);

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
      moveCamera({ x: size.width / 2 - scene.layout.x[index]! * nextZoom, y: size.height / 2 - scene.layout.y[index]! * nextZoom, zoom: nextZoom }, 180);
    },
    [scene, size, flow, moveCamera],
  );

  // A hit inside a group is there once the group is open and laid out.
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    const key = wanted.current;
    if (key === null || scene?.prepared.indexed.indexOf.has(key) !== true) return;
    wanted.current = null;
    select(key);
    show(key, 0.8);
  }, [scene, select, show]);

  const lookAt = useCallback(
    (keys: Iterable<string>, largest: number): void => {
      if (scene === null || size === null) return;
      const boxes = [...keys].flatMap((key) => {
        const index = scene.prepared.indexed.indexOf.get(key);
        return index === undefined ? [] : [boxOf(scene, index)];
      });
      if (boxes.length === 0) return;
      const bounds = boxes.reduce((all, box) => ({ left: Math.min(all.left, box.left), right: Math.max(all.right, box.right), top: Math.min(all.top, box.top), bottom: Math.max(all.bottom, box.bottom) }));
      pose.current = 'free';
      moveCamera(fitBounds(bounds, size.width, size.height, largest), 180);
    },
    [scene, size, moveCamera],
  );
  const held = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (held.current === null || scene === null) return;
    // What was asked to be shown may only now be laid out.
    lookAt(held.current, 1);
    held.current = null;
  }, [scene, lookAt]);

  useImperativeHandle(
    ref,
    () => ({
      flyTo: (key) => {
        if (scene?.prepared.indexed.indexOf.has(key) !== true) {
          wanted.current = key;
          return;
        }
        select(key);
        show(key, 0.8);
      },
      setMatches: (matches) => store.setState({ matches }),
      hold: (keys, look = false) => {
        store.setState((old) => ({ held: keys, ...(old.hovered === null ? { lit: keys } : {}) }));
        held.current = null;
        if (keys === null || !look) return;
        if (scene !== null && [...keys].every((key) => scene.prepared.indexed.indexOf.has(key))) lookAt(keys, 1);
        else held.current = keys;
      },
      scene: () => scene,
      focus: () => frame.current?.focus({ preventScroll: true }),
    }),
    [select, show, store, scene, lookAt],
  );

  const noteMoved = useCallback((): void => {
    pose.current = 'free';
  }, []);

  const fitAll = useCallback((): void => {
    if (scene === null || size === null) return;
    pose.current = 'all';
    moveCamera(fitBounds(scene.layout.bounds, size.width, size.height), 180);
  }, [scene, size, moveCamera]);

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
      case 'p':
      case 'h':
      case 'z': {
        // `g h` and `g p` lead elsewhere in the window.
        if (isAwaited(event.nativeEvent)) return;
        if (event.key === 'z') zoomToSelection();
        else if (node !== undefined) (event.key === 'p' ? current.current.onPin : current.current.onHide)?.(node);
        break;
      }
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

  const zoomToSelection = (): void => {
    const { selected, held: way } = store.getState();
    if (selected !== null) {
      // With what stands right beside it: a card alone says little.
      if (scene === null) return;
      const { indexed } = scene.prepared;
      const index = indexed.indexOf.get(selected);
      if (index === undefined) return;
      const around = new Set([selected]);
      for (let at = indexed.outStart[index]!; at < indexed.outStart[index + 1]! && around.size < 12; at++) around.add(indexed.keys[indexed.target[indexed.outEdge[at]!]!]!);
      for (let at = indexed.inStart[index]!; at < indexed.inStart[index + 1]! && around.size < 24; at++) around.add(indexed.keys[indexed.source[indexed.inEdge[at]!]!]!);
      lookAt(around, 1.2);
    } else if (way !== null) lookAt(way, 1.2);
    else lookAt(rootKeys, 1);
  };

  const zoomBy = (factor: number): void => {
    if (size === null) return;
    pose.current = 'free';
    const [x, y, zoom] = flow.getState().transform;
    const next = Math.min(maximumZoom, Math.max(flow.getState().minZoom, zoom * factor));
    const midX = size.width / 2;
    const midY = size.height / 2;
    moveCamera({ x: midX - ((midX - x) / zoom) * next, y: midY - ((midY - y) / zoom) * next, zoom: next }, 120);
  };

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

  /** The node under the pointer where the canvas draws the nodes. */
  const nodeUnder = (clientX: number, clientY: number): LineageDrawnNode | undefined => {
    if (scene === null || frame.current === null) return undefined;
    const box = frame.current.getBoundingClientRect();
    const [x, y, zoom] = flow.getState().transform;
    const index = scene.index().at((clientX - box.left - x) / zoom, (clientY - box.top - y) / zoom, 3 / zoom);
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
        aria-label={`${summary}. Arrow keys walk the graph, Enter opens, [ and ] show one step more, P pins, H hides, Z zooms to the selection.`}
        aria-busy={working || props.busy === true || !complete || !stands}
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
            <GraphCanvas scene={scene} store={store} size={size} moving={moving} repaint={repaint} onDrawn={noteDrawn} />
            {stands && <ReactFlow<CardNode>
              nodes={nodes}
              edges={noEdges}
              nodeTypes={nodeTypes}
              {...(first.current === null ? {} : { defaultViewport: first.current.viewport })}
              minZoom={minimumZoom}
              maxZoom={maximumZoom}
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
            />}
          </>
        )}
        {hint !== null && (
          <div className={styles.hint} style={{ left: hint.x, top: hint.y }} aria-hidden>
            {nodeName(hint.node)}
            {hint.node.kind === 'version' && <span className={styles.hintNumber}>v{hint.node.index}</span>}
          </div>
        )}
      </div>
      {scene !== null && size !== null && stands && (
        <>
          <div className={styles.corner}>
            <div className={styles.zoom} role="group" aria-label="Zoom">
              <IconButton icon={ZoomOut} label="Zoom out" size="small" keys="-" tooltipSide="top" onClick={() => zoomBy(0.8)} />
              <ZoomLevel />
              <IconButton icon={ZoomIn} label="Zoom in" size="small" keys="+" tooltipSide="top" onClick={() => zoomBy(1.25)} />
              <IconButton icon={Scan} label="Zoom to selection" size="small" keys="z" tooltipSide="top" onClick={zoomToSelection} />
              <IconButton icon={Maximize2} label="Show all" size="small" keys="0" tooltipSide="top" onClick={fitAll} />
            </div>
            <Minimap scene={scene} rootKeys={rootKeys} onMoved={noteMoved} />
          </div>
          <Legend scene={scene} />
        </>
      )}
      {children}
    </div>
  );
}

function ZoomLevel() {
  const level = useFlowStore(({ transform: [, , zoom] }) => (zoom < 0.01 ? '<1' : String(Math.round(zoom * 100))));
  return <span className={styles.zoomLevel}>{level}%</span>;
}

function nodeByKey(scene: Scene, key: string): LineageDrawnNode | undefined {
  const index = scene.prepared.indexed.indexOf.get(key);
  return index === undefined ? undefined : nodeAt(scene, index);
}

function screenPoint(scene: Scene, index: number, [x, y, zoom]: readonly [number, number, number], frame: HTMLElement): { x: number; y: number } {
  const box = frame.getBoundingClientRect();
  return { x: box.left + scene.layout.x[index]! * zoom + x, y: box.top + scene.layout.y[index]! * zoom + y };
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
