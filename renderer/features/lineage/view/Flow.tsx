import { ReactFlow, type Edge, type NodeTypes, type Viewport } from '@xyflow/react';
import { useLayoutEffect } from 'react';
import type { LineageDrawnNode } from '#shared/lineage/index.ts';
import { Card, type CardNode } from './Cards.tsx';
import { nodeByKey, type Scene } from './scene.ts';
import { maximumZoom, type Camera } from './useCamera.ts';
import type { MapPointer } from './useMapPointer.ts';
import type { LineageViewProps } from './viewProps.ts';

const nodeTypes: NodeTypes = { card: Card };
const noEdges: Edge[] = [];

type FlowProps = {
  readonly frame: React.RefObject<HTMLElement | null>;
  readonly scene: Scene;
  readonly nodes: CardNode[];
  readonly minZoom: number;
  readonly camera: Camera;
  readonly pointer: MapPointer;
  readonly current: React.RefObject<LineageViewProps>;
  readonly select: (key: string | null) => void;
};

/** React Flow over the canvas: it keeps the camera, pans and zooms by hand, and holds the cards. Edges and keys are not its own. */
export function Flow({ frame, scene, nodes, minZoom, camera, pointer, current, select }: FlowProps) {
  // React Flow calls itself an application as well; the one that takes the keys is ours.
  useLayoutEffect(() => {
    frame.current?.querySelector('.react-flow')?.setAttribute('role', 'presentation');
  }, [frame]);
  const openMenu = (node: LineageDrawnNode, event: React.MouseEvent | MouseEvent): void => {
    event.preventDefault();
    select(node.key);
    current.current.onContextMenu?.(node, { x: event.clientX, y: event.clientY });
  };
  return (
    <ReactFlow<CardNode>
      nodes={nodes}
      edges={noEdges}
      nodeTypes={nodeTypes}
      {...(camera.first === null ? {} : { defaultViewport: camera.first })}
      minZoom={minZoom}
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
        if (event.movementX !== 0 || event.movementY !== 0) pointer.hover(node.id);
      }}
      onNodeMouseLeave={() => pointer.hover(null)}
      onNodeContextMenu={(event, node) => {
        const found = nodeByKey(scene, node.id);
        if (found === undefined) event.preventDefault();
        else openMenu(found, event);
      }}
      onPaneClick={(event) => {
        const node = pointer.nodeUnder(event.clientX, event.clientY);
        if (node !== undefined && event.detail === 2) camera.show(node.key, 0.8);
        select(node?.key ?? null);
      }}
      onPaneContextMenu={(event) => {
        const node = pointer.nodeUnder(event.clientX, event.clientY);
        if (node !== undefined) openMenu(node, event);
      }}
      onMoveStart={(event) => {
        if (event !== null) camera.noteMoved();
      }}
      onMoveEnd={(_event, viewport: Viewport) => current.current.onViewportChange?.(viewport)}
    />
  );
}
