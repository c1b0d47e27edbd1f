import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canLink, emptyCollection, planLinks, planRestore, planUnlinks, reasonsAgainstLinking, resolvePick, type CollectionState, type LinkSource, type LinkTarget, type LinkWish, type StandingCollection } from './links.ts';
import { roles, type Asker, type ProjectObject, type RegistryObject } from './roles.ts';
import type { Verdict } from './verdict.ts';
import { explainViolation } from './violations.ts';

const vision = { id: 't1', name: 'vision' };
const member: Asker = { kind: 'user', id: 'u1', name: 'ada', organizationRole: 'member', teams: [{ team: vision, role: 'viewer' }] };
const admin: Asker = { ...member, organizationRole: 'admin' };
const project: ProjectObject = { kind: 'project', id: 'p1', name: 'resnet', team: vision };
const registry: RegistryObject = { kind: 'registry', id: 'r1', name: 'Models', visibility: 'organization', grants: [] };
const organization = { kind: 'organization', id: 'o1', name: 'acme' } as const;

function source(number: number, more: Partial<LinkSource> = {}): LinkSource {
	return { versionId: `s${number}`, address: `vision/resnet:v${number}`, type: 'model', state: 'committed', organizationId: 'o1', project, ...more };
}
function collection(state: CollectionState = emptyCollection, more: Partial<StandingCollection> = {}): StandingCollection {
	return { id: 'c1', name: 'resnet', type: 'model', deleted: false, links: state.links, ...more };
}
function target(state: CollectionState = emptyCollection, more: Partial<LinkTarget> = {}): LinkTarget {
	return { registry, organization, registryDeleted: false, acceptedTypes: ['model'], collection: { kind: 'standing', collection: collection(state) }, ...more };
}
function value<T>(verdict: Verdict<T>): T {
	if (!verdict.ok) throw new Error(explainViolation(verdict.violation));
	return verdict.value;
}
const none: ReadonlySet<string> = new Set();
const protectedOnes: ReadonlySet<string> = new Set(['production']);
const wish = (number: number, ...aliases: string[]): LinkWish => ({ source: source(number), aliases });

describe('what can be linked where', () => {
	test('the plain case, and one that is linked already', () => {
		expect(canLink(member, source(0), target())).toEqual({ ok: true, value: { versionId: 's0', alreadyLinkedAs: null } });
		const state = value(planLinks(member, target(), emptyCollection, none, [wish(0)])).state;
		expect(canLink(member, source(0), target(state))).toEqual({ ok: true, value: { versionId: 's0', alreadyLinkedAs: 0 } });
	});
	test('a link stands for its source', () => {
		expect(resolvePick({ kind: 'link', link: 'l1', source: 's0' })).toBe('s0');
		expect(resolvePick({ kind: 'version', version: 's0' })).toBe('s0');
	});

	const rules = (asker: Asker, from: LinkSource, to: LinkTarget): string[] => reasonsAgainstLinking(asker, from, to).map((reason) => reason.rule);
	test.each<[string, Asker, LinkSource, LinkTarget]>([
		['collection-type', member, source(0, { type: 'dataset' }), target()],
		['type-not-accepted', member, source(0, { type: 'dataset' }), target(emptyCollection, { collection: { kind: 'new', name: 'x' } })],
		['type-not-accepted', member, source(0, { type: 'dataset' }), target(emptyCollection, { collection: { kind: 'undecided' } })],
		['version-pending', member, source(0, { state: 'pending' }), target()],
		['version-deleted', member, source(0, { state: 'deleted' }), target()],
		['role-missing', { ...member, organizationRole: 'viewer' }, source(0), target()],
		['not-found', member, source(0), target(emptyCollection, { registry: { ...registry, visibility: 'restricted' } })],
		['not-found', { ...member, teams: [] }, source(0), target()],
		['source-not-readable', { ...member, teams: [{ team: vision, role: 'restricted_viewer' }] }, source(0), target()],
		['other-organization', member, source(0, { organizationId: 'o2' }), target()],
		['target-deleted', member, source(0), target(emptyCollection, { registryDeleted: true })],
		['target-deleted', member, source(0), target(emptyCollection, { collection: { kind: 'standing', collection: collection(emptyCollection, { deleted: true }) } })],
		['forbidden-character', member, source(0), target(emptyCollection, { collection: { kind: 'new', name: 'a/b' } })],
	])('%s', (rule, asker, from, to) => {
		expect(rules(asker, from, to)).toEqual([rule]);
		expect(canLink(asker, from, to)).toMatchObject({ ok: false, violation: { rule } });
	});
	test('what must not be seen is not told about', () => {
		const hidden = target(emptyCollection, { registry: { ...registry, visibility: 'restricted' }, registryDeleted: true });
		expect(rules(member, source(0, { type: 'dataset', state: 'pending' }), hidden)).toEqual(['not-found']);
	});
	test('who may use a version through a registry may link it on', () => {
		const without = { ...member, teams: [] };
		expect(canLink(without, source(0, { through: registry }), target()).ok).toBe(true);
		expect(canLink(without, source(0, { through: { ...registry, visibility: 'restricted' } }), target()).ok).toBe(false);
	});
	test('all types', () => {
		expect(canLink(member, source(0, { type: 'anything' }), target(emptyCollection, { acceptedTypes: 'all', collection: { kind: 'new', name: 'x' } })).ok).toBe(true);
	});
});

