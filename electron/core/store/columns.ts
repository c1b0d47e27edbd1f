/**
 * Lists of files cross between threads as a few flat arrays: one copy each instead of one object per file.
 */

/** Words of 64 bits that tell one state of one file from another: device, inode, size, modified and changed (ns since 1970). */
export const identityWords = 5;

/** SHA-256 and MD5, raw, one behind the other. */
export const digestPairBytes = 48;

export type FileOutcome = 0 | 1 | 2;
export const outcomes = {
	stored: 0,
	/** The store has these bytes already. */
	known: 1,
	/** Too large for a pack, which only showed on opening. */
	large: 2,
} as const satisfies Record<string, FileOutcome>;

export type IngestedColumns = {
	readonly digests: Uint8Array<ArrayBuffer>;
	readonly sizes: Float64Array<ArrayBuffer>;
	readonly outcomes: Uint8Array<ArrayBuffer>;
	/** All zero where the file may not be remembered. */
	readonly identities: BigUint64Array<ArrayBuffer>;
};

export function emptyColumns(count: number): IngestedColumns {
	return {
		digests: new Uint8Array(count * digestPairBytes),
		sizes: new Float64Array(count),
		outcomes: new Uint8Array(count),
		identities: new BigUint64Array(count * identityWords),
	};
}

export function columnBuffers(columns: IngestedColumns): ArrayBuffer[] {
	return [columns.digests.buffer, columns.sizes.buffer, columns.outcomes.buffer, columns.identities.buffer];
}

const separator = '\0';

export function joinPaths(paths: readonly string[]): string {
	return paths.join(separator);
}

export function splitPaths(joined: string): string[] {
	return joined === '' ? [] : joined.split(separator);
}
