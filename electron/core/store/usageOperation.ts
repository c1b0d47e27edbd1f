import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { looseObjectPath, packPath } from './layout.ts';
import { listLooseObjects } from './looseObjects.ts';
import type { StoreCore } from './storeCore.ts';
import type { StoreUsage } from './types.ts';

export async function usageOf(core: StoreCore): Promise<StoreUsage> {
	const { layout, packs } = core;
	let looseObjects = 0;
	let looseBytes = 0;
	for await (const digests of listLooseObjects(layout)) {
		looseObjects += digests.length;
		looseBytes += await sizeOf(digests.map((sha256) => looseObjectPath(layout, sha256)));
	}
	const quarantined = await readdir(layout.quarantine).catch(() => []);
	const space = await statfs(layout.root);
	return {
		packedObjects: packs.table.count,
		packedBytes: packs.objectBytes,
		looseObjects,
		looseBytes,
		packs: packs.numbers.length,
		packFileBytes: await sizeOf(packs.numbers.map((number) => packPath(layout, number))),
		quarantinedObjects: quarantined.length,
		quarantinedBytes: await sizeOf(quarantined.map((name) => join(layout.quarantine, name))),
		availableBytes: space.bavail * space.bsize,
	};
}

async function sizeOf(paths: readonly string[]): Promise<number> {
	const sizes = await Promise.all(paths.map(async (path) => (await stat(path).catch(() => null))?.size ?? 0));
	return sizes.reduce((sum, size) => sum + size, 0);
}
