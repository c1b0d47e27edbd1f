import { createHash } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { VitrineError } from '#shared/contract/errors.ts';
import { pourInto, RunningDigests } from './arriving.ts';
import { Control } from './control.ts';
import { targetError } from './fileErrors.ts';
import { directoryMode, shardPath, temporaryFileMode } from './layout.ts';
import type { StoreCore } from './storeCore.ts';
import type { Assembled, PartContent } from './types.ts';

/**
 * A large object that comes in parts, in any order: each is written to its place in one file, and the digests of the whole run along behind
 * what is there without a gap. When the last part is here, little is left to do. The file outlives a restart; its digests are begun anew then.
 */
export class Assembly {
	readonly #core: StoreCore;
	readonly #path: string;
	/** Where each part that counts begins, and how long it is. */
	readonly #parts = new Map<number, number>();
	/** Who writes at a place; the newest one wins. */
	readonly #writers = new Map<number, { readonly stop: AbortController; readonly ended: Promise<void> }>();
	readonly #control = new Control();
	#whole: RunningDigests | null = null;
	#made: Promise<void> | null = null;

	constructor(core: StoreCore, name: string) {
		this.#core = core;
		this.#path = join(core.layout.arriving, name);
	}

	/** Whether the part that begins at `start` counts. */
	has(start: number): boolean {
		return this.#parts.has(start);
	}

