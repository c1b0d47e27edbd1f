/** A believable team's lineage of any size, without a catalog behind it. The same size and seed give the same graph. */
import type { LineageEdge, LineageGraph, LineageNode, LineageVersionNode } from '#shared/lineage/index.ts';
import { seededRandom, teamLineage } from '#shared/lineage/testGraphs.ts';

const models = ['resnet50', 'gemma-2b', 'all-minilm-l6', 'whisper-small', 'bert-finetuned', 'clip-vit'] as const;
const datasets = ['imagenet-subset', 'customer-reviews', 'sensor-log', 'wiki-clean', 'street-scenes'] as const;
const adjectives = ['brave', 'quiet', 'golden', 'swift', 'misty'] as const;
const nouns = ['river', 'comet', 'falcon', 'meadow', 'sunset'] as const;
const aliases = ['latest', 'production', 'staging', 'best', 'candidate'] as const;
const projects = ['classify', 'speech', 'search'] as const;
const runStates = ['finished', 'finished', 'finished', 'finished', 'failed', 'running', 'crashed', 'killed'] as const;
/** All times are before this moment, so that pictures don't change from day to day as long as they show dates. */
const newest = Date.UTC(2026, 4, 3, 12);

export function sampleLineage(size: number, seed = 2): LineageGraph {
  const { input, edges } = teamLineage(size, seed);
  const random = seededRandom(seed + 9);
  const pick = <Value>(from: readonly Value[]): Value => from[Math.floor(random() * from.length)]!;
  const isRun = (index: number): boolean => input.parity![index] === 1;
  const key = (index: number): string => (isRun(index) ? `run:${index + 1}` : `version:${index + 1}`);
  const produced = new Set<number>();
  const uses = new Map<number, number>();
  for (const [from, to] of edges) {
    if (isRun(from)) produced.add(to);
    else uses.set(from, (uses.get(from) ?? 0) + 1);
  }
  const numbers = new Map<string, number>();
  const nodes = Array.from({ length: input.nodeCount }, (_, index): LineageNode => {
    const createdAt = new Date(newest - Math.floor(random() * 60 * 86_400_000)).toISOString();
    const project = pick(projects);
    if (isRun(index)) {
      return {
        kind: 'run',
        key: key(index),
        id: (index + 1) as Extract<LineageNode, { kind: 'run' }>['id'],
        entity: 'vision',
        project,
        runId: `r${index}`,
        displayName: `${pick(adjectives)}-${pick(nouns)}-${index}`,
        state: pick(runStates),
        jobType: pick(['train', 'evaluate', 'prepare']),
        createdAt,
        durationSeconds: random() < 0.1 ? null : Math.floor(random() * 9_000),
        hiddenUpstream: 0,
        hiddenDownstream: random() < 0.08 ? Math.ceil(random() * 9) : 0,
      };
    }
    const isData = (uses.get(index) ?? 0) > 1 || !produced.has(index);
    const artifact = isData ? pick(datasets) : random() < 0.1 ? 'eval-report' : pick(models);
    const number = (numbers.get(artifact) ?? -1) + 1;
    numbers.set(artifact, number);
    const own = random() < 0.35 ? [pick(aliases)] : [];
    return {
      kind: 'version',
      key: key(index),
      id: (index + 1) as LineageVersionNode['id'],
      entity: 'vision',
      project,
      artifact,
      type: isData ? 'dataset' : artifact === 'eval-report' ? 'report' : 'model',
      index: number,
      state: random() < 0.04 ? 'deleted' : 'committed',
      aliases: own.map((name) => ({ name, protected: name === 'production' })),
      size: Math.floor(random() * random() * 3e9),
      createdAt,
      links: random() < 0.18 ? [linkOf(isData, artifact, random() < 0.5)] : [],
      hiddenUpstream: random() < 0.05 ? Math.ceil(random() * 12) : 0,
      hiddenDownstream: random() < 0.05 ? Math.ceil(random() * 40) : 0,
    };
  });
  return {
    nodes,
    edges: edges.map(([from, to]): LineageEdge => ({
      from: key(from),
      to: key(to),
      relation: isRun(from) ? 'logged' : 'used',
      provenance: random() < 0.04 ? 'manual' : 'sdk',
    })),
  };
}

/** One dataset that very many runs used; every hundredth of them logged a model. */
export function sampleFan(uses: number, seed = 2): LineageGraph {
  const { nodes } = sampleLineage(200, seed);
  const dataset = nodes.find((node) => node.kind === 'version' && node.type === 'dataset')!;
  const run = nodes.find((node) => node.kind === 'run')!;
  const model = nodes.find((node) => node.kind === 'version' && node.type === 'model')!;
  const random = seededRandom(seed);
  const runs = Array.from({ length: uses }, (_, at): LineageNode => ({ ...run, key: `run:${at + 1}`, hiddenDownstream: 0, displayName: `${adjectives[at % 5]!}-${nouns[(at >> 2) % 5]!}-${at}`, state: runStates[Math.floor(random() * runStates.length)]! }) as LineageNode);
  const models = runs.flatMap((_, at) => (at % 100 === 7 ? [{ ...model, key: `version:${1_000_000 + at}`, index: at } as LineageNode] : []));
  return {
    nodes: [dataset, ...runs, ...models],
    edges: [
      ...runs.map(({ key }): LineageEdge => ({ from: dataset.key, to: key, relation: 'used', provenance: 'sdk' })),
      ...models.map(({ key }): LineageEdge => ({ from: `run:${Number(key.slice(8)) - 1_000_000 + 1}`, to: key, relation: 'logged', provenance: 'sdk' })),
    ],
  };
}

function linkOf(isData: boolean, collection: string, inProduction: boolean): LineageVersionNode['links'][number] {
  type Link = LineageVersionNode['links'][number];
  return {
    linkId: 1 as Link['linkId'],
    registryId: (isData ? 2 : 1) as Link['registryId'],
    registry: isData ? 'Datasets' : 'Models',
    glyph: isData ? 'database' : 'brain',
    hue: isData ? 4 : 9,
    collectionId: 1 as Link['collectionId'],
    collection,
    index: 1,
    aliases: inProduction ? [{ name: 'production', protected: true }] : [],
    state: null,
  };
}

/** One step more beyond a node: three runs that used it, or three sources of it. */
export function sampleStep(graph: LineageGraph, nodeKey: string, direction: 'upstream' | 'downstream'): LineageGraph {
  const node = graph.nodes.find((one) => one.key === nodeKey);
  if (node === undefined) return { nodes: [], edges: [] };
  const first = graph.nodes.length + 1;
  const added = Array.from({ length: 3 }, (_, at): LineageNode => {
    const template = graph.nodes.find((one) => one.kind !== node.kind)!;
    return {
      ...template,
      key: `${template.kind}:${first + at}`,
      ...(template.kind === 'run' ? { displayName: `added-${first + at}` } : { artifact: `added-${first + at}`, aliases: [], links: [] }),
      hiddenUpstream: 0,
      hiddenDownstream: 0,
    } as LineageNode;
  });
  return {
    nodes: [{ ...node, ...(direction === 'upstream' ? { hiddenUpstream: added.length } : { hiddenDownstream: added.length }) }, ...added],
    edges: added.map((one): LineageEdge => {
      const [from, to] = direction === 'upstream' ? [one, node] : [node, one];
      return { from: from.key, to: to.key, relation: from.kind === 'run' ? 'logged' : 'used', provenance: 'sdk' };
    }),
  };
}
