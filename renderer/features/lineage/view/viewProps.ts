import type { Viewport } from '@xyflow/react';
import type { PointerEvent, ReactNode, Ref } from 'react';
import type { LayoutDirection, LineageDrawnGraph, LineageDrawnNode } from '#shared/lineage/index.ts';
import type { Scene } from './scene.ts';

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
