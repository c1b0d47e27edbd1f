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

/** Whether a key press writes a letter. */
export function writesLetter(event: { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean; readonly altKey: boolean }): boolean {
  return event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey;
}
