/** What a walk along the chain found, in plain words. */
import type { ChainFault, OutputOf } from '#shared/contract/index.ts';
import { formatCount, formatQuantity } from '../../ui/index.ts';

type Answer = OutputOf<'history.verify'>;

const found: Readonly<Record<ChainFault, string>> = {
  altered: 'was altered', removed: 'is missing', reordered: 'stands at another place', inserted: 'was put in', truncated: 'is where the end was cut off', rewritten: 'is where the history was written anew', bad_signature: 'belongs to a head whose signature is false', other_catalog: 'belongs to a head of another catalog',
};

/** What is wrong first; only for answers that aren't intact. */
export function faultTitle({ fault, firstBroken }: Pick<Answer, 'fault' | 'firstBroken'>): string {
  const event = fault?.eventId ?? firstBroken;
  if (fault === null || event === null) return event === null ? 'The chain is broken.' : `The chain breaks at event ${formatCount(event)}.`;
  return `Event ${formatCount(event)} ${found[fault.kind]}.`;
}

/** What holding noted heads against the chain came to; null where none was held against it. */
export function headsSaid({ heads }: Pick<Answer, 'heads'>): string | null {
  if (heads.length === 0) return null;
  const wrong = heads.filter((head) => !head.agrees);
  const newest = Math.max(...heads.filter((head) => head.agrees).map((head) => head.events));
  if (wrong.length > 0) return `${formatQuantity(wrong.length, 'noted head')} of ${heads.length} ${wrong.length === 1 ? 'doesn’t' : 'don’t'} agree: since it was noted, something before it was changed.`;
  return `${heads.length === 1 ? 'The noted head agrees' : `All ${heads.length} noted heads agree`}: nothing up to event ${formatCount(newest)} was changed since it was noted.`;
}
