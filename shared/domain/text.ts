/**
 * Text as people name things with it. Lengths are counted in Unicode code points, as the Python client counts them;
 * offsets are UTF-16 code units, so that `text.slice(offset)` works.
 */

/** The piece of a text that breaks a rule. */
export interface Part {
	/** The offending piece, shortened when it is long. */
	readonly text: string;
	/** Where it starts, in UTF-16 code units. */
	readonly offset: number;
	/** Where it starts as a person counts: the first character is 1. */
	readonly position: number;
}

const longestPart = 60;

/** The part of `text` from `offset`, `length` UTF-16 code units long (to the end when left out). */
export function partOf(text: string, offset: number, length: number = text.length - offset): Part {
	const piece = text.slice(offset, offset + Math.min(length, longestPart));
	return { text: length > longestPart ? `${piece}…` : piece, offset, position: countCodePoints(text, offset) + 1 };
}

/** The number of code points in `text`, or in its first `end` code units. A lone surrogate counts as one. */
export function countCodePoints(text: string, end: number = text.length): number {
	let count = 0;
	for (let index = 0; index < end; count++) index += text.codePointAt(index)! > 0xffff ? 2 : 1;
	return count;
}

/** The UTF-16 offset after the first `count` code points; `text.length` when there are fewer. */
export function offsetOfCodePoint(text: string, count: number): number {
	let index = 0;
	for (let seen = 0; seen < count && index < text.length; seen++) index += text.codePointAt(index)! > 0xffff ? 2 : 1;
	return index;
}

/** Printable ASCII only: most names are, and need none of the slower care. */
function isPlainAscii(text: string): boolean {
	return /^[ -~]*$/.test(text);
}

/** The length in bytes of `text` written as UTF-8. */
export function utf8Length(text: string): number {
	let bytes = 0;
	for (let index = 0; index < text.length; index++) {
		const point = text.codePointAt(index)!;
		if (point > 0xffff) index++;
		bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
	}
	return bytes;
}

// eslint-disable-next-line no-control-regex -- finding control characters is the point
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
// Embeddings, overrides and isolates reorder what stands around them: "gpj.exe" can be made to read "exe.jpg".
const directional = /[\u202a-\u202e\u2066-\u2069]/;
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

export type HiddenCharacterRule = 'control-character' | 'direction-override' | 'lone-surrogate';

/** The first character in `text` that can't be seen, that reorders others, or that is no character at all. */
export function findHiddenCharacter(text: string): { rule: HiddenCharacterRule; part: Part } | null {
	if (isPlainAscii(text)) return null;
	const found = [
		{ rule: 'control-character' as const, offset: text.search(unprintable) },
		{ rule: 'direction-override' as const, offset: text.search(directional) },
		{ rule: 'lone-surrogate' as const, offset: text.search(loneSurrogate) },
	].filter((candidate) => candidate.offset >= 0);
	if (found.length === 0) return null;
	const first = found.reduce((left, right) => (right.offset < left.offset ? right : left));
	return { rule: first.rule, part: partOf(text, first.offset, 1) };
}

/**
 * The key by which two names are the same name: Unicode form C, case kept. `Production` and `production` are two names,
 * as they are for W&B; "é" typed in one or in two code points is one.
 */
export function nameKey(name: string): string {
	return isPlainAscii(name) ? name : name.normalize('NFC');
}

/**
 * The key by which two different names look the same to people and to case-insensitive file systems. For warnings and
 * for finding twins, never for identity.
 */
export function lookAlikeKey(name: string): string {
	if (isPlainAscii(name)) return name.toLowerCase();
	// Up and down again folds what one direction leaves apart: "ß" and "ẞ", final and inner sigma.
	return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFC');
}

/** Order by code point, which is the order of the UTF-8 bytes. JavaScript's own order puts U+1F600 before U+FF01. */
export function compareCodePoints(left: string, right: string): number {
	const shorter = Math.min(left.length, right.length);
	for (let index = 0; index < shorter; index++) {
		const a = left.charCodeAt(index);
		const b = right.charCodeAt(index);
		if (a !== b) return codeUnitRank(a) - codeUnitRank(b);
	}
	return left.length - right.length;
}

/** Surrogates stand for code points above U+FFFF, so they sort after every other code unit. */
function codeUnitRank(unit: number): number {
	return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** The text for a message: quoted, with what can't be seen written as U+XXXX. */
export function quote(text: string): string {
	const visible = Array.from(text)
		.map((character) => (findHiddenCharacter(character) ? `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}` : character))
		.join('');
	return `“${visible}”`;
}
