/**
 * Marks a place that no value can reach when every member of a closed union has been handled: the compiler complains
 * where one was forgotten, and at run time it throws instead of going on with a wrong value.
 */
export function assertNever(value: never, what = 'value'): never {
	throw new Error(`Unexpected ${what}: ${describe(value)}`);
}

/** Throws when something that the code relies on does not hold. For mistakes of the program, never for bad input. */
export function invariant(condition: unknown, what: string): asserts condition {
	if (!condition) throw new Error(`Broken invariant: ${what}`);
}

function describe(value: unknown): string {
	try {
		return JSON.stringify(value) ?? String(value);
	} catch {
		return String(value);
	}
}
