import { accessSync, constants, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readdir, statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { VitrineError } from '#shared/contract/errors.ts';
import { Assembly } from './assembly.ts';
import { ingestBodies } from './bodiesOperation.ts';
import { collectGarbage } from './collectOperation.ts';
import { joinPaths } from './columns.ts';
import { exportTree } from './exportOperation.ts';
import { systemCode, targetError } from './fileErrors.ts';
import { IngestOperation, type FolderMemory } from './ingestOperation.ts';
import { directoryMode, largestPackedObject, layoutOf, storeFormat, syncDirectory, temporaryFileMode, type StoreLayout } from './layout.ts';
import { ObjectTable } from './objectTable.ts';
import { hasObject, openObject, statObject } from './objectReader.ts';
import { PackRegistry } from './packRegistry.ts';
import { reporting } from './progressReporter.ts';
import { rebuildIndex, type RebuildReport } from './rebuildOperation.ts';
import { asScannedFolder } from './scanOperation.ts';
import { SharedLock } from './sharedLock.ts';
import type { StoreCore } from './storeCore.ts';
import type {
	ByteRange,
	CollectOptions,
	CollectReport,
	ExportEntry,
	ExportOptions,
	IngestedBody,
	IngestedFile,
	IngestOptions,
	LongWork,
	ObjectReader,
	ObjectStat,
	ScannedFolder,
	Sha256,
	SourceFile,
	StoreOptions,
	StoreUsage,
	VerifyOptions,
	VerifyReport,
} from './types.ts';
import { usageOf } from './usageOperation.ts';
import { verifyObjects } from './verifyOperation.ts';
import { WorkerPool } from './workerPool.ts';

/** How long a collection waits for running ingests before new ones queue behind it. */
const collectorPatience = 30_000;

/**
 * Opens the content store in a folder, making it where it is missing. Leftovers of a crash are cleared away; what was
 * acknowledged before is there. On a file system that can't be written to, the store opens for reading only.
 *
 * Errors: `catalog_newer` where a newer program made the store, `disk_full`, `store_read_only` where it can't even be made.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
	const layout = layoutOf(options.directory);
	const readOnly = prepareFolders(layout);
	const workerCount = Math.max(1, options.workers ?? Math.min(4, Math.max(2, availableParallelism())));
	let table = ObjectTable.withRoomFor(0);
	const pool = new WorkerPool(workerCount, options.workerUrl ?? new URL('./worker.ts', import.meta.url), () => ({ directory: options.directory, table: table.buffer }));
	const packs = new PackRegistry(layout, {
		onTable: (next) => {
			table = next;
			pool.tell({ type: 'table', table: next.buffer });
		},
	});
	await packs.load(readOnly);
	let names = 0;
	let sessions = 0;
	const unique = `${process.pid}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
	return new Store({
		layout,
		pool,
		packs,
		lock: new SharedLock(collectorPatience),
		readOnly,
		temporaryName: () => `${unique}-${++names}`,
		nextSession: () => ++sessions,
	});
}

/**
 * Makes the store's folders and clears what a crash left. True where nothing can be written here. At once and not by promises: nobody is served yet, and a
 * start would wait a turn of Node's threads for each of a dozen questions that take microseconds.
 */
function prepareFolders(layout: StoreLayout): boolean {
	const format = readFormat(layout);
	if (format !== null && format > storeFormat) throw new VitrineError('catalog_newer', { details: { what: 'store', found: format, supported: storeFormat, directory: layout.root } });
	try {
		try {
			accessSync(layout.root, constants.W_OK);
		} catch (error) {
			if (systemCode(error) !== 'ENOENT') throw error;
		}
		for (const folder of [layout.root, layout.objects, layout.packs, layout.temporary, layout.quarantine, layout.statCache]) makeFolder(folder);
		for (const name of readdirSync(layout.temporary)) rmSync(join(layout.temporary, name), { force: true, recursive: true });
		if (format === null) {
			const temporary = join(layout.temporary, 'store.json');
			writeFileSync(temporary, `${JSON.stringify({ format: storeFormat })}\n`, { mode: temporaryFileMode, flush: true });
			renameSync(temporary, layout.formatFile);
			syncDirectory(layout.root);
		}
		return false;
	} catch (error) {
		const translated = targetError(error, layout.root);
		const canRead = format !== null && isThere(layout.packs);
		if (canRead && translated instanceof VitrineError && translated.code === 'store_read_only') return true;
		throw translated;
	}
}

/** Makes a folder and those above it. (The recursive `mkdir` of Node reports a read-only disk as a missing folder.) */
function makeFolder(path: string): void {
	try {
		mkdirSync(path, { mode: directoryMode });
	} catch (error) {
		if (systemCode(error) === 'EEXIST') return;
		if (systemCode(error) === 'EROFS' && isThere(path)) return;
		if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
		makeFolder(dirname(path));
		mkdirSync(path, { mode: directoryMode });
	}
}

function isThere(path: string): boolean {
	try {
		statSync(path);
		return true;
	} catch {
		return false;
	}
}

function readFormat(layout: StoreLayout): number | null {
	let text: string;
	try {
		text = readFileSync(layout.formatFile, 'utf8');
	} catch (error) {
		if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return null;
		throw targetError(error, layout.root);
	}
	const format = /"format":\s*(\d+)/.exec(text)?.[1];
	// The objects say themselves what they are: an unreadable note about the format is no reason to refuse them.
	return format === undefined ? storeFormat : Number(format);
}

/** A content-addressed store of immutable objects. It knows bytes and digests, and nothing of artifacts. */
export class Store {
	readonly #core: StoreCore;
	/** Notes for later scans, written one after the other, after the answer. */
	#remembering: Promise<void> = Promise.resolve();
	#closing: Promise<void> | null = null;
	readonly #running = new Set<Promise<unknown>>();
	readonly #closed = new AbortController();
	readonly #assemblies = new Map<string, Assembly>();

	constructor(core: StoreCore) {
		this.#core = core;
	}

	/** True where the store's folder can't be written to: reading works, everything else fails with `store_read_only`. */
	get readOnly(): boolean {
		return this.#core.readOnly;
	}

	/**
	 * Takes files into the store. Resolves when every one of them is durable, in the order given; on any error or
	 * cancellation nothing of this call counts, and what was written meanwhile is taken back or left for the collector.
	 *
	 * Errors: `file_unreadable`, `file_changed`, `disk_full`, `store_read_only`, `cancelled`, `path_invalid`.
	 */
	async ingest(files: AsyncIterable<SourceFile> | readonly SourceFile[], options: IngestOptions = {}): Promise<readonly IngestedFile[]> {
		return await this.#tracked(options, async (work) => {
			this.#assertWritable();
			return await reporting('ingest', work, async (reporter) => {
				let operation: IngestOperation | null = null;
				const ingested = await this.#core.lock.shared(async () => {
					operation = new IngestOperation(this.#core, files, reporter, { ...options, ...work });
					return await operation.run();
				});
				this.#remember((operation as IngestOperation | null)?.memory ?? []);
				return ingested;
			});
		});
	}

	/**
	 * The same for bytes that are in memory, each at most 256 KiB: together they cost what one of them does. Nothing of this call counts on any error.
	 *
	 * Errors: `disk_full`, `store_read_only`, `cancelled` (the store is closing), `too_large`.
	 */
	async ingestBodies(contents: readonly Uint8Array[]): Promise<readonly IngestedBody[]> {
		return await this.#tracked({}, async (work) => {
			this.#assertWritable();
			const largest = contents.reduce((most, { length }) => Math.max(most, length), 0);
			if (largest > largestPackedObject) throw new VitrineError('too_large', { details: { limit: `${largestPackedObject} bytes`, explanation: `A body of ${largest} bytes has no place in a pack.` } });
			return await reporting('ingest', work, async (reporter) => await this.#core.lock.shared(async () => await ingestBodies(this.#core, contents, reporter)));
		});
	}

	/** The large object that comes in parts under this name (letters, digits, `-`), which nothing else ever had. */
	assembly(name: string): Assembly {
		this.#assertWritable();
		if (!/^[0-9a-zA-Z-]{1,100}$/.test(name)) throw new VitrineError('bad_input', { details: { name, reason: 'not a name for an assembly' } });
		const known = this.#assemblies.get(name) ?? new Assembly(this.#core, name);
		this.#assemblies.set(name, known);
		return known;
	}

	/** Names of all that come in parts, or did until the store was closed. */
	async assemblies(): Promise<readonly string[]> {
		const found = await readdir(this.#core.layout.arriving).catch(() => []);
		return [...new Set([...found, ...this.#assemblies.keys()])];
	}

	/** Lets go of what came under this name, whole or not. */
	async removeAssembly(name: string): Promise<void> {
		const assembly = this.assembly(name);
		this.#assemblies.delete(name);
		await assembly.remove();
	}

	/**
	 * Lists a folder's files, or the one file that `path` is, for an ingest. Links to files and folders inside are
	 * followed; files that an earlier ingest read and that haven't changed since carry their digests.
	 *
	 * Errors: `path_outside_folder` (a link that leads out), `file_unreadable` (also pipes, sockets, devices),
	 * `path_invalid` (a name that no artifact can hold, a loop of links), `file_changed`, `cancelled`.
	 */
	async scanFolder(path: string, options: LongWork = {}): Promise<ScannedFolder> {
		return await this.#tracked(options, async (work) => {
			await this.#remembering;
			return await reporting('scan', work, async (reporter) => asScannedFolder(await this.#core.pool.run({ kind: 'scan', control: reporter.control.buffer, path })));
		});
	}

	/** Whether the store holds an object (by its index, without reading it). */
	async has(sha256: Sha256): Promise<boolean> {
		return await hasObject(this.#core, sha256);
	}

	/** Size and storage of an object; null where it isn't here. */
	async stat(sha256: Sha256): Promise<ObjectStat | null> {
		return await statObject(this.#core, sha256);
	}

	/**
	 * Opens an object, or a part of it. Only a whole object is checked against its digest.
	 *
	 * Errors: `object_missing`; `object_damaged`, for large objects while reading, in the place of the last piece; `bad_input` for a range that isn't in it.
	 */
	async openReader(sha256: Sha256, range: ByteRange = {}): Promise<ObjectReader> {
		return await openObject(this.#core, sha256, range);
	}

	/** Some bytes of an object in one buffer: `[start, end)`, cut at its size. */
	async readRange(sha256: Sha256, start: number, end: number): Promise<Uint8Array> {
		const reader = await this.openReader(sha256, { start, end });
		const bytes = new Uint8Array(reader.length);
		let at = 0;
		for await (const piece of reader) {
			bytes.set(piece, at);
			at += piece.length;
		}
		return bytes;
	}

	/** Writes one object to a file: whole and checked, or not at all. Errors as {@link exportTree}. */
	async exportFile(sha256: Sha256, targetPath: string, options: ExportOptions = {}): Promise<void> {
		await this.#tracked(options, async (work) => await exportTree(this.#core, { kind: 'file', sha256, targetPath }, { ...options, ...work }));
	}

	/**
	 * Writes objects to their paths below a folder, which is made where missing. All are written and checked beside it
	 * first; then they are moved into place, never through a link.
	 *
	 * Errors: `path_invalid`, `path_outside_folder` (a link stands where a folder of the tree belongs), `file_exists`,
	 * `object_missing`, `object_damaged`, `disk_full`, `store_read_only` (the target), `cancelled`.
	 */
	async exportTree(entries: readonly ExportEntry[], targetFolder: string, options: ExportOptions = {}): Promise<void> {
		await this.#tracked(options, async (work) => await exportTree(this.#core, { kind: 'tree', entries, targetFolder }, { ...options, ...work }));
	}

	/** Reads objects and compares them with their digests. Damaged ones go to quarantine, and `has` denies them from then on. */
	async verify(options: VerifyOptions = {}): Promise<VerifyReport> {
		return await this.#tracked(options, async (work) => await verifyObjects(this.#core, { ...options, ...work }));
	}

	/** Finds all packed objects again from the packs' records alone, checking each, and writes the indexes anew. */
	async rebuildIndex(options: LongWork = {}): Promise<RebuildReport> {
		return await this.#tracked(options, async (work) => {
			this.#assertWritable();
			return await rebuildIndex(this.#core, work);
		});
	}

	/** Removes objects that nothing refers to. Waits for running ingests; can be cancelled between any two steps. */
	async collectGarbage(options: CollectOptions): Promise<CollectReport> {
		return await this.#tracked(options, async (work) => {
			if (options.dryRun !== true) this.#assertWritable();
			return await collectGarbage(this.#core, { ...options, ...work });
		});
	}

	async usage(): Promise<StoreUsage> {
		return await usageOf(this.#core);
	}

	/** Cancels what is under way, waits for it to clean up, and ends the workers. */
	async close(): Promise<void> {
		this.#closing ??= (async () => {
			this.#closed.abort();
			await Promise.allSettled([...this.#assemblies.values()].map(async (assembly) => await assembly.stop()));
			await Promise.allSettled(this.#running);
			await this.#remembering;
			await this.#core.pool.close();
		})();
		await this.#closing;
	}

	/** Free bytes on the store's file system, for a look before a large ingest. */
	async availableBytes(): Promise<number> {
		const space = await statfs(this.#core.layout.root);
		return space.bavail * space.bsize;
	}

	#assertWritable(): void {
		if (this.#core.readOnly) throw new VitrineError('store_read_only', { details: { where: this.#core.layout.root } });
	}

	#remember(memory: readonly FolderMemory[]): void {
		if (memory.length === 0) return;
		const folders = Map.groupBy(memory, (part) => part.folder);
		this.#remembering = this.#remembering.then(async () => {
			for (const [folder, parts] of folders) {
				const paths = joinPaths(parts.flatMap((part) => part.paths));
				const identities = BigUint64Array.from(parts.flatMap((part) => [...part.identities]));
				const digests = new Uint8Array(Buffer.concat(parts.map((part) => part.digests)));
				// Without the note the next scan reads the files again: no reason to fail.
				await this.#core.pool.run({ kind: 'remember', folder, paths, identities, digests }).catch(() => undefined);
			}
		});
	}

	/** Runs work that `close` must wait for, and cancels. */
	async #tracked<Result>(options: LongWork, run: (work: LongWork) => Promise<Result>): Promise<Result> {
		if (this.#closing !== null) throw new VitrineError('cancelled', { details: { reason: 'the store is closed' } });
		const signal = options.signal === undefined ? this.#closed.signal : AbortSignal.any([options.signal, this.#closed.signal]);
		const running = run({ ...options, signal });
		this.#running.add(running);
		try {
			return await running;
		} finally {
			this.#running.delete(running);
		}
	}
}
