import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	checkAlias,
	checkArtifactName,
	checkArtifactType,
	checkCollectionName,
	checkEntityName,
	checkCardSectionName,
	checkLifecycleStateName,
	checkNewArtifact,
	checkProjectName,
	checkRegistryName,
	checkReserved,
	checkTag,
	looksLikeVersionNumber,
	nameLimits,
	registryOfProject,
	registryProjectName,
} from './names.ts';
import { countCodePoints, lookAlikeKey, nameKey } from './text.ts';
import type { Verdict } from './verdict.ts';
import { explainViolation } from './violations.ts';

const checks = {
	registry: checkRegistryName,
	collection: checkCollectionName,
	artifact: checkArtifactName,
	'artifact type': checkArtifactType,
	alias: checkAlias,
	tag: checkTag,
	project: checkProjectName,
	team: (text: string) => checkEntityName('team', text),
	organization: (text: string) => checkEntityName('organization', text),
	'lifecycle state': checkLifecycleStateName,
	'card section': checkCardSectionName,
} as const;
const kinds = Object.keys(checks) as (keyof typeof checks)[];

function rule(verdict: Verdict<unknown>): string {
	return verdict.ok ? 'ok' : verdict.violation.rule;
}

describe('every kind of name', () => {
	test.each(kinds)('%s: empty, too long, hidden characters', (kind) => {
		const check = checks[kind];
		const limit = nameLimits[kind];
		expect(rule(check(''))).toBe('empty');
		expect(rule(check('   '))).toMatch(kind === 'artifact' ? /forbidden-character/ : /empty/);
		expect(rule(check('a'.repeat(limit)))).toBe('ok');
		expect(check('a'.repeat(limit + 1))).toMatchObject({ ok: false, violation: { rule: 'too-long', limit, length: limit + 1, part: { offset: limit, text: 'a' } } });
		expect(rule(check('a\u0000b'))).toBe('control-character');
		expect(check('a\nb')).toMatchObject({ violation: { rule: 'control-character', part: { offset: 1, position: 2, text: '\n' } } });
		expect(rule(check('a\rb'))).toBe('control-character');
		expect(rule(check('a\u0085b'))).toBe('control-character');
		expect(rule(check('a\u202eb'))).toBe('direction-override');
		expect(rule(check('a\ud800b'))).toBe('lone-surrogate');
		expect(rule(check('ab\udc00'))).toBe('lone-surrogate');
		expect(rule(check(12 as unknown as string))).toBe('not-text');
		expect(rule(check('x'.repeat(10_000_000)))).toBe('too-long');
	});

	test.each(kinds)('%s: names that are traps in JavaScript are ordinary names', (kind) => {
		for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'null', 'undefined', 'NaN', '0']) expect(checks[kind](name)).toEqual({ ok: true, value: name });
	});

	test.each(kinds)('%s: no text makes the check throw; what it accepts it accepts again, unchanged and within the limit', (kind) => {
		const check = checks[kind];
		fc.assert(
			fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 140 }), fc.string({ unit: fc.constantFrom(...'av0- _./:#?%\\é\u0301\u0958😀') , maxLength: 140 })), (text) => {
				const verdict = check(text);
				if (verdict.ok) {
					expect(check(verdict.value)).toEqual(verdict);
					expect(verdict.value).toBe(nameKey(text));
					expect(countCodePoints(verdict.value)).toBeLessThanOrEqual(nameLimits[kind]);
				} else {
					const sentence = explainViolation(verdict.violation);
					expect(sentence).toMatch(/[.]$/);
					if ('part' in verdict.violation && verdict.violation.part) {
						const { part } = verdict.violation;
						expect(part.offset).toBeGreaterThanOrEqual(0);
						expect(part.offset).toBeLessThanOrEqual(nameKey(text).length + text.length);
					}
				}
			}),
		);
	});

	test('length counts code points, so 113 emoji are 113 characters', () => {
		expect(rule(checkRegistryName('😀'.repeat(113)))).toBe('ok');
		expect(checkRegistryName('😀'.repeat(114))).toMatchObject({ violation: { rule: 'too-long', length: 114, part: { offset: 226, position: 114 } } });
	});

	test('two ways to type the same letter are one name; upper and lower case are two', () => {
		expect(checkCollectionName('re\u0301sume\u0301')).toEqual({ ok: true, value: 'r\u00e9sum\u00e9' });
		expect(nameKey('Prod')).not.toBe(nameKey('prod'));
		expect(lookAlikeKey('PROD')).toBe(lookAlikeKey('prod'));
		expect(lookAlikeKey('Straße')).toBe(lookAlikeKey('STRASSE'));
	});
});

