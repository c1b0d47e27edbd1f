/**
 * Paths inside an artifact. They come from scripts, servers, archives and other people's catalogs, so each is hostile
 * until checked here. An accepted path is relative, canonical, written with `/`, and stays inside its folder under POSIX
 * and Windows rules alike. It is kept byte for byte: not normalised, not trimmed, nothing decoded.
 */
import { findHiddenCharacter, lookAlikeKey, nameKey, partOf, utf8Length } from './text.ts';
import { accept, refuse, type Verdict } from './verdict.ts';
import type { PathViolation, PlainPathRule, Violation } from './violations.ts';

export const pathLimits = {
	/** What ext4, APFS and NTFS hold in one name. */
	segmentBytes: 255,
	/** Short of the 4,096 of Linux, so that a folder to download into still fits before it. */
	pathBytes: 3072,
} as const;

/** Accepts a canonical relative path, unchanged; says which rule any other breaks, and where. */
export function validatePathInArtifact(path: string): Verdict<string> {
	if (typeof path !== 'string') return refuse({ rule: 'not-text', subject: 'path' });
	if (path === '') return refuse({ rule: 'empty', subject: 'path' });
	// A UTF-16 code unit is at least one byte: this spares measuring a text that is far too long.
	const bytes = path.length > pathLimits.pathBytes ? path.length : utf8Length(path);
	if (bytes > pathLimits.pathBytes) return broken('path-too-long', path, 0, path.length, pathLimits.pathBytes, bytes);
	const hidden = findHiddenCharacter(path);
	if (hidden) return refuse({ rule: hidden.rule, subject: 'path', part: hidden.part });
	const backslash = path.indexOf('\\');
	if (backslash >= 0) return at('backslash', path, backslash, 1);
	if (path.startsWith('/')) return at('absolute-path', path, 0, 1);

	let offset = 0;
	for (const segment of path.split('/')) {
		if (segment === '') return at('empty-segment', path, offset, 0);
		// In any step: who joins a path step by step would jump to the drive there.
		if (/^[a-zA-Z]:/.test(segment)) return at('drive-letter', path, offset, 2);
		if (segment === '.' || segment === '..') return at('dot-segment', path, offset, segment.length);
		// Windows drops dots and spaces at the end of a name: ".. " is "..", and " " is nothing.
		if (/^[. \u00a0]+$/.test(segment)) return at('only-dots-and-spaces', path, offset, segment.length);
		const length = utf8Length(segment);
		if (length > pathLimits.segmentBytes) return broken('segment-too-long', path, offset, segment.length, pathLimits.segmentBytes, length);
		if (hidesDotSegment(segment)) return at('encoded-dot-segment', path, offset, segment.length);
		offset += segment.length + 1;
	}
	return accept(path);
}

/**
 * True when a reader that decodes more than it should would see `..` (or `.`) in this segment: percent encoding, once or
 * many times over, the overlong UTF-8 forms of dot and slash, `;` parameters as servlets strip them, and characters
 * that compatibility normalisation turns into dots. Nothing of ours decodes paths; what receives them might.
 */
function hidesDotSegment(segment: string): boolean {
	// Most names hold nothing that anybody would decode.
	if (!/[%;\u0080-\uffff]/.test(segment)) return false;
	let decoded = segment;
	for (let previous = ''; previous !== decoded; ) {
		previous = decoded;
		decoded = decoded.replace(/%25|%2e|%2f|%5c|%c0%ae|%e0%80%ae|%c0%af|%e0%80%af|%c1%9c/gi, (code) => encodedForms.get(code.toLowerCase())!);
	}
	return decoded
		.normalize('NFKC')
		.split(/[/\\]/)
		.some((step) => {
			const bare = step.replace(/;.*$/, '').trimEnd();
			return bare === '.' || bare === '..';
		});
}

const encodedForms: ReadonlyMap<string, string> = new Map([
	['%25', '%'],
	['%2e', '.'],
	['%2f', '/'],
	['%5c', '\\'],
	['%c0%ae', '.'],
	['%e0%80%ae', '.'],
	['%c0%af', '/'],
	['%e0%80%af', '/'],
	['%c1%9c', '\\'],
]);

