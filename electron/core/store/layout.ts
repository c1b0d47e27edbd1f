import { closeSync, constants, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Sha256 } from './types.ts';

/** The places inside a store's folder. */
export type StoreLayout = {
	readonly root: string;
	/** One file per larger object: `ab/cdef…`. */
	readonly objects: string;
	/** Append-only files that hold many small objects each: `00000001.pack`. */
	readonly packs: string;
	/** What is being written. Anything here at opening is left over from a crash. */
	readonly temporary: string;
	/** Large objects of which some parts are here: they outlive a restart. */
	readonly arriving: string;
	/** Objects whose bytes no longer fit their digest. */
	readonly quarantine: string;
	/** What earlier ingests read, so that unchanged files need no reading. May be deleted at any time. */
	readonly statCache: string;
	readonly formatFile: string;
};

export function layoutOf(directory: string): StoreLayout {
	return {
		root: directory,
		objects: join(directory, 'objects'),
		packs: join(directory, 'packs'),
		temporary: join(directory, 'temporary'),
		arriving: join(directory, 'arriving'),
		quarantine: join(directory, 'quarantine'),
		statCache: join(directory, 'statcache'),
		formatFile: join(directory, 'store.json'),
	};
}

export const storeFormat = 1;

/** Files up to this size go into packs: making a file costs more than writing 256 KiB. */
export const largestPackedObject = 256 * 1024;

/** A pack takes no further batch beyond this. Offsets fit 32 bits with room to spare. */
export const fullPackBytes = 512 * 1024 * 1024;
export const fullPackEntries = 262_144;

export const directoryMode = 0o700;
export const temporaryFileMode = 0o600;
export const objectFileMode = 0o444;

export function shardPath(layout: StoreLayout, sha256: Sha256): string {
	return join(layout.objects, sha256.slice(0, 2));
}

export function looseObjectPath(layout: StoreLayout, sha256: Sha256): string {
	return join(layout.objects, sha256.slice(0, 2), sha256.slice(2));
}

export function packPath(layout: StoreLayout, number: number): string {
	return join(layout.packs, `${String(number).padStart(8, '0')}.pack`);
}

/** The number of a pack from its file name, or null where the file is something else. */
export function packNumberOf(fileName: string): number | null {
	const match = /^(\d{8,10})\.pack$/.exec(fileName);
	return match ? Number(match[1]) : null;
}

/** Makes renames and new names in a folder survive a power cut. Does nothing where folders can't be synced (Windows). */
export function syncDirectory(directory: string): void {
	let descriptor: number;
	try {
		descriptor = openSync(directory, constants.O_RDONLY);
	} catch (error) {
		if (process.platform === 'win32') return;
		throw error;
	}
	try {
		fsyncSync(descriptor);
	} catch (error) {
		if (process.platform !== 'win32') throw error;
	} finally {
		closeSync(descriptor);
	}
}

export function isSha256(text: string): boolean {
	return /^[0-9a-f]{64}$/.test(text);
}
