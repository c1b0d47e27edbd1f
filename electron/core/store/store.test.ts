import { appendFileSync, chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, vi } from 'vitest';
import { openStore, type ContentSourceFile, type Progress } from './index.ts';
import { bytesOf, md5Of, readAll, sha256Of, takeIn, Workspace } from './testing/workspace.ts';

// Real disks, threads and processes: on a busy machine they take their time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const large = 3_000_000;

async function* inPieces(bytes: Uint8Array, piece: number): AsyncGenerator<Uint8Array> {
	for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}

describe('taking in what is in memory', () => {
	it('gives digests back in order, keeps equal bytes once, and has everything after a restart', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const contents = [bytesOf('body', 1000), Buffer.alloc(0), bytesOf('border', 256 * 1024), bytesOf('body', 1000)];
		const taken = await store.ingestBodies(contents);
		expect(taken).toEqual(contents.map((bytes, index) => ({ size: bytes.length, sha256: sha256Of(bytes), md5: md5Of(bytes), deduplicated: index === 3 })));
		const before = await store.usage();
		expect(before).toMatchObject({ packedObjects: 3, packedBytes: 1000 + 256 * 1024, packs: 1 });

		// Nothing is written for what is there, and what comes beside it is.
		expect((await store.ingestBodies(contents)).map(({ deduplicated }) => deduplicated)).toEqual([true, true, true, true]);
		expect(await store.usage()).toMatchObject({ packFileBytes: before.packFileBytes, packs: 1 });
		expect((await store.ingestBodies([contents[0]!, bytesOf('new', 10)])).map(({ deduplicated }) => deduplicated)).toEqual([true, false]);

		const reopened = await workspace.reopen(store);
		for (const bytes of [...contents, bytesOf('new', 10)]) expect(sha256Of(await readAll(await reopened.openReader(sha256Of(bytes))))).toBe(sha256Of(bytes));
		expect(await reopened.verify()).toMatchObject({ checkedObjects: 4, damaged: [] });
	});

	it('serves many calls at once, refuses what is too large for a pack, and leaves no pack behind for nothing', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		expect(await store.ingestBodies([])).toEqual([]);
		await expect(store.ingestBodies([bytesOf('small', 10), bytesOf('large', 256 * 1024 + 1)])).rejects.toMatchObject({ code: 'too_large' });
		expect(await store.usage()).toMatchObject({ packedObjects: 0, packs: 0 });
		const calls = await Promise.all(Array.from({ length: 40 }, async (_, index) => await store.ingestBodies([bytesOf('common', 500), bytesOf(`own ${index}`, 500)])));
		expect(calls.map(([, own]) => own?.sha256)).toEqual(calls.map((_, index) => sha256Of(bytesOf(`own ${index}`, 500))));
		const reopened = await workspace.reopen(store);
		expect(await reopened.verify()).toMatchObject({ damaged: [] });
		expect(await reopened.usage()).toMatchObject({ packedObjects: 41 });
	});
});

