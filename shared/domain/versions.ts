/**
 * Version numbers. In an artifact and in a collection they run v0, v1, … and are never given twice: the next number is
 * kept as a high-water mark, not found by looking at what is left.
 */

/** The numbers of one artifact or collection. `next` is the number to give next; it only ever grows. */
export interface Numbering {
	readonly next: number;
}

export const firstNumbering: Numbering = { next: 0 };

/** `v3`. */
export function formatVersion(number: number): string {
	return `v${number}`;
}

/** The number behind `v0`, `v12`; null for everything else, also for `v007`, `V3` and numbers too large to be exact. */
export function parseVersion(text: string): number | null {
	if (!/^v(?:0|[1-9][0-9]{0,15})$/.test(text)) return null;
	const number = Number(text.slice(1));
	return Number.isSafeInteger(number) ? number : null;
}

/** Gives the next number away. */
export function giveNumber(numbering: Numbering): { readonly number: number; readonly numbering: Numbering } {
	return { number: numbering.next, numbering: { next: numbering.next + 1 } };
}

/** Takes a number that was given elsewhere (a sync, an import) into account, so that it is not given here again. */
export function noteNumber(numbering: Numbering, number: number): Numbering {
	return number < numbering.next ? numbering : { next: number + 1 };
}

/**
 * Where `latest` stands, on both sides: on the highest number that is there. Numbers are given in the order of logging
 * and linking, so the most recently logged or linked version has the highest; when it goes, the highest one left
 * follows; when it is restored from the trash, `latest` returns to it. Null when nothing is there.
 */
export function latestOf(numbers: Iterable<number>): number | null {
	let latest: number | null = null;
	for (const number of numbers) if (latest === null || number > latest) latest = number;
	return latest;
}

/** What logging amounts to. */
export type Logging = { readonly kind: 'unchanged'; readonly number: number } | { readonly kind: 'new'; readonly number: number; readonly numbering: Numbering };

/**
 * Bytes that equal the artifact's current `latest` make no new version; the standing one is returned. Bytes that equal an
 * older version do: going back is a step of its own in the history.
 */
export function decideLogging(numbering: Numbering, latest: { readonly number: number; readonly digest: string } | null, digest: string): Logging {
	if (latest !== null && latest.digest === digest) return { kind: 'unchanged', number: latest.number };
	return { kind: 'new', ...giveNumber(numbering) };
}
