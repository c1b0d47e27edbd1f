/** What the store's tests share: folders of their own, files with known content, reading everything back. */
import { createCipheriv, createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openStore, type ObjectReader, type Store, type StoreOptions } from '../index.ts';

/** A folder that goes when the scope ends, with the stores opened in it. */
export class Workspace implements AsyncDisposable {
	readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'vitrine-store-')));
	readonly #stores = new Set<Store>();

	get storeDirectory(): string {
		return join(this.root, 'data', 'store');
	}

	path(...steps: readonly string[]): string {
		return join(this.root, ...steps);
	}

	async open(options: Partial<StoreOptions> = {}): Promise<Store> {
		const store = await openStore({ directory: this.storeDirectory, workers: 2, ...options });
		this.#stores.add(store);
		return store;
	}

	async reopen(store: Store): Promise<Store> {
		await store.close();
		this.#stores.delete(store);
		return await this.open();
	}

	/** Writes files below a folder of the workspace; gives the folder's path. */
	folder(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
		const folder = this.path(name);
		mkdirSync(folder, { recursive: true });
		for (const [path, content] of Object.entries(files)) {
			mkdirSync(dirname(join(folder, path)), { recursive: true });
			writeFileSync(join(folder, path), content);
		}
		return folder;
	}

	/** What lies under `temporary/`: nothing, whenever the store is at rest. */
	temporaryFiles(): readonly string[] {
		return readdirSync(join(this.storeDirectory, 'temporary'));
	}

	packFiles(): readonly string[] {
		return readdirSync(join(this.storeDirectory, 'packs')).map((name) => join(this.storeDirectory, 'packs', name));
	}

	looseFiles(): readonly string[] {
		return readdirSync(join(this.storeDirectory, 'objects'), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const store of this.#stores) await store.close();
		rmSync(this.root, { recursive: true, force: true });
	}
}

/** Bytes that differ for every seed and don't compress. */
export function bytesOf(seed: number | string, length: number): Buffer {
	const key = createHash('md5').update(`seed ${seed}`).digest();
	return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

export function sha256Of(bytes: Uint8Array | string): string {
	return createHash('sha256').update(bytes).digest('hex');
}

export function md5Of(bytes: Uint8Array | string): string {
	return createHash('md5').update(bytes).digest('hex');
}

export async function readAll(reader: ObjectReader): Promise<Buffer> {
	const pieces: Uint8Array[] = [];
	for await (const piece of reader) pieces.push(piece);
	return Buffer.concat(pieces);
}

/** Every file below a folder with the digest of its bytes. */
export function treeOf(folder: string): Map<string, string> {
	const tree = new Map<string, string>();
	for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile()) continue;
		const path = join(entry.parentPath, entry.name);
		tree.set(path.slice(folder.length + 1), sha256Of(readFileSync(path)));
	}
	return tree;
}

export async function takeIn(store: Store, folder: string) {
	return await store.ingest((await store.scanFolder(folder)).files);
}
