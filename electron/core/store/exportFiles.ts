import { createHash, hash } from 'node:crypto';
import { closeSync, constants, fstatSync, linkSync, lstatSync, mkdirSync, openSync, renameSync, unlinkSync, write } from 'node:fs';
import { promisify } from 'node:util';
import { dirname, join, sep } from 'node:path';
import { VitrineError } from '#shared/contract/errors.ts';
import { Control } from './control.ts';
import { systemCode, targetError } from './fileErrors.ts';
import { largestPackedObject, looseObjectPath } from './layout.ts';
import type { ExportJob, PlaceExportJob } from './messages.ts';
import { DigestKey } from './objectTable.ts';
import { writeAll } from './packFile.ts';
import { PieceRing } from './pieceRing.ts';
import { streamFile } from './streamFile.ts';
import type { WorkerContext } from './workerContext.ts';

const writeFile = promisify(write);
const key = new DigestKey();
const payloadBuffer = Buffer.allocUnsafeSlow(largestPackedObject);
const writeFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/** Writes objects into a staging folder that is ours alone, each checked against its digest on the way. */
export async function exportFiles(context: WorkerContext, job: ExportJob): Promise<void> {
	const control = new Control(job.control);
	const made = new Set<string>();
	for (const [index, path] of job.paths.entries()) {
		control.throwIfCancelled();
		const target = join(job.staging, path);
		const sha256 = Buffer.from(job.digests.subarray(index * 32, (index + 1) * 32));
		try {
			const folder = dirname(target);
			if (!made.has(folder)) {
				mkdirSync(folder, { recursive: true });
				made.add(folder);
			}
			await exportOne(context, sha256, target, path, control);
		} catch (error) {
			if (systemCode(error) === 'EEXIST') throw new VitrineError('file_exists', { details: { path }, cause: error });
			throw targetError(error, job.staging);
		}
		control.addFiles(1);
	}
}

async function exportOne(context: WorkerContext, sha256: Buffer, target: string, path: string, control: Control): Promise<void> {
	const packed = readPacked(context, sha256);
	if (packed !== null) {
		if (!hash('sha256', packed, 'buffer').equals(sha256)) throw damaged(sha256, path);
		const descriptor = openSync(target, writeFlags, 0o644);
		try {
			writeAll(descriptor, packed, 0);
		} finally {
			closeSync(descriptor);
		}
		control.addBytes(packed.length);
		return;
	}
	let source: number;
	try {
		source = openSync(looseObjectPath(context.layout, sha256.toString('hex')), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
	} catch (error) {
		if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') throw new VitrineError('object_missing', { details: { sha256: sha256.toString('hex'), path }, cause: error });
		throw error;
	}
	let descriptor = -1;
	try {
		descriptor = openSync(target, writeFlags, 0o644);
		const digest = createHash('sha256');
		const size = fstatSync(source).size;
		await PieceRing.lent(
			async (ring) =>
				await streamFile(ring, { descriptor: source, size, readFailure: () => damaged(sha256, path) }, async (bytes, offset) => {
					control.throwIfCancelled();
					const writing = writeFully(descriptor, bytes, offset);
					writing.catch(() => undefined);
					digest.update(bytes);
					await writing;
					control.addBytes(bytes.length);
				}),
		);
		if (!digest.digest().equals(sha256)) throw damaged(sha256, path);
	} finally {
		if (descriptor !== -1) closeSync(descriptor);
		closeSync(source);
	}
}

async function writeFully(descriptor: number, bytes: Buffer, offset: number): Promise<void> {
	for (let done = 0; done < bytes.length; ) done += (await writeFile(descriptor, bytes, done, bytes.length - done, offset + done)).bytesWritten;
}

/** The payload of a packed object, valid until the next call, or null where no pack has it. */
function readPacked(context: WorkerContext, sha256: Buffer): Buffer | null {
	// A second look finds an object whose pack was written anew between the two reads.
	for (let attempt = 0; attempt < 3; attempt++) {
		const slot = context.table.find(key.set(sha256), 0);
		if (slot === -1) return null;
		const pack = context.table.packAt(slot);
		const offset = context.table.offsetAt(slot);
		const header = context.packs.header(pack, offset);
		if (header !== null && header.size <= largestPackedObject && header.sha256.equals(sha256)) return payloadBuffer.subarray(0, context.packs.payload(pack, offset, payloadBuffer, header.size));
	}
	throw damaged(sha256, null);
}

function damaged(sha256: Buffer, path: string | null): VitrineError {
	return new VitrineError('object_damaged', { details: { sha256: sha256.toString('hex'), ...(path === null ? {} : { path }) } });
}

/**
 * Moves staged files to their places below the target folder, or only looks whether something is in the way. No step of
 * a path may be a symbolic link: it could lead out of the folder. Each folder is held open while its files are placed,
 * so that swapping it for a link in the meantime changes nothing (on Linux; elsewhere it is checked before each file).
 */
export function placeExport(job: PlaceExportJob): void {
	const control = new Control(job.control);
	const folders = new TargetFolders(job.target, !job.checkOnly);
	try {
		for (const path of job.paths) {
			control.throwIfCancelled();
			const slash = path.lastIndexOf('/');
			const folder = folders.open(slash === -1 ? '' : path.slice(0, slash));
			if (folder === null) continue;
			const target = folder + sep + path.slice(slash + 1);
			if (job.checkOnly) {
				const there = lstatSync(target, { throwIfNoEntry: false });
				if (there !== undefined && (there.isDirectory() || !job.overwrite)) throw new VitrineError('file_exists', { details: { path } });
				continue;
			}
			try {
				moveTo(join(job.staging, path), target, job.overwrite);
			} catch (error) {
				if (['EEXIST', 'EISDIR', 'ENOTEMPTY'].includes(systemCode(error))) throw new VitrineError('file_exists', { details: { path }, cause: error });
				throw error;
			}
		}
	} catch (error) {
		throw targetError(error, job.target);
	} finally {
		folders.close();
	}
}

function moveTo(source: string, target: string, overwrite: boolean): void {
	if (overwrite) {
		renameSync(source, target);
		return;
	}
	try {
		// Unlike renaming, linking never replaces what came in between.
		linkSync(source, target);
	} catch (error) {
		if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(systemCode(error))) throw error;
		if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) throw new VitrineError('file_exists', { details: { path: target } });
		renameSync(source, target);
		return;
	}
	unlinkSync(source);
}

