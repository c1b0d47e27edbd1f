import type { FileHandle } from 'node:fs/promises';
import { FollowMark } from './control.ts';
import type { StoreCore } from './storeCore.ts';

/** Written at once: the calls cost little beside it, and nothing waits long for its turn. */
const batchBytes = 512 * 1024;
/** Dirty pages are handed to the disk on the way: left to the end, the last sync would wait for all of them. */
const syncEvery = 64 * 1024 * 1024;

export type Pouring = {
	/** Where in the file the first byte goes. */
	readonly position?: number;
	/** Looks at each piece, with the number of bytes up to its end, before it is written; throws to refuse. */
	readonly check?: (total: number) => void;
	/** So many bytes are in the file now. */
	readonly onWritten?: (total: number) => void;
};

/** Writes what comes, one batch while the next one is gathered. Gives the number of bytes; holds two batches in memory, and no piece for longer than its copying. */
export async function pourInto(file: FileHandle, content: AsyncIterable<Uint8Array>, { position = 0, check, onWritten }: Pouring = {}): Promise<number> {
	let total = 0;
	let written = 0;
	let unsynced = 0;
	let gathering = Buffer.allocUnsafeSlow(batchBytes);
	let spare = Buffer.allocUnsafeSlow(batchBytes);
	let gathered = 0;
	let writing: Promise<void> = Promise.resolve();
	let syncing: Promise<void> = Promise.resolve();
	let isSyncing = false;
	let failure: { readonly error: unknown } | null = null;

	const write = async (batch: Buffer): Promise<void> => {
		for (let done = 0; done < batch.length; ) done += (await file.write(batch, done, batch.length - done, position + written + done)).bytesWritten;
		written += batch.length;
		unsynced += batch.length;
		onWritten?.(written);
		if (unsynced < syncEvery || isSyncing) return;
		unsynced = 0;
		isSyncing = true;
		// The system tells of a failed write once only: a later sync would succeed and prove nothing.
		syncing = file.datasync().catch((error: unknown) => void (failure = { error })).finally(() => (isSyncing = false));
	};
	const flush = async (): Promise<void> => {
		await writing;
		if (failure !== null) throw failure.error;
		const batch = gathering.subarray(0, gathered);
		[gathering, spare] = [spare, gathering];
		gathered = 0;
		writing = write(batch);
		// Its failure is thrown when it is awaited.
		writing.catch(() => undefined);
	};
	try {
		for await (const piece of content) {
			total += piece.length;
			check?.(total);
			for (let from = 0; from < piece.length; ) {
				const count = Math.min(piece.length - from, batchBytes - gathered);
				gathering.set(piece.subarray(from, from + count), gathered);
				gathered += count;
				from += count;
				if (gathered === batchBytes) await flush();
			}
		}
		if (gathered > 0) await flush();
		await writing;
	} finally {
		// Nothing of this may touch the file later.
		await writing.catch(() => undefined);
		await syncing;
	}
	if (failure !== null) throw (failure as { readonly error: unknown }).error;
	return total;
}

/** Digests of a file that is still being written, kept up with what is in it. */
export class RunningDigests {
	readonly #mark = new FollowMark();
	readonly #parts: Promise<readonly (Uint8Array | null)[]>;

	/** `start`: the byte of the file from which on lengths count. */
	constructor(core: StoreCore, control: SharedArrayBuffer, path: string, algorithms: readonly ('sha256' | 'md5')[], start = 0) {
		// One thread each: together they would take longer than the bytes take to come.
		this.#parts = Promise.all(algorithms.map(async (algorithm) => await core.pool.run({ kind: 'digest', control, mark: this.#mark.buffer, path, start, algorithm })));
		this.#parts.catch(() => undefined);
	}

	/** So many bytes are in the file now. */
	readonly advance = (length: number): void => this.#mark.lead(length);

	/** The digests of all of it, in the order asked for, in hex. */
	async end(): Promise<readonly string[]> {
		this.#mark.end('done');
		return (await this.#parts).map((digest) => Buffer.from(digest ?? []).toString('hex'));
	}

	async abort(): Promise<void> {
		this.#mark.end('aborted');
		await this.#parts.catch(() => undefined);
	}
}