describe('registry', () => {
	test.each([...'/\\#?%:'])('refuses %s and says where', (character) => {
		expect(checkRegistryName(`ab${character}c`)).toMatchObject({ violation: { rule: 'forbidden-character', part: { text: character, offset: 2, position: 3 } } });
	});
	test('spaces inside are fine, around not', () => {
		expect(rule(checkRegistryName('Configuration Pipeline'))).toBe('ok');
		expect(checkRegistryName(' x')).toMatchObject({ violation: { rule: 'surrounding-space', part: { offset: 0 } } });
		expect(checkRegistryName('x ')).toMatchObject({ violation: { rule: 'surrounding-space', part: { offset: 1 } } });
	});
	test('. and .. are no names', () => {
		for (const check of [checkRegistryName, checkCollectionName, checkArtifactName, checkAlias, checkProjectName]) {
			expect(rule(check('.'))).toBe('only-dots');
			expect(rule(check('..'))).toBe('only-dots');
			expect(rule(check('...'))).toBe('ok');
		}
	});
	test('its project name and back', () => {
		expect(registryOfProject(registryProjectName('Models'))).toBe('Models');
		expect(registryOfProject('wandb-registry-')).toBeNull();
		expect(registryOfProject('vision')).toBeNull();
	});
});

test('collection: everything but a slash', () => {
	expect(rule(checkCollectionName('a/b'))).toBe('forbidden-character');
	expect(rule(checkCollectionName('a:b #1 100% ?'))).toBe('ok');
});

test('artifact: the fixed alphabet', () => {
	expect(rule(checkArtifactName('all-minilm_L6.v2'))).toBe('ok');
	for (const name of ['a b', 'é', 'a/b', 'a:b', 'а'/* Cyrillic */, 'a\u200bb']) expect(rule(checkArtifactName(name))).toBe('forbidden-character');
});

describe('artifact type and tag follow their patterns', () => {
	// The patterns of the rules, with \w as Python reads it.
	const word = String.raw`[-\p{L}\p{M}\p{N}_]`;
	const typePattern = new RegExp(String.raw`^${word}+( *[-.\p{L}\p{M}\p{N}_])*$`, 'u');
	const tagPattern = new RegExp(`^${word}+( +${word}+)*$`, 'u');
	const letters = fc.string({ unit: fc.constantFrom(...'ab-_. 1é/:'), minLength: 1, maxLength: 12 });
	test('type', () => {
		fc.assert(fc.property(letters, (text) => { expect(checkArtifactType(text).ok).toBe(typePattern.test(text)); }));
	});
	test('tag', () => {
		fc.assert(fc.property(letters, (text) => { expect(checkTag(text).ok).toBe(tagPattern.test(text)); }));
	});
	test('a hostile type is judged at once', () => {
		expect(rule(checkArtifactType(`${'a '.repeat(63)}!`))).toBe('forbidden-character');
	});
	test('a type begins with no dot', () => {
		expect(rule(checkArtifactType('.hidden'))).toBe('wrong-start');
	});
});

describe('alias', () => {
	test('v and digits is a number', () => {
		for (const alias of ['v0', 'v12', 'v007', 'v99999999999999999999', 'v\u0663']) {
			expect(rule(checkAlias(alias))).toBe('version-number');
			expect(looksLikeVersionNumber(alias)).toBe(true);
		}
		for (const alias of ['v', 'V3', 'v1.2', 'v-1', 'version3', 'latest', 'v3a', 'prod v3']) expect(rule(checkAlias(alias))).toBe('ok');
	});
	test('no slash, no colon', () => {
		expect(rule(checkAlias('a/b'))).toBe('forbidden-character');
		expect(rule(checkAlias('a:b'))).toBe('forbidden-character');
	});
});

describe('reserved', () => {
	test.each([
		['job', 'anything', 'artifact type'],
		['wandb-history', 'x', 'artifact type'],
		['run_table', 'run-abc-table', 'artifact'],
		['code', 'source-vision-train.py', 'artifact'],
	])('type %s, name %s', (type, name, subject) => {
		expect(checkReserved(type, name)).toMatchObject({ ok: false, violation: { rule: 'reserved', subject } });
		expect(rule(checkNewArtifact(type, name))).toBe('reserved');
	});
	test('only together', () => {
		expect(checkReserved('run_table', 'mine').ok).toBe(true);
		expect(checkReserved('code', 'mine').ok).toBe(true);
		expect(checkReserved('model', 'run-abc').ok).toBe(true);
		expect(checkReserved('jobs', 'x').ok).toBe(true);
	});
	test('projects of registries', () => {
		expect(checkProjectName('wandb-registry-models')).toMatchObject({ violation: { rule: 'reserved', part: { text: 'wandb-registry-' } } });
	});
});

test('explanations state the rule and the offending part', () => {
	const sentence = (verdict: Verdict<unknown>): string => (verdict.ok ? '' : explainViolation(verdict.violation));
	expect(sentence(checkAlias('a/b'))).toBe('An alias may contain anything but / and :; “/” (position 2) is not allowed.');
	expect(sentence(checkRegistryName(''))).toBe('A registry name needs at least one character; this one is empty.');
	expect(sentence(checkAlias('v3'))).toBe('“v3” can\'t be an alias: “v” followed by digits is always a version number.');
	expect(sentence(checkCollectionName('a\u0007b'))).toContain('U+0007');
});
