import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkManifestPaths, findUnportable, validatePathInArtifact } from './paths.ts';
import { nameKey, utf8Length } from './text.ts';
import { explainViolation } from './violations.ts';

function rule(text: string): string {
	const verdict = validatePathInArtifact(text);
	return verdict.ok ? 'ok' : verdict.violation.rule;
}

describe('one path', () => {
	test.each([
		['', 'empty'],
		['../x', 'dot-segment'],
		['a/../../x', 'dot-segment'],
		['a/..', 'dot-segment'],
		['./a', 'dot-segment'],
		['a/./b', 'dot-segment'],
		['a#/../../x', 'dot-segment'],
		['a?/../x', 'dot-segment'],
		['..\\x', 'backslash'],
		['a\\b', 'backslash'],
		['\\\\host\\share', 'backslash'],
		['\\\\?\\C:\\x', 'backslash'],
		['/etc/passwd', 'absolute-path'],
		['//host/x', 'absolute-path'],
		['/', 'absolute-path'],
		['C:/x', 'drive-letter'],
		['C:x', 'drive-letter'],
		['x:stream', 'drive-letter'],
		['a/C:x', 'drive-letter'],
		['a/b:stream', 'drive-letter'],
		['a//b', 'empty-segment'],
		['a/', 'empty-segment'],
		['%2e%2e/x', 'encoded-dot-segment'],
		['%2E%2e/x', 'encoded-dot-segment'],
		['.%2e/x', 'encoded-dot-segment'],
		['%252e%252e/x', 'encoded-dot-segment'],
		['%25252e%25252e/x', 'encoded-dot-segment'],
		['..%2f..%2fx', 'encoded-dot-segment'],
		['a%5c..%5cx', 'encoded-dot-segment'],
		['%c0%ae%c0%ae/x', 'encoded-dot-segment'],
		['%e0%80%ae%e0%80%ae/x', 'encoded-dot-segment'],
		['..;/x', 'encoded-dot-segment'],
		['..;a=b/x', 'encoded-dot-segment'],
		['\u2025/x', 'encoded-dot-segment'],
		['\uff0e\uff0e/x', 'encoded-dot-segment'],
		['.. /x', 'only-dots-and-spaces'],
		['. . /x', 'only-dots-and-spaces'],
		['.../x', 'only-dots-and-spaces'],
		['a/ /b', 'only-dots-and-spaces'],
		['a\0b', 'control-character'],
		['a\nb', 'control-character'],
		['a\tb', 'control-character'],
		['\u202egpj.exe', 'direction-override'],
		['a\ud800', 'lone-surrogate'],
		['x'.repeat(256), 'segment-too-long'],
		['é'.repeat(128), 'segment-too-long'],
		['x'.repeat(300), 'segment-too-long'],
		['x/'.repeat(2500) + 'x', 'path-too-long'],
		['x'.repeat(5000), 'path-too-long'],
	].map(([text, expected]) => [text!.slice(0, 24), expected!, text!] as const))('%j: %s', (_label, expected, text) => {
		expect(rule(text)).toBe(expected);
	});

	test.each(['a', 'a/b', '.gitignore', '..a', 'a..b', 'a..', 'a b', 'a%2Fb.txt', 'https%3A%2F%2Fexample.com', '100%', 'é/日本語.txt', 'a;b', 'a+b&c', 'CON', 'aux.txt', 'a.', 'a/data:stream', '😀.bin', 'constructor', '__proto__'])(
		'%j is accepted, unchanged',
		(text) => {
			expect(validatePathInArtifact(text)).toEqual({ ok: true, value: text });
		},
	);

	test('a step may be 255 bytes long', () => {
		expect(rule('x'.repeat(255))).toBe('ok');
		expect(rule('é'.repeat(127))).toBe('ok');
	});

	test('what is refused says where', () => {
		expect(validatePathInArtifact('ab/../c')).toMatchObject({ violation: { part: { text: '..', offset: 3, position: 4 } } });
		expect(validatePathInArtifact('ab//c')).toMatchObject({ violation: { part: { offset: 3 } } });
		expect(validatePathInArtifact('😀\\c')).toMatchObject({ violation: { part: { offset: 2, position: 2 } } });
	});

	test('10 MB, and encodings nested as deep as they fit, are judged at once', () => {
		expect(rule('a/'.repeat(5_000_000))).toBe('path-too-long');
		const deep = `%${'25'.repeat(120)}2e`;
		expect(rule(deep)).toBe('encoded-dot-segment');
	});
});

const hostileUnit = fc.constantFrom(...'aB./\\:%25eE2fc0 ;~*?"<>|\0\n\u202e\u2025\uff0eé\u0301CON😀');