describe('taking files in', () => {
	it('gives each file its digests and its bytes back, small, large, empty and at the border', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const contents: Record<string, Buffer> = {
			'config.json': Buffer.from('{"layers": 6}'),
			empty: Buffer.alloc(0),
			'weights/model.safetensors': bytesOf('model', large),
			'weights/at-the-border': bytesOf('border', 256 * 1024),
			'weights/behind-the-border': bytesOf('behind', 256 * 1024 + 1),
		};
		const files = await takeIn(store, workspace.folder('model', contents));

		expect(files).toEqual(
			Object.entries(contents)
				.sort(([left], [right]) => (left < right ? -1 : 1))
				.map(([path, bytes]) => ({ path, size: bytes.length, sha256: sha256Of(bytes), md5: md5Of(bytes), deduplicated: false })),
		);
		const reopened = await workspace.reopen(store);
		for (const file of files) {
			expect(await reopened.has(file.sha256)).toBe(true);
			expect(await reopened.stat(file.sha256)).toMatchObject({ size: file.size, storage: file.size > 256 * 1024 ? 'loose' : 'packed' });
			expect(sha256Of(await readAll(await reopened.openReader(file.sha256)))).toBe(sha256Of(contents[file.path]!));
		}
		expect(workspace.temporaryFiles()).toEqual([]);
	});

	it('keeps equal bytes once, within a call and across calls', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const shared = bytesOf('shared', 1000);
		const weights = bytesOf('weights', large);
		const first = await takeIn(store, workspace.folder('one', { a: shared, b: shared, c: 'own', w: weights }));
		const second = await takeIn(store, workspace.folder('two', { d: shared, w: weights, e: 'new' }));

		expect(new Set(first.slice(0, 2).map((file) => file.sha256)).size).toBe(1);
		expect(second.map((file) => [file.path, file.deduplicated])).toEqual([
			['d', true],
			['e', false],
			['w', true],
		]);
		expect(await store.usage()).toMatchObject({ packedObjects: 3, packedBytes: 1000 + 3 + 3, looseObjects: 1, looseBytes: large });
	});

	it('hashes a single large file with two threads to the same digests', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const bytes = bytesOf('split', 70 * 1024 * 1024 + 123);
		const [file] = await takeIn(store, workspace.folder('big', { 'model.bin': bytes }));
		expect(file).toEqual({ path: 'model.bin', size: bytes.length, sha256: sha256Of(bytes), md5: md5Of(bytes), deduplicated: false });
		expect((await store.verify()).damaged).toEqual([]);
		const [again] = await store.ingest([{ path: 'model.bin', absolutePath: workspace.path('big', 'model.bin'), size: bytes.length }]);
		expect(again).toMatchObject({ sha256: sha256Of(bytes), md5: md5Of(bytes), deduplicated: true });
		expect(workspace.temporaryFiles()).toEqual([]);
	});

	it('takes thousands of small files, and again without reading them', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const contents = Object.fromEntries(Array.from({ length: 1500 }, (_, index) => [`part-${index % 7}/f${index}`, `content ${index}`]));
		const folder = workspace.folder('many', contents);
		makeOld(folder, Object.keys(contents));
		const files = await takeIn(store, folder);
		expect(files).toHaveLength(1500);
		for (const file of files) expect(file.sha256).toBe(sha256Of(contents[file.path]!));

		const again = await store.scanFolder(folder);
		expect(again.files.filter((file) => file.remembered === undefined)).toEqual([]);
		const taken = await store.ingest(again.files);
		expect(taken).toEqual(files.map((file) => ({ ...file, deduplicated: true })));
		expect((await store.usage()).packs).toBeLessThanOrEqual(2);
	});

	it('streams uploads of any size, and refuses one of another length than announced', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const small = bytesOf('upload', 5000);
		const big = bytesOf('upload', large);
		const files = await store.ingest([
			{ path: 'small', content: inPieces(small, 999), size: small.length },
			{ path: 'big', content: inPieces(big, 65_536) },
			{ path: 'nothing', content: inPieces(Buffer.alloc(0), 1) },
		]);
		expect(files.map((file) => [file.path, file.size, file.sha256, file.md5])).toEqual([
			['small', small.length, sha256Of(small), md5Of(small)],
			['big', big.length, sha256Of(big), md5Of(big)],
			['nothing', 0, sha256Of(''), md5Of('')],
		]);
		for (const [size, announced] of [[5000, 5001], [5000, 4999], [large, large + 1], [large, 1000]] as const) {
			await expect(store.ingest([{ path: 'x', content: inPieces(bytesOf(`${size}/${announced}`, size), 7000), size: announced }])).rejects.toMatchObject({ code: 'file_changed' });
		}
		expect(workspace.temporaryFiles()).toEqual([]);
		expect(await store.usage()).toMatchObject({ packedObjects: 2, looseObjects: 1 });
	});

	it('takes files from an async list, in order, and asks the list to end when it fails', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		let ended = false;
		async function* list(): AsyncGenerator<ContentSourceFile> {
			try {
				for (let index = 0; index < 50; index++) yield { path: `f${index}`, content: inPieces(bytesOf(index, index === 30 ? large : 100), 50_000) };
				yield { path: 'broken', content: inPieces(bytesOf(1, 10), 10), size: 11 };
				for (;;) yield { path: 'endless', content: inPieces(bytesOf(1, 10), 10) };
			} finally {
				ended = true;
			}
		}
		await expect(store.ingest(list())).rejects.toMatchObject({ code: 'file_changed', details: { path: 'broken' } });
		expect(ended).toBe(true);
		expect((await store.usage()).packedObjects).toBe(0);
		expect(workspace.temporaryFiles()).toEqual([]);
	});

	it('runs many ingests at a time', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const answers = await Promise.all(
			Array.from({ length: 24 }, async (_, index) => await store.ingest([
				{ path: 'own', content: inPieces(bytesOf(index, 2000), 500) },
				{ path: 'common', content: inPieces(bytesOf('common', 2000), 500) },
				{ path: 'large', content: inPieces(bytesOf(`large ${index % 3}`, 400_000), 50_000) },
			])),
		);
		const reopened = await workspace.reopen(store);
		for (const file of answers.flat()) expect(sha256Of(await readAll(await reopened.openReader(file.sha256)))).toBe(file.sha256);
		expect(await reopened.usage()).toMatchObject({ packedObjects: 25, looseObjects: 3 });
		expect((await reopened.verify()).damaged).toEqual([]);
	});

	it('appends small ingests to the same packs, over restarts, and finds all of them', async () => {
		await using workspace = new Workspace();
		let store = await workspace.open();
		const digests: string[] = [];
		for (let round = 0; round < 120; round++) {
			const files = await store.ingest([{ path: 'f', content: inPieces(Buffer.from(`round ${round}`), 4) }]);
			digests.push(files[0]!.sha256);
			if (round % 25 === 24) store = await workspace.reopen(store);
		}
		expect(workspace.packFiles().length).toBeLessThanOrEqual(2);
		for (const [round, sha256] of digests.entries()) expect(String(await readAll(await store.openReader(sha256)))).toBe(`round ${round}`);
	});

	it('reports progress that only grows and ends with everything done', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const folder = workspace.folder('model', { a: bytesOf('a', 40_000_000), b: bytesOf('b', 30_000_000), c: 'small' });
		const reports: Progress[] = [];
		await store.ingest((await store.scanFolder(folder)).files, { onProgress: (progress) => reports.push(progress) });
		expect(reports.at(-1)).toEqual({ phase: 'commit', doneBytes: 70_000_005, totalBytes: 70_000_005, doneFiles: 3, totalFiles: 3, currentPath: null });
		for (const [index, report] of reports.slice(1).entries()) expect(report.doneBytes).toBeGreaterThanOrEqual(reports[index]!.doneBytes);
	});
});

