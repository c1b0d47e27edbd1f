/**
 * The texts whose hash is a version's digest. This file writes them, the caller hashes the chunks as they come: SHA-256 in
 * lower-case hex for our own, MD5 in lower-case hex for W&B's.
 */
import { invariant } from './assert.ts';
import { compareCodePoints } from './text.ts';

/** A file or a reference in a version's manifest, as far as it makes its digest. */
export type DigestEntry =
	| { readonly kind: 'file'; readonly path: string; /** Bytes. */ readonly size: number; /** SHA-256 of the bytes, lower-case hex. */ readonly sha256: string }
	| {
			readonly kind: 'reference';
			readonly path: string;
			readonly uri: string;
			/** Bytes; null where nobody knows. */
			readonly size: number | null;
			/** ETag, generation, hash: whatever the place of the reference answers for its content; null where nothing. */
			readonly checksum: string | null;
	  };

export const manifestHeader = 'vitrine-manifest-v1';

/**
 * Our manifest text, in chunks. One line per entry, in code point order of the paths, each ended by `\n`:
 *
 *   vitrine-manifest-v1
 *   file "weights/model.safetensors" 90868376 9a1b…
 *   reference "train.parquet" 1024 "s3://bucket/train.parquet" "etag-or-hash"
 *
 * Paths, URIs and checksums are JSON strings, so no name can imitate a line; an unknown size or checksum is `-`. The
 * entries must come sorted by {@link compareCodePoints} and without doubles, and that is checked on the way.
 */
export function* manifestChunks(sorted: Iterable<DigestEntry>): Generator<string, void, undefined> {
	yield* inChunks(`${manifestHeader}\n`, sorted, manifestLine);
}

/** An entry as W&B's digest sees it: the digest is base64 MD5 of a file, or what the client put for a reference. */
export interface WandbDigestEntry {
	readonly path: string;
	readonly digest: string;
}

export const wandbManifestHeader = 'wandb-artifact-manifest-v1';

/** The text that W&B clients hash for an artifact's digest, in chunks: header, then `path:digest` per line, sorted likewise. */
export function* wandbManifestChunks(sorted: Iterable<WandbDigestEntry>): Generator<string, void, undefined> {
	yield* inChunks(`${wandbManifestHeader}\n`, sorted, (entry) => `${entry.path}:${entry.digest}\n`);
}

/** Entries in the order in which they are hashed. */
export function sortForDigest<E extends { readonly path: string }>(entries: Iterable<E>): E[] {
	return [...entries].sort((left, right) => compareCodePoints(left.path, right.path));
}

function manifestLine(entry: DigestEntry): string {
	if (entry.kind === 'file') return `file ${JSON.stringify(entry.path)} ${entry.size} ${entry.sha256}\n`;
	return `reference ${JSON.stringify(entry.path)} ${entry.size ?? '-'} ${JSON.stringify(entry.uri)} ${entry.checksum === null ? '-' : JSON.stringify(entry.checksum)}\n`;
}

const chunkLength = 64 * 1024;

function* inChunks<E extends { readonly path: string }>(header: string, sorted: Iterable<E>, line: (entry: E) => string): Generator<string, void, undefined> {
	let chunk = header;
	let previous: string | null = null;
	for (const entry of sorted) {
		invariant(previous === null || compareCodePoints(previous, entry.path) < 0, 'entries of a manifest come sorted and once each');
		previous = entry.path;
		chunk += line(entry);
		if (chunk.length >= chunkLength) {
			yield chunk;
			chunk = '';
		}
	}
	if (chunk !== '') yield chunk;
}
