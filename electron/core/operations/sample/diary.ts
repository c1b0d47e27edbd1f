/**
 * Acts in the order of their times. What follows from an act (a link, an alias a day later) is planned when it is done, and waits for its
 * turn among the acts of everybody else, so that the history is written in the order in which it happened.
 */
import { VitrineError } from '#shared/contract/errors.ts';

export type Diary = {
  /** @param at milliseconds since 1970, not before the act that plans it */
  plan(at: number, act: () => Promise<void>): void;
  /** Does all that is planned, and what that plans in turn. Throws `cancelled` between two acts. */
  act(signal: AbortSignal): Promise<void>;
};

export function createDiary(): Diary {
  const planned: { readonly at: number; readonly act: () => Promise<void> }[] = [];
  return {
    plan(at, act) {
      // From the end: what is planned last is mostly the latest. Acts of the same time stay in the order in which they were planned.
      let place = planned.length;
      while (place > 0 && (planned[place - 1]?.at ?? 0) > at) place -= 1;
      planned.splice(place, 0, { at, act });
    },
    async act(signal) {
      for (let next = planned.shift(); next !== undefined; next = planned.shift()) {
        if (signal.aborted) throw new VitrineError('cancelled', { details: { operation: 'catalog.addSample' } });
        await next.act();
      }
    },
  };
}
