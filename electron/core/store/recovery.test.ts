import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, copyFileSync, readFileSync, readdirSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, vi } from 'vitest';
import type { Store } from './index.ts';
import { childCommand } from './testing/runChild.ts';
import { bytesOf, readAll, sha256Of, takeIn, Workspace } from './testing/workspace.ts';

// Real disks, threads and processes: on a busy machine they take their time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const large = 1_500_000;

/** The state of a small generator of numbers in [0, 1): the same in every run. */
function randomNumbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}

async function expectReadable(store: Store, digests: readonly string[]): Promise<void> {
	for (const sha256 of digests) expect(sha256Of(await readAll(await store.openReader(sha256)))).toBe(sha256);
}

function smallContents(count: number): Record<string, Buffer> {
	return Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${String(index).padStart(4, '0')}`, bytesOf(`small ${index}`, 100 + index)]));
}

/** More on request: the reliability runs ask for a thousand. */
const rounds = Number(process.env['VITRINE_KILL_ROUNDS'] ?? 20);

describe('a process that is killed', () => {
	it('loses nothing that it had acknowledged, whenever it happens', async () => {
		await using workspace = new Workspace();
		const random = randomNumbers(7);
		const acknowledged: string[] = [];
		for (let round = 0; round < rounds; round++) {
			const [program, ...args] = childCommand('killMe', { directory: workspace.storeDirectory, round });
			const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
			const wanted = Math.floor(random() * 12);
			let seen = 0;
			for await (const line of createInterface({ input: child.stdout })) {
				const message = JSON.parse(line) as { readonly acknowledged?: readonly string[] };
				if (message.acknowledged !== undefined) {
					acknowledged.push(...message.acknowledged);
					seen++;
				}
				// The kill lands somewhere in the next ingest, or in a collection.
				if (seen >= wanted) setTimeout(() => child.kill('SIGKILL'), random() * 20);
			}
			if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
			expect(child.signalCode).toBe('SIGKILL');

			const store = await workspace.open();
			expect(workspace.temporaryFiles()).toEqual([]);
			for (const sha256 of acknowledged) expect(await store.has(sha256)).toBe(true);
			expect((await store.verify()).damaged).toEqual([]);
			expect(readdirSync(join(workspace.storeDirectory, 'quarantine'))).toEqual([]);
			await store.close();
		}
		expect(acknowledged.length).toBeGreaterThan(rounds * 20);
		await expectReadable(await workspace.open(), acknowledged);
	}, 30_000 + rounds * 15_000);
});

describe('a pack whose end is not whole', () => {
	it('keeps what was committed, wherever the writing stopped', async () => {
		await using workspace = new Workspace();
		let store = await workspace.open({ workers: 1 });
		const first = await takeIn(store, workspace.folder('one', smallContents(30)));
		await store.close();
		const pack = workspace.packFiles()[0]!;
		const committed = statSync(pack).size;
		store = await workspace.open({ workers: 1 });
		const second = await takeIn(store, workspace.folder('two', { more: bytesOf('more', 5000), again: bytesOf('again', 3000) }));
		await store.close();
		const whole = readFileSync(pack);

		const random = randomNumbers(3);
		const lengths = [committed, committed + 1, committed + 79, committed + 80, committed + 5080, whole.length - 1, whole.length - 32, ...Array.from({ length: 12 }, () => committed + Math.floor(random() * (whole.length - committed)))];
		for (const length of lengths) {
			writeFileSync(pack, whole.subarray(0, length));
			store = await workspace.open({ workers: 1 });
			await expectReadable(store, first.map((file) => file.sha256));
			for (const file of second) if (await store.has(file.sha256)) await expectReadable(store, [file.sha256]);
			expect((await store.verify()).damaged).toEqual([]);
			// And it goes on: what comes next is appended behind what is sound.
			const [next] = await store.ingest([{ path: 'next', absolutePath: workspace.path('two', 'more') }]);
			await expectReadable(store, [next!.sha256]);
			store = await workspace.reopen(store);
			await expectReadable(store, [next!.sha256, ...first.map((file) => file.sha256)]);
			await store.close();
		}
	});

	it('does not take torn bytes behind the last commit for objects', async () => {
		await using workspace = new Workspace();
		let store = await workspace.open({ workers: 1 });
		const kept = await takeIn(store, workspace.folder('one', smallContents(5)));
		await takeIn(store, workspace.folder('two', { torn: bytesOf('torn', 5000) }));
		await store.close();
		const pack = workspace.packFiles()[0]!;
		const bytes = readFileSync(pack);
		const at = bytes.indexOf(bytesOf('torn', 5000));
		// The header reached the disk, the bytes didn't.
		writeFileSync(pack, Buffer.concat([bytes.subarray(0, at + 1000), Buffer.alloc(4000)]));
		store = await workspace.open({ workers: 1 });
		expect(await store.has(sha256Of(bytesOf('torn', 5000)))).toBe(false);
		await expectReadable(store, kept.map((file) => file.sha256));
		const [again] = await takeIn(store, workspace.path('two'));
		expect(again!.deduplicated).toBe(false);
		await expectReadable(store, [again!.sha256]);
	});

	it('clears away junk of any kind behind the last commit, and an empty pack', async () => {
		await using workspace = new Workspace();
		let store = await workspace.open();
		const kept = await takeIn(store, workspace.folder('one', smallContents(5)));
		await store.close();
		const pack = workspace.packFiles()[0]!;
		const sound = readFileSync(pack);
		for (const junk of [Buffer.alloc(10_000), bytesOf('junk', 10_000), sound.subarray(32, 200), Buffer.from('89564f420d0a1a01', 'hex')]) {
			appendFileSync(pack, junk);
			store = await workspace.open();
			await expectReadable(store, kept.map((file) => file.sha256));
			await store.close();
		}
		for (const content of [Buffer.alloc(0), Buffer.from('VITR'), Buffer.alloc(200), bytesOf('no pack', 5000)]) {
			writeFileSync(join(workspace.storeDirectory, 'packs', '00000007.pack'), content);
			store = await workspace.open();
			await expectReadable(store, kept.map((file) => file.sha256));
			await takeIn(store, workspace.folder('more', { m: bytesOf('m', 100) }));
			await store.close();
		}
	});
});

describe('bits that flip', () => {
	it('are found wherever they are, every one, and nothing else is called damaged', async () => {
		await using workspace = new Workspace();
		let store = await workspace.open();
		const files = await takeIn(store, workspace.folder('model', { ...smallContents(200), 'large-1': bytesOf('l1', large), 'large-2': bytesOf('l2', large), 'large-3': bytesOf('l3', large) }));
		// Three parts see each object once.
		let seen = 0;
		for (const part of [1, 2, 3]) seen += (await store.verify({ subset: { part, of: 3 } })).checkedObjects;
		expect(seen).toBe(files.length);
		await store.close();
		const random = randomNumbers(11);
		const flipped = new Set<string>();
		for (const file of files) {
			if (random() < 0.8) continue;
			flipped.add(file.sha256);
			const content = file.path.startsWith('large') ? null : bytesOf(`small ${Number(file.path.slice(1))}`, file.size);
			const path = content === null ? workspace.looseFiles().find((name) => name.endsWith(file.sha256.slice(2)))! : workspace.packFiles().find((name) => readFileSync(name).includes(content))!;
			const bytes = readFileSync(path);
			const at = (content === null ? 0 : bytes.indexOf(content)) + Math.floor(random() * file.size);
			bytes[at]! ^= 1 << Math.floor(random() * 8);
			chmodSync(path, 0o600);
			writeFileSync(path, bytes);
		}
		expect(flipped.size).toBeGreaterThan(20);

		store = await workspace.open();
		const reports = [];
		for (const part of [1, 2, 3]) reports.push(await store.verify({ subset: { part, of: 3 } }));
		const damaged = reports.flatMap((report) => report.damaged);
		expect(new Set(damaged.map((object) => object.sha256))).toEqual(flipped);
		expect(damaged).toHaveLength(flipped.size);
		for (const object of damaged) {
			expect(object.reason).toBe('digest');
			expect(statSync(object.quarantinePath!).size).toBe(object.size);
			expect(await store.has(object.sha256)).toBe(false);
		}
		expect((await store.usage()).quarantinedObjects).toBe(flipped.size);
		expect((await store.verify()).damaged).toEqual([]);
		await expectReadable(store, files.map((file) => file.sha256).filter((sha256) => !flipped.has(sha256)));

		// Logging the files again heals what is lost.
		const again = await store.ingest((await store.scanFolder(workspace.path('model'))).files, { paranoid: true });
		expect(new Set(again.filter((file) => !file.deduplicated).map((file) => file.sha256))).toEqual(flipped);
		store = await workspace.reopen(store);
		await expectReadable(store, files.map((file) => file.sha256));
	});

	it('in a record’s header or an index are found or survived', async () => {
		await using workspace = new Workspace();
		let store = await workspace.open({ workers: 1 });
		const files = await takeIn(store, workspace.folder('model', smallContents(20)));
		await store.close();
		const pack = workspace.packFiles()[0]!;
		const sound = readFileSync(pack);
		const lastContent = bytesOf('small 19', 119);
		const indexStart = sound.indexOf(lastContent) + lastContent.length;
		const headerOfThird = sound.indexOf(bytesOf('small 3', 103)) - 80;
		const places = [0, 8, 12, headerOfThird, headerOfThird + 9, headerOfThird + 17, headerOfThird + 45, indexStart + 2, indexStart + 85, indexStart + 130, sound.length - 30, sound.length - 20, sound.length - 1];
		for (const at of places) {
			const bytes = Buffer.from(sound);
			bytes[at]! ^= 16;
			for (const path of workspace.packFiles()) if (path !== pack) renameSync(path, workspace.path(`aside-${at}`));
			writeFileSync(pack, bytes);
			store = await workspace.open({ workers: 1 });
			const report = await store.verify();
			const lost = new Set(report.damaged.map((object) => object.sha256));
			expect(lost.size, `flipped at ${at}`).toBeLessThanOrEqual(1);
			await expectReadable(store, files.map((file) => file.sha256).filter((sha256) => !lost.has(sha256)));
			await store.close();
		}
	});

	it('names objects that are asked for and missing', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const [file] = await takeIn(store, workspace.folder('model', { f: 'x' }));
		const missing = sha256Of('missing');
		expect(await store.verify({ only: [file!.sha256, missing] })).toEqual({ checkedObjects: 1, checkedBytes: 1, damaged: [{ sha256: missing, size: 0, reason: 'missing', quarantinePath: null }] });
		await expect(store.verify({ subset: { part: 3, of: 2 } })).rejects.toMatchObject({ code: 'bad_input' });
		const controller = new AbortController();
		controller.abort();
		await expect(store.verify({ signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' });
	});
});

describe('the index', () => {
	it('is found again from the packs’ records alone', async () => {
		await using workspace = new Workspace();
		let store = await workspace.open();
		const files = await takeIn(store, workspace.folder('model', smallContents(300)));
		await takeIn(store, workspace.folder('more', { a: bytesOf('a', 1000), b: bytesOf('b', 1000) }));
		await store.close();
		// Without a single index: the ends are cut off behind the last object of each pack.
		for (const pack of workspace.packFiles()) {
			const bytes = readFileSync(pack);
			truncateSync(pack, bytes.lastIndexOf(Buffer.from('89564f420d0a1a01', 'hex')));
		}
		store = await workspace.open();
		await expectReadable(store, files.map((file) => file.sha256));
		expect(await store.rebuildIndex()).toMatchObject({ objects: 302, quarantined: 0 });
		store = await workspace.reopen(store);
		await expectReadable(store, files.map((file) => file.sha256));
	});

	it('laid over a copied store serves the copy', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const files = await takeIn(store, workspace.folder('model', smallContents(10)));
		await store.close();
		await using other = new Workspace();
		const copy = await other.open();
		await copy.close();
		for (const path of workspace.packFiles()) copyFileSync(path, path.replace(workspace.storeDirectory, other.storeDirectory));
		await expectReadable(await other.open(), files.map((file) => file.sha256));
	});
});
