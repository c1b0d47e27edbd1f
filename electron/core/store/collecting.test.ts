import { statSync, utimesSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { bytesOf, readAll, sha256Of, takeIn, Workspace } from './testing/workspace.ts';

// Real disks, threads and processes: on a busy machine they take their time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Everything counts as old. */
const noGrace = { graceMilliseconds: -60_000 };
const large = 900_000;

const keeping = (kept: ReadonlySet<string>) => async (digests: readonly string[]) => digests.map((sha256) => kept.has(sha256));
const nothing = keeping(new Set());

describe('collecting garbage', () => {
	it('removes what nothing refers to, gives the space back, and leaves the rest readable', async () => {
		await using workspace = new Workspace();
		let store = await workspace.open();
		const files = await takeIn(store, workspace.folder('model', { ...Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`f${index}`, bytesOf(index, 3000)])), 'l-keep': bytesOf('keep', large), 'l-go': bytesOf('go', large) }));
		const kept = files.filter((file, index) => (file.path.startsWith('l-') ? file.path === 'l-keep' : index % 3 === 0));
		const isReferenced = keeping(new Set(kept.map((file) => file.sha256)));
		const before = await store.usage();

		const planned = await store.collectGarbage({ isReferenced, dryRun: true, ...noGrace });
		expect({ ...(await store.usage()), availableBytes: 0 }).toEqual({ ...before, availableBytes: 0 });
		const done = await store.collectGarbage({ isReferenced, ...noGrace });
		expect(done).toEqual({ ...planned, freedBytes: done.freedBytes });
		expect(done.removedObjects).toBe(files.length - kept.length);
		expect(Math.abs(done.freedBytes - planned.freedBytes)).toBeLessThan(1000);
		const after = await store.usage();
		expect(before.packFileBytes + before.looseBytes - after.packFileBytes - after.looseBytes).toBe(done.freedBytes);

		const expectKept = async () => {
			for (const file of files) expect(await store.has(file.sha256)).toBe(kept.includes(file));
			for (const file of kept) expect(sha256Of(await readAll(await store.openReader(file.sha256)))).toBe(file.sha256);
		};
		await expectKept();
		store = await workspace.reopen(store);
		await expectKept();
		expect(await store.usage()).toMatchObject({ packedObjects: kept.length - 1, looseObjects: 1 });
		expect((await store.verify()).damaged).toEqual([]);
		expect(await store.collectGarbage({ isReferenced, ...noGrace })).toMatchObject({ removedObjects: 0, freedBytes: 0 });
	});

	it('leaves young objects alone, and those taken again a moment ago', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const folder = workspace.folder('model', { small: 'small', large: bytesOf('l', large) });
		await takeIn(store, folder);
		expect(await store.collectGarbage({ isReferenced: nothing })).toMatchObject({ removedObjects: 0, youngObjects: 2 });

		// An old object that was just taken for the same as a new file is young again.
		const [object] = workspace.looseFiles();
		utimesSync(object!, new Date(0), new Date(0));
		await store.ingest((await store.scanFolder(folder)).files, { paranoid: true });
		expect(statSync(object!).mtimeMs).toBeGreaterThan(Date.now() - 600_000);
		expect(await store.collectGarbage({ isReferenced: nothing })).toMatchObject({ removedObjects: 0, youngObjects: 2 });
		expect(await store.collectGarbage({ isReferenced: nothing, ...noGrace })).toMatchObject({ removedObjects: 2, youngObjects: 0 });
		expect(workspace.packFiles()).toEqual([]);
	});

	it('leaves a little garbage in a pack until it is worth while, unless asked for every byte', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open({ workers: 1 });
		const files = await takeIn(store, workspace.folder('model', Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`f${index}`, bytesOf(index, 3000)]))));
		const isReferenced = keeping(new Set(files.slice(1).map((file) => file.sha256)));
		expect(await store.collectGarbage({ isReferenced, ...noGrace })).toMatchObject({ removedObjects: 0, keptGarbageObjects: 1, keptGarbageBytes: 3000 });
		expect(await store.has(files[0]!.sha256)).toBe(true);
		expect(await store.collectGarbage({ isReferenced, rewriteFrom: 0, ...noGrace })).toMatchObject({ removedObjects: 1, keptGarbageObjects: 0 });
		expect(await store.has(files[0]!.sha256)).toBe(false);
	});

	it('can be interrupted between steps, and run while others read and ingest', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const files = await takeIn(store, workspace.folder('model', Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`f${index}`, bytesOf(index, index % 6 === 0 ? large : 5000)]))));
		const kept = new Set(files.filter((_, index) => index % 2 === 0).map((file) => file.sha256));
		const controller = new AbortController();
		const interrupted = await store.collectGarbage({
			isReferenced: async (digests) => {
				controller.abort();
				return await keeping(kept)(digests);
			},
			signal: controller.signal,
			...noGrace,
		});
		expect(interrupted.interrupted).toBe(true);

		const reading = (async () => {
			for (let turn = 0; turn < 5; turn++) for (const sha256 of kept) expect(sha256Of(await readAll(await store.openReader(sha256)))).toBe(sha256);
		})();
		const ingesting = (async () => {
			const digests: string[] = [];
			for (let turn = 0; turn < 10; turn++) {
				const folder = workspace.folder(`new-${turn}`, { a: bytesOf(`a${turn}`, 2000), b: bytesOf(`b${turn}`, large) });
				for (const file of await takeIn(store, folder)) digests.push(file.sha256);
			}
			return digests;
		})();
		const collecting = (async () => {
			// Old is what was there before; the grace keeps what comes in meanwhile.
			for (let turn = 0; turn < 5; turn++) await store.collectGarbage({ isReferenced: keeping(kept), rewriteFrom: 0 });
		})();
		await Promise.all([reading, collecting]);
		const fresh = await ingesting;
		for (const sha256 of [...kept, ...fresh]) expect(await store.has(sha256)).toBe(true);
		expect((await store.verify()).damaged).toEqual([]);
	});

	it('removes nothing when the question is not answered in full, or at all', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const files = await takeIn(store, workspace.folder('model', { a: 'a', b: bytesOf('b', large) }));
		await expect(store.collectGarbage({ isReferenced: async () => [], ...noGrace })).rejects.toMatchObject({ code: 'bad_input' });
		await expect(store.collectGarbage({ isReferenced: async () => await Promise.reject(new Error('catalog gone')), ...noGrace })).rejects.toThrow('catalog gone');
		for (const file of files) expect(await store.has(file.sha256)).toBe(true);
	});
});
