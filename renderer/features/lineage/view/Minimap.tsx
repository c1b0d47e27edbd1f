import { useReactFlow, useStoreApi } from '@xyflow/react';
import { useEffect, useRef, type PointerEvent } from 'react';
import { useGraphColors } from './colors.ts';
import { visibleBounds } from './paint.ts';
import type { Scene } from './scene.ts';
import styles from './LineageView.module.css';

const mapWidth = 184;
const mapHeight = 112;
const margin = 6;

/** The whole graph in a corner, with a frame around what is in view. Press or drag to go there; it adds nothing for the keyboard, so it is hidden from it. */
export function Minimap({ scene, rootKeys, onMoved }: { readonly scene: Scene; readonly rootKeys: readonly string[]; readonly onMoved: () => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const colors = useGraphColors();
  const flow = useStoreApi();
  const camera = useReactFlow();
  const { bounds } = scene.layout;
  const scale = Math.min(
    (mapWidth - 2 * margin) / Math.max(1, bounds.right - bounds.left),
    (mapHeight - 2 * margin) / Math.max(1, bounds.bottom - bounds.top),
    0.12,
  );
  const offsetX = (mapWidth - (bounds.right - bounds.left) * scale) / 2 - bounds.left * scale;
  const offsetY = (mapHeight - (bounds.bottom - bounds.top) * scale) / 2 - bounds.top * scale;

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || context === null || context === undefined) return;
    const ratio = devicePixelRatio;
    element.width = mapWidth * ratio;
    element.height = mapHeight * ratio;
    context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * offsetX, ratio * offsetY);
    const { x, y } = scene.layout;
    const { width, height } = scene.prepared.input;
    const pixel = 1 / scale;
    const roots = new Set(rootKeys.map((key) => scene.prepared.indexed.indexOf.get(key)));
    for (let node = 0; node < x.length; node++) {
      const hue = scene.hue[node]!;
      const boxWidth = Math.max(width[node]!, 1.5 * pixel);
      const boxHeight = Math.max(height[node]!, 1.2 * pixel);
      context.globalAlpha = hue === -1 ? 0.5 : 0.85;
      context.fillStyle = roots.has(node) ? colors.accent : hue === -1 ? colors.run : colors.hues[hue]!;
      context.fillRect(x[node]! - boxWidth / 2, y[node]! - boxHeight / 2, boxWidth, boxHeight);
    }
  }, [scene, colors, rootKeys, scale, offsetX, offsetY]);

  useEffect(() => {
    const place = (): void => {
      const element = frame.current;
      if (element === null) return;
      const { transform, width, height } = flow.getState();
      const view = visibleBounds({ x: transform[0], y: transform[1], zoom: transform[2] }, width, height);
      const left = Math.max(0, view.left * scale + offsetX);
      const top = Math.max(0, view.top * scale + offsetY);
      element.style.left = `${left}px`;
      element.style.top = `${top}px`;
      element.style.width = `${Math.max(6, Math.min(mapWidth, view.right * scale + offsetX) - left)}px`;
      element.style.height = `${Math.max(6, Math.min(mapHeight, view.bottom * scale + offsetY) - top)}px`;
    };
    place();
    return flow.subscribe(place);
  }, [flow, scale, offsetX, offsetY]);

  const goTo = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const { transform, width, height } = flow.getState();
    const zoom = transform[2];
    const x = (event.clientX - box.left - offsetX) / scale;
    const y = (event.clientY - box.top - offsetY) / scale;
    onMoved();
    void camera.setViewport({ x: width / 2 - x * zoom, y: height / 2 - y * zoom, zoom });
  };

  return (
    <div
      className={styles.minimap}
      aria-hidden
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        goTo(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) goTo(event);
      }}
    >
      <canvas ref={canvas} className={styles.minimapCanvas} />
      <div ref={frame} className={styles.minimapFrame} />
    </div>
  );
}