/** What can't be written to a Windows disk as it is: a warning when logging, a refusal when downloading there. */
export function findUnportable(path: string): PathViolation | null {
	let offset = 0;
	for (const segment of path.split('/')) {
		const character = segment.search(/[<>:"|?*]/);
		if (character >= 0) return { rule: 'unportable-character', subject: 'path', part: partOf(path, offset + character, 1) };
		if (/[. ]$/.test(segment)) return { rule: 'trailing-dot-or-space', subject: 'path', part: partOf(path, offset, segment.length) };
		if (/^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3]) *(?:\.|$)/i.test(segment)) return { rule: 'device-name', subject: 'path', part: partOf(path, offset, segment.length) };
		offset += segment.length + 1;
	}
	return null;
}

/** What a whole manifest amounts to. */
export interface ManifestPaths {
	readonly count: number;
	/** Paths that are fine here but collide or can't exist on some file systems; at most `listed` of them. */
	readonly cautions: readonly PathViolation[];
	/** How many cautions there are in all. */
	readonly cautionCount: number;
}

const listedCautions = 100;

/**
 * Checks all paths of one manifest together, in one pass. Refused: a broken path, a path that stands twice, a file that
 * is also the folder of another, and twins by Unicode normal form (no file system shows them apart, some can't hold both).
 * Cautions: twins by letter case and names that Windows can't hold; with `portable` these are refused too.
 */
export function checkManifestPaths(paths: Iterable<string>, options: { readonly portable?: boolean } = {}): Verdict<ManifestPaths> {
	const files = new Map<string, string>();
	const folders = new Map<string, string>();
	const folded = new Map<string, string>();
	const cautions: PathViolation[] = [];
	let cautionCount = 0;
	let count = 0;
	const caution = (violation: PathViolation): Violation | null => {
		cautionCount++;
		if (cautions.length < listedCautions) cautions.push(violation);
		return options.portable ? violation : null;
	};

	for (const path of paths) {
		const single = validatePathInArtifact(path);
		if (!single.ok) return single;
		count++;
		const key = nameKey(path);
		const same = files.get(key);
		if (same !== undefined) return refuse(collision(same === path ? 'duplicate-path' : 'unicode-twin', path, same));
		files.set(key, path);
		const inside = folders.get(key);
		if (inside !== undefined) return refuse(collision('file-and-folder', inside, path));
		for (let slash = key.lastIndexOf('/'); slash > 0; slash = key.lastIndexOf('/', slash - 1)) {
			const folder = key.slice(0, slash);
			const file = files.get(folder);
			if (file !== undefined) return refuse(collision('file-and-folder', path, file));
			// A known folder has known folders above it.
			if (folders.has(folder)) break;
			folders.set(folder, path);
		}
		const unportable = findUnportable(path);
		const refused = unportable && caution(unportable);
		if (refused) return refuse(refused);
	}

	for (const places of [files.keys(), folders.keys()]) {
		for (const place of places) {
			const key = windowsKey(place);
			const other = folded.get(key);
			if (other === undefined) folded.set(key, place);
			else if (other !== place) {
				const refused = caution(collision('case-twin', place, other));
				if (refused) return refuse(refused);
			}
		}
	}
	return accept({ count, cautions, cautionCount });
}

/** Where a Windows or macOS disk puts a path: case and trailing dots or spaces of each step make no difference there. */
function windowsKey(path: string): string {
	return lookAlikeKey(path)
		.split('/')
		.map((segment) => segment.replace(/[. ]+$/, ''))
		.join('/');
}

function collision(rule: 'duplicate-path' | 'unicode-twin' | 'file-and-folder' | 'case-twin', path: string, other: string): PathViolation {
	return { rule, subject: 'path', part: partOf(path, 0), other };
}

function at(rule: PlainPathRule, path: string, offset: number, length: number): Verdict<never> {
	return refuse({ rule, subject: 'path', part: partOf(path, offset, length) });
}

function broken(rule: 'segment-too-long' | 'path-too-long', path: string, offset: number, length: number, limit: number, found: number): Verdict<never> {
	return refuse({ rule, subject: 'path', part: partOf(path, offset, length), limit, length: found });
}
