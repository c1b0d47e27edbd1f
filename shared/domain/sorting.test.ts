import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareNatural } from './sorting.ts';

test('numbers count as numbers', () => {
	expect(['v10', 'v2', 'v1', 'v0'].sort(compareNatural)).toEqual(['v0', 'v1', 'v2', 'v10']);
	expect(['b', 'A', 'a', 'B', 'a10', 'a9'].sort(compareNatural)).toEqual(['A', 'a', 'a9', 'a10', 'B', 'b']);
	expect(['epoch-100000000000000000001', 'epoch-100000000000000000000'].sort(compareNatural)[0]).toBe('epoch-100000000000000000000');
	expect(['a01', 'a1', 'a001'].sort(compareNatural)).toEqual(['a001', 'a01', 'a1']);
	expect(['', 'a', '1'].sort(compareNatural)).toEqual(['', '1', 'a']);
});

test('a total order', () => {
	const name = fc.string({ unit: fc.constantFrom(...'aA0129.-é'), maxLength: 6 });
	fc.assert(
		fc.property(name, name, name, (a, b, c) => {
			expect(Math.sign(compareNatural(a, b))).toBe(-Math.sign(compareNatural(b, a)) + 0);
			expect(compareNatural(a, b) === 0).toBe(a === b);
			if (compareNatural(a, b) <= 0 && compareNatural(b, c) <= 0) expect(compareNatural(a, c)).toBeLessThanOrEqual(0);
		}),
		{ numRuns: 3000 },
	);
});
