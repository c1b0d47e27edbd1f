/**
 * What a place remembers while the window is elsewhere: scroll, sort, filters, which rows were selected. Kept by address, for as long as the
 * window lives, so that both “back” and a fresh link lead to the place as it was left.
 */
import { createContext, useCallback, useContext, useLayoutEffect, useState, type RefObject } from 'react';
import { formatPlace, type Place } from '#shared/domain/places.ts';

const placesRemembered = 200;
const memories = new Map<string, Map<string, unknown>>();

/** A place's memory key: its address without what is only a view of it (tab, file, the words of a search). */
export function memoryKey(place: Place): string {
  switch (place.place) {
    case 'linked version':
    case 'source version':
      return formatPlace({ ...place, tab: undefined, file: undefined });
    case 'run':
      return formatPlace({ ...place, tab: undefined });
    case 'search':
      return formatPlace({ place: 'search', query: '' });
    case 'settings':
      return formatPlace({ place: 'settings' });
    default:
      return formatPlace(place);
  }
}

/** The memory of one place, made when it isn't there; the places longest unseen are forgotten. */
export function memoryOf(key: string): Map<string, unknown> {
  const memory = memories.get(key) ?? new Map<string, unknown>();
  memories.delete(key);
  memories.set(key, memory);
  for (const oldest of memories.keys()) {
    if (memories.size <= placesRemembered) break;
    memories.delete(oldest);
  }
  return memory;
}

export const PlaceMemory = createContext<string>('');

/** Like `useState`, but the place it is used in remembers it. Values are plain data. */
export function usePlaceState<Value>(name: string, initial: Value | (() => Value)): readonly [Value, (next: Value | ((before: Value) => Value)) => void] {
  const key = useContext(PlaceMemory);
  const [value, setValue] = useState<Value>(() => {
    const memory = memoryOf(key);
    if (memory.has(name)) return memory.get(name) as Value;
    return initial instanceof Function ? initial() : initial;
  });
  const set = useCallback(
    (next: Value | ((before: Value) => Value)) => {
      setValue((before) => {
        const after = next instanceof Function ? next(before) : next;
        memoryOf(key).set(name, after);
        return after;
      });
    },
    [key, name],
  );
  return [value, set];
}

/** Brings an element back to where it was scrolled, once it is tall enough to go there (its content may come a moment later). */
export function useScrollMemory(element: RefObject<HTMLElement | null>, name = 'scroll'): void {
  const key = useContext(PlaceMemory);
  useLayoutEffect(() => {
    const scroller = element.current;
    if (scroller === null) return undefined;
    const memory = memoryOf(key);
    const wanted = memory.get(name) as { readonly top: number; readonly left: number } | undefined;
    let observer: ResizeObserver | null = null;
    let restored = wanted === undefined;
    const restore = (): void => {
      if (restored || wanted === undefined) return;
      scroller.scrollTo({ top: wanted.top, left: wanted.left, behavior: 'instant' });
      if (Math.abs(scroller.scrollTop - wanted.top) < 2) {
        restored = true;
        observer?.disconnect();
      }
    };
    restore();
    if (!restored) {
      observer = new ResizeObserver(restore);
      for (const child of scroller.children) observer.observe(child);
    }
    // A person who scrolls meanwhile has decided otherwise.
    const giveUp = (): void => {
      restored = true;
      observer?.disconnect();
    };
    const note = (): void => {
      if (restored) memory.set(name, { top: scroller.scrollTop, left: scroller.scrollLeft });
    };
    scroller.addEventListener('wheel', giveUp, { passive: true });
    scroller.addEventListener('keydown', giveUp);
    scroller.addEventListener('scroll', note, { passive: true });
    return () => {
      observer?.disconnect();
      scroller.removeEventListener('wheel', giveUp);
      scroller.removeEventListener('keydown', giveUp);
      scroller.removeEventListener('scroll', note);
    };
  }, [element, key, name]);
}
