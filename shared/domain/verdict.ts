import type { Violation } from './violations.ts';

/** What a rule answers: the accepted value, in its canonical form, or the one rule that it breaks. Never an exception. */
export type Verdict<T> = Accepted<T> | Refused;
export type Accepted<T> = { readonly ok: true; readonly value: T };
export type Refused = { readonly ok: false; readonly violation: Violation };

export function accept<T>(value: T): Accepted<T> {
	return { ok: true, value };
}

export function refuse(violation: Violation): Refused {
	return { ok: false, violation };
}
