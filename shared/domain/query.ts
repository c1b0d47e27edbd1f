/**
 * The search language, the same in the window, on the command line, in links and in saved searches.
 *
 *   minilm "sentence embedding" embed*          words, phrases, beginnings of words
 *   type:model tag:release alias:prod*          fields that hold names
 *   state:approved by:ada by:me                 the lifecycle state of a link; who logged or linked it
 *   size>1GB updated:<7d created:2026-05        sizes (binary units), ages and dates (UTC)
 *   metadata.acc>0.9 metric.val/loss<=0.1       metadata by path, metrics of the logging run
 *   is:linked has:card has:metadata.license     facts
 *   a b   a OR b   -a   NOT (a b)               all of them, one of them, none of it
 *
 * Reading never fails: what can't be read is an error with its place, and the rest is still a query. All text in it is
 * data; whoever turns it into SQL binds it.
 */
import { assertNever } from './assert.ts';
import {
	hasFacts,
	isBareKey,
	isBareValue,
	isFacts,
	parseHasKey,
	queryLimits,
	quoteForQuery,
	scanQuery,
	textFields,
	timeFields,
	type Comparison,
	type HasFact,
	type IsFact,
	type Lexeme,
	type QueryError,
	type QueryErrorCode,
	type QueryField,
	type TextField,
	type TextSpan,
	type TimeField,
	type WrittenOperator,
	type WrittenValue,
} from './queryScan.ts';
import { formatSizeText, parseSize } from './sizes.ts';
import { formatSpanText, parseDate, parseSpan, subtractSpan, type TimeSpan } from './time.ts';

/** What a query asks for. `span` says where it was written; it is 0, 0 in a query that was built. */
export type QueryNode = { readonly span: TextSpan } & (
	| { readonly kind: 'and' | 'or'; readonly children: readonly QueryNode[] }
	| { readonly kind: 'not'; readonly child: QueryNode }
	/** A word anywhere in names, cards, tags, aliases, metadata, file paths; with `prefix`, any word that begins so. */
	| { readonly kind: 'word'; readonly text: string; readonly prefix: boolean }
	| { readonly kind: 'phrase'; readonly text: string }
	| { readonly kind: 'text'; readonly field: TextField; readonly value: string; readonly prefix: boolean }
	| { readonly kind: 'size'; readonly comparison: Comparison; readonly bytes: number }
	| { readonly kind: 'time'; readonly field: TimeField; readonly comparison: Comparison; readonly time: QueryTime }
	| { readonly kind: 'metadata'; readonly path: readonly string[]; readonly comparison: Comparison; readonly value: string | number | boolean | null; readonly prefix: boolean }
	| { readonly kind: 'metric'; readonly key: string; readonly comparison: Comparison; readonly value: number }
	| { readonly kind: 'is'; readonly fact: IsFact }
	| { readonly kind: 'has'; readonly fact: HasFact }
	| { readonly kind: 'has metadata'; readonly path: readonly string[] }
	| { readonly kind: 'has metric'; readonly key: string }
);

/** An age (`7d`, `6mo`) or a date as written (`2026`, `2026-05-03T14:05`). */
export type QueryTime = { readonly kind: 'age'; readonly age: TimeSpan } | { readonly kind: 'date'; readonly date: string };

export interface ParsedQuery {
	/** Null for a query that asks for nothing in particular. With errors, what could be read of it. */
	readonly node: QueryNode | null;
	/** In the order of their places. */
	readonly errors: readonly QueryError[];
}

/** Reads a query. Never throws, whatever the text, and takes no longer for 10 MB than for the longest query allowed. */
export function parseQuery(text: string): ParsedQuery {
	const scan = scanQuery(text);
	const parser = new Parser(scan.lexemes);
	const node = parser.all();
	return { node, errors: [...scan.errors, ...parser.errors].sort((left, right) => left.span.offset - right.span.offset || left.span.length - right.span.length) };
}

class Parser {
	readonly errors: QueryError[] = [];
	private at = 0;
	private terms = 0;
	private readonly lexemes: readonly Lexeme[];

	constructor(lexemes: readonly Lexeme[]) {
		this.lexemes = lexemes;
	}

	all(): QueryNode | null {
		const parts: QueryNode[] = [];
		while (this.at < this.lexemes.length) {
			const part = this.alternatives(0);
			if (part) parts.push(part);
			const stray = this.lexemes[this.at];
			if (stray?.kind === 'close') {
				this.fail('unopened-parenthesis', stray.span);
				this.at++;
			}
		}
		return join('and', parts);
	}

