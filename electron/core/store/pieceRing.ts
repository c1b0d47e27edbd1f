/** Bytes of a piece: large enough that a call costs nothing beside it, small enough that a few of them stay in the cache. */
export const pieceBytes = 4 * 1024 * 1024;
/** One is read, one hashed and written, and a second thread may be up to two behind. */
const pieces = 4;
const wasmPageBytes = 65_536;

/**
 * A few pieces of memory that a large file passes through. They are shared memory, so that a second thread can hash what
 * the first one read, and they begin on a page, so that the disk can take them without a copy. WebAssembly's memory is the
 * one kind of memory that JavaScript gets with both promises.
 */
export class PieceRing {
	readonly buffer: SharedArrayBuffer;
	readonly #pieces: readonly Buffer[];

	constructor(buffer: SharedArrayBuffer = newMemory()) {
		this.buffer = buffer;
		this.#pieces = Array.from({ length: pieces }, (_, index) => Buffer.from(buffer, index * pieceBytes, pieceBytes));
	}

	/** How many pieces there are before the first one is used again. */
	get size(): number {
		return this.#pieces.length;
	}

	/** The memory of the piece with this number, counted from 0 over the whole file. */
	piece(number: number): Buffer {
		return this.#pieces[number % this.#pieces.length]!;
	}

	static readonly #idle: PieceRing[] = [];

	/** Lends a ring of this thread's to `work`. Rings are kept: making one means asking the system for memory. */
	static async lent<Result>(work: (ring: PieceRing) => Promise<Result>): Promise<Result> {
		const ring = PieceRing.#idle.pop() ?? new PieceRing();
		try {
			return await work(ring);
		} finally {
			if (PieceRing.#idle.length < 2) PieceRing.#idle.push(ring);
		}
	}
}

/** The compiler knows of it only together with a browser's other globals. */
declare const WebAssembly: { readonly Memory: new (descriptor: { readonly initial: number; readonly maximum: number; readonly shared: boolean }) => { readonly buffer: SharedArrayBuffer } };

function newMemory(): SharedArrayBuffer {
	const pages = (pieces * pieceBytes) / wasmPageBytes;
	return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }).buffer;
}
