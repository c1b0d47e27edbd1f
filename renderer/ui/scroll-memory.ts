/** Where a list stood when it was left. Positions are in virtual pixels. */
export interface ScrollPlace {
  readonly top: number;
  readonly left: number;
  /** Row that had the keyboard, or -1. */
  readonly active: number;
}

const MOST_REMEMBERED = 300;
const places = new Map<string, ScrollPlace>();

export function rememberScroll(key: string, place: ScrollPlace): void {
  places.delete(key);
  places.set(key, place);
  if (places.size > MOST_REMEMBERED) {
    const oldest = places.keys().next().value;
    if (oldest !== undefined) places.delete(oldest);
  }
}

export function recallScroll(key: string): ScrollPlace | undefined {
  return places.get(key);
}

/** Forgets one place, or all of them. */
export function forgetScroll(key?: string): void {
  if (key === undefined) places.clear();
  else places.delete(key);
}
