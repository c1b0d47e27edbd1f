import dagreModule from '@dagrejs/dagre';
import elkModule from 'elkjs/lib/elk.bundled.js';
import { countWayCrossings, layoutLayered, type LayoutInput, type LayoutResult, type PreviousLayout, type Ways } from '../../shared/lineage/index.ts';
import { teamLineage } from '../../shared/lineage/testGraphs.ts';
import { measure, timed, type Benchmark, type BenchmarkContext, type BenchmarkResult } from './harness.ts';

/** Milliseconds that a layout with its routes may take, by number of nodes. */
const goals: readonly { readonly nodes: number; readonly goal: number }[] = [{ nodes: 1000, goal: 10 }, { nodes: 5000, goal: 40 }, { nodes: 10_000, goal: 80 }, { nodes: 100_000, goal: 1500 }];
/** Up to these sizes the peers finish within a minute. */
const dagreNodes = 1000;
const elkNodes = 10_000;

/** What is used of dagre, whose own types can't be followed under Node's rules for modules. */
type DagreGraph = {
  setGraph: (label: Readonly<Record<string, unknown>>) => void;
  setDefaultEdgeLabel: (label: () => object) => void;
  setNode: (name: string, label: { readonly width: number; readonly height: number }) => void;
  setEdge: (from: string, to: string, label: object, name: string) => void;
  edges: () => readonly object[];
  edge: (edge: object) => { readonly points: readonly Point[] };
};
const dagre = dagreModule as unknown as { readonly graphlib: { readonly Graph: new (options: { readonly multigraph: boolean }) => DagreGraph }; readonly layout: (graph: DagreGraph) => void };

type Peer = { readonly milliseconds: number; readonly ways: Ways };

function dagreLayout(input: LayoutInput): Promise<Peer> {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', ranker: 'tight-tree' });
  graph.setDefaultEdgeLabel(() => ({}));
  for (let node = 0; node < input.nodeCount; node++) graph.setNode(String(node), { width: input.width[node]!, height: input.height[node]! });
  for (let edge = 0; edge < input.source.length; edge++) graph.setEdge(String(input.source[edge]), String(input.target[edge]), {}, String(edge));
  return timed(() => { dagre.layout(graph); }).then((milliseconds) => ({
    milliseconds,
    ways: waysOf(graph.edges().map((edge) => graph.edge(edge).points)),
  }));
}

type ElkEdge = { readonly sections?: readonly { readonly startPoint: Point; readonly endPoint: Point; readonly bendPoints?: readonly Point[] }[] };
type Point = { readonly x: number; readonly y: number };

function waysOf(lists: readonly (readonly Point[])[]): Ways {
  const start = new Int32Array(lists.length + 1);
  const points: number[] = [];
  lists.forEach((list, edge) => {
    for (const { x, y } of list) points.push(x, y);
    start[edge + 1] = points.length / 2;
  });
  return { start, points: Float32Array.from(points) };
}

async function elkLayout(input: LayoutInput): Promise<Peer> {
  const elk = new elkModule.default();
  const graph = {
    id: 'lineage',
    layoutOptions: { 'elk.algorithm': 'layered', 'elk.direction': 'RIGHT', 'elk.edgeRouting': 'POLYLINE' },
    children: Array.from({ length: input.nodeCount }, (_, node) => ({ id: String(node), width: input.width[node]!, height: input.height[node]! })),
    edges: Array.from(input.source, (source, edge) => ({ id: `e${edge}`, sources: [String(source)], targets: [String(input.target[edge])] })),
  };
  let answer: { readonly edges?: readonly ElkEdge[] } | undefined;
  const milliseconds = await timed(async () => { answer = (await elk.layout(graph)) as { readonly edges?: readonly ElkEdge[] }; });
  return {
    milliseconds,
    ways: waysOf((answer?.edges ?? []).map((edge) => {
      const section = edge.sections?.[0];
      return section === undefined ? [] : [section.startPoint, ...(section.bendPoints ?? []), section.endPoint];
    })),
  };
}

