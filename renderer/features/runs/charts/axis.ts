/** What x is: the step a script counts, the time since it began, or the clock. */
import { formatCount, formatDuration, formatExactTime } from '../../../ui/format.ts';
import type { Domain } from './scale.ts';
import { countTicks, durationTicks, formatMomentTick, formatSpanTick, formatTick, momentTicks } from './ticks.ts';

export const axisKinds = ['step', 'relative', 'wall'] as const;
export type AxisKind = (typeof axisKinds)[number];

export type Axis = {
  readonly label: string;
  readonly ticks: (domain: Domain, most: number) => readonly number[];
  readonly tick: (value: number, step: number) => string;
  /** One place on it, in words. */
  readonly at: (value: number) => string;
};

/** Steps; seconds since the run began; milliseconds since 1970. */
export const axes: Readonly<Record<AxisKind, Axis>> = {
  step: { label: 'Step', ticks: countTicks, tick: formatTick, at: (value) => `step ${formatCount(Math.round(value))}` },
  relative: { label: 'Time', ticks: durationTicks, tick: formatSpanTick, at: (value) => (value < 1 ? `${value.toFixed(2)} s` : formatDuration(value * 1000)) },
  wall: { label: 'Clock', ticks: momentTicks, tick: formatMomentTick, at: formatExactTime },
};
