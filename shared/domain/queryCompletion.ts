/**
 * What can be written where the caret stands. Fields and facts are known here; names, tags, keys and the like are in the
 * catalog, so for them the answer says what is wanted and with which beginning.
 */
import { assertNever } from './assert.ts';
import { formatQueryKey, formatQueryText } from './query.ts';
import { hasFacts, isFacts, queryFields, queryLimits, scanQuery, textFields, timeFields, type TextField, type TextSpan } from './queryScan.ts';

export interface Completion {
	/** What a chosen candidate replaces: the piece around the caret; empty where nothing is begun. */
	readonly replace: TextSpan;
	/** Texts to put there as they are, best first. */
	readonly candidates: readonly string[];
	/** What the catalog may add, or null. Its answers go through {@link completionText}. */
	readonly wants: CompletionWish | null;
}

export type CompletionWish =
	| { readonly kind: 'words'; readonly prefix: string }
	| { readonly kind: 'values'; readonly field: TextField; readonly prefix: string }
	| { readonly kind: 'metadata values'; readonly path: readonly string[]; readonly prefix: string }
	| { readonly kind: 'metadata keys' | 'metric keys'; readonly prefix: string; readonly after: 'comparison' | 'has' };

/** Candidates at `caret` (UTF-16 offset). Never throws; a caret outside the text is put at its end. */
export function completeQuery(text: string, caret: number): Completion {
	const at = Number.isInteger(caret) ? Math.min(Math.max(0, caret), text.length, queryLimits.length) : Math.min(text.length, queryLimits.length);
	// Only what stands before the caret decides; what follows directly belongs to the piece that is replaced.
	const last = scanQuery(text.slice(0, at)).lexemes.at(-1);
	const touches = last !== undefined && last.span.offset + last.span.length === at;
	if (!touches || last.kind === 'open' || last.kind === 'close' || last.kind === 'negation') return atWord(at, at, '');
	const end = endOfPiece(text, at);
	switch (last.kind) {
		case 'word':
			return atWord(last.span.offset, end, last.text);
		case 'comparison': {
			const begun = last.value?.text ?? '';
			const from = last.value?.span.offset ?? at;
			const replace = { offset: from, length: end - from };
			if (last.name.kind === 'metadata' && (last.operator === '=' || last.operator === '!=')) return { replace, candidates: [], wants: { kind: 'metadata values', path: last.name.path, prefix: begun.replace(/\*+$/, '') } };
			if (last.name.kind !== 'field') return { replace, candidates: [], wants: null };
			const { field } = last.name;
			const textField = textFields.find((candidate) => candidate === field);
			if (textField) return { replace, candidates: [], wants: { kind: 'values', field: textField, prefix: begun.replace(/\*+$/, '') } };
			if (timeFields.some((candidate) => candidate === field)) return { replace, candidates: beginningWith(last.operator === '=' ? ages : ages.map((age) => age.slice(1)), begun), wants: null };
			if (field === 'size') return { replace, candidates: beginningWith(sizes, begun), wants: null };
			if (field === 'is') return { replace, candidates: beginningWith(isFacts, begun), wants: null };
			const key = keyWish(begun, 'has');
			return key ? { ...key, replace } : { replace, candidates: beginningWith([...hasFacts, 'metadata.', 'metric.'], begun), wants: null };
		}
		default:
			return { replace: { offset: at, length: 0 }, candidates: [], wants: null };
	}
}

/**
 * An answer from the catalog, written so that it can stand where the completion puts it: quoted where it must be. A
 * metadata key is given as its path, a metric's key as a path of one step, everything else as one text.
 */
export function completionText(wish: CompletionWish, answer: string | readonly string[]): string {
	const path = typeof answer === 'string' ? [answer] : answer;
	switch (wish.kind) {
		case 'words':
		case 'values':
		case 'metadata values':
			return formatQueryText(wish.kind === 'words' ? 'word' : 'value', path.join(' '));
		case 'metadata keys':
		case 'metric keys':
			return formatQueryKey(wish.kind === 'metadata keys' ? 'metadata' : 'metric', path, wish.after);
		default:
			return assertNever(wish, 'wish');
	}
}

/** The text with the completion put in, and where the caret goes. */
export function applyCompletion(text: string, replace: TextSpan, chosen: string): { readonly text: string; readonly caret: number } {
	return { text: text.slice(0, replace.offset) + chosen + text.slice(replace.offset + replace.length), caret: replace.offset + chosen.length };
}

const ages = ['<1d', '<7d', '<30d', '>30d', '>6mo'];
const sizes = ['1MB', '100MB', '1GB', '10GB'];
const fieldStarts: readonly string[] = [...queryFields.map((field) => (field === 'size' ? 'size>' : `${field}:`)), 'metadata.', 'metric.'];

function atWord(from: number, end: number, begun: string): Completion {
	const replace = { offset: from, length: end - from };
	const key = keyWish(begun, 'comparison');
	if (key) return { ...key, replace };
	return { replace, candidates: beginningWith(fieldStarts, begun), wants: begun === '' ? null : { kind: 'words', prefix: begun.replace(/\*+$/, '') } };
}

function keyWish(begun: string, after: 'comparison' | 'has'): Omit<Completion, 'replace'> | null {
	const match = /^(metadata|metric)\.(.*)$/is.exec(begun);
	if (!match) return null;
	return { candidates: [], wants: { kind: match[1]!.toLowerCase() === 'metadata' ? 'metadata keys' : 'metric keys', prefix: match[2]!, after } };
}

function beginningWith(candidates: readonly string[], begun: string): readonly string[] {
	const start = begun.toLowerCase();
	return candidates.filter((candidate) => candidate.startsWith(start) && candidate !== start);
}

/** The end of the unbroken text that goes on after the caret. */
function endOfPiece(text: string, at: number): number {
	let end = at;
	while (end < text.length && !/[\s()"]/.test(text[end]!)) end++;
	return end;
}
