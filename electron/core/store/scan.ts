import { constants, lstatSync, readdirSync, readlinkSync, realpathSync, statSync, accessSync, type BigIntStats, type Dirent } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { VitrineError } from '#shared/contract/errors.ts';
import { checkManifestPaths, type Verdict } from '#shared/domain/index.ts';
import { digestPairBytes, joinPaths } from './columns.ts';
import { Control } from './control.ts';
import { sourceError, systemCode } from './fileErrors.ts';
import { looseObjectPath } from './layout.ts';
import type { ScanJob, ScanResult } from './messages.ts';
import { DigestKey } from './objectTable.ts';
import { StatCache } from './statCache.ts';
import type { WorkerContext } from './workerContext.ts';

/** Folders reached through links: without a bound, a few links into each other make a tree without end. */
const mostFollowedFolders = 10_000;
const deepestFolder = 256;

/** What needs no closer look: most names. Anything else goes through the rules for paths. */
const plainName = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}$/;

type FoundFile = { readonly path: string; readonly absolutePath: string | null; readonly stat: BigIntStats };

/** Lists a folder's files (or the one file that `path` is), with what is remembered of each. */
export function scan(context: WorkerContext, job: ScanJob): ScanResult {
	const control = new Control(job.control);
	const { root, stat } = resolveRoot(job.path);
	const found: FoundFile[] = [];
	let folder = root;
	let needsRules = true;
	if (stat.isFile()) {
		folder = dirname(root);
		found.push({ path: basename(job.path), absolutePath: root, stat });
		assertReadable(root);
	} else if (stat.isDirectory()) {
		const walk = new FolderWalk(root, control, found);
		walk.enter(root, '', [root]);
		needsRules = walk.unusualNames;
		if (walk.hasLinks) found.sort((left, right) => (left.path < right.path ? -1 : 1));
	} else {
		throw new VitrineError('file_unreadable', { details: { path: job.path, reason: 'special' } });
	}
	if (needsRules) assertPaths(checkManifestPaths(found.map((file) => file.path)));
	return asColumns(context, folder, found);
}

function resolveRoot(path: string): { root: string; stat: BigIntStats } {
	try {
		const root = realpathSync(path);
		return { root, stat: statSync(root, { bigint: true }) };
	} catch (error) {
		throw sourceError(error, path);
	}
}

class FolderWalk {
	readonly #root: string;
	readonly #control: Control;
	readonly #found: FoundFile[];
	#followed = 0;
	/** True once a name came by that the short rule doesn't cover. */
	unusualNames = false;
	/** Links to files stand among the folders until the list is sorted once more. */
	hasLinks = false;

	constructor(root: string, control: Control, found: FoundFile[]) {
		this.#root = root;
		this.#control = control;
		this.#found = found;
	}

	/** `prefix` is the path inside the artifact up to here, with its `/`; `above` are the real folders that lead here. */
	enter(folder: string, prefix: string, above: readonly string[]): void {
		this.#control.throwIfCancelled();
		if (above.length > deepestFolder) throw new VitrineError('path_invalid', { details: { path: prefix, reason: 'too_deep', limit: deepestFolder } });
		const foundBefore = this.#found.length;
		for (const entry of listSorted(folder)) {
			const path = prefix + entry.name;
			if (!plainName.test(entry.name)) this.#lookAtName(entry.name, path);
			const absolutePath = folder + sep + entry.name;
			if (entry.isDirectory()) this.enter(absolutePath, `${path}/`, [...above, absolutePath]);
			else if (entry.isSymbolicLink()) this.#followLink(absolutePath, path, above);
			else if (entry.isFile()) this.#add(path, absolutePath, above[0] === this.#root && folder === this.#insideRoot(prefix) ? null : absolutePath);
			else this.#addUnknown(path, absolutePath);
		}
		this.#control.addFiles(this.#found.length - foundBefore);
	}

