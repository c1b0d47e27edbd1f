import { join, sep } from 'node:path';
import { digestPairBytes, splitPaths } from './columns.ts';
import type { ScanResult } from './messages.ts';
import type { LocalSourceFile, ScannedFolder } from './types.ts';

/** The list of files that a worker found, as the caller uses it. */
export function asScannedFolder(result: ScanResult): ScannedFolder {
	const { folder, sizes, modified, identities, remembered, elsewhere } = result;
	const digests = Buffer.from(result.digests.buffer).toString('hex');
	const inside = folder.endsWith(sep) ? folder : folder + sep;
	let totalBytes = 0;
	const files = splitPaths(result.paths).map((path, index): LocalSourceFile => {
		const size = sizes[index]!;
		totalBytes += size;
		const start = index * digestPairBytes * 2;
		return {
			path,
			absolutePath: elsewhere.get(index) ?? (sep === '/' ? inside + path : join(folder, path)),
			size,
			modifiedNanoseconds: modified[index]!,
			identity: { device: identities[index * 2]!, inode: identities[index * 2 + 1]! },
			...(remembered[index] === 1 ? { remembered: { sha256: digests.slice(start, start + 64), md5: digests.slice(start + 64, start + 96), size } } : {}),
		};
	});
	return { folder, files, totalBytes };
}
