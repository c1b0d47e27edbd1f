import { close, closeSync, constants, fchmodSync, fdatasync, fsync, open, openSync, statfsSync, write } from 'node:fs';
import { promisify } from 'node:util';
import { systemCode } from './fileErrors.ts';
import { objectFileMode, temporaryFileMode } from './layout.ts';

const openFile = promisify(open);
const closeFile = promisify(close);
const writeFile = promisify(write);
const syncFile = promisify(fsync);
const syncData = promisify(fdatasync);

/** Dirty pages are handed to the disk on the way: left to the end, the last sync would wait for all of them. */
const syncEvery = 64 * 1024 * 1024;
/** Below this the page cache is as quick, and the next reader finds the bytes there. */
const directFrom = 32 * 1024 * 1024;
const blockBytes = 4096;
/** ext2/3/4 and XFS: where writing past the page cache is known to do what it should. */
const directFileSystems: ReadonlySet<number> = new Set([0xef53, 0x58465342]);

/**
 * Writes one temporary file from front to back. Large files go to the disk past the page cache where the system offers
 * it: that spares a copy of every byte, keeps other files in memory, and leaves the final sync nothing to wait for.
 */
export class ObjectWriter {
	readonly path: string;
	readonly #descriptor: number;
	#direct: number | null;
	#sinceSync = 0;
	#syncing: Promise<void> | null = null;
	#failure: Error | null = null;
	#closed = false;

	private constructor(path: string, descriptor: number, direct: number | null) {
		this.path = path;
		this.#descriptor = descriptor;
		this.#direct = direct;
	}

	/** Makes a new file, or opens the one that is there when `existing`. `size` is what it will hold. */
	static async open(path: string, size: number, existing: boolean): Promise<ObjectWriter> {
		const noFollow = constants.O_NOFOLLOW ?? 0;
		const descriptor = existing ? await openFile(path, constants.O_RDWR | noFollow) : await openFile(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow, temporaryFileMode);
		return new ObjectWriter(path, descriptor, !existing && size >= directFrom ? openDirect(path) : null);
	}

	/** Writes a piece at its offset. Pieces come in order, and all but the last are whole blocks. */
	async write(bytes: Buffer, offset: number): Promise<void> {
		if (this.#failure !== null) throw this.#failure;
		const whole = this.#direct === null ? 0 : bytes.length - (bytes.length % blockBytes);
		let done = 0;
		while (done < whole && this.#direct !== null) {
			try {
				const { bytesWritten } = await writeFile(this.#direct, bytes, done, whole - done, offset + done);
				done += bytesWritten;
				// What a full disk took of it may end within a block.
				if (bytesWritten % blockBytes !== 0) this.#endDirect();
			} catch (error) {
				if (systemCode(error) !== 'EINVAL') throw error;
				this.#endDirect();
			}
		}
		while (done < bytes.length) {
			const { bytesWritten } = await writeFile(this.#descriptor, bytes, done, bytes.length - done, offset + done);
			done += bytesWritten;
			this.#sinceSync += bytesWritten;
		}
		if (this.#sinceSync >= syncEvery && this.#syncing === null) this.#startSync();
	}

	/** Lets everything reach the disk, makes the file read-only and closes it. Does nothing the second time. */
	async finish(): Promise<void> {
		if (this.#closed) return;
		await this.#syncing;
		if (this.#failure !== null) throw this.#failure;
		fchmodSync(this.#descriptor, objectFileMode);
		await syncFile(this.#descriptor);
		await this.close();
	}

	async close(): Promise<void> {
		if (this.#closed) return;
		this.#closed = true;
		await this.#syncing;
		this.#endDirect();
		await closeFile(this.#descriptor);
	}

	#startSync(): void {
		this.#sinceSync = 0;
		this.#syncing = syncData(this.#descriptor)
			.catch((error: Error) => {
				// The system tells of a failed write once only: the last sync would succeed and prove nothing.
				this.#failure = error;
			})
			.finally(() => {
				this.#syncing = null;
			});
	}

	#endDirect(): void {
		if (this.#direct !== null) closeSync(this.#direct);
		this.#direct = null;
	}
}

function openDirect(path: string): number | null {
	if (process.platform !== 'linux' || constants.O_DIRECT === undefined) return null;
	try {
		if (!directFileSystems.has(statfsSync(path).type)) return null;
		return openSync(path, constants.O_WRONLY | constants.O_DIRECT | constants.O_NOFOLLOW);
	} catch {
		return null;
	}
}
