import { createHash } from 'node:crypto';
import { chmodSync, closeSync, mkdirSync, renameSync, statSync, unlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { VitrineError } from '#shared/contract/errors.ts';
import { digestPairBytes, emptyColumns, identityWords, outcomes } from './columns.ts';
import { Control, FollowMark } from './control.ts';
import { withFreeDescriptors } from './descriptors.ts';
import { sourceError, systemCode, targetError } from './fileErrors.ts';
import { directoryMode, looseObjectPath, shardPath, temporaryFileMode } from './layout.ts';
import type { FollowJob, IngestLooseJob, IngestLooseResult, LooseFile, PlaceJob } from './messages.ts';
import { ObjectWriter } from './objectWriter.ts';
import { pieceBytes, PieceRing } from './pieceRing.ts';
import { assertUnchanged, isRecent, openSource } from './sourceReading.ts';
import { streamFile } from './streamFile.ts';
import type { WorkerContext } from './workerContext.ts';

type Written = { readonly writer: ObjectWriter; readonly sha256: string; readonly size: number };

/**
 * Copies each file into `temporary/`, hashing what passes through, syncs all of them together, and renames them to their
 * digests. Whatever goes wrong, no temporary file stays.
 */
export async function ingestLoose(context: WorkerContext, job: IngestLooseJob): Promise<IngestLooseResult> {
	const control = new Control(job.control);
	const columns = emptyColumns(job.files.length);
	const written: Written[] = [];
	const mark = job.follower === null ? null : new FollowMark(job.follower.mark);
	const ring = job.follower === null ? null : new PieceRing(job.follower.ring);
	try {
		for (const [index, file] of job.files.entries()) {
			const copy = async (pieces: PieceRing) => await copyAndHash(context, file, control, pieces, mark, written);
			const taken = await withFreeDescriptors(
				async () => await (ring === null ? PieceRing.lent(copy) : copy(ring)),
				async () => await finishAll(written),
			);
			columns.sizes[index] = taken.size;
			columns.digests.set(taken.sha256, index * digestPairBytes);
			if (taken.md5 !== null) columns.digests.set(taken.md5, index * digestPairBytes + 32);
			if (taken.identity !== null) columns.identities.set(taken.identity, index * identityWords);
			control.addFiles(1);
		}
		await finishAll(written);
		if (mark === null) {
			for (const [index, { writer, sha256, size }] of written.entries()) {
				columns.outcomes[index] = place(context, writer.path, sha256, size) ? outcomes.known : outcomes.stored;
			}
		}
		return { columns };
	} catch (error) {
		mark?.end('aborted');
		for (const { writer } of written) await writer.close().catch(() => undefined);
		for (const file of job.files) removeIfThere(join(context.layout.temporary, file.temporaryName));
		throw targetError(error, context.layout.root);
	}
}

async function finishAll(written: readonly Written[]): Promise<void> {
	await Promise.all(written.map(async ({ writer }) => await writer.finish()));
}

type Taken = { readonly size: number; readonly sha256: Buffer; readonly md5: Buffer | null; readonly identity: readonly bigint[] | null };

async function copyAndHash(context: WorkerContext, file: LooseFile, control: Control, ring: PieceRing, mark: FollowMark | null, written: Written[]): Promise<Taken> {
	control.throwIfCancelled();
	const startedAt = Date.now();
	const source = openSource(file.absolutePath, file.device, file.inode);
	const size = Number(source.before.size);
	let writer: ObjectWriter | null = null;
	try {
		writer = await ObjectWriter.open(join(context.layout.temporary, file.temporaryName), size, file.adopt);
		const target = writer;
		const sha256 = createHash('sha256');
		const md5 = mark === null ? createHash('md5') : null;
		const streamed = {
			descriptor: source.descriptor,
			size,
			readFailure: (error: unknown) => sourceError(error, file.absolutePath),
			beforeReuse: async (offset: number) => await mark?.waitForFollower(offset),
		};
		const total = await streamFile(ring, streamed, async (bytes, offset) => {
			control.throwIfCancelled();
			if (mark?.state === 'aborted') throw new VitrineError('cancelled', { details: { reason: 'the thread that computes the MD5 ended' } });
			mark?.lead(offset + bytes.length);
			const writing = file.adopt ? null : target.write(bytes, offset);
			// Hashing below doesn't wait for it; its failure is thrown when it is awaited.
			writing?.catch(() => undefined);
			sha256.update(bytes);
			md5?.update(bytes);
			await writing;
			control.addBytes(bytes.length);
		});
		const after = assertUnchanged(source, file.absolutePath, total);
		mark?.end('done');
		const digest = sha256.digest();
		written.push({ writer, sha256: digest.toString('hex'), size });
		writer = null;
		return { size, sha256: digest, md5: md5?.digest() ?? null, identity: file.adopt || isRecent(after, startedAt) ? null : [after.dev, after.ino, after.size, after.mtimeNs, after.ctimeNs] };
	} catch (error) {
		throw targetError(error, context.layout.root, size);
	} finally {
		await writer?.close().catch(() => undefined);
		closeSync(source.descriptor);
	}
}

/** Computes the MD5 of what another worker reads, out of the memory that it reads into. Null where that one gave up. */
export async function follow(job: FollowJob): Promise<Uint8Array | null> {
	const mark = new FollowMark(job.follower.mark);
	const ring = new PieceRing(job.follower.ring);
	try {
		const md5 = createHash('md5');
		for (let offset = 0; ; ) {
			await mark.waitForLeader(offset);
			const end = mark.led;
			if (end === offset) {
				if (mark.state === 'aborted') return null;
				if (mark.state === 'done') return md5.digest();
				continue;
			}
			const length = Math.min(pieceBytes, end - offset);
			md5.update(ring.piece(offset / pieceBytes).subarray(0, length));
			offset += length;
			mark.follow(offset);
		}
	} catch (error) {
		mark.end('aborted');
		throw error;
	}
}

export async function placeJob(context: WorkerContext, job: PlaceJob): Promise<boolean> {
	try {
		if (job.unfinished) {
			const writer = await ObjectWriter.open(job.path, job.size, true);
			try {
				await writer.finish();
			} finally {
				await writer.close();
			}
		}
		return place(context, job.path, job.sha256, job.size);
	} catch (error) {
		removeIfThere(job.path);
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
