import { VitrineError } from '#shared/contract/errors.ts';
import { stat } from 'node:fs/promises';
import { isSha256, looseObjectPath, packPath } from './layout.ts';
import { listLooseObjects } from './looseObjects.ts';
import { DigestKey } from './objectTable.ts';
import { wordsOf, type PackRegistry } from './packRegistry.ts';
import { entryOffsetWord, entryWords } from './packFormat.ts';
import { reporting, type OperationReporter } from './progressReporter.ts';
import type { StoreCore } from './storeCore.ts';
import type { DamagedObject, Sha256, VerifyOptions, VerifyReport } from './types.ts';
import { isInPart } from './verify.ts';

const batchObjects = 64;
const batchBytes = 256 * 1024 * 1024;

type Check = { readonly kind: 'pack'; readonly pack: number } | { readonly kind: 'loose'; readonly digests: readonly Sha256[] };

const key = new DigestKey();

export async function verifyObjects(core: StoreCore, options: VerifyOptions): Promise<VerifyReport> {
	const part = options.subset?.part ?? 1;
	const of = options.subset?.of ?? 1;
	if (!Number.isSafeInteger(part) || !Number.isSafeInteger(of) || part < 1 || part > of) throw new VitrineError('bad_input', { details: { reason: 'subset', part, of } });
	const only = options.only === undefined ? null : new Set(options.only);
	for (const sha256 of only ?? []) if (!isSha256(sha256)) throw new VitrineError('bad_input', { details: { sha256, reason: 'not a SHA-256 digest' } });

	return await reporting('verify', options, async (reporter) => {
		const checks = await plan(core, part, of, only, reporter);
		let checkedObjects = 0;
		let checkedBytes = 0;
		const damaged: DamagedObject[] = [];
		const failures: unknown[] = [];
		const lane = async (worker: number): Promise<void> => {
			for (let check = checks.shift(); check !== undefined && failures.length === 0; check = checks.shift()) {
				try {
					const control = reporter.control.buffer;
					const result =
						check.kind === 'pack'
							? await core.pool.run({ kind: 'verifyPack', control, pack: check.pack, part, of, only }, worker)
							: await core.pool.run({ kind: 'verifyLoose', control, digests: check.digests }, worker);
					checkedObjects += result.checkedObjects;
					checkedBytes += result.checkedBytes;
					damaged.push(...(check.kind === 'pack' && result.damaged.length > 0 ? await quarantinePacked(core, check.pack, result.damaged, reporter) : result.damaged));
				} catch (error) {
					failures.push(error);
				}
			}
		};
		await Promise.all(Array.from({ length: core.pool.size }, async (_, worker) => await lane(worker)));
		if (failures.length > 0) throw failures[0];
		return { checkedObjects, checkedBytes, damaged };
	});
}

/** Who checks what. The largest pieces come first, so that no worker is left alone with one at the end. */
async function plan(core: StoreCore, part: number, of: number, only: ReadonlySet<Sha256> | null, reporter: OperationReporter): Promise<Check[]> {
	const isChosen = (sha256: Sha256) => isInPart(Buffer.from(sha256.slice(0, 8), 'hex').readUInt32LE(0), part, of);
	const { packs } = core;
	const packNumbers = new Set<number>();
	const loose: Sha256[] = [];
	if (only === null) {
		for (const number of packs.numbers) packNumbers.add(number);
		for await (const digests of listLooseObjects(core.layout)) loose.push(...digests.filter(isChosen));
	} else {
		for (const sha256 of only) {
			if (!isChosen(sha256)) continue;
			const slot = packs.table.find(key.setHex(sha256), 0);
			if (slot === -1) loose.push(sha256);
			else packNumbers.add(packs.table.packAt(slot));
		}
	}
	const sized = await Promise.all(loose.map(async (sha256) => ({ sha256, size: (await stat(looseObjectPath(core.layout, sha256)).catch(() => null))?.size ?? 0 })));
	sized.sort((left, right) => right.size - left.size);
	const groups: Sha256[][] = [];
	let bytes = Infinity;
	for (const { sha256, size } of sized) {
		if (bytes + size > batchBytes || groups.at(-1)!.length >= batchObjects) {
			groups.push([]);
			bytes = 0;
		}
		groups.at(-1)!.push(sha256);
		bytes += size;
	}
	if (of === 1 && only === null) {
		reporter.totalFiles = loose.length + packs.table.count;
		reporter.totalBytes = packs.objectBytes + sized.reduce((sum, object) => sum + object.size, 0);
	}
	return [...[...packNumbers].map((pack): Check => ({ kind: 'pack', pack })), ...groups.map((digests): Check => ({ kind: 'loose', digests }))];
}

