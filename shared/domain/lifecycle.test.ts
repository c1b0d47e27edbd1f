import { describe, expect, test } from 'vitest';
import {
	blockersOfCollectionDeletion, blockersOfDeletion, blockersOfLifecycle, checkLifecycle, checkTransition, checkVersionStep, nextStates, standardLifecycle, transitionNeedsReason, versionStates, type DeletionFacts, type Lifecycle, type LifecycleState,
} from './lifecycle.ts';
import { explainViolation } from './violations.ts';

test('the steps of a version', () => {
	const allowed = versionStates.flatMap((from) => versionStates.filter((to) => checkVersionStep(from, to).ok).map((to) => `${from} ${to}`));
	expect(allowed).toEqual(['pending committed', 'pending purged', 'committed deleted', 'deleted committed', 'deleted purged']);
});

describe('deleting a version', () => {
	const facts: DeletionFacts = { address: 'vision/resnet:v3', state: 'committed', aliases: ['latest', 'best', 'demo'], protectedHolders: [], holds: [] };
	const rules = (named: string[], more: Partial<DeletionFacts> = {}): string[] => blockersOfDeletion({ ...facts, ...more }, new Set(named)).map((blocker) => blocker.rule);
	test('its aliases must be named, latest moves on by itself', () => {
		expect(rules(['best', 'demo'])).toEqual([]);
		const [blocker] = blockersOfDeletion(facts, new Set(['best']));
		expect(blocker).toMatchObject({ rule: 'has-aliases', aliases: ['demo'] });
	});
	test('a protected alias holds it, whoever asks', () => {
		const [blocker] = blockersOfDeletion({ ...facts, aliases: [], protectedHolders: ['wandb-registry-Models/resnet:production'] }, new Set());
		expect(blocker && explainViolation(blocker)).toContain('wandb-registry-Models/resnet:production');
	});
	test('a hold keeps it, and says why', () => {
		expect(rules(['best', 'demo'], { holds: ['audit of May'] })).toEqual(['under-hold']);
		const [blocker] = blockersOfDeletion({ ...facts, holds: ['audit of May'] }, new Set(['best', 'demo']));
		expect(blocker && explainViolation(blocker)).toContain('audit of May');
	});
	test('only what is there', () => {
		expect(rules(['best', 'demo'], { state: 'deleted' })).toEqual(['wrong-state']);
		expect(rules(['best', 'demo'], { state: 'pending' })).toEqual([]);
	});
});

test('deleting a collection that carries a protected alias needs an admin', () => {
	expect(blockersOfCollectionDeletion('resnet', ['production'], false).map((blocker) => blocker.rule)).toEqual(['held-by-protected-alias']);
	expect(blockersOfCollectionDeletion('resnet', ['production'], true)).toEqual([]);
	expect(blockersOfCollectionDeletion('resnet', [], false)).toEqual([]);
});

const state = (name: string, terminal = false): LifecycleState => ({ name, hue: 0, terminal });

describe('states that a registry defines', () => {
	const lifecycle: Lifecycle = {
		states: ['draft', 'review', 'approved', 'archived'].map((name) => state(name)),
		transitions: [
			{ from: 'draft', to: 'review', role: 'member', needsReason: false },
			{ from: 'review', to: 'approved', role: 'admin', needsReason: true },
			{ from: 'review', to: 'draft', role: 'member', needsReason: false },
			{ from: 'approved', to: 'archived', role: 'admin', needsReason: false },
			{ from: 'approved', to: 'archived', role: 'member', needsReason: true },
		],
	};
	test('definitions', () => {
		expect(checkLifecycle(lifecycle)).toEqual({ ok: true, value: lifecycle });
		expect(checkLifecycle({ states: [], transitions: [] })).toMatchObject({ violation: { rule: 'empty' } });
		expect(checkLifecycle({ states: [state('a'), state('a/b')], transitions: [] })).toMatchObject({ violation: { rule: 'forbidden-character' } });
		expect(checkLifecycle({ states: [state('a')], transitions: [{ from: 'a', to: 'b', role: 'member', needsReason: false }] })).toMatchObject({ violation: { rule: 'no-such-state', state: 'b' } });
		expect(checkLifecycle({ states: [state('a'), state('a')], transitions: [] })).toEqual({ ok: true, value: { states: [state('a')], transitions: [] } });
		expect(checkLifecycle({ states: [state('a', true), state('b')], transitions: [{ from: 'a', to: 'b', role: 'member', needsReason: false }] })).toMatchObject({ violation: { rule: 'terminal-state', state: 'a' } });
		expect(checkLifecycle(standardLifecycle)).toEqual({ ok: true, value: standardLifecycle });
	});
	test('transitions and who may', () => {
		expect(checkTransition(lifecycle, 'Models', 'draft', 'review', 'member').ok).toBe(true);
		expect(checkTransition(lifecycle, 'Models', 'review', 'approved', 'member')).toMatchObject({ violation: { rule: 'role-missing', needed: 'admin' } });
		expect(checkTransition(lifecycle, 'Models', 'approved', 'archived', 'member').ok).toBe(true);
		expect(checkTransition(lifecycle, 'Models', 'draft', 'approved', 'admin')).toMatchObject({ violation: { rule: 'transition-not-allowed', allowed: ['review'] } });
		expect(checkTransition(lifecycle, 'Models', 'draft', 'gone', 'admin')).toMatchObject({ violation: { rule: 'no-such-state' } });
		expect(checkTransition(lifecycle, 'Models', 'draft', 'draft', null).ok).toBe(true);
	});
	test('a reason is asked for where every way that one may take asks for it', () => {
		expect(transitionNeedsReason(lifecycle, 'review', 'approved', 'admin')).toBe(true);
		expect(transitionNeedsReason(lifecycle, 'approved', 'archived', 'member')).toBe(true);
		expect(transitionNeedsReason(lifecycle, 'approved', 'archived', 'admin')).toBe(false);
		expect(transitionNeedsReason(lifecycle, 'draft', 'approved', 'admin')).toBe(false);
	});
	test('a state can go when no link stands in it, or when it is renamed', () => {
		const uses = [{ state: 'draft', links: 2, examples: ['Models/a:v0', 'Models/a:v1'] }, { state: 'review', links: 0, examples: [] }];
		const without = { states: lifecycle.states.slice(1), transitions: [] };
		const [blocker, ...others] = blockersOfLifecycle(lifecycle, uses, without, new Map());
		expect([blocker, others]).toMatchObject([{ rule: 'state-in-use', state: 'draft', links: 2 }, []]);
		expect(blocker && explainViolation(blocker)).toContain('Models/a:v1');
		expect(blockersOfLifecycle(lifecycle, uses, without, new Map([['draft', 'review']]))).toEqual([]);
		expect(blockersOfLifecycle(lifecycle, uses, null, new Map())).toEqual([]);
		expect(blockersOfLifecycle(lifecycle, [{ state: 'review', links: 1, examples: [] }], null, new Map())).toHaveLength(1);
	});
	test('what is offered is what is allowed', () => {
		for (const role of ['restricted_viewer', 'viewer', 'member', 'admin', null] as const) {
			for (const from of lifecycle.states) {
				const offered = nextStates(lifecycle, from.name, role);
				expect(offered).toEqual(lifecycle.states.map((to) => to.name).filter((to) => to !== from.name && checkTransition(lifecycle, 'Models', from.name, to, role).ok));
			}
		}
	});
});
