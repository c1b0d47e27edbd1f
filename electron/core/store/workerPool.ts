import { Worker, type Transferable } from 'node:worker_threads';
import { VitrineError } from '#shared/contract/errors.ts';
import { assertNever } from '#shared/domain/index.ts';
import type { FromWorker, Job, JobResults, ToWorker, WorkerStart } from './messages.ts';

type Waiting = { readonly resolve: (result: unknown) => void; readonly reject: (reason: unknown) => void };
type Running = { readonly worker: Worker; readonly waiting: Map<number, Waiting>; readonly ended: Promise<void> };

/** How long a worker may take to end by itself, in milliseconds. */
const patience = 5000;

/** The store's worker threads. They start when first needed; one that breaks fails its jobs and is replaced by the next job. */
export class WorkerPool {
	readonly size: number;
	readonly #url: URL;
	readonly #start: () => WorkerStart;
	readonly #workers: (Running | null)[];
	#nextJob = 1;
	#closed = false;

	constructor(size: number, url: URL, start: () => WorkerStart) {
		this.size = size;
		this.#url = url;
		this.#start = start;
		this.#workers = Array.from({ length: size }, () => null);
	}

	/** Runs a job, in the given worker or in the one with the least to do. */
	async run<Kind extends Job['kind']>(job: Extract<Job, { kind: Kind }>, worker: number = this.leastBusy(), transfer: readonly Transferable[] = []): Promise<JobResults[Kind]> {
		if (this.#closed) throw new VitrineError('cancelled', { details: { reason: 'the store is closed' } });
		const running = this.#running(worker);
		const id = this.#nextJob++;
		return await new Promise<JobResults[Kind]>((resolve, reject) => {
			running.waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
			running.worker.ref();
			const message: ToWorker = { type: 'job', id, job };
			running.worker.postMessage(message, transfer);
		});
	}

	leastBusy(): number {
		let best = 0;
		for (let worker = 1; worker < this.size; worker++) if (this.load(worker) < this.load(best)) best = worker;
		return best;
	}

	/** Jobs that a worker has before it. */
	load(worker: number): number {
		return this.#workers[worker]?.waiting.size ?? 0;
	}

	isRunning(worker: number): boolean {
		return this.#workers[worker] !== null;
	}

	/** Tells all running workers. */
	tell(message: ToWorker): void {
		for (const running of this.#workers) running?.worker.postMessage(message);
	}

	/** Lets each thread end by itself, as those of the catalog do: stopping one in the middle of a call can bring the process down. */
	async close(): Promise<void> {
		this.#closed = true;
		await Promise.all(
			this.#workers.map(async (running) => {
				if (running === null) return;
				// Otherwise a process with nothing else to do would end in the middle of this.
				running.worker.ref();
				const message: ToWorker = { type: 'end' };
				running.worker.postMessage(message);
				const impatience = setTimeout(() => void running.worker.terminate(), patience);
				await running.ended;
				clearTimeout(impatience);
			}),
		);
	}

	#running(index: number): Running {
		const there = this.#workers[index];
		if (there !== null && there !== undefined) return there;
		const worker = new Worker(this.#url, { workerData: this.#start(), name: `store-${index + 1}` });
		const { promise: ended, resolve: end } = Promise.withResolvers<void>();
		const running: Running = { worker, waiting: new Map(), ended };
		const lose = (reason: unknown) => {
			if (this.#workers[index] === running) this.#workers[index] = null;
			for (const waiting of running.waiting.values()) waiting.reject(reason);
			running.waiting.clear();
		};
		worker.on('message', (message: FromWorker) => this.#settle(running, message));
		worker.on('error', lose);
		worker.on('exit', () => {
			lose(this.#closed ? new VitrineError('cancelled', { details: { reason: 'the store is closed' } }) : new Error('A worker of the store ended.'));
			end();
		});
		// An idle worker must not keep the process from ending.
		worker.unref();
		this.#workers[index] = running;
		return running;
	}

	#settle(running: Running, message: FromWorker): void {
		const waiting = running.waiting.get(message.id);
		if (waiting === undefined) return;
		running.waiting.delete(message.id);
		if (running.waiting.size === 0 && !this.#closed) running.worker.unref();
		switch (message.type) {
			case 'done':
				waiting.resolve(message.result);
				return;
			case 'failed':
				waiting.reject(VitrineError.from(message.error));
				return;
			case 'broken':
				waiting.reject(message.error);
				return;
			default:
				assertNever(message, 'message');
		}
	}
}
