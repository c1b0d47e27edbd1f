import { createHash, hash } from 'node:crypto';
import { chmodSync, closeSync, constants, fstatSync, openSync, renameSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Control } from './control.ts';
import { systemCode } from './fileErrors.ts';
import { looseObjectPath, packPath, temporaryFileMode } from './layout.ts';
import type { VerifyLooseJob, VerifyPackJob, VerifyResult } from './messages.ts';
import { loadPack, quarantinePathFor, readInto, recoverPack } from './packFile.ts';
import { entryOffsetWord, entrySizeWord, entryWords, headerBytes, orderBy, readHeader } from './packFormat.ts';
import { PieceRing } from './pieceRing.ts';
import { streamFile } from './streamFile.ts';
import type { DamagedObject } from './types.ts';
import type { WorkerContext } from './workerContext.ts';

/** Other jobs of this worker get a turn after so many bytes. */
const turnBytes = 8 * 1024 * 1024;

/** Whether an object belongs to part `part` (from 1) `of` so many; every object belongs to exactly one. */
export function isInPart(firstWord: number, part: number, of: number): boolean {
	return of === 1 || firstWord % of === part - 1;
}

/** Reads the objects that this pack is in charge of and compares them with their digests. Changes nothing. */
export async function verifyPack(context: WorkerContext, job: VerifyPackJob): Promise<VerifyResult> {
	const control = new Control(job.control);
	const { entries } = loadPack(context.layout, job.pack) ?? recoverPack(context.layout, job.pack, true);
	const words = new Uint32Array(entries.buffer, entries.byteOffset, entries.length / 4);
	const damaged: DamagedObject[] = [];
	let checkedObjects = 0;
	let checkedBytes = 0;
	let sinceTurn = 0;
	let buffer = Buffer.allocUnsafeSlow(256 * 1024 + headerBytes);
	const descriptor = openSync(packPath(context.layout, job.pack), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
	try {
		// In the order in which they lie on the disk.
		for (const entry of orderBy(words.length / entryWords, (index) => words[index * entryWords + entryOffsetWord]!)) {
			const at = entry * entryWords;
			if (!isInPart(words[at]!, job.part, job.of)) continue;
			const slot = context.table.find(words, at);
			// What the table doesn't know, or knows elsewhere, is garbage here.
			if (slot === -1 || context.table.packAt(slot) !== job.pack || context.table.offsetAt(slot) !== words[at + entryOffsetWord]) continue;
			const sha256 = entries.subarray(at * 4, at * 4 + 32);
			if (job.only !== null && !job.only.has(sha256.toString('hex'))) continue;
			const size = words[at + entrySizeWord]!;
			if (buffer.length < headerBytes + size) buffer = Buffer.allocUnsafeSlow(headerBytes + size);
			let reason: DamagedObject['reason'] | null = null;
			try {
				const read = readInto(descriptor, buffer, 0, headerBytes + size, words[at + entryOffsetWord]!);
				const header = readHeader(buffer, 0);
				if (read < headerBytes + size) reason = 'size';
				else if (header === null || header.size !== size || !header.sha256.equals(sha256) || !hash('sha256', buffer.subarray(headerBytes, headerBytes + size), 'buffer').equals(sha256)) reason = 'digest';
			} catch (error) {
				if (systemCode(error) !== 'EIO') throw error;
				reason = 'unreadable';
			}
			if (reason !== null) damaged.push({ sha256: sha256.toString('hex'), size, reason, quarantinePath: null });
			checkedObjects++;
			checkedBytes += size;
			sinceTurn += size;
			control.addBytes(size);
			control.addFiles(1);
			if (sinceTurn >= turnBytes || checkedObjects % 1024 === 0) {
				sinceTurn = 0;
				control.throwIfCancelled();
				await nextTurn();
			}
		}
	} finally {
		closeSync(descriptor);
	}
	return { checkedObjects, checkedBytes, damaged };
}

/** Reads loose objects and compares them with their digests; those that don't fit are moved to quarantine at once. */
export async function verifyLoose(context: WorkerContext, job: VerifyLooseJob): Promise<VerifyResult> {
	const control = new Control(job.control);
	const damaged: DamagedObject[] = [];
	let checkedObjects = 0;
	let checkedBytes = 0;
	for (const sha256 of job.digests) {
		control.throwIfCancelled();
		const path = looseObjectPath(context.layout, sha256);
		let descriptor: number;
		try {
			descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
		} catch (error) {
			if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') throw error;
			damaged.push({ sha256, size: 0, reason: 'missing', quarantinePath: null });
			continue;
		}
		const size = fstatSync(descriptor).size;
		let reason: DamagedObject['reason'] | null = null;
		try {
			const digest = createHash('sha256');
			await PieceRing.lent(
				async (ring) =>
					await streamFile(ring, { descriptor, size, readFailure: (error) => error }, async (bytes) => {
						control.throwIfCancelled();
						digest.update(bytes);
						control.addBytes(bytes.length);
						await nextTurn();
					}),
			);
			if (digest.digest('hex') !== sha256) reason = 'digest';
		} catch (error) {
			if (systemCode(error) !== 'EIO') throw error;
			reason = 'unreadable';
		} finally {
			closeSync(descriptor);
		}
		checkedObjects++;
		checkedBytes += size;
		control.addFiles(1);
		if (reason === null) continue;
		damaged.push({ sha256, size, reason, quarantinePath: quarantineLoose(context, sha256, path) });
	}
	return { checkedObjects, checkedBytes, damaged };
}

function quarantineLoose(context: WorkerContext, sha256: string, path: string): string | null {
	try {
		const target = quarantinePathFor(context.layout, sha256);
		renameSync(path, target);
		chmodSync(target, temporaryFileMode);
		return target;
	} catch {
		return null;
	}
}
