/** A SHA-256 digest of content, 64 lowercase hexadecimal characters: the identity of an object. */
export type Sha256 = string;

/** An MD5 digest of content, 32 lowercase hexadecimal characters. W&B manifests name files by it; it is never an identity here. */
export type Md5 = string;

/** Something to take into the store: a file on this machine. */
export type LocalSourceFile = {
	/** The path inside the artifact, written with `/`. */
	readonly path: string;
	/** Where the bytes are now. The last step must not be a symbolic link. */
	readonly absolutePath: string;
	/** Bytes, where known; only for planning and progress. */
	readonly size?: number;
	readonly modifiedNanoseconds?: bigint;
	/** What an earlier ingest found in this very file, by a scan that saw it unchanged since. Used instead of reading, unless `paranoid`. */
	readonly remembered?: RememberedFile;
	/** The file that the scan saw; an ingest refuses another one at the same place. */
	readonly identity?: FileIdentity;
};

/** Something to take into the store: bytes that arrive, such as an upload. */
export type ContentSourceFile = {
	readonly path: string;
	readonly content: AsyncIterable<Uint8Array>;
	/** Bytes, where announced; an arrival of another length is refused. */
	readonly size?: number;
};

/** One part of a large object on its way in. */
export type PartContent = {
	readonly content: AsyncIterable<Uint8Array>;
	/** Bytes, as announced. */
	readonly size: number;
	readonly signal?: AbortSignal;
	/** False where nobody asks for the digest of the part: `keep` gets an empty one. */
	readonly digested?: boolean;
};

/** An object that came in parts. */
export type Assembled = { readonly size: number; readonly sha256: Sha256; readonly md5: Md5 };

export type SourceFile = LocalSourceFile | ContentSourceFile;

export type FileIdentity = { readonly device: bigint; readonly inode: bigint };

export type RememberedFile = { readonly sha256: Sha256; readonly md5: Md5; readonly size: number };

export type IngestedFile = {
	readonly path: string;
	readonly size: number;
	readonly sha256: Sha256;
	readonly md5: Md5;
	/** True where the store held these bytes already. */
	readonly deduplicated: boolean;
};

/** What was taken in from memory. */
export type IngestedBody = Omit<IngestedFile, 'path'>;

export type Phase = 'scan' | 'ingest' | 'commit' | 'export' | 'verify' | 'collect';

export type Progress = {
	readonly phase: Phase;
	readonly doneBytes: number;
	/** Null while it isn't known yet. */
	readonly totalBytes: number | null;
	readonly doneFiles: number;
	readonly totalFiles: number | null;
	/** One of the files in work, inside the artifact; null between files. */
	readonly currentPath: string | null;
};

export type LongWork = {
	readonly signal?: AbortSignal;
	/** Called at most every 50 ms, and once at the end. */
	readonly onProgress?: (progress: Progress) => void;
};

export type IngestOptions = LongWork & {
	/** Read every file again, even where nothing suggests a change. */
	readonly paranoid?: boolean;
};

export type ScannedFolder = {
	/** The real path of the folder. */
	readonly folder: string;
	/** Sorted by path (code units). */
	readonly files: readonly LocalSourceFile[];
	readonly totalBytes: number;
};

export type ObjectStat = {
	readonly size: number;
	readonly storage: 'packed' | 'loose';
	/** When it was stored or last taken again, in milliseconds since 1970. */
	readonly storedAt: number;
};

export type ByteRange = {
	/** First byte, 0 by default. */
	readonly start?: number;
	/** The byte after the last one, by default the size. */
	readonly end?: number;
	/** How many bytes are read at once where the object is a file of its own; 256 KiB by default. */
	readonly pieceBytes?: number;
};

/** The bytes of an object, in order, in pieces of at most 1 MiB. A whole object is checked against its digest: the last piece comes only when it fits. */
export type ObjectReader = AsyncIterable<Uint8Array> & {
	/** The size of the whole object, in bytes. */
	readonly size: number;
	/** How many bytes this reader gives. */
	readonly length: number;
	/** Lets go of the file without reading on. */
	close(): Promise<void>;
};

export type ExportEntry = { readonly path: string; readonly sha256: Sha256; readonly size?: number };

export type ExportOptions = LongWork & {
	/** Replace files that are in the way; without it they are an error and nothing is replaced. */
	readonly overwrite?: boolean;
};

export type DamagedObject = {
	readonly sha256: Sha256;
	readonly size: number;
	readonly reason: 'digest' | 'size' | 'unreadable' | 'missing';
	/** Where what is left of it lies now; null where nothing could be kept. */
	readonly quarantinePath: string | null;
};

export type VerifyOptions = LongWork & {
	/** `{ part: 1, of: 10 }` reads a tenth of the objects, chosen by digest, so that ten runs read them all. */
	readonly subset?: { readonly part: number; readonly of: number };
	/** Only these objects. */
	readonly only?: readonly Sha256[];
};

export type VerifyReport = {
	readonly checkedObjects: number;
	readonly checkedBytes: number;
	readonly damaged: readonly DamagedObject[];
};

export type CollectOptions = LongWork & {
	/** For each digest, in order: does anything still refer to it? Asked in groups of at most 4096. */
	readonly isReferenced: (digests: readonly Sha256[]) => Promise<readonly boolean[]>;
	/** Only tell what would go. */
	readonly dryRun?: boolean;
	/** Objects stored or taken again within this time stay: their catalog row may still be on its way. One hour by default. */
	readonly graceMilliseconds?: number;
	/** A pack is rewritten when at least this share of it is garbage (0 … 1); 0.2 by default, 0 rewrites for every byte. */
	readonly rewriteFrom?: number;
};

export type CollectReport = {
	readonly removedObjects: number;
	/** Bytes of file system space given back (or that would be). */
	readonly freedBytes: number;
	/** Garbage left in packs that are not worth rewriting yet. */
	readonly keptGarbageObjects: number;
	readonly keptGarbageBytes: number;
	/** Unreferenced, but too young. */
	readonly youngObjects: number;
	/** Objects in use that turned out damaged while their pack was rewritten; they are in quarantine now. */
	readonly damaged: readonly DamagedObject[];
	readonly interrupted: boolean;
};

export type StoreUsage = {
	readonly packedObjects: number;
	readonly packedBytes: number;
	readonly looseObjects: number;
	readonly looseBytes: number;
	readonly packs: number;
	/** Bytes of all pack files, their indexes and garbage included. */
	readonly packFileBytes: number;
	readonly quarantinedObjects: number;
	readonly quarantinedBytes: number;
	/** Free space on the store's file system. */
	readonly availableBytes: number;
};

export type StoreOptions = {
	/** `<data>/store`; made where missing. One owner at a time: the catalog's lock stands for both. */
	readonly directory: string;
	/** How many worker threads at most; by default one per core, between 2 and 4. */
	readonly workers?: number;
	/** The module that the worker threads run: `./worker.ts` from source. */
	readonly workerUrl?: URL;
};
