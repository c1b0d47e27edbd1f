import fc from 'fast-check';
import { expect, test } from 'vitest';
import { day, formatDate, formatRelative, formatSpan, formatTimestamp, hour, isoTime, minute, parseDate, parseSpan, second, subtractSpan } from './time.ts';

const now = Date.UTC(2026, 4, 31, 12);

test('how long ago', () => {
	expect(formatRelative(now, now)).toBe('just now');
	expect(formatRelative(now - 59 * second, now)).toBe('just now');
	expect(formatRelative(now - minute, now)).toBe('1 minute ago');
	expect(formatRelative(now - 119 * minute, now)).toBe('1 hour ago');
	expect(formatRelative(now - 6 * day, now)).toBe('6 days ago');
	expect(formatRelative(now - 8 * day, now)).toBe('1 week ago');
	expect(formatRelative(now - 400 * day, now)).toBe('1 year ago');
	expect(formatRelative(now + 3 * hour, now)).toBe('in 3 hours');
	expect(formatRelative(now + 30 * second, now)).toBe('in a moment');
	expect(formatRelative(NaN, now)).toBe('unknown time');
});

test('how long', () => {
	expect(formatSpan(0)).toBe('<1 s');
	expect(formatSpan(12_300)).toBe('12 s');
	expect(formatSpan(3 * minute + 5 * second)).toBe('3 min 5 s');
	expect(formatSpan(2 * hour + 5 * second)).toBe('2 h');
	expect(formatSpan(4 * day + 3 * hour)).toBe('4 d 3 h');
	expect(formatSpan(-1)).toBe('unknown');
	expect(formatSpan(Infinity)).toBe('unknown');
});

test('when', () => {
	expect(formatTimestamp(Date.UTC(2026, 4, 3, 14, 5))).toBe('2026-05-03 14:05 UTC');
	expect(formatDate(Date.UTC(2026, 4, 3))).toBe('2026-05-03');
	expect(formatTimestamp(Infinity)).toBe('unknown time');
	expect(formatDate(9e15)).toBe('unknown date');
});

test('spans', () => {
	expect(parseSpan('6MO')).toEqual({ count: 6, unit: 'mo' });
	for (const wrong of ['', '7', 'd', '-7d', '1.5d', '7 d', '1234567d', '7days']) expect(parseSpan(wrong)).toBeNull();
	expect(subtractSpan(now, { count: 1, unit: 'y' })).toBe(Date.UTC(2025, 4, 31, 12));
	expect(subtractSpan(now, { count: 3, unit: 'mo' })).toBe(Date.UTC(2026, 1, 28, 12));
	expect(subtractSpan(Date.UTC(2024, 1, 29), { count: 1, unit: 'y' })).toBe(Date.UTC(2023, 1, 28));
	expect(Number.isFinite(subtractSpan(now, { count: 999_999, unit: 'y' }))).toBe(true);
});

test('dates', () => {
	expect(parseDate('2026')).toEqual({ from: Date.UTC(2026, 0, 1), until: Date.UTC(2027, 0, 1) });
	expect(parseDate('2026-12')).toEqual({ from: Date.UTC(2026, 11, 1), until: Date.UTC(2027, 0, 1) });
	expect(parseDate('2024-02-29')).toEqual({ from: Date.UTC(2024, 1, 29), until: Date.UTC(2024, 2, 1) });
	expect(parseDate('2026-05-03T14:05')).toEqual({ from: Date.UTC(2026, 4, 3, 14, 5), until: Date.UTC(2026, 4, 3, 14, 6) });
	expect(parseDate('2026-05-03T14:05:09Z')).toEqual({ from: Date.UTC(2026, 4, 3, 14, 5, 9), until: Date.UTC(2026, 4, 3, 14, 5, 10) });
	for (const wrong of ['', '26', '2026-13', '2026-00', '2026-02-29', '2026-04-31', '2026-05-03T24:00', '2026-05-03T14:60', '2026-05-03T14:05:60', '2026-5-3', '2026-05-03T14', '2026-05-03+02:00']) expect(parseDate(wrong)).toBeNull();
});

test('a date that was formatted is read as its day', () => {
	fc.assert(
		fc.property(fc.integer({ min: Date.UTC(1000, 0), max: Date.UTC(9999, 11, 31) }), (time) => {
			const stretch = parseDate(formatDate(time))!;
			expect(stretch.from).toBeLessThanOrEqual(time);
			expect(time).toBeLessThan(stretch.until);
			expect(stretch.until - stretch.from).toBe(day);
		}),
	);
});

test('reads the moment of an ISO date, with fraction and zone', () => {
	const noon = Date.UTC(2026, 2, 1, 12);
	for (const text of ['2026-03-01T12:00', '2026-03-01 12:00:00Z', '2026-03-01T12:00:00.000+00:00', '2026-03-01T14:00:00+02:00', '2026-03-01T06:30-0530', '2026-03-01T13:00:00,0+01']) expect([text, isoTime(text)]).toEqual([text, noon]);
	expect(isoTime('2026-03-01T12:00:00.5Z')).toBe(noon + 500);
	expect(isoTime('2026-03-01T12:00:00.000250Z')! - noon).toBeCloseTo(0.25, 3);
	expect([isoTime('2026-03'), isoTime('2026-03-01')]).toEqual([Date.UTC(2026, 2), Date.UTC(2026, 2, 1)]);
	for (const wrong of ['', '2026', '2026-02-30', '2026-03-01+02:00', '2026-03-01T12', '2026-03-01T12:00.5', '2026-03-01T12:00:00.', '12:00', 'soon', '2026-03-01T12:00:00 Z']) expect([wrong, isoTime(wrong)]).toEqual([wrong, null]);
});
