import { IngestSession } from './ingestSmall.ts';
import { layoutOf, type StoreLayout } from './layout.ts';
import { ObjectTable } from './objectTable.ts';
import { PackReader } from './packReader.ts';

/** What a worker thread has at hand for every job. */
export class WorkerContext {
	readonly layout: StoreLayout;
	readonly packs: PackReader;
	table: ObjectTable;
	readonly #sessions = new Map<number, IngestSession>();

	constructor(directory: string, table: SharedArrayBuffer) {
		this.layout = layoutOf(directory);
		this.packs = new PackReader(this.layout);
		this.table = new ObjectTable(table);
	}

	session(number: number): IngestSession {
		let session = this.#sessions.get(number);
		if (session === undefined) {
			session = new IngestSession();
			this.#sessions.set(number, session);
		}
		return session;
	}

	/** Whether a session has anything here. */
	hasSession(number: number): boolean {
		return this.#sessions.has(number);
	}

	async endSession(number: number): Promise<void> {
		await this.#sessions.get(number)?.rollback();
		this.#sessions.delete(number);
	}

	/** Whether a pack holds an object with this whole digest and size; `words` is the digest as a table key. */
	holdsPacked(sha256: Uint8Array, words: Uint32Array, size: number): boolean {
		const slot = this.table.find(words, 0);
		if (slot === -1) return false;
		const header = this.packs.header(this.table.packAt(slot), this.table.offsetAt(slot));
		return header !== null && header.size === size && header.sha256.equals(sha256);
	}
}