describe('the plan', () => {
	test('numbers from v0, latest follows, aliases are set', () => {
		const plan = value(planLinks(member, target(), emptyCollection, none, [wish(7, 'staging'), wish(3, 'latest')]));
		expect(plan.made).toEqual([{ versionId: 's7', number: 0 }, { versionId: 's3', number: 1 }]);
		expect(plan.moves).toEqual([{ alias: 'latest', from: null, to: 1 }, { alias: 'staging', from: null, to: 0 }]);
		expect(plan.type).toBe('model');
	});
	test('linking again returns the standing link and changes nothing but the aliases asked for', () => {
		const first = value(planLinks(member, target(), emptyCollection, none, [wish(0), wish(1)])).state;
		const again = value(planLinks(member, target(first), first, none, [wish(0, 'best')]));
		expect(again.made).toEqual([]);
		expect(again.standing).toEqual([{ versionId: 's0', number: 0 }]);
		expect(again.moves).toEqual([{ alias: 'best', from: null, to: 0 }]);
		expect(again.state.numbering).toEqual(first.numbering);
		expect(again.state.aliases.get('latest')).toBe(1);
		expect(value(planLinks(member, target(first), first, none, [wish(0, 'latest')])).moves).toEqual([]);
	});
	test('the same version twice in one drop is one link', () => {
		const plan = value(planLinks(member, target(), emptyCollection, none, [wish(0, 'a'), wish(0, 'b')]));
		expect(plan.made).toHaveLength(1);
		expect(plan.standing).toEqual([]);
		expect(plan.state.aliases).toEqual(new Map([['latest', 0], ['a', 0], ['b', 0]]));
	});
	test('unlinking: aliases go, latest moves to the highest left, the number stays used', () => {
		const state = value(planLinks(member, target(), emptyCollection, none, [wish(0, 'a'), wish(1), wish(2, 'b')])).state;
		const plan = value(planUnlinks(member, registry, 'resnet', state, none, [2]));
		expect(plan.moves).toEqual([{ alias: 'latest', from: 2, to: 1 }, { alias: 'b', from: 2, to: null }]);
		const next = value(planLinks(member, target(plan.state), plan.state, none, [wish(2)]));
		expect(next.made).toEqual([{ versionId: 's2', number: 3 }]);
		const empty = value(planUnlinks(member, registry, 'resnet', state, none, [0, 1, 2, 2])).state;
		expect(empty.aliases.size).toBe(0);
		expect(empty.numbering.next).toBe(3);
	});
	test('a protected alias: members can neither put nor move it, nor take its version out; admins can', () => {
		const state = value(planLinks(admin, target(), emptyCollection, protectedOnes, [wish(0, 'production'), wish(1)])).state;
		expect(planLinks(member, target(state), state, protectedOnes, [wish(2, 'production')])).toMatchObject({ violation: { rule: 'protected-alias', version: 0 } });
		expect(planUnlinks(member, registry, 'resnet', state, protectedOnes, [1, 0])).toMatchObject({ violation: { rule: 'protected-alias', alias: 'production' } });
		expect(planUnlinks(member, registry, 'resnet', state, protectedOnes, [1]).ok).toBe(true);
		expect(planUnlinks(admin, registry, 'resnet', state, protectedOnes, [0]).ok).toBe(true);
	});
	test('refused as a whole', () => {
		expect(planLinks(member, target(), emptyCollection, none, [])).toMatchObject({ violation: { rule: 'nothing-to-link' } });
		expect(planLinks(member, target(), emptyCollection, none, [wish(0), { source: source(1, { state: 'pending' }), aliases: [] }])).toMatchObject({ violation: { rule: 'version-pending' } });
		expect(planLinks(member, target(), emptyCollection, none, [wish(0, 'a'), wish(1, 'a')])).toMatchObject({ violation: { rule: 'alias-asked-twice' } });
		expect(planLinks(member, target(), emptyCollection, none, [wish(0, 'v3')])).toMatchObject({ violation: { rule: 'version-number' } });
		const open = target(emptyCollection, { acceptedTypes: 'all', collection: { kind: 'new', name: 'x' } });
		expect(planLinks(member, open, emptyCollection, none, [wish(0), { source: source(1, { type: 'dataset' }), aliases: [] }])).toMatchObject({ violation: { rule: 'mixed-types' } });
		expect(planUnlinks(member, registry, 'resnet', emptyCollection, none, [0])).toMatchObject({ violation: { rule: 'not-linked' } });
		expect(planUnlinks({ ...member, organizationRole: 'viewer' }, registry, 'resnet', emptyCollection, none, [0])).toMatchObject({ violation: { rule: 'role-missing' } });
	});
	test('restoring a link: its number, the aliases that are free, and latest come back', () => {
		const before = value(planLinks(member, target(), emptyCollection, none, [wish(0), wish(1, 'a', 'b')])).state;
		const without = value(planUnlinks(member, registry, 'resnet', before, none, [1])).state;
		const meanwhile = value(planLinks(member, target(without), without, none, [wish(0, 'a')])).state;
		const back = planRestore(meanwhile, { versionId: 's1', number: 1, aliases: ['latest', 'a', 'b'] });
		expect(back.state.aliases).toEqual(new Map([['latest', 1], ['a', 0], ['b', 1]]));
		expect(back.moves).toEqual([{ alias: 'latest', from: 0, to: 1 }, { alias: 'b', from: null, to: 1 }]);
		expect(planRestore(before, { versionId: 's1', number: 9, aliases: [] })).toMatchObject({ restored: false, moves: [] });
	});
});

