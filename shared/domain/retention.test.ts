import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkDays, checkRestorable, effectiveTimeToLive, expiryOf, hasExpired, restorableUntil, timeToLiveFromSeconds, timeToLiveToSeconds, type LinkedStretch, type TimeToLive } from './retention.ts';
import { day } from './time.ts';

const inherit: TimeToLive = { kind: 'inherit' };
const off: TimeToLive = { kind: 'off' };
const days = (count: number): TimeToLive => ({ kind: 'days', days: count });

test('the nearest setting counts', () => {
	expect(effectiveTimeToLive({ version: inherit, artifact: inherit, project: inherit })).toBeNull();
	expect(effectiveTimeToLive({ version: inherit, artifact: days(3), project: days(9) })).toEqual({ days: 3, from: 'artifact' });
	expect(effectiveTimeToLive({ version: off, artifact: days(3), project: days(9) })).toBeNull();
	expect(effectiveTimeToLive({ version: days(1), artifact: off, project: off })).toEqual({ days: 1, from: 'version' });
});

test('days', () => {
	for (const wrong of [0, -1, 1.5, NaN, Infinity, 40_000]) expect(checkDays(wrong).ok).toBe(false);
	expect(checkDays(30)).toEqual({ ok: true, value: 30 });
});

describe('expiry', () => {
	test('a link stops the clock, an unlink lets it go on', () => {
		expect(expiryOf(0, null, [], 0)).toEqual({ kind: 'never' });
		expect(expiryOf(0, 10, [], 3 * day)).toEqual({ kind: 'at', time: 10 * day });
		expect(expiryOf(0, 10, [{ from: 2 * day, until: null }], 50 * day)).toEqual({ kind: 'paused', left: 8 * day });
		expect(expiryOf(0, 10, [{ from: 2 * day, until: 50 * day }], 51 * day)).toEqual({ kind: 'at', time: 58 * day });
		expect(expiryOf(0, 10, [{ from: 2 * day, until: 6 * day }, { from: 4 * day, until: 8 * day }], 9 * day)).toEqual({ kind: 'at', time: 16 * day });
	});
	test('a linked version never expires; the time that it had left, it still has after unlinking', () => {
		const stretch = fc.tuple(fc.nat(100), fc.nat(100)).map(([from, length]): LinkedStretch => ({ from: from * day, until: (from + length) * day }));
		fc.assert(
			fc.property(fc.array(stretch, { maxLength: 5 }), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 200, max: 400 }), fc.nat(100), (stretches, count, nowDays, later) => {
				const now = nowDays * day;
				// Counted day by day, the plain way.
				const unlinkedDays = Array.from({ length: nowDays }, (_, index) => index).filter((index) => !stretches.some((each) => each.from <= index * day && index * day < each.until!)).length;
				const expiry = expiryOf(0, count, stretches, now);
				expect(hasExpired(expiry, now)).toBe(unlinkedDays >= count);
				if (expiry.kind === 'at') expect(expiry.time - now).toBe((count - unlinkedDays) * day);
				const held = expiryOf(0, count, [...stretches, { from: now, until: null }], now + later * day);
				expect(held.kind).toBe('paused');
				expect(hasExpired(held, now + later * day)).toBe(false);
				if (held.kind === 'paused') expect(held.left).toBe(Math.max(0, (count - unlinkedDays) * day));
			}),
		);
	});
});

test('the trash', () => {
	expect(restorableUntil(0, 7)).toBe(7 * day);
	expect(checkRestorable('collection', 0, 7, 7 * day - 1).ok).toBe(true);
	expect(checkRestorable('collection', 0, 7, 7 * day)).toMatchObject({ violation: { rule: 'trash-expired', until: '1970-01-08 00:00 UTC' } });
});

test('as the protocol writes it', () => {
	for (const setting of [inherit, off, days(1), days(365)]) expect(timeToLiveFromSeconds(timeToLiveToSeconds(setting))).toEqual(setting);
	expect(timeToLiveFromSeconds(null)).toEqual(inherit);
	expect(timeToLiveFromSeconds(0)).toEqual(off);
	expect(timeToLiveFromSeconds(3600)).toEqual(days(1));
});
