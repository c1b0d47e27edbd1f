import { useStoreApi } from '@xyflow/react';
import type { KeyboardEvent } from 'react';
import { closestInDirection, type ArrowDirection } from '#shared/lineage/index.ts';
import { announce } from '../../../ui/announce.ts';
import { isAwaited } from '../../../ui/keyboard.ts';
import { boxOf } from './camera.ts';
import { describeNode } from './nodeWords.ts';
import { visibleBounds } from './paint.ts';
import { nodeAt, nodeByKey, type Scene } from './scene.ts';
import type { GraphStore } from './store.ts';
import type { Camera } from './useCamera.ts';
import type { Size } from './useSize.ts';
import type { LineageViewProps } from './viewProps.ts';

type Options = {
  readonly frame: React.RefObject<HTMLElement | null>;
  readonly store: GraphStore;
  readonly scene: Scene | null;
  readonly size: Size | null;
  readonly rootKeys: readonly string[];
  readonly camera: Camera;
  readonly current: React.RefObject<LineageViewProps>;
  readonly select: (key: string | null) => void;
};

const arrows: Readonly<Record<string, ArrowDirection>> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };

/** The graph under the keyboard: arrows walk it by geometry, the rest is what can be done with the node that is selected. */
export function useKeys({ frame, store, scene, size, rootKeys, camera, current, select }: Options): {
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
  /** Shows what is selected with what stands beside it; without a selection the way that is held, else where the lineage begins. */
  readonly zoomToSelection: () => void;
} {
  const flow = useStoreApi();
  const rootKey = rootKeys[0] ?? '';

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
    if (box.left - inset < view.left || box.right + inset > view.right || box.top - inset < view.top || box.bottom + inset > view.bottom) camera.show(node.key, 0);
  };

  const zoomToSelection = (): void => {
    const { selected, held } = store.getState();
    if (selected === null) {
      if (held !== null) camera.lookAt(held, 1.2);
      else camera.lookAt(rootKeys, 1);
      return;
    }
    // With what stands right beside it: a card alone says little.
    if (scene === null) return;
    const { indexed } = scene.prepared;
    const index = indexed.indexOf.get(selected);
    if (index === undefined) return;
    const around = new Set([selected]);
    for (let at = indexed.outStart[index]!; at < indexed.outStart[index + 1]! && around.size < 12; at++) around.add(indexed.keys[indexed.target[indexed.outEdge[at]!]!]!);
    for (let at = indexed.inStart[index]!; at < indexed.inStart[index + 1]! && around.size < 24; at++) around.add(indexed.keys[indexed.source[indexed.inEdge[at]!]!]!);
    camera.lookAt(around, 1.2);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey || scene === null) return;
    const { selected } = store.getState();
    const node = selected === null ? undefined : nodeByKey(scene, selected);
    const arrow = arrows[event.key];
    if (arrow !== undefined) step(arrow);
    else {
      switch (event.key) {
        case 'Home':
          select(rootKey);
          camera.show(rootKey, 0.6);
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
          camera.zoomBy(1.25);
          break;
        case '-':
          camera.zoomBy(0.8);
          break;
        case '0':
          camera.fitAll();
          break;
        case 'Escape':
          if (selected === null) return;
          select(null);
          break;
        case 'ContextMenu':
        case 'F10': {
          const element = frame.current;
          if (node === undefined || element === null || (event.key === 'F10' && !event.shiftKey)) return;
          current.current.onContextMenu?.(node, screenPoint(scene, scene.prepared.indexed.indexOf.get(node.key)!, flow.getState().transform, element));
          break;
        }
        default:
          return;
      }
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return { onKeyDown, zoomToSelection };
}

function screenPoint(scene: Scene, index: number, [x, y, zoom]: readonly [number, number, number], frame: HTMLElement): { readonly x: number; readonly y: number } {
  const box = frame.getBoundingClientRect();
  return { x: box.left + scene.layout.x[index]! * zoom + x, y: box.top + scene.layout.y[index]! * zoom + y };
}
