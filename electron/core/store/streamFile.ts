import { read } from 'node:fs';
import { promisify } from 'node:util';
import { pieceBytes, type PieceRing } from './pieceRing.ts';

const readFile = promisify(read);

export type StreamedFile = {
	readonly descriptor: number;
	/** What it should have. */
	readonly size: number;
	/** Makes of a failed read what the caller wants to throw. */
	readonly readFailure: (error: unknown) => unknown;
	/** Awaited before the memory of the piece that began at `offset` is used again. */
	readonly beforeReuse?: (offset: number) => Promise<void>;
};

/**
 * Reads a file piece by piece into a ring, the next piece while `take` works on the last one, and a byte further than
 * `size` to see whether it has grown. Tells how many bytes there were; more than `size` means "too many".
 */
export async function streamFile(ring: PieceRing, file: StreamedFile, take: (bytes: Buffer, offset: number) => Promise<void>): Promise<number> {
	const readPiece = async (number: number, offset: number): Promise<number> => {
		if (file.beforeReuse !== undefined && number >= ring.size) await file.beforeReuse((number - ring.size) * pieceBytes);
		try {
			const piece = ring.piece(number);
			const wanted = Math.min(piece.length, file.size + 1 - offset);
			let done = 0;
			while (done < wanted) {
				const { bytesRead } = await readFile(file.descriptor, piece, done, wanted - done, offset + done);
				if (bytesRead === 0) break;
				done += bytesRead;
			}
			return done;
		} catch (error) {
			throw file.readFailure(error);
		}
	};
	let offset = 0;
	let reading: Promise<number> | null = readPiece(0, 0);
	try {
		for (let number = 0; ; number++) {
			const bytes: number = await reading;
			reading = null;
			if (bytes === 0) return offset;
			if (offset + bytes > file.size) return offset + bytes;
			const piece = ring.piece(number).subarray(0, bytes);
			// A piece that isn't full was the last one.
			if (bytes === pieceBytes) {
				reading = readPiece(number + 1, offset + bytes);
				// It is awaited in the next turn; should `take` fail before, nobody else would hear of it.
				reading.catch(() => undefined);
			}
			await take(piece, offset);
			offset += bytes;
			if (reading === null) return offset;
		}
	} finally {
		await reading?.catch(() => undefined);
	}
}