	/** One or more conjunctions, parted by OR. Ends before `)` and at the end. */
	private alternatives(depth: number): QueryNode | null {
		const parts: QueryNode[] = [];
		for (;;) {
			const part = this.conjunction(depth);
			const next = this.lexemes[this.at];
			if (part) parts.push(part);
			if (next?.kind !== 'or') {
				// OR at the end has nothing after it. One at the beginning is noted where it is met.
				const before = this.lexemes[this.at - 1];
				if (!part && before?.kind === 'or') this.fail('missing-operand', before.span);
				return join('or', parts);
			}
			if (!part) this.fail('missing-operand', next.span);
			this.at++;
		}
	}

	private conjunction(depth: number): QueryNode | null {
		const parts: QueryNode[] = [];
		for (;;) {
			const lexeme = this.lexemes[this.at];
			if (!lexeme || lexeme.kind === 'or' || lexeme.kind === 'close') return join('and', parts);
			if (lexeme.kind === 'and') {
				this.at++;
				const next = this.lexemes[this.at];
				if (parts.length === 0 || !next || next.kind === 'or' || next.kind === 'and' || next.kind === 'close') this.fail('missing-operand', lexeme.span);
				continue;
			}
			const part = this.operand(lexeme, depth);
			if (part) parts.push(part);
		}
	}

	/** One operand from `lexeme` on, which is taken; null where it was in error. */
	private operand(lexeme: Lexeme, depth: number): QueryNode | null {
		this.at++;
		switch (lexeme.kind) {
			case 'negation':
			case 'not': {
				const next = this.lexemes[this.at];
				if (!next || next.kind === 'or' || next.kind === 'and' || next.kind === 'close') return this.fail('missing-operand', lexeme.span);
				if (depth >= queryLimits.depth) return this.giveUp('too-deep', lexeme.span);
				const child = this.operand(next, depth + 1);
				return child && { kind: 'not', child, span: cover(lexeme.span, child.span) };
			}
			case 'open': {
				if (depth >= queryLimits.depth) return this.giveUp('too-deep', lexeme.span);
				const errorsBefore = this.errors.length;
				const inner = this.alternatives(depth + 1);
				const close = this.lexemes[this.at];
				if (close?.kind === 'close') {
					this.at++;
					if (!inner && this.errors.length === errorsBefore) this.fail('empty-parentheses', cover(lexeme.span, close.span));
				} else if (this.errors.at(-1)?.code !== 'too-deep' && this.errors.at(-1)?.code !== 'too-many-terms') this.fail('unclosed-parenthesis', lexeme.span);
				return inner;
			}
			case 'word':
			case 'phrase':
			case 'comparison':
				this.terms++;
				if (this.terms > queryLimits.terms) return this.giveUp('too-many-terms', lexeme.span);
				return lexeme.kind === 'comparison' ? this.comparison(lexeme) : this.words(lexeme);
			case 'and':
			case 'or':
			case 'close':
				return this.fail('missing-operand', lexeme.span);
			default:
				return assertNever(lexeme, 'lexeme');
		}
	}

	private words(lexeme: Extract<Lexeme, { kind: 'word' | 'phrase' }>): QueryNode | null {
		const { text, span } = lexeme;
		if (lexeme.kind === 'phrase') return { kind: 'phrase', text, span };
		const stem = text.replace(/\*+$/, '');
		if (stem === '') return this.fail('empty-prefix', span);
		// What is no plain word (an operator, a field that is not known) is looked for as it stands.
		if (!isPlainWord(stem)) return { kind: 'phrase', text, span };
		return { kind: 'word', text: stem, prefix: stem !== text, span };
	}

	private comparison(lexeme: Extract<Lexeme, { kind: 'comparison' }>): QueryNode | null {
		const { name, operator, value, span } = lexeme;
		if (value === null || value.text === '') return this.fail('missing-value', span, name.kind === 'field' ? factsOf(name.field) : undefined);
		const node = name.kind === 'field' ? this.fieldNode(name.field, lexeme, value) : name.kind === 'metadata' ? this.metadataNode(name.path, lexeme, value) : this.metricNode(name.key, lexeme, value);
		return node && operator === '!=' ? { kind: 'not', child: node, span } : node;
	}

