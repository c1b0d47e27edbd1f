import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Store } from './index.ts';
import { bytesOf, sha256Of, Workspace } from './testing/workspace.ts';

// Real disks, threads and processes: on a busy machine they take their time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe('scanning a folder', () => {
	let workspace: Workspace;
	let store: Store;
	let count = 0;

	beforeAll(async () => {
		workspace = new Workspace();
		store = await workspace.open();
	});
	afterAll(async () => await workspace[Symbol.asyncDispose]());

	const folderWith = (files: Readonly<Record<string, string>>) => workspace.folder(`folder-${++count}`, files);
	const pathsOf = async (folder: string) => (await store.scanFolder(folder)).files.map((file) => file.path);

	it('lists all files by path, in code-unit order, with size and time', async () => {
		const folder = folderWith({ 'b/2': 'two', 'b.txt': 'x', b_: '', 'a/z/1': 'one', 'B/x': 'y', 'ümlaut 名前.txt': 'u', '.hidden': 'h' });
		mkdirSync(join(folder, 'nothing-in-here'));
		const { files, totalBytes } = await store.scanFolder(folder);
		expect(files.map((file) => file.path)).toEqual(['.hidden', 'B/x', 'a/z/1', 'b.txt', 'b/2', 'b_', 'ümlaut 名前.txt']);
		expect(totalBytes).toBe(10);
		for (const file of files) expect(file.absolutePath).toBe(join(folder, file.path));
		expect(files[4]).toMatchObject({ path: 'b/2', size: 3 });
		expect(Number(files[4]!.modifiedNanoseconds! / 1_000_000n)).toBeGreaterThan(Date.now() - 600_000);
	});

	it('takes a single file by its own name', async () => {
		const folder = folderWith({ 'model.onnx': 'bytes', other: 'o' });
		expect(await pathsOf(join(folder, 'model.onnx'))).toEqual(['model.onnx']);
		expect(await pathsOf(folderWith({}))).toEqual([]);
	});

	it('follows links to files and folders inside', async () => {
		const folder = folderWith({ 'data/real': 'content', 'data/deep/er': 'deeper' });
		symlinkSync('data/real', join(folder, 'alias'));
		symlinkSync(join(folder, 'data', 'deep'), join(folder, 'shortcut'));
		const scanned = await store.scanFolder(folder);
		expect(scanned.files.map((file) => file.path)).toEqual(['alias', 'data/deep/er', 'data/real', 'shortcut/er']);
		const ingested = await store.ingest(scanned.files);
		expect(ingested.map((file) => file.sha256)).toEqual(['content', 'deeper', 'content', 'deeper'].map((text) => sha256Of(text)));
	});

	it('works when the folder itself is reached through a link', async () => {
		const folder = folderWith({ f: 'x', 'inner/g': 'y' });
		symlinkSync('f', join(folder, 'link'));
		symlinkSync(folder, `${folder}-link`);
		expect(await pathsOf(`${folder}-link`)).toEqual(['f', 'inner/g', 'link']);
	});

	it('refuses links that lead out, and names them', async () => {
		const outside = workspace.path('outside');
		writeFileSync(outside, 'secret');
		const sibling = folderWith({ secret: 's' });
		const targets = [outside, '../../outside', '/etc/hostname', '../../', '../..', sibling, '/', '../../does-not-exist', '/does/not/exist', '../../../../../../../../../nowhere'];
		for (const target of targets) {
			const folder = folderWith({ 'sub/f': 'x' });
			symlinkSync(target, join(folder, 'sub', 'escape'));
			await expect(store.scanFolder(folder), target).rejects.toMatchObject({ code: 'path_outside_folder', details: { link: 'sub/escape' } });
		}
		// A name that begins like the folder's own is not inside of it.
		const folder = folderWith({ f: 'x' });
		mkdirSync(`${folder}-more`);
		writeFileSync(join(`${folder}-more`, 'f'), 'x');
		symlinkSync(join(`${folder}-more`, 'f'), join(folder, 'escape'));
		await expect(store.scanFolder(folder)).rejects.toMatchObject({ code: 'path_outside_folder' });
	});

	it('refuses loops of links, and links to nothing', async () => {
		const loop = folderWith({ 'a/b/c': 'x' });
		symlinkSync('../..', join(loop, 'a', 'b', 'up'));
		await expect(store.scanFolder(loop)).rejects.toMatchObject({ code: 'path_invalid', details: { reason: 'link_loop' } });
		const self = folderWith({});
		symlinkSync('self', join(self, 'self'));
		await expect(store.scanFolder(self)).rejects.toMatchObject({ code: 'path_invalid', details: { reason: 'link_loop' } });
		const crossing = folderWith({ 'a/f': '1', 'b/g': '2' });
		symlinkSync('../b', join(crossing, 'a', 'to-b'));
		symlinkSync('../a', join(crossing, 'b', 'to-a'));
		await expect(store.scanFolder(crossing)).rejects.toMatchObject({ code: 'path_invalid', details: { reason: 'link_loop' } });
		const dangling = folderWith({});
		symlinkSync('nothing', join(dangling, 'link'));
		await expect(store.scanFolder(dangling)).rejects.toMatchObject({ code: 'file_unreadable', details: { link: 'link', reason: 'dangling_link' } });
	});

	it('ends on links that multiply without end', async () => {
		const folder = folderWith({ 'd0/f': 'x' });
		for (let level = 1; level <= 20; level++) {
			mkdirSync(join(folder, `d${level}`));
			symlinkSync(`../d${level - 1}`, join(folder, `d${level}`, 'left'));
			symlinkSync(`../d${level - 1}`, join(folder, `d${level}`, 'right'));
		}
		await expect(store.scanFolder(folder)).rejects.toMatchObject({ code: 'path_invalid', details: { reason: 'too_many_links' } });
	});

	it('refuses pipes, sockets and devices', async () => {
		const pipe = folderWith({ f: 'x' });
		execFileSync('mkfifo', [join(pipe, 'pipe')]);
		await expect(store.scanFolder(pipe)).rejects.toMatchObject({ code: 'file_unreadable', details: { path: join(pipe, 'pipe'), reason: 'special', kind: 'pipe' } });
		await expect(store.ingest([{ path: 'pipe', absolutePath: join(pipe, 'pipe') }])).rejects.toMatchObject({ code: 'file_unreadable', details: { reason: 'special' } });
		const withSocket = folderWith({});
		const server = createServer();
		await new Promise<void>((resolve) => server.listen(join(withSocket, 's'), resolve));
		await expect(store.scanFolder(withSocket)).rejects.toMatchObject({ code: 'file_unreadable', details: { reason: 'special', kind: 'socket' } });
		await new Promise((resolve) => server.close(resolve));
		await expect(store.scanFolder('/dev/null')).rejects.toMatchObject({ code: 'file_unreadable', details: { reason: 'special' } });
		await expect(store.ingest([{ path: 'null', absolutePath: '/dev/null' }])).rejects.toMatchObject({ code: 'file_unreadable', details: { reason: 'special' } });
		await expect(store.ingest([{ path: 'zero', absolutePath: '/dev/zero', size: 5_000_000 }])).rejects.toMatchObject({ code: 'file_unreadable', details: { reason: 'special' } });
	});

	it('refuses what a path inside an artifact can not be', async () => {
		const cases: readonly [string, unknown][] = [
			['back\\slash', { violation: { rule: 'backslash' } }],
			['new\nline', { violation: { rule: 'control-character' } }],
			['\u202egpj.exe', { violation: { rule: 'direction-override' } }],
			['%2e%2e', { violation: { rule: 'encoded-dot-segment' } }],
		];
		for (const [name, details] of cases) {
			const folder = folderWith({ fine: 'x', [name]: 'y' });
			await expect(store.scanFolder(folder), name).rejects.toMatchObject({ code: 'path_invalid', details });
		}
	});

	it('refuses names that are one name in other code points, and names that are no Unicode', async () => {
		const twins = folderWith({ 'caf\u00e9': '1', 'cafe\u0301': '2' });
		await expect(store.scanFolder(twins)).rejects.toMatchObject({ code: 'path_invalid', details: { violation: { rule: 'unicode-twin' } } });
		const alone = folderWith({ 'cafe\u0301': '2', Readme: 'r', README: 'R' });
		expect(await pathsOf(alone)).toEqual(['README', 'Readme', 'cafe\u0301']);
		const broken = folderWith({ fine: 'x' });
		writeFileSync(Buffer.concat([Buffer.from(join(broken, 'bad-')), Buffer.from([0xff, 0xfe])]), 'y');
		await expect(store.scanFolder(broken)).rejects.toMatchObject({ code: 'path_invalid', details: { reason: 'not_unicode' } });
	});

	it('says when there is nothing, and stops when told to', async () => {
		await expect(store.scanFolder(workspace.path('nowhere'))).rejects.toMatchObject({ code: 'file_unreadable', details: { reason: 'missing' } });
		const controller = new AbortController();
		controller.abort();
		await expect(store.scanFolder(folderWith({ f: 'x' }), { signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' });
	});

	it('reports a file that goes between scan and ingest', async () => {
		const folder = folderWith({ here: 'x', gone: 'y' });
		const { files } = await store.scanFolder(folder);
		rmSync(join(folder, 'gone'));
		await expect(store.ingest(files)).rejects.toMatchObject({ code: 'file_unreadable', details: { path: join(folder, 'gone'), reason: 'missing' } });
		writeFileSync(join(folder, 'gone'), bytesOf('back', 10));
		appendFileSync(join(folder, 'here'), 'grown since the scan');
		await expect(store.ingest((await store.scanFolder(folder)).files)).resolves.toHaveLength(2);
	});
});
