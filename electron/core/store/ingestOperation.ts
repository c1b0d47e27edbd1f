import { open, rm, stat, utimes } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { VitrineError } from '#shared/contract/errors.ts';
import { pourInto, RunningDigests } from './arriving.ts';
import { digestPairBytes, emptyColumns, identityWords, joinPaths, outcomes, type IngestedColumns } from './columns.ts';
import { FollowMark } from './control.ts';
import { targetError } from './fileErrors.ts';
import { largestPackedObject, looseObjectPath, shardPath, temporaryFileMode } from './layout.ts';
import type { CommitPackResult, LooseFile } from './messages.ts';
import { DigestKey } from './objectTable.ts';
import { nowSeconds, type PackState } from './packFile.ts';
import { PieceRing } from './pieceRing.ts';
import { isFull } from './packRegistry.ts';
import type { OperationReporter } from './progressReporter.ts';
import type { StoreCore } from './storeCore.ts';
import type { ContentSourceFile, IngestedFile, IngestOptions, LocalSourceFile, SourceFile } from './types.ts';

const smallBatchFiles = 256;
const smallBatchBytes = 4 * 1024 * 1024;
const looseBatchFiles = 32;
const looseBatchBytes = 64 * 1024 * 1024;
/** From this size on a second thread is worth waking for the MD5 of a single file. */
const splitFrom = 64 * 1024 * 1024;
/** From this size on, what arrives is hashed while it does. */
const digestFrom = 4 * 1024 * 1024;

/** A file with its place in the answer. */
type Numbered<Source> = { readonly index: number; readonly source: Source };
type Spooled = { readonly temporaryName: string; readonly size: number; /** Null: still to be read. */ readonly digests: { readonly sha256: string; readonly md5: string } | null };
type Arrived = { readonly path: string; readonly content: Uint8Array | Spooled };

type Batch =
	| { readonly kind: 'small'; readonly files: readonly Numbered<LocalSourceFile>[] }
	| { readonly kind: 'loose'; readonly files: readonly Numbered<LocalSourceFile>[] }
	| { readonly kind: 'bytes'; readonly files: readonly Numbered<Arrived>[] }
	| { readonly kind: 'adopt'; readonly file: Numbered<Arrived> };

type BorrowedPack = { state: PackState; length: number; entryCount: number; committed: CommitPackResult | null };

/** One ingest from its first file to its answer. Nothing of it counts before everything in it is durable. */
export class IngestOperation {
	readonly #core: StoreCore;
	readonly #reporter: OperationReporter;
	readonly #options: IngestOptions;
	readonly #session: number;
	readonly #results: IngestedFile[] = [];
	/** Packs that each worker appends to for this ingest; the last one is in use. */
	readonly #packs: BorrowedPack[][];
	readonly #shards = new Set<string>();
	/** Digests of what went into objects of their own. */
	readonly #looseDigests = new Set<string>();
	/** Larger objects found to be there already: looked at once more before the answer. */
	readonly #knownLoose = new Map<string, number>();
	/** Uploads waiting under `temporary/`. */
	readonly #arrived = new Set<string>();
	readonly #memory: FolderMemory[] = [];
	readonly #source: Iterator<SourceFile> | AsyncIterator<SourceFile>;
	#nextIndex = 0;
	#exhausted = false;
	#taking: Promise<unknown> = Promise.resolve();
	#small: Numbered<LocalSourceFile>[] = [];
	#smallBytes = 0;
	#loose: Numbered<LocalSourceFile>[] = [];
	#looseBytes = 0;
	/** Files that turned out larger than announced. */
	#grown: Numbered<LocalSourceFile>[] = [];
	#busyLanes = 0;
	#failed = false;
	/** Bytes asked to be stored in all, as far as known: what a full disk lacked room for. */
	#plannedBytes = 0;

	constructor(core: StoreCore, files: AsyncIterable<SourceFile> | readonly SourceFile[], reporter: OperationReporter, options: IngestOptions) {
		this.#core = core;
		this.#reporter = reporter;
		this.#options = options;
		this.#session = core.nextSession();
		this.#packs = Array.from({ length: core.pool.size }, () => []);
		if (Symbol.asyncIterator in files) {
			this.#source = files[Symbol.asyncIterator]();
		} else {
			this.#source = files[Symbol.iterator]();
			reporter.totalFiles = files.length;
			const totalBytes = files.reduce((sum, file) => sum + (file.size ?? Number.NaN), 0);
			reporter.totalBytes = Number.isNaN(totalBytes) ? null : totalBytes;
		}
	}

