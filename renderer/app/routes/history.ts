/** Where the window is, where it was, and where it could go on to: a stack of places, as a browser keeps one. */
import { create } from 'zustand';
import { formatPlace, type Place } from '#shared/domain/places.ts';

export type Visit = { readonly id: number; readonly place: Place };

type Navigation = {
  readonly stack: readonly Visit[];
  /** Which of the stack is shown. */
  readonly at: number;
};

/** As deep as anyone goes back; what lies below is forgotten. */
const deepest = 100;
let nextId = 1;

function visit(place: Place): Visit {
  return { id: nextId++, place };
}

export const useNavigation = create<Navigation>(() => ({ stack: [visit({ place: 'start' })], at: 0 }));

export type NavigateOptions = {
  /** Stands in the place of the present one, so that “back” passes over it: for tabs, and for searches while they are typed. */
  readonly replace?: boolean;
};

/** Goes to a place. The place where the window is already makes no step. */
export function navigate(place: Place, options: NavigateOptions = {}): void {
  useNavigation.setState(({ stack, at }) => {
    const present = stack[at];
    if (present !== undefined && formatPlace(present.place) === formatPlace(place)) return {};
    const before = stack.slice(0, options.replace === true ? at : at + 1);
    const next = [...before, visit(place)].slice(-deepest);
    return { stack: next, at: next.length - 1 };
  });
}

/** One step back; nothing at the beginning. */
export function goBack(): void {
  useNavigation.setState(({ at }) => ({ at: Math.max(0, at - 1) }));
}

/** One step forward; nothing at the end. */
export function goForward(): void {
  useNavigation.setState(({ stack, at }) => ({ at: Math.min(stack.length - 1, at + 1) }));
}

export function currentPlace({ stack, at }: Navigation = useNavigation.getState()): Place {
  return stack[at]?.place ?? { place: 'start' };
}

/** The place on show. */
export function usePlace(): Place {
  return useNavigation(currentPlace);
}

export function canGoBack({ at }: Navigation = useNavigation.getState()): boolean {
  return at > 0;
}

export function canGoForward({ stack, at }: Navigation = useNavigation.getState()): boolean {
  return at < stack.length - 1;
}

/** For tests: begins anew. */
export function resetNavigation(place: Place = { place: 'start' }): void {
  useNavigation.setState({ stack: [visit(place)], at: 0 });
}
