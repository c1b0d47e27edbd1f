/**
 * How a pack is written. All numbers are little-endian, unsigned, 32 bits.
 *
 *   pack     = head, then records, in the order in which they were written
 *   head     = "VITRPACK", format, number of the pack, 16 reserved bytes
 *   record   = header (80 bytes), then its payload
 *   header   = mark (8), crc of the rest of the header, kind, payload size, seconds since 1970, md5 (16), sha256 (32),
 *              crc of the payload (index records only), reserved
 *   index    = a record whose payload is entries of 64 bytes, followed by a trailer of 32 bytes
 *   (an index's entries are in the order of their digests' first word, which makes filling the table twice as quick)
 *   entry    = sha256 (32), md5 (16), offset of the record's header, size, seconds since 1970, reserved
 *   trailer  = "VITRTAIL", offset of its index record, end of the previous index that still counts (0: none), entries,
 *              reserved, reserved, crc of all that
 *
 * Each commit ends with an index record, so a sound pack ends with a trailer, and from trailer to trailer the whole
 * content is known without reading the objects. Without them everything can be found again by walking the records,
 * and past a broken header by looking for the next mark.
 */
import { crc32 } from 'node:zlib';

export const packHeadBytes = 32;
export const headerBytes = 80;
export const entryBytes = 64;
export const entryWords = entryBytes / 4;
export const trailerBytes = 32;

export const recordMark = Buffer.from([0x89, 0x56, 0x4f, 0x42, 0x0d, 0x0a, 0x1a, 0x01]);
const packMark = Buffer.from('VITRPACK', 'latin1');
const trailerMark = Buffer.from('VITRTAIL', 'latin1');
const packFormat = 1;

export const recordKinds = { object: 1, index: 2 } as const;
export type RecordKind = (typeof recordKinds)[keyof typeof recordKinds];

export type RecordHeader = {
	readonly kind: RecordKind;
	/** Bytes of payload. */
	readonly size: number;
	readonly storedSeconds: number;
	readonly md5: Buffer;
	readonly sha256: Buffer;
	readonly payloadCrc: number;
};

export function encodePackHead(number: number): Buffer {
	const head = Buffer.alloc(packHeadBytes);
	packMark.copy(head);
	head.writeUInt32LE(packFormat, 8);
	head.writeUInt32LE(number, 12);
	return head;
}

/** Whether these bytes begin a pack that this program can read. */
export function isPackHead(head: Buffer): boolean {
	return head.length >= packHeadBytes && head.subarray(0, 8).equals(packMark) && head.readUInt32LE(8) === packFormat;
}

/** Writes a header at `at`; `sha256` and `md5` are raw digests. */
export function writeHeader(target: Buffer, at: number, kind: RecordKind, size: number, storedSeconds: number, sha256: Uint8Array | null, md5: Uint8Array | null, payloadCrc = 0): void {
	recordMark.copy(target, at);
	target.writeUInt32LE(kind, at + 12);
	target.writeUInt32LE(size, at + 16);
	target.writeUInt32LE(storedSeconds, at + 20);
	if (md5 === null) target.fill(0, at + 24, at + 40);
	else target.set(md5, at + 24);
	if (sha256 === null) target.fill(0, at + 40, at + 72);
	else target.set(sha256, at + 40);
	target.writeUInt32LE(payloadCrc, at + 72);
	target.writeUInt32LE(0, at + 76);
	target.writeUInt32LE(crc32(target.subarray(at + 12, at + headerBytes)), at + 8);
}

/** The header at `at`, or null where there is none that holds together. The digests are views of `source`. */
export function readHeader(source: Buffer, at: number): RecordHeader | null {
	if (at + headerBytes > source.length) return null;
	if (source.compare(recordMark, 0, recordMark.length, at, at + recordMark.length) !== 0) return null;
	if (source.readUInt32LE(at + 8) !== crc32(source.subarray(at + 12, at + headerBytes))) return null;
	const kind = source.readUInt32LE(at + 12);
	if (kind !== recordKinds.object && kind !== recordKinds.index) return null;
	return {
		kind,
		size: source.readUInt32LE(at + 16),
		storedSeconds: source.readUInt32LE(at + 20),
		md5: source.subarray(at + 24, at + 40),
		sha256: source.subarray(at + 40, at + 72),
		payloadCrc: source.readUInt32LE(at + 72),
	};
}

export function writeEntry(target: Buffer, at: number, sha256: Uint8Array, md5: Uint8Array, offset: number, size: number, storedSeconds: number): void {
	target.set(sha256, at);
	target.set(md5, at + 32);
	target.writeUInt32LE(offset, at + 48);
	target.writeUInt32LE(size, at + 52);
	target.writeUInt32LE(storedSeconds, at + 56);
	target.writeUInt32LE(0, at + 60);
}

/** The entries in the order of the first little-endian word of their digests: the order in which the table lies in memory. */
export function sortedEntries(entries: Buffer): Buffer {
	const count = entries.length / entryBytes;
	const sorted = Buffer.allocUnsafeSlow(entries.length);
	for (const [place, index] of orderBy(count, (entry) => entries.readUInt32LE(entry * entryBytes)).entries()) entries.copy(sorted, place * entryBytes, index * entryBytes, (index + 1) * entryBytes);
	return sorted;
}

/** The numbers 0 … count - 1 in the order of a 32-bit key; `count` at most 2^21. */
export function orderBy(count: number, keyOf: (index: number) => number): Float64Array {
	const keys = new Float64Array(count);
	for (let index = 0; index < count; index++) keys[index] = keyOf(index) * 2 ** 21 + index;
	keys.sort();
	for (let place = 0; place < count; place++) keys[place] = keys[place]! % 2 ** 21;
	return keys;
}

/** Where in an entry, read as 32-bit words, its numbers stand. */
export const entryOffsetWord = 12;
export const entrySizeWord = 13;
export const entryStoredWord = 14;

export type Trailer = { readonly indexOffset: number; readonly previousEnd: number; readonly count: number };

export function encodeTrailer(trailer: Trailer): Buffer {
	const bytes = Buffer.alloc(trailerBytes);
	trailerMark.copy(bytes);
	bytes.writeUInt32LE(trailer.indexOffset, 8);
	bytes.writeUInt32LE(trailer.previousEnd, 12);
	bytes.writeUInt32LE(trailer.count, 16);
	bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28);
	return bytes;
}

export function readTrailer(source: Buffer, at: number): Trailer | null {
	if (at < 0 || at + trailerBytes > source.length) return null;
	if (source.compare(trailerMark, 0, 8, at, at + 8) !== 0 || source.readUInt32LE(at + 28) !== crc32(source.subarray(at, at + 28))) return null;
	return { indexOffset: source.readUInt32LE(at + 8), previousEnd: source.readUInt32LE(at + 12), count: source.readUInt32LE(at + 16) };
}

/** Bytes of an index record with `count` entries, its header and trailer included. */
export function indexRecordBytes(count: number): number {
	return headerBytes + count * entryBytes + trailerBytes;
}

/** An index record that is to stand at `offset`. */
export function encodeIndexRecord(entries: Buffer, offset: number, previousEnd: number, storedSeconds: number): Buffer {
	const count = entries.length / entryBytes;
	const record = Buffer.allocUnsafe(indexRecordBytes(count));
	writeHeader(record, 0, recordKinds.index, entries.length, storedSeconds, null, null, crc32(entries));
	entries.copy(record, headerBytes);
	encodeTrailer({ indexOffset: offset, previousEnd, count }).copy(record, headerBytes + entries.length);
	return record;
}
