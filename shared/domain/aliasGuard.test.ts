import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aliasGuard } from './aliasGuard.ts';

describe('protected aliases', () => {
	test('are single ones or all that fit a pattern', () => {
		const guard = aliasGuard(['production', 'prod-*', '*-eu-*']);
		expect(['production', 'prod-', 'prod-1', 'canary-eu-1'].map((alias) => guard.has(alias))).toEqual([true, true, true, true]);
		expect(['Production', 'production-2', 'prod', 'my-prod-1', 'eu'].map((alias) => guard.has(alias))).toEqual([false, false, false, false, false]);
	});

	test('leave `latest` free unless it is named', () => {
		expect(aliasGuard(['*']).has('latest')).toBe(false);
		expect(aliasGuard(['*']).has('anything')).toBe(true);
		expect(aliasGuard(['latest']).has('latest')).toBe(true);
	});

	test('characters that mean something in a regular expression mean themselves', () => {
		expect(aliasGuard(['a.b*']).has('axb')).toBe(false);
		expect(aliasGuard(['a.b*']).has('a.bc')).toBe(true);
	});

	test('agree with the plain definition of such a pattern', () => {
		const piece = fc.stringMatching(/^[ab]{0,3}$/);
		fc.assert(fc.property(fc.array(piece, { minLength: 2, maxLength: 5 }), fc.stringMatching(/^[ab]{0,10}$/), (pieces, alias) => {
			expect(aliasGuard([pieces.join('*')]).has(alias)).toBe(new RegExp(`^${pieces.join('[ab]*')}$`, 'u').test(alias));
		}));
	});

	test('a pattern made to take long does not', () => {
		expect(aliasGuard([`${'a*'.repeat(60)}b`]).has('a'.repeat(128))).toBe(false);
	});
});
