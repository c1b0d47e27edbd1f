/** Times and spans. All are UTC milliseconds; what is shown for people is worked out from a `now` that is handed in. */

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
export const week = 7 * day;

const spans = [
	['year', 365.25 * day],
	['month', 30.4375 * day],
	['week', week],
	['day', day],
	['hour', hour],
	['minute', minute],
] as const;

/** `just now`, `5 minutes ago`, `2 days ago`, `in 3 hours`. Rounded down: something is not said to be older than it is. */
export function formatRelative(time: number, now: number): string {
	if (!Number.isFinite(time)) return 'unknown time';
	const distance = Math.abs(now - time);
	for (const [name, length] of spans) {
		if (distance < length) continue;
		const count = Math.floor(distance / length);
		const amount = `${count} ${name}${count === 1 ? '' : 's'}`;
		return time > now ? `in ${amount}` : `${amount} ago`;
	}
	return time > now + second ? 'in a moment' : 'just now';
}

/** A span as progress shows it: `<1 s`, `12 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`. At most two units. */
export function formatSpan(milliseconds: number): string {
	if (!Number.isFinite(milliseconds) || milliseconds < 0) return 'unknown';
	if (milliseconds < second) return '<1 s';
	const steps = [
		['d', day],
		['h', hour],
		['min', minute],
		['s', second],
	] as const;
	for (const [index, [unit, length]] of steps.entries()) {
		if (milliseconds < length) continue;
		const count = Math.floor(milliseconds / length);
		const next = steps[index + 1];
		const rest = next ? Math.floor((milliseconds - count * length) / next[1]) : 0;
		return rest > 0 ? `${count} ${unit} ${rest} ${next![0]}` : `${count} ${unit}`;
	}
	return '<1 s';
}

/** `2026-05-03 14:05 UTC`. */
export function formatTimestamp(time: number): string {
	return isTime(time) ? `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC` : 'unknown time';
}

/** `2026-05-03`. */
export function formatDate(time: number): string {
	return isTime(time) ? new Date(time).toISOString().slice(0, 10) : 'unknown date';
}

function isTime(time: number): boolean {
	return Number.isFinite(time) && Math.abs(time) <= 8.64e15;
}

/** A span as a query writes it. Months and years are calendar steps, the rest are fixed lengths. */
export interface TimeSpan {
	readonly count: number;
	readonly unit: TimeSpanUnit;
}
export type TimeSpanUnit = 's' | 'm' | 'h' | 'd' | 'w' | 'mo' | 'y';

/** Reads `30s`, `15m`, `12h`, `7d`, `2w`, `6mo`, `1y`; null for anything else. */
export function parseSpan(text: string): TimeSpan | null {
	const match = /^([0-9]{1,6})(s|m|h|d|w|mo|y)$/i.exec(text);
	return match ? { count: Number(match[1]), unit: match[2]!.toLowerCase() as TimeSpanUnit } : null;
}

export function formatSpanText(span: TimeSpan): string {
	return `${span.count}${span.unit}`;
}

/** The time that lies the span before `time`. Calendar steps stay in the month: 31 May less 3 months is 28 February. */
export function subtractSpan(time: number, span: TimeSpan): number {
	switch (span.unit) {
		case 's':
			return time - span.count * second;
		case 'm':
			return time - span.count * minute;
		case 'h':
			return time - span.count * hour;
		case 'd':
			return time - span.count * day;
		case 'w':
			return time - span.count * week;
		default: {
			const date = new Date(time);
			const months = span.unit === 'y' ? span.count * 12 : span.count;
			const dayOfMonth = date.getUTCDate();
			date.setUTCDate(1);
			date.setUTCMonth(date.getUTCMonth() - months);
			const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
			date.setUTCDate(Math.min(dayOfMonth, lastDay));
			// So far back that no date is left means: before everything.
			return Number.isNaN(date.getTime()) ? -8.64e15 : date.getTime();
		}
	}
}

/** A moment or a whole stretch of time as a date is written: `2026`, `2026-05`, `2026-05-03`, `2026-05-03T14:05[:07]`. UTC. */
export interface Stretch {
	/** First millisecond. */
	readonly from: number;
	/** The first millisecond after it. */
	readonly until: number;
}

/** Reads an ISO date or date with time (UTC, with or without `Z`); null for anything else, also for 30 February. */
export function parseDate(text: string): Stretch | null {
	const match = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?Z?)?)?)?$/i.exec(text);
	if (!match) return null;
	const [year, month, dayOfMonth, hours, minutes, seconds] = match.slice(1).map((digits) => (digits === undefined ? undefined : Number(digits)));
	const from = utc(year!, (month ?? 1) - 1, dayOfMonth ?? 1, hours ?? 0, minutes ?? 0, seconds ?? 0);
	if (from === null) return null;
	if (month === undefined) return { from, until: utc(year! + 1, 0, 1) ?? from };
	if (dayOfMonth === undefined) return { from, until: month === 12 ? (utc(year! + 1, 0, 1) ?? from) : utc(year!, month, 1)! };
	return { from, until: from + (hours === undefined ? day : seconds === undefined ? minute : second) };
}

/**
 * The moment that an ISO 8601 date, at least of a month, with or without time, fraction of a second and zone stands for, in milliseconds since
 * 1970; without a zone it is UTC. Null for anything else. What is more exact than a millisecond stays as its fraction.
 */
export function isoTime(text: string): number | null {
	const match = /^([0-9]{4}-[0-9]{2}(?:-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?)?)(?:(?<=:[0-9]{2}:[0-9]{2})[.,]([0-9]{1,9}))?(?:(?<=:[0-9.,]*)(?:Z|([+-])([0-9]{2}):?([0-9]{2})?))?$/i.exec(text);
	const stretch = match === null ? null : parseDate(match[1] ?? '');
	if (match === null || stretch === null) return null;
	const [, , fraction, sign, hours, minutes] = match;
	const ahead = sign === undefined ? 0 : (Number(hours) * hour + Number(minutes ?? 0) * minute) * (sign === '-' ? -1 : 1);
	return stretch.from - ahead + (fraction === undefined ? 0 : Number(`0.${fraction}`) * second);
}

/** Null when the calendar has no such time. */
function utc(year: number, month: number, dayOfMonth: number, hours = 0, minutes = 0, seconds = 0): number | null {
	const date = new Date(0);
	date.setUTCFullYear(year, month, dayOfMonth);
	date.setUTCHours(hours, minutes, seconds);
	const fits = date.getUTCFullYear() === year && date.getUTCMonth() === month && date.getUTCDate() === dayOfMonth && date.getUTCHours() === hours && date.getUTCMinutes() === minutes && seconds < 60;
	return fits ? date.getTime() : null;
}
