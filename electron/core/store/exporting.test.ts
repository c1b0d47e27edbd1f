import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fastCheck from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ExportEntry, Store } from './index.ts';
import { bytesOf, sha256Of, takeIn, treeOf, Workspace } from './testing/workspace.ts';

// Real disks, threads and processes: on a busy machine they take their time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe('writing objects back to files', () => {
	let workspace: Workspace;
	let store: Store;
	let entries: readonly ExportEntry[];
	let count = 0;
	const contents = { 'a/b/small': 'small', 'a/large': bytesOf('large', 2_000_000), top: 'top', empty: '' };

	beforeAll(async () => {
		workspace = new Workspace();
		store = await workspace.open();
		entries = await takeIn(store, workspace.folder('source', contents));
	});
	afterAll(async () => await workspace[Symbol.asyncDispose]());

	const newTarget = () => workspace.path(`target-${++count}`);
	/** Everything in the folder but what this export should have written; staging folders would show here. */
	const namesIn = (folder: string) => readdirSync(folder).sort();

	it('makes the folder, with the same tree', async () => {
		const target = newTarget();
		await store.exportTree(entries, join(target, 'deep', 'er'));
		expect(treeOf(join(target, 'deep', 'er'))).toEqual(treeOf(workspace.path('source')));
		expect(namesIn(join(target, 'deep'))).toEqual(['er']);
		expect(lstatSync(join(target, 'deep', 'er')).mode & 0o777).toBe(0o755);
	});

	it('adds to a folder that is there, and refuses to replace files unless asked', async () => {
		const target = newTarget();
		mkdirSync(join(target, 'a'), { recursive: true });
		writeFileSync(join(target, 'own'), 'own');
		await store.exportTree(entries, target);
		expect(namesIn(target)).toEqual(['a', 'empty', 'own', 'top']);

		const other = newTarget();
		mkdirSync(other);
		writeFileSync(join(other, 'top'), 'mine');
		await expect(store.exportTree(entries, other)).rejects.toMatchObject({ code: 'file_exists', details: { path: 'top' } });
		expect(namesIn(other)).toEqual(['top']);
		expect(readFileSync(join(other, 'top'), 'utf8')).toBe('mine');
		await store.exportTree(entries, other, { overwrite: true });
		expect(treeOf(other)).toEqual(treeOf(workspace.path('source')));

		const blocked = newTarget();
		mkdirSync(join(blocked, 'top'), { recursive: true });
		await expect(store.exportTree(entries, blocked, { overwrite: true })).rejects.toMatchObject({ code: 'file_exists', details: { path: 'top' } });
		expect(namesIn(blocked)).toEqual(['top']);
	});

	it('never writes through a link in the target', async () => {
		const outside = workspace.folder('outside', { 'large': 'untouched' });
		const throughFolder = newTarget();
		mkdirSync(throughFolder);
		symlinkSync(outside, join(throughFolder, 'a'));
		for (const overwrite of [false, true]) {
			await expect(store.exportTree(entries, throughFolder, { overwrite })).rejects.toMatchObject({ code: 'path_outside_folder', details: { path: 'a' } });
		}
		expect(treeOf(outside)).toEqual(new Map([['large', sha256Of('untouched')]]));
		expect(namesIn(throughFolder)).toEqual(['a']);

		const throughFile = newTarget();
		mkdirSync(join(throughFile, 'a'), { recursive: true });
		symlinkSync(join(outside, 'large'), join(throughFile, 'a', 'large'));
		symlinkSync(join(outside, 'new'), join(throughFile, 'top'));
		await expect(store.exportTree(entries, throughFile)).rejects.toMatchObject({ code: 'file_exists' });
		await store.exportTree(entries, throughFile, { overwrite: true });
		expect(treeOf(throughFile)).toEqual(treeOf(workspace.path('source')));
		expect(treeOf(outside)).toEqual(new Map([['large', sha256Of('untouched')]]));

		const dangling = newTarget();
		symlinkSync(join(outside, 'made-through-link'), dangling);
		await expect(store.exportTree(entries, dangling)).rejects.toMatchObject({ code: 'file_exists' });
		expect(existsSync(join(outside, 'made-through-link'))).toBe(false);
	});

	it('refuses every path that would leave the folder, or stand in the way of another', async () => {
		const { sha256 } = entries[0]!;
		const broken = ['../escape', '/etc/escape', 'a/../../escape', 'a//b', 'a/./b', '', 'a\\b', 'nul\0', '..', 'C:/x', '%2e%2e/x', 'a/', '.. /x', 'x'.repeat(300)];
		for (const path of broken) {
			const target = newTarget();
			await expect(store.exportTree([{ path, sha256 }], target), JSON.stringify(path)).rejects.toMatchObject({ code: 'path_invalid' });
			expect(existsSync(target)).toBe(false);
		}
		for (const pair of [['a', 'a'], ['a', 'a/b'], ['caf\u00e9', 'cafe\u0301']]) {
			await expect(store.exportTree(pair.map((path) => ({ path, sha256 })), newTarget())).rejects.toMatchObject({ code: 'path_invalid' });
		}
		for (const nonsense of ['', '../../etc/passwd', 'xyz']) {
			await expect(store.exportTree([{ path: 'a', sha256: nonsense }], newTarget())).rejects.toMatchObject({ code: 'bad_input' });
		}
	});

	it('writes all or nothing: a missing object leaves no trace', async () => {
		const target = newTarget();
		const missing = 'f'.repeat(64);
		await expect(store.exportTree([...entries, { path: 'z', sha256: missing }], target)).rejects.toMatchObject({ code: 'object_missing', details: { sha256: missing, path: 'z' } });
		expect(existsSync(target)).toBe(false);
		mkdirSync(target);
		await expect(store.exportTree([...entries, { path: 'z', sha256: missing }], target)).rejects.toMatchObject({ code: 'object_missing' });
		expect(namesIn(target)).toEqual([]);
		const controller = new AbortController();
		controller.abort();
		await expect(store.exportTree(entries, newTarget(), { signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' });
		expect(namesIn(workspace.root).filter((name) => name.startsWith('.'))).toEqual([]);
	});

	it('writes single files', async () => {
		const target = newTarget();
		const large = entries.find((entry) => entry.path === 'a/large')!;
		await store.exportFile(large.sha256, join(target, 'model.bin'));
		expect(sha256Of(readFileSync(join(target, 'model.bin')))).toBe(large.sha256);
		await expect(store.exportFile(large.sha256, join(target, 'model.bin'))).rejects.toMatchObject({ code: 'file_exists' });
		await store.exportFile(entries[2]!.sha256, join(target, 'model.bin'), { overwrite: true });
		expect(namesIn(target)).toEqual(['model.bin']);
	});

	it('gives any tree back byte for byte', async () => {
		const name = fastCheck.stringMatching(/^[a-z0-9äß名_][a-zA-Z0-9 ._é-]{0,8}[a-z0-9]$/u);
		const content = fastCheck.oneof(
			{ weight: 12, arbitrary: fastCheck.uint8Array({ maxLength: 300 }) },
			{ weight: 1, arbitrary: fastCheck.tuple(fastCheck.integer(), fastCheck.integer({ min: 262_100, max: 262_200 })).map(([seed, length]) => new Uint8Array(bytesOf(seed, length))) },
			{ weight: 1, arbitrary: fastCheck.tuple(fastCheck.integer(), fastCheck.integer({ min: 4_194_300, max: 4_194_310 })).map(([seed, length]) => new Uint8Array(bytesOf(seed, length))) },
		);
		const tree = fastCheck
			.array(fastCheck.record({ steps: fastCheck.array(name, { minLength: 1, maxLength: 4 }), content }), { maxLength: 12 })
			.map((files) => {
				const kept: Record<string, Uint8Array> = {};
				const taken = new Set<string>();
				for (const file of files) {
					const steps = file.steps.map((step) => step.normalize('NFC').toLowerCase());
					const ways = steps.map((_, index) => steps.slice(0, index + 1).join('/'));
					const path = ways.at(-1)!;
					// No file may be the folder of another.
					if (ways.some((way) => way in kept) || taken.has(path)) continue;
					for (const way of ways) taken.add(way);
					kept[path] = file.content;
				}
				return kept;
			});
		await fastCheck.assert(
			fastCheck.asyncProperty(tree, async (files) => {
				const source = workspace.folder(`property-${++count}`, files);
				const target = newTarget();
				const ingested = await takeIn(store, source);
				await store.exportTree(ingested, target);
				expect(treeOf(target)).toEqual(treeOf(source));
				expect(treeOf(target).size).toBe(Object.keys(files).length);
			}),
			{ numRuns: 30 },
		);
	});
});
