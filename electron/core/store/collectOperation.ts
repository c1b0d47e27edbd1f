import { stat } from 'node:fs/promises';
import { VitrineError } from '#shared/contract/errors.ts';
import { looseObjectPath, packPath } from './layout.ts';
import { listLooseObjects } from './looseObjects.ts';
import { indexRecordBytes, entryOffsetWord, entrySizeWord, entryWords, headerBytes, packHeadBytes } from './packFormat.ts';
import { wordsOf } from './packRegistry.ts';
import { reporting, type OperationReporter } from './progressReporter.ts';
import type { StoreCore } from './storeCore.ts';
import type { CollectOptions, CollectReport, Sha256 } from './types.ts';
import { isLiveAt, replacePack } from './verifyOperation.ts';

const askedAtOnce = 4096;
const defaultGrace = 60 * 60 * 1000;
const defaultRewriteFrom = 0.2;

type Sums = { -readonly [Name in keyof CollectReport]: CollectReport[Name] };

/**
 * Removes what nothing refers to, step by step: each pack, each group of loose objects is decided and done with while no
 * ingest runs, so that no ingest takes for present what is just going. Between steps it can be cancelled; what is done is done.
 */
export async function collectGarbage(core: StoreCore, options: CollectOptions): Promise<CollectReport> {
	const sums: Sums = { removedObjects: 0, freedBytes: 0, keptGarbageObjects: 0, keptGarbageBytes: 0, youngObjects: 0, damaged: [], interrupted: false };
	const youngFrom = Date.now() - (options.graceMilliseconds ?? defaultGrace);
	try {
		await reporting('collect', options, async (reporter) => {
			const packNumbers = core.packs.numbers;
			const shards: (readonly Sha256[])[] = [];
			for await (const digests of listLooseObjects(core.layout)) shards.push(digests);
			reporter.totalFiles = core.packs.table.count + shards.reduce((sum, digests) => sum + digests.length, 0);
			for (const pack of packNumbers) {
				reporter.throwIfCancelled();
				await core.lock.alone(async () => await collectPack(core, pack, options, youngFrom, sums, reporter));
			}
			for (const digests of shards) {
				for (let at = 0; at < digests.length; at += askedAtOnce) {
					reporter.throwIfCancelled();
					await core.lock.alone(async () => await collectLoose(core, digests.slice(at, at + askedAtOnce), options, youngFrom, sums));
					reporter.extraFiles += Math.min(askedAtOnce, digests.length - at);
				}
			}
		});
	} catch (error) {
		if (!(error instanceof VitrineError) || error.code !== 'cancelled') throw error;
		sums.interrupted = true;
	}
	return sums;
}

async function collectPack(core: StoreCore, pack: number, options: CollectOptions, youngFrom: number, sums: Sums, reporter: OperationReporter): Promise<void> {
	const state = core.packs.stateOf(pack);
	if (state === null) return;
	const entries = await core.pool.run({ kind: 'packEntries', pack: state });
	const words = wordsOf(entries);
	const keep: number[] = [];
	let garbageObjects = 0;
	let garbageBytes = 0;
	let liveRecordBytes = 0;
	let deadRecordBytes = 0;
	for (let from = 0; from < words.length; from += askedAtOnce * entryWords) {
		reporter.throwIfCancelled();
		const asked: number[] = [];
		for (let at = from; at < Math.min(words.length, from + askedAtOnce * entryWords); at += entryWords) {
			const recordBytes = headerBytes + words[at + entrySizeWord]!;
			// A second copy of an object that stands elsewhere, or one laid aside as damaged: dead already.
			if (isLiveAt(core.packs, words, at, pack)) asked.push(at);
			else deadRecordBytes += recordBytes;
		}
		const digests = asked.map((at) => Buffer.from(entries.subarray(at * 4, at * 4 + 32)).toString('hex'));
		const referenced = await ask(options, digests);
		for (const [index, at] of asked.entries()) {
			const young = core.packs.table.touchedAt(core.packs.table.find(words, at)) * 1000 >= youngFrom;
			if (referenced[index] === true || young) {
				if (referenced[index] !== true) sums.youngObjects++;
				keep.push(words[at + entryOffsetWord]!);
				liveRecordBytes += headerBytes + words[at + entrySizeWord]!;
			} else {
				garbageObjects++;
				garbageBytes += words[at + entrySizeWord]!;
				deadRecordBytes += headerBytes + words[at + entrySizeWord]!;
			}
		}
	}
	reporter.extraFiles += keep.length + garbageObjects;
	if (deadRecordBytes === 0) return;
	const share = deadRecordBytes / (deadRecordBytes + liveRecordBytes);
	if (keep.length > 0 && share < (options.rewriteFrom ?? defaultRewriteFrom)) {
		sums.keptGarbageObjects += garbageObjects;
		sums.keptGarbageBytes += garbageBytes;
		return;
	}
	const packBytes = (await stat(packPath(core.layout, pack)).catch(() => null))?.size ?? 0;
	if (options.dryRun === true) {
		sums.removedObjects += garbageObjects;
		sums.freedBytes += Math.max(0, packBytes - (keep.length === 0 ? 0 : packHeadBytes + liveRecordBytes + indexRecordBytes(keep.length)));
		return;
	}
	const control = reporter.control.buffer;
	const rewritten = await core.pool.run({ kind: 'rewritePack', control, pack: state, keep: Uint32Array.from(keep).sort(), target: core.packs.takeNumber() });
	await replacePack(core, pack, entries, rewritten);
	sums.damaged = [...sums.damaged, ...rewritten.damaged];
	sums.removedObjects += garbageObjects;
	sums.freedBytes += Math.max(0, packBytes - rewritten.state.length);
}

async function collectLoose(core: StoreCore, digests: readonly Sha256[], options: CollectOptions, youngFrom: number, sums: Sums): Promise<void> {
	const referenced = await ask(options, digests);
	const unreferenced = digests.filter((_, index) => referenced[index] !== true);
	const going: Sha256[] = [];
	let bytes = 0;
	for (const sha256 of unreferenced) {
		const there = await stat(looseObjectPath(core.layout, sha256)).catch(() => null);
		if (there === null) continue;
		if (Math.max(there.mtimeMs, there.ctimeMs) >= youngFrom) {
			sums.youngObjects++;
			continue;
		}
		going.push(sha256);
		bytes += there.size;
	}
	if (going.length === 0) return;
	if (options.dryRun !== true) await core.pool.run({ kind: 'removeFiles', paths: going.map((sha256) => looseObjectPath(core.layout, sha256)) });
	sums.removedObjects += going.length;
	sums.freedBytes += bytes;
}

async function ask(options: CollectOptions, digests: readonly Sha256[]): Promise<readonly boolean[]> {
	if (digests.length === 0) return [];
	const answers = await options.isReferenced(digests);
	// Too few answers must never read as "nothing refers to the rest".
	if (answers.length !== digests.length) throw new VitrineError('bad_input', { details: { reason: 'isReferenced', asked: digests.length, answered: answers.length } });
	return answers;
}