	async run(): Promise<readonly IngestedFile[]> {
		try {
			await this.#inLanes();
			this.#reporter.phase = 'commit';
			await this.#commit();
			await this.#assertHeld();
		} catch (error) {
			await this.#rollback();
			throw this.#withNeed(error);
		}
		this.#endSessions();
		return this.#results;
	}

	/** What the next scan of the same folders may believe, in the order in which it was read. */
	get memory(): readonly FolderMemory[] {
		return this.#memory;
	}

	async #inLanes(): Promise<void> {
		const failures: unknown[] = [];
		const lane = async (worker: number): Promise<void> => {
			try {
				for (;;) {
					const batch = await this.#nextBatch();
					if (batch === null) return;
					this.#busyLanes++;
					try {
						await this.#perform(batch, worker);
					} finally {
						this.#busyLanes--;
					}
				}
			} catch (error) {
				failures.push(error);
				this.#failed = true;
				// The other lanes needn't finish what nobody will see.
				this.#reporter.control.cancel();
			}
		};
		await Promise.all(this.#packs.map(async (_, worker) => await lane(worker)));
		if (this.#exhausted === false) await this.#source.return?.();
		// The first failure is the cause; the others were told to stop.
		if (failures.length > 0) throw failures[0];
	}

	/** One lane at a time takes from the source. */
	async #nextBatch(): Promise<Batch | null> {
		const before = this.#taking;
		const taken = (async () => {
			await before.catch(() => undefined);
			return await this.#takeBatch();
		})();
		this.#taking = taken;
		return await taken;
	}

