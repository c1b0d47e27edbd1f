import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainQueryError, formatQuery, parseQuery, timeRange, type QueryNode } from './query.ts';
import { hasFacts, isFacts, queryLimits, textFields, timeFields, type QueryErrorCode } from './queryScan.ts';
import { day } from './time.ts';

/** The query without places, as short nested lists. */
function shape(node: QueryNode | null): unknown {
	if (node === null) return null;
	switch (node.kind) {
		case 'and':
		case 'or':
			return [node.kind, ...node.children.map(shape)];
		case 'not':
			return ['not', shape(node.child)];
		case 'word':
			return node.prefix ? `${node.text}…` : node.text;
		case 'phrase':
			return { phrase: node.text };
		default: {
			const { span: _span, ...rest } = node;
			return rest;
		}
	}
}
const read = (text: string): unknown => {
	const { node, errors } = parseQuery(text);
	expect(errors).toEqual([]);
	return shape(node);
};
const errorsOf = (text: string): [QueryErrorCode, string][] => parseQuery(text).errors.map((error) => [error.code, text.slice(error.span.offset, error.span.offset + error.span.length)]);

describe('reading', () => {
	test('words, phrases, prefixes', () => {
		expect(read('')).toBeNull();
		expect(read('  \n ')).toBeNull();
		expect(read('minilm')).toBe('minilm');
		expect(read('sentence  embed*')).toEqual(['and', 'sentence', 'embed…']);
		expect(read('"two words" x')).toEqual(['and', { phrase: 'two words' }, 'x']);
		expect(read(String.raw`"say \"hi\" C:\dir \\"`)).toEqual({ phrase: String.raw`say "hi" C:\dir ` + '\\' });
		expect(read('all-MiniLM-L6-v2')).toBe('all-MiniLM-L6-v2');
		expect(read('s3://bucket/key')).toBe('s3://bucket/key');
		expect(read('tag : x')).toEqual(['and', 'tag', { phrase: ':' }, 'x']);
		expect(read('foo - bar')).toEqual(['and', 'foo', 'bar']);
	});
	test('and, or, not, parentheses', () => {
		expect(read('a b OR c d')).toEqual(['or', ['and', 'a', 'b'], ['and', 'c', 'd']]);
		expect(read('a (b OR c) d')).toEqual(['and', 'a', ['or', 'b', 'c'], 'd']);
		expect(read('a AND b AND c')).toEqual(['and', 'a', 'b', 'c']);
		expect(read('(a b) c')).toEqual(['and', 'a', 'b', 'c']);
		expect(read('-a NOT b')).toEqual(['and', ['not', 'a'], ['not', 'b']]);
		expect(read('-(a OR tag:x)')).toEqual(['not', ['or', 'a', { kind: 'text', field: 'tag', value: 'x', prefix: false }]]);
		expect(read('a and or not')).toEqual(['and', 'a', 'and', 'or', 'not']);
	});
	test('fields', () => {
		expect(read('type:model')).toEqual({ kind: 'text', field: 'type', value: 'model', prefix: false });
		expect(read('Tag:rel*')).toEqual({ kind: 'text', field: 'tag', value: 'rel', prefix: true });
		expect(read('tag:"new york"')).toEqual({ kind: 'text', field: 'tag', value: 'new york', prefix: false });
		expect(read('tag:"a*"')).toEqual({ kind: 'text', field: 'tag', value: 'a*', prefix: false });
		expect(read('tag!=x')).toEqual(['not', { kind: 'text', field: 'tag', value: 'x', prefix: false }]);
		expect(read('alias:a:b')).toEqual({ kind: 'text', field: 'alias', value: 'a:b', prefix: false });
		expect(read('file:weights/model.safetensors')).toEqual({ kind: 'text', field: 'file', value: 'weights/model.safetensors', prefix: false });
	});
	test('sizes are binary', () => {
		for (const text of ['size>1GB', 'size:>1GiB', 'size > 1g', 'SIZE>1073741824']) expect(read(text)).toEqual({ kind: 'size', comparison: '>', bytes: 1024 ** 3 });
		expect(read('size<=1.5KB')).toEqual({ kind: 'size', comparison: '<=', bytes: 1536 });
		expect(read('size:0')).toEqual({ kind: 'size', comparison: '=', bytes: 0 });
	});
	test('times', () => {
		expect(read('updated:<7d')).toEqual({ kind: 'time', field: 'updated', comparison: '<', time: { kind: 'age', age: { count: 7, unit: 'd' } } });
		expect(read('created:2026-05')).toEqual({ kind: 'time', field: 'created', comparison: '=', time: { kind: 'date', date: '2026-05' } });
		expect(read('created>=2026-05-03t14:05z')).toEqual({ kind: 'time', field: 'created', comparison: '>=', time: { kind: 'date', date: '2026-05-03T14:05Z' } });
	});
	test('metadata and metrics', () => {
		expect(read('metadata.acc>0.9')).toEqual({ kind: 'metadata', path: ['acc'], comparison: '>', value: 0.9, prefix: false });
		expect(read('metadata.config.lr = 1e-3')).toEqual({ kind: 'metadata', path: ['config', 'lr'], comparison: '=', value: 0.001, prefix: false });
		expect(read('metadata."learning rate".x:true')).toEqual({ kind: 'metadata', path: ['learning rate', 'x'], comparison: '=', value: true, prefix: false });
		expect(read('metadata.n:"3"')).toEqual({ kind: 'metadata', path: ['n'], comparison: '=', value: '3', prefix: false });
		expect(read('metadata.arch:res*')).toEqual({ kind: 'metadata', path: ['arch'], comparison: '=', value: 'res', prefix: true });
		expect(read('metadata.x:tru* metadata.y:3*')).toMatchObject(['and', { value: 'tru', prefix: true }, { value: '3', prefix: true }]);
		for (const text of ['metadata.x:true*', 'metadata.y:3*', 'metadata.y:"3"', 'metadata.z:"null"']) expect(formatQuery(parseQuery(text).node)).toBe(text);
		expect(read('metadata.x:null')).toMatchObject({ value: null });
		expect(read('metadata.x!=3')).toEqual(['not', { kind: 'metadata', path: ['x'], comparison: '=', value: 3, prefix: false }]);
		expect(read('metadata.__proto__.constructor:1')).toMatchObject({ path: ['__proto__', 'constructor'] });
		expect(read('metric.val/loss<=-.5')).toEqual({ kind: 'metric', key: 'val/loss', comparison: '<=', value: -0.5 });
		expect(read('metric.a.b==3')).toEqual({ kind: 'metric', key: 'a.b', comparison: '=', value: 3 });
	});
	test('facts', () => {
		expect(read('is:linked has:card -has:metadata.license.name has:metric.val/acc')).toEqual(['and', { kind: 'is', fact: 'linked' }, { kind: 'has', fact: 'card' }, ['not', { kind: 'has metadata', path: ['license', 'name'] }], { kind: 'has metric', key: 'val/acc' }]);
	});
	test('places', () => {
		const { node } = parseQuery(' a  (b OR size > 1GB) ');
		expect(node?.span).toEqual({ offset: 1, length: 19 });
		expect(parseQuery('x tag:"a b"').node).toMatchObject({ children: [{ span: { offset: 0, length: 1 } }, { span: { offset: 2, length: 9 } }] });
	});
});

