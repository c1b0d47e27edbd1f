import { closeSync, constants, openSync } from 'node:fs';
import { packPath, type StoreLayout } from './layout.ts';
import { readInto } from './packFile.ts';
import { headerBytes, readHeader, type RecordHeader } from './packFormat.ts';

const mostOpenPacks = 64;

/** Reads records out of packs, keeping a few of them open. For worker threads: all reads are synchronous. */
export class PackReader {
	readonly #layout: StoreLayout;
	readonly #open = new Map<number, number>();
	readonly #header = Buffer.allocUnsafeSlow(headerBytes);

	constructor(layout: StoreLayout) {
		this.#layout = layout;
	}

	/** The header at `offset`, valid until the next call; null where there is none, or no such pack any more. */
	header(pack: number, offset: number): RecordHeader | null {
		const descriptor = this.#descriptor(pack);
		if (descriptor === null || readInto(descriptor, this.#header, 0, headerBytes, offset) < headerBytes) return null;
		return readHeader(this.#header, 0);
	}

	/** Reads a record's payload behind its header. Tells how many bytes came. */
	payload(pack: number, offset: number, target: Buffer, size: number): number {
		const descriptor = this.#descriptor(pack);
		return descriptor === null ? 0 : readInto(descriptor, target, 0, size, offset + headerBytes);
	}

	forget(pack: number): void {
		const descriptor = this.#open.get(pack);
		if (descriptor === undefined) return;
		this.#open.delete(pack);
		closeSync(descriptor);
	}

	#descriptor(pack: number): number | null {
		const known = this.#open.get(pack);
		if (known !== undefined) return known;
		let descriptor: number;
		try {
			descriptor = openSync(packPath(this.#layout, pack), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
		} catch {
			return null;
		}
		if (this.#open.size >= mostOpenPacks) this.forget(this.#open.keys().next().value!);
		this.#open.set(pack, descriptor);
		return descriptor;
	}
}
