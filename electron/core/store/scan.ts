import { constants, lstatSync, readdirSync, readlinkSync, realpathSync, statSync, accessSync, type BigIntStats, type Dirent } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { VitrineError } from '#shared/contract/errors.ts';
import { checkManifestPaths, pathLimits, type Verdict } from '#shared/domain/index.ts';
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

/** Lists a folder's files (or the one file that `path` is), with what is remembered of each. */
export function scan(context: WorkerContext, job: ScanJob): ScanResult {
	const control = new Control(job.control);
	const { root, stat } = resolveRoot(job.path);
	if (stat.isFile()) {
		const folder = dirname(root);
		const found = new FoundFiles(context, folder);
		found.add(basename(job.path), root, stat);
		assertReadable(root);
		assertPaths(checkManifestPaths(found.paths));
		return found.asResult(null);
	}
	if (!stat.isDirectory()) throw new VitrineError('file_unreadable', { details: { path: job.path, reason: 'special' } });
	const found = new FoundFiles(context, root);
	const walk = new FolderWalk(root, control, found);
	walk.enter(root, '', [root]);
	if (walk.unusualNames) assertPaths(checkManifestPaths(found.paths));
	return found.asResult(walk.hasLinks ? found.paths.map((_, index) => index).sort((left, right) => (found.paths[left]! < found.paths[right]! ? -1 : 1)) : null);
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
	readonly #found: FoundFiles;
	#followed = 0;
	/** True once a name came by that the short rule doesn't cover. */
	unusualNames = false;
	/** Links to files stand among the folders until the list is sorted once more. */
	hasLinks = false;

	constructor(root: string, control: Control, found: FoundFiles) {
		this.#root = root;
		this.#control = control;
		this.#found = found;
	}

	/** `prefix` is the path inside the artifact up to here, with its `/`; `above` are the real folders that lead here. */
	enter(folder: string, prefix: string, above: readonly string[]): void {
		this.#control.throwIfCancelled();
		if (above.length > deepestFolder) throw new VitrineError('path_invalid', { details: { path: prefix, reason: 'too_deep', limit: deepestFolder } });
		const foundBefore = this.#found.paths.length;
		// Below a link to a folder, a file isn't where its path says.
		const isPlain = folder === this.#insideRoot(prefix);
		for (const entry of listSorted(folder)) {
			const path = prefix + entry.name;
			if (!plainName.test(entry.name) || path.length > pathLimits.pathBytes) this.#lookAtName(entry.name, path);
			const absolutePath = folder + sep + entry.name;
			if (entry.isDirectory()) this.enter(absolutePath, `${path}/`, [...above, absolutePath]);
			else if (entry.isSymbolicLink()) this.#followLink(absolutePath, path, above);
			else if (entry.isFile()) this.#add(path, absolutePath, isPlain ? null : absolutePath);
			else this.#addUnknown(path, absolutePath);
		}
		this.#control.addFiles(this.#found.paths.length - foundBefore);
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
		this.#found.add(path, elsewhere, stat);
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
		this.#found.add(path, absolutePath, stat);
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
			this.#found.add(path, real, stat);
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
	const isFolder = (entry: Dirent): boolean => entry.isDirectory() || entry.isSymbolicLink();
	// Only a folder beside a file can stand elsewhere than by its bare name.
	if (!entries.some(isFolder)) return entries.sort((left, right) => (left.name < right.name ? -1 : 1));
	const keys = new Map(entries.map((entry) => [entry, isFolder(entry) ? `${entry.name}/` : entry.name]));
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

/** What a scan has found so far, in flat columns: tens of thousands of file states are nothing to keep as objects. */
class FoundFiles {
	readonly paths: string[] = [];
	readonly #context: WorkerContext;
	readonly #folder: string;
	readonly #cache: StatCache;
	/** Per file: device, inode, size, modified. */
	#states = new BigUint64Array(4 * 1024);
	#digests: Uint8Array<ArrayBuffer>;
	#remembered = new Uint8Array(1024);
	readonly #elsewhere = new Map<number, string>();

	constructor(context: WorkerContext, folder: string) {
		this.#context = context;
		this.#folder = folder;
		this.#cache = StatCache.load(context.layout, folder);
		this.#digests = new Uint8Array(this.#cache.entries === 0 ? 0 : 1024 * digestPairBytes);
	}

	/** `elsewhere` is the file's absolute path where that isn't simply its path below the folder. */
	add(path: string, elsewhere: string | null, stat: BigIntStats): void {
		const index = this.paths.push(path) - 1;
		if (index === this.#remembered.length) this.#grow();
		const states = this.#states;
		states[index * 4] = stat.dev;
		states[index * 4 + 1] = stat.ino;
		states[index * 4 + 2] = stat.size;
		states[index * 4 + 3] = stat.mtimeNs;
		if (elsewhere !== null) this.#elsewhere.set(index, elsewhere);
		if (this.#cache.entries === 0) return;
		const known = this.#cache.digestsOf(path, stat);
		if (known === null) return;
		if (this.#context.table.find(key.set(known.subarray(0, 32)), 0) === -1 && !hasLoose(this.#context, known.subarray(0, 32), Number(stat.size))) return;
		this.#remembered[index] = 1;
		this.#digests.set(known, index * digestPairBytes);
	}

	/** The columns, in the order in which the files were found, or in another one. */
	asResult(order: readonly number[] | null): ScanResult {
		const count = this.paths.length;
		const result = {
			folder: this.#folder,
			paths: joinPaths(order === null ? this.paths : order.map((index) => this.paths[index]!)),
			count,
			elsewhere: new Map<number, string>(),
			sizes: new Float64Array(count),
			modified: new BigInt64Array(count),
			identities: new BigUint64Array(count * 2),
			remembered: new Uint8Array(count),
			digests: new Uint8Array(this.#digests.length === 0 ? 0 : count * digestPairBytes),
		};
		for (let place = 0; place < count; place++) {
			const index = order?.[place] ?? place;
			const states = this.#states;
			result.identities[place * 2] = states[index * 4]!;
			result.identities[place * 2 + 1] = states[index * 4 + 1]!;
			result.sizes[place] = Number(states[index * 4 + 2]);
			result.modified[place] = states[index * 4 + 3]!;
			const elsewhere = this.#elsewhere.get(index);
			if (elsewhere !== undefined) result.elsewhere.set(place, elsewhere);
			if (this.#remembered[index] === 0) continue;
			result.remembered[place] = 1;
			result.digests.set(this.#digests.subarray(index * digestPairBytes, (index + 1) * digestPairBytes), place * digestPairBytes);
		}
		return result;
	}

	#grow(): void {
		const states = new BigUint64Array(this.#states.length * 2);
		states.set(this.#states);
		this.#states = states;
		const remembered = new Uint8Array(this.#remembered.length * 2);
		remembered.set(this.#remembered);
		this.#remembered = remembered;
		const digests = new Uint8Array(this.#digests.length * 2);
		digests.set(this.#digests);
		this.#digests = digests;
	}
}

function hasLoose(context: WorkerContext, sha256: Buffer, size: number): boolean {
	return statSync(looseObjectPath(context.layout, sha256.toString('hex')), { throwIfNoEntry: false })?.size === size;
}

export function scanBuffers(result: ScanResult): ArrayBuffer[] {
	return [result.sizes.buffer, result.modified.buffer, result.identities.buffer, result.remembered.buffer, result.digests.buffer];
}