	async #takeBatch(): Promise<Batch | null> {
		if (this.#failed) return null;
		const grown = this.#grown.shift();
		if (grown !== undefined) return { kind: 'loose', files: [grown] };
		while (!this.#exhausted) {
			this.#reporter.throwIfCancelled();
			const pulled = this.#source.next();
			const next = pulled instanceof Promise ? await pulled : pulled;
			if (next.done === true) {
				this.#exhausted = true;
				break;
			}
			const source = next.value;
			const index = this.#nextIndex++;
			if ('content' in source) return await this.#receive(index, source);
			if (source.absolutePath.includes('\0')) throw new VitrineError('path_invalid', { details: { path: source.absolutePath, reason: 'nul' } });
			if (!this.#options.paranoid && source.remembered !== undefined && this.#isHeld(source)) continue;
			this.#plannedBytes += source.size ?? 0;
			this.#reporter.currentPath = source.path;
			if ((source.size ?? 0) <= largestPackedObject) {
				this.#small.push({ index, source });
				this.#smallBytes += source.size ?? smallBatchBytes / smallBatchFiles;
				if (this.#small.length >= smallBatchFiles || this.#smallBytes >= smallBatchBytes) return this.#flushSmall();
			} else {
				this.#loose.push({ index, source });
				this.#looseBytes += source.size ?? 0;
				if (this.#loose.length >= looseBatchFiles || this.#looseBytes >= looseBatchBytes) return this.#flushLoose();
			}
		}
		if (this.#loose.length > 0) return this.#flushLoose();
		if (this.#small.length > 0) return this.#flushSmall();
		return null;
	}

	#flushSmall(): Batch {
		const files = this.#small;
		this.#small = [];
		this.#smallBytes = 0;
		return { kind: 'small', files };
	}

	#flushLoose(): Batch {
		const files = this.#loose;
		this.#loose = [];
		this.#looseBytes = 0;
		return { kind: 'loose', files };
	}

	/** Takes in what a scan remembers, without a worker. Larger objects are looked at again before the answer. */
	#isHeld(source: LocalSourceFile): boolean {
		const remembered = source.remembered!;
		const slot = this.#core.packs.table.find(key.setHex(remembered.sha256), 0);
		if (slot === -1) {
			if (remembered.size <= largestPackedObject) return false;
			this.#knownLoose.set(remembered.sha256, remembered.size);
		}
		this.#results[this.#nextIndex - 1] = { path: source.path, size: remembered.size, sha256: remembered.sha256, md5: remembered.md5, deduplicated: true };
		this.#reporter.extraFiles++;
		this.#reporter.extraBytes += remembered.size;
		return true;
	}

	/** Receives an upload: small ones in memory, larger ones under `temporary/`. */
	async #receive(index: number, source: ContentSourceFile): Promise<Batch> {
		this.#reporter.currentPath = source.path;
		const iterator = source.content[Symbol.asyncIterator]();
		const first: Uint8Array[] = [];
		let size = 0;
		let ended = false;
		const check = (total: number): void => {
			this.#reporter.throwIfCancelled();
			if (source.size !== undefined && total > source.size) throw sizeMismatch(source, total);
		};
		try {
			while (size <= largestPackedObject) {
				const next = await iterator.next();
				if (next.done === true) {
					ended = true;
					break;
				}
				size += next.value.length;
				check(size);
				first.push(next.value);
			}
			const spooled = ended ? null : await this.#spool(first, iterator, source.size, check);
			if (spooled !== null) size = spooled.size;
			if (source.size !== undefined && size !== source.size) throw sizeMismatch(source, size);
			this.#plannedBytes += size;
			if (spooled !== null) return { kind: 'adopt', file: { index, source: { path: source.path, content: spooled } } };
			return { kind: 'bytes', files: [{ index, source: { path: source.path, content: joined(first, size) } }] };
		} catch (error) {
			throw targetError(error, this.#core.layout.root, source.size);
		} finally {
			if (!ended) await iterator.return?.();
		}
	}

	async #spool(first: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>, expected: number | undefined, check: (total: number) => void): Promise<Spooled> {
		const temporaryName = this.#core.temporaryName();
		const path = join(this.#core.layout.temporary, temporaryName);
		this.#arrived.add(temporaryName);
		const file = await open(path, 'wx', temporaryFileMode);
		const digests = expected !== undefined && expected >= digestFrom ? new RunningDigests(this.#core, this.#reporter.control.buffer, path, ['sha256', 'md5']) : null;
		async function* all(): AsyncGenerator<Uint8Array> {
			yield* first;
			for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
		}
		try {
			const size = await pourInto(file, all(), { check, ...(digests === null ? {} : { onWritten: digests.advance }) });
			if (digests === null) return { temporaryName, size, digests: null };
			const [sha256, md5] = await digests.end();
			return { temporaryName, size, digests: { sha256: sha256 ?? '', md5: md5 ?? '' } };
		} catch (error) {
			await digests?.abort();
			throw error;
		} finally {
			await file.close();
		}
	}

	async #perform(batch: Batch, worker: number): Promise<void> {
		const control = this.#reporter.control.buffer;
		switch (batch.kind) {
			case 'small': {
				const expected = new BigUint64Array(batch.files.length * 2);
				for (const [at, { source }] of batch.files.entries()) {
					if (source.identity === undefined) continue;
					expected[at * 2] = source.identity.device;
					expected[at * 2 + 1] = source.identity.inode;
				}
				const pack = this.#packFor(worker);
				const paths = joinPaths(batch.files.map((file) => file.source.absolutePath));
				const result = await this.#core.pool.run({ kind: 'ingestSmall', control, session: this.#session, pack: pack.state, paths, expected }, worker);
				pack.length = result.packLength;
				pack.entryCount = result.packEntries;
				this.#take(batch.files, result.columns, 'packed');
				return;
			}
			case 'bytes': {
				const pack = this.#packFor(worker);
				const contents = batch.files.map((file) => file.source.content as Uint8Array);
				const result = await this.#core.pool.run({ kind: 'ingestBytes', control, session: this.#session, pack: pack.state, contents }, worker);
				pack.length = result.packLength;
				pack.entryCount = result.packEntries;
				this.#take(batch.files, result.columns, 'packed');
				return;
			}
			case 'loose': {
				const files = batch.files.map(({ source }) => ({
					absolutePath: source.absolutePath,
					device: source.identity?.device ?? 0n,
					inode: source.identity?.inode ?? 0n,
					temporaryName: this.#core.temporaryName(),
					adopt: false,
				}));
				this.#take(batch.files, await this.#ingestLoose(files, worker, batch.files[0]!.source.size ?? 0), 'loose');
				return;
			}
			case 'adopt': {
				const { source } = batch.file;
				const { temporaryName, size, digests } = source.content as Spooled;
				const path = join(this.#core.layout.temporary, temporaryName);
				if (digests === null) this.#take([batch.file], await this.#ingestLoose([{ absolutePath: path, device: 0n, inode: 0n, temporaryName, adopt: true }], worker, size), 'loose');
				else {
					const known = await this.#core.pool.run({ kind: 'place', path, sha256: digests.sha256, size, unfinished: true }, worker);
					const columns = emptyColumns(1);
					columns.sizes[0] = size;
					columns.digests.set(Buffer.from(digests.sha256 + digests.md5, 'hex'));
					columns.outcomes[0] = known ? outcomes.known : outcomes.stored;
					this.#reporter.control.addFiles(1);
					this.#take([batch.file], columns, 'loose');
				}
				this.#arrived.delete(temporaryName);
				return;
			}
		}
	}

	/** The pack that this worker appends to; a full one stays open until the commit. */
	#packFor(worker: number): BorrowedPack {
		const packs = this.#packs[worker]!;
		let pack = packs.at(-1);
		if (pack === undefined || isFull(pack.length, pack.entryCount)) {
			const state = this.#core.packs.borrow();
			pack = { state, length: state.length, entryCount: state.entryCount, committed: null };
			packs.push(pack);
		}
		return pack;
	}

	async #ingestLoose(files: readonly LooseFile[], worker: number, size: number): Promise<IngestedColumns> {
		const control = this.#reporter.control.buffer;
		const { pool } = this.#core;
		const idle = this.#exhausted && this.#busyLanes === 1 && files.length === 1 && size >= splitFrom ? [...this.#packs.keys()].find((other) => other !== worker && pool.load(other) === 0) : undefined;
		if (idle === undefined) return (await pool.run({ kind: 'ingestLoose', control, files, follower: null }, worker)).columns;

		const mark = new FollowMark();
		const follower = { mark: mark.buffer, ring: new PieceRing().buffer };
		const { temporaryName } = files[0]!;
		const following = pool.run({ kind: 'follow', control, follower }, idle);
		// Without it the other thread would wait for a free piece. The failure itself is thrown where it is awaited.
		following.catch(() => mark.end('aborted'));
		let columns: IngestedColumns;
		try {
			({ columns } = await pool.run({ kind: 'ingestLoose', control, files, follower }, worker));
		} catch (error) {
			mark.end('aborted');
			// Where the follower failed first, its failure is the cause.
			await following;
			throw error;
		}
		try {
			const md5 = await following;
			if (md5 === null) throw new VitrineError('cancelled');
			columns.digests.set(md5, 32);
			const sha256 = Buffer.from(columns.digests.subarray(0, 32)).toString('hex');
			columns.outcomes[0] = (await pool.run({ kind: 'place', path: join(this.#core.layout.temporary, temporaryName), sha256, size: columns.sizes[0]!, unfinished: false }, worker)) ? outcomes.known : outcomes.stored;
		} catch (error) {
			await rm(join(this.#core.layout.temporary, temporaryName), { force: true });
			throw error;
		}
		return columns;
	}

	#take(files: readonly Numbered<{ readonly path: string; readonly absolutePath?: string }>[], columns: IngestedColumns, storage: 'packed' | 'loose'): void {
		const digests = Buffer.from(columns.digests.buffer).toString('hex');
		const remembered = new FolderMemory();
		for (const [at, { index, source }] of files.entries()) {
			if (columns.outcomes[at] === outcomes.large) {
				this.#grown.push({ index, source: source as LocalSourceFile });
				continue;
			}
			const start = at * digestPairBytes * 2;
			const sha256 = digests.slice(start, start + 64);
			const size = columns.sizes[at]!;
			this.#results[index] = { path: source.path, size, sha256, md5: digests.slice(start + 64, start + 96), deduplicated: columns.outcomes[at] === outcomes.known };
			if (storage === 'loose') {
				this.#looseDigests.add(sha256);
				this.#shards.add(shardPath(this.#core.layout, sha256));
				if (columns.outcomes[at] === outcomes.known) this.#knownLoose.set(sha256, size);
			}
			if (source.absolutePath !== undefined && columns.identities[at * identityWords + 1] !== 0n) remembered.add(source.absolutePath, source.path, columns, at);
		}
		if (remembered.count > 0) this.#memory.push(remembered);
	}

	async #commit(): Promise<void> {
		this.#reporter.throwIfCancelled();
		const { pool, layout } = this.#core;
		const commits = this.#packs.flatMap((packs, worker) =>
			packs.map(async (pack) => {
				pack.committed = await pool.run({ kind: 'commitPack', session: this.#session, pack: pack.state.number }, worker);
			}),
		);
		const folders = this.#shards.size === 0 ? [] : [...this.#shards, layout.objects];
		const outcomesOfAll = await Promise.allSettled([...commits, folders.length === 0 ? null : pool.run({ kind: 'syncDirectories', paths: folders })]);
		const failure = outcomesOfAll.find((outcome) => outcome.status === 'rejected');
		this.#giveBackPacks();
		if (failure !== undefined) throw failure.reason;
	}

	/** What was found to be there must still be there: it may have been found damaged meanwhile. From here on it is too young to be collected. */
	async #assertHeld(): Promise<void> {
		const { table } = this.#core.packs;
		const now = nowSeconds();
		for (const file of this.#results) {
			if (this.#looseDigests.has(file.sha256) || this.#knownLoose.has(file.sha256)) continue;
			const slot = table.find(key.setHex(file.sha256), 0);
			if (slot === -1) throw lost(file.sha256);
			table.touch(slot, now);
		}
		for (const [sha256, size] of this.#knownLoose) {
			const path = looseObjectPath(this.#core.layout, sha256);
			const touched = await utimes(path, now, now).then(() => stat(path)).catch(() => null);
			if (touched?.size !== size) throw lost(sha256);
		}
	}

	#giveBackPacks(): void {
		for (const packs of this.#packs) {
			for (const pack of packs.splice(0)) this.#core.packs.giveBack(pack.state.number, pack.committed);
		}
	}

	async #rollback(): Promise<void> {
		await this.#taking.catch(() => undefined);
		await Promise.allSettled(this.#packs.map(async (_, worker) => await this.#core.pool.run({ kind: 'endSession', session: this.#session }, worker)));
		this.#giveBackPacks();
		for (const name of this.#arrived) await rm(join(this.#core.layout.temporary, name), { force: true });
	}

	#endSessions(): void {
		for (const worker of this.#packs.keys()) {
			if (this.#core.pool.isRunning(worker)) void this.#core.pool.run({ kind: 'endSession', session: this.#session }, worker).catch(() => undefined);
		}
	}

	#withNeed(error: unknown): unknown {
		if (!(error instanceof VitrineError) || error.code !== 'disk_full') return error;
		const known = typeof error.details['neededBytes'] === 'number' ? error.details['neededBytes'] : 0;
		const neededBytes = Math.max(known, this.#reporter.totalBytes ?? this.#plannedBytes);
		return new VitrineError('disk_full', { details: { ...error.details, neededBytes }, cause: error });
	}
}

const key = new DigestKey();

/** What was read in one batch, for the stat cache. */
export class FolderMemory {
	readonly #paths: string[] = [];
	readonly #identities: bigint[] = [];
	readonly #digests: Uint8Array[] = [];
	#folder: string | null = null;

	get count(): number {
		return this.#paths.length;
	}

	get folder(): string {
		return this.#folder ?? '';
	}

	get paths(): readonly string[] {
		return this.#paths;
	}

	get identities(): BigUint64Array {
		return BigUint64Array.from(this.#identities);
	}

	get digests(): Uint8Array {
		return Buffer.concat(this.#digests);
	}

	/** Only files that stand in a folder by their path inside the artifact, all in the same one: the others aren't found again by a scan. */
	add(absolutePath: string, path: string, columns: IngestedColumns, at: number): void {
		const tail = sep + (sep === '/' ? path : path.replaceAll('/', sep));
		if (!absolutePath.endsWith(tail)) return;
		const folder = absolutePath.slice(0, -tail.length);
		if (this.#folder !== null && this.#folder !== folder) return;
		this.#folder = folder;
		this.#paths.push(path);
		for (let word = 0; word < identityWords; word++) this.#identities.push(columns.identities[at * identityWords + word]!);
		this.#digests.push(columns.digests.subarray(at * digestPairBytes, (at + 1) * digestPairBytes));
	}
}

function lost(sha256: string): VitrineError {
	return new VitrineError('object_damaged', { details: { sha256, reason: 'removed while it was taken again' } });
}

function sizeMismatch(source: ContentSourceFile, size: number): VitrineError {
	return new VitrineError('file_changed', { details: { path: source.path, reason: 'size', sizeBefore: source.size, sizeAfter: size } });
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
	const bytes = new Uint8Array(size);
	let at = 0;
	for (const piece of pieces) {
		bytes.set(piece, at);
		at += piece.length;
	}
	return bytes;
}