	#insideRoot(prefix: string): string {
		return prefix === '' ? this.#root : this.#root + sep + (sep === '/' ? prefix.slice(0, -1) : prefix.slice(0, -1).replaceAll('/', sep));
	}

	#add(path: string, absolutePath: string, elsewhere: string | null): void {
		let stat: BigIntStats;
		try {
			stat = lstatSync(absolutePath, { bigint: true });
		} catch (error) {
			throw sourceError(error, absolutePath);
		}
		if (!stat.isFile()) throw new VitrineError('file_changed', { details: { path: absolutePath, reason: 'replaced' } });
		this.#found.push({ path, absolutePath: elsewhere, stat });
	}

	/** Some file systems don't tell the kind with the name. */
	#addUnknown(path: string, absolutePath: string): void {
		let stat: BigIntStats;
		try {
			stat = lstatSync(absolutePath, { bigint: true });
		} catch (error) {
			throw sourceError(error, absolutePath);
		}
		if (!stat.isFile()) throw new VitrineError('file_unreadable', { details: { path: absolutePath, reason: 'special', kind: kindOf(stat) } });
		this.#found.push({ path, absolutePath, stat });
	}

	#followLink(absolutePath: string, path: string, above: readonly string[]): void {
		this.hasLinks = true;
		let real: string;
		let stat: BigIntStats;
		try {
			real = realpathSync(absolutePath);
			stat = statSync(real, { bigint: true });
		} catch (error) {
			if (systemCode(error) === 'ELOOP') throw new VitrineError('path_invalid', { details: { path: absolutePath, reason: 'link_loop' }, cause: error });
			if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') {
				// Where a dangling link points decides: outside stays outside, whether something is there or not.
				throw new VitrineError(this.#pointsOutside(absolutePath) ? 'path_outside_folder' : 'file_unreadable', { details: { path: absolutePath, link: path, reason: 'dangling_link' }, cause: error });
			}
			throw sourceError(error, absolutePath);
		}
		if (!isInside(real, this.#root)) throw new VitrineError('path_outside_folder', { details: { path: absolutePath, link: path, target: real, folder: this.#root } });
		if (stat.isDirectory()) {
			if (above.includes(real)) throw new VitrineError('path_invalid', { details: { path: absolutePath, reason: 'link_loop', target: real } });
			if (++this.#followed > mostFollowedFolders) throw new VitrineError('path_invalid', { details: { path: absolutePath, reason: 'too_many_links', limit: mostFollowedFolders } });
			this.enter(real, `${path}/`, [...above, real]);
		} else if (stat.isFile()) {
			this.#found.push({ path, absolutePath: real, stat });
		} else {
			throw new VitrineError('file_unreadable', { details: { path: absolutePath, reason: 'special', kind: kindOf(stat) } });
		}
	}

	#pointsOutside(link: string): boolean {
		try {
			return !isInside(join(dirname(link), readlinkSync(link)), this.#root) || readlinkSync(link).startsWith(sep);
		} catch {
			return false;
		}
	}

	#lookAtName(name: string, path: string): void {
		this.unusualNames = true;
		// A name that isn't Unicode comes with this sign in the place of what couldn't be read; by that name it can't be opened.
		if (name.includes('\ufffd')) {
			try {
				lstatSync(join(this.#root, path));
			} catch {
				throw new VitrineError('path_invalid', { details: { path, reason: 'not_unicode' } });
			}
		}
	}
}

/** In the order that puts the whole list in code-unit order of paths: a folder stands where its name with `/` would. */
function listSorted(folder: string): Dirent[] {
	let entries: Dirent[];
	try {
		entries = readdirSync(folder, { withFileTypes: true });
	} catch (error) {
		throw sourceError(error, folder);
	}
	const keys = new Map(entries.map((entry) => [entry, entry.isDirectory() || entry.isSymbolicLink() ? `${entry.name}/` : entry.name]));
	return entries.sort((left, right) => (keys.get(left)! < keys.get(right)! ? -1 : 1));
}

function isInside(path: string, folder: string): boolean {
	return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function kindOf(stat: BigIntStats): string {
	return stat.isFIFO() ? 'pipe' : stat.isSocket() ? 'socket' : stat.isBlockDevice() || stat.isCharacterDevice() ? 'device' : 'other';
}

function assertReadable(path: string): void {
	try {
		accessSync(path, constants.R_OK);
	} catch (error) {
		throw sourceError(error, path);
	}
}

function assertPaths(verdict: Verdict<unknown>): void {
	if (!verdict.ok) throw new VitrineError('path_invalid', { details: { violation: verdict.violation } });
}

const key = new DigestKey();

function asColumns(context: WorkerContext, folder: string, found: readonly FoundFile[]): ScanResult {
	const cache = StatCache.load(context.layout, folder);
	const count = found.length;
	const sizes = new Float64Array(count);
	const modified = new BigInt64Array(count);
	const identities = new BigUint64Array(count * 2);
	const remembered = new Uint8Array(count);
	const digests = new Uint8Array(cache.entries === 0 ? 0 : count * digestPairBytes);
	const elsewhere = new Map<number, string>();
	const paths: string[] = [];
	for (const [index, file] of found.entries()) {
		const { stat } = file;
		paths.push(file.path);
		if (file.absolutePath !== null) elsewhere.set(index, file.absolutePath);
		sizes[index] = Number(stat.size);
		modified[index] = stat.mtimeNs;
		identities[index * 2] = stat.dev;
		identities[index * 2 + 1] = stat.ino;
		if (cache.entries === 0) continue;
		const known = cache.digestsOf(file.path, stat);
		if (known === null) continue;
		const sha256 = known.subarray(0, 32);
		if (context.table.find(key.set(sha256), 0) === -1 && !hasLoose(context, sha256, Number(stat.size))) continue;
		remembered[index] = 1;
		digests.set(known, index * digestPairBytes);
	}
	return { folder, paths: joinPaths(paths), count, elsewhere, sizes, modified, identities, remembered, digests };
}

function hasLoose(context: WorkerContext, sha256: Buffer, size: number): boolean {
	return statSync(looseObjectPath(context.layout, sha256.toString('hex')), { throwIfNoEntry: false })?.size === size;
}

export function scanBuffers(result: ScanResult): ArrayBuffer[] {
	return [result.sizes.buffer, result.modified.buffer, result.identities.buffer, result.remembered.buffer, result.digests.buffer];
}
