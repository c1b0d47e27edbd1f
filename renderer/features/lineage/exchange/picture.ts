/** The graph as a picture of its own, all of it, with words and marks: drawn once, by whatever pen. */
import { formatBytes, formatDuration } from '../../../ui/format.ts';
import type { LineageDrawnNode } from '#shared/lineage/index.ts';
import { isDeleted, nodeName } from '../view/nodeWords.ts';
import type { Scene } from '../view/scene.ts';

export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly radius: number };
export type Ink = { readonly fill?: string; readonly stroke?: string; readonly strokeWidth?: number; readonly dash?: readonly number[]; readonly opacity?: number };
export type Lettering = { readonly size: number; readonly weight: number; readonly color: string; readonly mono?: boolean };
/** A way as curves: a start, then for each piece two handles and an end, as x and y in turn. */
export type Way = { readonly from: readonly [number, number]; readonly curves: readonly (readonly [number, number, number, number, number, number])[] };

export type Pen = {
  readonly box: (box: Box, ink: Ink, title?: string) => void;
  readonly way: (way: Way, ink: Ink) => void;
  /** `x` is where it begins; `y` its base line. */
  readonly write: (x: number, y: number, text: string, lettering: Lettering) => void;
  readonly dot: (x: number, y: number, radius: number, ink: Ink) => void;
};

/** Colours as every program understands them: `#rrggbb`. */
export type PictureColors = {
  readonly ground: string;
  readonly card: string;
  readonly quiet: string;
  readonly line: string;
  readonly edge: string;
  readonly text: string;
  readonly textDim: string;
  readonly accent: string;
  readonly caution: string;
  readonly hues: readonly string[];
};

const margin = 40;

/** The size of the whole picture, and where the layout's origin is in it. */
export function pictureFrame({ layout }: Pick<Scene, 'layout'>): { readonly width: number; readonly height: number; readonly x: number; readonly y: number } {
  const { left, top, right, bottom } = layout.bounds;
  return { width: Math.ceil(right - left + 2 * margin), height: Math.ceil(bottom - top + 2 * margin), x: margin - left, y: margin - top };
}

/** Draws the graph in the layout's own coordinates. */
export function drawPicture(pen: Pen, scene: Scene, rootKeys: ReadonlySet<string>, colors: PictureColors): void {
  drawEdges(pen, scene, colors);
  const { nodes } = scene.prepared.graph;
  const { width, height } = scene.prepared.input;
  for (const [at, node] of nodes.entries()) {
    drawNode(pen, node, { x: scene.layout.x[at]! - width[at]! / 2, y: scene.layout.y[at]! - height[at]! / 2, width: width[at]!, height: height[at]!, radius: 10 }, { hue: scene.hue[at]!, mark: scene.mark[at]!, root: rootKeys.has(node.key) }, colors);
  }
}

function drawEdges(pen: Pen, { prepared, layout, provenance }: Scene, colors: PictureColors): void {
  const { start, points, reversed } = layout.routes;
  const down = layout.direction === 'down';
  for (let edge = 0; edge < prepared.indexed.edgeCount; edge++) {
    const begin = start[edge]!;
    const end = start[edge + 1]!;
    if (end - begin < 2) continue;
    const curves: [number, number, number, number, number, number][] = [];
    for (let at = begin + 1; at < end; at++) {
      const [x0, y0, x, y] = [points[2 * at - 2]!, points[2 * at - 1]!, points[2 * at]!, points[2 * at + 1]!];
      // Odd points end a run, even ones end a curve.
      if ((at - begin) % 2 === 1) curves.push([x0, y0, x, y, x, y]);
      else if (down) curves.push([x0, (y0 + y) / 2, x, (y0 + y) / 2, x, y]);
      else curves.push([(x0 + x) / 2, y0, (x0 + x) / 2, y, x, y]);
    }
    const cyclic = reversed[edge] === 1;
    pen.way(
      { from: [points[2 * begin]!, points[2 * begin + 1]!], curves },
      { stroke: cyclic ? colors.caution : colors.edge, strokeWidth: 1.5, opacity: 0.7, ...(cyclic || provenance[edge] === 1 ? { dash: [5, 4] } : provenance[edge] === 2 ? { dash: [1.5, 5] } : {}) },
    );
  }
}

