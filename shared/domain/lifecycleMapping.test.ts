import { expect, test } from 'vitest';
import { standardLifecycle, type Lifecycle } from './lifecycle.ts';
import { aliasesOfStates, aliasOfState, mlflowStages, stageOfState, stateOfAliases, stateOfStage } from './lifecycleMapping.ts';

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