	private fieldNode(field: QueryField, lexeme: Extract<Lexeme, { kind: 'comparison' }>, value: WrittenValue): QueryNode | null {
		const { span } = lexeme;
		const textField = textFields.find((candidate) => candidate === field);
		if (textField) {
			if (!isEquality(lexeme.operator)) return this.fail('wrong-operator', lexeme.operatorSpan, [':']);
			const { text, prefix } = textAndPrefix(value);
			return text === '' ? this.fail('empty-prefix', value.span) : { kind: 'text', field: textField, value: text, prefix, span };
		}
		const timeField = timeFields.find((candidate) => candidate === field);
		if (timeField) {
			const inner = innerComparison(lexeme, value);
			const time = readTime(inner.text);
			return time ? { kind: 'time', field: timeField, comparison: inner.comparison, time, span } : this.fail('expected-time', value.span);
		}
		if (field === 'size') {
			const inner = innerComparison(lexeme, value);
			const bytes = parseSize(inner.text);
			return bytes === null ? this.fail('expected-size', value.span) : { kind: 'size', comparison: inner.comparison, bytes, span };
		}
		if (!isEquality(lexeme.operator)) return this.fail('wrong-operator', lexeme.operatorSpan, [':']);
		if (field === 'is') {
			const fact = isFacts.find((candidate) => candidate === value.text.toLowerCase());
			return fact ? { kind: 'is', fact, span } : this.fail('expected-fact', value.span, isFacts);
		}
		const fact = hasFacts.find((candidate) => candidate === value.text.toLowerCase());
		if (fact) return { kind: 'has', fact, span };
		const key = parseHasKey(value.text);
		if (key?.kind === 'metadata') return { kind: 'has metadata', path: key.path, span };
		if (key?.kind === 'metric') return { kind: 'has metric', key: key.key, span };
		return this.fail('expected-fact', value.span, factsOf('has'));
	}

	private metadataNode(path: readonly string[], lexeme: Extract<Lexeme, { kind: 'comparison' }>, value: WrittenValue): QueryNode | null {
		// The missing key is noted already.
		if (path.includes('')) return null;
		const inner = innerComparison(lexeme, value);
		const read = inner.text === value.text && value.quoted ? value.text : readScalar(inner.text);
		if (inner.comparison !== '=') {
			return typeof read === 'number' ? { kind: 'metadata', path, comparison: inner.comparison, value: read, prefix: false, span: lexeme.span } : this.fail('expected-number', value.span);
		}
		if (typeof read !== 'string') return { kind: 'metadata', path, comparison: '=', value: read, prefix: false, span: lexeme.span };
		const { text, prefix } = textAndPrefix({ ...value, text: read });
		return text === '' ? this.fail('empty-prefix', value.span) : { kind: 'metadata', path, comparison: '=', value: text, prefix, span: lexeme.span };
	}

	private metricNode(key: string, lexeme: Extract<Lexeme, { kind: 'comparison' }>, value: WrittenValue): QueryNode | null {
		if (key === '') return null;
		const inner = innerComparison(lexeme, value);
		const read = readScalar(inner.text);
		return typeof read === 'number' ? { kind: 'metric', key, comparison: inner.comparison, value: read, span: lexeme.span } : this.fail('expected-number', value.span);
	}

	private fail(code: QueryErrorCode, span: TextSpan, expected?: readonly string[]): null {
		const last = this.errors.at(-1);
		if (last?.code !== code || last.span.offset !== span.offset) this.errors.push(expected ? { code, span, expected } : { code, span });
		return null;
	}

	/** Reads no further: what follows would be more of the same. */
	private giveUp(code: QueryErrorCode, span: TextSpan): null {
		this.at = this.lexemes.length;
		return this.fail(code, span);
	}
}

/** One node for several; nodes of the same kind within are taken up into it. */
function join(kind: 'and' | 'or', parts: readonly QueryNode[]): QueryNode | null {
	const [first] = parts;
	if (!first) return null;
	if (parts.length === 1) return first;
	const children = parts.flatMap((part) => (part.kind === kind ? part.children : [part]));
	return { kind, children, span: cover(first.span, parts.at(-1)!.span) };
}

function cover(first: TextSpan, last: TextSpan): TextSpan {
	return { offset: first.offset, length: last.offset + last.length - first.offset };
}

function isEquality(operator: WrittenOperator): boolean {
	return operator === '=' || operator === '!=';
}

