import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMilliseconds, mergeField, pushVerdict, takeBackVerdict, type Base } from './syncMerge.ts';

const cas = { kind: 'compare and set' } as const;
const known = (value: string | null): Base<string | null> => ({ known: true, value });

describe('takeBackVerdict', () => {
	const of = (mine: string | null, theirs: string | null) => takeBackVerdict<string | null>({ before: '1', after: '2', mine, theirs });
	it('takes back only while both sides are as the push left them', () => {
		expect(of('2', '2')).toBe('take back');
		expect(of('3', '2')).toBe('changed here');
		expect(of('2', '3')).toBe('moved there');
		expect(of('2', null)).toBe('moved there');
		expect(of('2', '1'), 'somebody took it back there: the next round brings it here').toBe('moved there');
		expect(of('1', '1')).toBe('back already');
	});
});

describe('mergeField', () => {
	it('leaves alone what did not move there', () => {
		expect(mergeField({ base: known('1'), mine: '2', theirs: '1', rule: cas })).toEqual({ kind: 'keep' });
	});
	it('applies what moved only there', () => {
		expect(mergeField({ base: known('1'), mine: '1', theirs: '2', rule: cas })).toEqual({ kind: 'apply', value: '2', loser: null });
	});
	it('confirms what both moved alike, as after a push whose answer was lost', () => {
		expect(mergeField({ base: known('1'), mine: '2', theirs: '2', rule: cas })).toEqual({ kind: 'confirm', value: '2' });
	});
	it('makes a conflict of an alias that both moved', () => {
		expect(mergeField({ base: known('1'), mine: '2', theirs: '3', rule: cas })).toEqual({ kind: 'conflict', base: known('1'), mine: '2', theirs: '3' });
		expect(mergeField({ base: known('1'), mine: null, theirs: '3', rule: cas })).toMatchObject({ kind: 'conflict' });
	});
	it('gives a text to the later writer and keeps the other', () => {
		const rule = { kind: 'last writer', mineAt: 5, theirsAt: 4, theirsNotBefore: 0 } as const;
		expect(mergeField({ base: known('a'), mine: 'b', theirs: 'c', rule })).toEqual({ kind: 'rebase', value: 'b', loser: { value: 'c' } });
		expect(mergeField({ base: known('a'), mine: 'b', theirs: 'c', rule: { ...rule, theirsAt: 6 } })).toEqual({ kind: 'apply', value: 'c', loser: { value: 'b' } });
	});
	it('takes what the other says where one side says nothing at a first meeting, else asks', () => {
		const base = { known: false } as const;
		expect(mergeField<string | null>({ base, mine: null, theirs: '3', rule: cas })).toMatchObject({ kind: 'apply', value: '3' });
		expect(mergeField<string | null>({ base, mine: '3', theirs: null, rule: cas })).toEqual({ kind: 'keep' });
		expect(mergeField<string | null>({ base, mine: '1', theirs: '3', rule: cas })).toMatchObject({ kind: 'conflict' });
	});
});

describe('backoffMilliseconds', () => {
	it('stays within its bounds and heeds what the server asks for', () => {
		fc.assert(fc.property(fc.nat(100), fc.double({ min: 0, max: 1, noNaN: true }), fc.option(fc.nat(1_000_000)), (attempt, random, retryAfter) => {
			const wait = backoffMilliseconds(attempt, () => random, retryAfter);
			expect(wait).toBeGreaterThanOrEqual(Math.max(250, retryAfter ?? 0));
			expect(wait).toBeLessThanOrEqual(Math.max(600_000, retryAfter ?? 0));
		}));
	});
});

// A server as MLflow is one: it keeps what it is told last, has no compare-and-set, and tells no one. Replicas read, then write; between a
// replica's read and its write nothing else happens here, as in a push that reads right before it writes.

type Field = { readonly kind: 'alias' | 'text'; readonly value: string | null; readonly at: number };
type Server = Map<string, Field>;
type Replica = { readonly mine: Map<string, Field>; readonly seen: Map<string, { value: string | null; at: number }>; readonly conflicts: Set<string>; readonly losers: string[]; readonly edits: string[] };

const nothing = (key: string): Field => ({ kind: key.startsWith('alias') ? 'alias' : 'text', value: null, at: 0 });

function pull(replica: Replica, answer: ReadonlyMap<string, Field>, keys: readonly string[], now: number): void {
	for (const key of keys) {
		const mine = replica.mine.get(key) ?? nothing(key);
		const theirs = answer.get(key) ?? nothing(key);
		const seen = replica.seen.get(key);
		const base: Base<string | null> = { known: true, value: seen?.value ?? null };
		const merged = mergeField<string | null>({ base, mine: mine.value, theirs: theirs.value, rule: mine.kind === 'alias' ? cas : { kind: 'last writer', mineAt: mine.at, theirsAt: theirs.at, theirsNotBefore: seen?.at ?? 0 } });
		switch (merged.kind) {
			case 'keep':
				break;
			case 'apply':
				if (merged.loser !== null) replica.losers.push(`${key}=${merged.loser.value}`);
				replica.mine.set(key, theirs);
				replica.seen.set(key, { value: theirs.value, at: now });
				break;
			case 'confirm':
				replica.mine.set(key, theirs);
				replica.seen.set(key, { value: theirs.value, at: now });
				replica.conflicts.delete(key);
				break;
			case 'rebase':
				replica.losers.push(`${key}=${merged.loser.value}`);
				replica.seen.set(key, { value: theirs.value, at: now });
				break;
			case 'conflict':
				replica.conflicts.add(key);
				break;
		}
	}
}

