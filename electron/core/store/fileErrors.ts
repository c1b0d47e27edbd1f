import { VitrineError } from '#shared/contract/errors.ts';

export type SystemError = Error & { readonly code?: string; readonly syscall?: string };

/** The system's error code (`ENOENT`, …) of what was thrown, or an empty text. */
export function systemCode(thrown: unknown): string {
	return thrown instanceof Error && typeof (thrown as SystemError).code === 'string' ? (thrown as SystemError).code! : '';
}

/** What went wrong while reading somebody's file, in the product's codes. `path` is how the person knows the file. */
export function sourceError(thrown: unknown, path: string): unknown {
	if (thrown instanceof VitrineError) return thrown;
	const reason = sourceReasons[systemCode(thrown)];
	return reason === undefined ? thrown : new VitrineError('file_unreadable', { details: { path, reason }, cause: thrown });
}

const sourceReasons: Readonly<Record<string, string>> = {
	EACCES: 'permission',
	EPERM: 'permission',
	ENOENT: 'missing',
	ENOTDIR: 'missing',
	ELOOP: 'link',
	EISDIR: 'folder',
	ENXIO: 'special',
	ENODEV: 'special',
	EIO: 'input_output',
	ESTALE: 'input_output',
	ENAMETOOLONG: 'name_too_long',
	ETXTBSY: 'busy',
	EBUSY: 'busy',
};

/** What went wrong while writing to the store (or an export's target), in the product's codes. `needed` in bytes, where known. */
export function targetError(thrown: unknown, where: string, needed?: number): unknown {
	if (thrown instanceof VitrineError) return thrown;
	switch (systemCode(thrown)) {
		case 'ENOSPC':
		case 'EDQUOT':
		case 'EFBIG':
			return new VitrineError('disk_full', { details: { where, ...(needed === undefined ? {} : { neededBytes: needed }) }, cause: thrown });
		case 'EROFS':
		case 'EACCES':
		case 'EPERM':
			return new VitrineError('store_read_only', { details: { where }, cause: thrown });
		default:
			return thrown;
	}
}

/** Runs `work`, translating what the file system says about the target. */
export function writingTo<Result>(where: string, work: () => Result, needed?: number): Result {
	try {
		return work();
	} catch (error) {
		throw targetError(error, where, needed);
	}
}
