/**
 * What follows the pointer over a chart. It is a few elements that are moved and not a canvas: a crosshair goes through all charts at once, and a
 * dozen canvases that are drawn anew with every frame, however little is on them, are a dozen pictures to hand on and to blend.
 */
import { nearest, type ChartLine } from './lines.ts';
import { isNumber, type ChartColors, type Layout } from './paint.ts';
import styles from './Charts.module.css';

export type Mark = { readonly cursor: number | null; /** Pixels of a stretch that is being dragged over. */ readonly stretch: readonly [number, number] | null };

/** Made when they are first needed: most charts are never pointed at. */
type Parts = { hair?: HTMLElement; readonly dots: HTMLElement[]; stretch?: HTMLElement };
const partsOf = new WeakMap<HTMLElement, Parts>();

/** Places the crosshair, a dot on each line, and the stretch that will be zoomed to, inside of `root`, which lies over the chart. */
export function placeMark(root: HTMLElement, layout: Layout, lines: readonly ChartLine[], colors: ChartColors, { cursor, stretch }: Mark): void {
  let parts = partsOf.get(root);
  if (parts === undefined) {
    if (cursor === null && stretch === null) return;
    parts = { dots: [] };
    partsOf.set(root, parts);
  }
  placeStretch(root, parts, layout, colors, stretch);
  placeHair(root, parts, layout, lines, colors, cursor);
}

function placeStretch(root: HTMLElement, parts: Parts, { width, height, left, right, top, bottom }: Layout, colors: ChartColors, stretch: Mark['stretch']): void {
  if (stretch === null) {
    if (parts.stretch !== undefined) parts.stretch.hidden = true;
    return;
  }
  const element = (parts.stretch ??= root.appendChild(part(styles.stretch)));
  const [from, to] = [Math.max(left, Math.min(...stretch)), Math.min(width - right, Math.max(...stretch))];
  element.hidden = false;
  element.style.color = colors.accent;
  element.style.left = `${Math.round(from)}px`;
  element.style.top = `${top}px`;
  element.style.width = `${Math.max(1, Math.round(to) - Math.round(from) + 1)}px`;
  element.style.height = `${height - top - bottom}px`;
}

function placeHair(root: HTMLElement, parts: Parts, layout: Layout, lines: readonly ChartLine[], colors: ChartColors, cursor: number | null): void {
  const { width, height, left, right, top, bottom, x, y } = layout;
  if (cursor === null || cursor < x.domain[0] || cursor > x.domain[1]) {
    if (parts.hair !== undefined) parts.hair.hidden = true;
    return;
  }
  const hair = (parts.hair ??= root.appendChild(part(styles.hair)));
  const at = Math.round(x.toPixel(cursor));
  hair.hidden = false;
  hair.style.color = colors.text;
  hair.style.height = `${height - top - bottom}px`;
  hair.style.transform = `translate(${at}px, ${top}px)`;
  let used = 0;
  for (const line of lines) {
    const index = nearest(line.x, cursor);
    const value = line.front[index];
    if (index < 0 || !isNumber(value)) continue;
    const [atX, atY] = [x.toPixel(line.x[index] ?? 0), y.toPixel(value)];
    if (Number.isNaN(atY) || atX < left - 1 || atX > width - right + 1) continue;
    const dot = (parts.dots[used] ??= hair.appendChild(part(styles.dot)));
    used += 1;
    dot.hidden = false;
    dot.style.background = line.color;
    dot.style.borderColor = colors.ground;
    dot.style.transform = `translate(${atX - at - 0.5}px, ${atY - top}px)`;
  }
  for (const dot of parts.dots.slice(used)) dot.hidden = true;
}

function part(name: string | undefined): HTMLElement {
  const element = document.createElement('div');
  element.className = name ?? '';
  return element;
}
