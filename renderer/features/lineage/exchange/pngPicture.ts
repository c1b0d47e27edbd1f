import { drawPicture, pictureFrame, type Ink, type Pen, type PictureColors } from './picture.ts';
import type { Scene } from '../view/scene.ts';

/** What Chromium's canvases hold, and what other programs open without trouble. */
const longestSide = 12_000;
const mostPixels = 48_000_000;

/** Pixels per pixel of the layout: two where there is room for it, less for what would be too large. */
export function pngScale(width: number, height: number): number {
  return Math.min(2, longestSide / Math.max(width, height), Math.sqrt(mostPixels / (width * height)));
}

/** The whole graph as PNG, in the window's own letters. */
export async function pngPicture(scene: Scene, rootKeys: ReadonlySet<string>, colors: PictureColors): Promise<Uint8Array> {
  const frame = pictureFrame(scene);
  const scale = pngScale(frame.width, frame.height);
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(frame.width * scale)), Math.max(1, Math.round(frame.height * scale)));
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('There is no canvas to draw on.');
  context.fillStyle = colors.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.setTransform(scale, 0, 0, scale, frame.x * scale, frame.y * scale);
  drawPicture(canvasPen(context), scene, rootKeys, colors);
  return new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
}

function canvasPen(context: OffscreenCanvasRenderingContext2D): Pen {
  const apply = ({ fill, stroke, strokeWidth = 1, dash, opacity = 1 }: Ink): void => {
    context.globalAlpha = opacity;
    if (fill !== undefined) {
      context.fillStyle = fill;
      context.fill();
    }
    if (stroke !== undefined) {
      context.strokeStyle = stroke;
      context.lineWidth = strokeWidth;
      context.setLineDash(dash === undefined ? [] : [...dash]);
      context.stroke();
    }
    context.globalAlpha = 1;
  };
  return {
    box: ({ x, y, width, height, radius }, ink) => {
      context.beginPath();
      context.roundRect(x, y, width, height, radius);
      apply(ink);
    },
    way: ({ from, curves }, ink) => {
      context.beginPath();
      context.moveTo(...from);
      for (const curve of curves) context.bezierCurveTo(...curve);
      apply(ink);
    },
    write: (x, y, text, { size, weight, color, mono = false }) => {
      context.font = `${weight} ${size}px ${mono ? "'JetBrains Mono Variable', monospace" : "'Inter Variable', sans-serif"}`;
      context.fillStyle = color;
      context.fillText(text, x, y);
    },
    dot: (x, y, radius, ink) => {
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      apply(ink);
    },
  };
}
