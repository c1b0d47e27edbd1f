import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { axes, type AxisKind } from './axis.ts';
import type { CursorStore } from './cursor.ts';
import { describeLine, indexAtOrAfter, nearest, xDomain, yDomain, type ChartLine } from './lines.ts';
import { placeMark } from './mark.ts';
import { layOut, lookAlike, paintChart, type Layout } from './paint.ts';
import { inOneOfTheNextFrames } from './frames.ts';
import { zoomed, type Domain, type ScaleKind } from './scale.ts';
import { formatValue } from './ticks.ts';
import { useChartColors } from './useChartColors.ts';
import styles from './Charts.module.css';

export type ChartViewProps = {
  /** Unique among the charts that share the cursor. */
  readonly id: string;
  readonly label: string;
  readonly lines: readonly ChartLine[];
  readonly axis: AxisKind;
  /** The stretch that was zoomed to; null: all there is. */
  readonly zoom: Domain | null;
  readonly onZoom: (zoom: Domain | null) => void;
  readonly yKind: ScaleKind;
  readonly smoothed: boolean;
  readonly cursor: CursorStore;
  readonly height: number;
  readonly onOpen?: () => void;
};

/** Pixels a drag has to go before it is one. */
const leastDrag = 4;

/** Milliseconds between two paintings that differ by less than anybody sees, at least: of a long run some points more are a fraction of a pixel. */
const leastUnseen = 1000;

/** How wide charts of a height were last: those that come into sight beside them are as wide, and asking would make the page lay itself out at once. */
const widths = new Map<number, number>();

/**
 * Lines on a canvas, and above it what follows the pointer. For the keyboard and for screen readers it is a slider along x: each
 * place says its values.
 */