describe('errors, each with its spot; the rest is still a query', () => {
	test.each<[string, [QueryErrorCode, string][], unknown]>([
		['a "b c', [['unclosed-quote', '"b c']], ['and', 'a', { phrase: 'b c' }]],
		['a ""', [['empty-phrase', '""']], 'a'],
		['a *', [['empty-prefix', '*']], 'a'],
		['**', [['empty-prefix', '**']], null],
		['tag:*', [['empty-prefix', '*']], null],
		['colour:red a', [['unknown-field', 'colour']], ['and', { phrase: 'colour:red' }, 'a']],
		['tag:', [['missing-value', 'tag:']], null],
		['tag:""', [['missing-value', 'tag:""']], null],
		['tag: x', [['missing-value', 'tag:']], 'x'],
		['tag>x a', [['wrong-operator', '>']], 'a'],
		['size>big', [['expected-size', 'big']], null],
		['size>99999999999EB', [['expected-size', '99999999999EB']], null],
		['updated:soon', [['expected-time', 'soon']], null],
		['created:2026-02-30', [['expected-time', '2026-02-30']], null],
		['metadata.a>b', [['expected-number', 'b']], null],
		['metadata.a>"3"', [['expected-number', '"3"']], null],
		['metric.a:b', [['expected-number', 'b']], null],
		['metadata.:3', [['missing-key', '.']], null],
		['metadata.a..b:3', [['missing-key', '.']], null],
		['is:happy', [['expected-fact', 'happy']], null],
		['has:metadata.', [['expected-fact', 'metadata.']], null],
		['a OR', [['missing-operand', 'OR']], 'a'],
		['OR a', [['missing-operand', 'OR']], 'a'],
		['a OR OR b', [['missing-operand', 'OR']], ['or', 'a', 'b']],
		['AND a', [['missing-operand', 'AND']], 'a'],
		['a AND', [['missing-operand', 'AND']], 'a'],
		['NOT', [['missing-operand', 'NOT']], null],
		['a NOT OR b', [['missing-operand', 'NOT']], ['or', 'a', 'b']],
		['(', [['unclosed-parenthesis', '(']], null],
		['(a', [['unclosed-parenthesis', '(']], 'a'],
		['a)b', [['unopened-parenthesis', ')']], ['and', 'a', 'b']],
		['()', [['empty-parentheses', '()']], null],
		['NEAR(', [['unclosed-parenthesis', '(']], 'NEAR'],
		['a" OR 1=1 --', [['unclosed-quote', '" OR 1=1 --']], ['and', 'a', { phrase: ' OR 1=1 --' }]],
	])('%s', (text, errors, query) => {
		expect(errorsOf(text)).toEqual(errors);
		expect(shape(parseQuery(text).node)).toEqual(query);
		for (const error of parseQuery(text).errors) expect(explainQueryError(error)).toMatch(/\.$/);
	});
	test('too much is cut off', () => {
		expect(errorsOf('a '.repeat(queryLimits.terms + 5)).map(([code]) => code)).toEqual(['too-many-terms']);
		expect(errorsOf('('.repeat(1000)).map(([code]) => code)).toContain('too-deep');
		expect(errorsOf(`${'-'.repeat(1000)}a`).map(([code]) => code)).toEqual(['too-deep']);
		const huge = parseQuery('"('.repeat(5_000_000));
		expect(huge.errors.at(-1)).toMatchObject({ code: 'too-long', span: { offset: queryLimits.length, length: 10_000_000 - queryLimits.length } });
		for (const text of ['*', '"', '(', ')', '-', 'a', 'tag:', 'NOT ', 'metadata.', '\\', 'NEAR(', '\0', '\ud800']) expect(parseQuery(text.repeat(2_000_000)).errors.length).toBeGreaterThan(0);
	});
});

