/** Draws a chart. Everything is in CSS pixels; the caller scales the canvas to the screen's. */
import type { Axis } from './axis.ts';
import type { ChartLine } from './lines.ts';
import { makeScale, withAir, type Domain, type Scale, type ScaleKind } from './scale.ts';
import { formatTick, linearTicks, logarithmicTicks } from './ticks.ts';

export type ChartColors = { readonly line: string; readonly text: string; readonly ink: string; readonly ground: string; readonly accent: string; readonly font: string };

export type Layout = { readonly width: number; readonly height: number; readonly left: number; readonly right: number; readonly top: number; readonly bottom: number; readonly x: Scale; readonly y: Scale };

const pixelsPerColumnTick = 68;
const pixelsPerRowTick = 30;
const fontSize = 11;

/** Where things lie. `y` null: nothing to show, an empty frame. */
export function layOut(width: number, height: number, xDomain: Domain, y: Domain | null, kind: ScaleKind): Layout {
  const left = 50;
  const right = 10;
  const top = 8;
  const bottom = 22;
  return {
    width, height, left, right, top, bottom,
    x: makeScale('linear', xDomain, left, width - right),
    y: makeScale(y === null ? 'linear' : kind, y === null ? [0, 1] : withAir(y, kind), height - bottom, top),
  };
}

/** Whether all that is in both lies in the same place in both, but for less than half a pixel. */
export function lookAlike(one: Layout, other: Layout): boolean {
  return (
    one.width === other.width && one.height === other.height && one.y.kind === other.y.kind &&
    alike(one.y, other.y) && alike(one.x, other.x)
  );
}

function alike(one: Scale, other: Scale): boolean {
  return other.domain.every((end) => Math.abs(one.toPixel(end) - other.toPixel(end)) < 0.5);
}

function stepOf(ticks: readonly number[]): number {
  return ticks.length < 2 ? 1 : Math.abs((ticks[1] ?? 0) - (ticks[0] ?? 0));
}

/** The frame and the lines. */
export function paintChart(context: OffscreenCanvasRenderingContext2D, layout: Layout, lines: readonly ChartLine[], axis: Axis, colors: ChartColors, smoothed: boolean): void {
  const { width, height, left, right, top, bottom, x, y } = layout;
  context.clearRect(0, 0, width, height);
  context.font = `${fontSize}px ${colors.font}`;
  context.lineWidth = 1;

  const rowTicks = Math.max(2, Math.floor((height - top - bottom) / pixelsPerRowTick));
  const yTicks = y.kind === 'logarithmic' ? logarithmicTicks(y.domain, rowTicks) : linearTicks(y.domain, rowTicks);
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const tick of yTicks) {
    const at = Math.round(y.toPixel(tick)) + 0.5;
    context.strokeStyle = colors.line;
    context.beginPath();
    context.moveTo(left, at);
    context.lineTo(width - right, at);
    context.stroke();
    context.fillStyle = colors.text;
    context.fillText(formatTick(tick, y.kind === 'logarithmic' ? tick : stepOf(yTicks)), left - 8, at, left - 12);
  }

  const xTicks = axis.ticks(x.domain, Math.max(2, Math.floor((width - left - right) / pixelsPerColumnTick)));
  context.textBaseline = 'top';
  for (const tick of xTicks) {
    const at = x.toPixel(tick);
    const text = axis.tick(tick, stepOf(xTicks));
    const half = context.measureText(text).width / 2;
    context.fillStyle = colors.text;
    // The outermost stay inside.
    context.textAlign = at + half > width ? 'right' : at - half < left - 14 ? 'left' : 'center';
    context.fillText(text, at + half > width ? width : at, height - bottom + 7);
  }

  context.save();
  context.beginPath();
  context.rect(left, top - 4, width - left - right + 2, height - top - bottom + 8);
  context.clip();
  context.lineJoin = 'round';
  for (const line of lines) {
    paintBand(context, layout, line, smoothed ? 0.12 : 0.2);
    if (smoothed) paintLine(context, layout, line, line.y, 1, 0.28);
  }
  for (const line of lines) paintLine(context, layout, line, line.front, 1.5, 1);
  context.restore();
}

/** The room between the least and the greatest of what was gathered into one point. */
function paintBand(context: OffscreenCanvasRenderingContext2D, { x, y }: Layout, line: ChartLine, alpha: number): void {
  const floor = y.domain[0];
  const shown = (value: number): number => y.toPixel(y.kind === 'logarithmic' && value <= 0 ? floor : value);
  let from = 0;
  const count = line.x.length;
  while (from < count) {
    while (from < count && !(isNumber(line.low[from]) && isNumber(line.high[from]))) from += 1;
    let to = from;
    let wide = false;
    while (to < count && isNumber(line.low[to]) && isNumber(line.high[to])) {
      wide ||= line.low[to] !== line.high[to];
      to += 1;
    }
    if (wide) {
      context.beginPath();
      for (let index = from; index < to; index += 1) context.lineTo(x.toPixel(line.x[index] ?? 0), shown(line.high[index] ?? 0));
      for (let index = to - 1; index >= from; index -= 1) context.lineTo(x.toPixel(line.x[index] ?? 0), shown(line.low[index] ?? 0));
      context.closePath();
      context.globalAlpha = alpha;
      context.fillStyle = line.color;
      context.fill();
      // A peak is narrower than a pixel: its edge shows it.
      context.globalAlpha = alpha * 2;
      context.strokeStyle = line.color;
      context.lineWidth = 1;
      context.stroke();
      context.globalAlpha = 1;
    }
    from = to;
  }
}

/** Whether a value has a place at all. */
export function isNumber(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

function paintLine(context: OffscreenCanvasRenderingContext2D, { x, y }: Layout, line: ChartLine, values: readonly (number | null)[], width: number, alpha: number): void {
  context.globalAlpha = alpha;
  context.strokeStyle = line.color;
  context.fillStyle = line.color;
  context.lineWidth = width;
  context.setLineDash(line.dash as number[]);
  context.beginPath();
  let drawing = false;
  let alone: { readonly atX: number; readonly atY: number } | null = null;
  const dots: { readonly atX: number; readonly atY: number }[] = [];
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    const atY = isNumber(value) ? y.toPixel(value) : Number.NaN;
    if (Number.isNaN(atY)) {
      if (alone !== null) dots.push(alone);
      alone = null;
      drawing = false;
      continue;
    }
    const atX = x.toPixel(line.x[index] ?? 0);
    if (drawing) {
      context.lineTo(atX, atY);
      alone = null;
    } else {
      context.moveTo(atX, atY);
      alone = { atX, atY };
      drawing = true;
    }
  }
  if (alone !== null) dots.push(alone);
  context.stroke();
  context.setLineDash([]);
  // A point with no neighbour has no line: it is a dot.
  for (const { atX, atY } of dots) {
    context.beginPath();
    context.arc(atX, atY, width + 1, 0, Math.PI * 2);
    context.fill();
  }
  context.globalAlpha = 1;
}
