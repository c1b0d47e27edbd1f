import { hash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, unlinkSync, writeFileSync, type BigIntStats } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { digestPairBytes, identityWords } from './columns.ts';
import { directoryMode, temporaryFileMode, type StoreLayout } from './layout.ts';

/**
 * What earlier ingests read, one file per folder: for each path the file's identity (device, inode, size, times to the
 * nanosecond) and digests. Only ever a hint that spares reading: broken or missing, it costs time and nothing else.
 *
 * The file is a row of blocks: "VITRSTAT", format, entries, crc of the payload, payload. An entry is the path's hash (8
 * bytes), the identity (40) and the digests (48). Later entries win.
 */
const blockMark = Buffer.from('VITRSTAT', 'latin1');
const blockFormat = 1;
const blockHeadBytes = 20;
const entryBytes = 8 + identityWords * 8 + digestPairBytes;
const entryWords = entryBytes / 4;
/** Folders remembered; the ones not logged for longest go first. */
const mostFolders = 512;
const mostBytes = 256 * 1024 * 1024;

export class StatCache {
	readonly #payload: Buffer;
	readonly #words: Uint32Array;
	readonly #longs: BigUint64Array;
	readonly #slots: Int32Array;
	readonly entries: number;
	/** Entries that later ones replace. */
	readonly replaced: number;

