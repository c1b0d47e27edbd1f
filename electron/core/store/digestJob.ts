import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { VitrineError } from '#shared/contract/errors.ts';
import { Control, FollowMark } from './control.ts';
import { systemCode } from './fileErrors.ts';
import type { DigestJob } from './messages.ts';

/** Large enough that a call costs nothing beside it; what was just written is still in the system's memory. */
const pieceBytes = 512 * 1024;

/** The digest of what another thread writes. Null where that one gave up. */
export async function digest(job: DigestJob): Promise<Uint8Array | null> {
	const control = new Control(job.control);
	const mark = new FollowMark(job.mark);
	const hash = createHash(job.algorithm);
	const buffer = Buffer.allocUnsafe(pieceBytes);
	const file = await open(job.path, 'r').catch((error: unknown) => {
		if (systemCode(error) === 'ENOENT') throw new VitrineError('object_missing', { details: { reason: 'what came of it is gone' }, cause: error });
		throw error;
	});
	try {
		for (let done = 0; ; ) {
			await mark.waitForLeader(done);
			control.throwIfCancelled();
			// In this order: the end is told after the last bytes.
			const { state } = mark;
			const end = mark.led;
			if (state === 'aborted') return null;
			if (end <= done) {
				if (state === 'done') return hash.digest();
				continue;
			}
			const { bytesRead } = await file.read(buffer, 0, Math.min(pieceBytes, end - done), job.start + done);
			if (bytesRead === 0) throw new VitrineError('object_missing', { details: { reason: 'less came than was said' } });
			hash.update(buffer.subarray(0, bytesRead));
			if (job.algorithm === 'sha256') control.addBytes(bytesRead);
			done += bytesRead;
		}
	} finally {
		await file.close();
	}
}
