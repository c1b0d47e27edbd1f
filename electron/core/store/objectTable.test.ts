import fastCheck from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DigestKey, ObjectTable } from './objectTable.ts';

/** Digests whose first words crowd together, so that they meet in the table. */
const digest = fastCheck.tuple(fastCheck.integer({ min: 0, max: 3 }), fastCheck.integer({ min: 0, max: 40 })).map(([crowd, tail]) => `0000000${crowd}${String(tail).padStart(56, '0')}`.replace(/0{8}$/, ''.padEnd(8, '0')));
const spread = fastCheck.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const distinct = (text: string) => text.slice(0, 32);
const command = fastCheck.record({ what: fastCheck.constantFrom('insert', 'remove', 'move', 'find', 'grow'), which: fastCheck.nat(), pack: fastCheck.integer({ min: 1, max: 9 }), offset: fastCheck.nat() });

describe('the table of packed objects', () => {
	it('behaves as a map, however digests crowd, over removals and growth', () => {
		fastCheck.assert(
			fastCheck.property(fastCheck.uniqueArray(fastCheck.oneof(spread, digest), { minLength: 1, maxLength: 60, selector: distinct }), fastCheck.array(command, { maxLength: 300 }), (digests, commands) => {
				let table = ObjectTable.withRoomFor(0);
				const model = new Map<string, readonly [number, number]>();
				const key = new DigestKey();
				for (const { what, which, pack, offset } of commands) {
					const sha256 = digests[which % digests.length]!;
					const slot = table.find(key.setHex(sha256), 0);
					expect(slot === -1 ? undefined : [table.packAt(slot), table.offsetAt(slot)]).toEqual(model.get(sha256));
					if (what === 'insert') {
						if (!table.hasRoomFor(1)) table = table.grown(1);
						expect(table.insert(key.setHex(sha256), 0, pack, offset, 5)).toBe(!model.has(sha256));
						if (!model.has(sha256)) model.set(sha256, [pack, offset]);
					} else if (what === 'remove' && slot !== -1) {
						table.remove(slot);
						model.delete(sha256);
					} else if (what === 'move' && slot !== -1) {
						table.move(slot, pack, offset);
						model.set(sha256, [pack, offset]);
					} else if (what === 'grow') {
						table = table.grown(1);
					}
					expect(table.count).toBe(model.size);
				}
			}),
			{ numRuns: 200 },
		);
	});

	it('ends a search for what is not there, even when full of removed objects', () => {
		let table = ObjectTable.withRoomFor(0);
		const key = new DigestKey();
		for (let index = 0; index < 5000; index++) {
			const words = key.setHex(index.toString(16).padStart(8, '0').repeat(8));
			if (!table.hasRoomFor(1)) table = table.grown(1);
			table.insert(words, 0, 1, index, 0);
			table.remove(table.find(words, 0));
		}
		expect(table.count).toBe(0);
		expect(table.find(key.setHex('f'.repeat(64)), 0)).toBe(-1);
	});

	it('remembers the latest time at which an object was taken', () => {
		const table = ObjectTable.withRoomFor(10);
		const words = new DigestKey().setHex('ab'.repeat(32));
		table.insert(words, 0, 1, 2, 100);
		table.insert(words, 0, 1, 2, 50);
		expect(table.touchedAt(table.find(words, 0))).toBe(100);
		table.insert(words, 0, 1, 2, 200);
		expect(table.touchedAt(table.find(words, 0))).toBe(200);
	});
});