test('an accepted path is canonical and stays in its folder, by POSIX and by Windows rules', () => {
	fc.assert(
		fc.property(fc.oneof(fc.string({ unit: hostileUnit, maxLength: 24 }), fc.array(fc.constantFrom('..', '.', '', 'a', 'B', 'C:', '%2e%2e', '.. ', '..;x', '...', 'con'), { maxLength: 6 }).map((steps) => steps.join('/'))), (text) => {
			if (!validatePathInArtifact(text).ok) return;
			expect(path.posix.isAbsolute(text)).toBe(false);
			expect(path.win32.isAbsolute(text)).toBe(false);
			expect(path.win32.parse(text).root).toBe('');
			expect(path.posix.normalize(text)).toBe(text);
			// Node puts "./" before what could be taken for a device; it is the same path.
			expect(path.win32.normalize(text).replaceAll('\\', '/').replace(/^\.\//, '')).toBe(text);
			expect(path.win32.resolve('D:\\srv\\here', ...text.split('/'))).toBe(path.win32.resolve('D:\\srv\\here', text));
			expect(path.posix.relative('/srv/here', path.posix.resolve('/srv/here', text))).toBe(text);
			expect(path.win32.resolve('D:\\srv\\here', text).startsWith('D:\\srv\\here\\')).toBe(true);
			// As Windows itself does it: dots and spaces at the end of a step count for nothing.
			for (const step of text.split('/')) expect(step.replace(/[. ]+$/, '')).not.toBe('');
			// And after decoding once too often.
			let decoded = text;
			for (let round = 0; round < 3; round++) {
				try {
					decoded = decodeURIComponent(decoded);
				} catch {
					break;
				}
				expect(decoded.split(/[/\\]/)).not.toContain('..');
			}
		}),
		{ numRuns: 3000 },
	);
});

test('whatever it is, the check answers, with a part inside the text and a sentence', () => {
	fc.assert(
		fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ unit: hostileUnit, maxLength: 60 })), (text) => {
			const verdict = validatePathInArtifact(text);
			if (verdict.ok) {
				expect(verdict.value).toBe(text);
				expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
				return;
			}
			expect(explainViolation(verdict.violation)).toMatch(/\.$/);
			if ('part' in verdict.violation && verdict.violation.part) expect(verdict.violation.part.offset).toBeLessThanOrEqual(text.length);
		}),
	);
});

test('names that Windows can\'t hold', () => {
	expect(findUnportable('a/CON')?.rule).toBe('device-name');
	expect(findUnportable('aux.txt')?.rule).toBe('device-name');
	expect(findUnportable('com1.tar.gz')?.rule).toBe('device-name');
	expect(findUnportable('LPT¹')?.rule).toBe('device-name');
	expect(findUnportable('a.')?.rule).toBe('trailing-dot-or-space');
	expect(findUnportable('a /b')?.rule).toBe('trailing-dot-or-space');
	expect(findUnportable('b/a:stream')).toMatchObject({ rule: 'unportable-character', part: { text: ':', offset: 3 } });
	for (const fine of ['console', 'com', 'com10', 'auxiliary.txt', 'nullable/x', '.a']) expect(findUnportable(fine)).toBeNull();
});

describe('all paths of a manifest', () => {
	const refusal = (...paths: string[]): string => {
		const verdict = checkManifestPaths(paths);
		return verdict.ok ? 'ok' : verdict.violation.rule;
	};
	test('collisions', () => {
		expect(refusal('a', 'b', 'a')).toBe('duplicate-path');
		expect(refusal('a', 'a/b')).toBe('file-and-folder');
		expect(refusal('a/b', 'a')).toBe('file-and-folder');
		expect(refusal('a/b/c/d', 'x', 'a/b')).toBe('file-and-folder');
		expect(refusal('a/b', 'a/b/c/d')).toBe('file-and-folder');
		expect(refusal('é', 'e\u0301')).toBe('unicode-twin');
		expect(refusal('a/b', '../c')).toBe('dot-segment');
		expect(refusal('a/b', 'a/c', 'a.b', 'ab', 'a-b/c')).toBe('ok');
	});
	test('cautions, which become refusals when it must fit everywhere', () => {
		for (const [paths, caution] of [
			[['Model.bin', 'model.bin'], 'case-twin'],
			[['A/x', 'a/y'], 'case-twin'],
			[['A', 'a/y'], 'case-twin'],
			[['a.', 'a'], 'trailing-dot-or-space'],
			[['nul'], 'device-name'],
		] as const) {
			const verdict = checkManifestPaths(paths);
			expect(verdict.ok && verdict.value.cautions.map((found) => found.rule)).toContain(caution);
			expect(checkManifestPaths(paths, { portable: true })).toMatchObject({ ok: false, violation: { rule: caution } });
		}
		expect(checkManifestPaths(['a.', 'a'])).toMatchObject({ value: { cautionCount: 2 } });
	});
	test('many cautions are counted, a few are listed', () => {
		const verdict = checkManifestPaths(Array.from({ length: 5000 }, (_, index) => `f${index}.`));
		expect(verdict).toMatchObject({ ok: true, value: { count: 5000, cautionCount: 5000 } });
		expect(verdict.ok && verdict.value.cautions.length).toBe(100);
	});
	test('agrees with the plain definition, in any order', () => {
		const paths = fc.array(fc.array(fc.constantFrom('a', 'b', 'é', 'e\u0301'), { minLength: 1, maxLength: 3 }).map((steps) => steps.join('/')), { maxLength: 6 });
		fc.assert(
			fc.property(paths, (list) => {
				const keys = list.map(nameKey);
				const clash = keys.some((key, index) => keys.some((other, otherIndex) => otherIndex !== index && (other === key || other.startsWith(`${key}/`))));
				expect(checkManifestPaths(list).ok).toBe(!clash);
			}),
			{ numRuns: 2000 },
		);
	});
});
