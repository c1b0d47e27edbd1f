/**
 * The words of the search language: text cut into lexemes, each with its place. Nothing here fails; what is wrong is noted
 * with its place and the rest is read on.
 */

/** A piece of a text, in UTF-16 code units. */
export interface TextSpan {
	readonly offset: number;
	readonly length: number;
}

export type Comparison = '=' | '<' | '<=' | '>' | '>=';

/** Fields that hold names. */
export const textFields = ['type', 'tag', 'alias', 'name', 'registry', 'collection', 'project', 'file', 'state', 'by'] as const;
export type TextField = (typeof textFields)[number];

export const timeFields = ['updated', 'created'] as const;
export type TimeField = (typeof timeFields)[number];

/** Yes-or-no facts: `is:linked`. */
export const isFacts = ['linked', 'starred', 'latest'] as const;
export type IsFact = (typeof isFacts)[number];

/** Things that may be there or not: `has:card`; also `has:metadata.KEY` and `has:metric.KEY`. */
export const hasFacts = ['alias', 'tag', 'card', 'note', 'metadata', 'run', 'reference'] as const;
export type HasFact = (typeof hasFacts)[number];

/** Every field by its name; `metadata` and `metric` go on with a key. */
export const queryFields = [...textFields, 'size', ...timeFields, 'is', 'has'] as const;
export type QueryField = (typeof queryFields)[number];

export const queryLimits = {
	/** UTF-16 code units; what is beyond is not read. */
	length: 4_000,
	terms: 200,
	/** Parentheses and negations within each other. */
	depth: 50,
} as const;

export type QueryErrorCode =
	| 'too-long'
	| 'too-many-terms'
	| 'too-deep'
	| 'unclosed-quote'
	| 'empty-phrase'
	| 'empty-prefix'
	| 'unknown-field'
	| 'missing-key'
	| 'missing-value'
	| 'wrong-operator'
	| 'expected-number'
	| 'expected-size'
	| 'expected-time'
	| 'expected-fact'
	| 'missing-operand'
	| 'empty-parentheses'
	| 'unclosed-parenthesis'
	| 'unopened-parenthesis';

export interface QueryError {
	readonly code: QueryErrorCode;
	readonly span: TextSpan;
	/** What would be right here, where that can be listed. */
	readonly expected?: readonly string[];
}

/** A value as it was written. */
export interface WrittenValue {
	/** What it says, without quotes and escapes. */
	readonly text: string;
	readonly quoted: boolean;
	/** Quotes included. */
	readonly span: TextSpan;
}

export type WrittenOperator = Comparison | '!=';

export type FieldName = { readonly kind: 'field'; readonly field: QueryField } | { readonly kind: 'metadata'; readonly path: readonly string[] } | { readonly kind: 'metric'; readonly key: string };

export type Lexeme =
	| { readonly kind: 'open'; readonly span: TextSpan }
	| { readonly kind: 'close'; readonly span: TextSpan }
	| { readonly kind: 'negation' | 'not'; readonly span: TextSpan }
	| { readonly kind: 'and' | 'or'; readonly span: TextSpan }
	| { readonly kind: 'word'; readonly text: string; readonly span: TextSpan }
	| { readonly kind: 'phrase'; readonly text: string; readonly span: TextSpan }
	| { readonly kind: 'comparison'; readonly name: FieldName; readonly nameSpan: TextSpan; readonly operator: WrittenOperator; readonly operatorSpan: TextSpan; readonly value: WrittenValue | null; readonly span: TextSpan };

export interface Scan {
	readonly lexemes: readonly Lexeme[];
	readonly errors: readonly QueryError[];
}

