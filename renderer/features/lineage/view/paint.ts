import type { Bounds, LevelOfDetail } from '#shared/lineage/index.ts';
import type { GraphColors } from './colors.ts';
import { movedRoute } from './movedRoute.ts';
import { nodesWithin, type Scene } from './scene.ts';

/** Pixels on the screen = pixels of the layout × zoom + offset. */
export type View = { readonly x: number; readonly y: number; readonly zoom: number };

/** What can be drawn on: the canvas on the screen, or the picture of the map. */
type Painter = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

export type Frame = {
  readonly scene: Scene;
  readonly view: View;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
  readonly colors: GraphColors;
  readonly detail: LevelOfDetail;
  /** Nodes for which elements stand; those are not drawn. */
  readonly covered: ReadonlySet<number>;
  /** 1 per lit node; null when nothing is hovered. */
  readonly lit: Uint8Array | null;
  /** How far the rest has faded for the lit ones, 0–1. */
  readonly fade: number;
  readonly roots: ReadonlySet<number>;
  readonly pinned: ReadonlySet<number>;
  readonly selected: number;
  readonly matches: ReadonlySet<number>;
  /** The camera is on its way: what can be put together from pictures is not drawn. */
  readonly travelling: boolean;
  /** Nodes on their way from where they stood; edges then go straight to them. */
  readonly moving: { readonly x: Float64Array; readonly y: Float64Array } | null;
};

/** The part of the layout that is in view. */
export function visibleBounds(view: View, width: number, height: number): Bounds {
  return { left: -view.x / view.zoom, top: -view.y / view.zoom, right: (width - view.x) / view.zoom, bottom: (height - view.y) / view.zoom };
}

/** Below this zoom a curve is a few pixels: straight pieces look the same and cost a third. */
const curvesFrom = 0.12;
/** Edges or boxes per path: long ones cost more than their parts. */
const batchSize = 400;

/** Draws one frame: edges always; nodes only where no elements stand for them. `backdrop` spares drawing again what stood a frame ago. */
export function paint(context: CanvasRenderingContext2D, frame: Frame, backdrop: Backdrop): void {
  const { view, ratio, width, height, fade, detail } = frame;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width * ratio, height * ratio);
  const bounds = visibleBounds(view, width, height);
  if (detail === 'map' && frame.moving === null && frame.scene.prepared.indexed.edgeCount >= backdropFrom && (frame.lit !== null || frame.travelling || backdrop.isSharp(frame))) {
    backdrop.draw(context, frame, 1 - 0.72 * fade);
    setCamera(context, frame);
    if (frame.lit !== null) {
      paintEdges(context, frame, bounds, 'lit');
      paintNodes(context, frame, bounds, 'lit');
    }
  } else {
    setCamera(context, frame);
    paintEdges(context, frame, bounds, 'all');
    if (detail === 'map') paintNodes(context, frame, bounds, 'all');
    else paintPlainCards(context, frame, bounds);
  }
  if (detail === 'map') paintRings(context, frame);
}

function setCamera(context: Painter, { ratio, view }: Frame): void {
  context.setTransform(ratio * view.zoom, 0, 0, ratio * view.zoom, ratio * view.x, ratio * view.y);
}

/** Edges from which on the map is kept as a picture between frames. */
const backdropFrom = 1_200;

type Picture = {
  readonly canvas: OffscreenCanvas;
  readonly frame: Frame;
  /** The camera it was drawn with, and its size in CSS pixels. */
  readonly view: View;
  readonly width: number;
  readonly height: number;
};

/**
 * The map as pictures: one of what the canvas showed when the camera rested, and behind it one of everything, coarse. Where the camera leaves what the
 * canvas holds, they are put together instead of drawing thousands of nodes anew; the nearer one is drawn anew once the camera rests.
 */
export class Backdrop {
  #near: Picture | null = null;
  #all: Picture | null = null;

  /** Whether the nearer picture is as good as drawing anew. */
  isSharp(frame: Frame): boolean {
    return this.#near !== null && isOf(this.#near, frame) && this.#near.view.zoom === frame.view.zoom && covers(this.#near, frame);
  }

