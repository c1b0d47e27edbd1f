/**
 * Which packed objects there are, and where: an open-addressing hash table over one shared buffer, 28 bytes a slot.
 *
 * One thread writes (the store's owner), any number read. A reader that meets a slot half written misses the object,
 * which costs at most a second copy of it. The first 128 bits of the digest are kept; whoever reads an object, or takes
 * it for the same as another, compares the whole digest in the object's own record.
 */
const slotWords = 7;
const headerWords = 4;
const packWord = 4;
const offsetWord = 5;
const touchedWord = 6;
const countAt = 0;
const usedAt = 1;

/** Stands in the pack's place where an object was removed, so that searches go on behind it. */
const removedPack = 0xffff_ffff;

const fullest = 0.75;

export class ObjectTable {
	readonly buffer: SharedArrayBuffer;
	readonly #words: Uint32Array;
	readonly #capacity: number;

	constructor(buffer: SharedArrayBuffer) {
		this.buffer = buffer;
		this.#words = new Uint32Array(buffer);
		this.#capacity = (this.#words.length - headerWords) / slotWords;
	}

	/** An empty table with room for `objects` before it must grow. */
	static withRoomFor(objects: number): ObjectTable {
		const capacity = Math.max(64, Math.ceil(objects / fullest) + 1);
		return new ObjectTable(new SharedArrayBuffer((headerWords + capacity * slotWords) * 4));
	}

	get count(): number {
		return this.#words[countAt]!;
	}

	hasRoomFor(objects: number): boolean {
		return this.#words[usedAt]! + objects <= this.#capacity * fullest;
	}

	/** The same objects in a table with room for `more` besides. */
	grown(more: number): ObjectTable {
		const larger = ObjectTable.withRoomFor(Math.max(this.count + more, Math.ceil(this.count * 1.5)));
		const words = this.#words;
		for (let at = headerWords; at < words.length; at += slotWords) {
			const pack = words[at + packWord]!;
			if (pack !== 0 && pack !== removedPack) larger.insert(words, at, pack, words[at + offsetWord]!, words[at + touchedWord]!);
		}
		return larger;
	}

	/** The slot of the digest that starts at `digest[at]` (little-endian words), or -1. */
	find(digest: Uint32Array, at: number): number {
		const words = this.#words;
		let slot = this.#firstSlot(digest[at]!);
		for (;;) {
			const position = headerWords + slot * slotWords;
			const pack = words[position + packWord]!;
			if (pack === 0) return -1;
			if (pack !== removedPack && words[position] === digest[at] && words[position + 1] === digest[at + 1] && words[position + 2] === digest[at + 2] && words[position + 3] === digest[at + 3]) return position;
			slot = slot + 1 === this.#capacity ? 0 : slot + 1;
		}
	}

	packAt(slot: number): number {
		return this.#words[slot + packWord]!;
	}

	offsetAt(slot: number): number {
		return this.#words[slot + offsetWord]!;
	}

	/** Seconds since 1970 at which the object was stored, or last taken again. */
	touchedAt(slot: number): number {
		return this.#words[slot + touchedWord]!;
	}

	touch(slot: number, seconds: number): void {
		if (this.#words[slot + touchedWord]! < seconds) this.#words[slot + touchedWord] = seconds;
	}

	/** Adds an object. False where it is there already, and then nothing changes but a later `touched`. */
	insert(digest: Uint32Array, at: number, pack: number, offset: number, touched: number): boolean {
		const words = this.#words;
		let slot = this.#firstSlot(digest[at]!);
		let free = -1;
		for (;;) {
			const position = headerWords + slot * slotWords;
			const there = words[position + packWord]!;
			if (there === 0) {
				if (free === -1) {
					free = position;
					words[usedAt] = words[usedAt]! + 1;
				}
				break;
			}
			if (there === removedPack) {
				if (free === -1) free = position;
			} else if (words[position] === digest[at] && words[position + 1] === digest[at + 1] && words[position + 2] === digest[at + 2] && words[position + 3] === digest[at + 3]) {
				this.touch(position, touched);
				return false;
			}
			slot = slot + 1 === this.#capacity ? 0 : slot + 1;
		}
		words[free] = digest[at]!;
		words[free + 1] = digest[at + 1]!;
		words[free + 2] = digest[at + 2]!;
		words[free + 3] = digest[at + 3]!;
		words[free + offsetWord] = offset;
		words[free + touchedWord] = touched;
		Atomics.store(words, free + packWord, pack);
		words[countAt] = words[countAt]! + 1;
		return true;
	}

	/** Lets an object stand elsewhere: what rewriting a pack does. */
	move(slot: number, pack: number, offset: number): void {
		const words = this.#words;
		// A reader between the two stores would read at the wrong place, find another digest there, and ask again.
		words[slot + offsetWord] = offset;
		Atomics.store(words, slot + packWord, pack);
	}

	remove(slot: number): void {
		Atomics.store(this.#words, slot + packWord, removedPack);
		this.#words[countAt] = this.#words[countAt]! - 1;
	}

	#firstSlot(word: number): number {
		return Math.floor((word / 0x1_0000_0000) * this.#capacity);
	}
}

/** A place to lay a digest down so that it can be looked up: 8 little-endian words over 32 bytes. */
export class DigestKey {
	readonly bytes = Buffer.alloc(32);
	readonly words = new Uint32Array(this.bytes.buffer, this.bytes.byteOffset, 8);

	set(digest: Uint8Array): Uint32Array {
		this.bytes.set(digest);
		return this.words;
	}

	setHex(sha256: string): Uint32Array {
		this.bytes.write(sha256, 0, 32, 'hex');
		return this.words;
	}
}
