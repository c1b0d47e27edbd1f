import { fdatasync, read, write } from 'node:fs';
import { promisify } from 'node:util';

const readFile = promisify(read);
const writeFile = promisify(write);
const syncData = promisify(fdatasync);

const chunkBytes = 4 * 1024 * 1024;
/** Dirty pages are handed to the disk on the way: left to the end, the last sync would wait for all of them. */
const syncEvery = 64 * 1024 * 1024;

export type StreamedFile = {
	readonly descriptor: number;
	/** What it should have. */
	readonly size: number;
	/** A file to sync now and then while it is being written to, without waiting for it. */
	readonly syncing?: number;
	/** Makes of a failed read what the caller wants to throw. */
	readonly readFailure: (error: unknown) => unknown;
};

/**
 * Reads a file piece by piece, the next piece while `take` works on the last one, and a byte further than `size` to see
 * whether it has grown. Tells how many bytes there were, `size + 1` or more meaning "too many". Memory: two pieces of 4 MiB.
 */
export async function streamFile(file: StreamedFile, take: (bytes: Buffer, offset: number) => Promise<void>): Promise<number> {
	const length = Math.min(chunkBytes, file.size + 1);
	const buffers = [Buffer.allocUnsafeSlow(length), Buffer.allocUnsafeSlow(length)] as const;
	const readPiece = async (turn: number, offset: number): Promise<number> => {
		try {
			const buffer = buffers[turn % 2]!;
			let done = 0;
			while (done < buffer.length) {
				const { bytesRead } = await readFile(file.descriptor, buffer, done, buffer.length - done, offset + done);
				if (bytesRead === 0) break;
				done += bytesRead;
			}
			return done;
		} catch (error) {
			throw file.readFailure(error);
		}
	};
	let offset = 0;
	let sinceSync = 0;
	let syncing: Promise<void> | null = null;
	let syncFailure: Error | null = null;
	let reading: Promise<number> | null = readPiece(0, 0);
	try {
		for (let turn = 0; syncFailure === null; turn++) {
			const bytes: number = await reading;
			reading = null;
			if (bytes === 0 || offset + bytes > file.size) {
				offset += bytes;
				break;
			}
			reading = readPiece(turn + 1, offset + bytes);
			// It is awaited in the next turn; should `take` fail before, nobody else would hear of it.
			reading.catch(() => undefined);
			await take(buffers[turn % 2]!.subarray(0, bytes), offset);
			offset += bytes;
			sinceSync += bytes;
			if (file.syncing !== undefined && sinceSync >= syncEvery && syncing === null) {
				sinceSync = 0;
				syncing = syncData(file.syncing)
					.catch((error: Error) => {
						// The system tells of a failed write once only: the last sync would succeed and prove nothing.
						syncFailure = error;
					})
					.finally(() => {
						syncing = null;
					});
			}
		}
	} finally {
		await reading?.catch(() => undefined);
		await syncing;
	}
	if (syncFailure !== null) throw syncFailure as Error;
	return offset;
}

export async function writeFully(descriptor: number, bytes: Buffer, offset: number): Promise<void> {
	for (let done = 0; done < bytes.length; ) done += (await writeFile(descriptor, bytes, done, bytes.length - done, offset + done)).bytesWritten;
}
