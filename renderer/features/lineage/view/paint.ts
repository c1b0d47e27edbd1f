import type { Bounds, LevelOfDetail } from '#shared/lineage/index.ts';
import type { GraphColors } from './colors.ts';
import type { Scene } from './scene.ts';

/** Pixels on the screen = pixels of the layout × zoom + offset. */
export type View = { readonly x: number; readonly y: number; readonly zoom: number };

export type Frame = {
  readonly scene: Scene;
  readonly view: View;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
  readonly colors: GraphColors;
  readonly detail: LevelOfDetail;
  /** 1 per lit node; null when nothing is hovered. */
  readonly lit: Uint8Array | null;
  /** How far the rest has faded for the lit ones, 0–1. */
  readonly fade: number;
  readonly root: number;
  readonly selected: number;
  readonly matches: ReadonlySet<number>;
  /** Nodes on their way from where they stood; edges then go straight to them. */
  readonly moving: { readonly x: Float64Array; readonly y: Float64Array } | null;
};

/** The part of the layout that is in view. */
export function visibleBounds(view: View, width: number, height: number): Bounds {
  return { left: -view.x / view.zoom, top: -view.y / view.zoom, right: (width - view.x) / view.zoom, bottom: (height - view.y) / view.zoom };
}

/** Below this zoom a curve is a few pixels: straight pieces look the same and cost a third. */
const curvesFrom = 0.12;
/** Segments per stroke: long paths cost more than their parts. */
const batchSize = 400;

/** Draws one frame: edges always; nodes only where no elements stand for them. */
export function paint(context: CanvasRenderingContext2D, frame: Frame): void {
  const { view, ratio, width, height } = frame;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width * ratio, height * ratio);
  context.setTransform(ratio * view.zoom, 0, 0, ratio * view.zoom, ratio * view.x, ratio * view.y);
  const bounds = visibleBounds(view, width, height);
  paintEdges(context, frame, bounds);
  if (frame.detail === 'map') paintNodes(context, frame, bounds);
}