/** `updated:<7d` and `size:>1GB` arrive with the comparison read already; a `=` among the text of `!=` stays equality. */
function innerComparison(lexeme: Extract<Lexeme, { kind: 'comparison' }>, value: WrittenValue): { comparison: Comparison; text: string } {
	return { comparison: lexeme.operator === '!=' ? '=' : lexeme.operator, text: value.text };
}

function textAndPrefix(value: WrittenValue): { text: string; prefix: boolean } {
	if (value.quoted || !value.text.endsWith('*')) return { text: value.text, prefix: false };
	return { text: value.text.replace(/\*+$/, ''), prefix: true };
}

function readScalar(text: string): string | number | boolean | null {
	if (text === 'true') return true;
	if (text === 'false') return false;
	if (text === 'null') return null;
	if (!/^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?$/i.test(text)) return text;
	const number = Number(text);
	// A minus zero is a zero; what is too large for a number is text.
	return Number.isFinite(number) ? number + 0 : text;
}

function readTime(text: string): QueryTime | null {
	const age = parseSpan(text);
	if (age) return { kind: 'age', age };
	return parseDate(text) ? { kind: 'date', date: text.toUpperCase().replace(' ', 'T') } : null;
}

function factsOf(field: QueryField): readonly string[] | undefined {
	return field === 'is' ? isFacts : field === 'has' ? [...hasFacts, 'metadata.KEY', 'metric.KEY'] : undefined;
}

/** Whether a text, written bare, is read as one word and nothing else, wherever it stands. */
function isPlainWord(text: string): boolean {
	if (/^[-<>=!:]/.test(text) || text.endsWith('*')) return false;
	const { lexemes, errors } = scanQuery(text);
	const [only] = lexemes;
	return lexemes.length === 1 && errors.length === 0 && only!.kind === 'word' && only!.text === text;
}

/** The times that a node asks for, as `from <= time < until` in UTC milliseconds; an open end is null. */
export function timeRange(comparison: Comparison, time: QueryTime, now: number): { readonly from: number | null; readonly until: number | null } {
	if (time.kind === 'age') {
		// "Less than 7 days" is about the age: the moment lies after the one 7 days ago. A bare `updated:7d` means the same.
		const then = subtractSpan(now, time.age);
		switch (comparison) {
			case '=':
			case '<=':
				return { from: then, until: null };
			case '<':
				return { from: then + 1, until: null };
			case '>':
				return { from: null, until: then };
			case '>=':
				return { from: null, until: then + 1 };
			default:
				return assertNever(comparison, 'comparison');
		}
	}
	const stretch = parseDate(time.date);
	// Only a node that was built by hand can hold a date that is none; nothing lies in it.
	if (!stretch) return { from: 0, until: 0 };
	switch (comparison) {
		case '=':
			return { from: stretch.from, until: stretch.until };
		case '<':
			return { from: null, until: stretch.from };
		case '<=':
			return { from: null, until: stretch.until };
		case '>':
			return { from: stretch.until, until: null };
		case '>=':
			return { from: stretch.from, until: null };
		default:
			return assertNever(comparison, 'comparison');
	}
}

/** The query as text, which {@link parseQuery} reads back as the same query. */
export function formatQuery(node: QueryNode | null): string {
	return node === null ? '' : write(node, 'top');
}

function write(node: QueryNode, within: 'top' | 'and' | 'or' | 'not'): string {
	switch (node.kind) {
		case 'and':
		case 'or': {
			const text = node.children.map((child) => write(child, node.kind)).join(node.kind === 'or' ? ' OR ' : ' ');
			// OR binds less than AND, so that only an OR within an AND needs parentheses, and anything within a NOT.
			return within === 'not' || (within === 'and' && node.kind === 'or') ? `(${text})` : text;
		}
		case 'not':
			return `-${write(node.child, 'not')}`;
		case 'word':
			return isPlainWord(node.text) ? `${node.text}${node.prefix ? '*' : ''}` : quoteForQuery(node.text);
		case 'phrase':
			return quoteForQuery(node.text);
		case 'text':
			return `${node.field}${writeEquality(node.value, node.prefix)}`;
		case 'size':
			return `size${writeComparison(node.comparison)}${formatSizeText(node.bytes)}`;
		case 'time':
			return `${node.field}:${node.comparison === '=' ? '' : node.comparison}${node.time.kind === 'age' ? formatSpanText(node.time.age) : node.time.date}`;
		case 'metadata': {
			// A text that reads like a number is quoted to stay a text; with a star after it, it is text anyhow.
			const value = typeof node.value !== 'string' ? `${writeComparison(node.comparison)}${node.value}` : node.prefix || typeof readScalar(node.value) === 'string' ? writeEquality(node.value, node.prefix) : `:${quoteForQuery(node.value)}`;
			return `${writeKey('metadata', node.path)}${value}`;
		}
		case 'metric':
			return `${writeKey('metric', [node.key])}${writeComparison(node.comparison)}${node.value}`;
		case 'is':
			return `is:${node.fact}`;
		case 'has':
			return `has:${node.fact}`;
		case 'has metadata':
			return `has:${writeHasKey('metadata', node.path)}`;
		case 'has metric':
			return `has:${writeHasKey('metric', [node.key])}`;
		default:
			return assertNever(node, 'query');
	}
}

