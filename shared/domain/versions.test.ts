import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideLogging, firstNumbering, formatVersion, giveNumber, latestOf, noteNumber, parseVersion, type Numbering } from './versions.ts';

test('vN and back', () => {
	fc.assert(fc.property(fc.maxSafeNat(), (number) => { expect(parseVersion(formatVersion(number))).toBe(number); }));
	for (const text of ['', 'v', 'V3', 'v007', 'v00', 'v-1', 'v1.0', ' v1', 'v1\n', 'v９', 'v9007199254740993', 'v99999999999999999999', 'latest']) expect(parseVersion(text)).toBeNull();
});

test('no number is given twice, whatever is removed or taken over from elsewhere in between', () => {
	const step = fc.oneof(fc.constant({ kind: 'give' as const }), fc.record({ kind: fc.constant('remove' as const), which: fc.nat() }), fc.record({ kind: fc.constant('note' as const), number: fc.nat(60) }));
	fc.assert(
		fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
			let numbering: Numbering = firstNumbering;
			const given = new Set<number>();
			const standing: number[] = [];
			for (const each of steps) {
				if (each.kind === 'give') {
					const { number, numbering: after } = giveNumber(numbering);
					expect(given.has(number)).toBe(false);
					expect(after.next).toBeGreaterThan(numbering.next);
					given.add(number);
					standing.push(number);
					numbering = after;
				} else if (each.kind === 'remove') standing.splice(each.which % (standing.length + 1), 1);
				else {
					numbering = noteNumber(numbering, each.number);
					given.add(each.number);
				}
			}
		}),
	);
});

test('latest is the highest number that is there', () => {
	expect(latestOf([])).toBeNull();
	expect(latestOf([0])).toBe(0);
	expect(latestOf([4, 11, 2])).toBe(11);
});

test('the same bytes as latest make no new version, the same bytes as an older one do', () => {
	expect(decideLogging(firstNumbering, null, 'a')).toEqual({ kind: 'new', number: 0, numbering: { next: 1 } });
	expect(decideLogging({ next: 1 }, { number: 0, digest: 'a' }, 'a')).toEqual({ kind: 'unchanged', number: 0 });
	expect(decideLogging({ next: 5 }, { number: 3, digest: 'b' }, 'a')).toEqual({ kind: 'new', number: 5, numbering: { next: 6 } });
});
