import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHarmlessPattern, parseFilter, patternOf, registryFilterFields, runFilterFields, versionFilterFields, type Filter } from './filters.ts';
import { explainViolation } from './violations.ts';

function read(value: unknown, fields = versionFilterFields): Filter {
	const verdict = parseFilter(value, fields);
	if (!verdict.ok) throw new Error(explainViolation(verdict.violation));
	return verdict.value;
}

describe('the filter language', () => {
	it('reads equality, operators, lists and combinations', () => {
		expect(read({ tag: 'release' })).toMatchObject({ kind: 'compare', operator: '$eq', field: { name: 'tag', type: 'list' }, value: 'release' });
		expect(read({ 'metadata.config.lr': { $gt: 0.1, $lte: 1 } })).toMatchObject({ kind: 'and', of: [{ field: { name: 'metadata', path: ['config', 'lr'] }, operator: '$gt', value: 0.1 }, { operator: '$lte', value: 1 }] });
		expect(read({ $or: [{ alias: { $in: ['a', 'b'] } }, { $nor: [{ version: 'v3' }] }] })).toMatchObject({ kind: 'or', of: [{ kind: 'in', values: ['a', 'b'] }, { kind: 'not', of: { kind: 'or', of: [{ value: 3 }] } }] });
		expect(read({ tag: { $ne: 'x' } })).toMatchObject({ kind: 'not', of: { kind: 'compare', operator: '$eq' } });
		expect(read({ created_at: { $gte: '2026-05-03T00:00:00' } })).toMatchObject({ value: Date.UTC(2026, 4, 3) });
		expect(read({ summary_metrics: 1 } as never, { ...runFilterFields, fields: { ...runFilterFields.fields, summary: 'number' } })).toMatchObject({ field: { name: 'summary' } });
		expect(read({ 'summary_metrics.loss': { $lt: 1 }, tags: { $size: 2 } }, runFilterFields)).toMatchObject({ kind: 'and', of: [{ field: { name: 'summary', path: ['loss'] } }, { kind: 'size', size: 2 }] });
		expect([read(null), read({}), read({ $and: [] })]).toEqual([{ kind: 'and', of: [] }, { kind: 'and', of: [] }, { kind: 'and', of: [] }]);
	});

	it.each([
		[[], 'a condition is a JSON object'], [{ nosuch: 1 }, 'no field “nosuch”'], [{ tag: { $where: '1' } }, '$where'], [{ $expr: {} }, '$expr'], [{ id: 'abc' }, 'a number'], [{ created_at: 'yesterday' }, 'a time'],
		[{ version: 'latest' }, 'a version'], [{ tag: { $regex: '(a+)+$' } }, 'pattern'], [{ metadata: 1 }, 'path'], [{ 'metadata.a"b': 1 }, 'path'], [{ $and: {} }, 'list'], [{ tag: { $gt: null } }, 'null'], [{ __proto__x: 1 }, 'no field'],
	])('refuses %j and says where', (value, words) => {
		const verdict = parseFilter(value, versionFilterFields);
		expect(verdict.ok).toBe(false);
		if (!verdict.ok) expect(explainViolation(verdict.violation)).toContain(words);
	});

	it('refuses what is nested too deep or has too many conditions', () => {
		let deep: unknown = { tag: 'x' };
		for (let level = 0; level < 30; level += 1) deep = { $and: [deep] };
		expect(parseFilter(deep, versionFilterFields).ok).toBe(false);
		expect(parseFilter({ $or: Array.from({ length: 501 }, () => ({ tag: 'x' })) }, versionFilterFields).ok).toBe(false);
	});

	it('never throws on anything', () => {
		fc.assert(fc.property(fc.anything({ maxDepth: 4 }), (value) => void parseFilter(value, registryFilterFields)));
		fc.assert(fc.property(fc.dictionary(fc.constantFrom('$and', '$or', '$not', 'tag', 'alias', 'id', 'metadata.x', '$nor'), fc.anything()), (value) => void parseFilter(value, versionFilterFields)));
	});

	it('reads patterns as the clients’ documentation has them: those of RE2', () => {
		const matches = (pattern: string, text: string): boolean => isHarmlessPattern(pattern) && patternOf(pattern).test(text);
		// As Python's `re.escape` writes a name.
		expect([matches('my\\-run\\ 1\\ \\(x\\)\\ \\#\\&\\~', 'my-run 1 (x) #&~'), matches('a\\.b', 'axb'), matches('[\\-\\#]', '-'), matches('a\\/b\\_', 'a/b_')]).toEqual([true, false, true, true]);
		expect([matches('(?i)MY-RUN', 'my-run'), matches('(?is)A.B', 'a\nb'), matches('(?m)^b$', 'a\nb'), matches('a.b', 'a\nb'), matches('MY', 'my')]).toEqual([true, true, true, false, false]);
		expect([matches('\\Arun-[[:digit:]]+\\z', 'run-12'), matches('\\Arun\\z', 'a run'), matches('[^[:space:]_]', '_ '), matches('[[:alpha:]_]+', '1_')]).toEqual([true, false, false, true]);
		for (const unknown of ['\\Qa\\E', '(?U)a', '(?P<n>a)', '[[:nosuch:]]', '\\y']) expect([unknown, isHarmlessPattern(unknown)]).toEqual([unknown, false]);
	});

	it('lets only patterns pass that end soon on any text', () => {
		for (const pattern of ['model', '^gemma-.*', 'v[0-9]+$', '(?:a|b)c', 'a{2,3}', '[(+]']) expect(isHarmlessPattern(pattern)).toBe(true);
		for (const pattern of ['(a+)+', '(a|a)*b', '((a*)b)*', '(?=a)', '(a)\\1', '(', 'a'.repeat(201), '.*.*.*.*.*.*.*x']) expect(isHarmlessPattern(pattern)).toBe(false);
		fc.assert(fc.property(fc.stringMatching(/^[ab()|*+?.\\[\]{}0-9]{0,24}$/), (pattern) => {
			if (!isHarmlessPattern(pattern)) return;
			// The quicker of two: a machine that does something else for a while says nothing of the pattern.
			const time = (): number => {
				const begun = performance.now();
				patternOf(pattern).test('ab'.repeat(100));
				return performance.now() - begun;
			};
			const first = time();
			expect(first < 500 ? first : time()).toBeLessThan(500);
		}), { numRuns: 500 });
	});
});
