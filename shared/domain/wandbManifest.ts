/**
 * The manifest file that W&B's client uploads and reads back:
 *
 *   {"version": 1, "storagePolicy": "wandb-storage-policy-v1", "storagePolicyConfig": {"storageLayout": "V2"},
 *    "contents": {"sub/b.bin": {"digest": "<base64 MD5>", "size": 1000, "birthArtifactID": "…"}, "ref": {"digest": "…", "ref": "s3://…"}}}
 *
 * What an entry says beyond that (`extra`, `skip_cache`, …) is kept as it came, but for `local_path`: where the file lay on the client's
 * machine is nobody else's business.
 */
import { checkManifestPaths } from './paths.ts';
import { compareCodePoints } from './text.ts';
import { accept, refuse, type Verdict } from './verdict.ts';

/** An entry as it came, without `local_path`. */
export type RawManifestEntry = Readonly<Record<string, unknown>>;

export interface WandbManifestEntry {
	readonly path: string;
	/** Base64 MD5 of a file; for a reference whatever the client put there. */
	readonly digest: string;
	/** Hex MD5; null for a reference. */
	readonly md5: string | null;
	/** Bytes; null for a reference of unknown size. */
	readonly size: number | null;
	/** The URI of a reference; null for a file. */
	readonly reference: string | null;
	readonly raw: RawManifestEntry;
}

export interface WandbManifest {
	/** In code point order of their paths. */
	readonly entries: readonly WandbManifestEntry[];
}

const storagePolicy = 'wandb-storage-policy-v1';
const longestUri = 64 * 1024;

/** Reads it strictly: an entry that can't be what it says refuses the whole. */
export function parseWandbManifest(text: string): Verdict<WandbManifest> {
	const bad = (entry: string | null, problem: string): Verdict<never> => refuse({ rule: 'malformed-manifest', subject: 'manifest', entry, problem });
	let read: unknown;
	try {
		read = JSON.parse(text);
	} catch {
		return bad(null, 'it is no JSON');
	}
	if (!isObject(read)) return bad(null, 'it is no JSON object');
	if (read['version'] !== 1) return bad(null, `its version is ${describe(read['version'])}, not 1`);
	if (read['storagePolicy'] !== storagePolicy) return bad(null, `its storage policy is ${describe(read['storagePolicy'])}, not “${storagePolicy}”`);
	const contents = read['contents'];
	if (!isObject(contents)) return bad(null, 'it has no “contents”');
	const entries: WandbManifestEntry[] = [];
	for (const [path, value] of Object.entries(contents)) {
		if (!isObject(value)) return bad(path, 'it is no JSON object');
		const { digest, size, ref } = value;
		if (typeof digest !== 'string' || digest === '' || digest.length > longestUri) return bad(path, 'it has no digest');
		if (size !== undefined && size !== null && !(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0)) return bad(path, `its size is ${describe(size)}`);
		if (ref !== undefined && ref !== null) {
			if (typeof ref !== 'string' || !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(ref) || ref.length > longestUri) return bad(path, 'its reference is no URI');
			entries.push({ path, digest, md5: null, size: (size as number | null | undefined) ?? null, reference: ref, raw: withoutLocalPath(value) });
			continue;
		}
		const md5 = hexOfBase64Md5(digest);
		if (md5 === null) return bad(path, 'its digest is no MD5 in base64');
		if (typeof size !== 'number') return bad(path, 'it has no size');
		entries.push({ path, digest, md5, size, reference: null, raw: withoutLocalPath(value) });
	}
	const paths = checkManifestPaths(entries.map((entry) => entry.path));
	if (!paths.ok) return paths;
	return accept({ entries: entries.sort((left, right) => compareCodePoints(left.path, right.path)) });
}

/** Writes it as the client reads it. */
export function formatWandbManifest(entries: Iterable<readonly [path: string, raw: RawManifestEntry]>): string {
	// Without a prototype, so that a file may be called `__proto__`.
	const contents = Object.create(null) as Record<string, RawManifestEntry>;
	for (const [path, raw] of entries) contents[path] = withoutLocalPath(raw);
	return JSON.stringify({ version: 1, storagePolicy, storagePolicyConfig: { storageLayout: 'V2' }, contents });
}

/** Hex of an MD5 in base64; null where it is none. */
export function hexOfBase64Md5(digest: string): string | null {
	if (!/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(digest)) return null;
	let hex = '';
	let bits = 0;
	let held = 0;
	for (const letter of digest.slice(0, 22)) {
		held = ((held << 6) | alphabet.indexOf(letter)) & 0xffff;
		bits += 6;
		if (bits < 8) continue;
		bits -= 8;
		hex += ((held >> bits) & 0xff).toString(16).padStart(2, '0');
	}
	return hex;
}

/** The MD5 in base64, as the client writes it. */
export function base64OfHexMd5(hex: string): string {
	let text = '';
	for (let at = 0; at < hex.length; at += 6) {
		const part = hex.slice(at, at + 6);
		const bits = Number.parseInt(part.padEnd(6, '0'), 16);
		const letters = [18, 12, 6, 0].map((shift) => alphabet[(bits >> shift) & 63]!).join('');
		text += part.length === 6 ? letters : part.length === 4 ? `${letters.slice(0, 3)}=` : `${letters.slice(0, 2)}==`;
	}
	return text;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function withoutLocalPath(raw: Readonly<Record<string, unknown>>): RawManifestEntry {
	if (!('local_path' in raw)) return raw;
	const { local_path: _dropped, ...rest } = raw;
	return rest;
}

function describe(value: unknown): string {
	return value === undefined ? 'missing' : (JSON.stringify(value) ?? typeof value).slice(0, 100);
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
