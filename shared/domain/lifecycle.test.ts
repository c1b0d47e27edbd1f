import { describe, expect, test } from 'vitest';
import { blockersOfCollectionDeletion, blockersOfDeletion, checkLifecycle, checkTransition, checkVersionStep, nextStates, versionStates, type DeletionFacts, type Lifecycle } from './lifecycle.ts';
import { explainViolation } from './violations.ts';

test('the steps of a version', () => {
	const allowed = versionStates.flatMap((from) => versionStates.filter((to) => checkVersionStep(from, to).ok).map((to) => `${from} ${to}`));
	expect(allowed).toEqual(['pending committed', 'pending purged', 'committed deleted', 'deleted committed', 'deleted purged']);
});

describe('deleting a version', () => {
	const facts: DeletionFacts = { address: 'vision/resnet:v3', state: 'committed', aliases: ['latest', 'best', 'demo'], protectedHolders: [] };
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

describe('states that a registry defines', () => {
	const lifecycle: Lifecycle = {
		states: ['draft', 'review', 'approved', 'archived'],
		transitions: [
			{ from: 'draft', to: 'review', role: 'member' },
			{ from: 'review', to: 'approved', role: 'admin' },
			{ from: 'review', to: 'draft', role: 'member' },
			{ from: 'approved', to: 'archived', role: 'admin' },
			{ from: 'approved', to: 'archived', role: 'member' },
		],
	};
	test('definitions', () => {
		expect(checkLifecycle(lifecycle)).toEqual({ ok: true, value: lifecycle });
		expect(checkLifecycle({ states: [], transitions: [] })).toMatchObject({ violation: { rule: 'empty' } });
		expect(checkLifecycle({ states: ['a', 'a/b'], transitions: [] })).toMatchObject({ violation: { rule: 'forbidden-character' } });
		expect(checkLifecycle({ states: ['a'], transitions: [{ from: 'a', to: 'b', role: 'member' }] })).toMatchObject({ violation: { rule: 'no-such-state', state: 'b' } });
		expect(checkLifecycle({ states: ['a', 'a'], transitions: [] })).toEqual({ ok: true, value: { states: ['a'], transitions: [] } });
	});
	test('transitions and who may', () => {
		expect(checkTransition(lifecycle, 'Models', 'draft', 'review', 'member').ok).toBe(true);
		expect(checkTransition(lifecycle, 'Models', 'review', 'approved', 'member')).toMatchObject({ violation: { rule: 'role-missing', needed: 'admin' } });
		expect(checkTransition(lifecycle, 'Models', 'approved', 'archived', 'member').ok).toBe(true);
		expect(checkTransition(lifecycle, 'Models', 'draft', 'approved', 'admin')).toMatchObject({ violation: { rule: 'transition-not-allowed', allowed: ['review'] } });
		expect(checkTransition(lifecycle, 'Models', 'draft', 'gone', 'admin')).toMatchObject({ violation: { rule: 'no-such-state' } });
		expect(checkTransition(lifecycle, 'Models', 'draft', 'draft', null).ok).toBe(true);
	});
	test('what is offered is what is allowed', () => {
		for (const role of ['restricted_viewer', 'viewer', 'member', 'admin', null] as const) {
			for (const from of lifecycle.states) {
				const offered = nextStates(lifecycle, from, role);
				expect(offered).toEqual(lifecycle.states.filter((to) => to !== from && checkTransition(lifecycle, 'Models', from, to, role).ok));
			}
		}
	});
});
