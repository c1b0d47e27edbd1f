import { closeSync, constants, fdatasync, fdatasyncSync, ftruncateSync, openSync, unlinkSync } from 'node:fs';
import { packPath, syncDirectory, type StoreLayout } from './layout.ts';
import { createPackFile, nowSeconds, readAt, writeAll, type PackIndex, type PackState } from './packFile.ts';
import { encodeIndexRecord, encodePackHead, entryBytes, headerBytes, packHeadBytes, recordKinds, sortedEntries, writeEntry, writeHeader } from './packFormat.ts';
import { largestPackedObject } from './layout.ts';

const bufferBytes = 4 * 1024 * 1024;
/** Starting the disk early lets it write while the next files are hashed; the last sync then has little left to do. */
const syncEvery = 32 * 1024 * 1024;
/** So many indexes of about the same size are merged into one: at most a few dozen stand in a chain, however many commits there were. */
const mergeFactor = 8;

/** Appends objects to one pack. Nothing of it counts before {@link commit}. */
export class PackAppender {
	readonly #layout: StoreLayout;
	readonly #before: PackState;
	readonly #descriptor: number;
	readonly #storedSeconds = nowSeconds();
	/** Where the bytes in the buffer will stand. */
	#bufferStart: number;
	#used = 0;
	#entries = Buffer.allocUnsafeSlow(256 * entryBytes);
	#entryCount = 0;
	#sinceSync = 0;
	#syncing: Promise<void> | null = null;
	#syncFailure: Error | null = null;
	#closed = false;

	constructor(layout: StoreLayout, before: PackState) {
		this.#layout = layout;
		this.#before = before;
		const path = packPath(layout, before.number);
		if (before.length === 0) {
			// An empty state may stand for a file that a recovery cut down to nothing.
			try {
				unlinkSync(path);
			} catch {
				// The usual case: there is none.
			}
			this.#descriptor = createPackFile(path, encodePackHead(before.number));
			this.#bufferStart = packHeadBytes;
		} else {
			this.#descriptor = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
			// A rollback that failed may have left something behind the last commit.
			ftruncateSync(this.#descriptor, before.length);
			this.#bufferStart = before.length;
		}
	}

	/** The buffer that records are laid into, shared by all appenders of a thread: each flushes before another uses it. */
	static readonly buffer = Buffer.allocUnsafeSlow(bufferBytes + headerBytes + largestPackedObject + 1);

	/** Where the next object's bytes must be laid in {@link buffer}; there is room for the largest one and a byte more. */
	prepare(): number {
		if (this.#used >= bufferBytes) this.flush();
		return this.#used + headerBytes;
	}

	/** Takes in the object whose bytes lie where {@link prepare} said. Gives the offset of its record in the pack. */
	append(sha256: Uint8Array, md5: Uint8Array, size: number): number {
		const offset = this.#bufferStart + this.#used;
		writeHeader(PackAppender.buffer, this.#used, recordKinds.object, size, this.#storedSeconds, sha256, md5);
		if ((this.#entryCount + 1) * entryBytes > this.#entries.length) {
			const larger = Buffer.allocUnsafeSlow(this.#entries.length * 2);
			this.#entries.copy(larger);
			this.#entries = larger;
		}
		writeEntry(this.#entries, this.#entryCount * entryBytes, sha256, md5, offset, size, this.#storedSeconds);
		this.#entryCount++;
		this.#used += headerBytes + size;
		return offset;
	}

	get length(): number {
		return this.#bufferStart + this.#used;
	}

	get entryCount(): number {
		return this.#before.entryCount + this.#entryCount;
	}

	/** Hands the buffer to the system. */
	flush(): void {
		if (this.#used === 0) return;
		writeAll(this.#descriptor, PackAppender.buffer, this.#bufferStart, this.#used);
		this.#bufferStart += this.#used;
		this.#sinceSync += this.#used;
		this.#used = 0;
		if (this.#sinceSync >= syncEvery && this.#syncing === null) {
			this.#sinceSync = 0;
			this.#syncing = new Promise((resolve) => {
				fdatasync(this.#descriptor, (error) => {
					// The system reports a failed write once only: a later sync would succeed and prove nothing.
					this.#syncFailure ??= error;
					this.#syncing = null;
					resolve();
				});
			});
		}
	}

	/** Makes everything appended durable, with its index. Gives the pack's new state and the entries that came in. */
	async commit(): Promise<{ readonly state: PackState; readonly entries: Buffer }> {
		this.flush();
		await this.#syncing;
		if (this.#syncFailure !== null) throw this.#syncFailure;
		const entries = Buffer.copyBytesFrom(this.#entries, 0, this.#entryCount * entryBytes);
		const indexes = [...this.#before.indexes];
		const taken: PackIndex[] = [];
		let count = this.#entryCount;
		for (;;) {
			const last = indexes.slice(-mergeFactor);
			if (last.length < mergeFactor || last.some((index) => index.count > count * mergeFactor)) break;
			indexes.length -= mergeFactor;
			taken.unshift(...last);
			count += last.reduce((sum, index) => sum + index.count, 0);
		}
		const merged = Buffer.concat([...taken.map((index) => readAt(this.#descriptor, index.offset + headerBytes, index.count * entryBytes)), entries]);
		const record = encodeIndexRecord(sortedEntries(merged), this.#bufferStart, indexes.at(-1)?.end ?? 0, this.#storedSeconds);
		writeAll(this.#descriptor, record, this.#bufferStart);
		fdatasyncSync(this.#descriptor);
		if (this.#before.length === 0) syncDirectory(this.#layout.packs);
		const length = this.#bufferStart + record.length;
		indexes.push({ offset: this.#bufferStart, end: length, count });
		this.#close();
		return { state: { number: this.#before.number, length, indexes, entryCount: this.entryCount }, entries };
	}

	/** Takes everything back that was appended. */
	async rollback(): Promise<void> {
		if (this.#closed) return;
		this.#used = 0;
		await this.#syncing;
		try {
			if (this.#before.length === 0) unlinkSync(packPath(this.#layout, this.#before.number));
			else ftruncateSync(this.#descriptor, this.#before.length);
		} catch {
			// What is left lies behind the last commit: the next appender or the next opening cuts it off.
		}
		this.#close();
	}

	#close(): void {
		this.#closed = true;
		closeSync(this.#descriptor);
	}
}
