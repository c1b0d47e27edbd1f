import { hash } from 'node:crypto';
import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { writingTo, systemCode } from './fileErrors.ts';
import { packPath, syncDirectory } from './layout.ts';
import { Control } from './control.ts';
import type { LoadedPackResult, PackEntriesJob, RecoverPackJob, RemoveFilesJob, RewritePackJob, RewritePackResult, SyncDirectoriesJob } from './messages.ts';
import { PackAppender } from './packAppender.ts';
import { emptyPackState, keepDamaged, loadPack, readAt, recoverPack } from './packFile.ts';
import { headerBytes, readHeader } from './packFormat.ts';
import type { DamagedObject } from './types.ts';
import type { WorkerContext } from './workerContext.ts';

export function syncDirectories(context: WorkerContext, job: SyncDirectoriesJob): void {
	writingTo(context.layout.root, () => {
		for (const path of job.paths) syncDirectory(path);
	});
}

/** Removes files of the store; those that are gone already are fine. Tells how many it removed. */
export function removeFiles(context: WorkerContext, job: RemoveFilesJob): number {
	let removed = 0;
	for (const path of job.paths) {
		try {
			unlinkSync(path);
			removed++;
		} catch (error) {
			if (systemCode(error) !== 'ENOENT') writingTo(context.layout.root, () => { throw error; });
		}
	}
	return removed;
}

/** The entries of a pack as it stands on the disk. */
export function packEntries(context: WorkerContext, job: PackEntriesJob): Uint8Array<ArrayBuffer> {
	const loaded = loadPack(context.layout, job.pack.number) ?? recoverPack(context.layout, job.pack.number, true);
	return new Uint8Array(loaded.entries);
}

export function recoverPackJob(context: WorkerContext, job: RecoverPackJob): LoadedPackResult {
	const recovered = recoverPack(context.layout, job.pack, job.readOnly, job.thorough);
	return { state: recovered.state, entries: new Uint8Array(recovered.entries), quarantined: recovered.quarantined };
}

/**
 * Writes the objects that are to be kept into a new pack, each checked on the way, and makes it durable. The old pack
 * stays: only its owner knows when nobody reads there any more. Damaged objects are laid aside and left out.
 */
export async function rewritePack(context: WorkerContext, job: RewritePackJob): Promise<RewritePackResult> {
	const control = new Control(job.control);
	const source = openSync(packPath(context.layout, job.pack.number), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
	const damaged: DamagedObject[] = [];
	try {
		const appender = writingTo(context.layout.root, () => new PackAppender(context.layout, emptyPackState(job.target)));
		try {
			let kept = 0;
			for (const offset of job.keep) {
				control.throwIfCancelled();
				const header = readHeader(readAt(source, offset, headerBytes), 0);
				if (header === null) continue;
				const payload = readAt(source, offset + headerBytes, header.size);
				if (!hash('sha256', payload, 'buffer').equals(header.sha256)) {
					const sha256 = header.sha256.toString('hex');
					damaged.push({ sha256, size: header.size, reason: payload.length < header.size ? 'size' : 'digest', quarantinePath: keepDamaged(context.layout, sha256, payload) });
					continue;
				}
				writingTo(context.layout.root, () => {
					payload.copy(PackAppender.buffer, appender.prepare());
					appender.append(header.sha256, header.md5, header.size);
				});
				kept++;
			}
			if (kept === 0) {
				await appender.rollback();
				return { state: emptyPackState(job.target), entries: new Uint8Array(0), damaged };
			}
			const committed = await appender.commit();
			return { state: committed.state, entries: new Uint8Array(committed.entries), damaged };
		} catch (error) {
			await appender.rollback();
			throw error;
		}
	} finally {
		closeSync(source);
	}
}
