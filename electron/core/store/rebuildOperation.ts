import { reporting } from './progressReporter.ts';
import type { StoreCore } from './storeCore.ts';
import type { LongWork } from './types.ts';

export type RebuildReport = {
	readonly packs: number;
	/** Packed objects found, each read and checked. */
	readonly objects: number;
	/** Damaged objects laid aside. */
	readonly quarantined: number;
};

export async function rebuildIndex(core: StoreCore, work: LongWork): Promise<RebuildReport> {
	return await reporting('verify', work, async (reporter) =>
		await core.lock.alone(async () => {
			const numbers = core.packs.numbers;
			reporter.totalFiles = numbers.length;
			let quarantined = 0;
			for (const pack of numbers) {
				reporter.throwIfCancelled();
				quarantined += (await core.pool.run({ kind: 'recoverPack', pack, readOnly: false, thorough: true })).quarantined;
				reporter.extraFiles++;
			}
			await core.packs.load(false);
			return { packs: numbers.length, objects: core.packs.table.count, quarantined };
		}),
	);
}
