import { VitrineError } from '#shared/contract/errors.ts';
import { Control } from './control.ts';
import type { LongWork, Phase } from './types.ts';

const interval = 50;

/** Ties a long operation's signal and progress to the memory that its workers share. */
export class OperationReporter {
	readonly control = new Control();
	phase: Phase;
	totalBytes: number | null = null;
	totalFiles: number | null = null;
	currentPath: string | null = null;
	/** Bytes and files that needed no worker. */
	extraBytes = 0;
	extraFiles = 0;
	readonly #work: LongWork;
	readonly #abort = () => this.control.cancel();
	#timer: NodeJS.Timeout | null = null;

	constructor(phase: Phase, work: LongWork) {
		this.phase = phase;
		this.#work = work;
		work.signal?.addEventListener('abort', this.#abort, { once: true });
		if (work.signal?.aborted === true) this.control.cancel();
		if (work.onProgress !== undefined) {
			this.#timer = setInterval(() => this.#report(), interval);
			this.#timer.unref();
		}
	}

	throwIfCancelled(): void {
		this.control.throwIfCancelled();
	}

	/** After the work: a last report where it went well. */
	end(succeeded: boolean): void {
		if (this.#timer !== null) clearInterval(this.#timer);
		this.#work.signal?.removeEventListener('abort', this.#abort);
		this.currentPath = null;
		if (succeeded) this.#report();
	}

	#report(): void {
		this.#work.onProgress?.({
			phase: this.phase,
			doneBytes: this.control.doneBytes + this.extraBytes,
			totalBytes: this.totalBytes,
			doneFiles: this.control.doneFiles + this.extraFiles,
			totalFiles: this.totalFiles,
			currentPath: this.currentPath,
		});
	}
}

/** Runs a long operation with its reporter, which is ended whatever happens. A cancelled one fails with `cancelled`, whatever else went wrong because of it. */
export async function reporting<Result>(phase: Phase, work: LongWork, run: (reporter: OperationReporter) => Promise<Result>): Promise<Result> {
	const reporter = new OperationReporter(phase, work);
	let succeeded = false;
	try {
		reporter.throwIfCancelled();
		const result = await run(reporter);
		succeeded = true;
		return result;
	} catch (error) {
		if (work.signal?.aborted === true) throw new VitrineError('cancelled', { cause: error });
		throw error;
	} finally {
		reporter.end(succeeded);
	}
}
