import { hash } from 'node:crypto';
import { closeSync, constants, existsSync, fchmodSync, fdatasyncSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { packPath, temporaryFileMode, type StoreLayout } from './layout.ts';
import {
	encodeIndexRecord,
	entryBytes,
	headerBytes,
	isPackHead,
	packHeadBytes,
	readHeader,
	readTrailer,
	recordKinds,
	recordMark,
	sortedEntries,
	trailerBytes,
	writeEntry,
	type RecordKind,
} from './packFormat.ts';

/** An index record of a pack that still counts: later ones may have taken its entries over. */
export type PackIndex = { readonly offset: number; readonly end: number; readonly count: number };

/** What is known of a pack between two commits. */
export type PackState = {
	readonly number: number;
	/** Bytes of the file; what lies behind was never committed. */
	readonly length: number;
	readonly indexes: readonly PackIndex[];
	readonly entryCount: number;
};

export type LoadedPack = {
	readonly state: PackState;
	/** All entries, 64 bytes each, at a multiple of four bytes. */
	readonly entries: Buffer;
	/** What had to be done to read it: nothing, or walking its records. */
	readonly recovered: boolean;
	readonly quarantined: number;
};

export const emptyPackState = (number: number): PackState => ({ number, length: 0, indexes: [], entryCount: 0 });

/**
 * Reads a pack's indexes from its end. Null where the last commit isn't whole (a crash while appending, a damaged
 * index): then {@link recoverPack} finds out what is there.
 */
export function loadPack(layout: StoreLayout, number: number): LoadedPack | null {
	const descriptor = openSync(packPath(layout, number), constants.O_RDONLY | constants.O_NOFOLLOW);
	try {
		if (!isPackHead(readAt(descriptor, 0, packHeadBytes))) return null;
		return loadIndexes(descriptor, number, fstatSync(descriptor).size);
	} finally {
		closeSync(descriptor);
	}
}

/** How many entries a pack has by its trailers alone; 0 where they aren't sound. For planning only. */
export function countEntries(layout: StoreLayout, number: number): number {
	const descriptor = openSync(packPath(layout, number), constants.O_RDONLY | constants.O_NOFOLLOW);
	try {
		let count = 0;
		for (let end = fstatSync(descriptor).size; end > trailerBytes; ) {
			const trailer = readTrailer(readAt(descriptor, end - trailerBytes, trailerBytes), 0);
			if (trailer === null || trailer.previousEnd > trailer.indexOffset || trailer.indexOffset >= end) return 0;
			count += trailer.count;
			end = trailer.previousEnd;
		}
		return count;
	} finally {
		closeSync(descriptor);
	}
}

/** Follows the indexes back from the one that ends at `length`. Null where one of them isn't sound. */
function loadIndexes(descriptor: number, number: number, length: number): LoadedPack | null {
	if (length < packHeadBytes + headerBytes + trailerBytes) return null;
	const indexes: PackIndex[] = [];
	const parts: Buffer[] = [];
	for (let end = length; end > 0; ) {
		const trailer = readTrailer(readAt(descriptor, end - trailerBytes, trailerBytes), 0);
		const payloadBytes = end - trailerBytes - headerBytes - (trailer?.indexOffset ?? 0);
		if (trailer === null || trailer.previousEnd > trailer.indexOffset || payloadBytes !== trailer.count * entryBytes) return null;
		const record = readAt(descriptor, trailer.indexOffset, headerBytes + payloadBytes);
		const header = readHeader(record, 0);
		const payload = record.subarray(headerBytes);
		if (header === null || header.kind !== recordKinds.index || header.size !== payloadBytes || header.payloadCrc !== crc32(payload)) return null;
		indexes.push({ offset: trailer.indexOffset, end, count: trailer.count });
		parts.push(payload);
		end = trailer.previousEnd;
	}
	const entries = joinAligned(parts.reverse());
	return { state: { number, length, indexes: indexes.reverse(), entryCount: entries.length / entryBytes }, entries, recovered: false, quarantined: 0 };
}

/**
 * Finds out what a pack holds whose end isn't sound: walks its records, believes the last whole index for what stands
 * before it, and keeps of the rest every object whose bytes fit their digest. What was being written when the program
 * ended is cut off, and the pack ends with a fresh index. Committed objects that don't fit go to quarantine. With
 * `readOnly` the file stays as it is; `thorough` believes no index and checks every object.
 */
export function recoverPack(layout: StoreLayout, number: number, readOnly: boolean, thorough = false): LoadedPack {
	const descriptor = openSync(packPath(layout, number), (readOnly ? constants.O_RDONLY : constants.O_RDWR) | constants.O_NOFOLLOW);
	try {
		const fileBytes = fstatSync(descriptor).size;
		const records = walkRecords(descriptor, fileBytes);
		const lastIndexEnd = records.findLast((record) => record.kind === recordKinds.index)?.end ?? 0;
		const committed = lastIndexEnd === 0 || thorough ? null : loadIndexes(descriptor, number, lastIndexEnd);
		const parts: Buffer[] = committed === null ? [] : [committed.entries];
		let soundEnd = Math.max(lastIndexEnd, packHeadBytes);
		let quarantined = 0;
		for (const record of records) {
			if (record.kind !== recordKinds.object || (committed !== null && record.offset < lastIndexEnd)) continue;
			const bytes = readAt(descriptor, record.offset, headerBytes + record.size);
			const header = readHeader(bytes, 0);
			if (header === null || bytes.length < headerBytes + record.size) continue;
			const payload = bytes.subarray(headerBytes);
			if (hash('sha256', payload, 'buffer').equals(header.sha256)) {
				const entry = Buffer.alloc(entryBytes);
				writeEntry(entry, 0, header.sha256, header.md5, record.offset, header.size, header.storedSeconds);
				parts.push(entry);
				soundEnd = Math.max(soundEnd, record.end);
			} else if (record.offset < lastIndexEnd && !readOnly && keepDamaged(layout, header.sha256.toString('hex'), payload) !== null) {
				quarantined++;
			}
		}
		const entries = joinAligned(parts);
		const entryCount = entries.length / entryBytes;
		const headIsSound = isPackHead(readAt(descriptor, 0, packHeadBytes));
		// A pack that can't be written to, now or ever again: its objects stay readable until it is rewritten.
		const closed: LoadedPack = { state: { number, length: closedLength, indexes: [], entryCount }, entries, recovered: true, quarantined };
		if (readOnly || (!headIsSound && entryCount > 0)) return closed;
		if (entryCount === 0) {
			ftruncateSync(descriptor, 0);
			return { ...closed, state: emptyPackState(number) };
		}
		ftruncateSync(descriptor, soundEnd);
		const record = encodeIndexRecord(sortedEntries(entries), soundEnd, 0, nowSeconds());
		writeAll(descriptor, record, soundEnd);
		fdatasyncSync(descriptor);
		const end = soundEnd + record.length;
		return { state: { number, length: end, indexes: [{ offset: soundEnd, end, count: entryCount }], entryCount }, entries, recovered: true, quarantined };
	} finally {
		closeSync(descriptor);
	}
}

/** The length given to packs that must not be appended to. */
export const closedLength = Number.MAX_SAFE_INTEGER;

type FoundRecord = { readonly kind: RecordKind; readonly offset: number; readonly size: number; readonly end: number };

/** All records with a sound header that end within the file; index records only where their payload is sound too. */
function walkRecords(descriptor: number, fileBytes: number): FoundRecord[] {
	const found: FoundRecord[] = [];
	for (let at = packHeadBytes; at + headerBytes <= fileBytes; ) {
		const header = readHeader(readAt(descriptor, at, headerBytes), 0);
		const end = header === null ? Infinity : at + headerBytes + header.size + (header.kind === recordKinds.index ? trailerBytes : 0);
		if (header === null || end > fileBytes) {
			at = nextMark(descriptor, at + 1, fileBytes);
			continue;
		}
		const sound = header.kind === recordKinds.object || crc32(readAt(descriptor, at + headerBytes, header.size)) === header.payloadCrc;
		if (sound) found.push({ kind: header.kind, offset: at, size: header.size, end });
		at = end;
	}
	return found;
}

/** Where the next record's mark stands at or behind `from`, or the file's end. */
function nextMark(descriptor: number, from: number, fileBytes: number): number {
	const step = 1024 * 1024;
	for (let at = from; at < fileBytes; at += step) {
		const index = readAt(descriptor, at, step + recordMark.length - 1).indexOf(recordMark);
		if (index !== -1) return at + index;
	}
	return fileBytes;
}

/** Lays damaged bytes aside under their digest's name; null where that isn't possible. */
export function keepDamaged(layout: StoreLayout, sha256: string, bytes: Uint8Array): string | null {
	const path = quarantinePathFor(layout, sha256);
	try {
		writeFileSync(path, bytes, { mode: temporaryFileMode, flag: 'wx' });
		return path;
	} catch {
		return null;
	}
}

/** A free name in quarantine for what was stored under this digest. */
export function quarantinePathFor(layout: StoreLayout, sha256: string): string {
	mkdirSync(layout.quarantine, { recursive: true, mode: 0o700 });
	for (let number = 1; ; number++) {
		const path = join(layout.quarantine, number === 1 ? sha256 : `${sha256}.${number}`);
		if (!existsSync(path)) return path;
	}
}

/** Makes an empty pack file. Throws where the number is taken. */
export function createPackFile(path: string, head: Buffer): number {
	const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, temporaryFileMode);
	try {
		fchmodSync(descriptor, temporaryFileMode);
		writeAll(descriptor, head, 0);
	} catch (error) {
		closeSync(descriptor);
		throw error;
	}
	return descriptor;
}

