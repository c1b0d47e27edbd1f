import { expect, test } from 'vitest';
import { checkLifecycle, mlflowStages, standardLifecycle, type Lifecycle } from './lifecycle.ts';
import { aliasesOfStates, aliasOfState, stageOfState, stateOfAliases, stateOfStage } from './lifecycleMapping.ts';

const own: Lifecycle = { states: ['idea', 'checked', 'shadow', 'serving', 'gone'].map((name) => ({ name, hue: 0, terminal: name === 'gone' })), transitions: [] };

test('the standard states are the stages of MLflow, and back', () => {
	expect(standardLifecycle.states.map((state) => stageOfState(standardLifecycle, state.name))).toEqual([...mlflowStages]);
	expect(mlflowStages.map((stage) => stateOfStage(standardLifecycle, stage))).toEqual(['draft', 'candidate', 'approved', 'retired']);
});

test('others go by their place', () => {
	expect(own.states.map((state) => stageOfState(own, state.name))).toEqual(['None', 'Staging', 'Staging', 'Production', 'Archived']);
	expect(stateOfStage({ states: own.states.slice(0, 1), transitions: [] }, 'Production')).toBeNull();
});

test('there and back keeps the stage, whatever the states are called', () => {
	for (const lifecycle of [standardLifecycle, own]) {
		for (const { name } of lifecycle.states) {
			const stage = stageOfState(lifecycle, name);
			const back = stateOfStage(lifecycle, stage);
			expect(back === null ? null : stageOfState(lifecycle, back)).toBe(stage);
		}
	}
});

test('aliases of W&B', () => {
	expect(standardLifecycle.states.map((state) => aliasOfState(standardLifecycle, state.name))).toEqual([null, 'staging', 'production', null]);
	expect(stateOfAliases(standardLifecycle, ['latest', 'Production', 'staging'])).toBe('approved');
	expect(stateOfAliases(standardLifecycle, ['candidate'])).toBe('candidate');
	expect(stateOfAliases(standardLifecycle, ['latest', 'v3'])).toBeNull();
	expect(stateOfAliases(own, ['shadow'])).toBe('shadow');
	expect([...aliasesOfStates(standardLifecycle, [{ index: 3, state: 'approved' }, { index: 7, state: 'approved' }, { index: 9, state: 'draft' }])]).toEqual([['production', 7]]);
});

test('what a registry sets counts before name and place', () => {
	const set: Lifecycle = { states: own.states.map((state) => ({ ...state, ...(state.name === 'checked' ? { stage: 'Production' as const, alias: 'blessed' } : state.name === 'serving' ? { alias: null } : {}) })), transitions: [] };
	expect(set.states.map((state) => stageOfState(set, state.name))).toEqual(['None', 'Production', 'Staging', 'Production', 'Archived']);
	expect(stateOfStage(set, 'Production')).toBe('checked');
	expect(set.states.map((state) => aliasOfState(set, state.name))).toEqual([null, 'blessed', 'staging', null, null]);
	expect(stateOfAliases(set, ['Blessed'])).toBe('checked');
	expect(stateOfAliases(set, ['production', 'serving'])).toBeNull();
	// One that stands for another state is nobody's by custom.
	const moved: Lifecycle = { states: standardLifecycle.states.map((state) => (state.name === 'candidate' ? { ...state, alias: 'production' } : state)), transitions: [] };
	expect(moved.states.map((state) => aliasOfState(moved, state.name))).toEqual([null, 'production', null, null]);
	expect(stateOfAliases(moved, ['production'])).toBe('candidate');
});

test('an alias that is set follows the rule of aliases, and stands for one state', () => {
	const withAlias = (...aliases: readonly (string | null)[]): Lifecycle => ({ states: aliases.map((alias, at) => ({ name: `state ${at}`, hue: 0, terminal: false, alias })), transitions: [] });
	expect(checkLifecycle(withAlias('a', null, 'b')).ok).toBe(true);
	expect(checkLifecycle(withAlias('a', 'a'))).toMatchObject({ ok: false, violation: { rule: 'alias-asked-twice' } });
	expect(checkLifecycle(withAlias('v3')).ok).toBe(false);
	expect(checkLifecycle(withAlias('latest')).ok).toBe(false);
});