describe('an ingest that fails', () => {
	it('names a file that changes while it is read, and keeps nothing', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		for (const size of [100_000, 50_000_000]) {
			const folder = workspace.folder(`changing-${size}`, { ready: 'x', model: bytesOf('m', size) });
			const path = join(folder, 'model');
			const scanned = await store.scanFolder(folder);
			// The list is asked for the next file when this one is being read or about to be: it changes all the time.
			let running = true;
			const change = async () => {
				while (running) {
					appendFileSync(path, 'more');
					await new Promise((resolve) => setImmediate(resolve));
				}
			};
			const changing = change();
			const outcome = await store.ingest(scanned.files).then(
				() => null,
				(error: unknown) => error,
			);
			running = false;
			await changing;
			// The smaller file may be read between two changes; the large one can't.
			if (outcome !== null || size > 1_000_000) expect(outcome).toMatchObject({ code: 'file_changed', details: { path } });
		}
		expect(workspace.temporaryFiles()).toEqual([]);
	});

	it('refuses a file that was replaced after the scan', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const folder = workspace.folder('swapped', { model: 'one', other: bytesOf('o', large) });
		const { files } = await store.scanFolder(folder);
		for (const name of ['model', 'other']) {
			const kept = readFileSync(join(folder, name));
			writeFileSync(join(folder, `${name}.new`), kept);
			renameSync(join(folder, `${name}.new`), join(folder, name));
			await expect(store.ingest(files.filter((file) => file.path === name))).rejects.toMatchObject({ code: 'file_changed', details: { path: join(folder, name), reason: 'replaced' } });
		}
	});

	it('does not read through a link in the last step, from pipes, folders or nowhere', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const folder = workspace.folder('odd', { real: 'content' });
		symlinkSync(join(folder, 'real'), join(folder, 'link'));
		mkdirSync(join(folder, 'folder'));
		const cases = [
			['link', 'link'],
			['folder', 'folder'],
			['missing', 'missing'],
		] as const;
		for (const [name, reason] of cases) {
			await expect(store.ingest([{ path: name, absolutePath: join(folder, name) }])).rejects.toMatchObject({ code: 'file_unreadable', details: { path: join(folder, name), reason } });
			await expect(store.ingest([{ path: name, absolutePath: join(folder, name), size: large }])).rejects.toMatchObject({ code: 'file_unreadable', details: { reason } });
		}
		expect((await store.usage()).packedObjects).toBe(0);
		expect(workspace.packFiles()).toEqual([]);
	});

	it('takes files that are larger than announced', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const bytes = bytesOf('unknown', large);
		const folder = workspace.folder('unknown', { model: bytes, small: 'x' });
		const files = await store.ingest([
			{ path: 'model', absolutePath: join(folder, 'model') },
			{ path: 'small', absolutePath: join(folder, 'small'), size: large },
		]);
		expect(files.map((file) => file.sha256)).toEqual([sha256Of(bytes), sha256Of('x')]);
		for (const file of files) expect(sha256Of(await readAll(await store.openReader(file.sha256)))).toBe(file.sha256);
	});

	it('cancelled, leaves no temporary file and nothing that counts', async () => {
		await using workspace = new Workspace();
		let store = await workspace.open();
		await takeIn(store, workspace.folder('before', { kept: 'kept' }));
		const before = await store.usage();
		const folder = workspace.folder('model', { ...Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`s/${index}`, bytesOf(index, 2000)])), a: bytesOf('a', 60_000_000), b: bytesOf('b', 60_000_000) });
		const { files } = await store.scanFolder(folder);
		for (const share of [0, 0.001, 0.3, 0.8]) {
			const controller = new AbortController();
			if (share === 0) controller.abort();
			const ingest = store.ingest(files, {
				signal: controller.signal,
				onProgress: (progress) => {
					if (progress.doneBytes >= share * progress.totalBytes!) controller.abort();
				},
			});
			await expect(ingest).rejects.toMatchObject({ code: 'cancelled' });
			expect(workspace.temporaryFiles()).toEqual([]);
			const usage = await store.usage();
			expect([usage.packedObjects, usage.packFileBytes]).toEqual([before.packedObjects, before.packFileBytes]);
		}
		store = await workspace.reopen(store);
		const taken = await store.ingest(files);
		expect(taken).toHaveLength(2002);
		expect((await store.verify()).damaged).toEqual([]);
	});

	it('closing the store cancels what is under way and cleans up', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const folder = workspace.folder('model', { a: bytesOf('a', 80_000_000) });
		const { files } = await store.scanFolder(folder);
		const ingest = store.ingest(files);
		const outcome = expect(ingest).rejects.toMatchObject({ code: 'cancelled' });
		await store.close();
		await outcome;
		expect(workspace.temporaryFiles()).toEqual([]);
		await expect(store.ingest(files)).rejects.toMatchObject({ code: 'cancelled' });
	});
});

