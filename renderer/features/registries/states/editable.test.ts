import { expect, it } from 'vitest';
import { standardLifecycle } from '#shared/domain/lifecycle.ts';
import { addState, addTransition, editableOf, lifecycleOf, removeState, renamedOf } from './editable.ts';

it('comes back as it was when nothing is changed', () => {
  expect(lifecycleOf(editableOf(standardLifecycle))).toEqual(standardLifecycle);
});

it('takes the ways along when a state is renamed, and says so', () => {
  const begun = editableOf(standardLifecycle);
  const edited = { ...begun, states: begun.states.map((state) => (state.name === 'approved' ? { ...state, name: 'released' } : state)) };
  expect(renamedOf(edited)).toEqual({ approved: 'released' });
  expect(lifecycleOf(edited).transitions.some((way) => way.from === 'approved' || way.to === 'approved')).toBe(false);
  expect(lifecycleOf(edited).transitions.filter((way) => way.to === 'released')).toHaveLength(1);
});

it('removes the ways of a state with it, and adds those that aren’t there yet', () => {
  const begun = editableOf(standardLifecycle);
  const without = removeState(begun, begun.states.find((state) => state.name === 'retired')?.key ?? '');
  expect(lifecycleOf(without).transitions.every((way) => way.to !== 'retired')).toBe(true);
  const more = addTransition(addState(without));
  expect(lifecycleOf(more).states.at(-1)?.name).toBe('new state');
  expect(new Set(lifecycleOf(more).transitions.map((way) => `${way.from} ${way.to}`)).size).toBe(more.ways.length);
});
