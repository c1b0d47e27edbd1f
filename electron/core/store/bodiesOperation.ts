import { VitrineError } from '#shared/contract/errors.ts';
import { digestPairBytes, outcomes } from './columns.ts';
import { DigestKey } from './objectTable.ts';
import { nowSeconds } from './packFile.ts';
import type { OperationReporter } from './progressReporter.ts';
import type { StoreCore } from './storeCore.ts';
import type { IngestBodiesResult } from './messages.ts';
import type { IngestedBody } from './types.ts';

const key = new DigestKey();

/** Takes in what is in memory already: one job for all, one pack and one wait for the disk, where files that are still to be read would go through every thread. */
export async function ingestBodies(core: StoreCore, contents: readonly Uint8Array[], reporter: OperationReporter): Promise<readonly IngestedBody[]> {
	const pack = core.packs.borrow();
	let result: IngestBodiesResult | null = null;
	try {
		result = await core.pool.run({ kind: 'ingestBodies', control: reporter.control.buffer, session: core.nextSession(), pack, contents });
	} catch (error) {
		throw withNeed(error, contents);
	} finally {
		core.packs.giveBack(pack.number, result?.committed ?? null);
	}
	return held(core, result);
}

/** What was found to be there must still be there: it may have been found damaged meanwhile. From here on it is too young to be collected. */
function held(core: StoreCore, { columns }: IngestBodiesResult): readonly IngestedBody[] {
	const now = nowSeconds();
	const digests = Buffer.from(columns.digests.buffer).toString('hex');
	return Array.from(columns.sizes, (size, at): IngestedBody => {
		const start = at * digestPairBytes * 2;
		const sha256 = digests.slice(start, start + 64);
		const slot = core.packs.table.find(key.setHex(sha256), 0);
		if (slot === -1) throw new VitrineError('object_damaged', { details: { sha256, reason: 'removed while it was taken again' } });
		core.packs.table.touch(slot, now);
		return { size, sha256, md5: digests.slice(start + 64, start + 96), deduplicated: columns.outcomes[at] === outcomes.known };
	});
}

function withNeed(error: unknown, contents: readonly Uint8Array[]): unknown {
	if (!(error instanceof VitrineError) || error.code !== 'disk_full') return error;
	return new VitrineError('disk_full', { details: { ...error.details, neededBytes: contents.reduce((sum, { length }) => sum + length, 0) }, cause: error });
}