describe('knowing unchanged files', () => {
	it('reads a file again when anything about it changed', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const folder = workspace.folder('model', { same: 'same', touched: 'touched', grown: 'grown', edited: 'edit 1', large: bytesOf('l', large) });
		makeOld(folder, ['same', 'touched', 'grown', 'edited', 'large']);
		await takeIn(store, folder);

		const now = new Date();
		utimesSync(join(folder, 'touched'), now, now);
		appendFileSync(join(folder, 'grown'), '!');
		const { atime, mtime } = statSync(join(folder, 'edited'));
		writeFileSync(join(folder, 'edited'), 'edit 2');
		// The very size and time of before: only the time of the change itself tells.
		utimesSync(join(folder, 'edited'), atime, mtime);

		const scanned = await store.scanFolder(folder);
		expect(scanned.files.filter((file) => file.remembered !== undefined).map((file) => file.path)).toEqual(['large', 'same']);
		const files = await store.ingest(scanned.files);
		expect(files.map((file) => file.sha256)).toEqual(['edit 2', 'grown!', bytesOf('l', large), 'same', 'touched'].map((content) => sha256Of(content)));
	});

	it('does not believe a file that was written just before it was read', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const folder = workspace.folder('model', { fresh: 'fresh' });
		const soon = new Date(Date.now() + 60_000);
		utimesSync(join(folder, 'fresh'), soon, soon);
		await takeIn(store, folder);
		expect((await store.scanFolder(folder)).files.map((file) => file.remembered)).toEqual([undefined]);
	});

	it('reads everything again when asked to, and survives a broken note', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const folder = workspace.folder('model', { a: 'a', large: bytesOf('l', large) });
		makeOld(folder, ['a', 'large']);
		await takeIn(store, folder);
		const scanned = await store.scanFolder(folder);
		expect(scanned.files.every((file) => file.remembered !== undefined)).toBe(true);
		// A note that lies, as a broken disk would have it.
		const lying = scanned.files.map((file) => ({ ...file, remembered: { ...file.remembered!, sha256: sha256Of('lie'), md5: md5Of('lie') } }));
		expect((await store.ingest(lying, { paranoid: true })).map((file) => file.sha256)).toEqual([sha256Of('a'), sha256Of(bytesOf('l', large))]);

		const notes = join(workspace.storeDirectory, 'statcache');
		for (const name of readdirSync(notes)) {
			const bytes = readFileSync(join(notes, name));
			bytes[60]! ^= 1;
			writeFileSync(join(notes, name), bytes);
		}
		expect((await store.scanFolder(folder)).files.map((file) => file.remembered)).toEqual([undefined, undefined]);
	});

	it('does not believe in an object that is gone', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const folder = workspace.folder('model', { a: 'a', large: bytesOf('l', large) });
		makeOld(folder, ['a', 'large']);
		await takeIn(store, folder);
		await store.collectGarbage({ isReferenced: async (digests) => digests.map(() => false), graceMilliseconds: -60_000, rewriteFrom: 0 });
		expect((await store.scanFolder(folder)).files.map((file) => file.remembered)).toEqual([undefined, undefined]);
		const files = await takeIn(store, folder);
		expect(files.map((file) => file.deduplicated)).toEqual([false, false]);
		for (const file of files) expect(await store.has(file.sha256)).toBe(true);
	});
});