export function ChartView({ id, label, lines, axis, zoom, onZoom, yKind, smoothed, cursor, height, onOpen }: ChartViewProps) {
  const frame = useRef<HTMLDivElement>(null);
  const base = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLDivElement>(null);
  const descriptionId = useId();
  const colors = useChartColors();
  const [width, setWidth] = useState(() => widths.get(height) ?? 0);
  const [at, setAt] = useState<number | null>(null);
  const drag = useRef<{ readonly from: number; to: number } | null>(null);

  const whole = useMemo(() => xDomain(lines), [lines]);
  const domain = zoom ?? whole;
  // While a part is shown, only that part is here: how far all of it goes is known from before.
  const [full, setFull] = useState<Domain | null>(null);
  if (zoom === null && whole !== null && (full === null || full[0] !== whole[0] || full[1] !== whole[1])) setFull(whole);
  const layout = useMemo<Layout | null>(
    () => (width === 0 ? null : layOut(width, height, domain ?? [0, 1], domain === null ? null : yDomain(lines, domain, yKind), yKind)),
    [width, height, domain, lines, yKind],
  );

  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const measure = (): void => {
      widths.set(height, element.clientWidth);
      setWidth(element.clientWidth);
    };
    if (!widths.has(height)) measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [height]);

  // New points alone wait their turn, and longer where nobody could see where they lie; whatever else changes is seen at once.
  const look = useMemo(() => ({ width, height, axis, zoom, yKind, smoothed, colors }), [width, height, axis, zoom, yKind, smoothed, colors]);
  const painted = useRef<{ readonly look: typeof look; readonly layout: Layout; readonly at: number } | null>(null);
  useLayoutEffect(() => {
    const canvas = base.current;
    if (canvas === null || layout === null) return undefined;
    const paint = (): void => {
      painted.current = { look, layout, at: performance.now() };
      show(canvas, width, height, (context) => paintChart(context, layout, lines, axes[axis], colors, smoothed));
    };
    const before = painted.current;
    if (before === null || before.look !== look) {
      paint();
      return undefined;
    }
    const wait = lookAlike(before.layout, layout) ? before.at + leastUnseen - performance.now() : 0;
    if (wait <= 0) return inOneOfTheNextFrames(canvas, paint);
    let withdraw = (): void => undefined;
    const timer = setTimeout(() => {
      withdraw = inOneOfTheNextFrames(canvas, paint);
    }, wait);
    return () => {
      clearTimeout(timer);
      withdraw();
    };
  }, [layout, lines, axis, colors, smoothed, width, height, look]);

  // What follows the pointer is drawn without React: with a frame where it goes through all charts, and by the chart alone that is dragged over.
  const paintOver = useRef<() => void>(() => undefined);
  useLayoutEffect(() => {
    paintOver.current = () => {
      if (over.current === null || layout === null) return;
      const stretch = drag.current === null || Math.abs(drag.current.to - drag.current.from) < leastDrag ? null : ([drag.current.from, drag.current.to] as const);
      placeMark(over.current, layout, lines, colors, { cursor: cursor.read().x, stretch });
    };
    paintOver.current();
  }, [layout, lines, colors, cursor]);
  useEffect(() => {
    const stop = cursor.subscribe(() => paintOver.current());
    return () => {
      stop();
      cursor.clear(id);
    };
  }, [cursor, id]);

  const placeOf = (event: PointerEvent): number => event.clientX - (frame.current?.getBoundingClientRect().left ?? 0);
  /** The x of the point next to a pixel: the crosshair goes from point to point. */
  const snapped = (pixel: number): number | null => {
    if (layout === null) return null;
    const wanted = layout.x.toValue(pixel);
    let best: number | null = null;
    for (const { x } of lines) {
      const found = x[nearest(x, wanted)];
      if (found !== undefined && (best === null || Math.abs(found - wanted) < Math.abs(best - wanted))) best = found;
    }
    return best;
  };
  const point = (x: number | null): void => {
    if (x === null) return;
    cursor.point(id, x);
  };

  const move = (event: PointerEvent): void => {
    const pixel = placeOf(event);
    if (drag.current !== null) drag.current.to = pixel;
    point(snapped(pixel));
    if (drag.current !== null) paintOver.current();
  };
  const release = (event: PointerEvent): void => {
    const done = drag.current;
    drag.current = null;
    paintOver.current();
    if (done === null || layout === null || Math.abs(done.to - done.from) < leastDrag) return;
    event.preventDefault();
    const clamp = (pixel: number): number => Math.min(width - layout.right, Math.max(layout.left, pixel));
    const [from, to] = [layout.x.toValue(clamp(Math.min(done.from, done.to))), layout.x.toValue(clamp(Math.max(done.from, done.to)))];
    if (to > from) onZoom([from, to]);
  };

  const key = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || domain === null) return;
    const longest = lines.reduce<readonly number[]>((most, { x }) => (x.length > most.length ? x : most), []);
    const first = indexAtOrAfter(longest, domain[0]);
    const last = Math.max(first, indexAtOrAfter(longest, domain[1]) - (longest[indexAtOrAfter(longest, domain[1])] === domain[1] ? 0 : 1));
    const current = at === null ? (event.key === 'ArrowLeft' ? last + 1 : first - 1) : nearest(longest, at);
    const far = event.shiftKey ? 10 : 1;
    const steps: Readonly<Record<string, number>> = { ArrowRight: current + far, ArrowLeft: current - far, PageUp: current + 50, PageDown: current - 50, Home: first, End: last };
    const target = steps[event.key];
    if (target !== undefined) {
      const x = longest[Math.min(last, Math.max(first, target))];
      if (x !== undefined) {
        setAt(x);
        cursor.point(id, x);
      }
    } else if (event.key === '+' || event.key === '-') {
      const centre = at ?? (domain[0] + domain[1]) / 2;
      onZoom(zoomed(domain, full ?? domain, centre, event.key === '+' ? 0.5 : 2));
    } else if (event.key === 'Escape' && (zoom !== null || at !== null)) {
      if (zoom !== null) onZoom(null);
      setAt(null);
      cursor.clear(id);
    } else if (event.key === 'Enter' && onOpen !== undefined) onOpen();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const words = axes[axis];
  const here = at ?? domain?.[1] ?? 0;
  const valueText = lines.length === 0 || domain === null ? 'no values yet' : `${words.at(here)}: ${lines.map((line) => `${lines.length === 1 ? '' : `${line.label} `}${formatValue(line.front[nearest(line.x, here)] ?? null)}`).join(', ')}`;
  const description = useMemo(() => lines.slice(0, 20).map((line) => `${line.label}: ${describeLine(line, words.at, formatValue)}`).join('. '), [lines, words]);
  return (
    <div
      ref={frame}
      role="slider"
      tabIndex={0}
      aria-label={`${label}, chart`}
      aria-describedby={descriptionId}
      aria-valuemin={domain?.[0] ?? 0}
      aria-valuemax={domain?.[1] ?? 0}
      aria-valuenow={here}
      aria-valuetext={valueText}
      aria-orientation="horizontal"
      className={styles.view}
      style={{ height }}
      onKeyDown={key}
      onBlur={() => {
        setAt(null);
        cursor.clear(id);
      }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { from: placeOf(event), to: placeOf(event) };
      }}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={() => {
        drag.current = null;
        paintOver.current();
      }}
      onPointerLeave={() => {
        if (drag.current === null) cursor.clear(id);
      }}
      onDoubleClick={() => onZoom(null)}
    >
      <span id={descriptionId} hidden>
        {description}. Arrows read it, plus and minus zoom, Escape shows all{onOpen === undefined ? '' : ', Enter enlarges'}.
      </span>
      <canvas ref={base} aria-hidden />
      <div ref={over} className={styles.over} aria-hidden />
    </div>
  );
}

const shown = new WeakMap<HTMLCanvasElement, ImageBitmapRenderingContext>();
let easel: OffscreenCanvasRenderingContext2D | null = null;

/**
 * Shows on a canvas, at the screen's resolution, what is drawn in CSS pixels. It is drawn elsewhere and handed over as a picture: without a graphics
 * card a canvas that is drawn on is copied with every frame that anything changes in the window, a picture is not.
 */
function show(canvas: HTMLCanvasElement | null, width: number, height: number, draw: (context: OffscreenCanvasRenderingContext2D) => void): void {
  if (canvas === null || width === 0) return;
  const ratio = window.devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  const on = shown.get(canvas) ?? canvas.getContext('bitmaprenderer');
  easel ??= new OffscreenCanvas(wide, high).getContext('2d');
  if (on === null || easel === null) return;
  shown.set(canvas, on);
  // Setting a size clears and allocates: only when it changed.
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const { canvas: sheet } = easel;
  if (sheet.width !== wide) sheet.width = wide;
  if (sheet.height !== high) sheet.height = high;
  easel.setTransform(ratio, 0, 0, ratio, 0, 0);
  draw(easel);
  on.transferFromImageBitmap(sheet.transferToImageBitmap());
}