const anyAsker = fc.record({ organizationRole: fc.option(fc.constantFrom(...roles)), teamRole: fc.option(fc.constantFrom(...roles)) }).map(({ organizationRole, teamRole }): Asker => ({ ...member, organizationRole, teams: teamRole === null ? [] : [{ team: vision, role: teamRole }] }));
const anySource = fc.record({ number: fc.nat(4), type: fc.constantFrom('model', 'dataset'), state: fc.constantFrom('pending' as const, 'committed' as const, 'deleted' as const), organizationId: fc.constantFrom('o1', 'o1', 'o2') }).map(({ number, ...rest }) => source(number, rest));

test('what canLink allows the plan does, what it refuses the plan refuses', () => {
	const anyTarget = fc.record({
		visibility: fc.constantFrom('organization' as const, 'restricted' as const),
		acceptedTypes: fc.constantFrom<LinkTarget['acceptedTypes']>('all', ['model'], ['dataset']),
		registryDeleted: fc.boolean(),
		collection: fc.constantFrom<LinkTarget['collection']>({ kind: 'new', name: 'fresh' }, { kind: 'new', name: '' }, { kind: 'standing', collection: collection() }, { kind: 'standing', collection: collection(emptyCollection, { deleted: true }) }),
	});
	fc.assert(
		fc.property(anyAsker, anySource, anyTarget, (asker, from, { visibility, ...rest }) => {
			const to = target(emptyCollection, { ...rest, registry: { ...registry, visibility } });
			const permit = canLink(asker, from, to);
			const plan = planLinks(asker, to, emptyCollection, none, [{ source: from, aliases: [] }]);
			expect(plan.ok).toBe(permit.ok);
			if (!permit.ok && !plan.ok) expect(plan.violation).toEqual(permit.violation);
			expect(permit.ok).toBe(reasonsAgainstLinking(asker, from, to).length === 0);
		}),
		{ numRuns: 1000 },
	);
});

test('over any history: numbers are used once, aliases stand on links, latest is as specified, relinking changes nothing', () => {
	const step = fc.oneof(
		fc.record({ kind: fc.constant('link' as const), sources: fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }), alias: fc.constantFrom('a', 'production', 'latest') }),
		fc.record({ kind: fc.constant('unlink' as const), numbers: fc.array(fc.nat(12), { minLength: 1, maxLength: 2 }) }),
	);
	fc.assert(
		fc.property(fc.array(step, { maxLength: 30 }), fc.boolean(), (steps, isAdmin) => {
			const asker = isAdmin ? admin : member;
			let state: CollectionState = emptyCollection;
			const numberOfEver: string[] = [];
			for (const each of steps) {
				const before = state;
				if (each.kind === 'link') {
					const verdict = planLinks(asker, target(state), state, protectedOnes, each.sources.map((number, index) => wish(number, ...(index === 0 ? [each.alias] : []))));
					if (!verdict.ok) {
						expect(isAdmin).toBe(false);
						continue;
					}
					for (const { versionId, number } of verdict.value.made) {
						expect(numberOfEver[number]).toBeUndefined();
						numberOfEver[number] = versionId;
					}
					for (const { versionId, number } of verdict.value.standing) expect(before.links.get(versionId)).toBe(number);
					if (verdict.value.made.length > 0) expect(verdict.value.state.aliases.get('latest')).toBe(verdict.value.made.at(-1)!.number);
					else expect(verdict.value.state.aliases.get('latest')).toBe(before.aliases.get('latest'));
					state = verdict.value.state;
				} else {
					const verdict = planUnlinks(asker, registry, 'resnet', state, protectedOnes, each.numbers);
					if (!verdict.ok) continue;
					state = verdict.value.state;
					const left = [...state.links.values()];
					expect(state.aliases.get('latest')).toBe(left.length === 0 ? undefined : Math.max(...left));
				}
				expect(state.numbering.next).toBeGreaterThanOrEqual(before.numbering.next);
				const standing = new Set(state.links.values());
				expect(standing.size).toBe(state.links.size);
				for (const number of state.aliases.values()) expect(standing.has(number)).toBe(true);
				for (const [versionId, number] of state.links) expect(numberOfEver[number]).toBe(versionId);
			}
		}),
	);
});
