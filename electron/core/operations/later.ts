/** Handlers whose code is loaded when the first of them is asked for: a start reads only what the window needs. */
import type { Handler, Handlers } from './index.ts';

/** @param names every operation that `load` has a handler for; a test misses the others */
export function later<Name extends keyof Handlers>(names: readonly Name[], load: () => Promise<{ readonly [One in Name]: Handler }>): Handlers {
  return Object.fromEntries(names.map((name): [string, Handler] => [name, async (rooms, input, context) => (await load())[name](rooms, input, context)]));
}
