/** Graphs for tests and benchmarks; the same seed gives the same graph. */
import { buildAdjacency, type Adjacency } from './adjacency.ts';
import type { LayoutInput } from './layout.ts';

/** A small generator of numbers in [0, 1) (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** From pairs of node indices. */
export function graphOf(nodeCount: number, edges: readonly (readonly [number, number])[]): Adjacency {
  return buildAdjacency(
    nodeCount,
    Int32Array.from(edges, (edge) => edge[0]),
    Int32Array.from(edges, (edge) => edge[1]),
  );
}

/** Sizes as lineage cards have them; `parity` 1 marks runs. */
export function layoutInputOf(nodeCount: number, edges: readonly (readonly [number, number])[], parity?: Uint8Array): LayoutInput {
  return {
    nodeCount,
    source: Int32Array.from(edges, (edge) => edge[0]),
    target: Int32Array.from(edges, (edge) => edge[1]),
    width: Float32Array.from({ length: nodeCount }, (_, node) => (parity?.[node] === 1 ? 176 : 232)),
    height: Float32Array.from({ length: nodeCount }, (_, node) => (parity?.[node] === 1 ? 36 : node % 3 === 0 ? 84 : 56)),
    ...(parity === undefined ? {} : { parity, weight: Uint8Array.from(edges, (edge) => (parity[edge[0]] === 1 ? 3 : 1)) }),
  };
}

/**
 * Lineage as a team leaves it: raw data prepared, training runs on the prepared data (some starting from an earlier model), models
 * evaluated, some results shared between projects. At least `size` nodes, node 0 a dataset everything may draw on.
 */
export function teamLineage(size: number, seed = 1): { readonly input: LayoutInput; readonly edges: readonly (readonly [number, number])[] } {
  const random = seededRandom(seed);
  const isRun: number[] = [];
  const edges: [number, number][] = [];
  const add = (run: 0 | 1): number => isRun.push(run) - 1;
  const pick = (from: readonly number[]): number => from[Math.floor(random() * from.length)]!;
  const shared: number[] = [add(0)];
  while (isRun.length < size) {
    const raw = random() < 0.5 ? add(0) : pick(shared);
    const preparing = add(1);
    edges.push([raw, preparing]);
    const data = Array.from({ length: 1 + Math.floor(random() * 3) }, () => add(0));
    for (const set of data) edges.push([preparing, set]);
    const models: number[] = [];
    const trainings = 2 + Math.floor(random() * random() * 14);
    for (let count = 0; count < trainings && isRun.length < size; count++) {
      const training = add(1);
      edges.push([data[0]!, training]);
      if (data[1] !== undefined && random() < 0.6) edges.push([data[1], training]);
      if (models.length > 0 && random() < 0.35) edges.push([pick(models), training]);
      else if (random() < 0.15) edges.push([pick(shared), training]);
      if (random() < 0.9) {
        const model = add(0);
        edges.push([training, model]);
        models.push(model);
      }
    }
    for (const model of models) {
      if (random() >= 0.25) continue;
      const evaluation = add(1);
      edges.push([model, evaluation]);
      if (data[2] !== undefined) edges.push([data[2], evaluation]);
      if (random() < 0.4) {
        const report = add(0);
        edges.push([evaluation, report]);
        if (random() < 0.5) shared.push(report);
      }
    }
    if (models.length > 0 && random() < 0.5) shared.push(models.at(-1)!);
  }
  return { input: layoutInputOf(isRun.length, edges, Uint8Array.from(isRun)), edges };
}
