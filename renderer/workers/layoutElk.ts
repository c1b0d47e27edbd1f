import type { LayoutInput, LayoutResult, PreviousLayout } from '#shared/lineage/index.ts';

type ElkPoint = { readonly x: number; readonly y: number };
type ElkNode = ElkPoint & { readonly id: string; readonly width: number; readonly height: number };
type ElkEdge = {
  readonly id: string;
  readonly sections?: readonly { readonly startPoint: ElkPoint; readonly endPoint: ElkPoint; readonly bendPoints?: readonly ElkPoint[] }[];
};
type ElkAnswer = { readonly children?: readonly ElkNode[]; readonly edges?: readonly ElkEdge[] };

type Post = (message: unknown) => void;
type ElkScope = { postMessage: Post; onmessage: ((event: { readonly data: unknown }) => void) | null };

let dispatch: ((message: unknown) => unknown) | undefined;

/**
 * ELK's script takes a worker's global message handler for itself when it is loaded. It is taken back at once and
 * called like a function: ELK works synchronously, so its answer is what it posts before the call returns.
 */
async function loadElk(): Promise<(message: unknown) => unknown> {
  if (dispatch !== undefined) return dispatch;
  const scope = globalThis as unknown as ElkScope;
  const ours = scope.onmessage;
  await import('elkjs/lib/elk-worker.min.js');
  const theirs = scope.onmessage;
  scope.onmessage = ours;
  if (theirs === null || theirs === ours) throw new Error('ELK installed no message handler');
  dispatch = (message) => {
    const post = scope.postMessage;
    let answer: unknown;
    scope.postMessage = (reply) => {
      answer = reply;
    };
    try {
      theirs.call(scope as never, { data: message });
    } finally {
      scope.postMessage = post;
    }
    return answer;
  };
  dispatch({ id: 0, cmd: 'register', algorithms: ['layered'] });
  return dispatch;
}

/**
 * What ELK would suggest as an order, keeping our layers: its layering is told to follow positions along the layers, so only its
 * choice of who stands above whom is new. Undefined when it has no answer.
 */
export async function suggestOrder(input: LayoutInput, layout: LayoutResult): Promise<PreviousLayout | undefined> {
  const ask = await loadElk();
  const across = layout.direction === 'right' ? input.height : input.width;
  const along = layout.direction === 'right' ? input.width : input.height;
  const main = layout.direction === 'right' ? layout.x : layout.y;
  const cross = layout.direction === 'right' ? layout.y : layout.x;
  const reply = ask({
    id: 1,
    cmd: 'layout',
    graph: {
      id: 'lineage',
      layoutOptions: {
        'elk.algorithm': 'layered',
        'elk.direction': 'RIGHT',
        'elk.edgeRouting': 'POLYLINE',
        'elk.layered.cycleBreaking.strategy': 'INTERACTIVE',
        'elk.layered.layering.strategy': 'INTERACTIVE',
        'elk.layered.crossingMinimization.strategy': 'LAYER_SWEEP',
        'elk.layered.thoroughness': '20',
        'elk.randomSeed': '1',
      },
      children: Array.from({ length: input.nodeCount }, (_, node) => ({
        id: String(node),
        width: along[node],
        height: across[node],
        x: main[node]! - along[node]! / 2,
        y: cross[node]! - across[node]! / 2,
      })),
      edges: Array.from(input.source, (source, edge) => ({
        id: String(edge),
        sources: [String(source)],
        targets: [String(input.target[edge])],
      })).filter((_, edge) => input.source[edge] !== input.target[edge]),
    },
  }) as { readonly data?: ElkAnswer } | undefined;
  const answer = reply?.data;
  if (answer?.children === undefined || answer.edges === undefined) return undefined;

  const x = new Float64Array(input.nodeCount).fill(Number.NaN);
  const y = new Float64Array(input.nodeCount).fill(Number.NaN);
  for (const child of answer.children) {
    x[Number(child.id)] = child.x + child.width / 2;
    y[Number(child.id)] = child.y + child.height / 2;
  }
  // Bends are read where they cross our columns, so the ways are given as runs that reach over them.
  const ways = new Map<number, number[]>();
  for (const edge of answer.edges) {
    const section = edge.sections?.[0];
    if (section !== undefined)
      ways.set(
        Number(edge.id),
        [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].flatMap((point) => [point.x, point.y]),
      );
  }
  const start = new Int32Array(input.source.length + 1);
  const points: number[] = [];
  for (let edge = 0; edge < input.source.length; edge++) {
    const way = ways.get(edge) ?? [];
    // Every stretch twice: pairs are runs.
    for (let at = 0; at + 3 < way.length; at += 2) points.push(way[at]!, way[at + 1]!, way[at + 2]!, way[at + 3]!);
    start[edge + 1] = points.length / 2;
  }
  const edgeOf = Int32Array.from(input.source, (_, edge) => edge);
  const suggestion = { layer: layout.layer, ways: { start, points: Float32Array.from(points), edgeOf } };
  return layout.direction === 'right'
    ? { ...suggestion, x, y }
    : { ...suggestion, x: y, y: x, ways: { ...suggestion.ways, points: swapped(suggestion.ways.points) } };
}

function swapped(points: Float32Array): Float32Array {
  const result = new Float32Array(points.length);
  for (let at = 0; at < points.length; at += 2) {
    result[at] = points[at + 1]!;
    result[at + 1] = points[at]!;
  }
  return result;
}
