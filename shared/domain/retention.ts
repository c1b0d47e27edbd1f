/** How long things are kept: times to live that links pause, and the trash. Times are UTC milliseconds. */
import { accept, refuse, type Verdict } from './verdict.ts';
import { day, formatTimestamp, second } from './time.ts';
import type { Subject } from './violations.ts';

/** Days in which what was removed can be restored, unless the settings say otherwise. */
export const defaultTrashDays = 7;

/** What a version, an artifact or a project says about its versions' time to live: days, none, or whatever stands above. */
export type TimeToLive = { readonly kind: 'days'; readonly days: number } | { readonly kind: 'off' } | { readonly kind: 'inherit' };

/** A whole number of days, 1 to 36,500. */
export function checkDays(days: number): Verdict<number> {
	return Number.isInteger(days) && days >= 1 && days <= 36_500 ? accept(days) : refuse({ rule: 'time-to-live', subject: 'artifact version', found: String(days) });
}

/** The setting that counts, and where it was made: the version's own, else the artifact's, else the project's. Null: kept for good. */
export function effectiveTimeToLive(settings: { readonly version: TimeToLive; readonly artifact: TimeToLive; readonly project: TimeToLive }): { readonly days: number; readonly from: 'version' | 'artifact' | 'project' } | null {
	for (const from of ['version', 'artifact', 'project'] as const) {
		const setting = settings[from];
		if (setting.kind === 'off') return null;
		if (setting.kind === 'days') return { days: setting.days, from };
	}
	return null;
}

/** A stretch of time in which the version was linked somewhere; `until` is null while it still is. */
export interface LinkedStretch {
	readonly from: number;
	readonly until: number | null;
}

export type Expiry =
	| { readonly kind: 'never' }
	/** Linked now: the clock stands, with this much left on it. */
	| { readonly kind: 'paused'; readonly left: number }
	| { readonly kind: 'at'; readonly time: number };

/**
 * When a version expires. The clock starts with its creation and stands while at least one link holds it: unlinking an old
 * version leaves it what was left, it does not vanish on the spot.
 */
export function expiryOf(createdAt: number, days: number | null, linked: readonly LinkedStretch[], now: number): Expiry {
	if (days === null) return { kind: 'never' };
	let paused = 0;
	let reached = createdAt;
	let held = false;
	for (const stretch of linked.toSorted((left, right) => left.from - right.from)) {
		if (stretch.until === null) held = true;
		const from = Math.max(stretch.from, reached);
		const until = Math.max(from, stretch.until ?? Math.max(now, from));
		paused += until - from;
		reached = Math.max(reached, until);
	}
	const time = createdAt + days * day + paused;
	return held ? { kind: 'paused', left: Math.max(0, time - Math.max(now, createdAt)) } : { kind: 'at', time };
}

/** Whether the version may be removed now. */
export function hasExpired(expiry: Expiry, now: number): boolean {
	return expiry.kind === 'at' && expiry.time <= now;
}

/** Until when something in the trash can be restored. */
export function restorableUntil(deletedAt: number, trashDays: number): number {
	return deletedAt + trashDays * day;
}

/** Whether it still can be. */
export function checkRestorable(subject: Subject, deletedAt: number, trashDays: number, now: number): Verdict<true> {
	const until = restorableUntil(deletedAt, trashDays);
	return now < until ? accept(true) : refuse({ rule: 'trash-expired', subject, until: formatTimestamp(until) });
}

/** A time to live as the W&B protocol writes it, in seconds: -1 inherit, -2 off. */
export function timeToLiveToSeconds(setting: TimeToLive): number {
	return setting.kind === 'inherit' ? -1 : setting.kind === 'off' ? -2 : (setting.days * day) / second;
}

/** And back: null or -1 is inherit, 0 and everything else below is off, a part of a day counts as a day. */
export function timeToLiveFromSeconds(seconds: number | null): TimeToLive {
	if (seconds === null || seconds === -1) return { kind: 'inherit' };
	return seconds <= 0 ? { kind: 'off' } : { kind: 'days', days: Math.ceil((seconds * second) / day) };
}
