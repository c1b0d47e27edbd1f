/** A lifecycle while it is edited: states have keys of their own, so that renaming one is no removal. */
import type { Lifecycle, Role } from '#shared/contract/index.ts';
import type { MlflowStage } from '#shared/domain/lifecycle.ts';

export type EditableState = { readonly key: string; readonly name: string; /** Its name before; null for a new one. */ readonly was: string | null; readonly hue: number; readonly terminal: boolean; /** What is told of it at remotes; undefined: what its name and place say. */ readonly stage?: MlflowStage | undefined; readonly alias?: string | null | undefined };
/** `from` and `to` are keys of states. */
export type EditableWay = { readonly key: string; readonly from: string; readonly to: string; readonly role: Role; readonly needsReason: boolean };
export type Editable = { readonly states: readonly EditableState[]; readonly ways: readonly EditableWay[]; readonly next: number };

export function editableOf({ states, transitions }: { readonly states: readonly Lifecycle['states'][number][]; readonly transitions: readonly Lifecycle['transitions'][number][] }): Editable {
  const keys = new Map(states.map((state, at) => [state.name, `state ${at}`]));
  return {
    states: states.map((state) => ({ ...state, key: keys.get(state.name) ?? '', was: state.name })),
    ways: transitions.map((way, at) => ({ key: `way ${at}`, from: keys.get(way.from) ?? '', to: keys.get(way.to) ?? '', role: way.role, needsReason: way.needsReason })),
    next: states.length + transitions.length,
  };
}

export function lifecycleOf({ states, ways }: Editable): Lifecycle {
  const name = (key: string): string => states.find((state) => state.key === key)?.name ?? '';
  return {
    states: states.map(({ name: called, hue, terminal, stage, alias }) => ({ name: called, hue, terminal, ...(stage === undefined ? {} : { stage }), ...(alias === undefined ? {} : { alias }) })),
    transitions: ways.map((way) => ({ from: name(way.from), to: name(way.to), role: way.role, needsReason: way.needsReason })),
  };
}

/** Old name → new name, of states that have another one now. */
export function renamedOf({ states }: Editable): Record<string, string> {
  return Object.fromEntries(states.flatMap((state) => (state.was === null || state.was === state.name ? [] : [[state.was, state.name]])));
}

const hues = 12;

export function addState(edited: Editable): Editable {
  const taken = new Set(edited.states.map((state) => state.name));
  let name = 'new state';
  for (let count = 2; taken.has(name); count += 1) name = `new state ${count}`;
  return { ...edited, next: edited.next + 1, states: [...edited.states, { key: `new ${edited.next}`, name, was: null, hue: (edited.next * 5) % hues, terminal: false }] };
}

/** Ways that began or ended there go with it. */
export function removeState(edited: Editable, key: string): Editable {
  return { ...edited, states: edited.states.filter((state) => state.key !== key), ways: edited.ways.filter((way) => way.from !== key && way.to !== key) };
}

/** The first way that isn't there yet. */
export function addTransition(edited: Editable): Editable {
  for (const from of edited.states) {
    if (from.terminal) continue;
    for (const to of edited.states) {
      if (from.key === to.key || edited.ways.some((way) => way.from === from.key && way.to === to.key)) continue;
      return { ...edited, next: edited.next + 1, ways: [...edited.ways, { key: `new ${edited.next}`, from: from.key, to: to.key, role: 'member', needsReason: false }] };
    }
  }
  return edited;
}
