/** Names with `*` for any run of characters, none included. */

/**
 * Steps back to the last `*` only, so that no pattern takes longer than its length times the name's.
 * @param single a character that stands for exactly one, such as `?`; without it there is none
 */
export function fitsGlob(pattern: string, name: string, single?: string): boolean {
	// Most names differ in what stands before the first `*`, and thousands of patterns may be tried on one.
	for (let at = 0; ; at++) {
		const sign = pattern[at];
		if (sign === '*' || (single !== undefined && sign === single)) break;
		if (sign !== name[at]) return false;
		if (sign === undefined) return true;
	}
	const wanted = Array.from(pattern);
	const found = Array.from(name);
	let inPattern = 0;
	let inName = 0;
	let star = -1;
	let taken = 0;
	while (inName < found.length) {
		if (wanted[inPattern] === '*') {
			star = inPattern++;
			taken = inName;
		} else if (inPattern < wanted.length && (wanted[inPattern] === found[inName] || (single !== undefined && wanted[inPattern] === single))) {
			inPattern++;
			inName++;
		} else if (star >= 0) {
			inPattern = star + 1;
			inName = ++taken;
		} else return false;
	}
	while (wanted[inPattern] === '*') inPattern++;
	return inPattern === wanted.length;
}