function drawNode(pen: Pen, node: LineageDrawnNode, box: Box, { hue, mark, root }: { readonly hue: number; readonly mark: number; readonly root: boolean }, colors: PictureColors): void {
  const gone = isDeleted(node);
  const frame: Ink = { stroke: root ? colors.accent : colors.line, strokeWidth: root ? 2 : 1, ...(gone ? { dash: [4, 3] } : {}) };
  const middle = box.y + box.height / 2;
  if (node.kind === 'run') {
    pen.box({ ...box, radius: box.height / 2 }, { ...frame, fill: colors.quiet }, titleOf(node));
    pen.dot(box.x + 17, middle, 4, { fill: node.state === 'finished' ? colors.hues[4]! : node.state === 'running' ? colors.accent : node.state === 'killed' ? colors.caution : colors.hues[0]! });
    const length = gone ? 'deleted' : node.durationSeconds === null ? node.state : formatDuration(node.durationSeconds * 1000).split(' ').slice(0, 2).join(' ');
    pen.write(box.x + 30, middle + 4.5, cut(node.displayName, box.width - 48 - letters(length, 12), 13), { size: 13, weight: 400, color: gone ? colors.textDim : colors.text });
    pen.write(box.x + box.width - 12 - letters(length, 12), middle + 4.5, length, { size: 12, weight: 400, color: colors.textDim });
    return;
  }
  pen.box(box, { ...frame, fill: node.kind === 'group' ? colors.quiet : colors.card }, titleOf(node));
  pen.box({ x: box.x + 10, y: box.y + 12, width: 6, height: 32, radius: 3 }, { fill: hue < 0 || gone ? colors.line : colors.hues[hue]! });
  const left = box.x + 26;
  const number = node.kind === 'version' ? `v${node.index}` : '';
  const name = cut(nodeName(node), box.width - 44 - letters(number, 12), 13);
  pen.write(left, box.y + 25, name, { size: 13, weight: 500, color: gone ? colors.textDim : colors.text });
  if (number !== '') pen.write(left + letters(name, 13) + 8, box.y + 25, number, { size: 12, weight: 400, color: colors.textDim, mono: true });
  pen.write(left, box.y + 42, cut(factsOf(node), box.width - 40, 12), { size: 12, weight: 400, color: colors.textDim });
  if (node.kind !== 'version') return;
  if (mark >= 0) pen.dot(box.x + box.width, box.y, 6, { fill: colors.hues[mark]!, stroke: colors.ground, strokeWidth: 2 });
  const words = [...new Set([...node.aliases, ...node.links.flatMap((link) => link.aliases)].map((alias) => alias.name)), ...node.links.map((link) => `${link.registry}/${link.collection}`)];
  if (words.length > 0) pen.write(left, box.y + 68, cut(words.join('  '), box.width - 40, 12), { size: 12, weight: 400, color: colors.accent, mono: true });
}

function factsOf(node: Exclude<LineageDrawnNode, { kind: 'run' }>): string {
  if (node.kind === 'group') return [...(node.versionCount > 0 ? [`${node.versionCount} versions`] : []), ...(node.runCount > 0 ? [`${node.runCount} runs`] : [])].join(', ');
  return node.state === 'deleted' ? 'deleted' : `${node.type} · ${formatBytes(node.size)} · ${node.createdAt.slice(0, 10)}`;
}

function titleOf(node: LineageDrawnNode): string {
  switch (node.kind) {
    case 'version':
      return `${node.entity}/${node.project}/${node.artifact}:v${node.index}`;
    case 'run':
      return `${node.entity}/${node.project}/${node.runId}`;
    case 'group':
      return node.label;
  }
}

/** Width of a text in the interface font, roughly: nothing measures it where there is no screen. */
const letters = (text: string, size: number): number => text.length * size * 0.56;

function cut(text: string, width: number, size: number): string {
  const most = Math.max(1, Math.floor(width / (size * 0.56)));
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
}