	/**
	 * Writes a part to its place. It is durable when `keep` is called with its digest, and counts from when that has resolved. Somebody who was writing
	 * the same part is cut off first. A part that counts already is only read, and held against nothing.
	 *
	 * Errors: `file_changed` where it has another length than announced, `disk_full`, `store_read_only`, `cancelled`; what `keep` throws.
	 */
	async write(start: number, part: PartContent, keep: (md5: string) => Promise<void>): Promise<void> {
		const { promise: ended, resolve: end } = Promise.withResolvers<void>();
		const before = this.#writers.get(start);
		const mine = { stop: new AbortController(), ended };
		this.#writers.set(start, mine);
		try {
			before?.stop.abort();
			await before?.ended;
			const signal = part.signal === undefined ? mine.stop.signal : AbortSignal.any([part.signal, mine.stop.signal]);
			if (this.#parts.has(start)) return await readOnly(part, signal, keep);
			await this.#make();
			const md5 = await this.#pour(start, part, signal);
			await keep(md5);
			this.admit(start, part.size);
		} catch (error) {
			throw targetError(error, this.#core.layout.root, part.size);
		} finally {
			if (this.#writers.get(start) === mine) this.#writers.delete(start);
			end();
		}
	}

	/** A part that was written before counts. */
	admit(start: number, size: number): void {
		if (this.#parts.has(start)) return;
		this.#parts.set(start, size);
		let end = 0;
		for (let next = this.#parts.get(0); next !== undefined; next = this.#parts.get(end)) end += next;
		if (end === 0) return;
		this.#whole ??= new RunningDigests(this.#core, this.#control.buffer, this.#path, ['sha256', 'md5']);
		this.#whole.advance(end);
	}

	/**
	 * Makes the object of the first `size` bytes and of `tail`, which was kept elsewhere. Errors: `object_missing` where a part is not here, `bad_input`
	 * where a digest of the whole is another one than expected (null: none is), `disk_full`, `store_read_only`, `cancelled`.
	 */
	async finish(size: number, tail: AsyncIterable<Uint8Array> | null, md5Expected: string | null, sha256Expected: string | null = null): Promise<Assembled> {
		const { layout, lock, pool } = this.#core;
		try {
			let here = 0;
			for (let next = this.#parts.get(0); next !== undefined; next = this.#parts.get(here)) here += next;
			if (here !== size) throw new VitrineError('object_missing', { details: { reason: `bytes from ${here} on are not here` } });
			const file = await open(this.#path, 'r+').catch((error: unknown) => {
				throw new VitrineError('object_missing', { details: { reason: 'what came of it is gone' }, cause: error });
			});
			let total = size;
			try {
				if (tail !== null) total += await pourInto(file, tail, { position: size });
				await file.truncate(total);
			} finally {
				await file.close();
			}
			this.#whole ??= new RunningDigests(this.#core, this.#control.buffer, this.#path, ['sha256', 'md5']);
			this.#whole.advance(total);
			const running = this.#whole;
			// Whatever comes of it: who asks once more begins anew.
			this.#whole = null;
			const [sha256 = '', md5 = ''] = await running.end();
			if (md5Expected !== null && md5 !== md5Expected) throw new VitrineError('bad_input', { details: { expected: md5Expected, found: md5 } });
			if (sha256Expected !== null && sha256 !== sha256Expected) throw new VitrineError('bad_input', { details: { expected: sha256Expected, found: sha256 } });
			await lock.shared(async () => {
				await pool.run({ kind: 'place', path: this.#path, sha256, size: total, unfinished: true });
				await pool.run({ kind: 'syncDirectories', paths: [shardPath(layout, sha256), layout.objects] });
			});
			this.#parts.clear();
			return { sha256, md5, size: total };
		} catch (error) {
			throw targetError(error, layout.root, size);
		}
	}

	/** The bytes of a part that counts. */
	async *read(start: number): AsyncGenerator<Uint8Array> {
		const end = start + (this.#parts.get(start) ?? 0);
		const file = await open(this.#path, 'r');
		try {
			for (let at = start; at < end; ) {
				const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(Math.min(256 * 1024, end - at)), 0, undefined, at);
				if (bytesRead === 0) throw new VitrineError('object_missing', { details: { reason: 'what came of it is gone' } });
				at += bytesRead;
				yield buffer.subarray(0, bytesRead);
			}
		} finally {
			await file.close();
		}
	}

	/** Ends whatever goes on; what is here stays for the next opening. */
	async stop(): Promise<void> {
		this.#control.cancel();
		for (const { stop } of this.#writers.values()) stop.abort();
		await Promise.all([...this.#writers.values()].map(async ({ ended }) => await ended));
		await this.#whole?.abort();
		this.#whole = null;
	}

	async remove(): Promise<void> {
		await this.stop();
		await rm(this.#path, { force: true });
	}

	/** The file and its folder, once. */
	async #make(): Promise<void> {
		this.#made ??= (async () => {
			await mkdir(this.#core.layout.arriving, { recursive: true, mode: directoryMode });
			await (await open(this.#path, 'a', temporaryFileMode)).close();
			await this.#core.pool.run({ kind: 'syncDirectories', paths: [this.#core.layout.arriving] });
		})();
		this.#made.catch(() => (this.#made = null));
		await this.#made;
	}

	async #pour(start: number, part: PartContent, signal: AbortSignal): Promise<string> {
		const file = await open(this.#path, 'r+');
		const digest = part.digested === false ? null : new RunningDigests(this.#core, this.#control.buffer, this.#path, ['md5'], start);
		try {
			const check = (total: number): void => {
				// Beyond its place others stand.
				if (total > part.size) throw wrongSize(part, total);
			};
			const size = await pourInto(file, stoppable(part.content, signal), { position: start, check, ...(digest === null ? {} : { onWritten: digest.advance }) });
			if (size !== part.size) throw wrongSize(part, size);
			await file.datasync();
			return (await digest?.end())?.[0] ?? '';
		} catch (error) {
			await digest?.abort();
			throw error;
		} finally {
			await file.close();
		}
	}
}

/** What comes, until somebody says stop: also in the middle of waiting for more. */
async function* stoppable(content: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
	const source = content[Symbol.asyncIterator]();
	let fail: (reason: unknown) => void = () => undefined;
	const onAbort = (): void => fail(new VitrineError('cancelled'));
	signal.addEventListener('abort', onAbort, { once: true });
	let ended = false;
	try {
		for (;;) {
			// Not a race with one promise that lives on: it would keep every piece that ever came.
			const next = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
				fail = reject;
				if (signal.aborted) onAbort();
				else source.next().then(resolve, reject);
			});
			ended = next.done === true;
			if (next.done === true) return;
			yield next.value;
		}
	} finally {
		signal.removeEventListener('abort', onAbort);
		// It may be waiting for more than ever comes.
		if (!ended) void source.return?.().catch(() => undefined);
	}
}

async function readOnly(part: PartContent, signal: AbortSignal, keep: (md5: string) => Promise<void>): Promise<void> {
	const md5 = createHash('md5');
	for await (const piece of stoppable(part.content, signal)) md5.update(piece);
	await keep(md5.digest('hex'));
}

function wrongSize(part: PartContent, size: number): VitrineError {
	return new VitrineError('file_changed', { details: { path: 'part', reason: 'size', sizeBefore: part.size, sizeAfter: size } });
}