/** The window's own second look, as its worker runs it. Loaded when it is needed: it wants a worker's global names. */
async function suggestOrder(input: LayoutInput, layout: LayoutResult): Promise<PreviousLayout | undefined> {
  const scope = globalThis as { self?: unknown };
  scope.self ??= globalThis;
  const module = (await import(new URL('../../renderer/workers/layoutElk.ts', import.meta.url).href)) as { readonly suggestOrder: (input: LayoutInput, layout: LayoutResult) => Promise<PreviousLayout | undefined> };
  return module.suggestOrder(input, layout);
}

async function refinedCrossings(input: LayoutInput): Promise<{ readonly own: number; readonly refined: number; readonly refinedMilliseconds: number }> {
  const own = layoutLayered(input, { effort: 'thorough' });
  let refined = countWayCrossings(own.routes);
  const plain = refined;
  const refinedMilliseconds = await timed(async () => {
    const suggested = await suggestOrder(input, own);
    if (suggested !== undefined) refined = Math.min(refined, countWayCrossings(layoutLayered(input, { effort: 'thorough', suggested }).routes));
  });
  return { own: plain, refined, refinedMilliseconds };
}

/** Layouts with edge routing of lineages as teams leave them, beside dagre and ELK at the sizes that those can finish. */
export const benchmark: Benchmark = {
  name: 'lineage-layout',
  workload: 'layered layout with edge routing of a team’s lineage of 1,000, 5,000, 10,000 and 100,000 nodes; crossings after refinement at 1,000',
  goal: '≤ 10, 40, 80 ms and 1.5 s; after refinement no more crossings than ELK',
  async run(context: BenchmarkContext) {
    const results: BenchmarkResult[] = [];
    const seconds = new Map<number, number>();
    for (const { nodes, goal } of goals) {
      const { input } = teamLineage(nodes, 7);
      const ours = await measure(() => layoutLayered(input), { runs: nodes > 10_000 ? 5 : 15, warmUp: 3 });
      seconds.set(nodes, ours.median);
      const peers: { readonly name: string; readonly milliseconds: number; readonly crossings: number | null }[] = [];
      // Their time grows with the square and worse: each is measured once, after a small warm-up.
      if (nodes <= dagreNodes) {
        await dagreLayout(teamLineage(100, 7).input);
        context.log(`dagre at ${nodes}`);
        const peer = await dagreLayout(input);
        peers.push({ name: 'dagre, tight-tree', milliseconds: peer.milliseconds, crossings: countWayCrossings(peer.ways) });
      }
      if (nodes <= elkNodes) {
        await elkLayout(teamLineage(100, 7).input);
        context.log(`ELK at ${nodes}`);
        const peer = await elkLayout(input);
        peers.push({ name: 'ELK layered', milliseconds: peer.milliseconds, crossings: nodes <= 1000 ? countWayCrossings(peer.ways) : null });
      }
      for (const peer of peers) {
        results.push({
          part: `${nodes.toLocaleString('en')} nodes`, ours: ours.median, reference: peer.milliseconds, referenceName: peer.name, unit: 'ms', ratio: ours.median / peer.milliseconds, goalMet: ours.median <= goal,
          details: { goalMilliseconds: goal, edges: input.source.length, timesFaster: Math.round(peer.milliseconds / ours.median), ours, crossings: peer.crossings },
        });
      }
      if (peers.length === 0) {
        const reference = ((seconds.get(10_000) ?? Number.NaN) * nodes) / 10_000;
        results.push({ part: `${nodes.toLocaleString('en')} nodes`, ours: ours.median, reference, referenceName: 'our 10,000 nodes, in proportion', unit: 'ms', ratio: ours.median / reference, goalMet: ours.median <= goal, details: { goalMilliseconds: goal, edges: input.source.length, ours } });
      }
      if (nodes === 1000) {
        const elk = peers.find((peer) => peer.name.startsWith('ELK'))?.crossings ?? Number.NaN;
        const { own, refined, refinedMilliseconds } = await refinedCrossings(input);
        results.push({ part: '1,000 nodes, after refinement', ours: refined, reference: elk, referenceName: 'ELK layered', unit: 'crossings', ratio: refined / elk, goalMet: refined <= elk, details: { withoutElksSuggestion: own, dagre: peers.find((peer) => peer.name.startsWith('dagre'))?.crossings ?? null, refinedMilliseconds } });
      }
    }
    return results;
  },
};
