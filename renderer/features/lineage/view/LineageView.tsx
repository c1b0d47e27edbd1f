import '@xyflow/react/dist/base.css';
import './flow.css';
import { ReactFlowProvider } from '@xyflow/react';
import { useCallback, useDeferredValue, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';
import { Corner } from './Corner.tsx';
import { Flow } from './Flow.tsx';
import { GraphCanvas } from './GraphCanvas.tsx';
import { Legend } from './Legend.tsx';
import { nodeName, summariseGraph } from './nodeWords.ts';
import { nodeByKey } from './scene.ts';
import { createGraphStore } from './store.ts';
import { minimumZoom, useCamera } from './useCamera.ts';
import { useCards } from './useCards.ts';
import { useKeys } from './useKeys.ts';
import { useMapPointer } from './useMapPointer.ts';
import { useMovement } from './useMovement.ts';
import { useScene } from './useScene.ts';
import { useSize } from './useSize.ts';
import type { LineageViewProps } from './viewProps.ts';
import styles from './LineageView.module.css';

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

  // Minimap and legend of thousands of nodes take a moment: they follow the picture.
  const settled = useDeferredValue(scene);

  const camera = useCamera({ frame, store, scene, change, size, rootKey, viewport: props.viewport });
  const { show, lookAt } = camera;
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
  const pointer = useMapPointer(frame, store, scene);
  const { onKeyDown, zoomToSelection } = useKeys({ frame, store, scene, size, rootKeys, camera, current, select });

  // A hit inside a group is there once the group is open and laid out.
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    const key = wanted.current;
    if (key === null || scene?.prepared.indexed.indexOf.has(key) !== true) return;
    wanted.current = null;
    select(key);
    show(key, 0.8);
  }, [scene, select, show]);
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

  const { hint } = pointer;
  return (
    <div className={styles.frame}>
      <div
        ref={frame}
        className={styles.graph}
        role="application"
        aria-roledescription="graph"
        aria-label={`${scene === null ? 'Lineage' : summariseGraph(graph)}. Arrow keys walk the graph, Enter opens, [ and ] show one step more, P pins, H hides, Z zooms to the selection.`}
        aria-busy={working || props.busy === true || !complete || !stands || settled !== scene}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerMove={pointer.onPointerMove}
        onPointerLeave={pointer.onPointerLeave}
        data-hint={hint === null ? undefined : true}
      >
        {size !== null && (
          <>
            <GraphCanvas scene={scene} store={store} size={size} moving={moving} repaint={repaint} roomy={stands} onDrawn={noteDrawn} />
            {scene !== null && stands && <Flow frame={frame} scene={scene} nodes={nodes} minZoom={minimumZoom(scene, size)} camera={camera} pointer={pointer} current={current} select={select} />}
          </>
        )}
        {hint !== null && (
          <div className={styles.hint} style={{ left: hint.x, top: hint.y }} aria-hidden>
            {nodeName(hint.node)}
            {hint.node.kind === 'version' && <span className={styles.hintNumber}>v{hint.node.index}</span>}
          </div>
        )}
      </div>
      {settled !== null && stands && (
        <>
          <Corner scene={settled} rootKeys={rootKeys} camera={camera} zoomToSelection={zoomToSelection} />
          <Legend scene={settled} store={store} />
        </>
      )}
      {children}
    </div>
  );
}
