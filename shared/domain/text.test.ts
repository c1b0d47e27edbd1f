import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assertNever, invariant } from './assert.ts';
import { compareCodePoints, countCodePoints, findHiddenCharacter, offsetOfCodePoint, partOf, quote, utf8Length } from './text.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 30 });

test('counting', () => {
	fc.assert(
		fc.property(anyText, fc.nat(30), (text, count) => {
			expect(countCodePoints(text)).toBe([...text].length);
			expect(offsetOfCodePoint(text, count)).toBe([...text].slice(0, count).join('').length);
			expect(utf8Length(text)).toBe(Buffer.byteLength(text, 'utf8'));
		}),
	);
});

test('the order of code points', () => {
	const whole = anyText.map((text) => text.toWellFormed());
	fc.assert(fc.property(whole, whole, (left, right) => { expect(Math.sign(compareCodePoints(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right))); }));
});

test('hidden characters', () => {
	expect(findHiddenCharacter('plain é 日本 😀 \u200d')).toBeNull();
	expect(findHiddenCharacter('ab\u202e\n')).toMatchObject({ rule: 'direction-override', part: { offset: 2 } });
	fc.assert(
		fc.property(anyText, (text) => {
			const found = findHiddenCharacter(text);
			if (found === null) expect(text.isWellFormed()).toBe(true);
			else expect(text.slice(found.part.offset)).toSatisfy((rest: string) => rest.startsWith(found.part.text));
		}),
	);
});

test('parts and quotes', () => {
	expect(partOf('😀x', 2, 1)).toEqual({ text: 'x', offset: 2, position: 2 });
	expect(partOf('a'.repeat(500), 0).text).toHaveLength(61);
	expect(quote('a\u0000\u202eb')).toBe('“aU+0000U+202Eb”');
});

test('assertions', () => {
	expect(() => assertNever({ kind: 'odd' } as never, 'kind')).toThrow('Unexpected kind: {"kind":"odd"}');
	expect(() => assertNever(1n as never)).toThrow('1');
	expect(() => invariant(false, 'one is two')).toThrow('one is two');
	expect(() => invariant(1, '')).not.toThrow();
});
