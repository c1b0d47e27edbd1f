import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainViolation } from './violations.ts';
import { base64OfHexMd5, formatWandbManifest, hexOfBase64Md5, parseWandbManifest } from './wandbManifest.ts';

const digest = 'FEyH3/8dUbRfIDkVZCJtvw==';
const manifest = (contents: unknown, more: Readonly<Record<string, unknown>> = {}) => JSON.stringify({ version: 1, storagePolicy: 'wandb-storage-policy-v1', storagePolicyConfig: { storageLayout: 'V2' }, contents, ...more });

describe('a manifest of the client', () => {
	it('is read with files and references, in code point order, what is unknown kept', () => {
		const read = parseWandbManifest(manifest({
			'\u{1F600}.bin': { digest, size: 1 }, '\uFFFD.bin': { digest, size: 2, extra: { a: 1 }, local_path: '/home/ada/x' }, far: { digest: 'etag', ref: 's3://bucket/x' },
		}));
		expect(read.ok && read.value.entries.map(({ path, md5, size, reference, raw }) => [path, md5, size, reference, raw])).toEqual([
			['far', null, null, 's3://bucket/x', { digest: 'etag', ref: 's3://bucket/x' }],
			['\uFFFD.bin', '144c87dfff1d51b45f20391564226dbf', 2, null, { digest, size: 2, extra: { a: 1 } }],
			['\u{1F600}.bin', '144c87dfff1d51b45f20391564226dbf', 1, null, { digest, size: 1 }],
		]);
	});

	it.each([
		['text', 'no JSON'], ['[]', 'no JSON object'], [manifest({}, { version: 2 }), 'its version'], [manifest({}, { storagePolicy: 'x' }), 'its storage policy'], [manifest(null), 'contents'],
		[manifest({ a: 1 }), '“a”'], [manifest({ a: { size: 1 } }), 'no digest'], [manifest({ a: { digest: 'zz', size: 1 } }), 'no MD5'], [manifest({ a: { digest } }), 'no size'], [manifest({ a: { digest, size: -1 } }), 'its size'],
		[manifest({ a: { digest, size: 1, ref: 'nowhere' } }), 'no URI'], [manifest({ '../a': { digest, size: 1 } }), 'step'], [manifest({ a: { digest, size: 1 }, 'a/b': { digest, size: 1 } }), 'folder'],
	])('that can’t be what it says is refused as a whole: %s', (text, words) => {
		const read = parseWandbManifest(text);
		expect(read.ok).toBe(false);
		if (!read.ok) expect(explainViolation(read.violation)).toContain(words);
	});

	it('never throws, and what it accepts it writes and reads again', () => {
		fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.dictionary(fc.string(), fc.record({ digest: fc.constantFrom(digest, 'x', 3), size: fc.oneof(fc.nat(), fc.anything()), ref: fc.constantFrom(undefined, 'gs://x', 7) })).map((contents) => manifest(contents))), (text) => {
			const read = parseWandbManifest(text);
			if (!read.ok) return;
			const again = parseWandbManifest(formatWandbManifest(read.value.entries.map((entry) => [entry.path, entry.raw])));
			expect(again).toEqual(read);
		}));
	});

	it('turns digests to and fro as Node does', () => {
		fc.assert(fc.property(fc.string(), (text) => {
			const hash = createHash('md5').update(text);
			const hex = hash.copy().digest('hex');
			const base64 = hash.digest('base64');
			expect([hexOfBase64Md5(base64), base64OfHexMd5(hex)]).toEqual([hex, base64]);
		}));
		expect(hexOfBase64Md5('FEyH3/8dUbRfIDkVZCJtvx==')).toBeNull();
	});
});
