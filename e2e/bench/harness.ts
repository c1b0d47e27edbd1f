/**
 * What a benchmark is, and what it may use. One benchmark per file named `*.bench.ts`, exporting `benchmark`.
 *
 * Every figure stands beside a reference measured in the same run on the same data: a peer, or the physical limit (an empty
 * window, `cp`, bare SQLite). Seeds are fixed. Losing rows are published too.
 */

export interface Benchmark {
  /** Short, in kebab case: `npm run bench NAME` runs it alone. */
  readonly name: string;
  /** The exact work, with sizes: "first page of 100 out of 1,000,000 versions, sorted by change". */
  readonly workload: string;
  /** The goal in words: "≤ 1.6 × an empty window". */
  readonly goal: string;
  /** Measures. Runs in a fresh process of its own. One result per figure; several only when they share one preparation. */
  readonly run: (context: BenchmarkContext) => Promise<BenchmarkResult | readonly BenchmarkResult[]>;
}

export interface BenchmarkResult {
  /** Which part of the workload, where a benchmark gives several figures: "two tags". */
  readonly part?: string;
  /** Our figure (the median where it was measured several times), in `unit`. */
  readonly ours: number;
  /** The reference's figure from the same run, in the same unit. */
  readonly reference: number;
  readonly referenceName: string;
  /** "ms", "MiB", "MiB/s", "writes/s", "frames". */
  readonly unit: string;
  /** What the goal speaks of: ours ÷ reference, unless `details` says otherwise. */
  readonly ratio: number;
  readonly goalMet: boolean;
  /** Everything else worth keeping: spreads, p95, cold figures, versions, settings. Must be JSON. */
  readonly details: Readonly<Record<string, unknown>>;
}

export interface BenchmarkContext {
  /** The checkout's root folder; compiled programs are under `dist/`. */
  readonly root: string;
  /** A folder of this benchmark's own, removed afterwards. */
  readonly scratch: string;
  /** The Electron program. Start windows with `electronArguments` before the app's own arguments. */
  readonly electronPath: string;
  readonly electronArguments: readonly string[];
  /** A Node that can load the core. */
  readonly nodePath: string;
  /** Random numbers in [0, 1) from the fixed seed; the same sequence in every run. */
  readonly random: () => number;
  /** A line about what is going on, for whoever waits. */
  readonly log: (text: string) => void;
}

/** Numbers in [0, 1) from a 32-bit seed (mulberry32). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** The value below which `share` (0…1) of the sample lies, by the nearest rank. @throws RangeError on an empty sample */
export const quantile = (sample: readonly number[], share: number): number => {
  const sorted = sample.toSorted((left, right) => left - right);
  const value = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
  if (value === undefined) throw new RangeError('An empty sample has no quantile.');
  return value;
};

export const median = (sample: readonly number[]): number => quantile(sample, 0.5);

export interface Spread {
  readonly median: number;
  readonly p95: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly count: number;
}

export const spread = (sample: readonly number[]): Spread => ({
  median: median(sample),
  p95: quantile(sample, 0.95),
  minimum: quantile(sample, 0),
  maximum: quantile(sample, 1),
  count: sample.length,
});

/** Milliseconds that `work` takes, once. */
export const timed = async (work: () => unknown): Promise<number> => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};

/**
 * Milliseconds of `runs` runs after `warmUp` runs that don't count.
 * `before` prepares each run outside the clock.
 */
export const measure = async (
  work: () => unknown,
  { runs = 5, warmUp = 1, before }: { readonly runs?: number; readonly warmUp?: number; readonly before?: () => unknown } = {},
): Promise<Spread> => {
  const sample: number[] = [];
  for (let index = 0; index < warmUp + runs; index += 1) {
    await before?.();
    const milliseconds = await timed(work);
    if (index >= warmUp) sample.push(milliseconds);
  }
  return spread(sample);
};