  /** Takes what a canvas shows as the nearer picture, where none stands yet: that spares drawing it again. */
  take(canvas: HTMLCanvasElement, frame: Frame): void {
    if (this.#near !== null && isOf(this.#near, frame)) return;
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    copy.getContext('2d')?.drawImage(canvas, 0, 0);
    this.#near = { canvas: copy, frame, view: frame.view, width: frame.width, height: frame.height };
  }

  draw(context: CanvasRenderingContext2D, frame: Frame, alpha: number): void {
    if (this.#all !== null && !isOf(this.#all, frame)) this.#all = null;
    const stands = this.#near !== null && isOf(this.#near, frame) && (frame.travelling || this.isSharp(frame));
    if (!stands || this.#near === null) this.#near = drawPicture(frame, frame.view, frame.width, frame.height);
    context.globalAlpha = alpha;
    if (!covers(this.#near, frame)) {
      this.#all ??= drawAll(frame);
      place(context, this.#all, frame, false);
    }
    place(context, this.#near, frame, true);
    context.globalAlpha = 1;
  }
}

/** Whether a picture shows the same graph in the same colours for the same screen. */
function isOf({ frame: old }: Picture, frame: Frame): boolean {
  return (
    old.scene === frame.scene && old.colors === frame.colors && old.ratio === frame.ratio && old.width === frame.width && old.height === frame.height
  );
}

function covers(picture: Picture, frame: Frame): boolean {
  return holds(visibleBounds(picture.view, picture.width, picture.height), visibleBounds(frame.view, frame.width, frame.height), frame.scene.layout.bounds);
}

/** Whether what is drawn holds all that is needed of a graph; what lies outside of the graph needs no picture. */
export function holds(there: Bounds, needed: Bounds, all: Bounds): boolean {
  return (
    Math.max(needed.left, all.left) >= there.left - 1e-6 &&
    Math.min(needed.right, all.right) <= there.right + 1e-6 &&
    Math.max(needed.top, all.top) >= there.top - 1e-6 &&
    Math.min(needed.bottom, all.bottom) <= there.bottom + 1e-6
  );
}

/** Puts a picture where it belongs under the camera of a frame; with `clears` nothing shows through it. */
function place(context: CanvasRenderingContext2D, picture: Picture, frame: Frame, clears: boolean): void {
  const scale = frame.view.zoom / picture.view.zoom;
  const pictureRatio = picture.canvas.width / picture.width;
  context.setTransform(
    (scale * frame.ratio) / pictureRatio,
    0,
    0,
    (scale * frame.ratio) / pictureRatio,
    frame.ratio * (frame.view.x - picture.view.x * scale),
    frame.ratio * (frame.view.y - picture.view.y * scale),
  );
  if (clears) context.clearRect(0, 0, picture.canvas.width, picture.canvas.height);
  context.drawImage(picture.canvas, 0, 0);
}

function drawAll(frame: Frame): Picture {
  const { bounds } = frame.scene.layout;
  const zoom = Math.min(frame.width / Math.max(1, bounds.right - bounds.left), frame.height / Math.max(1, bounds.bottom - bounds.top));
  return drawPicture(frame, { x: -bounds.left * zoom, y: -bounds.top * zoom, zoom }, frame.width, frame.height);
}

function drawPicture(frame: Frame, view: View, width: number, height: number): Picture {
  const canvas = new OffscreenCanvas(Math.round(width * frame.ratio), Math.round(height * frame.ratio));
  const context = canvas.getContext('2d');
  const whole: Frame = { ...frame, view, width, height, lit: null, fade: 0 };
  if (context !== null) {
    setCamera(context, whole);
    const bounds = visibleBounds(view, width, height);
    paintEdges(context, whole, bounds, 'all');
    paintNodes(context, whole, bounds, 'all');
  }
  return { canvas, frame, view, width, height };
}

function paintEdges(context: Painter, frame: Frame, bounds: Bounds, which: 'all' | 'lit'): void {
  const { scene, view, colors, lit, fade } = frame;
  const { edgeBoxes, provenance, withinBlock } = scene;
  const far = view.zoom < curvesFrom;
  const { edgeCount, source, target } = scene.prepared.indexed;
  const { reversed } = scene.layout.routes;
  const seen: number[] = [];
  const bright: number[] = [];
  const special: number[] = [];
  // What is smaller than a pixel is not seen; nodes stand at both of its ends anyway.
  const least = frame.moving === null ? 1.2 / view.zoom : 0;
  for (let edge = 0; edge < edgeCount; edge++) {
    const box = edge * 4;
    if (
      frame.moving === null &&
      !(
        edgeBoxes[box]! <= bounds.right &&
        edgeBoxes[box + 2]! >= bounds.left &&
        edgeBoxes[box + 1]! <= bounds.bottom &&
        edgeBoxes[box + 3]! >= bounds.top
      )
    ) {
      continue;
    }
    if (lit !== null && lit[source[edge]!] === 1 && lit[target[edge]!] === 1) bright.push(edge);
    else if (which === 'lit' || (far && withinBlock?.[edge] === 1) || (edgeBoxes[box + 2]! - edgeBoxes[box]! < least && edgeBoxes[box + 3]! - edgeBoxes[box + 1]! < least)) continue;
    else if (reversed[edge] === 1 || provenance[edge] !== 0) special.push(edge);
    else seen.push(edge);
  }
  const thin = Math.max(1.5, 0.8 / view.zoom);
  // Thousands of lines on one another would make a grey wall: the more there are, the quieter each.
  const quiet = Math.max(0.26, Math.min(0.62, 700 / Math.max(1, seen.length)));
  // What can't be seen of lines of a pixel takes as long to draw as the lines.
  context.lineJoin = far ? 'bevel' : 'round';
  context.lineCap = far ? 'butt' : 'round';
  context.globalAlpha = quiet * (1 - 0.7 * fade);
  context.strokeStyle = colors.edge;
  context.lineWidth = thin;
  strokeEdges(context, frame, seen);
  if (special.length > 0) {
    context.globalAlpha = 0.8 * (1 - 0.7 * fade);
    // Dashes cost; beyond a few hundred edges colour alone has to do.
    const dashed = special.length <= 200;
    for (const { style, dash, which } of [
      { style: colors.edge, dash: [5, 4], which: (edge: number) => reversed[edge] !== 1 && provenance[edge] === 1 },
      { style: colors.edge, dash: [1.5, 5], which: (edge: number) => reversed[edge] !== 1 && provenance[edge] === 2 },
      { style: colors.caution, dash: [5, 4], which: (edge: number) => reversed[edge] === 1 },
    ]) {
      context.strokeStyle = style;
      context.setLineDash(dashed ? dash : []);
      strokeEdges(context, frame, special.filter(which));
    }
    context.setLineDash([]);
  }
  if (bright.length > 0) {
    context.globalAlpha = quiet + (1 - quiet) * fade;
    context.strokeStyle = colors.accent;
    context.lineWidth = thin + Math.max(0.5, 0.6 / view.zoom) * fade;
    strokeEdges(context, frame, bright);
  }
  context.globalAlpha = 1;
}

function strokeEdges(context: Painter, frame: Frame, edges: readonly number[]): void {
  const { scene, view, moving } = frame;
  const { start, points } = scene.layout.routes;
  const down = scene.layout.direction === 'down';
  const curved = view.zoom >= curvesFrom;
  const pixel = 1 / view.zoom;
  let batched = 0;
  context.beginPath();
  for (const edge of edges) {
    if (batched >= batchSize) {
      context.stroke();
      context.beginPath();
      batched = 0;
    }
    batched++;
    const way = moving === null ? points : movedRoute(scene, edge, moving);
    const begin = moving === null ? start[edge]! : 0;
    const end = moving === null ? start[edge + 1]! : way.length / 2;
    if (begin === end) continue;
    let [lastX, lastY] = [way[2 * begin]!, way[2 * begin + 1]!];
    context.moveTo(lastX, lastY);
    for (let at = begin + 1; at < end; at++) {
      const x = way[2 * at]!;
      const y = way[2 * at + 1]!;
      // Odd points end a run, even ones end a curve.
      if (curved) {
        if ((at - begin) % 2 === 0) swing(context, lastX, lastY, x, y, down);
        else context.lineTo(x, y);
      } else if (at + 1 < end && Math.abs(x - lastX) + Math.abs(y - lastY) < pixel) continue;
      else context.lineTo(x, y);
      lastX = x;
      lastY = y;
    }
  }
  context.stroke();
}

function swing(context: Painter, fromX: number, fromY: number, toX: number, toY: number, down: boolean): void {
  if (down) {
    const middle = (fromY + toY) / 2;
    context.bezierCurveTo(fromX, middle, toX, middle, toX, toY);
  } else {
    const middle = (fromX + toX) / 2;
    context.bezierCurveTo(middle, fromY, middle, toY, toX, toY);
  }
}

/** The map: versions by the hue of their type, runs smaller and grey, what is linked marked, whatever the zoom. */
function paintNodes(context: Painter, frame: Frame, bounds: Bounds, which: 'all' | 'lit'): void {
  const { scene, view, colors, lit, fade } = frame;
  const { width, height } = scene.prepared.input;
  const x = frame.moving?.x ?? scene.layout.x;
  const y = frame.moving?.y ?? scene.layout.y;
  const pixel = 1 / view.zoom;
  const inView = nodesWithin(scene, bounds);
  const found = which === 'lit' && lit !== null ? inView.filter((node) => lit[node] === 1) : inView;
  const rounded = view.zoom > 0.16 && found.length < 1_500;
  // Boxes of one look are one path.
  const lookOf = (node: number): number => (scene.hue[node]! + 1) * 2 + (lit !== null && lit[node] !== 1 ? 1 : 0);
  for (const [look, alike] of grouped(found, lookOf)) {
    const hue = (look >> 1) - 1;
    context.fillStyle = hue === -1 ? colors.run : colors.hues[hue]!;
    context.globalAlpha = (hue === -1 ? 0.6 : 0.88) * ((look & 1) === 1 ? 1 - 0.75 * fade : 1);
    context.beginPath();
    let batched = 0;
    for (const node of alike) {
      if (batched++ === batchSize) {
        context.fill();
        context.beginPath();
        batched = 1;
      }
      const boxWidth = Math.max(width[node]!, 2.5 * pixel);
      const boxHeight = Math.max(height[node]!, 1.5 * pixel);
      const left = x[node]! - boxWidth / 2;
      const top = y[node]! - boxHeight / 2;
      if (rounded) context.roundRect(left, top, boxWidth, boxHeight, hue === -1 ? boxHeight / 2 : 8);
      else context.rect(left, top, boxWidth, boxHeight);
    }
    context.fill();
  }
  context.globalAlpha = 1;
  if (view.zoom >= namesFrom && found.length <= 600) paintNames(context, frame, found);
  const marked = found.filter((node) => scene.mark[node]! >= 0);
  // Marks are seen at any zoom, but the more there are, the smaller: they must not bury the map.
  const least = Math.max(1.4, Math.min(3.5, 600 / Math.max(1, marked.length)));
  const radius = Math.max(14, least * pixel);
  const ringed = least >= 2.5;
  // Thousands are one path for each hue; so small that nobody can tell a disc from a square, squares, which take a fraction of the time.
  const squares = radius * view.zoom < 2;
  for (const [hue, alike] of grouped(marked, (node) => scene.mark[node]!)) {
    context.fillStyle = colors.hues[hue]!;
    context.lineWidth = 1.5 * pixel;
    context.strokeStyle = colors.surface;
    if (!ringed) context.beginPath();
    for (const node of alike) {
      const [atX, atY] = [x[node]! + width[node]! / 2, y[node]! - height[node]! / 2];
      if (ringed) context.beginPath();
      if (squares) context.rect(atX - radius, atY - radius, 2 * radius, 2 * radius);
      else {
        context.moveTo(atX + radius, atY);
        context.arc(atX, atY, radius, 0, 2 * Math.PI);
      }
      if (!ringed) continue;
      context.fill();
      context.stroke();
    }
    if (!ringed) context.fill();
  }
}

/** Nodes by what is the same of them, in their order. */
function grouped(nodes: readonly number[], by: (node: number) => number): ReadonlyMap<number, readonly number[]> {
  const groups = new Map<number, number[]>();
  for (const node of nodes) {
    const key = by(node);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  return groups;
}

/** Nodes that will have a card but have none yet: its ground, its border, its name. Where the camera is quicker than the cards, it meets these. */
function paintPlainCards(context: Painter, frame: Frame, bounds: Bounds): void {
  const { scene, view, colors, lit, fade, covered } = frame;
  const waiting = nodesWithin(scene, bounds).filter((node) => !covered.has(node));
  if (waiting.length === 0) return;
  const { width, height } = scene.prepared.input;
  const x = frame.moving?.x ?? scene.layout.x;
  const y = frame.moving?.y ?? scene.layout.y;
  context.lineWidth = 1;
  context.strokeStyle = colors.line;
  for (const node of waiting) {
    const isRun = scene.prepared.graph.nodes[node]!.kind === 'run';
    context.globalAlpha = lit !== null && lit[node] !== 1 ? 1 - 0.58 * fade : 1;
    context.fillStyle = isRun ? colors.sunken : colors.raised;
    context.beginPath();
    context.roundRect(x[node]! - width[node]! / 2 + 0.5, y[node]! - height[node]! / 2 + 0.5, width[node]! - 1, height[node]! - 1, isRun ? height[node]! / 2 : 10);
    context.fill();
    context.stroke();
    if (scene.hue[node]! < 0) continue;
    context.fillStyle = colors.hues[scene.hue[node]!]!;
    context.globalAlpha *= 0.35;
    context.beginPath();
    context.roundRect(x[node]! - width[node]! / 2 + 11, y[node]! - height[node]! / 2 + 13, 32, 32, 7);
    context.fill();
  }
  context.globalAlpha = 1;
  if (view.zoom < namesFrom) return;
  context.font = `500 13px 'Inter Variable', sans-serif`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillStyle = colors.text;
  for (const node of waiting) {
    const name = scene.name[node]!;
    if (name === '') continue;
    context.globalAlpha = lit !== null && lit[node] !== 1 ? 1 - 0.58 * fade : 1;
    context.fillText(shortened(context, name, 13, width[node]! - 90), x[node]! - width[node]! / 2 + 53, y[node]! - height[node]! / 2 + 21);
  }
  context.globalAlpha = 1;
}

/** From here a version's box is high enough for its name. */
const namesFrom = 0.2;
/** Widths of words in parts of the size of the letters; measured once, not on every frame. */
const wordWidths = new Map<string, number>();
/** Words that are kept: all parts of the names in view, many times over. */
const mostWords = 5_000;

function wordWidth(context: Painter, word: string, size: number): number {
  let width = wordWidths.get(word);
  if (width === undefined) {
    if (wordWidths.size >= mostWords) wordWidths.clear();
    width = context.measureText(word).width / size;
    wordWidths.set(word, width);
  }
  return width * size;
}

/** As much of a name as has room in so many pixels of the layout; one letter at least. The font must be set. */
function shortened(context: Painter, name: string, size: number, room: number): string {
  const whole = wordWidth(context, name, size);
  if (whole <= room) return name;
  let letters = Math.max(1, Math.min(name.length - 1, Math.floor((name.length * room) / whole)));
  while (letters > 1 && wordWidth(context, `${name.slice(0, letters)}…`, size) > room) letters--;
  return `${name.slice(0, letters)}…`;
}

function paintNames(context: Painter, { scene, view, colors, lit, fade, moving }: Frame, found: readonly number[]): void {
  const x = moving?.x ?? scene.layout.x;
  const y = moving?.y ?? scene.layout.y;
  const { width } = scene.prepared.input;
  const size = Math.max(30, 10 / view.zoom);
  context.font = `500 ${size}px 'Inter Variable', sans-serif`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillStyle = colors.surface;
  for (const node of found) {
    const name = scene.name[node]!;
    if (name === '') continue;
    const number = scene.number[node]!;
    context.globalAlpha = lit !== null && lit[node] !== 1 ? 1 - 0.75 * fade : 1;
    context.fillText(shortened(context, name, size, width[node]! - 20 - wordWidth(context, number, size)) + number, x[node]! - width[node]! / 2 + 10, y[node]!);
  }
  context.globalAlpha = 1;
}

/** Roots that get a ring each; more get a bar at their side. */
const mostRinged = 24;

/** The root, what is selected and what was found, marked over everything else. */
function paintRings(context: Painter, frame: Frame): void {
  const { scene, view, colors, roots, pinned, selected, matches } = frame;
  const { width, height } = scene.prepared.input;
  const x = frame.moving?.x ?? scene.layout.x;
  const y = frame.moving?.y ?? scene.layout.y;
  const pixel = 1 / view.zoom;
  const ring = (node: number, color: string, weight: number): void => {
    const gap = 3 * pixel;
    context.beginPath();
    context.roundRect(
      x[node]! - width[node]! / 2 - gap,
      y[node]! - height[node]! / 2 - gap,
      width[node]! + 2 * gap,
      height[node]! + 2 * gap,
      8 + gap,
    );
    context.strokeStyle = color;
    context.lineWidth = weight * pixel;
    context.stroke();
  };
  /** At the side from which the lineage is read. */
  const bar = (node: number): void => {
    const thick = 2 * pixel;
    context.fillStyle = colors.accent;
    if (scene.layout.direction === 'down') context.fillRect(x[node]! - width[node]! / 2, y[node]! - height[node]! / 2 - 2 * thick, width[node]!, thick);
    else context.fillRect(x[node]! - width[node]! / 2 - 2 * thick, y[node]! - height[node]! / 2, thick, height[node]!);
  };
  for (const node of matches) ring(node, colors.caution, 2);
  for (const node of pinned) ring(node, colors.text, 1.5);
  // Rings around hundreds would hide what they mark.
  if (roots.size <= mostRinged) for (const node of roots) ring(node, colors.accent, 2.5);
  else for (const node of roots) bar(node);
  if (selected >= 0) ring(selected, colors.focus, 2);
}
