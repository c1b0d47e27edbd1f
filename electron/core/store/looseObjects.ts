import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from './fileErrors.ts';
import type { StoreLayout } from './layout.ts';
import type { Sha256 } from './types.ts';

/** The digests of all loose objects, shard by shard, sorted. */
export async function* listLooseObjects(layout: StoreLayout): AsyncGenerator<readonly Sha256[]> {
	for (const shard of await names(layout.objects)) {
		if (!/^[0-9a-f]{2}$/.test(shard)) continue;
		const digests = (await names(join(layout.objects, shard))).filter((name) => /^[0-9a-f]{62}$/.test(name)).map((name) => shard + name);
		if (digests.length > 0) yield digests;
	}
}

async function names(folder: string): Promise<readonly string[]> {
	try {
		return (await readdir(folder, { withFileTypes: true })).map((entry: Dirent) => entry.name).sort();
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return [];
		throw error;
	}
}
