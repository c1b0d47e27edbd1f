/** Charts of a run that goes on: only what came since is asked for, and put behind what is known. */
import type { InputOf, MetricSeries, OutputOf } from '#shared/contract/index.ts';

type Wish = InputOf<'runs.metrics'>;
type Answer = OutputOf<'runs.metrics'>;

/** Of a line whose points are gathered: how many lines one of them stands for, and how many the last one does so far. */
type Gathering = { readonly size: number; readonly open: number };
const gatherings = new WeakMap<MetricSeries, Gathering>();

/** A line may have so many times the points that were asked for before it is gathered anew. */
const mostGrowth = 1.25;
const toldNonFinite = 100;

/** The answer to `wish`, with the help of the answer before where that still counts. */
export async function growMetrics(wish: Wish, before: Answer | undefined, ask: (wish: Wish) => Promise<Answer>): Promise<Answer> {
  if (before === undefined || wish.points === undefined) return ask(wish);
  return grown(before, await ask({ ...wish, since: [...before.lines] }), wish.points) ?? ask(wish);
}

/**
 * What was known and what came since, together; the very same answer when nothing came. Null when it has to be asked for as a whole: lines
 * that stood already were overwritten, or there are too many points by now.
 */
export function grown(before: Answer, since: Answer, points: number): Answer | null {
  if (since.lines.some((lines, run) => lines < (before.lines[run] ?? 0)) || since.rewrites.some((count, run) => count !== before.rewrites[run])) return null;
  if (since.series.every((line) => line.total === 0)) return since.lines.every((lines, run) => lines === before.lines[run]) ? before : { ...before, lines: since.lines };
  const series: MetricSeries[] = [];
  for (const more of since.series) {
    const known = before.series.find((line) => line.id === more.id && line.key === more.key);
    const line = known === undefined ? more : longer(known, more, points);
    if (line === null) return null;
    series.push(line);
  }
  for (const line of before.series) if (!series.some((one) => one.id === line.id && one.key === line.key)) series.push(line);
  return { ...since, series };
}

function longer(known: MetricSeries, more: MetricSeries, points: number): MetricSeries | null {
  if (more.total === 0) return known;
  const total = known.total + more.total;
  const nonFinite = [...known.nonFinite, ...more.nonFinite].slice(0, toldNonFinite);
  if (known.exact) {
    if (!more.exact || total > points) return null;
    return { ...known, total, nonFinite, x: [...known.x, ...more.x], min: [...known.min, ...more.min], max: [...known.max, ...more.max], mean: [...known.mean, ...more.mean] };
  }
  const size = gatherings.get(known)?.size ?? known.total / points;
  let open = gatherings.get(known)?.open ?? size;
  const weight = more.total / more.x.length;
  const line = { ...known, total, nonFinite, x: [...known.x], min: [...known.min], max: [...known.max], mean: [...known.mean] };
  more.x.forEach((x, index) => {
    const [min, max, mean] = [more.min[index] ?? null, more.max[index] ?? null, more.mean[index] ?? null];
    const last = line.x.length - 1;
    if (open + weight > size) {
      line.x.push(x);
      line.min.push(min);
      line.max.push(max);
      line.mean.push(mean);
      open = weight;
      return;
    }
    const share = weight / (open + weight);
    line.x[last] = between(line.x[last] ?? x, x, share);
    line.min[last] = either(line.min[last], min, Math.min);
    line.max[last] = either(line.max[last], max, Math.max);
    line.mean[last] = either(line.mean[last], mean, (one, other) => between(one, other, share));
    open += weight;
  });
  if (line.x.length > points * mostGrowth) return null;
  gatherings.set(line, { size, open });
  return line;
}

function between(one: number, other: number, share: number): number {
  return one + (other - one) * share;
}

/** Of two values that may be none. */
function either(one: number | null | undefined, other: number | null, both: (one: number, other: number) => number): number | null {
  if (one === null || one === undefined) return other;
  return other === null ? one : both(one, other);
}
