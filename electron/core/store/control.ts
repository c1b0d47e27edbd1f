import { VitrineError } from '#shared/contract/errors.ts';

/**
 * What an operation and its workers tell each other without messages: "stop" one way, "so far" the other way.
 * Shared memory, because a worker in the middle of a file doesn't look at its mail.
 */
export class Control {
	readonly buffer: SharedArrayBuffer;
	readonly #flags: Int32Array;
	readonly #counts: BigInt64Array;

	constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(24)) {
		this.buffer = buffer;
		this.#flags = new Int32Array(buffer, 0, 2);
		this.#counts = new BigInt64Array(buffer, 8, 2);
	}

	cancel(): void {
		Atomics.store(this.#flags, 0, 1);
	}

	get cancelled(): boolean {
		return Atomics.load(this.#flags, 0) === 1;
	}

	throwIfCancelled(): void {
		if (this.cancelled) throw new VitrineError('cancelled');
	}

	addBytes(bytes: number): void {
		Atomics.add(this.#counts, 0, BigInt(bytes));
	}

	addFiles(files: number): void {
		Atomics.add(this.#counts, 1, BigInt(files));
	}

	get doneBytes(): number {
		return Number(Atomics.load(this.#counts, 0));
	}

	get doneFiles(): number {
		return Number(Atomics.load(this.#counts, 1));
	}
}

/** How far a file is written, for a second thread that hashes behind the one that writes. */
export class WriteMark {
	readonly buffer: SharedArrayBuffer;
	readonly #words: Int32Array;
	readonly #length: BigInt64Array;

	constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(16)) {
		this.buffer = buffer;
		this.#words = new Int32Array(buffer, 0, 2);
		this.#length = new BigInt64Array(buffer, 8, 1);
	}

	advance(length: number): void {
		Atomics.store(this.#length, 0, BigInt(length));
		this.#wake();
	}

	/** `done`: all is written. `aborted`: it won't be. */
	end(how: 'done' | 'aborted'): void {
		Atomics.store(this.#words, 1, how === 'done' ? 1 : 2);
		this.#wake();
	}

	get length(): number {
		return Number(Atomics.load(this.#length, 0));
	}

	get state(): 'writing' | 'done' | 'aborted' {
		const state = Atomics.load(this.#words, 1);
		return state === 0 ? 'writing' : state === 1 ? 'done' : 'aborted';
	}

	/** Resolves when more is written than `length`, or nothing more will be. */
	async wait(length: number): Promise<void> {
		while (this.state === 'writing' && this.length <= length) {
			const seen = Atomics.load(this.#words, 0);
			if (this.state !== 'writing' || this.length > length) return;
			const waiting = Atomics.waitAsync(this.#words, 0, seen, 1000);
			if (waiting.async) await waiting.value;
		}
	}

	#wake(): void {
		Atomics.add(this.#words, 0, 1);
		Atomics.notify(this.#words, 0);
	}
}
