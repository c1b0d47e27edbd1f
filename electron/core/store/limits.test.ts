import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { childCommand, inOwnMounts, mountObstacle, runChild } from './testing/runChild.ts';
import { bytesOf, sha256Of, takeIn, Workspace } from './testing/workspace.ts';

// Real disks, threads and processes: on a busy machine they take their time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const obstacle = mountObstacle();

describe.skipIf(obstacle !== null)(`on file systems of its own${obstacle === null ? '' : ` (can't mount here: ${obstacle})`}`, () => {
	it('says when the disk is full and how much was needed, keeps nothing of it, and goes on with what fits', async () => {
		await using workspace = new Workspace();
		const disk = workspace.path('disk');
		mkdirSync(disk);
		const directory = join(disk, 'store');
		const answers = await runChild(inOwnMounts(`mount -t tmpfs -o size=8m tmpfs ${disk}`, childCommand('fill', { directory })));
		const [small, upload, many, bodies, last, end] = answers;
		expect(small).toMatchObject({ succeeded: [{ path: 'small', sha256: sha256Of(bytesOf('small', 100_000)) }] });
		expect(upload).toMatchObject({ code: 'disk_full', details: { where: directory, neededBytes: 20_000_000 } });
		expect(many).toMatchObject({ code: 'disk_full', details: { where: directory } });
		expect((many!['details'] as { neededBytes: number }).neededBytes).toBeGreaterThan(7_000_000);
		expect(bodies).toMatchObject({ code: 'disk_full', details: { where: directory, neededBytes: 20_000_000 } });
		expect(last).toMatchObject({ succeeded: [{ path: 'last' }] });
		expect(end).toMatchObject({ damaged: [], usage: { packedObjects: 2, packedBytes: 200_000, looseObjects: 0, packs: 1 } });
	});

	it('says when a large local file does not fit, and leaves nothing half-written', async () => {
		await using workspace = new Workspace();
		const disk = workspace.path('disk');
		mkdirSync(disk);
		const directory = join(disk, 'store');
		const source = workspace.folder('model', { 'a.bin': bytesOf('a', 5_000_000), 'b.bin': bytesOf('b', 6_000_000), small: 'small' });
		const mounts = `mount -t tmpfs -o size=8m tmpfs ${disk}`;
		const [command, ...rest] = childCommand('ingest', { directory, source });
		const listing = `"$@"; find ${directory}/temporary ${directory}/packs ${directory}/objects -type f -size +0 | sed 's/.*/{"left":"&"}/'`;
		const answers = await runChild(inOwnMounts(mounts, ['sh', '-c', listing, 'sh', command!, ...rest]));
		expect(answers[0]).toMatchObject({ code: 'disk_full', details: { neededBytes: 11_000_005 } });
		// At most one of the two got to its place before the other failed; it is whole, and for the collector.
		const left = answers.slice(1).map((line) => String(line['left']));
		expect(left.filter((path) => !path.includes('/objects/'))).toEqual([]);
		expect(left.length).toBeLessThanOrEqual(1);
	});

	it('opens a read-only store for reading, and says so when it should write', async () => {
		await using workspace = new Workspace();
		const store = await workspace.open();
		const source = workspace.folder('model', { small: 'small', large: bytesOf('l', 1_000_000) });
		await takeIn(store, source);
		await store.close();
		const directory = workspace.storeDirectory;
		const answers = await runChild(inOwnMounts(`mount --bind ${directory} ${directory}\nmount -o remount,bind,ro ${directory}`, childCommand('readOnly', { directory, source })));
		expect(answers[0]).toMatchObject({ readOnly: true, verified: { checkedObjects: 2, damaged: [] } });
		for (const answer of answers.slice(1)) expect(answer).toMatchObject({ code: 'store_read_only', details: { where: directory } });
	});

	it('says when a new store can not be made', async () => {
		await using workspace = new Workspace();
		const disk = workspace.folder('disk', {});
		const source = workspace.folder('model', { f: 'x' });
		const directory = join(disk, 'store');
		const [answer] = await runChild(inOwnMounts(`mount -t tmpfs -o ro tmpfs ${disk}`, childCommand('ingest', { directory, source })));
		expect(answer).toMatchObject({ code: 'store_read_only' });
	});
});

describe('with few rights and few descriptors', () => {
	it('names a file and a folder that may not be read, and a folder that may not be written', async () => {
		await using workspace = new Workspace();
		chmodSync(workspace.root, 0o755);
		const root = process.getuid?.() === 0;
		const data = workspace.path('data');
		mkdirSync(data, { mode: 0o777 });
		chmodSync(data, 0o777);
		// Root may read everything, so the work is done by nobody.
		const options = root ? { uid: 65534, gid: 65534 } : {};
		for (const [name, size] of [['small', 10], ['large', 1_000_000]] as const) {
			const source = workspace.folder(`with-${name}`, { fine: 'x', [name]: bytesOf(name, size) });
			chmodSync(join(source, name), 0o000);
			const [answer] = await runChild(childCommand('ingest', { directory: join(data, 'store'), source }), options);
			expect(answer).toEqual({ code: 'file_unreadable', details: { path: join(source, name), reason: 'permission' } });
		}
		const source = workspace.folder('with-folder', { fine: 'x', 'closed/f': 'y' });
		chmodSync(join(source, 'closed'), 0o000);
		const [answer] = await runChild(childCommand('ingest', { directory: join(data, 'store'), source }), options);
		expect(answer).toEqual({ code: 'file_unreadable', details: { path: join(source, 'closed'), reason: 'permission' } });
		chmodSync(join(source, 'closed'), 0o700);
		const target = workspace.path('target');
		mkdirSync(target, { mode: 0o555 });
		const [notWritten] = await runChild(childCommand('export', { directory: join(data, 'store'), source: workspace.folder('plain', { f: 'x' }) }), options);
		expect(notWritten).toEqual({ code: 'store_read_only', details: { where: target } });
		expect(readdirSync(target)).toEqual([]);
		const readOnlyData = workspace.path('read-only');
		mkdirSync(readOnlyData, { mode: 0o555 });
		const [refused] = await runChild(childCommand('ingest', { directory: join(readOnlyData, 'store'), source }), options);
		expect(refused).toMatchObject({ code: 'store_read_only' });
	});

	it('takes a thousand files with few descriptors to spare', async () => {
		await using workspace = new Workspace();
		const source = workspace.folder('many', {});
		for (let index = 0; index < 1000; index++) writeFileSync(join(source, `f${index}`), bytesOf(index, index % 10 === 0 ? 300_000 : 1000));
		for (const limit of [96, 128]) {
			const directory = workspace.path(`data-${limit}`);
			const [answer] = await runChild(['sh', '-c', `ulimit -n ${limit}; exec "$@"`, 'sh', ...childCommand('ingest', { directory, source })]);
			expect(answer).toEqual({ succeeded: 1000 });
			expect(readdirSync(join(directory, 'temporary'))).toEqual([]);
		}
	});
});
