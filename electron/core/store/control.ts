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

/** How far a file is read, and how far a second thread has hashed it behind the one that reads. */
export class FollowMark {
	readonly buffer: SharedArrayBuffer;
	/** Turns of the leader, turns of the follower, state. */
	readonly #words: Int32Array;
	readonly #lengths: BigInt64Array;

	constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(32)) {
		this.buffer = buffer;
		this.#words = new Int32Array(buffer, 0, 4);
		this.#lengths = new BigInt64Array(buffer, 16, 2);
	}

	/** The leader has `length` bytes ready. */
	lead(length: number): void {
		Atomics.store(this.#lengths, 0, BigInt(length));
		this.#wake(0);
	}

	/** The follower is done with `length` bytes. */
	follow(length: number): void {
		Atomics.store(this.#lengths, 1, BigInt(length));
		this.#wake(1);
	}

	/** `done`: the leader has shown everything. `aborted`: one of the two gave up. */
	end(how: 'done' | 'aborted'): void {
		Atomics.store(this.#words, 2, how === 'done' ? 1 : 2);
		this.#wake(0);
		this.#wake(1);
	}

	get led(): number {
		return Number(Atomics.load(this.#lengths, 0));
	}

	get followed(): number {
		return Number(Atomics.load(this.#lengths, 1));
	}

	get state(): 'running' | 'done' | 'aborted' {
		const state = Atomics.load(this.#words, 2);
		return state === 0 ? 'running' : state === 1 ? 'done' : 'aborted';
	}

	/** Resolves when more than `length` is ready, or nothing more will be. */
	async waitForLeader(length: number): Promise<void> {
		await this.#wait(0, () => this.state !== 'running' || this.led > length);
	}

	/** Resolves when the follower is past `length`, or either gave up. */
	async waitForFollower(length: number): Promise<void> {
		await this.#wait(1, () => this.state === 'aborted' || this.followed > length);
	}

	async #wait(word: number, isOver: () => boolean): Promise<void> {
		while (!isOver()) {
			const seen = Atomics.load(this.#words, word);
			if (isOver()) return;
			const waiting = Atomics.waitAsync(this.#words, word, seen, 1000);
			if (waiting.async) await waiting.value;
		}
	}

	#wake(word: number): void {
		Atomics.add(this.#words, word, 1);
		Atomics.notify(this.#words, word);
	}
}