/** The folders below an export's target, opened step by step and never through a link. */
class TargetFolders {
	readonly #root: string;
	readonly #make: boolean;
	readonly #open = new Map<string, number>();

	constructor(root: string, make: boolean) {
		this.#root = root;
		this.#make = make;
	}

	/** A path by which files of the folder can be reached; null where it doesn't exist and may not be made. */
	open(relative: string): string | null {
		if (process.platform !== 'linux') return this.#checked(relative);
		const descriptor = this.#descriptor(relative);
		return descriptor === null ? null : `/proc/self/fd/${descriptor}`;
	}

	close(): void {
		for (const descriptor of this.#open.values()) closeSync(descriptor);
		this.#open.clear();
	}

	#descriptor(relative: string): number | null {
		const known = this.#open.get(relative);
		if (known !== undefined) return known;
		let path: string;
		if (relative === '') {
			path = this.#root;
		} else {
			const slash = relative.lastIndexOf('/');
			const parent = this.#descriptor(slash === -1 ? '' : relative.slice(0, slash));
			if (parent === null) return null;
			path = `/proc/self/fd/${parent}/${relative.slice(slash + 1)}`;
			if (this.#make) makeFolder(path);
		}
		let descriptor: number;
		try {
			descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | (relative === '' ? 0 : constants.O_NOFOLLOW));
		} catch (error) {
			if (systemCode(error) === 'ENOENT' && !this.#make) return null;
			throw refusedStep(error, relative);
		}
		if (this.#open.size >= 128) this.close();
		this.#open.set(relative, descriptor);
		return descriptor;
	}

	#checked(relative: string): string | null {
		let path = this.#root;
		for (const step of relative === '' ? [] : relative.split('/')) {
			path = join(path, step);
			if (this.#make) makeFolder(path);
			const there = lstatSync(path, { throwIfNoEntry: false });
			if (there === undefined) return null;
			if (there.isSymbolicLink()) throw new VitrineError('path_outside_folder', { details: { path: relative, reason: 'link' } });
			if (!there.isDirectory()) throw new VitrineError('file_exists', { details: { path: relative } });
		}
		return path;
	}
}

function makeFolder(path: string): void {
	try {
		mkdirSync(path, 0o755);
	} catch (error) {
		if (systemCode(error) !== 'EEXIST') throw error;
	}
}

function refusedStep(error: unknown, relative: string): unknown {
	// Opening a link as a folder, not to be followed, fails with either of these; a file fails with the second.
	if (systemCode(error) === 'ELOOP') return new VitrineError('path_outside_folder', { details: { path: relative, reason: 'link' }, cause: error });
	if (systemCode(error) === 'ENOTDIR') return new VitrineError('path_outside_folder', { details: { path: relative, reason: 'link_or_file' }, cause: error });
	return error;
}
