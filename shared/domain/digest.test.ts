import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { manifestChunks, sortForDigest, wandbManifestChunks, type DigestEntry } from './digest.ts';

const sha256 = (chunks: Iterable<string>): string => {
	const hash = createHash('sha256');
	for (const chunk of chunks) hash.update(chunk, 'utf8');
	return hash.digest('hex');
};
const file = (path: string, content = path): DigestEntry => ({ kind: 'file', path, size: Buffer.byteLength(content), sha256: createHash('sha256').update(content).digest('hex') });

describe('our manifest text', () => {
	test('is written as documented', () => {
		const entries: DigestEntry[] = [file('a "b"\\c', 'x'), { kind: 'reference', path: 'data', uri: 's3://bucket/data', size: null, checksum: null }, { kind: 'reference', path: 'data2', uri: 'https://x/"', size: 5, checksum: 'etag' }];
		expect([...manifestChunks(sortForDigest(entries))].join('')).toBe(
			['vitrine-manifest-v1', `file "a \\"b\\"\\\\c" 1 ${createHash('sha256').update('x').digest('hex')}`, 'reference "data" - "s3://bucket/data" -', 'reference "data2" 5 "https://x/\\"" "etag"', ''].join('\n'),
		);
	});
	test('no entries at all', () => {
		expect([...manifestChunks([])]).toEqual(['vitrine-manifest-v1\n']);
	});
	test('the digest of a known version stays what it is', () => {
		expect(sha256(manifestChunks(sortForDigest([file('weights.bin'), file('config.json')])))).toBe(
			createHash('sha256')
				.update(`vitrine-manifest-v1\nfile "config.json" 11 ${createHash('sha256').update('config.json').digest('hex')}\nfile "weights.bin" 11 ${createHash('sha256').update('weights.bin').digest('hex')}\n`)
				.digest('hex'),
		);
	});
	const anyEntry = fc.oneof(
		fc.record({ kind: fc.constant('file' as const), path: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }), size: fc.nat(), sha256: fc.constantFrom('a'.repeat(64), 'b'.repeat(64)) }),
		fc.record({ kind: fc.constant('reference' as const), path: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }), uri: fc.string({ maxLength: 5 }), size: fc.option(fc.nat(3)), checksum: fc.option(fc.constantFrom('', '-', 'x\n')) }),
	);
	const manifest = fc.uniqueArray(anyEntry, { selector: (entry) => entry.path, maxLength: 6 });
	test('depends on what is in it, not on the order, and on nothing else', () => {
		const canonical = (entries: readonly DigestEntry[]): string => JSON.stringify(sortForDigest(entries).map((entry) => (entry.kind === 'file' ? [entry.path, entry.size, entry.sha256] : [entry.path, entry.uri, entry.size, entry.checksum])));
		fc.assert(
			fc.property(manifest, manifest, (left, right) => {
				const text = (entries: readonly DigestEntry[]): string => [...manifestChunks(sortForDigest(entries))].join('');
				expect(text(left.toReversed())).toBe(text(left));
				expect(text(left) === text(right)).toBe(canonical(left) === canonical(right));
			}),
		);
	});
	test('the order is that of the UTF-8 bytes', () => {
		fc.assert(
			fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 8 }), (paths) => {
				const sorted = sortForDigest(paths.map((path) => ({ path }))).map((entry) => entry.path);
				expect(sorted).toEqual(paths.toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))));
			}),
		);
		expect(sortForDigest([{ path: '\u{1F600}' }, { path: '\uFF01' }]).map((entry) => entry.path)).toEqual(['\uFF01', '\u{1F600}']);
	});
	test('unsorted or doubled entries are a mistake of the program', () => {
		expect(() => [...manifestChunks([file('b'), file('a')])]).toThrow('sorted');
		expect(() => [...manifestChunks([file('a'), file('a')])]).toThrow('sorted');
	});
	test('100,000 entries come in chunks', () => {
		const entries = function* (): Generator<DigestEntry> {
			for (let index = 0; index < 100_000; index++) yield { kind: 'file', path: String(index).padStart(6, '0'), size: index, sha256: 'a'.repeat(64) };
		};
		let longest = 0;
		let count = 0;
		for (const chunk of manifestChunks(entries())) {
			longest = Math.max(longest, chunk.length);
			count++;
		}
		expect(longest).toBeLessThan(70_000);
		expect(count).toBeGreaterThan(50);
	});
});

test('W&B\'s digest, against the known example', () => {
	const md5 = (text: Iterable<string>, encoding: 'hex' | 'base64'): string => {
		const hash = createHash('md5');
		for (const chunk of text) hash.update(chunk, 'utf8');
		return hash.digest(encoding);
	};
	const digest = md5(['weights1'], 'base64');
	expect(digest).toBe('FEyH3/8dUbRfIDkVZCJtvw==');
	expect(md5(wandbManifestChunks([{ path: 'm.pt', digest }]), 'hex')).toBe('42de416d06ce048d11e12578dc5cbb0c');
});