function writeComparison(comparison: Comparison): string {
	return comparison === '=' ? ':' : comparison;
}

/** `:` and a value. After a colon, the beginning of one could be read as an operator; quotes would take a prefix for a star, so that `==` is written there. */
function writeEquality(value: string, prefix: boolean): string {
	return prefix && isBareValue(value) && /^[<>=!]/.test(value) ? `==${value}*` : `:${writeText(value, prefix)}`;
}

/** A value that could be taken for an operator, a prefix or several words is quoted. */
function writeText(value: string, prefix: boolean): string {
	const bare = isBareValue(value) && !/^[<>=!]/.test(value) && !value.endsWith('*');
	if (bare) return prefix ? `${value}*` : value;
	return quoteForQuery(value);
}

function writeKey(kind: 'metadata' | 'metric', steps: readonly string[]): string {
	return `${kind}.${steps.map((step) => (isBareKey(kind, step) ? step : quoteForQuery(step))).join('.')}`;
}

/** A word or a value of a field, written so that it is read back whole. */
export function formatQueryText(place: 'word' | 'value', text: string): string {
	return place === 'value' ? writeText(text, false) : isPlainWord(text) ? text : quoteForQuery(text);
}

/** A key, given as its path (a metric's key is a path of one step), written so that it is read back whole. */
export function formatQueryKey(kind: 'metadata' | 'metric', path: readonly string[], place: 'comparison' | 'has'): string {
	return place === 'has' ? writeHasKey(kind, path) : writeKey(kind, path);
}

function writeHasKey(kind: 'metadata' | 'metric', steps: readonly string[]): string {
	const text = `${kind}.${steps.join('.')}`;
	return isBareValue(text) ? text : quoteForQuery(text);
}

/** Says what is wrong, and what would be right, in one sentence. */
export function explainQueryError(error: QueryError): string {
	const expected = error.expected && error.expected.length > 0 ? ` Possible here: ${error.expected.join(', ')}.` : '';
	return sentences[error.code] + expected;
}

const sentences: Readonly<Record<QueryErrorCode, string>> = {
	'too-long': `A search may be at most ${queryLimits.length} characters long; the rest was not read.`,
	'too-many-terms': `A search may have at most ${queryLimits.terms} terms; the rest was not read.`,
	'too-deep': `A search may be nested at most ${queryLimits.depth} levels deep; the rest was not read.`,
	'unclosed-quote': 'This quote is not closed.',
	'empty-phrase': 'There is nothing between these quotes.',
	'empty-prefix': 'Before * at least one letter is needed.',
	'unknown-field': 'There is no such field; put quotes around it to search for the text.',
	'missing-key': 'After the dot a key is needed, as in metadata.accuracy>0.9.',
	'missing-value': 'A value is missing here.',
	'wrong-operator': 'This field can only be compared as a whole.',
	'expected-number': 'A number is needed here.',
	'expected-size': 'A size is needed here, as in 300KB, 20MB or 1.5GB.',
	'expected-time': 'An age (12h, 7d, 6mo) or a date (2026-05-03, 2026-05) is needed here.',
	'expected-fact': 'This can\'t be asked.',
	'missing-operand': 'Something is missing beside this.',
	'empty-parentheses': 'There is nothing between these parentheses.',
	'unclosed-parenthesis': 'This parenthesis is not closed.',
	'unopened-parenthesis': 'This parenthesis was not opened.',
};
