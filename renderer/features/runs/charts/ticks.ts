/** Where the marks of an axis stand and what is written at them. */
import type { Domain } from './scale.ts';

/** A step of 1, 2 or 5 times a power of ten that gives at most `most` ticks over the span. */
export function stepFor(span: number, most: number): number {
  const rough = span / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  for (const factor of [1, 2, 5]) if (factor * power >= rough * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

/** Multiples of one round step inside of the domain, at most `most` and two more. */
export function linearTicks([from, to]: Domain, most: number): readonly number[] {
  if (!(to > from) || !Number.isFinite(to - from)) return Number.isFinite(from) ? [from] : [];
  return multiples(from, to, stepFor(to - from, most));
}

/** Whole numbers only: steps are counted. */
export function countTicks(domain: Domain, most: number): readonly number[] {
  const [from, to] = domain;
  if (!(to > from) || !Number.isFinite(to - from)) return Number.isFinite(from) ? [from] : [];
  return multiples(from, to, Math.max(1, stepFor(to - from, most)));
}

/** Far more than any axis is asked for: a mistake must not hold up the window. */
const mostTicks = 1000;

function multiples(from: number, to: number, step: number): readonly number[] {
  const ticks: number[] = [];
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first;
  // So far from zero that neighbours are the same number: there is nothing to tell apart.
  if (Math.abs(first) > Number.MAX_SAFE_INTEGER / 2 || count > mostTicks) return [from, to];
  // Multiplied, not added up: 0.1 + 0.2 is no tick.
  for (let index = first; index <= first + count; index += 1) ticks.push(Number((index * step).toPrecision(15)));
  return ticks;
}

/** Powers of ten; within two decades also twos and fives; the domain is above zero. */
export function logarithmicTicks([from, to]: Domain, most: number): readonly number[] {
  if (!(from > 0) || !(to > from) || !Number.isFinite(to)) return [];
  const first = Math.floor(Math.log10(from));
  const last = Math.ceil(Math.log10(to));
  const decades = last - first;
  if (to / from < 5) return linearTicks([from, to], most);
  const factors = decades <= most / 3 + 1 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil(decades / Math.max(1, most)));
  const ticks: number[] = [];
  for (let power = first; power <= last; power += every) for (const factor of factors) ticks.push(Number((factor * 10 ** power).toPrecision(12)));
  return ticks.filter((tick) => tick >= from * (1 - 1e-9) && tick <= to * (1 + 1e-9));
}

const second = 1;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** Steps that clocks have, in seconds. */
const clockSteps = [1, 2, 5, 10, 15, 30, minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day, 14 * day] as const;

function clockStep(span: number, most: number): number {
  const rough = span / Math.max(1, most);
  return clockSteps.find((step) => step >= rough) ?? day * Math.max(1, stepFor(span / day, most));
}

/** For spans in seconds: round on a clock. */
export function durationTicks([from, to]: Domain, most: number): readonly number[] {
  if (!(to > from) || !Number.isFinite(to - from)) return Number.isFinite(from) ? [from] : [];
  return to - from < most * second ? linearTicks([from, to], most) : multiples(from, to, clockStep(to - from, most));
}

/** For moments in milliseconds since 1970: round by the local clock, which is `offset` minutes behind UTC (as `Date.getTimezoneOffset` has it). */
export function momentTicks([from, to]: Domain, most: number, offset = new Date(from).getTimezoneOffset()): readonly number[] {
  if (!(to > from) || !Number.isFinite(to - from)) return Number.isFinite(from) ? [from] : [];
  const shift = offset * minute;
  return durationTicks([from / 1000 - shift, to / 1000 - shift], most).map((tick) => (tick + shift) * 1000);
}

/** A number at a tick, with the decimals that its neighbours ask for: `0.05`, `1.5k`, `2e-7`. */
export function formatTick(value: number, step: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e15 || size < 1e-4) return compactExponent(value, step);
  if (size >= 1000) {
    const [factor, unit] = size >= 1e12 ? [1e12, 'T'] : size >= 1e9 ? [1e9, 'G'] : size >= 1e6 ? [1e6, 'M'] : [1e3, 'k'];
    return `${trimmed(value / factor, decimalsOf(step / factor))}${unit}`;
  }
  return trimmed(value, decimalsOf(step));
}

/** Decimals that tell multiples of the step apart. */
function decimalsOf(step: number): number {
  if (!(step > 0) || !Number.isFinite(step)) return 3;
  return Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}

function trimmed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return text.includes('.') ? text.replace(/\.?0+$/u, '') : text;
}

function compactExponent(value: number, step: number): string {
  const digits = Math.min(6, Math.max(0, Math.floor(Math.log10(Math.abs(value)) + 1e-9) - Math.floor(Math.log10(step) + 1e-9)));
  return value.toExponential(Number.isFinite(digits) ? digits : 0).replace(/(\.\d*?)0+e/u, '$1e').replace('.e', 'e').replace('e+', 'e');
}

/** A span in seconds at a tick: `45s`, `1m 30s`, `2h`, `1d 6h`. */
export function formatSpanTick(seconds: number, step: number): string {
  if (seconds === 0) return '0';
  const sign = seconds < 0 ? '-' : '';
  const size = Math.abs(seconds);
  if (step < 1) return `${sign}${trimmed(size, decimalsOf(step))}s`;
  const parts = [
    [Math.floor(size / day), 'd'],
    [Math.floor((size % day) / hour), 'h'],
    [Math.floor((size % hour) / minute), 'm'],
    [Math.round(size % minute), 's'],
  ] as const;
  return `${sign}${parts.filter(([count]) => count > 0).slice(0, 2).map(([count, unit]) => `${count}${unit}`).join(' ')}`;
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const clockWithSeconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** A moment at a tick: the clock, and the day where one begins. `step` in milliseconds. */
export function formatMomentTick(time: number, step: number): string {
  const date = new Date(time);
  if (step >= day * 1000 || (date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0)) return dayAndMonth.format(date);
  return step >= minute * 1000 ? clock.format(date) : clockWithSeconds.format(date);
}

// Made once: the making takes longer than all else that a readout does in a frame.
const wholeNumber = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const fiveDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 5 });

/** A measured value as it is read, five digits: `0.12346`, `12,480`, `3.2e-7`. */
export function formatValue(value: number | null): string {
  if (value === null || Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? 'infinity' : '−infinity';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(3).replace('e+', 'e');
  return (size >= 10_000 ? wholeNumber : fiveDigits).format(value);
}
