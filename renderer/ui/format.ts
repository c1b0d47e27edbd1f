import { formatExactSize, formatSize, formatSpan } from '#shared/domain/index.ts';

const wholeNumber = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const exactTime = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A count with separators: `12,480`. */
export function formatCount(count: number): string {
  return wholeNumber.format(count);
}

/** A count with its noun in the right number: `1 alias`, `12,480 aliases`. */
export function formatQuantity(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** Bytes in binary units with three significant digits: `0 B`, `812 B`, `90.9 MiB`, `3.20 GiB`. */
export const formatBytes = formatSize;

/** The exact number of bytes: `3,435,973,837 bytes`. */
export const formatExactBytes = formatExactSize;

/** Bytes per second: `212 MiB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** A duration in milliseconds, in its two largest units: `<1 s`, `12 s`, `4 min 5 s`, `3 h 20 min`, `2 d 4 h`. */
export const formatDuration = formatSpan;

/**
 * A moment as people say it, relative to `now` (both in milliseconds since 1970): `just now`, `4 min ago`, `in 2 h`,
 * `yesterday`, `5 d ago`, and beyond two weeks the date.
 */
export function formatRelativeTime(time: number, now: number): string {
  if (!Number.isFinite(time)) return '–';
  const distance = Math.abs(now - time);
  const past = time <= now;
  const say = (amount: number, unit: string) => (past ? `${amount} ${unit} ago` : `in ${amount} ${unit}`);
  if (distance < 45 * SECOND) return past ? 'just now' : 'in a moment';
  if (distance < HOUR) return say(Math.max(1, Math.round(distance / MINUTE)), 'min');
  if (distance < DAY) return say(Math.round(distance / HOUR), 'h');
  if (distance < 2 * DAY) return past ? 'yesterday' : 'tomorrow';
  if (distance < 14 * DAY) return say(Math.floor(distance / DAY), 'd');
  const date = new Date(time);
  const dayAndMonth = `${date.getDate()} ${MONTHS[date.getMonth()]}`;
  return date.getFullYear() === new Date(now).getFullYear() ? dayAndMonth : `${dayAndMonth} ${date.getFullYear()}`;
}

/** A moment to the second, with its time zone: `Sun, 22 Nov 2026, 21:39:04 UTC`. */
export function formatExactTime(time: number): string {
  return Number.isFinite(time) ? exactTime.format(time) : '–';
}

/** The first eight characters of a digest, whatever algorithm prefix stands before it. */
export function shortDigest(digest: string): string {
  const colon = digest.indexOf(':');
  return digest.slice(colon + 1, colon + 9);
}

/** Up to two initials of a name: `Ada Lovelace` → `AL`, `ada` → `A`. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/u)
    .filter((word) => word !== '');
  const first = Array.from(words[0] ?? '?')[0] ?? '?';
  const last = words.length > 1 ? (Array.from(words[words.length - 1] ?? '')[0] ?? '') : '';
  return `${first}${last}`.toUpperCase();
}