const pieces = fc.constantFrom('a', 'bc', 'AND', 'OR', 'NOT', '(', ')', '"', '-', '*', ' ', ' ', 'tag:', 'size>', '1GB', 'updated:<', '7d', 'metadata.', 'metadata.x', 'metric.y', '>', '=', '!=', ':', '.', '0.9', 'is:', 'linked', 'has:', '\\', 'NEAR(', '\n', '😀', '\ud800', '0', "'", ';', '%', '--', 'colour:', '://');
const hostile = fc.oneof(fc.array(pieces, { maxLength: 25 }).map((list) => list.join('')), fc.string({ unit: 'binary', maxLength: 40 }));

function everyNode(node: QueryNode): QueryNode[] {
	if (node.kind === 'and' || node.kind === 'or') return [node, ...node.children.flatMap(everyNode)];
	return node.kind === 'not' ? [node, ...everyNode(node.child)] : [node];
}

test('a prefix that begins like an operator is written so that it is read back as one', () => {
	for (const [text, written] of [
		['metadata.a!=!=*', '-metadata.a==!=*'],
		['metadata.a=<x*', 'metadata.a==<x*'],
		['tag:!x*', 'tag==!x*'],
		['tag:===x*', 'tag===x*'],
	] as const) {
		const { node, errors } = parseQuery(text);
		expect([errors, formatQuery(node)]).toEqual([[], written]);
		expect(shape(parseQuery(written).node)).toEqual(shape(node));
	}
});

