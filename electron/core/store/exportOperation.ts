import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { VitrineError } from '#shared/contract/errors.ts';
import { checkManifestPaths, findUnportable } from '#shared/domain/index.ts';
import { systemCode, targetError } from './fileErrors.ts';
import { isSha256 } from './layout.ts';
import { reporting } from './progressReporter.ts';
import type { StoreCore } from './storeCore.ts';
import type { ExportEntry, ExportOptions, Sha256 } from './types.ts';

const batchFiles = 256;
const batchBytes = 64 * 1024 * 1024;

export type ExportRequest =
	| { readonly kind: 'file'; readonly sha256: Sha256; readonly targetPath: string }
	| { readonly kind: 'tree'; readonly entries: readonly ExportEntry[]; readonly targetFolder: string };

/** Writes objects to files: staged beside their target first, all checked, and only then moved into place. */
export async function exportTree(core: StoreCore, request: ExportRequest, options: ExportOptions): Promise<void> {
	const entries = request.kind === 'file' ? [{ path: basename(resolve(request.targetPath)), sha256: request.sha256 }] : request.entries;
	if (request.kind === 'tree') assertExportable(entries);
	for (const { sha256 } of entries) if (!isSha256(sha256)) throw new VitrineError('bad_input', { details: { sha256, reason: 'not a SHA-256 digest' } });
	const target = resolve(request.kind === 'file' ? dirname(request.targetPath) : request.targetFolder);

	await reporting('export', options, async (reporter) => {
		reporter.totalFiles = entries.length;
		const sizes = entries.map((entry) => (entry as ExportEntry).size ?? Number.NaN);
		const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
		reporter.totalBytes = Number.isNaN(totalBytes) ? null : totalBytes;
		const overwrite = options.overwrite ?? false;
		const control = reporter.control.buffer;
		const paths = entries.map((entry) => entry.path);
		try {
			const existing = await existingFolder(target);
			if (existing === null && request.kind === 'file') await mkdir(target, { recursive: true });
			const fresh = existing === null && request.kind === 'tree';
			if (fresh) await mkdir(dirname(target), { recursive: true });
			const root = fresh ? target : await realpath(target);
			if (!fresh) await core.pool.run({ kind: 'placeExport', control, staging: '', target: root, paths, overwrite, checkOnly: true });

			const staging = join(fresh ? dirname(target) : root, `.vitrine-export-${randomBytes(6).toString('hex')}`);
			await mkdir(staging, { mode: 0o700 });
			try {
				await stage(core, entries, staging, control, (path) => {
					reporter.currentPath = path;
				});
				reporter.throwIfCancelled();
				if (fresh) {
					await chmod(staging, 0o755);
					await renameFresh(staging, target);
				} else {
					await core.pool.run({ kind: 'placeExport', control, staging, target: root, paths, overwrite, checkOnly: false });
				}
			} finally {
				await rm(staging, { recursive: true, force: true });
			}
		} catch (error) {
			throw targetError(error, target, reporter.totalBytes ?? undefined);
		}
	});
}

/** Null where nothing is there. A link to a folder counts as that folder: the caller named it. */
async function existingFolder(target: string): Promise<string | null> {
	let real: string;
	try {
		real = await realpath(target);
	} catch (error) {
		if (systemCode(error) !== 'ENOENT') throw error;
		// A link to nowhere is something that stands there, and not to be written through.
		if (await lstat(target).catch(() => null)) throw new VitrineError('file_exists', { details: { path: target, reason: 'dangling_link' }, cause: error });
		return null;
	}
	if (!(await lstat(real)).isDirectory()) throw new VitrineError('file_exists', { details: { path: target, reason: 'not_a_folder' } });
	return real;
}

async function renameFresh(staging: string, target: string): Promise<void> {
	try {
		await rename(staging, target);
	} catch (error) {
		if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM'].includes(systemCode(error))) throw new VitrineError('file_exists', { details: { path: target }, cause: error });
		throw error;
	}
}

async function stage(core: StoreCore, entries: readonly ExportEntry[], staging: string, control: SharedArrayBuffer, onPath: (path: string) => void): Promise<void> {
	let next = 0;
	const failures: unknown[] = [];
	const takeBatch = (): readonly ExportEntry[] => {
		const from = next;
		let bytes = 0;
		while (next < entries.length && next - from < batchFiles && bytes < batchBytes) bytes += entries[next++]!.size ?? 0;
		return entries.slice(from, next);
	};
	const lane = async (worker: number): Promise<void> => {
		for (let batch = takeBatch(); batch.length > 0 && failures.length === 0; batch = takeBatch()) {
			onPath(batch[0]!.path);
			const digests = new Uint8Array(Buffer.concat(batch.map((entry) => Buffer.from(entry.sha256, 'hex'))));
			try {
				await core.pool.run({ kind: 'export', control, staging, paths: batch.map((entry) => entry.path), digests }, worker);
			} catch (error) {
				failures.push(error);
			}
		}
	};
	await Promise.all(Array.from({ length: core.pool.size }, async (_, worker) => await lane(worker)));
	if (failures.length > 0) throw failures[0];
}

function assertExportable(entries: readonly ExportEntry[]): void {
	const verdict = checkManifestPaths(
		entries.map((entry) => entry.path),
		{ portable: process.platform === 'win32' },
	);
	if (!verdict.ok) throw new VitrineError('path_invalid', { details: { violation: verdict.violation } });
	const unportable = process.platform === 'win32' ? entries.map((entry) => findUnportable(entry.path)).find((found) => found !== null) : undefined;
	if (unportable !== undefined) throw new VitrineError('path_invalid', { details: { violation: unportable } });
}
