import { closeSync, constants, fstatSync, openSync, type BigIntStats } from 'node:fs';
import { VitrineError } from '#shared/contract/errors.ts';
import { sourceError } from './fileErrors.ts';

// Non-blocking, so that opening a pipe without a writer comes back instead of waiting for one.
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export type OpenSource = { readonly descriptor: number; readonly before: BigIntStats };

/**
 * Opens somebody's file for reading, never through a symbolic link in its last step, and looks at it. Refuses what is
 * no ordinary file, and, where device and inode are given (0n: unknown), another file than the one meant.
 */
export function openSource(path: string, device: bigint, inode: bigint): OpenSource {
	let descriptor: number;
	try {
		descriptor = openSync(path, openFlags);
	} catch (error) {
		throw sourceError(error, path);
	}
	try {
		const before = fstatSync(descriptor, { bigint: true });
		if (!before.isFile()) throw new VitrineError('file_unreadable', { details: { path, reason: before.isDirectory() ? 'folder' : 'special' } });
		if (inode !== 0n && (before.ino !== inode || before.dev !== device)) throw new VitrineError('file_changed', { details: { path, reason: 'replaced' } });
		return { descriptor, before };
	} catch (error) {
		closeSync(descriptor);
		throw sourceError(error, path);
	}
}

/** Throws `file_changed` where the open file isn't what it was `before`, or other than `readBytes` came out of it. */
export function assertUnchanged(source: OpenSource, path: string, readBytes: number): BigIntStats {
	const { before } = source;
	const after = fstatSync(source.descriptor, { bigint: true });
	if (readBytes !== Number(before.size) || after.size !== before.size) throw new VitrineError('file_changed', { details: { path, reason: 'size', sizeBefore: Number(before.size), sizeAfter: Number(after.size) } });
	if (after.mtimeNs !== before.mtimeNs || after.ino !== before.ino || after.dev !== before.dev) throw new VitrineError('file_changed', { details: { path, reason: 'modified' } });
	return after;
}

/**
 * Whether a change that happens now could leave the file's times as they are: its last change is too near for the file
 * system's clock. Such a file is never believed unchanged later on without reading it.
 */
export function isRecent(stat: BigIntStats, nowMilliseconds: number): boolean {
	const latest = stat.mtimeNs > stat.ctimeNs ? stat.mtimeNs : stat.ctimeNs;
	// Whole seconds suggest a file system that counts no finer; FAT counts by two.
	const granularity = latest % 1_000_000_000n === 0n ? 3_000 : 100;
	return Number(latest / 1_000_000n) > nowMilliseconds - granularity;
}
