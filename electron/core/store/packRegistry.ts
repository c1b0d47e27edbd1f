import { readdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fullPackBytes, fullPackEntries, packNumberOf, type StoreLayout } from './layout.ts';
import { ObjectTable } from './objectTable.ts';
import { countEntries, emptyPackState, loadPack, nowSeconds, recoverPack, type PackState } from './packFile.ts';
import { entryOffsetWord, entrySizeWord, entryStoredWord, entryWords } from './packFormat.ts';

type KnownPack = { state: PackState; borrowed: boolean };

export type PackChanges = {
	/** The table is another one now: whoever searches it must be told. */
	readonly onTable: (table: ObjectTable) => void;
};

/** The owner's view of all packs: which there are, who appends to them, and the table of what is in them. */
export class PackRegistry {
	readonly #layout: StoreLayout;
	readonly #onTable: (table: ObjectTable) => void;
	readonly #packs = new Map<number, KnownPack>();
	#table = ObjectTable.withRoomFor(1024);
	#nextNumber = 1;
	/** Bytes of the objects in the table. */
	objectBytes = 0;

	constructor(layout: StoreLayout, changes: PackChanges) {
		this.#layout = layout;
		this.#onTable = changes.onTable;
	}

	get table(): ObjectTable {
		return this.#table;
	}

	get numbers(): readonly number[] {
		return [...this.#packs.keys()];
	}

	stateOf(number: number): PackState | null {
		return this.#packs.get(number)?.state ?? null;
	}

	/** Reads all packs' indexes. Packs that a crash left unfinished are put in order (not on the disk, where `readOnly`). */
	async load(readOnly: boolean): Promise<void> {
		const numbers = readdirSync(this.#layout.packs)
			.map(packNumberOf)
			.filter((number) => number !== null)
			.sort((left, right) => left - right);
		this.#packs.clear();
		this.objectBytes = 0;
		this.#table = ObjectTable.withRoomFor(numbers.reduce((sum, number) => sum + countEntries(this.#layout, number), 0) + 1024);
		// Pack by pack: never more than one pack's entries are in memory besides the table.
		for (const number of numbers) {
			const loaded = loadPack(this.#layout, number) ?? recoverPack(this.#layout, number, readOnly);
			this.#packs.set(number, { state: loaded.state, borrowed: false });
			this.#insert(number, loaded.entries);
			await nextTurn();
		}
		this.#nextNumber = (numbers.at(-1) ?? 0) + 1;
		this.#onTable(this.#table);
	}

	/** A pack that nobody else appends to. */
	borrow(): PackState {
		for (const known of this.#packs.values()) {
			if (known.borrowed || isFull(known.state.length, known.state.entryCount)) continue;
			known.borrowed = true;
			return known.state;
		}
		const state = emptyPackState(this.#nextNumber++);
		this.#packs.set(state.number, { state, borrowed: true });
		return state;
	}

	takeNumber(): number {
		return this.#nextNumber++;
	}

	/** Ends a borrowing: with what was committed, or with nothing changed. */
	giveBack(number: number, committed: { readonly state: PackState; readonly entries: Uint8Array } | null): void {
		const known = this.#packs.get(number);
		if (known === undefined) return;
		known.borrowed = false;
		if (committed !== null) {
			known.state = committed.state;
			this.#insert(number, committed.entries);
		}
		if (known.state.length === 0) this.#packs.delete(number);
	}

	/** A pack that came to be by rewriting; its entries are placed by {@link replace}. */
	add(state: PackState): void {
		this.#packs.set(state.number, { state, borrowed: false });
	}

	/** Lets every object that a new pack holds be read there from now on. */
	moveInto(number: number, entries: Uint8Array): void {
		const words = wordsOf(entries);
		for (let at = 0; at < words.length; at += entryWords) {
			const slot = this.#table.find(words, at);
			if (slot !== -1) this.#table.move(slot, number, words[at + entryOffsetWord]!);
		}
	}

	/** Takes an object of `size` bytes out of the table. */
	remove(slot: number, size: number): void {
		this.#table.remove(slot);
		this.objectBytes -= size;
	}

	/** Takes those entries of a pack out of the table that still stand there, before the pack goes. */
	removeLeft(number: number, entries: Uint8Array): void {
		const words = wordsOf(entries);
		for (let at = 0; at < words.length; at += entryWords) {
			const slot = this.#table.find(words, at);
			if (slot !== -1 && this.#table.packAt(slot) === number) this.remove(slot, words[at + entrySizeWord]!);
		}
	}

	forget(number: number): void {
		this.#packs.delete(number);
	}

	#insert(number: number, entries: Uint8Array): void {
		const words = wordsOf(entries);
		const count = words.length / entryWords;
		if (!this.#table.hasRoomFor(count)) {
			this.#table = this.#table.grown(count);
			this.#onTable(this.#table);
		}
		const now = nowSeconds();
		for (let at = 0; at < words.length; at += entryWords) {
			if (this.#table.insert(words, at, number, words[at + entryOffsetWord]!, Math.min(words[at + entryStoredWord]!, now))) this.objectBytes += words[at + entrySizeWord]!;
		}
	}
}

export function isFull(length: number, entryCount: number): boolean {
	return length >= fullPackBytes || entryCount >= fullPackEntries;
}

export function wordsOf(entries: Uint8Array): Uint32Array {
	return new Uint32Array(entries.buffer, entries.byteOffset, entries.byteLength / 4);
}
