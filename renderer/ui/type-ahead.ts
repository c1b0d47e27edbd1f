import { isAwaited } from './keyboard.ts';

const PATIENCE = 700;

/** Collects quickly typed letters into a prefix. `press` returns the prefix so far. */
export function createTypeAhead(): { readonly press: (key: string, timeStamp: number) => string; readonly isTyping: (timeStamp: number) => boolean } {
  let prefix = '';
  let last = Number.NEGATIVE_INFINITY;
  return {
    press: (key, timeStamp) => {
      prefix = timeStamp - last > PATIENCE ? key : prefix + key;
      last = timeStamp;
      return prefix.toLowerCase();
    },
    isTyping: (timeStamp) => prefix !== '' && timeStamp - last <= PATIENCE,
  };
}

/** Whether a key press writes a letter or a digit: what a name may begin with. */
export function writesLetter(event: { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean; readonly altKey: boolean }): boolean {
  return /^[\p{L}\p{N}]$/u.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey;
}

/** Whether a key press goes to type-ahead: it goes on with a word, or begins one and is nobody's shortcut. */
export function isTypedAhead(event: KeyboardEvent, wordIsBegun: boolean): boolean {
  if (wordIsBegun) return event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  return writesLetter(event) && !isAwaited(event);
}