const space = /\s/;
const bare = /[^\s()"]+/y;
const fieldHead = /[A-Za-z]+/y;
const operatorPattern = /:?(?:>=|<=|!=|==|=|>|<)|:/y;
const pathStep = /[^\s:<>=!()".]+/y;
const metricKey = /[^\s:<>=!()"]+/y;

/** Cuts the text into lexemes. Reads at most {@link queryLimits.length} code units. */
export function scanQuery(whole: string): Scan {
	const text = whole.length > queryLimits.length ? whole.slice(0, queryLimits.length) : whole;
	const lexemes: Lexeme[] = [];
	const errors: QueryError[] = [];
	if (text.length < whole.length) errors.push({ code: 'too-long', span: { offset: text.length, length: whole.length - text.length } });

	let at = 0;
	while (at < text.length) {
		const character = text[at]!;
		if (space.test(character)) {
			at++;
			continue;
		}
		if (character === '(' || character === ')') {
			lexemes.push({ kind: character === '(' ? 'open' : 'close', span: { offset: at, length: 1 } });
			at++;
			continue;
		}
		if (character === '"') {
			const phrase = readQuoted(text, at, errors);
			if (phrase.text.trim() === '') errors.push({ code: 'empty-phrase', span: phrase.span });
			else lexemes.push({ kind: 'phrase', text: phrase.text, span: phrase.span });
			at += phrase.span.length;
			continue;
		}
		if (character === '-') {
			// A dash that stands alone is punctuation of pasted text, not a wish to leave something out.
			const next = text[at + 1];
			if (next !== undefined && !space.test(next) && next !== ')') lexemes.push({ kind: 'negation', span: { offset: at, length: 1 } });
			at++;
			continue;
		}
		const comparison = readComparison(text, at, errors);
		if (comparison) {
			lexemes.push(comparison);
			at += comparison.span.length;
			continue;
		}
		const word = match(bare, text, at);
		const span = { offset: at, length: word.length };
		const keyword = keywords.get(word);
		if (keyword) lexemes.push({ kind: keyword, span });
		else {
			const field = /^([A-Za-z]+):(?!\/\/)/.exec(word);
			if (field) errors.push({ code: 'unknown-field', span: { offset: at, length: field[1]!.length }, expected: [...queryFields, 'metadata.', 'metric.'] });
			lexemes.push({ kind: 'word', text: word, span });
		}
		at += word.length;
	}
	return { lexemes, errors };
}

const keywords: ReadonlyMap<string, 'and' | 'or' | 'not'> = new Map([
	['AND', 'and'],
	['OR', 'or'],
	['NOT', 'not'],
]);

/** A field, an operator and a value, or null where none begins here. */
function readComparison(text: string, start: number, errors: QueryError[]): Extract<Lexeme, { kind: 'comparison' }> | null {
	const head = match(fieldHead, text, start).toLowerCase();
	let at = start + head.length;
	let name: FieldName;
	const found: QueryError[] = [];
	if ((head === 'metadata' || head === 'metric') && text[at] === '.') {
		const key = readKey(text, at, head, found);
		at = key.end;
		name = key.name;
	} else {
		const field = queryFields.find((candidate) => candidate === head);
		if (!field) return null;
		name = { kind: 'field', field };
	}
	const nameSpan = { offset: start, length: at - start };

	// `size > 1GB` may be written with spaces, `tag: x` may not: there the colon would wait for a value that never comes.
	const spaces = spacesAt(text, at);
	const written = match(operatorPattern, text, at + spaces);
	if (written === '' || (written.startsWith(':') && spaces > 0)) return null;
	const operator = (written === ':' ? '=' : written.replace(':', '').replace('==', '=')) as WrittenOperator;
	const operatorSpan = { offset: at + spaces, length: written.length };
	at += spaces + written.length;
	if (written !== ':') {
		const gap = spacesAt(text, at);
		if (at + gap < text.length) at += gap;
	}

	errors.push(...found);
	let value: WrittenValue | null = null;
	if (text[at] === '"') {
		value = readQuoted(text, at, errors);
	} else {
		const raw = match(bare, text, at);
		if (raw !== '') value = { text: raw, quoted: false, span: { offset: at, length: raw.length } };
	}
	if (value !== null) at += value.span.length;
	return { kind: 'comparison', name, nameSpan, operator, operatorSpan, value, span: { offset: start, length: at - start } };
}

/** The key after `metadata` or `metric`, which stands at the dot. */
function readKey(text: string, dot: number, head: 'metadata' | 'metric', errors: QueryError[]): { name: FieldName; end: number } {
	const steps: string[] = [];
	let at = dot;
	do {
		at++;
		if (text[at] === '"') {
			const quoted = readQuoted(text, at, errors);
			steps.push(quoted.text);
			at += quoted.span.length;
		} else {
			const step = match(head === 'metadata' ? pathStep : metricKey, text, at);
			if (step === '') errors.push({ code: 'missing-key', span: { offset: at - 1, length: 1 } });
			steps.push(step);
			at += step.length;
		}
	} while (head === 'metadata' && text[at] === '.');
	return { name: head === 'metadata' ? { kind: 'metadata', path: steps } : { kind: 'metric', key: steps[0]! }, end: at };
}

/** A quoted text from its opening quote on; `\"` and `\\` stand for themselves. Without a closing quote it goes to the end. */
function readQuoted(text: string, start: number, errors: QueryError[]): WrittenValue {
	let said = '';
	let at = start + 1;
	while (at < text.length && text[at] !== '"') {
		if (text[at] === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) at++;
		said += text[at];
		at++;
	}
	const closed = at < text.length;
	const span = { offset: start, length: (closed ? at + 1 : at) - start };
	if (!closed) errors.push({ code: 'unclosed-quote', span });
	return { text: said, quoted: true, span };
}

/** Text in quotes, as {@link scanQuery} reads it back. */
export function quoteForQuery(text: string): string {
	return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Whether a step of a metadata path, or a metric's key, can be written without quotes. */
export function isBareKey(kind: 'metadata' | 'metric', key: string): boolean {
	return key !== '' && match(kind === 'metadata' ? pathStep : metricKey, key, 0) === key;
}

/** Whether a value can be written without quotes. */
export function isBareValue(text: string): boolean {
	return text !== '' && match(bare, text, 0) === text;
}

/** The key of `has:metadata.KEY` and `has:metric.KEY`; null where the text is none. */
export function parseHasKey(text: string): FieldName | null {
	const head = text.startsWith('metadata.') ? 'metadata' : text.startsWith('metric.') ? 'metric' : null;
	if (head === null) return null;
	if (head === 'metric') return text.length > 'metric.'.length ? { kind: 'metric', key: text.slice('metric.'.length) } : null;
	const path = text.slice('metadata.'.length).split('.');
	return path.includes('') ? null : { kind: 'metadata', path };
}

function match(pattern: RegExp, text: string, at: number): string {
	pattern.lastIndex = at;
	return pattern.exec(text)?.[0] ?? '';
}

function spacesAt(text: string, at: number): number {
	let count = 0;
	while (at + count < text.length && space.test(text[at + count]!)) count++;
	return count;
}
