import { createHash } from 'node:crypto';
import { chmodSync, close, constants, fchmodSync, fsync, mkdirSync, open, openSync, closeSync, read, renameSync, statSync, unlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { digestPairBytes, emptyColumns, identityWords, outcomes } from './columns.ts';
import { Control, WriteMark } from './control.ts';
import { sourceError, systemCode, targetError } from './fileErrors.ts';
import { directoryMode, looseObjectPath, objectFileMode, shardPath, temporaryFileMode } from './layout.ts';
import type { FollowJob, IngestLooseJob, IngestLooseResult, LooseFile, PlaceJob } from './messages.ts';
import { streamFile, writeFully } from './streamFile.ts';
import { assertUnchanged, isRecent, openSource } from './sourceReading.ts';
import type { WorkerContext } from './workerContext.ts';

const readFile = promisify(read);
const syncFile = promisify(fsync);
const closeFile = promisify(close);
const openFile = promisify(open);

const chunkBytes = 4 * 1024 * 1024;

type Written = { readonly descriptor: number; readonly temporaryPath: string; readonly sha256: string; readonly size: number; placed: boolean };

/**
 * Copies each file into `temporary/`, hashing what passes through, syncs all of them together, and renames them to their
 * digests. Whatever goes wrong, no temporary file stays.
 */
export async function ingestLoose(context: WorkerContext, job: IngestLooseJob): Promise<IngestLooseResult> {
	const control = new Control(job.control);
	const mark = job.follower === null ? null : new WriteMark(job.follower);
	const columns = emptyColumns(job.files.length);
	const written: Written[] = [];
	try {
		for (const [index, file] of job.files.entries()) {
			const taken = await copyAndHash(context, file, control, mark, written);
			columns.sizes[index] = taken.size;
			columns.digests.set(taken.sha256, index * digestPairBytes);
			if (taken.md5 !== null) columns.digests.set(taken.md5, index * digestPairBytes + 32);
			if (taken.identity !== null) columns.identities.set(taken.identity, index * identityWords);
			control.addFiles(1);
		}
		await Promise.all(written.map(async (file) => await syncFile(file.descriptor)));
		for (const [index, file] of written.entries()) {
			await closeFile(file.descriptor);
			file.placed = true;
			if (mark !== null) continue;
			columns.outcomes[index] = place(context, file.temporaryPath, file.sha256, file.size) ? outcomes.known : outcomes.stored;
		}
		mark?.end('done');
		return { columns };
	} catch (error) {
		mark?.end('aborted');
		for (const file of written) {
			if (file.placed) continue;
			await closeFile(file.descriptor).catch(() => undefined);
		}
		for (const file of job.files) removeIfThere(join(context.layout.temporary, file.temporaryName));
		throw targetError(error, context.layout.root);
	}
}

type Taken = { readonly size: number; readonly sha256: Buffer; readonly md5: Buffer | null; readonly identity: readonly bigint[] | null };

async function copyAndHash(context: WorkerContext, file: LooseFile, control: Control, mark: WriteMark | null, written: Written[]): Promise<Taken> {
	control.throwIfCancelled();
	const startedAt = Date.now();
	const source = openSource(file.absolutePath, file.device, file.inode);
	const size = Number(source.before.size);
	const temporaryPath = join(context.layout.temporary, file.temporaryName);
	let target = -1;
	try {
		target = file.adopt
			? await openFile(temporaryPath, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0))
			: await openFile(temporaryPath, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0), temporaryFileMode);
		const sha256 = createHash('sha256');
		const md5 = mark === null ? createHash('md5') : null;
		const reading = { descriptor: source.descriptor, size, readFailure: (error: unknown) => sourceError(error, file.absolutePath), ...(file.adopt ? {} : { syncing: target }) };
		const total = await streamFile(reading, async (bytes, offset) => {
			control.throwIfCancelled();
			const writing = file.adopt ? null : writeFully(target, bytes, offset);
			// The write fails in the middle of hashing at the earliest.
			writing?.catch(() => undefined);
			sha256.update(bytes);
			md5?.update(bytes);
			await writing;
			mark?.advance(offset + bytes.length);
			control.addBytes(bytes.length);
		});
		const after = assertUnchanged(source, file.absolutePath, total);
		fchmodSync(target, objectFileMode);
		const digest = sha256.digest();
		written.push({ descriptor: target, temporaryPath, sha256: digest.toString('hex'), size, placed: false });
		target = -1;
		return { size, sha256: digest, md5: md5?.digest() ?? null, identity: file.adopt || isRecent(after, startedAt) ? null : [after.dev, after.ino, after.size, after.mtimeNs, after.ctimeNs] };
	} catch (error) {
		throw targetError(error, context.layout.root, size);
	} finally {
		if (target !== -1) closeSync(target);
		closeSync(source.descriptor);
	}
}

/** Computes the MD5 of what another worker writes, staying behind it. Null where that one gave up. */
export async function follow(context: WorkerContext, job: FollowJob): Promise<Uint8Array | null> {
	const mark = new WriteMark(job.follower);
	await mark.wait(0);
	if (mark.length === 0) return mark.state === 'done' ? createHash('md5').digest() : null;
	const descriptor = openSync(join(context.layout.temporary, job.temporaryName), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
	try {
		const md5 = createHash('md5');
		const buffer = Buffer.allocUnsafeSlow(chunkBytes);
		for (let offset = 0; ; ) {
			const end = mark.length;
			if (end === offset) {
				if (mark.state === 'aborted') return null;
				if (mark.state === 'done') return md5.digest();
				await mark.wait(offset);
				continue;
			}
			const { bytesRead } = await readFile(descriptor, buffer, 0, Math.min(buffer.length, end - offset), offset);
			md5.update(buffer.subarray(0, bytesRead));
			offset += bytesRead;
		}
	} finally {
		closeSync(descriptor);
	}
}

export function placeJob(context: WorkerContext, job: PlaceJob): boolean {
	const path = join(context.layout.temporary, job.temporaryName);
	try {
		return place(context, path, job.sha256, job.size);
	} catch (error) {
		removeIfThere(path);
		throw targetError(error, context.layout.root);
	}
}

/** Renames a synced file to its digest, or drops it where a file of that digest and size is there. True for the latter. The folder is synced at the commit. */
function place(context: WorkerContext, temporaryPath: string, sha256: string, size: number): boolean {
	const path = looseObjectPath(context.layout, sha256);
	if (touchLoose(path, size)) {
		unlinkSync(temporaryPath);
		return true;
	}
	mkdirSync(shardPath(context.layout, sha256), { recursive: true, mode: directoryMode });
	// Windows doesn't rename over a file that is read-only: what is there has the wrong size and is lost anyway.
	if (process.platform === 'win32') makeWritable(path);
	renameSync(temporaryPath, path);
	return false;
}

/** Whether an object of that size is there; its time is set to now, which keeps the collector from it. */
export function touchLoose(path: string, size: number): boolean {
	try {
		if (statSync(path).size !== size) return false;
		const now = new Date();
		utimesSync(path, now, now);
		return true;
	} catch (error) {
		if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return false;
		throw error;
	}
}

function makeWritable(path: string): void {
	try {
		chmodSync(path, temporaryFileMode);
	} catch {
		// Not there, as nearly always.
	}
}

export function removeIfThere(path: string): void {
	try {
		unlinkSync(path);
	} catch {
		// Never made, or already in its place.
	}
}
