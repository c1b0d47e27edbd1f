/** Orders in which people expect lists. The same everywhere: they don't depend on the system's language. */
import { compareCodePoints } from './text.ts';

const pieces = /[0-9]+|[^0-9]+/g;

/**
 * Natural order of names: runs of digits count as numbers (`v2` before `v10`), case matters only between names that are
 * otherwise equal. A total order: only equal texts compare as 0.
 */
export function compareNatural(left: string, right: string): number {
	const a = left.toLowerCase().match(pieces) ?? [];
	const b = right.toLowerCase().match(pieces) ?? [];
	for (let index = 0; index < a.length && index < b.length; index++) {
		const order = comparePieces(a[index]!, b[index]!);
		if (order !== 0) return order;
	}
	return a.length - b.length || compareCodePoints(left, right);
}

function comparePieces(left: string, right: string): number {
	const bothNumbers = isDigit(left) && isDigit(right);
	if (!bothNumbers) return compareCodePoints(left, right);
	// Compared as text, so that numbers of any length are exact.
	const a = left.replace(/^0+(?=.)/, '');
	const b = right.replace(/^0+(?=.)/, '');
	return a.length - b.length || compareCodePoints(a, b);
}

function isDigit(text: string): boolean {
	const code = text.charCodeAt(0);
	return code >= 48 && code <= 57;
}