test('whatever the text: no exception, every place inside it, and what was read is written and read back the same', () => {
	fc.assert(
		fc.property(hostile, (text) => {
			const { node, errors } = parseQuery(text);
			for (const { span } of [...errors, ...(node ? everyNode(node) : [])]) {
				expect(span.offset).toBeGreaterThanOrEqual(0);
				expect(span.length).toBeGreaterThan(0);
				expect(span.offset + span.length).toBeLessThanOrEqual(text.length);
			}
			for (const part of node ? everyNode(node) : []) if (part.kind === 'and' || part.kind === 'or') expect(part.children.length).toBeGreaterThan(1);
			const written = formatQuery(node);
			const again = parseQuery(written);
			expect(again.errors).toEqual([]);
			expect(shape(again.node)).toEqual(shape(node));
			expect(formatQuery(again.node)).toBe(written);
		}),
		{ numRuns: 5000 },
	);
});

const span = { offset: 0, length: 0 };
const anyText = fc.oneof(fc.constantFrom('a', 'AND', '-x', 'tag:y', '>3', 'f*', 'two words', '"', '\\', 'true', '3', '(', 'a:b', 'size', 'http://x'), fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text.trim() !== ''));
const comparison = fc.constantFrom('=' as const, '<' as const, '<=' as const, '>' as const, '>=' as const);
const anyNumber = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })).map((number) => number + 0);
const leaf: fc.Arbitrary<QueryNode> = fc.oneof(
	fc.record({ kind: fc.constant('phrase' as const), text: anyText, span: fc.constant(span) }),
	fc.record({ kind: fc.constant('word' as const), text: fc.stringMatching(/^[a-z]{1,6}$/), prefix: fc.boolean(), span: fc.constant(span) }),
	fc.record({ kind: fc.constant('text' as const), field: fc.constantFrom(...textFields), value: anyText, prefix: fc.constant(false), span: fc.constant(span) }),
	fc.record({ kind: fc.constant('size' as const), comparison, bytes: fc.maxSafeNat(), span: fc.constant(span) }),
	fc.record({ kind: fc.constant('time' as const), field: fc.constantFrom(...timeFields), comparison, time: fc.oneof(fc.record({ kind: fc.constant('age' as const), age: fc.record({ count: fc.nat(999_999), unit: fc.constantFrom('s' as const, 'm' as const, 'h' as const, 'd' as const, 'w' as const, 'mo' as const, 'y' as const) }) }), fc.record({ kind: fc.constant('date' as const), date: fc.constantFrom('2026', '2026-05', '2026-05-03', '2026-05-03T14:05', '2026-05-03T14:05:07Z') })), span: fc.constant(span) }),
	fc.record({ kind: fc.constant('metadata' as const), path: fc.array(anyText, { minLength: 1, maxLength: 3 }), comparison, value: anyNumber, prefix: fc.constant(false), span: fc.constant(span) }),
	fc.record({ kind: fc.constant('metadata' as const), path: fc.array(anyText, { minLength: 1, maxLength: 3 }), comparison: fc.constant('=' as const), value: fc.oneof(anyText, fc.boolean(), fc.constant(null)), prefix: fc.constant(false), span: fc.constant(span) }),
	fc.record({ kind: fc.constant('metric' as const), key: anyText, comparison, value: anyNumber, span: fc.constant(span) }),
	fc.record({ kind: fc.constant('is' as const), fact: fc.constantFrom(...isFacts), span: fc.constant(span) }),
	fc.record({ kind: fc.constant('has' as const), fact: fc.constantFrom(...hasFacts), span: fc.constant(span) }),
);
/** Trees as reading makes them: lists of two or more, never a list of the same kind right within. */
const tree: fc.Arbitrary<QueryNode> = fc.letrec<{ node: QueryNode }>((tie) => ({
	node: fc.oneof(
		{ maxDepth: 3 },
		leaf,
		fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), children: fc.array(tie('node'), { minLength: 2, maxLength: 4 }), span: fc.constant(span) }).map((node): QueryNode => ({ ...node, children: node.children.flatMap((child) => (child.kind === node.kind ? child.children : [child])) })),
		fc.record({ kind: fc.constant('not' as const), child: tie('node'), span: fc.constant(span) }),
	),
})).node;

