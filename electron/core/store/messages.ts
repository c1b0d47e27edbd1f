import type { SerializedError } from '#shared/contract/errors.ts';
import type { IngestedColumns } from './columns.ts';
import type { PackState } from './packFile.ts';
import type { DamagedObject } from './types.ts';

/** What a worker is started with. */
export type WorkerStart = { readonly directory: string; readonly table: SharedArrayBuffer };

type Work = {
	/** Buffer of the operation's {@link Control}. */
	readonly control: SharedArrayBuffer;
};

/** Small files into a pack; NUL-joined absolute paths. Sync from end to end, so that one buffer serves all. */
export type IngestSmallJob = Work & {
	readonly kind: 'ingestSmall';
	/** Names the ingest; its packs stay open in this worker until it is committed or rolled back. */
	readonly session: number;
	readonly pack: PackState;
	readonly paths: string;
	/** Device and inode per file, 0 where unknown. */
	readonly expected: BigUint64Array;
};

/** The same for bytes that are in memory already. */
export type IngestBytesJob = Work & { readonly kind: 'ingestBytes'; readonly session: number; readonly pack: PackState; readonly contents: readonly Uint8Array[] };

export type IngestSmallResult = { readonly columns: IngestedColumns; readonly packLength: number; readonly packEntries: number };

/** The same from first to last in one go: what came in is durable, and the session over, when it is answered. */
export type IngestBodiesJob = Work & { readonly kind: 'ingestBodies'; readonly session: number; readonly pack: PackState; readonly contents: readonly Uint8Array[] };

/** `committed` is null where the store held all of it already. */
export type IngestBodiesResult = { readonly columns: IngestedColumns; readonly committed: CommitPackResult | null };

export type LooseFile = {
	readonly absolutePath: string;
	readonly device: bigint;
	readonly inode: bigint;
	/** Name of the file to write under `temporary/`. */
	readonly temporaryName: string;
	/** The file is that temporary file itself, complete: it is hashed where it is. */
	readonly adopt: boolean;
};

/** Larger files into objects of their own. */
export type IngestLooseJob = Work & {
	readonly kind: 'ingestLoose';
	readonly files: readonly LooseFile[];
	/** Another worker computes the MD5 out of the same memory, and the file stays in `temporary/`. For one file. */
	readonly follower: FollowerMemory | null;
};

/** Buffers of a {@link FollowMark} and of the {@link PieceRing} that the file passes through. */
export type FollowerMemory = { readonly mark: SharedArrayBuffer; readonly ring: SharedArrayBuffer };

export type IngestLooseResult = { readonly columns: IngestedColumns };

/** Computes the MD5 of a file that another worker reads. */
export type FollowJob = Work & { readonly kind: 'follow'; readonly follower: FollowerMemory };

/** Computes a digest of a file that another thread is writing, from `start` on, as far as a {@link FollowMark} says that it is written. */
export type DigestJob = Work & { readonly kind: 'digest'; readonly mark: SharedArrayBuffer; readonly path: string; readonly start: number; readonly algorithm: 'sha256' | 'md5' };

/** Puts a complete file of the store among the objects. Gives whether its bytes were there already. */
export type PlaceJob = { readonly kind: 'place'; readonly path: string; readonly sha256: string; readonly size: number; /** It isn't synced and read-only yet. */ readonly unfinished: boolean };

export type CommitPackJob = { readonly kind: 'commitPack'; readonly session: number; readonly pack: number };
export type CommitPackResult = { readonly state: PackState; readonly entries: Uint8Array<ArrayBuffer> };
/** Ends an ingest in this worker; what of it isn't committed is taken back. */
export type EndSessionJob = { readonly kind: 'endSession'; readonly session: number };
export type SyncDirectoriesJob = { readonly kind: 'syncDirectories'; readonly paths: readonly string[] };

export type ScanJob = Work & { readonly kind: 'scan'; readonly path: string };

export type ScanResult = {
	readonly folder: string;
	/** NUL-joined, sorted. */
	readonly paths: string;
	readonly count: number;
	/** Index → absolute path, where it isn't simply inside the folder: links. */
	readonly elsewhere: ReadonlyMap<number, string>;
	readonly sizes: Float64Array<ArrayBuffer>;
	readonly modified: BigInt64Array<ArrayBuffer>;
	/** Device and inode per file. */
	readonly identities: BigUint64Array<ArrayBuffer>;
	/** 1 where the digests are known from an earlier ingest of the unchanged file. */
	readonly remembered: Uint8Array<ArrayBuffer>;
	readonly digests: Uint8Array<ArrayBuffer>;
};

