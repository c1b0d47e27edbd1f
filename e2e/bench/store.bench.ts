import { execFile } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openStore, type Store } from '../../electron/core/store/index.ts';
import { spread, timed, type Benchmark, type BenchmarkContext, type BenchmarkResult, type Spread } from './harness.ts';

const run = promisify(execFile);
const mebibyte = 1024 * 1024;
const rounds = 5;

interface Workload {
	readonly part: string;
	readonly folder: string;
	readonly againGoal: number;
}

type Measure = 'ours' | 'again' | 'paranoid' | 'verify' | 'export' | 'copy' | 'hash';

function makeFiles(folder: string, count: number, size: number): void {
	const block = Buffer.alloc(Math.min(size, 64 * mebibyte));
	for (let file = 0; file < count; file++) {
		const inside = join(folder, String(Math.floor(file / 500)));
		if (file % 500 === 0) mkdirSync(inside, { recursive: true });
		const path = join(inside, `file-${file}.bin`);
		writeFileSync(path, '');
		for (let written = 0; written < size; written += block.length) writeFileSync(path, randomFillSync(block), { flag: 'a' });
	}
}

/** One round, references and ours one behind the other, so that both meet the machine in the same mood. */
async function measureOnce(context: BenchmarkContext, folder: string): Promise<Readonly<Record<Measure, number>>> {
	const copied = join(context.scratch, 'copied');
	const directory = join(context.scratch, 'store');
	const exported = join(context.scratch, 'exported');
	await run('sync');
	const copy = await timed(async () => {
		await run('cp', ['-r', folder, copied]);
		await run('sync', ['-f', copied]);
	});
	const hash = await timed(async () => await run('sh', ['-c', 'find "$1" -type f -print0 | xargs -0 sha256sum > /dev/null', 'sh', folder], { maxBuffer: 64 * mebibyte }));
	rmSync(copied, { recursive: true, force: true });

	await run('sync');
	const store: Store = await openStore({ directory });
	try {
		// Threads that run already, as in an app that is open.
		await store.scanFolder(join(context.scratch, 'empty'));
		const take = async (paranoid: boolean) => await store.ingest((await store.scanFolder(folder)).files, { paranoid });
		const ours = await timed(async () => await take(false));
		// The notes for the next scan are written after the answer: this waits for them.
		await store.scanFolder(folder);
		const again = await timed(async () => await take(false));
		const paranoid = await timed(async () => await take(true));
		// The first reading fills the page cache; the second one is warm, as the reference is.
		await store.verify();
		const verify = await timed(async () => {
			const report = await store.verify();
			if (report.damaged.length > 0) throw new Error(`${report.damaged.length} objects are damaged.`);
		});
		const files = await take(false);
		const exporting = await timed(async () => await store.exportTree(files, exported));
		return { ours, again, paranoid, verify, export: exporting, copy, hash };
	} finally {
		await store.close();
		rmSync(directory, { recursive: true, force: true });
		rmSync(exported, { recursive: true, force: true });
	}
}

function row(workload: Workload, what: string, ours: Spread, reference: number, referenceName: string, goalMet: boolean, details: Readonly<Record<string, unknown>> = {}): BenchmarkResult {
	return { part: `${workload.part}, ${what}`, ours: ours.median, reference, referenceName, unit: 'ms', ratio: ours.median / reference, goalMet, details: { milliseconds: ours, ...details } };
}

/** The store alone, without catalog and transport: hashed twice (SHA-256 and MD5), copied, durable. */
export const benchmark: Benchmark = {
	name: 'store',
	workload: 'take 4 × 512 MiB, and 20,000 × 16 KiB, durable; the same again; again with every byte read; check all; write all back',
	goal: 'take ≤ 1.25 × the time of cp -r (synced) plus sha256sum; again ≤ 10 ms (large) and ≤ 120 ms (small); check ≤ sha256sum',
	async run(context) {
		mkdirSync(join(context.scratch, 'empty'));
		const workloads: readonly Workload[] = [
			{ part: '4 × 512 MiB', folder: join(context.scratch, 'large'), againGoal: 10 },
			{ part: '20,000 × 16 KiB', folder: join(context.scratch, 'small'), againGoal: 120 },
		];
		context.log('making the files');
		makeFiles(workloads[0]!.folder, 4, 512 * mebibyte);
		makeFiles(workloads[1]!.folder, 20_000, 16 * 1024);
		const results: BenchmarkResult[] = [];
		for (const workload of workloads) {
			const taken: Readonly<Record<Measure, number>>[] = [];
			for (let round = 0; round < rounds; round++) {
				context.log(`${workload.part}, round ${round + 1} of ${rounds}`);
				taken.push(await measureOnce(context, workload.folder));
			}
			const of = (measure: Measure): Spread => spread(taken.map((times) => times[measure]));
			const byHand = spread(taken.map((times) => times.copy + times.hash));
			const [ours, again, paranoid, verify, exporting, copy, hash] = [of('ours'), of('again'), of('paranoid'), of('verify'), of('export'), of('copy'), of('hash')];
			results.push(
				row(workload, 'taken', ours, byHand.median, 'cp -r, sync, sha256sum', ours.median <= byHand.median / 0.8, { referenceMilliseconds: byHand }),
				row(workload, 'again', again, ours.median, 'the first time', again.median <= workload.againGoal),
				row(workload, 'again, every byte read', paranoid, byHand.median, 'cp -r, sync, sha256sum', paranoid.median <= byHand.median),
				row(workload, 'checked', verify, hash.median, 'sha256sum', verify.median <= hash.median, { referenceMilliseconds: hash }),
				row(workload, 'written back, checked', exporting, byHand.median, 'cp -r, sync, sha256sum', exporting.median <= byHand.median, { copyMilliseconds: copy }),
			);
		}
		return results;
	},
};
