/** What happened, in words: shared by every list of events. The place itself is found by `places.ts`. */
export { allChanges, changesOf, entranceWords, toneOf, verbOf, wordOf, type EventTone } from './events.ts';
export { useNow } from './useNow.ts';
