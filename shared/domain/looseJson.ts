/**
 * JSON as Python writes it: `NaN`, `Infinity` and `-Infinity` stand bare, where a number may. What a script logs (history, summary,
 * config) comes so, and is kept as its text; these functions read it.
 */

/** The words for numbers that JSON has none for. */
export const nonFiniteWords = ['NaN', 'Infinity', '-Infinity'] as const;
export type NonFiniteWord = (typeof nonFiniteWords)[number];

export function isNonFiniteWord(value: unknown): value is NonFiniteWord {
	return typeof value === 'string' && (nonFiniteWords as readonly string[]).includes(value);
}

/** The word for a number that is not finite. */
export function nonFiniteWord(value: number): NonFiniteWord {
	return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

/** Marks a bare word inside of the strict text; no client's own text begins so. */
const mark = '\u0000number:';

/**
 * Reads it. Numbers that are not finite come as JavaScript's own, or as their words (`as: 'words'`), which JSON can carry on. Undefined
 * where the text is no JSON even so.
 */
export function parseLooseJson(text: string, as: 'numbers' | 'words' = 'numbers'): unknown {
	try {
		// Almost every line is plain JSON.
		return JSON.parse(text) as unknown;
	} catch {
		const strict = quoteBareWords(text);
		if (strict === null) return undefined;
		try {
			return JSON.parse(strict, (_key, value: unknown) => {
				if (typeof value !== 'string' || !value.startsWith(mark)) return value;
				const word = value.slice(mark.length);
				return as === 'words' ? word : Number(word);
			}) as unknown;
		} catch {
			return undefined;
		}
	}
}

/** The text with each bare word made a marked string; null where there is none. */
function quoteBareWords(text: string): string | null {
	if (!text.includes('NaN') && !text.includes('Infinity')) return null;
	const token = /"|-?Infinity|NaN/g;
	const inString = /["\\]/g;
	let written = '';
	let last = 0;
	let found = false;
	for (let match = token.exec(text); match; match = token.exec(text)) {
		if (match[0] === '"') {
			// Walked by hand: a pattern for whole strings runs out of stack on strings of megabytes.
			inString.lastIndex = token.lastIndex;
			let inner = inString.exec(text);
			while (inner && inner[0] === '\\') {
				inString.lastIndex = inner.index + 2;
				inner = inString.exec(text);
			}
			if (!inner) return null;
			token.lastIndex = inner.index + 1;
			continue;
		}
		written += `${text.slice(last, match.index)}${JSON.stringify(mark + match[0])}`;
		last = token.lastIndex;
		found = true;
	}
	return found ? written + text.slice(last) : null;
}
