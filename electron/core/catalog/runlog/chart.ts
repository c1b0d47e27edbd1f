/** From columns to the line of a chart. */
import type { ChartAxis, MetricSeries } from '#shared/contract/operations/runs.ts';
import { nonFiniteWord } from '#shared/domain/looseJson.ts';
import type { ReadableDb } from '../connection.ts';
import { columnLines, readColumns, type Column, type SeriesRow } from './columns.ts';

const toldNonFinite = 100;

export type ChartWish = { readonly x: ChartAxis; readonly from?: number | undefined; readonly to?: number | undefined; readonly points: number; readonly since: number };

/** Keys that an axis is made of. */
export const axisKeys = ['_step', '_timestamp', '_runtime'] as const;

/** The columns that give a line its x, read once for all keys of a stream. */
export type ChartAxes = { readonly columns: ReadonlyMap<number, Column>; /** What is taken off every x. */ readonly origin: number; /** Whether a line without an x has its own number as one. */ readonly byNumber: boolean };

export function chartAxes(db: ReadableDb, series: ReadonlyMap<string, SeriesRow>, x: ChartAxis, firstAt: number | null, since: number): ChartAxes {
  const columnsOf = (row: SeriesRow | undefined) => new Map((row === undefined ? [] : readColumns(db, row.id, since)).map((column) => [column.number, column]));
  switch (x) {
    case 'step':
      return { columns: columnsOf(series.get('_step')), origin: 0, byNumber: true };
    case 'wall':
      return { columns: columnsOf(series.get('_timestamp')), origin: 0, byNumber: false };
    case 'relative': {
      const runtime = series.get('_runtime');
      return runtime === undefined ? { columns: columnsOf(series.get('_timestamp')), origin: firstAt ?? 0, byNumber: false } : { columns: columnsOf(runtime), origin: 0, byNumber: false };
    }
  }
}

type Points = { readonly x: Float64Array; readonly y: Float64Array; readonly count: number };

function collect(db: ReadableDb, series: SeriesRow, axes: ChartAxes, wish: ChartWish): Points {
  const columns = readColumns(db, series.id, wish.since);
  const room = columns.reduce((sum, column) => sum + column.numbers.length, 0);
  const x = new Float64Array(room);
  const y = new Float64Array(room);
  const from = wish.from ?? -Infinity;
  const to = wish.to ?? Infinity;
  const byPlace = new Float64Array(columnLines);
  let count = 0;
  for (const column of columns) {
    const axis = axes.columns.get(column.number);
    const first = column.number * columnLines;
    // A dense axis is its own table of places.
    let table: Float64Array = byPlace;
    if (axis !== undefined && axis.places === null) table = axis.numbers;
    else {
      byPlace.fill(NaN);
      if (axis !== undefined) axis.numbers.forEach((value, index) => (byPlace[axis.places![index]!] = value));
    }
    for (let index = 0; index < column.numbers.length; index += 1) {
      const place = column.places === null ? index : column.places[index]!;
      if (first + place < wish.since) continue;
      let at = place < table.length ? table[place]! - axes.origin : NaN;
      if (Number.isNaN(at)) {
        if (!axes.byNumber) continue;
        at = first + place;
      }
      if (at < from || at > to) continue;
      x[count] = at;
      y[count] = column.numbers[index]!;
      count += 1;
    }
  }
  return { x, y, count };
}

/** At most `points` points; where there are more, stretches of equal numbers of points, each with its smallest, largest and mean. */
export function chartLine(db: ReadableDb, series: SeriesRow, axes: ChartAxes, wish: ChartWish): Omit<MetricSeries, 'id' | 'key'> {
  const { x, y, count } = collect(db, series, axes, wish);
  const nonFinite: MetricSeries['nonFinite'] = [];
  for (let index = 0; index < count && nonFinite.length < toldNonFinite; index += 1) if (!Number.isFinite(y[index]!)) nonFinite.push({ x: x[index]!, value: nonFiniteWord(y[index]!) });
  if (count <= wish.points) {
    const xs = Array.from(x.subarray(0, count));
    const ys = Array.from(y.subarray(0, count), (value) => (Number.isFinite(value) ? value : null));
    return { total: count, exact: true, x: xs, min: ys, max: ys, mean: ys, nonFinite };
  }
  const line = { x: [] as number[], min: [] as (number | null)[], max: [] as (number | null)[], mean: [] as (number | null)[] };
  for (let bucket = 0; bucket < wish.points; bucket += 1) {
    const start = Math.floor((bucket * count) / wish.points);
    const end = Math.floor(((bucket + 1) * count) / wish.points);
    let min = Infinity;
    let max = -Infinity;
    let sum = 0;
    let known = 0;
    for (let index = start; index < end; index += 1) {
      const value = y[index]!;
      if (!Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
      sum += value;
      known += 1;
    }
    line.x.push((x[start]! + x[end - 1]!) / 2);
    line.min.push(known === 0 ? null : min);
    line.max.push(known === 0 ? null : max);
    // The mean of huge numbers can leave the range of numbers.
    line.mean.push(known === 0 || !Number.isFinite(sum) ? null : sum / known);
  }
  return { total: count, exact: false, ...line, nonFinite };
}
