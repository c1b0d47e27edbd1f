import { createHash, hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { VitrineError } from '#shared/contract/errors.ts';
import { systemCode } from './fileErrors.ts';
import { isSha256, looseObjectPath, packPath } from './layout.ts';
import { DigestKey } from './objectTable.ts';
import { headerBytes, readHeader } from './packFormat.ts';
import type { StoreCore } from './storeCore.ts';
import type { ByteRange, ObjectReader, ObjectStat, Sha256 } from './types.ts';

/** Small enough that hashing a piece on the caller's thread takes a fraction of a millisecond, and that what waits to be collected stays small. */
const usualPieceBytes = 256 * 1024;
const readFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

type PackedPlace = { readonly pack: number; readonly offset: number; readonly touched: number };

const key = new DigestKey();

function packedPlace(core: StoreCore, sha256: Sha256): PackedPlace | null {
	const { table } = core.packs;
	const slot = table.find(key.setHex(sha256), 0);
	return slot === -1 ? null : { pack: table.packAt(slot), offset: table.offsetAt(slot), touched: table.touchedAt(slot) };
}

export async function hasObject(core: StoreCore, sha256: Sha256): Promise<boolean> {
	if (!isSha256(sha256)) return false;
	if (packedPlace(core, sha256) !== null) return true;
	return (await stat(looseObjectPath(core.layout, sha256)).catch(() => null)) !== null;
}

export async function statObject(core: StoreCore, sha256: Sha256): Promise<ObjectStat | null> {
	if (!isSha256(sha256)) return null;
	const place = packedPlace(core, sha256);
	if (place !== null) {
		const packed = await openPacked(core, sha256);
		return { size: packed.length, storage: 'packed', storedAt: place.touched * 1000 };
	}
	const there = await stat(looseObjectPath(core.layout, sha256)).catch(() => null);
	return there === null ? null : { size: there.size, storage: 'loose', storedAt: there.mtimeMs };
}

/** Opens an object for reading. Fails with `object_missing`, `object_damaged`, or `bad_input` for a range outside of it. */
export async function openObject(core: StoreCore, sha256: Sha256, range: ByteRange): Promise<ObjectReader> {
	if (!isSha256(sha256)) throw new VitrineError('bad_input', { details: { sha256, reason: 'not a SHA-256 digest' } });
	if (packedPlace(core, sha256) !== null) {
		const payload = await openPacked(core, sha256);
		const { start, end } = clip(range, payload.length);
		return {
			size: payload.length,
			length: end - start,
			async *[Symbol.asyncIterator]() {
				if (end > start) yield payload.subarray(start, end);
			},
			close: async () => undefined,
		};
	}
	let file: FileHandle;
	try {
		file = await open(looseObjectPath(core.layout, sha256), readFlags);
	} catch (error) {
		if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') throw new VitrineError('object_missing', { details: { sha256 }, cause: error });
		throw error;
	}
	try {
		const { size } = await file.stat();
		return new LooseReader(file, sha256, size, clip(range, size), range.pieceBytes ?? usualPieceBytes);
	} catch (error) {
		await file.close();
		throw error;
	}
}

function clip(range: ByteRange, size: number): { start: number; end: number } {
	const start = range.start ?? 0;
	const end = Math.min(range.end ?? size, size);
	if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || start > end) throw new VitrineError('bad_input', { details: { reason: 'range', start, end: range.end ?? null, size } });
	return { start, end };
}

/** A packed object's bytes, checked: they are few. */
async function openPacked(core: StoreCore, sha256: Sha256): Promise<Buffer> {
	// The pack may be written anew between looking up and opening; then the table knows the new place.
	for (let attempt = 0; attempt < 3; attempt++) {
		const place = packedPlace(core, sha256);
		if (place === null) throw new VitrineError('object_missing', { details: { sha256 } });
		let file: FileHandle;
		try {
			file = await open(packPath(core.layout, place.pack), readFlags);
		} catch (error) {
			if (systemCode(error) === 'ENOENT') continue;
			throw error;
		}
		try {
			const header = readHeader(await readPiece(file, place.offset, headerBytes, sha256), 0);
			if (header === null || header.sha256.toString('hex') !== sha256) continue;
			const payload = await readPiece(file, place.offset + headerBytes, header.size, sha256);
			if (payload.length === header.size && hash('sha256', payload) === sha256) return payload;
			throw new VitrineError('object_damaged', { details: { sha256 } });
		} finally {
			await file.close();
		}
	}
	throw new VitrineError('object_damaged', { details: { sha256 } });
}

async function readPiece(file: FileHandle, offset: number, length: number, sha256: Sha256): Promise<Buffer> {
	const bytes = Buffer.allocUnsafe(length);
	try {
		for (let done = 0; done < length; ) {
			const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
			if (bytesRead === 0) return bytes.subarray(0, done);
			done += bytesRead;
		}
	} catch (error) {
		if (systemCode(error) === 'EIO') throw new VitrineError('object_damaged', { details: { sha256, reason: 'unreadable' }, cause: error });
		throw error;
	}
	return bytes;
}

class LooseReader implements ObjectReader {
	readonly size: number;
	readonly length: number;
	readonly #file: FileHandle;
	readonly #sha256: Sha256;
	readonly #start: number;
	readonly #end: number;
	readonly #pieceBytes: number;
	#closed: Promise<void> | null = null;

	constructor(file: FileHandle, sha256: Sha256, size: number, range: { readonly start: number; readonly end: number }, pieceBytes: number) {
		this.#file = file;
		this.#sha256 = sha256;
		this.size = size;
		this.#start = range.start;
		this.#end = range.end;
		this.#pieceBytes = pieceBytes;
		this.length = range.end - range.start;
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
		const whole = this.#start === 0 && this.#end === this.size ? createHash('sha256') : null;
		const sha256 = this.#sha256;
		try {
			let next = this.#piece(this.#start);
			for (let offset = this.#start; offset < this.#end; ) {
				const bytes = await next;
				if (bytes.length === 0) throw new VitrineError('object_damaged', { details: { sha256, reason: 'size' } });
				offset += bytes.length;
				whole?.update(bytes);
				if (offset < this.#end) {
					next = this.#piece(offset);
					// Awaited in the next turn, if there is one.
					next.catch(() => undefined);
				} else if (whole !== null && whole.digest('hex') !== sha256) {
					throw new VitrineError('object_damaged', { details: { sha256 } });
				}
				yield bytes;
			}
			if (this.length === 0) await next;
			if (whole !== null && this.size === 0 && whole.digest('hex') !== sha256) throw new VitrineError('object_damaged', { details: { sha256 } });
		} finally {
			await this.close();
		}
	}

	async close(): Promise<void> {
		this.#closed ??= this.#file.close();
		await this.#closed;
	}

	async #piece(offset: number): Promise<Buffer> {
		return await readPiece(this.#file, offset, Math.min(this.#pieceBytes, this.#end - offset), this.#sha256);
	}
}
