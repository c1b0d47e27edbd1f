import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkMetadata, metadataLimits, parseMetadata } from './metadata.ts';
import type { Verdict } from './verdict.ts';
import { explainViolation } from './violations.ts';

const rule = (verdict: Verdict<unknown>): string => (verdict.ok ? 'ok' : verdict.violation.rule);
const nested = (depth: number): unknown => {
	let value: unknown = 1;
	for (let level = 0; level < depth; level++) value = { a: value };
	return value;
};

describe('a value', () => {
	test('only plain objects', () => {
		for (const value of [null, undefined, [], 'x', 1, true, new Date(), new Map(), () => 1]) expect(rule(checkMetadata(value))).toBe('not-an-object');
		expect(rule(checkMetadata({}))).toBe('ok');
		expect(rule(checkMetadata(Object.create(null)))).toBe('ok');
	});
	test('at most 100 keys at the top, more below', () => {
		const keys = (count: number): Record<string, number> => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
		expect(rule(checkMetadata(keys(100)))).toBe('ok');
		expect(checkMetadata(keys(101))).toMatchObject({ violation: { rule: 'too-many-keys', limit: 100, length: 101 } });
		expect(rule(checkMetadata({ all: keys(5000) }))).toBe('ok');
	});
	test('NaN becomes null, infinities are refused with their place', () => {
		expect(checkMetadata({ a: NaN, b: [NaN] })).toEqual({ ok: true, value: { a: null, b: [null] } });
		expect(checkMetadata({ a: { b: [0, -Infinity] } })).toMatchObject({ violation: { rule: 'infinite-number', at: '/a/b/1', found: '-Infinity' } });
	});
	test('what JSON can\'t say', () => {
		for (const value of [undefined, 1n, () => 1, Symbol('x'), new Date(), new Map()]) expect(rule(checkMetadata({ a: { b: value } }))).toBe('unsupported-value');
		const loop: Record<string, unknown> = {};
		loop['self'] = { back: loop };
		expect(checkMetadata(loop)).toMatchObject({ violation: { rule: 'circular', at: '/self/back' } });
		const shared = { x: 1 };
		expect(rule(checkMetadata({ a: shared, b: shared }))).toBe('ok');
	});
	test('depth', () => {
		expect(rule(checkMetadata(nested(metadataLimits.depth)))).toBe('ok');
		expect(rule(checkMetadata(nested(metadataLimits.depth + 1)))).toBe('too-deep');
	});
	test('__proto__ is a key like any other', () => {
		const verdict = checkMetadata(JSON.parse('{"__proto__":{"polluted":true},"a":{"__proto__":1,"constructor":{"prototype":{"polluted":1}}}}'));
		if (!verdict.ok) throw new Error(verdict.violation.rule);
		expect(JSON.stringify(verdict.value)).toBe('{"__proto__":{"polluted":true},"a":{"__proto__":1,"constructor":{"prototype":{"polluted":1}}}}');
		expect(Object.getPrototypeOf(verdict.value)).toBe(Object.prototype);
		expect('polluted' in {}).toBe(false);
	});
	test('the copy shares nothing', () => {
		const list = [1];
		const verdict = checkMetadata({ list });
		list.push(2);
		expect(verdict).toEqual({ ok: true, value: { list: [1] } });
	});
	test('any JSON object of few keys and levels passes as it is', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 }), { maxKeys: 20 }), (object) => {
				const plain: unknown = JSON.parse(JSON.stringify(object));
				expect(checkMetadata(plain)).toEqual({ ok: true, value: plain });
			}),
		);
	});
});

describe('text', () => {
	test('what Python writes', () => {
		expect(parseMetadata('{"a": NaN, "b": "NaN, \\" Infinity", "c": [NaN,1]}')).toEqual({ ok: true, value: { value: { a: null, b: 'NaN, " Infinity', c: [null, 1] }, text: '{"a": null, "b": "NaN, \\" Infinity", "c": [null,1]}' } });
		expect(rule(parseMetadata('{"a": Infinity}'))).toBe('infinite-number');
		expect(rule(parseMetadata('{"a": -Infinity}'))).toBe('infinite-number');
		expect(rule(parseMetadata('{"a": 1e999}'))).toBe('infinite-number');
	});
	test('large integers stay exact in the text', () => {
		const verdict = parseMetadata('{"seed": 12345678901234567890}');
		expect(verdict.ok && verdict.value.text).toBe('{"seed": 12345678901234567890}');
	});
	test.each(['', '{', '{"a":}', 'NaN', '[1]', 'null', '"x"', '{"a":1,}', "{'a':1}", '{"a":1} x', '{"a":Na}', '{"a NaN'])('%j is refused with a sentence', (text) => {
		const verdict = parseMetadata(text);
		expect(verdict.ok).toBe(false);
		if (!verdict.ok) expect(explainViolation(verdict.violation)).toMatch(/\.$/);
	});
	test('100,000 brackets and 10 MB in one line', () => {
		expect(rule(parseMetadata('['.repeat(100_000)))).toBe('not-json');
		expect(rule(parseMetadata(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`))).toBe('too-deep');
		expect(rule(parseMetadata(`{"a":"${'x'.repeat(10_000_000)}"}`))).toBe('ok');
		expect(rule(parseMetadata(`{"NaN":"${'x'.repeat(10_000_000)}"}`))).toBe('ok');
		expect(rule(parseMetadata(`{"NaN":"${'\\n'.repeat(5_000_000)}"}`))).toBe('ok');
		expect(rule(parseMetadata(`{"NaN":"${'\\"'.repeat(5_000_000)}`))).toBe('not-json');
	});
	test('no text makes it throw', () => {
		fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'{}[]":,NaInfity-\\ 1e9') })), (text) => void parseMetadata(text)));
	});
});
