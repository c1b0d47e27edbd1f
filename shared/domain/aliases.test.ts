import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addVersion, aliasesOn, changeAliases, noProtectedAliases, removeAlias, replaceAliases, setAlias, takeVersion, type AliasRights, type AliasState } from './aliases.ts';
import type { Verdict } from './verdict.ts';

const three: AliasState = { versions: new Set([0, 1, 2]), aliases: new Map([['latest', 2], ['production', 1]]) };
const locked: AliasRights = { protectedAliases: new Set(['production']), mayMoveProtected: false };

function moved<T>(verdict: Verdict<T>): T {
	if (!verdict.ok) throw new Error(verdict.violation.rule);
	return verdict.value;
}

describe('one alias', () => {
	test('new, moved, removed: history says from where to where', () => {
		expect(moved(setAlias(three, noProtectedAliases, 'staging', 0)).moves).toEqual([{ alias: 'staging', from: null, to: 0 }]);
		const change = moved(setAlias(three, noProtectedAliases, 'production', 2));
		expect(change.moves).toEqual([{ alias: 'production', from: 1, to: 2 }]);
		expect(change.state.aliases.get('production')).toBe(2);
		expect(three.aliases.get('production')).toBe(1);
		expect(moved(removeAlias(three, noProtectedAliases, 'production')).moves).toEqual([{ alias: 'production', from: 1, to: null }]);
	});
	test('where it stands already, and removing what is not there, are no moves', () => {
		expect(moved(setAlias(three, locked, 'production', 1)).moves).toEqual([]);
		expect(moved(removeAlias(three, locked, 'nothing')).moves).toEqual([]);
		expect(moved(setAlias(three, locked, 'latest', 2)).moves).toEqual([]);
	});
	test('refused', () => {
		expect(setAlias(three, noProtectedAliases, 'v7', 1)).toMatchObject({ violation: { rule: 'version-number' } });
		expect(setAlias(three, noProtectedAliases, 'staging', 9)).toMatchObject({ violation: { rule: 'no-such-version', version: 9 } });
		expect(setAlias(three, noProtectedAliases, 'latest', 0)).toMatchObject({ violation: { rule: 'latest-follows', latest: 2 } });
		expect(removeAlias(three, noProtectedAliases, 'latest')).toMatchObject({ violation: { rule: 'latest-follows' } });
		expect(setAlias(three, locked, 'production', 2)).toMatchObject({ violation: { rule: 'protected-alias', alias: 'production', version: 1 } });
		expect(removeAlias(three, locked, 'production')).toMatchObject({ violation: { rule: 'protected-alias' } });
		expect(setAlias({ versions: three.versions, aliases: new Map() }, locked, 'production', 2)).toMatchObject({ violation: { rule: 'protected-alias', version: null } });
		expect(setAlias(three, { ...locked, mayMoveProtected: true }, 'production', 2).ok).toBe(true);
	});
	test('compare-and-set', () => {
		expect(setAlias(three, noProtectedAliases, 'production', 2, 1).ok).toBe(true);
		expect(setAlias(three, noProtectedAliases, 'staging', 2, null).ok).toBe(true);
		expect(setAlias(three, noProtectedAliases, 'production', 2, 0)).toMatchObject({ violation: { rule: 'alias-moved', expected: 0, actual: 1 } });
		expect(setAlias(three, noProtectedAliases, 'production', 2, null)).toMatchObject({ violation: { rule: 'alias-moved', expected: null, actual: 1 } });
		expect(removeAlias(three, noProtectedAliases, 'staging', 1)).toMatchObject({ violation: { rule: 'alias-moved', expected: 1, actual: null } });
	});
});

test('several at once: all or none, and never one alias on two versions', () => {
	expect(changeAliases(three, noProtectedAliases, [{ alias: 'a', to: 0 }, { alias: 'a', to: 1 }])).toMatchObject({ violation: { rule: 'alias-asked-twice' } });
	expect(moved(changeAliases(three, noProtectedAliases, [{ alias: 'a', to: 0 }, { alias: 'a', to: 0 }])).moves).toHaveLength(1);
	expect(changeAliases(three, noProtectedAliases, [{ alias: 'a', to: 0 }, { alias: 'b/c', to: 0 }]).ok).toBe(false);
	expect(three.aliases.has('a')).toBe(false);
});

test('an edited list of aliases', () => {
	const change = moved(replaceAliases(three, noProtectedAliases, 1, ['latest', 'candidate', 'candidate']));
	expect(change.moves).toEqual([
		{ alias: 'production', from: 1, to: null },
		{ alias: 'candidate', from: null, to: 1 },
	]);
	expect(replaceAliases(three, locked, 1, [])).toMatchObject({ violation: { rule: 'protected-alias' } });
	expect(aliasesOn(change.state, 2)).toEqual(['latest']);
});

test('10,000 aliases pasted at once', () => {
	const many = Array.from({ length: 10_000 }, (_, index) => `a${index}`);
	expect(moved(replaceAliases(three, noProtectedAliases, 0, many)).moves).toHaveLength(10_000);
});

test('over any history: at most one version per alias, latest on the highest, moves tell the whole change', () => {
	const alias = fc.constantFrom('a', 'b', 'production', 'latest');
	const step = fc.oneof(
		fc.record({ kind: fc.constant('add' as const) }),
		fc.record({ kind: fc.constant('take' as const), version: fc.nat(8) }),
		fc.record({ kind: fc.constant('set' as const), alias, version: fc.nat(8) }),
		fc.record({ kind: fc.constant('remove' as const), alias }),
		fc.record({ kind: fc.constant('replace' as const), version: fc.nat(8), aliases: fc.array(alias, { maxLength: 3 }) }),
	);
	fc.assert(
		fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, mayMoveProtected) => {
			let state: AliasState = { versions: new Set(), aliases: new Map() };
			const retold = new Map<string, number>();
			let next = 0;
			for (const each of steps) {
				const rights = { ...locked, mayMoveProtected };
				const verdict =
					each.kind === 'add'
						? { ok: true as const, value: addVersion(state, next++) }
						: each.kind === 'take'
							? { ok: true as const, value: takeVersion(state, each.version) }
							: each.kind === 'set'
								? setAlias(state, rights, each.alias, each.version)
								: each.kind === 'remove'
									? removeAlias(state, rights, each.alias)
									: replaceAliases(state, rights, each.version, each.aliases);
				if (!verdict.ok) continue;
				for (const move of verdict.value.moves) {
					expect(move.from).not.toBe(move.to);
					expect(retold.get(move.alias) ?? null).toBe(move.from);
					if (move.alias === 'production' && !mayMoveProtected) expect(each.kind).toBe('take');
					if (move.to === null) retold.delete(move.alias);
					else retold.set(move.alias, move.to);
				}
				state = verdict.value.state;
				expect(state.aliases).toEqual(retold);
				for (const version of state.aliases.values()) expect(state.versions.has(version)).toBe(true);
				expect(state.aliases.get('latest')).toBe(state.versions.size === 0 ? undefined : Math.max(...state.versions));
			}
		}),
	);
});