describe('reading', () => {
	it('gives ranges, refuses those outside, and works as a stream', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		for (const size of [1000, large]) {
			const bytes = bytesOf(size, size);
			const [file] = await store.ingest([{ path: 'f', content: inPieces(bytes, 100_000) }]);
			const { sha256 } = file!;
			for (const [start, end] of [[0, 10], [990, 1000], [5, 5], [0, size], [size - 1, size], [size, size]] as const) {
				expect(bytes.subarray(start, end).equals(await store.readRange(sha256, start, end))).toBe(true);
			}
			expect(await store.readRange(sha256, 10, size * 2)).toHaveLength(size - 10);
			for (const [start, end] of [[-1, 5], [6, 5], [size + 1, size + 2], [0.5, 2], [Number.NaN, 2]] as const) {
				await expect(store.readRange(sha256, start, end)).rejects.toMatchObject({ code: 'bad_input' });
			}
			const reader = await store.openReader(sha256);
			expect([reader.size, reader.length]).toEqual([size, size]);
			expect(bytes.equals(await buffer(Readable.from(reader)))).toBe(true);
			const unread = await store.openReader(sha256);
			await unread.close();
		}
	});

	it('says what is missing', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const sha256 = sha256Of('never stored');
		expect(await store.has(sha256)).toBe(false);
		expect(await store.stat(sha256)).toBeNull();
		await expect(store.openReader(sha256)).rejects.toMatchObject({ code: 'object_missing', details: { sha256 } });
		for (const nonsense of ['', 'abc', '../../etc/passwd', sha256.toUpperCase(), `${sha256}0`]) {
			expect(await store.has(nonsense)).toBe(false);
			await expect(store.openReader(nonsense)).rejects.toMatchObject({ code: 'bad_input' });
		}
	});

	it('never hands out the end of a damaged object', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const files = await takeIn(store, workspace.folder('model', { small: bytesOf('s', 5000), large: bytesOf('l', large), short: bytesOf('k', large) }));
		const [largeFile, shortFile, smallFile] = files;
		flipBit(workspace.packFiles().find((path) => readFileSync(path).includes(bytesOf('s', 5000)))!, 500);
		const looseOf = (sha256: string) => workspace.looseFiles().find((path) => path.endsWith(sha256.slice(2)))!;
		flipBit(looseOf(largeFile!.sha256), 10);
		chmodSync(looseOf(shortFile!.sha256), 0o600);
		truncateSync(looseOf(shortFile!.sha256), large - 1);
		for (const file of [smallFile!, largeFile!, shortFile!]) {
			await expect(store.openReader(file.sha256).then(readAll)).rejects.toMatchObject({ code: 'object_damaged', details: { sha256: file.sha256 } });
			await expect(store.exportFile(file.sha256, workspace.path('out'))).rejects.toMatchObject({ code: 'object_damaged' });
			expect(() => statSync(workspace.path('out'))).toThrow();
		}
	});
});