	private constructor(payload: Buffer) {
		this.#payload = payload;
		this.#words = new Uint32Array(payload.buffer, payload.byteOffset, payload.length / 4);
		this.#longs = new BigUint64Array(payload.buffer, payload.byteOffset, payload.length / 8);
		const count = payload.length / entryBytes;
		this.#slots = new Int32Array(Math.max(16, 2 ** Math.ceil(Math.log2(count * 2 + 1))));
		let different = 0;
		for (let entry = 0; entry < count; entry++) {
			const slot = this.#slotOf(this.#words[entry * entryWords]!, this.#words[entry * entryWords + 1]!);
			if (this.#slots[slot] === 0) different++;
			this.#slots[slot] = entry + 1;
		}
		this.entries = different;
		this.replaced = count - different;
	}

	/** What is remembered of a folder (its real path); nothing where there is nothing. */
	static load(layout: StoreLayout, folder: string): StatCache {
		let file: Buffer;
		try {
			file = readFileSync(cachePath(layout, folder));
		} catch {
			return new StatCache(Buffer.alloc(0));
		}
		const parts: Buffer[] = [];
		let bytes = 0;
		for (let at = 0; at + blockHeadBytes <= file.length; ) {
			const payloadBytes = file.readUInt32LE(at + 12) * entryBytes;
			const end = at + blockHeadBytes + payloadBytes;
			if (!file.subarray(at, at + 8).equals(blockMark) || file.readUInt32LE(at + 8) !== blockFormat || end > file.length) break;
			const payload = file.subarray(at + blockHeadBytes, end);
			if (crc32(payload) !== file.readUInt32LE(at + 16)) break;
			parts.push(payload);
			bytes += payloadBytes;
			at = end;
		}
		const joined = Buffer.allocUnsafeSlow(bytes);
		let at = 0;
		for (const part of parts) at += part.copy(joined, at);
		return new StatCache(joined);
	}

	/** The digests (48 bytes) of the file as it is now, or null where it isn't known or has changed. */
	digestsOf(path: string, stat: BigIntStats): Buffer | null {
		hashPath(path);
		const entry = this.#slots[this.#slotOf(hashLow, hashHigh)]! - 1;
		if (entry < 0) return null;
		const at = (entry * entryBytes) / 8 + 1;
		const longs = this.#longs;
		if (longs[at + 1] !== stat.ino || longs[at + 3] !== stat.mtimeNs || longs[at + 4] !== stat.ctimeNs || longs[at + 2] !== stat.size || longs[at] !== stat.dev) return null;
		return this.#payload.subarray(entry * entryBytes + 8 + identityWords * 8, (entry + 1) * entryBytes);
	}

	/** Adds what was read in this folder; rewrites the file when most of it is out of date. */
	static remember(layout: StoreLayout, folder: string, paths: readonly string[], identities: BigUint64Array, digests: Uint8Array): void {
		mkdirSync(layout.statCache, { recursive: true, mode: directoryMode });
		const payload = Buffer.allocUnsafeSlow(paths.length * entryBytes);
		const longs = new BigUint64Array(payload.buffer, 0, payload.length / 8);
		const words = new Uint32Array(payload.buffer, 0, payload.length / 4);
		let count = 0;
		for (const [index, path] of paths.entries()) {
			// An inode of 0 says that the file may not be remembered, or that the file system has none.
			if (identities[index * identityWords + 1] === 0n) continue;
			hashPath(path);
			words[count * entryWords] = hashLow;
			words[count * entryWords + 1] = hashHigh;
			for (let word = 0; word < identityWords; word++) longs[(count * entryBytes) / 8 + 1 + word] = identities[index * identityWords + word]!;
			payload.set(digests.subarray(index * digestPairBytes, (index + 1) * digestPairBytes), count * entryBytes + 8 + identityWords * 8);
			count++;
		}
		if (count === 0) return;
		const added = payload.subarray(0, count * entryBytes);
		const path = cachePath(layout, folder);
		const known = StatCache.load(layout, folder);
		if (known.replaced + count > known.entries + 1024) {
			const kept = new StatCache(Buffer.concat([known.#payload, added]));
			const temporary = join(layout.temporary, `statcache-${process.pid}-${Math.random().toString(36).slice(2)}`);
			writeFileSync(temporary, block(kept.#newest()), { mode: temporaryFileMode, flag: 'wx' });
			renameSync(temporary, path);
		} else {
			appendFileSync(path, block(added), { mode: temporaryFileMode });
		}
		prune(layout);
	}

	#newest(): Buffer {
		const parts: Buffer[] = [];
		for (const slot of this.#slots) if (slot !== 0) parts.push(this.#payload.subarray((slot - 1) * entryBytes, slot * entryBytes));
		return Buffer.concat(parts);
	}

	#slotOf(low: number, high: number): number {
		const mask = this.#slots.length - 1;
		for (let slot = low & mask; ; slot = (slot + 1) & mask) {
			const entry = this.#slots[slot]! - 1;
			if (entry < 0 || (this.#words[entry * entryWords] === low && this.#words[entry * entryWords + 1] === high)) return slot;
		}
	}
}

let hashLow = 0;
let hashHigh = 0;

/** Leaves a 64-bit hash of the path in `hashLow` and `hashHigh`. Two paths with one hash only cost a read: the identity decides. */
function hashPath(path: string): void {
	let low = 0x811c9dc5;
	let high = 0x2c1b3c6d;
	for (let index = 0; index < path.length; index++) {
		const unit = path.charCodeAt(index);
		low = Math.imul(low ^ unit, 0x01000193);
		high = Math.imul(high ^ unit, 0x85ebca6b) ^ (high >>> 15);
	}
	low ^= low >>> 15;
	hashLow = low >>> 0;
	hashHigh = high >>> 0;
}

function cachePath(layout: StoreLayout, folder: string): string {
	return join(layout.statCache, `${hash('sha256', folder).slice(0, 32)}.stat`);
}

function block(payload: Buffer): Buffer {
	const head = Buffer.alloc(blockHeadBytes);
	blockMark.copy(head);
	head.writeUInt32LE(blockFormat, 8);
	head.writeUInt32LE(payload.length / entryBytes, 12);
	head.writeUInt32LE(crc32(payload), 16);
	return Buffer.concat([head, payload]);
}

function prune(layout: StoreLayout): void {
	const files = readdirSync(layout.statCache).flatMap((name) => {
		try {
			const path = join(layout.statCache, name);
			const stat = statSync(path);
			return [{ path, size: stat.size, usedAt: stat.mtimeMs }];
		} catch {
			return [];
		}
	});
	let bytes = files.reduce((sum, file) => sum + file.size, 0);
	let count = files.length;
	if (count <= mostFolders && bytes <= mostBytes) return;
	for (const file of files.sort((left, right) => left.usedAt - right.usedAt)) {
		if (count <= mostFolders && bytes <= mostBytes) return;
		unlinkSync(file.path);
		count--;
		bytes -= file.size;
	}
}