/** `length` bytes from `offset`, or fewer where the file ends before. */
export function readAt(descriptor: number, offset: number, length: number): Buffer {
	const bytes = Buffer.allocUnsafeSlow(length);
	const read = readInto(descriptor, bytes, 0, length, offset);
	return read === length ? bytes : bytes.subarray(0, read);
}

/** Reads until `length` bytes are there or the file ends; tells how many came. */
export function readInto(descriptor: number, target: Buffer, at: number, length: number, offset: number): number {
	let done = 0;
	while (done < length) {
		const read = readSync(descriptor, target, at + done, length - done, offset + done);
		if (read === 0) break;
		done += read;
	}
	return done;
}

export function writeAll(descriptor: number, bytes: Uint8Array, offset: number, length = bytes.length): void {
	let done = 0;
	while (done < length) done += writeSync(descriptor, bytes, done, length - done, offset + done);
}

export function nowSeconds(): number {
	return Math.floor(Date.now() / 1000);
}

function joinAligned(parts: readonly Buffer[]): Buffer {
	// An index starts at a multiple of four bytes in a buffer of its own, which is all that reading it as words asks for.
	if (parts.length === 1) return parts[0]!;
	const joined = Buffer.allocUnsafeSlow(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) at += part.copy(joined, at);
	return joined;
}