describe('opening', () => {
	it('makes its folders for the owner alone, and objects that nobody writes to', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		await takeIn(store, workspace.folder('model', { small: 's', large: bytesOf('l', large) }));
		for (const name of ['.', 'objects', 'packs', 'temporary', 'quarantine', 'statcache']) expect(statSync(join(workspace.storeDirectory, name)).mode & 0o777).toBe(0o700);
		for (const path of workspace.looseFiles()) expect(statSync(path).mode & 0o777).toBe(0o444);
		for (const path of workspace.packFiles()) expect(statSync(path).mode & 0o777).toBe(0o600);
	});

	it('clears leftovers, and refuses a store of a newer program', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		await store.close();
		writeFileSync(join(workspace.storeDirectory, 'temporary', 'left-over'), 'half');
		const again = await workspace.open();
		expect(workspace.temporaryFiles()).toEqual([]);
		await again.close();
		writeFileSync(join(workspace.storeDirectory, 'store.json'), '{"format":2}');
		await expect(openStore({ directory: workspace.storeDirectory })).rejects.toMatchObject({ code: 'catalog_newer', details: { found: 2, supported: 1 } });
	});
});

function flipBit(path: string, at: number): void {
	const { mode } = statSync(path);
	chmodSync(path, 0o600);
	const bytes = readFileSync(path);
	bytes[at]! ^= 4;
	writeFileSync(path, bytes);
	chmodSync(path, mode);
}

/** Lets files look as if written an hour ago; their time of change stays now, so this waits until that is past. */
function makeOld(folder: string, paths: readonly string[]): void {
	const hourAgo = new Date(Date.now() - 3_600_000);
	let latest = 0;
	for (const path of paths) {
		utimesSync(join(folder, path), hourAgo, hourAgo);
		latest = Math.max(latest, statSync(join(folder, path)).ctimeMs);
	}
	while (Date.now() < latest + 200);
}
