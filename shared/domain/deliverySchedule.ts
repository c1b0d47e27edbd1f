/** When a delivery is tried again, and what an answer means for it. */

export const deliveryLimits = { attempts: 12, /** Milliseconds. */ first: 2_000, longest: 60 * 60_000, timeout: 10_000, /** Bytes of an answer that are read. */ answer: 64 * 1024 } as const;

/** A target that failed this often in a row is left alone for a while, so that its queue doesn't hammer it. */
export const breaker = { failures: 5, /** Milliseconds. */ rest: 60_000, longestRest: 15 * 60_000 } as const;

/** Waiting times in milliseconds; tests can't wait for the real ones. */
export interface DeliveryTimes {
	/** Before the second attempt; doubled with each after it. */
	readonly first: number;
	/** Of a target that failed `breaker.failures` times in a row; doubled with each failure after it. */
	readonly rest: number;
}
export const deliveryTimes: DeliveryTimes = { first: deliveryLimits.first, rest: breaker.rest };

export type AttemptOutcome =
	| { readonly kind: 'answered'; readonly status: number; /** Milliseconds that the receiver asked to wait. */ readonly retryAfter: number | null }
	| { readonly kind: 'failed'; /** Whether the same may go well later. */ readonly transient: boolean };

export type NextStep = { readonly kind: 'done' } | { readonly kind: 'again'; /** Milliseconds from now. */ readonly in: number } | { readonly kind: 'dead'; readonly why: 'refused' | 'attempts' | 'impossible' };

/**
 * @param attempt how many were made, this one included
 * @param random from 0 to 1, handed in: waiting times are spread so that many deliveries don't come back together
 */
export function nextStep(outcome: AttemptOutcome, attempt: number, random: number, times: DeliveryTimes = deliveryTimes): NextStep {
	if (outcome.kind === 'answered') {
		if (outcome.status >= 200 && outcome.status < 300) return { kind: 'done' };
		// Of what a client did wrong only these pass with time: too early, too many, in conflict, timed out.
		const passes = outcome.status >= 500 || [408, 409, 423, 425, 429].includes(outcome.status);
		if (!passes) return { kind: 'dead', why: 'refused' };
	} else if (!outcome.transient) return { kind: 'dead', why: 'impossible' };
	if (attempt >= deliveryLimits.attempts) return { kind: 'dead', why: 'attempts' };
	const grown = Math.min(deliveryLimits.longest, times.first * 2 ** (attempt - 1));
	// Half is certain, half is chance.
	const wait = Math.round(grown / 2 + (grown / 2) * random);
	const asked = outcome.kind === 'answered' ? Math.min(outcome.retryAfter ?? 0, 24 * deliveryLimits.longest) : 0;
	return { kind: 'again', in: Math.max(wait, asked) };
}

/** `Retry-After` in milliseconds from `now`: seconds or a date; null when it is neither. */
export function retryAfterOf(header: string | null, now: number): number | null {
	if (header === null) return null;
	const text = header.trim();
	if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
	const date = Date.parse(text);
	return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** How long a target rests after `failures` in a row, in milliseconds; 0 while it may be tried. Each attempt after a rest is a single one that decides. */
export function restOf(failures: number, times: DeliveryTimes = deliveryTimes): number {
	return failures < breaker.failures ? 0 : Math.min(breaker.longestRest, times.rest * 2 ** Math.min(10, failures - breaker.failures));
}