/** Notes what was read, so that unchanged files need no reading the next time. `paths` are NUL-joined absolute paths. */
export type RememberJob = { readonly kind: 'remember'; readonly folder: string; readonly paths: string; readonly identities: BigUint64Array; readonly digests: Uint8Array };

export type ExportJob = Work & {
	readonly kind: 'export';
	/** An existing folder that is ours alone. */
	readonly staging: string;
	readonly paths: readonly string[];
	/** SHA-256, raw, one behind the other. */
	readonly digests: Uint8Array;
};

/** Moves staged files to their places below an existing folder, whose own path may lead through links. */
export type PlaceExportJob = Work & {
	readonly kind: 'placeExport';
	readonly staging: string;
	readonly target: string;
	readonly paths: readonly string[];
	readonly overwrite: boolean;
	/** Move nothing; fail where something is in the way. */
	readonly checkOnly: boolean;
};

export type VerifyPackJob = Work & { readonly kind: 'verifyPack'; readonly pack: number; readonly part: number; readonly of: number; readonly only: ReadonlySet<string> | null };
export type VerifyLooseJob = Work & { readonly kind: 'verifyLoose'; readonly digests: readonly string[] };
export type VerifyResult = { readonly checkedObjects: number; readonly checkedBytes: number; readonly damaged: readonly DamagedObject[] };

/** Writes a pack anew with the objects whose record offsets are given (ascending). An empty list just removes it. */
export type RewritePackJob = Work & { readonly kind: 'rewritePack'; readonly pack: PackState; readonly keep: Uint32Array; readonly target: number };
export type RewritePackResult = { readonly state: PackState; readonly entries: Uint8Array<ArrayBuffer>; /** Records that turned out damaged; they were left out. */ readonly damaged: readonly DamagedObject[] };

export type RemoveFilesJob = { readonly kind: 'removeFiles'; readonly paths: readonly string[] };
export type PackEntriesJob = { readonly kind: 'packEntries'; readonly pack: PackState };
export type RecoverPackJob = { readonly kind: 'recoverPack'; readonly pack: number; readonly readOnly: boolean; /** Check every object instead of believing a sound index. */ readonly thorough: boolean };
export type LoadedPackResult = { readonly state: PackState; readonly entries: Uint8Array<ArrayBuffer>; readonly quarantined: number };

/** Each job's kind with its result. */
export type JobResults = {
	ingestSmall: IngestSmallResult;
	ingestBytes: IngestSmallResult;
	ingestBodies: IngestBodiesResult;
	ingestLoose: IngestLooseResult;
	follow: Uint8Array | null;
	/** Raw; null where the writer gave up. */
	digest: Uint8Array | null;
	place: boolean;
	commitPack: CommitPackResult;
	endSession: null;
	syncDirectories: null;
	scan: ScanResult;
	remember: null;
	export: null;
	placeExport: null;
	verifyPack: VerifyResult;
	verifyLoose: VerifyResult;
	rewritePack: RewritePackResult;
	removeFiles: number;
	packEntries: Uint8Array<ArrayBuffer>;
	recoverPack: LoadedPackResult;
};

export type Job =
	| IngestSmallJob
	| IngestBytesJob
	| IngestBodiesJob
	| IngestLooseJob
	| FollowJob
	| DigestJob
	| PlaceJob
	| CommitPackJob
	| EndSessionJob
	| SyncDirectoriesJob
	| ScanJob
	| RememberJob
	| ExportJob
	| PlaceExportJob
	| VerifyPackJob
	| VerifyLooseJob
	| RewritePackJob
	| RemoveFilesJob
	| PackEntriesJob
	| RecoverPackJob;

export type ToWorker =
	| { readonly type: 'job'; readonly id: number; readonly job: Job }
	| { readonly type: 'table'; readonly table: SharedArrayBuffer }
	/** A pack file is gone or was written anew: let go of it. */
	| { readonly type: 'forgetPack'; readonly pack: number }
	/** Nothing more comes: end once what runs has ended. */
	| { readonly type: 'end' };

export type FromWorker =
	| { readonly type: 'done'; readonly id: number; readonly result: unknown }
	| { readonly type: 'failed'; readonly id: number; readonly error: SerializedError }
	| { readonly type: 'broken'; readonly id: number; readonly error: Error };
