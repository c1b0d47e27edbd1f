/**
 * Many may share, or one has it alone. Whoever wants it alone waits politely while others share, so that a collection
 * never holds up logging; only after `patience` milliseconds do new sharers queue behind it, so that it gets its turn.
 */
export class SharedLock {
	readonly #patience: number;
	#sharing = 0;
	#alone = false;
	#impatient = 0;
	#wakers: (() => void)[] = [];

	constructor(patience: number) {
		this.#patience = patience;
	}

	async shared<Result>(work: () => Promise<Result>): Promise<Result> {
		while (this.#alone || this.#impatient > 0) await this.#change();
		this.#sharing++;
		try {
			return await work();
		} finally {
			this.#sharing--;
			this.#wake();
		}
	}

	async alone<Result>(work: () => Promise<Result>): Promise<Result> {
		let impatient = false;
		const timer = setTimeout(() => {
			impatient = true;
			this.#impatient++;
		}, this.#patience);
		timer.unref();
		while (this.#alone || this.#sharing > 0) await this.#change();
		clearTimeout(timer);
		if (impatient) this.#impatient--;
		this.#alone = true;
		try {
			return await work();
		} finally {
			this.#alone = false;
			this.#wake();
		}
	}

	async #change(): Promise<void> {
		await new Promise<void>((resolve) => this.#wakers.push(resolve));
	}

	#wake(): void {
		const wakers = this.#wakers;
		this.#wakers = [];
		for (const waker of wakers) waker();
	}
}