function paintEdges(context: CanvasRenderingContext2D, frame: Frame, bounds: Bounds): void {
  const { scene, view, colors, lit, fade } = frame;
  const { edgeBoxes, byHand } = scene;
  const { edgeCount, source, target } = scene.prepared.indexed;
  const { reversed } = scene.layout.routes;
  const seen: number[] = [];
  const bright: number[] = [];
  const special: number[] = [];
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
    else if (reversed[edge] === 1 || byHand[edge] === 1) special.push(edge);
    else seen.push(edge);
  }
  const thin = Math.max(1.5, 0.8 / view.zoom);
  // Thousands of lines on one another would make a grey wall: the more there are, the quieter each.
  const quiet = Math.max(0.26, Math.min(0.62, 700 / Math.max(1, seen.length)));
  context.lineJoin = 'round';
  context.lineCap = 'round';
  context.globalAlpha = quiet * (1 - 0.7 * fade);
  context.strokeStyle = colors.edge;
  context.lineWidth = thin;
  strokeEdges(context, frame, seen);
  if (special.length > 0) {
    context.globalAlpha = 0.8 * (1 - 0.7 * fade);
    // Dashes cost; beyond a few hundred edges colour alone has to do.
    const dash = special.length <= 200 ? [5, 4] : [];
    context.setLineDash(dash);
    strokeEdges(
      context,
      frame,
      special.filter((edge) => reversed[edge] !== 1),
    );
    context.strokeStyle = colors.caution;
    strokeEdges(
      context,
      frame,
      special.filter((edge) => reversed[edge] === 1),
    );
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

function strokeEdges(context: CanvasRenderingContext2D, frame: Frame, edges: readonly number[]): void {
  const { scene, view, moving } = frame;
  const { start, points } = scene.layout.routes;
  const down = scene.layout.direction === 'down';
  const curved = view.zoom >= curvesFrom;
  let batched = 0;
  context.beginPath();
  for (const edge of edges) {
    if (batched >= batchSize) {
      context.stroke();
      context.beginPath();
      batched = 0;
    }
    batched++;
    if (moving !== null) {
      moveEdge(context, scene, edge, moving, down);
      continue;
    }
    const begin = start[edge]!;
    const end = start[edge + 1]!;
    if (begin === end) continue;
    context.moveTo(points[2 * begin]!, points[2 * begin + 1]!);
    for (let at = begin + 1; at < end; at++) {
      const x = points[2 * at]!;
      const y = points[2 * at + 1]!;
      // Odd points end a run, even ones end a curve.
      if (curved && (at - begin) % 2 === 0) swing(context, points[2 * at - 2]!, points[2 * at - 1]!, x, y, down);
      else context.lineTo(x, y);
    }
  }
  context.stroke();
}

function swing(context: CanvasRenderingContext2D, fromX: number, fromY: number, toX: number, toY: number, down: boolean): void {
  if (down) {
    const middle = (fromY + toY) / 2;
    context.bezierCurveTo(fromX, middle, toX, middle, toX, toY);
  } else {
    const middle = (fromX + toX) / 2;
    context.bezierCurveTo(middle, fromY, middle, toY, toX, toY);
  }
}

function moveEdge(
  context: CanvasRenderingContext2D,
  scene: Scene,
  edge: number,
  moving: { readonly x: Float64Array; readonly y: Float64Array },
  down: boolean,
): void {
  const { source, target, width, height } = scene.prepared.input;
  const from = source[edge]!;
  const to = target[edge]!;
  if (from === to) return;
  const fromX = moving.x[from]! + (down ? 0 : width[from]! / 2);
  const fromY = moving.y[from]! + (down ? height[from]! / 2 : 0);
  const toX = moving.x[to]! - (down ? 0 : width[to]! / 2);
  const toY = moving.y[to]! - (down ? height[to]! / 2 : 0);
  context.moveTo(fromX, fromY);
  swing(context, fromX, fromY, toX, toY, down);
}

/** The map: versions by the hue of their type, runs smaller and grey, what is linked marked, whatever the zoom. */
function paintNodes(context: CanvasRenderingContext2D, frame: Frame, bounds: Bounds): void {
  const { scene, view, colors, lit, fade, root, selected, matches } = frame;
  const { width, height } = scene.prepared.input;
  const x = frame.moving?.x ?? scene.layout.x;
  const y = frame.moving?.y ?? scene.layout.y;
  const pixel = 1 / view.zoom;
  const found = scene.index.within(bounds);
  const groups = new Map<number, number[]>();
  for (const node of found) {
    const dimmed = lit !== null && lit[node] !== 1;
    const key = (scene.hue[node]! + 1) * 2 + (dimmed ? 1 : 0);
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [node]);
    else list.push(node);
  }
  const rounded = view.zoom > 0.16 && found.length < 1_500;
  for (const [key, nodes] of groups) {
    const hue = (key >> 1) - 1;
    context.fillStyle = hue === -1 ? colors.run : colors.hues[hue]!;
    context.globalAlpha = (hue === -1 ? 0.6 : 0.88) * ((key & 1) === 1 ? 1 - 0.75 * fade : 1);
    context.beginPath();
    for (const node of nodes) {
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
  let marks = 0;
  for (const node of found) if (scene.mark[node]! >= 0) marks++;
  // Marks are seen at any zoom, but the more there are, the smaller: they must not bury the map.
  const least = Math.max(1.4, Math.min(3.5, 600 / Math.max(1, marks)));
  for (const node of found) {
    if (scene.mark[node]! < 0) continue;
    const radius = Math.max(14, least * pixel);
    context.beginPath();
    context.arc(x[node]! + width[node]! / 2, y[node]! - height[node]! / 2, radius, 0, 2 * Math.PI);
    context.fillStyle = colors.hues[scene.mark[node]!]!;
    context.fill();
    if (least < 2.5) continue;
    context.lineWidth = 1.5 * pixel;
    context.strokeStyle = colors.surface;
    context.stroke();
  }
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
  for (const node of matches) ring(node, colors.caution, 2);
  if (root >= 0) ring(root, colors.accent, 2.5);
  if (selected >= 0) ring(selected, colors.focus, 2);
}