/**
 * Lays damaged packed objects aside. They leave the table at once, so that nothing is taken for the same as them any
 * more; then the pack is written anew without them.
 */
async function quarantinePacked(core: StoreCore, pack: number, damaged: readonly DamagedObject[], reporter: OperationReporter): Promise<readonly DamagedObject[]> {
	if (core.readOnly) return damaged;
	for (const { sha256, size } of damaged) {
		const slot = core.packs.table.find(key.setHex(sha256), 0);
		if (slot !== -1 && core.packs.table.packAt(slot) === pack) core.packs.remove(slot, size);
	}
	const laidAside = await core.lock.alone(async () => await rewriteWithout(core, pack, new Set(damaged.map((object) => object.sha256)), reporter));
	// Rewriting checks every object of the pack, so it may find damage that this verification wasn't asked about.
	const found = new Map(damaged.map((object) => [object.sha256, object]));
	for (const object of laidAside) found.set(object.sha256, { ...object, reason: found.get(object.sha256)?.reason ?? object.reason });
	return [...found.values()];
}

async function rewriteWithout(core: StoreCore, pack: number, damaged: ReadonlySet<Sha256>, reporter: OperationReporter): Promise<readonly DamagedObject[]> {
	const state = core.packs.stateOf(pack);
	if (state === null) return [];
	const entries = await core.pool.run({ kind: 'packEntries', pack: state });
	const words = wordsOf(entries);
	const keep: number[] = [];
	for (let at = 0; at < words.length; at += entryWords) {
		const offset = words[at + entryOffsetWord]!;
		// The damaged ones go along: the rewriting checks each object, and lays aside what doesn't fit.
		if (isLiveAt(core.packs, words, at, pack) || damaged.has(Buffer.from(entries.subarray(at * 4, at * 4 + 32)).toString('hex'))) keep.push(offset);
	}
	const control = reporter.control.buffer;
	const rewritten = await core.pool.run({ kind: 'rewritePack', control, pack: state, keep: Uint32Array.from(keep).sort(), target: core.packs.takeNumber() });
	await replacePack(core, pack, entries, rewritten);
	return rewritten.damaged;
}

export function isLiveAt(packs: PackRegistry, words: Uint32Array, at: number, pack: number): boolean {
	const slot = packs.table.find(words, at);
	return slot !== -1 && packs.table.packAt(slot) === pack && packs.table.offsetAt(slot) === words[at + entryOffsetWord];
}

/** Lets a rewritten pack stand for the old one, and removes the old one. */
export async function replacePack(core: StoreCore, old: number, entries: Uint8Array, rewritten: { readonly state: Parameters<PackRegistry['add']>[0]; readonly entries: Uint8Array }): Promise<void> {
	if (rewritten.entries.length > 0) {
		core.packs.add(rewritten.state);
		core.packs.moveInto(rewritten.state.number, rewritten.entries);
	}
	core.packs.removeLeft(old, entries);
	core.packs.forget(old);
	core.pool.tell({ type: 'forgetPack', pack: old });
	await core.pool.run({ kind: 'removeFiles', paths: [packPath(core.layout, old)] });
	await core.pool.run({ kind: 'syncDirectories', paths: [core.layout.packs] });
}
