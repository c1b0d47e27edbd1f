/**
 * What the graph is measured against, on the same lineage and the same layout: plain React Flow with every node mounted (`?draws=flow`), and an empty
 * canvas that only clears itself when the camera moves (`?draws=nothing`). No part of the product.
 */
import '@xyflow/react/dist/style.css';
import { Handle, Position, ReactFlow, type Edge, type Node, type NodeProps } from '@xyflow/react';
import { useMemo, useRef } from 'react';
import { layoutLayered, prepareLayout, type LineageGraph } from '#shared/lineage/index.ts';

type Plain = Node<{ readonly label: string }, 'plain'>;

function PlainNode({ data, width, height }: NodeProps<Plain>) {
  return (
    <div style={{ width, height, border: '1px solid gray', borderRadius: 8, padding: 8, fontSize: 13 }}>
      <Handle type="target" position={Position.Left} />
      {data.label}
      <Handle type="source" position={Position.Right} />
    </div>
  );
}

const nodeTypes = { plain: PlainNode };

export function PlainFlow({ graph }: { readonly graph: LineageGraph }) {
  const { nodes, edges } = useMemo(() => {
    const prepared = prepareLayout(graph);
    const layout = layoutLayered(prepared.input);
    const { width, height } = prepared.input;
    return {
      nodes: prepared.graph.nodes.map((node, at): Plain => ({ id: node.key, type: 'plain', position: { x: layout.x[at]! - width[at]! / 2, y: layout.y[at]! - height[at]! / 2 }, width: width[at]!, height: height[at]!, data: { label: node.key } })),
      edges: graph.edges.map((edge, at): Edge => ({ id: String(at), source: edge.from, target: edge.to })),
    };
  }, [graph]);
  return <ReactFlow nodes={nodes} edges={edges} nodeTypes={nodeTypes} fitView minZoom={0.001} maxZoom={2} nodesDraggable={false} elementsSelectable={false} proOptions={{ hideAttribution: true }} />;
}

/** The least that a frame of a moving canvas costs on this machine. */
export function EmptyCanvas() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const clear = (): void => {
    requestAnimationFrame(() => {
      const element = canvas.current;
      element?.getContext('2d')?.clearRect(0, 0, element.width, element.height);
    });
  };
  return <canvas ref={canvas} className="react-flow__pane" width={1280} height={740} style={{ width: '100%', height: '100%' }} onWheel={clear} onPointerMove={clear} />;
}