test('a query that was built is written so that it is read back the same', () => {
	fc.assert(
		fc.property(tree, (node) => {
			const written = formatQuery(node);
			if (written.length > queryLimits.length) return;
			const { node: again, errors } = parseQuery(written);
			expect(errors).toEqual([]);
			expect(shape(again)).toEqual(shape(node));
		}),
		{ numRuns: 2000 },
	);
});

describe('times', () => {
	const now = Date.UTC(2026, 4, 31, 12);
	test('ages', () => {
		const week = { kind: 'age', age: { count: 7, unit: 'd' } } as const;
		expect(timeRange('<', week, now)).toEqual({ from: now - 7 * day + 1, until: null });
		expect(timeRange('=', week, now)).toEqual({ from: now - 7 * day, until: null });
		expect(timeRange('>', week, now)).toEqual({ from: null, until: now - 7 * day });
		expect(timeRange('<=', { kind: 'age', age: { count: 3, unit: 'mo' } }, now).from).toBe(Date.UTC(2026, 1, 28, 12));
	});
	test('dates are whole stretches', () => {
		const may = { kind: 'date', date: '2026-05' } as const;
		expect(timeRange('=', may, now)).toEqual({ from: Date.UTC(2026, 4, 1), until: Date.UTC(2026, 5, 1) });
		expect(timeRange('>', may, now)).toEqual({ from: Date.UTC(2026, 5, 1), until: null });
		expect(timeRange('>=', may, now)).toEqual({ from: Date.UTC(2026, 4, 1), until: null });
		expect(timeRange('<', may, now)).toEqual({ from: null, until: Date.UTC(2026, 4, 1) });
		expect(timeRange('<=', may, now)).toEqual({ from: null, until: Date.UTC(2026, 5, 1) });
	});
	test('a comparison and its opposite share no moment and miss none', () => {
		const within = ({ from, until }: { from: number | null; until: number | null }, time: number): boolean => (from === null || time >= from) && (until === null || time < until);
		const anyTime = fc.constantFrom({ kind: 'date', date: '2026-05' } as const, { kind: 'date', date: '2026-05-31T12:00' } as const, { kind: 'age', age: { count: 2, unit: 'd' } } as const);
		fc.assert(
			fc.property(anyTime, fc.integer({ min: -40 * day, max: 40 * day }), (time, shift) => {
				const moment = now + shift;
				expect(within(timeRange('<', time, now), moment)).toBe(!within(timeRange('>=', time, now), moment));
				expect(within(timeRange('>', time, now), moment)).toBe(!within(timeRange('<=', time, now), moment));
			}),
		);
	});
});