function push(replica: Replica, server: Server, keys: readonly string[], now: number, answerLost: boolean): void {
	for (const key of keys) {
		const mine = replica.mine.get(key) ?? nothing(key);
		const seen = replica.seen.get(key) ?? { value: null, at: 0 };
		if (mine.value === seen.value || replica.conflicts.has(key)) continue;
		const theirs = server.get(key) ?? nothing(key);
		// A text is merged before it is sent, so that the later writer's stays.
		if (mine.kind === 'text') pull(replica, new Map([[key, theirs]]), [key], now);
		const now2 = replica.mine.get(key) ?? nothing(key);
		const base: Base<string | null> = { known: true, value: (replica.seen.get(key) ?? seen).value };
		switch (pushVerdict<string | null>(base, now2.value, theirs.value, mine.kind === 'alias' ? 'compare and set' : 'last writer')) {
			case 'conflict':
				replica.conflicts.add(key);
				break;
			case 'send':
				server.set(key, now2);
				if (!answerLost) replica.seen.set(key, { value: now2.value, at: now });
				break;
			case 'done':
				if (!answerLost) replica.seen.set(key, { value: now2.value, at: now });
				break;
		}
	}
}

describe('replicas of one server', () => {
	const keys = ['alias a', 'alias b', 'text d', 'text e'];
	const step = fc.oneof(
		{ weight: 4, arbitrary: fc.record({ act: fc.constant('edit' as const), who: fc.nat(3), key: fc.constantFrom(...keys), value: fc.constantFrom('1', '2', '3', null) }) },
		{ weight: 3, arbitrary: fc.record({ act: fc.constant('pull' as const), who: fc.nat(3), keys: fc.shuffledSubarray(keys), again: fc.boolean() }) },
		{ weight: 3, arbitrary: fc.record({ act: fc.constant('push' as const), who: fc.nat(3), lost: fc.boolean() }) },
		{ weight: 1, arbitrary: fc.record({ act: fc.constant('stranger' as const), key: fc.constantFrom(...keys), value: fc.constantFrom('1', '2', '3', null) }) },
	);

	it('converge, and never move an alias over a place that they have not seen it at: whatever order, repeats and lost answers', () => {
		fc.assert(fc.property(fc.array(step, { maxLength: 80 }), fc.boolean(), (steps, mineWins) => {
			const server: Server = new Map();
			const replicas: Replica[] = Array.from({ length: 4 }, () => ({ mine: new Map(), seen: new Map(), conflicts: new Set(), losers: [], edits: [] }));
			let now = 0;
			for (const one of steps) {
				now += 1;
				switch (one.act) {
					case 'edit': {
						const replica = replicas[one.who] as Replica;
						replica.mine.set(one.key, { ...nothing(one.key), value: one.value, at: now });
						break;
					}
					case 'stranger':
						server.set(one.key, { ...nothing(one.key), value: one.value, at: now });
						break;
					case 'pull':
						pull(replicas[one.who] as Replica, server, one.keys, now);
						if (one.again) pull(replicas[one.who] as Replica, server, one.keys, now);
						break;
					case 'push': {
						const replica = replicas[one.who] as Replica;
						const before = new Map([...server].map(([key, field]) => [key, field.value]));
						const seen = new Map([...replica.seen].map(([key, { value }]) => [key, value]));
						const untold = new Map([...replica.mine].map(([key, { value }]) => [key, value]));
						push(replica, server, keys, now, one.lost);
						// An alias is never moved over a place that the pusher has not seen it at.
						for (const key of keys.filter((name) => name.startsWith('alias'))) {
							const after = server.get(key)?.value ?? null;
							const was = before.get(key) ?? null;
							if (after !== was) expect([seen.get(key) ?? null, after]).toEqual([was, untold.get(key) ?? null]);
						}
						break;
					}
				}
			}
			// Peace: everybody reads and tells, people decide what conflicts.
			for (let round = 0; round < 12; round++) {
				for (const replica of replicas) {
					now += 1;
					pull(replica, server, keys, now);
					for (const key of replica.conflicts) {
						const theirs = server.get(key) ?? nothing(key);
						replica.seen.set(key, { value: theirs.value, at: now });
						if (!mineWins || round > 3) replica.mine.set(key, theirs);
					}
					replica.conflicts.clear();
					push(replica, server, keys, now, false);
				}
			}
			const settled = keys.map((key) => server.get(key)?.value ?? null);
			for (const replica of replicas) expect(keys.map((key) => replica.mine.get(key)?.value ?? null)).toEqual(settled);
		}), { numRuns: 600 });
	});
});
